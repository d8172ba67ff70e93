import { VirtualClock } from '../../src/emulator/clock.js';
import { DCL_IMAGE, dclTablesImage, PPD, PPD_ADDRESS } from '../../src/dcl/index.js';
import type { ResidentImage } from '../../src/executive/boot/sysboot.js';
import { callRoutine, procedure, type Flow } from '../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../src/executive/gate/procedure.js';
import { service } from '../../src/executive/gate/service-call.js';
import { IAC$M_EXPREG, IAC$M_MERGE, IAC$M_P1MERGE } from '../../src/executive/image/activate.js';
import { expandRegion } from '../../src/executive/memory/address-space.js';
import { FAB, FAB$C_BID, FAB$C_BLN, FAB$M_GET, FAB$M_PPF, FAB$M_PUT } from '../../src/executive/starlet/fabdef.js';
import { LNM$_STRING } from '../../src/executive/starlet/lnmdef.js';
import { textToBytes } from '../../src/executive/structures/memory.js';
import { CLI_DATA_BASE, MMG$IMGHDRBUF } from '../../src/executive/structures/p1-cells.js';
import { PRT$C_SW } from '../../src/executive/structures/pte.js';
import { RMS_IMAGE } from '../../src/rms/index.js';
import { mountVolume, fileSystemImage } from '../../src/filesystem/index.js';
import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { buildSystemDiskInto, type SystemFile } from '../../src/sysgen/system-disk.js';
import { attachDisks } from '../../src/system/disks.js';
import { MESSAGE_SOURCES } from '../../src/system/images.js';
import { bootSystem, type System } from '../../src/system/boot-system.js';
import { TEST_TIME } from '../harness.js';

/**
 * A booted system whose first process enters DCL the way LOGINOUT does (digest ch23 2.2 steps 7, 13-15, 19), with OPA0: for
 * everything. Only what DCL itself needs is there: no password, no UAF.
 */
const SUPERVISOR = 2;
const EXECUTIVE = 1;
const SYMBOL_PAGES = 250;

function checked(status: number, what: string): void {
  if ((status & 1) === 0) throw new Error(`${what}: status ${status.toString(16)}`);
}

function* definePermanent(p: Procedure, name: string, ifi: number): Flow<void> {
  const value = p.bytes(textToBytes(`\x1b\0${String.fromCharCode(ifi & 255, ifi >> 8)}_OPA0:`));
  checked(yield* service(p, '$CRELNM', {
    tabnam: p.string('LNM$PROCESS'), lognam: p.string(name), acmode: p.bytes(Uint8Array.of(EXECUTIVE)),
    itmlst: p.itemList([{ code: LNM$_STRING, length: 10, buffer: value }]),
  }), name);
}

function* mapImage(p: Procedure, name: string): Flow<{ low: number; high: number; transfer: number }> {
  const range = p.allocate(8);
  checked(yield* service(p, '$IMGACT', {
    name: p.string(name), dflnam: p.string('SYS$SYSTEM:.EXE'), hdrbuf: MMG$IMGHDRBUF, imgctl: IAC$M_MERGE | IAC$M_EXPREG | IAC$M_P1MERGE, retadr: range, acmode: SUPERVISOR,
  }), name);
  const low = p.memory.readLong(range);
  return { low, high: p.memory.readLong(range + 4), transfer: (low + p.memory.readLong(low)) >>> 0 };
}

function* openPermanent(p: Procedure, name: string, access: number): Flow<ReturnType<typeof FAB.at>> {
  const fab = FAB.at(p.memory, p.allocate(FAB$C_BLN));
  fab.FAB$B_BID = FAB$C_BID;
  fab.FAB$B_BLN = FAB$C_BLN;
  fab.FAB$L_FOP = FAB$M_PPF;
  fab.FAB$B_FAC = access;
  fab.FAB$L_FNA = p.bytes(textToBytes(name));
  fab.FAB$B_FNS = name.length;
  checked(yield* service(p, '$OPEN', { fab: fab.address }), name);
  return fab;
}

const executivePart = (input: string): ReturnType<typeof procedure> => procedure('LOGINOUT$EXEC', function* (p) {
  const output = yield* openPermanent(p, 'OPA0:', FAB$M_GET | FAB$M_PUT);
  const fab = input === 'OPA0:' ? output : yield* openPermanent(p, input, FAB$M_GET);
  for (const name of ['SYS$INPUT', 'SYS$COMMAND']) yield* definePermanent(p, name, fab.FAB$W_IFI);
  for (const name of ['SYS$OUTPUT', 'SYS$ERROR']) yield* definePermanent(p, name, output.FAB$W_IFI);
  const dcl = yield* mapImage(p, 'DCL');
  const tables = yield* mapImage(p, 'DCLTABLES');
  const list = p.allocate(16);
  [3, SYMBOL_PAGES, fab.address, output.address].forEach((value, index) => { p.memory.writeLong(list + 4 * index, value); });
  for (const [offset, value] of [[8, dcl.low], [12, dcl.high], [16, tables.low], [20, tables.high]] as const) p.memory.writeLong(CLI_DATA_BASE + offset, value);
  checked(yield* service(p, '$CMKRNL', { routin: p.argument(1), arglst: list }), 'symbol table');
  return dcl.transfer;
});

const kernelPart = callRoutine('LOGINOUT$KERNEL', (k) => {
  const pages = k.argument(1);
  const fab = FAB.at(k, k.argument(2));
  const made = expandRegion(k, 1, pages, PRT$C_SW, SUPERVISOR);
  k.p1.CTL$GL_CTLBASVA = made.low;
  const ppd = PPD.at(k, PPD_ADDRESS);
  ppd.PPD$W_SIZE = PPD.size;
  ppd.PPD$L_SYMTBL = made.low;
  ppd.PPD$L_SYMTBLSIZE = pages * 512;
  const output = FAB.at(k, k.argument(3));
  ppd.PPD$W_INPIFI = fab.FAB$W_IFI;
  ppd.PPD$L_INPDEV = fab.FAB$L_DEV;
  ppd.PPD$W_OUTIFI = output.FAB$W_IFI;
  ppd.PPD$L_OUTDEV = output.FAB$L_DEV;
  return made.status;
});

const LOGINOUT_SOURCE = `
LOGINOUT$START::
	.WORD	0
	CALLS	#0,LOGINOUT$USER
	BLBS	R0,10$
	PUSHL	#1
	PUSHL	#1
	MOVL	SP,R2
	PUSHL	R2
	PUSHAB	LOGINOUT$END
	CALLS	#2,@#SYS$CMEXEC
10$:
	PUSHAB	LOGINOUT$KERNEL
	PUSHL	#1
	MOVL	SP,R2
	PUSHL	R2
	PUSHAB	LOGINOUT$EXEC
	CALLS	#2,@#SYS$CMEXEC
	PUSHL	R0
	PUSHL	#1
	MOVL	SP,R2
	PUSHL	R2
	PUSHAB	LOGINOUT$ENTER
	CALLS	#2,@#SYS$CMEXEC
	RET
LOGINOUT$END::
	.WORD	0
	PUSHL	#1
	CALLS	#1,@#SYS$EXIT
LOGINOUT$ENTER::
	.WORD	0
	PUSHL	#^X02800000
	PUSHL	4(AP)
	REI
`;

/** User mode, before anything else: the disk and the names that go with it. */
function userPart(hasDisk: boolean, ended: (status: number) => void): ReturnType<typeof procedure> {
  return procedure('LOGINOUT$USER', function* (p) {
    // Entered again at the end of the session: the PPD exists.
    const ppd = PPD.at(p.memory, PPD_ADDRESS);
    if (ppd.PPD$W_SIZE !== 0) {
      ended(ppd.PPD$L_LSTSTATUS);
      return 0;
    }
    yield* defineName(p, 'LNM$SYSTEM_DIRECTORY', 'LNM$DCL_LOGICAL', 'LNM$FILE_DEV');
    if (!hasDisk) return 1;
    checked(yield* mountVolume(p, 'DUA0:'), 'DUA0:');
    yield* defineName(p, 'LNM$PROCESS', 'SYS$DISK', 'DUA0:');
    yield* p.scratch(function* () { return checked(yield* service(p, '$SETDDIR', { newdir: p.string('[TEST]') }), '[TEST]'); });
    return 1;
  });
}

function* defineName(p: Procedure, table: string, name: string, value: string): Flow<void> {
  yield* p.scratch(function* () {
    const text = p.string(value);
    checked(yield* service(p, '$CRELNM', {
      tabnam: p.string(table), lognam: p.string(name), acmode: p.bytes(Uint8Array.of(EXECUTIVE)),
      itmlst: p.itemList([{ code: LNM$_STRING, length: value.length, buffer: p.memory.readLong(text + 4) }]),
    }), name);
  });
}

function testDisk(files: Readonly<Record<string, string>>): MemoryBlocks {
  const store = new MemoryBlocks(8000);
  buildSystemDiskInto(store, textFiles(files), { date: TEST_TIME, dumpFileBlocks: 4, pageFileBlocks: 0 });
  return store;
}

function textFiles(files: Readonly<Record<string, string>>): SystemFile[] {
  return Object.entries(files).map(([name, text]) => ({ name: `[TEST]${name};1`, bytes: textToBytes(text.endsWith('\n') ? text : `${text}\n`), kind: 'stream-lf' as const }));
}

/** A session at OPA0: of a freshly booted system. */
export class Session {
  readonly clock = new VirtualClock();
  readonly system: System;
  console = '';
  readonly disks: readonly MemoryBlocks[];
  /** $STATUS at the end of the session. */
  finalStatus: number | undefined;

  /** @param files  text files of [TEST] on DUA0:, which is mounted and the default when there are any */
  constructor(images: readonly ResidentImage[] = [], files?: Readonly<Record<string, string>>, input = 'OPA0:') {
    const disk = files === undefined ? undefined : testDisk(files);
    this.disks = disk === undefined ? [] : [disk];
    const loginout: ResidentImage = { name: 'LOGINOUT', source: LOGINOUT_SOURCE, routines: [executivePart(input), kernelPart, userPart(disk !== undefined, (status) => { this.finalStatus = status; })], transfer: 'LOGINOUT$START' };
    this.system = bootSystem({
      memoryMegabytes: 16, clock: this.clock, console: { transmit: (byte) => { this.console += String.fromCharCode(byte); } },
      systemTime: TEST_TIME, systemImages: [RMS_IMAGE, fileSystemImage()], messageSources: MESSAGE_SOURCES, firstImage: 'LOGINOUT', parameters: {}, residentImages: [loginout, DCL_IMAGE, dclTablesImage(), ...images],
      ...(disk === undefined ? {} : { attach: (machine) => { attachDisks(machine, [disk]); } }),
    });
  }

  /** Runs until the machine is idle for `seconds` of virtual time. */
  run(seconds = 2, limit = 30_000_000): string {
    const from = this.console.length;
    const { machine } = this.system;
    const stopAt = this.clock.now(machine.cpu.instructionCount) + seconds * 1_000_000;
    const most = machine.cpu.instructionCount + limit;
    for (;;) {
      const stop = machine.run(100_000);
      if (stop.kind === 'halt') throw new Error(`the machine halted\n${this.console}`);
      if (stop.kind === 'idle') {
        const wait = this.system.untilNextTimer();
        if (wait === undefined || this.clock.now(machine.cpu.instructionCount) + wait > stopAt) return this.console.slice(from);
        this.clock.advance(wait);
      }
      if (machine.cpu.instructionCount > most) throw new Error(`still running at ${(machine.cpu.r[15]! >>> 0).toString(16)}\n${this.console}`);
    }
  }

  /** Types a control character and returns what came back. */
  control(letter: string): string {
    const from = this.console.length;
    this.system.machine.console.receive(letter.charCodeAt(0) - 64);
    this.run(0);
    return this.console.slice(from);
  }

  /** Types a line at the console and returns what came back. */
  type(line: string): string {
    const from = this.console.length;
    for (const character of `${line}\r`) {
      this.system.machine.console.receive(character.charCodeAt(0));
      this.run(0);
    }
    this.run();
    return this.console.slice(from);
  }
}
