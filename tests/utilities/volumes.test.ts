import { describe, expect, test } from 'vitest';
import { MTL } from '../../src/executive/structures/volume.js';
import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { BLOCK, homeBlockOf } from '../../src/filesystem/on-disk.js';
import { verifyVolume } from '../../src/filesystem/verify.js';
import { checkPool } from '../../src/executive/pool/check.js';
import { labelled, VolumeSystem } from './volumes.js';

describe('INITIALIZE, MOUNT, DISMOUNT', () => {
  test('a blank disk becomes a volume, is mounted, used, dismounted; its logical name comes and goes', () => {
    const store = new MemoryBlocks(3000);
    const at = new VolumeSystem([store]);
    expect(at.lines('MOUNT DUA1: DATA')).toEqual(['%MOUNT-F-NOHOMEBLK, Files-11 home block not found on volume']);
    expect(at.lines('INITIALIZE DUA1: data')).toEqual([]);
    expect(verifyVolume(store)).toEqual([]);
    expect(at.lines('MOUNT DUA1: WRONG')).toEqual(['%MOUNT-F-INCVOLLABEL, incorrect volume label']);
    expect(at.lines('MOUNT DUA1: DATA')).toEqual(['%MOUNT-I-MOUNTED, DATA mounted on _DUA1:']);
    expect(at.lines('MOUNT DUA1: DATA')).toEqual(['%MOUNT-F-DEVMOUNT, device is already mounted']);
    expect(at.lines('INITIALIZE DUA1: DATA')).toEqual(['%INIT-F-DEVMOUNT, device is already mounted']);
    expect(at.lines('SHOW LOGICAL DISK$DATA').join()).toContain('"DISK$DATA" = "DUA1:" (LNM$JOB_');
    at.lines('CREATE/DIRECTORY DISK$DATA:[A]');
    at.lines('COPY SYS$SYSTEM:SYSUAF.DAT DISK$DATA:[A]');
    expect(at.lines('DIRECTORY/NOHEADING/NOTRAILING DISK$DATA:[A]')).toEqual(['SYSUAF.DAT;1']);
    expect(at.lines('ANALYZE/DISK_STRUCTURE DUA1:')).toEqual([]);
    at.lines('DEFINE HERE DUA1:');
    expect(at.lines('SHOW DEVICES HERE').join()).toContain('DUA1:                   Mounted');
    expect(at.lines('DISMOUNT HERE')).toEqual([]);
    expect(at.lines('DISMOUNT DUA1:')).toEqual(['%DISM-W-CANNOTDMT, DUA1: cannot be dismounted', '-SYSTEM-F-DEVNOTMOUNT, device is not mounted']);
    expect(at.lines('DISMOUNT SYS$SYSDEVICE:')).toEqual([expect.stringMatching(/^%DISM-W-CANNOTDMT, /), '-SYSTEM-F-DEVACTIVE, device is active']);
    expect(at.lines('DIRECTORY/NOHEADING/NOTRAILING SYS$SYSTEM:SYSUAF.DAT')).toEqual(['SYSUAF.DAT;1']);
    expect(at.lines('SHOW LOGICAL DISK$DATA').join()).toContain('no translation');
    expect(verifyVolume(store)).toEqual([]);
    const { k } = at.system;
    expect(checkPool(k, (name) => k.symbol(name))).toEqual([]);
  });

  test('qualifiers: clusters, owner, private volumes, what cannot be', () => {
    const store = new MemoryBlocks(4000);
    const at = new VolumeSystem([store]);
    expect(at.lines('INIT/CLU=4/HEAD=40/MAX=200/OWN=[7,3]/NOSHARE/USER=JANE DUA1: X')).toEqual([]);
    const home = homeBlockOf(store.read(1, 1));
    expect([home.HM2$W_CLUSTER, home.HM2$L_MAXFILES, home.HM2$L_VOLOWNER, home.HM2$W_PROTECT, String.fromCharCode(...home.HM2$T_OWNERNAME).trim()])
      .toEqual([4, 200, 0x0007_0003, 0xff00, 'JANE']);
    expect(verifyVolume(store)).toEqual([]);
    expect(at.lines('INITIALIZE/HEADERS=4000 DUA1: X')).toEqual(['%INIT-F-VALUERR, the volume cannot be made: the disk is too small for a Files-11 volume']);
    expect(at.lines('INITIALIZE/STRUCTURE=1 DUA1: X')).toEqual(['%INIT-F-VALUERR, the volume cannot be made: /STRUCTURE is from 2 to 2']);
    expect(at.lines('INITIALIZE DUA1: THIRTEENCHARS')[0]).toMatch(/^%INIT-F-BADVOLLABEL/);
    expect(at.lines('INITIALIZE OPA0: X')).toEqual(['%INIT-F-NOTFILEDEV, device is not file structured']);
    expect(homeBlockOf(store.read(1, 1)).HM2$L_VOLOWNER).toBe(0x0007_0003);
  });

  test('DUMP of a disk shows its logical blocks', () => {
    const at = new VolumeSystem([labelled('RAW')]);
    const lines = at.lines('DUMP/BLOCKS=(START:1,COUNT:1) DUA1:');
    expect([lines[0], lines[1]]).toEqual([expect.stringMatching(/^Dump of device _DUA1: on /), 'Logical block number 1 (00000001), 512 (0200) bytes']);
    expect(lines.join('\n')).toContain('RAW ');
    expect(at.lines('DUMP/BLOCKS=COUNT:1 DUA1:')[1]).toMatch(/^Logical block number 0 /);
  });

  test('/SYSTEM with a name of its own, /OVERRIDE=IDENTIFICATION, /NOWRITE', () => {
    const at = new VolumeSystem([labelled('ONE'), labelled('TWO')]);
    expect(at.lines('MOUNT/SYSTEM DUA1: ONE WORK')).toEqual(['%MOUNT-I-MOUNTED, ONE mounted on _DUA1:']);
    expect(at.lines('SHOW LOGICAL WORK').join()).toContain('"WORK" = "DUA1:" (LNM$SYSTEM_TABLE)');
    expect(at.lines('MOUNT/OVERRIDE=IDENTIFICATION/NOWRITE DUA2:')).toEqual(['%MOUNT-I-MOUNTED, TWO mounted on _DUA2:']);
    expect(at.lines('SHOW DEVICES DU').filter((line) => line.startsWith('DUA2')).join()).toMatch(/Mounted wrtlck +0 +TWO/);
    expect(at.lines('CREATE/DIRECTORY DUA2:[A]').join()).toContain('write');
    expect(at.lines('CREATE/DIRECTORY DUA1:[A]')).toEqual([]);
    const { k } = at.system;
    const system = [...k.queueEntries(k.symbol('IOC$GQ_MOUNTLST'))].map((entry) => MTL.at(k, entry).MTL$L_LOGNAME !== 0);
    expect(system).toEqual([false, true]);       // the system disk has its names from SYSINIT
    at.lines('DEASSIGN/SYSTEM/EXECUTIVE_MODE WORK');
    expect(at.lines('DISMOUNT DUA1:')).toEqual([]);
    expect(at.lines('DISMOUNT DUA2:')).toEqual([]);
  });

  test('a write-protected unit: mounted without the right to write; INITIALIZE refused', () => {
    const store = labelled('FIXED');
    const before = store.bytes.slice();
    const at = new VolumeSystem([store], [store]);
    expect(at.lines('MOUNT DUA1: FIXED')).toEqual(['%MOUNT-I-WRITELOCK, volume is write locked', '%MOUNT-I-MOUNTED, FIXED mounted on _DUA1:']);
    expect(at.lines('CREATE/DIRECTORY DUA1:[A]').join()).toContain('write');
    expect(at.lines('DIRECTORY/NOHEADING/NOTRAILING DUA1:[000000]INDEXF.SYS')).toEqual(['INDEXF.SYS;1']);
    expect(at.lines('DISMOUNT DUA1:')).toEqual([]);
    expect(at.lines('INITIALIZE DUA1: NEW')[0]).toMatch(/^%INIT-F-WRITLCK/);
    expect(store.bytes).toEqual(before);
  });

  test('a volume with open files goes with the last of them; who is mounted for himself loses it at logout', () => {
    const at = new VolumeSystem([labelled('ONE')]);
    at.lines('MOUNT DUA1: ONE');
    at.lines('OPEN/WRITE F DISK$ONE:[000000]F.TXT');
    expect(at.lines('DISMOUNT DUA1:')).toEqual([]);
    expect(at.lines('OPEN/READ G DUA1:[000000]INDEXF.SYS').join()).toContain('not mounted');
    expect(at.lines('WRITE F "still here"')).toEqual([]);
    at.lines('CLOSE F');
    expect(at.lines('SHOW DEVICES DUA1').join()).toMatch(/DUA1: +Online/);
    expect(at.lines('MOUNT DUA1: ONE')).toEqual(['%MOUNT-I-MOUNTED, ONE mounted on _DUA1:']);
    expect(at.lines('TYPE DUA1:[000000]F.TXT')).toEqual(['still here']);
    at.system.type('LOGOUT');
    at.system.keys('\r');
    expect(at.lines('SHOW DEVICES DUA1').join()).toMatch(/DUA1: +Online/);
    expect(verifyVolume(at.units[0]!)).toEqual([]);
  });

  test('/FOREIGN: no files, blocks without privilege', () => {
    const at = new VolumeSystem([labelled('ONE')]);
    expect(at.lines('MOUNT/FOREIGN DUA1:')).toEqual(['%MOUNT-I-MOUNTED,  mounted on _DUA1:']);
    expect(at.lines('DIRECTORY DUA1:[000000]').join()).not.toContain('INDEXF');
    expect(at.lines('DISMOUNT DUA1:')).toEqual([]);
  });
});

describe('ANALYZE/DISK_STRUCTURE', () => {
  test('finds what is wrong, and repairs it', () => {
    const store = labelled('BAD');
    const at = new VolumeSystem([store]);
    expect(at.lines('ANALYZE/DISK_STRUCTURE DUA1:')).toEqual(['%VERIFY-F-DEVNOTMOUNT, device is not mounted']);
    at.lines('MOUNT DUA1: BAD');
    at.lines('CREATE/DIRECTORY DUA1:[A]');
    at.lines('COPY SYS$SYSTEM:SYSUAF.DAT DUA1:[A]LOST.DAT');
    // The file loses its name, and five clusters are marked taken.
    at.lines('SET FILE/REMOVE DUA1:[A]LOST.DAT;1');
    const bitmap = homeBitmap(store);
    for (let cluster = 1603; cluster < 1608; cluster += 1) store.bytes[bitmap + (cluster >>> 3)]! &= ~(1 << (cluster & 7));
    expect(at.lines('ANALYZE/DISK_STRUCTURE DUA1:')).toEqual([
      '%VERIFY-W-ALLOCCLR, blocks incorrectly marked allocated', '        LBN 1603 to 1607',
      expect.stringMatching(/^%VERIFY-W-LOSTHEADER, file \(\d+,1,0\) LOST.DAT;1$/), '        not found in a directory',
    ]);
    expect(at.lines('ANALYZE/DISK_STRUCTURE/REPAIR DUA1:').at(-1))
      .toBe('%VERIFY-I-REPAIRED, 5 blocks freed, 0 headers freed, 0 names removed, 1 file entered in [SYSLOST]');
    expect(at.lines('ANALYZE/DISK_STRUCTURE DUA1:')).toEqual([]);
    expect(at.lines('DIRECTORY/NOHEADING/NOTRAILING DUA1:[SYSLOST]')).toEqual(['LOST.DAT;1']);
    at.lines('DISMOUNT DUA1:');
    expect(verifyVolume(store)).toEqual([]);
  });

  test('a disk that is damaged says so at MOUNT', () => {
    const store = labelled('BAD');
    const home = homeBlockOf(store.read(1, 1));
    const headers = home.HM2$L_IBMAPLBN + home.HM2$W_IBMAPSIZE;
    store.write(headers + 1, new Uint8Array(BLOCK).fill(0x5a));     // the header of BITMAP.SYS
    const at = new VolumeSystem([store]);
    expect(at.lines('MOUNT DUA1: BAD')[0]).toMatch(/^%MOUNT-F-(FILESTRUCT|BADCHKSUM|BADFILEHDR|FILENUMCHK)/);
    expect(at.lines('SHOW DEVICES DUA1').join()).toMatch(/DUA1: +Online/);
  });
});

/** Byte of the storage bitmap in a store. */
function homeBitmap(store: MemoryBlocks): number {
  const home = homeBlockOf(store.read(1, 1));
  const headers = home.HM2$L_IBMAPLBN + home.HM2$W_IBMAPSIZE;
  for (let lbn = headers; lbn < store.blocks; lbn += 1) {
    const block = store.read(lbn, 1);
    if (block[0] === 1 && block[1] === 2 && block[2] === home.HM2$W_CLUSTER && block[4] === (store.blocks & 0xff)) return (lbn + 1) * BLOCK;
  }
  throw new Error('no storage control block');
}
