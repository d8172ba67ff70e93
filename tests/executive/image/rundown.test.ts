import { expect, test } from 'vitest';
import { VirtualClock } from '../../../src/emulator/clock.js';
import { procedure, type Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { EXE$RUNDOWN } from '../../../src/executive/image/rundown.js';
import { channelBlock, channelMode } from '../../../src/executive/io/channels.js';
import { p0Pages, p1LowPage } from '../../../src/executive/memory/page-tables.js';
import { LNM$SEARCH_ONE } from '../../../src/executive/names/search.js';
import { ACB } from '../../../src/executive/structures/acb.js';
import { CTL$GL_VECTORS, P1_CELLS } from '../../../src/executive/structures/p1-cells.js';
import { PHD } from '../../../src/executive/structures/phd.js';
import { LNM$_STRING } from '../../../src/executive/starlet/lnmdef.js';
import { bootSystem } from '../../../src/system/boot-system.js';
import { TEST_TIME } from '../../harness.js';

const USER = 3;
const SUPERVISOR = 2;

/** Boots with `image` as the first image; `kernel` is a kernel mode procedure in system space that the image calls. */
function runWith(image: (p: Procedure, kernelProcedure: number) => Flow<number>, kernel: (p: Procedure) => Flow<number>): string {
  let console = '';
  const system = bootSystem({
    memoryMegabytes: 16, clock: new VirtualClock(), console: { transmit: (byte) => { console += String.fromCharCode(byte); } },
    systemTime: TEST_TIME, firstImage: 'SYSINIT',
    systemImages: [{ name: 'TEST', source: '', routines: [procedure('TEST$KERNEL', kernel)], baseCell: 'MMG$GL_FPEMUL_BASE' }],
    residentImages: [{
      name: 'SYSINIT', transfer: 'SYSINIT$MAIN',
      routines: [procedure('SYSINIT$MAIN', (p) => image(p, p.kernel.symbol('TEST$KERNEL')))],
    }],
  });
  for (let slice = 0; slice < 40; slice += 1) {
    const stop = system.machine.run(50_000);
    if (stop.kind === 'halt') throw new Error(`halted\n${console}`);
  }
  return console;
}

function* define(p: Procedure, name: string, mode: number): Flow<number> {
  const modes = p.allocate(4);
  p.memory.writeLong(modes, mode);
  const value = p.string('THERE');
  const items = p.itemList([{ code: LNM$_STRING, length: 5, buffer: p.memory.readLong(value + 4) }]);
  return yield* service(p, '$CRELNM', { tabnam: p.string('LNM$PROCESS'), lognam: p.string(name), acmode: modes, itmlst: items });
}

test('ch21#29, ch21#30, ch21#31, ch21#32, ch21#33, ch21#34, ch21#35, ch21#36, ch21#39: rundown of an image', () => {
  const facts: Record<string, unknown> = {};
  runWith(function* (p, kernelProcedure) {
    facts['user name'] = (yield* define(p, 'USERNAME', USER)) & 1;
    facts['supervisor name'] = (yield* define(p, 'SUPRNAME', SUPERVISOR)) & 1;
    yield* service(p, '$DCLCMH', { addres: 0x1000, type: 0 });
    yield* service(p, '$SETAST', { enbflg: 0 });
    yield* service(p, '$DCLAST', { astadr: 0x2000 });
    const block = p.allocate(16);
    yield* service(p, '$DCLEXH', { desblk: block });
    yield* service(p, '$SETSFM', { enbflg: 1 });
    const list = p.allocate(4);
    return yield* service(p, '$CMKRNL', { routin: kernelProcedure, arglst: list });
  }, function* (p) {
    const k = p.kernel;
    const phd = PHD.at(k, k.pcb.PCB$L_PHD);
    const cell = (name: keyof typeof P1_CELLS.offset, index = 0): number => k.readLong(CTL$GL_VECTORS + P1_CELLS.offset[name] + 4 * index);
    const queued = (): number[] => [...k.queueEntries(k.pcb.address + 0x10)].map((acb) => ACB.at(k, acb).ACB$V_MODE);
    k.p1.CTL$GL_CMSUPR = 0x3000;
    const channels: number[] = [];
    for (const acmode of [SUPERVISOR, USER]) {
      const channel = p.allocate(4);
      yield* service(p, '$ASSIGN', { devnam: p.string('NLA0:'), chan: channel, acmode });
      channels.push(p.memory.readWord(channel));
    }
    const modes = (): number[] => channels.map((channel) => channelMode(channelBlock(k, channel)));
    k.pcb.PCB$Q_PRIV = 0n;
    facts['before'] = { image: cell('CTL$GL_IMGHDRBF') !== 0, asts: queued(), handler: cell('CTL$GL_THUSER') !== 0, user: cell('CTL$GL_CMUSER'), sfm: k.pcb.PCB$V_SSFEXCU, channels: modes() };
    const activations = phd.PHD$L_IMGCNT;
    const status = yield* EXE$RUNDOWN(p, USER);
    facts['after'] = {
      status, count: phd.PHD$L_IMGCNT - activations, image: cell('CTL$GL_IMGHDRBF'), p0: p0Pages(k),
      permanent: 0x40000000 + p1LowPage(k) * 512 === k.p1.CTL$GL_CTLBASVA,
      privileges: k.pcb.PCB$Q_PRIV === k.p1.CTL$GQ_PROCPRIV && phd.PHD$Q_PRIVMSK === k.p1.CTL$GQ_PROCPRIV,
      user: cell('CTL$GL_CMUSER'), supervisor: cell('CTL$GL_CMSUPR'), asts: queued(), enabled: (k.pcb.PCB$B_ASTEN >> USER) & 1,
      handler: cell('CTL$GL_THUSER'), handlers: cell('CTL$GL_THCOUNT', 2), lastChance: cell('CTL$AL_FINALEXC', USER), sfm: k.pcb.PCB$V_SSFEXCU, channels: modes(),
      names: ['USERNAME', 'SUPRNAME'].map((name) => LNM$SEARCH_ONE(k, name, 'LNM$PROCESS', USER).status & 1),
    };
    return yield* service(p, '$HIBER', {});
  });
  expect(facts).toEqual({
    'user name': 1, 'supervisor name': 1,
    before: { image: true, asts: [USER], handler: true, user: 0x1000, sfm: 1, channels: [SUPERVISOR + 1, USER + 1] },
    after: {
      status: 1, count: 1, image: 0, p0: 0, permanent: true, privileges: true, user: 0, supervisor: 0x3000, asts: [], enabled: 1,
      handler: 0, handlers: 0, lastChance: 0, sfm: 0, channels: [SUPERVISOR + 1, 0], names: [0, 1],
    },
  });
});
