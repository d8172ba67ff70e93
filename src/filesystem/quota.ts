import { SS$_DUPDSKQUOTA, SS$_EXDISKQUOTA, SS$_NODISKQUOTA, SS$_NORMAL, SS$_OVRDSKQUOTA } from '../executive/starlet/ssdef.js';
import { ArrayMemory } from '../executive/structures/memory.js';
import { gap, structure } from '../executive/structures/structure.js';
import { endOfFileBlock, setEndOfFileBlock } from './atr.js';
import type { BlockFlow } from './block-io.js';
import { fail, FileFailure } from './file-failure.js';
import { fileIdAt, type FileId } from './file-id.js';
import { extendChain, recordAttributesOf } from './files.js';
import { BLOCK, headerOf } from './on-disk.js';
import { blocksIn } from './retrieval.js';
import { chainMap, type Header, type Volume } from './volume.js';

/**
 * The quota file, [000000]QUOTA.SYS: for each UIC the blocks it uses on the volume and may use. A file costs its owner its blocks and one for
 * each header. The record of UIC [0,0], the first, has the quota of a new entry. @source Files-11 ODS-2 specification, quota file ($DQFDEF, public)
 */
export const DQF = structure('DQF', 32, {
  0x00: ['DQF$L_FLAGS', 'flags'],
  0x04: ['DQF$L_UIC', 'owner'],
  0x08: ['DQF$L_USAGE', 'blocks in use'],
  0x0c: ['DQF$L_PERMQUOTA', 'permanent quota'],
  0x10: ['DQF$L_OVERDRAFT', 'blocks beyond it, for files being written'],
  0x14: gap(12, 'reserved'),
}, {}, { DQF$V_ACTIVE: ['DQF$L_FLAGS', 0] });

export type QuotaRecord = ReturnType<typeof DQF.at>;

/** How far a charge may go: to the permanent quota, into the overdraft, or anywhere (EXQUOTA, and what has happened already). */
export type ChargeLimit = 'quota' | 'overdraft' | 'none';

/** The records of the quota file, for one operation. What is changed is stored at once. */
export class QuotaFile {
  private constructor(private readonly volume: Volume, private chain: Header[], private bytes: Uint8Array) {}

  static *open(volume: Volume, id: FileId): BlockFlow<QuotaFile> {
    const chain = yield* volume.readChain(id);
    const map = chainMap(chain);
    const used = Math.min(blocksIn(map), endOfFileBlock(recordAttributesOf(chain[0]!.block)) - 1);
    return new QuotaFile(volume, chain, yield* volume.readVirtual(map, 1, used));
  }

  /** Record `index` (0: the default quota), undefined behind the last. It may be free. */
  record(index: number): QuotaRecord | undefined {
    return (index + 1) * DQF.size <= this.bytes.length ? DQF.at(new ArrayMemory(this.bytes), index * DQF.size) : undefined;
  }

  isFree(index: number): boolean { return index > 0 && this.record(index)!.DQF$L_UIC === 0; }

  /** The record of a UIC. */
  find(uic: number): QuotaRecord | undefined {
    for (let index = 0, record = this.record(0); record; index += 1, record = this.record(index)) {
      if (record.DQF$L_UIC === uic && (uic === 0) === (index === 0)) return record;
    }
    return undefined;
  }

  /** Stores the block a record lies in. */
  *store(record: QuotaRecord): BlockFlow<void> {
    const block = Math.floor(record.address / BLOCK);
    yield* this.volume.writeVirtual(chainMap(this.chain), block + 1, this.bytes.slice(block * BLOCK, (block + 1) * BLOCK));
  }

  /** Makes the record of a UIC, with the default quota. Fails with SS$_DUPDSKQUOTA, SS$_DEVICEFULL. */
  *add(uic: number): BlockFlow<QuotaRecord> {
    if (this.find(uic)) fail(SS$_DUPDSKQUOTA);
    let index = 0;
    while (this.record(index) && !this.isFree(index)) index += 1;
    if (!this.record(index)) yield* this.grow();
    const record = this.record(index)!;
    const standard = this.record(0)!;
    record.DQF$L_FLAGS = 0;
    record.DQF$L_UIC = uic;
    record.DQF$L_USAGE = 0;
    record.DQF$L_PERMQUOTA = standard.DQF$L_PERMQUOTA;
    record.DQF$L_OVERDRAFT = standard.DQF$L_OVERDRAFT;
    yield* this.store(record);
    return record;
  }

  /** Another block of free records. */
  private *grow(): BlockFlow<void> {
    const block = this.bytes.length / BLOCK + 1;
    if (blocksIn(chainMap(this.chain)) < block) ({ chain: this.chain } = yield* extendChain(this.volume, this.chain, 1, {}));
    yield* this.volume.writeVirtual(chainMap(this.chain), block, new Uint8Array(BLOCK));
    setEndOfFileBlock(recordAttributesOf(this.chain[0]!.block), block + 1);
    yield* this.volume.writeHeader(this.chain[0]!);
    const longer = new Uint8Array(block * BLOCK);
    longer.set(this.bytes);
    this.bytes = longer;
  }

  *remove(uic: number): BlockFlow<void> {
    const record = this.find(uic) ?? fail(SS$_NODISKQUOTA);
    this.bytes.fill(0, record.address, record.address + DQF.size);
    yield* this.store(record);
  }

  /**
   * Charges `blocks` (negative: gives back) to a UIC.
   *
   * @returns SS$_NORMAL, SS$_OVRDSKQUOTA when the overdraft was needed; fails with SS$_EXDISKQUOTA, SS$_NODISKQUOTA when it has no entry
   */
  *charge(uic: number, blocks: number, limit: ChargeLimit): BlockFlow<number> {
    if (blocks === 0) return SS$_NORMAL;
    const record = this.find(uic);
    if (!record) return limit === 'none' ? SS$_NORMAL : fail(SS$_NODISKQUOTA);
    const usage = Math.max(0, record.DQF$L_USAGE + blocks);
    const quota = record.DQF$L_PERMQUOTA;
    if (blocks > 0 && limit !== 'none' && usage > quota + (limit === 'overdraft' ? record.DQF$L_OVERDRAFT : 0)) fail(SS$_EXDISKQUOTA);
    record.DQF$L_USAGE = usage;
    yield* this.store(record);
    return blocks > 0 && usage > quota && limit === 'overdraft' ? SS$_OVRDSKQUOTA : SS$_NORMAL;
  }
}

/** What a file costs its owner: its blocks and its headers. */
export function* fileCost(volume: Volume, id: FileId): BlockFlow<number> {
  const chain = yield* volume.readChain(id);
  return chain.length + blocksIn(chainMap(chain));
}

/** Counts what everybody uses, and gives every owner of a file a record. Damaged files are passed over. */
export function* countUsage(volume: Volume, quotas: QuotaFile): BlockFlow<void> {
  const { ibmapLbn, ibmapSize, maxFiles } = volume.parameters;
  const bitmap = yield* volume.io.read(ibmapLbn, ibmapSize);
  const usage = new Map<number, number>();
  for (let number = 1; number <= maxFiles; number += 1) {
    if (((bitmap[(number - 1) >>> 3]! >>> ((number - 1) & 7)) & 1) === 0) continue;
    try {
      const block = yield* volume.io.read(yield* volume.headerLbn(number), 1);
      const header = headerOf(block);
      if (header.FH2$W_SEG_NUM !== 0) continue;
      const cost = yield* fileCost(volume, fileIdAt(header.FH2$R_FID));
      usage.set(header.FH2$L_FILEOWNER, (usage.get(header.FH2$L_FILEOWNER) ?? 0) + cost);
    } catch (error) {
      if (!(error instanceof FileFailure)) throw error;
    }
  }
  for (const uic of usage.keys()) if (!quotas.find(uic)) yield* quotas.add(uic);
  for (let index = 1, record = quotas.record(1); record; index += 1, record = quotas.record(index)) {
    if (quotas.isFree(index)) continue;
    record.DQF$L_USAGE = usage.get(record.DQF$L_UIC) ?? 0;
    yield* quotas.store(record);
  }
}
