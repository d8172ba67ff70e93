import { describe, expect, it, test } from 'vitest';
import type { Flow } from '../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../src/executive/gate/procedure.js';
import { service } from '../../src/executive/gate/service-call.js';
import type { Kernel } from '../../src/executive/kernel.js';
import { FAB$C_REL, FAB$C_VAR, FAB$M_BIO, FAB$M_DFW, FAB$M_GET, FAB$M_SHRDEL, FAB$M_SHRGET, FAB$M_SHRPUT, FAB$M_SHRUPD } from '../../src/executive/starlet/fabdef.js';
import { PRV$V_SYSPRV } from '../../src/executive/starlet/prvdef.js';
import { RMS$_EOF, RMS$_NORMAL } from '../../src/executive/starlet/rmsdef.js';
import { GSD, GSD$T_GSDNAM } from '../../src/executive/structures/section.js';
import { readCounted, readText } from '../../src/executive/structures/memory.js';
import { create, deleteProcess, pause, sleeper } from '../executive/process/support.js';
import { EVERYTHING, indexedFab, openStream } from './indexed-support.js';
import { getText, makeFab, putText, runOnDisk, type FabView, type RabView } from './support.js';

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

/** Whether the text is in the blocks of the file, as block I/O shows them. */
function* isOnDisk(p: Procedure, text: string): Flow<boolean> {
  return (yield* p.scratch(function* () {
    const fab = makeFab(p, FILE, { fac: FAB$M_BIO | FAB$M_GET, shr: SHARED });
    const rab = yield* openStream(p, fab, '$OPEN');
    let found = 0;
    for (rab.RAB$L_BKT = 1; (yield* service(p, '$READ', { rab: rab.address })) & 1; rab.RAB$L_BKT += 1) {
      if (readText(p.memory, rab.RAB$L_UBF, rab.RAB$W_RSZ).includes(text)) found = 1;
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
      written.push(yield* isOnDisk(p, 'deferred'));
      yield* close(p, fab);
      written.push(yield* isOnDisk(p, 'deferred'));
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
