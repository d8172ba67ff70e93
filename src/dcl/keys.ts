import { bytesToText, textToBytes } from '../executive/structures/memory.js';
import { CLI$_SYMOVF } from './condition-codes.js';
import { fail } from './condition.js';
import type { Dcl } from './interpreter/session.js';
import type { RecordReader, RecordWriter } from './spawn/records.js';
import { DCL$C_KEY, KEY } from './structures.js';

/** Key definitions in the CLI symbol table pages: blocks in a list from PRC$L_KEYS. @source DCL Dictionary, DEFINE/KEY */

export interface KeyDefinition {
  readonly name: string;
  /** State in which the definition holds. */
  readonly state: string;
  /** State it sets, '' none. */
  readonly setState: string;
  readonly text: string;
  /** KEY$V_ bits. */
  readonly flags: number;
}

export const KEY_ECHO = KEY.mask.KEY$V_ECHO;
export const KEY_TERMINATE = KEY.mask.KEY$V_TERMINATE;
export const KEY_LOCK = KEY.mask.KEY$V_LOCK;
export const KEY_ERASE = KEY.mask.KEY$V_ERASE;

/** Names of the keys, and the escape sequence each sends, without ESC; DEC VT100 and VT200 keyboards. */
const SEQUENCES: Readonly<Record<string, readonly string[]>> = {
  PF1: ['OP'], PF2: ['OQ'], PF3: ['OR'], PF4: ['OS'],
  KP0: ['Op'], KP1: ['Oq'], KP2: ['Or'], KP3: ['Os'], KP4: ['Ot'], KP5: ['Ou'], KP6: ['Ov'], KP7: ['Ow'], KP8: ['Ox'], KP9: ['Oy'],
  PERIOD: ['On'], COMMA: ['Ol'], MINUS: ['Om'], ENTER: ['OM'],
  UP: ['[A', 'OA'], DOWN: ['[B', 'OB'], RIGHT: ['[C', 'OC'], LEFT: ['[D', 'OD'],
  E1: ['[1~'], E2: ['[2~'], E3: ['[3~'], E4: ['[4~'], E5: ['[5~'], E6: ['[6~'],
  F6: ['[17~'], F7: ['[18~'], F8: ['[19~'], F9: ['[20~'], F10: ['[21~'], F11: ['[23~'], F12: ['[24~'], F13: ['[25~'], F14: ['[26~'],
  HELP: ['[28~'], DO: ['[29~'], F17: ['[31~'], F18: ['[32~'], F19: ['[33~'], F20: ['[34~'],
};

const NAMES: ReadonlyMap<string, string> = new Map(Object.entries(SEQUENCES).flatMap(([name, list]) => list.map((sequence) => [sequence, name] as const)));

/** Keys that can be defined: not those that recall a line. */
export const KEY_NAMES: readonly string[] = Object.keys(SEQUENCES).filter((name) => name !== 'UP' && name !== 'DOWN');

/** The key that sends ESC and `sequence`; undefined for none we know. */
export function keyOf(sequence: string): string | undefined {
  return NAMES.get(sequence);
}

function readAt(dcl: Dcl, address: number): KeyDefinition {
  let at = address + KEY.size;
  const next = (): string => {
    const length = dcl.memory.readByte(at);
    const text = bytesToText(dcl.memory.readBytes(at + 1, length));
    at += length + 1;
    return text;
  };
  const [name, state, setState, text] = [next(), next(), next(), next()] as const;
  return { name, state, setState, text, flags: KEY.at(dcl.memory, address).KEY$L_FLAGS };
}

function addresses(dcl: Dcl): number[] {
  const found: number[] = [];
  for (let address = dcl.prc.PRC$L_KEYS; address !== 0; address = dcl.memory.readLong(address)) found.push(address);
  return found;
}

/** All definitions, oldest first. */
export function listKeys(dcl: Dcl): KeyDefinition[] {
  return addresses(dcl).map((address) => readAt(dcl, address)).reverse();
}

function find(dcl: Dcl, name: string, state: string): number {
  return addresses(dcl).find((address) => { const key = readAt(dcl, address); return key.name === name && key.state === state; }) ?? 0;
}

export function findKey(dcl: Dcl, name: string, state: string): KeyDefinition | undefined {
  const address = find(dcl, name, state);
  return address === 0 ? undefined : readAt(dcl, address);
}

/** Defines or redefines a key. CLI$_SYMOVF when the pages are full. */
export function defineKey(dcl: Dcl, key: KeyDefinition): void {
  const parts = [key.name, key.state, key.setState, key.text.slice(0, 255)];
  const address = dcl.storage.allocate(KEY.size + parts.reduce((sum, part) => sum + part.length + 1, 0), DCL$C_KEY);
  if (address === 0) fail(CLI$_SYMOVF);
  removeKey(dcl, key.name, key.state);
  dcl.memory.writeLong(address, dcl.prc.PRC$L_KEYS);
  KEY.at(dcl.memory, address).KEY$L_FLAGS = key.flags;
  let at = address + KEY.size;
  for (const part of parts) {
    dcl.memory.writeByte(at, part.length);
    dcl.memory.writeBytes(at + 1, textToBytes(part));
    at += part.length + 1;
  }
  dcl.prc.PRC$L_KEYS = address;
}

/** @returns whether there was such a definition */
export function removeKey(dcl: Dcl, name: string, state: string): boolean {
  const address = find(dcl, name, state);
  if (address === 0) return false;
  const next = dcl.memory.readLong(address);
  const before = addresses(dcl).find((other) => dcl.memory.readLong(other) === address);
  if (before === undefined) dcl.prc.PRC$L_KEYS = next;
  else dcl.memory.writeLong(before, next);
  dcl.storage.release(address);
  return true;
}

/** What SPAWN passes on: each function puts one definition into a record. */
export function keyRecords(dcl: Dcl): ((record: RecordWriter) => RecordWriter)[] {
  return listKeys(dcl).map((key) => (record) => record.long(key.flags).text(key.name).text(key.state).text(key.setState).text(key.text));
}

export function readKeyRecord(record: RecordReader): KeyDefinition {
  const flags = record.long();
  return { flags, name: record.text(), state: record.text(), setState: record.text(), text: record.text() };
}
