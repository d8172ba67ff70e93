/**
 * The executive's part of npm run bench: what services and processes cost, in operations a second of processor time and in emulated instructions
 * each. An instruction may be a whole microroutine, so the second number says how much of the work is VAX code.
 */
import { VirtualClock } from '../src/emulator/clock.js';
import { procedure, type Flow } from '../src/executive/gate/microroutine.js';
import type { Procedure } from '../src/executive/gate/procedure.js';
import { service } from '../src/executive/gate/service-call.js';
import { DVI$_UNIT } from '../src/executive/starlet/dvidef.js';
import { IO$M_NOW, IO$_READVBLK, IO$_WRITEVBLK } from '../src/executive/starlet/iodef.js';
import { LCK$K_EXMODE } from '../src/executive/starlet/lckdef.js';
import { LNM$_STRING } from '../src/executive/starlet/lnmdef.js';
import { bootSystem } from '../src/system/boot-system.js';

type Program = (p: Procedure) => Flow<number>;

interface Case {
  readonly name: string;
  readonly count: number;
  /** What is done once before, and gives what is done `count` times. */
  readonly prepare: (p: Procedure) => Flow<(round: number) => Flow<unknown>>;
  readonly others?: Readonly<Record<string, Program>>;
}

/** Any time. */
const BOOT_TIME = 0x008e_f000_0000_0000n;
const CLUSTER = 'BENCH';
const [PING, PONG] = [64, 65];

/** A service that must work: what a failing one costs is not to be measured. */
const succeed: typeof service = function* (p, name, args) {
  const status = yield* service(p, name, args);
  if ((status & 1) === 0) throw new Error(`${name}: ${status.toString(16)}`);
  return status;
};

/** A detached process: its termination message may come before it has given back what a subprocess costs its owner. */
function* createProcess(p: Procedure, image: string, mbxunt = 0): Flow<void> {
  yield* p.scratch(function* () {
    return yield* succeed(p, '$CREPRC', { pidadr: p.allocate(4), image: p.string(`SYS$SYSTEM:${image}`), baspri: 4, mbxunt, uic: p.kernel.pcb.PCB$L_UIC });
  });
}

function* associate(p: Procedure): Flow<void> {
  yield* p.scratch(() => succeed(p, '$ASCEFC', { efn: PING, name: p.string(CLUSTER) }));
}

const CASES: readonly Case[] = [
  {
    name: '$QIO to a mailbox and back', count: 5000,
    *prepare(p) {
      const [chan, iosb, buffer] = [p.allocate(4), p.allocate(8), p.allocate(64)];
      yield* succeed(p, '$CREMBX', { chan, maxmsg: 64, bufquo: 256 });
      const channel = p.memory.readWord(chan);
      return function* () {
        yield* succeed(p, '$QIOW', { chan: channel, func: IO$_WRITEVBLK | IO$M_NOW, iosb, p1: buffer, p2: 40 });
        yield* succeed(p, '$QIOW', { chan: channel, func: IO$_READVBLK, iosb, p1: buffer, p2: 64 });
      };
    },
  },
  {
    name: '$ENQW and $DEQ', count: 5000,
    *prepare(p) {
      const [lksb, resnam] = [p.allocate(8), p.string('RESOURCE')];
      return function* () {
        yield* succeed(p, '$ENQW', { lkmode: LCK$K_EXMODE, lksb, resnam });
        yield* succeed(p, '$DEQ', { lkid: p.memory.readLong(lksb + 4) });
      };
    },
  },
  {
    name: '$TRNLNM', count: 10000,
    *prepare(p) {
      const [table, name, buffer] = [p.string('LNM$PROCESS'), p.string('NAME'), p.allocate(64)];
      const list = p.itemList([{ code: LNM$_STRING, length: 64, buffer }]);
      yield* p.scratch(() => succeed(p, '$CRELNM', { tabnam: table, lognam: name, itmlst: p.itemList([{ code: LNM$_STRING, length: 5, buffer: p.bytes(new Uint8Array(5).fill(65)) }]) }));
      return function* () { return yield* succeed(p, '$TRNLNM', { tabnam: table, lognam: name, itmlst: list }); };
    },
  },
  {
    name: '$SETEF and $WAITFR, two processes', count: 3000,
    others: {
      PARTNER: function* (p) {
        yield* associate(p);
        for (;;) {
          yield* succeed(p, '$WAITFR', { efn: PING });
          yield* succeed(p, '$CLREF', { efn: PING });
          yield* succeed(p, '$SETEF', { efn: PONG });
        }
      },
    },
    *prepare(p) {
      yield* associate(p);
      yield* createProcess(p, 'PARTNER');
      return function* () {
        yield* succeed(p, '$SETEF', { efn: PING });
        yield* succeed(p, '$WAITFR', { efn: PONG });
        yield* succeed(p, '$CLREF', { efn: PONG });
      };
    },
  },
  {
    name: 'process created and deleted', count: 200,
    others: { CHILD: function* () { return 1; } },
    *prepare(p) {
      const [chan, iosb, buffer, unit] = [p.allocate(4), p.allocate(8), p.allocate(84), p.allocate(4)];
      yield* succeed(p, '$CREMBX', { chan, maxmsg: 84, bufquo: 336 });
      const channel = p.memory.readWord(chan);
      yield* succeed(p, '$GETDVI', { chan: channel, itmlst: p.itemList([{ code: DVI$_UNIT, length: 4, buffer: unit }]) });
      return function* () {
        yield* createProcess(p, 'CHILD', p.memory.readLong(unit));
        // The termination message is the last that is heard of a process.
        yield* succeed(p, '$QIOW', { chan: channel, func: IO$_READVBLK, iosb, p1: buffer, p2: 84 });
      };
    },
  },
];

interface Measured { readonly seconds: number; readonly instructions: number }

function measure({ count, prepare, others = {} }: Case): Measured {
  let measured: Measured | undefined;
  const main: Program = function* (p) {
    const { cpu } = p.kernel;
    const once = yield* prepare(p);
    for (let round = 0; round < count / 10; round += 1) yield* once(round);
    const [begun, first] = [process.cpuUsage(), cpu.instructionCount];
    for (let round = 0; round < count; round += 1) yield* once(round);
    measured = { seconds: process.cpuUsage(begun).user / 1e6, instructions: cpu.instructionCount - first };
    for (;;) yield* service(p, '$HIBER', {});
  };
  let shown = '';
  const clock = new VirtualClock();
  const { machine, untilNextTimer } = bootSystem({
    memoryMegabytes: 16, clock, console: { transmit: (byte) => { shown += String.fromCharCode(byte); } }, systemTime: BOOT_TIME, systemImages: [], firstImage: 'SYSINIT', parameters: {},
    residentImages: Object.entries({ SYSINIT: main, ...others }).map(([name, body]) => ({ name, transfer: `${name}$MAIN`, routines: [procedure(`${name}$MAIN`, body)] })),
  });
  while (measured === undefined) {
    const stop = machine.run(100_000);
    if (stop.kind === 'idle') clock.advance(untilNextTimer() ?? 0);
    else if (stop.kind !== 'budget') throw new Error(`ended by ${JSON.stringify(stop)}\n${shown}`);
  }
  return measured;
}

export function kernelBench(wanted: (name: string) => boolean): void {
  const chosen = CASES.filter(({ name }) => wanted(name));
  if (chosen.length > 0) console.log('\noperations a second          instructions each');
  for (const each of chosen) {
    const { seconds, instructions } = measure(each);
    console.log(`${each.name.padEnd(34)}${Math.round(each.count / seconds).toString().padStart(8)}${Math.round(instructions / each.count).toString().padStart(10)}`);
  }
}
