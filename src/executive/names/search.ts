import type { Kernel } from '../kernel.js';
import { SS$_NOLOGNAM, SS$_NORMAL } from '../starlet/ssdef.js';
import { LNMB, LNMB$T_NAME, LNMTH } from '../structures/lnm.js';
import { LNM$HASH, chainHead, nameOf, translations, upcase, type TranslationBlock } from './name-block.js';
import { LNM$SETUP, LNM$TABLE, hasProcessNames, processHashTable, systemHashTable } from './table-name.js';
import { lockedForRead } from './lock.js';

/**
 * Searching for a logical name (module LNMSUB): first whether it exists at all in either hash table, only then in which of
 * the tables that the table name stands for. Most searches fail in the first step. @source book 28.6; digest ch28 3.2
 */

/** NT: the state of a search through one hash chain. A stack-local structure of VMS, so a local value here. */
export interface NameTranslation {
  readonly name: string;
  readonly hashTable: number;
  readonly mode: number;
  readonly caseBlind: boolean;
  /** The LNMB found, or the one at which the search stopped; 0 at the end of the chain. */
  lnmb: number;
}

export interface SearchResult {
  /** SS$_NORMAL, SS$_NOLOGNAM, SS$_TOOMANYLNAM. */
  readonly status: number;
  readonly lnmb: number;
}

/** Hashes the name and looks for it in one hash table, whatever its table and mode. Leaves the position in `nt.lnmb`. */
export function LNM$PRESEARCH(k: Kernel, nt: NameTranslation): boolean {
  nt.lnmb = k.readLong(chainHead(k, nt.hashTable, LNM$HASH(nt.name)));
  return LNM$CONTSEARCH(k, nt);
}

/**
 * Goes on along the chain from `nt.lnmb` (that one included).
 *
 * @param header  LNMTH the name must lie in, at `nt.mode` or an inner mode; 0 for any table and mode
 * @returns whether `nt.lnmb` is a match; otherwise it is where the search stopped
 */
export function LNM$CONTSEARCH(k: Kernel, nt: NameTranslation, header = 0): boolean {
  const wanted = nt.caseBlind ? upcase(nt.name) : nt.name;
  for (; nt.lnmb !== 0; nt.lnmb = k.readLong(nt.lnmb)) {
    const length = k.readByte(nt.lnmb + LNMB$T_NAME);
    if (length < wanted.length) continue;
    if (length > wanted.length) return false;
    const found = nameOf(k, nt.lnmb);
    if ((nt.caseBlind ? upcase(found) : found) !== wanted) {
      // The other spellings of a case-blind name lie apart in the chain, so only a longer name ends that search.
      if (found < wanted || nt.caseBlind) continue;
      return false;
    }
    if (header === 0) return true;
    const block = LNMB.at(k, nt.lnmb);
    if (block.LNMB$L_TABLE > header && !nt.caseBlind) return false;
    if (block.LNMB$L_TABLE === header && block.LNMB$B_ACMODE <= nt.mode) return true;
  }
  return false;
}

/**
 * Finds the definition of `name` in the first of the tables `tableName` stands for.
 *
 * @param mode       outermost access mode accepted, of the name and of every table name
 * @returns SS$_NORMAL and the LNMB; SS$_NOLOGNAM; SS$_TOOMANYLNAM. No protection is checked.
 * Mutex LNM$AL_MUTEX held.
 */
export function LNM$SEARCHLOG(k: Kernel, name: string, tableName: string, mode: number, caseBlind = false): SearchResult {
  const search = (hashTable: number): NameTranslation => ({ name, hashTable, mode, caseBlind, lnmb: 0 });
  const shareable = search(systemHashTable(k));
  const inSystem = LNM$PRESEARCH(k, shareable);
  const privateTable = hasProcessNames(k) ? processHashTable(k) : 0;
  const own = search(privateTable);
  const inProcess = privateTable !== 0 && LNM$PRESEARCH(k, own);
  if (!inSystem && !inProcess) return { status: SS$_NOLOGNAM, lnmb: shareable.lnmb };

  const setup = LNM$SETUP(k, tableName, mode);
  if (!setup.context) return { status: setup.status, lnmb: 0 };
  for (let table = setup.first; ;) {
    if ((table.status & 1) === 0) return { status: table.status, lnmb: 0 };
    if (table.header === 0) return { status: SS$_NOLOGNAM, lnmb: 0 };
    const isShareable = LNMTH.at(k, table.header).LNMTH$V_SHAREABLE === 1;
    if (isShareable ? inSystem : inProcess) {
      const nt = { ...(isShareable ? shareable : own) };
      if (LNM$CONTSEARCH(k, nt, table.header)) return { status: SS$_NORMAL, lnmb: nt.lnmb };
    }
    table = LNM$TABLE(k, setup.context);
  }
}

/** Translation `index` of a name; undefined when it has none. */
export function translationWithIndex(k: Kernel, lnmb: number, index: number): TranslationBlock | undefined {
  for (const block of translations(k, lnmb)) if (block.index === (index & 0xff)) return block;
  return undefined;
}

export interface OneTranslation {
  readonly status: number;
  /** Equivalence string 0, '' when the name has none. */
  readonly value: string;
  /** LNMX flags of that string: CONCEALED, TERMINAL. */
  readonly flags: number;
  readonly lnmb: number;
}

/**
 * One translation for other services of the executive, as $ASSIGN needs it: search and equivalence string 0. Callers that
 * follow chains stop at LNMX$V_TERMINAL or after LNM$C_MAXDEPTH turns.
 *
 * @returns SS$_NORMAL, SS$_NOLOGNAM, SS$_TOOMANYLNAM
 * Kernel mode, process context, IPL 0 to 2; takes and releases the mutex. @source book 28.6; digest ch28 3.2
 */
export function LNM$SEARCH_ONE(k: Kernel, name: string, tableName: string, mode: number, caseBlind = false): OneTranslation {
  return lockedForRead(k, () => {
    const { status, lnmb } = LNM$SEARCHLOG(k, name, tableName, mode, caseBlind);
    if ((status & 1) === 0) return { status, value: '', flags: 0, lnmb: 0 };
    const block = translationWithIndex(k, lnmb, 0);
    return {
      status, lnmb, flags: block?.flags ?? 0,
      value: block ? String.fromCharCode(...k.readBytes(block.value, block.length)) : '',
    };
  });
}
