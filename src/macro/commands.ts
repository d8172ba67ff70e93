import type { SourceFile } from './assembly.js';
import type { Diagnostic } from './diagnostics.js';
import { neededMembers, type LibraryMember } from './link/libraries.js';
import { parseLinkOptions, type LinkOptionsFile } from './link/options-file.js';
import { readSharedImage, type SharedImage } from './link/symbol-table.js';
import { LinkError, LinkMessages, type LinkMessage, type LinkSeverity } from './link/messages.js';
import { link } from './linker.js';
import type { MacroLibrary } from './library.js';
import { assembleToObject } from './object/module.js';
import { symbolLookup, type SymbolSource } from './symbols.js';

/**
 * The MACRO and LINK commands without their surroundings: MACRO.EXE and LINK.EXE take parameters and qualifiers from
 * the CLI, give files through RMS, and call these. Reading and writing are generators, so that they may wait; `Y` and
 * `N` are whatever the caller's generators yield and receive.
 */
export type Steps<Y, N, T> = Generator<Y, T, N>;

/** An RMS failure: the file as far as it is known, and the secondary message, such as `-RMS-E-FNF, file not found`. */
export interface FileFailure {
  readonly spec: string;
  readonly reason: string;
}

/** Where an output file goes: `spec` as given (or nothing), completed from the related input file and the type. */
export interface OutputFile {
  readonly spec: string | undefined;
  readonly related: string;
  readonly type: string;
}

export interface CommandHost<Y, N> {
  /** The object modules of a library. */
  readLibrary(spec: string): Steps<Y, N, { readonly name: string; readonly members: readonly LibraryMember[] } | FileFailure>;
  /** A text file. The name in the answer is the full file specification. */
  readText(spec: string, defaultType: string): Steps<Y, N, { name: string; text: string } | FileFailure>;
  readRecords(spec: string, defaultType: string): Steps<Y, N, { name: string; records: Uint8Array[] } | FileFailure>;
  /** An image file as it is. */
  readBlocks(spec: string, defaultType: string): Steps<Y, N, { name: string; bytes: Uint8Array } | FileFailure>;
  /** Text, lines ended by newlines. The answer is the full file specification. */
  writeText(file: OutputFile, text: string): Steps<Y, N, { name: string } | FileFailure>;
  /** Variable-length records. */
  writeRecords(file: OutputFile, records: readonly Uint8Array[]): Steps<Y, N, { name: string } | FileFailure>;
  /** Fixed 512-byte records. */
  writeBlocks(file: OutputFile, bytes: Uint8Array): Steps<Y, N, { name: string } | FileFailure>;
  /** One line (or several, separated by newlines) on SYS$ERROR and SYS$OUTPUT. */
  print(text: string): Steps<Y, N, void>;
  /** VMS time. */
  readonly now: bigint;
  /** `dd-mmm-yyyy hh:mm` */
  readonly nowText: string;
}

export interface CommandResult {
  /** The worst of what was printed; the utility makes its exit status of it. */
  readonly severity: 'S' | LinkSeverity;
  readonly errors: number;
  readonly warnings: number;
}

/** What the utility exits with: success, or the severity alone, marked as already reported. VAX MACRO leaves %X10000002 after errors. */
export function exitStatus({ severity }: CommandResult): number {
  const INHIBIT_MESSAGE = 0x10000000;
  switch (severity) {
    case 'S': return 1;
    case 'I': return INHIBIT_MESSAGE | 3;
    case 'W': return INHIBIT_MESSAGE;
    case 'E': return INHIBIT_MESSAGE | 2;
    case 'F': return INHIBIT_MESSAGE | 4;
  }
}

export interface MacroCommand {
  /** The files of one module, in order (`A+B`). */
  readonly sources: readonly string[];
  /** /OBJECT: a file, true for the default name, false for none. */
  readonly object: string | boolean;
  readonly list: string | boolean;
  /** Constants of the system; see ModuleOptions. */
  readonly symbols: SymbolSource | undefined;
  readonly libraries: readonly MacroLibrary[];
}

/** An input of LINK: object file, options file, object library, or shareable image. */
export interface LinkInput {
  readonly spec: string;
  readonly isOptions?: boolean;
  /** /LIBRARY: modules that are needed. */
  readonly isLibrary?: boolean;
  /** /INCLUDE: modules of the library that are taken in any case. */
  readonly include?: readonly string[];
  /** /SHAREABLE in an options file: an image to link with. */
  readonly isShareable?: boolean;
}

export interface LinkCommand {
  readonly files: readonly LinkInput[];
  readonly executable: string | boolean;
  readonly map: string | boolean;
  /** /FULL: the map lists image sections too. */
  readonly fullMap?: boolean | undefined;
  readonly traceback: boolean;
  readonly debug: boolean;
  readonly symbols: SymbolSource | undefined;
  /** /SHAREABLE: a shareable image is made; its file, true for the default name. */
  readonly shareable?: string | boolean | undefined;
  /** /PROTECT */
  readonly protect?: boolean | undefined;
}

/** Name of the module that the executive's symbols come from, in SYS$SYSTEM:SYS.STB. */
export const SYSTEM_SYMBOLS_MODULE = 'SYS';

const ORDER = ['S', 'I', 'W', 'E', 'F'] as const;

function isFailure(answer: object): answer is FileFailure {
  return 'reason' in answer;
}

function* openFailure<Y, N>(host: CommandHost<Y, N>, facility: string, { spec, reason }: FileFailure, direction: 'in' | 'out'): Steps<Y, N, CommandResult> {
  const [ident, text] = direction === 'in' ? ['OPENIN', 'input'] : ['OPENOUT', 'output'];
  yield* host.print(`%${facility}-F-${ident}, error opening ${spec} as ${text}\n${reason}`);
  return { severity: 'F', errors: 1, warnings: 0 };
}

export function* macroCommand<Y, N>(command: MacroCommand, host: CommandHost<Y, N>): Steps<Y, N, CommandResult> {
  const files: SourceFile[] = [];
  for (const spec of command.sources) {
    const source = yield* host.readText(spec, 'MAR');
    if (isFailure(source)) return yield* openFailure(host, 'MACRO', source, 'in');
    files.push(source);
  }
  const related = files[0]?.name ?? '';
  const { records, diagnostics, listing, excerpt } = assembleToObject(files, { symbols: command.symbols, libraries: command.libraries, created: host.nowText });
  const count = (severity: string): number => diagnostics.filter((d) => d.severity === severity).length;
  const errors = count('E') + count('F');
  const warnings = count('W');

  for (const found of diagnostics) yield* host.print(found.text.startsWith('%') ? excerpt(found) : found.text);
  const summary = summaryLines(diagnostics, errors, warnings, count('I'));

  if (command.object !== false) {
    const written = yield* host.writeRecords({ spec: named(command.object), related, type: 'OBJ' }, records);
    if (isFailure(written)) return yield* openFailure(host, 'MACRO', written, 'out');
  }
  if (command.list !== false) {
    const written = yield* host.writeText({ spec: named(command.list), related, type: 'LIS' }, `${listing()}\n${summary}\n`);
    if (isFailure(written)) return yield* openFailure(host, 'MACRO', written, 'out');
  }
  return { severity: count('F') > 0 ? 'F' : errors > 0 ? 'E' : warnings > 0 ? 'W' : 'S', errors, warnings };
}

function named(file: string | boolean): string | undefined {
  return typeof file === 'string' ? file : undefined;
}

/** The line that ends an assembly, and the lines of the source that it is about. */
function summaryLines(diagnostics: readonly Diagnostic[], errors: number, warnings: number, information: number): string {
  if (diagnostics.length === 0) return 'There were no errors, warnings or information messages.';
  const plural = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
  const lines = [...new Set(diagnostics.map((d) => d.line))].sort((a, b) => a - b).map((line) => `${String(line).padStart(5)} (1)     `);
  const rows = Array.from({ length: Math.ceil(lines.length / 5) }, (_, row) => lines.slice(row * 5, row * 5 + 5).join('').trimEnd());
  return `There ${errors === 1 ? 'was' : 'were'} ${plural(errors, 'error')}, ${plural(warnings, 'warning')} and ${plural(information, 'information message')}, on line${lines.length === 1 ? '' : 's'}:\n`
    + rows.join('\n');
}

export function* linkCommand<Y, N>(command: LinkCommand, host: CommandHost<Y, N>): Steps<Y, N, CommandResult> {
  const objects: Uint8Array[][] = [];
  const names: string[] = [];
  const extra: { symbols: Map<string, number>; universals: string[] } & LinkOptionsFile['settings'] = { symbols: new Map(), universals: [] };
  const sharedImages: SharedImage[] = [];
  const known = withExtra(extra.symbols, command.symbols);
  const missing = new LinkMessages();
  const pending = [...command.files];
  for (let file = pending.shift(); file !== undefined; file = pending.shift()) {
    if (file.isOptions === true) {
      const options = yield* host.readText(file.spec, 'OPT');
      if (isFailure(options)) return yield* openFailure(host, 'LINK', options, 'in');
      const parsed = parseLinkOptions(options.text);
      if (typeof parsed === 'string') {
        yield* host.print(`%LINK-F-OPTSYNERR, syntax error in options file ${options.name}\n-LINK-E-OPTLIN, options line in error\n\t${parsed}`);
        return { severity: 'F', errors: 1, warnings: 0 };
      }
      Object.assign(extra, parsed.settings);
      for (const [name, value] of parsed.symbols) extra.symbols.set(name, value);
      extra.universals.push(...parsed.universals);
      pending.unshift(...parsed.files.map(linkInput));
      continue;
    }
    if (file.isShareable === true) {
      const image = yield* host.readBlocks(file.spec, 'EXE');
      // The run-time library of the system is no image here: its names are the system's, or stay undefined.
      if (isFailure(image) && /^SYS\$(SHARE|LIBRARY):/i.test(file.spec)) continue;
      if (isFailure(image)) return yield* openFailure(host, 'LINK', image, 'in');
      const shared = readSharedImage(baseName(image.name), image.bytes);
      if ('problem' in shared) {
        yield* host.print(`%LINK-F-NOTSHRIMG, file ${image.name} is no shareable image\n\t${shared.problem}`);
        return { severity: 'F', errors: 1, warnings: 0 };
      }
      sharedImages.push(shared);
      continue;
    }
    if (file.isLibrary === true || file.include !== undefined) {
      const library = yield* host.readLibrary(file.spec);
      if (isFailure(library)) return yield* openFailure(host, 'LINK', library, 'in');
      const included = library.members.filter(({ name }) => file.include?.includes(name) === true);
      for (const name of file.include ?? []) {
        if (included.some((member) => member.name === name)) continue;
        missing.add('W', 'MODNOTFND', `module ${name} not found in library ${library.name}`);
        yield* printMessages(host, missing.list.slice(-1));
      }
      const before = [...objects, ...included.map(({ records }) => [...records])];
      const needed = file.isLibrary === true
        ? neededMembers(before, library.members.filter((member) => !included.includes(member)),
          (name) => known(name) !== undefined || sharedImages.some((image) => image.symbols.has(name))) : [];
      for (const { records } of [...included, ...needed]) {
        objects.push([...records]);
        names.push(library.name);
      }
      continue;
    }
    const object = yield* host.readRecords(file.spec, 'OBJ');
    if (isFailure(object)) return yield* openFailure(host, 'LINK', object, 'in');
    objects.push(object.records);
    names.push(object.name);
  }

  const related = names[0] ?? '';
  const isShareable = command.shareable !== undefined && command.shareable !== false;
  const output = isShareable && typeof command.shareable === 'string' ? command.shareable : command.executable;
  const imageName = extra.name ?? baseName(named(output) ?? related);
  try {
    const image = link(objects, {
      imageName, linkTime: host.now, files: names, traceback: command.traceback, debug: command.debug, stackPages: extra.stackPages, base: extra.base,
      imageIdent: extra.imageIdent, symbols: known, shareable: isShareable, protect: command.protect === true || extra.protect === true, match: extra.match,
      universals: extra.universals, sharedImages,
    });
    yield* printMessages(host, image.messages);
    if (output !== false) {
      const written = yield* host.writeBlocks({ spec: named(output), related, type: 'EXE' }, image.bytes);
      if (isFailure(written)) return yield* openFailure(host, 'LINK', written, 'out');
    }
    if (command.map !== false) {
      const written = yield* host.writeText({ spec: named(command.map), related, type: 'MAP' }, image.map(command.fullMap));
      if (isFailure(written)) return yield* openFailure(host, 'LINK', written, 'out');
    }
    return linkResult([...missing.list, ...image.messages]);
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    yield* printMessages(host, error.messages);
    return linkResult([...missing.list, ...error.messages]);
  }
}

/** A file of an options file: `LIB/LIBRARY`, `LIB/INCLUDE=(A,B)`, or an object file. */
function linkInput(text: string): LinkInput {
  const [spec = '', ...qualifiers] = text.split('/');
  const include = qualifiers.map((word) => /^INC[A-Z]*[=:]\(?([^)]*)\)?$/i.exec(word.trim())?.[1]).find((list) => list !== undefined);
  return {
    spec: spec.trim(), isLibrary: qualifiers.some((word) => /^LIB/i.test(word.trim())), isShareable: qualifiers.some((word) => /^SHA/i.test(word.trim())),
    ...(include === undefined ? {} : { include: include.split(',').map((name) => name.trim().toUpperCase()) }),
  };
}

function withExtra(extra: ReadonlyMap<string, number>, symbols: SymbolSource | undefined): (name: string) => number | undefined {
  const system = symbolLookup(symbols);
  return (name) => extra.get(name) ?? system(name);
}

function* printMessages<Y, N>(host: CommandHost<Y, N>, messages: readonly LinkMessage[]): Steps<Y, N, void> {
  for (const message of messages) yield* host.print(message.text);
}

function linkResult(messages: readonly LinkMessage[]): CommandResult {
  const worst = Math.max(0, ...messages.map((m) => ORDER.indexOf(m.severity)));
  const count = (...severities: string[]): number => messages.filter((m) => severities.includes(m.severity)).length;
  return { severity: ORDER[worst]!, errors: count('E', 'F'), warnings: count('W') };
}

/** `DISK:[DIR]NAME.TYPE;1` -> NAME */
function baseName(spec: string): string {
  return /([^\]>:]*)$/.exec(spec)![1]!.replace(/[.;].*$/, '').toUpperCase();
}
