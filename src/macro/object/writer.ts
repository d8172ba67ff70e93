import { ByteWriter } from '../bytes.js';
import {
  GSD$C_EPM, GSD$C_EPMW, GSD$C_PSC, GSD$C_SYM, GSD$C_SYMV, GSD$C_SYMW, GSY$M_DEF, GSY$M_UNI, MHD$C_LNM, MHD$C_MHD, MHD$C_TTL, OBJ$C_EOM, OBJ$C_GSD, OBJ$C_HDR,
  OBJ$C_MAXRECSIZ, OBJ$C_STRLVL, OBJ$C_TIR, TIR_CODES, type ObjectModule, type ObjectPsect, type ObjectSymbol, type TirCode, type TirCommand,
} from './language.js';

/** An object module as the records of an .OBJ file, in the order header, symbol directory, text, end of module. */
export function encodeModule(module: ObjectModule): Uint8Array[] {
  return [
    ...headers(module),
    ...gather(OBJ$C_GSD, [...module.psects.map(encodePsect), ...module.symbols.map(encodeSymbol), ...(module.vectors ?? []).map(encodeVector)]),
    ...gather(OBJ$C_TIR, module.text.flatMap(encodeCommand)),
    endOfModule(module),
  ];
}

function headers(module: ObjectModule): Uint8Array[] {
  const main = new ByteWriter().byte(OBJ$C_HDR).byte(MHD$C_MHD).byte(OBJ$C_STRLVL).word(OBJ$C_MAXRECSIZ)
    .counted(module.name).counted(module.ident).text(module.created, 17).text('', 17);
  const records = [main.take(), new ByteWriter().byte(OBJ$C_HDR).byte(MHD$C_LNM).text(module.language).take()];
  if (module.title !== '') records.push(new ByteWriter().byte(OBJ$C_HDR).byte(MHD$C_TTL).text(module.title).take());
  return records;
}

/** Text records of real compilers stay below this; readers accept MAXRECSIZ. */
const USUAL_RECORD = 512;

/** Puts items into as few records of one type as will hold them; an item is never divided. */
function gather(type: number, items: readonly Uint8Array[]): Uint8Array[] {
  const records: Uint8Array[] = [];
  let writer = new ByteWriter().byte(type);
  for (const item of items) {
    if (writer.length > 1 && writer.length + item.length > USUAL_RECORD) {
      records.push(writer.take());
      writer = new ByteWriter().byte(type);
    }
    writer.bytes(item);
  }
  if (writer.length > 1) records.push(writer.take());
  return records;
}

function encodePsect(psect: ObjectPsect): Uint8Array {
  return new ByteWriter().byte(GSD$C_PSC).byte(psect.alignment).word(psect.flags).long(psect.allocation).counted(psect.name).take();
}

function encodeVector({ name, psect, offset }: NonNullable<ObjectModule['vectors']>[number]): Uint8Array {
  return new ByteWriter().byte(GSD$C_SYMV).byte(0).word(GSY$M_DEF | GSY$M_UNI).word(psect).long(offset).counted(name).take();
}

function encodeSymbol(symbol: ObjectSymbol): Uint8Array {
  const writer = new ByteWriter();
  const wide = symbol.psect > 0xff;
  const isEntry = symbol.entryMask !== undefined;
  writer.byte(isEntry ? (wide ? GSD$C_EPMW : GSD$C_EPM) : wide ? GSD$C_SYMW : GSD$C_SYM);
  writer.byte(0).word(symbol.flags);
  if ((symbol.flags & GSY$M_DEF) !== 0) {
    if (wide) writer.word(symbol.psect);
    else writer.byte(symbol.psect);
    writer.long(symbol.value);
    if (isEntry) writer.word(symbol.entryMask);
  }
  return writer.counted(symbol.name).take();
}

const CODES: ReadonlyMap<string, TirCode> = new Map(TIR_CODES.map((code) => [code.name, code]));

function encodeCommand(command: TirCommand): Uint8Array[] {
  if (command.name === 'STO_IMM') return immediate(command.bytes);
  const { code, arguments: kinds } = CODES.get(command.name)!;
  const writer = new ByteWriter().byte(code);
  for (const kind of kinds) {
    if (kind === 't') writer.counted(command.symbol ?? '');
    else if (kind === 'p') writer.byte(command.psect ?? 0);
    else if (kind === 'P') writer.word(command.psect ?? 0);
    else if (kind === 'b') writer.byte(command.value ?? 0);
    else if (kind === 'w') writer.word(command.value ?? 0);
    else writer.long(command.value ?? 0);
  }
  return [writer.take()];
}

const LONGEST_IMMEDIATE = 128;

function immediate(bytes: Uint8Array): Uint8Array[] {
  const items: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += LONGEST_IMMEDIATE) {
    const part = bytes.subarray(at, at + LONGEST_IMMEDIATE);
    items.push(new ByteWriter().byte(-part.length).bytes(part).take());
  }
  return items;
}

function endOfModule(module: ObjectModule): Uint8Array {
  const writer = new ByteWriter().byte(OBJ$C_EOM).byte(module.severity);
  if (module.transfer !== undefined) {
    writer.byte(module.transfer.psect).long(module.transfer.offset).byte(module.transfer.weak ? 1 : 0);
  }
  return writer.take();
}
