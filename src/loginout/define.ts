import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { LNM$_ATTRIBUTES, LNM$_STRING } from '../executive/starlet/lnmdef.js';

/** One translation of a logical name. */
export interface Translation {
  readonly text: string;
  /** LNM$M_CONCEALED, LNM$M_TERMINAL. */
  readonly attributes?: number;
}

/**
 * $CRELNM with one or more translations.
 *
 * @param mode  0 kernel, 1 executive, 2 supervisor, 3 user; never more privileged than the caller without SYSNAM
 * @returns status of $CRELNM
 */
export function* defineLogical(p: Procedure, table: string, name: string, mode: number, translations: readonly (string | Translation)[]): Flow<number> {
  return yield* p.scratch(function* () {
    const items = translations.flatMap((given) => {
      const { text, attributes } = typeof given === 'string' ? { text: given, attributes: 0 } : given;
      const mask = p.allocate(4);
      p.memory.writeLong(mask, attributes ?? 0);
      const bytes = p.string(text);
      return [
        { code: LNM$_ATTRIBUTES, length: 4, buffer: mask },
        { code: LNM$_STRING, length: text.length, buffer: p.memory.readLong(bytes + 4) },
      ];
    });
    const accessMode = p.allocate(4);
    p.memory.writeByte(accessMode, mode);
    return yield* service(p, '$CRELNM', { tabnam: p.string(table), lognam: p.string(name), acmode: accessMode, itmlst: p.itemList(items) });
  });
}
