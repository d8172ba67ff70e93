import type { Procedure } from '../../executive/gate/procedure.js';
import { suspend } from '../../executive/gate/thread.js';
import { MMG$IOLOCK, MMG$UNLOCK } from '../../executive/io/buffer-lock.js';
import { EXE$DEANONPAGED } from '../../executive/pool/nonpaged.js';
import { allocateBlock } from '../../executive/pool/typed.js';
import { IO$_READLBLK, IO$_REWIND, IO$_SKIPFILE, IO$_SKIPRECORD, IO$_WRITELBLK, IO$_WRITEOF } from '../../executive/starlet/iodef.js';
import { SS$_ENDOFFILE, SS$_ENDOFTAPE, SS$_INSFMEM, SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { DYN$C_BUFIO, DYN$C_IRP } from '../../executive/structures/dyn.js';
import { IRP } from '../../executive/structures/irp.js';
import type { BlockFlow } from '../block-io.js';
import { fail } from '../file-failure.js';

/** Records of a tape, for the file system: a failure ends the operation with its status. */
export interface TapeIo {
  /** The next record; undefined for a tape mark. */
  read(): BlockFlow<Uint8Array | undefined>;
  /** @returns false: the tape is near its end */
  write(bytes: Uint8Array): BlockFlow<boolean>;
  mark(): BlockFlow<boolean>;
  rewind(): BlockFlow<void>;
  /** Over `count` tape marks, backward when negative. */
  skipFiles(count: number): BlockFlow<void>;
  skipRecords(count: number): BlockFlow<void>;
}

/** The longest block that is read: what a block of labels or of a file has at most. */
const LARGEST = 32_768;
const BUFFER_HEADER = 12;
const PAGE = 512;

/** @param request  address of the IRP that the operation serves: the thread is known by it */
export function tapeIo(p: Procedure, ucb: number, request: number): TapeIo {
  const motion = (func: number, count = 0): BlockFlow<number> => perform(p, ucb, request, func, count);
  return {
    *read() {
      const { status, bytes } = yield* transfer(p, ucb, request, undefined);
      return status === SS$_ENDOFFILE ? undefined : status & 1 ? bytes : fail(status);
    },
    *write(data) {
      const { status } = yield* transfer(p, ucb, request, data);
      if (status === SS$_ENDOFTAPE) return false;
      return status === SS$_NORMAL ? true : fail(status);
    },
    *mark() {
      const status = yield* motion(IO$_WRITEOF);
      if (status === SS$_ENDOFTAPE) return false;
      return status === SS$_NORMAL ? true : fail(status);
    },
    *rewind() { check(yield* motion(IO$_REWIND)); },
    *skipFiles(count) { check(yield* motion(IO$_SKIPFILE, count)); },
    *skipRecords(count) { check(yield* motion(IO$_SKIPRECORD, count)); },
  };
}

function check(status: number): void {
  if (!(status & 1)) fail(status);
}

/** A request packet of the file system's own; its end action brings the operation back (F11X$IO_DONE). @returns status and count */
function* send(p: Procedure, fill: (irp: ReturnType<typeof IRP.at>) => void, ucb: number, request: number, func: number): BlockFlow<{ status: number; count: number }> {
  const k = p.kernel;
  const packet = allocateBlock(k, IRP.size, DYN$C_IRP);
  if (packet === 0) return fail(SS$_INSFMEM);
  const irp = IRP.at(k, packet);
  irp.IRP$L_PID = k.symbol('F11X$IO_DONE');
  irp.IRP$L_ASTPRM = request;
  irp.IRP$L_UCB = ucb;
  irp.IRP$W_FUNC = func;
  irp.IRP$B_PRI = IRP.at(k, request).IRP$B_PRI;
  fill(irp);
  yield* p.call(k.symbol('IOC$CONTINUE_TRANSFER'), packet);
  yield* suspend();
  const result = { status: irp.IRP$L_IOST1 & 0xffff, count: irp.IRP$L_IOST1 >>> 16 };
  EXE$DEANONPAGED(k, packet);
  return result;
}

function* perform(p: Procedure, ucb: number, request: number, func: number, count: number): BlockFlow<number> {
  const { status } = yield* send(p, (irp) => {
    irp.IRP$V_BUFIO = 1;
    irp.IRP$L_SEGVBN = count & 0xffff;
  }, ucb, request, func);
  return status;
}

function* transfer(p: Procedure, ucb: number, request: number, data: Uint8Array | undefined): BlockFlow<{ status: number; bytes: Uint8Array }> {
  const k = p.kernel;
  const length = data?.length ?? LARGEST;
  const buffer = allocateBlock(k, BUFFER_HEADER + length, DYN$C_BUFIO);
  if (buffer === 0) return fail(SS$_INSFMEM);
  const address = buffer + BUFFER_HEADER;
  if (data) k.writeBytes(address, data);
  const offset = address & (PAGE - 1);
  const { svapte } = MMG$IOLOCK(k, address, length);
  try {
    const { status, count } = yield* send(p, (irp) => {
      irp.IRP$V_FUNC = data ? 0 : 1;
      irp.IRP$L_SVAPTE = svapte;
      irp.IRP$W_BOFF = offset;
      irp.IRP$L_OBCNT = length;
      irp.IRP$L_BCNT = length;
    }, ucb, request, data ? IO$_WRITELBLK : IO$_READLBLK);
    return { status, bytes: data ? new Uint8Array(0) : k.readBytes(address, Math.min(count, length)) };
  } finally {
    MMG$UNLOCK(k, svapte, offset, length);
    EXE$DEANONPAGED(k, buffer);
  }
}
