import { kernelService } from '../dispatch/service.js';
import { checkNotification, notifyCaller, type Notification } from '../io/service-completion.js';
import type { Kernel } from '../kernel.js';
import { callerItems, storeItem, type Item } from '../names/item-list.js';
import { SCH$CLREF } from '../process/event-flags.js';
import { hasPrivilege } from '../process/pid.js';
import { PRV$V_SYSLCK, PRV$V_WORLD } from '../starlet/prvdef.js';
import {
  SS$_ACCVIO, SS$_BADPARAM, SS$_EXASTLM, SS$_EXQUOTA, SS$_IVLOCKID, SS$_IVMODE, SS$_NOMORELOCK, SS$_NORMAL, SS$_NOSYSLCK, SS$_NOWORLD,
} from '../starlet/ssdef.js';
import type { Lkb } from './blocks.js';
import { LIST_ITEMS, LKI_ITEMS, LOCK_ENTRY_BYTES, resourceOf } from './getlki-items.js';
import { lockOfId, lockOfIndex } from './tables.js';

/** $GETLKI. @source book 13.2.6; digest ch13 2.6 */
const EXECUTIVE = 1;
const MINUS_ONE = 0xffffffff;
const INDEX_LIMIT = 0x10000;
const CUT_OFF = 0x80000000;

/** Whether the caller may ask about a lock. @returns SS$_NORMAL, SS$_IVMODE, SS$_NOSYSLCK, SS$_NOWORLD */
function mayAsk(k: Kernel, lkb: Lkb): number {
  const rsb = resourceOf(k, lkb);
  const pcb = k.pcb;
  if (rsb.RSB$B_RMOD < k.callerMode) return SS$_IVMODE;
  if (rsb.RSB$W_GROUP === 0) return k.callerMode <= EXECUTIVE || hasPrivilege(k, pcb.address, PRV$V_SYSLCK) ? SS$_NORMAL : SS$_NOSYSLCK;
  return rsb.RSB$W_GROUP === pcb.PCB$W_GRP || hasPrivilege(k, pcb.address, PRV$V_WORLD) ? SS$_NORMAL : SS$_NOWORLD;
}

interface Target {
  readonly status: number;
  readonly lkb?: Lkb;
  /** What a wildcard scan leaves for the caller's lock ID. */
  readonly context?: number;
}

/**
 * The lock the caller means. A value without sequence number is the context of a wildcard scan, the index of the lock returned last: 0 (or -1)
 * begins, at index 1. Locks the caller may not ask about are passed over. choice: the form of the context.
 */
function findLock(k: Kernel, lockId: number): Target {
  if (lockId !== MINUS_ONE && lockId >= INDEX_LIMIT) {
    const lkb = lockOfId(k, lockId);
    if (lkb === undefined) return { status: SS$_IVLOCKID };
    const status = mayAsk(k, lkb);
    return status === SS$_NORMAL ? { status, lkb } : { status };
  }
  for (let index = lockId === MINUS_ONE ? 1 : lockId + 1; index < k.sys.LCK$GL_MAXID; index += 1) {
    const lkb = lockOfIndex(k, index);
    if (lkb !== undefined && mayAsk(k, lkb) === SS$_NORMAL) return { status: SS$_NORMAL, lkb, context: index };
  }
  return { status: SS$_NOMORELOCK };
}

/** A list holds whole entries only, and its length is a longword with more in it. */
function store(k: Kernel, item: Item, value: Uint8Array): void {
  if (!LIST_ITEMS.has(item.code)) {
    storeItem(k, item, value);
    return;
  }
  const room = item.length - item.length % LOCK_ENTRY_BYTES;
  const stored = value.subarray(0, Math.min(room, value.length));
  k.writeBytes(item.buffer, stored);
  if (item.returnLength !== 0) k.writeLong(item.returnLength, stored.length | (LOCK_ENTRY_BYTES << 16) | (stored.length < value.length ? CUT_OFF : 0));
}

/** The items in order, up to the first that is wrong. @returns SS$_NORMAL, SS$_BADPARAM no such item, SS$_ACCVIO */
function answer(k: Kernel, items: readonly Item[], lkb: Lkb): number {
  const rsb = resourceOf(k, lkb);
  for (const item of items) {
    const fetch = LKI_ITEMS.get(item.code);
    if (fetch === undefined) return SS$_BADPARAM;
    const lengthBytes = LIST_ITEMS.has(item.code) ? 4 : 2;
    if (!k.callerCanWrite(item.buffer, item.length) || (item.returnLength !== 0 && !k.callerCanWrite(item.returnLength, lengthBytes))) return SS$_ACCVIO;
    store(k, item, fetch(k, lkb, rsb));
  }
  return SS$_NORMAL;
}

/**
 * $GETLKI [efn],lkidadr,itmlst,[iosb],[astadr],[astprm],[nullarg] - what there is to know about a lock; also the first half of $GETLKIW. It is
 * always done at once.
 *
 * @param lkidadr  longword with a lock ID, or 0 and then whatever the last call left there: the next lock of all the caller may ask about
 * @param itmlst   LKI$_ items
 * @returns SS$_NORMAL; SS$_ACCVIO; SS$_BADPARAM; SS$_EXASTLM; SS$_ILLEFC; SS$_IVLOCKID; SS$_IVMODE resource of an inner mode; SS$_NOMORELOCK; SS$_NOSYSLCK;
 * SS$_NOWORLD; SS$_UNASEFC. The event flag is set in any case, the completion AST queued only without an error
 * @source book 13.2.6
 */
const getlki = kernelService('$GETLKI', (k, efn = 0, lkidadr = 0, itmlst = 0, iosb = 0, astadr = 0, astprm = 0) => {
  const notification: Notification = { efn: efn & 0xff, iosb, astadr, astprm };
  if (!k.callerCanRead(lkidadr, 4) || !k.callerCanWrite(lkidadr, 4)) return SS$_ACCVIO;
  const allowed = checkNotification(k, notification);
  if (allowed !== SS$_NORMAL) return allowed === SS$_EXQUOTA ? SS$_EXASTLM : allowed;
  const cleared = SCH$CLREF(k, k.pcb.address, notification.efn);
  if ((cleared & 1) === 0) return cleared;
  const items = callerItems(k, itmlst);
  const target = findLock(k, k.readLong(lkidadr));
  const status = typeof items === 'number' ? items : target.lkb === undefined ? target.status : answer(k, items, target.lkb);
  const notified = notifyCaller(k, (status & 1) !== 0 ? notification : { ...notification, astadr: 0 }, status);
  if ((status & 1) === 0) return status;
  // Last, for until then the service may wait for pool and begin again with the old context.
  if ((notified & 1) !== 0 && target.context !== undefined) k.writeLong(lkidadr, target.context);
  return notified;
});

export const GETLKI_ROUTINES = [getlki] as const;
