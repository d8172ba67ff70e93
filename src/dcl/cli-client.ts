import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { CLI$K_ATTACH, CLI$K_CLINT, CLI$K_CLISERV, CLI$K_GETLINE, CLI$K_GETVALUE, CLI$K_PRESENT, CLI$K_SPAWN } from '../executive/starlet/clidef.js';
import { CLI$_NEGATED, CLI$_LOCNEG } from '../executive/starlet/climsgdef.js';
import { bytesToText } from '../executive/structures/memory.js';
import { CLI_DATA_BASE } from '../executive/structures/p1-cells.js';
import { CLIREQ, CLISPN } from './clireq.js';

/**
 * What an image asks its command interpreter: CLI$PRESENT, CLI$GET_VALUE, LIB$GET_FOREIGN. The calls go through the call back
 * vector of P1 space, whatever CLI is mapped there. @source DCL Command Definition Utility, CLI routines
 */
function* request(p: Procedure, type: number, service: number, name: string, size: number): Flow<{ status: number; text: string }> {
  return yield* p.scratch(function* () {
    const block = CLIREQ.at(p.memory, p.allocate(CLIREQ.size));
    const buffer = p.allocate(size);
    const length = p.allocate(4);
    block.CLIREQ$B_RQTYPE = type;
    block.CLIREQ$B_SERVCOD = service;
    block.CLIREQ$L_NAME = p.string(name);
    block.CLIREQ$L_VALUE = p.descriptor(size, buffer);
    block.CLIREQ$L_LENGTH = length;
    const status = yield* p.call(p.memory.readLong(CLI_DATA_BASE), block.address);
    return { status, text: bytesToText(p.memory.readBytes(buffer, Math.min(p.memory.readWord(length), size))) };
  });
}

/** CLI$PRESENT: CLI$_PRESENT, CLI$_DEFAULTED, CLI$_NEGATED, CLI$_ABSENT, CLI$_LOCPRES, CLI$_LOCNEG; CLI$_ENTNF when not defined. */
export function* cliPresent(p: Procedure, label: string): Flow<number> {
  return (yield* request(p, CLI$K_CLINT, CLI$K_PRESENT, label, 0)).status;
}

/** Whether the entity is present or a default. */
export function* cliIsPresent(p: Procedure, label: string): Flow<boolean> {
  return ((yield* cliPresent(p, label)) & 1) !== 0;
}

/** Whether the entity was typed with NO. */
export function* cliIsNegated(p: Procedure, label: string): Flow<boolean> {
  const status = yield* cliPresent(p, label);
  return status === CLI$_NEGATED || status === CLI$_LOCNEG;
}

const LONGEST_VALUE = 1024;

/** CLI$GET_VALUE: the next value of the entity; undefined when there is none (left). */
export function* cliGetValue(p: Procedure, label: string): Flow<string | undefined> {
  const { status, text } = yield* request(p, CLI$K_CLINT, CLI$K_GETVALUE, label, LONGEST_VALUE);
  return (status & 1) !== 0 ? text : undefined;
}

/** All values of an entity, in order. */
export function* cliGetValues(p: Procedure, label: string): Flow<string[]> {
  const values: string[] = [];
  for (;;) {
    const { status, text } = yield* request(p, CLI$K_CLINT, CLI$K_GETVALUE, label, LONGEST_VALUE);
    if ((status & 1) === 0) return values;
    values.push(text);
  }
}

/** LIB$GET_FOREIGN without prompting: the line behind a foreign command; undefined when the image was not started by one. */
export function* cliGetForeign(p: Procedure): Flow<string | undefined> {
  const { status, text } = yield* request(p, CLI$K_CLISERV, CLI$K_GETLINE, '', LONGEST_VALUE);
  return (status & 1) !== 0 ? text : undefined;
}


export interface SpawnArguments {
  readonly command?: string;
  readonly input?: string;
  readonly output?: string;
  readonly flags?: number;
  readonly name?: string;
  readonly statusAddress?: number;
  readonly eventFlag?: number;
  readonly astadr?: number;
  readonly astprm?: number;
  readonly prompt?: string;
}

/** LIB$SPAWN: a subprocess with a command interpreter. @returns status, and the extended PID */
export function* cliSpawn(p: Procedure, args: SpawnArguments): Flow<{ status: number; pid: number }> {
  return yield* p.scratch(function* () {
    const block = CLISPN.at(p.memory, p.allocate(CLISPN.size));
    const pid = p.allocate(4);
    const text = (value: string | undefined): number => (value === undefined ? 0 : p.string(value));
    block.CLISPN$B_RQTYPE = CLI$K_CLISERV;
    block.CLISPN$B_SERVCOD = CLI$K_SPAWN;
    block.CLISPN$L_COMMAND = text(args.command);
    block.CLISPN$L_INPUT = text(args.input);
    block.CLISPN$L_OUTPUT = text(args.output);
    block.CLISPN$L_FLAGS = args.flags ?? 0;
    block.CLISPN$L_NAME = text(args.name);
    block.CLISPN$L_PID = pid;
    block.CLISPN$L_STATUS = args.statusAddress ?? 0;
    block.CLISPN$L_EFN = args.eventFlag ?? -1;
    block.CLISPN$L_ASTADR = args.astadr ?? 0;
    block.CLISPN$L_ASTPRM = args.astprm ?? 0;
    block.CLISPN$L_PROMPT = text(args.prompt);
    const status = yield* p.call(p.memory.readLong(CLI_DATA_BASE), block.address);
    return { status, pid: p.memory.readLong(pid) };
  });
}

/** LIB$ATTACH: the terminal goes to another process of the job. */
export function* cliAttach(p: Procedure, pid: number): Flow<number> {
  return yield* p.scratch(function* () {
    const block = CLISPN.at(p.memory, p.allocate(CLISPN.size));
    block.CLISPN$B_RQTYPE = CLI$K_CLISERV;
    block.CLISPN$B_SERVCOD = CLI$K_ATTACH;
    block.CLISPN$L_PID = p.allocate(4);
    p.memory.writeLong(block.CLISPN$L_PID, pid);
    return yield* p.call(p.memory.readLong(CLI_DATA_BASE), block.address);
  });
}
