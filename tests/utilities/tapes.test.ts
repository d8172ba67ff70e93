import { describe, expect, test } from 'vitest';
import { itemAt, writeMark, writeRecord } from '../../src/emulator/devices/tape-image.js';
import { MemoryTape } from '../executive/io/memory-tape.js';
import { newDisk, WholeSystem } from './whole-system.js';

/** Magnetic tapes as their users meet them: whole system, commands at the console. */
class TapeSystem {
  readonly system: WholeSystem;

  constructor(readonly reels: readonly MemoryTape[], readOnly: readonly number[] = []) {
    this.system = new WholeSystem(newDisk(), { tapes: reels.map((store, unit) => ({ unit, store, readOnly: readOnly.includes(unit) })) });
    this.system.type('SET TERMINAL/WIDTH=132/NOWRAP');
  }

  /** What a command prints: without its echo, the prompt and empty lines. */
  lines(...commands: readonly string[]): string[] {
    let text = '';
    for (const command of commands) text = this.system.type(command);
    return text.split('\n').slice(1).map((line) => line.trimEnd()).filter((line) => line !== '' && line !== '$');
  }

  /** Makes a text file. */
  create(name: string, ...lines: readonly string[]): void {
    this.system.type(`CREATE ${name}`);
    for (const line of lines) this.system.type(line);
    this.system.keys('\x1a');
  }
}

/** Records of a tape as text, '|' for a mark. */
function contents(tape: MemoryTape): string[] {
  const found: string[] = [];
  for (let item = itemAt(tape, 0); item.kind === 'record' || item.kind === 'mark'; item = itemAt(tape, item.next)) {
    found.push(item.kind === 'mark' ? '|' : String.fromCharCode(...tape.read(item.at, item.length)).trimEnd());
  }
  return found;
}

describe('ANSI tapes', () => {
  test('INITIALIZE, MOUNT, COPY there and back, DIRECTORY, DISMOUNT; the labels are those of the standard', { timeout: 120_000 }, () => {
    const reel = new MemoryTape();
    const tape = new TapeSystem([reel]);
    expect(tape.lines('INITIALIZE MTA0: MYTAPE')).toEqual([]);
    expect(contents(reel)).toEqual([expect.stringMatching(/^VOL1MYTAPE {68,}.*3$/), '|', '|']);
    expect(tape.lines('MOUNT MTA0: MYTAPE')).toEqual(['%MOUNT-I-MOUNTED, MYTAPE mounted on _MTA0:']);
    tape.create('A.TXT', 'first line', '', 'the third');
    expect(tape.lines('COPY A.TXT MTA0:')).toEqual([]);
    expect(tape.lines('COPY A.TXT MTA0:')).toEqual([]);
    expect(tape.lines('COPY SYS$SYSTEM:SYSALF.DAT MTA0:ALF.DAT')).toEqual([]);
    expect(contents(reel).slice(1, 8)).toEqual([
      expect.stringMatching(/^HDR1A\.TXT {12}MYTAPE00010001000100 86233 86233 000000DECFILE11A$/), expect.stringMatching(/^HDR2D0204800014 {35}00$/), '|',
      '0014first line00040013the third', '|', expect.stringMatching(/^EOF1A\.TXT .*000001DECFILE11A$/), expect.stringMatching(/^EOF2D/),
    ]);
    expect(contents(reel).slice(-2)).toEqual(['|', '|']);
    expect(tape.lines('DIRECTORY/NOTRAILING MTA0:').join(' ').split(/ +/)).toEqual(['Directory', 'MTA0:[SYSMGR]', 'A.TXT;2', 'A.TXT;1', 'ALF.DAT;1']);
    expect(tape.lines('TYPE MTA0:A.TXT')).toEqual(['first line', 'the third']);
    expect(tape.lines('DISMOUNT MTA0:', 'MOUNT MTA0: MYTAPE', 'COPY MTA0:A.TXT;1 BACK.TXT', 'DIFFERENCES BACK.TXT A.TXT')[0]).toBe('Number of difference sections found: 0');
    expect(tape.lines('COPY MTA0:ALF.DAT BACK.DAT', 'DIFFERENCES BACK.DAT SYS$SYSTEM:SYSALF.DAT')[0]).toBe('Number of difference sections found: 0');
    expect(tape.lines('DIRECTORY MTA0:*.TXT;*').join(' ')).toMatch(/A\.TXT;2 +A\.TXT;1 .*Total of 2 files/);
    expect(tape.lines('DELETE MTA0:A.TXT;1')[0]).toMatch(/^%DELETE-W-FILNOTDEL/);
    expect(tape.lines('DISMOUNT MTA0:')).toEqual([]);
  });

  test('programs write and read records; a file open for writing is not on the tape before it is closed', { timeout: 120_000 }, () => {
    const reel = new MemoryTape();
    const tape = new TapeSystem([reel]);
    tape.lines('INITIALIZE MTA0: LOG', 'MOUNT MTA0: LOG', 'OPEN/WRITE F MTA0:LOG.DAT');
    tape.lines('I = 0', 'L: I = I + 1');
    for (let number = 1; number <= 5; number += 1) tape.lines(`WRITE F "record ${number}"`);
    expect(contents(reel)).toHaveLength(3);
    tape.lines('CLOSE F');
    expect(contents(reel)[4]).toBe('0012record 10012record 20012record 30012record 40012record 5');
    tape.lines('OPEN/READ F MTA0:LOG.DAT', 'READ F A', 'READ F B');
    expect(tape.lines('WRITE SYS$OUTPUT A, "/", B')).toEqual(['record 1/record 2']);
    tape.lines('CLOSE F');
    expect(tape.lines('OPEN/APPEND F MTA0:LOG.DAT')[0]).toMatch(/^%DCL-E-OPENIN/);
  });

  test('the wrong label, a write ring that is out, a name too long, no labels at all', { timeout: 120_000 }, () => {
    const [blank, ours] = [new MemoryTape(), new MemoryTape()];
    new TapeSystem([ours]).lines('INITIALIZE MTA0: OURS');
    const tape = new TapeSystem([blank, ours], [1]);
    expect(tape.lines('MOUNT MTA0: X')[0]).toMatch(/^%MOUNT-F-/);
    expect(tape.lines('MOUNT MTA1: THEIRS')).toEqual(['%MOUNT-F-INCVOLLABEL, incorrect volume label']);
    expect(tape.lines('MOUNT MTA1: OURS')).toEqual(['%MOUNT-I-WRITELOCK, volume is write locked', '%MOUNT-I-MOUNTED, OURS mounted on _MTA1:']);
    tape.create('A.TXT', 'x');
    expect(tape.lines('COPY A.TXT MTA1:').join(' ')).toContain('-RMS-E-WLK');
    expect(tape.lines('INITIALIZE MTA1: NEW').join(' ')).toContain('%INIT-F-DEVMOUNT');
    expect(tape.lines('INITIALIZE MTA0: TOOLONGLABEL').join(' ')).toContain('BADVOLLABEL');
    tape.lines('INITIALIZE MTA0: FINE', 'MOUNT MTA0: FINE');
    expect(tape.lines('COPY A.TXT MTA0:MUCH_TOO_LONG_A_NAME.TXT').join(' ')).toMatch(/%COPY-E-OPENOUT.*/);
    expect(tape.lines('DIRECTORY MTA0:')).toEqual(['%DIRECT-W-NOFILES, no files found']);
  });
});

describe('foreign tapes', () => {
  test('MOUNT/FOREIGN, SET MAGTAPE moves it, DUMP shows blocks up to the next mark', { timeout: 120_000 }, () => {
    const reel = new MemoryTape();
    const tape = new TapeSystem([reel]);
    tape.create('A.TXT', 'on the tape');
    tape.lines('INITIALIZE MTA0: T', 'MOUNT MTA0: T', 'COPY A.TXT MTA0:', 'DISMOUNT MTA0:');
    expect(tape.lines('MOUNT/FOREIGN MTA0:')[0]).toMatch(/^%MOUNT-I-MOUNTED/);
    expect(tape.lines('DIRECTORY MTA0:').join(' ')).toContain('DEVFOREIGN');
    const labels = tape.lines('DUMP MTA0:');
    expect(labels.filter((line) => line.startsWith('Block number'))).toEqual([
      'Block number 1 (00000001), 80 (0050) bytes', 'Block number 2 (00000002), 80 (0050) bytes', 'Block number 3 (00000003), 80 (0050) bytes',
    ]);
    expect(tape.lines('DUMP MTA0:').join(' ')).toContain('0015on the tape');
    expect(tape.lines('SET MAGTAPE MTA0:/REWIND/SKIP=(FILES:1)', 'DUMP MTA0:').join(' ')).toContain('0015on the tape');
    expect(tape.lines('SET MAGTAPE MTA0:/REWIND/SKIP=(RECORD:2)', 'DUMP MTA0:').filter((line) => line.startsWith('Block number'))).toHaveLength(1);
    tape.lines('SET MAGTAPE MTA0:/SKIP=END_OF_TAPE', 'SET MAGTAPE MTA0:/END_OF_FILE');
    expect(contents(reel).slice(-3)).toEqual([expect.stringMatching(/^EOF2/), '|', '|']);
    expect(tape.lines('SET MAGTAPE MTA0:/DENSITY=6250')).toEqual([]);
    expect(tape.lines('SET MAGTAPE OPA0:/REWIND')[0]).toMatch(/^%SET-W-NOTSET/);
    expect(tape.lines('SET MAGTAPE MTA0:/UNLOAD', 'SET MAGTAPE MTA0:/REWIND').join(' ')).toMatch(/VOLINV/);
  });
});

test('MOUNT/BLOCKSIZE makes blocks of that size, /RECORDSIZE cuts the blocks of files without HDR2; /DENSITY', { timeout: 60_000 }, () => {
  const reel = new MemoryTape();
  const tape = new TapeSystem([reel]);
  tape.lines('INITIALIZE/DENSITY=6250 MTA0: MYTAPE');
  expect(tape.lines('WRITE SYS$OUTPUT (F$GETDVI("MTA0","DEVDEPEND")/256).AND.31')).toEqual(['5']);
  expect(tape.lines('INITIALIZE/DENSITY=77 MTA0: MYTAPE')).toEqual([expect.stringMatching(/^%INIT-F-BADPARAM/)]);
  expect(tape.lines('MOUNT/BLOCKSIZE=40 MTA0: MYTAPE')).toEqual(['%MOUNT-I-MOUNTED, MYTAPE mounted on _MTA0:']);
  tape.create('A.TXT', 'a line of twenty byte', 'a line of twenty byte');
  expect(tape.lines('COPY A.TXT MTA0:')).toEqual([]);
  expect(contents(reel).filter((record) => record.startsWith('0025'))).toHaveLength(2);
  expect(contents(reel).find((record) => record.startsWith('HDR2'))).toMatch(/^HDR2D00040/);
  tape.lines('DISMOUNT MTA0:');
  expect(tape.lines('MOUNT/BLOCKSIZE=1 MTA0: MYTAPE')).toEqual(['%MOUNT-F-VALUERR, /BLOCKSIZE is from 18 to 9999']);

  const old = new MemoryTape();
  const record = (text: string): Uint8Array => Uint8Array.from(text.padEnd(80), (letter) => letter.charCodeAt(0));
  let at = 0;
  for (const item of [record('VOL1OLD'), record('HDR1DATA.TXT         OLD   00010001000100'), undefined, record(`${'x'.repeat(40)}${'y'.repeat(40)}`), undefined, record('EOF1DATA.TXT'), undefined, undefined]) {
    at = item ? writeRecord(old, at, item) : writeMark(old, at);
  }
  const second = new TapeSystem([old]);
  expect(second.lines('MOUNT/RECORDSIZE=40 MTA0: OLD')).toEqual(['%MOUNT-I-MOUNTED, OLD mounted on _MTA0:']);
  expect(second.lines('TYPE MTA0:DATA.TXT')).toEqual(['x'.repeat(40), 'y'.repeat(40)]);
});
