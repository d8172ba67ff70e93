import type { Kernel } from '../../kernel.js';
import type { Memory } from '../../structures/memory.js';
import { DYN$C_TYPAHD } from '../../structures/dyn.js';
import { TT2$M_ALTYPEAHD } from '../../starlet/tt2def.js';
import { TYPAHD } from '../../structures/ucb.js';
import type { TerminalUnit } from './terminal-read-buffer.js';

/**
 * The type-ahead buffer of a terminal: a ring that every typed character goes through, whether a read is waiting or not.
 * Device IPL. @source book 19.4.2; digest ch19 2.6, facts 18-20
 */

/** Room behind the ring for the line that CTRL/B brings back. */
export const RECALL_SIZE = 256;
const HEADER = TYPAHD.size;

/** Bytes of nonpaged pool for a ring of `ringSize` characters. */
export function typeaheadBlockSize(ringSize: number): number {
  return HEADER + ringSize + RECALL_SIZE;
}

/** Prepares a block of `typeaheadBlockSize(ringSize)` bytes. */
export function initializeTypeahead(memory: Memory, address: number, ringSize: number): void {
  memory.writeBytes(address, new Uint8Array(HEADER));
  const buffer = TYPAHD.at(memory, address);
  buffer.TYPAHD$W_SIZE = typeaheadBlockSize(ringSize);
  buffer.TYPAHD$B_TYPE = DYN$C_TYPAHD;
  buffer.TYPAHD$L_PUT = address + HEADER;
  buffer.TYPAHD$L_GET = address + HEADER;
  buffer.TYPAHD$L_END = address + HEADER + ringSize;
}

function ringOf(memory: Memory, ucb: TerminalUnit): ReturnType<typeof TYPAHD.at> | undefined {
  const address = ucb.UCB$L_TT_TYPAHD;
  return address === 0 ? undefined : TYPAHD.at(memory, address);
}

/** Characters waiting. */
export function typedCharacters(memory: Memory, ucb: TerminalUnit): number {
  return ringOf(memory, ucb)?.TYPAHD$W_INAHD ?? 0;
}

/** Stores a character; false when there is no room. */
export function putTypedCharacter(memory: Memory, ucb: TerminalUnit, character: number): boolean {
  const ring = ringOf(memory, ucb);
  if (!ring || ring.TYPAHD$W_INAHD >= ringSize(ring)) return false;
  const put = ring.TYPAHD$L_PUT;
  memory.writeByte(put, character);
  ring.TYPAHD$L_PUT = put + 1 === ring.TYPAHD$L_END ? ring.address + HEADER : put + 1;
  ring.TYPAHD$W_INAHD = ring.TYPAHD$W_INAHD + 1;
  return true;
}

/** Takes the oldest character; there is one. */
export function takeTypedCharacter(memory: Memory, ucb: TerminalUnit): { character: number; emptied: boolean } {
  const ring = ringOf(memory, ucb)!;
  const get = ring.TYPAHD$L_GET;
  ring.TYPAHD$L_GET = get + 1 === ring.TYPAHD$L_END ? ring.address + HEADER : get + 1;
  const left = ring.TYPAHD$W_INAHD - 1;
  ring.TYPAHD$W_INAHD = left;
  return { character: memory.readByte(get), emptied: left === 0 };
}

/** The character that will be taken next, 0 when there is none: what IO$M_TYPEAHDCNT reports. */
export function firstTypedCharacter(memory: Memory, ucb: TerminalUnit): number {
  const ring = ringOf(memory, ucb);
  return ring && ring.TYPAHD$W_INAHD > 0 ? memory.readByte(ring.TYPAHD$L_GET) : 0;
}

/** Throws all waiting characters away, and with them what is known of lost ones. */
export function emptyTypeahead(memory: Memory, ucb: TerminalUnit): void {
  const ring = ringOf(memory, ucb);
  if (!ring) return;
  ring.TYPAHD$L_GET = ring.TYPAHD$L_PUT;
  ring.TYPAHD$W_INAHD = 0;
  ucb.TTY$V_ST_OVRFLO = 0;
}

function ringSize(ring: ReturnType<typeof TYPAHD.at>): number {
  return ring.TYPAHD$L_END - ring.address - HEADER;
}

/** Characters of room left for which a host-synchronous terminal is stopped. */
const ALARM = 8;

/** Whether so much has been typed ahead that the terminal is to be stopped. */
export function typeaheadAlarm(k: Kernel, ucb: TerminalUnit): boolean {
  const ring = ringOf(k, ucb);
  if (!ring) return true;
  const left = ringSize(ring) - ring.TYPAHD$W_INAHD;
  const alternate = (ucb.UCB$L_DEVDEPND2 & TT2$M_ALTYPEAHD) !== 0;
  return left <= (alternate ? Math.min(k.sys.TTY$GW_ALTALARM, ringSize(ring) >>> 1) : ALARM);
}
