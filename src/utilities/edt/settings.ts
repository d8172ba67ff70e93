import type { Flow } from '../../executive/gate/microroutine.js';
import { keywordOf } from '../command-line.js';
import { RangeError } from './ranges.js';
import type { EdtSession } from './session.js';

/** SET and SHOW of EDT. What changes nothing here is kept and shown all the same. @source EDT Editor Manual, SET */
const OPTIONS = [
  'AUTOREPEAT', 'CASE', 'COMMAND', 'CURSOR', 'ENTITY', 'FNF', 'HELP', 'KEYPAD', 'LINES', 'MODE', 'NOAUTOREPEAT', 'NOFNF', 'NOKEYPAD', 'NONUMBERS', 'NOQUIET', 'NOREPEAT', 'NOSUMMARY', 'NOTAB',
  'NOTRUNCATE', 'NOVERIFY', 'NOWRAP', 'NUMBERS', 'PARAGRAPH', 'PROMPT', 'QUIET', 'REPEAT', 'SCREEN', 'SEARCH', 'SUMMARY', 'TAB', 'TERMINAL', 'TEXT', 'TRUNCATE', 'VERIFY', 'WORD', 'WRAP',
] as const;
const VALUE_FREE = /^(?:NO)?(?:AUTOREPEAT|FNF|REPEAT|SUMMARY|TRUNCATE)$/;

const numberIn = (text: string): number => {
  const value = Number(text.trim());
  if (!Number.isInteger(value) || value < 0) throw new RangeError('Numeric value required');
  return value;
};

export function* setCommand(session: EdtSession, text: string): Flow<void> {
  const match = /^\s*([A-Za-z]+)\s*(.*)$/.exec(text);
  const option = match && keywordOf(match[1]!.toUpperCase(), OPTIONS);
  if (!match || !option) throw new RangeError('Unrecognized command option');
  const { settings } = session;
  const value = match[2]!.trim();
  switch (option) {
    case 'NUMBERS': case 'NONUMBERS': settings.numbers = option === 'NUMBERS'; return;
    case 'QUIET': case 'NOQUIET': settings.quiet = option === 'QUIET'; return;
    case 'VERIFY': case 'NOVERIFY': settings.verify = option === 'VERIFY'; return;
    case 'WRAP': settings.wrap = numberIn(value); return;
    case 'NOWRAP': settings.wrap = 0; return;
    case 'TAB': settings.tab = numberIn(value); return;
    case 'NOTAB': settings.tab = 0; return;
    case 'LINES': settings.lines = Math.max(1, Math.min(22, numberIn(value))); return;
    case 'SCREEN': settings.screen = numberIn(value); return;
    case 'MODE': settings.mode = /^C/i.test(value) ? 'change' : 'line'; return;
    case 'SEARCH': {
      if (/^E(?:X|$)/i.test(value)) settings.exactSearch = true;
      else if (/^G/i.test(value)) settings.exactSearch = false;
      else if (/^EN/i.test(value)) settings.searchEnd = true;
      else if (/^BE/i.test(value)) settings.searchEnd = false;
      return;
    }
    case 'TEXT': {
      const end = /^E\w*\s+(['"])(.*)\1$/i.exec(value);
      if (end) settings.textEnd = end[2]!;
      return;
    }
    default: settings.values.set(option.replace(/^NO/, ''), VALUE_FREE.test(option) ? option.toLowerCase() : value);
  }
}

export function* showCommand(session: EdtSession, text: string): Flow<void> {
  const { settings } = session;
  const option = text.trim().toUpperCase();
  if (option !== '' && 'BUFFERS'.startsWith(option)) {
    for (const buffer of session.buffers.values()) {
      yield* session.say(`${buffer === session.current ? '=' : ' '}${buffer.name.padEnd(32)}${String(buffer.lines.length).padStart(6)} line${buffer.lines.length === 1 ? '' : 's'}`);
    }
  } else if ('VERSION'.startsWith(option) && option !== '') yield* session.say('V3.00');
  else if ('FILES'.startsWith(option) && option !== '') for (const line of [`Input file: ${session.inputSpec}`, `Output file: ${session.outputSpec}`]) yield* session.say(line);
  else if ('SEARCH'.startsWith(option) && option.length > 1) yield* session.say(`${settings.exactSearch ? 'exact' : 'general'} ${settings.searchEnd ? 'end' : 'begin'}`);
  else if ('SCREEN'.startsWith(option) && option.length > 1) yield* session.say(String(settings.screen));
  else if ('LINES'.startsWith(option) && option !== '') yield* session.say(String(settings.lines));
  else if ('WRAP'.startsWith(option) && option !== '') yield* session.say(settings.wrap === 0 ? 'nowrap' : String(settings.wrap));
  else if ('TAB'.startsWith(option) && option.length > 1) yield* session.say(settings.tab === 0 ? 'notab' : `tab size ${settings.tab}`);
  else if ('NUMBERS'.startsWith(option) && option !== '') yield* session.say(settings.numbers ? 'numbers' : 'nonumbers');
  else if ('MODE'.startsWith(option) && option !== '') yield* session.say(settings.mode);
  else {
    const kept = [...settings.values].find(([name]) => option !== '' && name.startsWith(option));
    if (!kept) throw new RangeError('Unrecognized command option');
    yield* session.say(kept[1]);
  }
}
