import { procedure, type Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { LNM$M_CRELOG, LNM$M_TERMINAL, LNM$_ATTRIBUTES, LNM$_ACMODE, LNM$_STRING } from '../starlet/lnmdef.js';
import { SS$_IVLOGTAB, SS$_NOLOGNAM, SS$_NORMAL, SS$_NOTRAN } from '../starlet/ssdef.js';

/**
 * $CRELOG, $DELLOG, $TRNLOG: the logical name services of VMS Version 3, in the caller's mode, on top of those of Version 4
 * (module SYSLOGNAM). @source book 28.9; digest ch28 3.11, 4.2
 */

const EXECUTIVE = 1;
const USER = 3;
const PROCESS = 2;

/** Version 3 table number -> table name. @source book Table 28-3 */
const TABLES = ['LOG$SYSTEM', 'LOG$GROUP', 'LOG$PROCESS'] as const;

/** DSBMSK (bit 0 system, 1 group, 2 process disabled) -> the name whose translation is the tables left. */
const SEARCH_LISTS: Readonly<Record<number, string>> = {
  0: 'TRNLOG$_PROCESS_GROUP_SYSTEM', 1: 'TRNLOG$_PROCESS_GROUP', 2: 'TRNLOG$_PROCESS_SYSTEM', 3: 'LOG$PROCESS',
  4: 'TRNLOG$_GROUP_SYSTEM', 5: 'LOG$GROUP', 6: 'LOG$SYSTEM',
};

/** Address of a byte with the access mode that goes with a table; 0 lets the caller's mode count. */
function modeOf(p: Procedure, table: number, given: boolean, mode: number): number {
  if (table === PROCESS) return given ? p.bytes(Uint8Array.of(mode & 3)) : 0;
  return p.bytes(Uint8Array.of(table === 0 ? EXECUTIVE : USER));
}

/** $CRELOG [tblflg],lognam,eqlnam,[acmode] - one equivalence name; a leading underscore becomes the TERMINAL attribute. */
export const EXE$CRELOG = procedure('EXE$CRELOG', function* (p): Flow<number> {
  const table = p.argument(1) & 0xff;
  const name = TABLES[table];
  if (name === undefined) return SS$_IVLOGTAB;
  const equivalence = p.argument(3);
  let length = p.memory.readWord(equivalence);
  let text = p.memory.readLong(equivalence + 4);
  let attributes = 0;
  if (length > 0 && p.memory.readByte(text) === 0x5f) {
    attributes = LNM$M_TERMINAL;
    length -= 1;
    text += 1;
  }
  const items = p.itemList([
    { code: LNM$_ATTRIBUTES, length: 4, buffer: longword(p, attributes) },
    { code: LNM$_STRING, length, buffer: text },
  ]);
  return yield* service(p, '$CRELNM', {
    attr: longword(p, LNM$M_CRELOG), tabnam: p.string(name), lognam: p.argument(2),
    acmode: modeOf(p, table, p.argumentCount >= 4, p.argument(4)), itmlst: items,
  });
});

/** $DELLOG [tblflg],[lognam],[acmode] - one name, or all names of the table. */
export const EXE$DELLOG = procedure('EXE$DELLOG', function* (p): Flow<number> {
  const table = p.argument(1) & 0xff;
  const name = TABLES[table];
  if (name === undefined) return SS$_IVLOGTAB;
  return yield* service(p, '$DELLNM', {
    tabnam: p.string(name), lognam: p.argument(2), acmode: modeOf(p, table, p.argumentCount >= 3, p.argument(3)),
  });
});

/**
 * $TRNLOG lognam,[rsllen],rslbuf,[table],[acmode],[dsbmsk] - equivalence string 0, with an underscore in front of one that is
 * TERMINAL. When the name is not found it is its own result, and the status is SS$_NOTRAN, a success.
 */
export const EXE$TRNLOG = procedure('EXE$TRNLOG', function* (p): Flow<number> {
  const lognam = p.argument(1);
  const table = p.argument(4);
  const disabled = p.argument(6) & 7;
  if (disabled === 7) return SS$_IVLOGTAB;
  const searched = table === 0
    ? [{ number: 0, name: SEARCH_LISTS[disabled]! }]
    : [PROCESS, 1, 0].filter((number) => (disabled & (1 << number)) === 0).map((number) => ({ number, name: TABLES[number]! }));
  const found = yield* translate(p, lognam, searched.map(({ name }) => name));
  if ((found.status & 1) === 0) {
    if (found.status !== SS$_NOLOGNAM) return found.status;
    returnString(p, p.text(lognam));
    return SS$_NOTRAN;
  }
  returnString(p, found.text);
  if (table !== 0) p.memory.writeByte(table, searched[found.index]!.number);
  if (p.argument(5) !== 0) p.memory.writeByte(p.argument(5), found.mode);
  return SS$_NORMAL;
});

/** Translates in one table after the other until one has the name. */
function* translate(p: Procedure, lognam: number, tables: readonly string[]): Flow<{ status: number; text: string; index: number; mode: number }> {
  const buffer = p.allocate(256);
  const length = p.allocate(4);
  const attributes = p.allocate(4);
  const mode = p.allocate(4);
  const items = p.itemList([
    { code: LNM$_STRING, length: 255, buffer, returnLength: length },
    { code: LNM$_ATTRIBUTES, length: 4, buffer: attributes },
    { code: LNM$_ACMODE, length: 1, buffer: mode },
  ]);
  let status = SS$_NOLOGNAM as number;
  for (const [index, table] of tables.entries()) {
    status = yield* service(p, '$TRNLNM', { tabnam: p.string(table), lognam, itmlst: items });
    if ((status & 1) !== 0) {
      const text = String.fromCharCode(...p.memory.readBytes(buffer, p.memory.readWord(length)));
      const terminal = (p.memory.readLong(attributes) & LNM$M_TERMINAL) !== 0;
      return { status, text: terminal ? `_${text}` : text, index, mode: p.memory.readByte(mode) };
    }
    if (status !== SS$_NOLOGNAM) break;
  }
  return { status, text: '', index: 0, mode: 0 };
}

/** Stores the result in the caller's RSLBUF and RSLLEN. */
function returnString(p: Procedure, text: string): void {
  const buffer = p.argument(3);
  const stored = text.slice(0, p.memory.readWord(buffer));
  p.memory.writeBytes(p.memory.readLong(buffer + 4), Uint8Array.from(stored, (character) => character.charCodeAt(0)));
  if (p.argument(2) !== 0) p.memory.writeWord(p.argument(2), stored.length);
}

function longword(p: Procedure, value: number): number {
  const address = p.allocate(4);
  p.memory.writeLong(address, value);
  return address;
}
