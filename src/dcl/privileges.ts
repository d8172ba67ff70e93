import { PRIVILEGE_NAMES } from '../executive/starlet/prvdef.js';

/** Privilege names and bit numbers, in the order of the bits. NOACNT and SETPRI, which $PRVDEF has besides for ACNT and ALTPRI, are none: NOACNT is no ACNT. */
export const PRIVILEGES: readonly (readonly [name: string, bit: number])[] = PRIVILEGE_NAMES.map((name, bit) => [name, bit]);

/** `CMKRNL,SETPRV` of a privilege mask. */
export function privilegeNames(mask: bigint): string {
  return PRIVILEGES.filter(([, bit]) => ((mask >> BigInt(bit)) & 1n) !== 0n).map(([name]) => name).join(',');
}

/** One word of a privilege list: bit and whether it is wanted; undefined when it is no privilege. ALL is all of them. */
export function readPrivilege(word: string): { mask: bigint; wanted: boolean } | undefined {
  const name = word.trim().toUpperCase();
  const every = PRIVILEGES.reduce((mask, [, bit]) => mask | (1n << BigInt(bit)), 0n);
  if (name === 'ALL') return { mask: every, wanted: true };
  if (name === 'NOALL') return { mask: every, wanted: false };
  const find = (text: string): bigint | undefined => {
    const exact = PRIVILEGES.find(([known]) => known === text);
    if (exact) return 1n << BigInt(exact[1]);
    const matches = PRIVILEGES.filter(([known]) => known.startsWith(text));
    return matches.length === 1 ? 1n << BigInt(matches[0]![1]) : undefined;
  };
  const direct = find(name);
  if (direct !== undefined) return { mask: direct, wanted: true };
  const negative = name.startsWith('NO') ? find(name.slice(2)) : undefined;
  return negative === undefined ? undefined : { mask: negative, wanted: false };
}

/** A list of privileges, the last word on each counting: those wanted, those not, and the first word that is none. */
export function privilegeMasks(words: readonly string[]): { readonly enable: bigint; readonly disable: bigint; readonly unknown?: string } {
  let [enable, disable] = [0n, 0n];
  for (const word of words) {
    const found = readPrivilege(word);
    if (!found) return { enable, disable, unknown: word.toUpperCase() };
    [enable, disable] = found.wanted ? [enable | found.mask, disable & ~found.mask] : [enable & ~found.mask, disable | found.mask];
  }
  return { enable, disable };
}
