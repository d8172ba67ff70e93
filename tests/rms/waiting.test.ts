import { describe, expect, it } from 'vitest';
import { service } from '../../src/executive/gate/service-call.js';
import { FAB$C_VAR, FAB$M_GET, FAB$M_PUT, FAB$M_CR } from '../../src/executive/starlet/fabdef.js';
import { RAB$M_ASY } from '../../src/executive/starlet/rabdef.js';
import { RMS$_EOF, RMS$_NORMAL, RMS$_PENDING } from '../../src/executive/starlet/rmsdef.js';
import { PIO_BASE, PIO_CELLS } from '../../src/executive/structures/p1-cells.js';
import { RMS_IMAGE } from '../../src/rms/index.js';
import { TestSystem } from '../harness.js';
import { getText, makeFab, makeRab, putText, runOnDisk } from './support.js';

/** Free bytes of the two I/O segments. */
function freeBytes(memory: { readLong(address: number): number }): number[] {
  return (['PIO$GL_FMLH', 'PIO$GL_IIOFSPLH'] as const).map((cell) => {
    let total = 0;
    for (let block = memory.readLong(PIO_BASE + PIO_CELLS.offset[cell]); block !== 0; block = memory.readLong(block)) total += memory.readLong(block + 4);
    return total;
  });
}

describe('waiting', () => {
  it('is done in the mode of the caller: an AST of user mode is delivered while a $GET waits', () => {
    const order: string[] = [];
    const system = new TestSystem({
      systemImages: [RMS_IMAGE],
      programs: {
        // The program is its own AST routine: its entry mask lies 5 bytes before the resume instruction.
        SYSINIT: function* (p) {
          const entry = p.kernel.register(15) - 5;
          if (order.length > 0) {
            order.push(`timer in mode ${p.kernel.cpu.currentMode}`);
            return 1;
          }
          const fab = makeFab(p, 'OPA0:', { fac: FAB$M_GET });
          expect(yield* service(p, '$OPEN', { fab: fab.address })).toBe(RMS$_NORMAL);
          const rab = makeRab(p, fab);
          expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
          const delta = p.allocate(8);
          p.memory.writeLong(delta, -10_000_000);
          p.memory.writeLong(delta + 4, -1);
          order.push('reading');
          yield* service(p, '$SETIMR', { efn: 5, daytim: delta, astadr: entry });
          order.push(String(yield* getText(p, rab)));
          return 1;
        },
      },
    });
    system.runUntilIdle(3);
    expect(order).toEqual(['reading', 'timer in mode 3']);
    for (const character of 'typed\r') {
      system.system.machine.console.receive(character.charCodeAt(0));
      system.runUntilIdle(0);
    }
    expect(order).toEqual(['reading', 'timer in mode 3', 'typed']);
  });

  it('can be left to the caller: an asynchronous $GET is PENDING, $WAIT ends it', () => {
    const seen: number[] = [];
    runOnDisk(function* (p) {
      const fab = makeFab(p, 'OPA0:', { fac: FAB$M_GET });
      yield* service(p, '$OPEN', { fab: fab.address });
      const rab = makeRab(p, fab);
      yield* service(p, '$CONNECT', { rab: rab.address });
      rab.RAB$L_ROP = RAB$M_ASY;
      seen.push(yield* service(p, '$GET', { rab: rab.address }), rab.RAB$L_STS);
      seen.push(yield* service(p, '$WAIT', { rab: rab.address }), rab.RAB$W_RSZ);
      return 1;
    }, 'hello\r');
    expect(seen).toEqual([RMS$_PENDING, 0, RMS$_NORMAL, 5]);
  });
});

describe('image rundown', () => {
  it('writes and closes what the image left open, and gives the I/O segment back', () => {
    const read: (string | number)[] = [];
    const free: number[][] = [];
    const { system } = runOnDisk(function* (p) {
      free.push(freeBytes(p.memory));
      const fab = makeFab(p, 'LEFT.OPEN', { fac: FAB$M_PUT, rfm: FAB$C_VAR, rat: FAB$M_CR });
      expect(yield* service(p, '$CREATE', { fab: fab.address })).toBe(RMS$_NORMAL);
      const rab = makeRab(p, fab);
      expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
      expect(yield* putText(p, rab, 'one')).toBe(RMS$_NORMAL);
      expect(yield* putText(p, rab, 'two')).toBe(RMS$_NORMAL);
      const other = makeFab(p, 'OPA0:', { fac: FAB$M_GET });
      yield* service(p, '$OPEN', { fab: other.address });
      const reader = makeRab(p, other);
      yield* service(p, '$CONNECT', { rab: reader.address });
      reader.RAB$L_ROP = RAB$M_ASY;
      yield* service(p, '$GET', { rab: reader.address });
      expect(yield* service(p, '$RMSRUNDWN', { bufadr: p.descriptor(22, p.allocate(22)), typrnd: 0 })).toBe(RMS$_NORMAL);
      free.push(freeBytes(p.memory));
      const again = makeFab(p, 'LEFT.OPEN');
      expect(yield* service(p, '$OPEN', { fab: again.address })).toBe(RMS$_NORMAL);
      rab.RAB$L_FAB = again.address;
      expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
      for (let turn = 0; turn < 3; turn += 1) read.push(yield* getText(p, rab));
      expect(yield* service(p, '$CLOSE', { fab: again.address })).toBe(RMS$_NORMAL);
      free.push(freeBytes(p.memory));
      return 1;
    });
    expect(read).toEqual(['one', 'two', RMS$_EOF]);
    expect(free[1]).toEqual(free[0]);
    expect(free[2]).toEqual(free[0]);
    expect(system.checkBooks()).toEqual([]);
  });
});
