import { expandStackInPlace } from '../exceptions/expand-stack.js';
import type { Machine } from '../../emulator/machine.js';
import * as PR from '../../emulator/processor-registers.js';
import type { Microroutine } from '../gate/microroutine.js';
import { Kernel } from '../kernel.js';
import { RESTART_INHIBITED } from '../power/restart-block.js';
import { PRT$C_ERKW, PRT$C_UR, PRT$C_UREW, PRT$C_URKW } from '../structures/pte.js';
import { RPB } from '../structures/rpb.js';
import { SYSTEM_CELLS } from '../structures/system-cells.js';
import type { ScbEntry } from '../synchronization/scb.js';
import { faultInPlace } from '../memory/in-place.js';
import { demandZeroPte } from '../memory/page-tables.js';
import type { AssemblyStore } from './assembly-store.js';
import { assembleSystem, pagesFor, SYSTEM_BASE, VECTOR_PAGES, type AssembledSystem } from './assemble-system.js';
import { clockAtBoot } from './clock-at-boot.js';
import { decodeExecutive, executivePages, readBase, writeBase, type ExecutiveFile, type ExecutivePages } from './executive-image.js';
import { PARAMETERS, type ParameterValues } from './parameters.js';
import { memoryNeeds, pfnEntrySize, systemSizes, type MemoryNeed, type SystemSizes } from './sizes.js';
import { layOutSystemSpace, systemPage, type Area, type SystemSpace } from './system-space.js';

/**
 * SYSBOOT: reads no disk (the caller gives it parameters, SYS.EXE and images), sizes system space from the parameters, builds
 * the system page table and the SCB in physical memory, loads SYS.EXE, and starts EXE$INIT with mapping off (chapter 24.3,
 * 24.4, Appendix F).
 *
 * Physical memory, from the top down: system page table, SCB, interrupt stack, nonpaged pool, system header, PFN database,
 * executive data; then the control store, which holds the code of SYS.EXE and of every resident image and is announced in
 * the WCSA and WCSD registers. Pages below have entries in the PFN database. Page 0 is the RPB.
 */

/** An image whose pages stay in memory, mapped where it is needed as a permanent global section of its own name. */
export interface ResidentImage {
  readonly name: string;
  /** MACRO-32 source placed before the stubs, position independent. */
  readonly source?: string;
  readonly routines: readonly Microroutine[];
  /** Global label at which the image is entered. */
  readonly transfer: string;
  /** Privileges it is installed with: a process has them while it runs the image. */
  readonly privileges?: bigint;
}

/** An image in system space of its own, like RMS.EXE: mapped behind SYS.EXE, its base in a cell. */
export interface SystemSpaceImage {
  readonly name: string;
  /** MACRO-32 source; its first code is what the base cell leads to. */
  readonly source: string;
  readonly routines: readonly Microroutine[];
  readonly baseCell: string;
}

export interface SystemDescription {
  readonly routines: readonly Microroutine[];
  /** MACRO-32 sources of SYS.EXE. */
  readonly sources: readonly string[];
  /** Source of the five system service vector pages. */
  readonly vectorSource: string;
  readonly scb: readonly ScbEntry[];
  readonly systemImages: readonly SystemSpaceImage[];
  readonly residentImages: readonly ResidentImage[];
  /** System message section (information/messages). */
  readonly messageSection: Uint8Array;
}

/** A resident image as loaded. Its first longword is the offset of its transfer label. EXE$INIT makes its global section. */
export interface LoadedImage {
  readonly name: string;
  readonly firstPfn: number;
  readonly pages: number;
  readonly privileges: bigint;
  /** Global labels, as offsets from the start of the image. */
  readonly symbols: ReadonlyMap<string, number>;
}

/** What EXE$INIT needs to know that is not yet in a cell. */
export interface BootInformation {
  readonly kernel: Kernel;
  readonly sizes: SystemSizes;
  readonly space: SystemSpace;
  readonly values: ParameterValues;
  readonly images: readonly LoadedImage[];
  /** SYS$SYSDEVICE: _DUA0: */
  readonly systemDevice: string;
  /** Image of the process that finishes initialization. */
  readonly firstImage: string;
  /** Where SYS.EXE lies on the system disk; undefined when the system did not come from there. */
  readonly executiveExtents: ExecutiveFile['extents'] | undefined;
}

/** What a boot is told besides the system itself. */
export interface BootOptions {
  /** Texts assembled by earlier boots of this build. */
  readonly assemblies?: AssemblyStore | undefined;
  readonly values: ParameterValues;
  /** The time it is, 100 ns units since 17-NOV-1858: the time-of-year clock has been running on its battery until then. */
  readonly systemTime: bigint;
  /** What the time-of-year clock shows instead: 0 when its battery is empty. */
  readonly timeOfYear?: number;
  /** The console sets the clock to `systemTime`: nobody is there to be asked. */
  readonly setsClock?: boolean;
  readonly systemDevice: string;
  readonly firstImage: string;
  /** SYS.EXE of the system disk; without one the executive is that of this build. */
  readonly executive?: ExecutiveFile;
}

const PAGE = 512;
const RPB_PFN = 0;
const KERNEL = 0;

/** Pages that processes must have at least. choice: half a megabyte */
const LEAST_PAGES = 1024;
/** Parts that are worth naming. */
const LARGEST = 3;

/** The parameters ask for more than the machine's memory holds. */
export class NotEnoughMemory extends Error {
  /** @param have  pages there are; @param taken  pages of the system with the part that did not fit; @param needs  what the parameters ask for, the largest part first */
  constructor(have: number, taken: number, needs: readonly MemoryNeed[]) {
    const needed = LEAST_PAGES + Math.max(taken, needs.reduce((sum, { pages }) => sum + pages, 0));
    const most = needs.slice(0, LARGEST).map(({ parameters, pages }) => `${pages} for ${parameters}`).join('; ');
    super(`${have} pages, and at least ${needed} are needed: ${most}`);
  }
}

/** SYS.EXE is no image of this system. */
export class UnusableExecutive extends Error {}

/** What the pools may grow to is at least what they start with. */
function withMaxima(values: ParameterValues): ParameterValues {
  const maxima = [['SRPCOUNTV', 'SRPCOUNT'], ['IRPCOUNTV', 'IRPCOUNT'], ['LRPCOUNTV', 'LRPCOUNT'], ['NPAGEVIR', 'NPAGEDYN']] as const;
  return { ...values, ...Object.fromEntries(maxima.map(([most, first]) => [most, Math.max(values[most]!, values[first]!)])) };
}

/** The free list may not be asked to keep more than a part of memory, or no process would ever get a page. choice: a quarter */
function withinMemory(values: ParameterValues, memoryPages: number): ParameterValues {
  const most = Math.floor(Math.min(memoryPages, values['PHYSICALPAGES']!) / 4);
  return { ...values, FREELIM: Math.min(values['FREELIM']!, most) };
}

/** Builds the system in `machine`'s memory and leaves the processor at EXE$INIT, mapping off, IPL 31. */
export function sysboot(machine: Machine, description: SystemDescription, options: BootOptions): BootInformation {
  const memory = machine.memory;
  const memoryPages = memory.size / PAGE;
  const values = withinMemory(withMaxima(options.values), memoryPages);
  const sizes = systemSizes(values, memoryPages);
  const space = layOutSystemSpace(sizes);
  const assembled = assembleSystem(description, space.interruptStack.base + space.interruptStack.pages * PAGE, options.assemblies);
  const { gate, data, dataPages, code, systemImages, residentImages, end: systemAddress, symbols } = assembled;
  const executive = loadExecutive(assembled, description, options);
  startClock(machine, executive, options);
  const kernel = new Kernel(machine, gate);
  for (const [name, value] of symbols) kernel.symbols.set(name, value);
  kernel.pageFaultInPlace = (address, mayStartAgain) => faultInPlace(kernel, address, mayStartAgain);
  kernel.expandStackInPlace = (address) => expandStackInPlace(kernel, address);

  let topPage = sizes.physicalPages;                // PHYSICALPAGES: the pages above are left alone
  const takePages = (count: number): number => {
    topPage -= count;
    if (topPage < LEAST_PAGES) throw new NotEnoughMemory(sizes.physicalPages, sizes.physicalPages - topPage, memoryNeeds(values, sizes));
    memory.bytes.fill(0, topPage * PAGE, (topPage + count) * PAGE);
    return topPage;
  };
  const spt = takePages(sizes.systemPageTable);
  const map = (address: number, pfn: number, pages: number, protection: number): void => {
    for (let page = 0; page < pages; page += 1) {
      memory.view.setUint32((spt * PAGE) + 4 * (systemPage(address) + page), (0x80000000 | (protection << 27) | (pfn + page)) >>> 0, true);
    }
  };
  const mapNew = (area: Area, protection: number, pages = area.pages): number => {
    const pfn = takePages(pages);
    map(area.base, pfn, pages, protection);
    return pfn;
  };

  map(space.systemPageTable.base, spt, sizes.systemPageTable, PRT$C_ERKW);
  const scb = mapNew(space.scb, PRT$C_ERKW);
  mapNew(space.interruptStack, PRT$C_ERKW);
  mapNew(space.srpList, PRT$C_ERKW, pagesFor(sizes.srpSize * values['SRPCOUNT']!));
  mapNew(space.irpList, PRT$C_ERKW, pagesFor(208 * values['IRPCOUNT']!));
  mapNew(space.lrpList, PRT$C_ERKW, pagesFor(sizes.lrpSize * values['LRPCOUNT']!));
  mapNew(space.variablePool, PRT$C_ERKW, Math.floor(values['NPAGEDYN']! / PAGE));
  if (values['POOLPAGING'] === 0) mapNew(space.pagedPool, PRT$C_ERKW);
  else for (let page = 0; page < space.pagedPool.pages; page += 1) {
    memory.view.setUint32((spt * PAGE) + 4 * (systemPage(space.pagedPool.base) + page), demandZeroPte(PRT$C_ERKW, KERNEL), true);
  }
  mapNew(space.systemHeader, PRT$C_ERKW);
  for (let page = 0; page < space.globalPageTable.pages; page += 1) {
    memory.view.setUint32((spt * PAGE) + 4 * (systemPage(space.globalPageTable.base) + page), demandZeroPte(PRT$C_URKW, KERNEL), true);
  }
  mapNew(space.pfnDatabase, PRT$C_ERKW);
  map(space.rpb.base, RPB_PFN, 1, PRT$C_URKW);
  memory.bytes.fill(0, RPB_PFN, PAGE);
  memory.view.setUint32(RPB_PFN * PAGE + RPB.offset.RPB$L_RSTRTFLG, RESTART_INHIBITED, true);

  // Fixed part: vectors, statistics page, data, code, shell.
  const vectorPfn = takePages(VECTOR_PAGES);
  map(SYSTEM_BASE, vectorPfn, VECTOR_PAGES, PRT$C_UR);
  const dataPfn = takePages(dataPages);
  map(data, dataPfn, 1, PRT$C_UREW);                       // file system statistics
  map(data + PAGE, dataPfn + 1, dataPages - 1, PRT$C_URKW);

  memory.bytes.set(executive.vectors, vectorPfn * PAGE);
  memory.bytes.set(executive.data, dataPfn * PAGE);

  // The control store: SYS.EXE's code, system space images and resident images, in consecutive frames.
  const systemPages = (systemAddress - code) / PAGE;
  const storePages = systemPages + residentImages.reduce((sum, { text }) => sum + pagesFor(text.bytes.length), 0);
  const store = takePages(storePages);
  memory.bytes.set(executive.code, store * PAGE);
  for (const { text, base } of systemImages) memory.bytes.set(text.bytes, (store + (base - code) / PAGE) * PAGE);
  map(code, store, systemPages, PRT$C_UR);
  let cursor = store + systemPages;
  const images: LoadedImage[] = residentImages.map(({ image, text }) => {
    const pages = pagesFor(text.bytes.length);
    memory.bytes.set(text.bytes, cursor * PAGE);
    const loaded = { name: image.name, firstPfn: cursor, pages, privileges: image.privileges ?? 0n, symbols: text.symbols };
    cursor += pages;
    return loaded;
  });
  kernel.controlStore = { start: store * PAGE, end: (store + storePages) * PAGE };

  // System message section and free system pages follow the code upward.
  const messages = systemAddress;
  const messagePages = pagesFor(description.messageSection.length);
  const messagePfn = takePages(messagePages);
  memory.bytes.set(description.messageSection, messagePfn * PAGE);
  map(messages, messagePfn, messagePages, PRT$C_UR);
  const freeSystemPage = systemPage(messages) + messagePages;

  buildScb(kernel, scb, space.scb.pages, description.scb);

  // Cells that SYSBOOT fills, written through physical memory because mapping is still off.
  const poke = (cell: string, value: number, offset = 0): void => {
    const field = SYSTEM_CELLS.fields.find((candidate) => candidate.name === cell);
    if (!field) throw new Error(`no cell ${cell}`);
    const at = dataPfn * PAGE + field.offset + offset;
    if (field.size === 1) memory.view.setUint8(at, value);
    else if (field.size === 2) memory.view.setUint16(at, value, true);
    else memory.view.setUint32(at, value >>> 0, true);
  };
  const pokeText = (cell: string, offset: number, value: number, characters: number): void => {
    for (let index = 0; index < characters; index += 1) memory.view.setUint8(dataPfn * PAGE + cellOffsetOf(cell) + offset + index, Math.floor(value / 0x100 ** index) % 0x100);
  };
  const flags = new Map<string, number>();
  for (const { name, cell, cellOffset, bit, characters } of PARAMETERS) {
    if (characters !== undefined) pokeText(cell, cellOffset, values[name]!, characters);
    else if (bit === undefined) poke(cell, values[name]!, cellOffset);
    else flags.set(cell, (flags.get(cell) ?? 0) | ((values[name]! & 1) << bit));
  }
  for (const [cell, bits] of flags) poke(cell, bits);
  poke('EXE$GL_FLAGS', flags.get('EXE$GL_DEFFLAGS') ?? 0);
  const bigPfn = pfnEntrySize(sizes.physicalPages) === 22;
  const described = topPage;            // pages below this have entries in the PFN database
  const link = bigPfn ? 4 : 2;
  let array = space.pfnDatabase.base;
  const pfnArray = (elementSize: number): number => {
    const start = array;
    array += elementSize * described;
    return start;
  };
  const cells: Record<string, number> = {
    SGN$GL_PAGEDYN: sizes.pagedPoolBytes, SGN$GL_SRPSIZE: sizes.srpSize,
    SGN$GL_PTPAGCNT: sizes.process.pageTables, SWP$GW_EMPTPTE: sizes.process.empty, SWP$GW_WSLPTE: sizes.process.wslPst,
    SWP$GW_BAKPTE: sizes.process.bak, SWP$GL_BSLOTSZ: sizes.process.total,
    SGN$GL_PHDAPCNT: sizes.process.wslPst + sizes.process.bak,
    SGN$GL_PHDPAGCT: sizes.process.wslPst + sizes.process.empty + sizes.process.bak,
    SWP$GL_BALBASE: space.balanceSlots.base, SWP$GL_BALSPT: space.systemPageTable.base + 4 * systemPage(space.balanceSlots.base),
    MMG$GL_SPTBASE: space.systemPageTable.base, MMG$GL_SPTLEN: sizes.systemPageTable * 128, MMG$GL_SBR: spt * PAGE,
    MMG$GL_GPTE: space.globalPageTable.base, MMG$GL_GPTBASE: space.systemPageTable.base, MMG$GL_MAXSYSVA: space.end,
    MMG$GL_SYSPHD: space.systemHeader.base, MMG$GL_PAGEDYN: space.pagedPool.base, MMG$GL_NPAGEDYN: space.variablePool.base,
    IOC$GL_LRPSPLIT: space.lrpList.base, EXE$GL_SPLITADR: space.irpList.base, IOC$GL_SRPSPLIT: space.srpList.base,
    EXE$GL_RPB: space.rpb.base, EXE$GL_SCB: space.scb.base, EXE$GB_CPUTYPE: kernel.cpu.readPR(PR.PR$_SID) >>> 24,
    EXE$GL_INTSTK: space.interruptStack.base + space.interruptStack.pages * PAGE, EXE$GL_INTSTKLM: space.interruptStack.base,
    EXE$GL_SYSMSG: messages, BOO$GL_SPTFREL: freeSystemPage, BOO$GL_SPTFREH: systemPage(space.rpb.base) - 1,
    MMG$GW_BIGPFN: bigPfn ? 1 : 0, MMG$GL_MAXPFN: described - 1, MMG$GL_MINPFN: 0, MMG$GL_MAXMEM: memoryPages - 1,
    PFN$GB_LENGTH: pfnEntrySize(sizes.physicalPages),
    PFN$A_BASE: space.pfnDatabase.base,
    PFN$AL_PTE: pfnArray(4), PFN$AL_BAK: pfnArray(4), PFN$AX_FLINK: pfnArray(link), PFN$AX_BLINK: pfnArray(link),
    PFN$AW_REFCNT: pfnArray(2), PFN$AW_SWPVBN: pfnArray(2), PFN$AB_STATE: pfnArray(1), PFN$AB_TYPE: pfnArray(1),
  };
  for (const { image, base } of systemImages) poke(image.baseCell, base);
  for (const [cell, value] of Object.entries(cells)) {
    if (SYSTEM_CELLS.fields.some((field) => field.name === cell)) poke(cell, value);
  }
  startInit(kernel, { store, code, sizes, space, spt, scb });
  const { systemDevice, firstImage } = options;
  return { kernel, sizes, space, images, values: options.values, systemDevice, firstImage, executiveExtents: options.executive?.extents };
}

/** SYS.EXE of the disk, or the executive of this build when there is none. */
function loadExecutive(assembled: AssembledSystem, description: SystemDescription, { executive, systemTime }: BootOptions): ExecutivePages {
  if (!executive) return executivePages(assembled, systemTime);
  const pages = decodeExecutive(executive.bytes, assembled, executiveRoutines(description));
  if ('problem' in pages) throw new UnusableExecutive(pages.problem);
  return pages;
}

/** Names of the microroutines that SYS.EXE calls, in the order of their numbers. */
export const executiveRoutines = ({ routines }: SystemDescription): readonly string[] => routines.map(({ name }) => name);

/** The time-of-year clock has been running while the machine was off. */
function startClock(machine: Machine, executive: ExecutivePages, { systemTime, timeOfYear, setsClock }: BootOptions): void {
  const { clock, base } = clockAtBoot(readBase(executive), systemTime, setsClock);
  if (timeOfYear === undefined && base) writeBase(executive, base);
  machine.intervalTimer.writeTimeOfDay(timeOfYear ?? clock);
}

/** Where a cell lies in the executive's data. */
function cellOffsetOf(cell: string): number {
  return SYSTEM_CELLS.fields.find((candidate) => candidate.name === cell)!.offset;
}

/** Every vector leads somewhere: those without a service routine to ERL$UNEXP, the unexpected interrupt routine. */
function buildScb(kernel: Kernel, scbPfn: number, scbPages: number, entries: readonly ScbEntry[]): void {
  const view = kernel.machine.memory.view;
  const unexpected = kernel.symbol('ERL$UNEXP');
  for (let vector = 0; vector < scbPages * PAGE; vector += 4) view.setUint32(scbPfn * PAGE + vector, (unexpected | 1) >>> 0, true);
  for (const { vector, symbol, stack } of entries) {
    view.setUint32(scbPfn * PAGE + vector, (kernel.symbol(symbol) | stack) >>> 0, true);
  }
}

/**
 * Loads the processor as SYSBOOT leaves it: system page table known to the hardware but mapping still off, PC at the
 * physical address of EXE$INIT, and the P0 page table placed over the system page table so that EXE$INIT's page also
 * answers at its physical address (book 25.1.1).
 */
function startInit(kernel: Kernel, place: { store: number; code: number; sizes: SystemSizes; space: SystemSpace; spt: number; scb: number }): void {
  const cpu = kernel.cpu;
  const init = kernel.symbol('EXE$INIT');
  const initPfn = place.store + Math.floor((init - place.code) / PAGE);
  const initSpte = place.space.systemPageTable.base + 4 * systemPage((init & ~(PAGE - 1)) >>> 0);
  cpu.writePR(PR.PR$_SBR, place.spt * PAGE);
  cpu.writePR(PR.PR$_SLR, place.sizes.systemPageTable * 128);
  cpu.writePR(PR.PR$_SCBB, place.scb * PAGE);
  cpu.writePR(PR.PR$_P0BR, (initSpte - 4 * initPfn) >>> 0);
  cpu.writePR(PR.PR$_P0LR, initPfn + 2);
  // No P1 space, but a base that may be saved and loaded again when power fails before there is a process.
  cpu.writePR(PR.PR$_P1BR, place.space.systemPageTable.base);
  cpu.writePR(PR.PR$_P1LR, 0x200000);
  cpu.writePR(PR.PR$_WCSA, kernel.controlStore.start);
  cpu.writePR(PR.PR$_WCSD, kernel.controlStore.end);
  cpu.psl = 0x041f0000;
  cpu.r[11] = RPB_PFN * PAGE;
  cpu.r[15] = initPfn * PAGE + (init % PAGE);
}
