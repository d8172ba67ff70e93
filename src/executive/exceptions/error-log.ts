import type { Kernel } from '../kernel.js';
import { PR$_SID } from '../../emulator/processor-registers.js';
import { EXE$IPID_TO_PCB } from '../process/pid.js';
import { SCH$WAKE } from '../scheduling/rse.js';
import { structure } from '../structures/structure.js';
import { SYSTEM_CELLS } from '../structures/system-cells.js';
import { atIpl } from '../synchronization/ipl.js';

/**
 * The error log allocation buffers and their messages (module ERRORLOG). Messages are reserved at IPL 31, filled in at leisure, and
 * then released; ERRFMT copies the buffers to the error log file.
 * @source book 8.1; digest ch08 1.1, 1.2, 2.1
 */

/** Header of an allocation buffer. BUSY and MSGCNT are one word: adding 00FF takes one from BUSY and carries one into MSGCNT. */
export const ERL = structure('ERL', 12, {
  0x00: ['ERL$B_BUSY', 'messages reserved and not yet released'],
  0x01: ['ERL$B_MSGCNT', 'complete messages'],
  0x02: ['ERL$B_BUFIND', 'number of this buffer'],
  0x03: ['ERL$B_FLAGS', ''],
  0x04: ['ERL$L_NEXT', 'next free byte'],
  0x08: ['ERL$L_END', 'end of the buffer'],
}, {}, { ERL$V_LOCK: ['ERL$B_FLAGS', 0] });

export const ERL_BUFFER_SIZE = 512;
const WAKE_SECONDS = 30;
const WAKE_MESSAGES = 10;
const IPL$_POWER = 31;

/**
 * Bit of ERL$GB_BUFFLAG: ERRFMT is copying a buffer.
 * choice: the book says that ERL$RELEASEMB forces no wake while ERRFMT runs, and not how it knows.
 */
export const ERL$M_COPYING = 1;

/** Makes the two buffers empty. Called once, at boot. */
export function ERL$INITIALIZE(k: Kernel): void {
  const table = k.sys.address + SYSTEM_CELLS.offset.ERL$AL_BUFADDR;
  for (let index = 0; index < 2; index += 1) {
    const address = k.sys.address + (index === 0 ? SYSTEM_CELLS.offset.buf1 : SYSTEM_CELLS.offset.buf2);
    k.writeLong(table + 4 * index, address);
    emptyErrorLogBuffer(k, address, index);
  }
  k.sys.ERL$GB_BUFTIM = WAKE_SECONDS;
}

/** Empty and unlocked. */
export function emptyErrorLogBuffer(k: Kernel, address: number, index: number): void {
  const buffer = ERL.at(k, address);
  buffer.ERL$B_BUSY = 0;
  buffer.ERL$B_MSGCNT = 0;
  buffer.ERL$B_BUFIND = index;
  buffer.ERL$B_FLAGS = 0;
  buffer.ERL$L_NEXT = address + ERL.size;
  buffer.ERL$L_END = address + ERL_BUFFER_SIZE;
}

export function errorLogBuffer(k: Kernel, index: number): number {
  return k.readLong(k.sys.address + SYSTEM_CELLS.offset.ERL$AL_BUFADDR + 4 * index);
}

/**
 * Reserves a message.
 *
 * @param size  bytes of the message from its system ID on
 * @returns address of the system ID field (EMB$L_HD_SID); 0 when both buffers are full or locked. The sequence number advances either way
 * Any IPL: 31 while it works. @source digest ch08 2.1
 */
export function ERL$ALLOCEMB(k: Kernel, size: number): number {
  return atIpl(k, IPL$_POWER, () => reserve(k, size + 4));
}

function reserve(k: Kernel, total: number): number {
  const sequence = k.sys.ERL$GL_SEQUENCE;
  k.sys.ERL$GL_SEQUENCE = sequence + 1;
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const index = k.sys.ERL$GB_BUFIND & 1;
    const buffer = ERL.at(k, errorLogBuffer(k, index));
    const message = buffer.ERL$L_NEXT;
    if (buffer.ERL$V_LOCK === 0 && message + total <= buffer.ERL$L_END) {
      buffer.ERL$L_NEXT = message + total;
      buffer.ERL$B_BUSY += 1;
      k.writeWord(message, total);
      k.writeByte(message + 2, index);
      k.writeByte(message + 3, 0);
      k.writeLong(message + 4, k.cpu.readPR(PR$_SID));
      k.writeWord(message + 18, sequence & 0xffff);
      return message + 4;
    }
    if (attempt === 0) {
      k.sys.ERL$GB_BUFTIM = 1;
      k.sys.ERL$GB_BUFIND = index ^ 1;
    }
  }
  return 0;
}

/** Completes the message at `message` (as ERL$ALLOCEMB gave it). @source digest ch08 2.1 step 4 */
export function ERL$RELEASEMB(k: Kernel, message: number): void {
  const buffer = errorLogBuffer(k, k.readByte(message - 2));
  k.writeByte(message - 1, 1);
  const counts = (k.readWord(buffer) + 0xff) & 0xffff;
  k.writeWord(buffer, counts);
  const isRunning = (k.sys.ERL$GB_BUFFLAG & ERL$M_COPYING) !== 0;
  if (!isRunning && counts >>> 8 >= WAKE_MESSAGES) k.sys.ERL$GB_BUFTIM = 1;
}

/** ERL$WAKE: once a second. Wakes ERRFMT when its time has come; with no ERRFMT only the counter runs. @source digest ch08 2.2 */
export function ERL$WAKE(k: Kernel): void {
  const left = (k.sys.ERL$GB_BUFTIM - 1) & 0xff;
  k.sys.ERL$GB_BUFTIM = left === 0 ? WAKE_SECONDS : left;
  if (left !== 0 || k.sys.ERL$GL_ERLPID === 0) return;
  const pcb = EXE$IPID_TO_PCB(k, k.sys.ERL$GL_ERLPID);
  if (pcb !== 0) SCH$WAKE(k, pcb);
}
