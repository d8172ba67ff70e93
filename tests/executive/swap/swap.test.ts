import { expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { type Program } from '../../harness.js';
import { bootSwapping, hog, processes } from './swap-harness.js';

/** Sleeps, then counts how often it was woken, with its own memory full of a pattern. */
function sleeper(seen: string[]): Program {
  return function* (p) {
    const name = String(p.kernel.pcb.PCB$L_EPID & 0xff);
    const range = p.allocate(8);
    yield* service(p, '$EXPREG', { pagcnt: 20, retadr: range });
    const low = p.memory.readLong(range);
    for (let page = 0; page < 20; page += 1) p.memory.writeLong(low + page * 512, page * 1000 + 7);
    for (;;) {
      yield* service(p, '$HIBER', {});
      let good = 0;
      for (let page = 0; page < 20; page += 1) if (p.memory.readLong(low + page * 512) === page * 1000 + 7) good += 1;
      seen.push(`${name} ${good}`);
    }
  };
}

test('a process goes out and comes back', () => {
  const seen: string[] = [];
  const swap = bootSwapping({
    programs: {
      SLEEP: sleeper(seen),
      START: function* (p) {
        seen.push('started');
        for (let n = 0; n < 3; n += 1) seen.push((yield* service(p, '$CREPRC', { image: p.string('SYS$SYSTEM:SLEEP'), prcnam: p.string(`S${n}`), uic: 0x00010004, baspri: 4 })).toString(16));
        return 1;
      },
    },
  });
  const { system, store } = swap;
  system.runUntilIdle(5);
  const { k } = system;
  console.log('SEEN', seen, system.console, k.sys.SCH$GL_MAXPIX);
  expect(system.checkBooks()).toEqual([]);
  console.log(processes(system).map((pcb) => [pcb.PCB$W_STATE, pcb.PCB$V_RES, pcb.PCB$L_WSSWP.toString(16), pcb.PCB$W_PPGCNT]), k.sys.SCH$GL_FREECNT);
  hog(swap, 40);
  system.runUntilIdle(30);
  console.log(processes(system).map((pcb) => [pcb.PCB$W_STATE, pcb.PCB$V_RES, pcb.PCB$V_PHDRES, pcb.PCB$L_WSSWP.toString(16), pcb.PCB$W_PPGCNT]), k.sys.SCH$GL_FREECNT, k.sys.SWP$GL_OSWPCNT, k.sys.SWP$GL_HOSWPCNT);
  console.log(store.transfers.join(' '));
  expect(system.checkBooks()).toEqual([]);
  for (const name of ['S0', 'S1', 'S2']) SCH$WAKE(k, system.process(name)!.address);
  system.runUntilIdle(60);
  console.log(seen, processes(system).map((pcb) => [pcb.PCB$W_STATE, pcb.PCB$V_RES, pcb.PCB$V_PHDRES]), k.sys.SCH$GL_FREECNT, k.sys.SWP$GL_ISWPCNT, k.sys.SWP$GL_HISWPCNT);
  expect(system.checkBooks()).toEqual([]);
});
