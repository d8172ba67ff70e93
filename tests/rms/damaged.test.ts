import { expect, it } from 'vitest';
import { service } from '../../src/executive/gate/service-call.js';
import { FAB$C_REL, FAB$C_VAR } from '../../src/executive/starlet/fabdef.js';
import { RAB$C_KEY, RAB$C_RFA, RAB$C_SEQ, RAB$M_KGE } from '../../src/executive/starlet/rabdef.js';
import { RMS$_ISI, RMS$_NORMAL } from '../../src/executive/starlet/rmsdef.js';
import { XAB$M_CHG, XAB$M_DUP } from '../../src/executive/starlet/xabdef.js';
import { EVERYTHING, indexedFab, openStream, rawBlock, restoreBlocks, setKey } from './indexed-support.js';
import { makeFab, makeRab, putText, runOnDisk } from './support.js';

/** Files with bytes that nobody meant: every operation ends with a status, none hangs, and the system stays whole. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

function seal(block: Uint8Array): void {
  let sum = 0;
  for (let at = 0; at < 510; at += 2) sum += block[at]! | (block[at + 1]! << 8);
  block[510] = sum & 0xff;
  block[511] = (sum >> 8) & 0xff;
}

const OPERATIONS = ['$GET', '$GET', '$GET', '$FIND', '$PUT', '$UPDATE', '$DELETE', '$REWIND'] as const;
const LONGEST_WALK = 400;

for (const organization of ['indexed', 'relative'] as const) {
  it(`damaged ${organization} files`, () => {
    const random = generator(organization === 'indexed' ? 21 : 22);
    const seen = new Map<number, number>();
    let longestWalk = 0;
    const { system } = runOnDisk(function* (p) {
      const isIndexed = organization === 'indexed';
      const made = isIndexed ? indexedFab(p, [{ segments: [[0, 5]] }, { segments: [[5, 2]], flags: XAB$M_DUP | XAB$M_CHG }])
        : makeFab(p, 'I.DAT', { fac: EVERYTHING, org: FAB$C_REL, rfm: FAB$C_VAR, mrs: 50 });
      const rab = yield* openStream(p, made, '$CREATE');
      for (let index = 0; index < 60; index += 1) {
        setKey(p, rab, '');
        if (!isIndexed) rab.RAB$B_RAC = RAB$C_SEQ;
        expect((yield* putText(p, rab, String(10000 + random(90000)) + String(10 + (index % 20)) + 'data'.repeat(5))) & 1).toBe(1);
      }
      expect(yield* service(p, '$CLOSE', { fab: made.address })).toBe(RMS$_NORMAL);
      const blocks: Uint8Array[] = [];
      for (let vbn = 1; vbn <= (isIndexed ? 24 : 8); vbn += 1) blocks.push((yield* rawBlock(p, vbn)).slice());
      for (let round = 0; round < 45; round += 1) {
        const hit = 1 + random(isIndexed && random(3) === 0 ? 3 : blocks.length);
        yield* rawBlock(p, hit, (bytes) => {
          for (let count = 1 + random(4); count > 0; count -= 1) bytes[random(random(2) === 0 ? 40 : 510)] = [0, 255, random(256), random(8)][random(4)]!;
          if (random(3) > 0 && (hit === 1 || (isIndexed && hit <= 3))) seal(bytes);
        });
        const mark = p.kernel.cpu.r[14]!;
        const fab = makeFab(p, 'I.DAT', { fac: EVERYTHING });
        const status = yield* service(p, '$OPEN', { fab: fab.address });
        expect(status).not.toBe(0);
        if (status & 1) {
          const stream = makeRab(p, fab, 100);
          stream.RAB$L_KBF = p.allocate(256);
          const key = p.allocate(4);
          expect(yield* service(p, '$CONNECT', { rab: stream.address })).toBe(RMS$_NORMAL);
          let walk = 0;
          while (walk < LONGEST_WALK && (yield* service(p, '$GET', { rab: stream.address })) & 1) walk += 1;
          longestWalk = Math.max(longestWalk, walk);
          for (let turn = 0; turn < 20; turn += 1) {
            if (isIndexed) setKey(p, stream, String(10000 + random(90000)).slice(0, 1 + random(5)), 0, random(2) * RAB$M_KGE);
            else {
              p.memory.writeLong(key, random(80));
              stream.RAB$L_KBF = key;
            }
            stream.RAB$B_RAC = [RAB$C_SEQ, RAB$C_KEY, RAB$C_RFA][random(3)]!;
            if (random(4) === 0) stream.RAB$L_RFA0 = random(30);
            if (random(4) === 0) stream.RAB$W_RFA4 = random(30);
            stream.RAB$L_RBF = stream.RAB$L_UBF;
            stream.RAB$W_RSZ = 20 + random(10);
            const result = yield* service(p, OPERATIONS[random(OPERATIONS.length)]!, { rab: stream.address });
            expect(result).not.toBe(0);
            seen.set(result, (seen.get(result) ?? 0) + 1);
          }
          expect((yield* service(p, '$CLOSE', { fab: fab.address })) & 1).toBe(1);
        } else seen.set(status, (seen.get(status) ?? 0) + 1);
        p.kernel.cpu.r[14] = mark;
        yield* restoreBlocks(p, blocks);
      }
      return 1;
    });
    expect(longestWalk).toBeLessThan(LONGEST_WALK);
    expect(seen.size).toBeGreaterThan(5);
    expect(seen.has(RMS$_ISI)).toBe(false);
    expect(system.checkBooks()).toEqual([]);
  });
}
