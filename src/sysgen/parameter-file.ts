import { findParameter, PARAMETERS, type Parameter, type ParameterValues } from '../executive/boot/parameters.js';
import { bytesToText, textToBytes } from '../executive/structures/memory.js';

/**
 * Parameter files: SYS$SYSTEM:VAXVMSSYS.PAR and those of SYSGEN WRITE. choice: 512-byte blocks; the first 16 bytes name the format, then
 * each parameter has an entry of 24 bytes, its name padded with zeroes to 16 and its value as a quadword; a zero entry ends the list.
 * In files of the first version, which are still read, the value is a longword.
 * The last longword of the file makes the sum of all its longwords zero.
 */
const SIGNATURE = 'SYSGEN PARAM V2 ';
const SIGNATURE_1 = 'SYSGEN PARAM V1 ';
const BLOCK = 512;
const NAME_SIZE = 16;
const LONG = 4;
const ENTRY_SIZE = NAME_SIZE + 2 * LONG;
const ENTRY_SIZE_1 = NAME_SIZE + LONG;

/** Modulo 2^32. */
function longwordSum(view: DataView): number {
  let sum = 0;
  for (let at = 0; at < view.byteLength; at += LONG) sum = (sum + view.getUint32(at, true)) >>> 0;
  return sum;
}

/** All parameters, those not in `values` with their defaults. */
export function encodeParameterFile(values: ParameterValues): Uint8Array {
  const size = SIGNATURE.length + ENTRY_SIZE * (PARAMETERS.length + 1) + LONG;
  const bytes = new Uint8Array(Math.ceil(size / BLOCK) * BLOCK);
  const view = new DataView(bytes.buffer);
  bytes.set(textToBytes(SIGNATURE));
  PARAMETERS.forEach(({ name, default: standard }, index) => {
    const at = SIGNATURE.length + ENTRY_SIZE * index;
    bytes.set(textToBytes(name.slice(0, NAME_SIZE)), at);
    const value = values[name] ?? standard;
    view.setUint32(at + NAME_SIZE, value >>> 0, true);
    view.setUint32(at + NAME_SIZE + LONG, Math.max(0, Math.floor(value / 2 ** 32)), true);
  });
  view.setUint32(bytes.length - LONG, -longwordSum(view) >>> 0, true);
  return bytes;
}

/**
 * The values in a parameter file. Names this system does not have are left out, values outside a parameter's limits are brought inside;
 * undefined when it is no parameter file or its sum is wrong.
 *
 * @param adjusted  is told each name that is left out, and each value that is another than in the file
 */
export function decodeParameterFile(bytes: Uint8Array, adjusted: (name: string, value: number | undefined) => void = () => undefined): Record<string, number> | undefined {
  const signature = bytesToText(bytes.subarray(0, SIGNATURE.length));
  if (bytes.length === 0 || bytes.length % BLOCK !== 0 || (signature !== SIGNATURE && signature !== SIGNATURE_1)) return undefined;
  const entrySize = signature === SIGNATURE ? ENTRY_SIZE : ENTRY_SIZE_1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (longwordSum(view) !== 0) return undefined;
  const values: Record<string, number> = {};
  for (let at = SIGNATURE.length; at + entrySize <= bytes.length; at += entrySize) {
    const name = bytesToText(bytes.subarray(at, at + NAME_SIZE)).replace(/\0.*$/s, '');
    if (name === '') break;
    const parameter = findParameter(name);
    if (!parameter) {
      adjusted(name, undefined);
      continue;
    }
    const low = view.getUint32(at + NAME_SIZE, true);
    const high = parameter.characters !== undefined && entrySize === ENTRY_SIZE ? view.getUint32(at + NAME_SIZE + LONG, true) : 0;
    const given = valueOf(parameter, low, 4) + high * 2 ** 32;
    const value = values[name] = withinLimits(parameter, given);
    if (value !== given) adjusted(name, value);
  }
  return values;
}

/** What the `size` bytes of a parameter mean: one that may be negative has a sign. */
export function valueOf({ minimum }: Parameter, bits: number, size: number): number {
  return minimum < 0 ? (bits << (32 - 8 * size)) >> (32 - 8 * size) : bits;
}

/** A value no smaller and no larger than its parameter may be. */
export function withinLimits({ minimum, maximum }: Parameter, value: number): number {
  return Math.max(minimum, maximum === -1 ? value : Math.min(maximum, value));
}
