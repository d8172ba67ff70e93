import type { Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import * as pqldef from '../../executive/starlet/pqldef.js';
import { PRC$M_DETACH, PRC$M_HIBER, PRC$M_PSWAPM } from '../../executive/starlet/prcdef.js';
import { CLI$_INVUIC, CLI$_IVDTIME, CLI$_NUMBER, CLI$_PROC_ID } from '../condition-codes.js';
import { check, fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { toDeltaText } from '../language/time-text.js';
import { parseNumber } from '../language/value.js';
import type { ParsedCommand } from '../tables/parsed-command.js';
import type { CommandRoutines } from './command.js';

/** RUN (process), STOP process, CANCEL: other processes through $CREPRC, $DELPRC, $SCHDWK, $CANWAK. @source DCL Dictionary, RUN (process) */

/** Qualifiers that set a quota, and the item of the quota list. */
const QUOTAS: readonly (readonly [qualifier: string, item: number])[] = [
  ['AST_LIMIT', pqldef.PQL$_ASTLM], ['BUFFER_LIMIT', pqldef.PQL$_BYTLM], ['FILE_LIMIT', pqldef.PQL$_FILLM], ['IO_BUFFERED', pqldef.PQL$_BIOLM],
  ['IO_DIRECT', pqldef.PQL$_DIOLM], ['PAGE_FILE', pqldef.PQL$_PGFLQUOTA], ['SUBPROCESS_LIMIT', pqldef.PQL$_PRCLM], ['WORKING_SET', pqldef.PQL$_WSQUOTA],
];

function quotaBytes(command: ParsedCommand): Uint8Array {
  const bytes: number[] = [];
  for (const [qualifier, item] of QUOTAS) {
    const text = command.value(qualifier);
    if (text === undefined) continue;
    const value = parseNumber(text)!;
    bytes.push(item, value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
  }
  return Uint8Array.from([...bytes, pqldef.PQL$_LISTEND]);
}

/** `[group,member]` octal, as a longword. */
export function uicOf(text: string): number {
  const match = /^\[([0-7]+),([0-7]+)\]$/.exec(text);
  if (!match) return fail(CLI$_INVUIC);
  return ((parseInt(match[1]!, 8) << 16) | parseInt(match[2]!, 8)) >>> 0;
}

/** RUN image with a qualifier of a process: a subprocess, or with /DETACHED or /UIC a detached process. @dcl partly: no /SCHEDULE, /AUTHORIZE, /PRIVILEGES */
function* runProcess(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const p = dcl.outside.procedure;
  const pid = yield* p.scratch(function* () {
    const text = (label: string): number => { const value = command.value(label); return value === undefined ? 0 : p.string(value); };
    const pidadr = p.allocate(4);
    const uic = command.value('UIC');
    const detached = command.has('DETACHED') || uic !== undefined;
    const status = yield* service(p, '$CREPRC', {
      pidadr, image: p.string(command.value('IMAGE')!), input: text('INPUT'), output: text('OUTPUT'), error: text('ERROR'), prcnam: text('PROCESS_NAME'),
      quota: p.bytes(quotaBytes(command)), baspri: command.has('PRIORITY') ? parseNumber(command.value('PRIORITY')!)! : 4,
      uic: uic === undefined ? 0 : uicOf(uic), mbxunt: command.has('MAILBOX') ? parseNumber(command.value('MAILBOX')!)! : 0,
      // A process that is to be woken later sleeps before its image runs.
      stsflg: (detached ? PRC$M_DETACH : 0) | (command.has('DELAY') || command.has('INTERVAL') ? PRC$M_HIBER : 0) | (command.negates('SWAPPING') ? PRC$M_PSWAPM : 0),
    });
    if ((status & 1) === 0) fail(RUN$_CREPRC, { facility: 'RUN', because: [{ code: status }] });
    return p.memory.readLong(pidadr);
  });
  yield* dcl.report({ code: CLI$_PROC_ID, args: [pid], facility: 'RUN' });
  const delay = command.value('DELAY');
  const interval = command.value('INTERVAL');
  if (delay !== undefined || interval !== undefined) yield* schedule(dcl, pid, delay ?? interval!, interval);
  return 1;
}

/** %RUN-F-CREPRC, process creation failed. choice: the facility number. */
const RUN$_CREPRC = (155 << 16) | 0x8000 | (1 << 3) | 4;

function* schedule(dcl: Dcl, pid: number, delay: string, interval: string | undefined): Flow<void> {
  const p = dcl.outside.procedure;
  yield* p.scratch(function* () {
    const time = function* (text: string): Flow<number> {
      const at = p.allocate(8);
      const delta = toDeltaText(text) ?? fail(CLI$_IVDTIME);
      check(yield* service(p, '$BINTIM', { timbuf: p.string(delta), timadr: at }));
      return at;
    };
    const pidadr = p.allocate(4);
    p.memory.writeLong(pidadr, pid);
    check(yield* service(p, '$SCHDWK', { pidadr, daytim: yield* time(delay), reptim: interval === undefined ? 0 : yield* time(interval) }));
  });
}

/** PID of hexadecimal text. */
function pidOf(text: string): number {
  return parseNumber(`%X${text}`) ?? fail(CLI$_NUMBER, { token: text });
}

/** STOP process, STOP/IDENTIFICATION=pid */
export function* deleteProcess(dcl: Dcl, name: string | undefined, identification: string | undefined): Flow<number> {
  const p = dcl.outside.procedure;
  yield* p.scratch(function* () {
    const pidadr = p.allocate(4);
    if (identification !== undefined) p.memory.writeLong(pidadr, pidOf(identification));
    check(yield* service(p, '$DELPRC', identification === undefined ? { prcnam: p.string(name!) } : { pidadr }));
  });
  return 1;
}

/** CANCEL [process] [/IDENTIFICATION=pid] @dcl full */
function* cancelCommand(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const p = dcl.outside.procedure;
  const name = command.value('PROCESS');
  const identification = command.value('IDENTIFICATION');
  yield* p.scratch(function* () {
    const pidadr = p.allocate(4);
    if (identification !== undefined) p.memory.writeLong(pidadr, pidOf(identification));
    check(yield* service(p, '$CANWAK', identification !== undefined ? { pidadr } : name !== undefined ? { prcnam: p.string(name) } : {}));
  });
  return 1;
}

export const PROCESS_COMMANDS: CommandRoutines = { RUN_PROCESS: runProcess, CANCEL: cancelCommand };
