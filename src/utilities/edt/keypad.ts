import type { Flow } from '../../executive/gate/microroutine.js';
import type { Screen } from '../screen.js';
import type { EdtInput } from './input.js';

/** Keys of a VT100 or VT200 by their names. */
const SS3: Readonly<Record<string, string>> = {
  A: 'UP', B: 'DOWN', C: 'RIGHT', D: 'LEFT', P: 'PF1', Q: 'PF2', R: 'PF3', S: 'PF4', M: 'ENTER', l: 'KP,', m: 'KP-', n: 'KP.', p: 'KP0', q: 'KP1', r: 'KP2', s: 'KP3', t: 'KP4', u: 'KP5',
  v: 'KP6', w: 'KP7', x: 'KP8', y: 'KP9',
};
const CSI: Readonly<Record<string, string>> = { A: 'UP', B: 'DOWN', C: 'RIGHT', D: 'LEFT' };
const FUNCTION: Readonly<Record<string, string>> = {
  1: 'FIND', 2: 'INSERT', 3: 'REMOVE', 4: 'SELECT', 5: 'PREV', 6: 'NEXT', 24: 'CTRL/H', 25: 'CTRL/J', 28: 'HELP', 29: 'DO',
};

const ESC = '\x1b';
/** Seconds that the rest of an escape sequence may take. */
const REST_SECONDS = 2;

/** The next key: a character by itself, others by their names. Undefined: there is no more input. */
export function* readKey(input: EdtInput, screen: Screen): Flow<string | undefined> {
  const key = yield* input.key(screen);
  if (key === undefined) return undefined;
  if (key === ESC) {
    const kind = yield* input.key(screen, REST_SECONDS);
    return kind === '[' ? yield* control(input, screen) : kind === 'O' || kind === '?' ? yield* single(input, screen) : 'ESCAPE';
  }
  if (key === '\x9b') return yield* control(input, screen);
  if (key === '\x8f') return yield* single(input, screen);
  if (key === '\r') return 'RETURN';
  if (key === '\t') return 'TAB';
  if (key === '\x7f') return 'DELETE';
  const code = key.charCodeAt(0);
  if (code >= 0x20) return key;
  return `CTRL/${String.fromCharCode(code + 0x40)}`;
}

function* single(input: EdtInput, screen: Screen): Flow<string> {
  return SS3[(yield* input.key(screen, REST_SECONDS)) ?? ''] ?? 'UNKNOWN';
}

function* control(input: EdtInput, screen: Screen): Flow<string> {
  let parameters = '';
  for (;;) {
    const character = yield* input.key(screen, REST_SECONDS);
    if (character === undefined) return 'UNKNOWN';
    if (/[\d;]/.test(character)) parameters += character;
    else return character === '~' ? FUNCTION[parameters] ?? 'UNKNOWN' : CSI[character] ?? 'UNKNOWN';
  }
}
