import { IHD$M_NOP0BUFS } from '../../macro/image-format.js';
import { expandRegion } from '../memory/address-space.js';
import type { Kernel } from '../kernel.js';
import { PRT$C_UREW } from '../structures/pte.js';
import { SS$_INSFMEM, SS$_NORMAL } from '../starlet/ssdef.js';
import { EXE$ALOP1IMAG, initializeImageRegion } from './process-region.js';

/**
 * Process allocation region for images: P1 as far as an image may use it, then 16 or more pages of P0 space that go away with the
 * image. An image linked with NOP0BUFS lays P0 space out itself and gets none. @source book 3.4.2; digest ch03 G
 */
const PAGE = 512;
const LEAST_PAGES = 16;
const P0 = 0;
const USER = 3;
const IHD_LNKFLAGS = 0x20;

/** The running image was linked with NOP0BUFS. */
export function forbidsP0(k: Kernel): boolean {
  const buffer = k.p1.CTL$GL_IMGHDRBF;
  const header = buffer === 0 ? 0 : k.readLong(buffer);
  return header !== 0 && (k.readLong(header + IHD_LNKFLAGS) & IHD$M_NOP0BUFS) !== 0;
}

/**
 * EXE$ALOP1IMAG with all it needs.
 *
 * @param size  bytes
 * @returns SS$_NORMAL and the block; SS$_INSFMEM
 * Kernel mode, process context, IPL 0 to 2
 */
export function allocateForImage(k: Kernel, size: number): { readonly status: number; readonly address: number } {
  const regionSize = k.sys.SGN$GW_CTLPAGES * PAGE;
  const block = EXE$ALOP1IMAG(k, size, regionSize);
  if (block !== 0) return { status: SS$_NORMAL, address: block };
  if (forbidsP0(k)) return { status: SS$_INSFMEM, address: 0 };
  const pages = Math.max(LEAST_PAGES, Math.ceil(size / PAGE));
  const made = expandRegion(k, P0, pages, PRT$C_UREW, USER);
  if (made.status !== SS$_NORMAL) return { status: SS$_INSFMEM, address: 0 };
  initializeImageRegion(k, made.low, pages * PAGE);
  const address = EXE$ALOP1IMAG(k, size, regionSize);
  return { status: address === 0 ? SS$_INSFMEM : SS$_NORMAL, address };
}
