import type { Procedure } from '../../executive/gate/procedure.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import { FAB$M_DEL, FAB$M_PUT, FAB$M_UPD } from '../../executive/starlet/fabdef.js';
import { RAB$C_KEY, RAB$C_RFA, RAB$C_SEQ } from '../../executive/starlet/rabdef.js';
import {
  RMS$_CHG, RMS$_CUR, RMS$_DEL, RMS$_DUP, RMS$_EOF, RMS$_FAC, RMS$_KBF, RMS$_KRF, RMS$_KSZ, RMS$_NORMAL, RMS$_OK_DUP, RMS$_OK_IDX, RMS$_OK_LIM, RMS$_RAC, RMS$_RFA,
  RMS$_RNF, RMS$_RSZ, RMS$_SEQ, RMS$_TRE,
} from '../../executive/starlet/rmsdef.js';
import { XAB$C_STG } from '../../executive/starlet/xabdef.js';
import type { Completion, RecordOperation } from '../operation.js';
import { RecordFailure, failRecord } from '../records/failure.js';
import { isLocked, lockRecord, releaseAutomatic, requireLock, type RecordAddress } from '../records/locking.js';
import { callerRecord, changed, checkUserBuffer, deliver, setCurrent, structured } from '../records/structured.js';
import { IRB$C_KEYROOM } from '../structures.js';
import { entryOf, hasRoomFor, recordData } from './buckets.js';
import { addEntry, removePointer, removeRecord, replaceRecord } from './change.js';
import { compareKeys, indexedKey, KEY$M_CHGKEYS, KEY$M_DUPKEYS, keyIn, type KeyDescriptor } from './keys.js';
import {
  entryAt, firstEntry, isEmpty, isSameAddress, NO_BUCKET, openIndexed, readLeaf, recordByAddress, seek, settle, sight, type IndexedFile, type Place, type Sighting,
} from './tree.js';

/**
 * Records of indexed files. Where a stream stands is the key of reference, the key and the RFA of the record it got last (IRB$L_KEYBUF, NRP), how many
 * of the same key are before it, and the bucket it was in, where the next one is looked for first.
 */
const NONE = new Uint8Array(0);
const LONGEST_RECORD = 32767;

function keyBuffer(p: Procedure, { irab }: RecordOperation, which: 'position' | 'put'): Uint8Array {
  const at = irab.IRB$L_KEYBUF + (which === 'put' ? IRB$C_KEYROOM : 0);
  const size = which === 'put' ? irab.IRB$B_PUTSZ : irab.IRB$B_KEYSZ;
  return size === 0 ? NONE : p.memory.readBytes(at, size);
}

function keyNumber(file: IndexedFile, reference: number): KeyDescriptor {
  return file.keys[reference] ?? failRecord(RMS$_KRF);
}

/** A record found in the order of a key. */
interface Hit extends Sighting {
  readonly key: KeyDescriptor;
  readonly ordinal: number;
}

function hitAt(key: KeyDescriptor, place: Place, ordinal: number): Hit {
  return { key, entry: entryAt(place), bucket: place.leaf.vbn, ordinal };
}

function standsAt({ irab }: RecordOperation): RecordAddress {
  return { vbn: irab.IRB$L_NRP_VBN, id: irab.IRB$W_NRP_OFF };
}

/** From here the stream goes on behind the record. */
function setPosition(p: Procedure, { irab }: RecordOperation, { key, entry, bucket, ordinal }: Hit): void {
  p.memory.writeBytes(irab.IRB$L_KEYBUF, entry.key);
  irab.IRB$B_KRF = key.reference;
  irab.IRB$B_KEYSZ = entry.key.length;
  irab.IRB$L_NRP_VBN = entry.address.vbn;
  irab.IRB$W_NRP_OFF = entry.address.id;
  irab.IRB$L_ORDINAL = ordinal;
  irab.IRB$L_HINT = bucket;
  irab.IRB$V_ATSTART = 0;
  irab.IRB$V_EOF = 0;
}

/** The record behind the one the stream stands at. Fails with RMS$_EOF, RMS$_TRE. */
function* nextHit(p: Procedure, operation: RecordOperation, file: IndexedFile): ThreadFlow<Hit> {
  const { irab } = operation;
  if (irab.IRB$V_EOF) failRecord(RMS$_EOF);
  const key = keyNumber(file, irab.IRB$B_KRF);
  if (irab.IRB$V_ATSTART) {
    const place = (yield* firstEntry(file, key)) ?? failRecord(RMS$_EOF);
    return hitAt(key, place, 0);
  }
  if (isEmpty(key)) failRecord(RMS$_EOF);
  const last = keyBuffer(p, operation, 'position');
  const place = (yield* fromHint(operation, file, key)) ?? (yield* afterKey(operation, file, key, last)) ?? failRecord(RMS$_EOF);
  const order = compareKeys(key, last, entryAt(place).key);
  if (order > 0) failRecord(RMS$_TRE);
  return hitAt(key, place, order < 0 ? 0 : isStill(operation) ? irab.IRB$L_ORDINAL : irab.IRB$L_ORDINAL + 1);
}

/** The record the stream stood at is no longer where it was: the next has taken its place among those of its key. */
function isStill({ irab }: RecordOperation): boolean {
  return irab.IRB$L_HINT === 0;
}

/** The bucket where the last record was, when it is still in it. */
function* fromHint(operation: RecordOperation, file: IndexedFile, key: KeyDescriptor): ThreadFlow<Place | undefined> {
  const { irab } = operation;
  if (irab.IRB$L_HINT === 0) return undefined;
  const leaf = yield* readLeaf(file, key, irab.IRB$L_HINT);
  const address = standsAt(operation);
  const last = keyBuffer(file.p, operation, 'position');
  const index = leaf.entries.findIndex((entry) => isSameAddress(entry.address, address) && compareKeys(key, last, entry.key) === 0);
  if (index < 0) return undefined;
  return (yield* settle(file, key, { leaf, index: index + 1 })) ?? failRecord(RMS$_EOF);
}

/** The next one by key: behind the record itself when it is still there, else as many of its key further as were before it. */
function* afterKey(operation: RecordOperation, file: IndexedFile, key: KeyDescriptor, last: Uint8Array): ThreadFlow<Place | undefined> {
  const { irab } = operation;
  const address = standsAt(operation);
  const first = yield* seek(file, key, { key: last, above: false });
  let place = first;
  let instead: Place | undefined;
  for (let count = 0; place && compareKeys(key, last, entryAt(place).key) === 0; count += 1) {
    if (isSameAddress(entryAt(place).address, address)) return yield* settle(file, key, { leaf: place.leaf, index: place.index + 1 });
    if (count === irab.IRB$L_ORDINAL) instead = place;
    place = yield* settle(file, key, { leaf: place.leaf, index: place.index + 1 });
  }
  irab.IRB$L_HINT = 0;
  return instead ?? place;
}

/** How many records of the same key are before this one. */
function* ordinalOf(file: IndexedFile, key: KeyDescriptor, value: Uint8Array, address: RecordAddress): ThreadFlow<number> {
  if (!(key.flags & KEY$M_DUPKEYS)) return 0;
  let place = yield* seek(file, key, { key: value, above: false });
  for (let count = 0; place; count += 1) {
    if (isSameAddress(entryAt(place).address, address)) return count;
    place = yield* settle(file, key, { leaf: place.leaf, index: place.index + 1 });
  }
  return 0;
}

/** RAB$L_KBF and RAB$B_KSZ. Fails with RMS$_KBF, RMS$_KSZ. */
function callerKey(p: Procedure, { rab, mode }: RecordOperation, key: KeyDescriptor): Uint8Array {
  const size = rab.RAB$B_KSZ || key.size;
  if (size > key.size || (key.type !== XAB$C_STG && size !== key.size)) failRecord(RMS$_KSZ);
  if (!p.kernel.cpu.probe(rab.RAB$L_KBF, size, mode, false)) failRecord(RMS$_KBF);
  return p.memory.readBytes(rab.RAB$L_KBF, size);
}

function* hitByKey(p: Procedure, operation: RecordOperation, file: IndexedFile): ThreadFlow<Hit> {
  const { rab } = operation;
  const key = keyNumber(file, rab.RAB$B_KRF);
  const value = callerKey(p, operation, key);
  const isExact = !rab.RAB$V_KGE && !rab.RAB$V_KGT;
  const found = (yield* sight(file, key, { key: value, above: rab.RAB$V_KGT !== 0 })) ?? failRecord(RMS$_RNF);
  if (isExact && compareKeys(key, value, found.entry.key) !== 0) failRecord(RMS$_RNF);
  return { key, ...found, ordinal: 0 };
}

function* hitByAddress(operation: RecordOperation, file: IndexedFile): ThreadFlow<Hit> {
  const { rab } = operation;
  const address = { vbn: rab.RAB$L_RFA0, id: rab.RAB$W_RFA4 };
  const key = file.keys[0]!;
  if (address.vbn < 2 || address.id === 0) failRecord(RMS$_RFA);
  try {
    const place = yield* recordByAddress(file, address);
    return hitAt(key, place, yield* ordinalOf(file, key, entryAt(place).key, address));
  } catch (problem) {
    if (problem instanceof RecordFailure && NO_BUCKET.has(problem.status)) failRecord(RMS$_RFA);
    throw problem;
  }
}

/** The record of a hit: what an alternate index points to. */
function* recordOf(file: IndexedFile, { key, entry }: Hit): ThreadFlow<Uint8Array> {
  const found = key.reference === 0 ? entry : entryAt(yield* recordByAddress(file, entry.address));
  return recordData(file.keys[0]!, found, file.fixed);
}

/** $GET and $FIND. */
export function* getIndexed(p: Procedure, operation: RecordOperation, isFind = false): ThreadFlow<Completion> {
  const { rab, irab } = operation;
  return yield* structured(p, operation, true, function* (waited) {
    if (!isFind) checkUserBuffer(p, operation);
    const file = yield* openIndexed(p, operation);
    const wasFound = rab.RAB$B_RAC === RAB$C_SEQ && irab.IRB$V_FOUND !== 0 && !isFind;
    if (rab.RAB$B_RAC > RAB$C_RFA) failRecord(RMS$_RAC);
    const hit = wasFound ? undefined
      : rab.RAB$B_RAC === RAB$C_SEQ ? yield* nextHit(p, operation, file)
        : rab.RAB$B_RAC === RAB$C_KEY ? yield* hitByKey(p, operation, file) : yield* hitByAddress(operation, file);
    const address = hit ? hit.entry.address : { vbn: irab.IRB$L_RP_VBN, id: irab.IRB$W_RP_OFF };
    const status = yield* lockRecord(p, operation, address, waited);
    const data = hit ? yield* recordOf(file, hit) : recordData(file.keys[0]!, entryAt(yield* recordByAddress(file, address)), file.fixed);
    const completion = isFind ? { status } : deliver(p, operation, { control: NONE, data }, status);
    if (hit) setPosition(p, operation, hit);
    setCurrent(operation, address, data.length);
    irab.IRB$V_FOUND = isFind ? 1 : 0;
    irab.IRB$V_LASTPUT = 0;
    return isPastLimit(p, operation, hit) && completion.status === RMS$_NORMAL ? { status: RMS$_OK_LIM } : completion;
  });
}

/** RAB$V_LIM: a sequential $GET tells when it has come past the key in RAB$L_KBF. */
function isPastLimit(p: Procedure, operation: RecordOperation, hit: Hit | undefined): boolean {
  if (!hit || !operation.rab.RAB$V_LIM || operation.rab.RAB$B_RAC !== RAB$C_SEQ) return false;
  return compareKeys(hit.key, callerKey(p, operation, hit.key), hit.entry.key) < 0;
}

function checkSize(operation: RecordOperation, file: IndexedFile, data: Uint8Array): void {
  const primary = file.keys[0]!;
  const maximum = operation.ifab.IFB$W_MRS || LONGEST_RECORD;
  if (file.fixed > 0 ? data.length !== file.fixed : data.length > maximum) failRecord(RMS$_RSZ);
  if (data.length < primary.shortest || !hasRoomFor(entryOf(primary, data, { vbn: 0, id: 0 }, 0), primary, file.fixed)) failRecord(RMS$_RSZ);
}

/** Whether there is a record with this key. Fails with RMS$_DUP when there may be only one. */
function* isDuplicate(file: IndexedFile, key: KeyDescriptor, value: Uint8Array): ThreadFlow<boolean> {
  const found = yield* sight(file, key, { key: value, above: false });
  if (!found || compareKeys(key, value, found.entry.key) !== 0) return false;
  return (key.flags & KEY$M_DUPKEYS) !== 0 || failRecord(RMS$_DUP);
}

/** What goes into the alternate indexes for a record. */
function alternates(file: IndexedFile, data: Uint8Array): { readonly key: KeyDescriptor; readonly value: Uint8Array | undefined }[] {
  return file.keys.slice(1).map((key) => ({ key, value: indexedKey(key, data) }));
}

/** $PUT. In sequential access records come in the order of the primary key. */
export function* putIndexed(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  const { rab, irab, ifab } = operation;
  return yield* structured(p, operation, false, function* (waited) {
    if (!(ifab.IFB$B_FAC & FAB$M_PUT)) failRecord(RMS$_FAC);
    if (rab.RAB$B_RAC !== RAB$C_SEQ && rab.RAB$B_RAC !== RAB$C_KEY) failRecord(RMS$_RAC);
    const { data } = callerRecord(p, operation, LONGEST_RECORD);
    const file = yield* openIndexed(p, operation);
    checkSize(operation, file, data);
    const primary = file.keys[0]!;
    const value = keyIn(primary, data);
    if (rab.RAB$B_RAC === RAB$C_SEQ && irab.IRB$V_LASTPUT && compareKeys(primary, value, keyBuffer(p, operation, 'put')) < 0) failRecord(RMS$_SEQ);
    if (rab.RAB$V_UIF && !(primary.flags & KEY$M_DUPKEYS)) {
      const place = yield* seek(file, primary, { key: value, above: false });
      if (place && compareKeys(primary, value, entryAt(place).key) === 0) {
        const { address } = entryAt(place);
        yield* lockRecord(p, operation, address, waited);
        const completion = yield* rewrite(operation, file, address, recordData(primary, entryAt(place), file.fixed), data);
        return yield* finishPut(p, operation, address, data, completion);
      }
    }
    let status: number = (yield* isDuplicate(file, primary, value)) ? RMS$_OK_DUP : RMS$_NORMAL;
    const others = alternates(file, data);
    for (const other of others) if (other.value && (yield* isDuplicate(file, other.key, other.value))) status = RMS$_OK_DUP;
    changed(operation);
    const entry = entryOf(primary, data, { vbn: 0, id: 0 }, 0);
    if (!(yield* addEntry(file, 0, entry))) status = RMS$_OK_IDX;
    const done: { readonly key: KeyDescriptor; readonly value: Uint8Array }[] = [];
    try {
      for (const other of others) {
        if (!other.value) continue;
        if (!(yield* addEntry(file, other.key.reference, { key: other.value, address: entry.address }))) status = RMS$_OK_IDX;
        done.push({ key: other.key, value: other.value });
      }
    } catch (problem) {
      if (!(problem instanceof RecordFailure)) throw problem;
      yield* undo(file, entry.address, done);
      throw problem;
    }
    p.memory.writeBytes(irab.IRB$L_KEYBUF + IRB$C_KEYROOM, value);
    irab.IRB$B_PUTSZ = value.length;
    if (rab.RAB$V_ULK) yield* lockRecord(p, operation, entry.address);
    irab.IRB$V_LASTPUT = rab.RAB$B_RAC === RAB$C_SEQ ? 1 : 0;
    return yield* finishPut(p, operation, entry.address, data, { status });
  });
}

/** A record that could not be entered in every index is taken out again, as far as that goes. */
function* undo(file: IndexedFile, address: RecordAddress, done: readonly { readonly key: KeyDescriptor; readonly value: Uint8Array }[]): ThreadFlow<void> {
  try {
    for (const { key, value } of done) yield* removePointer(file, file.keys[key.reference]!, value, address);
    yield* removeRecord(file, address);
  } catch (problem) {
    if (!(problem instanceof RecordFailure)) throw problem;
  }
}

function* finishPut(p: Procedure, operation: RecordOperation, address: RecordAddress, data: Uint8Array, completion: Completion): ThreadFlow<Completion> {
  setCurrent(operation, address, data.length);
  operation.irab.IRB$V_CURRENT = 0;
  operation.irab.IRB$V_FOUND = 0;
  yield* releaseAutomatic(p, operation);
  return completion;
}

/** Puts a record in the place of another with the same primary key. Fails with RMS$_CHG, RMS$_DUP. */
function* rewrite(operation: RecordOperation, file: IndexedFile, address: RecordAddress, before: Uint8Array, after: Uint8Array): ThreadFlow<Completion> {
  let status: number = RMS$_NORMAL;
  const old = alternates(file, before);
  const changes = alternates(file, after).flatMap(({ key, value }, index) => {
    const gone = old[index]!.value;
    return gone && value && compareKeys(key, gone, value) === 0 ? [] : gone || value ? [{ key, value, gone }] : [];
  });
  for (const { key, value, gone } of changes) {
    if (gone && !(key.flags & KEY$M_CHGKEYS)) failRecord(RMS$_CHG);
    if (value && (yield* isDuplicate(file, key, value))) status = RMS$_OK_DUP;
  }
  changed(operation);
  if (!(yield* replaceRecord(file, address, after))) status = RMS$_OK_IDX;
  for (const { key, value, gone } of changes) {
    if (gone) yield* removePointer(file, file.keys[key.reference]!, gone, address);
    if (value && !(yield* addEntry(file, key.reference, { key: value, address }))) status = RMS$_OK_IDX;
  }
  return { status };
}

/** The current record. Fails with RMS$_CUR, RMS$_RNL, RMS$_DEL. */
function* currentRecord(p: Procedure, operation: RecordOperation, file: IndexedFile): ThreadFlow<{ readonly address: RecordAddress; readonly data: Uint8Array }> {
  const { irab } = operation;
  const address = { vbn: irab.IRB$L_RP_VBN, id: irab.IRB$W_RP_OFF };
  requireLock(p, operation, address);
  try {
    return { address, data: recordData(file.keys[0]!, entryAt(yield* recordByAddress(file, address)), file.fixed) };
  } catch (problem) {
    if (problem instanceof RecordFailure && problem.status === RMS$_RNF) failRecord(RMS$_DEL);
    throw problem;
  }
}

function* endCurrent(p: Procedure, operation: RecordOperation, address: RecordAddress): ThreadFlow<void> {
  operation.irab.IRB$V_CURRENT = 0;
  operation.irab.IRB$V_FOUND = 0;
  operation.irab.IRB$V_LASTPUT = 0;
  if (isLocked(p, operation.irab, address)) yield* releaseAutomatic(p, operation);
}

/** $UPDATE: the primary key stays; alternate keys change where they may. */
export function* updateIndexed(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  return yield* structured(p, operation, false, function* () {
    if (!(operation.ifab.IFB$B_FAC & FAB$M_UPD)) failRecord(RMS$_FAC);
    if (!operation.irab.IRB$V_CURRENT) failRecord(RMS$_CUR);
    const file = yield* openIndexed(p, operation);
    const { address, data: before } = yield* currentRecord(p, operation, file);
    const { data } = callerRecord(p, operation, LONGEST_RECORD);
    checkSize(operation, file, data);
    const primary = file.keys[0]!;
    if (compareKeys(primary, keyIn(primary, before), keyIn(primary, data)) !== 0) failRecord(RMS$_CHG);
    const completion = yield* rewrite(operation, file, address, before, data);
    yield* endCurrent(p, operation, address);
    return completion;
  });
}

/** $DELETE. */
export function* deleteIndexed(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  return yield* structured(p, operation, false, function* () {
    if (!(operation.ifab.IFB$B_FAC & FAB$M_DEL)) failRecord(RMS$_FAC);
    if (!operation.irab.IRB$V_CURRENT) failRecord(RMS$_CUR);
    const file = yield* openIndexed(p, operation);
    const { address, data } = yield* currentRecord(p, operation, file);
    changed(operation);
    for (const { key, value } of alternates(file, data)) if (value) yield* removePointer(file, key, value, address);
    yield* removeRecord(file, address);
    yield* endCurrent(p, operation, address);
    return { status: RMS$_NORMAL };
  });
}

/** $REWIND: the first record in the order of RAB$B_KRF is the next. */
export function* rewindIndexed(p: Procedure, operation: RecordOperation): ThreadFlow<Completion> {
  const { rab, irab } = operation;
  return yield* structured(p, operation, false, function* () {
    keyNumber(yield* openIndexed(p, operation), rab.RAB$B_KRF);
    yield* releaseAutomatic(p, operation);
    irab.IRB$B_KRF = rab.RAB$B_KRF;
    irab.IRB$V_ATSTART = 1;
    irab.IRB$V_EOF = 0;
    irab.IRB$V_CURRENT = 0;
    irab.IRB$V_FOUND = 0;
    irab.IRB$V_LASTPUT = 0;
    return { status: RMS$_NORMAL };
  });
}

