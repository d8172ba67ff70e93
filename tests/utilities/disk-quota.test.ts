import { describe, expect, test } from 'vitest';
import { checkPool } from '../../src/executive/pool/check.js';
import { verifyVolume } from '../../src/filesystem/verify.js';
import { labelled, VolumeSystem } from './volumes.js';

/** Usage, quota and overdraft of a UIC as DISKQUOTA shows them. */
function entry(at: VolumeSystem, uic: string): number[] {
  const line = at.lines(`DQ SHOW ${uic}`).find((text) => /^\[/.test(text)) ?? '';
  return line.split(/\s+/).slice(1).map(Number);
}

describe('disk quotas', () => {
  test('create, charge, refuse, overdraft, another owner, remove, dismount and mount', () => {
    const store = labelled('QUOTAS', 3000);
    const at = new VolumeSystem([store]);
    at.lines('DQ := $DISKQUOTA');
    at.lines('MOUNT/SYSTEM DUA1: QUOTAS');
    // What SYSTEM makes belongs to the owner of the directory.
    at.lines('SET DEFAULT DUA1:[B]');
    at.lines('CREATE/DIRECTORY/OWNER=[100,1] DUA1:[A]');
    at.lines('CREATE/DIRECTORY/OWNER=[1,4] DUA1:[B]');
    expect(at.lines('SHOW QUOTA')).toEqual(['%SYSTEM-F-QFNOTACT, disk quotas not enabled on this volume']);
    expect(at.lines('DQ CREATE')).toEqual([]);
    expect(at.lines('DQ CREATE').join()).toContain('DISKQ');
    expect(entry(at, '[0,0]').slice(1)).toEqual([1000, 100]);
    // The directory: a header and a block.
    expect(entry(at, '[100,1]')).toEqual([2, 1000, 100]);
    expect(at.lines('DQ MODIFY [100,1]/PERMQUOTA=10/OVERDRAFT=5')).toEqual([]);
    expect(at.lines('DQ ADD [100,2]/PERM=6')).toEqual([]);
    expect(at.lines('DQ ADD [100,2]')[0]).toContain('DUPDSKQUOTA');
    expect(at.lines('DQ SHOW [100,*]').length).toBe(3);

    // A file of 4 blocks and its header.
    const before = entry(at, '[1,4]')[0]!;
    at.lines('COPY/ALLOCATION=4 NL: F.DAT');
    expect(entry(at, '[1,4]')[0]).toBe(before + 5);
    at.lines('SET FILE/OWNER=[100,1] F.DAT');
    expect([entry(at, '[1,4]')[0], entry(at, '[100,1]')[0]]).toEqual([before, 7]);
    // From here on without EXQUOTA.
    at.lines('SET PROCESS/PRIVILEGES=(NOEXQUOTA)');
    at.lines('COPY/ALLOCATION=9 NL: BIG.DAT');
    expect(at.lines('SET FILE/OWNER=[100,1] BIG.DAT').join()).toMatch(/EXDISKQUOTA/);
    expect(entry(at, '[100,1]')[0]).toBe(7);
    at.lines('DELETE F.DAT;,BIG.DAT;');
    expect([entry(at, '[1,4]')[0], entry(at, '[100,1]')[0]]).toEqual([before, 2]);

    // New files up to the quota, an extension up to the overdraft.
    at.lines(`DQ MODIFY [1,4]/PERMQUOTA=${before + 8}/OVERDRAFT=6`);
    expect(at.lines('COPY/ALLOCATION=20 NL: MUCH.DAT').join()).toMatch(/EXDISKQUOTA/);
    expect(entry(at, '[1,4]')[0]).toBe(before);
    expect(at.lines('DIRECTORY DUA1:[B]').join()).toContain('no files found');
    expect(at.lines('COPY/ALLOCATION=7 NL: E.DAT')).toEqual([]);
    expect(at.lines('SHOW QUOTA')).toEqual([`  User [SYSTEM] has ${before + 8} blocks used, 0 available,`, `  of ${before + 8} authorized and permitted overdraft of 6 blocks on DUA1`]);
    expect(at.lines('COPY/ALLOCATION=1 NL: G.DAT').join()).toMatch(/EXDISKQUOTA/);
    expect(at.lines('SET FILE/EXTENSION=3 E.DAT')).toEqual([]);
    at.lines('DELETE E.DAT;');
    at.lines('SET PROCESS/PRIVILEGES=EXQUOTA');

    expect(at.lines('DQ REMOVE [100,2]')).toEqual([]);
    expect(at.lines('SHOW QUOTA/USER=[100,2]')).toEqual(['%SYSTEM-F-NODISKQUOTA, no disk quota entry for this UIC']);
    at.lines('DISMOUNT DUA1:');
    expect(verifyVolume(store)).toEqual([]);
    at.lines('MOUNT/SYSTEM/NOQUOTA DUA1: QUOTAS');
    expect(at.lines('SHOW QUOTA').join()).toContain('QFNOTACT');
    at.lines('DISMOUNT DUA1:');
    at.lines('MOUNT/SYSTEM DUA1: QUOTAS');
    expect(entry(at, '[1,4]')[0]).toBe(before);
    at.lines('DQ REBUILD');
    expect(entry(at, '[1,4]')[0]).toBe(before);
    expect(at.lines('DQ DISABLE')).toEqual([]);
    at.lines('DISMOUNT DUA1:');
    expect(verifyVolume(store)).toEqual([]);
    const { k } = at.system;
    expect(checkPool(k, (name) => k.symbol(name))).toEqual([]);
  });
});
