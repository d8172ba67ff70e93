import { SCH$QAST } from '../../executive/ast/queue.js';
import { jsbRoutine, type Microroutine } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { suspend } from '../../executive/gate/thread.js';
import { MMG$IOLOCK, MMG$UNLOCK } from '../../executive/io/buffer-lock.js';
import type { Kernel } from '../../executive/kernel.js';
import { EXE$DEANONPAGED } from '../../executive/pool/nonpaged.js';
import { allocateBlock } from '../../executive/pool/typed.js';
import { IO$_READLBLK, IO$_WRITELBLK } from '../../executive/starlet/iodef.js';
import { SS$_ILLBLKNUM, SS$_INSFMEM } from '../../executive/starlet/ssdef.js';
import { ACB, ACB$M_NODELETE } from '../../executive/structures/acb.js';
import { DYN$C_BUFIO, DYN$C_IRP } from '../../executive/structures/dyn.js';
import { IRP } from '../../executive/structures/irp.js';
import { PRI$_IOCOM } from '../../executive/structures/sch.js';
import { DISKUCB } from '../../executive/structures/ucb.js';
import type { BlockFlow, BlockIo } from '../block-io.js';
import { fail } from '../file-failure.js';
import { BLOCK } from '../on-disk.js';

/**
 * Blocks of a disk for the XQP: each transfer is an I/O request packet of its own to the disk driver, over a buffer in nonpaged pool. While it
 * is under way the XQP leaves its AST; the end action of the packet queues another one to the process, which continues the operation.
 * @source book 7.4.4; digest ch07 2.12; digest ch18 2.9 (internal IRPs)
 */

/** Blocks of a single transfer. */
const MOST_BLOCKS = 16;
const BUFFER_HEADER = 12;

/**
 * Block access for the operation of one request.
 *
 * @param request  address of the IRP that the operation serves: the thread is known by it
 */
export function deviceIo(p: Procedure, ucb: number, request: number): BlockIo {
  const k = p.kernel;
  const blocks = DISKUCB.at(k, ucb).UCB$L_MAXBLOCK;
  const check = (lbn: number, count: number): void => {
    if (lbn < 0 || lbn + count > blocks) fail(SS$_ILLBLKNUM);
  };
  return {
    blocks,
    *read(lbn, count) {
      check(lbn, count);
      const bytes = new Uint8Array(count * BLOCK);
      for (let done = 0; done < count; done += MOST_BLOCKS) {
        const here = Math.min(MOST_BLOCKS, count - done);
        bytes.set((yield* transfer(p, ucb, request, lbn + done, here * BLOCK))!, done * BLOCK);
      }
      return bytes;
    },
    *write(lbn, bytes) {
      check(lbn, bytes.length / BLOCK);
      for (let at = 0; at < bytes.length; at += MOST_BLOCKS * BLOCK) {
        const piece = bytes.slice(at, at + MOST_BLOCKS * BLOCK);
        yield* transfer(p, ucb, request, lbn + at / BLOCK, piece.length, piece);
      }
    },
  };
}

/** One transfer of at most MOST_BLOCKS blocks. @returns what was read */
function* transfer(p: Procedure, ucb: number, request: number, lbn: number, length: number, data?: Uint8Array): BlockFlow<Uint8Array | undefined> {
  const k = p.kernel;
  const buffer = allocateBlock(k, BUFFER_HEADER + length, DYN$C_BUFIO);
  if (buffer === 0) return fail(SS$_INSFMEM);
  const packet = allocateBlock(k, IRP.size, DYN$C_IRP);
  if (packet === 0) {
    EXE$DEANONPAGED(k, buffer);
    return fail(SS$_INSFMEM);
  }
  const address = buffer + BUFFER_HEADER;
  if (data) k.writeBytes(address, data);
  const irp = IRP.at(k, packet);
  const { svapte } = MMG$IOLOCK(k, address, length);
  const offset = address & (BLOCK - 1);
  irp.IRP$L_PID = k.symbol('F11X$IO_DONE');
  irp.IRP$L_ASTPRM = request;
  irp.IRP$L_UCB = ucb;
  irp.IRP$W_FUNC = data ? IO$_WRITELBLK : IO$_READLBLK;
  irp.IRP$V_FUNC = data ? 0 : 1;
  irp.IRP$B_PRI = IRP.at(k, request).IRP$B_PRI;
  irp.IRP$L_SVAPTE = svapte;
  irp.IRP$W_BOFF = offset;
  irp.IRP$L_OBCNT = length;
  irp.IRP$L_BCNT = length;
  irp.IRP$L_SEGVBN = lbn;
  yield* p.call(k.symbol('IOC$CONTINUE_TRANSFER'), packet);
  yield* suspend();
  const status = irp.IRP$L_IOST1 & 0xffff;
  MMG$UNLOCK(k, svapte, offset, length);
  const read = data ? undefined : k.readBytes(address, length);
  EXE$DEANONPAGED(k, buffer);
  EXE$DEANONPAGED(k, packet);
  return status & 1 ? read : fail(status);
}

/** End action of such a packet: R5 = IRP, IPL 4. It becomes the ACB of the AST that continues the operation. */
function transferDone(k: Kernel): void {
  const irp = IRP.at(k, k.register(5));
  const acb = ACB.at(k, irp.address);
  acb.ACB$L_PID = IRP.at(k, irp.IRP$L_ASTPRM).IRP$L_PID;
  acb.ACB$B_RMOD = ACB$M_NODELETE;
  acb.ACB$L_AST = k.symbol('F11X$CONTINUE');
  SCH$QAST(k, acb.address, PRI$_IOCOM);
}

export const DEVICE_IO_ROUTINES: readonly Microroutine[] = [jsbRoutine('F11X$IO_DONE', transferDone)];
