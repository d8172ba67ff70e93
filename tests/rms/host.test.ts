import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NodeHostDirectory } from '../../src/console/host-directory.js';
import { service } from '../../src/executive/gate/service-call.js';
import { FAB$C_VAR, FAB$M_BIO, FAB$M_CR, FAB$M_GET, FAB$M_PUT } from '../../src/executive/starlet/fabdef.js';
import { RAB$M_EOF } from '../../src/executive/starlet/rabdef.js';
import { RMS$_EOF, RMS$_NMF, RMS$_NORMAL } from '../../src/executive/starlet/rmsdef.js';
import { readText } from '../../src/executive/structures/memory.js';
import { getText, makeFab, makeNam, makeRab, putText, resultant, runOnDisk } from './support.js';

let root: string;
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'starlet-rms-')); });
afterEach(() => { rmSync(root, { recursive: true, force: true }); });

it('reads, writes, appends to and searches files of a host directory', () => {
  mkdirSync(join(root, 'sub'));
  const lines = Array.from({ length: 300 }, (_, index) => `line ${index} ${'.'.repeat(index % 60)}`);
  writeFileSync(join(root, 'sub', 'input.txt'), `${lines.join('\n')}\nno newline`);
  const read: (string | number)[] = [];
  const found: (string | number)[] = [];
  runOnDisk(function* (p) {
    const fab = makeFab(p, 'HDA0:[SUB]INPUT.TXT');
    expect(yield* service(p, '$OPEN', { fab: fab.address })).toBe(RMS$_NORMAL);
    const rab = makeRab(p, fab);
    expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
    for (;;) {
      const got = yield* getText(p, rab);
      read.push(got);
      if (typeof got === 'number') break;
    }
    expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);

    const out = makeFab(p, 'HDA0:[SUB]OUT.LOG', { fac: FAB$M_PUT, rfm: FAB$C_VAR, rat: FAB$M_CR });
    expect(yield* service(p, '$CREATE', { fab: out.address })).toBe(RMS$_NORMAL);
    const writer = makeRab(p, out);
    expect(yield* service(p, '$CONNECT', { rab: writer.address })).toBe(RMS$_NORMAL);
    for (const line of lines) expect(yield* putText(p, writer, line)).toBe(RMS$_NORMAL);
    expect(yield* service(p, '$CLOSE', { fab: out.address })).toBe(RMS$_NORMAL);
    out.FAB$B_FAC = FAB$M_PUT;
    expect(yield* service(p, '$OPEN', { fab: out.address })).toBe(RMS$_NORMAL);
    writer.RAB$L_ROP = RAB$M_EOF;
    expect(yield* service(p, '$CONNECT', { rab: writer.address })).toBe(RMS$_NORMAL);
    expect(yield* putText(p, writer, 'more')).toBe(RMS$_NORMAL);
    expect(yield* service(p, '$CLOSE', { fab: out.address })).toBe(RMS$_NORMAL);

    const wild = makeFab(p, 'HDA0:[...]*.*;*');
    const nam = makeNam(p, wild);
    let status = yield* service(p, '$PARSE', { fab: wild.address });
    while (status & 1) {
      status = yield* service(p, '$SEARCH', { fab: wild.address });
      found.push(status & 1 ? resultant(p, nam) : status);
    }
    return 1;
  }, '', new NodeHostDirectory(root));
  expect(read).toEqual([...lines, 'no newline', RMS$_EOF]);
  expect(readFileSync(join(root, 'sub', 'out.log'), 'latin1')).toBe(`${lines.join('\n')}\nmore\n`);
  expect(found).toEqual(['HDA0:[000000]SUB.DIR;1', 'HDA0:[SUB]INPUT.TXT;1', 'HDA0:[SUB]OUT.LOG;1', RMS$_NMF]);
});

it('copies a file by blocks between a host directory and a disk', () => {
  const bytes = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7) & 0xff));
  writeFileSync(join(root, 'data.bin'), bytes);
  let copied = '';
  runOnDisk(function* (p) {
    const from = makeFab(p, 'HDA0:[000000]DATA.BIN', { fac: FAB$M_GET | FAB$M_BIO });
    expect(yield* service(p, '$OPEN', { fab: from.address })).toBe(RMS$_NORMAL);
    const to = makeFab(p, 'DATA.BIN', { fac: FAB$M_PUT | FAB$M_GET | FAB$M_BIO, rfm: from.FAB$B_RFM, mrs: from.FAB$W_MRS });
    expect(yield* service(p, '$CREATE', { fab: to.address })).toBe(RMS$_NORMAL);
    const reader = makeRab(p, from, 1536);
    const writer = makeRab(p, to, 512);
    expect(yield* service(p, '$CONNECT', { rab: reader.address })).toBe(RMS$_NORMAL);
    expect(yield* service(p, '$CONNECT', { rab: writer.address })).toBe(RMS$_NORMAL);
    for (;;) {
      const status = yield* service(p, '$READ', { rab: reader.address });
      if (status === RMS$_EOF) break;
      expect(status).toBe(RMS$_NORMAL);
      writer.RAB$L_RBF = reader.RAB$L_RBF;
      writer.RAB$W_RSZ = reader.RAB$W_RSZ;
      expect(yield* service(p, '$WRITE', { rab: writer.address })).toBe(RMS$_NORMAL);
    }
    for (let vbn = 1; ; vbn += 1) {
      writer.RAB$L_BKT = vbn;
      const status = yield* service(p, '$READ', { rab: writer.address });
      if (status === RMS$_EOF) break;
      expect(status).toBe(RMS$_NORMAL);
      copied += readText(p.memory, writer.RAB$L_UBF, writer.RAB$W_RSZ);
    }
    expect(yield* service(p, '$CLOSE', { fab: from.address })).toBe(RMS$_NORMAL);
    expect(yield* service(p, '$CLOSE', { fab: to.address })).toBe(RMS$_NORMAL);
    return 1;
  }, '', new NodeHostDirectory(root));
  expect(Buffer.from(copied, 'latin1').equals(bytes)).toBe(true);
});
