import { callRoutine } from '../executive/gate/microroutine.js';
import { IOC$CVT_DEVNAM, IOC$SCAN_IODB } from '../executive/io/device-names.js';
import type { Kernel } from '../executive/kernel.js';
import { regionUse, lookasideUse, variableUse, type VariableUse } from '../executive/pool/statistics.js';
import { SS$_ACCVIO, SS$_BUFFEROVF, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { textToBytes } from '../executive/structures/memory.js';
import { P1_CELLS } from '../executive/structures/p1-cells.js';
import { PCB } from '../executive/structures/pcb.js';
import { PFL } from '../executive/structures/section.js';

/** What SHOW looks at in kernel mode, because users may not read it: the I/O database and pool. Called with $CMKRNL. */
const USER = 3;
const PAGE = 512;

/**
 * Names of all units, each a counted string, closed by a zero byte.
 *
 * Arguments: buffer, its size in bytes.
 * @returns SS$_NORMAL; SS$_BUFFEROVF; SS$_ACCVIO
 */
export const scanDevices = callRoutine('SHOW$SCAN_DEVICES', (k) => {
  const [buffer, size] = [k.argument(1), k.argument(2)];
  if (!k.cpu.probe(buffer, size, USER, true)) return SS$_ACCVIO;
  const bytes: number[] = [];
  for (const { ucb } of IOC$SCAN_IODB(k)) {
    const name = IOC$CVT_DEVNAM(k, ucb);
    bytes.push(name.length, ...textToBytes(name));
  }
  bytes.push(0);
  if (bytes.length > size) return SS$_BUFFEROVF;
  k.writeBytes(buffer, Uint8Array.from(bytes));
  return SS$_NORMAL;
});

/** Longwords that SHOW$MEMORY fills in, in this order. */
export const MEMORY_FIELDS = [
  'memoryPages', 'permanent', 'free', 'modified', 'processSlots', 'processFree', 'resident', 'swapped', 'balanceSlots', 'balanceUsed', 'balanceSwapped',
  'srpTotal', 'srpFree', 'srpSize', 'irpTotal', 'irpFree', 'irpSize', 'lrpTotal', 'lrpFree', 'lrpSize',
  'nonpagedTotal', 'nonpagedFree', 'nonpagedLargest', 'pagedTotal', 'pagedFree', 'pagedLargest',
  'nonpagedBlocks', 'nonpagedSmallest', 'nonpagedSmall', 'pagedBlocks', 'pagedSmallest', 'pagedSmall',
  'srpInitial', 'srpMost', 'srpLeast', 'irpInitial', 'irpMost', 'irpLeast', 'lrpInitial', 'lrpMost', 'lrpLeast', 'nonpagedInitial', 'nonpagedMost',
  'swapFileTotal', 'swapFileFree', 'pageFileTotal', 'pageFileFree',
] as const;
export type MemoryFigures = Record<(typeof MEMORY_FIELDS)[number], number>;

/** The null process and the swapper have headers of their own, outside the balance slots. */
const LAST_BUILT_IN = 1;

function processes(k: Kernel): { readonly total: number; readonly free: number; readonly resident: number; readonly swapped: number; readonly headers: number; readonly headersAlone: number } {
  const last = k.sys.SCH$GL_MAXPIX;
  const nobody = k.symbol('SCH$GL_NULLPCB');
  let [free, resident, swapped, headers, headersAlone] = [0, 0, 0, 0, 0];
  for (let index = 0; index <= last; index += 1) {
    const pcb = k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index);
    if (index > 0 && pcb === nobody) {
      free += 1;
      continue;
    }
    if (index > LAST_BUILT_IN && PCB.at(k, pcb).PCB$V_PHDRES !== 0) {
      headers += 1;
      // The body of the process is outswapped, its header is not yet.
      if (PCB.at(k, pcb).PCB$V_RES === 0) headersAlone += 1;
    }
    if (PCB.at(k, pcb).PCB$V_RES !== 0) resident += 1;
    else swapped += 1;
  }
  return { total: last + 1, free, resident, swapped, headers, headersAlone };
}

/**
 * Figures of SHOW MEMORY. Arguments: buffer of a longword for each of MEMORY_FIELDS.
 *
 * @returns SS$_NORMAL; SS$_ACCVIO
 */
export const memoryFigures = callRoutine('SHOW$MEMORY', (k) => {
  const buffer = k.argument(1);
  if (!k.cpu.probe(buffer, 4 * MEMORY_FIELDS.length, USER, true)) return SS$_ACCVIO;
  const { sys } = k;
  const symbol = (name: string): number => k.symbol(name);
  const slots = processes(k);
  const [srp, irp, lrp] = lookasideUse(k, symbol);
  const [nonpaged, paged] = variableUse(k, symbol);
  const [swapFile, pagingFile] = [1, sys.SGN$GW_SWPFILES + 1].map((index) => PFL.at(k, k.readLong(sys.MMG$GL_PAGSWPVC + 4 * index)));
  const figures: MemoryFigures = {
    memoryPages: sys.MMG$GL_MAXMEM + 1, permanent: sys.MMG$GL_MAXMEM - sys.MMG$GL_MAXPFN, free: sys.SCH$GL_FREECNT, modified: sys.SCH$GL_MFYCNT,
    processSlots: slots.total, processFree: slots.free, resident: slots.resident, swapped: slots.swapped,
    balanceSlots: sys.SGN$GL_BALSETCT, balanceUsed: slots.headers, balanceSwapped: slots.headersAlone,
    srpTotal: srp!.total, srpFree: srp!.free, srpSize: srp!.packetSize, irpTotal: irp!.total, irpFree: irp!.free, irpSize: irp!.packetSize,
    lrpTotal: lrp!.total, lrpFree: lrp!.free, lrpSize: lrp!.packetSize,
    nonpagedTotal: nonpaged!.total, nonpagedFree: nonpaged!.free, nonpagedLargest: nonpaged!.largest,
    pagedTotal: paged!.total, pagedFree: paged!.free, pagedLargest: paged!.largest,
    nonpagedBlocks: nonpaged!.blocks, nonpagedSmallest: nonpaged!.smallest, nonpagedSmall: nonpaged!.small, pagedBlocks: paged!.blocks, pagedSmallest: paged!.smallest, pagedSmall: paged!.small,
    srpInitial: sys.SGN$GL_SRPCNT, srpMost: sys.SGN$GL_SRPCNTV, srpLeast: sys.SGN$GL_SRPMIN, irpInitial: sys.SGN$GL_IRPCNT, irpMost: sys.SGN$GL_IRPCNTV, irpLeast: sys.IOC$GL_IRPMIN,
    lrpInitial: sys.SGN$GL_LRPCNT, lrpMost: sys.SGN$GL_LRPCNTV, lrpLeast: sys.IOC$GL_LRPMIN, nonpagedInitial: sys.SGN$GL_NPAGEDYN, nonpagedMost: sys.SGN$GL_NPAGEVIR,
    swapFileTotal: swapFile!.PFL$L_MAXVBN, swapFileFree: swapFile!.PFL$L_FREPAGCNT, pageFileTotal: pagingFile!.PFL$L_MAXVBN, pageFileFree: pagingFile!.PFL$L_FREPAGCNT,
  };
  MEMORY_FIELDS.forEach((field, index) => { k.writeLong(buffer + 4 * index, figures[field]); });
  return SS$_NORMAL;
});

/** Longwords that SHOW$REGION fills in. */
export const REGION_FIELDS = ['total', 'free', 'blocks', 'largest', 'smallest', 'small'] as const satisfies readonly (keyof VariableUse)[];

/**
 * The process allocation region, for SHOW PROCESS/MEMORY. Argument: buffer of a longword for each of REGION_FIELDS.
 *
 * @returns SS$_NORMAL; SS$_ACCVIO
 */
export const regionFigures = callRoutine('SHOW$REGION', (k) => {
  const buffer = k.argument(1);
  if (!k.cpu.probe(buffer, 4 * REGION_FIELDS.length, USER, true)) return SS$_ACCVIO;
  const use = regionUse(k, k.p1.address + P1_CELLS.offset.CTL$GQ_ALLOCREG, k.sys.SGN$GW_CTLPAGES * PAGE);
  REGION_FIELDS.forEach((field, index) => { k.writeLong(buffer + 4 * index, use[field]); });
  return SS$_NORMAL;
});
