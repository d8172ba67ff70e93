import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { IO$_READVBLK } from '../../../src/executive/starlet/iodef.js';
import { LNM$_STRING } from '../../../src/executive/starlet/lnmdef.js';
import { PRC$M_IMGDMP, PRC$M_SSFEXCU } from '../../../src/executive/starlet/prcdef.js';
import { PRV$V_CMKRNL, PRV$V_SETPRV, PRV$V_SYSNAM, PRV$V_TMPMBX } from '../../../src/executive/starlet/prvdef.js';
import { VECTOR_LABELS } from '../../../src/executive/starlet/service-table.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { SS$_ACCVIO } from '../../../src/executive/starlet/ssdef.js';
import { PHD } from '../../../src/executive/structures/phd.js';
import type { Program } from '../../harness.js';
import { create, run, sleeper, stepUntil, type Wanted } from '../process/support.js';
import { TestSystem } from '../../harness.js';

/** The end of an image that nobody handles: the catch-all handler's part, and the image dump (book 20.4). */

const signal = function* (p: Procedure, code: number): Flow<number> { return yield* p.call(VECTOR_LABELS['LIB$SIGNAL']!, code); };
const WARNING = SS$_ACCVIO & ~7;
const ERROR = WARNING | 2;
const CATCH_ALL_OUTPUT = 'SYS$OUTPUT';

function* define(p: Procedure, name: string, value: string): Flow<void> {
  yield* p.scratch(function* () {
    const text = p.string(value);
    yield* service(p, '$CRELNM', {
      tabnam: p.string('LNM$PROCESS'), lognam: p.string(name), itmlst: p.itemList([{ code: LNM$_STRING, length: value.length, buffer: p.memory.readLong(text + 4) }]),
    });
  });
}

describe('EXE$CATCH_ALL', () => {
  test('ch20#49: SS$_SSFAIL turns system service failure exceptions off before anything else is done', () => {
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          yield* service(p, '$HIBER', {});
          yield* create(p, { image: 'FAILS', name: 'FAILS', flags: PRC$M_SSFEXCU, output: '_OPA0:', error: '_OPA0:' });
          return yield* sleeper(p);
        },
        FAILS: function* (p) {
          yield* service(p, '$SETEF', { efn: 200 });
          return 1;
        },
      },
    });
    system.runUntilIdle(0);
    SCH$WAKE(system.k, system.process('SYSINIT')!.address);
    stepUntil(system, () => system.process('FAILS') !== undefined);
    const pcb = system.process('FAILS')!;
    expect(pcb.PCB$V_SSFEXCU).toBe(1);
    stepUntil(system, () => pcb.PCB$V_SSFEXCU === 0);
    expect(system.console).not.toContain('SSFAIL');
    stepUntil(system, () => system.console.includes('SSFAIL'));
    expect(system.process('FAILS')!.address).toBe(pcb.address);
  });

  test('ch20#50: to SYS$OUTPUT, and to SYS$ERROR as well when that is something else', () => {
    const { seen, system } = run(function* (p, out) {
      const chan = p.allocate(4);
      yield* service(p, '$CREMBX', { chan, maxmsg: 256, bufquo: 2000, lognam: p.string('ERRORS_BOX'), prmflg: 1 });
      yield* define(p, CATCH_ALL_OUTPUT, '_OPA0:');
      yield* define(p, 'SYS$ERROR', '_OPA0:');
      yield* signal(p, ERROR);
      yield* define(p, 'SYS$ERROR', 'ERRORS_BOX');
      const [buffer, iosb] = [p.allocate(256), p.allocate(8)];
      yield* service(p, '$QIO', { efn: 5, chan: p.memory.readWord(chan), func: IO$_READVBLK, iosb, p1: buffer, p2: 256 });
      yield* signal(p, ERROR);
      yield* service(p, '$WAITFR', { efn: 5 });
      out['box'] = String.fromCharCode(...p.memory.readBytes(buffer, p.memory.readWord(iosb + 2))).startsWith('%SYSTEM-E-ACCVIO');
    });
    expect(seen['box']).toBe(true);
    expect(system.console.split('%SYSTEM-E-ACCVIO').length - 1).toBe(2);
  });

  test('ch20#51: a warning or an error found by the frame handler lets the image go on; a severe one, or any in the last chance vector, ends it', () => {
    const ended = (body: Program): boolean => {
      let goesOn = false;
      run(function* (p) {
        yield* define(p, CATCH_ALL_OUTPUT, '_OPA0:');
        yield* body(p);
        goesOn = true;
      });
      return !goesOn;
    };
    /** Takes the catch-all handler out of its frame, so that only the last chance vector is left. */
    const withoutFrame = (p: Procedure): void => {
      for (let frame = p.frame; frame !== 0; frame = p.memory.readLong(frame + 12)) p.memory.writeLong(frame, 0);
    };
    expect(ended((p) => signal(p, WARNING))).toBe(false);
    expect(ended((p) => signal(p, ERROR))).toBe(false);
    expect(ended((p) => signal(p, WARNING | 4))).toBe(true);
    expect(ended(function* (p) { withoutFrame(p); return yield* signal(p, WARNING); })).toBe(true);
  });
});

describe('EXE$IMGDMP_MERGE', () => {
  /** How often IMGDMP was called for an image of a process made as `wanted` that ends in an access violation. */
  function dumps(wanted: Wanted, prepare: (p: Procedure) => Flow<unknown> = function* () { return 0; }): number {
    const calls: number[] = [];
    const { system } = run(function* (p) {
      yield* create(p, { image: 'FAILS', name: 'FAILS', output: '_OPA0:', error: '_OPA0:', ...wanted });
    }, {
      FAILS: function* (p) {
        yield* prepare(p);
        return p.memory.readLong(0x10);
      },
      IMGDMP: function* (p) {
        calls.push(p.memory.readLong(p.argument(1) + 4));
        return 1;
      },
    });
    expect(system.process('FAILS')).toBe(undefined);
    expect(system.console).toContain('ACCVIO');
    expect(calls.every((name) => name === SS$_ACCVIO)).toBe(true);
    return calls.length;
  }

  const little = 1n << BigInt(PRV$V_TMPMBX);
  /** As the image activator does for an image installed with a privilege. */
  const installed = (own: bigint) => function* (p: Procedure): Flow<unknown> {
    const phd = PHD.at(p.kernel, p.kernel.pcb.PCB$L_PHD);
    phd.PHD$Q_IMAGPRIV = 1n << BigInt(PRV$V_SYSNAM);
    expect(p.kernel.p1.CTL$GQ_PROCPRIV).toBe(own);
    return 0;
  };

  test('ch20#52: only when PHD$V_IMGDMP is set, and for an exception of user mode', () => {
    expect(dumps({ privileges: little, flags: PRC$M_IMGDMP })).toBe(1);
    expect(dumps({ privileges: little })).toBe(0);
    let calls = 0;
    const { system } = run(function* (p) {
      yield* create(p, { image: 'INNER', name: 'INNER', output: '_OPA0:', error: '_OPA0:', flags: PRC$M_IMGDMP });
    }, {
      INNER: function* (p) {
        // CMPL @#16,R0 in executive mode.
        const code = p.bytes(Uint8Array.from([0, 0, 0xd1, 0x9f, 0x10, 0, 0, 0, 0x50, 0x04]));
        yield* service(p, '$CMEXEC', { routin: code });
        return 1;
      },
      IMGDMP: function* () { calls += 1; return 1; },
    });
    expect([system.process('INNER'), calls]).toEqual([undefined, 0]);
  });

  test('ch20#53: not an image installed with privileges the process has not, unless that has CMKRNL or SETPRV', () => {
    expect(dumps({ privileges: little, flags: PRC$M_IMGDMP }, installed(little))).toBe(0);
    for (const privilege of [PRV$V_CMKRNL, PRV$V_SETPRV, PRV$V_SYSNAM]) {
      const own = 1n << BigInt(privilege);
      expect(dumps({ privileges: own, flags: PRC$M_IMGDMP }, installed(own))).toBe(1);
    }
  });
});
