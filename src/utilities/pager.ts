import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { DVI$_TT_PAGE } from '../executive/starlet/dvidef.js';
import { LineInput } from './line-input.js';
import type { LineSink } from './output.js';
import { getDevice } from './process-information.js';

/** /PAGE: stops when the screen is full. @source dcl-output-formats.md, TYPE/PAGE */
const DEFAULT_PAGE = 24;
/** Lines of the screen that are not filled. */
const RESERVED = 2;

export class Pager implements LineSink {
  private shown = 0;
  stopped = false;

  private constructor(private readonly p: Procedure, private readonly output: LineSink, private readonly lines: number, private readonly prompt: string) {}

  /** Pages by the length of the terminal; a SYS$OUTPUT that is none is not paged. */
  static *open(p: Procedure, output: LineSink, prompt = 'Press RETURN to continue '): Flow<LineSink> {
    const { status, values } = yield* getDevice(p, 'SYS$OUTPUT', { page: { code: DVI$_TT_PAGE, kind: 'long' } } as const);
    if (!(status & 1)) return output;
    return new Pager(p, output, (values.page === 0 ? DEFAULT_PAGE : values.page) - RESERVED, prompt);
  }

  *line(text = ''): Flow<number> {
    if (this.stopped) return 1;
    if (this.shown >= this.lines) {
      yield* this.pause();
      if (this.stopped) return 1;
    }
    this.shown += 1;
    return yield* this.output.line(text);
  }

  restart(): void {
    this.shown = 0;
  }

  /** CTRL/Z ends the listing. */
  private *pause(): Flow<void> {
    this.shown = 0;
    const { p } = this;
    yield* p.scratch(function* (this: Pager) {
      const input = yield* LineInput.open(p, 'SYS$COMMAND');
      if (typeof input === 'number') return;
      this.stopped = (yield* input.line(`\r\n${this.prompt}`)) === undefined;
      yield* input.close();
    }.bind(this));
  }

  *close(): Flow<number> {
    return yield* this.output.close();
  }
}
