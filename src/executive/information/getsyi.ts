import { kernelService } from '../dispatch/service.js';
import { checkNotification, notifyCaller } from '../io/service-completion.js';
import type { Kernel } from '../kernel.js';
import { callerItems, canWriteItem, storeItem } from '../names/item-list.js';
import { SCH$CLREF } from '../process/event-flags.js';
import {
  SS$_ACCVIO, SS$_BADPARAM, SS$_EXASTLM, SS$_EXQUOTA, SS$_NOMORENODE, SS$_NORMAL, SS$_NOSUCHNODE,
} from '../starlet/ssdef.js';
import { SYI_ITEMS, nodeName } from './getsyi-items.js';

/**
 * NAMCSID for a node that is not a member of a cluster: there is only this one, and it has no CSID.
 *
 * @returns SS$_NORMAL, SS$_NOMORENODE, SS$_NOSUCHNODE, SS$_ACCVIO. @source digest ch29 2.8
 */
function NAMCSID(k: Kernel, csidadr: number, nodename: number): number {
  if (csidadr !== 0) {
    if (!k.callerCanRead(csidadr, 4)) return SS$_ACCVIO;
    if (k.readLong(csidadr) !== 0) return SS$_NOMORENODE;
  }
  if (nodename === 0) return SS$_NORMAL;
  const name = k.callerString(nodename);
  if (name === undefined) return SS$_ACCVIO;
  return name.replace(/:*\s*$/, '') === nodeName(k) ? SS$_NORMAL : SS$_NOSUCHNODE;
}

/**
 * $GETSYI [efn],[csidadr],[nodename],itmlst,[iosb],[astadr],[astprm] - information about the system. Complete when it
 * returns, in both forms.
 *
 * @param itmlst  SYI$_ items: buffer size and code, buffer, address of a word for the length
 * @returns SS$_NORMAL; SS$_ACCVIO, SS$_BADPARAM unknown item, SS$_EXASTLM, SS$_NOMORENODE, SS$_NOSUCHNODE
 * @source book 29.4; digest ch29 2.8
 */
export const EXE$GETSYI = kernelService('$GETSYI', (k, efn = 0, csidadr = 0, nodename = 0, itmlst = 0, iosb = 0, astadr = 0, astprm = 0) => {
  const node = NAMCSID(k, csidadr, nodename);
  if ((node & 1) === 0) return node;
  const notification = { efn: efn & 0xff, iosb, astadr, astprm };
  const allowed = checkNotification(k, notification);
  if (allowed !== SS$_NORMAL) return allowed === SS$_EXQUOTA ? SS$_EXASTLM : allowed;
  const items = callerItems(k, itmlst);
  const cleared = SCH$CLREF(k, k.pcb.address, notification.efn);
  if ((cleared & 1) === 0) return cleared;
  if (iosb !== 0) {
    k.writeLong(iosb, 0);
    k.writeLong(iosb + 4, 0);
  }
  if (typeof items === 'number') return items;
  if (!items.every((item) => canWriteItem(k, item))) return SS$_ACCVIO;
  if (!items.every((item) => SYI_ITEMS.has(item.code))) return SS$_BADPARAM;
  const values = items.map((item) => SYI_ITEMS.get(item.code)!(k));
  items.forEach((item, index) => { storeItem(k, item, values[index]!); });
  return notifyCaller(k, notification, SS$_NORMAL);
});
