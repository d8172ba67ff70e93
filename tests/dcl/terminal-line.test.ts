import { describe, expect, test } from 'vitest';
import { TT$M_WRAP } from '../../src/executive/starlet/ttdef.js';
import { TTYUCB } from '../../src/executive/structures/ucb.js';
import { Session } from './boot-dcl.js';

/** Types keys one by one, each after the screen has come to rest, and gives what came back. */
function press(session: Session, ...keys: readonly string[]): string {
  const from = session.console.length;
  for (const key of keys) {
    for (const character of key) session.system.machine.console.receive(character.charCodeAt(0));
    session.run(0);
  }
  return session.console.slice(from);
}

const UP = '\x1b[A';
const DOWN = '\x1bOB';
const REDRAWN = '\r\x1b[K$ ';

describe('recall at the DCL prompt', () => {
  test('up arrow and CTRL/B go back through the commands, down arrow forward to an empty line', () => {
    const session = new Session();
    session.run();
    for (const line of ['one = 1', 'two = 2', 'three = 3']) session.type(line);
    expect(press(session, UP)).toBe(`${REDRAWN}three = 3`);
    expect(press(session, '\x02')).toBe(`${REDRAWN}two = 2`);
    expect(press(session, UP, UP)).toBe(`${REDRAWN}one = 1${REDRAWN}one = 1`);
    expect(press(session, DOWN, DOWN, DOWN)).toBe(`${REDRAWN}two = 2${REDRAWN}three = 3${REDRAWN}`);
  });

  test('a recalled line can be edited and is executed as edited; what was typed before the arrow is gone', () => {
    const session = new Session();
    session.run();
    session.type('value = 1');
    press(session, 'junk', UP, '\x7f', '2', '\r');
    session.run();
    expect(session.type('show symbol value')).toContain('VALUE = 2 ');
  });

  test('CTRL/R after a recall shows prompt and line, and editing goes on at the right column', () => {
    const session = new Session();
    session.run();
    session.type('word = "abc"');
    const shown = press(session, UP, '\x12', '\x1b[D', '\x7f', '\x05', '\r');
    expect(shown).toContain(`\r\n\x1b[K$ word = "abc"`);
    session.run();
    expect(session.type('show symbol word')).toContain('WORD');
  });

  test('a line of several rows is erased whole before another is shown', () => {
    const session = new Session();
    session.run();
    session.type('one = 1');
    const { kernel } = session.system;
    const ucb = TTYUCB.at(kernel, kernel.symbol('OPA$UCB0'));
    ucb.UCB$W_DEVBUFSIZ = 40;
    ucb.UCB$L_DEVDEPEND |= TT$M_WRAP;
    expect(press(session, 'x'.repeat(50), '\x1b[D', UP, UP)).toBe(
      `${'x'.repeat(38)}\r\n${'x'.repeat(12)}\bx\r\x1b[1A\x1b[J$ one = 1${REDRAWN}one = 1`);
  });

  test('CTRL/Y throws the line away that was being typed', () => {
    const session = new Session();
    session.run();
    expect(press(session, 'nonsense', '\x19')).toBe('nonsense\r\n*INTERRUPT*\r\n\r\n\0$ ');
  });
});
