import type { Microroutine } from '../gate/microroutine.js';
import { ACP_FDT_ROUTINES } from './acp-fdt.js';
import { ALLOCATE_ROUTINES } from './allocate.js';
import { ASSIGN_ROUTINES } from './assign.js';
import { ATTENTION_ROUTINES } from './attention.js';
import { BREAKTHRU_ROUTINES } from './breakthru.js';
import { CANCEL_ROUTINES } from './cancel.js';
import { COMPLETION_ROUTINES } from './completion.js';
import { GETDVI_ROUTINES } from './getdvi.js';
import consoleSource from './drivers/console-port.mar';
import { DZ_PORT_ROUTINES } from './drivers/dz-port.js';
import dzSource from './drivers/dz-port.mar';
import { DRIVER_ENTRY_ROUTINES } from './driver-entries.js';
import { DISK_DRIVER_ROUTINES } from './drivers/disk.js';
import printerSource from './drivers/lp.mar';
import tapeSource from './drivers/tape.mar';
import { TAPE_DRIVER_ROUTINES } from './drivers/tape.js';
import { PRINTER_DRIVER_ROUTINES } from './drivers/printer.js';
import { MAILBOX_DRIVER_ROUTINES } from './drivers/mailbox.js';
import { NULL_DRIVER_ROUTINES } from './drivers/null.js';
import { TERMINAL_DRIVER_ROUTINES } from './drivers/terminal-driver.js';
import { MAILBOX_SERVICE_ROUTINES } from './mailbox-services.js';
import { MOUNT_ROUTINES } from './mount-services.js';
import { OUT_OF_BAND_ROUTINES } from './out-of-band.js';
import { QIO_ROUTINES } from './qio.js';
import waitSource from './driver-wait.mar';
import qioSource from './qio.mar';
import { MOUNT_VERIFICATION_ROUTINES } from './mount-verification.js';
import verificationSource from './mount-verification.mar';
import { XQP_QUEUE_ROUTINES } from './xqp-queue.js';

/** I/O: what sys-image.ts collects. */
export const IO_ROUTINES: readonly Microroutine[] = [
  ...QIO_ROUTINES, ...COMPLETION_ROUTINES, ...CANCEL_ROUTINES, ...ASSIGN_ROUTINES, ...ALLOCATE_ROUTINES, ...MAILBOX_SERVICE_ROUTINES, ...GETDVI_ROUTINES, ...BREAKTHRU_ROUTINES,
  ...ATTENTION_ROUTINES, ...OUT_OF_BAND_ROUTINES, ...XQP_QUEUE_ROUTINES, ...MOUNT_ROUTINES,
  ...TERMINAL_DRIVER_ROUTINES, ...DZ_PORT_ROUTINES, ...PRINTER_DRIVER_ROUTINES, ...TAPE_DRIVER_ROUTINES, ...MAILBOX_DRIVER_ROUTINES, ...NULL_DRIVER_ROUTINES,
  ...MOUNT_VERIFICATION_ROUTINES, ...DRIVER_ENTRY_ROUTINES, ...DISK_DRIVER_ROUTINES, ...ACP_FDT_ROUTINES,
];

export const IO_SOURCE = `${qioSource}\n${waitSource}\n${consoleSource}\n${dzSource}\n${printerSource}\n${tapeSource}\n${verificationSource}`;

/** SCB vectors: I/O postprocessing at IPL 4, console receive and transmit at IPL 20. @source digest ch19 fact 42 */
export const IO_SCB = [
  { vector: 0x90, symbol: 'IOC$IOPOST', stack: 1 },
  { vector: 0xf8, symbol: 'CON$INTDISI', stack: 1 },
  { vector: 0xfc, symbol: 'CON$INTDISO', stack: 1 },
] as const;
