import { kernelService } from '../dispatch/service.js';
import { hasPrivilege } from '../process/pid.js';
import { PRV$V_BUGCHK, PRV$V_DIAGNOSE } from '../starlet/prvdef.js';
import { SS$_ACCVIO, SS$_BADPARAM, SS$_DEVACTIVE, SS$_INSFMEM, SS$_NOPRIV, SS$_NORMAL } from '../starlet/ssdef.js';
import { EMB$K_SS, logEntry } from './error-log-entries.js';

/** Longer text does not fit into an allocation buffer. */
const LONGEST = 400;

/**
 * $SNDERR msgbuf - write a message to the error log.
 *
 * @param msgbuf  caller's address of a descriptor of the text
 * @returns SS$_NORMAL; SS$_NOPRIV without BUGCHK; SS$_ACCVIO; SS$_BADPARAM text too long; SS$_INSFMEM both buffers are full
 * Kernel mode, IPL 0. @source book 29.1.5; digest ch29 2.3
 */
export const EXE$SNDERR = kernelService('$SNDERR', (k, msgbuf) => {
  if (!hasPrivilege(k, k.pcb.address, PRV$V_BUGCHK)) return SS$_NOPRIV;
  if (!k.callerCanRead(msgbuf, 8)) return SS$_ACCVIO;
  const length = k.readWord(msgbuf);
  const text = k.readLong(msgbuf + 4);
  if (!k.callerCanRead(text, length)) return SS$_ACCVIO;
  if (length > LONGEST) return SS$_BADPARAM;
  // Behind the header a word of text length and the text.
  return logEntry(k, EMB$K_SS, Uint8Array.from([length & 0xff, length >>> 8, ...k.readBytes(text, length)])) ? SS$_NORMAL : SS$_INSFMEM;
});

/**
 * $DERLMB unit - declare the error log mailbox: every message ERRFMT writes goes there too.
 *
 * @param unit  unit number of the mailbox; 0 to give it up
 * @returns SS$_NORMAL; SS$_NOPRIV without DIAGNOSE; SS$_DEVACTIVE another process has declared one
 * Kernel mode, IPL 0. Image rundown gives it up. @source book 8.1.4; digest ch08 2.4
 */
export const EXE$DERLMB = kernelService('$DERLMB', (k, unit) => {
  if (!hasPrivilege(k, k.pcb.address, PRV$V_DIAGNOSE)) return SS$_NOPRIV;
  const cell = k.symbol('EXE$GQ_ERLMBX');
  const owner = k.readLong(cell + 4);
  const mine = k.pcb.PCB$L_PID;
  if (owner !== 0 && owner !== mine) return SS$_DEVACTIVE;
  k.writeLong(cell, unit & 0xffff);
  k.writeLong(cell + 4, (unit & 0xffff) === 0 ? 0 : mine);
  return SS$_NORMAL;
});
