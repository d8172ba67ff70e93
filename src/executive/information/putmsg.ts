import { procedure, type Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { SS$_NORMAL } from '../starlet/ssdef.js';
import { formatFao } from './fao.js';
import { effectiveFlags, findMessage, processSections } from './getmsg.js';
import { MSG_FACILITY, assembleMessage, unknownMessage } from './message-format.js';
import { putLines } from './put-line.js';

const SYSTEM_FACILITY = 0;
const RMS_FACILITY = 1;

/** One message of the vector: code, where its FAO arguments lie, and the parts it shows. */
interface VectorEntry {
  readonly code: number;
  /** Address of the argument longwords. */
  readonly args: number;
  readonly count: number;
  readonly flags: number;
}

/**
 * Takes a message argument vector apart: a longword with the count of longwords behind it and default flags, then per
 * message its code and
 *   system exception   its FAO arguments directly, even beyond the count (a signal array's PC and PSL are not counted)
 *   RMS                the STV longword: an FAO argument if the text wants one, else a second message unless zero
 *   all others         a longword with the number of FAO arguments and flags, then the arguments
 *
 * @param faoCount  FAO arguments a message's text wants
 * @source book 29.2.2; digest ch29 2.5
 */
export function* vectorEntries(p: Pick<Procedure, 'memory'>, vector: number, faoCount: (code: number) => number): Generator<VectorEntry, void, undefined> {
  const end = vector + 4 * (1 + p.memory.readWord(vector));
  let flags = p.memory.readWord(vector + 2);
  for (let at = vector + 4; at < end;) {
    const code = p.memory.readLong(at);
    at += 4;
    const facility = (code >>> 16) & 0xfff;
    if (facility === SYSTEM_FACILITY) {
      const count = faoCount(code);
      yield { code, args: at, count, flags };
      at += 4 * count;
    } else if (facility === RMS_FACILITY) {
      const count = Math.min(1, faoCount(code));
      yield { code, args: at, count, flags };
      if (at >= end) return;
      const stv = p.memory.readLong(at);
      if (count === 0 && stv !== 0) yield { code: stv, args: 0, count: 0, flags };
      at += 4;
    } else {
      const given = at < end ? p.memory.readLong(at) : 0;
      const count = given & 0xffff;
      flags = given >>> 16 || flags;
      at += 4;
      yield { code, args: at, count, flags };
      at += 4 * count;
    }
  }
}

/** The line for one message. */
function lineFor(p: Procedure, entry: VectorEntry, facilityName: string | undefined, prefix: string): string {
  const k = p.kernel;
  const flags = effectiveFlags(entry.flags, k.p1.CTL$GB_MSGMASK);
  const found = findMessage(p.memory, processSections(k, p.memory), entry.code);
  if (!found) return unknownMessage(entry.code, flags, prefix);
  const text = entry.count > 0 && found.faoCount > 0 ? formatFao(p.memory, found.text, entry.args, { now: k.sys.EXE$GQ_SYSTIME }).text : found.text;
  const facility = facilityName ?? found.facility;
  return assembleMessage(text, facility, entry.code, found.ident, facilityName !== undefined ? flags | MSG_FACILITY : flags, prefix);
}

/**
 * $PUTMSG msgvec,[actrtn],[facnam],[actprm] - writes messages to SYS$ERROR, and to SYS$OUTPUT if that is another file.
 *
 * @param actrtn  called with a descriptor of each line and `actprm`; a failure status keeps the line from being written
 * @param facnam  descriptor: facility name for the first message instead of its own
 * @returns SS$_NORMAL. Caller's mode. @source book 29.2.2; digest ch29 2.5
 */
export const EXE$PUTMSG = procedure('EXE$PUTMSG', function* (p): Flow<number> {
  const [vector, action, facnam, parameter] = [p.argument(1), p.argument(2), p.argument(3), p.argument(4)];
  const k = p.kernel;
  const faoCount = (code: number): number => findMessage(p.memory, processSections(k, p.memory), code)?.faoCount ?? 0;
  let facility = facnam === 0 ? undefined : p.text(facnam);
  let prefix = '%';
  for (const entry of vectorEntries(p, vector, faoCount)) {
    const line = lineFor(p, entry, facility, prefix);
    facility = undefined;
    prefix = '-';
    if (line === '') continue;
    if (action !== 0) {
      const verdict = yield* p.scratch(() => p.call(action, p.string(line), parameter));
      if ((verdict & 1) === 0) continue;
    }
    yield* p.scratch(() => putLines(p, 'SYS$ERROR', 'SYS$OUTPUT', [line]));
  }
  return SS$_NORMAL;
});
