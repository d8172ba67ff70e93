import type { Kernel } from '../kernel.js';
import { rightsOf } from '../process/rights.js';
import { ACE, ACE$C_DIRDEF, ACE$C_KEYID, ACE$K_KEYS } from '../structures/ace.js';
import { ArrayMemory } from '../structures/memory.js';

/** What access control lists mean. @source VAX/VMS V4 Guide to System Security, access control lists (public); $CHKPRO in System Services */
export type AceView = ReturnType<typeof ACE.at>;

/** The entries of a list; undefined when it is not one. */
export function acesOf(acl: Uint8Array): Uint8Array[] | undefined {
  const aces: Uint8Array[] = [];
  for (let at = 0; at < acl.length;) {
    const size = acl[at]!;
    if (size < ACE$K_KEYS || size % 4 !== 0 || at + size > acl.length) return undefined;
    aces.push(acl.slice(at, at + size));
    at += size;
  }
  return aces;
}

/** An entry as a structure, padded to its full length: what is written through it does not change `ace`. */
export function aceView(ace: Uint8Array): AceView {
  const whole = new Uint8Array(Math.max(ACE.size, ace.length));
  whole.set(ace);
  return ACE.at(new ArrayMemory(whole), 0);
}

/** Identifiers of a KEYID entry. */
export function keysOf(ace: Uint8Array): number[] {
  const view = new DataView(ace.buffer, ace.byteOffset, ace.byteLength);
  return Array.from({ length: (ace.length - ACE$K_KEYS) / 4 }, (_unused, index) => view.getUint32(ACE$K_KEYS + 4 * index, true));
}

const WILD = 0xffff;

/** Whether an identifier of an entry is one of those held; a UIC may have a wild group or member. */
function holds(held: readonly number[], key: number): boolean {
  if (key >>> 31 !== 0 && key !== 0xffff_ffff) return held.includes(key);
  const [group, member] = [key >>> 16, key & WILD];
  return held.some((own) => own >>> 31 === 0 && (group === WILD || group === own >>> 16) && (member === WILD || member === (own & WILD)));
}

/**
 * The access that the first entry with identifiers all of which are held gives, as ARM$M_ bits; undefined when there is none. Entries that are
 * only for the files of a directory do not count.
 */
export function grantedByAcl(acl: Uint8Array, held: readonly number[]): number | undefined {
  for (const ace of acesOf(acl) ?? []) {
    const view = aceView(ace);
    if (view.ACE$B_TYPE !== ACE$C_KEYID || view.ACE$V_DEFAULT !== 0) continue;
    if (keysOf(ace).every((key) => holds(held, key))) return view.ACE$L_ACCESS;
  }
  return undefined;
}

/** Identifiers that the kind of process stands for. @source AUTHORIZE, SHOW/IDENTIFIER (public) */
export const ENVIRONMENTS = {
  BATCH: 0x8000_0001, DIALUP: 0x8000_0002, INTERACTIVE: 0x8000_0003, LOCAL: 0x8000_0004, NETWORK: 0x8000_0005, REMOTE: 0x8000_0006,
} as const;

/** The identifiers of the current process: its UIC, its rights list, and what it is. */
export function heldIdentifiers(k: Kernel): number[] {
  return rightsOf(k, k.pcb.address).map(({ value }) => value);
}

/** The identifiers of a rights list: quadwords of identifier and attributes, 0 ends. */
export function identifiersIn(k: Kernel, address: number, bytes: number): number[] {
  const found: number[] = [];
  for (let at = address; at + 8 <= address + bytes; at += 8) {
    const identifier = k.readLong(at);
    if (identifier === 0) break;
    found.push(identifier);
  }
  return found;
}

/** Protection word that a DEFAULT_PROTECTION entry has for new files; undefined when no entry has one. */
export function defaultProtectionOf(acl: Uint8Array): number | undefined {
  const view = (acesOf(acl) ?? []).map(aceView).find(({ ACE$B_TYPE: type }) => type === ACE$C_DIRDEF);
  if (!view) return undefined;
  return [view.ACE$L_SYS_PROT, view.ACE$L_OWN_PROT, view.ACE$L_GRP_PROT, view.ACE$L_WOR_PROT].reduce((word, denied, category) => word | ((denied & 0xf) << (4 * category)), 0);
}

const joinAces = (aces: readonly Uint8Array[]): Uint8Array => Uint8Array.from(aces.flatMap((ace) => [...ace]));

/**
 * What a new file gets of the list of its directory: a directory all entries, a file those with OPTIONS=DEFAULT, which lose it; never those
 * with OPTIONS=NOPROPAGATE, and no DEFAULT_PROTECTION for files.
 */
export function inheritedAcl(acl: Uint8Array, isDirectory: boolean): Uint8Array {
  const aces = (acesOf(acl) ?? []).filter((ace) => aceView(ace).ACE$V_NOPROPAGATE === 0);
  if (isDirectory) return joinAces(aces);
  return joinAces(aces.filter((ace) => aceView(ace).ACE$V_DEFAULT !== 0 && ace[1] === ACE$C_KEYID).map((ace) => {
    const own = ace.slice();
    ACE.at(new ArrayMemory(own), 0).ACE$V_DEFAULT = 0;
    return own;
  }));
}
