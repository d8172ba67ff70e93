import type { Extent } from './window.js';
import { decodeImageHeader, encodeImageHeader, IHD$C_NATIVE, IHD$K_EXE, ISD$K_NORMAL, ISD$M_WRT, sectionAddress, type ImageSection } from '../../macro/image-format.js';
import { SYSLOA_VECTORS, SYSTEM_CELL_INITIAL, SYSTEM_CELLS } from '../structures/system-cells.js';
import { timeOfYear } from '../time/time-of-year.js';
import { pagesFor, SYSTEM_BASE, VECTOR_PAGES, type AssembledSystem } from './assemble-system.js';

/**
 * SYS$SYSTEM:SYS.EXE: the executive as a file. Behind its header, a block, are three image sections: the service vectors, the cells,
 * the code. SYSBOOT loads them as they are, so whoever patches the file changes the system that boots next; $SETIME writes the base
 * cells of the time of year back into it.
 *
 * Its code calls microroutines by number, so it fits the build it was made by alone: the header's ident says which.
 * @source book 24.4 (SYSBOOT reads SYS.EXE), 11.2
 */
const BLOCK = 512;
const HEADER_BLOCKS = 1;

/** The file as SYSBOOT finds it on the system disk. */
export interface ExecutiveFile {
  readonly bytes: Uint8Array;
  /** Where its blocks lie. */
  readonly extents: readonly Extent[];
}

/** The three parts of the executive, each in whole pages. */
export interface ExecutivePages {
  readonly vectors: Uint8Array;
  readonly data: Uint8Array;
  readonly code: Uint8Array;
}

/** The block of the file, counted from 1, with the page at an address of the executive: the parts follow one another as in memory. */
export const executiveVbn = (address: number): number => HEADER_BLOCKS + 1 + Math.floor((address - SYSTEM_BASE) / BLOCK);

/** First block of the cells in the file. */
export const EXECUTIVE_DATA_VBN = executiveVbn(SYSTEM_BASE + VECTOR_PAGES * BLOCK);

function padded(bytes: Uint8Array, pages: number): Uint8Array {
  const whole = new Uint8Array(pages * BLOCK);
  whole.set(bytes);
  return whole;
}

/**
 * The executive as assembled.
 *
 * @param systemTime  what its base cells record
 */
export function executivePages(system: AssembledSystem, systemTime: bigint): ExecutivePages {
  const data = new Uint8Array(system.dataPages * BLOCK);
  const view = new DataView(data.buffer);
  for (const [name, value] of Object.entries(SYSTEM_CELL_INITIAL)) {
    const { size, offset } = SYSTEM_CELLS.fields.find((candidate) => candidate.name === name)!;
    if (size === 1) view.setUint8(offset, value);
    else if (size === 2) view.setUint16(offset, value, true);
    else view.setUint32(offset, value >>> 0, true);
  }
  // Whoever goes through a vector that nothing has connected halts.
  for (const { offset } of SYSLOA_VECTORS) writeJump(view, SYSTEM_CELLS.offset.EXE$AL_LOAVEC + offset, system.executive.symbols.get('EXE$LOAD_ERROR')!);
  const pages = { vectors: padded(system.vectors.bytes, VECTOR_PAGES), data, code: padded(system.executive.bytes, pagesFor(system.executive.bytes.length)) };
  writeBase(pages, { time: systemTime, clock: timeOfYear(systemTime) });
  return pages;
}

/** JMP @#target */
function writeJump(view: DataView, at: number, target: number): void {
  view.setUint16(at, JMP_ABSOLUTE, true);
  view.setUint32(at + 2, target >>> 0, true);
}

const JMP_ABSOLUTE = 0x9f17;

/** What the base cells say: the system time at which the clock showed `clock`. */
export interface TimeBase {
  readonly time: bigint;
  readonly clock: number;
}

export function readBase({ data }: ExecutivePages): TimeBase {
  const view = new DataView(data.buffer, data.byteOffset);
  return { time: view.getBigUint64(SYSTEM_CELLS.offset.EXE$GQ_TODCBASE, true), clock: view.getUint32(SYSTEM_CELLS.offset.EXE$GL_TODR, true) };
}

export function writeBase({ data }: ExecutivePages, { time, clock }: TimeBase): void {
  const view = new DataView(data.buffer, data.byteOffset);
  view.setBigUint64(SYSTEM_CELLS.offset.EXE$GQ_TODCBASE, time, true);
  view.setUint32(SYSTEM_CELLS.offset.EXE$GL_TODR, clock, true);
}

/** What the numbers and addresses in SYS.EXE depend on, in 32 bits (FNV-1a). */
function buildIdent(system: AssembledSystem, routines: readonly string[]): number {
  let hash = 0x811c9dc5;
  const take = (text: string): void => {
    for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  };
  take(routines.join(' '));
  for (const [name, value] of system.executive.symbols) take(`${name}=${value}`);
  for (const field of SYSTEM_CELLS.fields) take(`${field.name}=${field.offset}`);
  return hash >>> 0;
}

function sections({ vectors, data, code }: ExecutivePages): readonly ImageSection[] {
  let vbn = HEADER_BLOCKS + 1;
  let address = SYSTEM_BASE;
  return [vectors, data, code].map((part, index) => {
    const pages = part.length / BLOCK;
    const section: ImageSection = {
      kind: 'private', pages, vpn: address >>> 9, cluster: 0, flags: index === 1 ? ISD$M_WRT : 0, type: ISD$K_NORMAL, vbn, ident: 0, globalName: '',
    };
    vbn += pages;
    address += pages * BLOCK;
    return section;
  });
}

/** The bytes of SYS.EXE. @param routines  names of the executive's microroutines in the order of their numbers */
export function encodeExecutive(system: AssembledSystem, routines: readonly string[], systemTime: bigint): Uint8Array {
  const pages = executivePages(system, systemTime);
  const header = encodeImageHeader({
    imageType: IHD$K_EXE, privilegeRequests: -1n, ioChannels: 0, imageIoPages: 0, linkFlags: 0, ident: buildIdent(system, routines), systemVersion: 0,
    fixupAddress: 0, alias: IHD$C_NATIVE, transfers: [system.executive.symbols.get('EXE$INIT')!], initializeShareable: 0, imageName: 'SYS', imageIdent: 'V4.4',
    linkTime: systemTime, linkerIdent: '', sections: sections(pages),
  });
  const file = new Uint8Array(header.length + pages.vectors.length + pages.data.length + pages.code.length);
  let at = 0;
  for (const part of [header, pages.vectors, pages.data, pages.code]) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

/**
 * Takes SYS.EXE apart.
 *
 * @returns its pages, or why this system cannot be booted from it
 */
export function decodeExecutive(file: Uint8Array, system: AssembledSystem, routines: readonly string[]): ExecutivePages | { readonly problem: string } {
  const decoded = decodeImageHeader(file);
  if ('problem' in decoded) return { problem: `not a system image: ${decoded.problem}` };
  const { header } = decoded;
  if (header.imageName !== 'SYS') return { problem: 'not a system image' };
  const expected = sections(executivePages(system, 0n));
  const fits = header.ident === buildIdent(system, routines) && header.sections.length === expected.length
    && expected.every((section, index) => {
      const there = header.sections[index]!;
      return there.pages === section.pages && there.vbn === section.vbn && sectionAddress(there) === sectionAddress(section);
    });
  if (!fits) return { problem: 'built with another version of Starlet' };
  const part = ({ vbn, pages }: ImageSection): Uint8Array => file.slice((vbn - 1) * BLOCK, (vbn - 1 + pages) * BLOCK);
  const [vectors, data, code] = expected.map(part);
  if (code!.length < expected[2]!.pages * BLOCK) return { problem: 'shorter than its header says' };
  return { vectors: vectors!, data: data!, code: code! };
}
