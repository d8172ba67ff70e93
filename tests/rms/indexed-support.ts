import type { Flow } from '../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../src/executive/gate/procedure.js';
import { service } from '../../src/executive/gate/service-call.js';
import { FAB$C_IDX, FAB$C_VAR, FAB$M_BIO, FAB$M_DEL, FAB$M_GET, FAB$M_PUT, FAB$M_UPD } from '../../src/executive/starlet/fabdef.js';
import { RAB$C_KEY } from '../../src/executive/starlet/rabdef.js';
import { XAB$C_ALL, XAB$C_ALLLEN, XAB$C_KEY, XAB$C_KEYLEN, XAB$C_SUM, XAB$C_SUMLEN, XAB$M_DAT_NCMPR, XAB$M_IDX_NCMPR, XAB$M_KEY_NCMPR, XABALL, XABKEY, XABSUM } from '../../src/executive/starlet/xabdef.js';
import { textToBytes } from '../../src/executive/structures/memory.js';
import { makeFab, makeRab, type FabView, type RabView } from './support.js';

export const EVERYTHING = FAB$M_PUT | FAB$M_GET | FAB$M_UPD | FAB$M_DEL;

export interface KeySpec {
  readonly segments: readonly (readonly [position: number, size: number])[];
  readonly type?: number;
  readonly flags?: number;
  readonly nullValue?: number;
  readonly areas?: readonly [index: number, lowest: number, data: number];
}

/** Flags of a key whose entries lie as they are. */
export const NOT_COMPRESSED = XAB$M_KEY_NCMPR | XAB$M_IDX_NCMPR | XAB$M_DAT_NCMPR;

/** Hangs an XAB on the FAB's chain. */
export function chainXab(p: Procedure, fab: FabView, address: number): void {
  p.memory.writeLong(address + 4, fab.FAB$L_XAB);
  fab.FAB$L_XAB = address;
}

export function keyXab(p: Procedure, fab: FabView, reference: number, spec: KeySpec): ReturnType<typeof XABKEY.at> {
  const xab = XABKEY.at(p.memory, p.allocate(XAB$C_KEYLEN));
  xab.XAB$B_COD = XAB$C_KEY;
  xab.XAB$B_BLN = XAB$C_KEYLEN;
  xab.XAB$B_REF = reference;
  xab.XAB$B_DTP = spec.type ?? 0;
  xab.XAB$B_FLG = spec.flags ?? 0;
  xab.XAB$B_NUL = spec.nullValue ?? 0;
  [xab.XAB$B_IAN, xab.XAB$B_LAN, xab.XAB$B_DAN] = spec.areas ?? [0, 0, 0];
  spec.segments.forEach(([position, size], index) => {
    p.memory.writeWord(xab.address + XABKEY.offset.XAB$W_POS0 + 2 * index, position);
    p.memory.writeByte(xab.address + XABKEY.offset.XAB$B_SIZ0 + index, size);
  });
  chainXab(p, fab, xab.address);
  return xab;
}

export function areaXab(p: Procedure, fab: FabView, id: number, blocks: number, bucket: number): ReturnType<typeof XABALL.at> {
  const xab = XABALL.at(p.memory, p.allocate(XAB$C_ALLLEN));
  xab.XAB$B_COD = XAB$C_ALL;
  xab.XAB$B_BLN = XAB$C_ALLLEN;
  xab.XAB$B_AID = id;
  xab.XAB$L_ALQ = blocks;
  xab.XAB$B_BKZ = bucket;
  chainXab(p, fab, xab.address);
  return xab;
}

export function summaryXab(p: Procedure, fab: FabView): ReturnType<typeof XABSUM.at> {
  const xab = XABSUM.at(p.memory, p.allocate(XAB$C_SUMLEN));
  xab.XAB$B_COD = XAB$C_SUM;
  xab.XAB$B_BLN = XAB$C_SUMLEN;
  chainXab(p, fab, xab.address);
  return xab;
}

/** A FAB for an indexed file with these keys; XABs are chained to it. */
export function indexedFab(p: Procedure, keys: readonly KeySpec[], fields: Parameters<typeof makeFab>[2] = {}, bks = 1): FabView {
  const fab = makeFab(p, 'I.DAT', { fac: EVERYTHING, org: FAB$C_IDX, rfm: FAB$C_VAR, ...fields });
  fab.FAB$B_BKS = bks;
  [...keys.entries()].reverse().forEach(([reference, key]) => keyXab(p, fab, reference, key));
  return fab;
}

/** A stream with room for keys. */
export function* openStream(p: Procedure, fab: FabView, how: '$CREATE' | '$OPEN'): Flow<RabView> {
  const status = yield* service(p, how, { fab: fab.address });
  if (!(status & 1)) throw new Error(`${how}: ${status.toString(16)} ${fab.FAB$L_STV.toString(16)}`);
  const rab = makeRab(p, fab, 1024);
  rab.RAB$L_KBF = p.allocate(256);
  const connected = yield* service(p, '$CONNECT', { rab: rab.address });
  if (!(connected & 1)) throw new Error(`$CONNECT: ${connected.toString(16)}`);
  return rab;
}

export function setKey(p: Procedure, rab: RabView, key: string | Uint8Array, reference = 0, options = 0): void {
  const bytes = typeof key === 'string' ? textToBytes(key) : key;
  p.memory.writeBytes(rab.RAB$L_KBF, bytes);
  rab.RAB$B_KSZ = bytes.length;
  rab.RAB$B_KRF = reference;
  rab.RAB$B_RAC = RAB$C_KEY;
  rab.RAB$L_ROP = options;
}

/** Reads or writes a block of I.DAT, with the file closed otherwise. */
export function* rawBlock(p: Procedure, vbn: number, change?: (bytes: Uint8Array) => void): Flow<Uint8Array> {
  return yield* p.scratch(function* () {
    const fab = makeFab(p, 'I.DAT', { fac: FAB$M_BIO | FAB$M_GET | FAB$M_PUT });
    yield* service(p, '$OPEN', { fab: fab.address });
    const rab = makeRab(p, fab);
    yield* service(p, '$CONNECT', { rab: rab.address });
    rab.RAB$L_BKT = vbn;
    const status = yield* service(p, '$READ', { rab: rab.address });
    const bytes = p.memory.readBytes(rab.RAB$L_UBF, 512);
    if (change && status & 1) {
      change(bytes);
      p.memory.writeBytes(rab.RAB$L_UBF, bytes);
      rab.RAB$L_RBF = rab.RAB$L_UBF;
      rab.RAB$W_RSZ = 512;
      yield* service(p, '$WRITE', { rab: rab.address });
    }
    yield* service(p, '$CLOSE', { fab: fab.address });
    return bytes;
  });
}

/** Writes the first blocks of I.DAT. */
export function* restoreBlocks(p: Procedure, blocks: readonly Uint8Array[]): Flow<void> {
  yield* p.scratch(function* () {
    const fab = makeFab(p, 'I.DAT', { fac: FAB$M_BIO | FAB$M_GET | FAB$M_PUT });
    yield* service(p, '$OPEN', { fab: fab.address });
    const rab = makeRab(p, fab, 512 * blocks.length);
    yield* service(p, '$CONNECT', { rab: rab.address });
    blocks.forEach((bytes, index) => p.memory.writeBytes(rab.RAB$L_UBF + 512 * index, bytes));
    rab.RAB$L_BKT = 1;
    rab.RAB$L_RBF = rab.RAB$L_UBF;
    rab.RAB$W_RSZ = 512 * blocks.length;
    yield* service(p, '$WRITE', { rab: rab.address });
    yield* service(p, '$CLOSE', { fab: fab.address });
    return 0;
  });
}
