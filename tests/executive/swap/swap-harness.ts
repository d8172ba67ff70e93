import { DiskController, diskControllerPlace, type BlockStore } from '../../../src/emulator/devices/disk.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { MMG$ALLOCPFN } from '../../../src/executive/memory/page-lists.js';
import { installPageFile } from '../../../src/executive/memory/page-file.js';
import { allocateBlock } from '../../../src/executive/pool/typed.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { DYN$C_WCB } from '../../../src/executive/structures/dyn.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { WCB, WCB$K_LENGTH } from '../../../src/executive/structures/volume.js';
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
export function bootSwapping({ programs, swapBlocks = 8000, pageBlocks = 8000, parameters, memoryMegabytes }: SwapOptions): SwapSystem {
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
      new DiskController(machine, base, vector).attach(0, store);
    },
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
