import { procedure, type Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import type { Kernel } from '../kernel.js';
import { SS$_ACCVIO, SS$_BUFFEROVF, SS$_IVACL, SS$_NORMAL } from '../starlet/ssdef.js';
import { ACE$C_KEYID } from '../structures/ace.js';
import { textToBytes } from '../structures/memory.js';
import { acesOf, keysOf } from './acl.js';
import { aceText, identifierNames, parseAce } from './acl-text.js';
import { identifierName } from './rights-services.js';

/**
 * $PARSE_ACL and $FORMAT_ACL: one access control list entry, between text and bytes. Executive mode; names of identifiers come from the rights
 * database. @source book Table 9-1; System Services Reference (public)
 */

/** The buffer that a descriptor of the caller describes; undefined when it cannot be read. */
function buffer(k: Kernel, descriptor: number): { readonly length: number; readonly address: number } | undefined {
  return k.callerCanRead(descriptor, 8) ? { length: k.readWord(descriptor), address: k.readLong(descriptor + 4) } : undefined;
}

/** An entry of its text, with names looked up. @returns the entry, or how much of the text made sense */
export function* parseNamedAce(p: Procedure, text: string): Flow<Uint8Array | number> {
  const values = new Map<string, number>();
  for (const name of identifierNames(text)) {
    const value = yield* p.scratch(function* () {
      const at = p.allocate(4);
      const status = yield* service(p, '$ASCTOID', { name: p.string(name), id: at });
      return { status, identifier: p.memory.readLong(at) };
    });
    if (value.status & 1) values.set(name, value.identifier);
  }
  return parseAce(text, values);
}

/** The text of an entry, with the names of its identifiers. */
export function* namedAceText(p: Procedure, ace: Uint8Array): Flow<string> {
  const names = new Map<number, string>();
  for (const key of ace[1] === ACE$C_KEYID ? keysOf(ace) : []) {
    const name = yield* identifierName(p, key);
    if (name !== undefined) names.set(key, name);
  }
  return aceText(ace, names);
}

/**
 * $PARSE_ACL aclstr,aclent,[errpos],[accnam]
 *
 * @returns SS$_NORMAL; SS$_IVACL, the word at errpos then being how many characters were understood; SS$_BUFFEROVF the entry is longer than the
 * buffer; SS$_ACCVIO. choice: names of access bits (accnam) are always the standard ones
 */
export const EXE$PARSE_ACL = procedure('EXE$PARSE_ACL', function* (p) {
  const k = p.kernel;
  const [aclstr, aclent, errpos] = [p.argument(1), p.argument(2), p.argument(3)];
  const text = k.callerString(aclstr);
  const room = buffer(k, aclent);
  if (text === undefined || !room || (errpos !== 0 && !k.callerCanWrite(errpos, 2))) return SS$_ACCVIO;
  const parsed = yield* parseNamedAce(p, text);
  const ace = typeof parsed === 'number' ? undefined : parsed;
  if (ace && !k.callerCanWrite(room.address, Math.min(room.length, ace.length))) return SS$_ACCVIO;
  if (errpos !== 0) k.writeWord(errpos, typeof parsed === 'number' ? parsed : text.length);
  if (!ace) return SS$_IVACL;
  if (ace.length > room.length) return SS$_BUFFEROVF;
  k.writeBytes(room.address, ace);
  return SS$_NORMAL;
});

/**
 * $FORMAT_ACL aclent,[acllen],aclstr,[width],[trmdsc],[indent],[accnam]
 *
 * @returns SS$_NORMAL; SS$_BUFFEROVF the text was cut off; SS$_IVACL; SS$_ACCVIO. choice: width, line terminator and indentation are not acted on
 */
export const EXE$FORMAT_ACL = procedure('EXE$FORMAT_ACL', function* (p) {
  const k = p.kernel;
  const acllen = p.argument(2);
  const [entry, room] = [buffer(k, p.argument(1)), buffer(k, p.argument(3))];
  if (!entry || !room || !k.callerCanRead(entry.address, entry.length) || (acllen !== 0 && !k.callerCanWrite(acllen, 2))) return SS$_ACCVIO;
  const aces = acesOf(k.readBytes(entry.address, Math.min(entry.length, k.readByte(entry.address))));
  if (aces?.length !== 1) return SS$_IVACL;
  const text = textToBytes(yield* namedAceText(p, aces[0]!));
  const kept = text.subarray(0, room.length);
  if (!k.callerCanWrite(room.address, kept.length)) return SS$_ACCVIO;
  k.writeBytes(room.address, kept);
  if (acllen !== 0) k.writeWord(acllen, kept.length);
  return kept.length < text.length ? SS$_BUFFEROVF : SS$_NORMAL;
});
