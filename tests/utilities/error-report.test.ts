import { describe, expect, test } from 'vitest';
import { EMB, EMB$K_DE, EMB$K_SS, EMB_DV, EMB_PREFIX } from '../../src/executive/exceptions/error-log-entries.js';
import { ArrayMemory } from '../../src/executive/structures/memory.js';
import { DC$_DISK } from '../../src/executive/starlet/dcdef.js';
import type { SystemFile } from '../../src/sysgen/system-disk.js';
import { readEntry } from '../../src/utilities/error-report/entry.js';
import { briefLine, fullEntry, summary } from '../../src/utilities/error-report/lines.js';
import { TEST_TIME } from '../harness.js';
import { Console, systemDisk } from '../sysgen/console.js';

/** ANALYZE/ERROR_LOG. */

const HOUR = 36_000_000_000n;

/** A record of ERRLOG.SYS: an entry without its first longword. */
function record(type: number, time: bigint, sequence: number, fill: (memory: ArrayMemory) => void, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const memory = new ArrayMemory(bytes);
  const header = EMB.at(memory, 0);
  header.EMB$L_HD_SID = 0x0138_0001;
  header.EMB$W_HD_ENTRY = type;
  header.EMB$Q_HD_TIME = time;
  header.EMB$W_HD_ERRSEQ = sequence;
  fill(memory);
  return bytes.subarray(EMB_PREFIX);
}

const diskError = (unit: number, time: bigint, sequence: number): Uint8Array => record(EMB$K_DE, time, sequence, (memory) => {
  const entry = EMB_DV.at(memory, 0);
  entry.EMB$B_DV_CLASS = DC$_DISK;
  entry.EMB$W_DV_UNIT = unit;
  entry.EMB$W_DV_ERRCNT = 3;
  entry.EMB$L_DV_MEDIA = 0x1234;
  entry.EMB$L_DV_NUMREG = 1;
  entry.EMB$L_DV_REGSAV = 0xdead;
  entry.EMB$T_DV_NAME = Uint8Array.from([3, 68, 85, 65]);
}, EMB_DV.size);

const message = (text: string, time: bigint, sequence: number): Uint8Array => record(EMB$K_SS, time, sequence, (memory) => {
  memory.writeWord(EMB.size, text.length);
  memory.writeBytes(EMB.size + 2, new TextEncoder().encode(text));
}, EMB.size + 2 + text.length);

/** A disk whose error log has these records. */
function withLog(records: readonly Uint8Array[]): (files: SystemFile[]) => SystemFile[] {
  const bytes = records.flatMap((each) => [each.length & 0xff, each.length >>> 8, ...each, ...(each.length & 1 ? [0] : [])]);
  return (files) => [...files, { name: '[SYS0.SYSERR]OLD.SYS', kind: 'variable', bytes: Uint8Array.from(bytes) }];
}

describe('entries', () => {
  test('a device error names its unit; what is cut off reads as zeroes; what is no entry is none', () => {
    const whole = diskError(2, TEST_TIME, 7);
    const entry = readEntry(whole)!;
    expect([entry.device, entry.deviceKind, entry.title, entry.sequence]).toEqual(['DUA2', 'DISKS', 'DEVICE ERROR', 7]);
    expect([...fullEntry(entry, 1)].join('\n')).toMatch(/DEVICE ERROR UNIT _DUA2:, .*\n {7}REGISTER 0 +0000DEAD\n[\s\S]*IRP\$L_MEDIA +00001234/);
    expect(readEntry(whole.subarray(0, 10))).toBeUndefined();
    for (let length = 16; length <= whole.length; length += 1) {
      const cut = readEntry(whole.subarray(0, length))!;
      expect(() => [...fullEntry(cut, 1), briefLine(cut, 1)]).not.toThrow();
    }
    for (const type of [0, 1, 2, 37, 39, 40, 96, 97, 98, 112, 65535]) {
      const entryOfType = readEntry(record(type, TEST_TIME, 1, (memory) => { memory.writeBytes(20, new Uint8Array(40).fill(0xff)); }, 60))!;
      expect([...fullEntry(entryOfType, 1), ...summary([entryOfType])].every((line) => line.length < 132)).toBe(true);
    }
  });
});

describe('ANALYZE/ERROR_LOG', () => {
  const console = new Console(systemDisk(withLog([
    diskError(0, TEST_TIME - 3n * HOUR, 1), message('somebody was here', TEST_TIME - 2n * HOUR, 2), diskError(1, TEST_TIME - HOUR, 3), Uint8Array.from([1, 2, 3]),
  ])));
  const numbers = (qualifiers: string): string[] => console.type(`ANALYZE/ERROR_LOG/BRIEF${qualifiers} SYS$ERRORLOG:OLD.SYS`).slice(3).map((line) => line.trim().split('.')[0]!);

  test('/SINCE, /BEFORE, /ENTRY, /INCLUDE and /EXCLUDE choose', () => {
    expect(numbers('')).toEqual(['1', '2', '3']);
    expect(numbers('/SINCE="-2:30"')).toEqual(['2', '3']);
    expect(numbers('/BEFORE="-2:30"')).toEqual(['1']);
    expect(numbers('/ENTRY=(START:2,END:2)')).toEqual(['2']);
    expect(numbers('/INCLUDE=DISKS')).toEqual(['1', '3']);
    expect(numbers('/INCLUDE=DUA1')).toEqual(['3']);
    expect(numbers('/INCLUDE=(DUA1:,CONTROL)')).toEqual(['2', '3']);
    expect(numbers('/EXCLUDE=DEVICE_ERRORS')).toEqual(['2']);
    expect(console.type('ANALYZE/ERROR/INCLUDE=NOT_A_THING SYS$ERRORLOG:OLD.SYS')).toEqual(['%ERF-E-IVKEYWORD, unrecognized entry type, device class or device NOT_A_THING']);
    expect(console.type('ANALYZE/ERROR/INCLUDE=TAPES SYS$ERRORLOG:OLD.SYS').at(-1)).toMatch(/^%ERF-W-NOENTRIES, no entries selected from .*OLD\.SYS;1$/);
  });

  test('the full report is the default, /SUMMARY counts, /OUTPUT writes a file', () => {
    expect(console.type('ANALYZE/ERROR_LOG SYS$ERRORLOG:OLD.SYS').join('\n')).toMatch(/ENTRY {7}2\. [\s\S]*\$SNDERR MESSAGE[\s\S]* somebody was here/);
    const counted = console.type('ANALYZE/ERROR/SUMMARY SYS$ERRORLOG:OLD.SYS').join('\n');
    expect(counted).toMatch(/DEVICE ERROR +2\.[\s\S]*_DUA0: +1\.\n +_DUA1: +1\./);
    expect(console.type('ANALYZE/ERROR/OUTPUT=SYS$MANAGER:E.LIS SYS$ERRORLOG:OLD.SYS')).toEqual([]);
    expect(console.type('ANALYZE/ERROR/OUTPUT=NOSUCH:X')).toEqual(['%ERF-E-OPENOUT, error opening NOSUCH:[SYSMGR]X.LIS; as output', expect.stringMatching(/^-RMS-F-DEV, /)]);
    expect(console.type('SEARCH SYS$MANAGER:E.LIS somebody')).toEqual([expect.stringContaining('somebody was here')]);
    expect(console.type('ANALYZE/ERROR NOSUCH.SYS').join(' ')).toMatch(/^%ERF-E-OPENIN, .*NOSUCH\.SYS;? as input -RMS-E-FNF/);
  });

  test('ch25#20: what was in the error log buffers at a crash is in the error log after the next boot, and the crash itself', () => {
    const disk = systemDisk();
    const first = new Console(disk);
    expect(() => { first.type('RUN SYS$SYSTEM:OPCCRASH'); }).toThrow(/the system stopped/);
    const next = new Console(disk);
    next.run(40);                                                   // ERRFMT writes twice a minute
    const lines = next.type('ANALYZE/ERROR_LOG/BRIEF').slice(3);
    const titles = lines.map((line) => line.slice(44, 64).trim());
    expect(titles.filter((title) => title === 'SYSTEM STARTUP')).toHaveLength(2);
    expect(titles.indexOf('FATAL BUGCHECK')).toBeGreaterThan(titles.indexOf('SYSTEM STARTUP'));
    expect(lines.find((line) => line.includes('FATAL BUGCHECK'))).toMatch(/OPERCRASH$/);
    expect(next.type('ANALYZE/ERROR_LOG/INCLUDE=BUGCHECKS').join('\n')).toMatch(/ OPERCRASH, [\s\S]*PROCESS NAME +SYSTEM\n[\s\S]* KSP [\s\S]* ICCS /);
    expect(next.type('SHOW ERROR').join('\n')).not.toMatch(/DUA0/);
  });
});
