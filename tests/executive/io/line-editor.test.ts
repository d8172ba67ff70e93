import { describe, expect, test } from 'vitest';
import { editCharacter, beginLine } from '../../../src/executive/io/drivers/terminal-edit.js';
import {
  RB, initializeReadBuffer, LAST_OF_NEWLINE, nextEcho, readBufferSize, readText, type ReadBuffer, type ReadRequest, type TerminalUnit,
} from '../../../src/executive/io/drivers/terminal-read-buffer.js';
import { initializeTypeahead } from '../../../src/executive/io/drivers/typeahead.js';
import { SS$_BADESCAPE, SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { TRM$M_TM_CVTLOW, TRM$M_TM_ESCAPE, TRM$M_TM_NOECHO, TRM$M_TM_NOFILTR, TRM$M_TM_TERM_ARROW, TRM$M_TM_TRMNOECHO } from '../../../src/executive/starlet/trmdef.js';
import { TT$M_LOWER, TT$M_SCOPE } from '../../../src/executive/starlet/ttdef.js';
import { TT2$M_EDITING, TT2$M_INSERT } from '../../../src/executive/starlet/tt2def.js';
import { ArrayMemory, bytesToText, textToBytes } from '../../../src/executive/structures/memory.js';
import { TTYUCB } from '../../../src/executive/structures/ucb.js';

const EMPTY = new Uint8Array(0);

/** A terminal unit and reads on it, in a plain array; the screen is what the echo makes of a line of 80 columns. */
class Terminal {
  readonly memory = new ArrayMemory(new Uint8Array(0x4000));
  readonly ucb: TerminalUnit = TTYUCB.at(this.memory, 0x100);
  rb!: ReadBuffer;
  screen = '';

  constructor(characteristics2 = TT2$M_EDITING) {
    this.ucb.UCB$L_DEVDEPEND = TT$M_LOWER | TT$M_SCOPE;
    this.ucb.UCB$L_DEVDEPND2 = characteristics2;
    this.ucb.UCB$W_DEVBUFSIZ = 80;
    initializeTypeahead(this.memory, 0x400, 32);
    this.ucb.UCB$L_TT_TYPAHD = 0x400;
  }

  read(request: Partial<ReadRequest> = {}): this {
    const full: ReadRequest = {
      userBuffer: 0, size: 40, modifiers: 0, timeout: 0, terminators: undefined, prompt: textToBytes('$ '), initial: EMPTY, initialOffset: undefined,
      escapeOverflow: 0, ...request,
    };
    expect(readBufferSize(full)).toBeLessThan(0x2000);
    this.rb = initializeReadBuffer(this.memory, 0x1000, full, 19);
    this.screen = bytesToText(full.prompt);
    this.ucb.UCB$W_TT_CURSOR = full.prompt.length;
    beginLine(this.rb, this.ucb);
    this.drain();
    return this;
  }

  type(text: string): this {
    for (const character of text) {
      if (this.rb.RB$V_DONE !== 0) break;
      editCharacter(this.rb, this.ucb, character.charCodeAt(0));
      this.drain();
    }
    return this;
  }

  private drain(): void {
    for (let character = nextEcho(this.rb); character >= 0; character = nextEcho(this.rb)) {
      const plain = character & ~LAST_OF_NEWLINE;
      this.screen += String.fromCharCode(plain);
      if (plain === 8) this.ucb.UCB$W_TT_CURSOR -= 1;
      else if (plain === 13) this.ucb.UCB$W_TT_CURSOR = 0;
      else if (plain >= 32) this.ucb.UCB$W_TT_CURSOR += 1;
    }
  }

  /** The last line as it looks on the screen. */
  get line(): string {
    const cells: string[] = [];
    let column = 0;
    for (const character of this.screen) {
      if (character === '\n' || character === '\x07') { if (character === '\n') cells.length = 0; } else if (character === '\r') column = 0;
      else if (character === '\b') column -= 1;
      else cells[column++] = character;
    }
    return cells.join('').trimEnd();
  }
  get text(): string { return bytesToText(readText(this.rb)); }
  get status(): number { return this.rb.RB$W_STATUS; }
  get terminator(): number { return this.rb.RB$W_TERM; }
}

const LEFT = '\x1b[D';
const RIGHT = '\x1bOC';
const UP = '\x1b[A';
const DOWN = '\x1b[B';

describe('line editing of terminal reads', () => {
  test('characters are echoed and kept; qio#11: RETURN ends the line, with a new line on the screen', () => {
    const t = new Terminal().read().type('show time\r');
    expect([t.text, t.status, t.terminator, t.rb.RB$W_TERMSIZ]).toEqual(['show time', SS$_NORMAL, 13, 1]);
    expect(t.screen).toBe('$ show time\r\n');
  });

  test('DELETE takes the character before the cursor off the screen', () => {
    const t = new Terminal().read().type('abd\x7fc\r');
    expect(t.text).toBe('abc');
    expect(t.screen).toBe('$ abd\b \bc\r\n');
  });

  test('DELETE on an empty line does nothing', () => {
    const t = new Terminal().read().type('\x7f\x7fx');
    expect([t.text, t.screen]).toEqual(['x', '$ x']);
  });

  test('insertion in the middle, in insert mode, moves the rest along', () => {
    const t = new Terminal(TT2$M_EDITING | TT2$M_INSERT).read().type(`shw${LEFT}o`);
    expect([t.text, t.line, t.rb.RB$W_CURPOS]).toEqual(['show', '$ show', 3]);
  });

  test('overstrike is the mode without TT2$M_INSERT, CTRL/A changes it for this line', () => {
    const t = new Terminal().read().type(`abc${LEFT}${LEFT}X\x01Y`);
    expect([t.text, t.line]).toEqual(['aXYc', '$ aXYc']);
  });

  test('CTRL/H goes to the beginning, CTRL/E to the end, arrows and CTRL/D CTRL/F by one', () => {
    const t = new Terminal(TT2$M_EDITING | TT2$M_INSERT).read().type(`bcd\x08a\x05e\x04\x06${LEFT}${RIGHT}f`);
    expect([t.text, t.line]).toEqual(['abcdef', '$ abcdef']);
  });

  test('CTRL/U deletes from the beginning to the cursor', () => {
    const t = new Terminal().read().type(`abcdef${LEFT}${LEFT}\x15`);
    expect([t.text, t.line, t.rb.RB$W_CURPOS]).toEqual(['ef', '$ ef', 0]);
  });

  test('CTRL/J deletes the word before the cursor', () => {
    const t = new Terminal().read().type('show process \n');
    expect([t.text, t.line]).toEqual(['show ', '$ show']);
  });

  test('CTRL/X deletes the line', () => {
    const t = new Terminal().read().type('nonsense\x18ok\r');
    expect([t.text, t.line]).toEqual(['ok', '']);
  });

  test('qio#13: CTRL/R shows prompt and text again', () => {
    const t = new Terminal().read({ prompt: textToBytes('\r\n$ ') }).type('abc\x12');
    expect(t.screen).toBe('\r\n$ abc\r\n$ abc');
  });

  test('CTRL/B and up arrow bring the last line back, down arrow empties the line', () => {
    const t = new Terminal();
    t.read().type('first\r');
    t.read().type('\x02');
    expect([t.text, t.line]).toEqual(['first', '$ first']);
    t.read().type(`${UP}\x7f`);
    expect([t.text, t.line]).toEqual(['firs', '$ firs']);
    t.type(DOWN);
    expect([t.text, t.line]).toEqual(['', '$']);
  });

  test('a read with TERM_ARROW ends at an up arrow, its sequence behind the text', () => {
    const t = new Terminal().read({ modifiers: TRM$M_TM_TERM_ARROW, escapeOverflow: 4 }).type(`ab${UP}`);
    expect([t.text, t.terminator, t.rb.RB$W_TERMSIZ, t.rb.RB$V_DONE]).toEqual(['ab', 27, 3, 1]);
    expect(bytesToText(t.memory.readBytes(t.rb.RB$L_TXT, 5))).toBe(`ab${UP}`);
  });

  test('an escape sequence ends a read that asked for them; a malformed one is SS$_BADESCAPE', () => {
    const good = new Terminal(0).read({ modifiers: TRM$M_TM_ESCAPE }).type('x\x1bOP');
    expect([good.text, good.status, good.rb.RB$W_TERMSIZ]).toEqual(['x', SS$_NORMAL, 3]);
    const bad = new Terminal(0).read({ modifiers: TRM$M_TM_ESCAPE }).type('x\x1b[1\x01');
    expect(bad.status).toBe(SS$_BADESCAPE);
  });

  test('a sequence that is no editing key rings the bell and is forgotten', () => {
    const t = new Terminal().read().type('a\x1b[17~b');
    expect([t.text, t.screen]).toEqual(['ab', '$ a\x07b']);
  });

  test('a full buffer ends the read without a terminator', () => {
    const t = new Terminal().read({ size: 3 }).type('abcdef');
    expect([t.text, t.status, t.terminator, t.rb.RB$W_TERMSIZ]).toEqual(['abc', SS$_NORMAL, 0, 0]);
  });

  test('qio#12: with an empty terminator mask only a full buffer ends the read', () => {
    const t = new Terminal().read({ size: 4, terminators: new Uint8Array(4), modifiers: TRM$M_TM_NOFILTR }).type('a\r\x1ab');
    expect([t.text, t.rb.RB$V_DONE]).toEqual(['a\r\x1ab', 1]);
  });

  test('a terminator mask in bytes makes a printable character a terminator', () => {
    const mask = new Uint8Array(16);
    mask['.'.charCodeAt(0) >>> 3]! |= 1 << ('.'.charCodeAt(0) & 7);
    const t = new Terminal().read({ terminators: mask }).type('end.');
    expect([t.text, t.terminator]).toEqual(['end', 46]);
  });

  test('no echo: nothing shows, the text is there', () => {
    const t = new Terminal().read({ modifiers: TRM$M_TM_NOECHO }).type('secret\x7fT\r');
    expect([t.text, t.screen]).toEqual(['secreT', '$ ']);
  });

  test('the terminator alone can be kept from the screen', () => {
    expect(new Terminal().read({ modifiers: TRM$M_TM_TRMNOECHO }).type('x\r').screen).toBe('$ x');
  });

  test('CVTLOW makes capitals', () => {
    const t = new Terminal().read({ modifiers: TRM$M_TM_CVTLOW }).type('aBc\r');
    expect([t.text, t.line]).toEqual(['ABC', '']);
  });

  test('CTRL/Z ends the read and echoes *EXIT*', () => {
    const t = new Terminal().read().type('\x1a');
    expect([t.text, t.terminator, t.screen]).toEqual(['', 26, '$ *EXIT*\r\n']);
  });

  test('CTRL/V takes the next character as it is', () => {
    const t = new Terminal().read().type('a\x16\x1ab\r');
    expect(t.text).toBe('a\x1ab');
  });

  test('an initial string is shown and may be edited', () => {
    const t = new Terminal().read({ initial: textToBytes('copy') }).type('\x7fe\r');
    expect([t.text, t.screen]).toEqual(['cope', '$ copy\b \be\r\n']);
  });

  test('a line that has reached the right margin is shown again below when it changes', () => {
    const t = new Terminal().read({ size: 200 }).type('x'.repeat(90)).type('\x7f');
    expect(t.text).toBe('x'.repeat(89));
    expect(t.screen.endsWith(`\r\n$ ${'x'.repeat(89)}`)).toBe(true);
  });

  test('the echo list is bounded: every key leaves it empty once it is drained', () => {
    const t = new Terminal().read({ size: 200 });
    for (let character = 1; character < 256; character += 1) {
      if (t.rb.RB$V_DONE !== 0) t.read({ size: 200 });
      t.type(String.fromCharCode(character));
      expect(RB.at(t.memory, t.rb.address).RB$B_ECHPUT).toBe(0);
    }
  });
});
