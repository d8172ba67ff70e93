import { expect, test } from 'vitest';
import { PR$_SCBB, PR$_SID } from '../../../src/emulator/processor-registers.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { PR$_SID_TYP780 } from '../../../src/executive/starlet/prdef.js';
import { TestSystem } from '../../harness.js';

const hibernating = new TestSystem({ programs: { SYSINIT: function* (p) { return yield* service(p, '$HIBER', {}); } } });
hibernating.runUntilIdle(1);

test('appG#1 EXE$GB_CPUTYPE is the type field of PR$_SID', () => {
  const { k } = hibernating;
  expect(k.sys.EXE$GB_CPUTYPE).toBe(k.cpu.readPR(PR$_SID) >>> 24);
  expect(k.sys.EXE$GB_CPUTYPE).toBe(PR$_SID_TYP780);
});

test('appG#8 the SCB of a 780 is one page', () => {
  const { k } = hibernating;
  const scb = k.sys.EXE$GL_SCB;
  expect(scb % 512).toBe(0);
  // What the processor uses is what the executive has mapped, and the page after it is something else.
  expect(k.cpu.translate(scb, 0, false)).toBe(k.cpu.readPR(PR$_SCBB));
  expect(k.readLong(scb + 0x20) >>> 0).toBe(k.symbol('EXE$ACVIOLAT') >>> 0);
  expect(k.cpu.translate(scb + 512, 0, false)).not.toBe(k.cpu.readPR(PR$_SCBB) + 512);
});
