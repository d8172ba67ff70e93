import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { bytesToText, textToBytes } from '../../executive/structures/memory.js';
import { closed, isFailure, reason, readRecords, RmsFile } from '../files.js';
import { messageCode, report, sharedCode } from '../messages.js';
import type { EdtInput } from './input.js';
import type { LineSink } from '../output.js';
import type { RangeContext } from './ranges.js';
import { TextBuffer } from './text-buffer.js';

/** What an editing session of EDT knows: its buffers, its settings, its input and output. */
export const EDT_FACILITY = 133;

export interface Settings {
  numbers: boolean;
  exactSearch: boolean;
  quiet: boolean;
  verify: boolean;
  /** Column behind which words go to the next line while text is typed; 0: never. */
  wrap: number;
  lines: number;
  screen: number;
  /** Columns of a tab that the TAB key makes at the beginning of a line; 0: a tab character. */
  tab: number;
  searchEnd: boolean;
  textEnd: string;
  mode: 'line' | 'change';
  readonly values: Map<string, string>;
}

export class EdtSession implements RangeContext {
  readonly buffers = new Map<string, TextBuffer>();
  current: TextBuffer;
  /** Place that was marked with SELECT, in `current`. */
  mark: { readonly row: number; readonly column: number } | undefined;
  readonly settings: Settings = {
    numbers: true, exactSearch: false, quiet: false, verify: false, wrap: 0, lines: 22, screen: 80, tab: 0, searchEnd: false, textEnd: '[EOB]', mode: 'line', values: new Map(),
  };
  /** Definitions of keys in change mode, by the name of the key. */
  readonly keys = new Map<string, string>();
  readonly macros = new Set<string>();
  /** What was searched for last, and the strings of SUBSTITUTE. */
  searched = '';
  substitution: readonly [from: string, to: string] | undefined;

  constructor(readonly p: Procedure, private sink: LineSink, readonly input: EdtInput, readonly inputSpec: string, readonly outputSpec: string, readonly isReadOnly: boolean) {
    this.current = this.buffer('MAIN');
    this.buffer('PASTE');
  }

  get output(): LineSink { return this.sink; }

  /** Lines go to another sink. @returns the one they went to */
  redirect(sink: LineSink): LineSink {
    const before = this.sink;
    this.sink = sink;
    return before;
  }

  get exact(): boolean { return this.settings.exactSearch; }

  get selected(): readonly [number, number] | undefined {
    if (!this.mark) return undefined;
    const rows = [this.mark.row, this.current.row] as const;
    return [Math.min(...rows), Math.max(...rows) - (this.current.row > this.mark.row && this.current.column === 0 ? 1 : 0)];
  }

  buffer(name: string): TextBuffer {
    const known = this.buffers.get(name) ?? new TextBuffer(name);
    this.buffers.set(name, known);
    return known;
  }

  *say(text: string): Flow<void> {
    yield* this.output.line(text);
  }

  /** A line as line mode shows it. */
  *show(buffer: TextBuffer, row: number): Flow<void> {
    const line = buffer.lines[row];
    if (!line) return yield* this.say(this.settings.textEnd);
    yield* this.say(`${this.settings.numbers ? TextBuffer.label(line.number) : ''}${line.text}`);
  }

  /** Reads a file. @returns its lines, or a status whose message has been written */
  *readFile(spec: string): Flow<string[] | number> {
    const read = yield* readRecords(this.p, spec);
    if (isFailure(read)) return yield* report(this.p, { code: sharedCode(EDT_FACILITY, 'openIn'), args: [read.spec] }, reason(read));
    return read.records.map((record) => bytesToText(record));
  }

  /** Writes lines into a new file and says how many. @returns status */
  *writeFile(spec: string, texts: readonly string[], related?: string): Flow<number> {
    const { p } = this;
    const written = yield* p.scratch(function* () {
      const file = yield* RmsFile.create(p, spec, related === undefined ? {} : { related });
      if (isFailure(file)) return file;
      let failed;
      for (const text of texts) {
        failed = yield* file.put(textToBytes(text));
        if (failed) break;
      }
      return (yield* closed(file, failed)) ?? { spec: file.spec };
    });
    if (isFailure(written)) return yield* report(p, { code: sharedCode(EDT_FACILITY, 'openOut'), args: [written.spec] }, reason(written));
    yield* this.say(`${written.spec} ${texts.length} line${texts.length === 1 ? '' : 's'}`);
    return 1;
  }

  *fault(symbol: string): Flow<number> {
    return yield* report(this.p, { code: messageCode(`EDT$_${symbol}`) });
  }
}
