import { SCH$QAST } from '../ast/queue.js';
import { kernelService } from '../dispatch/service.js';
import { inlineRoutine } from '../gate/microroutine.js';
import { prepareSegment, SEGMENT_TO_DRIVER } from '../io/segments.js';
import type { Kernel } from '../kernel.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { allocateBlock } from '../pool/typed.js';
import { SCH$CLREF, SCH$POSTEF } from '../process/event-flags.js';
import { IO$_WRITEVBLK } from '../starlet/iodef.js';
import { SS$_ACCVIO, SS$_EXASTLM, SS$_EXQUOTA, SS$_INSFMEM, SS$_NORMAL, SS$_NOTMODIFIED } from '../starlet/ssdef.js';
import { ACB$M_KAST, ACB$M_QUOTA } from '../structures/acb.js';
import { DYN$C_IRP } from '../structures/dyn.js';
import { IPL$_ASTDEL } from '../structures/ipl.js';
import { IRP } from '../structures/irp.js';
import { decodePte, PFN$C_ACTIVE, PFN$C_MFYPAGLST, PFN$C_WRTINPROG, PFN$M_MODIFY, PTE$M_MODIFY, PTE$M_VALID, PTE$M_WRT } from '../structures/pte.js';
import { PRI$_RESAVL } from '../structures/sch.js';
import { structure } from '../structures/structure.js';
import { WCB } from '../structures/volume.js';
import { isSectionBacking, type FileBlocks } from './backing-store.js';
import { gpteAddress, isGpte } from './global-page-table.js';
import { giveToDriver, sectionPlace, writeDone } from './modified-writer.js';
import { MMG$REMPFN } from './page-lists.js';
import { checkRange, isDescending, outerMode, rangeArgumentsAccessible, rangeCount, readRange, returnRange, type PageRange } from './page-range.js';
import { PAGE_SIZE, readPte, writePte } from './page-tables.js';
import { PfnEntry } from './pfn.js';

/**
 * $UPDSEC (module SYSUPDSEC): pages of section files are written now, cluster by cluster, like the modified page writer does it.
 * @source book 15.5.3, 16.3.4; digest ch15 2.14
 */

/** What an I/O packet is extended by; behind it the pages of the cluster under way, as longwords with PTE$M_VALID. */
const UPD = structure('UPD', 32, {
  0x00: ['UPD$L_NEXT', 'address of the next page to look at'],
  0x04: ['UPD$L_LEFT', 'pages still to look at'],
  0x08: ['UPD$L_STEP', 'from page to page: 512 or -512'],
  0x0c: ['UPD$L_FLAGS', 'updflg: bit 0, only what this process has modified'],
  0x10: ['UPD$L_AST', 'completion AST, 0 for none'],
  0x14: ['UPD$L_ASTPRM', 'its parameter'],
  0x18: ['UPD$L_LOW', 'first address of the cluster under way'],
  0x1c: ['UPD$B_RMOD', 'access mode of the requester and ACB$M_QUOTA'],
  0x1d: ['UPD$B_WRITTEN', 'something has been written'],
  0x1e: ['UPD$W_PAGES', 'pages of the cluster under way'],
});

type Packet = ReturnType<typeof IRP.at>;
const extensionOf = (k: Kernel, irp: Packet): ReturnType<typeof UPD.at> => UPD.at(k, irp.address + IRP.size);

/** The page of memory behind an address that is to be written; undefined when there is none, or nothing to write. */
function pageToWrite(k: Kernel, address: number, flags: number): PfnEntry | undefined {
  const pte = decodePte(readPte(k, address));
  if (pte.kind === 'valid' && pte.window) return undefined;
  const master = pte.kind === 'global' ? decodePte(k.readLong(gpteAddress(k, pte.gptx))) : pte;
  if (master.kind !== 'valid' && master.kind !== 'transition') return undefined;
  const entry = new PfnEntry(k, master.pfn);
  if (!isSectionBacking(entry.bak) || (entry.bak & PTE$M_WRT) === 0) return undefined;
  if (entry.location === PFN$C_MFYPAGLST) return entry;
  if (entry.location !== PFN$C_ACTIVE) return undefined;
  const isModified = (entry.state & PFN$M_MODIFY) !== 0 || (pte.kind === 'valid' && pte.modify);
  // Who else has modified a global page is not known, so it is written in any case.
  return isModified || (isGpte(k, entry.pte) && (flags & 1) === 0) ? entry : undefined;
}

/** From now on the page is unmodified, and has a reference for the write. */
function beginWrite(k: Kernel, address: number, entry: PfnEntry): void {
  if (entry.location === PFN$C_MFYPAGLST) {
    MMG$REMPFN(k, entry.pfn);
    entry.location = PFN$C_WRTINPROG;
  }
  const pte = readPte(k, address);
  if ((pte & PTE$M_VALID) !== 0) writePte(k, address, (pte & ~PTE$M_MODIFY) >>> 0);
  entry.state &= ~PFN$M_MODIFY;
  entry.refcnt += 1;
}

/** Collects the next cluster: pages at adjacent addresses for adjacent blocks of one file. @returns false: nothing is left */
function startCluster(k: Kernel, irp: Packet): boolean {
  const upd = extensionOf(k, irp);
  const step = upd.UPD$L_STEP | 0;
  const pages: PfnEntry[] = [];
  let blocks: FileBlocks | undefined;
  let low = 0;
  while (upd.UPD$L_LEFT !== 0 && pages.length < clusterLimit(k)) {
    const address = upd.UPD$L_NEXT;
    const entry = pageToWrite(k, address, upd.UPD$L_FLAGS);
    const place = entry && sectionPlace(k, entry);
    if (pages.length > 0) {
      const expected = blocks!.vbn + (step > 0 ? pages.length : -1);
      if (!entry || place!.window !== blocks!.window || place!.vbn !== expected) break;
    }
    upd.UPD$L_NEXT = (address + step) >>> 0;
    upd.UPD$L_LEFT = upd.UPD$L_LEFT - 1;
    if (!entry || place!.window === 0) continue;
    beginWrite(k, address, entry);
    if (step > 0) pages.push(entry);
    else pages.unshift(entry);
    if (!blocks || step < 0) {
      blocks = place;
      low = address;
    }
  }
  if (!blocks) return false;
  upd.UPD$L_LOW = low;
  upd.UPD$W_PAGES = pages.length;
  upd.UPD$B_WRITTEN = 1;
  pages.forEach((entry, index) => { k.writeLong(upd.address + UPD.size + 4 * index, (PTE$M_VALID | entry.pfn) >>> 0); });
  irp.IRP$L_WIND = blocks.window;
  irp.IRP$L_UCB = WCB.at(k, blocks.window).WCB$L_ORGUCB;
  irp.IRP$W_FUNC = IO$_WRITEVBLK;
  irp.IRP$V_SWAPIO = 1;
  irp.IRP$V_VIRTUAL = 1;
  irp.IRP$L_ASTPRM = k.symbol('UPD$WRITEDONE');
  irp.IRP$L_SVAPTE = upd.address + UPD.size;
  irp.IRP$W_BOFF = 0;
  irp.IRP$L_OBCNT = pages.length * PAGE_SIZE;
  irp.IRP$L_SEGVBN = blocks.vbn;
  if (prepareSegment(k, irp, irp.IRP$L_OBCNT) !== SEGMENT_TO_DRIVER) throw new Error('the window of a section file does not map all of it');
  return true;
}

const clusterLimit = (k: Kernel): number => Math.max(1, k.sys.MPW$GW_MPWPFC);

/** UPD$WRITEDONE: R5 is the packet. The next cluster, for the driver, or the end of the request. Special kernel AST of the requester. */
const done = inlineRoutine('UPD_WRITEDONE', (k) => {
  const irp = IRP.at(k, k.register(5));
  const upd = extensionOf(k, irp);
  const pages = Array.from({ length: upd.UPD$W_PAGES }, (_none, index) => decodePte(k.readLong(upd.address + UPD.size + 4 * index)));
  const ok = (irp.IRP$L_IOST1 & 1) !== 0;
  writeDone(k, pages.map((pte) => (pte.kind === 'valid' ? pte.pfn : 0)), ok);
  if (ok && startCluster(k, irp)) {
    giveToDriver(k, irp.address);
    return;
  }
  complete(k, irp, ok ? SS$_NORMAL : irp.IRP$L_IOST1 & 0xffff, ok ? 0 : upd.UPD$L_LOW);
  giveToDriver(k, undefined);
});

/** The end of the request, as of any direct I/O: event flag, and in the process status block and AST. */
function complete(k: Kernel, irp: Packet, status: number, address: number): void {
  const upd = extensionOf(k, irp);
  irp.IRP$V_SWAPIO = 0;
  irp.IRP$L_IOST1 = status;
  irp.IRP$L_IOST2 = address;
  irp.IRP$L_AST = upd.UPD$L_AST;
  irp.IRP$L_ASTPRM = upd.UPD$L_ASTPRM;
  irp.IRP$L_SVAPTE = 0;
  irp.IRP$L_KAST = k.symbol('DIRPOST');
  irp.IRP$B_RMOD = upd.UPD$B_RMOD | ACB$M_KAST;
  k.pcb.PCB$W_DIOCNT = k.pcb.PCB$W_DIOCNT + 1;
  if (irp.IRP$B_EFN < 64) SCH$POSTEF(k, irp.IRP$L_PID, irp.IRP$B_EFN, PRI$_RESAVL);
  SCH$QAST(k, irp.address, PRI$_RESAVL);
}

/**
 * $UPDSEC inadr,[retadr],[acmode],[updflg],[efn],[iosb],[astadr],[astprm] - write modified pages of writable sections to their files.
 *
 * Of private pages those that are modified; of global ones all that are in memory, unless bit 0 of updflg says that only those this process has
 * modified are wanted. IOSB: status; after an error the address of the first page of the cluster that could not be written.
 *
 * @returns SS$_NORMAL the writes have been queued; SS$_NOTMODIFIED there is nothing to write: flag set, the same in the IOSB, no AST; SS$_ACCVIO; SS$_LENVIO;
 *   SS$_NOPRIV; SS$_EXQUOTA direct I/O count; SS$_EXASTLM; SS$_ILLEFC; SS$_UNASEFC; SS$_INSFMEM
 * @source book 15.5.3, 16.3.4; digest ch15 2.14
 */
const update = kernelService('$UPDSEC', (k, inadr = 0, retadr = 0, acmode = 0, updflg = 0, efn = 0, iosb = 0, astadr = 0, astprm = 0) => {
  if (!rangeArgumentsAccessible(k, inadr, retadr) || (iosb !== 0 && !k.callerCanWrite(iosb, 8))) return SS$_ACCVIO;
  const range = readRange(k, inadr);
  const checked = checkRange(range);
  if (!(checked & 1)) return checked;
  for (const address of [retadr, iosb]) if (address !== 0) k.writeBytes(address, k.readBytes(address, 8));       // their pages are there from now on
  const { pcb } = k;
  if (pcb.PCB$W_DIOCNT === 0) return SS$_EXQUOTA;
  if (astadr !== 0 && pcb.PCB$W_ASTCNT === 0) return SS$_EXASTLM;
  const cleared = SCH$CLREF(k, pcb.address, efn & 0xff);
  if (!(cleared & 1)) return cleared;
  const packet = allocateBlock(k, IRP.size + UPD.size + 4 * (clusterLimit(k) + 1), DYN$C_IRP);
  if (packet === 0) return SS$_INSFMEM;
  const irp = IRP.at(k, packet);
  describe(k, irp, range, { flags: updflg, mode: outerMode(k, acmode), efn: efn & 0xff, iosb, astadr, astprm });
  if (iosb !== 0) k.writeBytes(iosb, new Uint8Array(8));
  returnRange(k, retadr, range, rangeCount(range));
  if (!startCluster(k, irp)) {
    EXE$DEANONPAGED(k, packet);
    if (iosb !== 0) k.writeLong(iosb, SS$_NOTMODIFIED);
    SCH$POSTEF(k, pcb.PCB$L_PID, efn & 0xff, PRI$_RESAVL);
    return SS$_NOTMODIFIED;
  }
  pcb.PCB$W_DIOCNT = pcb.PCB$W_DIOCNT - 1;
  if (astadr !== 0) pcb.PCB$W_ASTCNT = pcb.PCB$W_ASTCNT - 1;
  k.ipl = IPL$_ASTDEL;
  k.jump(k.symbol('MMG$UPD_START'));
  return packet;
});

interface Notification { readonly flags: number; readonly mode: number; readonly efn: number; readonly iosb: number; readonly astadr: number; readonly astprm: number }

function describe(k: Kernel, irp: Packet, range: PageRange, { flags, mode, efn, iosb, astadr, astprm }: Notification): void {
  const upd = extensionOf(k, irp);
  upd.UPD$L_NEXT = range.first;
  upd.UPD$L_LEFT = rangeCount(range);
  upd.UPD$L_STEP = isDescending(range) ? -PAGE_SIZE : PAGE_SIZE;
  upd.UPD$L_FLAGS = flags;
  upd.UPD$L_AST = astadr;
  upd.UPD$L_ASTPRM = astprm;
  upd.UPD$B_RMOD = mode | (astadr === 0 ? 0 : ACB$M_QUOTA);
  irp.IRP$L_PID = k.pcb.PCB$L_PID;
  irp.IRP$B_PRI = k.pcb.PCB$B_PRIB;
  irp.IRP$B_EFN = efn;
  irp.IRP$L_IOSB = iosb;
}

export const UPDATE_ROUTINES = [update, done] as const;
