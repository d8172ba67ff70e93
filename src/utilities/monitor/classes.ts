import { SCH_STATE_NAMES } from '../../executive/structures/sch.js';
import { COUNTERS, LEVELS, MODES, type Counter } from './figures.js';

/** The classes of MONITOR: what each shows of two collections of figures. @source VMS Monitor Utility manual; dcl-output-formats.md, MONITOR */
export interface Collection {
  /** As MONITOR$FIGURES gives them. */
  readonly figures: readonly number[];
  /** System time. */
  readonly time: bigint;
}

/** A row: its name, and its value between two collections. */
export interface Row {
  readonly name: string;
  value(before: Collection, after: Collection): number;
}

export interface MonitorClass {
  readonly name: string;
  readonly title: string;
  /** Percent of the processor, processes, or events in a second. */
  readonly kind: 'time' | 'rate' | 'level';
  readonly rows: readonly Row[];
}

const TICKS_PER_SECOND = 100;
const CLOCK_UNITS = 10_000_000;

const seconds = (before: Collection, after: Collection): number => Math.max(0.01, Number(after.time - before.time) / CLOCK_UNITS);
const counterAt = (counter: Counter): number => MODES.length + COUNTERS.indexOf(counter);
const levelAt = (level: (typeof LEVELS)[number]): number => MODES.length + COUNTERS.length + LEVELS.indexOf(level);
const STATES_AT = MODES.length + COUNTERS.length + LEVELS.length;

const grown = (index: number, before: Collection, after: Collection): number => (after.figures[index]! - before.figures[index]!) >>> 0;
const rate = (name: string, ...counters: readonly Counter[]): Row => ({
  name, value: (before, after) => counters.reduce((sum, counter) => sum + grown(counterAt(counter), before, after), 0) / seconds(before, after),
});
const level = (name: string, which: (typeof LEVELS)[number]): Row => ({ name, value: (_before, after) => after.figures[levelAt(which)]! });

/** Percent of the time between the two that the processor was in a mode. Kernel mode has the time of the null process, which is nobody's. */
const percent = (ticks: number, before: Collection, after: Collection): number => (100 * ticks) / (TICKS_PER_SECOND * seconds(before, after));
const idle = (before: Collection, after: Collection): number => grown(levelAt('idle'), before, after);
const mode = (name: string, index: number): Row => ({
  name, value: (before, after) => percent(Math.max(0, grown(index, before, after) - (index === 0 ? idle(before, after) : 0)), before, after),
});

export const CLASSES: readonly MonitorClass[] = [
  {
    name: 'MODES', title: 'TIME IN PROCESSOR MODES', kind: 'time',
    rows: [mode('Interrupt Stack', 4), mode('Kernel Mode', 0), mode('Executive Mode', 1), mode('Supervisor Mode', 2), mode('User Mode', 3), mode('Compatibility Mode', 5),
      { name: 'Idle Time', value: (before, after) => percent(idle(before, after), before, after) }],
  },
  {
    name: 'STATES', title: 'PROCESS STATES', kind: 'level',
    rows: SCH_STATE_NAMES.flatMap((name, index) => (index === 0 ? [] : [{ name, value: (_before: Collection, after: Collection) => after.figures[STATES_AT + index]! }])),
  },
  {
    name: 'IO', title: 'I/O SYSTEM STATISTICS', kind: 'rate',
    rows: [rate('Direct I/O Rate', 'directIo'), rate('Buffered I/O Rate', 'bufferedIo'), rate('Mailbox Write Rate', 'mailboxWrites'), rate('Window Turn Rate', 'windowTurns'),
      rate('Log Name Translation Rate', 'logicalNames'), rate('File Open Rate', 'opens'), rate('Page Fault Rate', 'faults')],
  },
  {
    name: 'PAGE', title: 'PAGE MANAGEMENT STATISTICS', kind: 'rate',
    rows: [...COUNTERS.slice(COUNTERS.indexOf('faults')).map((counter) => rate(`${counter[0]!.toUpperCase()}${counter.slice(1).replace(/[A-Z]/g, (letter) => ` ${letter}`)}`, counter)),
      level('Free List Size', 'free'), level('Modified List Size', 'modified')],
  },
  {
    name: 'SYSTEM', title: 'SYSTEM STATISTICS', kind: 'rate',
    rows: [rate('Page Fault Rate', 'faults'), rate('Direct I/O Rate', 'directIo'), rate('Buffered I/O Rate', 'bufferedIo'), rate('Context Switch Rate', 'contextLoads'),
      rate('Change Mode to Kernel Rate', 'changeKernel'), rate('Change Mode to Exec Rate', 'changeExecutive'), rate('New ENQ Rate', 'newLocks'), rate('DEQ Rate', 'dequeues'),
      level('Free List Size', 'free'), level('Modified List Size', 'modified'), level('Process Count', 'processes')],
  },
];

/** Values of the rows so far. */
export class Statistics {
  private readonly sums: number[];
  private readonly least: number[];
  private readonly most: number[];
  private current: number[] = [];
  private collections = 0;

  constructor(readonly monitored: MonitorClass) {
    this.sums = monitored.rows.map(() => 0);
    this.least = monitored.rows.map(() => Infinity);
    this.most = monitored.rows.map(() => 0);
  }

  add(before: Collection, after: Collection): void {
    this.collections += 1;
    this.current = this.monitored.rows.map((row) => row.value(before, after));
    this.current.forEach((value, index) => {
      this.sums[index]! += value;
      this.least[index] = Math.min(this.least[index]!, value);
      this.most[index] = Math.max(this.most[index]!, value);
    });
  }

  /** Current, average, least and greatest value of each row. */
  lines(): string[] {
    const number = (value: number): string => value.toFixed(2).padStart(12);
    return [
      `${' '.repeat(36)}${['CUR', 'AVE', 'MIN', 'MAX'].map((heading) => heading.padStart(12)).join('')}`, '',
      ...this.monitored.rows.map(({ name }, index) => `    ${name.padEnd(32)}${[this.current[index] ?? 0, this.collections === 0 ? 0 : this.sums[index]! / this.collections, this.least[index] === Infinity ? 0 : this.least[index]!, this.most[index]!].map(number).join('')}`),
    ];
  }

  /** Bars of asterisks from 0 to 100. */
  bars(): string[] {
    const WIDTH = 40;
    return [
      `${' '.repeat(27)}0         25        50        75       100`, `${' '.repeat(27)}+ - - - - + - - - - + - - - - + - - - - +`,
      ...this.monitored.rows.map(({ name }, index) => {
        const value = this.current[index] ?? 0;
        return ` ${name.padEnd(19)}${String(Math.round(value)).padStart(6)} |${'*'.repeat(Math.min(WIDTH, Math.round((value * WIDTH) / 100)))}`;
      }),
    ];
  }
}
