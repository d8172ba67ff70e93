import type { SystemSizes } from './sizes.js';

/**
 * Where everything in system space lies (Figure F-2, Tables F-2 and F-3): the fixed part upward from 80000000, the part
 * whose size depends on parameters downward from the top, free system page table entries between.
 */
export interface Area {
  readonly name: string;
  readonly base: number;
  readonly pages: number;
}

export interface SystemSpace {
  readonly rpb: Area;
  readonly pfnDatabase: Area;
  readonly pagedPool: Area;
  readonly variablePool: Area;
  readonly lrpList: Area;
  readonly irpList: Area;
  readonly srpList: Area;
  readonly interruptStack: Area;
  readonly scb: Area;
  readonly balanceSlots: Area;
  readonly systemHeader: Area;
  readonly systemPageTable: Area;
  readonly globalPageTable: Area;
  /** First address above system space. */
  readonly end: number;
}

const SYSTEM_BASE = 0x80000000;
const PAGE = 512;

/** Lays the variable part out downward from the end that the system page table can map. */
export function layOutSystemSpace(sizes: SystemSizes): SystemSpace {
  const end = SYSTEM_BASE + sizes.systemPageTable * 128 * PAGE;
  let cursor = end;
  const below = (name: string, count: number): Area => {
    cursor -= count * PAGE;
    return { name, base: cursor, pages: count };
  };
  const globalPageTable = below('global page table', sizes.globalPageTable);
  const systemPageTable = below('system page table', sizes.systemPageTable);
  const systemHeader = below('system header', sizes.systemHeader);
  const balanceSlots = below('balance slots', sizes.balanceSlots);
  const scb = below('SCB', sizes.scb);
  below('guard page', 1);
  const interruptStack = below('interrupt stack', sizes.interruptStack);
  below('guard page', 1);
  const srpList = below('SRP list', sizes.srpList);
  const irpList = below('IRP list', sizes.irpList);
  const lrpList = below('LRP list', sizes.lrpList);
  const variablePool = below('nonpaged pool', sizes.variablePool);
  const pagedPool = below('paged pool', sizes.pagedPool);
  const pfnDatabase = below('PFN database', sizes.pfnDatabase);
  const rpb = below('RPB', 1);
  return {
    rpb, pfnDatabase, pagedPool, variablePool, lrpList, irpList, srpList, interruptStack, scb, balanceSlots,
    systemHeader, systemPageTable, globalPageTable, end,
  };
}

/** Virtual page number within system space. */
export function systemPage(address: number): number {
  return (address - SYSTEM_BASE) / PAGE;
}
