import type { Memory } from '../../structures/memory.js';
import { gap, structure, type View } from '../../structures/structure.js';
import type { TTYUCB } from '../../structures/ucb.js';

/**
 * Terminal read buffer: the system buffer of a terminal read (IRP$L_SVAPTE) and the state of its line. Behind the fixed part lie the
 * terminator mask, the prompt and the text. Changed at device IPL. Nonpaged pool.
 *
 * The echo is a short list of orders to the output side (RB$R_ECHO): literal characters, a piece of the text, one character many
 * times, or a move of the cursor. Characters from the type-ahead buffer are looked at only when the list is empty, so a piece of text cannot change under it.
 * choice: layout (the book names TTY$W_RB_TXTOFF only). @source book 19.4.2; digest ch19 1.1, 2.6
 */
export const RB = structure('RB', 256, {
  0x00: ['RB$L_TXT', 'address of the text (BUFIO$L_PKTDATA)'],
  0x04: ['RB$L_UVA', 'address of the user\'s buffer (BUFIO$L_USRVA)'],
  0x08: ['RB$W_SIZE', 'structure size in bytes'],
  0x0a: ['RB$B_TYPE', 'DYN$C_BUFIO'],
  0x0b: ['RB$B_STATE', 'state of the read'],
  0x0c: ['RB$L_MODE', 'modifiers, TRM$M_TM_ bits'],
  0x10: ['RB$W_TXTSIZ', 'characters the read may take'],
  0x12: ['RB$W_TXTLEN', 'characters in the text'],
  0x14: ['RB$W_TXTOFF', 'characters of the text that have been echoed'],
  0x16: ['RB$W_CURPOS', 'place of the cursor in the text'],
  0x18: ['RB$L_PRM', 'address of the prompt'],
  0x1c: ['RB$W_PRMLEN', 'length of the prompt'],
  0x1e: ['RB$W_STARTCOL', 'column at which the text begins on the screen'],
  0x20: ['RB$L_TERMMSK', 'address of the terminator mask, 0 for the default'],
  0x24: ['RB$W_TERMLEN', 'bytes of mask'],
  0x26: ['RB$W_ESCOVR', 'extra bytes allowed for an escape sequence'],
  0x28: ['RB$W_TERM', 'terminating character'],
  0x2a: ['RB$W_TERMSIZ', 'characters of the terminator behind the text'],
  0x2c: ['RB$W_STATUS', 'completion status (low word), 0 while reading'],
  0x2e: ['RB$B_ECHGET', 'next echo order'],
  0x2f: ['RB$B_ECHPUT', 'first free echo order'],
  0x30: ['RB$W_ECHDONE', 'characters of the current order already sent'],
  0x32: ['RB$W_TIMOUT', 'seconds between characters, with TIMED'],
  0x34: gap(4, 'unused'),
  0x38: ['RB$W_ESCLEN', 'characters of the escape sequence being read'],
  0x3a: gap(2, 'unused'),
  0x3c: gap(4, 'unused'),
  0x40: ['RB$R_ECHO', 192, 'echo orders of 8 bytes: kind, character, count, address'],
}, {}, {
  RB$V_STARTED: ['RB$B_STATE', 0], RB$V_DONE: ['RB$B_STATE', 1], RB$V_STARTCOL: ['RB$B_STATE', 2], RB$V_FORKED: ['RB$B_STATE', 3],
  RB$V_QUOTE: ['RB$B_STATE', 4], RB$V_OVERSTRIKE: ['RB$B_STATE', 5], RB$V_RECALLED: ['RB$B_STATE', 6],
});

export const RB$K_LENGTH = RB.size;
export type ReadBuffer = ReturnType<typeof RB.at>;
export type TerminalUnit = ReturnType<typeof TTYUCB.at>;

const ECHO_ORDERS = 24;
const LITERAL = 1;
const TEXT = 2;
const REPEAT = 3;
/** Carriage return and line feed after which the line feed of the next write is dropped. */
const NEWLINE = 4;
const RAW = 5;
/** Control sequences that move the cursor of an ANSI screen; the order's address is how far. */
const UP = 6;
const FORWARD = 7;
/** Room at the end of the block in which an escape sequence is collected. */
export const ESCAPE_ROOM = 16;

export const BACKSPACE = 8;
export const TAB = 9;
export const LINE_FEED = 10;
export const RETURN = 13;
export const ESCAPE = 27;
export const SPACE = 32;
export const DELETE = 127;

const echoOrder = (rb: View, index: number): number => rb.address + RB.offset.RB$R_ECHO + 8 * index;

function addOrder(rb: ReadBuffer, kind: number, character: number, count: number, address: number): void {
  const index = rb.RB$B_ECHPUT;
  if (count === 0 || index >= ECHO_ORDERS) return;
  const at = echoOrder(rb, index);
  rb.memory.writeByte(at, kind);
  rb.memory.writeByte(at + 1, character);
  rb.memory.writeWord(at + 2, count);
  rb.memory.writeLong(at + 4, address);
  rb.RB$B_ECHPUT = index + 1;
}

/** Echoes a few fixed characters. */
export function echoLiteral(rb: ReadBuffer, text: string): void {
  for (let start = 0; start < text.length; start += 4) {
    const piece = text.slice(start, start + 4);
    let inline = 0;
    for (let index = 0; index < piece.length; index += 1) inline |= piece.charCodeAt(index) << (8 * index);
    addOrder(rb, LITERAL, 0, piece.length, inline >>> 0);
  }
}

/** Echoes `length` characters of memory from `address`; control characters other than TAB do not show. */
export function echoMemory(rb: ReadBuffer, address: number, length: number): void {
  addOrder(rb, TEXT, 0, length, address);
}

/** Shows `length` characters of memory from `address` just as they are: a prompt. */
export function echoRaw(rb: ReadBuffer, address: number, length: number): void {
  addOrder(rb, RAW, 0, length, address);
}

/** Echoes the text from position `from` up to `to`. */
export function echoText(rb: ReadBuffer, from: number, to: number): void {
  if (to > from) echoMemory(rb, rb.RB$L_TXT + from, to - from);
}

/** Echoes `character` `count` times. */
export function echoRepeat(rb: ReadBuffer, character: number, count: number): void {
  if (count > 0) addOrder(rb, REPEAT, character, count, 0);
}

/** Ends the line: carriage return and line feed. */
export function echoNewLine(rb: ReadBuffer): void {
  addOrder(rb, NEWLINE, 0, 2, 0);
}

/** Moves the cursor `rows` up. */
export function echoUp(rb: ReadBuffer, rows: number): void {
  if (rows > 0) addOrder(rb, UP, 0, cursorSequence(UP, rows).length, rows);
}

/** Moves the cursor `columns` to the right. */
export function echoForward(rb: ReadBuffer, columns: number): void {
  if (columns > 0) addOrder(rb, FORWARD, 0, cursorSequence(FORWARD, columns).length, columns);
}

function cursorSequence(kind: number, count: number): string {
  return `\x1b[${count}${kind === UP ? 'A' : 'C'}`;
}

export function echoPending(rb: ReadBuffer): boolean {
  return rb.RB$B_ECHGET !== rb.RB$B_ECHPUT;
}

export function discardEcho(rb: ReadBuffer): void {
  rb.RB$B_ECHGET = 0;
  rb.RB$B_ECHPUT = 0;
  rb.RB$W_ECHDONE = 0;
}

/** What `nextEcho` gives after the line feed of a new line: the output side notes that the next line feed is to be dropped. */
export const LAST_OF_NEWLINE = 0x100;

/** Columns that the cursor has moved to the right when `character` of nextEcho has been sent, those of a printed character aside. */
export function columnsForward(character: number): number {
  return character >>> FORWARD_SHIFT;
}

const FORWARD_SHIFT = 16;

/** The next character of the echo, with LAST_OF_NEWLINE or the columns of a move set where that is meant; -1 when nothing is left. */
export function nextEcho(rb: ReadBuffer): number {
  const memory = rb.memory;
  while (echoPending(rb)) {
    const at = echoOrder(rb, rb.RB$B_ECHGET);
    const kind = memory.readByte(at);
    const count = memory.readWord(at + 2);
    const done = rb.RB$W_ECHDONE;
    if (done + 1 >= count) {
      rb.RB$W_ECHDONE = 0;
      rb.RB$B_ECHGET = rb.RB$B_ECHGET + 1;
      if (!echoPending(rb)) discardEcho(rb);
    } else {
      rb.RB$W_ECHDONE = done + 1;
    }
    switch (kind) {
      case LITERAL: return memory.readByte(at + 4 + done);
      case RAW: return memory.readByte(memory.readLong(at + 4) + done);
      case REPEAT: return memory.readByte(at + 1);
      case UP: case FORWARD: {
        const distance = memory.readLong(at + 4);
        const isLast = kind === FORWARD && done + 1 === count;
        return cursorSequence(kind, distance).charCodeAt(done) | (isLast ? distance << FORWARD_SHIFT : 0);
      }
      case NEWLINE: return done === 0 ? RETURN : LINE_FEED | LAST_OF_NEWLINE;
      default: {
        const character = memory.readByte(memory.readLong(at + 4) + done);
        if (isPrintable(character) || character === TAB) return character;
      }
    }
  }
  return -1;
}

export function isPrintable(character: number): boolean {
  return (character >= SPACE && character < DELETE) || character >= 0xa0;
}

/** Screen column after `character` was shown at `column`; control characters take no room. */
export function columnAfter(column: number, character: number): number {
  if (character === TAB) return (column & ~7) + 8;
  return isPrintable(character) ? column + 1 : column;
}

/** Screen column of position `position` of the text, on a line without end. */
export function columnOf(rb: ReadBuffer, position: number): number {
  let column = rb.RB$W_STARTCOL;
  const text = rb.memory.readBytes(rb.RB$L_TXT, position);
  for (const character of text) column = columnAfter(column, character);
  return column;
}

/** The text typed so far. */
export function readText(rb: ReadBuffer): Uint8Array {
  return rb.memory.readBytes(rb.RB$L_TXT, rb.RB$W_TXTLEN);
}

/** Shape of a read request, from $QIO parameters or an item list. */
export interface ReadRequest {
  readonly userBuffer: number;
  readonly size: number;
  readonly modifiers: number;
  readonly timeout: number;
  /** Terminator mask bytes; undefined for the default set. */
  readonly terminators: Uint8Array | undefined;
  readonly prompt: Uint8Array;
  readonly initial: Uint8Array;
  /** Cursor position in the initial string; undefined for its end. */
  readonly initialOffset: number | undefined;
  readonly escapeOverflow: number;
}

/** Bytes of nonpaged pool that the read buffer of a request takes. */
export function readBufferSize(request: ReadRequest): number {
  return RB$K_LENGTH + (request.terminators?.length ?? 0) + request.prompt.length + request.size + request.escapeOverflow + ESCAPE_ROOM;
}

/** Fills a block of `readBufferSize` bytes for a request. */
export function initializeReadBuffer(memory: Memory, address: number, request: ReadRequest, type: number): ReadBuffer {
  const size = readBufferSize(request);
  memory.writeBytes(address, new Uint8Array(RB$K_LENGTH));
  const rb = RB.at(memory, address);
  let next = address + RB$K_LENGTH;
  const place = (bytes: Uint8Array): number => {
    const at = next;
    memory.writeBytes(at, bytes);
    next += bytes.length;
    return at;
  };
  rb.RB$W_SIZE = size;
  rb.RB$B_TYPE = type;
  rb.RB$L_MODE = request.modifiers;
  rb.RB$L_UVA = request.userBuffer;
  if (request.terminators) {
    rb.RB$L_TERMMSK = place(request.terminators);
    rb.RB$W_TERMLEN = request.terminators.length;
  }
  rb.RB$L_PRM = place(request.prompt);
  rb.RB$W_PRMLEN = request.prompt.length;
  rb.RB$L_TXT = next;
  rb.RB$W_TXTSIZ = request.size;
  rb.RB$W_ESCOVR = request.escapeOverflow;
  const initial = request.initial.subarray(0, request.size);
  memory.writeBytes(next, initial);
  rb.RB$W_TXTLEN = initial.length;
  rb.RB$W_CURPOS = Math.min(request.initialOffset ?? initial.length, initial.length);
  rb.RB$W_TIMOUT = request.timeout;
  return rb;
}
