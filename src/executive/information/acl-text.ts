import { ACE, ACE$C_DIRDEF, ACE$C_KEYID, ACE$K_KEYS } from '../structures/ace.js';
import { ArrayMemory } from '../structures/memory.js';
import { aceView, keysOf } from './acl.js';

/**
 * Access control list entries as text, `(IDENTIFIER=[1,4],OPTIONS=DEFAULT,ACCESS=READ+WRITE)` and
 * `(DEFAULT_PROTECTION,SYSTEM:RWED,OWNER:RWED,GROUP:RE,WORLD)`. Names of identifiers are those of the rights database. Security alarms and journals
 * are not here. @source DCL Dictionary, SET ACL; System Services, $PARSE_ACL
 */
const ACCESS = ['READ', 'WRITE', 'EXECUTE', 'DELETE', 'CONTROL'] as const;
const OPTIONS = { DEFAULT: 0x100, PROTECTED: 0x200, HIDDEN: 0x400, NOPROPAGATE: 0x800 } as const;
const CLASSES = ['SYSTEM', 'OWNER', 'GROUP', 'WORLD'] as const;
const WILD = 0xffff;

const namedBits = (value: number, names: readonly string[]): string[] => names.filter((_name, bit) => ((value >>> bit) & 1) !== 0);

function identifierText(key: number, names: ReadonlyMap<number, string>): string {
  const name = names.get(key);
  const isUic = key >>> 31 === 0 || key === 0xffff_ffff;
  if (name !== undefined) return isUic ? `[${name}]` : name;
  if (!isUic) return `%X${key.toString(16).toUpperCase().padStart(8, '0')}`;
  const part = (value: number): string => (value === WILD ? '*' : value.toString(8).padStart(3, '0'));
  return `[${part(key >>> 16)},${part(key & WILD)}]`;
}

/** The text of an entry. @param names  of its identifiers, those that have one */
export function aceText(ace: Uint8Array, names: ReadonlyMap<number, string> = new Map()): string {
  const view = aceView(ace);
  const options = Object.entries(OPTIONS).filter(([, mask]) => (view.ACE$W_FLAGS & mask) !== 0).map(([name]) => name);
  const optionText = options.length === 0 ? [] : [`OPTIONS=${options.join('+')}`];
  if (view.ACE$B_TYPE === ACE$C_DIRDEF) {
    const denied = [view.ACE$L_SYS_PROT, view.ACE$L_OWN_PROT, view.ACE$L_GRP_PROT, view.ACE$L_WOR_PROT];
    const rights = CLASSES.map((name, index) => {
      const allowed = namedBits(~denied[index]!, ['R', 'W', 'E', 'D']).join('');
      return allowed === '' ? name : `${name}:${allowed}`;
    });
    return `(${['DEFAULT_PROTECTION', ...optionText, ...rights].join(',')})`;
  }
  const access = namedBits(view.ACE$L_ACCESS, ACCESS).join('+');
  return `(${[`IDENTIFIER=${keysOf(ace).map((key) => identifierText(key, names)).join('+')}`, ...optionText, `ACCESS=${access === '' ? 'NONE' : access}`].join(',')})`;
}

/** Where the text of an entry makes no sense. */
class BadText {
  constructor(readonly position: number) {}
}

interface Field {
  readonly text: string;
  readonly at: number;
}

/** Parts between commas that are not in brackets. */
function fieldsOf(text: string, start: number): Field[] {
  const fields: Field[] = [];
  let depth = 0;
  let begin = 0;
  for (let at = 0; at <= text.length; at += 1) {
    if (text[at] === '[') depth += 1;
    else if (text[at] === ']') depth -= 1;
    if (at < text.length && (text[at] !== ',' || depth > 0)) continue;
    fields.push({ text: text.slice(begin, at).trim().toUpperCase(), at: start + begin });
    begin = at + 1;
  }
  return fields;
}

const oneOf = (word: string, names: readonly string[]): string | undefined => (word === '' ? undefined : names.find((name) => name.startsWith(word)));

function identifier(text: string, at: number, values: ReadonlyMap<string, number>): number {
  const uic = /^\[\s*([0-7]+|\*)\s*,\s*([0-7]+|\*)\s*\]$/.exec(text);
  if (uic) {
    const [group, member] = [uic[1]!, uic[2]!].map((part) => (part === '*' ? WILD : Number.parseInt(part, 8))) as [number, number];
    if (group > WILD || member > WILD) throw new BadText(at);
    return ((group << 16) | member) >>> 0;
  }
  const number = /^%X([0-9A-F]{1,8})$/.exec(text);
  if (number) return Number.parseInt(number[1]!, 16);
  return values.get(text.replace(/^\[(?:.*,)?(.*)\]$/, '$1').trim()) ?? fail(at);
}

function fail(at: number): never {
  throw new BadText(at);
}

function optionsOf({ text, at }: Field): number {
  return text.split('+').reduce((flags, word) => (word.trim() === 'NONE' ? flags : flags | OPTIONS[(oneOf(word.trim(), Object.keys(OPTIONS)) ?? fail(at)) as keyof typeof OPTIONS]), 0);
}

function parseIdentifierAce(fields: readonly Field[], values: ReadonlyMap<string, number>): Uint8Array {
  let keys: number[] = [];
  let flags = 0;
  let access: number | undefined;
  for (const { text, at } of fields) {
    const [keyword = '', value = ''] = [text.slice(0, text.indexOf('=')).trim(), text.slice(text.indexOf('=') + 1).trim()];
    switch (text.includes('=') ? oneOf(keyword, ['IDENTIFIER', 'OPTIONS', 'ACCESS']) : undefined) {
      case 'IDENTIFIER': keys = value.split('+').map((part) => identifier(part.trim(), at, values)); break;
      case 'OPTIONS': flags = optionsOf({ text: value, at }); break;
      case 'ACCESS':
        access = value.split('+').reduce((bits, word) => (word.trim() === 'NONE' ? bits : bits | (1 << ACCESS.indexOf((oneOf(word.trim(), ACCESS) ?? fail(at)) as 'READ'))), 0);
        break;
      default: fail(at);
    }
  }
  if (keys.length === 0 || access === undefined) fail(fields[0]!.at);
  const ace = new Uint8Array(ACE$K_KEYS + 4 * keys.length);
  const view = new DataView(ace.buffer);
  ace[0] = ace.length;
  ace[1] = ACE$C_KEYID;
  view.setUint16(ACE.offset.ACE$W_FLAGS, flags, true);
  view.setUint32(ACE.offset.ACE$L_ACCESS, access ?? 0, true);
  keys.forEach((key, index) => { view.setUint32(ACE$K_KEYS + 4 * index, key, true); });
  return ace;
}

function parseDefaultProtection(fields: readonly Field[]): Uint8Array {
  const ace = new Uint8Array(ACE.size);
  const view = ACE.at(new ArrayMemory(ace), 0);
  view.ACE$B_SIZE = ACE.size;
  view.ACE$B_TYPE = ACE$C_DIRDEF;
  const denied = [15, 15, 15, 15];
  for (const { text, at } of fields.slice(1)) {
    if (text.startsWith('OPTIONS=')) {
      view.ACE$W_FLAGS = optionsOf({ text: text.slice(8), at });
      continue;
    }
    const [name = '', letters = ''] = text.split(/[:=]/);
    const category = CLASSES.indexOf((oneOf(name.trim(), CLASSES) ?? fail(at)) as 'SYSTEM');
    if (!/^[RWED]*$/.test(letters.trim())) fail(at);
    denied[category] = [...'RWED'].reduce((bits, letter, bit) => (letters.includes(letter) ? bits & ~(1 << bit) : bits), 15);
  }
  [view.ACE$L_SYS_PROT, view.ACE$L_OWN_PROT, view.ACE$L_GRP_PROT, view.ACE$L_WOR_PROT] = denied as [number, number, number, number];
  return ace;
}

/** Names of identifiers in the text of an entry, which the rights database is to be asked for. */
export function identifierNames(text: string): string[] {
  const keys = /IDEN?T?I?F?I?E?R?\s*=\s*((?:\[[^\]]*\]|[^,()])+)/i.exec(text)?.[1] ?? '';
  return keys.toUpperCase().split('+').map((key) => key.trim().replace(/^\[(?:.*,)?(.*)\]$/, '$1').trim()).filter((key) => /[A-Z$_]/.test(key) && !key.startsWith('%'));
}

/** An entry of its text. @param values  of the names of identifiers @returns the entry, or how many characters of the text made sense */
export function parseAce(text: string, values: ReadonlyMap<string, number> = new Map()): Uint8Array | number {
  const inner = /^\s*\((.*)\)\s*$/.exec(text);
  if (!inner) return 0;
  const fields = fieldsOf(inner[1]!, text.indexOf('(') + 1);
  try {
    return fields[0]!.text.length > 1 && 'DEFAULT_PROTECTION'.startsWith(fields[0]!.text) ? parseDefaultProtection(fields) : parseIdentifierAce(fields, values);
  } catch (error) {
    if (error instanceof BadText) return error.position;
    throw error;
  }
}
