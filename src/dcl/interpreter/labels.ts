import { bytesToText, textToBytes } from '../../executive/structures/memory.js';
import type { Flow } from '../../executive/gate/microroutine.js';
import type { RecordAddress } from '../files.js';
import { commentStart, isBlank, isSymbolCharacter, trim, upcase } from '../language/characters.js';
import { IDF } from '../structures.js';
import type { Dcl } from './session.js';
import { endsQuoted, firstWord, lastRecord, nextRecord, position } from './reader.js';

/**
 * Labels of command procedures. Each level has a table of those seen so far, with the record each stands in; the most
 * recent definition counts. A search goes forward from the current record, then from the start of the file.
 * @source dcl-language.md section 7
 */
const LABEL_BUCKETS = 16;

/** A label in front of a command: `name:` but not `name:=`. */
export function splitLabel(text: string): { label: string | undefined; rest: string } {
  let at = 0;
  while (isSymbolCharacter(text.charAt(at))) at += 1;
  if (at === 0) return { label: undefined, rest: text };
  let colon = at;
  while (isBlank(text.charAt(colon))) colon += 1;
  if (text.charAt(colon) !== ':' || text.charAt(colon + 1) === '=') return { label: undefined, rest: text };
  return { label: upcase(text.slice(0, at)), rest: trim(text.slice(colon + 1)) };
}

/** Remembers where a label stands. */
export function registerLabel(dcl: Dcl, label: string, at: RecordAddress): void {
  const idf = dcl.idf;
  if (idf.IDF$L_LABELS === 0) idf.IDF$L_LABELS = dcl.symbols.create(0, LABEL_BUCKETS);
  dcl.symbols.define(idf.IDF$L_LABELS, label, bytesToText(at));
}

function knownLabel(dcl: Dcl, table: number, label: string): RecordAddress | undefined {
  const found = table === 0 ? 0 : dcl.symbols.find(table, label);
  return found === 0 ? undefined : textToBytes(dcl.symbols.value(found) as string);
}

/**
 * Goes to the record of `label`, which is read next.
 *
 * @param call  the label is the target of CALL: labels known to outer CALL levels of the same file count too
 * @returns false when there is none; the input then stands where it stood
 */
export function* goToLabel(dcl: Dcl, label: string, call = false): Flow<boolean> {
  const known = yield* findLabel(dcl, label, call);
  if (!known) return false;
  yield* position(dcl, known, false);
  return true;
}

function* findLabel(dcl: Dcl, label: string, call: boolean): Flow<RecordAddress | undefined> {
  let frame = dcl.idf;
  for (;;) {
    const known = knownLabel(dcl, frame.IDF$L_LABELS, label);
    if (known) return known;
    if (!call || frame.IDF$V_CALL === 0 || frame.IDF$L_LINK === 0) break;
    frame = IDF.at(dcl.memory, frame.IDF$L_LINK);
  }
  if (dcl.interactive || dcl.idf.IDF$L_RAB === 0) return undefined;
  const here = lastRecord(dcl);
  const ahead = yield* scan(dcl, label);
  if (ahead) return ahead;
  yield* dcl.outside.files.rewind(dcl.idf.IDF$L_RAB);
  const wrapped = yield* scan(dcl, label, here);
  if (!wrapped) yield* position(dcl, here, true);
  return wrapped;
}

/** Whether a record goes on in the next one: a hyphen ends it, outside quotation marks and in front of any comment. */
function isContinued(record: string, before: boolean): boolean {
  const end = commentStart(record);
  const text = trim(record.slice(record.startsWith('$') ? 1 : 0, end));
  // A comment between two records of a command changes nothing.
  if (text === '' && end < record.length) return before;
  return text.endsWith('-') && !endsQuoted(text);
}

/** Reads on until `label` is found, the input ends, or the record at `until` has been read. Labels on the way are remembered. */
function* scan(dcl: Dcl, label: string, until?: RecordAddress): Flow<RecordAddress | undefined> {
  let depth = 0;
  let continued = false;
  for (;;) {
    const record = yield* nextRecord(dcl, '');
    if (record === undefined) return undefined;
    const at = lastRecord(dcl);
    if (record.startsWith('$') && !continued) {
      const { label: found, rest } = splitLabel(trim(record.slice(1)));
      const verb = firstWord(rest);
      if (found !== undefined && depth === 0) {
        registerLabel(dcl, found, at);
        if (found === label) return at;
      }
      if (verb === 'SUBROUTINE') depth += 1;
      if (verb === 'ENDSUBROUTINE' && depth > 0) depth -= 1;
    }
    continued = isContinued(record, continued);
    if (until && at.every((byte, index) => byte === until[index])) return undefined;
  }
}
