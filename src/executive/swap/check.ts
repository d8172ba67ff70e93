import type { Memory } from '../structures/memory.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import { PFL } from '../structures/section.js';
import { SYSTEM_CELLS } from '../structures/system-cells.js';

/**
 * Whether the books of the swapper agree: every process that can be swapped has a space of its own in a file whose bitmap has it as
 * allocated, every block of a swap file that is allocated belongs to one, each process is in one state of being in or out of memory, and
 * the slots of the balance set know who is in them. From bytes alone; for a system in which no transfer is under way.
 */
export function checkSwapper(memory: Memory, symbol: (name: string) => number): string[] {
  const sys = SYSTEM_CELLS.at(memory, symbol('SYS$CELLS'));
  const problems: string[] = [];
  const spaces: { name: string; index: number; vbn: number; blocks: number | undefined }[] = [];
  const slots = new Map<number, string>();
  let inMemory = 0;
  for (let index = 2; index <= sys.SCH$GL_MAXPIX; index += 1) {
    const address = memory.readLong(sys.SCH$GL_PCBVEC + 4 * index);
    if (address === symbol('SCH$GL_NULLPCB')) continue;
    const pcb = PCB.at(memory, address);
    const name = `process ${index.toString(16)}`;
    if (pcb.PCB$V_RES !== 0 && pcb.PCB$V_PHDRES === 0) problems.push(`${name} is in memory without its header`);
    if (pcb.PCB$V_RES !== 0) inMemory += 1;
    if (pcb.PCB$V_PHDRES !== 0) {
      const slot = PHD.at(memory, pcb.PCB$L_PHD).PHD$W_PHVINDEX;
      if (slots.has(slot)) problems.push(`${name} and ${slots.get(slot)} are both in balance slot ${slot}`);
      slots.set(slot, name);
      if (memory.readWord(sys.PHV$GL_PIXBAS + 2 * slot) !== index) problems.push(`balance slot ${slot} of ${name} has index ${memory.readWord(sys.PHV$GL_PIXBAS + 2 * slot)}`);
    }
    const place = pcb.PCB$L_WSSWP >>> 31 === 0 ? pcb.PCB$L_WSSWP : 0;
    if (place !== 0) {
      const blocks = pcb.PCB$V_PHDRES === 0 ? undefined : PHD.at(memory, pcb.PCB$L_PHD).PHD$W_SWAPSIZE;
      spaces.push({ name, index: place >>> 24, vbn: place & 0xffffff, blocks });
    }
  }
  // A deleted process counts until its header is gone.
  if (sys.SWP$GW_BALCNT !== inMemory + sys.SCH$GW_DELPHDCT) problems.push(`${inMemory} processes are in memory, SWP$GW_BALCNT says ${sys.SWP$GW_BALCNT}`);
  for (let slot = 0; slot < sys.SGN$GL_BALSETCT; slot += 1) {
    const taken = memory.readWord(sys.PHV$GL_REFCBAS + 2 * slot) !== 0xffff;
    if (taken !== slots.has(slot) && !(taken && sys.SCH$GW_DELPHDCT > 0)) problems.push(`balance slot ${slot} is ${taken ? 'taken by nobody' : 'free and in use'}`);
  }
  checkFiles(memory, sys, spaces, problems);
  return problems;
}

function checkFiles(
  memory: Memory, sys: ReturnType<typeof SYSTEM_CELLS.at>, spaces: readonly { name: string; index: number; vbn: number; blocks: number | undefined }[], problems: string[],
): void {
  const files = sys.SGN$GW_SWPFILES + sys.SGN$GW_PAGFILCT;
  for (let index = 1; index <= files; index += 1) {
    const file = PFL.at(memory, memory.readLong(sys.MMG$GL_PAGSWPVC + 4 * index));
    if (file.PFL$L_BITMAP === 0) continue;
    const bitmap = memory.readBytes(file.PFL$L_BITMAP, file.PFL$L_BITMAPSIZ);
    const isFree = (block: number): boolean => ((bitmap[block >>> 3]! >>> (block & 7)) & 1) !== 0;
    const here = spaces.filter((space) => space.index === index);
    const used = new Map<number, string>();
    for (const { name, vbn, blocks } of here) {
      for (let block = vbn - 1; block < vbn - 1 + (blocks ?? 1); block += 1) {
        if (isFree(block)) problems.push(`block ${block + 1} of file ${index} is free, and ${name} swaps to it`);
        if (used.has(block)) problems.push(`block ${block + 1} of file ${index} is ${name}'s and ${used.get(block)}'s`);
        used.set(block, name);
      }
    }
    if (index > sys.SGN$GW_SWPFILES || here.some(({ blocks }) => blocks === undefined)) continue;
    let allocated = 0;
    for (let block = 0; block < file.PFL$L_MAXVBN; block += 1) if (!isFree(block)) allocated += 1;
    if (allocated !== used.size) problems.push(`${allocated} blocks of swap file ${index} are allocated, ${used.size} in use`);
  }
}
