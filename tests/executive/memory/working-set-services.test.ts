import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { readPte } from '../../../src/executive/memory/page-tables.js';
import { PfnEntry } from '../../../src/executive/memory/pfn.js';
import { balanceSlotOf } from '../../../src/executive/memory/table-references.js';
import { currentWorkingSet, findEntry, workingSetCount } from '../../../src/executive/memory/working-set.js';
import { SEC$M_GBL, SEC$M_WRT } from '../../../src/executive/starlet/secdef.js';
import { SS$_ACCVIO, SS$_CREATED, SS$_LCKPAGFUL, SS$_LKWSETFUL, SS$_NOPRIV, SS$_NORMAL, SS$_WASCLR, SS$_WASSET } from '../../../src/executive/starlet/ssdef.js';
import { PFN$C_MFYPAGLST, PTE$M_PFN, PTE$M_VALID, WSL$M_PFNLOCK, WSL$M_WSLOCK } from '../../../src/executive/structures/pte.js';
import { inProcess } from '../../harness.js';
import { header, markedFile, PAGE, pair, withDisk } from './section-support.js';

/** $LKWSET, $LCKPAG, $ULWSET, $ULKPAG, $ADJWSL, $PURGWS. */
const BASE = 0x100000;

function* touched(p: Procedure, pages: number) {
  yield* service(p, '$CRETVA', { inadr: pair(p, BASE, BASE + (pages - 1) * PAGE) });
  for (let page = 0; page < pages; page += 1) p.memory.writeLong(BASE + page * PAGE, page);
}

const entryAt = (p: Procedure, index: number): number => p.kernel.readLong(header(p.kernel).address + 4 * index);
const wslxOf = (p: Procedure, address: number): number => new PfnEntry(p.kernel, readPte(p.kernel, address) & PTE$M_PFN).wslx;

describe('locking pages', () => {
  test('ch16#30: $LKWSET exchanges the entry with the one at WSDYN, and the places of both pages, and moves WSDYN up', () => {
    inProcess(function* (p) {
      const { kernel: k } = p;
      yield* touched(p, 3);
      const phd = header(k);
      const dyn = phd.PHD$W_WSDYN;
      const other = entryAt(p, dyn);
      const index = findEntry(k, phd, BASE + PAGE)!;
      expect(index).not.toBe(dyn);
      const inadr = pair(p, BASE + PAGE, BASE + PAGE);
      expect(yield* service(p, '$LKWSET', { inadr })).toBe(SS$_WASCLR);
      expect(phd.PHD$W_WSDYN).toBe(dyn + 1);
      expect(entryAt(p, dyn) & ~0x1ff).toBe(BASE + PAGE);
      expect(entryAt(p, dyn) & (WSL$M_WSLOCK | WSL$M_PFNLOCK)).toBe(WSL$M_WSLOCK);
      expect(entryAt(p, index)).toBe(other);
      expect(wslxOf(p, BASE + PAGE)).toBe(dyn);
      if ((other & ~0x1ff) >>> 30 < 2 && other !== 0) expect(wslxOf(p, other & ~0x1ff)).toBe(index);
      expect(yield* service(p, '$LKWSET', { inadr })).toBe(SS$_WASSET);
      expect(yield* service(p, '$ULWSET', { inadr })).toBe(SS$_WASSET);
      expect(phd.PHD$W_WSDYN).toBe(dyn);
      expect(entryAt(p, findEntry(k, phd, BASE + PAGE)!) & WSL$M_WSLOCK).toBe(0);
      expect(yield* service(p, '$ULWSET', { inadr })).toBe(SS$_WASCLR);
    });
  });

  test('a page that is not there is faulted in; one that does not exist is SS$_ACCVIO', () => {
    inProcess(function* (p) {
      yield* service(p, '$CRETVA', { inadr: pair(p, BASE, BASE) });
      expect(yield* service(p, '$LKWSET', { inadr: pair(p, BASE, BASE) })).toBe(SS$_WASCLR);
      expect(readPte(p.kernel, BASE) & PTE$M_VALID).not.toBe(0);
      expect(yield* service(p, '$LKWSET', { inadr: pair(p, BASE + PAGE, BASE + PAGE) })).toBe(SS$_ACCVIO);
    });
  });

  test('ch16#32, ch14#16: $LCKPAG needs PSWAPM, sets PFNLOCK and not WSLOCK, keeps the header, and counts MMG$GL_PFNLOCK down', () => {
    inProcess(function* (p) {
      const { kernel: k } = p;
      yield* touched(p, 2);
      const inadr = pair(p, BASE, BASE);
      const privileges = k.pcb.PCB$Q_PRIV;
      k.pcb.PCB$Q_PRIV = 0n;
      expect(yield* service(p, '$LCKPAG', { inadr })).toBe(SS$_NOPRIV);
      k.pcb.PCB$Q_PRIV = privileges;
      const left = k.sys.MMG$GL_PFNLOCK;
      const references = (): number => k.readWord(k.sys.PHV$GL_REFCBAS + 2 * balanceSlotOf(k, header(k).address)!);
      const before = references();
      expect(yield* service(p, '$LCKPAG', { inadr })).toBe(SS$_WASCLR);
      expect(entryAt(p, findEntry(k, header(k), BASE)!) & (WSL$M_WSLOCK | WSL$M_PFNLOCK)).toBe(WSL$M_PFNLOCK);
      expect([k.sys.MMG$GL_PFNLOCK, references()]).toEqual([left - 1, before + 1]);
      expect(yield* service(p, '$ULKPAG', { inadr })).toBe(SS$_WASSET);
      expect([k.sys.MMG$GL_PFNLOCK, references()]).toEqual([left, before]);
      k.sys.MMG$GL_PFNLOCK = 0;
      expect(yield* service(p, '$LCKPAG', { inadr })).toBe(SS$_LCKPAGFUL);
      k.sys.MMG$GL_PFNLOCK = left;
    });
  });

  test('a locked page can be deleted: its lock goes with it', () => {
    inProcess(function* (p) {
      const { kernel: k } = p;
      yield* touched(p, 2);
      const dyn = header(k).PHD$W_WSDYN;
      const left = k.sys.MMG$GL_PFNLOCK;
      yield* service(p, '$LCKPAG', { inadr: pair(p, BASE, BASE + PAGE) });
      expect(header(k).PHD$W_WSDYN).toBe(dyn + 2);
      yield* service(p, '$DELTVA', { inadr: pair(p, BASE, BASE + PAGE) });
      expect([header(k).PHD$W_WSDYN, k.sys.MMG$GL_PFNLOCK]).toEqual([dyn, left]);
    });
  });

  test('the dynamic working set must stay useful: SS$_LKWSETFUL', () => {
    inProcess(function* (p) {
      yield* touched(p, 2);
      const phd = header(p.kernel);
      const locked = phd.PHD$W_WSDYN - phd.PHD$W_WSLIST;
      const size = phd.PHD$W_WSSIZE;
      const quota = phd.PHD$W_WSQUOTA;
      phd.PHD$W_WSSIZE = locked + 2 * phd.PHD$W_WSFLUID;
      phd.PHD$W_WSQUOTA = phd.PHD$W_WSLIST + phd.PHD$W_WSSIZE - 1;
      let status: number = SS$_NORMAL;
      yield* service(p, '$CRETVA', { inadr: pair(p, BASE, BASE + 99 * PAGE) });
      for (let page = 0; page < 100 && status & 1; page += 1) status = yield* service(p, '$LKWSET', { inadr: pair(p, BASE + page * PAGE, BASE + page * PAGE) });
      expect(status).toBe(SS$_LKWSETFUL);
      expect(phd.PHD$W_EXTDYNWS).toBe(0);
      phd.PHD$W_WSSIZE = size;
      phd.PHD$W_WSQUOTA = quota;
    });
  });

  test('ch16#31: a global page that may be written cannot be locked in the working set, but in memory; a read-only one in both', () => {
    withDisk(function* (p) {
      const chan = yield* markedFile(p, 'A.DAT', 2);
      const create = (name: string, flags: number, at: number) => service(p, '$CRMPSC', { inadr: pair(p, at, at), flags: flags | SEC$M_GBL, gsdnam: p.string(name), chan });
      expect(yield* create('WRITE', SEC$M_WRT, BASE)).toBe(SS$_CREATED);
      expect(yield* create('READ', 0, BASE + 16 * PAGE)).toBe(SS$_CREATED);
      expect(yield* service(p, '$LKWSET', { inadr: pair(p, BASE, BASE) })).toBe(SS$_NOPRIV);
      expect(yield* service(p, '$LCKPAG', { inadr: pair(p, BASE, BASE) })).toBe(SS$_WASCLR);
      expect(yield* service(p, '$LKWSET', { inadr: pair(p, BASE + 16 * PAGE, BASE + 16 * PAGE) })).toBe(SS$_WASCLR);
      yield* service(p, '$ULKPAG', { inadr: pair(p, BASE, BASE) });
      yield* service(p, '$ULWSET', { inadr: pair(p, BASE + 16 * PAGE, BASE + 16 * PAGE) });
    });
  });
});

describe('the size of the working set', () => {
  const limitOf = (phd: ReturnType<typeof header>, index: number): number => index - phd.PHD$W_WSLIST + 1;

  test('ch16#26: an increase goes as far as WSMAX, WSEXTENT and memory', () => {
    inProcess(function* (p) {
      const { kernel: k } = p;
      const phd = header(k);
      const wsetlm = p.allocate(4);
      const before = phd.PHD$W_WSSIZE;
      expect(yield* service(p, '$ADJWSL', { wsetlm })).toBe(SS$_NORMAL);
      expect(p.memory.readLong(wsetlm)).toBe(before);
      phd.PHD$W_WSEXTENT = phd.PHD$W_WSLIST + before + 20 - 1;
      yield* service(p, '$ADJWSL', { pagcnt: 5, wsetlm });
      expect(p.memory.readLong(wsetlm)).toBe(before + 5);
      yield* service(p, '$ADJWSL', { pagcnt: 10_000, wsetlm });
      expect(phd.PHD$W_WSSIZE).toBe(limitOf(phd, phd.PHD$W_WSEXTENT));
      phd.PHD$W_WSEXTENT = 0xffff;
      const most = k.sys.SGN$GL_MAXWSCNT;
      k.sys.SGN$GL_MAXWSCNT = before + 22;
      yield* service(p, '$ADJWSL', { pagcnt: 10_000 });
      expect(phd.PHD$W_WSSIZE).toBe(before + 22);
      k.sys.SGN$GL_MAXWSCNT = most;
      const memory = k.sys.MMG$GL_MAXPFN;
      k.sys.MMG$GL_MAXPFN = before + 23;
      yield* service(p, '$ADJWSL', { pagcnt: 10_000 });
      k.sys.MMG$GL_MAXPFN = memory;
      expect(phd.PHD$W_WSSIZE).toBe(before + 23);
    });
  });

  test('ch16#27: a decrease below what is in use removes pages, one below it changes the limit only; WSLAST does not follow at once', () => {
    inProcess(function* (p) {
      const { kernel: k } = p;
      const phd = header(k);
      yield* touched(p, 60);
      const ws = currentWorkingSet(k);
      const used = workingSetCount(ws);
      const last = phd.PHD$W_WSLAST;
      yield* service(p, '$ADJWSL', { pagcnt: used + 10 - phd.PHD$W_WSSIZE });
      expect([phd.PHD$W_WSSIZE, workingSetCount(ws), phd.PHD$W_WSLAST]).toEqual([used + 10, used, last]);
      yield* service(p, '$ADJWSL', { pagcnt: -40 });
      expect(phd.PHD$W_WSSIZE).toBe(used - 30);
      expect(workingSetCount(ws)).toBeLessThanOrEqual(used - 30);
      // At least MINWSCNT dynamic entries stay.
      yield* service(p, '$ADJWSL', { pagcnt: -1000 });
      expect(phd.PHD$W_WSSIZE - (phd.PHD$W_WSDYN - phd.PHD$W_WSLIST)).toBeGreaterThanOrEqual(k.sys.SGN$GW_MINWSCNT);
      yield* service(p, '$ADJWSL', { pagcnt: 300 });
      expect(p.memory.readLong(BASE + 7 * PAGE)).toBe(7);
    });
  });

  test('ch16#28: a section table that has taken all the room leaves none for the list', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const phd = header(k);
      const chan = yield* markedFile(p, 'A.DAT', 1);
      let count = 0;
      for (let status = 1; status & 1 && count < 4000; count += 1) status = yield* service(p, '$CRMPSC', { inadr: pair(p, BASE + count * PAGE, BASE + count * PAGE), chan });
      expect(phd.PHD$W_EMPTPG).toBe(0);
      const size = phd.PHD$W_WSSIZE;
      phd.PHD$W_WSEXTENT = phd.PHD$W_WSLIST + k.sys.SGN$GL_MAXWSCNT - 1;
      expect(yield* service(p, '$ADJWSL', { pagcnt: k.sys.SGN$GL_MAXWSCNT })).toBe(SS$_NORMAL);
      expect(phd.PHD$W_WSSIZE).toBeLessThan(k.sys.SGN$GL_MAXWSCNT);
      expect(phd.PHD$W_WSSIZE - size).toBeLessThan(16);
      yield* service(p, '$DELTVA', { inadr: pair(p, BASE, BASE + count * PAGE) });
    });
  });

  test('$PURGWS: pages of the range leave, locked ones stay', () => {
    inProcess(function* (p) {
      const { kernel: k } = p;
      yield* touched(p, 3);
      yield* service(p, '$LKWSET', { inadr: pair(p, BASE, BASE) });
      expect(yield* service(p, '$PURGWS', { inadr: pair(p, BASE, BASE + PAGE) })).toBe(SS$_NORMAL);
      expect([0, 1, 2].map((page) => (readPte(k, BASE + page * PAGE) & PTE$M_VALID) !== 0)).toEqual([true, false, true]);
      expect(new PfnEntry(k, readPte(k, BASE + PAGE) & PTE$M_PFN).location).toBe(PFN$C_MFYPAGLST);
      expect(p.memory.readLong(BASE + PAGE)).toBe(1);
      yield* service(p, '$ULWSET', { inadr: pair(p, BASE, BASE) });
    });
  });
});
