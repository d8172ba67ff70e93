import type { Flow } from '../../executive/gate/microroutine.js';
import type { LineSink } from '../output.js';
import type { Screen } from '../screen.js';
import { deleteBetween, goTo, insertText, isBefore, lineEnd, lineStart, next, nextWord, placeOf, previous, previousWord, search, textBetween, type Place } from './editing.js';
import { readKey } from './keypad.js';
import { execute, filled, type Outcome } from './line-commands.js';
import type { EdtSession } from './session.js';
import { TextView } from './text-view.js';

/** Change mode: the screen, and the keypad of a VT100 as EDT has it. @source EDT Editor Manual, keypad editing */
const SECTION = 16;
const HELP_LINES = [
  'PF1 GOLD   PF2 help   PF3 find next (GOLD: find)   PF4 delete line (undelete)', '7 page (command)   8 section (fill)   9 append (replace)   - delete word (undelete)',
  '4 advance (bottom)   5 backup (top)   6 cut (paste)   , delete character (undelete)', '1 word (change case)   2 end of line (delete to it)   3 character (special insert)',
  '0 line (open line)   . select (reset)   ENTER (substitute)   arrows', 'CTRL/H beginning of line   CTRL/J delete word before   CTRL/U delete to beginning of line',
  'CTRL/W draws the screen anew   CTRL/Z line mode',
];

/** Lines that a command of line mode writes while the screen is shown. */
class Captured implements LineSink {
  readonly lines: string[] = [];
  readonly stopped = false;
   
  *line(text = ''): Flow<number> {
    this.lines.push(text);
    return 1;
  }
   
  *close(): Flow<number> { return 1; }
  restart(): void { /* nothing is paged */ }
}

export class ChangeMode {
  private forward = true;
  private readonly deleted = { character: '', word: '', line: '' };
  private readonly view: TextView;
  private message = '';
  /** Columns that UP and DOWN keep to. */
  private wanted: number | undefined;

  constructor(private readonly session: EdtSession, private readonly screen: Screen) {
    this.view = new TextView(screen, session);
  }

  private get buffer(): EdtSession['current'] { return this.session.current; }

  /** Until CTRL/Z, or a command that ends the session. */
  *run(): Flow<Outcome> {
    yield* this.view.begin();
    let outcome: Outcome = 'next';
    for (;;) {
      yield* this.view.draw(this.message);
      const key = yield* readKey(this.session.input, this.screen);
      this.message = '';
      if (key === undefined || key === 'CTRL/Z') break;
      outcome = yield* this.press(key, 1);
      if (outcome !== 'next' && outcome !== 'change') break;
    }
    yield* this.view.end();
    return outcome === 'change' ? 'next' : outcome;
  }

  /** What a key does, `times` over. */
  private *press(key: string, times: number): Flow<Outcome> {
    if (key === 'PF1') return yield* this.gold();
    if (key !== 'UP' && key !== 'DOWN') this.wanted = undefined;
    const definition = this.session.keys.get(key);
    if (definition !== undefined) return yield* this.defined(definition);
    for (let done = 0; done < times; done += 1) {
      const outcome = yield* this.act(key);
      if (outcome !== 'next') return outcome;
    }
    return 'next';
  }

  /** GOLD: another meaning of the next key, or a count. */
  private *gold(): Flow<Outcome> {
    let digits = '';
    for (;;) {
      const key = yield* readKey(this.session.input, this.screen);
      if (key === undefined) return 'next';
      if (/^\d$/.test(key)) digits += key;
      else if (digits !== '') return yield* this.press(key, Math.min(Number(digits), 10_000));
      else return yield* this.press(`GOLD ${key}`, 1);
    }
  }

  private *act(key: string): Flow<Outcome> {
    const { buffer } = this;
    const here = placeOf(buffer);
    switch (key) {
      case 'LEFT': goTo(buffer, previous(buffer, here)); break;
      case 'RIGHT': goTo(buffer, next(buffer, here)); break;
      case 'UP': case 'DOWN': this.vertical(key === 'DOWN' ? 1 : -1); break;
      case 'KP0': goTo(buffer, lineStart(buffer, here, this.forward)); break;
      case 'KP1': goTo(buffer, this.forward ? nextWord(buffer, here) : previousWord(buffer, here)); break;
      case 'KP2': goTo(buffer, lineEnd(buffer, here, this.forward)); break;
      case 'KP3': goTo(buffer, this.forward ? next(buffer, here) : previous(buffer, here)); break;
      case 'KP4': this.forward = true; break;
      case 'KP5': this.forward = false; break;
      case 'KP6': case 'REMOVE': this.cut(true); break;
      case 'KP7': this.page(); break;
      case 'KP8': goTo(buffer, { row: buffer.row + (this.forward ? SECTION : -SECTION), column: 0 }); break;
      case 'NEXT': goTo(buffer, { row: buffer.row + SECTION, column: 0 }); break;
      case 'PREV': goTo(buffer, { row: buffer.row - SECTION, column: 0 }); break;
      case 'KP9': this.cut(false); break;
      case 'KP.': case 'SELECT': this.session.mark = here; break;
      case 'KP,': this.deleted.character = deleteBetween(buffer, here, next(buffer, here)); break;
      case 'KP-': this.deleted.word = deleteBetween(buffer, here, nextWord(buffer, here)); break;
      case 'PF2': case 'HELP': yield* this.view.page(HELP_LINES, this.session.input); break;
      case 'PF3': this.find(this.session.searched); break;
      case 'FIND': case 'GOLD PF3': yield* this.askFind(); break;
      case 'PF4': this.deleted.line = deleteBetween(buffer, here, { row: Math.min(here.row + 1, buffer.lines.length), column: 0 }); break;
      case 'INSERT': case 'GOLD KP6': insertText(buffer, this.session.buffer('PASTE').lines.map(({ text }) => text).join('\n')); break;
      case 'DO': case 'GOLD KP7': return yield* this.command();
      case 'DELETE': this.erase(previous(buffer, here)); break;
      case 'CTRL/H': goTo(buffer, lineStart(buffer, here, false)); break;
      case 'CTRL/J': {
        const from = previousWord(buffer, here);
        this.deleted.word = textBetween(buffer, from, here);
        deleteBetween(buffer, from, here);
        break;
      }
      case 'CTRL/U': {
        const from = here.column > 0 ? { row: here.row, column: 0 } : previous(buffer, here);
        this.deleted.line = textBetween(buffer, from, here);
        deleteBetween(buffer, from, here);
        break;
      }
      case 'CTRL/W': case 'CTRL/R': yield* this.view.begin(); break;
      case 'RETURN': insertText(buffer, '\n'); break;
      case 'TAB': insertText(buffer, this.tab()); break;
      default: return yield* this.more(key);
    }
    return 'next';
  }

  private *more(key: string): Flow<Outcome> {
    const { buffer } = this;
    const here = placeOf(buffer);
    switch (key) {
      case 'GOLD KP0': {
        insertText(buffer, '\n');
        goTo(buffer, here);
        break;
      }
      case 'GOLD KP1': this.changeCase(); break;
      case 'GOLD KP2': {
        const end = { row: here.row, column: buffer.textAt(here.row).length };
        this.deleted.line = deleteBetween(buffer, here, end);
        break;
      }
      case 'GOLD KP3': yield* this.special(); break;
      case 'GOLD KP4': goTo(buffer, { row: buffer.lines.length, column: 0 }); break;
      case 'GOLD KP5': goTo(buffer, { row: 0, column: 0 }); break;
      case 'GOLD KP8': this.fill(); break;
      case 'GOLD KP9': {
        this.cut(true, false);
        insertText(buffer, this.session.buffer('PASTE').lines.map(({ text }) => text).join('\n'));
        break;
      }
      case 'GOLD KP,': this.undelete(this.deleted.character); break;
      case 'GOLD KP-': this.undelete(this.deleted.word); break;
      case 'GOLD PF4': this.undelete(this.deleted.line); break;
      case 'GOLD KP.': {
        this.session.mark = undefined;
        this.forward = true;
        break;
      }
      case 'GOLD ENTER': this.substitute(); break;
      case 'ENTER': break;
      default: {
        if (key.length === 1) this.typed(key);
        else if (/^CTRL\/[A-Z]$/.test(key) && key !== 'CTRL/C') this.message = 'Undefined key';
        else this.message = 'Undefined key';
      }
    }
    return 'next';
  }

  private vertical(step: 1 | -1): void {
    const { buffer } = this;
    this.wanted ??= this.view.columnOf(buffer.textAt(buffer.row), buffer.column);
    const row = Math.max(0, Math.min(buffer.row + step, buffer.lines.length));
    goTo(buffer, { row, column: this.view.characterAt(buffer.textAt(row), this.wanted) });
  }

  private typed(character: string): void {
    const { buffer, session: { settings: { wrap } } } = this;
    insertText(buffer, character);
    const text = buffer.textAt(buffer.row);
    if (wrap === 0 || text.length <= wrap || character === ' ') return;
    const at = text.lastIndexOf(' ', wrap);
    if (at <= 0 || at >= buffer.column) return;
    const rest = buffer.column - at - 1;
    buffer.column = at;
    deleteBetween(buffer, placeOf(buffer), { row: buffer.row, column: at + 1 });
    insertText(buffer, '\n');
    buffer.column = rest;
  }

  private tab(): string {
    const { tab } = this.session.settings;
    return tab > 0 && this.buffer.column === 0 ? ' '.repeat(tab) : '\t';
  }

  /** The character before the cursor. */
  private erase(from: Place): void {
    this.deleted.character = deleteBetween(this.buffer, from, placeOf(this.buffer));
  }

  private undelete(text: string): void {
    const here = placeOf(this.buffer);
    insertText(this.buffer, text);
    goTo(this.buffer, here);
  }

  private selection(): readonly [Place, Place] | undefined {
    const { mark } = this.session;
    if (!mark) {
      this.message = 'No select range active';
      return undefined;
    }
    const here = placeOf(this.buffer);
    return isBefore(mark, here) ? [mark, here] : [here, mark];
  }

  /** CUT and APPEND: what is selected goes into the buffer PASTE. */
  private cut(anew: boolean, keep = true): void {
    const selected = this.selection();
    if (!selected) return;
    const text = deleteBetween(this.buffer, ...selected);
    this.session.mark = undefined;
    if (!keep) return;
    const paste = this.session.buffer('PASTE');
    const before = anew ? '' : paste.lines.map((line) => line.text).join('\n');
    paste.remove(0, paste.lines.length);
    paste.insert(0, (before + text).split('\n'));
  }

  private page(): void {
    const { buffer } = this;
    const step = this.forward ? 1 : -1;
    let row = buffer.row + step;
    while (row > 0 && row < buffer.lines.length && !buffer.textAt(row).includes('\f')) row += step;
    goTo(buffer, { row, column: 0 });
  }

  private find(wanted: string): void {
    const found = search(this.buffer, wanted, placeOf(this.buffer), { forward: this.forward, exact: this.session.settings.exactSearch });
    if (!found) this.message = 'String was not found';
    else goTo(this.buffer, this.session.settings.searchEnd ? { row: found.row, column: found.column + wanted.length } : found);
  }

  private *askFind(): Flow<void> {
    const answer = yield* this.view.ask('Search for: ', this.session.input);
    if (answer === undefined) return;
    if (answer.end === 'KP4') this.forward = true;
    if (answer.end === 'KP5') this.forward = false;
    if (answer.text !== '') this.session.searched = answer.text;
    this.find(this.session.searched);
  }

  private changeCase(): void {
    const { buffer } = this;
    const here = placeOf(buffer);
    const [from, to] = this.session.mark ? this.selection()! : [here, next(buffer, here)];
    const text = deleteBetween(buffer, from, to);
    insertText(buffer, [...text].map((letter) => (letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase())).join(''));
    this.session.mark = undefined;
  }

  private fill(): void {
    const selected = this.selection();
    if (!selected) return;
    const { buffer, session: { settings } } = this;
    const [from, to] = [selected[0].row, Math.min(selected[1].row + (selected[1].column > 0 ? 1 : 0), buffer.lines.length)];
    buffer.insert(from, filled(buffer.remove(from, to - from).map(({ text }) => text), settings.wrap || settings.screen));
    this.session.mark = undefined;
    buffer.keepInside();
  }

  /** SUBS: what was found is deleted, PASTE put in its place, and the next one found. */
  private substitute(): void {
    const { buffer, session: { searched, settings } } = this;
    const here = placeOf(buffer);
    const found = buffer.textAt(here.row).slice(here.column, here.column + searched.length);
    const isThere = searched !== '' && (settings.exactSearch ? found === searched : found.toUpperCase() === searched.toUpperCase());
    if (!isThere) {
      this.message = 'Select range not active, or the string is not at the cursor';
      return;
    }
    deleteBetween(buffer, here, { row: here.row, column: here.column + searched.length });
    insertText(buffer, this.session.buffer('PASTE').lines.map(({ text }) => text).join('\n'));
    this.find(searched);
  }

  /** SPECINS: a character by its decimal code. */
  private *special(): Flow<void> {
    const answer = yield* this.view.ask('Character code: ', this.session.input);
    const code = Number(answer?.text);
    if (answer && Number.isInteger(code) && code >= 0 && code < 256) insertText(this.buffer, String.fromCharCode(code));
  }

  /** COMMAND: one command of line mode. */
  private *command(): Flow<Outcome> {
    const answer = yield* this.view.ask('Command: ', this.session.input);
    if (answer === undefined || answer.text.trim() === '') return 'next';
    return yield* this.obey(answer.text);
  }

  private *obey(text: string): Flow<Outcome> {
    const { session } = this;
    const captured = new Captured();
    const output = session.redirect(captured);
    const outcome = yield* execute(session, text);
    session.redirect(output);
    this.buffer.keepInside();
    if (outcome === 'exit' || outcome === 'quit' || outcome === 'keep') {
      yield* this.view.end();
      for (const line of captured.lines) yield* output.line(line);
      return outcome;
    }
    if (captured.lines.length === 1) this.message = captured.lines[0]!;
    else if (captured.lines.length > 1) yield* this.view.page(captured.lines, session.input);
    return 'next';
  }

  /** A key that DEFINE KEY has defined: `EXT command` is a command of line mode, `I text ^Z` puts text in. */
  private *defined(definition: string): Flow<Outcome> {
    const text = definition.trim().replace(/\.$/, '');
    const extended = /^EXT\s+(.*)$/i.exec(text);
    if (extended) return yield* this.obey(extended[1]!.replace(/;?$/, ''));
    const inserted = /^I(.*?)\^Z$/i.exec(text);
    if (inserted) {
      insertText(this.buffer, inserted[1]!.replaceAll('^M', '\n'));
      return 'next';
    }
    this.message = 'Unrecognized command';
    return 'next';
  }
}
