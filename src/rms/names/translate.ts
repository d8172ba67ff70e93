import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import { LNM$_ATTRIBUTES, LNM$_INDEX, LNM$_MAX_INDEX, LNM$_STRING } from '../../executive/starlet/lnmdef.js';
import { readText } from '../../executive/structures/memory.js';

/** The prefix of a process permanent file's equivalence name: ESC, NUL, then the internal file identifier (book 23.2.1). */
const PPF_PREFIX = '\x1b\0';
const PPF_PREFIX_LENGTH = 4;

export interface Translation {
  readonly text: string;
  readonly attributes: number;
  /** Equivalence names there are. */
  readonly count: number;
}

/** Equivalence name `index` of a logical name in LNM$FILE_DEV as `mode` sees it; undefined when there is none. */
export function* translate(p: Procedure, name: string, mode: number, index = 0): Flow<Translation | undefined> {
  return yield* p.scratch(function* () {
    const buffer = p.allocate(256);
    const length = p.allocate(4);
    const attributes = p.allocate(4);
    const last = p.allocate(4);
    const which = p.allocate(4);
    const accessMode = p.allocate(4);
    p.memory.writeByte(accessMode, mode);
    p.memory.writeLong(which, index);
    const status = yield* service(p, '$TRNLNM', {
      tabnam: p.string('LNM$FILE_DEV'), lognam: p.string(name), acmode: accessMode,
      itmlst: p.itemList([
        { code: LNM$_MAX_INDEX, length: 4, buffer: last },
        { code: LNM$_INDEX, length: 4, buffer: which },
        { code: LNM$_ATTRIBUTES, length: 4, buffer: attributes },
        { code: LNM$_STRING, length: 255, buffer, returnLength: length },
      ]),
    });
    if (!(status & 1)) return undefined;
    return {
      text: readText(p.memory, buffer, p.memory.readWord(length)), attributes: p.memory.readLong(attributes), count: (p.memory.readLong(last) | 0) + 1,
    };
  });
}

/** The process permanent file an equivalence name stands for. */
export function permanentFile(text: string): { readonly ifi: number; readonly device: string } | undefined {
  if (!text.startsWith(PPF_PREFIX) || text.length < PPF_PREFIX_LENGTH) return undefined;
  return { ifi: text.charCodeAt(2) | (text.charCodeAt(3) << 8), device: text.slice(PPF_PREFIX_LENGTH).replace(/:$/, '') };
}

/** The equivalence string of a process permanent file. */
export function permanentEquivalence(ifi: number, device: string): string {
  return `${PPF_PREFIX}${String.fromCharCode(ifi & 0xff, ifi >>> 8)}${device}`;
}
