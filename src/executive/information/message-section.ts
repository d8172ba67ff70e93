import { bytesToText, joinBytes, readCounted, textToBytes, type MemoryReader } from '../structures/memory.js';
import { structure } from '../structures/structure.js';

/**
 * Message sections: what the message compiler makes, the linker puts into images, SYSMSG maps in system space, and $GETMSG
 * searches. The names follow $MSCDEF, the layout is our own (the book gives none):
 *
 *   MSC header (32 bytes)
 *   index: one MIDX of 8 bytes a message, in ascending order of code without severity
 *   facility table: MFAC entries of 2 + 1 + n bytes
 *   text: MREC entries, each a fixed part, counted identification, counted text
 *
 * All offsets count from the header, so a section works wherever it is mapped. @source book 29.2.1; digest ch29 2.4
 */
export const MSC = structure('MSC', 32, {
  0x00: ['MSC$B_TYPE', '0 messages here, 1 indirect: file name only'],
  0x01: ['MSC$B_FLAGS', 'unused'],
  0x02: ['MSC$W_VERSION', 'layout version, 1'],
  0x04: ['MSC$L_SIZE', 'bytes of the whole section'],
  0x08: ['MSC$L_INDEX_OFF', 'offset of the index'],
  0x0c: ['MSC$L_INDEX_COUNT', 'messages'],
  0x10: ['MSC$L_FAC_OFF', 'offset of the facility table'],
  0x14: ['MSC$L_FAC_COUNT', 'facilities'],
  0x18: ['MSC$L_TEXT_OFF', 'offset of the first message record'],
  0x1c: ['MSC$L_INDNAM_OFF', 'offset of the counted file name of an indirect section'],
});

export const MIDX = structure('MIDX', 8, {
  0x00: ['MIDX$L_CODE', 'message code, severity 0'],
  0x04: ['MIDX$L_OFFSET', 'offset of its record'],
});

export const MREC = structure('MREC', 8, {
  0x00: ['MREC$L_CODE', 'message code as defined, with severity'],
  0x04: ['MREC$B_FAOCNT', 'number of FAO arguments'],
  0x05: ['MREC$B_USERVAL', 'user value'],
  0x06: ['MREC$B_LANG', 'language, 0'],
  0x07: ['MREC$B_FLAGS', 'unused'],
});

const VERSION = 1;

/** Bits of a message code that tell messages apart: all but severity and control bits. @source digest ch29 1; STS$ fields */
export const MESSAGE_ID_MASK = 0x0fff_fff8;

export interface Message {
  /** Code with severity. */
  readonly code: number;
  readonly ident: string;
  readonly text: string;
  readonly faoCount: number;
  readonly userValue: number;
}

export interface MessageTable {
  readonly messages: readonly Message[];
  /** Facility number -> name. */
  readonly facilities: ReadonlyMap<number, string>;
}

/** The bytes of a section. Of two messages with the same code the first counts. */
export function buildSection(table: MessageTable): Uint8Array {
  const byId = new Map<number, Message>();
  for (const message of table.messages) {
    const id = (message.code & MESSAGE_ID_MASK) >>> 0;
    if (!byId.has(id)) byId.set(id, message);
  }
  const index = [...byId.entries()].sort(([one], [other]) => one - other);
  const facilityOffset = MSC.size + MIDX.size * index.length;
  const facilities = [...table.facilities.entries()].map(([number, name]) => joinBytes([Uint8Array.of(number & 0xff, number >>> 8), counted(name)]));
  const textOffset = facilityOffset + total(facilities);
  const records = index.map(([, message]) => record(message));
  const size = textOffset + total(records);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  const long = (offset: number, value: number): void => view.setUint32(offset, value >>> 0, true);
  view.setUint16(MSC.offset.MSC$W_VERSION, VERSION, true);
  long(MSC.offset.MSC$L_SIZE, size);
  long(MSC.offset.MSC$L_INDEX_OFF, MSC.size);
  long(MSC.offset.MSC$L_INDEX_COUNT, index.length);
  long(MSC.offset.MSC$L_FAC_OFF, facilityOffset);
  long(MSC.offset.MSC$L_FAC_COUNT, facilities.length);
  long(MSC.offset.MSC$L_TEXT_OFF, textOffset);
  let at = textOffset;
  index.forEach(([id], position) => {
    long(MSC.size + MIDX.size * position, id);
    long(MSC.size + MIDX.size * position + 4, at);
    bytes.set(records[position]!, at);
    at += records[position]!.length;
  });
  bytes.set(joinBytes(facilities), facilityOffset);
  return bytes;
}

function record(message: Message): Uint8Array {
  const fixed = new Uint8Array(MREC.size);
  new DataView(fixed.buffer).setUint32(MREC.offset.MREC$L_CODE, message.code >>> 0, true);
  fixed[MREC.offset.MREC$B_FAOCNT] = message.faoCount;
  fixed[MREC.offset.MREC$B_USERVAL] = message.userValue;
  return joinBytes([fixed, counted(message.ident), counted(message.text)]);
}

function counted(text: string): Uint8Array {
  const kept = text.slice(0, 255);
  return joinBytes([Uint8Array.of(kept.length), textToBytes(kept)]);
}

function total(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** A message as found in memory. */
export interface FoundMessage extends Message {
  readonly facility: string;
}

/**
 * Looks a code up in the section at `address` by binary search of its index.
 *
 * @returns undefined when the section does not have it, or is not a section of this layout
 */
export function searchSection(memory: MemoryReader, address: number, code: number): FoundMessage | undefined {
  const header = MSC.read(memory, address);
  if (header.MSC$W_VERSION !== VERSION || header.MSC$B_TYPE !== 0) return undefined;
  const wanted = (code & MESSAGE_ID_MASK) >>> 0;
  let low = 0;
  let high = header.MSC$L_INDEX_COUNT - 1;
  const index = address + header.MSC$L_INDEX_OFF;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const entry = MIDX.read(memory, index + MIDX.size * middle);
    const found = entry.MIDX$L_CODE;
    if (found === wanted) return readRecord(memory, address, address + entry.MIDX$L_OFFSET);
    if (found < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

function readRecord(memory: MemoryReader, section: number, at: number): FoundMessage {
  const { MREC$L_CODE: code, MREC$B_FAOCNT: faoCount, MREC$B_USERVAL: userValue } = MREC.read(memory, at);
  const identAt = at + MREC.size;
  const textAt = identAt + 1 + memory.readByte(identAt);
  return {
    code, faoCount, userValue, ident: readCounted(memory, identAt), text: readCounted(memory, textAt),
    facility: facilityNameIn(memory, section, (code >>> 16) & 0xfff),
  };
}

/** Name of a facility; '' when the section's table lacks it. */
export function facilityNameIn(memory: MemoryReader, section: number, number: number): string {
  const header = MSC.read(memory, section);
  let at = section + header.MSC$L_FAC_OFF;
  for (let count = header.MSC$L_FAC_COUNT; count > 0; count -= 1) {
    const length = memory.readByte(at + 2);
    if (memory.readWord(at) === number) return bytesToText(memory.readBytes(at + 3, length));
    at += 3 + length;
  }
  return '';
}
