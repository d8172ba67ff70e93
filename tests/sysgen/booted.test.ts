import { beforeAll, describe, expect, test } from 'vitest';
import type { Kernel } from '../../src/executive/kernel.js';
import { PCB } from '../../src/executive/structures/pcb.js';
import { readText } from '../../src/executive/structures/memory.js';
import { Console, systemDisk } from './console.js';

/** What the book says of a system that has just come up, looked for in its memory. */
describe('a booted system', () => {
  let console: Console;
  let k: Kernel;
  beforeAll(() => {
    console = new Console(systemDisk());
    k = console.system.kernel;
  });

  test('ch25#6: every entry of the PCB vector without a process is the null PCB, entry 1 the swapper, entry MAXPROCESSCNT the system PCB', () => {
    const entry = (index: number): number => k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index);
    const count = k.sys.SGN$GW_MAXPRCCT;
    const nobody = k.symbol('SCH$GL_NULLPCB');
    expect(entry(0)).toBe(nobody);
    expect(readText(k, entry(1) + PCB.offset.PCB$T_LNAME + 1, 7)).toBe('SWAPPER');
    expect(entry(count)).toBe(k.symbol('MMG$AL_SYSPCB'));
    const used = Array.from({ length: count }, (_, index) => entry(index)).filter((pcb) => pcb !== nobody);
    expect(used.every((pcb) => PCB.at(k, pcb).PCB$L_PID !== 0)).toBe(true);
    expect(used.length).toBeLessThan(count / 2);
  });

  test('appC#26: MMG$GL_GPTBASE equals MMG$GL_SPTBASE', () => {
    expect(k.sys.MMG$GL_GPTBASE).toBe(k.sys.MMG$GL_SPTBASE);
    expect(k.sys.MMG$GL_SPTBASE).toBeGreaterThan(0x8000_0000);
  });

  test('appF#11: behind the variable pool the lookaside lists of LRPs, IRPs and SRPs, upward', () => {
    const { MMG$GL_NPAGEDYN: pool, IOC$GL_LRPSPLIT: lrp, EXE$GL_SPLITADR: irp, IOC$GL_SRPSPLIT: srp } = k.sys;
    expect([pool, lrp, irp, srp]).toEqual([pool, lrp, irp, srp].sort((one, other) => one - other));
    for (const [list, from, to] of [['IOC$GL_LRPFL', lrp, irp], ['IOC$GL_IRPFL', irp, srp], ['IOC$GL_SRPFL', srp, 0xc000_0000]] as const) {
      const packets = [...k.queueEntries(k.symbol(list))];
      expect(packets.length, list).toBeGreaterThan(0);
      expect(packets.every((packet) => packet >= from && packet < to), list).toBe(true);
    }
  });

  test('appC#22: PAGEDYN is truncated to a page multiple, and the cell holds the truncated value', () => {
    const odd = new Console(systemDisk(), { parameters: { PAGEDYN: 512_100 } });
    expect(odd.system.kernel.sys.SGN$GL_PAGEDYN).toBe(512_000);
    expect(odd.type('MCR SYSGEN SHOW PAGEDYN').at(-1)).toMatch(/^PAGEDYN +512000 /);
  });

  test('ch24#17: the parameters in SYS.EXE are SYSBOOT\'s working values, but those that the boot adjusts', () => {
    const other = new Console(systemDisk(), { parameters: { QUANTUM: 31, MAXSYSGROUP: 12, PQL_DTQELM: 11, TTY_ALTALARM: 50, SAVEDUMP: 1 } });
    const { kernel } = other.system;
    expect([kernel.sys.SCH$GW_QUAN, kernel.sys.EXE$GL_SYSUIC, kernel.readLong(kernel.symbol('PQL$AL_DEFAULT') + 36), kernel.sys.TTY$GW_ALTALARM]).toEqual([31, 12, 11, 50]);
    expect(other.type('WRITE SYS$OUTPUT F$GETSYI("SAVEDUMP")')).toEqual(['1']);
  });
});
