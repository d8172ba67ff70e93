import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { isSectionBacking, pageFileIndex, primaryPageFile, sectionIndex } from '../../../src/executive/memory/backing-store.js';
import { channelBlock } from '../../../src/executive/io/channels.js';
import { SYSTEM_CELLS } from '../../../src/executive/structures/system-cells.js';
import { findUnit } from '../../../src/executive/io/device-names.js';
import { installPageFile } from '../../../src/executive/memory/page-file.js';
import { gpteAddress } from '../../../src/executive/memory/global-page-table.js';
import { findGsd, gsdName, sectionOf } from '../../../src/executive/memory/global-section.js';
import { readPte } from '../../../src/executive/memory/page-tables.js';
import { PfnEntry } from '../../../src/executive/memory/pfn.js';
import { usedSections, systemHeader } from '../../../src/executive/memory/section-table.js';
import { IO$_READVBLK } from '../../../src/executive/starlet/iodef.js';
import {
  SEC$K_MATEQU, SEC$K_MATLEQ, SEC$M_CRF, SEC$M_DZRO, SEC$M_EXPREG, SEC$M_GBL, SEC$M_PAGFIL, SEC$M_PERM, SEC$M_PFNMAP, SEC$M_SYSGBL, SEC$M_WRT,
} from '../../../src/executive/starlet/secdef.js';
import {
  SS$_CREATED, SS$_EXGBLPAGFIL, SS$_GPTFULL, SS$_IVLOGNAM, SS$_IVSECIDCTL, SS$_NOPRIV, SS$_NORMAL, SS$_NOSUCHSEC,
} from '../../../src/executive/starlet/ssdef.js';
import { DYN$C_EXTGSD } from '../../../src/executive/structures/dyn.js';
import { EXTGSD, GSD } from '../../../src/executive/structures/section.js';
import { decodePte, PFN_ARRAYS, PFN$C_GBLWRT, PTE$M_PFN, PTE$M_VALID } from '../../../src/executive/structures/pte.js';
import { UCB } from '../../../src/executive/structures/ucb.js';
import { VCB, WCB } from '../../../src/executive/structures/volume.js';
import { virtualBlocks } from '../../filesystem/acp.js';
import { blockMark, header, longs, markedFile, PAGE, pair, quotaLeft, withDisk } from './section-support.js';

/** Global sections: descriptors by name, section table entries in the system header, entries of the global page table. */
const BASE = 0x100000;
const OTHER = 0x200000;

interface Request {
  readonly name: string;
  readonly flags?: number;
  readonly address?: number;
  readonly pages?: number;
  readonly chan?: number;
  readonly ident?: readonly [number, number];
  readonly prot?: number;
  readonly relpag?: number;
}

function argumentsOf(p: Procedure, { name, address = BASE, pages = 1, ident, relpag = 0 }: Request) {
  return {
    inadr: address === 0 ? 0 : pair(p, address, address + pages * PAGE - 1), gsdnam: p.string(name), ident: ident ? pair(p, ...ident) : 0, relpag,
  };
}

function* create(p: Procedure, request: Request & { readonly pagcnt?: number; readonly vbn?: number }): Flow<number> {
  return yield* service(p, '$CRMPSC', {
    ...argumentsOf(p, request), flags: SEC$M_GBL | (request.flags ?? 0), chan: request.chan ?? 0, pagcnt: request.pagcnt ?? 0, vbn: request.vbn ?? 0, prot: request.prot ?? 0,
  });
}

function* map(p: Procedure, request: Request): Flow<number> {
  return yield* service(p, '$MGBLSC', { ...argumentsOf(p, request), flags: request.flags ?? 0 });
}

const find = (k: Kernel, text: string, isSystem = false): ReturnType<typeof findGsd> => findGsd(k, { text, isSystem, match: 0, ident: 0 });
const listed = (k: Kernel, list: string): string[] => [...k.queueEntries(k.symbol(list))].map((address) => gsdName(k, GSD.at(k, address)));
const gptxOfPte = (pte: number): number => {
  const decoded = decodePte(pte);
  return decoded.kind === 'global' ? decoded.gptx : -1;
};
/** The whole PFN database, to see that nothing changed in it. */
const pfnDatabase = (k: Kernel): Uint8Array[] => PFN_ARRAYS.map(([name, size]) => k.readBytes(k.readLong(k.symbol(name)), size * (k.sys.MMG$GL_MAXPFN + 1)));
const cell = (k: Kernel, name: 'SCH$GL_MFYLIM' | 'SCH$GL_MFYLOLIM'): number => k.sys.address + SYSTEM_CELLS.offset[name];
/** Files open on the disk. */
const openFiles = (k: Kernel): number => VCB.at(k, UCB.at(k, findUnit(k, 'DUA0')).UCB$L_VCB).VCB$W_TRANS;

describe('creation', () => {
  test('ch16#19, ch14#33, ch15#26: a GSD, a GSTE and N+2 GPTEs, the end ones zero; GPTX = (GPTE - GPTBASE)/4, beyond the last system page', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 6);
      expect(yield* create(p, { name: 'SHARED', flags: SEC$M_WRT, pages: 5, chan })).toBe(SS$_CREATED);
      const gsd = find(k, 'SHARED')!;
      const section = sectionOf(k, gsd);
      expect(section.SEC$L_GSD).toBe(gsd.address);
      expect(gsd.GSD$W_GSTX).toBe(0xfff8);
      // The section has as many pages as the file has blocks; the range took five of them.
      expect([section.SEC$L_PAGCNT, section.SEC$L_REFCNT, section.SEC$L_VBN]).toEqual([6, 5, 1]);
      const first = section.SEC$V_VPX;
      expect(k.sys.MMG$GL_GPTBASE).toBe(k.sys.MMG$GL_SPTBASE);
      expect(first).toBeGreaterThanOrEqual(k.sys.MMG$GL_SPTLEN);
      expect(first - 1).toBe(k.sys.MMG$GL_SPTLEN);                       // the first section: only its stopper lies before
      expect([-1, 6].map((page) => k.readLong(gpteAddress(k, first + page)))).toEqual([0, 0]);
      expect([0, 1, 5].map((page) => decodePte(k.readLong(gpteAddress(k, first + page))))).toMatchObject([1, 2, 3].map(() => ({ kind: 'section', stx: -8, wrt: true })));
      expect([0, 4].map((page) => gptxOfPte(readPte(k, BASE + page * PAGE)))).toEqual([first, first + 4]);
    });
  });

  test('ch14#34: a global page has no system address', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 1);
      yield* create(p, { name: 'SHARED', chan });
      const gptx = sectionOf(k, find(k, 'SHARED')!).SEC$V_VPX;
      const address = (0x80000000 + gptx * PAGE) >>> 0;
      expect(address).toBeGreaterThanOrEqual(k.sys.MMG$GL_MAXSYSVA);
      expect(k.cpu.probe(address, 4, 0, false)).toBe(false);
    });
  });

  test('ch16#20: creating and mapping leave the PFN database as it was', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 3);
      yield* create(p, { name: 'SHARED', chan, pages: 3 });              // page tables are there from now on
      const before = pfnDatabase(k);
      expect(yield* map(p, { name: 'SHARED', address: BASE + 16 * PAGE, pages: 3 })).toBe(SS$_NORMAL);
      const after = pfnDatabase(k);
      // What the calls themselves touched of the stack was there before.
      expect(after).toEqual(before);
    });
  });

  test('ch14#32: group sections of all groups are on one list, system sections on the other; those of another group are not found', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 1);
      yield* create(p, { name: 'OURS', chan });
      yield* create(p, { name: 'ALL', chan, flags: SEC$M_SYSGBL, address: BASE + 16 * PAGE });
      const uic = k.pcb.PCB$L_UIC;
      k.pcb.PCB$L_UIC = 0x02000001;
      yield* create(p, { name: 'THEIRS', chan, address: BASE + 32 * PAGE });
      expect(listed(k, 'EXE$GL_GSDGRPFL')).toEqual(['OURS', 'THEIRS']);
      expect(listed(k, 'EXE$GL_GSDSYSFL')).toContain('ALL');
      expect(yield* map(p, { name: 'OURS', address: OTHER })).toBe(SS$_NOSUCHSEC);
      expect(yield* map(p, { name: 'ALL', address: OTHER, flags: SEC$M_SYSGBL })).toBe(SS$_NORMAL);
      k.pcb.PCB$L_UIC = uic;
    });
  });

  test('a section that exists is mapped; names and identification', () => {
    withDisk(function* (p) {
      const chan = yield* markedFile(p, 'A.DAT', 2);
      const ident: [number, number] = [0, (1 << 24) | 5];
      expect(yield* create(p, { name: 'SHARED', chan, ident })).toBe(SS$_CREATED);
      expect(yield* create(p, { name: 'SHARED', chan, address: OTHER })).toBe(SS$_NORMAL);
      const tries: [number, number, number][] = [
        [SEC$K_MATEQU, (1 << 24) | 5, SS$_NORMAL], [SEC$K_MATEQU, (1 << 24) | 4, SS$_NOSUCHSEC], [SEC$K_MATLEQ, (1 << 24) | 4, SS$_NORMAL],
        [SEC$K_MATLEQ, (1 << 24) | 6, SS$_NOSUCHSEC], [SEC$K_MATLEQ, 5, SS$_NOSUCHSEC], [3, 0, SS$_IVSECIDCTL],
      ];
      for (const [match, version, status] of tries) expect(yield* map(p, { name: 'SHARED', address: OTHER, ident: [match, version] })).toBe(status);
      expect(yield* map(p, { name: '', address: OTHER })).toBe(SS$_IVLOGNAM);
      expect(yield* map(p, { name: 'X'.repeat(44), address: OTHER })).toBe(SS$_IVLOGNAM);
    });
  });

  test('needs SYSGBL and PRMGBL; the protection of the section is asked', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 1);
      expect(yield* create(p, { name: 'KEPT', chan, flags: SEC$M_WRT | SEC$M_PERM, prot: 0xf200, address: 0 })).toBe(SS$_CREATED);
      k.pcb.PCB$Q_PRIV = 0n;
      for (const flags of [SEC$M_SYSGBL, SEC$M_PERM]) expect(yield* create(p, { name: 'NEW', chan, flags })).toBe(SS$_NOPRIV);
      // Group: read only; world: nothing.
      k.pcb.PCB$L_UIC = 0x00010077;
      k.sys.EXE$GL_SYSUIC = 0;
      expect(yield* map(p, { name: 'KEPT' })).toBe(SS$_NORMAL);
      expect(yield* map(p, { name: 'KEPT', flags: SEC$M_WRT })).toBe(SS$_NOPRIV);
    });
  });

  test('no room: GBLPAGES, GBLPAGFIL', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const before = [...usedSections(k, systemHeader(k))].length;
      expect(yield* create(p, { name: 'BIG', flags: SEC$M_PAGFIL | SEC$M_DZRO | SEC$M_WRT, pagcnt: k.sys.MMG$GL_GBLPAGFIL + 1 })).toBe(SS$_EXGBLPAGFIL);
      k.sys.MMG$GL_GBLPAGFIL = 0x100000;
      expect(yield* create(p, { name: 'BIG', flags: SEC$M_PAGFIL | SEC$M_DZRO | SEC$M_WRT, pagcnt: k.sys.SGN$GL_MAXGPGCT })).toBe(SS$_GPTFULL);
      expect([...usedSections(k, systemHeader(k))]).toHaveLength(before);
      expect(find(k, 'BIG')).toBeUndefined();
    });
  });
});

describe('pages', () => {
  test('ch14#23, ch15#22, ch15#23: two mappings share one frame; its PTE in the database is the GPTE, its share count two, its reference count one', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 2);
      yield* create(p, { name: 'SHARED', flags: SEC$M_WRT, chan });
      yield* map(p, { name: 'SHARED', flags: SEC$M_WRT, address: OTHER });
      expect(p.memory.readLong(BASE)).toBe(blockMark(1));
      const reads = header(k).PHD$L_PGFLTIO;
      p.memory.writeLong(OTHER, 0xabcd);
      expect(header(k).PHD$L_PGFLTIO).toBe(reads);
      expect(p.memory.readLong(BASE)).toBe(0xabcd);
      const pfn = readPte(k, BASE) & PTE$M_PFN;
      expect(readPte(k, OTHER) & PTE$M_PFN).toBe(pfn);
      const page = new PfnEntry(k, pfn);
      const gpte = gpteAddress(k, sectionOf(k, find(k, 'SHARED')!).SEC$V_VPX);
      expect([page.pte, page.shrcnt, page.refcnt, page.type & 7]).toEqual([gpte, 2, 1, PFN$C_GBLWRT]);
      expect(k.readLong(gpte) & PTE$M_VALID).not.toBe(0);
      expect(sectionIndex(page.bak)).toBe(-8);
      expect(k.pcb.PCB$W_GPGCNT).toBe(2);
    });
  });

  test('ch15#27: pages of a copy-on-reference section become private, each mapping its own; the GPTE keeps its index', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 2);
      const before = quotaLeft(k);
      yield* create(p, { name: 'COPIES', flags: SEC$M_WRT | SEC$M_CRF, chan });
      yield* map(p, { name: 'COPIES', flags: SEC$M_WRT, address: OTHER });
      expect(quotaLeft(k)).toBe(before - 2);
      const section = sectionOf(k, find(k, 'COPIES')!);
      const gpte = k.readLong(gpteAddress(k, section.SEC$V_VPX));
      p.memory.writeLong(BASE, 1);
      p.memory.writeLong(OTHER, 2);
      expect([p.memory.readLong(BASE), p.memory.readLong(OTHER)]).toEqual([1, 2]);
      expect(readPte(k, BASE) & PTE$M_PFN).not.toBe(readPte(k, OTHER) & PTE$M_PFN);
      expect(k.readLong(gpteAddress(k, section.SEC$V_VPX))).toBe(gpte);
      expect(section.SEC$L_REFCNT).toBe(0);
      yield* service(p, '$DELTVA', { inadr: pair(p, BASE, BASE) });
      yield* service(p, '$DELTVA', { inadr: pair(p, OTHER, OTHER) });
      expect(quotaLeft(k)).toBe(before);
      expect(find(k, 'COPIES')).toBeUndefined();
    });
  });

  test('ch15#28, ch14#43: pages of a page file section begin as zeros, are shared, and are backed by the primary page file', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const left = k.sys.MMG$GL_GBLPAGFIL;
      const flags = SEC$M_PAGFIL | SEC$M_DZRO | SEC$M_WRT;
      expect(yield* create(p, { name: 'SCRATCH', flags, pages: 3, pagcnt: 3 })).toBe(SS$_CREATED);
      expect(k.sys.MMG$GL_GBLPAGFIL).toBe(left - 3);
      const section = sectionOf(k, find(k, 'SCRATCH')!);
      const gpte = gpteAddress(k, section.SEC$V_VPX);
      expect(decodePte(k.readLong(gpte)).kind).toBe('demand-zero');
      expect(p.memory.readLong(BASE)).toBe(0);
      const page = new PfnEntry(k, k.readLong(gpte) & PTE$M_PFN);
      expect(isSectionBacking(page.bak)).toBe(false);
      expect(pageFileIndex(page.bak)).toBe(primaryPageFile(k));
      yield* map(p, { name: 'SCRATCH', flags: SEC$M_WRT, pages: 3, address: OTHER });
      p.memory.writeLong(BASE, 99);
      expect(p.memory.readLong(OTHER)).toBe(99);
      for (const at of [BASE, OTHER]) yield* service(p, '$DELTVA', { inadr: pair(p, at, at + 2 * PAGE) });
      expect(find(k, 'SCRATCH')).toBeUndefined();
      expect(k.sys.MMG$GL_GBLPAGFIL).toBe(left);
    });
  });

  test('relpag: from a page of the section on', () => {
    withDisk(function* (p) {
      const chan = yield* markedFile(p, 'A.DAT', 5);
      yield* create(p, { name: 'SHARED', chan, address: 0 });
      yield* map(p, { name: 'SHARED', relpag: 3, pages: 10 });
      expect([p.memory.readLong(BASE), p.memory.readLong(BASE + PAGE)]).toEqual([4, 5].map(blockMark));
    });
  });

  test('with EXPREG the addresses come back', () => {
    withDisk(function* (p) {
      const chan = yield* markedFile(p, 'A.DAT', 2);
      const retadr = p.allocate(8);
      const low = header(p.kernel).PHD$L_FREP0VA;
      expect(yield* service(p, '$CRMPSC', { inadr: pair(p, 0x200, 0x200), retadr, flags: SEC$M_GBL | SEC$M_EXPREG, gsdnam: p.string('X'), chan })).toBe(SS$_CREATED);
      expect(longs(p, retadr)).toEqual([low, low + 2 * PAGE - 1]);
    });
  });
});

describe('mapped by frame', () => {
  test('ch16#22: a descriptor of the long form, and neither GSTE nor GPTE; deleted at once', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const before = [...usedSections(k, systemHeader(k))].length;
      const free = k.readLong(k.symbol('EXE$GL_GPT'));
      expect(yield* create(p, { name: 'FRAMES', flags: SEC$M_PFNMAP | SEC$M_PERM | SEC$M_WRT, vbn: 0x300, pagcnt: 2, address: 0 })).toBe(SS$_CREATED);
      const gsd = EXTGSD.at(k, find(k, 'FRAMES')!.address);
      expect([gsd.GSD$B_TYPE, gsd.GSD$L_BASEPFN, gsd.GSD$L_PAGES, gsd.GSD$W_GSTX]).toEqual([DYN$C_EXTGSD, 0x300, 2, 0]);
      expect([...usedSections(k, systemHeader(k))]).toHaveLength(before);
      expect(k.readLong(k.symbol('EXE$GL_GPT'))).toBe(free);
      expect(yield* map(p, { name: 'FRAMES', flags: SEC$M_WRT, pages: 2 })).toBe(SS$_NORMAL);
      expect(decodePte(readPte(k, BASE + PAGE))).toMatchObject({ kind: 'valid', window: true, pfn: 0x301 });
      expect(yield* service(p, '$DGBLSC', { gsdnam: p.string('FRAMES') })).toBe(SS$_NORMAL);
      expect(find(k, 'FRAMES')).toBeUndefined();
      expect(listed(k, 'EXE$GL_GSDDELFL')).toEqual([]);
      yield* service(p, '$DELTVA', { inadr: pair(p, BASE, BASE + PAGE) });
    });
  });
});

describe('deletion', () => {
  test('ch16#23: $DGBLSC moves the descriptor to the list of those to be deleted; the section goes with its last reference', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const free = k.readLong(k.symbol('EXE$GL_GPT'));
      const chan = yield* markedFile(p, 'A.DAT', 4);
      yield* create(p, { name: 'KEPT', flags: SEC$M_PERM | SEC$M_WRT, chan, pages: 4 });
      expect(yield* service(p, '$DGBLSC', { gsdnam: p.string('NONE') })).toBe(SS$_NOSUCHSEC);
      expect(yield* service(p, '$DGBLSC', { gsdnam: p.string('KEPT') })).toBe(SS$_NORMAL);
      expect(listed(k, 'EXE$GL_GSDDELFL')).toEqual(['KEPT']);
      expect(GSD.at(k, k.readLong(k.symbol('EXE$GL_GSDDELFL'))).GSD$V_PERM).toBe(0);
      expect(yield* map(p, { name: 'KEPT', address: OTHER })).toBe(SS$_NOSUCHSEC);
      // The pages that are mapped are there as before.
      p.memory.writeLong(BASE + PAGE, 4711);
      yield* service(p, '$DELTVA', { inadr: pair(p, BASE, BASE + PAGE) });
      expect(listed(k, 'EXE$GL_GSDDELFL')).toEqual(['KEPT']);
      yield* service(p, '$DELTVA', { inadr: pair(p, BASE + 2 * PAGE, BASE + 3 * PAGE) });
      expect(listed(k, 'EXE$GL_GSDDELFL')).toEqual([]);
      expect([...usedSections(k, systemHeader(k))]).toEqual([]);
      expect(k.readLong(k.symbol('EXE$GL_GPT'))).toBe(free);
      // What was written has reached the file.
      const buffer = p.allocate(PAGE);
      yield* virtualBlocks(p, chan, IO$_READVBLK, buffer, PAGE, 2);
      expect(p.memory.readLong(buffer)).toBe(4711);
    });
  });

  test('a permanent section stays without references, a temporary one goes with the last', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 1);
      yield* create(p, { name: 'KEPT', flags: SEC$M_PERM, chan });
      yield* create(p, { name: 'TEMP', chan, address: OTHER });
      for (const at of [BASE, OTHER]) yield* service(p, '$DELTVA', { inadr: pair(p, at, at) });
      expect(find(k, 'KEPT')).toBeDefined();
      expect(find(k, 'TEMP')).toBeUndefined();
      expect(yield* service(p, '$DGBLSC', { gsdnam: p.string('KEPT') })).toBe(SS$_NORMAL);
      expect(find(k, 'KEPT')).toBeUndefined();
    });
  });

  test('ch16#24: modified pages of a section to be deleted are flushed: the limits of the modified list are zero until it is empty', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* markedFile(p, 'A.DAT', 2);
      yield* create(p, { name: 'KEPT', flags: SEC$M_WRT, chan });
      p.memory.writeLong(BASE, 31337);
      // With a page file the process waits until the writer has emptied the list.
      const pages = yield* markedFile(p, 'PAGEFILE.SYS', 100);
      expect(installPageFile(k, primaryPageFile(k), channelBlock(k, pages).CCB$L_WIND, 100)).toBe(true);
      const written: number[] = [];
      const write = k.writeLong.bind(k);
      k.writeLong = (address, value) => {
        write(address, value);
        if (address === cell(k, 'SCH$GL_MFYLIM') || address === cell(k, 'SCH$GL_MFYLOLIM')) written.push(value & 0xffff);
      };
      yield* service(p, '$DELTVA', { inadr: pair(p, BASE, BASE) });
      k.writeLong = write;
      expect(written.slice(0, 2)).toEqual([0, 0]);
      expect(k.sys.SCH$GL_MFYCNT).toBe(0);
      expect(k.sys.SCH$GL_MFYLIM & 0xffff).not.toBe(0);
      expect(find(k, 'KEPT')).toBeUndefined();
      expect(listed(k, 'EXE$GL_GSDDELFL')).toEqual([]);
      const buffer = p.allocate(PAGE);
      yield* virtualBlocks(p, chan, IO$_READVBLK, buffer, PAGE, 1);
      expect(p.memory.readLong(buffer)).toBe(31337);
    });
  });

  test('the file stays open for the section when the channel goes, and is closed with the section', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const files = openFiles(k);
      const chan = yield* markedFile(p, 'A.DAT', 2);
      expect(openFiles(k)).toBe(files + 1);
      yield* create(p, { name: 'SHARED', flags: SEC$M_WRT, chan, pages: 2 });
      const window = sectionOf(k, find(k, 'SHARED')!).SEC$L_WINDOW;
      expect(WCB.at(k, window).WCB$W_REFCNT).toBe(2);
      yield* service(p, '$DASSGN', { chan });
      expect(WCB.at(k, window).WCB$W_REFCNT).toBe(1);
      expect(p.memory.readLong(BASE + PAGE)).toBe(blockMark(2));
      yield* service(p, '$DELTVA', { inadr: pair(p, BASE, BASE + PAGE) });
      expect(find(k, 'SHARED')).toBeUndefined();
      expect(k.sys.EXE$GL_WCBDELFL).toBe(k.symbol('EXE$GL_WCBDELFL'));
      expect(openFiles(k)).toBe(files);
    });
  });
});
