import { service } from '../executive/gate/service-call.js';
import type { Flow } from '../executive/gate/microroutine.js';
import { IO$M_EXTEND, IO$_READVBLK, IO$_SENSEMODE, IO$_WRITEVBLK } from '../executive/starlet/iodef.js';
import { SS$_ABORT, SS$_CANCEL, SS$_CONTROLC, SS$_CONTROLY } from '../executive/starlet/ssdef.js';
import { TRM$M_TM_NORECALL, TRM$M_TM_TERM_ARROW, TRM$_ESCTRMOVR, TRM$_INISTRNG, TRM$_MODIFIERS, TRM$_PROMPT } from '../executive/starlet/trmdef.js';
import { TT$M_WRAP } from '../executive/starlet/ttdef.js';
import { bytesToText, readCounted, textToBytes, writeCounted } from '../executive/structures/memory.js';
import { recalled } from './commands/recall.js';
import type { Dcl } from './interpreter/session.js';
import { findKey, KEY_ECHO, KEY_ERASE, KEY_LOCK, KEY_TERMINATE, keyOf } from './keys.js';
import { PRC } from './structures.js';

/**
 * A command line typed at the terminal. DCL reads it with $QIO and not through RMS, because it wants the keys that recall a command:
 * the terminal driver edits the line, up and down arrow and CTRL/B end the read, and the next read begins with the line recalled.
 * @source digest ch19 2.6; docs/io.md
 */

const LINE = 1024;
/** Room for the key that ends a read. */
const ARROW = 8;
const EVENT_FLAG = 30;
const CTRL_B = 2;
const CTRL_Z = 26;
const ESCAPE = 27;

/** What was typed; undefined at CTRL/Z. Interrupted: CTRL/Y or CTRL/C ended the read, and nothing was typed. */
export type TerminalLine = { readonly text: string } | { readonly interrupted: true } | { readonly failed: number } | undefined;

/**
 * Arrow keys recall; a key with a definition for the key state in force puts its text on the line, and with /TERMINATE ends it. A state
 * that a key sets holds for the next key, or with /LOCK_STATE from then on. Other keys are as if they had not been pressed.
 *
 * @param lead  what moves to a new line in front of the prompt
 * @source DCL Dictionary, DEFINE/KEY, RECALL
 */
export function* readTerminalLine(dcl: Dcl, lead: string, prompt: string): Flow<TerminalLine> {
  let back = 0;
  let initial = takeRecalled(dcl);
  let before = lead;
  let state = keyState(dcl);
  for (;;) {
    const { status, text, terminator, key } = yield* readOnce(dcl, before + prompt, initial);
    if (status === SS$_CONTROLY || status === SS$_CONTROLC || status === SS$_ABORT || status === SS$_CANCEL) return { interrupted: true };
    if ((status & 1) === 0 && terminator !== ESCAPE) return { failed: status };
    if (terminator !== ESCAPE && terminator !== CTRL_B) return terminator === CTRL_Z ? undefined : { text };
    const name = terminator === CTRL_B ? 'UP' : keyOf(key.slice(1));
    before = yield* erasure(dcl, prompt, text);
    initial = text;
    if (name === 'UP' || name === 'DOWN') {
      const lines = recalled(dcl);
      back = name === 'UP' ? Math.min(back + 1, lines.length) : Math.max(back - 1, 0);
      initial = back === 0 ? '' : lines[lines.length - back]!;
      continue;
    }
    const definition = name === undefined ? undefined : findKey(dcl, name, state);
    state = keyState(dcl);
    if (!definition) continue;
    if (definition.setState !== '') {
      state = definition.setState;
      if ((definition.flags & KEY_LOCK) !== 0) writeCounted(dcl.memory, dcl.prc.address + PRC.offset.PRC$T_KEYSTATE, state, 32);
    }
    initial = (definition.flags & KEY_ERASE) !== 0 ? definition.text : text + definition.text;
    if ((definition.flags & KEY_TERMINATE) === 0) continue;
    const echoed = (definition.flags & KEY_ECHO) === 0 ? '' : (definition.flags & KEY_ERASE) !== 0 ? before + prompt + initial : definition.text;
    yield* show(dcl, `${echoed}\r`);
    return { text: initial };
  }
}

/** What erases the line shown so far, so that it can be shown anew from its beginning; the cursor is at its end. */
function* erasure(dcl: Dcl, prompt: string, text: string): Flow<string> {
  const width = yield* rowWidth(dcl);
  // A row that has just been filled still has the cursor in its margin.
  const rows = width === 0 ? 0 : Math.max(0, Math.ceil((prompt.length + text.length) / width) - 1);
  return rows === 0 ? '\r\x1b[K' : `\r\x1b[${rows}A\x1b[J`;
}

/** Columns after which the terminal begins another row; 0 when lines do not wrap. */
function* rowWidth(dcl: Dcl): Flow<number> {
  const p = dcl.outside.procedure;
  return yield* p.scratch(function* () {
    const [iosb, at] = [p.allocate(8), p.allocate(8)];
    const queued = yield* service(p, '$QIOW', { efn: EVENT_FLAG, chan: dcl.prc.PRC$W_TTCHAN, func: IO$_SENSEMODE, iosb, p1: at, p2: 8 });
    const wraps = (queued & p.memory.readWord(iosb) & 1) !== 0 && (p.memory.readLong(at + 4) & TT$M_WRAP) !== 0;
    return wraps ? p.memory.readWord(at + 2) : 0;
  });
}

function keyState(dcl: Dcl): string {
  return readCounted(dcl.memory, dcl.prc.address + PRC.offset.PRC$T_KEYSTATE);
}

/** The line RECALL wants edited. */
function takeRecalled(dcl: Dcl): string {
  const kept = dcl.prc.PRC$L_RECALLED;
  if (kept === 0) return '';
  const line = dcl.storage.text(kept);
  dcl.prc.PRC$L_RECALLED = dcl.keep(kept, undefined);
  return line;
}

/** Characters as they are. */
function* show(dcl: Dcl, text: string): Flow<void> {
  const p = dcl.outside.procedure;
  yield* p.scratch(function* () {
    const iosb = p.allocate(8);
    return yield* service(p, '$QIOW', { efn: EVENT_FLAG, chan: dcl.prc.PRC$W_TTCHAN, func: IO$_WRITEVBLK, iosb, p1: p.bytes(textToBytes(text)), p2: text.length });
  });
}

function* readOnce(dcl: Dcl, prompt: string, initial: string): Flow<{ status: number; text: string; terminator: number; key: string }> {
  const p = dcl.outside.procedure;
  return yield* p.scratch(function* () {
    const { memory } = p;
    const iosb = p.allocate(8);
    const buffer = p.allocate(LINE + ARROW);
    const stringAt = (text: string): number => memory.readLong(p.string(text) + 4);
    const list = p.itemList([
      { code: TRM$_MODIFIERS, length: 0, buffer: TRM$M_TM_TERM_ARROW | TRM$M_TM_NORECALL },
      { code: TRM$_PROMPT, length: prompt.length, buffer: stringAt(prompt) },
      { code: TRM$_INISTRNG, length: initial.length, buffer: stringAt(initial) },
      { code: TRM$_ESCTRMOVR, length: 0, buffer: ARROW },
    ]);
    const queued = yield* service(p, '$QIOW', {
      efn: EVENT_FLAG, chan: dcl.prc.PRC$W_TTCHAN, func: IO$_READVBLK | IO$M_EXTEND, iosb, p1: buffer, p2: LINE + ARROW, p5: list, p6: 4 * 12,
    });
    const status = (queued & 1) === 0 ? queued : memory.readWord(iosb);
    const length = memory.readWord(iosb + 2);
    return {
      status, text: bytesToText(memory.readBytes(buffer, length)), terminator: memory.readWord(iosb + 4),
      key: bytesToText(memory.readBytes(buffer + length, memory.readWord(iosb + 6))),
    };
  });
}
