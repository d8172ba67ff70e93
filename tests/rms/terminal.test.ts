import { describe, expect, it } from 'vitest';
import type { Flow } from '../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../src/executive/gate/procedure.js';
import { service } from '../../src/executive/gate/service-call.js';
import { FAB, FAB$C_BID, FAB$C_BLN, FAB$M_GET, FAB$M_PUT } from '../../src/executive/starlet/fabdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN, RAB$M_PMT, RAB$M_TMO } from '../../src/executive/starlet/rabdef.js';
import { RMS$_EOF, RMS$_NORMAL, RMS$_TMO } from '../../src/executive/starlet/rmsdef.js';
import { bytesToText, textToBytes } from '../../src/executive/structures/memory.js';
import { RMS_IMAGE } from '../../src/rms/index.js';
import { TestSystem } from '../harness.js';

type FabView = ReturnType<typeof FAB.at>;
type RabView = ReturnType<typeof RAB.at>;

function makeFab(p: Procedure, name: string, fac: number): FabView {
  const fab = FAB.at(p.memory, p.allocate(FAB$C_BLN));
  fab.FAB$B_BID = FAB$C_BID;
  fab.FAB$B_BLN = FAB$C_BLN;
  fab.FAB$B_FAC = fac;
  fab.FAB$L_FNA = p.bytes(textToBytes(name));
  fab.FAB$B_FNS = name.length;
  return fab;
}

function makeRab(p: Procedure, fab: FabView): RabView {
  const rab = RAB.at(p.memory, p.allocate(RAB$C_BLN));
  rab.RAB$B_BID = RAB$C_BID;
  rab.RAB$B_BLN = RAB$C_BLN;
  rab.RAB$L_FAB = fab.address;
  rab.RAB$L_UBF = p.allocate(128);
  rab.RAB$W_USZ = 128;
  return rab;
}

function* put(p: Procedure, rab: RabView, text: string): Flow<number> {
  rab.RAB$L_RBF = p.bytes(textToBytes(text));
  rab.RAB$W_RSZ = text.length;
  return yield* service(p, '$PUT', { rab: rab.address });
}

function boot(program: (p: Procedure) => Flow<number>): TestSystem {
  const system = new TestSystem({ programs: { SYSINIT: program }, systemImages: [RMS_IMAGE] });
  system.runUntilIdle(0);
  return system;
}

function type(system: TestSystem, text: string): void {
  for (const character of text) {
    system.system.machine.console.receive(character.charCodeAt(0));
    system.runUntilIdle(0);
  }
}

describe('records of a terminal', () => {
  it('writes lines, reads lines with a prompt, ends at CTRL/Z', () => {
    const seen: (readonly [number, string, number])[] = [];
    const system = boot(function* (p) {
      const fab = makeFab(p, 'OPA0:', FAB$M_GET | FAB$M_PUT);
      expect(yield* service(p, '$OPEN', { fab: fab.address })).toBe(RMS$_NORMAL);
      const rab = makeRab(p, fab);
      expect(yield* service(p, '$CONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
      expect(yield* put(p, rab, 'Hello')).toBe(RMS$_NORMAL);
      rab.RAB$L_PBF = p.bytes(textToBytes('Name> '));
      rab.RAB$B_PSZ = 6;
      rab.RAB$L_ROP = RAB$M_PMT;
      for (let turn = 0; turn < 3; turn += 1) {
        const status = yield* service(p, '$GET', { rab: rab.address });
        seen.push([status, bytesToText(p.memory.readBytes(rab.RAB$L_RBF, rab.RAB$W_RSZ)), rab.RAB$L_STS]);
      }
      rab.RAB$L_ROP = RAB$M_TMO;
      rab.RAB$B_TMO = 2;
      seen.push([yield* service(p, '$GET', { rab: rab.address }), '', rab.RAB$L_STS]);
      expect(yield* service(p, '$DISCONNECT', { rab: rab.address })).toBe(RMS$_NORMAL);
      expect(yield* service(p, '$CLOSE', { fab: fab.address })).toBe(RMS$_NORMAL);
      return 1;
    });
    type(system, 'first\rsecond\r\x1a');
    system.runUntilIdle(5);
    expect(seen).toEqual([
      [RMS$_NORMAL, 'first', RMS$_NORMAL], [RMS$_NORMAL, 'second', RMS$_NORMAL], [RMS$_EOF, '', RMS$_EOF], [RMS$_TMO, '', RMS$_TMO],
    ]);
    expect(system.console).toContain('\nHello\r');
    expect(system.console).toContain('Name> first');
    expect(system.checkBooks()).toEqual([]);
  });
});
