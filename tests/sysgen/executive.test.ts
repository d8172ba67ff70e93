import { describe, expect, test } from 'vitest';
import { EXECUTIVE_DATA_VBN } from '../../src/executive/boot/executive-image.js';
import { clockAtBoot } from '../../src/executive/boot/clock-at-boot.js';
import { binaryTime } from '../../src/executive/information/time.js';
import { SYSTEM_CELLS } from '../../src/executive/structures/system-cells.js';
import { timeOfYear } from '../../src/executive/time/time-of-year.js';
import type { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { readSystemFile, systemFileExtents } from '../../src/sysgen/system-disk.js';
import { TEST_TIME } from '../harness.js';
import { Console, systemDisk } from './console.js';

/** SYS$SYSTEM:SYS.EXE is what boots; the base cells of the time of year are kept in it. */

const SECOND = 10_000_000n;
const DAY = 86_400n * SECOND;
const FILE = '[SYS0.SYSEXE]SYS.EXE';

const cellAt = (cell: string): number => (EXECUTIVE_DATA_VBN - 1) * 512 + SYSTEM_CELLS.offset[cell as 'EXE$GL_TODR'];

function base(disk: MemoryBlocks): { time: bigint; clock: number } {
  const bytes = readSystemFile(disk, FILE)!;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { time: view.getBigUint64(cellAt('EXE$GQ_TODCBASE'), true), clock: view.getUint32(cellAt('EXE$GL_TODR'), true) };
}

/** Changes bytes of SYS.EXE on the disk. */
function patch(disk: MemoryBlocks, offset: number, bytes: readonly number[]): void {
  const [extent] = systemFileExtents(disk, FILE)!;
  disk.bytes.set(bytes, extent!.lbn * 512 + offset);
}

const setBase = (disk: MemoryBlocks, time: bigint, clock = timeOfYear(time)): void => {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, time, true);
  view.setUint32(8, clock, true);
  patch(disk, cellAt('EXE$GQ_TODCBASE'), [...bytes.subarray(0, 8)]);
  patch(disk, cellAt('EXE$GL_TODR'), [...bytes.subarray(8)]);
};

const now = (console: Console): bigint => console.system.kernel.sys.EXE$GQ_SYSTIME;
const PROMPT = 'Please enter date and time';

describe('SYSBOOT loads the executive from SYS.EXE', () => {
  test('a cell patched in the file has that value in the system booted from it', () => {
    const disk = systemDisk();
    patch(disk, cellAt('EXE$GL_ABSTIM'), [0x10, 0x27, 0, 0]);      // 10000 seconds of uptime
    const console = new Console(disk);
    expect(console.system.kernel.sys.EXE$GL_ABSTIM).toBeGreaterThanOrEqual(10_000);
    expect(console.type('SHOW SYSTEM').join('\n')).toMatch(/Uptime +0 02:46/);
  });

  test('code patched in the file is what runs', () => {
    const disk = systemDisk();
    const whole = new Console(disk).system.kernel;
    const idle = whole.symbol('SCH$NULL');
    const offset = 512 * (1 + 5 + SYSTEM_PAGES) + (idle - whole.symbol('MMG$FRSTRONLY'));
    expect(readSystemFile(disk, FILE)![offset]).toBe(whole.readByte(idle));
    patch(disk, offset, [0]);                                       // HALT in place of the null process
    expect(() => new Console(disk)).toThrow(/the system stopped/);
  });

  test('a file that is not of this build is noticed, and the system comes up without it', () => {
    const disk = systemDisk();
    patch(disk, 0x24, [1, 2, 3, 4]);                                // IHD$L_IDENT
    const console = new Console(disk);
    expect(console.text).toContain('%SYSBOOT-W-BADIMAGE, SYS$SYSTEM:SYS.EXE is built with another version of Starlet');
    expect(console.type('SHOW TIME')[0]).toMatch(/21-AUG-1986|-\d{4} /);
  });
});

const SYSTEM_PAGES = Math.ceil(SYSTEM_CELLS.size / 512);

describe('the time at boot', () => {
  test('ch11#6: a clock that EXE$GL_TODR is more than a day ahead of is rejected, one that is less than a day behind is not', () => {
    const shown = timeOfYear(TEST_TIME);
    const disk = systemDisk();
    const ahead = TEST_TIME + DAY - 60n * SECOND;
    setBase(disk, ahead);
    const taken = new Console(disk, { timeOfYear: shown });
    expect(taken.text).not.toContain(PROMPT);
    expect(now(taken) - TEST_TIME).toBeLessThan(20n * SECOND);
    setBase(disk, ahead + 120n * SECOND);
    expect(new Console(disk, { timeOfYear: shown }).text).toContain(PROMPT);
    const reset = new Console(systemDisk(), { timeOfYear: 0 });
    expect(reset.text).toContain(PROMPT);
  });

  test('ch11#7 ch25#30: with TIMEPROMPTWAIT 0 and a clock that is wrong nobody is asked, and the time is EXE$GL_TODR and 10 ms', () => {
    const disk = systemDisk();
    const recorded = TEST_TIME - 3n * DAY;
    setBase(disk, recorded);
    const console = new Console(disk, { timeOfYear: 0, parameters: { TIMEPROMPTWAIT: 0 } });
    expect(console.text).not.toContain(PROMPT);
    const { EXE$GQ_BOOTTIME: boot } = console.system.kernel.sys;
    expect(boot - recorded).toBe(100_000n);
    expect(base(disk).clock).toBe(timeOfYear(recorded) + 1);
  });

  test('ch11#7: a positive TIMEPROMPTWAIT ends the same way when it is over, unless somebody has typed a time', () => {
    const disk = systemDisk();
    const recorded = TEST_TIME - 3n * DAY;
    setBase(disk, recorded);
    const waited = new Console(disk, { timeOfYear: 0, parameters: { TIMEPROMPTWAIT: 1 } });
    expect(waited.text).toContain(PROMPT);
    expect(waited.text).not.toContain('Welcome');
    for (let times = 0; times < 3; times += 1) waited.keys('');      // 3 seconds each
    expect(waited.text).toContain('Welcome');
    expect(waited.system.kernel.sys.EXE$GQ_BOOTTIME - recorded).toBe(100_000n);
    setBase(disk, recorded);
    const answered = new Console(disk, { timeOfYear: 0, parameters: { TIMEPROMPTWAIT: 60 } });
    answered.keys('1-JAN-1987 12:00\r');
    expect(answered.type('WRITE SYS$OUTPUT F$TIME()')[0]).toMatch(/^ ?1-JAN-1987 12:00:\d\d/);
  });

  test('ch11#8: with TIMEPROMPTWAIT less than 0 the boot waits until a valid time is typed', () => {
    const console = new Console(systemDisk(), { timeOfYear: 0, parameters: { TIMEPROMPTWAIT: -1 } });
    const prompts = (): number => console.text.split(PROMPT).length - 1;
    expect(prompts()).toBe(1);
    for (const line of ['', '12:30', '31-FEB-1987 12:00', 'tomorrow']) console.keys(`${line}\r`);
    expect(prompts()).toBe(5);
    expect(console.text).not.toContain('Welcome');
    console.keys('28-feb-1987 12:00\r');
    expect(console.text).toContain('Welcome');
    expect(console.type('WRITE SYS$OUTPUT F$TIME()')[0]).toMatch(/^28-FEB-1987 12:00:/);
  });

  test('SETTIME 1 asks although the clock is right', () => {
    expect(new Console(systemDisk(), { parameters: { SETTIME: 1 } }).text).toContain(PROMPT);
  });

  test('ch11#12: SET TIME writes the base cells into SYS.EXE, where the next boot finds them; EXE$INIT_TODR, by EXE$SETIME_INT, does not', () => {
    const disk = systemDisk();
    setBase(disk, TEST_TIME - DAY);
    const waiting = new Console(disk, { parameters: { SETTIME: 1 } });
    expect(waiting.text).toContain(PROMPT);
    expect(base(disk).time).toBe(TEST_TIME - DAY);
    const console = new Console(disk);
    console.type('SET TIME=3-MAR-1987:10:00');
    const { EXE$GQ_TODCBASE, EXE$GL_TODR } = console.system.kernel.sys;
    expect(base(disk)).toEqual({ time: EXE$GQ_TODCBASE, clock: EXE$GL_TODR });
    expect(EXE$GQ_TODCBASE - binaryTime('3-MAR-1987 10:00', TEST_TIME)!).toBeLessThan(SECOND);
    // The clock of the next boot has gone on from there: an hour later by the host is an hour later here.
    const next = new Console(disk, { systemTime: EXE$GQ_TODCBASE + 3600n * SECOND });
    expect(next.type('WRITE SYS$OUTPUT F$TIME()')[0]).toMatch(/^ ?3-MAR-1987 11:00:/);
  });

  test('the clock runs on its battery over the end of the year, and is set to the new one', () => {
    const disk = systemDisk();
    const recorded = binaryTime('20-DEC-1986 00:00', TEST_TIME)!;
    setBase(disk, recorded);
    const start = binaryTime('5-JAN-1987 08:00', TEST_TIME)!;
    const console = new Console(disk, { systemTime: start });
    expect(now(console) - start).toBeLessThan(30n * SECOND);
    expect(console.system.kernel.sys.EXE$GL_TODR - timeOfYear(start)).toBeLessThan(3000);
    expect(base(disk).clock).toBe(console.system.kernel.sys.EXE$GL_TODR);
  });

  test('clockAtBoot: what the register cannot count has been set anew', () => {
    const start = binaryTime('1-JUL-1986 00:00', TEST_TIME)!;
    const recorded = { time: start, clock: timeOfYear(start) };
    expect(clockAtBoot(recorded, start + 5n * SECOND)).toEqual({ clock: recorded.clock + 500 });
    expect(clockAtBoot(recorded, start - 5n * SECOND)).toEqual({ clock: recorded.clock });
    const late = start + 600n * DAY;
    expect(clockAtBoot(recorded, late)).toEqual({ clock: timeOfYear(late), base: { time: late, clock: timeOfYear(late) } });
    expect(clockAtBoot(recorded, start - 300n * DAY, true).base?.time).toBe(start - 300n * DAY);
  });
});
