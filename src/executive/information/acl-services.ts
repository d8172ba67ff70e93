import { kernelService } from '../dispatch/service.js';
import type { Kernel } from '../kernel.js';
import { SS$_ACCVIO, SS$_BUFFEROVF, SS$_IVACL, SS$_NORMAL } from '../starlet/ssdef.js';
import { textToBytes } from '../structures/memory.js';
import { acesOf } from './acl.js';
import { aceText, parseAce } from './acl-text.js';

/** $PARSE_ACL and $FORMAT_ACL: one access control list entry, between text and bytes. @source book Table 9-1; System Services Reference (public) */

/** The buffer that a descriptor of the caller describes; undefined when it cannot be read. */
function buffer(k: Kernel, descriptor: number): { readonly length: number; readonly address: number } | undefined {
  return k.callerCanRead(descriptor, 8) ? { length: k.readWord(descriptor), address: k.readLong(descriptor + 4) } : undefined;
}

/**
 * @param errpos  word that gets how many characters were understood
 * @returns SS$_NORMAL; SS$_IVACL; SS$_BUFFEROVF the entry is longer than the buffer; SS$_ACCVIO. Names of access bits (accnam) are the standard ones
 */
export const EXE$PARSE_ACL = kernelService('$PARSE_ACL', (k, aclstr, aclent, errpos) => {
  const text = k.callerString(aclstr!);
  const room = buffer(k, aclent!);
  if (text === undefined || !room || (errpos !== 0 && !k.callerCanWrite(errpos!, 2))) return SS$_ACCVIO;
  const parsed = parseAce(text);
  const [ace, understood] = typeof parsed === 'number' ? [undefined, parsed] : [parsed, text.length];
  if (ace && !k.callerCanWrite(room.address, Math.min(room.length, ace.length))) return SS$_ACCVIO;
  if (errpos !== 0) k.writeWord(errpos!, understood);
  if (!ace) return SS$_IVACL;
  if (ace.length > room.length) return SS$_BUFFEROVF;
  k.writeBytes(room.address, ace);
  return SS$_NORMAL;
});

/**
 * @param aclent  descriptor of the entry @param acllen  word that gets the length of the text @param aclstr  descriptor of the buffer for it
 * @returns SS$_NORMAL; SS$_BUFFEROVF the text was cut off; SS$_IVACL; SS$_ACCVIO. choice: width, line terminator and indentation are not acted on
 */
export const EXE$FORMAT_ACL = kernelService('$FORMAT_ACL', (k, aclent, acllen, aclstr) => {
  const [entry, room] = [buffer(k, aclent!), buffer(k, aclstr!)];
  if (!entry || !room || !k.callerCanRead(entry.address, entry.length) || (acllen !== 0 && !k.callerCanWrite(acllen!, 2))) return SS$_ACCVIO;
  const aces = acesOf(k.readBytes(entry.address, Math.min(entry.length, k.readByte(entry.address))));
  if (aces?.length !== 1) return SS$_IVACL;
  const text = textToBytes(aceText(aces[0]!));
  const kept = text.subarray(0, room.length);
  if (!k.callerCanWrite(room.address, kept.length)) return SS$_ACCVIO;
  k.writeBytes(room.address, kept);
  if (acllen !== 0) k.writeWord(acllen!, kept.length);
  return kept.length < text.length ? SS$_BUFFEROVF : SS$_NORMAL;
});
