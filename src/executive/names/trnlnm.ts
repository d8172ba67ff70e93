import { kernelService } from '../dispatch/service.js';
import type { Kernel } from '../kernel.js';
import { textToBytes } from '../structures/memory.js';
import {
  LNM$M_CASE_BLIND, LNM$M_EXISTS, LNM$_ACMODE, LNM$_ATTRIBUTES, LNM$_CHAIN, LNM$_INDEX, LNM$_LENGTH, LNM$_LNMB_ADDR, LNM$_MAX_INDEX,
  LNM$_PARENT, LNM$_STRING, LNM$_TABLE,
} from '../starlet/lnmdef.js';
import { SS$_ACCVIO, SS$_BADPARAM, SS$_NOPRIV, SS$_NORMAL } from '../starlet/ssdef.js';
import { LNMB, LNMTH } from '../structures/lnm.js';
import { logicalNameArgument, longwordArgument, tableArgument } from './crelnm.js';
import { callerItems, canWriteItem, longwordBytes, storeItem, type Item } from './item-list.js';
import { nameOf, translations } from './name-block.js';
import { lockedForRead } from './lock.js';
import { ACCESS_READ, LNM$CHECK_PROT, requestedMode } from './protection.js';
import { LNM$SEARCHLOG, translationWithIndex } from './search.js';

/** LNMB flags that LNM$_ATTRIBUTES shows: NO_ALIAS, CONFINE, CRELOG, TABLE. */
const SHOWN_FLAGS = 0x0f;
const SYSTEM_SPACE = 0x8000_0000;

/** Name of the table whose header is at `header`; a directory's parent has none. */
function tableName(k: Kernel, header: number): string {
  return header === 0 ? '' : nameOf(k, LNMTH.at(k, header).LNMTH$L_NAME);
}

/** Highest index a user's translation of this name has; -1 when it has none. */
export function maximumIndex(k: Kernel, lnmb: number): number {
  let highest = -1;
  for (const { index } of translations(k, lnmb)) if (index < 0x80 && index > highest) highest = index;
  return highest;
}

/** What one output item asks for, with `index` the translation in question. */
function valueOf(k: Kernel, code: number, lnmb: number, index: number): Uint8Array | undefined {
  const block = LNMB.at(k, lnmb);
  const translation = translationWithIndex(k, lnmb, index);
  switch (code) {
    case LNM$_STRING: return translation ? k.readBytes(translation.value, translation.length) : new Uint8Array(0);
    case LNM$_LENGTH: return longwordBytes(translation?.length ?? 0);
    case LNM$_ATTRIBUTES: {
      const own = translation ? ((translation.flags & 3) << 8) | LNM$M_EXISTS : 0;
      return longwordBytes((block.LNMB$B_FLAGS & SHOWN_FLAGS) | own);
    }
    case LNM$_TABLE: return textToBytes(tableName(k, block.LNMB$L_TABLE));
    case LNM$_PARENT: return textToBytes(tableName(k, LNMTH.at(k, block.LNMB$L_TABLE).LNMTH$L_PARENT));
    case LNM$_ACMODE: return Uint8Array.of(block.LNMB$B_ACMODE);
    case LNM$_MAX_INDEX: return longwordBytes(maximumIndex(k, lnmb));
    case LNM$_LNMB_ADDR: return longwordBytes(lnmb);
    default: return undefined;
  }
}

/** Goes through the item list: LNM$_INDEX chooses the translation that the items behind it speak of. */
function answer(k: Kernel, items: readonly Item[], lnmb: number): number {
  let index = 0;
  const stores: (() => void)[] = [];
  for (const item of items) {
    if (item.code === LNM$_INDEX) {
      if (!k.callerCanRead(item.buffer, 4)) return SS$_ACCVIO;
      index = k.readLong(item.buffer);
      continue;
    }
    const value = valueOf(k, item.code, lnmb, index);
    if (value === undefined) return SS$_BADPARAM;
    if (!canWriteItem(k, item)) return SS$_ACCVIO;
    stores.push(() => storeItem(k, item, value));
  }
  for (const store of stores) store();
  return SS$_NORMAL;
}

/**
 * $TRNLNM [attr],tabnam,lognam,[acmode],[itmlst] - information about a logical name. One level only: it never iterates.
 *
 * @param attr    longword: LNM$M_CASE_BLIND
 * @param tabnam  table name; a search list is searched to its end
 * @param acmode  byte: outermost mode of names and table names that are looked at. choice: without it, user mode, so that all
 *                names count
 * @returns SS$_NORMAL, SS$_NOLOGNAM, SS$_TOOMANYLNAM, SS$_NOPRIV, SS$_IVLOGNAM, SS$_IVLOGTAB, SS$_INSFARG, SS$_ACCVIO, SS$_BADPARAM
 * @source book 28.8.2; digest ch28 3.5
 */
export const EXE$TRNLNM = kernelService('$TRNLNM', (k, attr = 0, tabnam = 0, lognam = 0, acmode = 0, itmlst = 0) => {
  const table = tableArgument(k, tabnam);
  if (typeof table === 'number') return table;
  const name = logicalNameArgument(k, lognam);
  if (typeof name === 'number') return name;
  const attributes = longwordArgument(k, attr);
  const mode = acmode === 0 ? USER : requestedMode(k, acmode);
  if (attributes === undefined || mode === undefined) return SS$_ACCVIO;
  const items = itmlst === 0 ? [] : callerItems(k, itmlst, LNM$_CHAIN & 0xffff);
  if (typeof items === 'number') return items;
  return lockedForRead(k, () => {
    const found = LNM$SEARCHLOG(k, name, table, mode, (attributes & LNM$M_CASE_BLIND) !== 0);
    if ((found.status & 1) === 0) return found.status;
    if (found.lnmb >= SYSTEM_SPACE && !LNM$CHECK_PROT(k, LNMB.at(k, found.lnmb).LNMB$L_TABLE, ACCESS_READ)) return SS$_NOPRIV;
    k.sys.PMS$GL_LOGNAM = (k.sys.PMS$GL_LOGNAM + 1) >>> 0;
    return answer(k, items, found.lnmb);
  });
});

const USER = 3;
