import { describe, expect, test } from 'vitest';
import { MediumError } from '../../src/emulator/devices/disk.js';
import { findUnit } from '../../src/executive/io/device-names.js';
import { DISKUCB } from '../../src/executive/structures/ucb.js';
import { FCB, VCB } from '../../src/executive/structures/volume.js';
import { FCH$M_BADBLOCK } from '../../src/filesystem/atr.js';
import { suspects } from '../../src/filesystem/bad-blocks.js';
import { immediateIo, MemoryBlocks, runNow } from '../../src/filesystem/block-io.js';
import { fileIdAt } from '../../src/filesystem/file-id.js';
import { initializeVolume } from '../../src/filesystem/initialize.js';
import { FID$C_BADBLK, headerOf } from '../../src/filesystem/on-disk.js';
import { verifyVolume } from '../../src/filesystem/verify.js';
import { chainMap, openVolume, type Volume } from '../../src/filesystem/volume.js';
import { locate, type Extent } from '../../src/filesystem/retrieval.js';
import { TEST_TIME } from '../harness.js';
import { VolumeSystem } from '../utilities/volumes.js';

/** A disk of which some blocks can be made bad. */
class WearingDisk extends MemoryBlocks {
  readonly bad = new Set<number>();
  private check(lbn: number, count: number): void {
    for (let at = lbn; at < lbn + count; at += 1) if (this.bad.has(at)) throw new MediumError(at);
  }
  override read(lbn: number, count: number): Uint8Array {
    this.check(lbn, count);
    return super.read(lbn, count);
  }
  override write(lbn: number, bytes: Uint8Array): void {
    this.check(lbn, bytes.length / 512);
    super.write(lbn, bytes);
  }
}

const CLUSTER = 3;

function worn(): { store: WearingDisk; at: VolumeSystem; volume: () => Volume } {
  const store = new WearingDisk(4000);
  initializeVolume(store, { label: 'WORN', date: TEST_TIME, cluster: CLUSTER });
  const at = new VolumeSystem([store]);
  at.lines('MOUNT DUA1: WORN');
  at.lines('CREATE/DIRECTORY DUA1:[A]');
  at.lines('COPY SYS$HELP:HELPLIB.HLB DUA1:[A]F.DAT');
  return { store, at, volume: () => runNow(openVolume(immediateIo(store))) };
}

function fileNamed(volume: Volume, name: string): { header: Uint8Array; map: Extent[]; number: number } | undefined {
  for (let number = 10; number <= 16; number += 1) {
    const block = runNow(volume.io.read(runNow(volume.headerLbn(number)), 1));
    const id = fileIdAt(block, 8);
    if (id.number === number && String.fromCharCode(...block.slice(80, 100)).startsWith(name)) {
      return { header: block, map: chainMap(runNow(volume.readChain(id))), number };
    }
  }
  return undefined;
}

const badFile = (volume: Volume): Extent[] => chainMap(runNow(volume.readChain({ number: FID$C_BADBLK, sequence: FID$C_BADBLK, rvn: 0 })));

describe('dynamic bad blocks', () => {
  test('ch19#4: a failed virtual transfer is logged in BADLOG.SYS and sets a bit in the FCB, closing takes it to the header, deletion tests the blocks and gives the cluster to BADBLK.SYS', () => {
    const { store, at, volume } = worn();
    const { map, number } = fileNamed(volume(), 'F.DAT')!;
    const { lbn } = locate(map, 40)!;
    store.bad.add(lbn);
    expect(at.lines('COPY DUA1:[A]F.DAT NL:').join()).toContain('PARITY');
    expect(runNow(suspects(volume()))).toEqual([{ id: expect.objectContaining({ number }), vbn: 40, lbn, isRead: true }]);
    // The file was closed when the image ended.
    expect(headerOf(fileNamed(volume(), 'F.DAT')!.header).FH2$L_FILECHAR & FCH$M_BADBLOCK).toBe(FCH$M_BADBLOCK);
    expect(badFile(volume())).toEqual([]);

    at.lines('OPEN/READ FILE DUA1:[A]F.DAT');
    at.lines('SET NOON');
    const { k } = at.system;
    const vcb = DISKUCB.at(k, findUnit(k, 'DUA1')).UCB$L_VCB;
    const fcb = [...k.queueEntries(vcb + VCB.offset.VCB$L_FCBFL)].map((address) => FCB.at(k, address)).find(({ FCB$T_FID: fid }) => fileIdAt(fid).number === number)!;
    expect(fcb.FCB$V_BADBLK).toBe(0);
    at.lines('SEARCH DUA1:[A]F.DAT "no such text anywhere"');
    expect(fcb.FCB$V_BADBLK).toBe(1);
    at.lines('CLOSE FILE');

    const free = VCB.at(k, vcb).VCB$L_FREE;
    expect(at.lines('DELETE DUA1:[A]F.DAT;')).toEqual([]);
    at.system.run(30);
    expect(badFile(volume())).toEqual([{ lbn: Math.floor(lbn / CLUSTER) * CLUSTER, count: CLUSTER }]);
    expect(runNow(suspects(volume()))).toEqual([]);
    expect(fileNamed(volume(), 'F.DAT')).toBeUndefined();
    const blocks = map.reduce((sum, { count }) => sum + count, 0);
    expect(VCB.at(k, vcb).VCB$L_FREE - free).toBe(blocks - CLUSTER);
    store.bad.clear();
    expect(verifyVolume(store)).toEqual([]);
  });

  test('ch19#5: errors of logical transfers are logged nowhere', () => {
    const { store, at, volume } = worn();
    store.bad.add(volume().parameters.sbmapLbn);
    expect(at.lines('ANALYZE/DISK_STRUCTURE DUA1:').join()).toMatch(/PARITY|parity/);
    at.system.run(1);
    store.bad.clear();
    expect([runNow(suspects(volume())), badFile(volume())]).toEqual([[], []]);
  });
});
