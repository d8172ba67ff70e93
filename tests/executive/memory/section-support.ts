import { expect, vi } from 'vitest';
import { diskControllerPlace } from '../../../src/emulator/devices/disk.js';
import { VaxFault } from '../../../src/emulator/fault.js';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { IO$M_ACCESS, IO$M_CREATE, IO$_CREATE, IO$_WRITEVBLK } from '../../../src/executive/starlet/iodef.js';
import { SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { JIB } from '../../../src/executive/structures/jib.js';
import { PHD } from '../../../src/executive/structures/phd.js';
import { MemoryBlocks } from '../../../src/filesystem/block-io.js';
import { FIB$M_EXTEND, FIB$M_WRITE } from '../../../src/filesystem/fib.js';
import { mountVolume } from '../../../src/filesystem/index.js';
import { initializeVolume } from '../../../src/filesystem/initialize.js';
import { assign, fileFunction, fileSystem, MFD, virtualBlocks } from '../../filesystem/acp.js';
import { TEST_TIME, type Program, type TestSystem } from '../../harness.js';

export const PAGE = 512;

/** Runs `body` in the first process of a system with an empty disk DUA0 mounted; other programs can be created as processes. The books must balance. */
export function withDisk(body: (p: Procedure) => Flow<void>, others: Readonly<Record<string, Program>> = {}, parameters?: Readonly<Record<string, number>>): TestSystem {
  const store = new MemoryBlocks(3000);
  initializeVolume(store, { label: 'TESTDISK', date: TEST_TIME });
  let finished = false;
  const system = fileSystem({
    SYSINIT: function* (p) {
      expect(yield* mountVolume(p, 'DUA0:')).toBe(SS$_NORMAL);
      yield* body(p);
      finished = true;
      for (;;) yield* service(p, '$HIBER', {});
    },
    ...others,
  }, store, [], parameters);
  system.runUntilIdle(20);
  expect(finished).toBe(true);
  expect(system.checkBooks()).toEqual([]);
  return system;
}

/** First longword of block `vbn` of a test file. */
export const blockMark = (vbn: number): number => (0x5ec0_0000 + vbn) >>> 0;

/** A new file of `blocks` blocks, open on a channel: each begins with its mark. */
export function* markedFile(p: Procedure, name: string, blocks: number, device = 'DUA0:'): Flow<number> {
  const chan = yield* assign(p, device);
  const made = yield* fileFunction(p, chan, IO$_CREATE | IO$M_CREATE | IO$M_ACCESS, { did: MFD, name, accessControl: FIB$M_WRITE, extendControl: FIB$M_EXTEND, size: blocks });
  expect(made.status).toBe(SS$_NORMAL);
  yield* p.scratch(function* () {
    const buffer = p.allocate(blocks * PAGE);
    for (let block = 0; block < blocks; block += 1) p.memory.writeLong(buffer + block * PAGE, blockMark(block + 1));
    return yield* virtualBlocks(p, chan, IO$_WRITEVBLK, buffer, blocks * PAGE, 1);
  });
  return chan;
}

/** Two longwords of scratch memory. */
export function pair(p: Procedure, first: number, second: number): number {
  const at = p.allocate(8);
  p.memory.writeLong(at, first);
  p.memory.writeLong(at + 4, second);
  return at;
}

export const longs = (p: Procedure, at: number): [number, number] => [p.memory.readLong(at), p.memory.readLong(at + 4)];

export function header(k: Kernel): ReturnType<typeof PHD.at> {
  return PHD.at(k, k.pcb.PCB$L_PHD);
}

export function quotaLeft(k: Kernel): number {
  return JIB.at(k, k.pcb.PCB$L_JIB).JIB$L_PGFLCNT;
}

/** Whether the page at `address` cannot be touched in the current mode. */
export function isInaccessible(p: Procedure, address: number): boolean {
  try {
    p.memory.readByte(address);
    return false;
  } catch (error) {
    if (error instanceof VaxFault) return true;
    throw error;
  }
}

/** DUA0, which is done at once, takes its time: its interrupts come when they are let go. @returns what lets them go */
export function slowDisk(k: Kernel): () => void {
  const { interrupts } = k.machine;
  const request = interrupts.request.bind(interrupts);
  const kept: [number, number][] = [];
  const spy = vi.spyOn(interrupts, 'request').mockImplementation((vector, ipl) => {
    if (vector === diskControllerPlace(0).vector) kept.push([vector, ipl]);
    else request(vector, ipl);
  });
  return () => {
    spy.mockRestore();
    for (const [vector, ipl] of kept.splice(0)) request(vector, ipl);
  };
}
