import { describe, expect, test } from 'vitest';
import { executiveVbn } from '../../../src/executive/boot/executive-image.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { checkMemory } from '../../../src/executive/memory/check.js';
import { SHELL_P1_LOW, SHELL_PAGES, SHELL_STACK, SHELL_TABLES } from '../../../src/executive/memory/shell-image.js';
import { removePage } from '../../../src/executive/memory/replace.js';
import { systemPteAddress } from '../../../src/executive/memory/table-references.js';
import { findEntry, systemWorkingSet } from '../../../src/executive/memory/working-set.js';
import { P1_LAYOUT } from '../../../src/executive/structures/p1-layout.js';
import { PHD } from '../../../src/executive/structures/phd.js';
import { PTE$M_PFN, PTE$M_VALID } from '../../../src/executive/structures/pte.js';
import { WCB, WCB$K_LENGTH, WCBMAP } from '../../../src/executive/structures/volume.js';
import { MemoryBlocks } from '../../../src/filesystem/block-io.js';
import { buildSystemDiskInto } from '../../../src/sysgen/system-disk.js';
import { COMMON_IMAGES } from '../../../src/system/images.js';
import { systemFiles } from '../../../src/system/system-files.js';
import { TestSystem, TEST_TIME } from '../../harness.js';
import { Console } from '../../sysgen/console.js';
import { create, sleeper, stepUntil, type Pcb } from './support.js';

/** SHELL, the swap image that every process begins as (book 20.2). */

const PAGE = 512;
const area = (label: string): (typeof P1_LAYOUT)[number] => P1_LAYOUT.find((each) => each.label === label)!;
const shellPage = (k: Kernel, page: number): number => k.symbol('SWP$GL_SHELLBAS') + page * PAGE;

/** A process as the swapper has just brought it in: it has not run yet. @param before  called when it is about to be created */
function newProcess(before: (k: Kernel) => void = () => undefined): { system: TestSystem; pcb: Pcb; pte: (address: number) => number } {
  let isWanted = false;
  const system = new TestSystem({ programs: { SLEEPER: sleeper, SYSINIT: function* (p) {
    before(p.kernel);
    isWanted = true;
    yield* create(p, { name: 'NEW' });
    return yield* sleeper(p);
  } } });
  const { k } = system;
  stepUntil(system, () => isWanted && system.process('NEW')?.PCB$V_RES === 1);
  const pcb = system.process('NEW')!;
  const phd = PHD.at(k, pcb.PCB$L_PHD);
  return { system, pcb, pte: (address) => k.readLong((phd.PHD$L_P1BR + 4 * ((address & 0x3fffffff) >>> 9)) >>> 0) };
}

const bytesOf = (k: Kernel, pte: number): Uint8Array => k.machine.memory.bytes.slice((pte & PTE$M_PFN) * PAGE, ((pte & PTE$M_PFN) + 1) * PAGE);

describe('a process made from SHELL', () => {
  test('ch01#26: its P1 page table is a copy of the prototype; who changes the prototype changes the processes to come', () => {
    const common = area('CTL$A_COMMON').base;
    const inShell = (k: Kernel, address: number): number => shellPage(k, SHELL_TABLES) + 4 * ((address - SHELL_P1_LOW) / PAGE);
    const { system, pte } = newProcess((k) => {
      // Not user mode's any more: UREW instead of UW. The pages of SYS.EXE may only be read.
      const at = systemPteAddress(k, inShell(k, common));
      const entry = k.readLong(at);
      k.machine.memory.view.setUint32((entry & PTE$M_PFN) * PAGE + (inShell(k, common) & (PAGE - 1)), (k.readLong(inShell(k, common)) & 0x07ffffff) | (0xd << 27), true);
    });
    const { k } = system;
    expect(pte(common) >>> 27).toBe(0xd);
    expect(pte(common + PAGE) >>> 27).toBe(4);
    let compared = 0;
    for (let address = SHELL_P1_LOW; address < 0x80000000; address += PAGE) {
      const prototype = k.readLong(inShell(k, address));
      // Pages that are there have frames of their own; the vectors are the system's.
      if (address >= area('P1SYSVECTORS').base && address < area('P1SYSVECTORS').base + 5 * PAGE) continue;
      expect(pte(address) & ~((prototype & PTE$M_VALID) !== 0 ? PTE$M_PFN : 0)).toBe(prototype | 0);
      compared += 1;
    }
    expect(compared).toBe(251);
  });

  test('ch20#31: two of its kernel stack pages hold the code of SHELL that has made it, the last one is zero', () => {
    const { system, pte } = newProcess();
    const { k } = system;
    const stack = area('CTL$GL_KSTKBAS').base;
    for (const page of [0, 1]) expect(bytesOf(k, pte(stack + page * PAGE))).toEqual(k.readBytes(shellPage(k, SHELL_STACK + page), PAGE));
    expect(k.readByte(k.symbol('SWP$SHELINIT'))).toBe(0x17);                     // JMP
    expect(k.symbol('SWP$SHELINIT') >>> 9).toBe(shellPage(k, SHELL_STACK) >>> 9);
    expect(bytesOf(k, pte(stack + 2 * PAGE)).every((byte) => byte === 0)).toBe(true);
    system.runUntilIdle(1);
    expect(system.checkBooks()).toEqual([]);
  });
});

/** A system disk that notes what is read from it. */
class Disk extends MemoryBlocks {
  readonly reads: string[] = [];
  override read(lbn: number, count: number): Uint8Array {
    this.reads.push(`${lbn}+${count}`);
    return super.read(lbn, count);
  }
}

test('ch20#30: unless all pages of SHELL are valid the swapper reads the seven of them from SYS.EXE; if they are it copies them', () => {
  const disk = new Disk(8000);
  buildSystemDiskInto(disk, systemFiles(COMMON_IMAGES, {}), { date: TEST_TIME, dumpFileBlocks: 4, pageFileBlocks: 0 });
  const console = new Console(disk);
  const k = console.system.kernel;
  const window = WCB.at(k, k.readLong(k.symbol('EXE$GL_SYSWCBFL')));
  const lbn = WCBMAP.at(k, window.address + WCB$K_LENGTH).WCB$L_P1_LBN + executiveVbn(k.symbol('SWP$GL_SHELLBAS')) - 1;
  const valid = (page: number): number => k.readLong(systemPteAddress(k, shellPage(k, page))) >>> 31;
  const isRead = (): boolean => {
    disk.reads.length = 0;
    expect(console.type('SPAWN/NOLOG WRITE SYS$OUTPUT "made"')).toEqual(['made']);
    return disk.reads.includes(`${lbn}+${SHELL_PAGES}`);
  };
  expect(disk.bytes.slice((lbn + SHELL_STACK) * PAGE)[0]).toBe(0x17);
  expect([valid(0), isRead()]).toEqual([0, true]);
  // A reader brings in all but one of them; then that one too.
  for (let page = 1; page < SHELL_PAGES; page += 1) k.readByte(shellPage(k, page));
  const ws = systemWorkingSet(k);
  if (valid(0) !== 0) removePage(k, ws, findEntry(k, ws.phd, shellPage(k, 0))!);
  expect([valid(0), valid(1), valid(SHELL_PAGES - 1), isRead()]).toEqual([0, 1, 1, true]);
  k.readByte(shellPage(k, 0));
  expect([valid(0), isRead()]).toEqual([1, false]);
  removePage(k, ws, findEntry(k, ws.phd, shellPage(k, 3))!);
  expect([valid(3), isRead()]).toEqual([0, true]);
  expect(checkMemory(k, (name) => k.symbol(name))).toEqual([]);
});
