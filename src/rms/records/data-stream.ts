import type { Procedure } from '../../executive/gate/procedure.js';
import { readCounted, writeCounted } from '../../executive/structures/memory.js';
import { PIO_BASE, PIO_CELLS } from '../../executive/structures/p1-cells.js';

/**
 * Data lines in a command procedure, as an image finds them in SYS$INPUT. They end at the next command: a line with a dollar sign in front, which
 * stays for the command interpreter, except EOD, which only ends the data. After DECK they end at EOD alone, or at the string that
 * DECK/DOLLARS=string gives. PIO$GT_ENDSTR holds that string while it counts.
 * @source DCL Dictionary, DECK and EOD; digest appC (PIO$GT_ENDSTR)
 */
const ENDSTR = PIO_BASE + PIO_CELLS.offset.PIO$GT_ENDSTR;
const ENDSTR_SIZE = 16;
const END_OF_DATA = '$EOD';
/** As much of a line as can matter. */
export const LONGEST_MARK = 64;

const EOD_LINE = /^\$[ \t]*EOD[ \t]*(?:!.*)?$/i;
const DECK_LINE = /^\$[ \t]*DECK[ \t]*(?:\/DOL[A-Z]*(?:[ \t]*=[ \t]*(?:"([^"]+)"|([^ \t!]+)))?)?[ \t]*(?:!.*)?$/i;

/**
 * What a line of the input stream is to the image.
 *
 * @param line  its beginning, LONGEST_MARK characters
 * @returns 'data'; 'next': DECK, the data begin with the next line; 'end': a command; 'end and next': the end, passed over
 */
export function dataMark(p: Procedure, line: string): 'data' | 'next' | 'end' | 'end and next' {
  const wanted = readCounted(p.memory, ENDSTR);
  if (wanted !== '') {
    const isEnd = wanted === END_OF_DATA ? EOD_LINE.test(line) : line.startsWith(wanted);
    if (!isEnd) return 'data';
    forgetEndOfData(p);
    return 'end and next';
  }
  if (!line.startsWith('$')) return 'data';
  if (EOD_LINE.test(line)) return 'end and next';
  const deck = DECK_LINE.exec(line);
  if (!deck) return 'end';
  writeCounted(p.memory, ENDSTR, deck[1] ?? deck[2] ?? END_OF_DATA, ENDSTR_SIZE);
  return 'next';
}

/** The end of an image is the end of its data. */
export function forgetEndOfData(p: Procedure): void {
  writeCounted(p.memory, ENDSTR, '', ENDSTR_SIZE);
}
