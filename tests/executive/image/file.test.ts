import { expect, test } from 'vitest';
import { VirtualClock } from '../../../src/emulator/clock.js';
import { rmsDispatchSource } from '../../../src/executive/dispatch/dispatcher.js';
import { procedure, type Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { isSectionBacking } from '../../../src/executive/memory/backing-store.js';
import { readPte } from '../../../src/executive/memory/page-tables.js';
import { PfnEntry } from '../../../src/executive/memory/pfn.js';
import { FAB } from '../../../src/executive/starlet/fabdef.js';
import { IO$_WRITEVBLK, IO$M_NOW } from '../../../src/executive/starlet/iodef.js';
import { SS$_ACCVIO, SS$_BADIMGHDR } from '../../../src/executive/starlet/ssdef.js';
import { decodePte, PRT$C_UW } from '../../../src/executive/structures/pte.js';
import { serviceSymbol } from '../../../src/executive/starlet/service-table.js';
import { assembleAbsolute } from '../../../src/macro/assembler.js';
import { encodeImageHeader, IHD$C_NATIVE, IHD$K_EXE, ISD$K_NORMAL, ISD$K_USRSTACK, ISD$M_DZRO, ISD$M_WRT, type ImageSection } from '../../../src/macro/image-format.js';
import { bootSystem, type System } from '../../../src/system/boot-system.js';
import { TEST_TIME } from '../../harness.js';

/**
 * An image file as the linker writes it, read through a channel. RMS is stood in for: its $OPEN gives the channel of a mailbox that holds
 * the blocks in the order in which the activator reads them.
 */
const CODE = `
MAIN:	.WORD	^M<R2>
	MOVL	#^X1986,@#DATA
10$:	BRB	10$			; stays the current process, to be looked at
DATA = ^X600
`;

function section(part: Partial<ImageSection>): ImageSection {
  return { kind: 'private', pages: 1, vpn: 0, cluster: 0, flags: 0, type: ISD$K_NORMAL, vbn: 0, ident: 0, globalName: '', ...part };
}

function boot(headerBlock: Uint8Array, code: Uint8Array): System {
  function* open(p: Procedure): Flow<number> {
    const fab = FAB.at(p.memory, p.argument(1));
    const channel = p.allocate(4);
    const status = yield* service(p, '$CREMBX', { chan: channel, maxmsg: 512, bufquo: 2048 });
    if (!(status & 1)) return status;
    const chan = p.memory.readWord(channel);
    for (const block of [headerBlock, code]) {
      const buffer = p.bytes(block);
      yield* service(p, '$QIOW', { chan, func: IO$_WRITEVBLK | IO$M_NOW, p1: buffer, p2: block.length });
    }
    fab.FAB$L_STV = chan;
    return 1;
  }
  return bootSystem({
    memoryMegabytes: 16, clock: new VirtualClock(), console: { transmit: () => undefined }, systemTime: TEST_TIME, firstImage: 'DISK:[DIR]PROGRAM.EXE',
    systemImages: [{ name: 'RMS', source: rmsDispatchSource(new Set(['$OPEN'])), routines: [procedure('RMS$OPEN', open)], baseCell: 'MMG$GL_RMSBASE' }],
    residentImages: [],
  });
}

/** Runs until the PC is where `stop` says. */
function runTo(system: System, stop: (pc: number) => boolean): void {
  for (let count = 0; count < 2_000_000; count += 1) {
    system.machine.run(1);
    if (stop(system.machine.cpu.r[15]! >>> 0)) return;
  }
  throw new Error('never came there');
}

const header = (sections: readonly ImageSection[], transfers: readonly number[] = [0x200]): Uint8Array => encodeImageHeader({
  imageType: IHD$K_EXE, privilegeRequests: 0xffff_ffff_ffff_ffffn, ioChannels: 0, imageIoPages: 0, linkFlags: 0, ident: 0, systemVersion: 0,
  fixupAddress: 0, alias: IHD$C_NATIVE, transfers, initializeShareable: 0, imageName: 'PROGRAM', imageIdent: 'V1', linkTime: 0n,
  linkerIdent: 'TEST', sections,
});

test('ch21#5, ch21#6, ch21#8, ch21#22: an image on a device without blocks is read at once into writable pages; data demand zero, the stack of the size asked for', () => {
  const code = new Uint8Array(512);
  code.set(assembleAbsolute(CODE, 'code', { origin: 0x200, symbols: serviceSymbol }).bytes);
  const system = boot(header([
    section({ vpn: 1, pages: 1, vbn: 2 }),
    section({ kind: 'demandZero', vpn: 3, pages: 2, flags: ISD$M_DZRO | ISD$M_WRT }),
    section({ kind: 'demandZero', vpn: 0x3fffec, pages: 30, flags: ISD$M_DZRO | ISD$M_WRT, type: ISD$K_USRSTACK }),
  ]), code);
  const loop = 0x200 + code.findIndex((byte, index) => byte === 0x11 && code[index + 1] === 0xfe);
  runTo(system, (pc) => pc === loop);
  const k = system.kernel;
  const stack = k.readLong(k.symbol('CTL$AL_STACK') + 12) - k.readLong(k.symbol('CTL$AL_STACKLIM') + 12);
  expect(stack).toBe((30 + 2) * 512);
  // Read-only pages too; from here on they are the page file's.
  const pte = decodePte(readPte(k, 0x200));
  expect(pte).toMatchObject({ kind: 'valid', prot: PRT$C_UW });
  expect(isSectionBacking(new PfnEntry(k, pte.kind === 'valid' ? pte.pfn : 0).bak)).toBe(false);
  expect(k.readLong(0x600)).toBe(0x1986);
  expect(readPte(k, 0x800)).not.toBe(0);
  expect(readPte(k, 0x800) >>> 31).toBe(0);
});

test('what is not an image is refused: SS$_BADIMGHDR', () => {
  const system = boot(new Uint8Array(512).fill(0x55), new Uint8Array(512));
  runTo(system, (pc) => pc === system.kernel.symbol('EXE$EXIT') + 2);
  expect(system.kernel.argument(1)).toBe(SS$_BADIMGHDR);
});

test('ch21 2.8: SYS$IMGSTA calls the next transfer address; its traceback handler ends the image with the condition', () => {
  const code = new Uint8Array(512);
  code.set(assembleAbsolute('MAIN:	.WORD	0\n	TSTL	@#4\n	RET\n', 'code', { origin: 0x200 }).bytes);
  const system = boot(header([section({ vpn: 1, vbn: 2 })], [serviceSymbol('SYS$IMGSTA')!, 0x200]), code);
  runTo(system, (pc) => pc === 0x202);
  const k = system.kernel;
  const frame = k.register(13);
  // The frame under the image is SYS$IMGSTA's, with the handler; the argument list has the transfer array pointer moved on.
  expect(k.readLong(k.readLong(frame + 12))).toBe(k.symbol('EXE$TRACEBACK'));
  expect(k.readLong(k.readLong(k.register(12) + 4))).toBe(0x200);
  runTo(system, (pc) => pc === k.symbol('EXE$EXIT') + 2);
  expect(k.argument(1)).toBe((SS$_ACCVIO | 0x10000000) >>> 0);
});

test('ch04#35: with the traceback frame a warning ends the image as well', () => {
  const code = new Uint8Array(512);
  code.set(assembleAbsolute('MAIN:	.WORD	0\n	PUSHL	#^X10\n	CALLS	#1,@#LIB$SIGNAL\n	RET\n', 'code', { origin: 0x200, symbols: serviceSymbol }).bytes);
  const system = boot(header([section({ vpn: 1, vbn: 2 })], [serviceSymbol('SYS$IMGSTA')!, 0x200]), code);
  runTo(system, (pc) => pc === 0x202);
  runTo(system, (pc) => pc === system.kernel.symbol('EXE$EXIT') + 2);
  expect(system.kernel.argument(1)).toBe(0x10000010);
});

test('ch21#7: the user stack pointer starts two pages below the high end, which CTL$AL_STACK has', () => {
  const code = new Uint8Array(512);
  code.set(assembleAbsolute(CODE, 'code', { origin: 0x200, symbols: serviceSymbol }).bytes);
  const system = boot(header([section({ vpn: 1, vbn: 2 })]), code);
  const { cpu } = system.machine;
  runTo(system, () => cpu.currentMode === 3);
  const k = system.kernel;
  const high = k.readLong(k.symbol('CTL$AL_STACK') + 12);
  expect(k.register(14)).toBe(high - 2 * 512);
  // Not asked for: 20 pages, and the two.
  expect(high - k.readLong(k.symbol('CTL$AL_STACKLIM') + 12)).toBe(22 * 512);
});
