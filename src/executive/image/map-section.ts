import { ISD$K_USRSTACK, ISD$M_BASED, ISD$M_CRF, ISD$M_PROTECT, ISD$M_WRT, sectionAddress, type ImageHeader, type ImageSection } from '../../macro/image-format.js';
import type { Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { SEC$M_CRF, SEC$M_GBL, SEC$M_NOPROTCHK, SEC$M_PROTECT, SEC$M_SYSGBL, SEC$M_WRT } from '../starlet/secdef.js';
import { SS$_NORMAL, SS$_NOTFILEDEV, SS$_NOTINSTALL } from '../starlet/ssdef.js';
import { KFE } from '../structures/kfe.js';
import { readBlocks } from './image-file.js';

/**
 * From image section descriptors to page tables: each kind of section by the memory management service for it. Nothing is read; pages
 * come when they are touched. @source book 21.1.1.5 step 11; digest ch21 2.2
 */
const PAGE = 512;
const EXECUTIVE = 1;
/** Blocks of one transfer: its length is a word. */
const MOST_BLOCKS = 127;

export interface MappingPlace {
  readonly channel: number;
  /** Added to the addresses of the descriptors. */
  readonly base: number;
  readonly mode: number;
  /** Known file entry, 0 for none. */
  readonly kfe: number;
}

/** Global section of an installed image: the name of the image and the number of the descriptor, from 1. choice: as INSTALL names them */
export function globalSectionName(image: string, number: number): string {
  return `${image}_${String(number).padStart(3, '0')}`;
}

/** Whether INSTALL made a global section of this one: of what is read-only, and with /WRITEABLE of what all processes write to. */
export function isSharedSection(section: ImageSection, kfe: ReturnType<typeof KFE.at>): boolean {
  if (section.kind !== 'private' || (section.flags & ISD$M_CRF) !== 0 || kfe.KFE$V_SHARED === 0) return false;
  return (section.flags & ISD$M_WRT) === 0 || kfe.KFE$V_WRITEABLE !== 0;
}

/** First and last address of the image at `base`; undefined when it has no section of its own. */
export function imageExtent(header: ImageHeader, base: number): { readonly low: number; readonly high: number } | undefined {
  const own = header.sections.filter((section) => section.kind !== 'global' && section.type !== ISD$K_USRSTACK && section.pages > 0);
  if (own.length === 0) return undefined;
  const low = Math.min(...own.map(sectionAddress));
  const high = Math.max(...own.map((section) => sectionAddress(section) + section.pages * PAGE - 1));
  return { low: low + base, high: high + base };
}

/** Whether the image must lie where it was linked. */
export function isBased(header: ImageHeader): boolean {
  return header.sections.some((section) => (section.flags & ISD$M_BASED) !== 0);
}

/** Maps section `number` (from 1) of an image. @returns the status of the service; SS$_NOTINSTALL a section that is written to by all, of an image not installed so */
export function* mapSection(p: Procedure, header: ImageHeader, number: number, place: MappingPlace): Flow<number> {
  const section = header.sections[number - 1]!;
  if (section.pages === 0) return SS$_NORMAL;
  const low = (sectionAddress(section) + place.base) >>> 0;
  const inadr = p.allocate(8);
  p.memory.writeLong(inadr, low);
  p.memory.writeLong(inadr + 4, low + section.pages * PAGE - 1);
  const isProtected = (section.flags & ISD$M_PROTECT) !== 0;
  const acmode = isProtected ? EXECUTIVE : place.mode;
  if (section.kind === 'demandZero') return yield* service(p, '$CRETVA', { inadr, acmode });
  const writable = (section.flags & ISD$M_WRT) !== 0;
  const common = (writable ? SEC$M_WRT : 0) | (isProtected ? SEC$M_PROTECT : 0);
  if (place.kfe !== 0 && isSharedSection(section, KFE.at(p.memory, place.kfe))) {
    const gsdnam = p.string(globalSectionName(header.imageName, number));
    return yield* service(p, '$MGBLSC', { inadr, acmode, flags: common | SEC$M_GBL | SEC$M_SYSGBL | SEC$M_NOPROTCHK, gsdnam });
  }
  const isCopied = (section.flags & ISD$M_CRF) !== 0;
  // All processes write to it: there must be a global section for them.
  if (writable && !isCopied) return SS$_NOTINSTALL;
  const flags = common | (isCopied ? SEC$M_CRF : 0);
  const mapped = yield* service(p, '$CRMPSC', { inadr, acmode, flags, chan: place.channel, pagcnt: section.pages, vbn: section.vbn, pfc: section.cluster });
  return mapped === SS$_NOTFILEDEV ? yield* readWhole(p, section, low, inadr, acmode, place.channel) : mapped;
}

/** A device without blocks on a disk: the pages are made, writable, and read at once. @source book 21.1.1.5 step 12; fact ch21#22 */
function* readWhole(p: Procedure, section: ImageSection, low: number, inadr: number, acmode: number, channel: number): Flow<number> {
  const created = yield* service(p, '$CRETVA', { inadr, acmode });
  let status = created;
  for (let page = 0; page < section.pages && status & 1; page += MOST_BLOCKS) {
    const blocks = Math.min(MOST_BLOCKS, section.pages - page);
    status = yield* readBlocks(p, channel, low + page * PAGE, blocks * PAGE, section.vbn + page);
  }
  return status;
}
