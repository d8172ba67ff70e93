import { callRoutine, inlineRoutine, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { lockIoDatabase } from '../executive/io/io-mutex.js';
import { connectDevice, loadDriver, reloadDriver } from '../executive/io/load-driver.js';
import type { Kernel } from '../executive/kernel.js';
import { SS$_ACCVIO, SS$_BADPARAM, SS$_DEVACTIVE, SS$_DEVMOUNT, SS$_NORMAL, SS$_NOSUCHDEV } from '../executive/starlet/ssdef.js';
import { CRB, DDT, IDB, VEC } from '../executive/structures/device.js';
import { bytesToText } from '../executive/structures/memory.js';
import { UCB } from '../executive/structures/ucb.js';
import { announcedHeaderBlocks, decodeImageHeader, sectionAddress } from '../macro/image-format.js';
import { fits, type CommandLine } from '../sysgen/parameter-commands.js';
import { isFailure, programRegion, reason, RmsFile } from './files.js';
import { messageCode, report, sharedCode } from './messages.js';

/**
 * LOAD, RELOAD and CONNECT of SYSGEN: drivers from image files, and devices for them. The image half reads the file and lays its sections out; the other,
 * in kernel mode (SYSGEN$CONNECT calls the driver's initialization routines at IPL 31), is in executive/io/load-driver.ts.
 *
 * @source book 25.5; System Generation Utility manual (V4), LOAD, RELOAD, CONNECT, as a description
 */
const FACILITY = 113;
const BLOCK = 512;
const USER = 3;
/** More than any driver: its size is a word. */
const MOST_BYTES = 0x1_0000;
const NAME_ROOM = 16;

/** Addresses of the kernel mode routines. */
export interface DriverRoutines {
  readonly load: number;
  readonly connect: number;
}

/** A driver as its image file lays it out. */
interface DriverImage {
  readonly spec: string;
  readonly linkedAt: number;
  readonly bytes: Uint8Array;
}

function* readImage(p: Procedure, spec: string): Flow<DriverImage | number> {
  return yield* p.scratch(function* () {
    const file = yield* RmsFile.open(p, spec, { defaults: 'SYS$SYSTEM:.EXE', blocks: true });
    if (isFailure(file)) return yield* report(p, { code: sharedCode(FACILITY, 'openIn'), args: [file.spec] }, reason(file));
    const pieces: Uint8Array[] = [];
    for (let piece = yield* file.read(); piece !== undefined; piece = yield* file.read()) {
      if (isFailure(piece)) {
        yield* file.close();
        return yield* report(p, { code: sharedCode(FACILITY, 'readError'), args: [file.spec] }, reason(piece));
      }
      pieces.push(piece);
    }
    yield* file.close();
    const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    pieces.reduce((at, piece) => { bytes.set(piece, at); return at + piece.length; }, 0);
    return sectionsOf(file.spec, bytes) ?? (yield* report(p, { code: messageCode('SYSGEN$_NOTDRIVER'), args: [file.spec] }));
  });
}

/** The sections of an image, side by side as they lie in memory; undefined when they cannot be a driver. */
function sectionsOf(spec: string, file: Uint8Array): DriverImage | undefined {
  if (file.length < BLOCK) return undefined;
  const decoded = decodeImageHeader(file.subarray(0, announcedHeaderBlocks(file.subarray(0, BLOCK)) * BLOCK));
  if ('problem' in decoded) return undefined;
  const sections = decoded.header.sections.filter((section) => section.kind === 'private');
  if (sections.length === 0) return undefined;
  const linkedAt = Math.min(...sections.map((section) => sectionAddress(section)));
  const end = Math.max(...sections.map((section) => sectionAddress(section) + section.pages * BLOCK));
  if (end - linkedAt > MOST_BYTES) return undefined;
  const bytes = new Uint8Array(end - linkedAt);
  for (const section of sections) {
    const from = (section.vbn - 1) * BLOCK;
    bytes.set(file.subarray(from, from + section.pages * BLOCK), sectionAddress(section) - linkedAt);
  }
  return { spec, linkedAt, bytes };
}

/** Names of the messages for what the kernel mode half refuses. */
const REFUSALS: Readonly<Record<'load' | 'reload' | 'connect', Readonly<Record<number, string>>>> = {
  load: { [SS$_BADPARAM]: 'NOTDRIVER', [SS$_DEVACTIVE]: 'LOADED' },
  reload: { [SS$_BADPARAM]: 'NOTDRIVER', [SS$_DEVACTIVE]: 'DRVINUSE', [SS$_DEVMOUNT]: 'NORELOAD', [SS$_NOSUCHDEV]: 'NOTLOADED' },
  connect: { [SS$_BADPARAM]: 'MAXUNITS', [SS$_DEVMOUNT]: 'DEVEXISTS', [SS$_NOSUCHDEV]: 'NOTLOADED' },
};

function* refuse(p: Procedure, what: keyof typeof REFUSALS, status: number, object: string): Flow<number> {
  const ident = REFUSALS[what][status];
  return yield* ident === undefined ? report(p, { code: status }) : report(p, { code: messageCode(`SYSGEN$_${ident}`), args: [object] });
}

/** LOAD file, RELOAD file */
export function* loadCommand(p: Procedure, routines: DriverRoutines, spec: string, isReload: boolean): Flow<number> {
  const image = yield* readImage(p, spec);
  if (typeof image === 'number') return image;
  const status = yield* p.scratch(function* () {
    const buffer = yield* programRegion(p, image.bytes.length);
    if (buffer === 0) return SS$_ACCVIO;
    p.memory.writeBytes(buffer, image.bytes);
    const list = p.allocate(20);
    [4, buffer, image.bytes.length, image.linkedAt, isReload ? 1 : 0].forEach((argument, index) => { p.memory.writeLong(list + 4 * index, argument); });
    return yield* service(p, '$CMKRNL', { routin: routines.load, arglst: list });
  });
  return status & 1 ? status : yield* refuse(p, isReload ? 'reload' : 'load', status, image.spec);
}

/** CONNECT device /NOADAPTER [/DRIVERNAME=driver]. A driver that is not loaded is looked for in SYS$SYSTEM. */
export function* connectCommand(p: Procedure, routines: DriverRoutines, { words, qualifiers }: CommandLine): Flow<number> {
  const device = /^_?([A-Z]{2}[A-Z])(\d{1,4}):?$/.exec(words[0] ?? '');
  // splitLine has taken the values of qualifiers for words.
  const hasAdapter = qualifiers.some((name) => name.length > 1 && ['ADAPTER', 'CSR', 'VECTOR'].some((keyword) => fits(name, keyword)));
  const named = qualifiers.some((name) => name.length > 1 && fits(name, 'DRIVERNAME'));
  const known = qualifiers.every((name) => name.length > 1 && ['NOADAPTER', 'ADAPTER', 'CSR', 'VECTOR', 'DRIVERNAME'].some((keyword) => fits(name, keyword)));
  if (!device || !known || (!hasAdapter && words.length !== (named ? 2 : 1))) return yield* report(p, { code: messageCode('SYSGEN$_SYNTAX') });
  if (hasAdapter || !qualifiers.some((name) => fits(name, 'NOADAPTER'))) return yield* report(p, { code: messageCode('SYSGEN$_NOADAPTER') });
  const driver = words[1] ?? `${device[1]!.slice(0, 2)}DRIVER`;
  const attempt = function* (): Flow<number> {
    return yield* p.scratch(function* () {
      const list = p.allocate(16);
      [3, p.string(device[1]!), Number(device[2]), p.string(driver)].forEach((argument, index) => { p.memory.writeLong(list + 4 * index, argument); });
      return yield* service(p, '$CMKRNL', { routin: routines.connect, arglst: list });
    });
  };
  let status = yield* attempt();
  if (status === SS$_NOSUCHDEV) {
    const loaded = yield* loadCommand(p, routines, driver, false);
    if (!(loaded & 1)) return loaded;
    status = yield* attempt();
  }
  return status & 1 ? status : yield* refuse(p, 'connect', status, status === SS$_NOSUCHDEV ? driver : `${device[1]!}${device[2]!}`);
}

/** Arguments: the image, its size, where it was linked, 1 to reload. */
const loadRoutine = callRoutine('SYSGEN$LOAD', (k) => {
  const [address, size, linkedAt] = [k.argument(1), k.argument(2), k.argument(3)];
  if (size > MOST_BYTES || !k.cpu.probe(address, size, USER, false)) return SS$_ACCVIO;
  const image = k.readBytes(address, size);
  return lockIoDatabase(k, true, () => (k.argument(4) === 1 ? reloadDriver(k, image, linkedAt) : loadDriver(k, image, linkedAt)));
});

/** A string argument by descriptor; undefined when it cannot be read. */
function stringArgument(k: Kernel, number: number): string | undefined {
  const descriptor = k.argument(number);
  if (!k.cpu.probe(descriptor, 8, USER, false)) return undefined;
  const [length, address] = [k.readWord(descriptor), k.readLong(descriptor + 4)];
  return length <= NAME_ROOM && k.cpu.probe(address, length, USER, false) ? bytesToText(k.readBytes(address, length)) : undefined;
}

/**
 * Of SYSGEN$CONNECT. Arguments: controller and driver name by descriptor, unit between them. R0 the status; with its low bit set R6 is the controller
 * initialization routine and R7 that of the unit, or RSB's for none, and R4, R5, R8, R9, R10 are what they want: CSR, IDB, CRB, UCB, DDB.
 */
function connect(k: Kernel): void {
  const [controller, driver] = [stringArgument(k, 1), stringArgument(k, 3)];
  if (controller === undefined || driver === undefined) {
    k.setRegister(0, SS$_ACCVIO);
    return;
  }
  const { status, ucb, crb, isNew } = lockIoDatabase(k, true, () => connectDevice(k, controller, k.argument(2), driver));
  k.setRegister(0, status);
  if (status !== SS$_NORMAL) return;
  const nothing = k.symbol('PWR_NO_ROUTINE');
  const transfer = VEC.at(k, crb + CRB.offset.CRB$L_INTD);
  const idb = transfer.VEC$L_IDB;
  const unit = UCB.at(k, ucb);
  const values: Readonly<Record<number, number>> = {
    4: idb === 0 ? 0 : IDB.at(k, idb).IDB$L_CSR, 5: idb, 6: (isNew ? transfer.VEC$L_INITIAL : 0) || nothing,
    7: DDT.at(k, unit.UCB$L_DDT).DDT$L_UNITINIT || transfer.VEC$L_UNITINIT || nothing, 8: crb, 9: ucb, 10: unit.UCB$L_DDB,
  };
  for (const [register, value] of Object.entries(values)) k.setRegister(Number(register), value);
}

export const DRIVER_SOURCE = `
SYSGEN$CONNECT::
	.WORD	^M<R2,R3,R4,R5,R6,R7,R8,R9,R10,R11>
	.MICRO	SYSGEN_CONNECT
	BLBC	R0,90$
	MFPR	#18,-(SP)
	MTPR	#31,#18
	PUSHR	#^M<R4,R7,R9>
	MOVL	R6,R0
	MOVL	R10,R6			; DDB
	JSB	(R0)			; the controller: R4 CSR, R5 IDB, R6 DDB, R8 CRB
	POPR	#^M<R4,R7,R9>
	MOVL	R9,R5
	JSB	(R7)			; the unit: R4 CSR, R5 UCB
	MTPR	(SP)+,#18
	MOVL	#1,R0
90$:	RET
`;

export const SYSGEN_DRIVER_ROUTINES = [loadRoutine, inlineRoutine('SYSGEN_CONNECT', connect)];
