import { SdaError, hex8 } from '../error.js';
import type { Sda } from '../sda.js';
import { Pages } from './pages.js';
import type { Link, Page, Place, Row } from './page.js';
import { Explorer } from './what.js';

/** Keys with names; all others are the character they type. */
export type Key = 'up' | 'down' | 'pageup' | 'pagedown' | 'home' | 'end' | 'left' | 'right' | 'tab' | 'return' | 'delete' | 'escape' | 'ctrl-z' | { readonly text: string };

/** A line of the screen: pieces of text, each as it is to be lit. */
export interface Piece {
  readonly text: string;
  readonly style: 'plain' | 'heading' | 'pointer' | 'chosen' | 'row';
}

export interface Screen {
  readonly title: string;
  readonly lines: readonly (readonly Piece[])[];
  /** What the chosen pointer or row is. */
  readonly note: string;
  /** What is being typed, a message, or the keys one most needs. */
  readonly foot: string;
}

/** A page with where one stands on it, and the process that was in view. */
interface Visit {
  readonly place: Place;
  readonly page: Page;
  readonly pcb: number;
  row: number;
  top: number;
  link: number;
}

interface Question {
  readonly prompt: string;
  text: string;
  readonly answer: (text: string) => void;
}

/** Keys one most needs, and the others as far as the screen is wide. */
const HELP = ['RETURN follow', 'DELETE back', '? keys', 'Q quit', 'G go to', 'S symbols', '/ search', 'M memory', 'I instructions', 'F format', 'L queue'];
const MOST_VISITS = 500;

/**
 * The full-screen browser, without its screen: keys in, lines out. A place leads to a page, a page's pointers to further places. Like SDA's commands
 * it believes nothing: what cannot be read becomes a message.
 */
export class Browser {
  private readonly pages: Pages;
  private readonly explorer: Explorer;
  private readonly visits: Visit[] = [];
  private question: Question | undefined;
  private sought = '';
  private message = '';
  private height = 20;
  isDone = false;

  constructor(private readonly sda: Sda, private readonly name: string) {
    this.explorer = new Explorer(sda.session);
    this.pages = new Pages(sda.session, this.explorer, (command) => sda.execute(command));
    this.go({ kind: 'menu' });
  }

  private get visit(): Visit {
    return this.visits.at(-1)!;
  }

  private get viewedPcb(): number {
    try {
      return this.sda.session.viewedPcb;
    } catch (error) {
      if (error instanceof SdaError) return 0;
      throw error;
    }
  }

  /** Opens a place; what it cannot open is said at the foot. */
  go(place: Place): void {
    this.guarded(() => {
      if (place.kind === 'process') this.sda.session.view(place.pcb);
      const page = this.pages.open(place);
      page.row(page.start);
      this.visits.push({ place, page, pcb: this.viewedPcb, row: page.start, top: Math.max(0, page.start - 3), link: 0 });
      if (this.visits.length > MOST_VISITS) this.visits.splice(1, 1);
    });
  }

  private guarded(body: () => void): void {
    try {
      body();
    } catch (error) {
      if (!(error instanceof SdaError)) throw error;
      this.message = error.lines().join('');
    }
  }

  key(key: Key): void {
    this.message = '';
    if (this.question) this.typed(key, this.question);
    else if (typeof key === 'object') this.letter(key.text);
    else this.move(key);
  }

  private typed(key: Key, question: Question): void {
    if (typeof key === 'object') question.text += key.text;
    else if (key === 'delete' && question.text !== '') question.text = question.text.slice(0, -1);
    else if (key === 'delete' || key === 'escape' || key === 'ctrl-z') this.question = undefined;
    else if (key === 'return') {
      this.question = undefined;
      if (question.text.trim() !== '') this.guarded(() => { question.answer(question.text.trim()); });
    }
  }

  private move(key: Exclude<Key, object>): void {
    const { visit } = this;
    const screen = Math.max(1, this.height - 2);
    switch (key) {
      case 'up': this.toRow(visit.row - 1); break;
      case 'down': this.toRow(visit.row + 1); break;
      case 'pageup': this.toRow(visit.row - screen); break;
      case 'pagedown': this.toRow(visit.row + screen); break;
      case 'home': this.toRow(0); break;
      case 'end': this.toRow(visit.page.length() - 1); break;
      case 'left': visit.link = Math.max(0, visit.link - 1); break;
      case 'right': visit.link = Math.min(Math.max(0, this.links().length - 1), visit.link + 1); break;
      case 'tab': visit.link = (visit.link + 1) % Math.max(1, this.links().length); break;
      case 'return': this.follow(); break;
      case 'delete': this.back(); break;
      case 'ctrl-z': this.isDone = true; break;
      case 'escape': break;
    }
  }

  private letter(text: string): void {
    switch (text.toUpperCase()) {
      case 'Q': this.isDone = true; break;
      case 'T': this.go({ kind: 'menu' }); break;
      case '?': case 'H': this.go({ kind: 'keys' }); break;
      case '<': this.move('home'); break;
      case '>': this.move('end'); break;
      case 'B': this.move('pageup'); break;
      case ' ': this.move('pagedown'); break;
      case 'A': this.again(); break;
      case 'G': case ':': this.ask('Go to: ', (answer) => { this.goTo(answer); }); break;
      case 'S': this.ask('Symbols with: ', (answer) => { this.go({ kind: 'symbols', text: answer }); }); break;
      case '/': this.ask('Search for: ', (answer) => { this.search(answer); }); break;
      case 'N': if (this.sought === '') this.message = 'there is nothing to search for yet'; else this.search(this.sought); break;
      case 'M': this.show((address) => ({ kind: 'address', address, as: 'memory' })); break;
      case 'I': this.show((address) => ({ kind: 'address', address, as: 'instructions' })); break;
      case 'L': this.show((header) => ({ kind: 'queue', header })); break;
      case 'F': this.ask('Structure: ', (layout) => { this.show((address) => ({ kind: 'structure', address, layout: layout.toUpperCase() })); }); break;
      default: this.message = `${JSON.stringify(text)} is no key of this browser: ? lists them`;
    }
  }

  private ask(prompt: string, answer: (text: string) => void): void {
    this.question = { prompt, text: '', answer };
  }

  /** An SDA command when it begins with one's verb, else an expression. */
  private goTo(text: string): void {
    if (/^(?:SHO|SH|EX|EVA|SEA|FOR|VAL|HEL)[A-Z]*(?:[ /]|$)/i.test(text)) this.go({ kind: 'display', command: text });
    else this.go({ kind: 'address', address: this.sda.session.evaluate(text) });
  }

  private links(): readonly Link[] {
    return this.visit.page.row(this.visit.row)?.links ?? [];
  }

  private follow(): void {
    const link = this.links()[this.visit.link];
    if (link) this.go(link.place);
    else this.message = 'nothing in this row leads anywhere';
  }

  private back(): void {
    if (this.visits.length === 1) {
      this.message = 'this is where you began';
      return;
    }
    this.visits.pop();
    this.restoreView();
  }

  private restoreView(): void {
    const { pcb } = this.visit;
    if (pcb !== 0 && pcb !== this.viewedPcb) this.guarded(() => { this.sda.session.view(pcb); });
  }

  /** The page once more, from what is in memory now. */
  private again(): void {
    const { place, row, top } = this.visit;
    this.explorer.forget();
    const before = this.visits.length;
    this.go(place);
    if (this.visits.length <= before) return;
    this.visits.splice(-2, 1);
    this.visit.top = top;
    this.toRow(row);
  }

  /** Another view of the pointer that is chosen, or else of the row's location. */
  private show(place: (address: number) => Place): void {
    const address = this.chosenAddress();
    if (address === undefined) this.message = 'this row has no address';
    else this.go(place(address));
  }

  private chosenAddress(): number | undefined {
    const chosen = this.links()[this.visit.link]?.place;
    if (chosen?.kind === 'address' || chosen?.kind === 'structure') return chosen.address;
    return this.visit.page.row(this.visit.row)?.address;
  }

  private search(text: string): void {
    this.sought = text;
    const wanted = text.toUpperCase();
    const { visit } = this;
    for (let index = visit.row + 1, looked = 0; looked < MOST_SEARCHED; index += 1, looked += 1) {
      const row = visit.page.row(index);
      if (!row) break;
      if (!row.text.toUpperCase().includes(wanted)) continue;
      this.toRow(index);
      return;
    }
    this.message = `${text} is not found from here on`;
  }

  private toRow(index: number): void {
    const { visit } = this;
    let to = Math.max(0, index);
    if (!visit.page.row(to)) to = Math.max(0, Math.min(to, visit.page.length() - 1));
    if (to !== visit.row) visit.link = 0;
    visit.row = to;
  }

  /** @param height  rows for the page: the screen without title, note and foot */
  screen(width: number, height: number): Screen {
    this.height = Math.max(1, height);
    const { visit } = this;
    if (visit.row < visit.top) visit.top = visit.row;
    if (visit.row >= visit.top + this.height) visit.top = visit.row - this.height + 1;
    const lines: Piece[][] = [];
    this.guarded(() => {
      for (let index = visit.top; index < visit.top + this.height; index += 1) {
        const row = visit.page.row(index);
        lines.push(row ? pieces(row, index === visit.row ? visit.link : undefined, width) : []);
      }
    });
    const { question } = this;
    return {
      title: `${this.name}   ${visit.page.title}   ${this.inView()}`.trimEnd().slice(0, width), lines, note: this.note().slice(0, width),
      foot: question ? `${question.prompt}${question.text}_`.slice(-width) : this.message === '' ? keysWithin(width) : this.message.slice(0, width),
    };
  }

  private inView(): string {
    const pcb = this.viewedPcb;
    return pcb === 0 ? '' : `[${this.explorer.describe(pcb).replace(/^PCB, /, '')}]`;
  }

  /** What the pointer chosen leads to, and what the row means. */
  private note(): string {
    const row = this.visit.page.row(this.visit.row);
    const chosen = this.links()[this.visit.link]?.place;
    const target = chosen?.kind === 'address' || chosen?.kind === 'structure' ? `${hex8(chosen.address)} ${this.explorer.describe(chosen.address)}` : '';
    return [row?.note ?? '', target].filter((text) => text !== '').join('  ->  ');
  }
}

const MOST_SEARCHED = 100_000;

/** A row in pieces: its pointers, and what lies between them. */
function pieces(row: Row, chosen: number | undefined, width: number): Piece[] {
  const found: Piece[] = [];
  const base = row.isHeading === true ? 'heading' : chosen === undefined ? 'plain' : 'row';
  const text = row.text.slice(0, width);
  let at = 0;
  for (const [index, { from, to }] of row.links.entries()) {
    if (from >= text.length) break;
    if (from > at) found.push({ text: text.slice(at, from), style: base });
    found.push({ text: text.slice(from, to), style: index === chosen ? 'chosen' : 'pointer' });
    at = to;
  }
  if (at < text.length || found.length === 0) found.push({ text: text.slice(at) || (chosen === undefined ? '' : ' '), style: base });
  return found;
}

/** As many of the keys as there is room for. */
function keysWithin(width: number): string {
  let line = HELP[0]!;
  for (const key of HELP.slice(1)) {
    if (line.length + 2 + key.length > width) break;
    line += `  ${key}`;
  }
  return line.slice(0, width);
}
