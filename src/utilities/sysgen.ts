import { cliGetForeign } from '../dcl/cli-client.js';
import { defaultParameters, PARAMETERS } from '../executive/boot/parameters.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { FAB$C_FIX } from '../executive/starlet/fabdef.js';
import { JPI$_PID } from '../executive/starlet/jpidef.js';
import { SS$_BUFFEROVF } from '../executive/starlet/ssdef.js';
import { bytesToText } from '../executive/structures/memory.js';
import {
  fits, isComplaint, setParameter, setStartup, showParameters, splitLine, sysgenMessage, type CommandLine, type Complaint, type ParameterSet,
} from '../sysgen/parameter-commands.js';
import { decodeParameterFile, encodeParameterFile } from '../sysgen/parameter-file.js';
import { commandDialogue } from './line-input.js';
import { closed, isFailure, programRegion, reason, RmsFile } from './files.js';
import { messageCode, report, sharedCode } from './messages.js';
import { Output } from './output.js';
import { getProcess } from './process-information.js';
import { activeValue, writeActive } from './sysgen-active.js';
import { deviceReport } from './sysgen-devices.js';
import { connectCommand, DRIVER_SOURCE, loadCommand, SYSGEN_DRIVER_ROUTINES, type DriverRoutines } from './sysgen-drivers.js';
import { createFile, installFile } from './sysgen-files.js';

/**
 * SYSGEN.EXE: USE, SET, SHOW and WRITE of parameters, SHOW of the I/O database, drivers, CREATE and INSTALL of files. Values are worked on in the image and go to the running system or to a file with WRITE.
 * @source book 25.5; dcl-output-formats.md, SYSGEN
 */
const FACILITY = 113;
const CURRENT = 'SYS$SYSTEM:VAXVMSSYS.PAR';

interface Session extends ParameterSet {
  readonly p: Procedure;
  readonly output: Output;
  /** Addresses of SYSGEN$WRITE_ACTIVE and SYSGEN$DEVICES. */
  readonly kernelRoutine: number;
  readonly deviceRoutine: number;
  readonly drivers: DriverRoutines;
}

function active(p: Procedure): Record<string, number> {
  return Object.fromEntries(PARAMETERS.map((parameter) => [parameter.name, activeValue(p.kernel, p.memory, parameter)]));
}

function* use(session: Session, source: string): Flow<number> {
  const { p } = session;
  if (fits(source, 'ACTIVE')) [session.values, session.source] = [active(p), 'Active'];
  else if (fits(source, 'DEFAULT')) [session.values, session.source] = [defaultParameters(), 'Default'];
  else {
    const isCurrent = fits(source, 'CURRENT');
    const read = yield* readFile(p, isCurrent ? CURRENT : source);
    if (typeof read === 'number') return read;
    [session.values, session.source] = [{ ...defaultParameters(), ...read.values }, isCurrent ? 'Current' : read.spec];
  }
  return 1;
}

function* readFile(p: Procedure, spec: string): Flow<{ readonly spec: string; readonly values: Record<string, number> } | number> {
  return yield* p.scratch(function* () {
    const file = yield* RmsFile.open(p, spec, { defaults: '.PAR', blocks: true });
    if (isFailure(file)) return yield* report(p, { code: sharedCode(FACILITY, 'openIn'), args: [file.spec] }, reason(file));
    const bytes = yield* file.read();
    yield* file.close();
    if (bytes !== undefined && isFailure(bytes)) return yield* report(p, { code: sharedCode(FACILITY, 'readError'), args: [file.spec] }, reason(bytes));
    const values = decodeParameterFile(bytes ?? new Uint8Array(0));
    return values ? { spec: file.spec, values } : yield* report(p, { code: messageCode('SYSGEN$_NOTPARAM'), args: [file.spec] });
  });
}

function* complain(p: Procedure, { ident, args }: Complaint): Flow<number> {
  return yield* report(p, { code: sysgenMessage(ident).code, args });
}

/** SHOW/DEVICES, SHOW/CONFIGURATION */
function* showDevices(session: Session, which: 1 | 2): Flow<number> {
  const { p, output } = session;
  for (let size = 8192; ; size *= 4) {
    const buffer = yield* programRegion(p, size);
    const list = p.bytes(new Uint8Array(16));
    [3, buffer, size, which].forEach((value, index) => { p.memory.writeLong(list + 4 * index, value); });
    const status = yield* service(p, '$CMKRNL', { routin: session.deviceRoutine, arglst: list });
    if (status === SS$_BUFFEROVF) continue;
    if (!(status & 1)) return yield* report(p, { code: status });
    for (let at = buffer; p.memory.readWord(at) !== 0xffff; at += 2 + p.memory.readWord(at)) {
      yield* output.line(bytesToText(p.memory.readBytes(at + 2, p.memory.readWord(at))));
    }
    return 1;
  }
}

/** AUTOCONFIGURE adapter [/LOG]: EXE$INIT has found every controller there is, so that nothing is left to be connected; /LOG shows them. */
function* autoconfigure(session: Session, { qualifiers }: CommandLine): Flow<number> {
  if (!qualifiers.every((name) => fits(name, 'LOG'))) return yield* complain(session.p, { ident: 'SYNTAX', args: [] });
  return qualifiers.length === 0 ? 1 : yield* showDevices(session, 2);
}

/** CREATE file /SIZE=blocks [/CONTIGUOUS] */
function* create(session: Session, text: string): Flow<number> {
  const match = /^\w+\s+([^\s/]+)((?:\s*\/[A-Z]+(?:\s*=\s*\d+)?)*)\s*$/.exec(text.replace(/!.*$/, '').trim().toUpperCase());
  const qualifiers = (match?.[2] ?? '').split('/').slice(1).map((each) => each.split('=').map((part) => part.trim()));
  const sizes = qualifiers.filter(([name, value]) => fits(name!, 'SIZE') && value !== undefined);
  const contiguous = qualifiers.filter(([name, value]) => fits(name!, 'CONTIGUOUS') && value === undefined);
  const blocks = Number(sizes[0]?.[1]);
  if (!match || sizes.length !== 1 || sizes.length + contiguous.length !== qualifiers.length || !(blocks > 0) || blocks > 0x7fff_ffff) {
    return yield* complain(session.p, { ident: 'SYNTAX', args: [] });
  }
  return yield* createFile(session.p, match[1]!, blocks, contiguous.length > 0);
}

/** INSTALL file /PAGEFILE | /SWAPFILE */
function* install(session: Session, text: string): Flow<number> {
  const match = /^\w+\s+([^\s/]+)\s*\/([A-Z]+)\s*$/.exec(text.replace(/!.*$/, '').trim().toUpperCase());
  const kind = ['PAGEFILE', 'SWAPFILE'].find((name) => match && fits(match[2]!, name));
  if (!match || kind === undefined) return yield* complain(session.p, { ident: 'SYNTAX', args: [] });
  return yield* installFile(session.p, match[1]!, kind === 'SWAPFILE');
}

function* show(session: Session, line: CommandLine): Flow<number> {
  const [only] = line.qualifiers;
  if (only !== undefined && line.qualifiers.length === 1 && line.words.length === 0) {
    if (only.length > 1 && fits(only, 'DEVICES')) return yield* showDevices(session, 1);
    if (only.length > 1 && fits(only, 'CONFIGURATION')) return yield* showDevices(session, 2);
  }
  const shown = showParameters(session, line);
  if (isComplaint(shown)) return yield* complain(session.p, shown);
  for (const text of shown) yield* session.output.line(text);
  return 1;
}

function* write(session: Session, target: string): Flow<number> {
  const { p, values } = session;
  if (fits(target, 'ACTIVE')) return yield* writeRunning(session);
  const isCurrent = fits(target, 'CURRENT');
  const bytes = encodeParameterFile(values);
  const done = yield* p.scratch(function* () {
    const file = yield* RmsFile.create(p, isCurrent ? CURRENT : target, {
      defaults: '.PAR', format: FAB$C_FIX, attributes: 0, recordSize: 512, blocks: true, allocation: bytes.length / 512,
    });
    if (isFailure(file)) return yield* report(p, { code: sharedCode(FACILITY, 'openOut'), args: [file.spec] }, reason(file));
    const failed = yield* closed(file, yield* file.write(bytes));
    return failed ? yield* report(p, { code: sharedCode(FACILITY, 'writeError'), args: [file.spec] }, reason(failed)) : file.spec;
  });
  if (typeof done === 'number') return done;
  const pid = yield* ownPid(p);
  return yield* isCurrent ? report(p, { code: messageCode('SYSGEN$_WRITECUR'), args: [pid, done] }) : report(p, { code: messageCode('SYSGEN$_WRITEFIL'), args: [done] });
}

function* ownPid(p: Procedure): Flow<number> {
  return yield* p.scratch(function* () {
    return (yield* getProcess(p, p.allocate(4), { pid: { code: JPI$_PID, kind: 'long' } })).values.pid;
  });
}

/** Dynamic parameters take effect; the others stay as they are. */
function* writeRunning(session: Session): Flow<number> {
  const { p, values } = session;
  const status = yield* p.scratch(function* () {
    const longs = p.allocate(4 * PARAMETERS.length);
    PARAMETERS.forEach(({ name }, index) => { p.memory.writeLong(longs + 4 * index, values[name]! >>> 0); });
    const list = p.allocate(8);
    p.memory.writeLong(list, 1);
    p.memory.writeLong(list + 4, longs);
    return yield* service(p, '$CMKRNL', { routin: session.kernelRoutine, arglst: list });
  });
  if (!(status & 1)) return yield* report(p, { code: status });
  return yield* report(p, { code: messageCode('SYSGEN$_WRITEDYN'), args: [yield* ownPid(p)] });
}

/** One command. @returns its status, `exit` for the end */
function* execute(session: Session, text: string): Flow<number | 'exit'> {
  const line = splitLine(text);
  const { verb, words } = line;
  if (verb === '') return 1;
  if (fits(verb, 'EXIT')) return 'exit';
  if (fits(verb, 'HELP')) {
    for (const helpLine of HELP_LINES) yield* session.output.line(helpLine);
    return 1;
  }
  if (fits(verb, 'USE') && words[0] !== undefined) return yield* use(session, words[0]);
  if (verb.length > 1 && fits(verb, 'SET') && line.qualifiers.length === 1 && fits(line.qualifiers[0]!, 'STARTUP') && words[0] !== undefined) {
    const complaint = setStartup(session, words[0]);
    return complaint ? yield* complain(session.p, complaint) : 1;
  }
  if (verb.length > 1 && fits(verb, 'SET') && words[1] !== undefined) {
    const complaint = setParameter(session, words[0]!, words[1]);
    return complaint ? yield* complain(session.p, complaint) : 1;
  }
  if (verb.length > 1 && fits(verb, 'SHOW')) return yield* show(session, line);
  if (fits(verb, 'WRITE') && words[0] !== undefined) return yield* write(session, words[0]);
  if (fits(verb, 'CREATE')) return yield* create(session, text);
  if (fits(verb, 'INSTALL')) return yield* install(session, text);
  if (fits(verb, 'AUTOCONFIGURE') && words.length === 1) return yield* autoconfigure(session, line);
  if (verb.length > 1 && fits(verb, 'CONNECT')) return yield* connectCommand(session.p, session.drivers, line);
  if ((fits(verb, 'LOAD') || (verb.length > 1 && fits(verb, 'RELOAD'))) && words.length === 1 && line.qualifiers.length === 0) {
    return yield* loadCommand(session.p, session.drivers, words[0]!, !fits(verb, 'LOAD'));
  }
  const isKnown = ['USE', 'SET', 'SHOW', 'WRITE'].some((keyword) => fits(verb, keyword));
  return yield* report(session.p, { code: messageCode(isKnown ? 'SYSGEN$_SYNTAX' : 'SYSGEN$_CMDUNK') });
}

const main = procedure('SYSGEN$MAIN', function* (p) {
  const output = yield* Output.open(p);
  if (isFailure(output)) return output.status;
  const session: Session = { p, output, kernelRoutine: p.argument(1), deviceRoutine: p.argument(2), drivers: { load: p.argument(3), connect: p.argument(4) }, values: active(p), source: 'Active' };
  const once = (yield* cliGetForeign(p)) ?? '';
  const status = yield* commandDialogue(p, once, 'SYSGEN>  ', (line) => execute(session, line));
  yield* output.close();
  return status;
});

const HELP_LINES = [
  '  USE ACTIVE | CURRENT | DEFAULT | file   values to work on',
  '  SET parameter value | DEFAULT           change one of them (%X, %O: radix)',
  '  SHOW parameter                          show one of them',
  '  SHOW /ALL /DYNAMIC /MAJOR /NAMES /HEX   show many; all but the special ones',
  '       /ACP /CLUSTER /GEN /JOB /LGI /PQL /RMS /SCS /SPECIAL /SYS /TTY',
  '  WRITE ACTIVE                            dynamic ones, in the running system',
  '  WRITE CURRENT | file                    for the next boot; a parameter file',
  '  SHOW /DEVICES | /CONFIGURATION          drivers and their data; controllers',
  '  CREATE file /SIZE=blocks [/CONTIGUOUS]  a page, swap or dump file',
  '  INSTALL file /PAGEFILE | /SWAPFILE      use it until the system stops',
  '  LOAD file | RELOAD file                 a driver, from its image',
  '  CONNECT device /NOADAPTER               a device for a driver that is loaded,',
  '          [/DRIVERNAME=driver]            or for SYS$SYSTEM:driver',
  '  AUTOCONFIGURE ALL [/LOG]                devices there are; all are, since boot',
  '  EXIT',
];

/** The image's entry hands over where its kernel mode part is. */
const SOURCE = `
SYSGEN$START::
	.WORD	0
	PUSHAB	SYSGEN$CONNECT
	PUSHAB	SYSGEN$LOAD
	PUSHAB	SYSGEN$DEVICES
	PUSHAB	SYSGEN$WRITE_ACTIVE
	CALLS	#4,SYSGEN$MAIN
	RET
${DRIVER_SOURCE}`;

export const SYSGEN_IMAGE: ResidentImage = { name: 'SYSGEN', source: SOURCE, transfer: 'SYSGEN$START', routines: [main, writeActive, deviceReport, ...SYSGEN_DRIVER_ROUTINES] };
