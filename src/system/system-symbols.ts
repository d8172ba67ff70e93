import type { AssemblyStore } from '../executive/boot/assembly-store.js';
import { assembleSystem } from '../executive/boot/assemble-system.js';
import { initRoutines } from '../executive/boot/init.js';
import { swapInitRoutines } from '../executive/boot/swapinit.js';
import type { ResidentImage, SystemSpaceImage } from '../executive/boot/sysboot.js';
import { describeSystem } from '../executive/sys-image.js';
import type { SystemSymbols } from '../sda/symbols.js';

/**
 * The symbols of this build of the system, without booting it: what SYS.STB and the maps are to SDA. A dump of another build will not
 * agree with them.
 *
 * @param store  texts that were assembled before
 */
export function systemSymbols(systemImages: readonly SystemSpaceImage[], residentImages: readonly ResidentImage[], store?: AssemblyStore): SystemSymbols {
  const nothing = (): never => { throw new Error('the system is only assembled, not booted'); };
  const description = describeSystem([...initRoutines(nothing), ...swapInitRoutines(nothing)], systemImages, residentImages);
  const { symbols, gate, residentImages: images, code, executive } = assembleSystem(description, 0, store);
  return {
    globals: symbols,
    code: { address: code, bytes: executive.bytes },
    microroutine: (number) => gate.nameOf(number),
    images: new Map(images.map(({ image, text }) => [image.name, text.symbols])),
  };
}
