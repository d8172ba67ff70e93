import { PRINTER_CS, PRINTER_DB, PRINTER_ERROR, PRINTER_IE } from '../../../emulator/devices/printer.js';
import { inlineRoutine, jsbRoutine, type Microroutine } from '../../gate/microroutine.js';
import type { Kernel } from '../../kernel.js';
import { DYN$C_BUFIO } from '../../structures/dyn.js';
import {
  IO$_SENSECHAR, IO$_SENSEMODE, IO$_SETCHAR, IO$_SETMODE, IO$_WRITELBLK, IO$_WRITEPBLK, IO$_WRITEVBLK,
} from '../../starlet/iodef.js';
import { LP$M_LOWER, LP$M_MECHFORM, LP$M_PASSALL, LP$M_PRINTALL, LP$M_TAB, LP$M_TRUNCATE, LP$M_WRAP } from '../../starlet/lpdef.js';
import { MSG$_DEVOFFLIN } from '../../starlet/msgdef.js';
import { SS$_ABORT, SS$_ACCVIO, SS$_NORMAL } from '../../starlet/ssdef.js';
import { CRB, IDB, VEC } from '../../structures/device.js';
import { BUFIO$K_HDRSIZ, IRP } from '../../structures/irp.js';
import { IPL$_SYNCH } from '../../structures/ipl.js';
import { LPUCB } from '../../structures/ucb.js';
import { EXE$FORK } from '../../synchronization/fork.js';
import { isCancelled } from '../cancel.js';
import { IOC$REQCOM } from '../completion.js';
import { EXE$ABORTIO, EXE$FINISHIOC, EXE$QIODRVPKT, allocateSystemBuffer, checkBuffer, fdtContext, senseMode } from '../fdt-support.js';
import type { DriverTable } from './driver-table.js';
import { EXE$SNDEVMSG } from './mailbox.js';
import { carriageControl } from './terminal-fdt.js';

/**
 * The line printer driver (LPDRIVER) for the printer of emulator/devices/printer.ts. Writes are buffered; carriage control comes in the FDT, the
 * format of the characters (case, tabs, forms, width) at start I/O, because it depends on where the paper is. The printer takes a character
 * at once, so a request that finds it on line is done in its start I/O routine.
 * @source I/O User's Guide, line printer driver; digest ch19 2
 */

type PrinterUnit = ReturnType<typeof LPUCB.at>;

/** Seconds that the printer may be off line before the operator hears of it, and again. */
const OFFLINE_SECONDS = 60;
const FIRST_WAIT_SECONDS = 2;
const CR = 13;
const LF = 10;
const FF = 12;
const TAB = 9;
const BACKSPACE = 8;
const SPACE = 32;
const DELETE = 127;

function fdtWrite(k: Kernel): void {
  const { irp, code, parameter } = fdtContext(k);
  const [address, size] = [parameter(1), parameter(2) & 0xffff];
  const accessible = checkBuffer(k, irp, address, size, false);
  if (accessible !== SS$_NORMAL) return EXE$ABORTIO(k, irp, accessible);
  const raw = code === IO$_WRITEPBLK;
  const { prefix, suffix } = raw ? carriageControl(0) : carriageControl(parameter(4));
  const text = k.readBytes(address, size);
  const length = prefix.length + size + suffix.length;
  const { buffer, status } = allocateSystemBuffer(k, irp, BUFIO$K_HDRSIZ + length, DYN$C_BUFIO);
  if (buffer === 0) return EXE$ABORTIO(k, irp, status);
  const start = buffer + BUFIO$K_HDRSIZ;
  k.writeBytes(start, prefix);
  k.writeBytes(start + prefix.length, text);
  k.writeBytes(start + prefix.length + size, suffix);
  irp.IRP$L_BCNT = size;
  // What goes to the printer: the text with its carriage control.
  irp.IRP$L_MEDIA = length;
  EXE$QIODRVPKT(k);
}

/** P1: quadword with type, width, characteristics. */
function fdtSetMode(k: Kernel): void {
  const { irp, ucb, parameter } = fdtContext(k);
  const address = parameter(1);
  if (!k.callerCanRead(address, 8)) return EXE$ABORTIO(k, irp, SS$_ACCVIO);
  ucb.UCB$B_DEVTYPE = k.readByte(address + 1);
  ucb.UCB$W_DEVBUFSIZ = k.readWord(address + 2);
  ucb.UCB$L_DEVDEPEND = k.readLong(address + 4);
  EXE$FINISHIOC(k, irp, SS$_NORMAL);
}

const registersOf = (k: Kernel, ucb: PrinterUnit): number => IDB.at(k, VEC.at(k, ucb.UCB$L_CRB + CRB.offset.CRB$L_INTD).VEC$L_IDB).IDB$L_CSR;

/** Start I/O: R3 IRP, R5 UCB, fork IPL. */
function startIo(k: Kernel): void {
  printOrWait(k, LPUCB.at(k, k.register(5)), FIRST_WAIT_SECONDS);
}

/** Prints the current request, or waits for the printer. */
function printOrWait(k: Kernel, ucb: PrinterUnit, seconds: number): void {
  const csr = registersOf(k, ucb);
  if ((k.readLong(csr + PRINTER_CS) & PRINTER_ERROR) !== 0) {
    ucb.UCB$L_FPC = k.symbol('LP$INTERRUPTED');
    ucb.UCB$L_DUETIM = k.sys.EXE$GL_ABSTIM + seconds;
    ucb.UCB$V_TIM = 1;
    ucb.UCB$V_INT = 1;
    k.writeLong(csr + PRINTER_CS, PRINTER_IE);
    return;
  }
  const irp = IRP.at(k, ucb.UCB$L_IRP);
  const before = ucb.UCB$L_LP_LINES;
  const bytes = k.readBytes(irp.IRP$L_SVAPTE + BUFIO$K_HDRSIZ, irp.IRP$L_MEDIA);
  const raw = (ucb.UCB$L_DEVDEPEND & LP$M_PASSALL) !== 0 || (irp.IRP$W_FUNC & 0x3f) === IO$_WRITEPBLK;
  const send = (byte: number): void => { k.writeLong(csr + PRINTER_DB, byte); };
  for (const byte of bytes) {
    if (raw) send(byte);
    else print(ucb, byte, send);
  }
  IOC$REQCOM(k, ucb.address, (SS$_NORMAL | (irp.IRP$L_BCNT << 16)) >>> 0, (ucb.UCB$L_LP_LINES - before) & 0xffff);
}

/** One character as the printer's characteristics want it. */
function print(ucb: PrinterUnit, byte: number, send: (byte: number) => void): void {
  const has = (bit: number): boolean => (ucb.UCB$L_DEVDEPEND & bit) !== 0;
  const page = ucb.UCB$L_DEVDEPEND >>> 24;
  const lineFeed = (): void => {
    send(LF);
    ucb.UCB$L_LP_LINES = ucb.UCB$L_LP_LINES + 1;
    ucb.UCB$B_LP_LINCNT = page === 0 ? 0 : (ucb.UCB$B_LP_LINCNT + 1) % page;
  };
  switch (byte) {
    case LF: return lineFeed();
    case CR:
      if (ucb.UCB$W_LP_CURSOR === 0) return;
      ucb.UCB$W_LP_CURSOR = 0;
      return send(CR);
    case FF:
      ucb.UCB$W_LP_CURSOR = 0;
      if (!has(LP$M_MECHFORM)) {
        // By line feeds, as far as the paper still has to go.
        for (let line = ucb.UCB$B_LP_LINCNT; line < Math.max(page, 1); line += 1) lineFeed();
        return;
      }
      ucb.UCB$L_LP_LINES = ucb.UCB$L_LP_LINES + Math.max(page - ucb.UCB$B_LP_LINCNT, 0);
      ucb.UCB$B_LP_LINCNT = 0;
      return send(FF);
    case TAB:
      if (has(LP$M_TAB)) {
        ucb.UCB$W_LP_CURSOR = (ucb.UCB$W_LP_CURSOR & ~7) + 8;
        return send(TAB);
      }
      do print(ucb, SPACE, send); while ((ucb.UCB$W_LP_CURSOR & 7) !== 0);
      return;
    case BACKSPACE:
      ucb.UCB$W_LP_CURSOR = Math.max(0, ucb.UCB$W_LP_CURSOR - 1);
      return send(byte);
    default:
  }
  const isControl = byte < SPACE || byte === DELETE;
  if (isControl) {
    if (has(LP$M_PRINTALL)) send(byte);
    return;
  }
  if (ucb.UCB$W_LP_CURSOR >= ucb.UCB$W_DEVBUFSIZ) {
    if (has(LP$M_WRAP)) {
      send(CR);
      lineFeed();
      ucb.UCB$W_LP_CURSOR = 0;
    } else if (has(LP$M_TRUNCATE)) return;
  }
  ucb.UCB$W_LP_CURSOR = ucb.UCB$W_LP_CURSOR + 1;
  send(!has(LP$M_LOWER) && byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte);
}

/** Interrupt service: the printer is on line. IPL 20. */
function interrupt(k: Kernel): void {
  const idb = IDB.at(k, k.readLong(k.cpu.pop()));
  const ucb = LPUCB.at(k, idb.IDB$L_OWNER);
  k.writeLong(idb.IDB$L_CSR + PRINTER_CS, 0);
  k.jump(k.symbol('IOC$INTERRUPT_END'));
  if (ucb.UCB$V_INT === 0) return;
  ucb.UCB$V_INT = 0;
  ucb.UCB$V_TIM = 0;
  ucb.UCB$B_FIPL = IPL$_SYNCH;
  EXE$FORK(k, ucb.address, k.symbol('LP$FORK'), 0, 0);
}

/** Called by EXE$TIMEOUT at device IPL: still off line. R5 UCB. */
function stillOffline(k: Kernel): void {
  EXE$FORK(k, k.register(5), k.symbol('LP$TELLOPERATOR'), 0, 0);
}

function tellOperator(k: Kernel): void {
  const ucb = LPUCB.at(k, k.register(5));
  if (ucb.UCB$V_BSY === 0) return;
  ucb.UCB$V_TIMOUT = 0;
  EXE$SNDEVMSG(k, k.symbol('SYS$GL_OPRMBX'), MSG$_DEVOFFLIN, ucb.address);
  printOrWait(k, ucb, OFFLINE_SECONDS);
}

/** Cancel: a request that waits for the printer ends. R2 channel, R4 PCB, R5 UCB. */
function cancel(k: Kernel): void {
  const ucb = LPUCB.at(k, k.register(5));
  if (!isCancelled(k, ucb) || ucb.UCB$V_INT === 0) return;
  ucb.UCB$V_INT = 0;
  ucb.UCB$V_TIM = 0;
  k.writeLong(registersOf(k, ucb) + PRINTER_CS, 0);
  IOC$REQCOM(k, ucb.address, SS$_ABORT, 0);
}

const WRITES = [IO$_WRITEVBLK, IO$_WRITELBLK, IO$_WRITEPBLK];

export const PRINTER_DRIVER: DriverTable = {
  name: 'LPDRIVER',
  ucbSize: LPUCB.size,
  start: 'LP$STARTIO',
  cancel: 'LP$CANCELIO',
  buffered: [...WRITES, IO$_SETMODE, IO$_SETCHAR, IO$_SENSEMODE, IO$_SENSECHAR],
  functions: [
    { codes: WRITES, routine: 'LP$FDTWRITE' },
    { codes: [IO$_SETMODE, IO$_SETCHAR], routine: 'LP$FDTSETM' },
    { codes: [IO$_SENSEMODE, IO$_SENSECHAR], routine: 'LP$FDTSENSEM' },
  ],
};

export const PRINTER_DRIVER_ROUTINES: readonly Microroutine[] = [
  jsbRoutine('LP$FDTWRITE', fdtWrite), jsbRoutine('LP$FDTSETM', fdtSetMode), jsbRoutine('LP$FDTSENSEM', senseMode),
  jsbRoutine('LP$STARTIO', startIo), jsbRoutine('LP$INTERRUPT', interrupt), jsbRoutine('LP$CANCELIO', cancel),
  jsbRoutine('LP$FORK', (k) => { printOrWait(k, LPUCB.at(k, k.register(5)), OFFLINE_SECONDS); }),
  jsbRoutine('LP$TELLOPERATOR', tellOperator),
  inlineRoutine('LP_OFFLINE', stillOffline),
];
