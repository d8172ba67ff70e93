import { LHD$C_HELP, LHD$C_MACRO, LHD$C_OBJECT, LHD$C_TEXT, type Library, type LibraryModule } from './format.js';

/** LIBRARY/LIST. @source layout of the listings of VMS, from logs of a running system; with /FULL of other than object modules: choice */
export const TYPE_NAMES: Readonly<Record<number, string>> = { [LHD$C_OBJECT]: 'OBJECT', [LHD$C_MACRO]: 'MACRO', [LHD$C_HELP]: 'HELP', [LHD$C_TEXT]: 'TEXT' };

export interface ListChoices {
  /** File specification of the library. */
  readonly name: string;
  readonly full: boolean;
  readonly names: boolean;
  readonly width: number;
  /** Which modules. */
  readonly picks: (module: LibraryModule) => boolean;
}

const NAME_CELL = 33;

/** The format has no preallocated index, deleted blocks or history: those counts are 0. @param date  a system time as `dd-mmm-yyyy hh:mm:ss`; undefined: now */
export function listing(library: Library, choices: ListChoices, date: (time?: bigint) => string): string[] {
  const number = (value: number, width = 5): string => String(value).padStart(width);
  const other = library.modules.reduce((sum, { names }) => sum + names.length, 0);
  const lines = [
    `Directory of ${TYPE_NAMES[library.type]!} library ${choices.name} on ${date()}`,
    `Creation date:  ${date(library.created)}      Creator:  ${library.librarian}`,
    `Revision date:  ${date(library.revised)}      Library format:   ${library.version}`,
    `Number of modules:  ${number(library.modules.length)}                 Max. key length:  ${library.longestName}`,
    `${'Other entries:'.padEnd(20)}${number(other)}                 ${'Preallocated index blocks:'.padEnd(28)}${number(0)}`,
    `${'Recoverable deleted blocks:'.padEnd(29)}${number(0)}        ${'Total index blocks used:'.padEnd(28)}${number(library.indexBlocks)}`,
    `${'Max. Number history records:'.padEnd(31)}${number(0)}      ${'Library history records:'.padEnd(26)}${number(0, 7)}`,
    '',
  ];
  for (const module of library.modules.filter(choices.picks)) {
    lines.push(...(choices.full ? [fullLine(library, module, date)] : [module.name]));
    if (!choices.names || library.type !== LHD$C_OBJECT) continue;
    const perLine = Math.max(1, Math.floor(choices.width / NAME_CELL));
    for (let from = 0; from < module.names.length; from += perLine) lines.push(module.names.slice(from, from + perLine).map((name) => name.padEnd(NAME_CELL)).join('').trimEnd());
    lines.push('');
  }
  return lines;
}

function fullLine(library: Library, module: LibraryModule, date: (time: bigint) => string): string {
  const inserted = `Inserted ${date(module.inserted)}`;
  const count = `${module.names.length} symbol${module.names.length === 1 ? '' : 's'}`;
  return library.type === LHD$C_OBJECT ? `Module ${module.name.padEnd(16)} Ident ${module.ident.padEnd(16)} ${inserted} ${count}` : `Module ${module.name.padEnd(16)} ${inserted}`;
}
