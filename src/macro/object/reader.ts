import { ByteReader, ShortRecord } from '../bytes.js';
import {
  GSD$C_EPM, GSD$C_EPMW, GSD$C_PRO, GSD$C_PROW, GSD$C_PSC, GSD$C_SYM, GSD$C_SYMV, GSD$C_SYMW, GSY$M_DEF, MHD$C_LNM, MHD$C_MHD, MHD$C_TTL, OBJ$C_DBG, OBJ$C_EOM, OBJ$C_EOMW,
  OBJ$C_GSD, OBJ$C_HDR, OBJ$C_LNK, OBJ$C_TBT, OBJ$C_TIR, TIR_CODES, type ObjectModule, type ObjectPsect, type ObjectSymbol, type TirCode,
  type TirCommand,
} from './language.js';

/**
 * Reads the records of object modules, ours or anyone's. One file may hold several modules, each ended by its EOM
 * record. Debugger and traceback records are passed over.
 */
export class ObjectFormatError extends Error {
  /** @param ident of the linker's message: ILLRECTYP, EOMFTL, FORMAT, ... */
  constructor(readonly ident: string, message: string) { super(message); }
}

interface Draft {
  name: string;
  ident: string;
  created: string;
  language: string;
  title: string;
  psects: ObjectPsect[];
  symbols: ObjectSymbol[];
  vectors?: { name: string; psect: number; offset: number }[];
  text: TirCommand[];
}

/** @raises ObjectFormatError */
export function decodeModules(records: readonly Uint8Array[]): ObjectModule[] {
  const modules: ObjectModule[] = [];
  let draft: Draft | undefined;
  records.forEach((record, index) => {
    try {
      const reader = new ByteReader(record);
      const type = reader.byte();
      if (draft === undefined && type !== OBJ$C_HDR) throw new ObjectFormatError('NOTOBJ', `record ${index + 1} comes before a module header`);
      draft ??= { name: '', ident: '', created: '', language: '', title: '', psects: [], symbols: [], text: [] };
      if (type === OBJ$C_EOM || type === OBJ$C_EOMW) {
        modules.push({ ...draft, ...readEnd(reader, type === OBJ$C_EOMW) });
        draft = undefined;
      } else {
        readRecord(draft, type, reader, index);
      }
    } catch (error) {
      if (error instanceof ShortRecord) throw new ObjectFormatError('RECLNG', `record ${index + 1} ${error.message}`);
      throw error;
    }
  });
  if (draft !== undefined) throw new ObjectFormatError('NOEOM', 'no end of module record');
  return modules;
}

function readRecord(draft: Draft, type: number, reader: ByteReader, index: number): void {
  switch (type) {
    case OBJ$C_HDR: return readHeader(draft, reader);
    case OBJ$C_GSD:
      while (!reader.isAtEnd) readDirectoryEntry(draft, reader, index);
      return;
    case OBJ$C_TIR:
      while (!reader.isAtEnd) draft.text.push(readCommand(reader, index));
      return;
    case OBJ$C_DBG: case OBJ$C_TBT: case OBJ$C_LNK: return;
    default: throw new ObjectFormatError('ILLRECTYP', `record ${index + 1} has illegal type ${type}`);
  }
}

function readHeader(draft: Draft, reader: ByteReader): void {
  switch (reader.byte()) {
    case MHD$C_MHD:
      reader.byte();                                             // structure level
      reader.word();                                             // longest record
      draft.name = reader.counted();
      draft.ident = reader.counted();
      draft.created = reader.text(17);
      return;
    case MHD$C_LNM: draft.language = reader.text(reader.data.length - 2); return;
    case MHD$C_TTL: draft.title = reader.text(reader.data.length - 2); return;
  }
}

function readDirectoryEntry(draft: Draft, reader: ByteReader, index: number): void {
  const kind = reader.byte();
  switch (kind) {
    case GSD$C_PSC: {
      const alignment = reader.byte();
      const flags = reader.word();
      const allocation = reader.long() >>> 0;
      if (alignment > 9) throw new ObjectFormatError('ILLPSCALN', `record ${index + 1}: alignment ${alignment}`);
      draft.psects.push({ alignment, flags, allocation, name: reader.counted() });
      return;
    }
    case GSD$C_SYM: case GSD$C_SYMW: case GSD$C_EPM: case GSD$C_EPMW: case GSD$C_PRO: case GSD$C_PROW: {
      const isEntry = kind !== GSD$C_SYM && kind !== GSD$C_SYMW;
      const isWide = kind === GSD$C_SYMW || kind === GSD$C_EPMW || kind === GSD$C_PROW;
      reader.byte();                                             // data type
      const flags = reader.word();
      const isDefined = isEntry || (flags & GSY$M_DEF) !== 0;
      const psect = !isDefined ? 0 : isWide ? reader.word() : reader.byte();
      const value = isDefined ? reader.long() : 0;
      const entryMask = isEntry ? reader.word() : undefined;
      const name = reader.counted();
      if (kind === GSD$C_PRO || kind === GSD$C_PROW) skipFormals(reader);
      draft.symbols.push({ flags: isDefined ? flags | GSY$M_DEF : flags, psect, value, entryMask, name });
      return;
    }
    case GSD$C_SYMV: {
      reader.byte();
      reader.word();
      const psect = reader.word();
      const offset = reader.long();
      (draft.vectors ??= []).push({ name: reader.counted(), psect, offset });
      return;
    }
    default: throw new ObjectFormatError('ILLGSDTYP', `record ${index + 1}: illegal symbol directory entry ${kind}`);
  }
}

/** The formal arguments of a procedure definition: least and greatest number, then a counted description of each. */
function skipFormals(reader: ByteReader): void {
  reader.byte();
  for (let left = reader.byte(); left > 0; left--) {
    reader.byte();
    reader.bytes(reader.byte());
  }
}

const CODES: ReadonlyMap<number, TirCode> = new Map(TIR_CODES.map((code) => [code.code, code]));

function readCommand(reader: ByteReader, index: number): TirCommand {
  const first = reader.signedByte();
  if (first < 0) return { name: 'STO_IMM', bytes: reader.bytes(-first) };
  const code = CODES.get(first);
  if (code === undefined) throw new ObjectFormatError('ILLTIRTYP', `record ${index + 1}: text command ${first} is not supported`);
  const unsigned = code.name === 'STA_UB' || code.name === 'STA_UW';
  const command: { name: TirCommand['name']; psect?: number; value?: number; symbol?: string } = { name: code.name as TirCommand['name'] };
  for (const kind of code.arguments) {
    if (kind === 't') command.symbol = reader.counted();
    else if (kind === 'p') command.psect = reader.byte();
    else if (kind === 'P') command.psect = reader.word();
    else if (kind === 'b') command.value = unsigned ? reader.byte() : reader.signedByte();
    else if (kind === 'w') command.value = unsigned ? reader.word() : reader.signedWord();
    else command.value = reader.long();
  }
  return command as TirCommand;
}

function readEnd(reader: ByteReader, isWide: boolean): Pick<ObjectModule, 'severity' | 'transfer'> {
  const severity = reader.byte();
  if (reader.isAtEnd) return { severity, transfer: undefined };
  const psect = isWide ? reader.word() : reader.byte();
  const offset = reader.long();
  return { severity, transfer: { psect, offset, weak: !reader.isAtEnd && (reader.byte() & 1) !== 0 } };
}
