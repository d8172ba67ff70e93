import type { Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import { uicText } from '../../executive/information/fao.js';
import { identifierName } from '../../executive/information/rights-services.js';
import { SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { bytesToText } from '../../executive/structures/memory.js';
import type { UtilityCommand, UtilityQualifier } from '../command-line.js';
import { uicOf } from '../selection.js';
import { qualifierOf, qualifiersOf, say, type Authorize } from './session.js';

/** Identifiers: CREATE/RIGHTS, ADD, MODIFY, RENAME, REMOVE and SHOW /IDENTIFIER, GRANT, REVOKE, SHOW/RIGHTS, through the services. @source VMS Authorize Utility manual */
const RESOURCE = 1;

/** `[000010,000004]`, or a general identifier's value. */
export const valueText = (value: number): string => value >>> 31 === 0
  ? `[${(value >>> 16).toString(8).padStart(6, '0')},${(value & 0xffff).toString(8).padStart(6, '0')}]` : `%X${value.toString(16).toUpperCase().padStart(8, '0')}`;

/** A value as typed: a UIC, an identifier's name, `IDENTIFIER:%X80010001` or a number. */
export function* valueOf(session: Authorize, text: string): Flow<number | undefined> {
  const number = /^(?:UIC:|IDENTIFIER:)?(.*)$/.exec(text)![1]!;
  const hexadecimal = /^%X([0-9A-F]{1,8})$/.exec(number);
  if (hexadecimal) return Number.parseInt(hexadecimal[1]!, 16);
  if (/^\d+$/.test(number)) return (0x80000000 + Number(number)) >>> 0;
  return yield* uicOf(session.p, number);
}

function attributesOf(qualifiers: readonly UtilityQualifier[]): { readonly set: number; readonly clear: number } {
  const values = qualifierOf(qualifiers, 'ATTRIBUTES')?.values ?? [];
  return {
    set: values.some((value) => value !== '' && 'RESOURCE'.startsWith(value)) ? RESOURCE : 0, clear: values.some((value) => value.length > 2 && 'NORESOURCE'.startsWith(value)) ? RESOURCE : 0,
  };
}

/** Adds an identifier and says so. @returns status */
export function* addIdentifier(session: Authorize, name: string, value: number | undefined, attributes = 0): Flow<number> {
  const { p } = session;
  const added = yield* p.scratch(function* () {
    const at = p.allocate(4);
    const status = yield* service(p, '$ADD_IDENT', { name: p.string(name), id: value ?? 0, attrib: attributes, resid: at });
    return { status, value: p.memory.readLong(at) };
  });
  if (!(added.status & 1)) return yield* say(session, 'RDBADDERRU', [name, value === undefined ? '' : valueText(value)], { code: added.status });
  session.rightsChanged = true;
  return yield* say(session, added.value >>> 31 === 0 ? 'RDBADDMSGU' : 'RDBADDMSG', [name, valueText(added.value)]);
}

/** Takes away the identifier of a value. */
export function* removeIdentifier(session: Authorize, value: number): Flow<number> {
  const { p } = session;
  const name = yield* identifierName(p, value);
  if (name === undefined) return SS$_NORMAL;
  const status = yield* service(p, '$REM_IDENT', { id: value });
  if (!(status & 1)) return yield* say(session, 'RDBREMERR', [name], { code: status });
  session.rightsChanged = true;
  return yield* say(session, value >>> 31 === 0 ? 'RDBREMMSGU' : 'RDBREMMSG', [name, valueText(value)]);
}

/** Changes name or value of an identifier. */
export function* changeIdentifier(session: Authorize, value: number, change: { readonly name?: string; readonly value?: number; readonly set?: number; readonly clear?: number }): Flow<number> {
  const { p } = session;
  const old = (yield* identifierName(p, value)) ?? valueText(value);
  const status = yield* p.scratch(() => service(p, '$MOD_IDENT', {
    id: value, set_attrib: change.set ?? 0, clr_attrib: change.clear ?? 0, new_name: change.name === undefined ? 0 : p.string(change.name), new_value: change.value ?? 0,
  }));
  if (!(status & 1)) return yield* say(session, 'RDBMDFYERR', [old], { code: status });
  session.rightsChanged = true;
  return yield* say(session, 'RDBMDFYMSG', [old]);
}

export function* createRights(session: Authorize): Flow<number> {
  const status = yield* service(session.p, '$CREATE_RDB', {});
  if (!(status & 1)) return yield* say(session, 'RDBCREERR', [], { code: status });
  session.rightsChanged = true;
  return yield* say(session, 'RDBCREMSG');
}

const IDENTIFIER_QUALIFIERS = ['IDENTIFIER', 'ATTRIBUTES', 'VALUE', 'NAME', 'HOLDER', 'USER', 'FULL', 'BRIEF'] as const;

/** ADD, MODIFY, REMOVE, RENAME with /IDENTIFIER */
export function* identifierCommand(session: Authorize, verb: string, command: UtilityCommand): Flow<number> {
  const qualifiers = yield* qualifiersOf(session, command, IDENTIFIER_QUALIFIERS);
  if (typeof qualifiers === 'number') return qualifiers;
  const [name = ''] = command.parameters;
  const given = qualifierOf(qualifiers, 'VALUE')?.values?.[0];
  const value = given === undefined ? undefined : yield* valueOf(session, given);
  if (given !== undefined && value === undefined) return yield* say(session, 'IVVALUE', [given]);
  const { set, clear } = attributesOf(qualifiers);
  if (verb === 'ADD') return yield* addIdentifier(session, name, value, set);
  const old = yield* valueOf(session, name);
  if (old === undefined) return yield* say(session, 'NOSUCHID', [name]);
  if (verb === 'REMOVE') return yield* removeIdentifier(session, old);
  const newName = verb === 'RENAME' ? command.parameters[1] : qualifierOf(qualifiers, 'NAME')?.values?.[0];
  return yield* changeIdentifier(session, old, { set, clear, ...(newName === undefined ? {} : { name: newName }), ...(value === undefined ? {} : { value }) });
}

/** GRANT/IDENTIFIER id user, REVOKE/IDENTIFIER id user */
export function* grant(session: Authorize, command: UtilityCommand, isGranted: boolean): Flow<number> {
  const { p } = session;
  const qualifiers = yield* qualifiersOf(session, command, ['IDENTIFIER', 'ATTRIBUTES']);
  if (typeof qualifiers === 'number') return qualifiers;
  const [name = '', user = ''] = command.parameters;
  const [value, holder] = [yield* valueOf(session, name), yield* uicOf(p, user)];
  if (value === undefined) return yield* say(session, 'NOSUCHID', [name]);
  if (holder === undefined) return yield* say(session, 'NOSUCHID', [user]);
  const status = yield* p.scratch(function* () {
    const at = p.allocate(8);
    p.memory.writeLong(at, holder);
    p.memory.writeLong(at + 4, 0);
    return isGranted ? yield* service(p, '$ADD_HOLDER', { id: value, holder: at, attrib: attributesOf(qualifiers).set }) : yield* service(p, '$REM_HOLDER', { id: value, holder: at });
  });
  if (!(status & 1)) return yield* say(session, isGranted ? 'GRANTERR' : 'REVOKEERR', [name, user], { code: status });
  session.rightsChanged = true;
  return yield* say(session, isGranted ? 'GRANTMSG' : 'REVOKEMSG', [name, user]);
}

const line = (name: string, value: number, attributes: number): string => `  ${name.padEnd(31)}  ${valueText(value).padEnd(16)}${attributes & RESOURCE ? 'RESOURCE' : ''}`.trimEnd();
export const IDENTIFIER_HEADING = ['', '  Name                             Value           Attributes', ''];

/** What a user holds, a line each. */
export function* heldBy(session: Authorize, holder: number): Flow<string[]> {
  const { p } = session;
  return yield* p.scratch(function* () {
    const [who, id, attributes, context] = [p.allocate(8), p.allocate(4), p.allocate(4), p.allocate(4)];
    p.memory.writeLong(who, holder);
    p.memory.writeLong(who + 4, 0);
    p.memory.writeLong(context, 0);
    const lines: string[] = [];
    while ((yield* service(p, '$FIND_HELD', { holder: who, id, attrib: attributes, contxt: context })) & 1) {
      const value = p.memory.readLong(id);
      lines.push(line((yield* identifierName(p, value)) ?? '', value, p.memory.readLong(attributes)));
    }
    return lines;
  });
}

/** SHOW/IDENTIFIER [name | *] */
export function* showIdentifiers(session: Authorize, pattern: string): Flow<number> {
  const { p, output } = session;
  const wanted = new RegExp(`^${pattern.replaceAll('$', '\\$').replaceAll('%', '.').replaceAll('*', '.*')}$`);
  const lines = yield* p.scratch(function* () {
    const [id, attributes, context, length, buffer] = [p.allocate(4), p.allocate(4), p.allocate(4), p.allocate(4), p.allocate(32)];
    p.memory.writeLong(context, 0);
    const found: string[] = [];
    while ((yield* service(p, '$IDTOASC', { id: 0xffffffff, namlen: length, nambuf: p.descriptor(31, buffer), resid: id, attrib: attributes, contxt: context })) & 1) {
      const name = bytesToText(p.memory.readBytes(buffer, p.memory.readWord(length)));
      if (wanted.test(name)) found.push(line(name, p.memory.readLong(id), p.memory.readLong(attributes)));
    }
    return found;
  });
  if (lines.length === 0) return yield* say(session, 'NOSUCHID', [pattern]);
  for (const each of [...IDENTIFIER_HEADING, ...lines]) yield* output.line(each);
  return SS$_NORMAL;
}

/** SHOW/RIGHTS user: what the user holds. */
export function* showRights(session: Authorize, user: string): Flow<number> {
  const holder = yield* uicOf(session.p, user);
  if (holder === undefined) return yield* say(session, 'NOSUCHID', [user]);
  const lines = yield* heldBy(session, holder);
  if (lines.length === 0) return yield* say(session, 'NORIGHTS', [(yield* identifierName(session.p, holder)) ?? uicText(holder)]);
  for (const each of ['', `Identifiers held by ${user}`, ...IDENTIFIER_HEADING.slice(1, 2), '', ...lines]) yield* session.output.line(each);
  return SS$_NORMAL;
}
