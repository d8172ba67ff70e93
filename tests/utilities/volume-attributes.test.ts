import { describe, expect, test } from 'vitest';
import { checkPool } from '../../src/executive/pool/check.js';
import { ORB } from '../../src/executive/structures/orb.js';
import { UCB } from '../../src/executive/structures/ucb.js';
import { VCB } from '../../src/executive/structures/volume.js';
import { findUnit } from '../../src/executive/io/device-names.js';
import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { BLOCK, homeBlockOf, storageControlOf } from '../../src/filesystem/on-disk.js';
import { openVolume } from '../../src/filesystem/volume.js';
import { immediateIo, runNow } from '../../src/filesystem/block-io.js';
import { verifyVolume } from '../../src/filesystem/verify.js';
import { VolumeSystem } from './volumes.js';

const MOUNTED = ['%MOUNT-I-MOUNTED, DATA mounted on _DUA1:'];

describe('what a volume says of itself: INITIALIZE, MOUNT, SET VOLUME, SHOW DEVICES', () => {
  const store = new MemoryBlocks(4000);
  const at = new VolumeSystem([store]);
  const { k } = at.system;
  const unit = (): ReturnType<typeof UCB.at> => UCB.at(k, findUnit(k, 'DUA1'));
  const vcb = (): ReturnType<typeof VCB.at> => VCB.at(k, unit().UCB$L_VCB);
  const home = (): ReturnType<typeof homeBlockOf> => homeBlockOf(store.read(1, 1));
  const control = (): ReturnType<typeof storageControlOf> => {
    const { parameters } = runNow(openVolume(immediateIo(store)));
    return storageControlOf(store.read(parameters.sbmapLbn - 1, 1));
  };

  test('INITIALIZE puts them into the home block; bad blocks belong to BADBLK.SYS, each once', () => {
    expect(at.lines('INIT/ACC=9/DIR=100/EXT=20/WIN=12/PROT=(W:R)/FILE=(G)/INDEX=BEGINNING/BAD=(3500,3001:2,3000:4,3003) DUA1: DATA')).toEqual([]);
    const { HM2$B_LRU_LIM: directories, HM2$W_EXTEND: extend, HM2$B_WINDOW: window, HM2$W_PROTECT: protect, HM2$W_FILEPROT: files, HM2$L_IBMAPLBN: bitmap } = home();
    expect([directories, extend, window, protect, files, bitmap]).toEqual([9, 20, 12, 0xe000, 0xff00, 2]);
    expect(verifyVolume(store)).toEqual([]);
    expect(at.lines('MOUNT DUA1: DATA')).toEqual(MOUNTED);
    expect(at.lines('DIRECTORY/SIZE=ALL/NOHEADING/NOTRAILING DUA1:[000000]BADBLK.SYS,000000.DIR')).toEqual([
      expect.stringMatching(/^BADBLK\.SYS;1 +5\/5$/), expect.stringMatching(/^000000\.DIR;1 +1\/7$/),
    ]);
    expect(at.lines('DISMOUNT DUA1:')).toEqual([]);
    expect(at.lines('INITIALIZE/BADBLOCKS=1 DUA1: DATA')[0]).toMatch(/^%INIT-F-VALUERR, .*bad block/);
    expect(at.lines('INITIALIZE/WINDOWS=6 DUA1: DATA')).toEqual(['%INIT-F-VALUERR, the volume cannot be made: /WINDOWS is from 7 to 80']);
    expect(at.lines('INITIALIZE/DENSITY=1600 DUA1: DATA')).toEqual(['%INIT-F-VALUERR, the volume cannot be made: /DENSITY is for tapes']);
  });

  test('INITIALIZE/GROUP, /INDEX=END and /ERASE, of a disk that is allocated', () => {
    expect(at.lines('ALLOCATE DUA1:')).toEqual(['%DCL-I-ALLOC, _DUA1: allocated']);
    store.write(3900, new Uint8Array(BLOCK).fill(0x55));
    expect(at.lines('INITIALIZE/GROUP/NOSHARE/INDEX=END/ERASE DUA1: DATA')).toEqual([]);
    expect([home().HM2$L_VOLOWNER, home().HM2$W_PROTECT, home().HM2$W_VOLCHAR, store.read(3000, 1).some((byte) => byte !== 0)]).toEqual([0x0001_0000, 0xf000, 0xc, false]);
    expect(home().HM2$L_IBMAPLBN).toBeGreaterThan(3900);
    expect(at.lines('DEALLOCATE DUA1:')).toEqual([]);
    expect(verifyVolume(store)).toEqual([]);
  });

  test('MOUNT says otherwise for as long as the volume is mounted', () => {
    expect(at.lines('MOUNT/WINDOWS=20/EXTENSION=40/ACCESSED=5/OWNER_UIC=[7,3]/PROTECTION=(S:RWED,O:RWED) DUA1: DATA')).toEqual(MOUNTED);
    const orb = ORB.at(k, unit().UCB$L_ORB);
    expect([vcb().VCB$B_WINDOW, vcb().VCB$W_EXTEND, vcb().VCB$B_LRU_LIM, orb.ORB$L_OWNER, orb.ORB$W_PROT]).toEqual([20, 40, 5, 0x0007_0003, 0xff00]);
    expect([home().HM2$B_WINDOW, home().HM2$L_VOLOWNER, control().SCB$W_WRITECNT]).toEqual([7, 0x0001_0000, 1]);
    const shown = at.lines('SHOW DEVICES/FULL DUA1:').join('\n');
    expect(shown).toMatch(/Owner UIC +\[7,3\]/);
    expect(shown).toContain('S:RWED,O:RWED,G,W');
    expect(shown).toMatch(/Extend quantity +40 {4}Mount count +1\n/);
    expect(shown).toMatch(/Mount status +Process /);
    expect(shown).toContain('  Volume Status:  subject to mount verification, erase on delete, write-through caching enabled.');
    expect(at.lines('DISMOUNT/UNIT/NOUNLOAD DUA1:')).toEqual([]);
    expect([orb.ORB$L_OWNER, orb.ORB$W_PROT, control().SCB$W_WRITECNT]).toEqual([0x0001_0004, 0, 0]);
    expect(at.lines('MOUNT/WINDOWS=3 DUA1: DATA')).toEqual(['%MOUNT-F-VALUERR, /WINDOWS is from 7 to 80']);
    expect(at.lines('MOUNT/AUTOMATIC DUA1: DATA')).toEqual(['%DCL-E-NOTIMPL, MOUNT/AUTOMATIC is not available on this system']);
  });

  test('SET VOLUME changes both copies of the home block and what is mounted', () => {
    at.lines('MOUNT/CLUSTER DUA1: DATA');
    expect(vcb().VCB$V_SYSTEM).toBe(1);
    expect(at.lines('SET VOL/LAB=newname/USER=JANE/OWN=[1,4]/PROT=(S:RWED,O:RWED,W:R)/FILE=(W:R)/EXT=9/WIN=15/NOERASE/LOG DUA1:'))
      .toEqual(['%SET-I-MODIFIED, _DUA1: modified']);
    for (const lbn of [1, home().HM2$L_ALHOMELBN]) {
      const { HM2$T_VOLNAME: label, HM2$T_OWNERNAME: owner, HM2$L_VOLOWNER: uic, HM2$W_PROTECT: protect, HM2$W_FILEPROT: files, HM2$W_EXTEND: extend } = homeBlockOf(store.read(lbn, 1));
      expect([String.fromCharCode(...label), String.fromCharCode(...owner), uic, protect, files, extend]).toEqual(['NEWNAME     ', 'JANE        ', 0x0001_0004, 0xef00, 0xea00, 9]);
    }
    expect([vcb().VCB$W_EXTEND, vcb().VCB$V_ERASE]).toEqual([9, 0]);
    expect(at.lines('SHOW DEVICES DUA1').at(-1)).toMatch(/Mounted +0 {2}NEWNAME/);
    expect(at.lines('SET VOLUME/EXTENSION=99999 DUA1:')).toEqual(['%SET-E-VALUERR, /EXTENSION is from 0 to 65535']);
    expect(at.lines('SET VOLUME/LABEL=X DUA7:')).toEqual(['%SET-E-NOTSET, error modifying DUA7:', '-SYSTEM-W-NOSUCHDEV, no such device available']);
    expect(at.lines('SET VOLUME/DATA_CHECK DUA1:')).toEqual(['%DCL-E-NOTIMPL, SET VOLUME/DATA_CHECK is not available on this system']);
  });

  test('a file with /ERASE_ON_DELETE leaves zeroes', () => {
    at.lines('COPY SYS$SYSTEM:SYSUAF.DAT DUA1:[000000]SECRET.DAT');
    at.lines('COPY SYS$SYSTEM:SYSUAF.DAT DUA1:[000000]OPEN.DAT');
    const found = (): number => Array.from({ length: 4000 }, (_unused, lbn) => Buffer.from(store.read(lbn, 1)).includes('DEFAULT  ')).filter(Boolean).length;
    const before = found();
    expect(before).toBeGreaterThan(1);
    at.lines('SET FILE/ERASE_ON_DELETE DUA1:[000000]SECRET.DAT');
    at.lines('DELETE DUA1:[000000]SECRET.DAT;');
    expect(found()).toBe(before / 2);
    at.lines('SET VOLUME/ERASE_ON_DELETE DUA1:');
    at.lines('DELETE DUA1:[000000]OPEN.DAT;');
    expect(found()).toBe(0);
  });

  test('/RETENTION: a file that is used expires later', () => {
    at.lines('COPY SYS$SYSTEM:SYSUAF.DAT DUA1:[000000]F.DAT');
    expect(at.lines('DIRECTORY/DATE=EXPIRED/NOHEADING/NOTRAILING DUA1:[000000]F.DAT')[0]).toContain('<None specified>');
    expect(at.lines('SET VOLUME/RETENTION=(10-0,20-0) DUA1:')).toEqual([]);
    at.lines('COPY DUA1:[000000]F.DAT NL:');
    expect(at.lines('DIRECTORY/DATE=EXPIRED/NOHEADING/NOTRAILING DUA1:[000000]F.DAT')[0]).toMatch(/\d-[A-Z]{3}-\d{4}/);
    expect(at.lines('SET VOLUME/RETENTION=X DUA1:')).toEqual([expect.stringMatching(/^%SYSTEM-.-IVTIME/)]);
  });

  test('SHOW DEVICES/WINDOWS counts windows of open files', () => {
    at.lines('OPEN/READ F DUA1:[000000]F.DAT');
    expect(at.lines('SHOW DEVICES/WINDOWS DUA1').slice(1)).toEqual([
      'Process name      PID     Windows   Size  File name', expect.stringMatching(/^SYSTEM +[0-9A-F]{8} {8}1 +\d+ {2}\[000000\]F\.DAT;1$/),
    ]);
    at.lines('CLOSE F');
  });

  test('a volume that was not dismounted is rebuilt at the next MOUNT', () => {
    expect(at.lines('DISMOUNT DUA1:')).toEqual([]);
    // As a crash leaves it: mounted, and a cluster taken that no file has.
    const { parameters } = runNow(openVolume(immediateIo(store)));
    const bitmap = store.read(parameters.sbmapLbn, 1);
    bitmap[250]! &= ~1;
    store.write(parameters.sbmapLbn, bitmap);
    expect(at.lines('MOUNT DUA1: NEWNAME')).toEqual(['%MOUNT-I-MOUNTED, NEWNAME mounted on _DUA1:']);
    vcb().VCB$V_REBUILD = 1;
    expect(at.lines('DISMOUNT DUA1:')).toEqual([]);
    expect(control().SCB$W_WRITECNT).toBe(1);
    expect(at.lines('MOUNT/NOREBUILD DUA1: NEWNAME')).toEqual([
      '%MOUNT-I-MOUNTED, NEWNAME mounted on _DUA1:', '%MOUNT-I-REBLDREQD, rebuild not performed; some free space unavailable; diskquota usage stale',
    ]);
    expect(at.lines('SHOW DEVICES/FULL DUA1:').join()).toContain('rebuild needed');
    const free = vcb().VCB$L_FREE;
    expect(at.lines('DISMOUNT DUA1:')).toEqual([]);
    expect(at.lines('MOUNT DUA1: NEWNAME')).toEqual(['%MOUNT-I-MOUNTED, NEWNAME mounted on _DUA1:', '%MOUNT-I-REBUILD, volume was improperly dismounted; rebuild in progress']);
    expect(vcb().VCB$L_FREE).toBe(free + 1);
    expect(at.lines('DISMOUNT/ABORT DUA1:')).toEqual([]);
    expect(control().SCB$W_WRITECNT).toBe(0);
    expect(verifyVolume(store)).toEqual([]);
    expect(checkPool(k, (name) => k.symbol(name))).toEqual([]);
  });
});
