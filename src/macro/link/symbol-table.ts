import { ByteReader, ByteWriter, ShortRecord } from '../bytes.js';
import { decodeImageHeader, IHD$K_LIM, type ImageHeader } from '../image-format.js';
import { GSY$M_DEF, GSY$M_REL, GSY$M_UNI } from '../object/language.js';
import { decodeModules, ObjectFormatError } from '../object/reader.js';
import { encodeModule } from '../object/writer.js';
import { GPS$V_PIC, GPS$V_RD, GPS$V_REL } from '../psect.js';

/**
 * The symbol table of a shareable image: its universal symbols as an object module, in variable-length records behind the image's sections.
 * Values of relocatable symbols are offsets from the base of the image. @source VAX/VMS Linker manual; IHS$L_GSTVBN, IHS$W_GSTRECS
 */
export interface UniversalSymbol {
  readonly name: string;
  readonly value: number;
  readonly isRelocatable: boolean;
  readonly entryMask: number | undefined;
}

const BLOCK = 512;
const ABSOLUTE = 0;
const RELOCATABLE = 1;

/** The table as whole blocks. */
export function encodeSymbolTable(imageName: string, ident: string, symbols: readonly UniversalSymbol[]): { readonly blocks: Uint8Array; readonly records: number } {
  const records = encodeModule({
    name: imageName, ident, created: '', language: 'LINK', title: '', severity: 0, transfer: undefined, text: [],
    psects: [
      { name: '.  ABS  .', alignment: 0, flags: GPS$V_RD, allocation: 0 },
      { name: '.  BASE .', alignment: 9, flags: GPS$V_REL | GPS$V_PIC | GPS$V_RD, allocation: 0 },
    ],
    symbols: symbols.map(({ name, value, isRelocatable, entryMask }) => ({
      name, value, entryMask, psect: isRelocatable ? RELOCATABLE : ABSOLUTE, flags: GSY$M_DEF | GSY$M_UNI | (isRelocatable ? GSY$M_REL : 0),
    })),
  });
  const writer = new ByteWriter();
  for (const record of records) {
    writer.word(record.length).bytes(record);
    if (record.length % 2 === 1) writer.byte(0);
  }
  writer.word(0xffff);
  const bytes = writer.take();
  const blocks = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK);
  blocks.set(bytes);
  return { blocks, records: records.length };
}

/** A shareable image as the linker sees it. */
export interface SharedImage {
  readonly name: string;
  readonly header: ImageHeader;
  readonly symbols: ReadonlyMap<string, UniversalSymbol>;
}

/** Reads header and symbol table of a shareable image; what is wrong with it otherwise. */
export function readSharedImage(name: string, bytes: Uint8Array): SharedImage | { readonly problem: string } {
  const decoded = decodeImageHeader(bytes);
  if ('problem' in decoded) return decoded;
  const { header } = decoded;
  if (header.imageType !== IHD$K_LIM || header.symbolTable === undefined) return { problem: 'not a shareable image' };
  try {
    const reader = new ByteReader(bytes.subarray((header.symbolTable.vbn - 1) * BLOCK));
    const records: Uint8Array[] = [];
    for (let n = 0; n < header.symbolTable.records; n += 1) {
      const length = reader.word();
      records.push(reader.bytes(length));
      if (length % 2 === 1) reader.byte();
    }
    const symbols = new Map<string, UniversalSymbol>();
    for (const module of decodeModules(records)) {
      for (const { name: symbol, value, psect, entryMask } of module.symbols) symbols.set(symbol, { name: symbol, value, isRelocatable: psect === RELOCATABLE, entryMask });
    }
    return { name, header, symbols };
  } catch (error) {
    if (error instanceof ShortRecord || error instanceof ObjectFormatError) return { problem: `symbol table: ${error.message}` };
    throw error;
  }
}
