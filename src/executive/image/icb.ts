import type { Kernel } from '../kernel.js';
import { EXE$ALOP1PROC } from '../pool/process-region.js';
import { DYN$C_KFE } from '../structures/dyn.js';
import { ICB } from '../structures/kfe.js';
import { readCounted, writeCounted } from '../structures/memory.js';
import { IAC_BASE, IAC_CELLS } from '../structures/p1-cells.js';

/**
 * Image control blocks: one for each image that is activated, or still to be. They lie in the process allocation region and are kept on a
 * list of their own when nobody needs them. Life of an ICB: work list (to be activated), done list (activated; its front part is the
 * stack of images whose sons are still to come), lookaside list. @source book 21.1.1.2, 21.1.1.8; digest ch21 1.3, 2.5
 */
export type Icb = ReturnType<typeof ICB.at>;

/** Address of a cell of the image activator's page. */
export const iacCell = (name: keyof typeof IAC_CELLS.offset): number => IAC_BASE + IAC_CELLS.offset[name];

const FREE = iacCell('IAC$GL_ICBFL');
export const WORK_LIST = iacCell('IAC$GL_WORK_LIST');
export const DONE_LIST = iacCell('IAC$GL_IMAGE_LIST');

/** Makes the lists empty when the process has none yet. @source book 21.1.1.2 (EXE$PROCSTRT) */
export function prepareLists(k: Kernel): void {
  for (const list of [FREE, WORK_LIST, DONE_LIST]) if (k.readLong(list) === 0) k.initializeQueue(list);
}

/** A zeroed ICB on no list; undefined when the process allocation region is used up. */
export function newIcb(k: Kernel, name: string): Icb | undefined {
  const address = k.removeHead(FREE) ?? EXE$ALOP1PROC(k, ICB.size);
  if (address === 0) return undefined;
  k.writeBytes(address, new Uint8Array(ICB.size));
  const icb = ICB.at(k, address);
  icb.ICB$W_SIZE = ICB.size;
  icb.ICB$B_TYPE = DYN$C_KFE;
  writeCounted(k, address + ICB.offset.ICB$T_IMAGE_NAME, name, NAME_FIELD);
  return icb;
}

const NAME_FIELD = 40;

export function icbName(k: Kernel, icb: Icb): string {
  return readCounted(k, icb.address + ICB.offset.ICB$T_IMAGE_NAME);
}

/** Puts an ICB that is on no list aside for later use. */
export function freeIcb(k: Kernel, icb: Icb): void {
  k.insertTail(icb.address, FREE);
}

/** Image rundown: what was activated, or was to be, is put aside. @source digest ch21 2.10 step 10b */
export function freeAllIcbs(k: Kernel): void {
  prepareLists(k);
  for (const list of [WORK_LIST, DONE_LIST]) {
    for (let address = k.removeHead(list); address !== undefined; address = k.removeHead(list)) k.insertTail(address, FREE);
  }
}

/** The images of a list, first first. */
export function icbs(k: Kernel, list: number): Icb[] {
  return k.readLong(list) === 0 ? [] : [...k.queueEntries(list)].map((address) => ICB.at(k, address));
}

/** The activated image of that name. */
export function activated(k: Kernel, name: string): Icb | undefined {
  return icbs(k, DONE_LIST).find((icb) => icbName(k, icb) === name);
}

/**
 * The order of activation: the stack that the front part of the done list is. Parents wait on it for their sons, so that every image
 * comes to lie behind those that call it; initialization goes through the list from its end.
 */
export class ActivationStack {
  private top = DONE_LIST;

  constructor(private readonly k: Kernel) {}

  private get isEmpty(): boolean { return this.top === DONE_LIST; }

  /** A new image is put right of the top. */
  place(icb: Icb): void {
    this.k.insertQueue(icb.address, this.top);
    icb.ICB$L_ACTIVE_SONS = 0;
  }

  /** The image has been activated: with sons to come it is the new top, without it is done with. */
  activatedOne(icb: Icb): void {
    if (icb.ICB$L_ACTIVE_SONS !== 0) this.top = icb.address;
    else this.decrementParent();
  }

  /** An image that was wanted was there already. One that waits for its own sons is called by one of them: a circle. */
  wantedAgain(icb: Icb): void {
    if (icb.ICB$L_ACTIVE_SONS !== 0) {
      for (let address = this.top; address !== DONE_LIST; address = this.k.readLong(address + 4)) {
        ICB.at(this.k, address).ICB$V_CIRCULAR = 1;
        if (address === icb.address) break;
      }
    }
    this.decrementParent();
  }

  /** One son less of the top is active; a parent without any leaves the stack, and so on. */
  private decrementParent(): void {
    while (!this.isEmpty) {
      const parent = ICB.at(this.k, this.top);
      parent.ICB$L_ACTIVE_SONS = parent.ICB$L_ACTIVE_SONS - 1;
      if (parent.ICB$L_ACTIVE_SONS !== 0) return;
      this.top = this.k.readLong(this.top + 4);
    }
  }
}
