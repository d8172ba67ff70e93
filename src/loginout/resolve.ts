import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { LNM$C_MAXDEPTH, LNM$M_TERMINAL } from '../executive/starlet/lnmdef.js';
import { permanentFile, translate } from '../rms/names/translate.js';

/** What a name stands for in the end: a device or file specification, or the process permanent file of one. */
export type Resolved =
  | { readonly kind: 'permanent'; readonly ifi: number; readonly device: string }
  | { readonly kind: 'name'; readonly text: string };

/** Translates a name by LNM$FILE_DEV until nothing is left to translate. @param mode  names of this and more privileged modes count */
export function* resolveName(p: Procedure, name: string, mode: number): Flow<Resolved> {
  let text = name;
  for (let depth = 0; depth < LNM$C_MAXDEPTH; depth += 1) {
    const found = yield* translate(p, text.replace(/:$/, ''), mode);
    if (!found) break;
    const permanent = permanentFile(found.text);
    if (permanent) return { kind: 'permanent', ...permanent };
    text = found.text;
    if (found.attributes & LNM$M_TERMINAL || !/^[A-Z0-9$_]+:?$/i.test(text)) break;
  }
  return { kind: 'name', text };
}
