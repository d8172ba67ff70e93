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

function* find(p: Procedure, name: string): Flow<Parameter | undefined> {
  const exact = PARAMETERS.find((parameter) => parameter.name === name);
  const found = exact ? [exact] : PARAMETERS.filter((parameter) => fits(name, parameter.name));
  if (found.length === 1) return found[0];
  yield* report(p, { code: messageCode(found.length === 0 ? 'SYSGEN$_NOPARAM' : 'SYSGEN$_AMBPARAM') });
  return undefined;
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
  if (!parameter) return 0;
  const typed = fits(text, 'DEFAULT') ? parameter.default : parseValue(text);
  if (typed === undefined) return yield* report(p, { code: messageCode('SYSGEN$_SYNTAX') });
  const value = typed === -1 && parameter.maximum === -1 ? 0xffff_ffff : typed;
  const limited = value < parameter.minimum ? parameter.minimum : parameter.maximum !== -1 && value > parameter.maximum ? parameter.maximum : value;
  values[parameter.name] = limited;
  if (limited === value) return 1;
  return yield* report(p, { code: messageCode(limited > value ? 'SYSGEN$_SETMIN' : 'SYSGEN$_SETMAX'), args: [parameter.name] });
}

const HEADING = [
  'Parameter Name            Current    Default     Min.     Max.     Unit  Dynamic',
  '--------------            -------    -------    -------  -------   ----  -------',
];

function row(parameter: Parameter, current: number): string {
  const { name, unit, dynamic } = parameter;
  const text = (value: number): string => String(value === 0xffff_ffff ? -1 : value);
  const left = `${name.padEnd(23)}${text(current).padStart(10)}${text(parameter.default).padStart(11)}${text(parameter.minimum).padStart(10)}${text(parameter.maximum).padStart(10)} ${unit}`;
  return dynamic ? `${left.padEnd(76)}D` : left;
}

function* show(session: Session, words: readonly string[], qualifiers: readonly string[]): Flow<number> {
  const { p, output, values } = session;
  const group = qualifiers[0];
  let listed: readonly Parameter[];
  if (words[0] !== undefined) {
    const one = yield* find(p, words[0]);
    if (!one) return 0;
    listed = [one];
  } else if (group === undefined || fits(group, 'ALL')) listed = PARAMETERS;
  else if (fits(group, 'DYNAMIC')) listed = PARAMETERS.filter(({ dynamic }) => dynamic);
  else if (fits(group, 'NAMES')) {
    for (const { name } of PARAMETERS) yield* output.line(name);
    return 1;
  } else listed = PARAMETERS.filter((parameter) => fits(group, parameter.group));
  if (listed.length === 0) return yield* report(p, { code: messageCode('SYSGEN$_SYNTAX') });
  if (words[0] === undefined) for (const line of ['', `Parameters in use: ${session.source}`]) yield* output.line(line);
  for (const line of [...HEADING, ...listed.map((parameter) => row(parameter, values[parameter.name]!))]) yield* output.line(line);
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

/** Dynamic parameters take effect; a change of any other is refused before anything is written. */
function* writeRunning(session: Session): Flow<number> {
  const { p, values } = session;
  const now = active(p);
  const fixed = PARAMETERS.find(({ name, dynamic }) => !dynamic && values[name] !== now[name]);
  if (fixed) return yield* report(p, { code: messageCode('SYSGEN$_WRITEACT'), args: [fixed.name] });
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
  if (fits(head, 'USE') && words[0] !== undefined) return yield* use(session, words[0]);
  if (head.length > 1 && fits(head, 'SET') && words[1] !== undefined) return yield* set(session, words[0]!, words[1]);
  if (head.length > 1 && fits(head, 'SHOW')) return yield* show(session, words, qualifiers);
  if (fits(head, 'WRITE') && words[0] !== undefined) return yield* write(session, words[0]);
  const isKnown = ['USE', 'SET', 'WRITE'].some((keyword) => fits(head, keyword));
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
