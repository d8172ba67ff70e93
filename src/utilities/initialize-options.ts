import { cliGetValue, cliGetValues, cliIsNegated, cliIsPresent } from '../dcl/cli-client.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { LARGEST_MAXIMUM_FILES, type InitializeOptions } from '../filesystem/initialize.js';
import type { Extent } from '../filesystem/retrieval.js';
import { messageCode, report } from './messages.js';
import { protectionCode, type ProtectionCode } from './protection.js';

/** The qualifiers of INITIALIZE for disks. @source DCL Dictionary, INITIALIZE */

/** Protection words, set bits deny: /NOSHARE leaves system and owner, with /GROUP the group too. */
const EVERYBODY = 0;
const PRIVATE = 0xff00;
const GROUP = 0xf000;
const AS_IT_IS: ProtectionCode = { mask: 0, value: 0 };

/** The command's qualifiers, as typed. */
export interface WantedVolume {
  readonly numbers: Readonly<Record<string, string | undefined>>;
  /** /INDEX: a keyword, or the LBN of BLOCK:n. */
  readonly index: string | undefined;
  readonly badBlocks: readonly Extent[];
  /** Protection that /SHARE and /GROUP mean. */
  readonly sharing: number;
  readonly protection: ProtectionCode;
  readonly fileProtection: ProtectionCode;
  readonly isSystem: boolean;
  readonly isGroup: boolean;
  readonly givesOwner: boolean;
  readonly erases: boolean;
  readonly userName: string | undefined;
}

const NUMBERS = ['ACCESSED', 'CLUSTER_SIZE', 'DIRECTORIES', 'EXTENSION', 'HEADERS', 'MAXIMUM_FILES', 'STRUCTURE', 'WINDOWS'] as const;

/** @returns the status of a message when something makes no sense */
export function* wantedVolume(p: Procedure): Flow<WantedVolume | number> {
  const numbers: Record<string, string | undefined> = {};
  for (const name of NUMBERS) numbers[name] = yield* cliGetValue(p, name);
  const badBlocks: Extent[] = [];
  for (const typed of yield* cliGetValues(p, 'BADBLOCKS')) {
    const [, lbn, count = '1'] = /^(\d+)(?:[:=](\d+))?$/.exec(typed.trim()) ?? [];
    if (lbn === undefined) return yield* report(p, { code: messageCode('INIT$_VALUERR'), args: [`${typed} is no block and count`] });
    badBlocks.push({ lbn: Number(lbn), count: Math.max(1, Number(count)) });
  }
  const protection = yield* protectionCode(p, 'PROTECTION');
  if (typeof protection === 'number') return protection;
  const fileProtection = yield* protectionCode(p, 'FILE_PROTECTION');
  if (typeof fileProtection === 'number') return fileProtection;
  const isGroup = yield* cliIsPresent(p, 'GROUP');
  const isShared = !(yield* cliIsNegated(p, 'SHARE'));
  return {
    numbers, index: (yield* cliGetValue(p, 'INDEX.BLOCK')) ?? (yield* cliGetValue(p, 'INDEX')), badBlocks, sharing: isGroup ? GROUP : isShared ? EVERYBODY : PRIVATE,
    protection: protection ?? AS_IT_IS, fileProtection: fileProtection ?? AS_IT_IS, isSystem: yield* cliIsPresent(p, 'SYSTEM'), isGroup,
    givesOwner: yield* cliIsPresent(p, 'OWNER_UIC'), erases: yield* cliIsPresent(p, 'ERASE'), userName: yield* cliGetValue(p, 'USER_NAME'),
  };
}

/** The numbers, within what a volume can have; a text says what is wrong. */
export function numberOptions({ numbers, index }: WantedVolume, blocks: number): Partial<InitializeOptions> | string {
  const limits: readonly (readonly [qualifier: string, option: keyof InitializeOptions | undefined, least: number, most: number])[] = [
    ['ACCESSED', 'directoryCache', 0, 255], ['CLUSTER_SIZE', 'cluster', 1, Math.floor(blocks / 50)], ['DIRECTORIES', 'directories', 16, 16000],
    ['EXTENSION', 'extend', 0, 65535], ['HEADERS', 'headers', 16, 65500], ['MAXIMUM_FILES', 'maximumFiles', 16, LARGEST_MAXIMUM_FILES], ['STRUCTURE', undefined, 2, 2],
    ['WINDOWS', 'window', 7, 80],
  ];
  const options: Record<string, number | string> = {};
  for (const [qualifier, option, least, most] of limits) {
    const typed = numbers[qualifier];
    if (typed === undefined) continue;
    const value = Number(typed);
    if (!(value >= least && value <= most)) return `/${qualifier} is from ${least} to ${most}`;
    if (option !== undefined) options[option] = value;
  }
  if (index !== undefined) options['index'] = /^\d+$/.test(index) ? Number(index) : index;
  return options;
}
