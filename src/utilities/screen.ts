import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { DC$_TERM } from '../executive/starlet/dcdef.js';
import { DVI$_DEVCLASS, DVI$_DEVBUFSIZ, DVI$_DEVDEPEND } from '../executive/starlet/dvidef.js';
import { IO$M_NOECHO, IO$M_NOFILTR, IO$M_NOFORMAT, IO$M_TIMED, IO$_READVBLK, IO$_WRITEVBLK } from '../executive/starlet/iodef.js';
import { SS$_CONTROLC, SS$_CONTROLY, SS$_TIMEOUT } from '../executive/starlet/ssdef.js';
import { TT$M_SCOPE } from '../executive/starlet/ttdef.js';
import { bytesToText, textToBytes } from '../executive/structures/memory.js';
import { getDevice } from './process-information.js';

/** The terminal as a screen of characters, for images that draw on it: escape sequences of a VT100, keys without echo. */
const ESC = '\x1b';
/** Bytes that one write carries. */
const LONGEST_WRITE = 1000;

export class Screen {
  private constructor(private readonly p: Procedure, private readonly chan: number, readonly rows: number, readonly columns: number) {}

  /** Undefined when the device is no terminal, or, unless `video` is false, no video terminal. */
  static *open(p: Procedure, name = 'SYS$OUTPUT', { video }: { readonly video: boolean } = { video: true }): Flow<Screen | undefined> {
    const { status, values } = yield* p.scratch(() => getDevice(p, name, {
      kindOf: { code: DVI$_DEVCLASS, kind: 'long' }, first: { code: DVI$_DEVDEPEND, kind: 'long' }, width: { code: DVI$_DEVBUFSIZ, kind: 'long' },
    }));
    if (!(status & 1) || values.kindOf !== DC$_TERM || (video && (values.first & TT$M_SCOPE) === 0)) return undefined;
    const assigned = yield* p.scratch(function* () {
      const channel = p.allocate(4);
      const done = yield* service(p, '$ASSIGN', { devnam: p.string(name), chan: channel });
      return { done, chan: p.memory.readWord(channel) };
    });
    return assigned.done & 1 ? new Screen(p, assigned.chan, values.first >>> 24 || 24, Math.min(132, values.width || 80)) : undefined;
  }

  /** Writes text as it is. */
  *write(text: string): Flow<void> {
    const { p, chan } = this;
    for (let from = 0; from < text.length; from += LONGEST_WRITE) {
      const part = text.slice(from, from + LONGEST_WRITE);
      yield* p.scratch(function* () {
        return yield* service(p, '$QIOW', { efn: 2, chan, func: IO$_WRITEVBLK | IO$M_NOFORMAT, iosb: p.allocate(8), p1: p.bytes(textToBytes(part)), p2: part.length });
      });
    }
  }

  /** Lines from the top of the screen, each cleared to its end; what was below them goes. */
  *draw(lines: readonly string[]): Flow<void> {
    const text = lines.slice(0, this.rows - 1).map((line, index) => `${ESC}[${index + 1};1H${line.slice(0, this.columns)}${ESC}[K`).join('');
    yield* this.write(`${text}${ESC}[${Math.min(lines.length, this.rows - 1) + 1};1H${ESC}[J`);
  }

  /** The next character typed; undefined when there was none for `seconds` (0: only what is typed ahead). Without `seconds` it waits. */
  *key(seconds?: number): Flow<string | undefined> {
    const { p, chan } = this;
    return yield* p.scratch(function* () {
      const [buffer, iosb] = [p.allocate(4), p.allocate(8)];
      const func = IO$_READVBLK | IO$M_NOECHO | IO$M_NOFILTR | (seconds === undefined ? 0 : IO$M_TIMED);
      let status: number;
      // A read that CTRL/Y ended is made again: CONTINUE came.
      do {
        const queued = yield* service(p, '$QIOW', { efn: 2, chan, func, iosb, p1: buffer, p2: 1, p3: seconds ?? 0 });
        status = queued & 1 ? p.memory.readWord(iosb) : queued;
      } while (status === SS$_CONTROLY || status === SS$_CONTROLC);
      // A terminator ends the read without being counted.
      const length = p.memory.readWord(iosb + 2) + p.memory.readWord(iosb + 6);
      if (length > 0) return bytesToText(p.memory.readBytes(buffer, 1));
      return status === SS$_TIMEOUT ? undefined : '\x1a';
    });
  }

  /** Gives the channel back; `below` puts the cursor under what was drawn. */
  *close(below?: number): Flow<void> {
    if (below !== undefined) yield* this.write(`${ESC}[${Math.min(below, this.rows)};1H`);
    yield* service(this.p, '$DASSGN', { chan: this.chan });
  }
}
