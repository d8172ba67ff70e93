import type { Procedure } from '../../executive/gate/procedure.js';
import { CCB } from '../../executive/structures/device.js';
import { readCounted, writeCounted } from '../../executive/structures/memory.js';
import { PIO_BASE, PIO_CELLS } from '../../executive/structures/p1-cells.js';
import { DISKUCB, UCB } from '../../executive/structures/ucb.js';
import { DC$_DISK } from '../../executive/starlet/dcdef.js';
import { allocate } from '../space.js';
import { DRC, DRC$C_BID, DRC$C_NAME_SIZE } from '../structures.js';

/**
 * The directory cache of a process (PIO$GL_DIRCACHE): which file a directory of that name in that directory is. An entry counts as long as the unit's UCB$W_DIRSEQ
 * is what it was before the directory was looked up: the file system changes it with every directory that is entered, removed, deleted or whose header changes,
 * with every mount, and with every function on a volume whose directories may change by themselves. Nodes lie in the process I/O segment; the one found last
 * is the first, and the last one is used again when there are enough.
 * @source book appC (PIO$GL_DIRCACHE), appE (UCB$W_DIRSEQ). choice: the layout of the nodes and their number
 */
const LISTHEAD = PIO_BASE + PIO_CELLS.offset.PIO$GL_DIRCACHE;
const MOST_NODES = 12;

type Node = ReturnType<typeof DRC.at>;

/** A directory that is to be found. */
export interface DirectoryKey {
  readonly ucb: number;
  /** UCB$W_DIRSEQ before it is looked up. */
  readonly sequence: number;
  readonly did: Uint8Array;
  readonly name: string;
}

/** What to look for on the volume of a channel; undefined when nothing of it may be kept. */
export function directoryKey(p: Procedure, chan: number, did: Uint8Array, name: string): DirectoryKey | undefined {
  const ucb = CCB.at(p.memory, p.kernel.p1.CTL$GL_CCBBASE - chan).CCB$L_UCB;
  if (ucb === 0 || UCB.at(p.memory, ucb).UCB$B_DEVCLASS !== DC$_DISK) return undefined;
  return { ucb, sequence: DISKUCB.at(p.memory, ucb).UCB$W_DIRSEQ, did, name };
}

/** The file identification of a directory that is in the cache. */
export function knownDirectory(p: Procedure, key: DirectoryKey): Uint8Array | undefined {
  for (const node of nodes(p)) {
    if (!isFor(p, node, key)) continue;
    if (node.DRC$W_DIRSEQ !== key.sequence) return undefined;
    toFront(p, node);
    return node.DRC$R_FID;
  }
  return undefined;
}

/** Keeps what was found. */
export function keepDirectory(p: Procedure, key: DirectoryKey, fid: Uint8Array): void {
  const all = [...nodes(p)];
  const node = all.find((candidate) => isFor(p, candidate, key)) ?? (all.length < MOST_NODES ? newNode(p) : undefined) ?? all.at(-1);
  if (!node) return;
  node.DRC$L_UCB = key.ucb;
  node.DRC$W_DIRSEQ = key.sequence;
  node.DRC$R_DID = key.did.slice(0, FID_BYTES);
  node.DRC$R_FID = fid.slice(0, FID_BYTES);
  writeCounted(p.memory, node.address + DRC.offset.DRC$T_NAME, key.name, DRC$C_NAME_SIZE);
  toFront(p, node);
}

const FID_BYTES = 6;

function* nodes(p: Procedure): Generator<Node, void, undefined> {
  const first = p.memory.readLong(LISTHEAD);
  for (let address = first; address !== 0 && address !== LISTHEAD; address = p.memory.readLong(address)) yield DRC.at(p.memory, address);
}

function isFor(p: Procedure, node: Node, { ucb, did, name }: DirectoryKey): boolean {
  return node.DRC$L_UCB === ucb && node.DRC$R_DID.every((byte, index) => byte === did[index]) && readCounted(p.memory, node.address + DRC.offset.DRC$T_NAME) === name;
}

/** A node in the list, empty; undefined when the segment is full. */
function newNode(p: Procedure): Node | undefined {
  const address = allocate(p, true, DRC.size);
  if (address === 0) return undefined;
  const node = DRC.at(p.memory, address);
  node.DRC$W_SIZE = DRC.size;
  node.DRC$B_BID = DRC$C_BID;
  if (p.memory.readLong(LISTHEAD) === 0) {
    p.memory.writeLong(LISTHEAD, LISTHEAD);
    p.memory.writeLong(LISTHEAD + 4, LISTHEAD);
  }
  insertFirst(p, node);
  return node;
}

function insertFirst({ memory }: Procedure, node: Node): void {
  const next = memory.readLong(LISTHEAD);
  node.DRC$L_FLINK = next;
  node.DRC$L_BLINK = LISTHEAD;
  memory.writeLong(next + 4, node.address);
  memory.writeLong(LISTHEAD, node.address);
}

function toFront(p: Procedure, node: Node): void {
  p.memory.writeLong(node.DRC$L_BLINK, node.DRC$L_FLINK);
  p.memory.writeLong(node.DRC$L_FLINK + 4, node.DRC$L_BLINK);
  insertFirst(p, node);
}
