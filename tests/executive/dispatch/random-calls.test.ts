import { expect, test } from 'vitest';
import { VirtualClock } from '../../../src/emulator/clock.js';
import type { ResidentImage } from '../../../src/executive/boot/sysboot.js';
import { procedure } from '../../../src/executive/gate/microroutine.js';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { checkPool, freePacketCount } from '../../../src/executive/pool/check.js';
import { freeBlocks } from '../../../src/executive/pool/variable-list.js';
import { PRV$V_CMEXEC } from '../../../src/executive/starlet/prvdef.js';
import { SERVICES } from '../../../src/executive/starlet/service-table.js';
import { bootSystem } from '../../../src/system/boot-system.js';
import { TEST_TIME } from '../../harness.js';

/**
 * Images that call every service with arguments picked at random: zeros, small numbers, their own memory, descriptors good and bad, addresses
 * of P1 and system space. Whatever they do, the system goes on, and when they are gone the books balance. Fixed seed.
 */
const IMAGES = 24;
const CALLS = 60;
/** They would only wait, end the process, or (rightly) be allowed anything. */
const LEFT_OUT = new Set([
  '$CLRAST', '$EXIT', '$HIBER', '$WAITFR', '$WFLOR', '$WFLAND', '$SUSPND', '$RUNDWN', '$CMKRNL', '$CMEXEC', '$IMGACT', '$DELTVA', '$CNTREG',
]);

class Random {
  constructor(private state: number) {}
  below(limit: number): number {
    this.state = (Math.imul(this.state, 1103515245) + 12345) >>> 0;
    return (this.state >>> 8) % limit;
  }
  word(): string { return `#^X${(((this.below(0x10000) << 16) | this.below(0x10000)) >>> 0).toString(16)}`; }
}

type Mode = 'user' | 'supervisor' | 'executive';

/** What an image takes of its stack for the memory it passes. */
const STACK_BYTES: Readonly<Record<Mode, number>> = { user: 2000, supervisor: 600, executive: 600 };

/** MACRO operand and the instruction that pushes it. R11 is the image's data. Executive mode may write what the kernel relies on, and so names only that. */
function pushArgument(random: Random, mode: Mode): string {
  switch (random.below(mode === 'executive' ? 7 : 11)) {
    case 0: case 1: return '	PUSHL	#0';
    case 2: return `	PUSHL	#${random.below(256)}`;
    case 3: return `	PUSHL	#^X${random.below(0x10000).toString(16)}`;
    case 4: case 5: case 6: return `	PUSHAB	${4 * random.below(60)}(R11)`;
    case 7: return `	PUSHL	#^X${(0x7ffe0000 + random.below(0x20000)).toString(16)}`;
    case 8: return `	PUSHL	#^X${(0x80000000 + random.below(0x400000)).toString(16)}`;
    case 9: return `	PUSHAB	DESCRIPTOR_${random.below(3)}`;
    default: return `	PUSHL	${random.word()}`;
  }
}

/** The rest of the image is in the mode. Into supervisor mode by way of executive mode and REI: PSL with both modes supervisor. */
const INTO_MODE: Readonly<Record<Mode, string>> = {
  user: '',
  executive: `	PUSHL	#0
	PUSHAB	BEGIN
	CALLS	#2,@#SYS$CMEXEC
BEGIN:	.WORD	0`,
  supervisor: `	PUSHL	#0
	PUSHAB	LEAVE
	CALLS	#2,@#SYS$CMEXEC
LEAVE:	.WORD	0
	PUSHL	#^X02800000
	PUSHAB	BEGIN
	REI
BEGIN:`,
};

function randomImage(index: number, random: Random, mode: Mode): ResidentImage {
  const usable = SERVICES.filter(({ name, kind }) => (kind === 'kernel' || kind === 'executive') && !LEFT_OUT.has(name));
  const base = `R${index}$MAIN`;
  const lines = [`${base}::`, '	.WORD	^X0FFC', INTO_MODE[mode], `	SUBL2	#${STACK_BYTES[mode]},SP`, '	MOVL	SP,R11'];
  for (let call = 0; call < CALLS; call += 1) {
    const { name, required } = usable[random.below(usable.length)]!;
    const count = Math.max(required, random.below(14));
    for (let argument = 0; argument < count; argument += 1) lines.push(pushArgument(random, mode));
    lines.push(`	CALLS	#${count},@#SYS${name}`);
    if (random.below(4) === 0) lines.push(`	MOVL	${random.word()},${4 * random.below(60)}(R11)`);
  }
  // Mapped at 200, behind a longword: that is where the descriptors' addresses point.
  const address = (label: string): string => `	.LONG	${label}-${base}+^X204`;
  lines.push(
    ...(mode === 'user' ? ['	MOVL	#1,R0', '	RET'] : ['	PUSHL	#1', '	CALLS	#1,@#SYS$EXIT']),
    'DESCRIPTOR_0:	.LONG	4', address('TEXT'), 'DESCRIPTOR_1:	.LONG	^X010E0000,0', 'DESCRIPTOR_2:	.LONG	11', address('TABLE'),
    'TEXT:	.ASCII	/OPA0/', 'TABLE:	.ASCII	/LNM$PROCESS/',
  );
  return { name: `R${index}`, source: lines.join('\n'), routines: [], transfer: base };
}

/** Free nonpaged and paged pool, lookaside lists, free pages, processes. */
function books(k: Kernel): number[] {
  const free = (listhead: number): number => [...freeBlocks(k, listhead)].reduce((sum, block) => sum + block.size, 0);
  return [
    free(k.symbol('EXE$GL_NONPAGED') + 4), free(k.symbol('EXE$GL_PAGED')), ...['IOC$GL_SRPFL', 'IOC$GL_IRPFL', 'IOC$GL_LRPFL'].map((name) => freePacketCount(k, k.symbol(name))),
    k.sys.SCH$GL_FREECNT, k.sys.SCH$GW_PROCCNT,
  ];
}

test.each<Mode>(['user', 'supervisor', 'executive'])('services called at random from %s mode: the system goes on and the books balance', (mode) => {
  const random = new Random(1986);
  const clock = new VirtualClock();
  let console = '';
  const accounts: number[][] = [];
  const sysinit = procedure('SYSINIT$MAIN', function* (p) {
    function* pause(tenths: number) {
      const time = p.allocate(8);
      p.memory.writeLong(time, -1_000_000 * tenths);
      p.memory.writeLong(time + 4, 0xffffffff);
      yield* service(p, '$SETIMR', { efn: 1, daytim: time });
      return yield* service(p, '$WAITFR', { efn: 1 });
    }
    for (let index = 0; index < IMAGES; index += 1) {
      yield* p.scratch(function* () {
        const pid = p.allocate(4);
        const privileges = p.allocate(8);
        p.memory.writeLong(privileges, mode === 'user' ? 0 : 1 << PRV$V_CMEXEC);
        const status = yield* service(p, '$CREPRC', { pidadr: pid, image: p.string(`SYS$SYSTEM:R${index}.EXE`), prvadr: privileges, baspri: 4 });
        yield* pause(3);
        if (status & 1) yield* service(p, '$DELPRC', { pidadr: pid });
        return yield* pause(1);
      });
      accounts.push(books(p.kernel));
    }
    return yield* service(p, '$HIBER', {});
  });
  const system = bootSystem({
    memoryMegabytes: 16, clock, console: { transmit: (byte) => { console += String.fromCharCode(byte); } }, systemTime: TEST_TIME, systemImages: [],
    firstImage: 'SYSINIT',
    residentImages: [
      ...Array.from({ length: IMAGES }, (_, index) => randomImage(index, random, mode)),
      { name: 'SYSINIT', transfer: sysinit.name, routines: [sysinit] },
    ],
  });
  for (let slice = 0; slice < 20_000 && accounts.length < IMAGES; slice += 1) {
    const stop = system.machine.run(20_000);
    if (stop.kind === 'halt') throw new Error(`halted in image ${accounts.length}\n${console}`);
    if (stop.kind === 'idle') clock.advance(Math.max(1, system.untilNextTimer() ?? 1));
  }
  expect(accounts).toHaveLength(IMAGES);
  expect(accounts[IMAGES - 1]).toEqual(accounts[3]);
  const { kernel } = system;
  expect(checkPool(kernel, (name) => kernel.symbol(name))).toEqual([]);
});
