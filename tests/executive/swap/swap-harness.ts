import { DiskController, diskControllerPlace, type BlockStore } from '../../../src/emulator/devices/disk.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { MMG$ALLOCPFN, MMG$DELPFN } from '../../../src/executive/memory/page-lists.js';
import { installPageFile } from '../../../src/executive/memory/page-file.js';
import { allocateBlock } from '../../../src/executive/pool/typed.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { DYN$C_WCB } from '../../../src/executive/structures/dyn.js';
import { readCounted } from '../../../src/executive/structures/memory.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { WCB, WCB$K_LENGTH } from '../../../src/executive/structures/volume.js';
import { fileSystemImage } from '../../../src/filesystem/index.js';
import { TestSystem, type Program } from '../../harness.js';
import { unitNamed } from '../io/io-harness.js';

/** A disk in the host's memory that counts what is asked of it. */
export class Store implements BlockStore {
  readonly bytes: Uint8Array;
  readonly transfers: string[] = [];
  /** Called before a transfer; a throw is an error of the disk. */
  before: (what: string, lbn: number, count: number) => void = () => undefined;
  constructor(readonly blocks: number) { this.bytes = new Uint8Array(blocks * 512); }
  read(lbn: number, count: number): Uint8Array {
    this.before('R', lbn, count);
    this.transfers.push(`R${lbn}+${count}`);
    return this.bytes.slice(lbn * 512, (lbn + count) * 512);
  }
  write(lbn: number, bytes: Uint8Array): void {
    this.before('W', lbn, bytes.length / 512);
    this.transfers.push(`W${lbn}+${bytes.length / 512}`);
    this.bytes.set(bytes, lbn * 512);
  }
}

export interface SwapOptions {
  readonly programs: Readonly<Record<string, Program>>;
  /** Blocks of the swap file, at LBN 0; 0 for none. */
  readonly swapBlocks?: number;
  /** Blocks of the page file, behind it. */
  readonly pageBlocks?: number;
  readonly parameters?: Readonly<Record<string, number>>;
  readonly memoryMegabytes?: number;
  /** A volume for DUA1, and the file system for it. */
  readonly volume?: BlockStore;
}

export interface SwapSystem {
  readonly system: TestSystem;
  readonly store: Store;
  /** Frames that were taken away from the system. */
  readonly hogged: number[];
}

/**
 * A system whose first process waits until swap and page file are there; then it runs the program START. Files are extents of a disk, with
 * windows made by hand.
 */
export function bootSwapping({ programs, swapBlocks = 8000, pageBlocks = 8000, parameters, memoryMegabytes, volume }: SwapOptions): SwapSystem {
  const store = new Store(swapBlocks + pageBlocks);
  const system = new TestSystem({
    programs: {
      ...programs,
      SYSINIT: function* (p) {
        yield* service(p, '$HIBER', {});
        if (programs['START']) yield* programs['START'](p);
        for (;;) yield* service(p, '$HIBER', {});
      },
    },
    ...(parameters ? { parameters } : {}), ...(memoryMegabytes === undefined ? {} : { memoryMegabytes }),
    attach: (machine) => {
      const { base, vector } = diskControllerPlace(0);
      const controller = new DiskController(machine, base, vector);
      controller.attach(0, store);
      controller.attach(1, volume);
    },
    ...(volume ? { systemImages: [fileSystemImage([])] } : {}),
  });
  system.runUntilIdle(1);
  const { k } = system;
  if (swapBlocks > 0) installPageFile(k, 1, extentWindow(system, 0, swapBlocks), swapBlocks);
  if (pageBlocks > 0) installPageFile(k, k.sys.SGN$GW_SWPFILES + 1, extentWindow(system, swapBlocks, pageBlocks), pageBlocks);
  SCH$WAKE(k, system.process('SYSINIT')!.address);
  return { system, store, hogged: [] };
}

/** A window that maps `blocks` blocks of DUA0 from `lbn`. */
function extentWindow(system: TestSystem, lbn: number, blocks: number): number {
  const { k } = system;
  const address = allocateBlock(k, WCB$K_LENGTH + 6, DYN$C_WCB);
  const wcb = WCB.at(k, address);
  wcb.WCB$L_ORGUCB = unitNamed(k, 'DUA0').address;
  wcb.WCB$W_NMAP = 1;
  wcb.WCB$L_STVBN = 1;
  wcb.WCB$V_CATHEDRAL = 1;
  k.writeWord(address + WCB$K_LENGTH, blocks);
  k.writeLong(address + WCB$K_LENGTH + 2, lbn);
  return address;
}

/** Takes frames away until the free list has `left`. */
export function hog({ system, hogged }: SwapSystem, left: number): void {
  while (system.k.sys.SCH$GL_FREECNT > left) hogged.push(MMG$ALLOCPFN(system.k));
}

export function processes(system: TestSystem): ReturnType<typeof PCB.at>[] {
  const { k } = system;
  const found: ReturnType<typeof PCB.at>[] = [];
  for (let index = 2; index <= k.sys.SCH$GL_MAXPIX; index += 1) {
    const address = k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index);
    if (address !== k.symbol('SCH$GL_NULLPCB')) found.push(PCB.at(k, address));
  }
  return found;
}

/** Runs in small steps until `condition` holds. */
export function runUntil({ system }: SwapSystem, condition: () => boolean, most = 200_000, step = 10): void {
  const { machine } = system.system;
  for (let left = most; !condition(); left -= 1) {
    if (left === 0) throw new Error(`it never came to that\n${system.console}`);
    const stop = machine.run(step);
    if (stop.kind === 'halt') throw new Error(`halted\n${system.console}`);
    if (stop.kind === 'idle') system.clock.advance(Math.min(system.system.untilNextTimer() ?? 1_000_000, 1_000_000));
  }
}

/** Gives back the frames that were taken away. */
export function unhog({ system, hogged }: SwapSystem): void {
  for (const pfn of hogged.splice(0)) MMG$DELPFN(system.k, pfn);
}

export const PATTERN_PAGES = 12;

/** A program that fills pages of its own with a pattern and sleeps; each time it is woken it looks at them and notes how many are right. */
export function sleeper(seen: string[]): Program {
  return function* (p) {
    const number = Number(readCounted(p.kernel, p.kernel.pcb.address + PCB.offset.PCB$T_LNAME).slice(1));
    const range = p.allocate(8);
    yield* service(p, '$EXPREG', { pagcnt: PATTERN_PAGES, retadr: range });
    const low = p.memory.readLong(range);
    for (let page = 0; page < PATTERN_PAGES; page += 1) p.memory.writeLong(low + page * 512, number * 1000 + page);
    for (;;) {
      yield* service(p, '$HIBER', {});
      let good = 0;
      for (let page = 0; page < PATTERN_PAGES; page += 1) if (p.memory.readLong(low + page * 512) === number * 1000 + page) good += 1;
      seen.push(`${number}:${good}`);
    }
  };
}

export interface Sleepers extends SwapSystem {
  /** S1, S2 ... */
  readonly pcbs: readonly ReturnType<typeof PCB.at>[];
  readonly seen: string[];
}

/** A system with processes S1, S2 ... that hibernate. @param priorities  of each, external */
export function bootSleepers(priorities: readonly number[], options: Omit<SwapOptions, 'programs'> = {}): Sleepers {
  const seen: string[] = [];
  const swap = bootSwapping({
    ...options,
    programs: {
      SLEEP: sleeper(seen),
      START: function* (p) {
        for (const [index, priority] of priorities.entries()) {
          yield* service(p, '$CREPRC', { image: p.string('SYS$SYSTEM:SLEEP'), prcnam: p.string(`S${index + 1}`), uic: 0x00010004, baspri: priority });
        }
        return 1;
      },
    },
  });
  swap.system.runUntilIdle(3);
  return { ...swap, seen, pcbs: priorities.map((_unused, index) => swap.system.process(`S${index + 1}`)!) };
}

/** Has the body of one process swapped out, its header not yet; nobody else goes. */
export function swapBodyOut(swap: Sleepers, pcb: Sleepers['pcbs'][number]): void {
  const { k } = swap.system;
  const others = swap.pcbs.filter((other) => other.address !== pcb.address && other.PCB$V_PSWAPM === 0);
  for (const other of others) other.PCB$V_PSWAPM = 1;
  // What shrinking gives would do.
  const disabled = swap.pcbs.filter((other) => other.PCB$V_DISAWS === 0);
  for (const other of disabled) other.PCB$V_DISAWS = 1;
  hog(swap, k.sys.SCH$GL_FREELIM - 1);
  SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
  runUntil(swap, () => pcb.PCB$V_RES === 0 && k.sys.SCH$V_SIP === 0);
  unhog(swap);
  for (const other of others) other.PCB$V_PSWAPM = 0;
  for (const other of disabled) other.PCB$V_DISAWS = 0;
  swap.system.runUntilIdle(0);
}

/** The same, and the header too. */
export function swapOut(swap: Sleepers, pcb: Sleepers['pcbs'][number]): void {
  const { k } = swap.system;
  swapBodyOut(swap, pcb);
  for (const other of swap.pcbs) other.PCB$V_PSWAPM = 1;
  hog(swap, k.sys.SCH$GL_FREELIM - 1);
  SCH$WAKE(k, k.symbol('SCH$GL_SWPPCB'));
  runUntil(swap, () => pcb.PCB$V_PHDRES === 0 && k.sys.SCH$V_SIP === 0);
  unhog(swap);
  for (const other of swap.pcbs) other.PCB$V_PSWAPM = 0;
  swap.system.runUntilIdle(0);
}

/** Wakes a process and runs until it sleeps again. */
export function wake(swap: Sleepers, pcb: Sleepers['pcbs'][number], seconds = 3): void {
  SCH$WAKE(swap.system.k, pcb.address);
  swap.system.runUntilIdle(seconds, 5_000_000);
}
