import { SCH$QAST } from '../ast/queue.js';
import { jsbRoutine, type Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { allocateBlock } from '../pool/typed.js';
import { EXE$DEANONPAGED } from '../pool/nonpaged.js';
import { SCH$POSTEF } from '../process/event-flags.js';
import { SCH$CHSEP } from '../scheduling/rse.js';
import { SS$_ACCVIO, SS$_EXQUOTA, SS$_INSFMEM, SS$_NONEXPR, SS$_NORMAL, SS$_SUSPENDED } from '../starlet/ssdef.js';
import { ACB, ACB$M_KAST } from '../structures/acb.js';
import { DYN$C_ACB } from '../structures/dyn.js';
import { JIB } from '../structures/jib.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import {
  PRI$_NULL, PRI$_TICOM, SCH$C_COM, SCH$C_COMO, SCH$C_MWAIT, SCH$C_SUSP, SCH$C_SUSPO,
} from '../structures/sch.js';
import { structure } from '../structures/structure.js';
import { storeItem, type Item } from '../names/item-list.js';
import { becomeCompletionAst, type Notification } from '../io/service-completion.js';
import { JPI_ITEMS, processAt } from './getjpi-items.js';

/**
 * The trips of $GETJPI to a process whose P1 space (or header) it cannot read from outside. One block of nonpaged pool makes
 * all three: special kernel AST to the target, which fetches; special kernel AST back to the requester, which stores; and if
 * wanted the completion AST. choice: the layout of the extended ACB. @source book 29.3.2; digest ch29 1.3, 2.7
 */
const JPB = structure('JPB', 56, {
  0x00: ['JPB$R_ACB', 28, 'the AST control block'],
  0x1c: ['JPB$L_REQUESTER', 'internal PID of the requester'],
  0x20: ['JPB$L_IMGCNT', 'its PHD$L_IMGCNT at the request'],
  0x24: ['JPB$L_IOSB', 'its I/O status block, 0 for none'],
  0x28: ['JPB$L_ASTADR', 'its completion AST, 0 for none'],
  0x2c: ['JPB$L_ASTPRM', 'its parameter'],
  0x30: ['JPB$W_COUNT', 'items in this block'],
  0x32: ['JPB$B_EFN', 'event flag'],
  0x33: ['JPB$B_MODE', 'access mode of the requester'],
  0x34: ['JPB$L_CHARGE', 'bytes charged to JIB$L_BYTCNT'],
});

/** One item of the block: request, then room for the value. */
const JPD = structure('JPD', 16, {
  0x00: ['JPD$W_LENGTH', 'size of the buffer'],
  0x02: ['JPD$W_CODE', 'item code'],
  0x04: ['JPD$L_BUFFER', 'address of the buffer'],
  0x08: ['JPD$L_RETLEN', 'address of the word for the length'],
  0x0c: ['JPD$W_SIZE', 'bytes of the value behind this descriptor'],
  0x0e: ['JPD$W_ROOM', 'bytes of room for it'],
});

/** Why a process cannot be asked: it goes away, or does not run. SS$_NORMAL when it can. @source digest ch29 2.7 step 9 */
export function targetStatus(k: Kernel, pcbAddress: number): number {
  const pcb = PCB.at(k, pcbAddress);
  if (pcb.PCB$V_DELPEN === 1 || (pcb.PCB$L_PID & 0xffff) <= 1) return SS$_NONEXPR;
  const state = pcb.PCB$W_STATE;
  return pcb.PCB$V_SUSPEN === 1 || state === SCH$C_SUSP || state === SCH$C_SUSPO || state === SCH$C_MWAIT ? SS$_SUSPENDED : SS$_NORMAL;
}

/**
 * Sends a request for `items` to the target. The requester's flag, status block and AST tell when it is answered.
 *
 * @returns SS$_NORMAL on its way; SS$_EXQUOTA, SS$_INSFMEM
 * IPL$_SYNCH
 */
export function askProcess(k: Kernel, target: number, items: readonly Item[], notification: Notification): number {
  const rooms = items.map(({ code }) => (JPI_ITEMS.get(code)!.size + 3) & ~3);
  const size = JPB.size + rooms.reduce((sum, room) => sum + JPD.size + room, 0);
  const jib = JIB.at(k, k.pcb.PCB$L_JIB);
  if (jib.JIB$L_BYTCNT < size) return SS$_EXQUOTA;
  const block = allocateBlock(k, size, DYN$C_ACB);
  if (block === 0) return SS$_INSFMEM;
  jib.JIB$L_BYTCNT -= size;
  if (notification.astadr !== 0) k.pcb.PCB$W_ASTCNT -= 1;

  const request = JPB.at(k, block);
  request.JPB$L_REQUESTER = k.pcb.PCB$L_PID;
  request.JPB$L_IMGCNT = PHD.at(k, k.pcb.PCB$L_PHD).PHD$L_IMGCNT;
  request.JPB$L_IOSB = notification.iosb;
  request.JPB$L_ASTADR = notification.astadr;
  request.JPB$L_ASTPRM = notification.astprm;
  request.JPB$B_EFN = notification.efn;
  request.JPB$B_MODE = k.callerMode;
  request.JPB$W_COUNT = items.length;
  request.JPB$L_CHARGE = size;
  let at = block + JPB.size;
  items.forEach((item, index) => {
    const descriptor = JPD.at(k, at);
    descriptor.JPD$W_LENGTH = item.length;
    descriptor.JPD$W_CODE = item.code;
    descriptor.JPD$L_BUFFER = item.buffer;
    descriptor.JPD$L_RETLEN = item.returnLength;
    descriptor.JPD$W_ROOM = rooms[index]!;
    at += JPD.size + rooms[index]!;
  });
  const { PCB$L_PID: pid, PCB$W_STATE: state } = PCB.at(k, target);
  queueTrip(k, block, pid, 'EXE$GETJPI_FETCH', PRI$_TICOM);
  if (state === SCH$C_COM || state === SCH$C_COMO) hurry(k, target, state);
  return SS$_NORMAL;
}

/** Makes the block a special kernel AST for process `pid`. */
function queueTrip(k: Kernel, block: number, pid: number, routine: string, priorityClass: number): void {
  const acb = ACB.at(k, block);
  acb.ACB$B_RMOD = ACB$M_KAST;
  acb.ACB$L_PID = pid;
  acb.ACB$L_KAST = k.symbol(routine);
  SCH$QAST(k, block, priorityClass);
}

/** Priorities with bit 4 set are time-sharing (external 0 to 15). */
const isTimeSharing = (internal: number): boolean => (internal & 0x10) !== 0;

/**
 * A computable target gets no boost from the AST: it is raised to the requester's priority, unless the requester is
 * real-time or no better than the target. @source digest ch29 2.7 step 10
 */
function hurry(k: Kernel, target: number, state: number): void {
  const mine = k.pcb.PCB$B_PRI;
  if (isTimeSharing(mine) && mine < PCB.at(k, target).PCB$B_PRI) SCH$CHSEP(k, target, mine, state);
}

/** The descriptors of a block with the addresses of their values. */
function* descriptors(k: Kernel, block: number): Generator<{ descriptor: ReturnType<typeof JPD.at>; value: number }, void, undefined> {
  let at = block + JPB.size;
  for (let count = JPB.at(k, block).JPB$W_COUNT; count > 0; count -= 1) {
    const descriptor = JPD.at(k, at);
    yield { descriptor, value: at + JPD.size };
    at += JPD.size + descriptor.JPD$W_ROOM;
  }
}

/** First trip, in the target: fetches the items into the block and sends it back. Special kernel AST: R5 the ACB. */
function fetchItems(k: Kernel): void {
  const block = k.register(5);
  const self = processAt(k, k.pcb.address);
  const values = [...descriptors(k, block)].map(({ descriptor, value }) => ({ descriptor, value, bytes: JPI_ITEMS.get(descriptor.JPD$W_CODE)!.fetch(k, self) }));
  for (const { descriptor, value, bytes } of values) {
    const kept = bytes.subarray(0, descriptor.JPD$W_ROOM);
    k.writeBytes(value, kept);
    descriptor.JPD$W_SIZE = kept.length;
  }
  queueTrip(k, block, JPB.at(k, block).JPB$L_REQUESTER, 'EXE$GETJPI_RETURN', PRI$_NULL);
}

/**
 * Second trip, in the requester: if its image is still the one that asked, the values are stored (buffers are probed again),
 * flag and status block are set, and the block becomes the completion AST.
 */
function returnItems(k: Kernel): void {
  const block = k.register(5);
  const request = JPB.at(k, block);
  const { pcb } = k;
  const jib = JIB.at(k, pcb.PCB$L_JIB);
  const { JPB$L_CHARGE: charge, JPB$L_ASTADR: astadr, JPB$L_IOSB: iosb, JPB$B_MODE: mode } = request;
  if (request.JPB$L_IMGCNT !== PHD.at(k, pcb.PCB$L_PHD).PHD$L_IMGCNT) {
    if (astadr !== 0) pcb.PCB$W_ASTCNT += 1;
    jib.JIB$L_BYTCNT += charge;
    EXE$DEANONPAGED(k, block);
    return;
  }
  const mayWrite = (address: number, length: number): boolean => length === 0 || k.cpu.probe(address, length, mode, true);
  const answers = [...descriptors(k, block)].map(({ descriptor, value }) => ({
    item: { length: descriptor.JPD$W_LENGTH, code: descriptor.JPD$W_CODE, buffer: descriptor.JPD$L_BUFFER, returnLength: descriptor.JPD$L_RETLEN },
    bytes: k.readBytes(value, descriptor.JPD$W_SIZE),
  }));
  const writable = answers.every(({ item }) => mayWrite(item.buffer, item.length) && (item.returnLength === 0 || mayWrite(item.returnLength, 2)));
  if (writable) for (const { item, bytes } of answers) storeItem(k, item, bytes);
  if (iosb !== 0 && mayWrite(iosb, 8)) {
    k.writeLong(iosb, writable ? SS$_NORMAL : SS$_ACCVIO);
    k.writeLong(iosb + 4, 0);
  }
  SCH$POSTEF(k, pcb.PCB$L_PID, request.JPB$B_EFN, PRI$_NULL);
  jib.JIB$L_BYTCNT += charge;
  becomeCompletionAst(k, block, { astadr, astprm: request.JPB$L_ASTPRM, mode });
}

export const GETJPI_AST_ROUTINES: readonly Microroutine[] = [jsbRoutine('EXE$GETJPI_FETCH', fetchItems), jsbRoutine('EXE$GETJPI_RETURN', returnItems)];
