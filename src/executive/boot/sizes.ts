import { PHD } from '../structures/phd.js';
import type { ParameterValues } from './parameters.js';

/** The size arithmetic of Appendix F: everything SYSBOOT lays out follows from the parameters. */

const PAGE = 512;
const pages = (bytes: number): number => Math.floor((bytes + PAGE - 1) / PAGE);
const roundUp16 = (bytes: number): number => 16 * Math.ceil(bytes / 16);

/** IRP$C_LENGTH rounded up to 16 (Appendix F.2). */
export const IRP_PACKET = 208;
/** Bytes an LRP has beyond LRPSIZE. */
export const LRP_OVERHEAD = 76;
/** Pages from which the PFN database needs longword links (32 MB). */
const BIG_MEMORY_PAGES = 65536;

/** Bytes in the PFN database for each of `pages` pages: 18, or 22 with longword links (MMG$GW_BIGPFN). */
export function pfnEntrySize(physicalPages: number): number {
  return physicalPages >= BIG_MEMORY_PAGES ? 22 : 18;
}
const WSLE_SIZE = 4;
const PSTE_SIZE = 32;

export interface ProcessHeaderSizes {
  /** SGN$GL_PTPAGCNT: page table pages. */
  readonly pageTables: number;
  /** SWP$GW_EMPTPTE: no-access pages kept for growth of the working set list. */
  readonly empty: number;
  /** SWP$GW_WSLPTE: fixed part, working set list and process section table. */
  readonly wslPst: number;
  /** SWP$GW_BAKPTE: page arrays. */
  readonly bak: number;
  /** SWP$GL_BSLOTSZ: all of them. */
  readonly total: number;
}

/** Parts of a process header in pages. @source book F.1, equations F.1-F.9 */
export function processHeaderSizes(values: ParameterValues): ProcessHeaderSizes {
  const pageTables = Math.floor((values['VIRTUALPAGECNT']! + 127) / 128);
  const temporary = Math.floor((PHD.size + WSLE_SIZE * values['WSMAX']! + PSTE_SIZE * values['PROCSECTCNT']! + 511) / 512);
  const empty = Math.max(0, Math.trunc((values['WSMAX']! - values['PQL_DWSDEFAULT']!) / 128));
  const wslPst = temporary - empty;
  const rest = wslPst + empty + pageTables;
  let bak = 0;
  for (;;) {
    const next = Math.floor((8 * (rest + bak) + 511) / 512);
    if (next === bak) break;
    bak = next;
  }
  return { pageTables, empty, wslPst, bak, total: rest + bak };
}

export interface SystemSizes {
  readonly process: ProcessHeaderSizes;
  readonly physicalPages: number;
  /** PAGEDYN as SYSBOOT stores it back: truncated to whole pages, in bytes. */
  readonly pagedPoolBytes: number;
  readonly srpSize: number;
  readonly lrpSize: number;
  /** Pages of system space. */
  readonly pagedPool: number;
  readonly variablePool: number;
  readonly lrpList: number;
  readonly irpList: number;
  readonly srpList: number;
  readonly interruptStack: number;
  readonly scb: number;
  readonly balanceSlots: number;
  readonly systemHeader: number;
  readonly globalPageTable: number;
  readonly pfnDatabase: number;
  readonly systemPageTable: number;
}

/** Pages of system page table skeleton: five vector pages and the statistics page (F.10). */
const SPT_SKELETON = 6;

/**
 * Sizes of the parts of system space.
 *
 * @param memoryPages  pages of physical memory
 * @source book F.2, equations F.10-F.28
 */
export function systemSizes(values: ParameterValues, memoryPages: number): SystemSizes {
  const process = processHeaderSizes(values);
  const physicalPages = Math.min(memoryPages, values['PHYSICALPAGES']!);
  const srpSize = roundUp16(values['SRPSIZE']!);
  const lrpSize = roundUp16(values['LRPSIZE']! + LRP_OVERHEAD);
  const pagedPool = Math.floor(values['PAGEDYN']! / PAGE);
  const variablePool = Math.floor(values['NPAGEVIR']! / PAGE);
  const srpList = pages(srpSize * values['SRPCOUNTV']!);
  const irpList = pages(IRP_PACKET * values['IRPCOUNTV']!);
  const lrpList = pages(lrpSize * values['LRPCOUNTV']!);
  const interruptStack = values['INTSTKPAGES']!;
  const scb = 1;
  const balanceSlots = values['BALSETCNT']! * process.total;
  const systemHeader = pages(PHD.size + WSLE_SIZE * values['SYSMWCNT']! + PSTE_SIZE * values['GBLSECTIONS']!);
  const globalPageTable = Math.floor((values['GBLPAGES']! + 127) / 128);
  const rest = SPT_SKELETON + values['SPTREQ']! + 1 + pagedPool + variablePool + srpList + irpList + lrpList
    + interruptStack + scb + balanceSlots + systemHeader + globalPageTable;
  const pfnDatabase = pages(pfnEntrySize(physicalPages) * physicalPages);
  const first = Math.floor((rest + pfnDatabase) / 128);
  const systemPageTable = Math.floor((rest + pfnDatabase + first + 127) / 128);
  return {
    process, physicalPages, pagedPoolBytes: pagedPool * PAGE, srpSize, lrpSize, pagedPool, variablePool, lrpList, irpList, srpList,
    interruptStack, scb, balanceSlots, systemHeader, globalPageTable, pfnDatabase, systemPageTable,
  };
}

/** Pages of physical memory that a part of the system takes before anything runs. */
export interface MemoryNeed {
  /** The parameters that decide it. */
  readonly parameters: string;
  readonly pages: number;
}

/** What the parameters ask of physical memory, the largest part first. @source book F.3, equation F.29 */
export function memoryNeeds(values: ParameterValues, sizes: SystemSizes): readonly MemoryNeed[] {
  const needs: MemoryNeed[] = [
    { parameters: 'NPAGEDYN', pages: Math.floor(values['NPAGEDYN']! / PAGE) }, { parameters: 'SRPCOUNT, SRPSIZE', pages: pages(sizes.srpSize * values['SRPCOUNT']!) },
    { parameters: 'IRPCOUNT', pages: pages(IRP_PACKET * values['IRPCOUNT']!) }, { parameters: 'LRPCOUNT, LRPSIZE', pages: pages(sizes.lrpSize * values['LRPCOUNT']!) },
    { parameters: 'PAGEDYN', pages: values['POOLPAGING'] === 0 ? sizes.pagedPool : 0 }, { parameters: 'INTSTKPAGES', pages: sizes.interruptStack },
    { parameters: 'SYSMWCNT, GBLSECTIONS', pages: sizes.systemHeader }, { parameters: 'BALSETCNT, VIRTUALPAGECNT, WSMAX', pages: sizes.systemPageTable },
    { parameters: 'PHYSICALPAGES', pages: sizes.pfnDatabase },
  ];
  return needs.sort((a, b) => b.pages - a.pages);
}
