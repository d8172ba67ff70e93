/**
 * The files' part of npm run bench: RMS and the file system on a disk that is a file of the host, and beside them plain Node fs doing the nearest equivalent,
 * as a ratio. Time is what the clock on the wall says.
 *   80-byte records       $PUT and $GET of variable records, 100 MB; Node: a buffered stream of lines
 *   keyed reads           $GET by a random key in an indexed file of many records; Node: 100-byte reads at random places of a file of that size
 *   creates, deletes      $CREATE, $CLOSE and $ERASE; Node: open, close and unlink
 *   DIRECTORY             $SEARCH over all names; Node: readdir and stat of each
 * STARLET_BENCH_SCALE (1 by default) divides the amounts, for a quick look.
 */
import { closeSync, fsyncSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, statSync, unlinkSync, writeSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '../src/emulator/clock.js';
import { DiskController, diskControllerPlace } from '../src/emulator/devices/disk.js';
import { procedure, type Flow } from '../src/executive/gate/microroutine.js';
import type { Procedure } from '../src/executive/gate/procedure.js';
import { service } from '../src/executive/gate/service-call.js';
import { FAB$C_FIX, FAB$C_IDX, FAB$C_SEQ, FAB$C_VAR, FAB$M_GET, FAB$M_PUT } from '../src/executive/starlet/fabdef.js';
import { LNM$_STRING } from '../src/executive/starlet/lnmdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN, RAB$C_KEY } from '../src/executive/starlet/rabdef.js';
import { textToBytes } from '../src/executive/structures/memory.js';
import type { BlockStore } from '../src/filesystem/block-io.js';
import { fileSystemImage, mountVolume } from '../src/filesystem/index.js';
import { initializeVolume } from '../src/filesystem/initialize.js';
import { RMS_IMAGE } from '../src/rms/index.js';
import { bootSystem } from '../src/system/boot-system.js';
import { fastLoad, isLoaded } from '../src/utilities/convert/fast-load.js';
import { createDirectory } from '../src/utilities/create-directory.js';
import { createFromDesign } from '../src/utilities/fdl/create.js';
import type { FileDesign } from '../src/utilities/fdl/design.js';
import { fileBlocks, isFailure } from '../src/utilities/files.js';

const BOOT_TIME = 0x008e_f000_0000_0000n;
const BLOCK = 512;
const MEGABYTE = 1e6;
const RECORD = 80;

/** A disk in a file of the host. */
class FileBlocks implements BlockStore {
  private readonly fd: number;

  constructor(path: string, readonly blocks: number) {
    this.fd = openSync(path, 'w+');
    writeSync(this.fd, new Uint8Array(1), 0, 1, blocks * BLOCK - 1);
  }

  read(lbn: number, count: number): Uint8Array {
    const bytes = new Uint8Array(count * BLOCK);
    readSync(this.fd, bytes, 0, bytes.length, lbn * BLOCK);
    return bytes;
  }

  write(lbn: number, bytes: Uint8Array): void {
    writeSync(this.fd, bytes, 0, bytes.length, lbn * BLOCK);
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** Seconds of processor time, user and system: other work on the machine counts less. */
function now(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Seconds that `body` takes. */
function* timed(body: () => Flow<void>): Flow<number> {
  const begun = now();
  yield* body();
  return now() - begun;
}

function timedHost(body: () => void): number {
  const begun = now();
  body();
  return now() - begun;
}

function check(status: number, what: string): void {
  if (!(status & 1)) throw new Error(`${what}: ${status.toString(16)}`);
}

function rabOf(p: Procedure, fab: number, size: number): ReturnType<typeof RAB.at> {
  const rab = RAB.at(p.memory, p.allocate(RAB$C_BLN));
  rab.RAB$B_BID = RAB$C_BID;
  rab.RAB$B_BLN = RAB$C_BLN;
  rab.RAB$L_FAB = fab;
  rab.RAB$L_UBF = rab.RAB$L_RBF = p.allocate(size);
  rab.RAB$W_USZ = rab.RAB$W_RSZ = size;
  return rab;
}

function* write(p: Procedure, records: number): Flow<void> {
  yield* p.scratch(function* () {
    const { fab } = fileBlocks(p, 'SEQ.DAT');
    fab.FAB$B_FAC = FAB$M_PUT;
    fab.FAB$B_RFM = FAB$C_VAR;
    fab.FAB$L_ALQ = Math.ceil(records * (RECORD + 2) / BLOCK);
    check(yield* service(p, '$CREATE', { fab: fab.address }), '$CREATE');
    const rab = rabOf(p, fab.address, RECORD);
    rab.RAB$B_MBC = 16;
    check(yield* service(p, '$CONNECT', { rab: rab.address }), '$CONNECT');
    for (let count = 0; count < records; count += 1) check(yield* service(p, '$PUT', { rab: rab.address }), '$PUT');
    check(yield* service(p, '$CLOSE', { fab: fab.address }), '$CLOSE');
    return 1;
  });
}

function* read(p: Procedure, records: number): Flow<void> {
  yield* p.scratch(function* () {
    const { fab } = fileBlocks(p, 'SEQ.DAT');
    fab.FAB$B_FAC = FAB$M_GET;
    check(yield* service(p, '$OPEN', { fab: fab.address }), '$OPEN');
    const rab = rabOf(p, fab.address, RECORD);
    rab.RAB$B_MBC = 16;
    check(yield* service(p, '$CONNECT', { rab: rab.address }), '$CONNECT');
    for (let count = 0; count < records; count += 1) check(yield* service(p, '$GET', { rab: rab.address }), '$GET');
    check(yield* service(p, '$CLOSE', { fab: fab.address }), '$CLOSE');
    return 1;
  });
}

const KEY = 10;
/** Buffers of a stream that reads by key: RAB$B_MBF. */
const FEW_BUFFERS = 20;
const MANY_BUFFERS = 120;
const keyOf = (number: number): string => String(number * 7 % 10_000_019).padStart(KEY, '0');

const DESIGN: FileDesign = {
  organization: FAB$C_IDX, format: FAB$C_VAR, attributes: 0, recordSize: RECORD, controlSize: 0, allocation: 0, extension: 0, bucketSize: 4, maximumRecord: 0, globalBuffers: 0,
  contiguous: false, bestTry: false, createIf: false, maximizeVersion: false, supersede: false, name: '', defaultName: '', protection: '', owner: '', areas: [],
  keys: [{ number: 0, name: '', type: 0, flags: 0, nullValue: 0, segments: [{ position: 0, size: KEY }], dataArea: 0, indexArea: 0, lowestArea: 0, dataFill: 100, indexFill: 100, prolog: 3 }],
};

function* load(p: Procedure, count: number): Flow<void> {
  const records = Array.from({ length: count }, (_, index) => keyOf(index)).sort().map((key) => textToBytes(key + key.repeat(7)));
  yield* p.scratch(function* () {
    const made = yield* createFromDesign(p, DESIGN, 'KEYED.DAT');
    if (isFailure(made)) throw new Error(made.status.toString(16));
    check(yield* service(p, '$CLOSE', { fab: made.fab.address }), '$CLOSE');
    const loaded = yield* fastLoad(p, 'KEYED.DAT', records, true, () => { throw new Error('refused'); });
    if (!isLoaded(loaded)) throw new Error(loaded.status.toString(16));
    return 1;
  });
}

/** Numbers below `limit` in no order, the same every time. */
function random(limit: number): () => number {
  let state = 1;
  return () => {
    state = Math.imul(state, 1664525) + 1013904223 >>> 0;
    return Math.floor(state / 0x1_0000_0000 * limit);
  };
}

function* readKeys(p: Procedure, records: number, reads: number, buffers: number): Flow<number> {
  return yield* p.scratch(function* () {
    const { fab } = fileBlocks(p, 'KEYED.DAT');
    fab.FAB$B_FAC = FAB$M_GET;
    check(yield* service(p, '$OPEN', { fab: fab.address }), '$OPEN');
    const rab = rabOf(p, fab.address, RECORD);
    rab.RAB$B_MBF = buffers;
    rab.RAB$L_KBF = p.allocate(KEY);
    rab.RAB$B_KSZ = KEY;
    rab.RAB$B_RAC = RAB$C_KEY;
    check(yield* service(p, '$CONNECT', { rab: rab.address }), '$CONNECT');
    const next = random(records);
    const seconds = yield* timed(function* () {
      for (let count = 0; count < reads; count += 1) {
        p.memory.writeBytes(rab.RAB$L_KBF, textToBytes(keyOf(next())));
        check(yield* service(p, '$GET', { rab: rab.address }), '$GET');
      }
    });
    check(yield* service(p, '$CLOSE', { fab: fab.address }), '$CLOSE');
    return seconds;
  });
}

function* createFiles(p: Procedure, count: number): Flow<void> {
  for (let index = 0; index < count; index += 1) {
    yield* p.scratch(function* () {
      const { fab } = fileBlocks(p, `[BENCH]F${index}.DAT`);
      fab.FAB$B_FAC = FAB$M_PUT;
      fab.FAB$B_RFM = FAB$C_FIX;
      fab.FAB$W_MRS = BLOCK;
      fab.FAB$B_ORG = FAB$C_SEQ;
      check(yield* service(p, '$CREATE', { fab: fab.address }), '$CREATE');
      return yield* service(p, '$CLOSE', { fab: fab.address });
    });
  }
}

function* deleteFiles(p: Procedure, count: number): Flow<void> {
  for (let index = 0; index < count; index += 1) yield* p.scratch(function* () {
    const { fab } = fileBlocks(p, `[BENCH]F${index}.DAT;1`);
    const status = yield* service(p, '$ERASE', { fab: fab.address });
    check(status, '$ERASE');
    return status;
  });
}

function* listFiles(p: Procedure, count: number): Flow<void> {
  yield* p.scratch(function* () {
    const { fab } = fileBlocks(p, '[BENCH]*.*;*');
    check(yield* service(p, '$PARSE', { fab: fab.address }), '$PARSE');
    let found = 0;
    while ((yield* service(p, '$SEARCH', { fab: fab.address })) & 1) found += 1;
    if (found !== count) throw new Error(`${found} files`);
    return 1;
  });
}

/** A directory [BENCH] for the files. */
function* makeDirectory(p: Procedure): Flow<void> {
  const made = yield* createDirectory(p, '[BENCH]', { owner: undefined, protection: undefined, versionLimit: 0 });
  if (isFailure(made)) throw new Error(made.status.toString(16));
}

function hostLines(directory: string, records: number): { write: () => number; read: () => number } {
  const path = join(directory, 'lines');
  return {
    write: () => timedHost(() => {
      const line = Buffer.alloc(RECORD + 1, 0x41);
      line[RECORD] = 10;
      const fd = openSync(path, 'w');
      const chunk = Buffer.alloc(100 * line.length);
      for (let at = 0; at < chunk.length; at += line.length) line.copy(chunk, at);
      for (let count = 0; count < records; count += 100) writeSync(fd, chunk);
      closeSync(fd);
    }),
    read: () => timedHost(() => {
      let lines = 0;
      const bytes = readFileSync(path);
      for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1;
      if (lines < records) throw new Error('lines');
    }),
  };
}

/** Runs a program on a system with a fresh disk. */
function run(path: string, blocks: number, program: (p: Procedure) => Flow<void>): void {
  const disk = new FileBlocks(path, blocks);
  initializeVolume(disk, { label: 'BENCH', date: BOOT_TIME, maximumFiles: blocks >>> 1 });
  let done = false;
  const clock = new VirtualClock();
  const routine = procedure('SYSINIT', function* (p) {
    check(yield* mountVolume(p, '_DUA0:'), 'mount');
    yield* p.scratch(() => service(p, '$CRELNM', {
      tabnam: p.string('LNM$PROCESS_TABLE'), lognam: p.string('SYS$DISK'), itmlst: p.itemList([{ code: LNM$_STRING, length: 5, buffer: p.bytes(textToBytes('DUA0:')) }]),
    }));
    yield* p.scratch(() => service(p, '$SETDDIR', { newdir: p.string('[000000]') }));
    yield* program(p);
    done = true;
    return 1;
  });
  const system = bootSystem({
    memoryMegabytes: 16, clock, console: { transmit: () => undefined }, systemTime: BOOT_TIME, systemImages: [RMS_IMAGE, fileSystemImage([])], firstImage: 'SYSINIT', parameters: {},
    residentImages: [{ name: 'SYSINIT', transfer: 'SYSINIT', routines: [routine] }],
    attach: (machine) => {
      const { base, vector } = diskControllerPlace(0);
      new DiskController(machine, base, vector).attach(0, disk);
    },
  });
  while (!done) {
    const stop = system.machine.run(1_000_000);
    if (stop.kind === 'halt') throw new Error('halt');
    if (stop.kind === 'idle') clock.advance(Math.min(system.untilNextTimer() ?? 1e6, 1e6));
  }
  disk.close();
}

export function rmsBench(isWanted: (name: string) => boolean): void {
  const scale = Number(process.env['STARLET_BENCH_SCALE'] ?? 1);
  const records = Math.round(100 * MEGABYTE / RECORD / scale / 100) * 100;
  const keyed = Math.round(1_000_000 / scale);
  const reads = Math.round(100_000 / scale);
  const files = Math.round(10_000 / scale);
  const directory = mkdtempSync(join(tmpdir(), 'starlet-rms-'));
  console.log(`\n${'files'.padEnd(34)}${'here'.padStart(10)}${'Node fs'.padStart(12)}   ratio`);
  const row = (name: string, amount: number, unit: string, here: number, there: number): void => {
    const shown = (seconds: number): string => (amount / seconds).toFixed(amount / seconds < 100 ? 1 : 0);
    console.log(`${name.padEnd(34)}${shown(here).padStart(10)}${shown(there).padStart(12)}   ${(there / here).toFixed(4)}  ${unit}`);
  };
  try {
    if (isWanted('80-byte records')) {
      const host = hostLines(directory, records);
      const [written, got] = [host.write(), host.read()];
      let [putting, getting] = [0, 0];
      run(join(directory, 'disk'), Math.ceil(records * (RECORD + 2) / BLOCK) + 4000, function* (p) {
        putting = yield* timed(() => write(p, records));
        getting = yield* timed(() => read(p, records));
      });
      const megabytes = records * RECORD / MEGABYTE;
      row('$PUT of 80-byte records', megabytes, 'MB/s', putting, written);
      row('$GET of 80-byte records', megabytes, 'MB/s', getting, got);
    }
    if (isWanted('keyed reads')) {
      let [loading, reading, readingMore] = [0, 0, 0];
      run(join(directory, 'disk'), Math.ceil(keyed * 100 / BLOCK) + 20_000, function* (p) {
        loading = yield* timed(() => load(p, keyed));
        reading = yield* readKeys(p, keyed, reads, FEW_BUFFERS);
        readingMore = yield* readKeys(p, keyed, reads, MANY_BUFFERS);
      });
      const path = join(directory, 'random');
      const loadingThere = timedHost(() => { writeFileSync(path, Buffer.alloc(keyed * 100)); });
      const fd = openSync(path, 'r');
      const there = timedHost(() => {
        const buffer = Buffer.alloc(100);
        const next = random(keyed);
        for (let count = 0; count < reads; count += 1) readSync(fd, buffer, 0, 100, next() * 100);
      });
      closeSync(fd);
      row(`fast load of ${keyed} records`, keyed, 'records/s', loading, loadingThere);
      row(`$GET by random key, MBF ${FEW_BUFFERS}`, reads, 'reads/s', reading, there);
      row(`$GET by random key, MBF ${MANY_BUFFERS}`, reads, 'reads/s', readingMore, there);
    }
    if (isWanted('creates, deletes') || isWanted('directory')) {
      let [creating, listing, deleting] = [0, 0, 0];
      run(join(directory, 'disk'), files * 2 + 20_000, function* (p) {
        yield* makeDirectory(p);
        creating = yield* timed(() => createFiles(p, files));
        listing = yield* timed(() => listFiles(p, files));
        deleting = yield* timed(() => deleteFiles(p, files));
      });
      const names = Array.from({ length: files }, (_, index) => join(directory, `F${index}`));
      const there = timedHost(() => {
        for (const name of names) {
          const fd = openSync(name, 'wx');
          fsyncSync(fd);
          closeSync(fd);
        }
      });
      const listed = timedHost(() => { for (const name of readdirSync(directory)) statSync(join(directory, name)); });
      const unlinked = timedHost(() => { for (const name of names) unlinkSync(name); });
      row('file creates', files, 'files/s', creating, there);
      row(`$SEARCH of ${files} files`, files, 'files/s', listing, listed);
      row('file deletes', files, 'files/s', deleting, unlinked);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
