import { kernelService } from '../dispatch/service.js';
import { textToBytes } from '../structures/memory.js';
import { LNM$M_CREATE_IF } from '../starlet/lnmdef.js';
import { SS$_ACCVIO, SS$_INSFARG } from '../starlet/ssdef.js';
import { LNM$CREATE_TABLE } from './create.js';
import { NAME_ATTRIBUTES, logicalNameArgument, longwordArgument, tableArgument } from './crelnm.js';
import { nameOf } from './name-block.js';
import { requestedMode } from './protection.js';

/**
 * $CRELNT [attr],[resnam],[reslen],[quota],[promsk],[tabnam],partab,[acmode] - create a logical name table.
 *
 * @param attr    longword of LNM$M_CREATE_IF, LNM$M_CONFINE, LNM$M_NO_ALIAS
 * @param resnam  descriptor of a buffer for the name of the table; @param reslen its word for the length
 * @param quota   longword: bytes withdrawn from the parent's quota holder, 0 for pooled quota
 * @param promsk  word: SOGW protection mask, set bits deny
 * @param tabnam  name of the table; left out, LNM$ with the LNMB address and the EPID
 * @param partab  parent; of a search list the first
 * @returns SS$_LNMCREATED, SS$_SUPERSEDE, SS$_NORMAL, SS$_INSFARG, SS$_ACCVIO and those of LNM$CREATE_TABLE
 * @source book 28.8.4; digest ch28 3.7
 */
export const EXE$CRELNT = kernelService('$CRELNT', (k, attr = 0, resnam = 0, reslen = 0, quota = 0, promsk = 0, tabnam = 0, partab = 0, acmode = 0) => {
  if (partab === 0) return SS$_INSFARG;
  const parent = tableArgument(k, partab);
  if (typeof parent === 'number') return parent;
  const name = tabnam === 0 ? undefined : logicalNameArgument(k, tabnam);
  if (typeof name === 'number') return name;
  const attributes = longwordArgument(k, attr);
  const limit = longwordArgument(k, quota);
  const mode = requestedMode(k, acmode);
  if (attributes === undefined || limit === undefined || mode === undefined) return SS$_ACCVIO;
  if (promsk !== 0 && !k.callerCanRead(promsk, 2)) return SS$_ACCVIO;
  if (resnam !== 0) {
    if (!k.callerCanRead(resnam, 8) || !k.callerCanWrite(k.readLong(resnam + 4), k.readWord(resnam))) return SS$_ACCVIO;
  }
  if (reslen !== 0 && !k.callerCanWrite(reslen, 2)) return SS$_ACCVIO;

  const created = LNM$CREATE_TABLE(k, {
    name, parent, mode, flags: attributes & NAME_ATTRIBUTES, quota: limit, createIf: (attributes & LNM$M_CREATE_IF) !== 0,
    ...(promsk === 0 ? {} : { protection: k.readWord(promsk) }),
  });
  if ((created.status & 1) !== 0) {
    const text = nameOf(k, created.lnmb).slice(0, resnam === 0 ? 0 : k.readWord(resnam));
    if (resnam !== 0) k.writeBytes(k.readLong(resnam + 4), textToBytes(text));
    if (reslen !== 0) k.writeWord(reslen, text.length);
  }
  return created.status;
});
