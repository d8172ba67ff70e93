import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { DC$_TERM } from '../../executive/starlet/dcdef.js';
import { DVI$_DEVCLASS } from '../../executive/starlet/dvidef.js';
import { bytesToText, textToBytes } from '../../executive/structures/memory.js';
import { isFailure, readRecords, RmsFile } from '../files.js';
import { LineInput } from '../line-input.js';
import { getDevice } from '../process-information.js';
import type { Screen } from '../screen.js';

/**
 * Where commands and keys come from: the lines of a command file, what a journal has kept of a session that broke off, then SYS$INPUT or the keys of the
 * terminal. All that comes from there is written into the journal, a record a line or a group of keys, so that /RECOVER can do it again.
 */
const LINE = 'L';
const KEYS = 'K';
const END = 'Z';
/** Keys that may be lost when the system goes. */
const GROUP = 16;

export class EdtInput {
  private pending: string[] = [];
  private recovered: string[] = [];
  private keys = '';
  private journal: RmsFile | undefined;

  /** `isTerminal`: CTRL/Z is no end of the input. */
  private constructor(private readonly p: Procedure, private readonly lines: LineInput, readonly isTerminal: boolean) {}

  static *open(p: Procedure): Flow<EdtInput | number> {
    const lines = yield* LineInput.open(p, 'SYS$INPUT');
    if (typeof lines === 'number') return lines;
    const { status, values } = yield* p.scratch(() => getDevice(p, 'SYS$INPUT', { kindOf: { code: DVI$_DEVCLASS, kind: 'long' } }));
    return new EdtInput(p, lines, (status & 1) !== 0 && values.kindOf === DC$_TERM);
  }

  /** Lines that are done before anything is asked for. */
  addCommands(lines: readonly string[]): void { this.pending.push(...lines); }

  /** Are there lines of a startup file left? */
  get hasCommands(): boolean { return this.pending.length > 0; }

  /** Begins a journal. A file that cannot be made is no reason not to edit. */
  *keepJournal(spec: string): Flow<boolean> {
    const file = yield* RmsFile.create(this.p, spec);
    if (isFailure(file)) return false;
    this.journal = file;
    return true;
  }

  /** What a journal has. @returns false when it cannot be read */
  *recover(spec: string): Flow<boolean> {
    const read = yield* readRecords(this.p, spec);
    if (isFailure(read)) return false;
    this.recovered = read.records.map((record) => bytesToText(record));
    return true;
  }

  private *note(kind: string, text: string): Flow<void> {
    if (!this.journal) return;
    yield* this.flushKeys();
    yield* this.journal.put(textToBytes(kind + text));
  }

  private *flushKeys(): Flow<void> {
    if (this.journal && this.keys !== '') {
      const { keys } = this;
      this.keys = '';
      yield* this.journal.put(textToBytes(KEYS + keys));
    }
  }

  /** The next line; undefined for CTRL/Z or the end of the input. */
  *line(prompt: string): Flow<string | undefined> {
    const ready = this.pending.shift();
    if (ready !== undefined) return ready;
    const kept = this.recovered[0];
    let text: string | undefined;
    if (kept !== undefined && (kept.startsWith(LINE) || kept.startsWith(END))) {
      this.recovered.shift();
      text = kept.startsWith(END) ? undefined : kept.slice(1);
    } else {
      this.recovered = [];
      text = yield* this.lines.line(prompt);
    }
    yield* text === undefined ? this.note(END, '') : this.note(LINE, text);
    return text;
  }

  /** The next key from the terminal; with `seconds` undefined when there was none for so long. */
  *key(screen: Screen, seconds?: number): Flow<string | undefined> {
    const kept = this.recovered[0];
    let key: string | undefined;
    if (kept?.startsWith(KEYS)) {
      key = kept[1];
      if (kept.length > 2) this.recovered[0] = KEYS + kept.slice(2);
      else this.recovered.shift();
    } else key = yield* screen.key(seconds);
    if (key !== undefined) {
      this.keys += key;
      if (this.keys.length >= GROUP) yield* this.flushKeys();
    }
    return key;
  }

  /** The session ends as it should: the journal is not needed any more. `keep`: QUIT/SAVE, EXIT/SAVE. */
  *close(keep: boolean): Flow<string | undefined> {
    yield* this.flushKeys();
    yield* this.lines.close();
    const { journal } = this;
    if (!journal) return undefined;
    yield* journal.close();
    return keep ? undefined : journal.spec;
  }
}
