import { expect, it } from 'vitest';
import { VirtualClock } from '../../src/emulator/clock.js';
import { JIB } from '../../src/executive/structures/jib.js';
import { bytesToText, readCounted, textToBytes } from '../../src/executive/structures/memory.js';
import { PCB } from '../../src/executive/structures/pcb.js';
import type { Kernel } from '../../src/executive/kernel.js';
import { startStarlet } from '../../src/system/starlet.js';
import { systemDisk } from '../sysgen/console.js';
import { TEST_TIME } from '../harness.js';

const PROCEDURE = `$ WRITE SYS$OUTPUT "P1 ", P1, " P8 (", P8, ")"
$ WRITE SYS$OUTPUT "name ", F$TRNLNM("P1","LNM$PROCESS"), "."
$ WRITE SYS$OUTPUT "job ", F$MODE(), " ", F$GETJPI("","ACCOUNT"), "."
`;

function jobOf(k: Kernel): ReturnType<typeof PCB.at> | undefined {
  for (let index = 1; index <= k.sys.SCH$GL_MAXPIX; index += 1) {
    const pcb = k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index);
    if (pcb !== 0 && readCounted(k, pcb + PCB.offset.PCB$T_LNAME) === 'STARLET_RUN') return PCB.at(k, pcb);
  }
  return undefined;
}

it('ch23#3: a batch job has the account "<batch>" until LOGINOUT knows whose it is; its parameters become symbols of DCL', () => {
  const clock = new VirtualClock();
  const disk = systemDisk((files) => [...files, { name: '[SYS0.SYSMGR]JOB.COM', bytes: textToBytes(PROCEDURE), kind: 'stream-lf' }]);
  let [text, finished] = ['', -1];
  const system = startStarlet({
    memoryMegabytes: 16, clock, console: { transmit: (byte) => { text += String.fromCharCode(byte); } }, systemTime: TEST_TIME, disks: [disk], autologin: true,
    job: { file: 'SYS$SYSDEVICE:[SYS0.SYSMGR]JOB.COM', directory: 'SYS$SYSDEVICE:[SYS0.SYSMGR]', parameters: ['FIRST', 'SECOND'], done: (status) => { finished = status; } },
  });
  const { kernel: k, machine } = system;
  const accounts: string[] = [];
  const counts = new Set<number>();
  for (let slices = 0; slices < 400_000 && finished < 0; slices += 1) {
    const stop = machine.run(50);
    if (stop.kind === 'idle') clock.advance(system.untilNextTimer() ?? 0);
    const job = jobOf(k);
    if (job === undefined || job.PCB$L_JIB === 0) continue;
    const account = bytesToText(JIB.at(k, job.PCB$L_JIB).JIB$T_ACCOUNT);
    if (account !== accounts.at(-1)) accounts.push(account);
    counts.add(k.sys.SYS$GW_BJOBCNT);
  }
  expect(finished & 1).toBe(1);
  // The first is that of the process which created it.
  expect(accounts).toEqual(['SYSTEM  ', '<batch> ', 'SYSTEM  ']);
  expect([counts.has(1), k.sys.SYS$GW_BJOBCNT]).toEqual([true, 0]);
  expect(text).toContain('P1 FIRST P8 ()');
  // DCL has run LOGINOUT down before its first command, and the names of user mode with it.
  expect(text).toMatch(/name \./);
  expect(text).toMatch(/job BATCH SYSTEM/);
});
