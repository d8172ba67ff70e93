import { PR$_P1BR, PR$_TBIA } from '../../emulator/processor-registers.js';
import type { Kernel } from '../kernel.js';
import type { PHD } from '../structures/phd.js';
import { PFN$C_ACTIVE, PFN$C_PPGTBL, PFN$M_MODIFY, PRT$C_ERKW, PRT$C_URKW, WSL$M_VALID, WSL$V_PAGTYP } from '../structures/pte.js';
import { MMG$ALLOZEROPFN, PfnEntry } from './pfn.js';

/**
 * The working set list: one longword for each valid page of the process, in the process header (chapter 14.1.3).
 *
 * All pointers into it are longword indexes from the start of the header. [WSLIST, WSLOCK) holds pages locked for good,
 * [WSLOCK, WSDYN) pages locked by request, [WSDYN, WSLAST] the rest. The list grows into the pages kept empty behind it
 * as far as WSMAX; nothing is paged out yet, so a process whose list is full gets no further page.
 */
type Header = ReturnType<typeof PHD.at>;

/**
 * Enters `address` in the working set list of `phd`.
 *
 * @returns the entry's index; undefined when the list is full
 */
export function addWorkingSetEntry(k: Kernel, phd: Header, address: number, type: number, flags = 0): number | undefined {
  const first = phd.PHD$W_WSDYN;
  const last = phd.PHD$W_WSLAST;
  let index = phd.PHD$W_WSNEXT;
  for (let tried = first; tried <= last; tried += 1) {
    index = index >= last || index < first ? first : index + 1;
    if (k.readLong(phd.address + 4 * index) === 0) {
      phd.PHD$W_WSNEXT = index;
      k.writeLong(phd.address + 4 * index, entryFor(address, type, flags));
      return index;
    }
  }
  const limit = phd.PHD$W_WSLIST + k.sys.SGN$GL_MAXWSCNT - 1;
  if (last >= limit) return undefined;
  index = last + 1;
  if (4 * (index + 1) > phd.PHD$L_PSTBASOFF + 4 * ((phd.PHD$W_PSTLAST << 16) >> 16) && !MMG$ALCPHD(k, phd)) return undefined;
  phd.PHD$W_WSLAST = index;
  phd.PHD$W_WSSIZE = index - phd.PHD$W_WSLIST + 1;
  phd.PHD$W_WSNEXT = index;
  k.writeLong(phd.address + 4 * index, entryFor(address, type, flags));
  return index;
}

/** Takes the page at `address` out of the list. */
export function removeWorkingSetEntry(k: Kernel, phd: Header, index: number): void {
  k.writeLong(phd.address + 4 * index, 0);
}

/**
 * Gives the header one of its empty pages, between section table and page arrays, and moves the section table up by it.
 *
 * @returns false when no empty page or no free frame is left
 * @source book 14.1.5; digest ch14 2.2 (module PHDUTL)
 */
export function MMG$ALCPHD(k: Kernel, phd: Header): boolean {
  if (phd.PHD$W_EMPTPG === 0) return false;
  const pfn = MMG$ALLOZEROPFN(k);
  if (pfn === 0) return false;
  const oldBase = phd.PHD$L_PSTBASOFF;
  const page = (phd.address + oldBase) >>> 0;
  const pte = k.sys.MMG$GL_SPTBASE + 4 * ((page & 0x3fffffff) >>> 9);
  k.writeLong(pte, (0x80000000 | (PRT$C_ERKW << 27) | pfn) >>> 0);
  const window = (k.p1.CTL$GL_PHD + oldBase) >>> 0;
  const windowPte = ((k.cpu.readPR(PR$_P1BR) >>> 0) + 4 * ((window & 0x3fffffff) >>> 9)) >>> 0;
  k.writeLong(windowPte, (0x80000000 | (PRT$C_URKW << 27) | pfn) >>> 0);
  k.cpu.writePR(PR$_TBIA, 0);
  const tableBytes = -4 * ((phd.PHD$W_PSTLAST << 16) >> 16);
  const table = k.readBytes(phd.address + oldBase - tableBytes, tableBytes);
  phd.PHD$L_PSTBASOFF = oldBase + 512;
  k.writeBytes(phd.address + oldBase + 512 - tableBytes, table);
  k.writeBytes(phd.address + oldBase - tableBytes, new Uint8Array(Math.min(512, tableBytes)));
  phd.PHD$W_EMPTPG = phd.PHD$W_EMPTPG - 1;
  const entry = new PfnEntry(k, pfn);
  entry.pte = pte;
  entry.type = PFN$C_PPGTBL;
  entry.state = PFN$C_ACTIVE | PFN$M_MODIFY;
  return true;
}

export function entryFor(address: number, type: number, flags: number): number {
  return ((address & ~0x1ff) | flags | (type << WSL$V_PAGTYP) | WSL$M_VALID) >>> 0;
}

/** The valid entries: index and contents. */
export function* workingSetEntries(k: Kernel, phd: Header): Generator<{ index: number; entry: number }, void, undefined> {
  for (let index = phd.PHD$W_WSLIST; index <= phd.PHD$W_WSLAST; index += 1) {
    const entry = k.readLong(phd.address + 4 * index);
    if (entry & WSL$M_VALID) yield { index, entry };
  }
}
