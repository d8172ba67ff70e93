/**
 * DCL's part of npm run bench: command lines a second of processor time, with the whole executive under them, as `starlet run` has it. One boot: one
 * procedure runs after the other and says where its time begins and ends. The rows at the end are curves: the same work at the beginning and at the
 * end of a file, in longer and longer procedures, with more and more symbols and labels. STARLET_BENCH_SCALE divides the rounds, for a quick look.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeHostDirectory } from '../src/console/host-directory.js';
import { VirtualClock } from '../src/emulator/clock.js';
import { MemoryBlocks } from '../src/filesystem/block-io.js';
import { buildSystemDiskInto } from '../src/sysgen/system-disk.js';
import { COMMON_IMAGES } from '../src/system/images.js';
import { startStarlet } from '../src/system/starlet.js';
import { systemFiles } from '../src/system/system-files.js';

interface Row {
  readonly name: string;
  readonly text: readonly string[];
  /** Command lines that are executed, or records or calls that are counted in their place. */
  readonly count: number;
  readonly unit?: string;
}

const BOOT_TIME = 0x008e_f000_0000_0000n;
const SCALE = Number(process.env['STARLET_BENCH_SCALE'] ?? '1');
const DISK_BLOCKS = 8000;
const SLICE = 100_000;
const rounds = (count: number): number => Math.max(10, Math.round(count / SCALE));

/** What the procedure says where its time begins and ends; P1 is the number of the row. */
const BEGIN = `$ WRITE SYS$OUTPUT "#''P1'begin"`;
const END = `$ WRITE SYS$OUTPUT "#''P1'end"`;

/** `lines` again and again: two more lines a round, the label's assignment and the IF. */
function loop(name: string, count: number, lines: readonly string[], more: { readonly behind?: readonly string[]; readonly each?: number; readonly unit?: string; readonly before?: readonly string[] } = {}): Row {
  const times = rounds(count);
  return {
    name, count: times * (more.each ?? lines.length + 2), ...(more.unit === undefined ? {} : { unit: more.unit }),
    text: [...(more.before ?? []), BEGIN, '$ I = 0', '$LOOP: I = I + 1', ...lines, `$ IF I .LT. ${times} THEN GOTO LOOP`, END, '$ EXIT', ...(more.behind ?? [])],
  };
}

const filler = (lines: number): string[] => Array.from({ length: lines }, (_, index) => `$! line ${index} of a long procedure, which says nothing`);
const numbered = (count: number, line: (index: number) => string): string[] => Array.from({ length: count }, (_, index) => line(index));

const ROWS: readonly Row[] = [
  loop('assignment, IF GOTO', 400_000, []),
  loop('IF THEN ELSE ENDIF', 50_000, ['$ IF I .GT. 5', '$ THEN', '$ X = 1', '$ ELSE', '$ X = 2', '$ ENDIF'], { each: 7 }),
  loop('string building', 50_000, ['$ S = S + "x"', '$ IF F$LENGTH(S) .GT. 200 THEN S = ""'], { before: ['$ S = ""'] }),
  loop('lexical functions', 30_000, ['$ A = F$EXTRACT(2,3,"ABCDEFGH") + F$ELEMENT(1,",","x,y,z")', '$ B = F$LOCATE("y","x,y,z")', '$ C = F$EDIT(" a  b ","COLLAPSE,UPCASE")']),
  loop('apostrophes', 30_000, ["$ N = 'I' + 1", `$ T = "''I'"`]),
  loop('GOSUB and RETURN', 50_000, ['$ GOSUB S'], { behind: ['$S: RETURN'], each: 4 }),
  loop('CALL', 3_000, ['$ CALL S A B'], { behind: ['$S: SUBROUTINE', '$ EXIT', '$ ENDSUBROUTINE'], each: 1, unit: 'calls' }),
  loop('nested @', 300, ['$ @NEST 1'], { each: 8, unit: 'calls' }),
  loop('WRITE', 10_000, ['$ WRITE F "a record of some length, number ", I'], { before: ['$ OPEN/WRITE F BENCH.TMP'], each: 1, unit: 'records' }),
  {
    name: 'READ', count: rounds(10_000), unit: 'records',
    text: ['$ CLOSE/NOLOG F', '$ OPEN/READ G BENCH.TMP', BEGIN, '$LOOP: READ/END_OF_FILE=DONE G L', '$ GOTO LOOP', '$DONE:', END, '$ CLOSE G'],
  },
  loop('GOTO at the start of 5,000 lines', 100_000, [], { behind: filler(5000) }),
  loop('GOTO at the end of 5,000 lines', 100_000, [], { before: filler(5000) }),
  loop('GOSUB across 5,000 lines', 20_000, ['$ GOSUB S'], { behind: [...filler(5000), '$S: RETURN'], each: 4 }),
  ...[500, 2000, 8000].map((lines): Row => ({ name: `${lines} lines, once`, count: lines, text: [BEGIN, ...numbered(lines, (index) => `$ A${index % 10} = ${index} + 1`), END] })),
  ...[100, 1000, 10_000].map((count) => loop(`${count} symbols`, 30_000, [`$ X = S_${count / 2}`], { before: [...numbered(count, (index) => `$ S_${index} = ${index}`)] })),
  ...[100, 1000, 5000].map((count) => loop(`${count} labels`, 30_000, [`$ GOTO L${count - 1}`, ...numbered(count, (index) => `$L${index}:`)], { each: 4 })),
];

const NEST = ['$ N = P1 + 1', "$ IF N .LE. 8 THEN @NEST 'N'"];
const MARK = /#(\d+)(begin|end)/g;

/** @param isWanted  by the name of a row */
export function dclBench(isWanted: (name: string) => boolean): void {
  const chosen = ROWS.filter(({ name }) => isWanted(`DCL ${name}`));
  if (chosen.length === 0) return;
  const directory = mkdtempSync(join(tmpdir(), 'starlet-bench-'));
  try {
    const write = (name: string, lines: readonly string[]): void => { writeFileSync(join(directory, name), `${lines.join('\n')}\n`); };
    write('nest.com', NEST);
    chosen.forEach(({ text }, index) => { write(`row${index}.com`, text); });
    write('main.com', chosen.map((_, index) => `$ @ROW${index} ${index}`));
    const times = run(directory);
    console.log(`\n${'DCL'.padEnd(36)}a second of processor time`);
    chosen.forEach(({ name, count, unit = 'lines' }, index) => {
      const seconds = times.get(`${index}end`)! - times.get(`${index}begin`)!;
      console.log(`${name.padEnd(36)}${Math.round(count / seconds).toLocaleString('en').padStart(10)} ${unit}`);
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs main.com of the directory. @returns seconds of processor time at each mark */
function run(directory: string): Map<string, number> {
  const disk = new MemoryBlocks(DISK_BLOCKS);
  buildSystemDiskInto(disk, systemFiles(COMMON_IMAGES, {}, BOOT_TIME), { date: BOOT_TIME });
  const clock = new VirtualClock();
  const times = new Map<string, number>();
  let [output, final] = ['', 0];
  const system = startStarlet({
    memoryMegabytes: 16, clock, systemTime: BOOT_TIME, disks: [disk], autologin: false,
    hostDirectories: [new NodeHostDirectory(directory, { label: 'BENCH' })],
    console: {
      transmit(byte) {
        output += String.fromCharCode(byte);
        for (const [, row, what] of output.matchAll(MARK)) if (!times.has(`${row}${what}`)) times.set(`${row}${what}`, process.cpuUsage().user / 1e6);
        if (byte === 0x0a) output = output.slice(output.lastIndexOf('\n', output.length - 2) + 1);
      },
    },
    job: { file: 'HDA0:[000000]MAIN.COM', directory: 'HDA0:[000000]', parameters: [], done: (status) => { final = status; } },
  });
  while (final === 0) {
    const stop = system.machine.run(SLICE);
    if (stop.kind === 'idle') clock.advance(system.untilNextTimer() ?? 0);
    else if (stop.kind !== 'budget') throw new Error(`stopped: ${JSON.stringify(stop)}`);
  }
  if ((final & 1) === 0) throw new Error(`the procedure ended with ${final.toString(16)}: ${output}`);
  return times;
}
