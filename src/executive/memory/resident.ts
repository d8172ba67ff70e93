import type { Kernel } from '../kernel.js';
import type { LoadedImage } from '../boot/sysboot.js';
import { EXE$ALOPAGED } from '../pool/paged.js';
import { DYN$C_EXTGSD } from '../structures/dyn.js';
import { readCounted, writeCounted } from '../structures/memory.js';
import { PRT$C_UR } from '../structures/pte.js';
import { EXTGSD, EXTGSD$T_GSDNAM } from '../structures/section.js';
import { mapFrames } from './address-space.js';

/**
 * Resident images: permanent system global sections mapped by page frame number, one for each image of the control store
 * (chapter 14.6, 16.3). Their descriptors are on the system list like any others; the first longword of the section is the
 * offset of the image's transfer address.
 */

/** Makes the global sections of the images that SYSBOOT loaded. */
export function addResidentSections(k: Kernel, images: readonly LoadedImage[]): void {
  for (const image of images) {
    const size = (EXTGSD$T_GSDNAM + image.name.length + 1 + 15) & ~15;
    const address = EXE$ALOPAGED(k, size);
    if (address === 0) throw new Error('paged pool too small for the resident images');
    k.writeBytes(address, new Uint8Array(size));
    const gsd = EXTGSD.at(k, address);
    gsd.GSD$W_SIZE = size;
    gsd.GSD$B_TYPE = DYN$C_EXTGSD;
    gsd.GSD$W_PROT = 0xeeee;                 // system, owner, group, world: read and execute
    gsd.GSD$L_PCBUIC = 0x00010004;
    gsd.GSD$W_FLAGS = (1 << 0) | (1 << 13) | (1 << 14) | (1 << 15);   // GBL, RESIDENT, PERM, SYSGBL
    gsd.GSD$Q_PRIVS = image.privileges;
    gsd.GSD$L_BASEPFN = image.firstPfn;
    gsd.GSD$L_PAGES = image.pages;
    writeCounted(k, address + EXTGSD$T_GSDNAM, image.name, image.name.length + 1);
    k.insertTail(address, k.symbol('EXE$GL_GSDSYSFL'));
  }
}

/** Finds a resident image's section by name. */
export function findResident(k: Kernel, name: string): ReturnType<typeof EXTGSD.at> | undefined {
  for (const address of k.queueEntries(k.symbol('EXE$GL_GSDSYSFL'))) {
    const gsd = EXTGSD.at(k, address);
    if (gsd.GSD$B_TYPE === DYN$C_EXTGSD && readCounted(k, address + EXTGSD$T_GSDNAM) === name) return gsd;
  }
  return undefined;
}

/**
 * Maps a resident image read-only at `address`, which must lie in an existing part of the region.
 *
 * @param owner  mode that owns the pages
 * @returns address of its transfer point
 */
export function MMG$MAP_RESIDENT(k: Kernel, gsd: ReturnType<typeof EXTGSD.at>, address: number, owner: number): number {
  mapFrames(k, address, gsd.GSD$L_BASEPFN, gsd.GSD$L_PAGES, PRT$C_UR, owner);
  gsd.GSD$L_REFCNT = gsd.GSD$L_REFCNT + 1;
  return (address + k.readLong(address)) >>> 0;
}
