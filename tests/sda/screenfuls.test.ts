import { beforeAll, expect, test } from 'vitest';
import { Screenfuls } from '../../src/sda/screenfuls.js';
import type { Sda } from '../../src/sda/sda.js';
import { crashDump, openDump, symbolsOf, waitingSystem } from './crashed.js';

let sda: Sda;
beforeAll(() => {
  const system = waitingSystem();
  sda = openDump(crashDump(system), symbolsOf(system));
});
const MORE = 'Press RETURN for more.';

test('a display of any length comes whole, a screenful for each RETURN', () => {
  for (const command of ['SHOW SUMMARY', 'SHOW PROCESS/ALL', 'EVALUATE 1', 'SHOW NOTHING']) {
    const whole = [...sda.execute(command)];
    const screenfuls = new Screenfuls(sda, 24);
    const seen: string[] = [];
    let line = command;
    for (;;) {
      const shown = [...screenfuls.enter(line)];
      expect(shown.length).toBeLessThanOrEqual(22);
      if (shown.at(-1) !== MORE) {
        seen.push(...shown);
        break;
      }
      expect(shown).toHaveLength(22);
      seen.push(...shown.slice(0, -2));
      line = '';
    }
    expect(seen).toEqual(whole);
    expect([...screenfuls.enter('')]).toEqual([]);
  }
});

test('another command takes the place of the rest; with no screen nothing stops', () => {
  const screenfuls = new Screenfuls(sda, 24);
  expect([...screenfuls.enter('SHOW PROCESS/ALL')].at(-1)).toBe(MORE);
  expect([...screenfuls.enter('EVALUATE 2')].join()).toContain('Hex = 00000002');
  expect([...screenfuls.enter('')]).toEqual([]);
  expect([...new Screenfuls(sda, 0).enter('SHOW PROCESS/ALL')]).toEqual([...sda.execute('SHOW PROCESS/ALL')]);
});

test('a line longer than the screen is wide counts as the rows it takes', () => {
  const whole = [...sda.execute('SHOW HEADER')];
  expect(whole.some((line) => line.length > 80)).toBe(true);
  const shown = [...new Screenfuls(sda, 24, 80).enter('SHOW HEADER')];
  expect(shown.at(-1)).toBe(MORE);
  expect(shown.reduce((rows, line) => rows + Math.max(1, Math.ceil(line.length / 80)), 0)).toBeLessThanOrEqual(22);
  expect([...new Screenfuls(sda, 24, 20).enter('EVALUATE 1')].length).toBeLessThan([...new Screenfuls(sda, 24, 80).enter('EVALUATE 1')].length + 1);
});
