import { DMP, DUMP_FIRST_MEMORY_BLOCK, DUMP_VERSION, EMB_CR, MEMDSC } from '../executive/exceptions/dump-format.js';
import { ArrayMemory, bytesToText } from '../executive/structures/memory.js';
import { SdaError } from './error.js';
import type { CrashRecord, DumpBytes, ProcessorState, Target } from './target.js';

/** A dump file in memory. */
export function dumpBytesOf(bytes: Uint8Array): DumpBytes {
  return { length: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

const BLOCK = 512;
const HEADER_BLOCKS = 3;
const DESCRIPTORS = 8;

/** A system dump file: header, error log buffers, then the pages of its memory descriptors. @source book 8.2.4; digest ch08 1.3-1.5 */
export class DumpTarget implements Target {
  readonly kind = 'dump';
  readonly processor: ProcessorState;
  readonly crash: CrashRecord;
  readonly warnings: readonly string[];
  /** Runs of page frames in file order: first frame, count, offset of the first in the file. */
  private readonly runs: readonly { readonly basePfn: number; readonly pages: number; readonly offset: number }[];

  /**
   * @throws SdaError when it is no dump at all; a dump that is cut short is opened with a warning
   */
  constructor(readonly file: DumpBytes) {
    if (file.length < BLOCK) throw new SdaError('F', 'DUMPEMPTY', 'dump file contains no valid dump');
    const bytes = file.read(0, Math.min(file.length, HEADER_BLOCKS * BLOCK));
    const memory = new ArrayMemory(bytes);
    const header = DMP.read(memory, 0);
    if (header.DMP$L_CHECK !== (~header.DMP$L_SYSVER >>> 0) || header.DMP$L_SYSVER === 0) {
      throw new SdaError('F', 'DUMPEMPTY', 'dump file contains no valid dump');
    }
    if (header.DMP$W_DUMPVER !== DUMP_VERSION) {
      throw new SdaError('F', 'INVDUMPVER', `dump file version ${header.DMP$W_DUMPVER} cannot be analyzed, expected ${DUMP_VERSION}`);
    }
    const at = DMP.offset.DMP$R_CRASHERL;
    const entry = EMB_CR.read(memory, at);
    const longs = (offset: number, count: number): number[] => Array.from({ length: count }, (_, index) => memory.readLong(at + offset + 4 * index));
    const [p0br, p0lr, p1br, p1lr, , , pcbb, scbb, astlvl, sisr, iccs] = longs(EMB_CR.offset.EMB$L_CR_P0BR, 11) as [
      number, number, number, number, number, number, number, number, number, number, number];
    this.processor = {
      stackPointers: longs(EMB_CR.offset.EMB$L_CR_KSP, 5), registers: longs(EMB_CR.offset.EMB$L_CR_R0, 16), psl: entry.EMB$L_CR_PSL,
      p0br, p0lr, p1br, p1lr, sbr: header.DMP$L_SBR, slr: header.DMP$L_SLR, pcbb, scbb, astlvl, sisr, iccs,
    };

    const runs: { basePfn: number; pages: number; offset: number }[] = [];
    let offset = (DUMP_FIRST_MEMORY_BLOCK - 1) * BLOCK;
    let described = 0;
    let held = 0;
    for (let index = 0; index < DESCRIPTORS; index += 1) {
      const descriptor = MEMDSC.read(memory, DMP.offset.DMP$R_MEMDSC + index * MEMDSC.size);
      const pages = descriptor.MEMDSC$V_PAGES;
      if (pages === 0) continue;
      const present = Math.max(0, Math.min(pages, Math.floor((file.length - offset) / BLOCK)));
      if (present > 0) runs.push({ basePfn: descriptor.MEMDSC$L_BASEPFN, pages: present, offset });
      described += pages;
      held += present;
      offset += pages * BLOCK;
    }
    this.runs = runs;
    this.warnings = held < described
      ? [`%SDA-W-SHORTDUMP, the dump only contains ${held} out of ${described} pages of physical memory`] : [];

    const nameBytes = entry.EMB$T_CR_LNAME;
    this.crash = {
      code: entry.EMB$L_CR_CODE, time: entry.EMB$Q_HD_TIME, epid: entry.EMB$L_CR_PID,
      processName: bytesToText(nameBytes.subarray(1, 1 + Math.min(15, nameBytes[0]!))),
      version: bytesToText(bytes.subarray(DMP.offset.DMP$L_SYSVER, DMP.offset.DMP$L_SYSVER + 4)),
      errorSequence: header.DMP$L_ERRSEQ, headerBlocks: bytes,
      descriptors: runs.map(({ basePfn, pages }) => ({ basePfn, pages })), length: Math.min(offset, file.length),
    };
  }

  page(pfn: number): Uint8Array | undefined {
    for (const run of this.runs) {
      const index = pfn - run.basePfn;
      if (index >= 0 && index < run.pages) return this.file.read(run.offset + index * BLOCK, BLOCK);
    }
    return undefined;
  }
}
