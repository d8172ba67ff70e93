import { EventEmitter } from 'node:events';
import { render } from 'ink';
import { createElement } from 'react';
import { expect, test, vi } from 'vitest';
import { BrowserScreen } from '../../src/console/screens/browse.js';
import { Browser } from '../../src/sda/browse/browser.js';
import { DumpTarget, dumpBytesOf } from '../../src/sda/dump-target.js';
import { Sda } from '../../src/sda/sda.js';
import { crashDump, symbolsOf, waitingSystem } from '../sda/crashed.js';

/** A terminal's two sides, as Ink uses them. */
class Screen extends EventEmitter {
  frame = '';
  readonly rows = 24;
  readonly columns = 80;
  readonly isTTY = true;
  write(text: string): boolean {
    if (text.length > 1) this.frame = text;
    return true;
  }
}
class Keys extends EventEmitter {
  readonly isTTY = true;
  private readonly waiting: string[] = [];
  setEncoding(): void { /* text comes as text */ }
  setRawMode(): void { /* it has no other mode */ }
  resume(): void { /* it never stops */ }
  pause(): void { /* nor waits */ }
  ref(): void { /* the test keeps itself alive */ }
  unref(): void { /* and ends by itself */ }
  read(): string | null { return this.waiting.shift() ?? null; }
  press(text: string): void {
    this.waiting.push(text);
    this.emit('readable');
  }
}

 
const visible = (frame: string): string[] => frame.replace(/\x1b\[[0-9;?]*[a-zA-Z]/g, '').split('\n').map((line) => line.trimEnd());

test('the browser on a screen of 24 rows: keys move, RETURN follows, Q ends it', async () => {
  const system = waitingSystem();
  const browser = new Browser(new Sda(new DumpTarget(dumpBytesOf(crashDump(system))), symbolsOf(system)), 'test.dmp');
  const [screen, keys] = [new Screen(), new Keys()];
  const ink = render(createElement(BrowserScreen, { browser }), {
    stdout: screen as unknown as NodeJS.WriteStream, stdin: keys as unknown as NodeJS.ReadStream, debug: true, patchConsole: false, exitOnCtrlC: false,
  });
  const seen = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 5 });
  await seen(() => { expect(visible(screen.frame)[0]).toBe(' test.dmp   What there is to see   [PCB of NULL]'); });
  expect(visible(screen.frame).length).toBeLessThan(24);
  keys.press('/');
  keys.press('All processes\r');
  keys.press('\r');
  await seen(() => { expect(visible(screen.frame)[0]).toContain('Processes'); });
  expect(visible(screen.frame).filter((line) => / (?:FIRST|SECOND) /.test(line))).toHaveLength(2);
  keys.press('\x1b[B');
  keys.press('\x7f');
  await seen(() => { expect(visible(screen.frame)[0]).toContain('What there is to see'); });
  keys.press('q');
  await ink.waitUntilExit();
  expect(browser.isDone).toBe(true);
});
