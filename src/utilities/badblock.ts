import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { translateFile } from '../executive/information/put-line.js';
import { DVI$_CLUSTER } from '../executive/starlet/dvidef.js';
import { IO$M_ACCESS, IO$M_DELETE, IO$_ACCESS, IO$_DEACCESS, IO$_DELETE, IO$_MODIFY, IO$_READVBLK, IO$_WRITEVBLK } from '../executive/starlet/iodef.js';
import { SS$_BADPARAM, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { ArrayMemory } from '../executive/structures/memory.js';
import { ATR$C_RECATTR, FAT, highestBlock } from '../filesystem/atr.js';
import { FIB$M_MARKBAD, FIB$M_NOREAD, FIB$M_NOWRITE, FIB$M_TRUNC, FIB$M_WRITE } from '../filesystem/fib.js';
import { fileFunction } from './file-functions.js';
import { programRegion } from './files.js';
import { getDevice } from './process-information.js';

/**
 * BADBLOCK.EXE: the process that the XQP makes when a file with suspected bad blocks is deleted (xqp/bad-block.ts). It writes test patterns
 * over the blocks of the file and reads them back; the clusters that fail go to the bad block file, the others are free, the file is gone.
 * SYS$INPUT is the device, SYS$ERROR the file ID. @source book 19.1.3; digest ch19 2.3
 */

const BLOCK = 512;
/** Blocks of one transfer. */
const MOST_BLOCKS = 32;
/** choice: the book says "worst-case patterns" */
const PATTERNS: readonly (readonly number[])[] = [[0xb6, 0x6d, 0xdb], [0x55, 0xaa], [0xff, 0x00]];

interface Suspect {
  readonly chan: number;
  readonly file: { readonly fid: [number, number, number] };
  readonly blocks: number;
  readonly cluster: number;
  readonly buffer: number;
}

/** One transfer over the file's blocks. @returns whether all of it was done */
function* transfer(p: Procedure, { chan, buffer }: Suspect, func: number, vbn: number, count: number): Flow<boolean> {
  return yield* p.scratch(function* () {
    const iosb = p.allocate(8);
    const queued = yield* service(p, '$QIOW', { efn: 1, chan, func, iosb, p1: buffer, p2: count * BLOCK, p3: vbn });
    return (queued & 1) !== 0 && (p.memory.readWord(iosb) & 1) !== 0;
  });
}

/** Whether blocks keep what is written into them. */
function* isGood(p: Procedure, suspect: Suspect, vbn: number, count: number): Flow<boolean> {
  for (const pattern of PATTERNS) {
    const written = Uint8Array.from({ length: count * BLOCK }, (_unused, index) => pattern[index % pattern.length]!);
    p.memory.writeBytes(suspect.buffer, written);
    if (!(yield* transfer(p, suspect, IO$_WRITEVBLK, vbn, count))) return false;
    p.memory.writeBytes(suspect.buffer, new Uint8Array(written.length));
    if (!(yield* transfer(p, suspect, IO$_READVBLK, vbn, count))) return false;
    const read = p.memory.readBytes(suspect.buffer, written.length);
    if (read.some((byte, index) => byte !== written[index])) return false;
  }
  return true;
}

/** First blocks of the clusters that are bad, the last first. */
function* badClusters(p: Procedure, suspect: Suspect): Flow<number[]> {
  const { blocks, cluster } = suspect;
  const bad: number[] = [];
  const step = Math.max(1, Math.floor(MOST_BLOCKS / cluster)) * cluster;
  for (let vbn = 1; vbn <= blocks; vbn += step) {
    const count = Math.min(step, blocks - vbn + 1);
    if (count <= MOST_BLOCKS && (yield* isGood(p, suspect, vbn, count))) continue;
    for (let at = vbn; at < vbn + count; at += cluster) if (!(yield* isGoodCluster(p, suspect, at))) bad.unshift(at);
  }
  return bad;
}

function* isGoodCluster(p: Procedure, suspect: Suspect, vbn: number): Flow<boolean> {
  for (let done = 0; done < suspect.cluster; done += MOST_BLOCKS) {
    if (!(yield* isGood(p, suspect, vbn + done, Math.min(MOST_BLOCKS, suspect.cluster - done)))) return false;
  }
  return true;
}

function* cutOff(p: Procedure, { chan, file }: Suspect, vbn: number, flags: number): Flow<number> {
  return yield* p.scratch(function* () {
    const { status } = yield* fileFunction(p, chan, file, {
      func: IO$_MODIFY, prepare: (fib) => {
        fib.FIB$W_EXCTL = FIB$M_TRUNC | flags;
        fib.FIB$L_EXVBN = vbn;
      },
    });
    return status;
  });
}

/** The file, from its end on: bad clusters to the bad block file, what lies behind them to the free ones. */
function* sortOut(p: Procedure, suspect: Suspect): Flow<void> {
  let end = suspect.blocks;
  for (const vbn of yield* badClusters(p, suspect)) {
    const next = vbn + suspect.cluster;
    if (next <= end && !((yield* cutOff(p, suspect, next, 0)) & 1)) return;
    if (!((yield* cutOff(p, suspect, vbn, FIB$M_MARKBAD)) & 1)) return;
    end = vbn - 1;
  }
}

const main = procedure('BADBLOCK$MAIN', function* (p) {
  const [device, fileId] = [yield* p.scratch(() => translateFile(p, 'SYS$INPUT')), yield* p.scratch(() => translateFile(p, 'SYS$ERROR'))];
  const [number, sequence, rvn] = (/\((\d+),(\d+),(\d+)\)/.exec(fileId ?? '') ?? []).slice(1).map(Number);
  if (device === undefined || number === undefined || sequence === undefined || rvn === undefined) return SS$_BADPARAM;
  const file = { fid: [number & 0xffff, sequence, ((number >>> 16) << 8) | rvn] as [number, number, number] };
  const buffer = yield* programRegion(p, MOST_BLOCKS * BLOCK);
  const { values } = yield* p.scratch(() => getDevice(p, device, { cluster: { code: DVI$_CLUSTER, kind: 'long' } } as const));
  const assigned = p.allocate(4);
  const status = yield* service(p, '$ASSIGN', { devnam: p.string(device), chan: assigned });
  if (!(status & 1)) return status;
  const chan = p.memory.readWord(assigned);
  const opened = yield* fileFunction(p, chan, file, {
    func: IO$_ACCESS | IO$M_ACCESS, attributes: [{ code: ATR$C_RECATTR, bytes: new Uint8Array(FAT.size) }],
    prepare: (fib) => { fib.FIB$L_ACCTL = FIB$M_WRITE | FIB$M_NOREAD | FIB$M_NOWRITE; },
  });
  if (!(opened.status & 1)) return opened.status;
  const blocks = highestBlock(FAT.at(new ArrayMemory(opened.attributes[0]!), 0));
  yield* sortOut(p, { chan, file, blocks, cluster: values.cluster, buffer });
  yield* fileFunction(p, chan, file, { func: IO$_DEACCESS });
  yield* fileFunction(p, chan, file, { func: IO$_DELETE | IO$M_DELETE });
  return SS$_NORMAL;
});

export const BADBLOCK_IMAGE: ResidentImage = { name: 'BADBLOCK', transfer: 'BADBLOCK$MAIN', routines: [main] };
