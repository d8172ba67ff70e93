import { PR$_TBIA } from '../../emulator/processor-registers.js';
import type { Kernel } from '../kernel.js';
import { bytesToText, textToBytes } from '../structures/memory.js';
import { PRT$C_ERKW, PTE$M_PROT } from '../structures/pte.js';
import { BUGCHECK_TEXTS, bugcheckText } from './bugcheck-codes.js';

/**
 * The fatal bugcheck overlay: the part of SYS.EXE that is not in memory until a crash reads it over read-only code of the executive, at
 * BUG$FATAL. Ours holds the texts of all bugchecks; the routines of the book's are microroutines here. The dump header is built in the
 * 512 bytes before it.
 *
 * choice: it comes from where the rest of SYS.EXE came from when the system was booted (docs/architecture.md, Departures).
 * Layout: for each bugcheck a counted name and a counted text; a zero byte ends it.
 * @source book 8.2.3, Figure 8-2; digest ch08 2.6 steps 4 and 6
 */
const PAGE = 512;
export const DUMP_HEADER_SIZE = 512;
const SYSTEM_PAGES = 0x3fff_ffff;

export function bugcheckOverlay(): Uint8Array {
  const bytes: number[] = [];
  for (const [name, text] of BUGCHECK_TEXTS) bytes.push(name.length, ...textToBytes(name), text.length, ...textToBytes(text));
  return Uint8Array.from([...bytes, 0]);
}

/** INI$WRITABLE: makes pages of the read-only executive writable from kernel mode. */
function INI$WRITABLE(k: Kernel, address: number, length: number): void {
  for (let page = (address & -PAGE) >>> 0; page < address + length; page += PAGE) {
    const at = k.sys.MMG$GL_SPTBASE + 4 * ((page & SYSTEM_PAGES) >>> 9);
    k.writeLong(at, ((k.readLong(at) & ~PTE$M_PROT) | (PRT$C_ERKW << 27)) >>> 0);
  }
  k.cpu.writePR(PR$_TBIA, 0);
}

/** Where the overlay goes; 0 when nothing of the executive has been laid out yet. */
const placeOf = (k: Kernel): number => (k.symbols.get('BUG$FATAL') ?? 0) >>> 0;

/** Reads the overlay to BUG$FATAL and puts the dump header before it. The first page of each is found even with the mapping as it was. */
export function readOverlay(k: Kernel, header: Uint8Array): void {
  const at = placeOf(k);
  if (at === 0 || k.sys.MMG$GL_SPTBASE === 0) return;
  const overlay = bugcheckOverlay();
  INI$WRITABLE(k, at - DUMP_HEADER_SIZE, DUMP_HEADER_SIZE + overlay.length);
  k.writeBytes(at, overlay);
  k.writeBytes(at - DUMP_HEADER_SIZE, header);
}

/** Name and text of a bugcheck from the overlay in memory, severity bits ignored; from the code alone when there is none. */
export function overlayText(k: Kernel, code: number): { readonly name: string; readonly text: string } {
  const at = placeOf(k);
  if (at === 0 || k.sys.MMG$GL_SPTBASE === 0) return bugcheckText(code);
  const unknown = { name: `BUG ${(code & 0xffff).toString(16).toUpperCase()}`, text: 'Unknown bugcheck code' };
  let cursor = at;
  const counted = (): string => {
    const length = k.readByte(cursor);
    const text = bytesToText(k.readBytes(cursor + 1, length));
    cursor += 1 + length;
    return text;
  };
  for (let index = 0; k.readByte(cursor) !== 0; index += 1) {
    const [name, text] = [counted(), counted()];
    if (index === (code & 0xffff) >>> 3) return { name, text };
  }
  return unknown;
}
