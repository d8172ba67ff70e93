import { describe, expect, test } from 'vitest';
import { DiskController, diskControllerPlace } from '../../../src/emulator/devices/disk.js';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { ABD, ABD$C_ATTRIB, ABD$C_FIB, ABD$C_NAME, ABD$C_RESL, descriptorAt } from '../../../src/executive/io/acp-packet.js';
import { COM$POST } from '../../../src/executive/io/completion.js';
import { allocateBlock } from '../../../src/executive/pool/typed.js';
import { DEV$M_MNT } from '../../../src/executive/starlet/devdef.js';
import { IO$M_ACCESS, IO$_ACCESS, IO$_DEACCESS, IO$_READVBLK } from '../../../src/executive/starlet/iodef.js';
import { SS$_DEVNOTMOUNT, SS$_FILALRACC, SS$_FILNOTACC, SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { DYN$C_IRP, DYN$C_WCB } from '../../../src/executive/structures/dyn.js';
import { IRP } from '../../../src/executive/structures/irp.js';
import { bytesToText, textToBytes } from '../../../src/executive/structures/memory.js';
import { WCB, WCB$K_LENGTH } from '../../../src/executive/structures/volume.js';
import { TestSystem } from '../../harness.js';
import { assign, books, ccbOf, pause, statusBlock, unitOf, type Seen } from './io-harness.js';

/** Runs a program with a disk; the XQP is a kernel mode AST procedure that only notes the requests it gets. */
function withNotingXqp(program: (p: Procedure, seen: Seen, xqp: { requests(): number[] }) => Flow<number>): Seen {
  const seen: Seen = {};
  const system = new TestSystem({
    programs: {
      SYSINIT: function* (p) {
        const k = p.kernel;
        // .WORD 0; MOVL @#count,R0; MOVL 4(AP),@#list[R0]; INCL @#count; RET
        const block = allocateBlock(k, 128, DYN$C_IRP);
        const count = block + 64;
        const list = count + 4;
        const absolute = (address: number): number[] => [0x9f, address & 0xff, (address >>> 8) & 0xff, (address >>> 16) & 0xff, address >>> 24];
        k.writeBytes(block + 16, Uint8Array.from([
          0, 0, 0xd0, ...absolute(count), 0x50, 0xd0, 0xac, 4, 0x40, ...absolute(list), 0xd6, ...absolute(count), 0x04,
        ]));
        k.p1.CTL$GL_F11BXQP = block + 16;
        return yield* program(p, seen, {
          requests: () => Array.from({ length: k.readLong(count) }, (_unused, index) => k.readLong(list + 4 * index)),
        });
      },
    },
    attach: (machine) => {
      const { base, vector } = diskControllerPlace(0);
      new DiskController(machine, base, vector).attach(0, { blocks: 50, read: (_lbn, count) => new Uint8Array(count * 512), write: () => undefined });
    },
  });
  system.runUntilIdle(3);
  return seen;
}

function* openDisk(p: Procedure, mounted = true): Flow<number> {
  const { channel } = yield* assign(p, 'DUA0:');
  const ucb = unitOf(p.kernel, channel);
  if (mounted) ucb.UCB$L_DEVCHAR = (ucb.UCB$L_DEVCHAR | DEV$M_MNT) >>> 0;
  return channel;
}

/** A FIB of ten bytes, a file name, a result length, and one attribute: the parameters of IO$_ACCESS. */
function fileArguments(p: Procedure): { fib: number; resultLength: number; attribute: number; parameters: { p1: number; p2: number; p3: number; p5: number } } {
  const fib = p.bytes(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  const attribute = p.allocate(4);
  const resultLength = p.allocate(4);
  const attributes = p.allocate(12);
  p.memory.writeWord(attributes, 4);
  p.memory.writeWord(attributes + 2, 17);
  p.memory.writeLong(attributes + 4, attribute);
  return { fib, resultLength, attribute, parameters: { p1: p.descriptor(10, fib), p2: p.string('LOGIN.COM;1'), p3: resultLength, p5: attributes } };
}

const complete = (p: Procedure, irpAddress: number, status: number): void => {
  const irp = IRP.at(p.kernel, irpAddress);
  irp.IRP$L_IOST1 = status;
  irp.IRP$L_IOST2 = 0;
  COM$POST(p.kernel, irpAddress);
};

describe('file functions', () => {
  test('qio#15: IO$_ACCESS reaches the XQP in the requester\'s process with its arguments; results go back at completion', () => {
    const seen = withNotingXqp(function* (p, out, xqp) {
      const k = p.kernel;
      const channel = yield* openDisk(p);
      const before = books(k);
      const { fib, resultLength, attribute, parameters } = fileArguments(p);
      const iosb = p.allocate(8);
      out['qio'] = yield* service(p, '$QIO', { efn: 9, chan: channel, func: IO$_ACCESS | IO$M_ACCESS, iosb, ...parameters });
      const [irp = 0] = xqp.requests();
      const packet = IRP.at(k, irp).IRP$L_SVAPTE;
      const abd = (index: number): ReturnType<typeof ABD.at> => ABD.at(k, descriptorAt(packet, index));
      const textOf = (index: number): string => bytesToText(k.readBytes(abd(index).address + abd(index).ABD$W_TEXT, abd(index).ABD$W_COUNT));
      out['arguments'] = [textOf(ABD$C_FIB), textOf(ABD$C_NAME), abd(ABD$C_ATTRIB).ABD$W_ATTRIB, abd(ABD$C_ATTRIB).ABD$L_USERVA === attribute];
      out['pending'] = [ccbOf(k, channel).CCB$L_DIRP, p.memory.readLong(iosb)];
      k.writeByte(abd(ABD$C_FIB).address + abd(ABD$C_FIB).ABD$W_TEXT, 99);
      k.writeWord(abd(ABD$C_RESL).address + abd(ABD$C_RESL).ABD$W_TEXT, 11);
      complete(p, irp, SS$_NORMAL);
      yield* service(p, '$WAITFR', { efn: 9 });
      out['results'] = [p.memory.readByte(fib), p.memory.readByte(fib + 1), p.memory.readWord(resultLength), statusBlock(p, iosb)[0]];
      out['after'] = [ccbOf(k, channel).CCB$L_DIRP, ccbOf(k, channel).CCB$W_IOC];
      out['books'] = books(k).map((value, index) => value - before[index]!);
      return 1;
    });
    expect(seen).toEqual({
      qio: SS$_NORMAL, arguments: [bytesToText(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)), 'LOGIN.COM;1', 17, true], pending: [1, 0],
      results: [99, 2, 11, SS$_NORMAL], after: [0, 0], books: [0, 0, 0, 0, 0],
    });
    expect(textToBytes('x')[0]).toBe(120);
  });

  test('ch18#36: a deaccess waits for the other requests of its channel; the last of them hands it to the XQP', () => {
    const seen = withNotingXqp(function* (p, out, xqp) {
      const k = p.kernel;
      const channel = yield* openDisk(p);
      const window = allocateBlock(k, WCB$K_LENGTH, DYN$C_WCB);
      WCB.at(k, window).WCB$V_READ = 1;
      ccbOf(k, channel).CCB$L_WIND = window;
      const [read, close] = [p.allocate(8), p.allocate(8)];
      // The window maps nothing: the read is a window turn, which this XQP never makes.
      yield* service(p, '$QIO', { efn: 9, chan: channel, func: IO$_READVBLK, iosb: read, p1: p.allocate(512), p2: 512, p3: 1 });
      const [transfer = 0] = xqp.requests();
      yield* service(p, '$QIO', { efn: 10, chan: channel, func: IO$_DEACCESS, iosb: close });
      out['waits'] = [xqp.requests().length, (ccbOf(k, channel).CCB$L_DIRP & 1) === 1 && ccbOf(k, channel).CCB$L_DIRP !== 1];
      complete(p, transfer, SS$_NORMAL);
      yield* pause(p, 0.1);
      const [, deaccess = 0] = xqp.requests();
      out['handed'] = [xqp.requests().length, IRP.at(k, deaccess).IRP$W_FUNC];
      ccbOf(k, channel).CCB$L_WIND = 0;
      complete(p, deaccess, SS$_NORMAL);
      yield* service(p, '$WAITFR', { efn: 10 });
      out['done'] = [statusBlock(p, close)[0], ccbOf(k, channel).CCB$L_DIRP, ccbOf(k, channel).CCB$W_IOC];
      return 1;
    });
    expect(seen).toEqual({ waits: [1, true], handed: [2, IO$_DEACCESS], done: [SS$_NORMAL, 0, 0] });
  });

  test('a volume that is not mounted, a channel without a file, a channel that has one', () => {
    const seen = withNotingXqp(function* (p, out) {
      const channel = yield* openDisk(p, false);
      const { parameters } = fileArguments(p);
      const open = (): Flow<number> => service(p, '$QIO', { efn: 9, chan: channel, func: IO$_ACCESS | IO$M_ACCESS, ...parameters });
      out['unmounted'] = yield* open();
      out['close'] = yield* service(p, '$QIO', { efn: 9, chan: channel, func: IO$_DEACCESS });
      const ucb = unitOf(p.kernel, channel);
      ucb.UCB$L_DEVCHAR = (ucb.UCB$L_DEVCHAR | DEV$M_MNT) >>> 0;
      ccbOf(p.kernel, channel).CCB$L_WIND = 0x80000000;
      out['twice'] = yield* open();
      ccbOf(p.kernel, channel).CCB$L_WIND = 0;
      return 1;
    });
    expect(seen).toEqual({ unmounted: SS$_DEVNOTMOUNT, close: SS$_FILNOTACC, twice: SS$_FILALRACC });
  });
});
