import { callRoutine, procedure } from '../executive/gate/microroutine.js';
import { service } from '../executive/gate/service-call.js';
import { KNOWN_FILE_LOCK } from '../executive/image/activate.js';
import { addKnownFile, findKnownFile, findKnownImage, keepHeader, knownFiles, removeKnownFile } from '../executive/image/known-files.js';
import { channelBlock } from '../executive/io/channels.js';
import type { Kernel } from '../executive/kernel.js';
import { dropWindow } from '../executive/memory/global-delete.js';
import { gsdName, isPfnMapped, sectionOf } from '../executive/memory/global-section.js';
import { shareWindow } from '../executive/memory/section-access.js';
import { sectionEntry, systemHeader, usedSections, windowOfChannel } from '../executive/memory/section-table.js';
import { freeBlocks } from '../executive/pool/variable-list.js';
import { LCK$K_EXMODE, LCK$M_SYSTEM } from '../executive/starlet/lckdef.js';
import { PRIVILEGE_NAMES } from '../executive/starlet/prvdef.js';
import { SS$_BUFFEROVF, SS$_DUPLNAM, SS$_INSFMEM, SS$_NORMAL, SS$_NOSUCHFILE } from '../executive/starlet/ssdef.js';
import { KFD, KFD$T_DDTSTR, KFE, KFE$T_FILNAM } from '../executive/structures/kfe.js';
import { bytesToText, readCounted, textToBytes } from '../executive/structures/memory.js';
import { GSD } from '../executive/structures/section.js';
import { structure } from '../executive/structures/structure.js';
import { WCB } from '../executive/structures/volume.js';

/**
 * The parts of INSTALL that run in inner modes: the lock on the known file database in executive mode, the database itself in kernel mode, for its
 * structures are in paged pool. @source book 21.1.1.3; digest ch21 1.4
 */

/** What the image passes to its kernel mode routines, in user memory. Texts are counted strings. */
export const INSBLK = structure('INSBLK', 56, {
  0x00: ['INS$L_NAME', 'address of the name'],
  0x04: ['INS$L_DIRECTORY', 'address of device and directory as text'],
  0x08: ['INS$L_DEVICE', 'address of the device identification (NAM$T_DVI)'],
  0x0c: ['INS$L_DID', 'address of the directory identification, 6 bytes'],
  0x10: ['INS$L_FID', 'address of the file identification, 6 bytes'],
  0x14: ['INS$L_FLAGS', 'KFE$W_FLAGS'],
  0x18: ['INS$L_CHANNEL', 'channel that the file is open on'],
  0x1c: ['INS$L_SECTIONS', 'global sections'],
  0x20: ['INS$Q_PRIVILEGES', 'privileges'],
  0x28: ['INS$L_MATCHCTL', 'match control of a shareable image'],
  0x2c: ['INS$L_IDENT', 'its identification'],
  0x30: ['INS$L_HEADER', 'address of the header to keep, 0 for none'],
  0x34: ['INS$L_HDRSIZE', 'its length'],
});

type Block = ReturnType<typeof INSBLK.at>;

function placeOf(k: Kernel, block: Block): { readonly device: string; readonly directory: Uint8Array; readonly name: string } {
  return { device: readCounted(k, block.INS$L_DEVICE), directory: k.readBytes(block.INS$L_DID, 6), name: readCounted(k, block.INS$L_NAME).toUpperCase() };
}

/** The entry of the file; one of the system's own images when there is no file of that name installed in the directory of the images. */
function findEntry(k: Kernel, block: Block): number {
  const place = placeOf(k, block);
  const found = findKnownFile(k, k.sys.EXE$GL_KNOWN_FILES, place);
  if (found !== 0 || !/\[(?:SYS\d\.)?SYSEXE\]$/.test(readCounted(k, block.INS$L_DIRECTORY))) return found;
  return findKnownImage(k, k.sys.EXE$GL_KNOWN_FILES, place.name);
}

/** Argument 1: INSBLK. @returns SS$_NORMAL; SS$_DUPLNAM there is an entry; SS$_INSFMEM */
const create = callRoutine('INS$CREATE', (k) => {
  const block = INSBLK.at(k, k.argument(1));
  if (findEntry(k, block) !== 0) return SS$_DUPLNAM;
  const place = placeOf(k, block);
  const kfe = addKnownFile(k, place.name, { ...place, text: readCounted(k, block.INS$L_DIRECTORY) });
  const header = block.INS$L_HEADER;
  kfe.KFE$W_FLAGS = block.INS$L_FLAGS & ~KFE.mask.KFE$V_HDRRES;
  kfe.KFE$W_GBLSECCNT = block.INS$L_SECTIONS;
  kfe.KFE$Q_PROCPRIV = block.INS$Q_PRIVILEGES;
  kfe.KFE$B_MATCHCTL = block.INS$L_MATCHCTL;
  kfe.KFE$L_IDENT = block.INS$L_IDENT;
  if (kfe.KFE$V_OPEN !== 0) {
    const window = windowOfChannel(k, channelBlock(k, block.INS$L_CHANNEL));
    shareWindow(k, window);
    kfe.KFE$L_WCB = window;
  } else kfe.KFE$R_FID = k.readBytes(block.INS$L_FID, 6);
  if (header !== 0 && !keepHeader(k, kfe, k.readBytes(header, block.INS$L_HDRSIZE))) {
    removeKnownFile(k, kfe.address);
    return SS$_INSFMEM;
  }
  return SS$_NORMAL;
});

/** Argument 1: INSBLK, which receives flags, sections and privileges of the entry that goes. @returns SS$_NORMAL; SS$_NOSUCHFILE */
const remove = callRoutine('INS$DELETE', (k) => {
  const block = INSBLK.at(k, k.argument(1));
  const found = findEntry(k, block);
  if (found === 0) return SS$_NOSUCHFILE;
  const kfe = KFE.at(k, found);
  const window = kfe.KFE$V_OPEN !== 0 ? kfe.KFE$L_WCB : 0;
  block.INS$L_FLAGS = kfe.KFE$W_FLAGS;
  block.INS$L_SECTIONS = kfe.KFE$W_GBLSECCNT;
  block.INS$Q_PRIVILEGES = kfe.KFE$Q_PROCPRIV;
  removeKnownFile(k, found);
  if (window !== 0) dropWindow(k, window);
  return SS$_NORMAL;
});

// Lists -------------------------------------------------------------------------------------------------------------

const PROPERTIES = [
  ['KFE$V_OPEN', 'Open'], ['KFE$V_HDRRES', 'Hdr'], ['KFE$V_SHARED', 'Shar'], ['KFE$V_PROCPRIV', 'Priv'], ['KFE$V_PROTECT', 'Prot'],
  ['KFE$V_NOPURGE', 'Nopurg'], ['KFE$V_WRITEABLE', 'Wrt'], ['KFE$V_EXEONLY', 'Xonly'], ['KFE$V_ACCOUNT', 'Acnt'],
] as const;

function privilegeNames(mask: bigint): string {
  return PRIVILEGE_NAMES.filter((_name, bit) => ((mask >> BigInt(bit)) & 1n) === 1n).join(' ');
}

/** LIST and LIST/FULL: directory by directory; of one image when a name is given. */
function* entryLines(k: Kernel, full: boolean, only: string): Generator<string> {
  let directory = 0;
  for (const { kfd, kfe: address } of knownFiles(k, k.sys.EXE$GL_KNOWN_FILES)) {
    const kfe = KFE.at(k, address);
    const name = readCounted(k, address + KFE$T_FILNAM);
    if (only !== '' && name !== only) continue;
    if (kfd !== directory) {
      yield '';
      yield `${readCounted(k, kfd + KFD$T_DDTSTR)}.EXE`;
      directory = kfd;
    }
    yield `   ${name.padEnd(16)}${PROPERTIES.map(([bit, text]) => (kfe[bit] !== 0 ? text : '').padEnd(text.length)).join(' ')}`.trimEnd();
    if (!full) continue;
    yield `        Entry access count         = ${kfe.KFE$L_USECNT}`;
    if (kfe.KFE$V_OPEN !== 0) yield `        Current shared windows     = ${WCB.at(k, kfe.KFE$L_WCB).WCB$W_REFCNT - 1}`;
    if (kfe.KFE$V_SHARED !== 0) yield `        Global section count       = ${kfe.KFE$W_GBLSECCNT}`;
    if (kfe.KFE$V_PROCPRIV !== 0) yield `        Privileges = ${privilegeNames(kfe.KFE$Q_PROCPRIV)}`;
  }
}

const hex8 = (value: number): string => (value >>> 0).toString(16).toUpperCase().padStart(8, '0');

/** LIST/GLOBAL: sections by list, and how full their tables are. */
function* sectionLines(k: Kernel, only: string): Generator<string> {
  let pages = 0;
  for (const [title, list] of [['System', 'EXE$GL_GSDSYSFL'], ['Group', 'EXE$GL_GSDGRPFL'], ['Delete pending', 'EXE$GL_GSDDELFL']] as const) {
    const lines: string[] = [];
    for (const address of k.queueEntries(k.symbol(list))) {
      const gsd = GSD.at(k, address);
      const name = gsdName(k, gsd);
      if (isPfnMapped(gsd) || (only !== '' && !name.startsWith(only))) continue;
      const section = sectionOf(k, gsd);
      pages += section.SEC$L_PAGCNT;
      const kind = `${gsd.GSD$V_WRT !== 0 ? 'WRT ' : '    '}${gsd.GSD$V_CRF !== 0 ? 'CRF ' : '    '}${gsd.GSD$V_PERM !== 0 ? 'PRM' : 'TMP'} ${gsd.GSD$V_SYSGBL !== 0 ? 'SYS' : 'GRP'}`;
      lines.push(`${name} (${hex8(gsd.GSD$L_IDENT)})`.padEnd(44) + `${kind}  Pagcnt/Refcnt=${section.SEC$L_PAGCNT}/${section.SEC$L_REFCNT}`);
    }
    if (lines.length > 0) yield* ['', `${title} Global Sections`, '', ...lines];
  }
  const used = [...usedSections(k, systemHeader(k))].filter((index) => sectionEntry(k, systemHeader(k), index).SEC$V_GBL !== 0).length;
  const free = [...freeBlocks(k, k.symbol('EXE$GL_GPT'))].reduce((sum, block) => sum + block.size / 4, 0);
  yield '';
  yield `${used} Global Section${used === 1 ? '' : 's'} Used,  ${pages}/${free} Global Pages Used/Unused`;
}

/**
 * The lines of a list, each a counted string, closed by a word of FFFF hex. Arguments: buffer, its size, 1 LIST, 2 LIST/FULL, 3 LIST/GLOBAL, name or
 * empty: length and address. @returns SS$_NORMAL; SS$_BUFFEROVF
 */
const list = callRoutine('INS$LIST', (k) => {
  const only = bytesToText(k.readBytes(k.argument(5), k.argument(4)));
  const bytes: number[] = [];
  for (const line of k.argument(3) === 3 ? sectionLines(k, only) : entryLines(k, k.argument(3) === 2, only)) bytes.push(line.length, 0, ...textToBytes(line));
  bytes.push(0xff, 0xff);
  if (bytes.length > k.argument(2)) return SS$_BUFFEROVF;
  k.writeBytes(k.argument(1), Uint8Array.from(bytes));
  return SS$_NORMAL;
});

/** The names of all images that PURGE takes away, as INS$LIST gives lines. Arguments: buffer, its size. */
const purgeable = callRoutine('INS$PURGEABLE', (k) => {
  const bytes: number[] = [];
  for (const { kfd, kfe } of knownFiles(k, k.sys.EXE$GL_KNOWN_FILES)) {
    if (KFE.at(k, kfe).KFE$V_NOPURGE !== 0 || k.readByte(kfd + KFD.offset.KFD$T_DVI) === 0) continue;
    const spec = `${readCounted(k, kfd + KFD$T_DDTSTR)}${readCounted(k, kfe + KFE$T_FILNAM)}`;
    bytes.push(spec.length, 0, ...textToBytes(spec));
  }
  bytes.push(0xff, 0xff);
  if (bytes.length > k.argument(2)) return SS$_BUFFEROVF;
  k.writeBytes(k.argument(1), Uint8Array.from(bytes));
  return SS$_NORMAL;
});

const EXECUTIVE = 1;
const EFN = 30;

/** Locks the database against the image activator. Argument 1: lock status block. Executive mode procedure. */
const lock = procedure('INS$LOCK', function* (p) {
  return yield* service(p, '$ENQW', { efn: EFN, lkmode: LCK$K_EXMODE, lksb: p.argument(1), flags: LCK$M_SYSTEM, resnam: p.string(KNOWN_FILE_LOCK), acmode: EXECUTIVE });
});

/** Argument 1: lock identification. Executive mode procedure. */
const unlock = procedure('INS$UNLOCK', function* (p) {
  return yield* service(p, '$DEQ', { lkid: p.argument(1) });
});

export const INSTALL_ROUTINES = [create, remove, list, purgeable, lock, unlock];
