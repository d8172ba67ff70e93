import { PR$_SID } from '../../emulator/processor-registers.js';
import type { Kernel } from '../kernel.js';
import * as syi from '../starlet/syidef.js';
import { SB } from '../structures/device.js';
import { PFL } from '../structures/section.js';
import { bytesToText, readCounted, textToBytes } from '../structures/memory.js';
import { PARAMETER_CELLS, PARAMETER_FLAGS } from '../structures/system-cells.js';
import { longwordBytes } from '../names/item-list.js';

/** What $GETSYI can be asked of this node: SYSBOOT parameters by their cells, and facts about system and node. */
export type SyiFetch = (k: Kernel) => Uint8Array;

const long = (value: (k: Kernel) => number): SyiFetch => (k) => longwordBytes(value(k));

/** The local system block's bytes, as a view. */
const localNode = (k: Kernel): ReturnType<typeof SB.at> => SB.at(k, k.symbol('SCS$GA_LOCALSB'));

/** Text of a fixed field without the padding. */
const trimmed = (bytes: Uint8Array): Uint8Array => textToBytes(bytesToText(bytes).replace(/[\0 ]+$/, ''));

/** SCSNODE, as EXE$INIT put it into the local system block. */
export function nodeName(k: Kernel): string {
  return readCounted(k, localNode(k).address + SB.offset.SB$T_NODENAME);
}

/** A field of the control blocks of page or swap files, summed up. Swap files have the first indexes; those not there have the null control block. */
function sumOfFiles(k: Kernel, kind: 'page' | 'swap', field: 'PFL$L_MAXVBN' | 'PFL$L_FREPAGCNT'): number {
  const { sys } = k;
  const [first, last] = kind === 'swap' ? [1, sys.SGN$GW_SWPFILES] : [sys.SGN$GW_SWPFILES + 1, sys.SGN$GW_SWPFILES + sys.SGN$GW_PAGFILCT];
  let sum = 0;
  for (let index = first; index <= last; index += 1) sum += PFL.at(k, k.readLong(sys.MMG$GL_PAGSWPVC + 4 * index))[field];
  return sum;
}

const facts: readonly (readonly [number, SyiFetch])[] = [
  [syi.SYI$_VERSION, (k) => k.readBytes(k.symbol('SYS$GQ_VERSION'), 8)],
  [syi.SYI$_SID, long((k) => k.cpu.readPR(PR$_SID))],
  [syi.SYI$_CPU, long((k) => k.sys.EXE$GB_CPUTYPE)],
  [syi.SYI$_XSID, long(() => 0)],
  [syi.SYI$_BOOTTIME, (k) => k.readBytes(k.symbol('EXE$GQ_BOOTTIME'), 8)],
  [syi.SYI$_ARCHFLAG, long((k) => k.sys.EXE$GL_ARCHFLAG)],
  [syi.SYI$_NODENAME, (k) => textToBytes(nodeName(k))],
  [syi.SYI$_CLUSTER_MEMBER, (k) => Uint8Array.of(k.sys.CLU$GL_CLUB === 0 ? 0 : 1)],
  [syi.SYI$_CLUSTER_NODES, long(() => 0)], [syi.SYI$_CLUSTER_VOTES, long(() => 0)], [syi.SYI$_CLUSTER_QUORUM, long(() => 0)],
  [syi.SYI$_NODE_CSID, long(() => 0)], [syi.SYI$_NODE_VOTES, long(() => 0)], [syi.SYI$_NODE_QUORUM, long(() => 0)],
  [syi.SYI$_NODE_SYSTEMID, (k) => localNode(k).SB$T_SYSTEMID.slice(0, 6)],
  [syi.SYI$_NODE_SWINCARN, (k) => k.readBytes(localNode(k).address + SB.offset.SB$Q_SWINCARN, 8)],
  [syi.SYI$_NODE_SWTYPE, (k) => localNode(k).SB$T_SWTYPE], [syi.SYI$_NODE_SWVERS, (k) => localNode(k).SB$T_SWVERS],
  [syi.SYI$_NODE_HWTYPE, (k) => trimmed(localNode(k).SB$T_HWTYPE)], [syi.SYI$_NODE_HWVERS, (k) => localNode(k).SB$T_HWVERS],
  [syi.SYI$_CLUSTER_FSYSID, () => new Uint8Array(6)], [syi.SYI$_CLUSTER_FTIME, () => new Uint8Array(8)],
  [syi.SYI$_SCS_EXISTS, long(() => 0)],
  [syi.SYI$_PAGEFILE_PAGE, long((k) => sumOfFiles(k, 'page', 'PFL$L_MAXVBN'))], [syi.SYI$_PAGEFILE_FREE, long((k) => sumOfFiles(k, 'page', 'PFL$L_FREPAGCNT'))],
  [syi.SYI$_SWAPFILE_PAGE, long((k) => sumOfFiles(k, 'swap', 'PFL$L_MAXVBN'))], [syi.SYI$_SWAPFILE_FREE, long((k) => sumOfFiles(k, 'swap', 'PFL$L_FREPAGCNT'))],
  // The processor has all instructions: none is emulated by software.
  [syi.SYI$_CHARACTER_EMULATED, long(() => 0)], [syi.SYI$_DECIMAL_EMULATED, long(() => 0)], [syi.SYI$_D_FLOAT_EMULATED, long(() => 0)],
  [syi.SYI$_F_FLOAT_EMULATED, long(() => 0)], [syi.SYI$_G_FLOAT_EMULATED, long(() => 0)], [syi.SYI$_H_FLOAT_EMULATED, long(() => 0)],
];

/** Fetch routine by item code. */
export const SYI_ITEMS: ReadonlyMap<number, SyiFetch> = buildItems();

function buildItems(): ReadonlyMap<number, SyiFetch> {
  const codes = syi as unknown as Readonly<Record<string, number>>;
  const items = new Map<number, SyiFetch>();
  for (const [name, cell, size] of PARAMETER_CELLS) {
    const code = codes[`SYI$_${name}`];
    if (code === undefined) continue;
    items.set(code, size > 4
      ? (k) => trimmed(k.readBytes(k.symbol(cell), size))
      : long((k) => (size === 1 ? k.readByte(k.symbol(cell)) : size === 2 ? k.readWord(k.symbol(cell)) : k.readLong(k.symbol(cell)))));
  }
  for (const [name, cell, bit] of PARAMETER_FLAGS) {
    const code = codes[`SYI$_${name}`];
    if (code !== undefined) items.set(code, long((k) => (k.readLong(k.symbol(cell)) >>> bit) & 1));
  }
  for (const [code, fetch] of facts) items.set(code, fetch);
  return items;
}
