import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { forbidsP0 } from '../executive/pool/image-region.js';
import { EXE$ALLOCATE, EXE$DEALLOCATE, roundToGranule } from '../executive/pool/variable-list.js';
import { PIO_BASE, PIO_CELLS } from '../executive/structures/p1-cells.js';
import { PRT$C_UREW } from '../executive/structures/pte.js';

/**
 * Where RMS keeps what it knows and its buffers: the process I/O segment, for process permanent files, and the image I/O segment, for all others, variable lists in P1
 * whose heads are PIO$GL_FMLH and PIO$GL_IIOFSPLH; for more buffers of an image P0, on a list of the same kind at PIO$GL_P0BUFLH (choice: the place of that head).
 */
interface Segment {
  readonly listhead: number;
  readonly files: number;
}

const PROCESS_SEGMENT: Segment = { listhead: PIO_BASE + PIO_CELLS.offset.PIO$GL_FMLH, files: PIO_BASE + PIO_CELLS.offset.PIO$AL_PIOIMPA };
const IMAGE_SEGMENT: Segment = { listhead: PIO_BASE + PIO_CELLS.offset.PIO$GL_IIOFSPLH, files: PIO_BASE + PIO_CELLS.offset.PIO$AL_IIOIMPA };

function segment(permanent: boolean): Segment {
  return permanent ? PROCESS_SEGMENT : IMAGE_SEGMENT;
}

/** The longword where the list of a segment's IFABs begins. */
export function fileList(permanent: boolean): number {
  return segment(permanent).files;
}

/** `size` zeroed bytes of a segment; 0 when it is full. */
export function allocate(p: Procedure, permanent: boolean, size: number): number {
  return allocateFrom(p, segment(permanent).listhead, size);
}

function allocateFrom(p: Procedure, listhead: number, size: number): number {
  const rounded = roundToGranule(size);
  const address = EXE$ALLOCATE(p.memory, listhead, rounded);
  if (address !== 0) p.memory.writeBytes(address, new Uint8Array(rounded));
  return address;
}

export function deallocate(p: Procedure, permanent: boolean, address: number, size: number): void {
  EXE$DEALLOCATE(p.memory, segment(permanent).listhead, address, roundToGranule(size));
}

/** Whether a list has that many bytes in one piece. */
function hasPiece(p: Procedure, listhead: number, size: number): boolean {
  const rounded = roundToGranule(size);
  const address = EXE$ALLOCATE(p.memory, listhead, rounded);
  if (address !== 0) EXE$DEALLOCATE(p.memory, listhead, address, rounded);
  return address !== 0;
}

/** What buffers leave of the image I/O segment, for control blocks. */
const RESERVE = 4096;
const P1_SPACE = 0x4000_0000;
const P0_LIST = PIO_BASE + PIO_CELLS.offset.PIO$GL_P0BUFLH;
const P0_REGION = 0;
const LEAST_PAGES = 32;
const PAGE = 512;
const USER = 3;
const EXECUTIVE = 1;

/**
 * Makes sure of room for a buffer of an image's file: when the image I/O segment has none RMS takes P0 space, which goes away with the image, unless that was linked with
 * NOP0BUFS. Where the image may have no more pages buffers are what they can be. @source Linker reference, IOSEGMENT option; book 21.1.1.7
 *
 * @param mode  of RMS's caller
 */
export function* provideForBuffer(p: Procedure, permanent: boolean, mode: number, size: number): Flow<void> {
  if (permanent || mode !== USER || hasRoomForBuffer(p, permanent, size) || forbidsP0(p.kernel)) return;
  yield* p.scratch(function* () {
    const range = p.allocate(8);
    const pages = Math.max(LEAST_PAGES, Math.ceil(size / PAGE));
    const made = yield* service(p, '$EXPREG', { pagcnt: pages, retadr: range, acmode: EXECUTIVE, region: P0_REGION });
    if (!(made & 1)) return made;
    yield* service(p, '$SETPRT', { inadr: range, acmode: EXECUTIVE, prot: PRT$C_UREW });
    EXE$DEALLOCATE(p.memory, P0_LIST, p.memory.readLong(range), pages * PAGE);
    return made;
  });
}

/** Whether a buffer leaves enough of the file's segment for control blocks. */
export function hasRoomForBuffer(p: Procedure, permanent: boolean, size: number): boolean {
  return hasPiece(p, segment(permanent).listhead, size + RESERVE) || (!permanent && hasPiece(p, P0_LIST, size));
}

/** A buffer of a file, in its segment, or in P0 when that is short; 0: there is no room. */
export function allocateBuffer(p: Procedure, permanent: boolean, size: number): number {
  if (permanent || hasPiece(p, segment(permanent).listhead, size + RESERVE)) return allocate(p, permanent, size);
  return allocateFrom(p, P0_LIST, size) || allocate(p, permanent, size);
}

export function deallocateBuffer(p: Procedure, permanent: boolean, address: number, size: number): void {
  if (address < P1_SPACE) EXE$DEALLOCATE(p.memory, P0_LIST, address, roundToGranule(size));
  else deallocate(p, permanent, address, size);
}
