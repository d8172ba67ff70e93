import type { Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { RMS$_RNF } from '../starlet/rmsdef.js';
import { XAB$C_BN4, XAB$M_CHG, XAB$M_DUP } from '../starlet/xabdef.js';
import { ArrayMemory, bytesToText, textToBytes } from '../structures/memory.js';
import { structure } from '../structures/structure.js';
import { failedToOpen, KeyedFile, makeIndexed, type KeyedFailure, type KeyedLayout } from './keyed-file.js';

/**
 * RIGHTSLIST.DAT: identifiers with their names, and who holds them. A record of 48 bytes defines an identifier, one of 16 bytes says that a holder has it.
 * @source layout of the public $KGBDEF; VMS System Services Reference, rights database
 */
export const KGB = structure('KGB', 48, {
  0x00: ['KGB$L_IDENTIFIER', 'value: a UIC, or with bit 31 a general identifier'],
  0x04: ['KGB$L_ATTRIBUTES', 'KGB$V_RESOURCE'],
  0x08: ['KGB$Q_HOLDER', 'UIC of the holder; 0 in the record that defines the identifier'],
  0x10: ['KGB$T_NAME', 32, 'name, blank filled'],
});
export const KGB$S_HOLDER_RECORD = 16;
export const KGB$M_RESOURCE = 1;
const NAME_SIZE = 32;
export const LONGEST_IDENTIFIER = 31;

/** Keys of the file: value, holder, name. */
export const [BY_VALUE, BY_HOLDER, BY_NAME] = [0, 1, 2];

export const RIGHTS_LAYOUT: KeyedLayout = {
  keys: [
    { position: 0, size: 4, type: XAB$C_BN4, flags: XAB$M_DUP }, { position: 8, size: 4, type: XAB$C_BN4, flags: XAB$M_DUP | XAB$M_CHG },
    { position: 16, size: NAME_SIZE, flags: XAB$M_CHG },
  ],
  longest: KGB.size, defaults: 'SYS$SYSTEM:.DAT',
};
export const RIGHTS_FILE = 'RIGHTSLIST';

/** Everybody may read it: S:RWED,O:RWED,G:R,W:R. */
export const RIGHTS_PROTECTION = 0xee00;

export interface Identifier {
  readonly value: number;
  readonly name: string;
  readonly attributes: number;
}

export interface Holding {
  readonly value: number;
  readonly holder: number;
  readonly attributes: number;
}

const view = (record: Uint8Array): ReturnType<typeof KGB.at> => KGB.at(new ArrayMemory(record), 0);

export function identifierRecord({ value, name, attributes }: Identifier): Uint8Array {
  const record = new Uint8Array(KGB.size);
  const kgb = view(record);
  kgb.KGB$L_IDENTIFIER = value;
  kgb.KGB$L_ATTRIBUTES = attributes;
  kgb.KGB$T_NAME = textToBytes(name.padEnd(NAME_SIZE));
  return record;
}

export function holderRecord({ value, holder, attributes }: Holding): Uint8Array {
  const record = new Uint8Array(KGB$S_HOLDER_RECORD);
  const memory = new ArrayMemory(record);
  memory.writeLong(0, value);
  memory.writeLong(4, attributes);
  memory.writeLong(8, holder);
  return record;
}

/** The identifier that a record defines; undefined when it is a holder's. */
export function identifierOf(record: Uint8Array): Identifier | undefined {
  if (record.length < KGB.size) return undefined;
  const kgb = view(record);
  return { value: kgb.KGB$L_IDENTIFIER, attributes: kgb.KGB$L_ATTRIBUTES, name: bytesToText(kgb.KGB$T_NAME).trimEnd() };
}

export function holdingOf(record: Uint8Array): Holding | undefined {
  if (record.length !== KGB$S_HOLDER_RECORD) return undefined;
  const memory = new ArrayMemory(record);
  return { value: memory.readLong(0), attributes: memory.readLong(4), holder: memory.readLong(8) };
}

export const longKey = (value: number): Uint8Array => Uint8Array.of(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255);
export const nameKey = (name: string): Uint8Array => textToBytes(name.toUpperCase().padEnd(NAME_SIZE));

/** Does `body` with the file open. @returns what it gives, or why the file cannot be opened */
export function* withRights<Result>(p: Procedure, access: 'read' | 'write', body: (file: KeyedFile) => Flow<Result>): Flow<Result | KeyedFailure> {
  return yield* p.scratch(function* () {
    let file = yield* KeyedFile.open(p, RIGHTS_FILE, RIGHTS_LAYOUT, access);
    if (!failedToOpen(file) && access === 'write' && !file.isIndexed) {
      // The one that a new system disk has is sequential; whoever changes it makes the indexed file.
      yield* file.close();
      const status = yield* makeIndexed(p, RIGHTS_FILE, RIGHTS_LAYOUT, { isSystemFile: true, protection: RIGHTS_PROTECTION });
      file = status & 1 ? yield* KeyedFile.open(p, RIGHTS_FILE, RIGHTS_LAYOUT, access) : { status, stv: 0 };
    }
    if (failedToOpen(file)) return file;
    const result = yield* body(file);
    yield* file.close();
    return result;
  });
}

/** The identifier with that value. @returns undefined when there is none; a failure of $GET */
export function* findByValue(file: KeyedFile, value: number): Flow<Identifier | undefined | number> {
  let record = yield* file.find(longKey(value), { index: BY_VALUE });
  while (typeof record !== 'number') {
    const found = identifierOf(record);
    if (found?.value === value) return found;
    // Holders of an identifier have the same key; sequential files have other records between.
    if (file.isIndexed && holdingOf(record)?.value !== value) return undefined;
    record = yield* file.next();
  }
  return undefined;
}

export function* findByName(file: KeyedFile, name: string): Flow<Identifier | undefined | number> {
  const record = yield* file.find(nameKey(name), { index: BY_NAME });
  if (typeof record === 'number') return record === RMS$_RNF ? undefined : record;
  return identifierOf(record);
}
