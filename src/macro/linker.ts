import {
  encodeImageHeader, headerBlocksFor, IHD$C_NATIVE, IHD$K_EXE, IHD$K_LIM, IHD$M_DBGDMT, IHD$M_INISHR, IHD$M_LNKDEBUG, IHD$M_LNKNOTFR, IHD$M_NOP0BUFS, IHD$M_PICIMG, IHD$V_MATCHCTL,
  ISD$K_NORMAL, ISD$K_PRVPIC, ISD$K_SHRPIC, ISD$K_USRSTACK, ISD$M_BASED, ISD$M_CRF, ISD$M_DZRO, ISD$M_FIXUPVEC, ISD$M_GBL, ISD$M_LASTCLU, ISD$M_PROTECT,
  ISD$M_VECTOR, ISD$M_WRT, ISD$V_MATCHCTL, type ImageHeader, type ImageSection,
} from './image-format.js';
import { FixupCollector, type RestoredPages } from './link/fixup-vector.js';
import { collectPsects, isAbsolute, layOut, PAGE, type LaidOutSection, type LinkModule } from './link/layout.js';
import { renderMap } from './link/map.js';
import { LinkError, LinkMessages, type LinkMessage } from './link/messages.js';
import type { GsMatch } from './link/options-file.js';
import { encodeSymbolTable, type SharedImage, type UniversalSymbol } from './link/symbol-table.js';
import { runText, TextError, type SymbolDefinition } from './link/text.js';
import { GSY$M_DEF, GSY$M_WEAK } from './object/language.js';
import { decodeModules, ObjectFormatError } from './object/reader.js';
import { GPS$V_SHR, GPS$V_VEC, GPS$V_WRT } from './psect.js';
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
  /** Pages of the image I/O segment; 0 for those of the process. */
  imageIoPages?: number | undefined;
  /** RMS gets no buffers in P0 when that segment is full. */
  noP0Buffers?: boolean | undefined;
  /** Instead of the ident of the module with the transfer address. */
  imageIdent?: string | undefined;
  base?: number | undefined;
  /** A shareable image: without transfer address and stack, from address 0 on unless `base` says where it always lies. */
  shareable?: boolean | undefined;
  /** Its sections are protected: user mode may only read them. */
  protect?: boolean | undefined;
  /** Symbols it gives to others, besides those of .TRANSFER. */
  universals?: readonly string[] | undefined;
  match?: GsMatch | undefined;
  /** Shareable images to link with. */
  sharedImages?: readonly SharedImage[] | undefined;
  /** IHD$L_SYSVER, for an image linked with the executive's symbols. */
  systemVersion?: number | undefined;
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
  const isShareable = options.shareable === true;
  const base = Math.ceil((options.base ?? (isShareable ? 0 : DEFAULT_BASE)) / PAGE) * PAGE;
  const laidOut = layOut(psects, base, isShareable);
  if (laidOut === undefined) {
    messages.add('F', 'MEMFUL', 'insufficient virtual address space to complete this link');
    throw new LinkError(messages.list);
  }
  const symbols = collectSymbols(modules, messages);
  const systemSymbols = symbolLookup(options.symbols);
  const linkTime = options.linkTime ?? 0n;
  const ident = options.match?.ident ?? Number((linkTime >> 16n) & 0xffffffffn);
  // Which general references and addresses there are decides how large the fixup section is, and it lies behind all others.
  const shared = options.sharedImages ?? [];
  const fixups = new FixupCollector({ name: options.imageName, ident }, shared.map(({ name, header }) => ({ name, ident: header.ident })));
  const end = laidOut.reduce((last, section) => Math.max(last, section.base + section.bytes.length), base);
  const isMovable = isShareable && options.base === undefined;
  const text: TextSurroundings = { modules, sections: laidOut, symbols, systemSymbols, shared, fixups, isMovable, base, fixupBase: end };
  if (isMovable || shared.length > 0) collectFixups(text);
  resolveText(text, messages);
  const transferAddress = isShareable ? undefined : findTransfer(modules, options, messages);

  const parts = imageSections(laidOut, {
    stackPages: isShareable ? 0 : options.stackPages ?? DEFAULT_STACK_PAGES, base, isShareable, isBased: isShareable && !isMovable, protect: options.protect === true,
    fixups, fixupBase: end, shared,
  });
  const { sections, contents } = parts;
  const startup = options.traceback === false || isShareable ? undefined : systemSymbols('SYS$IMGSTA');
  const initialize = isShareable ? symbols.get(INITIALIZATION) : undefined;
  const universals = isShareable ? universalSymbols(modules, symbols, options.universals ?? [], base, messages) : [];
  const table = universals.length === 0 && !isShareable ? undefined : encodeSymbolTable(options.imageName, options.imageIdent ?? imageIdent(modules), universals);
  const contentBlocks = contents.reduce((sum, part) => sum + part.length, 0) / PAGE;
  const header: Omit<ImageHeader, 'headerBlocks'> = {
    imageType: isShareable ? IHD$K_LIM : IHD$K_EXE, privilegeRequests: 0xffffffffffffffffn, ioChannels: 0, imageIoPages: options.imageIoPages ?? 0,
    linkFlags: IHD$M_PICIMG | IHD$M_DBGDMT | (options.match?.control ?? 1) << IHD$V_MATCHCTL
      | (options.debug === true ? IHD$M_LNKDEBUG : 0) | (transferAddress === undefined ? IHD$M_LNKNOTFR : 0) | (initialize === undefined ? 0 : IHD$M_INISHR)
      | (options.noP0Buffers === true ? IHD$M_NOP0BUFS : 0),
    ident, systemVersion: options.systemVersion ?? 0, fixupAddress: parts.fixupAddress, alias: IHD$C_NATIVE,
    transfers: [startup, transferAddress].filter((address) => address !== undefined).map((address) => address >>> 0),
    initializeShareable: initialize === undefined ? 0 : initialize.value >>> 0,
    imageName: options.imageName, imageIdent: options.imageIdent ?? imageIdent(modules), linkTime, linkerIdent: LINKER_IDENT, sections,
    ...(table === undefined ? {} : { symbolTable: { vbn: headerBlocksFor(sections) + contentBlocks + 1, records: table.records } }),
  };
  const headerBytes = encodeImageHeader(header);
  const bytes = new Uint8Array(headerBytes.length + contentBlocks * PAGE + (table?.blocks.length ?? 0));
  bytes.set(headerBytes);
  let at = headerBytes.length;
  for (const part of table === undefined ? contents : [...contents, table.blocks]) {
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

/** What the second pass works with. */
interface TextSurroundings {
  readonly modules: readonly LinkModule[];
  readonly sections: readonly LaidOutSection[];
  readonly symbols: ReadonlyMap<string, LinkedSymbol>;
  readonly systemSymbols: (name: string) => number | undefined;
  readonly shared: readonly SharedImage[];
  readonly fixups: FixupCollector;
  /** The image does not know its addresses: its own .ADDRESS longwords have to be adjusted as well. */
  readonly isMovable: boolean;
  readonly base: number;
  /** Address of the fixup section. */
  readonly fixupBase: number;
}

/** How names are found: in the modules, in shareable images, in the system. */
function resolver({ modules, symbols, systemSymbols, shared }: TextSurroundings): (name: string) => SymbolDefinition | undefined {
  const weakReferences = new Set<string>();
  for (const { module } of modules) {
    for (const { name, flags } of module.symbols) if ((flags & (GSY$M_DEF | GSY$M_WEAK)) === GSY$M_WEAK) weakReferences.add(name);
  }
  return (name) => {
    const symbol = symbols.get(name);
    if (symbol !== undefined) return symbol;
    const index = shared.findIndex((image) => image.symbols.has(name));
    if (index >= 0) {
      const { value, isRelocatable, entryMask = 0 } = shared[index]!.symbols.get(name)!;
      return { value, isRelocatable, entryMask, image: isRelocatable ? index + 1 : undefined };
    }
    const value = systemSymbols(name);
    if (value !== undefined) return { value, isRelocatable: false, entryMask: 0 };
    return weakReferences.has(name) ? { value: 0, isRelocatable: false, entryMask: 0 } : undefined;
  };
}

/** Runs the text once for what it refers to in other images and for its own addresses; what it stores is thrown away. */
function collectFixups(text: TextSurroundings): void {
  const { fixups, base, isMovable } = text;
  const sections = text.sections.map((section) => ({ ...section, bytes: new Uint8Array(section.bytes.length) }));
  const resolve = resolver(text);
  for (const owner of text.modules) {
    try {
      runText(owner, {
        sections, messages: new LinkMessages(), resolve, undefinedUse: () => undefined,
        generalCell: (image, offset) => {
          fixups.addGeneral(image, offset);
          return 0;
        },
        addressStored: (image, location) => {
          if (image !== undefined) fixups.addAddress(image, location - base);
          else if (isMovable) fixups.addAddress(0, location - base);
        },
      });
    } catch (error) {
      if (!(error instanceof TextError)) throw error;              // the second pass says so
    }
  }
}

function resolveText(text: TextSurroundings, messages: LinkMessages): void {
  const { modules, sections, fixups, fixupBase } = text;
  const resolve = resolver(text);
  const missing = new Set<string>();
  for (const { module } of modules) for (const { name } of module.symbols) if (resolve(name) === undefined) missing.add(name);
  if (missing.size > 0) {
    messages.add('W', 'NUDFSYMS', `${missing.size} undefined symbol${missing.size === 1 ? '' : 's'}:`);
    for (const name of [...missing].sort()) messages.add('I', 'UDFSYM', `\t${name} `);
  }
  const undefinedUse = (name: string, place: readonly string[]): void => {
    messages.add('W', 'USEUNDEF', `undefined symbol ${name} referenced`, ...place);
  };
  const generalCell = (image: number, offset: number): number => fixupBase + fixups.cellOffset(image, offset);
  for (const owner of modules) {
    try {
      runText(owner, { sections, messages, resolve, undefinedUse, generalCell, addressStored: () => undefined });
    } catch (error) {
      if (!(error instanceof TextError)) throw error;
      messages.add('F', 'ILLTIR', `illegal text record: ${error.message}`, `in module ${owner.module.name} file ${owner.file}`);
      throw new LinkError(messages.list);
    }
  }
}

/** Global symbol at which a shareable image is called when it has been activated. */
const INITIALIZATION = 'LIB$INITIALIZE';

/** The symbols that a shareable image gives away: those of UNIVERSAL=, and those of transfer vectors with the address in the vector. */
function universalSymbols(modules: readonly LinkModule[], symbols: ReadonlyMap<string, LinkedSymbol>, names: readonly string[], base: number, messages: LinkMessages): UniversalSymbol[] {
  const found = new Map<string, UniversalSymbol>();
  for (const name of names) {
    const symbol = symbols.get(name);
    if (symbol === undefined) {
      messages.add('W', 'UNIUNDEF', `universal symbol ${name} is not defined`);
      continue;
    }
    found.set(name, { name, value: symbol.isRelocatable ? symbol.value - base : symbol.value, isRelocatable: symbol.isRelocatable, entryMask: symbol.entryMask });
  }
  for (const owner of modules) {
    for (const { name, psect, offset } of owner.module.vectors ?? []) {
      const contribution = owner.contributions[psect];
      if (contribution === undefined) continue;
      const value = contribution.psect.base + contribution.offset + offset - base;
      found.set(name, { name, value, isRelocatable: true, entryMask: symbols.get(name)?.entryMask });
    }
  }
  return [...found.values()];
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

interface SectionOptions {
  readonly stackPages: number;
  readonly base: number;
  readonly isShareable: boolean;
  readonly isBased: boolean;
  readonly protect: boolean;
  readonly fixups: FixupCollector;
  readonly fixupBase: number;
  readonly shared: readonly SharedImage[];
}

interface Piece { readonly section: ImageSection; readonly bytes: Uint8Array }

/** UR: what read-only pages get back when $IMGFIX has written to them. */
const READ_ONLY = 15;

/** Descriptors and the blocks behind the header. Zero pages of writable sections stay out of the file. */
function imageSections(laidOut: readonly LaidOutSection[], options: SectionOptions): { sections: ImageSection[]; contents: Uint8Array[]; fixupAddress: number } {
  const common = { cluster: 0, ident: 0, globalName: '', vbn: 0 };
  const { isShareable, fixups, fixupBase } = options;
  const restored: RestoredPages[] = [];
  const pieces: Piece[] = laidOut.flatMap((section) => sectionPieces(section, options, restored));
  for (const { name, header } of options.shared) {
    const control = (header.linkFlags >>> IHD$V_MATCHCTL) & 7;
    pieces.push({
      section: { ...common, kind: 'global', pages: 0, vpn: 0, flags: ISD$M_GBL | ISD$M_LASTCLU | control << ISD$V_MATCHCTL, type: ISD$K_SHRPIC, ident: header.ident, globalName: name },
      bytes: new Uint8Array(0),
    });
  }
  if (!fixups.isEmpty) {
    const contents = fixups.encode(restored, isShareable);
    const bytes = new Uint8Array(Math.ceil(contents.length / PAGE) * PAGE);
    bytes.set(contents);
    const flags = ISD$M_LASTCLU | ISD$M_WRT | ISD$M_CRF | ISD$M_FIXUPVEC;
    pieces.push({ section: { ...common, kind: 'private', pages: bytes.length / PAGE, vpn: fixupBase / PAGE, flags, type: ISD$K_PRVPIC }, bytes });
  }
  if (options.stackPages > 0) {
    pieces.push({
      section: { ...common, kind: 'demandZero', pages: options.stackPages, vpn: P1_END - options.stackPages, flags: ISD$M_DZRO | ISD$M_WRT | ISD$M_LASTCLU, type: ISD$K_USRSTACK },
      bytes: new Uint8Array(0),
    });
  }
  let vbn = headerBlocksFor(pieces.map((piece) => piece.section)) + 1;
  const sections = pieces.map(({ section, bytes }) => {
    if (section.kind !== 'private') return section;
    const placed = { ...section, vbn };
    vbn += bytes.length / PAGE;
    return placed;
  });
  return { sections, contents: pieces.map((piece) => piece.bytes), fixupAddress: fixups.isEmpty ? 0 : fixupBase };
}

/** One image section as runs of stored and of zero pages. Pages that are adjusted at activation belong to one process. */
function sectionPieces({ attributes, base, bytes }: LaidOutSection, options: SectionOptions, restored: RestoredPages[]): Piece[] {
  const isWritable = (attributes & GPS$V_WRT) !== 0;
  const first = base - options.base;
  const isAdjusted = options.fixups.places().some((place) => place >= first && place < first + bytes.length);
  if (isAdjusted && !isWritable) restored.push({ offset: first, pages: bytes.length / PAGE, protection: READ_ONLY });
  const isShared = options.isShareable && (attributes & GPS$V_SHR) !== 0 && !isAdjusted;
  const isPrivate = isAdjusted || (isWritable && !isShared);
  const extra = ISD$M_LASTCLU | (options.isBased ? ISD$M_BASED : 0) | (options.protect ? ISD$M_PROTECT : 0) | ((attributes & GPS$V_VEC) !== 0 ? ISD$M_VECTOR | ISD$M_PROTECT : 0);
  const type = !options.isShareable ? ISD$K_NORMAL : isShared ? ISD$K_SHRPIC : ISD$K_PRVPIC;
  const common = { cluster: 0, type, ident: 0, globalName: '', vbn: 0 };
  const runs = isWritable && !isShared ? zeroRuns(bytes) : [{ from: 0, to: bytes.length / PAGE, isZero: false }];
  return runs.map((run): Piece => {
    const place = { ...common, pages: run.to - run.from, vpn: base / PAGE + run.from };
    if (run.isZero) return { section: { ...place, kind: 'demandZero', flags: ISD$M_DZRO | ISD$M_WRT | extra }, bytes: new Uint8Array(0) };
    const flags = extra | (isWritable || isPrivate ? ISD$M_WRT : 0) | (isPrivate ? ISD$M_CRF : 0);
    return { section: { ...place, kind: 'private', flags }, bytes: bytes.subarray(run.from * PAGE, run.to * PAGE) };
  });
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
