import type { Kernel } from '../../src/executive/kernel.js';
import { serviceSymbol } from '../../src/executive/starlet/service-table.js';
import { bytesToText } from '../../src/executive/structures/memory.js';
import { PCB } from '../../src/executive/structures/pcb.js';
import { PHD } from '../../src/executive/structures/phd.js';
import { decodePte, type Pte } from '../../src/executive/structures/pte.js';
import type { ImageHeader } from '../../src/macro/image-format.js';
import { readSharedImage } from '../../src/macro/link/symbol-table.js';
import { link, type ImageFile, type LinkOptions } from '../../src/macro/linker.js';
import { assembleModule } from '../../src/macro/object/module.js';

/** Images linked by the test itself, as files for a session, and what they look like in the memory of a process. */

/** Links one module. @param libraries  shareable images it calls, by name */
export function linked(name: string, source: string, options: Partial<LinkOptions> = {}, libraries: Readonly<Record<string, ImageFile>> = {}): ImageFile {
  const sharedImages = Object.entries(libraries).map(([image, { bytes }]) => {
    const read = readSharedImage(image, bytes);
    if ('problem' in read) throw new Error(read.problem);
    return read;
  });
  return link([assembleModule(source, `${name}.MAR`)], { imageName: name, linkTime: 0x0091_2345_6789_abcdn, symbols: serviceSymbol, sharedImages, ...options });
}

/** Images as files of [TEST]. */
export function asFiles(images: Readonly<Record<string, ImageFile>>): Record<string, string> {
  return Object.fromEntries(Object.entries(images).map(([name, image]) => [`${name}.EXE`, bytesToText(image.bytes)]));
}

/** First address behind the sections of a main image: where the first shareable image lies. */
export function endOf({ sections }: ImageHeader): number {
  return Math.max(...sections.filter(({ vpn, kind }) => kind !== 'global' && vpn < 0x200000).map(({ vpn, pages }) => (vpn + pages) * 512));
}

/** The P0 page table of a process that need not be current. */
export function p0Ptes(k: Kernel, pcb: number): Pte[] {
  const phd = PHD.at(k, PCB.at(k, pcb).PCB$L_PHD);
  return Array.from({ length: phd.PHD$V_P0LR }, (_none, page) => decodePte(k.readLong(phd.PHD$L_P0BR + 4 * page)));
}
