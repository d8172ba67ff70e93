import { absoluteTime, dayNumber, numericTime } from '../../executive/information/time.js';
import { bytesToText, textToBytes } from '../../executive/structures/memory.js';

/**
 * Labels of magnetic tape volumes: 80 characters each, VOL1 at the beginning, HDR1 and HDR2 before a file, EOF1 and EOF2 behind it.
 * @source ANSI X3.27-1978; VAX/VMS Magnetic Tape User's Guide
 */
export const LABEL_LENGTH = 80;
export const LABEL_CHARACTERS = 6;
/** Characters of a file identifier. */
export const LONGEST_NAME = 17;
const SYSTEM_CODE = 'DECFILE11A';

const field = (text: string, length: number): string => text.padEnd(length, ' ').slice(0, length);
const digits = (value: number, length: number): string => String(value % 10 ** length).padStart(length, '0');

export const labelBytes = (text: string): Uint8Array => textToBytes(field(text, LABEL_LENGTH));
export const labelText = (bytes: Uint8Array): string => bytesToText(bytes);

/** VOL1: label, and in the owner field what VMS puts there. @returns 80 bytes */
export function volumeLabel(label: string): Uint8Array {
  return labelBytes(`VOL1${field(label, LABEL_CHARACTERS)} ${field('', 26)}${field('', 14)}${field('', 28)}3`);
}

/** A volume's label; undefined when the record is no VOL1. */
export function parseVolumeLabel(bytes: Uint8Array): string | undefined {
  const text = bytesToText(bytes);
  return bytes.length === LABEL_LENGTH && text.startsWith('VOL1') ? text.slice(4, 10).trimEnd() : undefined;
}

/** What the labels of a file say. */
export interface FileLabels {
  /** NAME.TYP */
  readonly name: string;
  readonly version: number;
  readonly created: bigint;
  /** D variable, F fixed, S spanned, U undefined. */
  readonly format: string;
  readonly blockSize: number;
  readonly recordSize: number;
  /** ' ' lines, 'A' FORTRAN, 'M' in the records. */
  readonly formControl: string;
  /** Blocks, from EOF1. */
  readonly blocks: number;
}

/** Date of a label: a blank for the years before 2000, year, day of the year. */
function dateText(time: bigint): string {
  const { year, month, day } = numericTime(time);
  const century = year >= 2000 ? '0' : ' ';
  return `${century}${digits(year, 2)}${digits(dayNumber(year, month, day) - dayNumber(year, 1, 1) + 1, 3)}`;
}

/** 0 when it is none. */
function parseDate(text: string): bigint {
  const match = /^([ 0])(\d\d)(\d{3})$/.exec(text);
  if (!match || Number(match[3]) === 0) return 0n;
  const year = (match[1] === '0' ? 2000 : 1900) + Number(match[2]);
  const midnight = absoluteTime({ year, month: 1, day: 1, hour: 0, minute: 0, second: 0, hundredth: 0 });
  return midnight + BigInt(Number(match[3]) - 1) * 864_000_000_000n;
}

/** HDR1 and HDR2 (or EOF1 and EOF2) of the file in place `sequence`. */
export function fileLabels(kind: 'HDR' | 'EOF', file: FileLabels, volume: string, sequence: number): readonly Uint8Array[] {
  const generation = Math.floor((file.version - 1) / 100) + 1;
  const within = (file.version - 1) % 100;
  const date = dateText(file.created);
  const first = `${kind}1${field(file.name, LONGEST_NAME)}${field(volume, 6)}0001${digits(sequence, 4)}${digits(generation, 4)}${digits(within, 2)}${date}${date}`
    + ` ${digits(kind === 'EOF' ? file.blocks : 0, 6)}${field(SYSTEM_CODE, 13)}`;
  const second = `${kind}2${file.format}${digits(file.blockSize, 5)}${digits(file.recordSize, 5)}${field('', 21)}${file.formControl}${field('', 13)}00`;
  return [labelBytes(first), labelBytes(second)];
}

/** The labels in front of a file and behind it; undefined when the first is no HDR1. Without HDR2: undefined format. */
export function parseFileLabels(before: readonly Uint8Array[], behind: readonly Uint8Array[]): FileLabels | undefined {
  const text = (labels: readonly Uint8Array[], kind: string): string | undefined => labels.map(bytesToText).find((each) => each.startsWith(kind));
  const first = text(before, 'HDR1');
  if (first === undefined) return undefined;
  const second = text(before, 'HDR2') ?? '';
  const last = text(behind, 'EOF1') ?? text(behind, 'EOV1') ?? '';
  const number = (from: string, at: number, length: number): number => (/^\d+$/.test(from.slice(at, at + length)) ? Number(from.slice(at, at + length)) : 0);
  const version = Math.max(1, (Math.max(1, number(first, 35, 4)) - 1) * 100 + number(first, 39, 2) + 1);
  return {
    name: fileName(first.slice(4, 21).trimEnd()), version, created: parseDate(first.slice(41, 47)),
    format: /^[DFSU]$/.test(second.charAt(4)) ? second.charAt(4) : 'U', blockSize: number(second, 5, 5), recordSize: number(second, 10, 5),
    formControl: second.charAt(36) === 'A' || second.charAt(36) === 'M' ? second.charAt(36) : ' ', blocks: number(last, 54, 6),
  };
}

/** A file identifier as a name of ours: upper case, odd characters as underscores, one dot. */
function fileName(identifier: string): string {
  const known = identifier.toUpperCase().replace(/[^A-Z0-9$_.-]/g, '_');
  const dot = known.lastIndexOf('.');
  return dot < 0 ? `${known}.` : `${known.slice(0, dot).replaceAll('.', '_')}.${known.slice(dot + 1)}`;
}
