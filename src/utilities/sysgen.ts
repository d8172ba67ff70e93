import { cliGetForeign } from '../dcl/cli-client.js';
import { defaultParameters, PARAMETERS, type Parameter } from '../executive/boot/parameters.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { FAB$C_FIX } from '../executive/starlet/fabdef.js';
import { JPI$_PID } from '../executive/starlet/jpidef.js';
import { decodeParameterFile, encodeParameterFile } from '../sysgen/parameter-file.js';
import { LineInput } from './confirm.js';
import { isFailure, reason, RmsFile } from './files.js';
import { messageCode, report, sharedCode } from './messages.js';
import { Output } from './output.js';
import { getProcess } from './process-information.js';
import { activeValue, writeActive } from './sysgen-active.js';
import { HEADING, HELP_LINES, parameterLine, selection } from './sysgen-show.js';

/**
 * SYSGEN.EXE: USE, SET, SHOW and WRITE of parameters. Values are worked on in the image and go to the running system or to a file with WRITE.
 * @source book 25.5; dcl-output-formats.md, SYSGEN
 */
const FACILITY = 113;
const CURRENT = 'SYS$SYSTEM:VAXVMSSYS.PAR';

interface Session {
  readonly p: Procedure;
  readonly output: Output;
  /** Address of SYSGEN$WRITE_ACTIVE. */
  readonly kernelRoutine: number;
  values: Record<string, number>;
  /** Where they came from: Active, Current, Default or a file. */
  source: string;
}

/** Keywords may be abbreviated. */
const fits = (word: string, keyword: string): boolean => word.length > 0 && keyword.startsWith(word);

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

/** A parameter by its name or the beginning of it; the status of the message when there is none. */
function* find(p: Procedure, name: string): Flow<Parameter | number> {
  const exact = PARAMETERS.find((parameter) => parameter.name === name);
  const found = exact ? [exact] : PARAMETERS.filter((parameter) => fits(name, parameter.name));
  if (found.length === 1) return found[0]!;
  return yield* report(p, { code: messageCode(found.length === 0 ? 'SYSGEN$_NOPARAM' : 'SYSGEN$_AMBPARAM') });
}

/** A decimal number, or one with a radix: %X, %O, %D. */
function parseValue(text: string): number | undefined {
  const match = /^(?:%([XOD]))?(-?[0-9A-F]+)$/.exec(text);
  const radix = { X: 16, O: 8, D: 10 }[match?.[1] ?? 'D']!;
  const value = match ? Number.parseInt(match[2]!, radix) : NaN;
  return Number.isNaN(value) || (radix === 10 && !/^-?\d+$/.test(match![2]!)) ? undefined : value;
}

function* set(session: Session, name: string, text: string): Flow<number> {
  const { p, values } = session;
  const parameter = yield* find(p, name);
  if (typeof parameter === 'number') return parameter;
  const typed = fits(text, 'DEFAULT') ? parameter.default : parseValue(text);
  if (typed === undefined) return yield* report(p, { code: messageCode('SYSGEN$_SYNTAX') });
  const value = typed === -1 && parameter.maximum === -1 ? 0xffff_ffff : typed;
  const limited = Math.max(parameter.minimum, Math.min(parameter.maximum === -1 ? 0xffff_ffff : parameter.maximum, value));
  values[parameter.name] = limited;
  if (limited === value) return 1;
  return yield* report(p, { code: messageCode(limited > value ? 'SYSGEN$_SETMIN' : 'SYSGEN$_SETMAX'), args: [parameter.name] });
}

function* show(session: Session, words: readonly string[], qualifiers: readonly string[]): Flow<number> {
  const { p, output, values } = session;
  const chosen = selection(qualifiers);
  if (!chosen) return yield* report(p, { code: messageCode('SYSGEN$_SYNTAX') });
  const [name] = words;
  const one = name === undefined ? undefined : yield* find(p, name);
  if (typeof one === 'number') return one;
  const listed = one ? [one] : chosen.listed;
  if (chosen.names) {
    for (const parameter of listed) yield* output.line(parameter.name);
    return 1;
  }
  if (!one) for (const line of ['', `Parameters in use: ${session.source}`]) yield* output.line(line);
  for (const line of [...HEADING, ...listed.map((parameter) => parameterLine(parameter, values[parameter.name]!, chosen.hexadecimal))]) yield* output.line(line);
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
    const failed = (yield* file.write(bytes)) ?? (yield* file.close());
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
    PARAMETERS.forEach(({ name }, index) => { p.memory.writeLong(longs + 4 * index, values[name]!); });
    const list = p.allocate(8);
    p.memory.writeLong(list, 1);
    p.memory.writeLong(list + 4, longs);
    return yield* service(p, '$CMKRNL', { routin: session.kernelRoutine, arglst: list });
  });
  if (!(status & 1)) return yield* report(p, { code: status });
  return yield* report(p, { code: messageCode('SYSGEN$_WRITEDYN'), args: [yield* ownPid(p)] });
}

/** One command. @returns its status, `exit` for the end */
function* execute(session: Session, line: string): Flow<number | 'exit'> {
  const text = line.replace(/!.*$/, '').trim().toUpperCase();
  const [head = '', ...rest] = text.split(/[\s=]+|(?=\/)/).filter((word) => word !== '');
  const words = rest.filter((word) => !word.startsWith('/'));
  const qualifiers = rest.filter((word) => word.startsWith('/')).map((word) => word.slice(1));
  if (head === '') return 1;
  if (fits(head, 'EXIT')) return 'exit';
  if (fits(head, 'HELP')) {
    for (const helpLine of HELP_LINES) yield* session.output.line(helpLine);
    return 1;
  }
  if (fits(head, 'USE') && words[0] !== undefined) return yield* use(session, words[0]);
  if (head.length > 1 && fits(head, 'SET') && words[1] !== undefined) return yield* set(session, words[0]!, words[1]);
  if (head.length > 1 && fits(head, 'SHOW')) return yield* show(session, words, qualifiers);
  if (fits(head, 'WRITE') && words[0] !== undefined) return yield* write(session, words[0]);
  const isKnown = ['USE', 'SET', 'SHOW', 'WRITE'].some((keyword) => fits(head, keyword));
  return yield* report(session.p, { code: messageCode(isKnown ? 'SYSGEN$_SYNTAX' : 'SYSGEN$_CMDUNK') });
}

const main = procedure('SYSGEN$MAIN', function* (p) {
  const opened = yield* Output.open(p);
  const { output } = opened;
  if (!output) return opened.status;
  const session: Session = { p, output, kernelRoutine: p.argument(1), values: active(p), source: 'Active' };
  const once = yield* cliGetForeign(p);
  if (once !== undefined && once.trim() !== '') {
    const status = yield* execute(session, once);
    return status === 'exit' ? 1 : status;
  }
  const input = yield* LineInput.open(p, 'SYS$INPUT');
  if (typeof input === 'number') return input;
  let status = 1;
  for (;;) {
    const line = yield* input.line('\r\nSYSGEN>  ');
    if (line === undefined) break;
    const done = yield* execute(session, line);
    if (done === 'exit') break;
    status = done;
  }
  yield* input.close();
  yield* output.close();
  return status;
});

/** The image's entry hands over where its kernel mode part is. */
const SOURCE = `
SYSGEN$START::
	.WORD	0
	PUSHAB	SYSGEN$WRITE_ACTIVE
	CALLS	#1,SYSGEN$MAIN
	RET
`;

export const SYSGEN_IMAGE: ResidentImage = { name: 'SYSGEN', source: SOURCE, transfer: 'SYSGEN$START', routines: [main, writeActive] };
