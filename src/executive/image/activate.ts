import {
  encodeImageHeader, IHD$C_NATIVE, IHD$K_EXE, IHD$K_LIM, IHD$M_INISHR, IHD$V_MATCHCTL, ISD$K_USRSTACK, ISD$M_FIXUPVEC, ISD$M_PROTECT, ISD$M_VECTOR, ISD$V_MATCHCTL,
  sectionAddress, type ImageHeader, type ImageSection,
} from '../../macro/image-format.js';
import { procedure, type Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { LCK$K_PRMODE, LCK$M_SYSTEM } from '../starlet/lckdef.js';
import {
  SS$_ACCVIO, SS$_INSFMEM, SS$_NORMAL, SS$_NOSUCHSEC, SS$_PRIVINSTALL, SS$_PROTINSTALL, SS$_SHRIDMISMAT,
} from '../starlet/ssdef.js';
import { KFE } from '../structures/kfe.js';
import { writeCounted } from '../structures/memory.js';
import { PHD } from '../structures/phd.js';
import { extraStackPages } from './activate-kernel.js';
import { openImage, readHeader, type HeaderRead, type OpenedImage } from './image-file.js';
import { activated, ActivationStack, DONE_LIST, freeIcb, iacCell, icbName, icbs, newIcb, prepareLists, WORK_LIST, type Icb } from './icb.js';
import { createImageIo } from './image-io.js';
import { parseImageName, residentName } from './image-name.js';
import { findKnownImage, residentHeaderOf } from './known-files.js';
import { imageExtent, isBased, mapSection } from './map-section.js';
import { resetVectors, setVectors } from './user-vectors.js';

/**
 * $IMGACT: maps an image, and the shareable images that it calls, into the process. Two kinds of image: those that come with the system are
 * resident, permanent global sections of microroutines; any other is a file in the linker's format, whose sections are mapped.
 *
 * @source book 21.1; digest ch21 2.1-2.5
 */

/** Bits of the imgctl argument. Values of the public $IACDEF. */
export const IAC$M_NOACT = 1 << 0;
export const IAC$M_MERGE = 1 << 4;
export const IAC$M_EXPREG = 1 << 5;
export const IAC$M_P1MERGE = 1 << 6;
export const IAC$M_SETVECTOR = 1 << 8;

/** The resource that INSTALL and the activator keep out of each other's way with. */
export const KNOWN_FILE_LOCK = 'INSTALL$KNOWN FILE';
/** IAC$GL_FLAGS: shareable images must be installed ones. */
const RESTRICTED = 1;

const PAGE = 512;
const EXECUTIVE = 1;
const USER = 3;
const EFN = 30;
const DEFAULT_STACK_PAGES = 20;
const CLI_IMAGES: ReadonlySet<string> = new Set(['DCL']);
const EVERY_PRIVILEGE = 0xffff_ffff_ffff_ffffn;
/** Where an ICB is inserted by whom: the tail for a main image, the head for a shareable one. */
type Where = 'front' | 'end';

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

/** What an activation found out about its first image. */
interface Activated {
  readonly header: ImageHeader;
  readonly low: number;
  readonly high: number;
  readonly channel: number;
  readonly kfe: number;
}

type Outcome = Activated | {
  readonly error: number;
  /** The file is the header alone of a resident image: its name. */
  readonly resident?: string;
};

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

const isMain = (request: Request): boolean => (request.flags & (IAC$M_MERGE | IAC$M_P1MERGE)) === 0;

// Resident images ---------------------------------------------------------------------------------------------------

/** An image that came with the system. SS$_NOSUCHSEC: there is none of that name. */
function* activateResident(p: Procedure, name: string, request: Request): Flow<Outcome> {
  const text = p.string(name);
  const result = p.allocate(12);
  const region = request.flags & IAC$M_P1MERGE ? 1 : 0;
  const status = yield* inKernelMode(p, 'IMG$MAP_RESIDENT', name.length, p.memory.readLong(text + 4), region, request.mode, result);
  if (!(status & 1)) return { error: status };
  const [low, high, transfer] = [0, 4, 8].map((offset) => p.memory.readLong(result + offset)) as [number, number, number];
  const kfe = findKnownImage(p.memory, p.kernel.sys.EXE$GL_KNOWN_FILES, name);
  if (isMain(request)) {
    const icb = newIcb(p.kernel, name);
    if (!icb) return { error: SS$_INSFMEM };
    p.kernel.insertTail(icb.address, DONE_LIST);
    Object.assign(icb, { ICB$L_STARTING_ADDRESS: low, ICB$L_END_ADDRESS: high, ICB$L_KFE: kfe, ICB$V_MAIN: 1 });
  }
  return { header: residentHeader(name, transfer), low, high, channel: 0, kfe };
}

/** The header that a resident image would have in a file. */
function residentHeader(name: string, transfer: number): ImageHeader {
  return {
    headerBlocks: 1, imageType: IHD$K_EXE, privilegeRequests: EVERY_PRIVILEGE, ioChannels: 0, imageIoPages: 0, linkFlags: 0, ident: 0,
    systemVersion: 0, fixupAddress: 0, alias: IHD$C_NATIVE, transfers: [transfer], initializeShareable: 0, imageName: name, imageIdent: 'V4.4',
    linkTime: 0n, linkerIdent: '', sections: [],
  };
}

// Image files -------------------------------------------------------------------------------------------------------

/** Works through the work list; the first image on it is what was asked for. */
function* activateFiles(p: Procedure, request: Request): Flow<Outcome> {
  const { kernel: k } = p;
  const name = parseImageName(request.name).name;
  const first = newIcb(k, name === '' ? 'IMAGE' : name);
  if (!first) return { error: SS$_INSFMEM };
  first.ICB$V_MAIN = isMain(request) ? 1 : 0;
  k.insertTail(first.address, WORK_LIST);
  const stack = new ActivationStack(k);
  let result: Activated | undefined;
  for (let icb = takeWork(p); icb; icb = takeWork(p)) {
    const isFirst = result === undefined;
    const known = isFirst ? undefined : activated(k, icbName(k, icb));
    if (known) {
      stack.wantedAgain(known);
      freeIcb(k, icb);
      continue;
    }
    stack.place(icb);
    const current = icb;
    const outcome: Outcome = yield* p.scratch(() => activateFile(p, request, current, isFirst));
    if ('error' in outcome) {
      abandon(p);
      return outcome;
    }
    result ??= outcome;
    stack.activatedOne(icb);
  }
  return result!;
}

function takeWork(p: Procedure): Icb | undefined {
  const [next] = icbs(p.kernel, WORK_LIST);
  if (next) p.kernel.removeQueue(next.address);
  return next;
}

/** An activation that failed leaves no work behind. */
function abandon(p: Procedure): void {
  for (let icb = takeWork(p); icb; icb = takeWork(p)) freeIcb(p.kernel, icb);
}

function isRestricted(p: Procedure): boolean {
  return (p.memory.readLong(iacCell('IAC$GL_FLAGS')) & RESTRICTED) !== 0;
}

/** One image of the work list: opened, checked, mapped. */
function* activateFile(p: Procedure, request: Request, icb: Icb, isFirst: boolean): Flow<Outcome> {
  const opened = isFirst
    ? yield* openImage(p, { name: request.name, defaults: request.defaults, mode: request.mode, nameMode: 0 })
    : yield* openImage(p, { name: icbName(p.kernel, icb), defaults: 'SYS$SHARE:.EXE', mode: request.mode, nameMode: isRestricted(p) ? EXECUTIVE : 0 });
  if (!(opened.status & 1)) return { error: opened.status };
  if (!isFirst && isRestricted(p) && opened.kfe === 0) {
    yield* service(p, '$DASSGN', { chan: opened.channel });
    return { error: SS$_PRIVINSTALL };
  }
  const outcome = yield* mapImage(p, request, icb, opened, isFirst);
  if ('error' in outcome) yield* service(p, '$DASSGN', { chan: opened.channel });
  return outcome;
}

/** The resident header of a known image, or that of the file. */
function* headerOf(p: Procedure, opened: OpenedImage): Flow<HeaderRead> {
  return residentHeaderOf(p.memory, opened.kfe) ?? (yield* readHeader(p, opened.channel));
}

function* mapImage(p: Procedure, request: Request, icb: Icb, opened: OpenedImage, isFirst: boolean): Flow<Outcome> {
  const { kernel: k } = p;
  const header = yield* headerOf(p, opened);
  if ('error' in header) return header;
  if (isFirst && header.sections.length === 0) return { error: SS$_NOSUCHSEC, resident: header.imageName };
  const main = isFirst && isMain(request);
  if (!isFirst && !matches(icb, header)) return { error: SS$_SHRIDMISMAT };
  if (main) {
    const restricted = (opened.kfe !== 0 && KFE.at(p.memory, opened.kfe).KFE$Q_PROCPRIV !== 0n) || (yield* inKernelMode(p, 'IMG$MAY_READ', opened.channel)) === 0;
    p.memory.writeLong(iacCell('IAC$GL_FLAGS'), restricted ? RESTRICTED : 0);
  }
  const moves = header.imageType === IHD$K_LIM && !isBased(header);
  const base = moves ? PHD.at(k, k.pcb.PCB$L_PHD).PHD$L_FREP0VA : 0;
  const extent = imageExtent(header, base) ?? { low: base, high: base };
  icb.ICB$L_KFE = opened.kfe;
  icb.ICB$W_CHAN = opened.channel;
  icb.ICB$L_BASE = base;
  icb.ICB$L_STARTING_ADDRESS = extent.low;
  icb.ICB$L_END_ADDRESS = extent.high;
  icb.ICB$B_ACCESS_MODE = request.mode;
  icb.ICB$L_CONTEXT = header.systemVersion;
  if ((header.linkFlags & IHD$M_INISHR) !== 0) {
    icb.ICB$V_INITIALIZE = 1;
    icb.ICB$L_INITIALIZE = header.initializeShareable + base;
  }
  const status = yield* mapSections(p, header, icb, opened, request.mode, isFirst ? 'end' : 'front');
  return status & 1 ? { header, ...extent, channel: opened.channel, kfe: opened.kfe } : { error: status };
}

/** Match control of a shareable image, against what the image that calls it was linked with. @source digest ch21 2.3 step 6 */
function matches(icb: Icb, header: ImageHeader): boolean {
  const has = header.ident;
  const wanted = icb.ICB$L_IDENT;
  switch ((header.linkFlags >>> IHD$V_MATCHCTL) & 7) {
    case MATCH_ALL: return true;
    case MATCH_EQUAL: return wanted === has;
    case MATCH_LESS_OR_EQUAL: return wanted >>> 24 === has >>> 24 && (wanted & MINOR) <= (has & MINOR);
    default: return false;
  }
}

const MATCH_ALL = 0;
const MATCH_EQUAL = 1;
const MATCH_LESS_OR_EQUAL = 2;
const MINOR = 0xffffff;

/** Sections of an image with a part that belongs to the system: what adjusts its addresses is then the system's too. */
function protectFixups(header: ImageHeader): ImageHeader {
  if (!header.sections.some((section) => (section.flags & ISD$M_PROTECT) !== 0)) return header;
  return { ...header, sections: header.sections.map((section) => (section.flags & ISD$M_FIXUPVEC ? { ...section, flags: section.flags | ISD$M_PROTECT } : section)) };
}

function* mapSections(p: Procedure, read: ImageHeader, icb: Icb, opened: OpenedImage, mode: number, where: Where): Flow<number> {
  const header = protectFixups(read);
  const base = icb.ICB$L_BASE;
  for (const [index, section] of header.sections.entries()) {
    if (section.type === ISD$K_USRSTACK) continue;
    if (section.kind === 'global') {
      if (!queueSon(p, icb, section, where)) return SS$_INSFMEM;
      continue;
    }
    const status = yield* p.scratch(() => mapSection(p, header, index + 1, { channel: opened.channel, base, mode, kfe: opened.kfe }));
    if (!(status & 1)) return status;
    if ((section.flags & ISD$M_PROTECT) !== 0) icb.ICB$V_PROTECT = 1;
    if ((section.flags & ISD$M_VECTOR) !== 0) icb.ICB$L_PLV = sectionAddress(section) + base;
  }
  // What runs in inner modes must have been installed for it.
  if ((icb.ICB$V_PROTECT !== 0 || icb.ICB$L_PLV !== 0) && (opened.kfe === 0 || KFE.at(p.memory, opened.kfe).KFE$V_PROTECT === 0)) return SS$_PROTINSTALL;
  const fixup = header.sections.find((section) => (section.flags & ISD$M_FIXUPVEC) !== 0);
  if (fixup) icb.ICB$L_FIXUP = sectionAddress(fixup) + base;
  return SS$_NORMAL;
}

/** An ICB for the shareable image that a global section descriptor names. @source digest ch21 2.3 step 8, 2.5; fact ch21#12 */
function queueSon(p: Procedure, parent: Icb, section: ImageSection, where: Where): boolean {
  const { kernel: k } = p;
  const waiting = icbs(k, WORK_LIST);
  const latest = where === 'front' ? waiting[0] : waiting.at(-1);
  if (latest && parent.ICB$L_ACTIVE_SONS > 0 && icbName(k, latest) === section.globalName) return true;
  const son = newIcb(k, section.globalName);
  if (!son) return false;
  son.ICB$L_IDENT = section.ident;
  son.ICB$B_MATCH_CONTROL = (section.flags >>> ISD$V_MATCHCTL) & 7;
  if (where === 'front') k.insertQueue(son.address, WORK_LIST);
  else k.insertTail(son.address, WORK_LIST);
  parent.ICB$L_ACTIVE_SONS = parent.ICB$L_ACTIVE_SONS + 1;
  return true;
}

// End of the activation ---------------------------------------------------------------------------------------------

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

function* activateWhatIsNamed(p: Procedure, request: Request): Flow<Outcome> {
  const named = residentName(request.name, request.defaults);
  // A CLI is mapped into P1 by LOGINOUT and not run by itself (the alias word of its header says so in a file).
  const resident = named !== undefined && CLI_IMAGES.has(named) && isMain(request) ? 'LOGINOUT' : named;
  const image: Outcome = resident === undefined ? { error: SS$_NOSUCHSEC } : yield* activateResident(p, resident, request);
  if (!('error' in image) || image.error !== SS$_NOSUCHSEC) return image;
  // What was named by the directory that is the default, or by a logical name, may be the file of a resident image all the same.
  const file = yield* activateFiles(p, request);
  return 'error' in file && file.resident !== undefined ? yield* activateResident(p, file.resident, request) : file;
}

function* activate(p: Procedure, request: Request): Flow<number> {
  const { kernel: k } = p;
  prepareLists(k);
  // What is there has been initialized by the $IMGFIX that followed its activation.
  for (const icb of icbs(k, DONE_LIST)) icb.ICB$V_INITIALIZE = 0;
  if (isMain(request)) resetVectors(p);
  const image = yield* activateWhatIsNamed(p, request);
  if ('error' in image) return image.error;
  if (request.returnRange !== 0) {
    p.memory.writeLong(request.returnRange, image.low);
    p.memory.writeLong(request.returnRange + 4, image.high);
  }
  fillHeaderBuffer(p, request.headerBuffer, image, request.name.slice(0, 128));
  if (!isMain(request)) return request.flags & IAC$M_P1MERGE ? SS$_NORMAL : yield* inKernelMode(p, 'IMG$COUNT_KNOWN');
  const imageIo = yield* createImageIo(p, image.header.imageIoPages);
  if (!(imageIo & 1)) return imageIo;
  const stack = yield* createUserStack(p, image.header);
  if (!(stack & 1)) return stack;
  const { privilegeRequests } = image.header;
  return yield* inKernelMode(p, 'IMG$FINISH', request.headerBuffer, Number(privilegeRequests & 0xffffffffn), Number(privilegeRequests >> 32n), image.kfe);
}

/** Runs `body` with the known file database locked for reading. @source fact ch21#16 */
function* underKnownFileLock(p: Procedure, body: () => Flow<number>): Flow<number> {
  const lksb = p.allocate(8);
  const locked = yield* service(p, '$ENQW', { efn: EFN, lkmode: LCK$K_PRMODE, lksb, flags: LCK$M_SYSTEM, resnam: p.string(KNOWN_FILE_LOCK), acmode: EXECUTIVE });
  if (!(locked & 1)) return locked;
  const status = yield* body();
  yield* service(p, '$DEQ', { lkid: p.memory.readLong(lksb + 4) });
  return status;
}

/**
 * $IMGACT name,[dflnam],hdrbuf,[imgctl],[inadr],[retadr],[ident],[acmode] - activate an image.
 *
 * @returns SS$_NORMAL; SS$_SYSVERDIF activated, but an image was linked with another version of the system; SS$_ACCVIO an argument; SS$_BADIMGHDR not an
 *   image; SS$_PRIVINSTALL a shareable image that is not installed is called by one with privileges; SS$_SHRIDMISMAT it is another version;
 *   SS$_PROTINSTALL a protected image is not installed as one; SS$_INSFMEM; status of the open or of a mapping service
 * Executive mode procedure. $IMGFIX must follow, in user mode. @source book 21.1
 */
export const EXE$IMGACT = procedure('EXE$IMGACT', function* (p) {
  if (p.argument(4) & IAC$M_SETVECTOR) return yield* setVectors(p);
  const request = readRequest(p);
  if (!request) return SS$_ACCVIO;
  return yield* underKnownFileLock(p, () => activate(p, request));
});

