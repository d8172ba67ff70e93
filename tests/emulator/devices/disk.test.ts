import { describe, expect, test } from 'vitest';
import {
  DISK_BAD_BLOCK, DISK_BAD_MAP, DISK_BLOCKS, DISK_BYTES, DISK_CS, DISK_DONE, DISK_ERROR, DISK_GO, DISK_IE, DISK_LBN, DISK_MAP, DISK_NO_UNIT,
  DISK_OFFSET, DISK_OK, DISK_READ, DISK_READY, DISK_STATUS, DISK_STORE_ERROR, DISK_UNIT, DISK_WRITE, DISK_WRITE_LOCKED, DiskController,
  diskControllerPlace, MAP_VALID, type BlockStore,
} from '../../../src/emulator/devices/disk.js';
import { InterruptController } from '../../../src/emulator/interrupts.js';
import { IoSpace } from '../../../src/emulator/io-space.js';

const { base, vector } = diskControllerPlace(0);

/** A controller with one volume of 16 blocks in unit 2, and 64 pages of memory. */
function setUp(): { read(register: number): number; write(register: number, value: number): void; memory: Uint8Array; volume: Uint8Array; interrupts: InterruptController; controller: DiskController; changed: string[] } {
  const memory = new Uint8Array(64 * 512);
  const volume = Uint8Array.from({ length: 16 * 512 }, (_unused, index) => (index >>> 9) * 16 + (index & 15));
  const interrupts = new InterruptController();
  const io = new IoSpace();
  const changed: string[] = [];
  const controller = new DiskController({ io, interrupts, memory: { bytes: memory }, codeChanged: (pa, length) => { changed.push(`${pa}+${length}`); } }, base, vector);
  const store: BlockStore = {
    blocks: 16, read: (lbn, count) => volume.slice(lbn * 512, (lbn + count) * 512), write: (lbn, bytes) => { volume.set(bytes, lbn * 512); },
  };
  controller.attach(2, store);
  return {
    memory, volume, interrupts, controller, changed,
    read: (register) => io.read(base + register, 4, 0), write: (register, value) => { io.write(base + register, 4, value, 0); },
  };
}

function transfer(disk: ReturnType<typeof setUp>, request: { unit?: number; lbn: number; bytes: number; offset?: number; pages: readonly number[]; code: number }): number {
  disk.write(DISK_UNIT, request.unit ?? 2);
  disk.write(DISK_LBN, request.lbn);
  disk.write(DISK_BYTES, request.bytes);
  disk.write(DISK_OFFSET, request.offset ?? 0);
  request.pages.forEach((page, index) => { disk.write(DISK_MAP + 4 * index, (MAP_VALID | page) >>> 0); });
  disk.write(DISK_CS, DISK_GO | DISK_IE | request.code);
  return disk.read(DISK_STATUS);
}

describe('the disk controller', () => {
  test('a read goes to the mapped pages, from an offset, and interrupts at IPL 21', () => {
    const disk = setUp();
    expect(transfer(disk, { lbn: 3, bytes: 700, offset: 500, pages: [9, 4, 20], code: DISK_READ })).toBe(DISK_OK);
    expect([...disk.memory.subarray(9 * 512 + 500, 9 * 512 + 512)]).toEqual([...disk.volume.subarray(3 * 512, 3 * 512 + 12)]);
    expect([...disk.memory.subarray(4 * 512, 5 * 512)]).toEqual([...disk.volume.subarray(3 * 512 + 12, 4 * 512 + 12)]);
    expect(disk.memory[20 * 512 + 176]).toBe(0);
    expect([disk.read(DISK_DONE), disk.read(DISK_CS) & (DISK_READY | DISK_ERROR), disk.interrupts.highest]).toEqual([700, DISK_READY, 21]);
    expect(disk.changed).toEqual([`${9 * 512 + 500}+12`, `${4 * 512}+512`, `${20 * 512}+176`]);
    expect(disk.interrupts.acknowledge()).toBe(vector);
  });

  test('a write fills its last block with zeros', () => {
    const disk = setUp();
    disk.memory.fill(7, 5 * 512, 6 * 512);
    expect(transfer(disk, { lbn: 1, bytes: 100, pages: [5], code: DISK_WRITE })).toBe(DISK_OK);
    expect([disk.volume[512], disk.volume[611], disk.volume[612], disk.volume[1023]]).toEqual([7, 7, 0, 0]);
  });

  test('errors: no volume, blocks beyond the end, pages not mapped, write lock, a store that fails', () => {
    const disk = setUp();
    expect(transfer(disk, { unit: 1, lbn: 0, bytes: 512, pages: [5], code: DISK_READ })).toBe(DISK_NO_UNIT);
    expect(transfer(disk, { lbn: 15, bytes: 513, pages: [5, 6], code: DISK_READ })).toBe(DISK_BAD_BLOCK);
    expect(transfer(disk, { lbn: 0, bytes: 512, pages: [64], code: DISK_READ })).toBe(DISK_BAD_MAP);
    expect(disk.read(DISK_CS) & DISK_ERROR).toBe(DISK_ERROR);
    disk.controller.attach(3, { blocks: 4, read: () => { throw new Error('host'); }, write: () => undefined }, true);
    expect(transfer(disk, { unit: 3, lbn: 0, bytes: 512, pages: [5], code: DISK_WRITE })).toBe(DISK_WRITE_LOCKED);
    expect(transfer(disk, { unit: 3, lbn: 0, bytes: 512, pages: [5], code: DISK_READ })).toBe(DISK_STORE_ERROR);
    expect([disk.read(DISK_DONE), disk.read(DISK_BLOCKS)]).toEqual([0, 4]);
  });
});
