import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { Browser, type Key, type Screen } from '../../src/sda/browse/browser.js';
import { dumpBytesOf, DumpTarget } from '../../src/sda/dump-target.js';
import { SdaError } from '../../src/sda/error.js';
import { Sda } from '../../src/sda/sda.js';
import type { SystemSymbols } from '../../src/sda/symbols.js';
import { makeExampleDump } from '../../src/system/example-dump.js';
import { imagesForSymbols } from '../../src/system/images.js';
import { systemSymbols } from '../../src/system/system-symbols.js';

const [WIDTH, HEIGHT] = [100, 30];

function text({ lines }: Screen): string[] {
  return lines.map((pieces) => pieces.map((piece) => piece.text).join('').trimEnd());
}

/** A browser with a person before it. */
class Visitor {
  readonly browser: Browser;
  constructor(readonly sda: Sda) { this.browser = new Browser(sda, 'dump'); }
  get screen(): Screen { return this.browser.screen(WIDTH, HEIGHT); }
  get lines(): string[] { return text(this.screen); }
  press(...keys: (Key | string)[]): this {
    for (const key of keys) {
      if (typeof key === 'string' && key.length > 1 && !NAMES.has(key)) for (const character of key) this.browser.key({ text: character });
      else this.browser.key(typeof key === 'string' && !NAMES.has(key) ? { text: key } : key as Key);
    }
    return this;
  }
  goTo(expression: string): this { return this.press('G', expression, 'return'); }
  /** The text of the pointer that is lit. */
  get chosen(): string | undefined { return this.screen.lines.flat().find(({ style }) => style === 'chosen')?.text; }
}
const NAMES: ReadonlySet<string> = new Set(['up', 'down', 'pageup', 'pagedown', 'home', 'end', 'left', 'right', 'tab', 'return', 'delete', 'escape', 'ctrl-z']);

describe('the browser over the example dump', () => {
  let dump: Uint8Array;
  let symbols: SystemSymbols;
  const open = (bytes = dump): Visitor => new Visitor(new Sda(new DumpTarget(dumpBytesOf(bytes)), symbols));
  beforeAll(() => {
    dump = makeExampleDump().dump;
    const images = imagesForSymbols();
    symbols = systemSymbols(images.systemImages, images.residentImages);
  }, 60_000);

  test('from the top to a process, its PCB and along its queue, and back the same way', () => {
    const visitor = open();
    const top = visitor.lines;
    visitor.press('/', 'All processes', 'return', 'return');
    expect(visitor.lines.filter((line) => / (?:SWAPPER|ERRFMT|FIRST) /.test(line))).toHaveLength(3);
    visitor.press('/', 'FIRST', 'return', 'return');
    expect(visitor.screen.title).toContain('[PCB of FIRST]');
    visitor.press('return');
    const pcb = visitor.sda.session.viewedPcb;
    expect(visitor.lines[0]).toBe(`${pcb.toString(16).toUpperCase()}   PCB of FIRST, 288 bytes`);
    expect(visitor.screen.note).toMatch(/^state queue forward link .* -> {2}[0-9A-F]{8} .*PCB of SWAPPER$/);
    const next = visitor.sda.session.memory.readLong(pcb);
    expect(visitor.chosen).toBe(next.toString(16).toUpperCase());
    visitor.press('return');
    expect(visitor.lines[0]).toMatch(new RegExp(`^${next.toString(16).toUpperCase()} {3}PCB of `));
    visitor.press('delete', 'delete', 'delete', 'delete', 'home', 'down', 'down', 'down');
    expect(visitor.lines).toEqual(top);
  });

  test('a field shows its value, bits by name, states and times; a pointer into a structure leads to the field', () => {
    const visitor = open();
    const { session } = visitor.sda;
    const first = [...session.processes()].find(([, pcb]) => visitor.goTo(pcb.toString(16)).lines[0]!.includes('PCB of FIRST'))![1];
    visitor.goTo(first.toString(16));
    expect(visitor.lines).toContainEqual(expect.stringMatching(/^\+02C {2}PCB\$W_STATE +0007 {3}HIB$/));
    expect(visitor.lines).toContainEqual(expect.stringMatching(/^ +PCB\$V_RES .*PCB\$V_PHDRES/));
    visitor.goTo((first + 0x10).toString(16));
    expect(visitor.screen.note).toContain('PCB$L_ASTQFL of PCB of FIRST');
    expect(visitor.screen.title).toContain('PCB of FIRST');
    expect(visitor.lines.some((line) => line.startsWith('+010  PCB$L_ASTQFL'))).toBe(true);
  });

  test('code is disassembled from its label, cells of the executive have names, everything can be seen as memory', () => {
    const visitor = open().goTo('SCH$RESCHED');
    expect(visitor.screen.title).toContain('Instructions from SCH$RESCHED');
    expect(visitor.lines.some((line) => / SCH\$RESCHED +[A-Z]/.test(line))).toBe(true);
    visitor.goTo('SCH$GL_CURPCB');
    const current = visitor.sda.session.cell('SCH$GL_CURPCB').toString(16).toUpperCase();
    expect(visitor.lines.find((line) => line.includes(' SCH$GL_CURPCB '))).toContain(`${current}   PCB of SYSTEM`);
    visitor.press('M');
    expect(visitor.screen.title).toContain('System space');
    const at = visitor.sda.session.viewedPcb;
    expect(visitor.lines.some((line) => line.includes(((at & ~15) >>> 0).toString(16).toUpperCase()))).toBe(true);
  });

  test('queues, pool, scheduler, symbols; an SDA command; a search; what cannot be done is said', () => {
    const visitor = open().press('T', '/', 'Scheduler', 'return', 'return');
    expect(visitor.lines).toContainEqual(expect.stringMatching(/^ {4}HIB +[0-9A-F]{8} +4 {3}/));
    visitor.press('/', ' HIB ', 'return', 'return');
    expect(visitor.lines[0]).toMatch(/4 elements$/);
    expect(visitor.lines.filter((line) => /PCB of (?:SWAPPER|ERRFMT|FIRST|SECOND)$/.test(line))).toHaveLength(4);
    visitor.press('T', '/', 'Blocks of non', 'return', 'return');
    expect(visitor.lines.filter((line) => /^ {2}[0-9A-F]{8} +\d+ {2}\w+/.test(line)).length).toBeGreaterThan(15);
    visitor.press('S', 'gl_curpcb', 'return');
    expect(visitor.lines[0]).toMatch(/^SCH\$GL_CURPCB +80/);
    visitor.goTo('show summary');
    expect(visitor.lines).toContain('Current process summary');
    visitor.press('/', 'nowhere at all', 'return');
    expect(visitor.screen.foot).toBe('nowhere at all is not found from here on');
    visitor.goTo('NO$SUCH');
    expect(visitor.screen.foot).toBe('%SDA-E-UNDEFSYM, undefined symbol NO$SUCH');
    visitor.press('x');
    expect(visitor.screen.foot).toBe('"x" is no key of this browser: ? lists them');
    visitor.press('Q');
    expect(visitor.browser.isDone).toBe(true);
  });

  test('the foot names as many keys as fit whole, and shows the end of a long answer; the page of keys fits 80 columns', () => {
    const { browser, press } = ((visitor) => ({ browser: visitor.browser, press: (...keys: string[]) => visitor.press(...keys) }))(open());
    expect(browser.screen(80, 20).foot).toBe('RETURN follow  DELETE back  ? keys  Q quit  G go to  S symbols  / search');
    expect(browser.screen(30, 20).foot).toBe('RETURN follow  DELETE back');
    expect(browser.screen(132, 20).foot).toContain('L queue');
    press('?');
    const keys = browser.screen(200, 40).lines.map((line) => line.map((piece) => piece.text).join(''));
    expect(Math.max(...keys.map((line) => line.trimEnd().length))).toBeLessThanOrEqual(80);
    press('G', ...'SCH$GL_CURPCB+PCB$L_STS');
    expect(browser.screen(20, 20).foot).toMatch(/\+PCB\$L_STS_$/);
  });

  test('whatever is pressed over whatever bytes, a screen of the right size comes out', () => {
    const key = fc.oneof(
      fc.constantFrom<Key[]>(['up', 'down', 'pageup', 'pagedown', 'home', 'left', 'right', 'tab', 'return', 'delete', 'escape']),
      fc.constantFrom(...'TMILANS/FGB <?').map((letter) => ({ text: letter })), fc.constantFrom<Key>('return', 'return', 'down', 'right'),
    );
    const patches = fc.array(fc.tuple(fc.nat(0xffffff), fc.nat(0xff)), { maxLength: 300 });
    fc.assert(fc.property(patches, fc.array(key, { maxLength: 60 }), (damage, keys) => {
      const bytes = dump.slice();
      for (const [at, value] of damage) bytes[4096 + at % (bytes.length - 4096)] = value;
      let visitor: Visitor;
      try {
        visitor = open(bytes);
      } catch (error) {
        if (error instanceof SdaError) return;
        throw error;
      }
      for (const each of keys.flat()) {
        visitor.press(each);
        const { lines, title, note, foot } = visitor.browser.screen(WIDTH, HEIGHT);
        expect(lines.length).toBeLessThanOrEqual(HEIGHT);
        for (const line of [...text({ lines, title, note, foot }), title, note, foot]) expect(line.length).toBeLessThanOrEqual(WIDTH);
      }
    }), { numRuns: 25, seed: 19 });
  });
});
