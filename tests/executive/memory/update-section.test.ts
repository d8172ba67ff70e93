import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { readPte } from '../../../src/executive/memory/page-tables.js';
import { IO$_READVBLK, IO$_WRITEVBLK } from '../../../src/executive/starlet/iodef.js';
import { SEC$M_GBL, SEC$M_WRT } from '../../../src/executive/starlet/secdef.js';
import { SS$_CREATED, SS$_EXQUOTA, SS$_NORMAL, SS$_NOTMODIFIED } from '../../../src/executive/starlet/ssdef.js';
import { DYN$C_IRP } from '../../../src/executive/structures/dyn.js';
import { IRP } from '../../../src/executive/structures/irp.js';
import { PTE$M_MODIFY } from '../../../src/executive/structures/pte.js';
import { virtualBlocks } from '../../filesystem/acp.js';
import { unitNamed } from '../io/io-harness.js';
import { blockMark, longs, markedFile, PAGE, pair, slowDisk, withDisk } from './section-support.js';

/** $UPDSEC: what is written, and how its end is told. @source book 15.5.3 */
const BASE = 0x100000;
const RANGE = [BASE, BASE + 8 * PAGE - 1] as const;

function* mapped(p: Procedure, global: boolean): Flow<number> {
  const chan = yield* markedFile(p, 'A.DAT', 8);
  const flags = SEC$M_WRT | (global ? SEC$M_GBL : 0);
  expect(yield* service(p, '$CRMPSC', { inadr: pair(p, ...RANGE), flags, chan, gsdnam: global ? p.string('SHARED') : 0 })).toBe(global ? SS$_CREATED : SS$_NORMAL);
  return chan;
}

/** First longwords of the blocks of the file, past the section. */
function* onDisk(p: Procedure, chan: number): Flow<number[]> {
  const buffer = p.allocate(8 * PAGE);
  yield* virtualBlocks(p, chan, IO$_READVBLK, buffer, 8 * PAGE, 1);
  return [0, 1, 2, 3, 4, 5, 6, 7].map((block) => p.memory.readLong(buffer + block * PAGE));
}

describe('$UPDSEC', () => {
  test('ch16#25: it charges direct I/O quota, and its packet is longer than others; in the end the pages are in the file and unmodified', () => {
    withDisk(function* (p) {
      const { kernel: k } = p;
      const chan = yield* mapped(p, false);
      for (const page of [1, 2, 5]) p.memory.writeLong(BASE + page * PAGE, 0x1000 + page);
      p.memory.readLong(BASE + 7 * PAGE);
      const before = k.pcb.PCB$W_DIOCNT;
      const iosb = pair(p, -1, -1);
      const retadr = p.allocate(8);
      const release = slowDisk(k);
      expect(yield* service(p, '$UPDSEC', { inadr: pair(p, ...RANGE), retadr, efn: 9, iosb })).toBe(SS$_NORMAL);
      const packet = IRP.at(k, unitNamed(k, 'DUA0').UCB$L_IRP);
      expect([packet.IRP$L_PID, packet.IRP$B_TYPE, packet.IRP$W_SIZE > IRP.size, packet.IRP$V_SWAPIO]).toEqual([k.pcb.PCB$L_PID, DYN$C_IRP, true, 1]);
      expect(before - k.pcb.PCB$W_DIOCNT).toBe(1);
      release();
      expect(longs(p, retadr)).toEqual([...RANGE]);
      yield* service(p, '$WAITFR', { efn: 9 });
      expect(longs(p, iosb)).toEqual([SS$_NORMAL, 0]);
      expect(k.pcb.PCB$W_DIOCNT).toBe(before);
      expect(readPte(k, BASE + 5 * PAGE) & PTE$M_MODIFY).toBe(0);
      expect(yield* onDisk(p, chan)).toEqual([blockMark(1), 0x1001, 0x1002, blockMark(4), blockMark(5), 0x1005, blockMark(7), blockMark(8)]);
      // Now there is nothing to do.
      expect(yield* service(p, '$UPDSECW', { inadr: pair(p, ...RANGE), efn: 9, iosb })).toBe(SS$_NOTMODIFIED);
      expect(longs(p, iosb)).toEqual([SS$_NOTMODIFIED, 0]);
      k.pcb.PCB$W_DIOCNT = 0;
      expect(yield* service(p, '$UPDSECW', { inadr: pair(p, ...RANGE), efn: 9 })).toBe(SS$_EXQUOTA);
      k.pcb.PCB$W_DIOCNT = before;
    });
  });

  test('ch15#45: of a global section all pages in memory are written; with the flag those that this process has modified', () => {
    withDisk(function* (p) {
      const chan = yield* mapped(p, true);
      for (let page = 0; page < 8; page += 1) p.memory.readLong(BASE + page * PAGE);
      p.memory.writeLong(BASE + 3 * PAGE, 0x33);
      const zeros = p.allocate(8 * PAGE);
      const others = (mark: (block: number) => number): number[] => [1, 2, 3, 4, 5, 6, 7, 8].map((block) => (block === 4 ? 0x33 : mark(block)));
      const update = function* (updflg: number): Flow<number[]> {
        yield* virtualBlocks(p, chan, IO$_WRITEVBLK, zeros, 8 * PAGE, 1);
        yield* service(p, '$UPDSECW', { inadr: pair(p, ...RANGE), updflg, efn: 9 });
        return yield* onDisk(p, chan);
      };
      expect(yield* update(1)).toEqual(others(() => 0));
      expect(yield* update(0)).toEqual(others(blockMark));
    });
  });
});
