import { EventEmitter } from 'node:events';
import type { WriteStream } from 'node:tty';
import { describe, expect, test } from 'vitest';
import { PanelSource, type PanelFigures } from '../../src/console/panel-figures.js';
import { PanelRegion } from '../../src/console/panel-region.js';
import { PANEL_HEIGHT, PanelPainter } from '../../src/console/screens/panel.js';
import { service } from '../../src/executive/gate/service-call.js';
import { PCB } from '../../src/executive/structures/pcb.js';
import { PHD } from '../../src/executive/structures/phd.js';
import { TestSystem, type Program } from '../harness.js';

/** A terminal of 24 rows and 100 columns that remembers what was written to it. */
class Paper extends EventEmitter {
  text = '';
  isTTY = true;
  rows = 24;
  columns = 100;
  write(text: string): boolean {
    this.text += text;
    return true;
  }
}
const stream = (paper: Paper): WriteStream => paper as unknown as WriteStream;

const FIGURES: PanelFigures = {
  modes: { kernel: 0.25, executive: 0, supervisor: 0.5, user: 0, interrupt: 0, idle: 0.25 }, levels: [[0, 0.75], [8, 0.25]], instructions: 2_500_000, current: 'SYSTEM',
  states: [['LEF', 3], ['HIB', 2]], computable: [[9, 1], [4, 12]], faults: 3.25, freePages: 12345, modifiedPages: 67, directIo: 10, bufferedIo: 20_000,
  pools: [{ name: 'nonpaged', used: 256, size: 1024 }],
};

describe('the front panel', () => {
  test('the figures are those of the cells: ticks by mode, states, free pages, pool, I/O', () => {
    const sleeper: Program = function* (p) {
      yield* service(p, '$HIBER', {});
      return 1;
    };
    const starter: Program = function* (p) {
      yield* service(p, '$CREPRC', { image: p.string('SYS$SYSTEM:SLEEPER'), prcnam: p.string('ASLEEP'), baspri: 4, stsflg: 0 });
      yield* service(p, '$HIBER', {});
      return 1;
    };
    const system = new TestSystem({ programs: { SYSINIT: starter, SLEEPER: sleeper } });
    const { k } = system;
    let now = 1000;
    const source = new PanelSource(k, () => now);
    system.runUntilIdle(1);
    now += 2000;
    source.look();
    const before = { executed: k.cpu.instructionCount, ticks: k.readLong(k.symbol('PMS$GL_KERNEL') + 12) };
    k.sys.PMS$GL_FAULTS += 10;
    k.sys.PMS$GL_DIRIO += 4;
    const first = source.take();
    expect(first.states.find(([name]) => name === 'HIB')![1]).toBeGreaterThanOrEqual(2);
    expect([first.current, first.freePages, first.computable]).toEqual(['NULL', k.sys.SCH$GL_FREECNT, []]);
    expect(first.levels).toEqual([[(k.cpu.psl >>> 16) & 31, 1]]);
    expect(first.instructions * 2).toBeCloseTo(before.executed, 3);
    const [nonpaged] = first.pools;
    expect([nonpaged!.name, nonpaged!.size]).toEqual(['nonpaged', k.sys.MMG$GL_NPAGNEXT - k.sys.MMG$GL_NPAGEDYN]);
    expect(nonpaged!.used).toBeGreaterThan(0);
    // A second later nothing has run but what is put into the cells here: half user mode, half the null process.
    now += 1000;
    const ticks = k.symbol('PMS$GL_KERNEL');
    k.writeLong(ticks, k.readLong(ticks) + 50);
    k.writeLong(ticks + 12, before.ticks + 50);
    PHD.at(k, PCB.at(k, k.symbol('SCH$GL_NULLPCB')).PCB$L_PHD).PHD$L_CPUTIM += 50;
    k.sys.PMS$GL_FAULTS += 7;
    k.sys.PMS$GL_BUFIO += 3;
    const second = source.take();
    expect(second.modes).toEqual({ kernel: 0, executive: 0, supervisor: 0, user: 0.5, interrupt: 0, idle: 0.5 });
    expect([second.faults, second.directIo, second.bufferedIo, second.instructions, second.levels]).toEqual([7, 0, 3, 0, []]);
  });

  test('it is drawn above the console, whose region and cursor stay its own', () => {
    const paper = new Paper();
    const region = new PanelRegion(stream(paper), new PanelPainter(paper.columns), PANEL_HEIGHT);
    region.draw(FIGURES);
    expect(paper.text.startsWith(`\x1b[2J\x1b[${PANEL_HEIGHT + 1};24r\x1b[?6h\x1b[H\x1b7\x1b[?6l`)).toBe(true);
    expect(paper.text.endsWith('\x1b[?6h\x1b8')).toBe(true);
     
    const rows = paper.text.split(/\x1b\[\d+;1H/).slice(1).map((row) => row.replace(/\x1b[[0-9;?]*[a-zA-Z78]?/g, ''));
    expect(rows).toHaveLength(PANEL_HEIGHT);
    for (const row of rows) expect(row.length).toBeLessThanOrEqual(paper.columns);
    expect(rows.join('\n')).toMatch(/Supervisor █+░+ 50%.*\n.*[\s\S]*2\.5 M instructions\/s/);
    expect(rows.join('\n')).toContain('COM      9:1 4:12');
    expect(rows.join('\n')).toContain('Faults 3.3/s  free 12345  modified 67 pages');
    paper.text = '';
    paper.rows = 30;
    region.draw(FIGURES);
    expect(paper.text.startsWith('\x1b7\x1b[10;30r\x1b[?6h\x1b8\x1b7')).toBe(true);
    // A terminal that becomes too small is the console's alone, until it has room again.
    paper.text = '';
    paper.rows = 12;
    region.draw(FIGURES);
    region.draw(FIGURES);
    expect(paper.text).toBe('\x1b[?6l\x1b[r\x1b[12;1H\r\n');
    paper.text = '';
    paper.rows = 30;
    region.draw(FIGURES);
    expect(paper.text.startsWith('\x1b[2J\x1b[10;30r')).toBe(true);
    paper.text = '';
    region.close();
    expect(paper.text).toBe('\x1b[?6l\x1b[r\x1b[30;1H\r\n');
  });

  test.each([[80, 'Faults 3.3/s  free 12345  mod 67 '], [132, 'modified 67 pages'], [50, 'Supervisor ███░░░ 50%'], [30, 'Supervisor ███░░░ 50%']])('in %d columns nothing of the modes is cut off', (columns, shown) => {
    const painter = new PanelPainter(columns);
    const rows = painter.paint(FIGURES, columns).map((row) => row.replace(/\x1b[[0-9;?]*[a-zA-Z78]?/g, ''));
    painter.close();
    expect(rows.join('\n')).toContain(shown);
    expect(rows.join('\n')).toMatch(/Kernel +█+░+ +25%/);
    for (const row of rows) expect(row.length).toBeLessThanOrEqual(columns);
  });

  test('a terminal without room for it, or no terminal, has none', () => {
    const paper = new Paper();
    expect(PanelRegion.fits(stream(paper), PANEL_HEIGHT)).toBe(true);
    paper.rows = 18;
    expect(PanelRegion.fits(stream(paper), PANEL_HEIGHT)).toBe(false);
    paper.rows = 40;
    paper.isTTY = false;
    expect(PanelRegion.fits(stream(paper), PANEL_HEIGHT)).toBe(false);
  });
});
