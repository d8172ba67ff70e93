import { describe, expect, test } from 'vitest';
import { deleteBetween, insertText, nextWord, previousWord, search } from '../../src/utilities/edt/editing.js';
import { RangeReader, type RangeContext } from '../../src/utilities/edt/ranges.js';
import { TextBuffer } from '../../src/utilities/edt/text-buffer.js';
import { UtilitySession } from './session.js';

/** EDIT/EDT. Expectations: EDT Editor Manual (line mode displays, ranges, functions of the keypad). */
const buffer = (...texts: string[]): TextBuffer => {
  const made = new TextBuffer('MAIN');
  made.insert(0, texts);
  return made;
};

describe('line mode', () => {
  const dcl = new UtilitySession({ 'T.TXT': 'alpha\nbeta\ngamma\ndelta\n' });
  /** An editing session from its beginning to its end; what the last line printed. */
  const edit = (...lines: string[]): string[] => dcl.lines('EDIT/EDT T.TXT', ...lines);
  const text = (file: string): string[] => dcl.lines(`TYPE ${file}`);
  const leave = (): void => { dcl.lines('QUIT'); };

  test('it shows the first line, and lines with their numbers; QUIT leaves the file alone', () => {
    expect(dcl.lines('EDIT/EDT T.TXT')).toEqual(['    1       alpha', '*']);
    expect(dcl.lines('TYPE WHOLE')).toEqual(['    1       alpha', '    2       beta', '    3       gamma', '    4       delta', '*']);
    expect(dcl.lines('3')).toEqual(['    3       gamma', '*']);
    expect(dcl.lines('')).toEqual(['    4       delta', '*']);
    expect(dcl.lines('')).toEqual(['[EOB]', '*']);
    expect(dcl.lines('DELETE 1:3')).toEqual(['3 lines deleted', '    4       delta', '*']);
    leave();
    expect(text('T.TXT')).toEqual(['alpha', 'beta', 'gamma', 'delta']);
  });

  test('inserted lines have numbers between their neighbours', () => {
    edit('INSERT 2', 'one', 'two', '^Z');
    expect(dcl.lines('T 1:2')).toEqual(['    1       alpha', '    1.1     one', '    1.2     two', '    2       beta', '*']);
    dcl.lines('INSERT 1.2;between');
    expect(dcl.lines('T 1.1:1.2')).toEqual(['    1.1     one', '    1.11    between', '    1.2     two', '*']);
    expect(dcl.lines('RES')).toEqual(['7 lines resequenced', '*']);
    expect(dcl.lines('T 3')).toEqual(['    3       between', '*']);
    leave();
  });

  test('substitution, copies, moves, buffers, files', () => {
    expect(edit('S/ta/TA/WHOLE')).toEqual(['    2       beTA', '    4       delTA', '2 substitutions', '*']);
    expect(dcl.lines('S/nothing/x/WH')).toEqual(['No substitutions', '*']);
    expect(dcl.lines('COPY 1:2 TO END')).toEqual(['2 lines copied', '*']);
    expect(dcl.lines('MOVE 3 TO 1')).toEqual(['1 line moved', '*']);
    dcl.lines('COPY BEGIN:1 TO =SPARE', 'FIND =MAIN');
    expect(dcl.lines('T =SPARE')).toEqual(['    1       gamma', '    2       alpha', '*']);
    dcl.lines('WRITE PART.TXT =SPARE', 'FIND =MAIN');
    expect(dcl.lines('EXIT')).toEqual(['DUA0:[TEST]T.TXT;2 6 lines']);
    expect(text('T.TXT')).toEqual(['gamma', 'alpha', 'beTA', 'delTA', 'alpha', 'beTA']);
    expect(text('PART.TXT')).toEqual(['gamma', 'alpha']);
    expect(dcl.lines('DIRECTORY/TOTAL *.JOU')).toEqual(['%DIRECT-W-NOFILES, no files found']);
  });

  test('what is wrong is said, and nothing is lost', () => {
    expect(edit('BOGUS')).toEqual(['Unrecognized command', '*']);
    expect(dcl.lines('\'nowhere\'')).toEqual(['String was not found', '*']);
    expect(dcl.lines('T 1:')).toEqual(['Error in range specification', '*']);
    leave();
    expect(dcl.lines('EDIT/NOCREATE NONE.TXT')[0]).toBe('%EDT-E-OPENIN, error opening DUA0:[TEST]NONE.TXT; as input');
    expect(dcl.lines('EDIT NEW.TXT', 'I;text')).toEqual(['*']);
    dcl.lines('EXIT');
    expect(text('NEW.TXT')).toEqual(['text']);
  });

  test('a procedure edits by its data lines, and a startup file is done first', () => {
    dcl.lines('CREATE SETUP.EDT', 'SET NONUMBERS', '^Z', 'CREATE E.COM', '$ EDIT/COMMAND=SETUP.EDT NEW.TXT', 'S/te/TE/', 'EXIT', '^Z');
    expect(dcl.lines('@E')).toEqual(['text', 'TExt', '1 substitution', 'DUA0:[TEST]NEW.TXT;2 1 line']);
  });

  test('the journal of a session that broke off brings its changes back', () => {
    edit('I 1;kept', 'QUIT/SAVE');
    expect(dcl.lines('DIRECTORY/COLUMNS=1/NOHEADING/NOTRAILING *.JOU')).toEqual(['T.JOU;1']);
    // The journal ends with the QUIT/SAVE that kept it: it is left out.
    dcl.lines('CREATE T.JOU', 'LI 1;kept', '^Z');
    dcl.lines('EDIT/RECOVER T.TXT');
    expect(dcl.lines('T 0:1').slice(0, 2)).toEqual(['    0.1     kept', '    1       gamma']);
    leave();
  });

  test('change mode: keys of the keypad change the text', () => {
    const keys = (typed: string): void => { dcl.session.type(typed); };
    dcl.lines('SET TERMINAL/VT100', 'CREATE S.TXT', 'The quick brown fox', 'jumps', 'over it', '^Z', 'EDIT S.TXT');
    const [gold, word, delWord, undelete, line, bottom, select, cut, paste] = ['\x1bOP', '\x1bOq', '\x1bOm', '\x1bOP\x1bOm', '\x1bOp', '\x1bOP\x1bOt', '\x1bOn', '\x1bOv', '\x1bOP\x1bOv'];
    keys('C');
    // Delete the second word, undelete it at the end of the line; cut the second line and paste it at the bottom.
    keys(`${word}${delWord}\x1bOr ${undelete}\x08${line}${select}${line}${cut}${bottom}${paste}X${gold}\x1bOuY\x1a`);
    dcl.lines('EXIT');
    expect(text('S.TXT')).toEqual(['YThe brown fox quick', 'over it', 'jumps', 'X']);
  });
});

describe('parts', () => {
  const context = (current: TextBuffer): RangeContext => ({ current, selected: undefined, exact: false, buffer: () => current });
  const rows = (text: string, current: TextBuffer): readonly number[] => new RangeReader(text, context(current)).read('current').rows;

  test('ranges', () => {
    const five = buffer('a', 'b', 'c', 'd', 'e');
    five.row = 2;
    expect(rows('', five)).toEqual([2]);
    expect(rows('WH', five)).toEqual([0, 1, 2, 3, 4]);
    expect(rows('%BEFORE', five)).toEqual([0, 1]);
    expect(rows('REST', five)).toEqual([2, 3, 4]);
    expect(rows('.-1:.+1', five)).toEqual([1, 2, 3]);
    expect(rows('BEGIN THRU 2', five)).toEqual([0, 1]);
    expect(rows('2#2', five)).toEqual([1, 2]);
    expect(rows('1,5', five)).toEqual([0, 4]);
    expect(rows('"d"', five)).toEqual([3]);
    expect(rows('-"A"', five)).toEqual([0]);
    expect(rows('ALL "E"', five)).toEqual([4]);
    expect(rows('END', five)).toEqual([5]);
  });

  test('text goes in and comes out over the ends of lines', () => {
    const two = buffer('abc', 'def');
    expect(deleteBetween(two, { row: 0, column: 1 }, { row: 1, column: 1 })).toBe('bc\nd');
    expect(two.lines.map(({ text }) => text)).toEqual(['aef']);
    insertText(two, 'bc\nd');
    expect(two.lines.map(({ text }) => text)).toEqual(['abc', 'def']);
    expect([two.row, two.column]).toEqual([1, 1]);
    deleteBetween(two, { row: 1, column: 0 }, { row: 2, column: 0 });
    expect(two.lines.map(({ text }) => text)).toEqual(['abc']);
  });

  test('words and strings', () => {
    const one = buffer('one  two', 'three');
    expect(nextWord(one, { row: 0, column: 0 })).toEqual({ row: 0, column: 5 });
    expect(nextWord(one, { row: 0, column: 8 })).toEqual({ row: 1, column: 0 });
    expect(previousWord(one, { row: 0, column: 5 })).toEqual({ row: 0, column: 0 });
    expect(search(one, 'T', { row: 0, column: 0 }, { forward: true, exact: false })).toEqual({ row: 0, column: 5 });
    expect(search(one, 'T', { row: 0, column: 0 }, { forward: true, exact: true })).toBeUndefined();
    expect(search(one, 'o', { row: 1, column: 0 }, { forward: false, exact: true })).toEqual({ row: 0, column: 7 });
  });
});
