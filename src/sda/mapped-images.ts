import { readCounted } from '../executive/structures/memory.js';
import { MMG$IMGHDRBUF } from '../executive/structures/p1-cells.js';
import { SdaError } from './error.js';
import type { Session } from './session.js';

/* Which images are mapped into the process in view, and where. */

/** Pages before its transfer address that a resident image may begin. */
const MOST_PAGES = 512;
/** Offset of IHD$W_ACTIVOFF, which leads to the transfer addresses. */
const ACTIVOFF = 2;

/** File specification of the main image, from the image file descriptor in the image header buffer; '' when there is none. */
export function imageName(session: Session): string {
  const { memory } = session;
  return unlessUnreadable('', () => {
    const descriptor = memory.readLong(MMG$IMGHDRBUF + 4);
    if (descriptor <= MMG$IMGHDRBUF || descriptor >= MMG$IMGHDRBUF + 512) return '';
    return readCounted(memory, descriptor + memory.readWord(descriptor + 2)).replace(/[^\x20-\x7e]/g, '.');
  });
}

/** The command interpreter and the main image, by name without device, directory and type. */
export function mappedImages(session: Session): { readonly name: string; readonly base: number }[] {
  const { memory } = session;
  const found: { name: string; base: number }[] = [];
  const cli = unlessUnreadable(0, () => session.cell('CTL$AG_CLIMAGE'));
  const cliName = unlessUnreadable('', () => readCounted(memory, session.symbol('CTL$GT_CLINAME')));
  if (cli !== 0 && cliName !== '') found.push({ name: cliName, base: cli });
  const name = /([A-Z0-9$_]+)(?:\.[A-Z0-9$_]*)?(?:;\d*)?$/i.exec(imageName(session))?.[1]?.toUpperCase();
  if (name !== undefined && session.system.images?.has(name) === true) {
    const base = unlessUnreadable(0, () => residentBase(session));
    if (base !== 0) found.push({ name, base });
  }
  return found;
}

/**
 * Base of the main image, when it came with the system: such an image begins on a page boundary with the offset of its transfer
 * address, which the image header buffer holds.
 */
function residentBase(session: Session): number {
  const { memory } = session;
  const header = memory.readLong(MMG$IMGHDRBUF);
  if (header < MMG$IMGHDRBUF || header >= MMG$IMGHDRBUF + 512) return 0;
  const transfer = memory.readLong(header + memory.readWord(header + ACTIVOFF));
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const base = (transfer & ~0x1ff) - 512 * page;
    if (base < 0 || !memory.has(base)) return 0;
    if (memory.readLong(base) === transfer - base) return base;
  }
  return 0;
}

function unlessUnreadable<T>(otherwise: T, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SdaError) return otherwise;
    throw error;
  }
}
