import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { channelBlock } from '../../../src/executive/io/channels.js';
import { isSectionBacking, sectionIndex } from '../../../src/executive/memory/backing-store.js';
import { pteAddress, readPte } from '../../../src/executive/memory/page-tables.js';
import { PfnEntry } from '../../../src/executive/memory/pfn.js';
import { sectionEntry, usedSections } from '../../../src/executive/memory/section-table.js';
import { findEntry } from '../../../src/executive/memory/working-set.js';
import { IO$_READVBLK } from '../../../src/executive/starlet/iodef.js';
import { SEC$M_CRF, SEC$M_DZRO, SEC$M_EXPREG, SEC$M_PFNMAP, SEC$M_SYSGBL, SEC$M_WRT } from '../../../src/executive/starlet/secdef.js';
import { SS$_ACCVIO, SS$_ENDOFFILE, SS$_IVCHAN, SS$_IVSECFLG, SS$_NORMAL, SS$_NOTFILEDEV, SS$_PAGOWNVIO, SS$_NOPRIV } from '../../../src/executive/starlet/ssdef.js';
import { decodePte, PFN$M_MODIFY, PRT$C_UR, PRT$C_UW, PTE$M_PFN } from '../../../src/executive/structures/pte.js';
import { assign, virtualBlocks } from '../../filesystem/acp.js';
import { blockMark, header, isInaccessible, longs, markedFile, PAGE, pair, quotaLeft, withDisk } from './section-support.js';

/** Private sections: PSTEs in the process header, PTEs with their index, pages that come and go by page fault. */
const BASE = 0x100000;

/** Maps `pages` pages of the channel's file at BASE. */
function* mapAt(p: Procedure, chan: number, flags: number, pages: number, options: { vbn?: number; pagcnt?: number; address?: number; pfc?: number } = {}) {
  const address = options.address ?? BASE;
  const retadr = p.allocate(8);
  const status = yield* service(p, '$CRMPSC', {
    inadr: pair(p, address, address + pages * PAGE - 1), retadr, flags, chan, vbn: options.vbn ?? 0, pagcnt: options.pagcnt ?? 0, pfc: options.pfc ?? 0,
  });
  return { status, range: longs(p, retadr) };
}

describe('a private section', () => {
  test('ch16#17, ch14#17: every PTE holds the same PSTX, the index of the first PSTE is -8; nothing is read', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 8);
      const faults = header(k).PHD$L_PGFLTIO;
      expect(yield* mapAt(p, chan, SEC$M_WRT, 5, { vbn: 2 })).toEqual({ status: SS$_NORMAL, range: [BASE, BASE + 5 * PAGE - 1] });
      const ptes = [0, 1, 2, 3, 4].map((page) => readPte(k, BASE + page * PAGE));
      expect(new Set(ptes).size).toBe(1);
      expect(decodePte(ptes[0]!)).toEqual({ kind: 'section', prot: PRT$C_UW, owner: 3, stx: -8, crf: false, dzro: false, wrt: true });
      const section = sectionEntry(k, header(k), -8);
      expect(section.address).toBe(header(k).address + header(k).PHD$L_PSTBASOFF - 32);
      expect([section.SEC$L_REFCNT, section.SEC$L_PAGCNT, section.SEC$L_VBN, section.SEC$V_VPX]).toEqual([5, 5, 2, BASE / PAGE]);
      // The second one lies below it.
      yield* mapAt(p, chan, 0, 1, { address: BASE + 64 * PAGE });
      expect(decodePte(readPte(k, BASE + 64 * PAGE))).toMatchObject({ stx: -16, prot: PRT$C_UR });
      expect(header(k).PHD$L_PGFLTIO).toBe(faults);
    });
  });

  test('pages arrive from their blocks when they are touched, and lead back to the file', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 8);
      yield* mapAt(p, chan, SEC$M_WRT, 5, { vbn: 3 });
      expect([0, 1, 2, 3, 4].map((page) => p.memory.readLong(BASE + page * PAGE))).toEqual([3, 4, 5, 6, 7].map(blockMark));
      const page = new PfnEntry(k, readPte(k, BASE) & PTE$M_PFN);
      expect(isSectionBacking(page.bak)).toBe(true);
      expect(sectionIndex(page.bak)).toBe(-8);
      expect(page.state & PFN$M_MODIFY).toBe(0);
      expect(page.wslx).toBe(findEntry(k, header(k), BASE));
    });
  });

  test('VAX code faults on its page, waits for the read in PFW and runs the instruction again', () => {
    withDisk(function* (p) {
      const chan = yield* markedFile(p, 'A.DAT', 3);
      yield* mapAt(p, chan, 0, 3);
      // .WORD 0; MOVL @#BASE+400,R0; RET
      const code = p.bytes(Uint8Array.of(0, 0, 0xd0, 0x9f, ...new Uint8Array(new Uint32Array([BASE + 2 * PAGE]).buffer), 0x50, 0x04));
      const before = header(p.kernel).PHD$L_PAGEFLTS;
      expect(yield* p.call(code)).toBe(blockMark(3));
      expect(header(p.kernel).PHD$L_PAGEFLTS).toBe(before + 1);
    });
  });

  test('ch16#6: each page of a copy-on-reference section is charged, before and after it has been copied; others are not', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 6);
      const before = quotaLeft(k);
      yield* mapAt(p, chan, SEC$M_WRT, 6);
      expect(quotaLeft(k)).toBe(before);
      yield* mapAt(p, chan, SEC$M_WRT | SEC$M_CRF, 6);
      expect(quotaLeft(k)).toBe(before - 6);
      p.memory.readLong(BASE);
      expect(quotaLeft(k)).toBe(before - 6);
      expect(yield* service(p, '$DELTVA', { inadr: pair(p, BASE, BASE + 6 * PAGE - 1) })).toBe(SS$_NORMAL);
      expect(quotaLeft(k)).toBe(before);
    });
  });

  test('a page that was copied has nothing to do with the section any more; the last one gives the channel its file back', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 4);
      const window = channelBlock(k, chan).CCB$L_WIND;
      yield* mapAt(p, chan, SEC$M_WRT | SEC$M_CRF, 4);
      expect(channelBlock(k, chan).CCB$L_WIND).toBe(0xfff8);
      for (let page = 0; page < 4; page += 1) p.memory.writeLong(BASE + page * PAGE, page);
      expect(isSectionBacking(new PfnEntry(k, readPte(k, BASE) & PTE$M_PFN).bak)).toBe(false);
      expect(sectionEntry(k, header(k), -8).SEC$L_REFCNT).toBe(0);
      // The file is as it was.
      const buffer = p.allocate(PAGE);
      expect((yield* virtualBlocks(p, chan, IO$_READVBLK, buffer, PAGE, 1)).status).toBe(SS$_NORMAL);
      expect(p.memory.readLong(buffer)).toBe(blockMark(1));
      expect(yield* service(p, '$DASSGN', { chan })).toBe(SS$_NORMAL);
      expect([...usedSections(k, header(k))]).toEqual([]);
      expect(window).not.toBe(0);
      expect(channelBlock(k, chan).CCB$B_AMOD).toBe(0);
    });
  });

  test('ch16#16: a modified page of a writable section is written to the file before it is deleted', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 3);
      yield* mapAt(p, chan, SEC$M_WRT, 3);
      p.memory.writeLong(BASE + PAGE, 0x12345678);
      expect(yield* service(p, '$DELTVA', { inadr: pair(p, BASE, BASE + 3 * PAGE - 1) })).toBe(SS$_NORMAL);
      const buffer = p.allocate(3 * PAGE);
      yield* virtualBlocks(p, chan, IO$_READVBLK, buffer, 3 * PAGE, 1);
      expect([0, 1, 2].map((page) => p.memory.readLong(buffer + page * PAGE))).toEqual([blockMark(1), 0x12345678, blockMark(3)]);
      expect(header(k).PHD$W_PSTFREE).toBe(0xfff8);
    });
  });

  test('ch16#16: a page with the page file for backing store is not written anywhere', () => {
    withDisk(function* (p) {
      const chan = yield* markedFile(p, 'A.DAT', 1);
      yield* mapAt(p, chan, SEC$M_WRT | SEC$M_CRF, 1);
      p.memory.writeLong(BASE, 77);
      yield* service(p, '$DELTVA', { inadr: pair(p, BASE, BASE) });
      const buffer = p.allocate(PAGE);
      yield* virtualBlocks(p, chan, IO$_READVBLK, buffer, PAGE, 1);
      expect(p.memory.readLong(buffer)).toBe(blockMark(1));
    });
  });

  test('ch14#18: PSTEs given back are used again, the last one first, before the table grows', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 2);
      expect(header(k).PHD$W_PSTFREE).toBe(0);
      for (let n = 0; n < 3; n += 1) yield* mapAt(p, chan, 0, 1, { address: BASE + 16 * n * PAGE });
      expect(header(k).PHD$W_PSTLAST).toBe(0xffe8);
      for (const n of [0, 1]) yield* service(p, '$DELTVA', { inadr: pair(p, BASE + 16 * n * PAGE, BASE + 16 * n * PAGE) });
      expect(header(k).PHD$W_PSTFREE).toBe(0xfff0);
      for (const n of [3, 4]) yield* mapAt(p, chan, 0, 1, { address: BASE + 16 * n * PAGE });
      expect([3, 4].map((n) => decodePte(readPte(k, BASE + 16 * n * PAGE)))).toMatchObject([{ stx: -16 }, { stx: -8 }]);
      expect([header(k).PHD$W_PSTFREE, header(k).PHD$W_PSTLAST]).toEqual([0, 0xffe8]);
    });
  });

  test('ch14#19: when list and table meet, the table moves up as a whole; indexes stay as they are', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 2);
      yield* mapAt(p, chan, SEC$M_WRT, 2);
      p.memory.writeLong(BASE, 1);
      const base = header(k).PHD$L_PSTBASOFF;
      const contents = k.readBytes(sectionEntry(k, header(k), -8).address, 32);
      let count = 0;
      while (header(k).PHD$L_PSTBASOFF === base && count < 200) {
        count += 1;
        expect((yield* mapAt(p, chan, 0, 1, { address: BASE + 16 * count * PAGE })).status).toBe(SS$_NORMAL);
      }
      expect(header(k).PHD$L_PSTBASOFF).toBe(base + PAGE);
      const moved = sectionEntry(k, header(k), -8);
      expect(moved.address).toBe(header(k).address + base + PAGE - 32);
      expect(k.readBytes(moved.address + 8, 24)).toEqual(contents.slice(8));
      // The page that was there is still that section's, in its PTE and in the PFN database.
      expect(sectionIndex(new PfnEntry(k, readPte(k, BASE) & PTE$M_PFN).bak)).toBe(-8);
      expect(p.memory.readLong(BASE + PAGE)).toBe(blockMark(2));
      expect(p.memory.readLong(BASE + 16 * count * PAGE)).toBe(blockMark(1));
    });
  });

  test('demand-zero pages of a file begin as zeros and go to it', () => {
    withDisk(function* (p) {
      const chan = yield* markedFile(p, 'A.DAT', 2);
      yield* mapAt(p, chan, SEC$M_WRT | SEC$M_DZRO, 2);
      expect(p.memory.readLong(BASE)).toBe(0);
      yield* service(p, '$DELTVA', { inadr: pair(p, BASE, BASE + 2 * PAGE - 1) });
      const buffer = p.allocate(2 * PAGE);
      yield* virtualBlocks(p, chan, IO$_READVBLK, buffer, 2 * PAGE, 1);
      expect([p.memory.readLong(buffer), p.memory.readLong(buffer + PAGE)]).toEqual([0, blockMark(2)]);
    });
  });

  test('ch16#35: a page of a read-only section that becomes writable is copied on reference, and charged', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 3);
      yield* mapAt(p, chan, 0, 3, { pfc: 1 });
      p.memory.readLong(BASE + 2 * PAGE);
      const before = quotaLeft(k);
      expect(yield* service(p, '$SETPRT', { inadr: pair(p, BASE, BASE + 3 * PAGE - 1), prot: PRT$C_UW })).toBe(SS$_NORMAL);
      expect(decodePte(readPte(k, BASE))).toMatchObject({ kind: 'section', crf: true, prot: PRT$C_UW });
      // One that is in memory already gets the page file for backing store.
      expect(isSectionBacking(new PfnEntry(k, readPte(k, BASE + 2 * PAGE) & PTE$M_PFN).bak)).toBe(false);
      expect(quotaLeft(k)).toBe(before - 3);
      for (let page = 0; page < 3; page += 1) p.memory.writeLong(BASE + page * PAGE, 0);
      yield* service(p, '$DELTVA', { inadr: pair(p, BASE, BASE + 3 * PAGE - 1) });
      expect(quotaLeft(k)).toBe(before);
      const buffer = p.allocate(3 * PAGE);
      yield* virtualBlocks(p, chan, IO$_READVBLK, buffer, 3 * PAGE, 1);
      expect([0, 1, 2].map((page) => p.memory.readLong(buffer + page * PAGE))).toEqual([1, 2, 3].map(blockMark));
    });
  });

  test('ends with the file; what is not a file, has no file, or asks for nonsense is refused', () => {
    withDisk(function* (p) {
      const chan = yield* markedFile(p, 'A.DAT', 4);
      expect(yield* mapAt(p, chan, 0, 10, { vbn: 2 })).toEqual({ status: SS$_NORMAL, range: [BASE, BASE + 3 * PAGE - 1] });
      expect((yield* mapAt(p, chan, 0, 1, { vbn: 5 })).status).toBe(SS$_ENDOFFILE);
      expect((yield* mapAt(p, yield* assign(p, 'DUA0:'), 0, 1)).status).toBe(SS$_IVCHAN);
      expect((yield* mapAt(p, yield* assign(p, 'NLA0:'), 0, 1)).status).toBe(SS$_NOTFILEDEV);
      for (const flags of [SEC$M_SYSGBL, 1 << 30, SEC$M_PFNMAP | SEC$M_CRF]) expect((yield* mapAt(p, chan, flags, 1)).status).toBe(SS$_IVSECFLG);
      expect(yield* service(p, '$CRMPSC', { chan })).toBe(SS$_ACCVIO);
      expect(yield* service(p, '$CRMPSC', { chan, inadr: pair(p, 0x7ffeda00, 0x7ffeda00) })).toBe(SS$_PAGOWNVIO);
      expect(yield* service(p, '$CRMPSC', { chan, inadr: pair(p, 0x80000000, 0x80000000) })).toBe(SS$_NOPRIV);
    });
  });

  test('with EXPREG it goes to the end of P0 or P1; a descending range is filled from its high end', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 4);
      const retadr = p.allocate(8);
      const low = header(k).PHD$L_FREP0VA;
      yield* service(p, '$CRMPSC', { inadr: pair(p, 0x200, 0x200), retadr, flags: SEC$M_EXPREG, chan });
      expect(longs(p, retadr)).toEqual([low, low + 4 * PAGE - 1]);
      const high = header(k).PHD$L_FREP1VA + PAGE - 1;
      yield* service(p, '$CRMPSC', { inadr: pair(p, 0x40000000, 0x40000000), retadr, flags: SEC$M_EXPREG, chan });
      expect(longs(p, retadr)).toEqual([high, high - 4 * PAGE + 1]);
      expect(p.memory.readLong(high - 4 * PAGE + 1)).toBe(blockMark(1));
      yield* service(p, '$CRMPSC', { inadr: pair(p, BASE + 9 * PAGE, BASE), retadr, chan });
      expect(longs(p, retadr)).toEqual([BASE + 10 * PAGE - 1, BASE + 6 * PAGE]);
      expect(p.memory.readLong(BASE + 6 * PAGE)).toBe(blockMark(1));
      expect(isInaccessible(p, BASE + 5 * PAGE)).toBe(true);
    });
  });

  test('the channel stays while pages come from its file, also through rundown', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 2);
      yield* mapAt(p, chan, 0, 2);
      expect(yield* service(p, '$DASSGN', { chan })).toBe(SS$_NORMAL);
      expect(channelBlock(k, chan).CCB$B_AMOD).not.toBe(0);
      expect(p.memory.readLong(BASE + PAGE)).toBe(blockMark(2));
      yield* service(p, '$DELTVA', { inadr: pair(p, BASE, BASE + PAGE) });
      expect(yield* service(p, '$DASSGN', { chan })).toBe(SS$_NORMAL);
      expect(channelBlock(k, chan).CCB$B_AMOD).toBe(0);
    });
  });
});

describe('pages mapped by frame', () => {
  test('ch16#21, ch14#12: PTEs are valid, have the window bit, and are in no working set', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const before = k.pcb.PCB$W_PPGCNT;
      const quota = quotaLeft(k);
      const status = yield* service(p, '$CRMPSC', { inadr: pair(p, BASE, BASE + 2 * PAGE - 1), flags: SEC$M_PFNMAP | SEC$M_WRT, vbn: 0x300, pagcnt: 2 });
      expect(status).toBe(SS$_NORMAL);
      expect(decodePte(readPte(k, BASE + PAGE))).toEqual({ kind: 'valid', prot: PRT$C_UW, owner: 3, modify: false, window: true, pfn: 0x301 });
      expect(findEntry(k, header(k), BASE)).toBeUndefined();
      expect(quotaLeft(k)).toBe(quota);
      p.memory.writeLong(BASE + 4, 0xcafe);
      expect(k.machine.memory.view.getUint32(0x300 * PAGE + 4, true)).toBe(0xcafe);
      expect(k.pcb.PCB$W_PPGCNT).toBeLessThanOrEqual(before + 2);          // page table page and what the program touched
      const table = new PfnEntry(k, k.readLong(k.sys.MMG$GL_SPTBASE + 4 * ((pteAddress(k, BASE)! & 0x3fffffff) >>> 9)) & PTE$M_PFN);
      const count = table.shrcnt;
      expect(yield* service(p, '$DELTVA', { inadr: pair(p, BASE, BASE + 2 * PAGE - 1) })).toBe(SS$_NORMAL);
      expect(table.shrcnt).toBe(count - 2);
    });
  });

  test('need PFNMAP', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      k.pcb.PCB$Q_PRIV = 0n;
      expect(yield* service(p, '$CRMPSC', { inadr: pair(p, BASE, BASE), flags: SEC$M_PFNMAP, vbn: 0x300, pagcnt: 1 })).toBe(SS$_NOPRIV);
    });
  });
});
