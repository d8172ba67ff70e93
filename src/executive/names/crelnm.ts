import { kernelService } from '../dispatch/service.js';
import type { Kernel } from '../kernel.js';
import { textToBytes } from '../structures/memory.js';
import { LNM$M_CONFINE, LNM$M_CRELOG, LNM$M_NO_ALIAS, LNM$_ATTRIBUTES, LNM$_CHAIN, LNM$_INDEX, LNM$_STRING } from '../starlet/lnmdef.js';
import { SS$_ACCVIO, SS$_BADPARAM, SS$_INSFARG, SS$_IVLOGNAM, SS$_IVLOGTAB } from '../starlet/ssdef.js';
import { LNM$CREATE_NAME } from './create.js';
import { callerItems, type Item } from './item-list.js';
import { LNM$C_MAXTRANSLATIONS, LNM$C_NAMLENGTH, LNM$C_TABNAMLEN, type Translation } from './name-block.js';
import { requestedMode } from './protection.js';

/** Attributes a caller may give a name; CONCEALED and TERMINAL belong to its translations. */
export const NAME_ATTRIBUTES = LNM$M_NO_ALIAS | LNM$M_CONFINE | LNM$M_CRELOG;

/** LNM$M_CONCEALED and LNM$M_TERMINAL stand in the second byte; LNMX flags are bits 0 and 1. */
const TRANSLATION_SHIFT = 8;
const TRANSLATION_FLAGS = 3;

/** A table name argument: 1 to 31 characters. */
export function tableArgument(k: Kernel, descriptor: number): string | number {
  return nameArgument(k, descriptor, LNM$C_TABNAMLEN, SS$_IVLOGTAB);
}

/** A logical name argument: 1 to 255 characters. @returns the name, or SS$_INSFARG, SS$_ACCVIO, SS$_IVLOGNAM */
export function logicalNameArgument(k: Kernel, descriptor: number): string | number {
  return nameArgument(k, descriptor, LNM$C_NAMLENGTH, SS$_IVLOGNAM);
}

function nameArgument(k: Kernel, descriptor: number, longest: number, invalid: number): string | number {
  if (descriptor === 0) return SS$_INSFARG;
  const text = k.callerString(descriptor);
  if (text === undefined) return SS$_ACCVIO;
  return text.length < 1 || text.length > longest ? invalid : text;
}

/** The longword at a caller's address; 0 when the argument is left out; undefined when it cannot be read. */
export function longwordArgument(k: Kernel, address: number): number | undefined {
  if (address === 0) return 0;
  return k.callerCanRead(address, 4) ? k.readLong(address) : undefined;
}

/** What the item list says about equivalence names: attributes and index go with the strings that follow them. */
function translationsOf(k: Kernel, items: readonly Item[]): Translation[] | number {
  const values: Translation[] = [];
  let flags = 0;
  let index = 0;
  for (const item of items) {
    switch (item.code) {
      case LNM$_ATTRIBUTES:
        if (item.length < 4 || !k.callerCanRead(item.buffer, 4)) return item.length < 4 ? SS$_BADPARAM : SS$_ACCVIO;
        flags = (k.readLong(item.buffer) >>> TRANSLATION_SHIFT) & TRANSLATION_FLAGS;
        break;
      case LNM$_INDEX:
        if (item.length < 1 || !k.callerCanRead(item.buffer, Math.min(item.length, 4))) return item.length < 1 ? SS$_BADPARAM : SS$_ACCVIO;
        index = item.length >= 4 ? k.readLong(item.buffer) : k.readByte(item.buffer);
        break;
      case LNM$_STRING:
        if (item.length > LNM$C_NAMLENGTH || index >= LNM$C_MAXTRANSLATIONS) return SS$_BADPARAM;
        if (!k.callerCanRead(item.buffer, item.length)) return SS$_ACCVIO;
        values.push({ index, flags, value: k.readBytes(item.buffer, item.length) });
        index += 1;
        break;
      default: return SS$_BADPARAM;
    }
  }
  return values;
}

/**
 * $CRELNM [attr],tabnam,lognam,[acmode],[itmlst] - create a logical name, or supersede one.
 *
 * @param attr    longword of LNM$M_CONFINE, LNM$M_NO_ALIAS, LNM$M_CRELOG
 * @param tabnam  table; of a search list the first
 * @param itmlst  LNM$_STRING, LNM$_ATTRIBUTES (for the strings behind it), LNM$_INDEX, LNM$_CHAIN
 * @returns SS$_NORMAL, SS$_SUPERSEDE, SS$_INSFARG, SS$_ACCVIO, SS$_BADPARAM and those of LNM$CREATE_NAME
 * @source book 28.8.3; digest ch28 3.6
 */
export const EXE$CRELNM = kernelService('$CRELNM', (k, attr = 0, tabnam = 0, lognam = 0, acmode = 0, itmlst = 0) => {
  const table = tableArgument(k, tabnam);
  if (typeof table === 'number') return table;
  const name = logicalNameArgument(k, lognam);
  if (typeof name === 'number') return name;
  const attributes = longwordArgument(k, attr);
  const mode = requestedMode(k, acmode);
  if (attributes === undefined || mode === undefined) return SS$_ACCVIO;
  const items = itmlst === 0 ? [] : callerItems(k, itmlst, LNM$_CHAIN & 0xffff);
  if (typeof items === 'number') return items;
  const values = translationsOf(k, items);
  if (typeof values === 'number') return values;
  return LNM$CREATE_NAME(k, { name, table, mode, flags: attributes & NAME_ATTRIBUTES, translations: values }).status;
});

/** Defines a name from inside the executive, with the strings given. */
export function defineName(k: Kernel, name: string, table: string, mode: number, strings: readonly string[], options: { flags?: number; translationFlags?: number } = {}): number {
  return LNM$CREATE_NAME(k, {
    name, table, mode, flags: options.flags ?? 0, trusted: true,
    translations: strings.map((text, index) => ({ index, flags: options.translationFlags ?? 0, value: textToBytes(text) })),
  }).status;
}
