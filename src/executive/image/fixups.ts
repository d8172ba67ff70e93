import { CHANGE_PROTECTION_ENTRY, IAF, SHL, SHL$K_LENGTH } from '../../macro/link/fixup-vector.js';
import type { Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { SS$_BADIMGHDR, SS$_NORMAL } from '../starlet/ssdef.js';
import { readCounted } from '../structures/memory.js';
import { PRT$C_UREW } from '../structures/pte.js';
import { activated, type Icb } from './icb.js';

/**
 * Address relocation of one image: what its fixup vector section lists is adjusted by where the images lie. The section says by a flag that it has been
 * done. @source book 21.1.2; digest ch21 2.6; layout in macro/link/fixup-vector.ts
 */
const PAGE = 512;
/** IAF$W_FLAGS: the fixups have been done. choice */
const DONE = 0x8000;

/** Whether the image refers to other shareable images. */
export function callsOthers(p: Procedure, { ICB$L_FIXUP: section }: Icb): boolean {
  return section !== 0 && p.memory.readLong(section + IAF.IAF$L_SHRIMGCNT) > 1;
}

/** Adjusts the image of an ICB, once. @returns SS$_NORMAL; SS$_BADIMGHDR an image in its list is not there; status of $SETPRT */
export function* fixUp(p: Procedure, icb: Icb): Flow<number> {
  const section = icb.ICB$L_FIXUP;
  const { memory } = p;
  if (section === 0 || (memory.readWord(section + IAF.IAF$W_FLAGS) & DONE) !== 0) return SS$_NORMAL;
  const list = section + memory.readLong(section + IAF.IAF$L_SHLSTOFF);
  const count = memory.readLong(section + IAF.IAF$L_SHRIMGCNT);
  for (let index = 0; index < count; index += 1) {
    const entry = list + SHL$K_LENGTH * index;
    const image = index === 0 ? icb : activated(p.kernel, readCounted(memory, entry + SHL.SHL$T_IMGNAM));
    if (!image) return SS$_BADIMGHDR;
    memory.writeLong(entry + SHL.SHL$L_BASEVA, image.ICB$L_BASE);
    memory.writeLong(entry + SHL.SHL$L_ICB, image.address);
  }
  const baseOf = (index: number): number => memory.readLong(list + SHL$K_LENGTH * index + SHL.SHL$L_BASEVA);
  const add = (cell: number, value: number): void => { memory.writeLong(cell, (memory.readLong(cell) + value) >>> 0); };
  let at = section + memory.readLong(section + IAF.IAF$L_G_FIXOFF);
  for (let left = memory.readLong(at); left !== 0; left = memory.readLong(at)) {
    const base = baseOf(memory.readLong(at + 4));
    for (at += 8; left > 0; left -= 1, at += 4) add(at, base);
  }
  // An image that is not position independent was linked at its addresses; offsets count from its first one.
  const own = icb.ICB$L_BASE !== 0 ? icb.ICB$L_BASE : icb.ICB$L_STARTING_ADDRESS;
  at = section + memory.readLong(section + IAF.IAF$L_DOTADROFF);
  for (let left = memory.readLong(at); left !== 0; left = memory.readLong(at)) {
    const base = baseOf(memory.readLong(at + 4));
    for (at += 8; left > 0; left -= 1, at += 4) add((own + memory.readLong(at)) >>> 0, base);
  }
  memory.writeWord(section + IAF.IAF$W_FLAGS, memory.readWord(section + IAF.IAF$W_FLAGS) | DONE);
  return yield* protect(p, section, own);
}

/** Pages that are read-only to the program are that again, and nobody but the system writes to the section itself. */
function* protect(p: Procedure, section: number, own: number): Flow<number> {
  const { memory } = p;
  let at = section + memory.readLong(section + IAF.IAF$L_CHGPRTOFF);
  const count = memory.readLong(at);
  at += 4;
  const length = memory.readLong(section + IAF.IAF$L_DOTADROFF);
  for (let index = 0; index < count; index += 1, at += CHANGE_PROTECTION_ENTRY) {
    const status = yield* setProtection(p, own + memory.readLong(at), memory.readWord(at + 4), memory.readWord(at + 6));
    if (!(status & 1)) return status;
  }
  return yield* setProtection(p, section, Math.floor(length / PAGE) + 1, PRT$C_UREW);
}

function* setProtection(p: Procedure, low: number, pages: number, prot: number): Flow<number> {
  return yield* p.scratch(function* () {
    const inadr = p.allocate(8);
    p.memory.writeLong(inadr, low);
    p.memory.writeLong(inadr + 4, low + pages * PAGE - 1);
    return yield* service(p, '$SETPRT', { inadr, prot });
  });
}
