import { procedure, type Flow, type Microroutine } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import type { Kernel } from '../kernel.js';
import { RMS$_DUP, RMS$_EOF } from '../starlet/rmsdef.js';
import { SS$_ACCVIO, SS$_BUFFEROVF, SS$_DUPIDENT, SS$_IVIDENT, SS$_NORMAL, SS$_NOSUCHID } from '../starlet/ssdef.js';
import { writeQuad, textToBytes } from '../structures/memory.js';
import { ENVIRONMENTS } from './acl.js';
import { uicText } from './fao.js';
import { failedToOpen, KeyedFile, type KeyedFailure } from './keyed-file.js';
import {
  BY_HOLDER, BY_VALUE, findByName, findByValue, holderRecord, holdingOf, identifierOf, identifierRecord, KGB$M_RESOURCE, LONGEST_IDENTIFIER, longKey, RIGHTS_FILE,
  RIGHTS_LAYOUT, RIGHTS_PROTECTION, withRights, type Holding, type Identifier,
} from './rights-file.js';

/**
 * The rights database services: executive mode, through RMS. The context of a search ($IDTOASC of -1, $FIND_HELD, $FIND_HOLDER) is how many of the answers
 * have been given, so nothing stays open between two calls. @source VMS System Services Reference, V4.4: $ADD_IDENT ... $REM_IDENT
 */
const ALL_IDENTIFIERS = 0xffffffff;
const FIRST_GENERAL = 0x80010000;
const LAST_GENERAL = 0x8fffffff;

const isFailure = (answer: unknown): answer is KeyedFailure => typeof answer === 'object' && answer !== null && 'stv' in answer;

/** Stores a longword for the caller, if it wants one. @returns false when it cannot be written */
function store(k: Kernel, address: number, value: number): boolean {
  if (address === 0) return true;
  if (!k.callerCanWrite(address, 4)) return false;
  k.writeLong(address, value);
  return true;
}

/** A name: 1 to 31 characters, at least one of them no digit. */
function checkedName(k: Kernel, descriptor: number): string | number {
  const text = k.callerString(descriptor);
  if (text === undefined) return SS$_ACCVIO;
  const name = text.trim().toUpperCase();
  return /^[A-Z0-9_$]+$/.test(name) && /[^0-9]/.test(name) && name.length <= LONGEST_IDENTIFIER ? name : SS$_IVIDENT;
}

/** $ASCTOID name,[id],[attrib]. @returns SS$_NORMAL; SS$_ACCVIO; SS$_IVIDENT; SS$_NOSUCHID; RMS$_ */
const asctoid = procedure('EXE$ASCTOID', function* (p) {
  const k = p.kernel;
  const name = checkedName(k, p.argument(1));
  if (typeof name === 'number') return name;
  const found = yield* withRights(p, 'read', (file) => findByName(file, name));
  if (isFailure(found)) return found.status;
  if (found === undefined) return SS$_NOSUCHID;
  if (typeof found === 'number') return found;
  return store(k, p.argument(2), found.value) && store(k, p.argument(3), found.attributes) ? SS$_NORMAL : SS$_ACCVIO;
});

/** All identifiers, by value. */
function* identifiers(file: KeyedFile): Flow<Identifier[] | number> {
  const status = yield* file.rewind(BY_VALUE);
  if (!(status & 1)) return status;
  const found: Identifier[] = [];
  let record = yield* file.next();
  for (; typeof record !== 'number'; record = yield* file.next()) {
    const one = identifierOf(record);
    if (one) found.push(one);
  }
  return record === RMS$_EOF ? found : record;
}

/** All holders' records. */
function* holdings(file: KeyedFile): Flow<Holding[] | number> {
  const status = yield* file.rewind(BY_VALUE);
  if (!(status & 1)) return status;
  const found: Holding[] = [];
  let record = yield* file.next();
  for (; typeof record !== 'number'; record = yield* file.next()) {
    const one = holdingOf(record);
    if (one) found.push(one);
  }
  return record === RMS$_EOF ? found : record;
}

/** The next answer of a search: the one that `contxt` counts, which it then counts too. */
function nextOf<Answer>(k: Kernel, contxt: number, answers: readonly Answer[]): Answer | number {
  if (contxt !== 0 && !k.callerCanWrite(contxt, 4)) return SS$_ACCVIO;
  const done = contxt === 0 ? 0 : k.readLong(contxt);
  const answer = answers[done];
  if (contxt !== 0) k.writeLong(contxt, answer === undefined ? 0 : done + 1);
  return answer ?? SS$_NOSUCHID;
}

/**
 * $IDTOASC id,[namlen],[nambuf],[resid],[attrib],[contxt] - id -1: the next one of all.
 *
 * @returns SS$_NORMAL; SS$_ACCVIO; SS$_BUFFEROVF the name is cut; SS$_NOSUCHID; RMS$_
 */
const idtoasc = procedure('EXE$IDTOASC', function* (p) {
  const k = p.kernel;
  const [id, namlen, nambuf, resid, attrib, contxt] = [1, 2, 3, 4, 5, 6].map((number) => p.argument(number)) as [number, number, number, number, number, number];
  const answer = yield* withRights(p, 'read', function* (file): Flow<Identifier | number> {
    if (id !== ALL_IDENTIFIERS) return (yield* findByValue(file, id)) ?? SS$_NOSUCHID;
    const all = yield* identifiers(file);
    return typeof all === 'number' ? all : nextOf(k, contxt, all);
  });
  if (isFailure(answer)) return answer.status;
  if (typeof answer === 'number') return answer;
  if (!store(k, resid, answer.value) || !store(k, attrib, answer.attributes)) return SS$_ACCVIO;
  let length = answer.name.length;
  if (nambuf !== 0) {
    if (!k.callerCanRead(nambuf, 8)) return SS$_ACCVIO;
    length = Math.min(length, k.readWord(nambuf));
    const buffer = k.readLong(nambuf + 4);
    if (!k.callerCanWrite(buffer, length)) return SS$_ACCVIO;
    k.writeBytes(buffer, textToBytes(answer.name.slice(0, length)));
  }
  if (namlen !== 0) {
    if (!k.callerCanWrite(namlen, 2)) return SS$_ACCVIO;
    k.writeWord(namlen, length);
  }
  return length < answer.name.length ? SS$_BUFFEROVF : SS$_NORMAL;
});

/** The first general identifier value that is free. */
function freeValue(all: readonly Identifier[]): number | undefined {
  const used = new Set(all.map(({ value }) => value));
  for (let value = FIRST_GENERAL; value <= LAST_GENERAL; value += 1) if (!used.has(value)) return value;
  return undefined;
}

/** $ADD_IDENT name,[id],[attrib],[resid]. @returns SS$_NORMAL; SS$_ACCVIO; SS$_DUPIDENT; SS$_IVIDENT; RMS$_ */
const addIdent = procedure('EXE$ADD_IDENT', function* (p) {
  const k = p.kernel;
  const name = checkedName(k, p.argument(1));
  if (typeof name === 'number') return name;
  const added = yield* withRights(p, 'write', function* (file): Flow<Identifier | number> {
    const all = yield* identifiers(file);
    if (typeof all === 'number') return all;
    const value = p.argument(2) || freeValue(all);
    if (value === undefined || all.some((one) => one.value === value || one.name === name)) return SS$_DUPIDENT;
    const identifier = { value, name, attributes: p.argument(3) & KGB$M_RESOURCE };
    const status = yield* file.put(identifierRecord(identifier));
    return status & 1 ? identifier : status === RMS$_DUP ? SS$_DUPIDENT : status;
  });
  if (isFailure(added)) return added.status;
  if (typeof added === 'number') return added;
  return store(k, p.argument(4), added.value) ? SS$_NORMAL : SS$_ACCVIO;
});

/** Changes or takes away each record of a key that `wanted` accepts. */
function* forEach(file: KeyedFile, index: number, value: number, act: (record: Uint8Array) => Flow<number> | undefined): Flow<number> {
  let record = yield* file.find(longKey(value), { index });
  while (typeof record !== 'number') {
    const key = index === BY_VALUE ? identifierOf(record)?.value ?? holdingOf(record)?.value : holdingOf(record)?.holder;
    if (key !== value) break;
    const acting = act(record);
    const status = acting ? yield* acting : SS$_NORMAL;
    if (!(status & 1)) return status;
    record = yield* file.next();
  }
  return SS$_NORMAL;
}

/** $REM_IDENT id - with all its holders' records, and what it held itself. @returns SS$_NORMAL; SS$_NOSUCHID; RMS$_ */
const remIdent = procedure('EXE$REM_IDENT', function* (p) {
  const id = p.argument(1);
  const removed = yield* withRights(p, 'write', function* (file): Flow<number> {
    if ((yield* findByValue(file, id)) === undefined) return SS$_NOSUCHID;
    const status = yield* forEach(file, BY_VALUE, id, () => file.remove());
    if (!(status & 1) || id >>> 31 !== 0) return status;
    return yield* forEach(file, BY_HOLDER, id, () => file.remove());
  });
  return isFailure(removed) ? removed.status : removed;
});

/** $MOD_IDENT id,[set_attrib],[clr_attrib],[new_name],[new_value]. @returns SS$_NORMAL; SS$_ACCVIO; SS$_DUPIDENT; SS$_IVIDENT; SS$_NOSUCHID; RMS$_ */
const modIdent = procedure('EXE$MOD_IDENT', function* (p) {
  const [id, set, clear, newName, newValue] = [1, 2, 3, 4, 5].map((number) => p.argument(number)) as [number, number, number, number, number];
  const name = newName === 0 ? undefined : checkedName(p.kernel, newName);
  if (typeof name === 'number') return name;
  const changed = yield* withRights(p, 'write', function* (file): Flow<number> {
    const old = yield* findByValue(file, id);
    if (old === undefined) return SS$_NOSUCHID;
    if (typeof old === 'number') return old;
    const identifier = { value: newValue || id, name: name ?? old.name, attributes: (old.attributes | set) & ~clear & KGB$M_RESOURCE };
    if (identifier.name !== old.name && (yield* findByName(file, identifier.name)) !== undefined) return SS$_DUPIDENT;
    if (identifier.value !== id && (yield* findByValue(file, identifier.value)) !== undefined) return SS$_DUPIDENT;
    if (identifier.value === id) return yield* forEach(file, BY_VALUE, id, (record) => (identifierOf(record) ? file.update(identifierRecord(identifier)) : undefined));
    // The value is the primary key, which no record can change: they are written anew.
    const kept: Uint8Array[] = [identifierRecord(identifier)];
    let status = yield* forEach(file, BY_VALUE, id, (record) => {
      const holding = holdingOf(record);
      if (holding) kept.push(holderRecord({ ...holding, value: identifier.value }));
      return file.remove();
    });
    for (const record of kept) if (status & 1) status = yield* file.put(record);
    return status;
  });
  return isFailure(changed) ? changed.status : changed;
});

/** The holder that an argument points to. */
const holderAt = (k: Kernel, address: number): number | undefined => (k.callerCanRead(address, 8) ? k.readLong(address) : undefined);

/** $ADD_HOLDER id,holder,[attrib]. @returns SS$_NORMAL; SS$_ACCVIO; SS$_DUPIDENT; SS$_NOSUCHID; RMS$_ */
const addHolder = procedure('EXE$ADD_HOLDER', function* (p) {
  const holder = holderAt(p.kernel, p.argument(2));
  if (holder === undefined) return SS$_ACCVIO;
  const value = p.argument(1);
  const added = yield* withRights(p, 'write', function* (file): Flow<number> {
    if ((yield* findByValue(file, value)) === undefined) return SS$_NOSUCHID;
    const all = yield* holdings(file);
    if (typeof all === 'number') return all;
    if (all.some((one) => one.value === value && one.holder === holder)) return SS$_DUPIDENT;
    return yield* file.put(holderRecord({ value, holder, attributes: p.argument(3) & KGB$M_RESOURCE }));
  });
  return isFailure(added) ? added.status : added;
});

/** $REM_HOLDER id,holder. @returns SS$_NORMAL; SS$_ACCVIO; SS$_NOSUCHID; RMS$_ */
const remHolder = procedure('EXE$REM_HOLDER', function* (p) {
  const holder = holderAt(p.kernel, p.argument(2));
  if (holder === undefined) return SS$_ACCVIO;
  let found = false;
  const removed = yield* withRights(p, 'write', (file) => forEach(file, BY_VALUE, p.argument(1), (record) => {
    if (holdingOf(record)?.holder !== holder) return undefined;
    found = true;
    return file.remove();
  }));
  if (isFailure(removed)) return removed.status;
  return found || !(removed & 1) ? removed : SS$_NOSUCHID;
});

/** $MOD_HOLDER id,holder,[set_attrib],[clr_attrib]. @returns SS$_NORMAL; SS$_ACCVIO; SS$_NOSUCHID; RMS$_ */
const modHolder = procedure('EXE$MOD_HOLDER', function* (p) {
  const holder = holderAt(p.kernel, p.argument(2));
  if (holder === undefined) return SS$_ACCVIO;
  let found = false;
  const changed = yield* withRights(p, 'write', (file) => forEach(file, BY_VALUE, p.argument(1), (record) => {
    const holding = holdingOf(record);
    if (holding?.holder !== holder) return undefined;
    found = true;
    return file.update(holderRecord({ ...holding, attributes: (holding.attributes | p.argument(3)) & ~p.argument(4) & KGB$M_RESOURCE }));
  }));
  if (isFailure(changed)) return changed.status;
  return found || !(changed & 1) ? changed : SS$_NOSUCHID;
});

/** $FIND_HELD holder,[id],[attrib],[contxt]; $FIND_HOLDER id,[holder],[attrib],[contxt]. @returns SS$_NORMAL; SS$_ACCVIO; SS$_NOSUCHID no more; RMS$_ */
function* findHolding(p: Procedure, wanted: (one: Holding) => boolean, answer: (one: Holding) => boolean): Flow<number> {
  const found = yield* withRights(p, 'read', function* (file): Flow<Holding | number> {
    const all = yield* holdings(file);
    return typeof all === 'number' ? all : nextOf(p.kernel, p.argument(4), all.filter(wanted));
  });
  if (isFailure(found)) return found.status;
  if (typeof found === 'number') return found;
  return answer(found) && store(p.kernel, p.argument(3), found.attributes) ? SS$_NORMAL : SS$_ACCVIO;
}

const findHeld = procedure('EXE$FIND_HELD', function* (p) {
  const holder = holderAt(p.kernel, p.argument(1));
  if (holder === undefined) return SS$_ACCVIO;
  return yield* findHolding(p, (one) => one.holder === holder, (one) => store(p.kernel, p.argument(2), one.value));
});

const findHolder = procedure('EXE$FIND_HOLDER', (p) => findHolding(p, (one) => one.value === p.argument(1), (one) => {
  const address = p.argument(2);
  if (address !== 0 && !p.kernel.callerCanWrite(address, 8)) return false;
  if (address !== 0) writeQuad(p.memory, address, BigInt(one.holder));
  return true;
}));

/** What the system itself grants. */
export const ENVIRONMENT: readonly Identifier[] = Object.entries(ENVIRONMENTS).map(([name, value]) => ({ name, value, attributes: 0 }));

/** $CREATE_RDB [sysid] - a new RIGHTSLIST.DAT with the identifiers of the system. @returns SS$_NORMAL; RMS$_ */
const createRdb = procedure('EXE$CREATE_RDB', function* (p) {
  return yield* p.scratch(function* () {
    const file = yield* KeyedFile.create(p, RIGHTS_FILE, RIGHTS_LAYOUT, { isSystemFile: true, protection: RIGHTS_PROTECTION });
    if (failedToOpen(file)) return file.status;
    let status: number = SS$_NORMAL;
    for (const identifier of ENVIRONMENT) if (status & 1) status = yield* file.put(identifierRecord(identifier));
    yield* file.close();
    return status;
  });
});

/** $FINISH_RDB contxt - a search is given up. @returns SS$_NORMAL; SS$_ACCVIO */
const finishRdb = procedure('EXE$FINISH_RDB', function* (p) {
  if (!p.kernel.callerCanWrite(p.argument(1), 4)) return SS$_ACCVIO;
  p.kernel.writeLong(p.argument(1), 0);
  return SS$_NORMAL;
});

/** The name of an identifier by $IDTOASC; undefined when it has none. */
export function* identifierName(p: Procedure, value: number): Flow<string | undefined> {
  return yield* p.scratch(function* () {
    const [buffer, length] = [p.allocate(32), p.allocate(4)];
    const status = yield* service(p, '$IDTOASC', { id: value, namlen: length, nambuf: p.descriptor(LONGEST_IDENTIFIER, buffer) });
    return status & 1 ? String.fromCharCode(...p.memory.readBytes(buffer, p.memory.readWord(length))) : undefined;
  });
}

/** Member number of the identifier of a group. */
const WHOLE_GROUP = 0xffff;

/** A UIC as the system shows it: `[SYSTEM]`, with the name of its group `[SYS,SYSTEM]`, and `[1,4]` when it has no name. */
export function* ownerText(p: Procedure, uic: number): Flow<string> {
  const member = uic === 0 ? undefined : yield* identifierName(p, uic);
  if (member === undefined) return uicText(uic);
  if (uic >>> 31 !== 0) return member;
  const group = yield* identifierName(p, (uic | WHOLE_GROUP) >>> 0);
  return group === undefined ? `[${member}]` : `[${group},${member}]`;
}

/** `ownerText`, asked once for each UIC. */
export class OwnerNames {
  private readonly known = new Map<number, string>();

  constructor(private readonly p: Procedure) {}

  *text(uic: number): Flow<string> {
    const known = this.known.get(uic) ?? (yield* ownerText(this.p, uic));
    this.known.set(uic, known);
    return known;
  }
}

export const RIGHTS_ROUTINES: readonly Microroutine[] = [asctoid, idtoasc, addIdent, remIdent, modIdent, addHolder, modHolder, remHolder, findHeld, findHolder, createRdb, finishRdb];
