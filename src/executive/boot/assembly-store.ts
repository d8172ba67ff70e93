import type { AbsoluteImage } from '../../macro/assembler.js';

/** What of an assembled text must be kept to load it again. */
export interface KeptText {
  readonly bytes: Uint8Array;
  readonly origin: number;
  readonly symbols: readonly (readonly [name: string, value: number])[];
  readonly transferAddress: number | undefined;
}

/**
 * Texts assembled by an earlier boot of the same build: SYS.EXE and the images that come with the system are assembled from their MACRO-32
 * sources at boot, and come out the same every time. The host keeps them; a boot without a store gives the same memory, only later.
 */
export interface AssemblyStore {
  get(key: string): KeptText | undefined;
  put(key: string, text: KeptText): void;
}

/** The text kept under `key`, or what `assemble` makes, which is kept. */
export function keptOr(store: AssemblyStore | undefined, key: string, assemble: () => AbsoluteImage): AbsoluteImage {
  const kept = store?.get(key);
  // A listing is for people, who do not ask the booted system for it.
  if (kept) return { bytes: kept.bytes, origin: kept.origin, symbols: new Map(kept.symbols), transferAddress: kept.transferAddress, listing: () => '' };
  const made = assemble();
  store?.put(key, { bytes: made.bytes, origin: made.origin, symbols: [...made.symbols], transferAddress: made.transferAddress });
  return made;
}
