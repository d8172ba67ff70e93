import { mkdtempSync, renameSync, rmSync, copyFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { DiskFile } from '../../src/console/disk-file.js';
import { findUnit } from '../../src/executive/io/device-names.js';
import { DISKUCB } from '../../src/executive/structures/ucb.js';
import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { VolumeSystem, labelled } from './volumes.js';

/** A disk whose drive can be switched off, and whose pack can be changed. */
class Drive extends MemoryBlocks {
  isOn = true;
  pack: MemoryBlocks;

  constructor(first: MemoryBlocks) {
    super(first.blocks);
    this.pack = first;
  }

  isReady(): boolean { return this.isOn; }
  override read(lbn: number, count: number): Uint8Array { return this.pack.read(lbn, count); }
  override write(lbn: number, bytes: Uint8Array): void { this.pack.write(lbn, bytes); }
}

const unitState = (disk: VolumeSystem): number[] => {
  const ucb = DISKUCB.at(disk.system.k, findUnit(disk.system.k, 'DUA1'));
  return [ucb.UCB$V_MNTVERIP, ucb.UCB$V_VALID];
};

describe('mount verification', () => {
  test('a disk that goes off line stalls its requests; when it is back, nothing has been lost; the operator hears of both', { timeout: 120_000 }, () => {
    const drive = new Drive(labelled('PACK'));
    const disk = new VolumeSystem([drive]);
    disk.lines('MOUNT DUA1: PACK');
    disk.lines('CREATE/DIRECTORY DUA1:[D]');
    drive.isOn = false;
    const from = disk.system.text.length;
    disk.system.keys('COPY SYS$SYSTEM:STARTUP.COM DUA1:[D]A.COM\r');
    disk.system.run(10);
    const stalled = disk.system.text.slice(from);
    expect(stalled).toMatch(/OPCOM[^]*Device DUA1: is offline\.\r\nMount verification in progress\./);
    expect(stalled).not.toMatch(/%COPY|\$ $/);
    expect(unitState(disk)).toEqual([1, 1]);
    drive.isOn = true;
    disk.system.run(5);
    expect(disk.system.text.slice(from)).toContain('Device DUA1: has completed mount verification.');
    expect(unitState(disk)).toEqual([0, 1]);
    expect(disk.lines('DIFFERENCES DUA1:[D]A.COM SYS$SYSTEM:STARTUP.COM')[0]).toBe('Number of difference sections found: 0');
  });

  test('with /NOMOUNT_VERIFICATION requests fail at once', { timeout: 120_000 }, () => {
    const drive = new Drive(labelled('PACK'));
    const disk = new VolumeSystem([drive]);
    disk.lines('MOUNT/NOMOUNT_VERIFICATION DUA1: PACK');
    drive.isOn = false;
    expect(disk.lines('CREATE/DIRECTORY DUA1:[D]').join()).toMatch(/MEDOFL/);
    expect(unitState(disk)[0]).toBe(0);
  });

  test('another volume in the drive is not written to; the right one again is', { timeout: 120_000 }, () => {
    const [right, wrong] = [labelled('RIGHT'), labelled('WRONG')];
    const drive = new Drive(right);
    const disk = new VolumeSystem([drive]);
    disk.lines('MOUNT DUA1: RIGHT');
    drive.isOn = false;
    const before = wrong.bytes.slice();
    disk.system.keys('CREATE/DIRECTORY DUA1:[D]\r');
    drive.pack = wrong;
    drive.isOn = true;
    disk.system.run(10);
    expect(disk.system.text).toContain('Device DUA1: contains the wrong volume.');
    expect(wrong.bytes).toEqual(before);
    drive.pack = right;
    disk.system.run(5);
    expect(disk.system.text).toContain('has completed mount verification.');
    expect(disk.lines('DIRECTORY/NOHEADER/NOTRAILING DUA1:[000000]D.DIR')).toEqual(['D.DIR;1']);
  });

  test('after MVTIMEOUT seconds the volume is given up: its requests fail until it is mounted anew', { timeout: 120_000 }, () => {
    const drive = new Drive(labelled('GONE'));
    const disk = new VolumeSystem([drive]);
    disk.lines('MOUNT DUA1: GONE');
    disk.system.k.sys.IOC$GW_MVTIMEOUT = 20;
    drive.isOn = false;
    disk.system.keys('CREATE/DIRECTORY DUA1:[D]\r');
    disk.system.run(40);
    expect(disk.system.text).toContain('Device DUA1: has aborted mount verification.');
    expect(disk.system.text).toMatch(/volume is not software enabled/i);
    expect(unitState(disk)).toEqual([0, 0]);
    drive.isOn = true;
    expect(disk.lines('DIRECTORY DUA1:[000000]').join(' ')).toMatch(/VOLINV/);
    disk.lines('DISMOUNT DUA1:');
    // Nothing could be written to it when it was dismounted.
    expect(disk.lines('MOUNT DUA1: GONE')).toEqual(['%MOUNT-I-MOUNTED, GONE mounted on _DUA1:', '%MOUNT-I-REBUILD, volume was improperly dismounted; rebuild in progress']);
    expect(unitState(disk)).toEqual([0, 1]);
    expect(disk.lines('CREATE/DIRECTORY DUA1:[D]')).toEqual([]);
  });
});

describe('an image file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'starlet-image-'));
  afterAll(() => { rmSync(directory, { recursive: true, force: true }); });

  test('that is removed is not ready; back, it is; another in its place is said once and then used', () => {
    const [path, away] = [join(directory, 'a.dsk'), join(directory, 'b.dsk')];
    writeFileSync(path, new Uint8Array(5 * 512).fill(1));
    const file = new DiskFile(path);
    expect(file.isReady()).toBe(true);
    renameSync(path, away);
    expect([file.isReady(), file.isReady()]).toEqual([false, false]);
    renameSync(away, path);
    expect(file.isReady()).toBe(true);
    renameSync(path, away);
    writeFileSync(path, new Uint8Array(7 * 512).fill(2));
    expect([file.isReady(), file.isReady(), file.blocks, file.read(0, 1)[0]]).toEqual([false, true, 7, 2]);
    copyFileSync(away, path);
    expect([file.isReady(), file.read(0, 1)[0]]).toEqual([true, 1]);
    file.close();
  });
});
