import { inlineRoutine, type Microroutine } from '../gate/microroutine.js';
import { MMG$MAP_IO, unmapLastIo } from '../io/io-space.js';
import type { Kernel } from '../kernel.js';
import { EXE$ALONPAGVAR } from '../pool/nonpaged.js';
import { DYN$C_INIT } from '../structures/dyn.js';
import { IO780$AL_IOBASE, IO780$AL_NNEX, IO780$AL_PERNEX } from '../structures/io780.js';

/**
 * Looking for adapters: the first longword of each nexus's registers is read inside a recovery block (init.mar); where nothing answers,
 * the read ends in a machine check, and the nexus is recorded as empty. What answers is recorded in the arrays at EXE$GL_CONFREG (types,
 * bytes), EXE$GL_CONFREGL (longwords) and MMG$GL_SBICONF (addresses of the registers), in nonpaged pool.
 *
 * choice: the type is the low byte of what was read, or 1 when that is zero: our controllers have no type code of the book's.
 * @source book 5.3.1, 25.1.2; digest ch05 2.3
 */
const PAGE = 512;
const HEADER = 12;
const UNKNOWN_TYPE = 1;

function array(k: Kernel, bytes: number): number {
  const size = (HEADER + bytes + 15) & ~15;
  const block = EXE$ALONPAGVAR(k, size);
  if (block === 0) throw new Error('nonpaged pool too small to boot');
  k.writeBytes(block, new Uint8Array(size));
  k.writeWord(block + 8, size);
  k.writeByte(block + 10, DYN$C_INIT);
  return block + HEADER;
}

/** Makes the arrays, all empty. R6 the first nexus. */
function beginAdapters(k: Kernel): void {
  k.sys.EXE$GL_CONFREG = array(k, IO780$AL_NNEX);
  k.sys.EXE$GL_CONFREGL = array(k, 4 * IO780$AL_NNEX);
  k.sys.MMG$GL_SBICONF = array(k, 4 * IO780$AL_NNEX);
  k.sys.EXE$GL_NUMNEXUS = IO780$AL_NNEX - 1;
  k.setRegister(6, 0);
}

/** R6 a nexus: R7 becomes the system address of its registers. */
function mapNexus(k: Kernel): void {
  k.setRegister(7, MMG$MAP_IO(k, IO780$AL_IOBASE + IO780$AL_PERNEX * k.register(6), IO780$AL_PERNEX / PAGE));
}

/** R6 a nexus, R0 low bit set: its first longword is R8; clear: a machine check. An empty one's page table entries are used again. */
function recordNexus(k: Kernel): void {
  const nexus = k.register(6);
  if ((k.register(0) & 1) === 0) {
    unmapLastIo(k, IO780$AL_PERNEX / PAGE);
    return;
  }
  const type = (k.register(8) & 0xff) || UNKNOWN_TYPE;
  k.writeByte(k.sys.EXE$GL_CONFREG + nexus, type);
  k.writeLong(k.sys.EXE$GL_CONFREGL + 4 * nexus, type);
  k.writeLong(k.sys.MMG$GL_SBICONF + 4 * nexus, k.register(7));
}

/** System address of the registers of a nexus; 0 when it is empty. */
export function nexusRegisters(k: Kernel, nexus: number): number {
  return k.readByte(k.sys.EXE$GL_CONFREG + nexus) === 0 ? 0 : k.readLong(k.sys.MMG$GL_SBICONF + 4 * nexus);
}

export const ADAPTER_ROUTINES: readonly Microroutine[] = [
  inlineRoutine('INI_NEXUS_BEGIN', beginAdapters), inlineRoutine('INI_NEXUS_MAP', mapNexus), inlineRoutine('INI_NEXUS_RECORD', recordNexus),
];
