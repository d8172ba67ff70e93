import {
  encodeImageHeader, headerBlocksFor, IHD$C_NATIVE, IHD$K_EXE, IHD$M_DBGDMT, IHD$M_LNKDEBUG, IHD$M_LNKNOTFR, IHD$M_PICIMG, IHD$V_MATCHCTL,
  ISD$K_NORMAL, ISD$K_USRSTACK, ISD$M_CRF, ISD$M_DZRO, ISD$M_LASTCLU, ISD$M_WRT, type ImageHeader, type ImageSection,
} from './image-format.js';
import { collectPsects, isAbsolute, layOut, PAGE, type LaidOutSection, type LinkModule } from './link/layout.js';
import { renderMap } from './link/map.js';
import { LinkError, LinkMessages, type LinkMessage } from './link/messages.js';
import { runText, TextError, type SymbolDefinition } from './link/text.js';
import { GSY$M_DEF, GSY$M_WEAK } from './object/language.js';
import { decodeModules, ObjectFormatError } from './object/reader.js';
import { GPS$V_WRT } from './psect.js';
import { symbolLookup, type SymbolSource } from './symbols.js';

/**
 * The linker: object modules in, an executable image out. First pass: sections and symbols; layout; second pass: text.
 * The image starts at 200 hex (page 0 stays without access), sections are whole pages, and a user stack is asked for
 * at the top of P1 space. @source VAX/VMS Linker manual; digest ch21 1.1, 1.2
 */
export interface LinkOptions {
  /** As it will stand in the image header: the file name without directory and type. */
  imageName: string;
  /** VMS time of the link. */
  linkTime?: bigint | undefined;
  /** Absolute symbols of the system: service vectors, constants. Asked only for names that no module defines. */
  symbols?: SymbolSource | undefined;
  /** Object file names, for messages and the map; by position in `objects`. */
  files?: readonly string[] | undefined;
  /** SYS$IMGSTA becomes the first transfer address, if `symbols` knows it. Default true. */
  traceback?: boolean | undefined;
  debug?: boolean | undefined;
  /** Pages of user stack, 20 when left out. */
  stackPages?: number | undefined;
  /** Instead of the ident of the module with the transfer address. */
  imageIdent?: string | undefined;
  base?: number | undefined;
}

export interface ImageFile {
  /** Whole 512-byte blocks. */
  readonly bytes: Uint8Array;
  readonly header: ImageHeader;
  /** Global symbols with their final values. */
  readonly symbols: ReadonlyMap<string, number>;
  /** The user program's entry, after SYS$IMGSTA in the header. */
  readonly transferAddress: number | undefined;
  /** Warnings and information; an error that leaves no image is thrown. */
  readonly messages: readonly LinkMessage[];
  /** @param isFull LINK/MAP/FULL */
  map(isFull?: boolean): string;
}

export interface LinkedSymbol extends SymbolDefinition {
  readonly name: string;
  readonly owner: LinkModule;
  readonly isWeak: boolean;
}

const DEFAULT_BASE = 0x200;
const DEFAULT_STACK_PAGES = 20;
/** The page after the last of P1 space, as an ISD counts pages. */
const P1_END = 0x400000;
const LINKER_IDENT = 'STARLET V1.0';
/** Fewer zero pages than this in a row stay in the file. */
const DEMAND_ZERO_MINIMUM = 5;

/** @raises LinkError when an object file is damaged or the image would not fit */
export function link(objects: readonly (readonly Uint8Array[])[], options: LinkOptions): ImageFile {
  const messages = new LinkMessages();
  const modules = readModules(objects, options, messages);
  if (modules.length === 0) {
    messages.add('F', 'NOMODS', 'no input modules specified (or found)');
    throw new LinkError(messages.list);
  }
  const psects = collectPsects(modules, messages);
  const laidOut = layOut(psects, Math.ceil((options.base ?? DEFAULT_BASE) / PAGE) * PAGE);
  if (laidOut === undefined) {
    messages.add('F', 'MEMFUL', 'insufficient virtual address space to complete this link');
    throw new LinkError(messages.list);
  }
  const symbols = collectSymbols(modules, messages);
  const systemSymbols = symbolLookup(options.symbols);
  resolveText(modules, laidOut, symbols, systemSymbols, messages);
  const transferAddress = findTransfer(modules, options, messages);

  const { sections, contents } = imageSections(laidOut, options.stackPages ?? DEFAULT_STACK_PAGES);
  const linkTime = options.linkTime ?? 0n;
  const startup = options.traceback === false ? undefined : systemSymbols('SYS$IMGSTA');
  const header: Omit<ImageHeader, 'headerBlocks'> = {
    imageType: IHD$K_EXE, privilegeRequests: 0xffffffffffffffffn, ioChannels: 0, imageIoPages: 0,
    linkFlags: IHD$M_PICIMG | IHD$M_DBGDMT | 1 << IHD$V_MATCHCTL
      | (options.debug === true ? IHD$M_LNKDEBUG : 0) | (transferAddress === undefined ? IHD$M_LNKNOTFR : 0),
    ident: Number((linkTime >> 16n) & 0xffffffffn), systemVersion: 0, fixupAddress: 0, alias: IHD$C_NATIVE,
    transfers: [startup, transferAddress].filter((address) => address !== undefined).map((address) => address >>> 0),
    initializeShareable: 0, imageName: options.imageName, imageIdent: options.imageIdent ?? imageIdent(modules), linkTime, linkerIdent: LINKER_IDENT, sections,
  };
  const headerBytes = encodeImageHeader(header);
  const bytes = new Uint8Array(headerBytes.length + contents.reduce((sum, part) => sum + part.length, 0));
  bytes.set(headerBytes);
  let at = headerBytes.length;
  for (const part of contents) {
    bytes.set(part, at);
    at += part.length;
  }

  const values = new Map([...symbols.values()].map((symbol) => [symbol.name, symbol.value >>> 0]));
  const complete: ImageHeader = { ...header, headerBlocks: headerBytes.length / PAGE };
  return {
    bytes, header: complete, symbols: values, transferAddress, messages: messages.list,
    map: (isFull = false) => {
      const input = { header: complete, modules, psects, symbols: [...symbols.values()], transferAddress, messages: messages.list, blocks: bytes.length / PAGE };
      return renderMap(input, isFull);
    },
  };
}

function readModules(objects: readonly (readonly Uint8Array[])[], options: LinkOptions, messages: LinkMessages): LinkModule[] {
  const modules: LinkModule[] = [];
  objects.forEach((records, n) => {
    const file = options.files?.[n] ?? `object ${n + 1}`;
    try {
      for (const module of decodeModules(records)) {
        modules.push({ module, file, contributions: [] });
        if (module.severity === 1) messages.add('W', 'WRNERS', 'compilation warnings', `in module ${module.name} file ${file}`);
        if (module.severity === 2) messages.add('W', 'ERRORS', 'compilation errors', `in module ${module.name} file ${file}`);
        if (module.severity > 2) throw new ObjectFormatError('EOMFTL', 'end of module record says that the compiler stopped');
      }
    } catch (error) {
      if (!(error instanceof ObjectFormatError)) throw error;
      messages.add('F', error.ident, error.message, `in file ${file}`);
      throw new LinkError(messages.list);
    }
  });
  return modules;
}

/** Global definitions. A strong definition wins over a weak one; of two strong ones the first stays. */
function collectSymbols(modules: readonly LinkModule[], messages: LinkMessages): Map<string, LinkedSymbol> {
  const symbols = new Map<string, LinkedSymbol>();
  for (const owner of modules) {
    for (const symbol of owner.module.symbols) {
      if ((symbol.flags & GSY$M_DEF) === 0) continue;
      const contribution = owner.contributions[symbol.psect];
      if (contribution === undefined) {
        messages.add('F', 'ILLPSCIDX', `symbol ${symbol.name} has illegal psect index ${symbol.psect}`, `in module ${owner.module.name} file ${owner.file}`);
        throw new LinkError(messages.list);
      }
      const absolute = isAbsolute(contribution.psect);
      const value = (absolute ? symbol.value : contribution.psect.base + contribution.offset + symbol.value) | 0;
      const isWeak = (symbol.flags & GSY$M_WEAK) !== 0;
      const known = symbols.get(symbol.name);
      if (known !== undefined && !known.isWeak) {
        if (!isWeak) messages.add('W', 'MULDEF', `symbol ${symbol.name} multiply defined`, `in module ${owner.module.name} file ${owner.file}`);
        continue;
      }
      symbols.set(symbol.name, { name: symbol.name, owner, value, isRelocatable: !absolute, entryMask: symbol.entryMask ?? 0, isWeak });
    }
  }
  return symbols;
}

function resolveText(
  modules: readonly LinkModule[], sections: readonly LaidOutSection[], symbols: ReadonlyMap<string, LinkedSymbol>,
  systemSymbols: (name: string) => number | undefined, messages: LinkMessages,
): void {
  const weakReferences = new Set<string>();
  for (const { module } of modules) {
    for (const { name, flags } of module.symbols) if ((flags & (GSY$M_DEF | GSY$M_WEAK)) === GSY$M_WEAK) weakReferences.add(name);
  }
  const resolve = (name: string): SymbolDefinition | undefined => {
    const symbol = symbols.get(name);
    if (symbol !== undefined) return symbol;
    const value = systemSymbols(name);
    if (value !== undefined) return { value, isRelocatable: false, entryMask: 0 };
    return weakReferences.has(name) ? { value: 0, isRelocatable: false, entryMask: 0 } : undefined;
  };

  const missing = new Set<string>();
  for (const { module } of modules) for (const { name } of module.symbols) if (resolve(name) === undefined) missing.add(name);
  if (missing.size > 0) {
    messages.add('W', 'NUDFSYMS', `${missing.size} undefined symbol${missing.size === 1 ? '' : 's'}:`);
    for (const name of [...missing].sort()) messages.add('I', 'UDFSYM', `\t${name} `);
  }
  const undefinedUse = (name: string, place: readonly string[]): void => {
    messages.add('W', 'USEUNDEF', `undefined symbol ${name} referenced`, ...place);
  };
  for (const owner of modules) {
    try {
      runText(owner, { sections, messages, resolve, undefinedUse });
    } catch (error) {
      if (!(error instanceof TextError)) throw error;
      messages.add('F', 'ILLTIR', `illegal text record: ${error.message}`, `in module ${owner.module.name} file ${owner.file}`);
      throw new LinkError(messages.list);
    }
  }
}

function findTransfer(modules: readonly LinkModule[], options: LinkOptions, messages: LinkMessages): number | undefined {
  let found: { address: number; weak: boolean } | undefined;
  for (const owner of modules) {
    const { transfer } = owner.module;
    if (transfer === undefined) continue;
    const contribution = owner.contributions[transfer.psect];
    if (contribution === undefined) continue;
    const base = isAbsolute(contribution.psect) ? 0 : contribution.psect.base + contribution.offset;
    if (found !== undefined && !found.weak) {
      if (!transfer.weak) messages.add('W', 'MULTFR', 'multiply defined transfer address', `in module ${owner.module.name} file ${owner.file}`);
      continue;
    }
    found = { address: (base + transfer.offset) >>> 0, weak: transfer.weak };
  }
  if (found === undefined) messages.add('W', 'USRTFR', `image ${options.imageName} has no user transfer address`);
  return found?.address;
}

/** The ident of the module that has the transfer address, or of the first. */
function imageIdent(modules: readonly LinkModule[]): string {
  return (modules.find((m) => m.module.transfer !== undefined) ?? modules[0])?.module.ident ?? '';
}

/** Descriptors and the blocks behind the header. Zero pages of writable sections stay out of the file. */
function imageSections(laidOut: readonly LaidOutSection[], stackPages: number): { sections: ImageSection[]; contents: Uint8Array[] } {
  const common = { cluster: 0, type: ISD$K_NORMAL, ident: 0, globalName: '', vbn: 0 };
  const pieces: { section: ImageSection; bytes: Uint8Array }[] = [];
  for (const { attributes, base, bytes } of laidOut) {
    const isWritable = (attributes & GPS$V_WRT) !== 0;
    for (const run of isWritable ? zeroRuns(bytes) : [{ from: 0, to: bytes.length / PAGE, isZero: false }]) {
      const place = { ...common, pages: run.to - run.from, vpn: base / PAGE + run.from };
      if (run.isZero) {
        pieces.push({ section: { ...place, kind: 'demandZero', flags: ISD$M_DZRO | ISD$M_WRT | ISD$M_LASTCLU }, bytes: new Uint8Array(0) });
      } else {
        const flags = ISD$M_LASTCLU | (isWritable ? ISD$M_WRT | ISD$M_CRF : 0);
        pieces.push({ section: { ...place, kind: 'private', flags }, bytes: bytes.subarray(run.from * PAGE, run.to * PAGE) });
      }
    }
  }
  pieces.push({
    section: { ...common, kind: 'demandZero', pages: stackPages, vpn: P1_END - stackPages, flags: ISD$M_DZRO | ISD$M_WRT | ISD$M_LASTCLU, type: ISD$K_USRSTACK },
    bytes: new Uint8Array(0),
  });
  let vbn = headerBlocksFor(pieces.map((piece) => piece.section)) + 1;
  const sections = pieces.map(({ section, bytes }) => {
    if (section.kind !== 'private') return section;
    const placed = { ...section, vbn };
    vbn += bytes.length / PAGE;
    return placed;
  });
  return { sections, contents: pieces.map((piece) => piece.bytes) };
}

interface PageRun { readonly from: number; readonly to: number; readonly isZero: boolean }

/** Pages as runs of stored and of zero pages; a short zero run goes with its neighbours, unless it is all there is. */
function zeroRuns(bytes: Uint8Array): PageRun[] {
  const pages = bytes.length / PAGE;
  const isZero = Array.from({ length: pages }, (_, page) => bytes.subarray(page * PAGE, (page + 1) * PAGE).every((byte) => byte === 0));
  if (isZero.every(Boolean)) return [{ from: 0, to: pages, isZero: true }];
  const runs: PageRun[] = [];
  let from = 0;
  for (let page = 0; page < pages;) {
    let end = page;
    while (end < pages && isZero[end]) end++;
    if (end - page >= DEMAND_ZERO_MINIMUM) {
      if (page > from) runs.push({ from, to: page, isZero: false });
      runs.push({ from: page, to: end, isZero: true });
      from = end;
    }
    page = Math.max(end, page + 1);
  }
  if (from < pages) runs.push({ from, to: pages, isZero: false });
  return runs;
}

export type { LinkMessage };
