import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { compileMessages } from '../executive/information/message-compiler.js';
import { RMS$M_STVSTATUS } from '../executive/starlet/rmsdef.js';
import { STS$M_INHIB_MSG } from '../executive/starlet/stsdef.js';
import { bytesToText } from '../executive/structures/memory.js';
import systemSource from '../executive/information/messages/utilities.msg';
import { SYSGEN_MESSAGE_SOURCE } from '../sysgen/parameter-commands.js';
import source from './utilities.msg';

/** Messages that images write through $PUTMSG. */
export interface Message {
  readonly code: number;
  /** FAO arguments; text is passed by descriptor. */
  readonly args?: readonly (string | number)[];
  /** Secondary status of an RMS message. */
  readonly stv?: number;
}

const symbols = new Map([source, systemSource, SYSGEN_MESSAGE_SOURCE].flatMap((text) => [...compileMessages(text).symbols]));

/** Code of a message of utilities.msg (this folder's or the system's), e.g. `SET$_NOTSET`. */
export function messageCode(symbol: string): number {
  const code = symbols.get(symbol);
  if (code === undefined) throw new Error(`utilities.msg has no ${symbol}`);
  return code;
}

const SYSTEM_FACILITY = 0;
const RMS_FACILITY = 1;

/** Shared messages that any facility sends under its own name. @source shr.msg */
export const SHR = { closeIn: 0x206, openIn: 0x213, openOut: 0x214, readError: 0x216, writeError: 0x21a, searchFail: 0x247 } as const;
export type SharedMessage = keyof typeof SHR;

const SEVERITY_BITS = 7;
const SEVERE = 4;

/** Code of a shared message of a facility; every message of utilities.msg tells its facility's number. */
export function sharedCode(facility: number, which: SharedMessage, severity = 2): number {
  return ((facility << 16) | (SHR[which] << 3) | (severity & SEVERITY_BITS)) >>> 0;
}

/**
 * Writes a message and its reasons to SYS$ERROR and SYS$OUTPUT.
 *
 * @returns the first code, marked as shown: what an image exits with
 */
export function* report(p: Procedure, ...messages: readonly Message[]): Flow<number> {
  yield* p.scratch(function* () {
    const longs: number[] = [];
    for (const { code, args = [], stv = 0 } of messages) {
      const facility = (code >>> 16) & 0xfff;
      const values = args.map((arg) => typeof arg === 'number' ? arg : p.string(arg));
      longs.push(code);
      if (facility === RMS_FACILITY) longs.push((code & RMS$M_STVSTATUS) !== 0 ? stv : 0);
      else if (facility === SYSTEM_FACILITY) longs.push(...values);
      else longs.push(values.length, ...values);
    }
    const vector = p.allocate(4 * (longs.length + 1));
    [longs.length, ...longs].forEach((value, index) => { p.memory.writeLong(vector + 4 * index, value); });
    return yield* service(p, '$PUTMSG', { msgvec: vector });
  });
  return (messages[0]!.code | STS$M_INHIB_MSG) >>> 0;
}

/**
 * Writes the text of a system status as a severe message of `facility`, as commands do whose work is one service.
 *
 * @returns the status, marked as shown
 */
export function* severe(p: Procedure, facility: string, status: number): Flow<number> {
  const code = ((status & ~SEVERITY_BITS) | SEVERE) >>> 0;
  yield* p.scratch(function* () {
    const vector = p.allocate(8);
    p.memory.writeLong(vector, 1);
    p.memory.writeLong(vector + 4, code);
    return yield* service(p, '$PUTMSG', { msgvec: vector, facnam: p.string(facility) });
  });
  return shown(code);
}

/** The text of a status; parts of the message by `flags` of $GETMSG, all of them unless told otherwise. */
export function* messageText(p: Procedure, code: number, flags = ALL_PARTS): Flow<string> {
  return yield* p.scratch(function* () {
    const buffer = p.allocate(256);
    const length = p.allocate(4);
    yield* service(p, '$GETMSG', { msgid: code, msglen: length, bufadr: p.descriptor(255, buffer), flags });
    return bytesToText(p.memory.readBytes(buffer, p.memory.readWord(length)));
  });
}

/** Flags of $GETMSG: facility, severity, identification and text; the text alone. */
const ALL_PARTS = 15;
export const TEXT_ONLY = 1;

/** An exit status that says no more than a message already did. */
export function shown(code: number): number {
  return (code | STS$M_INHIB_MSG) >>> 0;
}

export { source as UTILITY_MESSAGE_SOURCE };
