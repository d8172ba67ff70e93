import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import {
  LNM$M_CASE_BLIND, LNM$M_CONCEALED, LNM$M_CONFINE, LNM$M_NO_ALIAS, LNM$M_TERMINAL, LNM$_ACMODE, LNM$_ATTRIBUTES, LNM$_INDEX, LNM$_MAX_INDEX,
  LNM$_STRING, LNM$_TABLE,
} from '../executive/starlet/lnmdef.js';
import { bytesToText, textToBytes } from '../executive/structures/memory.js';

/** Logical names as DCL uses them: $TRNLNM, $CRELNM, $DELLNM with VMS's item lists built on DCL's stack. */

export const DEFAULT_TABLE = 'LNM$DCL_LOGICAL';
const LONGEST = 255;

export const MODES = ['KERNEL', 'EXECUTIVE', 'SUPERVISOR', 'USER'] as const;

export interface Translation {
  readonly status: number;
  readonly value: string;
  readonly attributes: number;
  readonly table: string;
  /** 0 kernel ... 3 user */
  readonly mode: number;
  readonly maximumIndex: number;
}

/**
 * One translation of `name`.
 *
 * @param mode  names of outer modes are ignored; user (all modes) when left out
 */
export function* translate(p: Procedure, name: string, table: string = DEFAULT_TABLE, index = 0, mode?: number, caseBlind = true): Flow<Translation> {
  return yield* p.scratch(function* () {
    const buffer = p.allocate(LONGEST + 1);
    const tableBuffer = p.allocate(32);
    const cells = p.allocate(24);
    const [indexAt, attributesAt, modeAt, maximumAt, lengthAt, tableLengthAt] = [cells, cells + 4, cells + 8, cells + 12, cells + 16, cells + 20] as const;
    p.memory.writeLong(indexAt, index);
    const items = p.itemList([
      { code: LNM$_INDEX, length: 4, buffer: indexAt },
      { code: LNM$_STRING, length: LONGEST, buffer, returnLength: lengthAt },
      { code: LNM$_ATTRIBUTES, length: 4, buffer: attributesAt },
      { code: LNM$_ACMODE, length: 1, buffer: modeAt },
      { code: LNM$_MAX_INDEX, length: 4, buffer: maximumAt },
      { code: LNM$_TABLE, length: 31, buffer: tableBuffer, returnLength: tableLengthAt },
    ]);
    const status = yield* service(p, '$TRNLNM', {
      attr: longword(p, caseBlind ? LNM$M_CASE_BLIND : 0), tabnam: p.string(table), lognam: p.string(name),
      acmode: mode === undefined ? 0 : p.bytes(Uint8Array.of(mode)), itmlst: items,
    });
    const text = (at: number, length: number): string => bytesToText(p.memory.readBytes(at, length));
    return {
      status,
      value: (status & 1) !== 0 ? text(buffer, p.memory.readWord(lengthAt)) : '',
      attributes: p.memory.readLong(attributesAt),
      table: text(tableBuffer, p.memory.readWord(tableLengthAt)),
      mode: p.memory.readByte(modeAt),
      maximumIndex: p.memory.readLong(maximumAt) | 0,
    };
  });
}

function longword(p: Procedure, value: number): number {
  const at = p.allocate(4);
  p.memory.writeLong(at, value);
  return at;
}

export interface Equivalence {
  readonly value: string;
  readonly concealed: boolean;
  readonly terminal: boolean;
}

/** Defines a logical name. @returns status of $CRELNM: SS$_SUPERSEDE when a name was replaced */
export function* define(
  p: Procedure, name: string, equivalences: readonly Equivalence[], table: string, mode: number, attributes: { confine: boolean; noAlias: boolean },
): Flow<number> {
  return yield* p.scratch(function* () {
    const items = equivalences.flatMap(({ value, concealed, terminal }) => [
      { code: LNM$_ATTRIBUTES, length: 4, buffer: longword(p, (concealed ? LNM$M_CONCEALED : 0) | (terminal ? LNM$M_TERMINAL : 0)) },
      { code: LNM$_STRING, length: value.length, buffer: p.bytes(textToBytes(value)) },
    ]);
    return yield* service(p, '$CRELNM', {
      attr: longword(p, (attributes.confine ? LNM$M_CONFINE : 0) | (attributes.noAlias ? LNM$M_NO_ALIAS : 0)),
      tabnam: p.string(table), lognam: p.string(name), acmode: p.bytes(Uint8Array.of(mode)), itmlst: p.itemList(items),
    });
  });
}

/** Deletes a logical name, or with no name all of `mode` and outer ones in the table. @returns status of $DELLNM */
export function* remove(p: Procedure, name: string | undefined, table: string, mode: number): Flow<number> {
  return yield* p.scratch(() => service(p, '$DELLNM', {
    tabnam: p.string(table), lognam: name === undefined ? 0 : p.string(name), acmode: p.bytes(Uint8Array.of(mode)),
  }));
}
