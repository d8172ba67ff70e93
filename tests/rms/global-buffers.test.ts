import { describe, expect, it } from 'vitest';
import type { Flow } from '../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../src/executive/gate/procedure.js';
import { service } from '../../src/executive/gate/service-call.js';
import type { Kernel } from '../../src/executive/kernel.js';
import { FAB$C_REL, FAB$C_VAR, FAB$M_BIO, FAB$M_DFW, FAB$M_GET, FAB$M_SHRDEL, FAB$M_SHRGET, FAB$M_SHRPUT, FAB$M_SHRUPD } from '../../src/executive/starlet/fabdef.js';
import { PRV$V_SYSPRV } from '../../src/executive/starlet/prvdef.js';
import { RAB$C_SEQ } from '../../src/executive/starlet/rabdef.js';
import { RMS$_CRMP, RMS$_EOF, RMS$_NORMAL } from '../../src/executive/starlet/rmsdef.js';
import { SS$_VASFULL } from '../../src/executive/starlet/ssdef.js';
import { GSD, GSD$T_GSDNAM } from '../../src/executive/structures/section.js';
import { readCounted, readText } from '../../src/executive/structures/memory.js';
import { create, deleteProcess, pause, sleeper } from '../executive/process/support.js';
import { EVERYTHING, indexedFab, openStream, setKey } from './indexed-support.js';
import { getText, makeFab, makeRab, putText, runOnDisk, type FabView, type RabView } from './support.js';

const SHARED = FAB$M_SHRGET | FAB$M_SHRPUT | FAB$M_SHRUPD | FAB$M_SHRDEL;
const FILE = 'DUA0:[000000]I.DAT';

type Organization = 'indexed' | 'relative';

/** A shared file without records, open, with that many global buffers in its header. */
function* make(p: Procedure, organization: Organization, globalBuffers: number, fop = 0): Flow<{ fab: FabView; rab: RabView }> {
  const fab = organization === 'indexed' ? indexedFab(p, [{ segments: [[0, 3]] }], { shr: SHARED, fop })
    : makeFab(p, 'I.DAT', { fac: EVERYTHING, org: FAB$C_REL, rfm: FAB$C_VAR, mrs: 50, shr: SHARED, fop });
  fab.FAB$W_GBC = globalBuffers;
  return { fab, rab: yield* openStream(p, fab, '$CREATE') };
}

function* open(p: Procedure, fop = 0, fac = EVERYTHING): Flow<{ fab: FabView; rab: RabView }> {
  const fab = makeFab(p, FILE, { fac, fop, shr: SHARED });
  return { fab, rab: yield* openStream(p, fab, '$OPEN') };
}

function* put(p: Procedure, rab: RabView, ...texts: readonly string[]): Flow<void> {
  for (const text of texts) {
    expect(yield* putText(p, rab, text)).toBe(RMS$_NORMAL);
  }
}

/** All records from the first on. */
function* all(p: Procedure, rab: RabView): Flow<(string | number)[]> {
  expect(yield* service(p, '$REWIND', { rab: rab.address })).toBe(RMS$_NORMAL);
  const found: (string | number)[] = [];
  do found.push(yield* getText(p, rab)); while (typeof found.at(-1) === 'string');
  yield* service(p, '$FREE', { rab: rab.address });
  return found;
}

function* close(p: Procedure, fab: FabView): Flow<void> {
  expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
}

/** Names of RMS's sections, those being deleted as well. */
function pools(k: Kernel): string[] {
  return ['EXE$GL_GSDSYSFL', 'EXE$GL_GSDDELFL'].flatMap((list) => [...k.queueEntries(k.symbol(list))])
    .map((gsd) => readCounted(k, GSD.at(k, gsd).address + GSD$T_GSDNAM)).filter((name) => name.startsWith('RMS$'));
}

/** Whether a record is in the blocks of the file, as block I/O shows them: what is behind its key, which lies apart in indexed files. */
function* isOnDisk(p: Procedure, record: string): Flow<boolean> {
  return (yield* p.scratch(function* () {
    const fab = makeFab(p, FILE, { fac: FAB$M_BIO | FAB$M_GET, shr: SHARED });
    const rab = yield* openStream(p, fab, '$OPEN');
    let found = 0;
    for (rab.RAB$L_BKT = 1; (yield* service(p, '$READ', { rab: rab.address })) & 1; rab.RAB$L_BKT += 1) {
      if (readText(p.memory, rab.RAB$L_UBF, rab.RAB$W_RSZ).includes(record.slice(3))) found = 1;
    }
    yield* close(p, fab);
    return found;
  })) === 1;
}

/** No privilege for system sections, and none that their protection would yield to. */
const ONLY_FILES = 1n << BigInt(PRV$V_SYSPRV);

describe.each(['relative', 'indexed'] as const)('global buffers of %s files', (organization) => {
  it.each([[0, false], [8, true]])('%i in the file header: what one process has read another needs not read', (count, shared) => {
    let reads = -1;
    let names: string[] = [];
    const { system } = runOnDisk(function* (p) {
      const { fab, rab } = yield* make(p, organization, count);
      yield* put(p, rab, 'AAA one', 'BBB two');
      yield* create(p, { image: 'CHILD', name: 'CHILD', privileges: ONLY_FILES });
      yield* pause(p, 2);
      names = pools(p.kernel);
      yield* close(p, fab);
      return 1;
    }, '', undefined, {
      CHILD: function* (p) {
        const { fab, rab } = yield* open(p, 0, FAB$M_GET);
        const before = p.kernel.sys.PMS$GL_DIRIO;
        expect(yield* all(p, rab)).toEqual(['AAA one', 'BBB two', RMS$_EOF]);
        reads = p.kernel.sys.PMS$GL_DIRIO - before;
        yield* close(p, fab);
        return 1;
      },
    });
    expect(names).toHaveLength(shared ? 1 : 0);
    expect(reads === 0).toBe(shared);
    expect(reads).toBeGreaterThanOrEqual(0);
    expect(pools(system.k)).toEqual([]);
    expect(system.checkBooks()).toEqual([]);
  });

  it('deferred writes: others see the record at once, the disk has it after $CLOSE', () => {
    const seen: (string | number)[][] = [];
    const written: boolean[] = [];
    const { system } = runOnDisk(function* (p) {
      const { fab, rab } = yield* make(p, organization, 8, FAB$M_DFW);
      yield* put(p, rab, 'AAA deferred');
      yield* create(p, { image: 'CHILD', name: 'CHILD', privileges: ONLY_FILES });
      yield* pause(p, 2);
      written.push(yield* isOnDisk(p, 'AAA deferred'));
      yield* close(p, fab);
      written.push(yield* isOnDisk(p, 'AAA deferred'));
      const again = yield* open(p, 0, FAB$M_GET);
      seen.push(yield* all(p, again.rab));
      yield* close(p, again.fab);
      return 1;
    }, '', undefined, {
      CHILD: function* (p) {
        const { fab, rab } = yield* open(p, 0, FAB$M_GET);
        seen.push(yield* all(p, rab));
        yield* close(p, fab);
        return 1;
      },
    });
    expect(seen).toEqual([['AAA deferred', RMS$_EOF], ['AAA deferred', RMS$_EOF]]);
    expect(written).toEqual([false, true]);
    expect(pools(system.k)).toEqual([]);
    expect(system.checkBooks()).toEqual([]);
  });
});

describe.each(['relative', 'indexed'] as const)('the end of a process that has modified global buffers of a file: %s', (organization) => {
  /** A victim that puts a record, deferred, and waits. */
  const victim = function* (p: Procedure): Flow<number> {
    const { rab } = yield* open(p, FAB$M_DFW);
    yield* all(p, rab);
    yield* put(p, rab, 'BBB unwritten');
    return yield* sleeper(p);
  };

  it('ch22#28: $DELPRC does not write them out; the pool is left and goes', () => {
    const seen: (string | number)[][] = [];
    const names: number[] = [];
    let charged = 0;
    const { system } = runOnDisk(function* (p) {
      const { fab, rab } = yield* make(p, organization, 8);
      yield* put(p, rab, 'AAA written');
      yield* close(p, fab);
      const free = p.kernel.sys.MMG$GL_GBLPAGFIL;
      names.push(pools(p.kernel).length);
      const { epid } = yield* create(p, { image: 'VICTIM', name: 'VICTIM', privileges: ONLY_FILES });
      yield* pause(p, 2);
      names.push(pools(p.kernel).length);
      charged = free - p.kernel.sys.MMG$GL_GBLPAGFIL;
      expect(yield* isOnDisk(p, 'AAA written')).toBe(true);
      expect(yield* isOnDisk(p, 'BBB unwritten')).toBe(false);
      expect(yield* deleteProcess(p, epid)).toBe(1);
      yield* pause(p, 2);
      names.push(pools(p.kernel).length);
      expect(p.kernel.sys.MMG$GL_GBLPAGFIL).toBe(free);
      expect(yield* isOnDisk(p, 'BBB unwritten')).toBe(false);
      const again = yield* open(p, 0, FAB$M_GET);
      seen.push(yield* all(p, again.rab));
      yield* close(p, again.fab);
      return 1;
    }, '', undefined, { VICTIM: victim });
    expect(system.process('VICTIM')).toBe(undefined);
    expect(names).toEqual([0, 1, 0]);
    expect(charged).toBeGreaterThan(0);
    expect(seen).toEqual([['AAA written', RMS$_EOF]]);
    expect(system.checkBooks()).toEqual([]);
  });

  it('who is still at the file has the pool as it was left, and writes it', () => {
    const { system } = runOnDisk(function* (p) {
      const { fab, rab } = yield* make(p, organization, 8);
      yield* put(p, rab, 'AAA written');
      const { epid } = yield* create(p, { image: 'VICTIM', name: 'VICTIM', privileges: ONLY_FILES });
      yield* pause(p, 2);
      expect(yield* deleteProcess(p, epid)).toBe(1);
      expect(pools(p.kernel)).toHaveLength(1);
      expect(yield* isOnDisk(p, 'BBB unwritten')).toBe(false);
      expect(yield* all(p, rab)).toEqual(['AAA written', 'BBB unwritten', RMS$_EOF]);
      yield* close(p, fab);
      expect(yield* isOnDisk(p, 'BBB unwritten')).toBe(true);
      return 1;
    }, '', undefined, { VICTIM: victim });
    expect(system.process('VICTIM')).toBe(undefined);
    expect(pools(system.k)).toEqual([]);
    expect(system.checkBooks()).toEqual([]);
  });

  it('image rundown writes them, as $FLUSH and the last $DISCONNECT do', () => {
    const { system } = runOnDisk(function* (p) {
      const { rab } = yield* make(p, organization, 8, FAB$M_DFW);
      yield* put(p, rab, 'AAA flushed');
      expect(yield* isOnDisk(p, 'AAA flushed')).toBe(false);
      expect(yield* service(p, '$FLUSH', { rab: rab.address })).toBe(RMS$_NORMAL);
      expect(yield* isOnDisk(p, 'AAA flushed')).toBe(true);
      yield* put(p, rab, 'BBB disconnected');
      expect(yield* service(p, '$DISCONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
      expect(yield* isOnDisk(p, 'BBB disconnected')).toBe(true);
      expect(pools(p.kernel)).toEqual([]);
      expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
      expect(yield* all(p, rab)).toEqual(['AAA flushed', 'BBB disconnected', RMS$_EOF]);
      yield* put(p, rab, 'CCC run down');
      expect(yield* isOnDisk(p, 'CCC run down')).toBe(false);
      expect(yield* service(p, '$RMSRUNDWN', { bufadr: p.descriptor(22, p.allocate(22)), typrnd: 0 })).toBe(RMS$_NORMAL);
      expect(yield* isOnDisk(p, 'CCC run down')).toBe(true);
      return 1;
    });
    expect(pools(system.k)).toEqual([]);
    expect(system.checkBooks()).toEqual([]);
  });
});

describe('the number of global buffers', () => {
  /** Puts and reads back more than a small pool has room for. */
  function* fill(p: Procedure, globalBuffers: number): Flow<void> {
    const { fab, rab } = yield* make(p, 'indexed', globalBuffers, FAB$M_DFW);
    const texts = Array.from({ length: 60 }, (_, index) => `${String(index * 37 % 60).padStart(3, '0')}${'*'.repeat(60)}${index}`);
    setKey(p, rab, '');
    yield* put(p, rab, ...texts);
    rab.RAB$B_RAC = RAB$C_SEQ;
    const wanted = [...texts.sort(), RMS$_EOF];
    expect(yield* all(p, rab)).toEqual(wanted);
    yield* close(p, fab);
    const again = yield* open(p, 0, FAB$M_GET);
    expect(yield* all(p, again.rab)).toEqual(wanted);
    yield* close(p, again.fab);
  }

  it.each([1, 3])('may be less than an operation needs: %i', (count) => {
    const { system } = runOnDisk(function* (p) {
      yield* fill(p, count);
      return 1;
    });
    expect(system.checkBooks()).toEqual([]);
  });

  it('more than there are global pages for: RMS goes on without', () => {
    let names: string[] | undefined;
    const { system } = runOnDisk(function* (p) {
      const { fab, rab } = yield* make(p, 'relative', 30_000);
      yield* put(p, rab, 'AAA one');
      names = pools(p.kernel);
      yield* close(p, fab);
      yield* service(p, '$ERASE', { fab: makeFab(p, FILE).address });
      yield* fill(p, 30_000);
      return 1;
    });
    expect(names).toEqual([]);
    expect(system.checkBooks()).toEqual([]);
  });

  /** Makes the last page that P0 may have, so that nothing can be mapped behind it. */
  function* takeLastPage(p: Procedure): Flow<void> {
    const inadr = p.allocate(8);
    for (let step = 1 << 16, page = step; step > 0; step >>= 1) {
      p.memory.writeLong(inadr, page * 512);
      p.memory.writeLong(inadr + 4, page * 512);
      page += (yield* service(p, '$CRETVA', { inadr })) & 1 ? step >> 1 : -(step >> 1);
    }
  }

  it('and no room in P0 space for the pool that others use: RMS$_CRMP', () => {
    const statuses: number[] = [];
    const { system } = runOnDisk(function* (p) {
      const { fab, rab } = yield* make(p, 'relative', 8);
      yield* put(p, rab, 'AAA one');
      yield* create(p, { image: 'CHILD', name: 'CHILD' });
      yield* pause(p, 2);
      expect(yield* all(p, rab)).toEqual(['AAA one', RMS$_EOF]);
      yield* close(p, fab);
      return 1;
    }, '', undefined, {
      CHILD: function* (p) {
        const { fab, rab } = yield* open(p);
        yield* takeLastPage(p);
        statuses.push(yield* service(p, '$GET', { rab: rab.address }), rab.RAB$L_STV);
        yield* close(p, fab);
        return 1;
      },
    });
    expect(statuses).toEqual([RMS$_CRMP, SS$_VASFULL]);
    expect(pools(system.k)).toEqual([]);
    expect(system.checkBooks()).toEqual([]);
  });

  it('is the one in the FAB at $CONNECT; who asks for none uses the pool that is there', () => {
    const counts: number[] = [];
    let seen: (string | number)[] = [];
    const { system } = runOnDisk(function* (p) {
      const { fab } = yield* make(p, 'indexed', 0);
      yield* close(p, fab);
      const first = makeFab(p, FILE, { fac: EVERYTHING, shr: SHARED, fop: FAB$M_DFW });
      expect(yield* service(p, '$OPEN', { fab: first.address })).toBe(RMS$_NORMAL);
      const plain = yield* open(p);
      expect(yield* all(p, plain.rab)).toEqual([RMS$_EOF]);
      counts.push(pools(p.kernel).length);
      first.FAB$W_GBC = 6;
      const rab = makeRab(p, first);
      expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
      yield* put(p, rab, 'AAA pooled');
      yield* service(p, '$FREE', { rab: rab.address });
      counts.push(pools(p.kernel).length);
      expect(yield* isOnDisk(p, 'AAA pooled')).toBe(false);
      seen = yield* all(p, plain.rab);
      setKey(p, plain.rab, '');
      yield* put(p, plain.rab, 'BBB at once');
      expect(yield* isOnDisk(p, 'BBB at once')).toBe(true);
      expect(yield* all(p, rab)).toEqual(['AAA pooled', 'BBB at once', RMS$_EOF]);
      yield* close(p, first);
      yield* close(p, plain.fab);
      // the header has what it had
      const again = makeFab(p, FILE);
      yield* service(p, '$OPEN', { fab: again.address });
      counts.push(again.FAB$W_GBC);
      yield* close(p, again);
      return 1;
    });
    expect(counts).toEqual([0, 1, 0]);
    expect(seen).toEqual(['AAA pooled', RMS$_EOF]);
    expect(pools(system.k)).toEqual([]);
    expect(system.checkBooks()).toEqual([]);
  });
});
