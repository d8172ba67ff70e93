import { kernelService } from '../dispatch/service.js';
import type { Kernel } from '../kernel.js';
import { SS$_ACCVIO, SS$_NOLOGNAM, SS$_NOPRIV, SS$_NORMAL } from '../starlet/ssdef.js';
import { LNMB, LNMTH } from '../structures/lnm.js';
import { logicalNameArgument, tableArgument } from './crelnm.js';
import { DELETE_NAMES, LNM$DELETE_LNMB } from './delete.js';
import { lockedForWrite } from './lock.js';
import { tableHeaderOf } from './name-block.js';
import { ACCESS_DELETE, ACCESS_WRITE, LNM$CHECK_PROT, requestedMode } from './protection.js';
import { LNM$SEARCHLOG } from './search.js';
import { LNM$FIRSTTAB } from './table-name.js';

/**
 * $DELLNM tabnam,[lognam],[acmode] - delete a logical name and its outer mode aliases, or all names of a table.
 *
 * @param acmode  names of inner modes are out of reach
 * @returns SS$_NORMAL, SS$_NOLOGNAM, SS$_NOLOGTAB, SS$_NOPRIV, SS$_TOOMANYLNAM, SS$_IVLOGNAM, SS$_IVLOGTAB, SS$_INSFARG, SS$_ACCVIO
 * @source book 28.8.5; digest ch28 3.9
 */
export const EXE$DELLNM = kernelService('$DELLNM', (k, tabnam = 0, lognam = 0, acmode = 0) => {
  const table = tableArgument(k, tabnam);
  if (typeof table === 'number') return table;
  const name = lognam === 0 ? undefined : logicalNameArgument(k, lognam);
  if (typeof name === 'number') return name;
  const mode = requestedMode(k, acmode);
  if (mode === undefined) return SS$_ACCVIO;
  return lockedForWrite(k, () => (name === undefined ? emptyTable(k, table, mode) : deleteName(k, name, table, mode)));
});

/**
 * With a mode given the search accepts inner mode names, which may not be deleted: an outer name hidden behind none is found
 * first, as outermost modes come first in the chain.
 */
function deleteName(k: Kernel, name: string, table: string, mode: number): number {
  const found = LNM$SEARCHLOG(k, name, table, USER);
  const match = (found.status & 1) === 0 ? 0 : innermostOf(k, found.lnmb, mode);
  if (match === 0) return (found.status & 1) === 0 ? found.status : SS$_NOLOGNAM;
  const containing = LNMB.at(k, match).LNMB$L_TABLE;
  if (!LNM$CHECK_PROT(k, containing, ACCESS_WRITE)) {
    const header = tableHeaderOf(k, match);
    if (header === 0 || !LNM$CHECK_PROT(k, header, ACCESS_DELETE)) return SS$_NOPRIV;
  }
  return LNM$DELETE_LNMB(k, match) ? SS$_NORMAL : SS$_NOPRIV;
}

const USER = 3;

/** From the outermost definition found, the innermost of the same name and table that `mode` may still delete; 0 when none. */
function innermostOf(k: Kernel, lnmb: number, mode: number): number {
  const { LNMB$L_TABLE: table } = LNMB.at(k, lnmb);
  let match = 0;
  for (let at = lnmb; at !== 0; at = k.readLong(at)) {
    const block = LNMB.at(k, at);
    if (block.LNMB$L_TABLE !== table || !sameName(k, at, lnmb) || block.LNMB$B_ACMODE < mode) break;
    match = at;
  }
  return match;
}

function sameName(k: Kernel, one: number, other: number): boolean {
  const length = k.readByte(one + LNMB.size);
  return length === k.readByte(other + LNMB.size)
    && k.readBytes(one + LNMB.size + 1, length).every((byte, index) => byte === k.readByte(other + LNMB.size + 1 + index));
}

/** All names of the first table that `table` stands for, of `mode` and outer modes. */
function emptyTable(k: Kernel, table: string, mode: number): number {
  const first = LNM$FIRSTTAB(k, table, mode);
  if (first.header === 0) return first.status;
  if (!LNM$CHECK_PROT(k, first.header, ACCESS_WRITE)) return SS$_NOPRIV;
  DELETE_NAMES(k, LNMTH.at(k, first.header).LNMTH$L_HASH, mode, first.header);
  return SS$_NORMAL;
}
