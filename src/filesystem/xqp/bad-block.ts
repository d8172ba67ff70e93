import { IOC$MAPVBLK } from '../../executive/io/segments.js';
import type { Kernel } from '../../executive/kernel.js';
import { EXE$CREPRC } from '../../executive/process/create.js';
import { PRV$V_BYPASS, PRV$V_SYSPRV } from '../../executive/starlet/prvdef.js';
import { PRC$M_DETACH } from '../../executive/starlet/prcdef.js';
import { IO$_READVBLK, IO$_WRITEVBLK } from '../../executive/starlet/iodef.js';
import type { IRP } from '../../executive/structures/irp.js';
import { DISKUCB } from '../../executive/structures/ucb.js';
import { FCB, VCB, WCB } from '../../executive/structures/volume.js';
import { logSuspect } from '../bad-blocks.js';
import type { BlockFlow } from '../block-io.js';
import { fileIdAt, type FileId } from '../file-id.js';
import type { Volume } from '../volume.js';
import { IOC$CVT_DEVNAM } from '../../executive/io/device-names.js';

/** Dynamic bad block handling, the XQP's part. @source book 19.1.3; digest ch19 2.3 */

type RequestPacket = ReturnType<typeof IRP.at>;

/** A virtual transfer that a bad block has ended, on its way to its requester. @source io/completion.ts */
export function isFailedTransfer(irp: RequestPacket): boolean {
  const code = irp.IRP$W_FUNC & 0x3f;
  return (code === IO$_READVBLK || code === IO$_WRITEVBLK) && irp.IRP$V_BUFIO === 0 && irp.IRP$L_OBCNT === 0;
}

/** Logs the block that the transfer stopped at, and marks the file in use: its header follows when it is closed. */
export function* noteBadBlock(k: Kernel, volume: Volume, irp: RequestPacket): BlockFlow<void> {
  const window = irp.IRP$L_WIND;
  const fcb = FCB.at(k, WCB.at(k, window).WCB$L_FCB);
  const vbn = irp.IRP$L_SEGVBN;
  const { lbn, mapped } = IOC$MAPVBLK(k, window, vbn, 512);
  if (mapped === 0) return;
  fcb.FCB$V_BADBLK = 1;
  yield* logSuspect(volume, { id: fileIdAt(fcb.FCB$T_FID), vbn, lbn, isRead: irp.IRP$V_FUNC !== 0 });
}

/** UIC of the process that looks at the blocks: [1,4]. */
const SYSTEM_UIC = 0x0001_0004;
const PRIORITY = 4;

/**
 * Makes the process that tests the blocks of a deleted file: BADBLOCK.EXE. Its SYS$INPUT is the device, its SYS$ERROR the file ID (choice).
 * A volume that one job has for itself is looked at by a subprocess. The requester's own privileges do not matter. Without the process the file stays marked for deletion, for ANALYZE/DISK_STRUCTURE.
 */
export function testBlocksOf(k: Kernel, ucb: number, id: FileId): void {
  const { pcb } = k;
  const vcb = VCB.at(k, DISKUCB.at(k, ucb).UCB$L_VCB);
  const isShared = vcb.VCB$V_SYSTEM !== 0 || vcb.VCB$V_GROUP !== 0;
  const own = pcb.PCB$Q_PRIV;
  pcb.PCB$Q_PRIV = -1n & 0xffff_ffff_ffff_ffffn;
  EXE$CREPRC(k, {
    image: 'SYS$SYSTEM:BADBLOCK.EXE', input: IOC$CVT_DEVNAM(k, ucb), output: '_NLA0:', error: `(${id.number},${id.sequence},${id.rvn})`,
    name: `BADBLOCK_${id.number}`, disk: '', privileges: (1n << BigInt(PRV$V_BYPASS)) | (1n << BigInt(PRV$V_SYSPRV)), quotas: new Map(), priority: PRIORITY,
    uic: isShared ? SYSTEM_UIC : 0, mailboxUnit: 0, flags: isShared ? PRC$M_DETACH : 0,
  });
  pcb.PCB$Q_PRIV = own;
}
