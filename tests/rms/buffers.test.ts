import { expect, test } from 'vitest';
import { IHD$M_NOP0BUFS } from '../../src/macro/image-format.js';
import type { Flow } from '../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../src/executive/gate/procedure.js';
import { service } from '../../src/executive/gate/service-call.js';
import { p0Pages } from '../../src/executive/memory/page-tables.js';
import { FAB$C_VAR, FAB$M_GET, FAB$M_PUT } from '../../src/executive/starlet/fabdef.js';
import { RMS$_NORMAL } from '../../src/executive/starlet/rmsdef.js';
import { SS$_PAGOWNVIO } from '../../src/executive/starlet/ssdef.js';
import { freeBlocks } from '../../src/executive/pool/variable-list.js';
import { PIO_BASE, PIO_CELLS } from '../../src/executive/structures/p1-cells.js';
import { findStream } from '../../src/rms/segments.js';
import { EVERYTHING, indexedFab, NOT_COMPRESSED, openStream, setKey } from './indexed-support.js';
import { getText, makeFab, makeRab, putText, runOnDisk, type FabView, type RabView } from './support.js';

const PAGE = 512;
const P0_LIST = PIO_BASE + PIO_CELLS.offset.PIO$GL_P0BUFLH;

/** A new file and its stream, with so many blocks of buffer asked for. */
function* create(p: Procedure, name: string, blocks: number): Flow<{ fab: FabView; rab: RabView }> {
  const fab = makeFab(p, name, { fac: FAB$M_GET | FAB$M_PUT, rfm: FAB$C_VAR });
  expect(yield* service(p, '$CREATE', { fab: fab.address })).toBe(RMS$_NORMAL);
  const rab = makeRab(p, fab);
  rab.RAB$B_MBC = blocks;
  expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
  return { fab, rab };
}

function bufferOf(p: Procedure, rab: RabView): { readonly address: number; readonly size: number } {
  const irab = findStream(p, rab.RAB$W_ISI)!;
  return { address: irab.IRB$L_BUFFER, size: irab.IRB$L_BUFSIZ };
}

test('buffers that the image I/O segment has no room for are in P0, as large as they were asked for; the pages are RMS\'s', () => {
  runOnDisk(function* (p) {
    const before = p0Pages(p.kernel);
    const files = [yield* create(p, 'A.DAT', 16), yield* create(p, 'B.DAT', 32), yield* create(p, 'C.DAT', 100)];
    const buffers = files.map(({ rab }) => bufferOf(p, rab));
    expect(buffers.map(({ size }) => size / PAGE)).toEqual([16, 32, 100]);
    expect(buffers.map(({ address }) => address < 0x4000_0000)).toEqual([false, true, true]);
    expect(p0Pages(p.kernel)).toBeGreaterThanOrEqual(before + 132);
    const { address } = buffers[2]!;
    expect([false, true].map((write) => p.kernel.cpu.probe(address, PAGE, 3, write))).toEqual([true, false]);
    expect(yield* p.scratch(function* () {
      const range = p.allocate(8);
      p.memory.writeLong(range, address);
      p.memory.writeLong(range + 4, address);
      return yield* service(p, '$DELTVA', { inadr: range });
    })).toBe(SS$_PAGOWNVIO);

    const text = (file: number, record: number): string => `${file}:${record} `.repeat(40);
    for (let record = 0; record < 100; record += 1) for (const [file, { rab }] of files.entries()) yield* putText(p, rab, text(file, record));
    for (const [file, { rab, fab }] of files.entries()) {
      yield* service(p, '$REWIND', { rab: rab.address });
      for (let record = 0; record < 100; record += 1) expect(yield* getText(p, rab)).toBe(text(file, record));
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
    }
    const free = [...freeBlocks(p.memory, P0_LIST)];
    expect(free).toEqual([{ address: before * PAGE, size: (p0Pages(p.kernel) - before) * PAGE }]);
    // The next file gets them.
    const again = yield* create(p, 'D.DAT', 100);
    expect(bufferOf(p, again.rab)).toEqual({ address: before * PAGE, size: 100 * PAGE });
    return 1;
  });
});

test('of an image linked with NOP0BUFS they are as large as there is room for', () => {
  runOnDisk(function* (p) {
    const flags = p.kernel.readLong(p.kernel.p1.CTL$GL_IMGHDRBF) + 0x20;
    p.kernel.writeLong(flags, p.kernel.readLong(flags) | IHD$M_NOP0BUFS);
    const before = p0Pages(p.kernel);
    const { rab } = yield* create(p, 'A.DAT', 100);
    expect(bufferOf(p, rab).size).toBeLessThan(32 * PAGE);
    expect(bufferOf(p, rab).size).toBeGreaterThanOrEqual(8 * PAGE);
    expect(p0Pages(p.kernel)).toBe(before);
    return 1;
  });
});

test('buckets of an index stay in their buffers longer than data buckets', () => {
  runOnDisk(function* (p) {
    const fab = indexedFab(p, [{ segments: [[0, 3]], flags: NOT_COMPRESSED }], { fac: EVERYTHING });
    const rab = yield* openStream(p, fab, '$CREATE');
    const key = (number: number): string => String(number).padStart(3, '0');
    for (let number = 0; number < 700; number += 1) expect(yield* putText(p, rab, `${key(number)}${'x'.repeat(67)}`)).toBe(RMS$_NORMAL);
    /** Reads from the disk that a $GET takes. */
    const reads = function* (number: number): Flow<number> {
      const { sys } = p.kernel;
      const before = sys.PMS$GL_DIRIO;
      setKey(p, rab, key(number));
      expect(yield* getText(p, rab)).toContain(key(number));
      return sys.PMS$GL_DIRIO - before;
    };
    yield* reads(690);
    // Six buffers: prologue, root, the index buckets over the first and the last records, two of data.
    for (const number of [0, 20, 40, 60, 80, 100, 0, 20, 40, 60]) yield* reads(number);
    expect(yield* reads(690)).toBe(1);
    return 1;
  });
});
