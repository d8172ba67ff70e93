import {
  announcedHeaderBlocks, decodeImageHeader, encodeImageHeader, IHD$C_NATIVE, IHD$K_EXE, IHD$W_ALIAS, ISD$K_USRSTACK, ISD$M_WRT, sectionAddress,
  type ImageHeader, type ImageSection,
} from '../../macro/image-format.js';
import { procedure, type Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { FAB, FAB$C_BID, FAB$C_BLN } from '../starlet/fabdef.js';
import { IO$_READVBLK } from '../starlet/iodef.js';
import { SS$_ACCVIO, SS$_BADIMGHDR, SS$_ENDOFFILE, SS$_NORMAL, SS$_NOSUCHSEC } from '../starlet/ssdef.js';
import { writeCounted } from '../structures/memory.js';
import { extraStackPages } from './activate-kernel.js';
import { residentName } from './image-name.js';
import { findKnownImage } from './known-files.js';
import { PRT$C_UR } from '../structures/pte.js';

/**
 * $IMGACT: maps an image into the process. Two kinds of image: those that come with the system are resident, permanent global sections of
 * microroutines; any other is a file in the linker's format, opened by RMS for its channel and read into pages of the process.
 *
 * choice: pages of a file image are created demand zero and read by $QIO at activation; sections mapped to the file, faulted in page by
 * page, come with paging (digest ch21 fact 1).
 * @source book 21.1; digest ch21 2.1-2.4
 */

/** Bits of the imgctl argument. Values of the public $IACDEF. */
export const IAC$M_NOACT = 1 << 0;
export const IAC$M_MERGE = 1 << 4;
export const IAC$M_EXPREG = 1 << 5;
export const IAC$M_P1MERGE = 1 << 6;
export const IAC$M_SETVECTOR = 1 << 8;

const PAGE = 512;
const EXECUTIVE = 1;
const USER = 3;
const EFN = 30;
const DEFAULT_STACK_PAGES = 20;
const CLI_IMAGES: ReadonlySet<string> = new Set(['DCL']);
/** Blocks of one transfer: its length is a word. */
const MOST_BLOCKS = 127;
const EVERY_PRIVILEGE = 0xffff_ffff_ffff_ffffn;

interface Request {
  readonly name: string;
  readonly defaults: string;
  /** 512 bytes of the caller's. */
  readonly headerBuffer: number;
  readonly flags: number;
  readonly returnRange: number;
  /** Owner of the pages, mode of the channel. */
  readonly mode: number;
}

/** What an activation found out about the image. */
interface Activated {
  readonly header: ImageHeader;
  readonly low: number;
  readonly high: number;
  readonly channel: number;
}

type Outcome = Activated | { readonly error: number };

/** A string argument of the caller's, or undefined when the caller may not read it. */
function callerText(p: Procedure, descriptor: number): string | undefined {
  const k = p.kernel;
  if (!k.callerCanRead(descriptor, 8)) return undefined;
  const length = p.memory.readWord(descriptor);
  return k.callerCanRead(p.memory.readLong(descriptor + 4), length) ? p.text(descriptor) : undefined;
}

function readRequest(p: Procedure): Request | undefined {
  const k = p.kernel;
  const name = callerText(p, p.argument(1));
  const defaults = p.argument(2) === 0 ? '' : callerText(p, p.argument(2));
  const headerBuffer = p.argument(3);
  const returnRange = p.argument(6);
  if (name === undefined || defaults === undefined || !k.callerCanWrite(headerBuffer, PAGE)) return undefined;
  if (returnRange !== 0 && !k.callerCanWrite(returnRange, 8)) return undefined;
  const requested = p.argumentCount >= 8 ? p.argument(8) & 3 : 0;
  // $IMGACT acts for user mode unless told otherwise; nobody gets pages of a mode more privileged than its own.
  // A user mode caller is an image itself: what it asks for is merged with it.
  const flags = p.argument(4) | (k.callerMode === USER ? IAC$M_MERGE : 0);
  return { name, defaults, headerBuffer, flags, returnRange, mode: requested === 0 ? USER : Math.max(requested, k.callerMode, EXECUTIVE) };
}

/** Calls a kernel mode subroutine of the activator. */
function* inKernelMode(p: Procedure, routine: string, ...args: number[]): Flow<number> {
  const list = p.allocate(4 * args.length + 4);
  p.memory.writeLong(list, args.length);
  args.forEach((value, index) => { p.memory.writeLong(list + 4 * index + 4, value); });
  return yield* service(p, '$CMKRNL', { routin: p.kernel.symbol(routine), arglst: list });
}

/** An image that came with the system. SS$_NOSUCHSEC: there is none of that name. */
function* activateResident(p: Procedure, name: string, request: Request): Flow<Outcome> {
  const text = p.string(name);
  const result = p.allocate(12);
  const region = request.flags & IAC$M_P1MERGE ? 1 : 0;
  const status = yield* inKernelMode(p, 'IMG$MAP_RESIDENT', name.length, p.memory.readLong(text + 4), region, request.mode, result);
  if (!(status & 1)) return { error: status };
  const [low, high, transfer] = [0, 4, 8].map((offset) => p.memory.readLong(result + offset)) as [number, number, number];
  return { header: residentHeader(name, transfer), low, high, channel: 0 };
}

/** The header that a resident image would have in a file. */
function residentHeader(name: string, transfer: number): ImageHeader {
  return {
    headerBlocks: 1, imageType: IHD$K_EXE, privilegeRequests: EVERY_PRIVILEGE, ioChannels: 0, imageIoPages: 0, linkFlags: 0, ident: 0,
    systemVersion: 0, fixupAddress: 0, alias: IHD$C_NATIVE, transfers: [transfer], initializeShareable: 0, imageName: name, imageIdent: 'V4.4',
    linkTime: 0n, linkerIdent: '', sections: [],
  };
}

/** Opens the image file for its channel: user file open, execute access, in the mode of the pages. */
function* openImage(p: Procedure, request: Request): Flow<{ readonly status: number; readonly channel: number }> {
  const fab = FAB.at(p.memory, p.allocate(FAB.size));
  fab.FAB$B_BID = FAB$C_BID;
  fab.FAB$B_BLN = FAB$C_BLN;
  fab.FAB$V_UFO = 1;
  fab.FAB$V_GET = 1;
  fab.FAB$V_EXE = 1;
  fab.FAB$V_SHRGET = 1;
  fab.FAB$V_UPI = 1;
  fab.FAB$V_CHAN_MODE = request.mode;
  const name = p.string(request.name);
  fab.FAB$L_FNA = p.memory.readLong(name + 4);
  fab.FAB$B_FNS = request.name.length;
  const defaults = p.string(request.defaults === '' ? '.EXE' : request.defaults);
  fab.FAB$L_DNA = p.memory.readLong(defaults + 4);
  fab.FAB$B_DNS = p.memory.readWord(defaults);
  const status = yield* service(p, '$OPEN', { fab: fab.address });
  return { status, channel: fab.FAB$L_STV & 0xffff };
}

/** Reads `length` bytes from block `vbn` of the file into `address`. */
function* readBlocks(p: Procedure, channel: number, address: number, length: number, vbn: number): Flow<number> {
  const iosb = p.allocate(8);
  const status = yield* service(p, '$QIOW', { efn: EFN, chan: channel, func: IO$_READVBLK, iosb, p1: address, p2: length, p3: vbn });
  return status & 1 ? p.memory.readWord(iosb) : status;
}

function* readHeader(p: Procedure, channel: number): Flow<ImageHeader | { readonly error: number }> {
  const first = p.allocate(PAGE);
  const status = yield* readBlocks(p, channel, first, PAGE, 1);
  if (!(status & 1)) return { error: status === SS$_ENDOFFILE ? SS$_BADIMGHDR : status };
  // A file that is no image says nothing true about the length of its header.
  if (p.memory.readWord(first + IHD$W_ALIAS) !== IHD$C_NATIVE) return { error: SS$_BADIMGHDR };
  const blocks = announcedHeaderBlocks(p.memory.readBytes(first, PAGE));
  const all = new Uint8Array(Math.max(1, blocks) * PAGE);
  all.set(p.memory.readBytes(first, PAGE));
  for (let block = 1; block < blocks; block += 1) {
    const next = yield* readBlocks(p, channel, first, PAGE, block + 1);
    if (!(next & 1)) return { error: SS$_BADIMGHDR };
    all.set(p.memory.readBytes(first, PAGE), block * PAGE);
  }
  const decoded = decodeImageHeader(all);
  return 'header' in decoded ? decoded.header : { error: SS$_BADIMGHDR };
}

/** Creates the section's pages, and fills them from the file; read-only ones lose write access afterwards. */
function* mapSection(p: Procedure, section: ImageSection, channel: number, mode: number): Flow<number> {
  if (section.pages === 0) return SS$_NORMAL;
  const low = sectionAddress(section);
  const length = section.pages * PAGE;
  const range = p.allocate(8);
  p.memory.writeLong(range, low);
  p.memory.writeLong(range + 4, low + length - 1);
  const created = yield* service(p, '$CRETVA', { inadr: range, acmode: mode });
  if (!(created & 1) || section.kind === 'demandZero') return created;
  let read: number = SS$_NORMAL;
  for (let page = 0; page < section.pages && read & 1; page += MOST_BLOCKS) {
    const blocks = Math.min(MOST_BLOCKS, section.pages - page);
    read = yield* p.scratch(() => readBlocks(p, channel, low + page * PAGE, blocks * PAGE, section.vbn + page));
  }
  if (!(read & 1) || section.flags & ISD$M_WRT) return read;
  return yield* service(p, '$SETPRT', { inadr: range, acmode: mode, prot: PRT$C_UR });
}

function* activateFile(p: Procedure, request: Request): Flow<Outcome> {
  const opened = yield* openImage(p, request);
  if (!(opened.status & 1)) return { error: opened.status };
  const { channel } = opened;
  const header = yield* readHeader(p, channel);
  let error = 'error' in header ? header.error : SS$_NORMAL;
  let low = 0xffffffff;
  let high = 0;
  if ('sections' in header) {
    for (const section of header.sections) {
      if (section.type === ISD$K_USRSTACK) continue;
      // A shareable image: none can be activated yet.
      if (section.kind === 'global') error = SS$_NOSUCHSEC;
      else error = yield* p.scratch(() => mapSection(p, section, channel, request.mode));
      if (!(error & 1)) break;
      low = Math.min(low, sectionAddress(section));
      high = Math.max(high, sectionAddress(section) + section.pages * PAGE - 1);
    }
  }
  if ('error' in header || !(error & 1)) {
    yield* service(p, '$DASSGN', { chan: channel });
    return { error };
  }
  return { header, low, high, channel };
}

/** The user stack: as many pages as the image asks for, and two for the system. */
function* createUserStack(p: Procedure, header: ImageHeader): Flow<number> {
  const asked = header.sections.find((section) => section.type === ISD$K_USRSTACK)?.pages ?? DEFAULT_STACK_PAGES;
  const range = p.allocate(8);
  const status = yield* service(p, '$EXPREG', { pagcnt: asked + extraStackPages(p.kernel), retadr: range, acmode: USER, region: 1 });
  if (!(status & 1)) return status;
  const ends = [p.memory.readLong(range), p.memory.readLong(range + 4)];
  return yield* inKernelMode(p, 'IMG$SET_USER_STACK', Math.min(...ends), Math.max(...ends));
}

/** Offset of the image header in the buffer; before it lie its address and that of the image file descriptor. */
const HEADER_OFFSET = 8;

/**
 * Fills the header buffer: addresses of header and image file descriptor, the header without its section descriptors, the descriptor
 * (length, offset of the counted name, channel).
 */
function fillHeaderBuffer(p: Procedure, buffer: number, image: Activated, name: string): void {
  const bytes = encodeImageHeader({ ...image.header, sections: [] });
  const size = bytes[0]! | (bytes[1]! << 8);
  const descriptor = buffer + HEADER_OFFSET + ((size + 3) & ~3);
  const nameOffset = 8;
  p.memory.writeLong(buffer, buffer + HEADER_OFFSET);
  p.memory.writeLong(buffer + 4, descriptor);
  p.memory.writeBytes(buffer + HEADER_OFFSET, bytes.slice(0, size));
  p.memory.writeWord(descriptor, nameOffset + 1 + name.length);
  p.memory.writeWord(descriptor + 2, nameOffset);
  p.memory.writeWord(descriptor + 4, image.channel);
  p.memory.writeWord(descriptor + 6, 0);
  writeCounted(p.memory, descriptor + nameOffset, name, name.length + 1);
}

/**
 * $IMGACT name,[dflnam],hdrbuf,[imgctl],[inadr],[retadr],[ident],[acmode] - activate an image.
 *
 * @returns SS$_NORMAL; SS$_ACCVIO an argument; SS$_BADIMGHDR not an image; SS$_NOSUCHSEC needs a shareable image; RMS status of the open
 * Executive mode procedure. $IMGFIX must follow, in user mode. @source book 21.1
 */
export const EXE$IMGACT = procedure('EXE$IMGACT', function* (p) {
  const request = readRequest(p);
  if (!request) return SS$_ACCVIO;
  const named = residentName(request.name, request.defaults);
  // A CLI is mapped into P1 by LOGINOUT and not run by itself (the alias word of its header says so in a file).
  const resident = named !== undefined && CLI_IMAGES.has(named) && !(request.flags & (IAC$M_MERGE | IAC$M_P1MERGE)) ? 'LOGINOUT' : named;
  let image: Outcome = resident === undefined ? { error: SS$_NOSUCHSEC } : yield* activateResident(p, resident, request);
  if ('error' in image && image.error === SS$_NOSUCHSEC) image = yield* activateFile(p, request);
  if ('error' in image) return image.error;

  if (request.returnRange !== 0) {
    p.memory.writeLong(request.returnRange, image.low);
    p.memory.writeLong(request.returnRange + 4, image.high);
  }
  fillHeaderBuffer(p, request.headerBuffer, image, request.name.slice(0, 128));
  if (request.flags & (IAC$M_MERGE | IAC$M_P1MERGE)) return SS$_NORMAL;
  const stack = yield* createUserStack(p, image.header);
  if (!(stack & 1)) return stack;
  const { privilegeRequests } = image.header;
  const kfe = resident === undefined ? 0 : findKnownImage(p.memory, p.kernel.sys.EXE$GL_KNOWN_FILES, resident);
  return yield* inKernelMode(p, 'IMG$FINISH', request.headerBuffer, Number(privilegeRequests & 0xffffffffn), Number(privilegeRequests >> 32n), kfe);
});
