import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import { IOC$CVT_DEVNAM } from '../../executive/io/device-names.js';
import { RMS$_CRMP } from '../../executive/starlet/rmsdef.js';
import { SEC$M_EXPREG, SEC$M_GBL, SEC$M_NOPROTCHK, SEC$M_PAGFIL, SEC$M_SYSGBL, SEC$M_WRT } from '../../executive/starlet/secdef.js';
import { SS$_NOSUCHSEC } from '../../executive/starlet/ssdef.js';
import { CCB } from '../../executive/structures/device.js';
import type { Ifab } from '../segments.js';
import { GBD, GBH } from '../structures.js';
import { failRecord } from './failure.js';

/**
 * The pool of global buffers of a shared relative or indexed file: a temporary page file section that everybody at the file maps at the end of P0. A
 * header, descriptors, then the buffers; addresses in it are counted from its start. It is used and changed under the structure lock of the file only,
 * and goes with the last process that has it mapped, with what is modified in it then.
 * @source book 22.2 (RM$LAST_CHANCE); File Applications guide, shared buffers; FAB$W_GBC in the RMS reference. choice: names and layouts are ours
 */
type Gbh = ReturnType<typeof GBH.at>;
export type Gbd = ReturnType<typeof GBD.at>;

const BLOCK = 512;
const PAGE = 512;
const EXECUTIVE = 1;
const P0_REGION = 0x200;
const MAPPING = SEC$M_GBL | SEC$M_SYSGBL | SEC$M_WRT | SEC$M_EXPREG | SEC$M_NOPROTCHK;
/** Nobody but RMS, which asks for no check. */
const NO_ACCESS = 0xffff;

/** Name of a file's section: device and file identification. The underscore keeps logical names away. */
function sectionName(p: Procedure, ifab: Ifab): string {
  const ucb = CCB.at(p.memory, p.kernel.p1.CTL$GL_CCBBASE - ifab.IFB$W_CHAN).CCB$L_UCB;
  const fid = [...ifab.IFB$R_FID].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
  return `_RMS$${fid}${IOC$CVT_DEVNAM(p.kernel, ucb).replace(/:$/, '')}`;
}

function bufferSize(ifab: Ifab): number {
  return Math.max(1, ifab.IFB$B_BKS) * BLOCK;
}

/**
 * Maps the pool of a file; makes it when there is none and the stream has asked for one (IFB$W_GBBUF). The caller holds the structure lock. Without
 * global pages or page file there is none, and RMS goes on with its own buffers.
 *
 * @param exists  somebody has it, so nobody may go on without. Fails with RMS$_CRMP
 * @returns whether the file has a pool
 */
export function* attachPool(p: Procedure, ifab: Ifab, exists: boolean): Flow<boolean> {
  if (ifab.IFB$V_POOL) return true;
  const wanted = ifab.IFB$W_GBBUF;
  if (wanted === 0 && !exists) return false;
  const status = yield* p.scratch(function* () {
    const inadr = p.allocate(8);
    p.memory.writeLong(inadr, P0_REGION);
    p.memory.writeLong(inadr + 4, P0_REGION);
    const retadr = p.allocate(8);
    const request = { inadr, retadr, acmode: EXECUTIVE, gsdnam: p.string(sectionName(p, ifab)) };
    const bytes = GBH.size + wanted * (GBD.size + bufferSize(ifab));
    let made = wanted === 0 ? SS$_NOSUCHSEC : yield* service(p, '$CRMPSC', { ...request, flags: MAPPING | SEC$M_PAGFIL, pagcnt: Math.ceil(bytes / PAGE), prot: NO_ACCESS });
    if (!(made & 1) && exists) made = yield* service(p, '$MGBLSC', { ...request, flags: MAPPING });
    if (made & 1) layOut(p, ifab, p.memory.readLong(retadr), p.memory.readLong(retadr + 4) + 1);
    return made;
  });
  if (status & 1) return true;
  if (exists && status !== SS$_NOSUCHSEC) failRecord(RMS$_CRMP, status);
  ifab.IFB$W_GBBUF = 0;
  return false;
}

/** A section that is new is all zeroes: whoever comes first lays it out. */
function layOut(p: Procedure, ifab: Ifab, start: number, end: number): void {
  ifab.IFB$L_GBH = start;
  ifab.IFB$V_POOL = 1;
  const gbh = GBH.at(p.memory, start);
  if (gbh.GBH$L_SIZE !== 0) return;
  const size = bufferSize(ifab);
  const count = Math.floor((end - start - GBH.size) / (GBD.size + size));
  gbh.GBH$L_SIZE = end - start;
  gbh.GBH$L_BUFSIZ = size;
  gbh.GBH$L_COUNT = count;
  for (let index = 0; index < count; index += 1) descriptor(p, gbh, index).GBD$L_REL_ADDR = GBH.size + count * GBD.size + index * size;
}

/** Leaves the pool. What is modified in it is not written: that is for the caller to see to, or not. */
export function* detachPool(p: Procedure, ifab: Ifab): Flow<void> {
  if (!ifab.IFB$V_POOL) return;
  const first = ifab.IFB$L_GBH;
  const last = first + GBH.at(p.memory, first).GBH$L_SIZE - 1;
  ifab.IFB$V_POOL = 0;
  yield* p.scratch(function* () {
    const inadr = p.allocate(8);
    p.memory.writeLong(inadr, first);
    p.memory.writeLong(inadr + 4, last);
    return yield* service(p, '$DELTVA', { inadr, acmode: EXECUTIVE });
  });
}

function descriptor(p: Procedure, gbh: Gbh, index: number): Gbd {
  return GBD.at(p.memory, gbh.address + GBH.size + index * GBD.size);
}

function* descriptors(p: Procedure, ifab: Ifab): Generator<Gbd, void, undefined> {
  if (!ifab.IFB$V_POOL) return;
  const gbh = GBH.at(p.memory, ifab.IFB$L_GBH);
  for (let index = 0; index < gbh.GBH$L_COUNT; index += 1) yield descriptor(p, gbh, index);
}

function find(p: Procedure, ifab: Ifab, vbn: number, size: number): Gbd | undefined {
  for (const gbd of descriptors(p, ifab)) if (gbd.GBD$L_VBN === vbn && gbd.GBD$W_NUMB === size) return gbd;
  return undefined;
}

/** Of the buffers with the lowest value, the one used longest ago; of those with or without something modified. */
function leastWorth(p: Procedure, ifab: Ifab, modified: number): Gbd | undefined {
  let found: Gbd | undefined;
  for (const gbd of descriptors(p, ifab)) {
    if (gbd.GBD$V_DIRTY !== modified) continue;
    const order = found ? gbd.GBD$B_CACHE_VAL - found.GBD$B_CACHE_VAL || gbd.GBD$L_USE - found.GBD$L_USE : -1;
    if (order < 0) found = gbd;
  }
  return found;
}

function used(p: Procedure, ifab: Ifab, gbd: Gbd): void {
  const gbh = GBH.at(p.memory, ifab.IFB$L_GBH);
  gbh.GBH$L_CLOCK = (gbh.GBH$L_CLOCK + 1) >>> 0;
  gbd.GBD$L_USE = gbh.GBH$L_CLOCK;
}

/** What is in a global buffer. */
export function globalBytes(p: Procedure, ifab: Ifab, gbd: Gbd): Uint8Array {
  return p.memory.readBytes(ifab.IFB$L_GBH + gbd.GBD$L_REL_ADDR, gbd.GBD$W_NUMB);
}

/** A copy of a bucket that is in the pool. @param value  what it is worth to be kept */
export function takeGlobal(p: Procedure, ifab: Ifab, vbn: number, size: number, value: number): Uint8Array | undefined {
  const gbd = find(p, ifab, vbn, size);
  if (!gbd) return undefined;
  gbd.GBD$B_CACHE_VAL = value;
  used(p, ifab, gbd);
  return globalBytes(p, ifab, gbd);
}

/** Whether a bucket of that size has room in a buffer of the pool. */
export function fitsPool(p: Procedure, ifab: Ifab, size: number): boolean {
  return ifab.IFB$V_POOL !== 0 && size <= GBH.at(p.memory, ifab.IFB$L_GBH).GBH$L_BUFSIZ;
}

/**
 * Puts a bucket into the pool, in the place it has there or one that is not modified. Undefined: there is none; nothing has been changed.
 *
 * @param value  what it is worth to be kept, when it is new there
 */
export function putGlobal(p: Procedure, ifab: Ifab, vbn: number, bytes: Uint8Array, value = 0): Gbd | undefined {
  const known = find(p, ifab, vbn, bytes.length);
  const gbd = known ?? leastWorth(p, ifab, 0);
  if (!gbd) return undefined;
  if (!known) gbd.GBD$B_CACHE_VAL = value;
  gbd.GBD$L_VBN = vbn;
  gbd.GBD$W_NUMB = bytes.length;
  p.memory.writeBytes(ifab.IFB$L_GBH + gbd.GBD$L_REL_ADDR, bytes);
  used(p, ifab, gbd);
  return gbd;
}

/** The modified buffer of the pool that was used longest ago. */
export function oldestModified(p: Procedure, ifab: Ifab): Gbd | undefined {
  return leastWorth(p, ifab, 1);
}
