import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { LNM$_ATTRIBUTES, LNM$_STRING, LNM$C_MAXDEPTH, LNM$M_TERMINAL } from '../executive/starlet/lnmdef.js';
import { readText } from '../executive/structures/memory.js';

/** The prefix of a process permanent file's equivalence name: ESC, NUL, then the internal file identifier (book 23.2.1). */
const PPF_PREFIX = '\x1b\0';
const PPF_PREFIX_LENGTH = 4;

/** What a name stands for. */
export type Translated =
  | { readonly kind: 'permanent'; readonly ifi: number; readonly device: string }
  | { readonly kind: 'name'; readonly text: string };

/** One translation by LNM$FILE_DEV in the caller's mode; undefined when there is none. */
export function* translate(p: Procedure, name: string, mode: number): Flow<{ readonly text: string; readonly attributes: number } | undefined> {
  return yield* p.scratch(function* () {
    const buffer = p.allocate(256);
    const length = p.allocate(4);
    const attributes = p.allocate(4);
    const accessMode = p.allocate(4);
    p.memory.writeByte(accessMode, mode);
    const status = yield* service(p, '$TRNLNM', {
      tabnam: p.string('LNM$FILE_DEV'), lognam: p.string(name), acmode: accessMode,
      itmlst: p.itemList([
        { code: LNM$_ATTRIBUTES, length: 4, buffer: attributes },
        { code: LNM$_STRING, length: 255, buffer, returnLength: length },
      ]),
    });
    if (!(status & 1)) return undefined;
    return { text: readText(p.memory, buffer, p.memory.readWord(length)), attributes: p.memory.readLong(attributes) };
  });
}

/**
 * Translates a device or logical name until nothing is left to translate.
 *
 * @param name  without its colon
 */
export function* resolveName(p: Procedure, name: string, mode: number): Flow<Translated> {
  let text = name;
  for (let depth = 0; depth < LNM$C_MAXDEPTH; depth += 1) {
    const found = yield* translate(p, text.replace(/:$/, ''), mode);
    if (!found) break;
    if (found.text.startsWith(PPF_PREFIX)) {
      return {
        kind: 'permanent', ifi: found.text.charCodeAt(2) | (found.text.charCodeAt(3) << 8), device: found.text.slice(PPF_PREFIX_LENGTH),
      };
    }
    text = found.text;
    if (found.attributes & LNM$M_TERMINAL || !/^[A-Z0-9$_]+:?$/i.test(text)) break;
  }
  return { kind: 'name', text };
}

/** The equivalence string of a process permanent file. */
export function permanentEquivalence(ifi: number, device: string): string {
  return `${PPF_PREFIX}${String.fromCharCode(ifi & 0xff, ifi >>> 8)}${device}`;
}
