import type { Kernel } from '../kernel.js';
import { EXE$ALOPAGED, EXE$DEAPAGED } from '../pool/paged.js';
import {
  PRV$V_CMEXEC, PRV$V_CMKRNL, PRV$V_EXQUOTA, PRV$V_LOG_IO, PRV$V_NETMBX, PRV$V_OPER, PRV$V_PHY_IO, PRV$V_SYSNAM, PRV$V_SYSPRV,
  PRV$V_TMPMBX, PRV$V_VOLPRO, PRV$V_WORLD,
} from '../starlet/prvdef.js';
import { DYN$C_KFD, DYN$C_KFE, DYN$C_KFPB, DYN$C_KFRH } from '../structures/dyn.js';
import { decodeImageHeader, type ImageHeader } from '../../macro/image-format.js';
import { KFD, KFD$T_DDTSTR, KFE, KFE$T_FILNAM, KFPB, KFRH } from '../structures/kfe.js';
import { readCounted, textToBytes, writeCounted, type MemoryReader } from '../structures/memory.js';
import { FCB, WCB } from '../structures/volume.js';

/**
 * Known images: KFPB, hash table, one KFD a directory and one KFE an image, all in paged pool. The image activator looks an image up here
 * by its name, and gives the process the privileges it was installed with for as long as it runs.
 *
 * choice: EXE$INIT installs the images that come with the system; in VMS the command procedure STARTUP runs INSTALL to do it. INSTALL does it for others.
 * INIT, VERIFY and VMOUNT are not among them: what they may do depends on who owns the volume (Appendix A).
 * @source book 21.1.2; digest ch21 1.4, 2.4
 */
const HASH_ENTRIES = 128;
const SYSTEM_DIRECTORY = 'SYS$SYSROOT:[SYSEXE]';
/** Paged pool is given out in units of 16 bytes. */
const round = (size: number): number => (size + 15) & ~15;

export interface KnownImage {
  readonly name: string;
  readonly privileges: bigint;
}

function mask(...bits: readonly number[]): bigint {
  return bits.reduce((all, bit) => all | (1n << BigInt(bit)), 0n);
}

/** What the system's startup procedure installs with privileges, of those images that there are. */
export const STANDARD_KNOWN_IMAGES: readonly KnownImage[] = [
  {
    name: 'LOGINOUT',
    privileges: mask(PRV$V_CMKRNL, PRV$V_CMEXEC, PRV$V_TMPMBX, PRV$V_NETMBX, PRV$V_EXQUOTA, PRV$V_SYSPRV, PRV$V_LOG_IO, PRV$V_PHY_IO, PRV$V_VOLPRO, PRV$V_SYSNAM, PRV$V_OPER),
  },
  { name: 'SET', privileges: mask(PRV$V_CMKRNL, PRV$V_SYSPRV, PRV$V_TMPMBX) },
  { name: 'SETP0', privileges: mask(PRV$V_CMKRNL, PRV$V_SYSPRV) },
  { name: 'SHOW', privileges: mask(PRV$V_CMKRNL, PRV$V_NETMBX, PRV$V_WORLD) },
  { name: 'SUBMIT', privileges: mask(PRV$V_TMPMBX) },
  { name: 'MAIL', privileges: mask(PRV$V_SYSPRV, PRV$V_OPER, PRV$V_WORLD, PRV$V_NETMBX) },
  { name: 'PHONE', privileges: mask(PRV$V_NETMBX, PRV$V_OPER, PRV$V_WORLD, PRV$V_SYSNAM) },
  { name: 'RTPAD', privileges: mask(PRV$V_TMPMBX) },
  { name: 'REQUEST', privileges: mask(PRV$V_TMPMBX) },
];

/** Index in the hash table: 0 to 127. choice: the book does not print the function. */
export function hashImageName(name: string): number {
  let hash = 0;
  for (const byte of textToBytes(name)) hash = (Math.imul(hash, 31) + byte) >>> 0;
  return hash % HASH_ENTRIES;
}

function allocate(k: Kernel, size: number, type: number): number {
  const block = EXE$ALOPAGED(k, round(size));
  if (block === 0) throw new Error('paged pool too small for the known images');
  k.writeBytes(block, new Uint8Array(round(size)));
  k.writeWord(block + 8, round(size));
  k.writeByte(block + 10, type);
  return block;
}

/** The pointer block and its empty hash table, made on first use. */
function knownFilePointers(k: Kernel): ReturnType<typeof KFPB.at> {
  const existing = k.sys.EXE$GL_KNOWN_FILES;
  if (existing !== 0) return KFPB.at(k, existing);
  const tableHeader = 12;
  const table = allocate(k, tableHeader + 4 * HASH_ENTRIES, DYN$C_KFPB) + tableHeader;
  const block = KFPB.at(k, allocate(k, KFPB.size, DYN$C_KFPB));
  block.KFPB$L_KFEHSHTAB = table;
  block.KFPB$W_HSHTABLEN = HASH_ENTRIES;
  k.sys.EXE$GL_KNOWN_FILES = block.address;
  return block;
}

/** Device and directory of known files. */
export interface KnownDirectory {
  /** As people read it: device and directory. */
  readonly text: string;
  /** NAM$T_DVI, empty for the images that came with the system. */
  readonly device: string;
  readonly directory: Uint8Array;
}

function directoryBlock(k: Kernel, pointers: ReturnType<typeof KFPB.at>, where: KnownDirectory): ReturnType<typeof KFD.at> {
  for (let address = pointers.KFPB$L_KFDLST; address !== 0; address = k.readLong(address)) {
    const same = where.device === '' ? readCounted(k, address + KFD$T_DDTSTR) === where.text && k.readByte(address + KFD.offset.KFD$T_DVI) === 0
      : isDirectoryOf(k, address, where);
    if (same) return KFD.at(k, address);
  }
  const block = KFD.at(k, allocate(k, KFD$T_DDTSTR + 1 + where.text.length, DYN$C_KFD));
  writeCounted(k, block.address + KFD$T_DDTSTR, where.text, where.text.length + 1);
  writeCounted(k, block.address + KFD.offset.KFD$T_DVI, where.device, 16);
  k.writeBytes(block.address + KFD.offset.KFD$R_DID, where.directory);
  const device = where.text.indexOf(':') + 1;
  block.KFD$L_DEVLEN = device;
  block.KFD$L_DIRLEN = where.text.length - device;
  block.KFD$L_LINK = pointers.KFPB$L_KFDLST;
  pointers.KFPB$L_KFDLST = block.address;
  pointers.KFPB$W_KFDLSTCNT = pointers.KFPB$W_KFDLSTCNT + 1;
  return block;
}

/** A new entry in its directory and in the hash table; the caller fills in the rest. Paged pool; kernel mode, IPL 0 (or 31 at boot). */
export function addKnownFile(k: Kernel, name: string, where: KnownDirectory): ReturnType<typeof KFE.at> {
  const pointers = knownFilePointers(k);
  const kfd = directoryBlock(k, pointers, where);
  const kfe = KFE.at(k, allocate(k, KFE$T_FILNAM + 1 + name.length, DYN$C_KFE));
  writeCounted(k, kfe.address + KFE$T_FILNAM, name, name.length + 1);
  kfe.KFE$L_KFD = kfd.address;
  const index = hashImageName(name);
  kfe.KFE$B_HSHIDX = index;
  const slot = pointers.KFPB$L_KFEHSHTAB + 4 * index;
  kfe.KFE$L_HSHLNK = k.readLong(slot);
  k.writeLong(slot, kfe.address);
  kfe.KFE$L_KFELINK = kfd.KFD$L_KFELIST;
  kfd.KFD$L_KFELIST = kfe.address;
  kfd.KFD$W_REFCNT = kfd.KFD$W_REFCNT + 1;
  return kfe;
}

/** Keeps the header of an image in paged pool: KFE$L_IMGHDR. @returns whether there was room */
export function keepHeader(k: Kernel, kfe: ReturnType<typeof KFE.at>, header: Uint8Array): boolean {
  const size = round(KFRH.size + header.length);
  const block = EXE$ALOPAGED(k, size);
  if (block === 0) return false;
  k.writeBytes(block, new Uint8Array(size));
  const kfrh = KFRH.at(k, block);
  kfrh.KFRH$W_SIZE = size;
  kfrh.KFRH$B_TYPE = DYN$C_KFRH;
  kfrh.KFRH$W_HDRSIZE = header.length;
  kfrh.KFRH$W_HDRVER = header[0x0e]! | (header[0x0f]! << 8);
  k.writeBytes(block + KFRH.size, header);
  kfe.KFE$L_IMGHDR = block + KFRH.size;
  kfe.KFE$V_HDRRES = 1;
  return true;
}

/** Takes an entry out of both chains, and gives it back with its resident header; an empty directory goes too. The window is the caller's business. */
export function removeKnownFile(k: Kernel, address: number): void {
  const pointers = KFPB.at(k, k.sys.EXE$GL_KNOWN_FILES);
  const kfe = KFE.at(k, address);
  const kfd = KFD.at(k, kfe.KFE$L_KFD);
  unlink(k, pointers.KFPB$L_KFEHSHTAB + 4 * kfe.KFE$B_HSHIDX, address, KFE.offset.KFE$L_HSHLNK);
  unlink(k, kfd.address + KFD.offset.KFD$L_KFELIST, address, KFE.offset.KFE$L_KFELINK);
  kfd.KFD$W_REFCNT = kfd.KFD$W_REFCNT - 1;
  if (kfd.KFD$W_REFCNT === 0) {
    unlink(k, pointers.address + KFPB.offset.KFPB$L_KFDLST, kfd.address, KFD.offset.KFD$L_LINK);
    pointers.KFPB$W_KFDLSTCNT = pointers.KFPB$W_KFDLSTCNT - 1;
    EXE$DEAPAGED(k, kfd.address);
  }
  if (kfe.KFE$V_HDRRES !== 0) EXE$DEAPAGED(k, kfe.KFE$L_IMGHDR - KFRH.size);
  EXE$DEAPAGED(k, address);
}

/** Takes `entry` out of the singly linked list that begins in the longword `head`; links are at `offset` of each entry. */
function unlink(k: Kernel, head: number, entry: number, offset: number): void {
  for (let link = head; k.readLong(link) !== 0; link = k.readLong(link) + offset) {
    if (k.readLong(link) !== entry) continue;
    k.writeLong(link, k.readLong(entry + offset));
    return;
  }
}

/** All entries, directory by directory. */
export function* knownFiles(memory: MemoryReader, pointers: number): Generator<{ readonly kfd: number; readonly kfe: number }, void, undefined> {
  if (pointers === 0) return;
  for (let kfd = memory.readLong(pointers + KFPB.offset.KFPB$L_KFDLST); kfd !== 0; kfd = memory.readLong(kfd + KFD.offset.KFD$L_LINK)) {
    for (let kfe = memory.readLong(kfd + KFD.offset.KFD$L_KFELIST); kfe !== 0; kfe = memory.readLong(kfe + KFE.offset.KFE$L_KFELINK)) yield { kfd, kfe };
  }
}

/** What a name block says about an installed image. */
export interface KnownFilePlace {
  /** As in NAM$T_DVI. */
  readonly device: string;
  readonly directory: Uint8Array;
  /** Name, and the type when it is not .EXE. */
  readonly name: string;
}

/** Whether a directory block is that of a device and directory identification. */
export function isDirectoryOf(memory: MemoryReader, kfd: number, { device, directory }: Pick<KnownFilePlace, 'device' | 'directory'>): boolean {
  if (readCounted(memory, kfd + KFD.offset.KFD$T_DVI) !== device || device === '') return false;
  return memory.readBytes(kfd + KFD.offset.KFD$R_DID, directory.length).every((byte, index) => byte === directory[index]);
}

/** The entry of an image file that INSTALL made known, or 0. @param pointers  contents of EXE$GL_KNOWN_FILES */
export function findKnownFile(memory: MemoryReader, pointers: number, place: KnownFilePlace): number {
  for (const address of entriesOfName(memory, pointers, place.name)) {
    if (isDirectoryOf(memory, memory.readLong(address + KFE.offset.KFE$L_KFD), place)) return address;
  }
  return 0;
}

/** The file identification of an installed image: its own, or that of the file that is kept open. */
export function knownFileId(memory: MemoryReader, address: number): Uint8Array {
  const kfe = KFE.read(memory, address);
  return kfe.KFE$V_OPEN === 0 ? kfe.KFE$R_FID : memory.readBytes(WCB.read(memory, kfe.KFE$L_WCB).WCB$L_FCB + FCB.offset.FCB$T_FID, 6);
}

/** The header that INSTALL keeps in memory for an image, decoded; undefined when it does not. */
export function residentHeaderOf(memory: MemoryReader, kfe: number): ImageHeader | undefined {
  if (kfe === 0) return undefined;
  const entry = KFE.read(memory, kfe);
  if (entry.KFE$V_HDRRES === 0) return undefined;
  const header = KFRH.read(memory, entry.KFE$L_IMGHDR - KFRH.size);
  const decoded = decodeImageHeader(memory.readBytes(entry.KFE$L_IMGHDR, header.KFRH$W_HDRSIZE));
  return 'header' in decoded ? decoded.header : undefined;
}

/** Installs an image that came with the system, with privileges. Paged pool; kernel mode, IPL 0 (or 31 at boot). */
export function installKnownImage(k: Kernel, image: KnownImage, directory = SYSTEM_DIRECTORY): void {
  const kfe = addKnownFile(k, image.name, { text: directory, device: '', directory: new Uint8Array(6) });
  kfe.KFE$Q_PROCPRIV = image.privileges;
  kfe.KFE$V_PROCPRIV = 1;
}

/** The entries with that name, of whatever directory. */
function* entriesOfName(memory: MemoryReader, pointers: number, name: string): Generator<number, void, undefined> {
  if (pointers === 0) return;
  const table = memory.readLong(pointers + KFPB.offset.KFPB$L_KFEHSHTAB);
  for (let address = memory.readLong(table + 4 * hashImageName(name)); address !== 0; address = memory.readLong(address)) {
    if (readCounted(memory, address + KFE$T_FILNAM) === name) yield address;
  }
}

/**
 * The known file entry of an image that came with the system, or 0.
 *
 * @param pointers  contents of EXE$GL_KNOWN_FILES
 */
export function findKnownImage(memory: MemoryReader, pointers: number, name: string): number {
  for (const address of entriesOfName(memory, pointers, name)) {
    if (memory.readByte(memory.readLong(address + KFE.offset.KFE$L_KFD) + KFD.offset.KFD$T_DVI) === 0) return address;
  }
  return 0;
}

/** Installs the images that came with the system and have privileges, of their own or by the list above. */
export function installSystemImages(k: Kernel, images: readonly { readonly name: string; readonly privileges?: bigint }[]): void {
  for (const { name, privileges = 0n } of images) {
    const standard = STANDARD_KNOWN_IMAGES.find((image) => image.name === name)?.privileges ?? 0n;
    if ((privileges | standard) !== 0n) installKnownImage(k, { name, privileges: privileges | standard });
  }
}
