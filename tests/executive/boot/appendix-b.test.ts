import { describe, expect, test } from 'vitest';
import { structureSymbols } from '../../../src/executive/boot/symbols.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { EXE$NAMPID } from '../../../src/executive/process/pid.js';
import { SS$_ACCVIO, SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { STRUCTURES } from '../../../src/executive/structures/index.js';
import { IPL$_SYNCH } from '../../../src/executive/structures/ipl.js';
import { JIB } from '../../../src/executive/structures/jib.js';
import { RMS_IMAGE } from '../../../src/rms/index.js';
import { createMailbox } from '../io/io-harness.js';
import { create, deleteProcess, pause, run, sleeper } from '../process/support.js';
import { TestSystem } from '../../harness.js';

/** Conventions of the executive's code as appendix B tells them: IPL, where loaded code is found; symbols from SDL. */

/** An address that nobody can read. */
const NOWHERE = 0xffff_fff0;

/** Steps to the first instruction of a procedure. */
function runTo(system: TestSystem, label: string, limit = 200_000): void {
  const target = system.k.symbol(label) + 2;               // behind the entry mask
  for (let count = 0; count < limit; count += 1) {
    if (system.k.register(15) === target) return;
    system.system.machine.run(1);
  }
  throw new Error(`${label} is not reached`);
}

describe('IPL', () => {
  test('appB#20: INIT runs at IPL 31 from its first instruction until it enters the scheduler', () => {
    const system = new TestSystem({});
    const { k } = system;
    const scheduler = k.symbol('SCH$SCHED');
    // SYSBOOT has entered it at its physical address, with mapping off.
    const levels = new Set<number>();
    let [steps, mapped] = [0, false];
    for (; k.register(15) !== scheduler; steps += 1) {
      expect(steps).toBeLessThan(5000);
      levels.add(k.cpu.ipl);
      expect(k.cpu.onInterruptStack).toBe(true);
      mapped ||= k.register(15) >= 0x8000_0000;
      system.system.machine.run(1);
    }
    expect([...levels]).toEqual([31]);
    expect([steps > 10, mapped, k.cpu.ipl]).toEqual([true, true, 31]);
  });

  test('appB#21: EXE$NAMPID is called at IPL 2 or below and comes back at IPL$_SYNCH, or with the IPL it was called at when it fails', () => {
    const services = ['SETPRI', 'RESUME', 'WAKE'] as const;
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          yield* service(p, '$SETPRI', { pri: 4 });
          yield* service(p, '$RESUME', {});
          yield* service(p, '$WAKE', {});
          return yield* sleeper(p);
        },
      },
    });
    const { k } = system;
    for (const name of services) {
      runTo(system, `EXE$${name}`);
      const { ipl } = k;
      expect(ipl).toBeLessThanOrEqual(2);
      expect([EXE$NAMPID(k, 0, 0), k.ipl]).toEqual([{ status: SS$_NORMAL, pcb: k.pcb.address }, IPL$_SYNCH]);
      k.ipl = ipl;
      expect([EXE$NAMPID(k, 0, NOWHERE), k.ipl]).toEqual([{ status: SS$_ACCVIO, pcb: 0 }, ipl]);
    }
    system.runUntilIdle(1);
    expect(system.checkBooks()).toEqual([]);
  });
});

describe('code in system space', () => {
  test('appB#16: CTL$GL_RMSBASE is MMG$GL_RMSBASE in every process', () => {
    const bases: number[] = [];
    const note: typeof sleeper = function* (p) {
      bases.push(p.kernel.p1.CTL$GL_RMSBASE);
      return yield* sleeper(p);
    };
    const system = new TestSystem({
      systemImages: [RMS_IMAGE],
      programs: { SYSINIT: function* (p) {
        yield* create(p, { image: 'NOTE', name: 'ONE' });
        yield* create(p, { image: 'NOTE', name: 'TWO', flags: 0 });
        return yield* note(p);
      }, NOTE: note },
    });
    system.runUntilIdle(3);
    const base = system.k.sys.MMG$GL_RMSBASE;
    expect(base).toBeGreaterThan(0x8000_0000);
    expect(bases).toEqual([base, base, base]);
    expect(system.checkBooks()).toEqual([]);
  });
});

test('appB#24: every field symbol has the letter of its size; a bit field has a position V, a mask M and a size S; lengths are K and C', () => {
  const sizes: Readonly<Record<string, number>> = { B: 1, W: 2, L: 4, Q: 8 };
  for (const structure of STRUCTURES) {
    const symbols = new Map<string, number>();
    structureSymbols(structure, symbols);
    for (const { name, size, offset } of structure.fields) {
      const [, letter] = /^[A-Z0-9]+\$([BWLQTRAV])_[A-Z0-9_$]+$/.exec(name) ?? [];
      expect([name, letter !== undefined && (sizes[letter] === undefined || sizes[letter] === size)]).toEqual([name, true]);
      expect(symbols.get(name)).toBe(offset);
    }
    for (const { name, bit, width, field } of structure.bits) {
      expect(name).toMatch(/^[A-Z0-9]+\$V_/);
      const of = (letter: string): number | undefined => symbols.get(name.replace('$V_', `$${letter}_`));
      expect([name, of('V'), of('S'), of('M')]).toEqual([name, bit, width, ((2 ** width - 1) * 2 ** bit) >>> 0]);
      expect(structure.fields.some((candidate) => candidate.name === field && bit + width <= 8 * candidate.size)).toBe(true);
    }
    expect([symbols.get(`${structure.prefix}$K_LENGTH`), symbols.get(`${structure.prefix}$C_LENGTH`)]).toEqual([structure.size, structure.size]);
  }
});

test('appE#20: processes of one job have one JIB, and the bytes of a mailbox of one are missing to the other', () => {
  const { seen, system } = run(function* (p, out) {
    const jib = JIB.at(p.kernel, p.kernel.pcb.PCB$L_JIB);
    const left = jib.JIB$L_BYTCNT;
    const child = yield* create(p, { image: 'CHILD', name: 'CHILD' });
    out['jibs'] = [child.pcb.PCB$L_JIB === jib.address, child.pcb.address !== p.kernel.pcb.address];
    yield* pause(p, 0.5);
    out['used'] = left - jib.JIB$L_BYTCNT;
    out['deleted'] = yield* deleteProcess(p, child.epid);
    out['back'] = left - jib.JIB$L_BYTCNT;
  }, { CHILD: function* (p) {
    yield* createMailbox(p, { maxmsg: 64, bufquo: 640 });
    return yield* sleeper(p);
  } });
  expect(seen).toEqual({ jibs: [true, true], used: expect.any(Number), deleted: SS$_NORMAL, back: 0 });
  expect(seen['used']).toBeGreaterThanOrEqual(640);
  expect(system.checkBooks()).toEqual([]);
});
