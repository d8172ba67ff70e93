import { announcedHeaderBlocks, decodeImageHeader, IHD$C_NATIVE, IHD$W_ALIAS, type ImageHeader } from '../../macro/image-format.js';
import type { Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { FAB, FAB$C_BID, FAB$C_BLN } from '../starlet/fabdef.js';
import { IO$_READVBLK } from '../starlet/iodef.js';
import { NAM, NAM$C_BID, NAM$C_BLN } from '../starlet/namdef.js';
import { SS$_BADIMGHDR, SS$_ENDOFFILE } from '../starlet/ssdef.js';
import { bytesToText, readCounted } from '../structures/memory.js';
import { findKnownFile } from './known-files.js';
import { KFE } from '../structures/kfe.js';

/** Image files: opening them, as known images or by name, and reading their headers. @source book 21.1.1.5 steps 7 and 8 */
const PAGE = 512;
const EFN = 30;
const NAME_ROOM = 255;

export interface OpenRequest {
  readonly name: string;
  readonly defaults: string;
  /** Mode of the channel. */
  readonly mode: number;
  /** Mode whose logical names are translated; 0 for user mode. */
  readonly nameMode: number;
  /** Open for write as well: a writable global section. */
  readonly write?: boolean;
}

export interface OpenedImage {
  readonly status: number;
  readonly channel: number;
  /** Known file entry, 0 for none. */
  readonly kfe: number;
  /** File name without directory, type and version. */
  readonly name: string;
}

/** A FAB with name block and names for an image. */
function imageFab(p: Procedure, request: OpenRequest): { fab: ReturnType<typeof FAB.at>; nam: ReturnType<typeof NAM.at> } {
  const fab = FAB.at(p.memory, p.allocate(FAB$C_BLN));
  const nam = NAM.at(p.memory, p.allocate(NAM$C_BLN));
  const expanded = p.allocate(NAME_ROOM + 1);
  fab.FAB$B_BID = FAB$C_BID;
  fab.FAB$B_BLN = FAB$C_BLN;
  fab.FAB$L_NAM = nam.address;
  const name = p.string(request.name);
  fab.FAB$L_FNA = p.memory.readLong(name + 4);
  fab.FAB$B_FNS = request.name.length;
  const defaults = p.string(request.defaults === '' ? '.EXE' : request.defaults);
  fab.FAB$L_DNA = p.memory.readLong(defaults + 4);
  fab.FAB$B_DNS = p.memory.readWord(defaults);
  fab.FAB$V_LNM_MODE = request.nameMode;
  fab.FAB$V_CHAN_MODE = request.mode;
  nam.NAM$B_BID = NAM$C_BID;
  nam.NAM$B_BLN = NAM$C_BLN;
  nam.NAM$L_ESA = expanded;
  nam.NAM$B_ESS = NAME_ROOM;
  return { fab, nam };
}

/** Device, directory and name that a parsed name block stands for. */
export interface FilePlace {
  /** As in NAM$T_DVI. */
  readonly device: string;
  /** Directory identification. */
  readonly directory: Uint8Array;
  /** Name, and the type when it is not .EXE. */
  readonly name: string;
  /** The name had a version number. */
  readonly hasVersion: boolean;
}

export function filePlace(p: Procedure, nam: ReturnType<typeof NAM.at>): FilePlace {
  const part = (address: number, length: number): string => bytesToText(p.memory.readBytes(address, length));
  const type = part(nam.NAM$L_TYPE, nam.NAM$B_TYPE).toUpperCase();
  const name = part(nam.NAM$L_NAME, nam.NAM$B_NAME).toUpperCase();
  return {
    device: readCounted(p.memory, nam.address + NAM.offset.NAM$T_DVI), directory: p.memory.readBytes(nam.address + NAM.offset.NAM$T_DID, 6),
    name: type === '.EXE' ? name : name + type, hasVersion: /^;\d/.test(part(nam.NAM$L_VER, nam.NAM$B_VER)),
  };
}

/**
 * Opens an image file for its channel: user file open, execute access. An installed image is found by its name and directory, and opened by
 * its file identification, whatever newer versions there are.
 *
 * choice: the known file database is searched here, not by RMS (FAB$V_KFO).
 */
export function* openImage(p: Procedure, request: OpenRequest): Flow<OpenedImage> {
  return yield* p.scratch(function* () {
    const { fab, nam } = imageFab(p, request);
    // A name that cannot be parsed cannot be opened either: $OPEN says why.
    const parsed = yield* service(p, '$PARSE', { fab: fab.address });
    const place = parsed & 1 ? filePlace(p, nam) : NO_PLACE;
    const kfe = place.hasVersion ? 0 : findKnownFile(p.memory, p.kernel.sys.EXE$GL_KNOWN_FILES, place);
    if (kfe !== 0 && KFE.at(p.memory, kfe).KFE$V_OPEN !== 0) return { ...(yield* openKnown(p, place, kfe, request.mode)), kfe, name: place.name };
    if (nam.NAM$L_WCC !== 0) {
      nam.NAM$V_SYNCHK = 1;                                    // what a search list left behind
      yield* service(p, '$PARSE', { fab: fab.address });
      nam.NAM$V_SYNCHK = 0;
    }
    if (kfe !== 0) {
      p.memory.writeBytes(nam.address + NAM.offset.NAM$T_FID, KFE.at(p.memory, kfe).KFE$R_FID);
      fab.FAB$V_NAM = 1;
    }
    fab.FAB$V_UFO = 1;
    fab.FAB$V_GET = 1;
    fab.FAB$V_EXE = request.write === true ? 0 : 1;
    fab.FAB$V_PUT = request.write === true ? 1 : 0;
    fab.FAB$V_SHRGET = 1;
    fab.FAB$V_SHRPUT = request.write === true ? 1 : 0;
    fab.FAB$V_UPI = 1;
    const status = yield* service(p, '$OPEN', { fab: fab.address });
    return { status, channel: fab.FAB$L_STV & 0xffff, kfe: status & 1 ? kfe : 0, name: place.name };
  });
}

const NO_PLACE: FilePlace = { device: '', directory: new Uint8Array(6), name: '', hasVersion: false };

/** An installed image whose file is open already: a channel of `mode` to the device gets the window that is kept. */
function* openKnown(p: Procedure, place: FilePlace, kfe: number, mode: number): Flow<{ readonly status: number; readonly channel: number }> {
  const chan = p.allocate(4);
  const status = yield* service(p, '$ASSIGN', { devnam: p.string(`_${place.device}:`), chan, acmode: mode });
  if (!(status & 1)) return { status, channel: 0 };
  const list = p.allocate(12);
  [2, p.memory.readWord(chan), KFE.at(p.memory, kfe).KFE$L_WCB].forEach((value, index) => { p.memory.writeLong(list + 4 * index, value); });
  return { status: yield* service(p, '$CMKRNL', { routin: p.kernel.symbol('IMG$SHARE_WINDOW'), arglst: list }), channel: p.memory.readWord(chan) };
}

/** Reads `length` bytes from block `vbn` of the file into `address`. */
export function* readBlocks(p: Procedure, channel: number, address: number, length: number, vbn: number): Flow<number> {
  return yield* p.scratch(function* () {
    const iosb = p.allocate(8);
    const status = yield* service(p, '$QIOW', { efn: EFN, chan: channel, func: IO$_READVBLK, iosb, p1: address, p2: length, p3: vbn });
    return status & 1 ? p.memory.readWord(iosb) : status;
  });
}

/** The header, or why it is none; `alias` of an image of another kind. */
export type HeaderRead = ImageHeader | { readonly error: number; readonly alias?: number };

/** Reads and checks the header of an image file. */
export function* readHeader(p: Procedure, channel: number): Flow<HeaderRead> {
  return yield* p.scratch(function* (): Flow<HeaderRead> {
    const first = p.allocate(PAGE);
    const status = yield* readBlocks(p, channel, first, PAGE, 1);
    if (!(status & 1)) return { error: status === SS$_ENDOFFILE ? SS$_BADIMGHDR : status };
    // A file that is no image says nothing true about the length of its header.
    const alias = p.memory.readWord(first + IHD$W_ALIAS);
    if (alias !== IHD$C_NATIVE) return { error: SS$_BADIMGHDR, alias };
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
  });
}
