import { expect, test } from 'vitest';
import type { Flow } from '../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../src/executive/gate/procedure.js';
import { service } from '../../src/executive/gate/service-call.js';
import { RMS$_DNF, RMS$_FNF, RMS$_NORMAL } from '../../src/executive/starlet/rmsdef.js';
import { PHD } from '../../src/executive/structures/phd.js';
import { createDirectory } from '../../src/utilities/create-directory.js';
import { makeFab, runOnDisk } from './support.js';

/** Opens and closes a file. @returns $OPEN's status, and the requests that took */
function* opened(p: Procedure, name: string): Flow<{ readonly status: number; readonly requests: number }> {
  return yield* p.scratch(function* () {
    const phd = PHD.at(p.kernel, p.kernel.pcb.PCB$L_PHD);
    const before = phd.PHD$L_BIOCNT;
    const fab = makeFab(p, name);
    const status = yield* service(p, '$OPEN', { fab: fab.address });
    const requests = phd.PHD$L_BIOCNT - before;
    if (status & 1) yield* service(p, '$CLOSE', { fab: fab.address });
    return { status, requests };
  });
}

function* made(p: Procedure, name: string): Flow<void> {
  yield* p.scratch(function* () {
    const fab = makeFab(p, name);
    expect(yield* service(p, '$CREATE', { fab: fab.address })).toBe(RMS$_NORMAL);
    return yield* service(p, '$CLOSE', { fab: fab.address });
  });
}

function* madeDirectory(p: Procedure, name: string): Flow<void> {
  yield* createDirectory(p, name, { owner: undefined, protection: undefined, versionLimit: 0 });
}

const erased = (p: Procedure, name: string): Flow<number> => p.scratch(() => service(p, '$ERASE', { fab: makeFab(p, name).address }));

test('directories on the way to a file are asked for once; a rename, a delete and a new directory of the name are noticed', () => {
  const seen: unknown[] = [];
  const { system } = runOnDisk(function* (p) {
    for (const name of ['[A]', '[A.B]', '[A.B.C]']) yield* madeDirectory(p, name);
    yield* made(p, '[A.B.C]X.DAT');
    seen.push(yield* opened(p, '[A.B.C]X.DAT'), yield* opened(p, '[A.B.C]X.DAT'));
    const renamed = yield* p.scratch(() => service(p, '$RENAME', { oldfab: makeFab(p, '[A]B.DIR;1').address, newfab: makeFab(p, '[A]D.DIR;1').address }));
    seen.push(renamed, (yield* opened(p, '[A.B.C]X.DAT')).status, (yield* opened(p, '[A.D.C]X.DAT')).status);
    seen.push(yield* erased(p, '[A.D.C]X.DAT;1'), yield* erased(p, '[A.D]C.DIR;1'), (yield* opened(p, '[A.D.C]X.DAT')).status);
    yield* madeDirectory(p, '[A.D.C]');
    seen.push((yield* opened(p, '[A.D.C]X.DAT')).status);
    yield* made(p, '[A.D.C]X.DAT');
    seen.push((yield* opened(p, '[A.D.C]X.DAT')).status);
    return 1;
  });
  // Making a file changes no directory: its path is known already.
  expect(seen.slice(0, 2)).toEqual([{ status: RMS$_NORMAL, requests: 1 }, { status: RMS$_NORMAL, requests: 1 }]);
  expect(seen.slice(2)).toEqual([RMS$_NORMAL, RMS$_DNF, RMS$_NORMAL, RMS$_NORMAL, RMS$_NORMAL, RMS$_DNF, RMS$_FNF, RMS$_NORMAL]);
  expect(system.checkBooks()).toEqual([]);
});

test('more directories than there are nodes: the one used longest ago is forgotten, and found again', () => {
  const names = Array.from({ length: 20 }, (_, index) => `D${index}`);
  const wrong: string[] = [];
  const { system } = runOnDisk(function* (p) {
    for (const name of names) {
      yield* madeDirectory(p, `[${name}]`);
      yield* made(p, `[${name}]${name}.DAT`);
    }
    for (let round = 0; round < 3; round += 1) for (const name of names) if ((yield* opened(p, `[${name}]${name}.DAT`)).status !== RMS$_NORMAL) wrong.push(name);
    wrong.push(String((yield* opened(p, '[D19]D19.DAT')).requests), String((yield* opened(p, '[D0]D0.DAT')).requests));
    return 1;
  });
  expect(wrong).toEqual(['1', '2']);
  expect(system.checkBooks()).toEqual([]);
});
