import { cliGetValue, cliGetValues, cliIsPresent } from '../dcl/cli-client.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { PIO_BASE, PIO_CELLS } from '../executive/structures/p1-cells.js';
import { messageCode, report } from './messages.js';

/** Protection codes: `(S:RWED,O:RWED,G:RE,W)`. A set bit of the word denies. @source DCL Dictionary, SET PROTECTION */
const CLASSES = ['SYSTEM', 'OWNER', 'GROUP', 'WORLD'] as const;
const LETTERS = 'RWED';

/** What a /PROTECTION names: for each class the nibble that replaces the one it has. */
export interface ProtectionCode {
  /** Bits that are given. */
  readonly mask: number;
  readonly value: number;
}

/** The protection word that `code` makes of another. */
export function applyProtection(word: number, { mask, value }: ProtectionCode): number {
  return (word & ~mask) | value;
}

/** Denied access of letters such as RWE; undefined when one of them is none. */
export function deniedBy(letters: string): number | undefined {
  let denied = 15;
  for (const letter of letters.toUpperCase()) {
    const bit = LETTERS.indexOf(letter);
    if (bit < 0) return undefined;
    denied &= ~(1 << bit);
  }
  return denied;
}

/**
 * Reads a qualifier or parameter with keywords SYSTEM, OWNER, GROUP, WORLD.
 *
 * @returns undefined when it is not there; the status of a message when a letter is none
 */
export function* protectionCode(p: Procedure, label: string): Flow<ProtectionCode | number | undefined> {
  if (!(yield* cliIsPresent(p, label))) return undefined;
  let mask = 0;
  let value = 0;
  const given = yield* cliGetValues(p, label);
  for (const [index, name] of CLASSES.entries()) {
    if (!given.includes(name)) continue;
    const letters = (yield* cliGetValue(p, `${label}.${name}`)) ?? '';
    const denied = deniedBy(letters);
    if (denied === undefined) return yield* report(p, { code: messageCode('SET$_IVPROT'), args: [letters] });
    mask |= 15 << (4 * index);
    value |= denied << (4 * index);
  }
  return { mask, value };
}

/** Protection of new files of this process. */
export function defaultProtection(p: Procedure): number {
  return PIO_CELLS.at(p.memory, PIO_BASE).PIO$GW_DFPROT;
}
