import type { Kernel } from '../kernel.js';
import { LNM$SEARCH_ONE } from '../names/search.js';
import { SS$_IVDEVNAM, SS$_NONLOCAL, SS$_NORMAL, SS$_NOSUCHDEV, SS$_TOOMANYLNAM } from '../starlet/ssdef.js';
import { DDB } from '../structures/device.js';
import { LNMX } from '../structures/lnm.js';
import { readCounted } from '../structures/memory.js';
import { UCB } from '../structures/ucb.js';

/**
 * From a device name to its UCB and back (modules IOSUBPAGD, IOSUBNPAG). @source book 18.1; digest ch18 2.1
 */

/** Translations of a device name without meeting a TERMINAL one. */
const LNM$C_MAXDEPTH = 10;
const ESC = '\x1b';

/** Ends of names a search stops at. */
export interface DeviceSearch {
  readonly status: number;
  readonly ucb: number;
  /** Physical name looked for, without underscore and colon. */
  readonly name: string;
  /** A translation on the way was concealed. */
  readonly concealed: boolean;
}

/** The part of a file specification that names the device, upper case, without colon. */
function devicePart(text: string): string {
  const upper = text.trim().toUpperCase();
  const colon = upper.indexOf(':');
  return colon < 0 ? upper : upper.slice(0, colon);
}

/**
 * Translates a device name: a first translation that fails leaves the name as it is; TERMINAL ends it; at most ten others.
 *
 * @param mode  outermost access mode of logical names believed
 */
export function translateDeviceName(k: Kernel, text: string, mode: number): { status: number; name: string; concealed: boolean } {
  if (text.includes('::')) return { status: SS$_NONLOCAL, name: text, concealed: false };
  let name = devicePart(text);
  let concealed = false;
  for (let depth = 0; ; depth += 1) {
    if (name.startsWith('_')) return { status: SS$_NORMAL, name: name.slice(1), concealed };
    const found = LNM$SEARCH_ONE(k, name, 'LNM$FILE_DEV', mode, true);
    if (found.status === SS$_TOOMANYLNAM) return { status: found.status, name, concealed };
    if ((found.status & 1) === 0 || found.value === '') return { status: SS$_NORMAL, name, concealed };
    if (depth === LNM$C_MAXDEPTH) return { status: SS$_TOOMANYLNAM, name, concealed };
    // A process-permanent file: ESC, NUL and two bytes of its IFI stand before the device name.
    const value = found.value.startsWith(ESC) ? found.value.slice(4) : found.value;
    if ((found.flags & LNMX.mask.LNMX$V_CONCEALED) !== 0) concealed = true;
    if (value.includes('::')) return { status: SS$_NONLOCAL, name: value, concealed };
    name = devicePart(value);
    if ((found.flags & LNMX.mask.LNMX$V_TERMINAL) !== 0) return { status: SS$_NORMAL, name: name.replace(/^_/, ''), concealed };
  }
}

/** Generic name with controller letter, and unit: "OPA0" is OPA and 0, "NL" is NLA and 0. */
export function parsePhysicalName(name: string): { controller: string; unit: number } | undefined {
  const match = /^(?:\$?\w*\$)?([A-Z]{2,3})(\d{0,5})$/.exec(name);
  if (!match) return undefined;
  const letters = match[1]!;
  const unit = match[2] === '' ? 0 : Number(match[2]);
  return unit > 0xffff ? undefined : { controller: letters.length === 2 ? `${letters}A` : letters, unit };
}

/** The DDBs of the system. */
export function* deviceBlocks(k: Kernel): Generator<number, void, undefined> {
  for (let ddb = k.readLong(deviceListHead(k)); ddb !== 0; ddb = DDB.at(k, ddb).DDB$L_LINK) yield ddb;
}

/** Address of IOC$GL_DEVLIST, which lies in the local system block. */
export function deviceListHead(k: Kernel): number {
  return k.symbol('SCS$GA_LOCALSB') + 0x54;
}

/** IOC$SCAN_IODB: every unit, with its DDB; template mailboxes are not linked and do not appear. */
export function* IOC$SCAN_IODB(k: Kernel): Generator<{ ddb: number; ucb: number }, void, undefined> {
  for (const ddb of deviceBlocks(k)) {
    for (let ucb = DDB.at(k, ddb).DDB$L_UCB; ucb !== 0; ucb = UCB.at(k, ucb).UCB$L_LINK) yield { ddb, ucb };
  }
}

/** The unit of a physical name without underscore and colon; 0 when there is none. */
export function findUnit(k: Kernel, name: string): number {
  const parsed = parsePhysicalName(name);
  if (!parsed) return 0;
  for (const ddb of deviceBlocks(k)) {
    if (readCounted(k, ddb + DDB.offset.DDB$T_NAME) !== parsed.controller) continue;
    if (ddb === k.symbol('MB$GL_DDB') && parsed.unit === 0) return k.symbol('MB$UCB0');
    for (let ucb = DDB.at(k, ddb).DDB$L_UCB; ucb !== 0; ucb = UCB.at(k, ucb).UCB$L_LINK) {
      if (UCB.at(k, ucb).UCB$W_UNIT === parsed.unit) return ucb;
    }
  }
  return 0;
}

/**
 * IOC$SEARCHDEV: the unit that a device name, physical or logical, stands for.
 *
 * @param text  as the caller gave it; what follows the colon does not count
 * @param mode  access mode of the caller
 * @returns SS$_NORMAL; SS$_IVDEVNAM, SS$_NOSUCHDEV, SS$_NONLOCAL, SS$_TOOMANYLNAM
 */
export function IOC$SEARCHDEV(k: Kernel, text: string, mode: number): DeviceSearch {
  const { status, name, concealed } = translateDeviceName(k, text, mode);
  if (status !== SS$_NORMAL) return { status, ucb: 0, name, concealed };
  if (name === '' || !/^[A-Z0-9$_]{1,63}$/.test(name)) return { status: SS$_IVDEVNAM, ucb: 0, name, concealed };
  const ucb = findUnit(k, name);
  return { status: ucb === 0 ? SS$_NOSUCHDEV : SS$_NORMAL, ucb, name, concealed };
}

/** IOC$CVT_DEVNAM: the physical name of a unit, "_OPA0:". */
export function IOC$CVT_DEVNAM(k: Kernel, ucbAddress: number): string {
  const ucb = UCB.at(k, ucbAddress);
  return `_${readCounted(k, ucb.UCB$L_DDB + DDB.offset.DDB$T_NAME)}${ucb.UCB$W_UNIT}:`;
}
