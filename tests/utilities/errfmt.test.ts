import { describe, expect, test } from 'vitest';
import { BOOTCB, EXE$BOOTCB_CHK } from '../../src/executive/exceptions/boot-control-block.js';
import { DMP, DUMP_FIRST_MEMORY_BLOCK, DUMP_VERSION, EMB$K_CR, EMB_CR } from '../../src/executive/exceptions/dump-format.js';
import { EMB$K_CS, EMB$K_DE, EMB$K_TS, EMB_DV, EMB_PREFIX } from '../../src/executive/exceptions/error-log-entries.js';
import { ERL, ERL$ALLOCEMB, ERL$RELEASEMB, errorLogBuffer } from '../../src/executive/exceptions/error-log.js';
import { bugcheckCode } from '../../src/executive/exceptions/bugcheck-codes.js';
import { findUnit } from '../../src/executive/io/device-names.js';
import { SS$_CTRLERR } from '../../src/executive/starlet/ssdef.js';
import { ArrayMemory, readCounted } from '../../src/executive/structures/memory.js';
import { UCB } from '../../src/executive/structures/ucb.js';
import { SCH$C_HIB } from '../../src/executive/structures/sch.js';
import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { readSystemFile, systemFileExtents } from '../../src/sysgen/system-disk.js';
import { checkPool } from '../../src/executive/pool/check.js';
import { errorLog, newDisk, WholeSystem } from './whole-system.js';

const TEN_MINUTES = 6_000_000_000n;
/** $SNDERR's type: an entry that nobody interprets. */
const SOME_TYPE = 39;
const types = (disk: MemoryBlocks): number[] => errorLog(disk).map(({ type }) => type);

/** Halts the running system by a fatal bugcheck: the exception of a kernel mode process above IPL 2. */
function crash(system: WholeSystem): void {
  system.type('RUN SYS$SYSTEM:OPCCRASH');
  system.run(2);
}

describe('ERRFMT', () => {
  test('is a process of the startup that hibernates; the start of the system is logged', () => {
    const disk = newDisk();
    const system = new WholeSystem(disk);
    const pcb = system.process('ERRFMT')!;
    expect(pcb.PCB$W_STATE).toBe(SCH$C_HIB);
    expect(system.k.sys.ERL$GL_ERLPID).toBe(pcb.PCB$L_PID);
    system.run(31);
    expect(types(disk)).toEqual([EMB$K_CS]);
    expect(checkPool(system.k, (name) => system.k.symbol(name))).toEqual([]);
  });

  test('ch08#25: a single message is in ERRLOG.SYS within 30 seconds', () => {
    const disk = newDisk();
    const system = new WholeSystem(disk);
    system.run(40);
    const before = errorLog(disk).length;
    system.logMessage(SOME_TYPE, 60);
    system.run(31);
    const records = errorLog(disk);
    expect(records).toHaveLength(before + 1);
    expect(records.at(-1)!.type).toBe(SOME_TYPE);
    expect(records.at(-1)!.bytes).toHaveLength(60 - EMB_PREFIX);
    const buffer = ERL.at(system.k, errorLogBuffer(system.k, 0));
    expect([buffer.ERL$B_MSGCNT, buffer.ERL$B_BUSY, buffer.ERL$V_LOCK]).toEqual([0, 0, 0]);
  });

  test('ch08#24, ch08#26: ten messages, or a full buffer, wake it within a second; no message is lost and their numbers are in order', () => {
    const disk = newDisk();
    const system = new WholeSystem(disk);
    system.run(35);
    const before = errorLog(disk).length;
    for (let count = 0; count < 10; count += 1) system.logMessage(SOME_TYPE, 24);
    system.run(3);
    expect(errorLog(disk)).toHaveLength(before + 10);
    for (let count = 0; count < 5; count += 1) expect(system.logMessage(SOME_TYPE, 164)).not.toBe(0);
    expect(system.k.sys.ERL$GB_BUFIND).toBe(1);
    system.run(3);
    const numbers = errorLog(disk).map(({ sequence }) => sequence);
    expect(numbers).toHaveLength(before + 15);
    expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index));
  });

  test('ch08#27: without ERRFMT messages are lost when both buffers are full, and the system works', () => {
    const disk = newDisk();
    const system = new WholeSystem(disk);
    system.run(35);
    const before = errorLog(disk).length;
    expect(system.type(`STOP/IDENTIFICATION=${system.process('ERRFMT')!.PCB$L_EPID.toString(16)}`)).not.toContain('%');
    expect(system.process('ERRFMT')).toBeUndefined();
    const taken = Array.from({ length: 10 }, () => system.logMessage(SOME_TYPE, 200));
    expect(taken.filter((message) => message !== 0)).toHaveLength(4);
    system.run(60);
    expect(errorLog(disk)).toHaveLength(before);
    expect(system.type('WRITE SYS$OUTPUT 6*7')).toContain('42');
  });

  test('ch08#28: time stamps come every ten minutes; one that follows another takes its place', () => {
    const disk = newDisk();
    const system = new WholeSystem(disk);
    system.run(640);
    expect(types(disk)).toEqual([EMB$K_CS, EMB$K_TS]);
    const first = errorLog(disk)[1]!.time;
    system.run(1200);
    expect(types(disk)).toEqual([EMB$K_CS, EMB$K_TS]);
    const later = errorLog(disk)[1]!.time - first;
    expect(later).toBe(2n * TEN_MINUTES);
    system.logMessage(SOME_TYPE);
    system.run(640);
    expect(types(disk)).toEqual([EMB$K_CS, EMB$K_TS, SOME_TYPE, EMB$K_TS]);
  });

  test('a renamed ERRLOG.SYS is left alone: the next stamp begins a new file', () => {
    const disk = newDisk();
    const system = new WholeSystem(disk);
    system.run(640);
    expect(system.type('RENAME SYS$ERRORLOG:ERRLOG.SYS SYS$ERRORLOG:ERRLOG.OLD')).not.toContain('%');
    system.run(640);
    expect(types(disk)).toEqual([EMB$K_TS]);
    expect(system.type('DIRECTORY SYS$ERRORLOG')).toContain('ERRLOG.OLD;1');
  });

  test('ch08#29: the buffer is locked while it waits for a message to be completed, and what is logged meanwhile goes to the other', () => {
    const disk = newDisk();
    const system = new WholeSystem(disk);
    system.run(35);
    const { k } = system;
    const index = k.sys.ERL$GB_BUFIND;
    const open = ERL$ALLOCEMB(k, 40);
    const before = errorLog(disk).length;
    system.run(31);
    const buffer = ERL.at(k, errorLogBuffer(k, index));
    expect([buffer.ERL$V_LOCK, buffer.ERL$B_BUSY]).toEqual([1, 1]);
    const other = system.logMessage(SOME_TYPE);
    expect(k.readByte(other - 2)).toBe(index ^ 1);
    expect(errorLog(disk)).toHaveLength(before);
    k.writeWord(open + 4, SOME_TYPE);
    ERL$RELEASEMB(k, open);
    system.run(3);
    expect(errorLog(disk)).toHaveLength(before + 2);
    expect([buffer.ERL$V_LOCK, buffer.ERL$B_BUSY, buffer.ERL$B_MSGCNT]).toEqual([0, 0, 0]);
  });

  test('ch08#29: a message that is never completed holds it up 255 half seconds; the complete ones are written then', () => {
    const disk = newDisk();
    const system = new WholeSystem(disk);
    system.run(35);
    const { k } = system;
    const before = errorLog(disk).length;
    ERL$ALLOCEMB(k, 40);
    system.logMessage(SOME_TYPE);
    system.run(120);
    expect(errorLog(disk)).toHaveLength(before);
    system.run(45);
    expect(errorLog(disk).slice(before).map(({ type }) => type)).toEqual([SOME_TYPE]);
  });

  test('ch08#29: the copy is made again when the buffer changed while it was made', () => {
    const disk = newDisk();
    const system = new WholeSystem(disk);
    system.run(35);
    const { k } = system;
    const message = system.logMessage(SOME_TYPE, 60);
    const lastByte = message + 60 - EMB_PREFIX - 1;
    // Whoever reads the buffer to compare finds its last byte changed, the first three times.
    let changes = 0;
    const { readBytes } = k;
    let reads = 0;
    k.readBytes = (address: number, length: number): Uint8Array => {
      const isBuffer = address === errorLogBuffer(k, 0) && length === 512;
      if (isBuffer && (reads += 1) % 2 === 0 && changes < 3) {
        changes += 1;
        k.writeByte(lastByte, changes);
      }
      return readBytes.call(k, address, length);
    };
    system.run(31);
    expect(changes).toBe(3);
    expect(reads).toBe(8);
    expect(errorLog(disk).at(-1)!.bytes.at(-1)).toBe(3);
  });
});

test('ch08#30: each message goes to the declared error log mailbox as well; rundown of the image gives it up', () => {
  const disk = newDisk();
  const system = new WholeSystem(disk);
  const { k } = system;
  system.run(35);
  const cell = k.symbol('EXE$GQ_ERLMBX');
  // The job controller's mailbox is one that somebody reads. As its declarer: the session, whose image rundown ends it.
  const session = system.process('SYSTEM')!;
  const mailbox = findUnit(k, 'MBA1')!;
  const before = UCB.at(k, mailbox).UCB$L_OPCNT;
  k.writeLong(cell, 1);
  k.writeLong(cell + 4, session.PCB$L_PID);
  system.logMessage(SOME_TYPE);
  system.run(31);
  expect(UCB.at(k, mailbox).UCB$L_OPCNT - before).toBe(2);
  system.type('SHOW SYSTEM');
  expect([k.readLong(cell), k.readLong(cell + 4)]).toEqual([0, 0]);
});

const HOME_BLOCK = 1;

/** A disk that fails when told to. */
class BrokenBlocks extends MemoryBlocks {
  failing = false;
  override read(lbn: number, count: number): Uint8Array {
    // The home block can be read: the volume is there, and the error is the request's own.
    if (this.failing && lbn > HOME_BLOCK) throw new Error('unreadable');
    return super.read(lbn, count);
  }
}

test('ch08#31, ch08#34: a device error is logged when its request completes, with the final status; SHOW ERROR counts it, and machine checks', () => {
  const disk = newDisk(4, 4, BrokenBlocks) as BrokenBlocks;
  const system = new WholeSystem(disk);
  expect(system.type('SHOW ERROR')).not.toMatch(/CPU|DUA0/);
  system.run(31);
  const { k } = system;
  // Between the driver's report and IOC$REQCOM the message is reserved and not complete.
  const busy: number[] = [];
  const { jump } = k;
  k.jump = (address: number): void => {
    if (address === k.symbol('DU$LOG_ERROR')) busy.push(ERL.at(k, errorLogBuffer(k, 0)).ERL$B_MSGCNT);
    jump.call(k, address);
  };
  disk.failing = true;
  // Nothing of this file is in the XQP's cache: its header cannot be read.
  expect(system.type('TYPE SYS$EXAMPLES:HELLO.MAR')).toContain('-SYSTEM-F-CTRLERR');
  disk.failing = false;
  system.run(31);
  const logged = errorLog(disk).filter(({ type }) => type === EMB$K_DE);
  // An error that mount verification has had tried again ends with success; this one does not.
  const entry = logged.map(({ bytes }) => EMB_DV.at(new ArrayMemory(Uint8Array.of(0, 0, 0, 0, ...bytes)), 0)).find((each) => (each.EMB$Q_DV_IOSB & 1n) === 0n)!;
  expect(Number(entry.EMB$Q_DV_IOSB & 0xffffn)).toBe(SS$_CTRLERR);
  expect(entry.EMB$W_DV_UNIT).toBe(0);
  expect(readCounted(entry.memory, entry.address + EMB_DV.offset.EMB$T_DV_NAME)).toBe('DUA');
  expect(entry.EMB$L_DV_NUMREG).toBe(7);
  // Of the volume that is mounted: the system disk is [1,1]'s.
  expect(entry.EMB$L_DV_OWNUIC).toBe(0x0001_0001);
  expect(busy[0]).toBe(0);
  k.sys.EXE$GL_MCHKERRS = 3;
  const shown = system.type('SHOW ERROR');
  expect(shown).toMatch(/^CPU {30,}3$/m);
  // Each request was tried eight times more, and only its first error has a message; mount verification reads as well.
  const { UCB$W_ERRCNT: count } = UCB.at(k, k.sys.EXE$GL_SYSUCB);
  expect(count).toBeGreaterThanOrEqual(9 * logged.length);
  expect(shown).toMatch(new RegExp(`^DUA0: {20,}${count}$`, 'm'));
});

describe('after a crash', () => {
  test('ch08#21: the messages that were in the buffers, and one entry of the crash, are in ERRLOG.SYS after the next boot, once', () => {
    const disk = newDisk();
    const first = new WholeSystem(disk);
    first.run(35);
    first.logMessage(SOME_TYPE, 100);
    crash(first);
    expect(types(disk)).toEqual([EMB$K_CS]);

    const second = new WholeSystem(disk);
    second.run(35);
    const records = errorLog(disk);
    expect(records.map(({ type }) => type)).toEqual([EMB$K_CS, SOME_TYPE, EMB$K_CR, EMB$K_CS]);
    expect(records[2]!.bytes).toHaveLength(EMB_CR.size - EMB_PREFIX);
    const entry = EMB_CR.at(new ArrayMemory(Uint8Array.of(0, 0, 0, 0, ...records[2]!.bytes)), 0);
    expect(entry.EMB$L_CR_CODE >>> 3).toBe(bugcheckCode('OPERCRASH') >>> 3);
    expect(records[1]!.time < records[2]!.time).toBe(true);

    new WholeSystem(disk).run(35);
    expect(types(disk)).toEqual([EMB$K_CS, SOME_TYPE, EMB$K_CR, EMB$K_CS, EMB$K_CS]);
  });

  test('ch08#20: without SYSDUMP.DMP the primary page file receives the dump', () => {
    const disk = newDisk(4, 40);
    const before = readSystemFile(disk, '[SYS0.SYSEXE]PAGEFILE.SYS')!;
    expect(DMP.at(new ArrayMemory(before), 0).DMP$W_DUMPVER).toBe(0);
    expect(new WholeSystem(disk).type('DELETE SYS$SYSTEM:SYSDUMP.DMP;*')).not.toContain('%');
    crash(new WholeSystem(disk));
    const after = readSystemFile(disk, '[SYS0.SYSEXE]PAGEFILE.SYS')!;
    expect(DMP.at(new ArrayMemory(after), 0).DMP$W_DUMPVER).toBe(DUMP_VERSION);
    new WholeSystem(disk).run(35);
    expect(types(disk).filter((type) => type === EMB$K_CR)).toHaveLength(1);
  });
});

describe('what a fatal bugcheck works with', () => {
  const inMemory = (bytes: Uint8Array, text: string): boolean => Buffer.from(bytes).includes(Buffer.from(text, 'latin1'));

  test('ch08#18, ch08#19: the texts of bugchecks are not in memory until a crash reads the overlay over the code at BUG$FATAL, header before it', () => {
    const disk = newDisk(32768 + 4, 4);
    const system = new WholeSystem(disk);
    const { k } = system;
    const at = k.symbol('BUG$FATAL');
    const [text, other] = ['Operator forced system crash', 'Mutex count nonzero at system service exit'];
    expect([text, other].map((each) => inMemory(system.system.machine.memory.bytes, each))).toEqual([false, false]);
    const code = k.readBytes(at, 64);
    crash(system);
    expect(system.text).toContain(`OPERCRASH, ${text}`);
    expect(inMemory(k.readBytes(at, 4096), other)).toBe(true);
    expect(DMP.at(k, at - 512).DMP$W_DUMPVER).toBe(DUMP_VERSION);
    // In the dump too: its memory holds the overlay where the code was.
    const file = readSystemFile(disk, '[SYS0.SYSEXE]SYSDUMP.DMP')!;
    expect(inMemory(file, other)).toBe(true);
    const page = k.readLong(k.sys.MMG$GL_SPTBASE + 4 * ((at & 0x3fff_ffff) >>> 9)) & 0x1f_ffff;
    const dumped = file.subarray((DUMP_FIRST_MEMORY_BLOCK - 1 + page) * 512 + (at & 511)).subarray(0, 64);
    expect(dumped).not.toEqual(code);
    expect(inMemory(dumped, 'No bugcheck')).toBe(true);
  });

  test('ch08#37: the dump goes where the checksummed boot control block says, without the file system; with a bad checksum there is none', () => {
    const disk = newDisk(4, 4);
    const system = new WholeSystem(disk);
    const { k } = system;
    const [size, address] = [k.readLong(k.symbol('EXE$GQ_BOOTCB_D')), k.readLong(k.symbol('EXE$GQ_BOOTCB_D') + 4)];
    const block = BOOTCB.at(k, address);
    const extents = systemFileExtents(disk, '[SYS0.SYSEXE]SYSDUMP.DMP')!;
    expect([size, block.BOOTCB$L_COUNT, k.readLong(address + 0x14), k.readLong(address + 0x18)]).toEqual([block.BOOTCB$W_SIZE, extents.length, extents[0]!.lbn, extents[0]!.count]);
    // The block in memory decides: the dump is sent to the page file's blocks.
    const page = systemFileExtents(disk, '[SYS0.SYSEXE]PAGEFILE.SYS')![0]!;
    k.writeLong(address + 0x14, page.lbn);
    block.BOOTCB$L_CHECKSUM = EXE$BOOTCB_CHK(k, address);
    crash(system);
    const version = (name: string): number => DMP.at(new ArrayMemory(readSystemFile(disk, name)!), 0).DMP$W_DUMPVER;
    expect([version('[SYS0.SYSEXE]SYSDUMP.DMP'), version('[SYS0.SYSEXE]PAGEFILE.SYS')]).toEqual([0, DUMP_VERSION]);

    const other = newDisk();
    const damaged = new WholeSystem(other);
    const at = damaged.k.readLong(damaged.k.symbol('EXE$GQ_BOOTCB_D') + 4);
    damaged.k.writeLong(at + 0x14, 1);
    crash(damaged);
    expect(damaged.text).toContain('BOOT CONTROL BLOCK CORRUPTED');
    expect(DMP.at(new ArrayMemory(readSystemFile(other, '[SYS0.SYSEXE]SYSDUMP.DMP')!), 0).DMP$W_DUMPVER).toBe(0);
  });
});
