import {
  FAB$C_FIX, FAB$C_IDX, FAB$C_REL, FAB$C_SEQ, FAB$C_STM, FAB$C_STMCR, FAB$C_STMLF, FAB$C_UDF, FAB$C_VAR, FAB$C_VFC, FAB$M_BLK, FAB$M_CR, FAB$M_FTN, FAB$M_PRN,
} from '../../executive/starlet/fabdef.js';
import {
  XAB$C_BN2, XAB$C_BN4, XAB$C_BN8, XAB$C_IN2, XAB$C_IN4, XAB$C_IN8, XAB$C_PAC, XAB$C_STG, XAB$M_CHG, XAB$M_DAT_NCMPR, XAB$M_DUP, XAB$M_IDX_NCMPR, XAB$M_KEY_NCMPR, XAB$M_NUL,
} from '../../executive/starlet/xabdef.js';
import { FdlError, type Section, type Value } from './parse.js';

/** A file as FDL describes it, in terms of FAB and XABs. */
export interface AreaDesign {
  readonly number: number;
  readonly allocation: number;
  readonly bucketSize: number;
  readonly extension: number;
  readonly contiguous: boolean;
  readonly bestTry: boolean;
}

export interface KeyDesign {
  readonly number: number;
  readonly name: string;
  /** XAB$C_ type. */
  readonly type: number;
  /** XAB$M_ flags. */
  readonly flags: number;
  readonly nullValue: number;
  readonly segments: readonly { readonly position: number; readonly size: number }[];
  readonly dataArea: number;
  readonly indexArea: number;
  readonly lowestArea: number;
  /** Percent of a bucket that a load fills. */
  readonly dataFill: number;
  readonly indexFill: number;
  readonly prolog: number;
}

export interface FileDesign {
  readonly organization: number;
  readonly format: number;
  readonly attributes: number;
  readonly recordSize: number;
  readonly controlSize: number;
  readonly allocation: number;
  readonly extension: number;
  readonly bucketSize: number;
  readonly maximumRecord: number;
  readonly globalBuffers: number;
  readonly contiguous: boolean;
  readonly bestTry: boolean;
  readonly createIf: boolean;
  readonly maximizeVersion: boolean;
  readonly supersede: boolean;
  readonly name: string;
  readonly defaultName: string;
  /** Text of the PROTECTION attribute, '' none. */
  readonly protection: string;
  readonly owner: string;
  readonly areas: readonly AreaDesign[];
  readonly keys: readonly KeyDesign[];
}

export const ORGANIZATIONS: Readonly<Record<string, number>> = { SEQUENTIAL: FAB$C_SEQ, RELATIVE: FAB$C_REL, INDEXED: FAB$C_IDX };
export const FORMATS: Readonly<Record<string, number>> = {
  FIXED: FAB$C_FIX, VARIABLE: FAB$C_VAR, VFC: FAB$C_VFC, STREAM: FAB$C_STM, STREAM_LF: FAB$C_STMLF, STREAM_CR: FAB$C_STMCR, UNDEFINED: FAB$C_UDF,
};
export const CONTROLS: Readonly<Record<string, number>> = { CARRIAGE_RETURN: FAB$M_CR, FORTRAN: FAB$M_FTN, PRINT: FAB$M_PRN, NONE: 0 };
export const TYPES: Readonly<Record<string, number>> = {
  STRING: XAB$C_STG, INT2: XAB$C_IN2, BIN2: XAB$C_BN2, INT4: XAB$C_IN4, BIN4: XAB$C_BN4, DECIMAL: XAB$C_PAC, INT8: XAB$C_IN8, BIN8: XAB$C_BN8,
};

/** Values of a section, with what an attribute means when it is not there. */
class Values {
  constructor(private readonly section: Section | undefined) {}

  private get(name: string): Value | undefined { return this.section?.values.get(name); }

  number(name: string, otherwise = 0): number { return (this.get(name) as number | undefined) ?? otherwise; }

  is(name: string, otherwise = false): boolean { return (this.get(name) as boolean | undefined) ?? otherwise; }

  text(name: string): string { return (this.get(name) as string | undefined) ?? ''; }

  has(name: string): boolean { return this.get(name) !== undefined; }

  /** A keyword of a table, which may be cut short. */
  word(name: string, table: Readonly<Record<string, number>>, otherwise: number): number {
    const word = this.text(name);
    if (word === '') return otherwise;
    if (word in table) return table[word]!;
    const candidates = Object.keys(table).filter((key) => key.startsWith(word));
    if (candidates.length !== 1) throw new FdlError(candidates.length > 1 ? 'ABKW' : 'VALERR', this.section!.line, word);
    return table[candidates[0]!]!;
  }
}

const WHOLE = 100;
const DEFAULT_CONTROL_SIZE = 2;

/** What the sections describe; what they leave out is as RMS and EDIT/FDL have it. Throws FdlError. */
export function designOf(sections: readonly Section[]): FileDesign {
  const find = (name: string): Values => new Values(sections.find((section) => section.name === name));
  const file = find('FILE');
  const record = find('RECORD');
  const organization = file.word('ORGANIZATION', ORGANIZATIONS, sections.some(({ name }) => name === 'KEY') ? FAB$C_IDX : FAB$C_SEQ);
  const format = record.word('FORMAT', FORMATS, FAB$C_VAR);
  const control = record.word('CARRIAGE_CONTROL', CONTROLS, FAB$M_CR);
  const areas = sections.filter(({ name }) => name === 'AREA').sort((a, b) => a.number - b.number).map((section): AreaDesign => {
    const area = new Values(section);
    return {
      number: section.number, allocation: area.number('ALLOCATION'), bucketSize: area.number('BUCKET_SIZE', file.number('BUCKET_SIZE')), extension: area.number('EXTENSION'),
      contiguous: area.is('CONTIGUOUS'), bestTry: area.is('BEST_TRY_CONTIGUOUS'),
    };
  });
  return {
    organization, format, attributes: control | (record.is('BLOCK_SPAN', true) ? 0 : FAB$M_BLK), recordSize: record.number('SIZE'),
    controlSize: format === FAB$C_VFC ? record.number('CONTROL_FIELD_SIZE', DEFAULT_CONTROL_SIZE) : 0, allocation: file.number('ALLOCATION'), extension: file.number('EXTENSION'),
    bucketSize: file.number('BUCKET_SIZE'), maximumRecord: file.number('MAX_RECORD_NUMBER'), globalBuffers: file.number('GLOBAL_BUFFER_COUNT'),
    contiguous: file.is('CONTIGUOUS'), bestTry: file.is('BEST_TRY_CONTIGUOUS'), createIf: file.is('CREATE_IF'), maximizeVersion: file.is('MAXIMIZE_VERSION'),
    supersede: file.is('SUPERSEDE'), name: file.text('NAME'), defaultName: file.text('DEFAULT_NAME'), protection: file.text('PROTECTION'), owner: file.text('OWNER'),
    areas: organization === FAB$C_IDX ? areas : [],
    keys: organization === FAB$C_IDX ? sections.filter(({ name }) => name === 'KEY').sort((a, b) => a.number - b.number).map(keyOf) : [],
  };
}

function keyOf(section: Section): KeyDesign {
  const key = new Values(section);
  const isPrimary = section.number === 0;
  const segments: { position: number; size: number }[] = [];
  if (key.has('LENGTH')) segments.push({ position: key.number('POSITION'), size: key.number('LENGTH') });
  else for (let index = 0; key.has(`SEG${index}_LENGTH`); index += 1) segments.push({ position: key.number(`SEG${index}_POSITION`), size: key.number(`SEG${index}_LENGTH`) });
  const indexArea = key.number('INDEX_AREA');
  const flags = (key.is('DUPLICATES', !isPrimary) ? XAB$M_DUP : 0) | (key.is('CHANGES', !isPrimary) && !isPrimary ? XAB$M_CHG : 0) | (key.is('NULL_KEY') && !isPrimary ? XAB$M_NUL : 0)
    | (key.is('DATA_KEY_COMPRESSION', true) ? 0 : XAB$M_KEY_NCMPR) | (key.is('INDEX_COMPRESSION', true) ? 0 : XAB$M_IDX_NCMPR)
    | (key.is('DATA_RECORD_COMPRESSION', true) ? 0 : XAB$M_DAT_NCMPR);
  return {
    number: section.number, name: key.text('NAME'), type: key.word('TYPE', TYPES, XAB$C_STG), flags, nullValue: nullCharacter(key.text('NULL_VALUE')), segments,
    dataArea: key.number('DATA_AREA'), indexArea, lowestArea: key.number('LEVEL1_INDEX_AREA', indexArea), dataFill: key.number('DATA_FILL', WHOLE),
    indexFill: key.number('INDEX_FILL', WHOLE), prolog: key.number('PROLOG'),
  };
}

/** NULL_VALUE 'A' or its number. */
function nullCharacter(text: string): number {
  return /^\d+$/.test(text) && text.length > 1 ? Number(text) & 0xff : text === '' ? 0 : /^\d$/.test(text) ? Number(text) : text.charCodeAt(0);
}
