import type { Procedure } from '../../executive/gate/procedure.js';
import { NAM, NAM$C_BID, NAM$C_BLN, NAM$M_CNCL_DEV } from '../../executive/starlet/namdef.js';
import { RMS$_DNA, RMS$_ESA, RMS$_ESS, RMS$_FNA, RMS$_NAM, RMS$_RLF, RMS$_RSS, RMS$_RST } from '../../executive/starlet/rmsdef.js';
import { readText, textToBytes } from '../../executive/structures/memory.js';
import type { Fab } from '../operation.js';
import type { Expanded, NameStrings } from './expand.js';
import { directoryText, rootText } from './file-spec.js';

/** The caller's name strings and name block. Whatever the caller names is probed in the caller's mode. */
export type Nam = ReturnType<typeof NAM.at>;

function callerText(p: Procedure, address: number, length: number, mode: number): string | undefined {
  if (length === 0) return '';
  return p.kernel.cpu.probe(address, length, mode, false) ? readText(p.memory, address, length) : undefined;
}

/** File name and default name strings of a FAB, and the resultant string of its related file; or an RMS status. */
export function callerStrings(p: Procedure, fab: Fab, mode: number): NameStrings | number {
  const primary = callerText(p, fab.FAB$L_FNA, fab.FAB$B_FNS, mode);
  if (primary === undefined) return RMS$_FNA;
  const defaults = callerText(p, fab.FAB$L_DNA, fab.FAB$B_DNS, mode);
  if (defaults === undefined) return RMS$_DNA;
  const nam = callerNam(p, fab, mode);
  if (typeof nam === 'number') return nam;
  let related = '';
  if (nam && nam.NAM$L_RLF !== 0) {
    if (!p.kernel.cpu.probe(nam.NAM$L_RLF, NAM$C_BLN, mode, false)) return RMS$_RLF;
    const other = NAM.at(p.memory, nam.NAM$L_RLF);
    if (other.NAM$B_BID !== NAM$C_BID) return RMS$_RLF;
    const text = callerText(p, other.NAM$L_RSA, other.NAM$B_RSL, mode);
    if (text === undefined) return RMS$_RLF;
    related = text;
  }
  return { primary: primary.trim(), defaults: defaults.trim(), related };
}

/** The name block of a FAB; undefined when it has none; RMS$_NAM when that is no name block. */
export function callerNam(p: Procedure, fab: Fab, mode: number): Nam | undefined | number {
  const address = fab.FAB$L_NAM;
  if (address === 0) return undefined;
  if (!p.kernel.cpu.probe(address, NAM$C_BLN, mode, true)) return RMS$_NAM;
  const nam = NAM.at(p.memory, address);
  return nam.NAM$B_BID === NAM$C_BID && nam.NAM$B_BLN >= NAM$C_BLN ? nam : RMS$_NAM;
}

/** The printed fields of a file specification. */
export interface SpecText {
  /** With its colons. */
  readonly node: string;
  readonly device: string;
  readonly directory: string;
  readonly name: string;
  readonly type: string;
  readonly version: string;
}

/**
 * How an expanded name is printed: the root only when no concealed device stands for it, no directory on a device without any.
 *
 * @param directories  what to print for the directory (a search goes through several)
 */
export function specText(expanded: Expanded, hasDirectories: boolean, directories: readonly string[] = expanded.directory): SpecText {
  const root = expanded.flags & NAM$M_CNCL_DEV ? '' : rootText(expanded.root);
  return {
    node: expanded.node, device: expanded.device === '' ? '' : `${expanded.device}:`, directory: hasDirectories ? root + directoryText(directories, expanded.form) : '',
    name: expanded.name, type: `.${expanded.type}`, version: `;${expanded.version}`,
  };
}

export function joinSpec(text: SpecText): string {
  return text.node + text.device + text.directory + text.name + text.type + text.version;
}

/** Stores the expanded string, its parts and the status bits. @returns 0 or an RMS status */
export function storeExpanded(p: Procedure, nam: Nam, mode: number, text: SpecText, flags: number): number {
  nam.NAM$B_RSL = 0;
  nam.NAM$L_FNB = flags;
  const whole = joinSpec(text);
  if (nam.NAM$L_ESA === 0 || nam.NAM$B_ESS === 0) {
    nam.NAM$B_ESL = 0;
    return 0;
  }
  if (whole.length > nam.NAM$B_ESS) return RMS$_ESS;
  if (!p.kernel.cpu.probe(nam.NAM$L_ESA, whole.length, mode, true)) return RMS$_ESA;
  p.memory.writeBytes(nam.NAM$L_ESA, textToBytes(whole));
  nam.NAM$B_ESL = whole.length;
  storeParts(nam, nam.NAM$L_ESA, text);
  return 0;
}

/** Stores the resultant string. @returns 0 or an RMS status */
export function storeResultant(p: Procedure, nam: Nam, mode: number, text: SpecText): number {
  const whole = joinSpec(text);
  if (nam.NAM$L_RSA === 0 || nam.NAM$B_RSS === 0) return 0;
  if (whole.length > nam.NAM$B_RSS) return RMS$_RSS;
  if (!p.kernel.cpu.probe(nam.NAM$L_RSA, whole.length, mode, true)) return RMS$_RST;
  p.memory.writeBytes(nam.NAM$L_RSA, textToBytes(whole));
  nam.NAM$B_RSL = whole.length;
  storeParts(nam, nam.NAM$L_RSA, text);
  return 0;
}

function storeParts(nam: Nam, start: number, text: SpecText): void {
  let at = start;
  nam.NAM$B_NODE = text.node.length;
  nam.NAM$L_NODE = at;
  nam.NAM$L_DEV = at += text.node.length;
  nam.NAM$B_DEV = text.device.length;
  nam.NAM$L_DIR = at += text.device.length;
  nam.NAM$B_DIR = text.directory.length;
  nam.NAM$L_NAME = at += text.directory.length;
  nam.NAM$B_NAME = text.name.length;
  nam.NAM$L_TYPE = at += text.name.length;
  nam.NAM$B_TYPE = text.type.length;
  nam.NAM$L_VER = at += text.type.length;
  nam.NAM$B_VER = text.version.length;
}

/** Stores device, file and directory identification. */
export function storeIdentification(p: Procedure, nam: Nam, device: string, fid: Uint8Array | undefined, did: Uint8Array): void {
  const name = device.slice(0, 15);
  p.memory.writeBytes(nam.address + NAM.offset.NAM$T_DVI, Uint8Array.of(name.length, ...textToBytes(name)));
  if (fid) p.memory.writeBytes(nam.address + NAM.offset.NAM$T_FID, fid);
  p.memory.writeBytes(nam.address + NAM.offset.NAM$T_DID, did);
}
