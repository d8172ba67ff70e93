import { describe, expect, test } from 'vitest';
import { BOOTCB, EXE$BOOTCB_CHK } from '../../../src/executive/exceptions/boot-control-block.js';
import { bugcheckCode } from '../../../src/executive/exceptions/bugcheck-codes.js';
import { DMP, DUMP_FIRST_MEMORY_BLOCK, EMB$K_CR, EMB_CR, type DumpWriter } from '../../../src/executive/exceptions/dump-format.js';
import { ERL, ERL$ALLOCEMB, ERL$M_COPYING, ERL$INITIALIZE, ERL$RELEASEMB, errorLogBuffer } from '../../../src/executive/exceptions/error-log.js';
import { PRV$V_BUGCHK } from '../../../src/executive/starlet/prvdef.js';
import { SS$_BUGCHECK, SS$_MCHECK } from '../../../src/executive/starlet/ssdef.js';
import { ArrayMemory } from '../../../src/executive/structures/memory.js';
import { MEMDSC } from '../../../src/executive/exceptions/dump-format.js';
import { RPB } from '../../../src/executive/structures/rpb.js';
import { KERNEL, S0, USER, type BareMachine } from './bare-machine.js';
import { log, machineWith } from './fixture.js';

const EXECUTIVE = 1;
const RPB_ADDRESS = S0 + 0x3ea00;
const BOOT_CONTROL_BLOCK = S0 + 0x3ec00;

/** A dump file in memory, and what the console had said when the first block arrived. */
class TestDump implements DumpWriter {
  readonly blocks: number;
  readonly bytes: Uint8Array;
  consoleAtFirstWrite: string | undefined;

  constructor(private readonly bare: BareMachine, pages = bare.machine.memory.size / 512) {
    this.blocks = pages + 4;
    this.bytes = new Uint8Array(this.blocks * 512);
  }

  write(block: number, bytes: Uint8Array): void {
    this.consoleAtFirstWrite ??= this.bare.console;
    this.bytes.set(bytes, (block - 1) * 512);
  }
}

/** The boot control block of the dump writer that the machine has now, where EXE$INIT would have put it. */
function layOutControlBlock(bare: BareMachine): void {
  const k = bare.kernel;
  const block = BOOTCB.at(k, BOOT_CONTROL_BLOCK);
  block.BOOTCB$W_SIZE = BOOTCB.offset.BOOTCB$L_MAP + 8;
  block.BOOTCB$L_COUNT = 1;
  k.writeLong(BOOT_CONTROL_BLOCK + BOOTCB.offset.BOOTCB$L_MAP, 0);
  k.writeLong(BOOT_CONTROL_BLOCK + BOOTCB.offset.BOOTCB$L_MAP + 4, k.dumpWriter!.blocks);
  block.BOOTCB$L_CHECKSUM = EXE$BOOTCB_CHK(k, BOOT_CONTROL_BLOCK);
  k.writeLong(k.symbol('EXE$GQ_BOOTCB_D') + 4, BOOT_CONTROL_BLOCK);
}

function prepared(image: string): { readonly bare: BareMachine; readonly dump: TestDump } {
  const bare = machineWith(image);
  const k = bare.kernel;
  ERL$INITIALIZE(k);
  k.sys.EXE$GL_RPB = RPB_ADDRESS;
  const descriptor = MEMDSC.at(k, RPB_ADDRESS + RPB.offset.RPB$R_MEMDSC);
  descriptor.MEMDSC$V_PAGES = bare.machine.memory.size / 512;
  k.sys.EXE$V_BUGDUMP = 1;
  k.sys.EXE$V_BUGREBOOT = 1;
  k.writeBytes(k.symbol('SYS$GQ_VERSION'), new Uint8Array([...'V4.4    '].map((letter) => letter.charCodeAt(0))));
  const dump = new TestDump(bare);
  k.dumpWriter = dump;
  k.sys.MMG$GL_SPTBASE = S0 + 0x44000;
  layOutControlBlock(bare);
  return { bare, dump };
}

const bugcheck = (name: string, fatal: boolean): string => `
START:	MOVL	#^X77,R7
BUG:	.WORD	^XFEFF,BUG$_${name}${fatal ? '!4' : ''}
AFTER:	MOVL	#1,GOESON
	HALT
GOESON:	.LONG	0
`;

const entriesLogged = (bare: BareMachine): number => ERL.at(bare.kernel, errorLogBuffer(bare.kernel, 0)).ERL$B_MSGCNT;

describe('bugchecks of outer modes', () => {
  test('ch08#1, ch04#38, ch08#4: nonfatal, no privilege: nothing is noted and execution goes on', () => {
    const { bare } = prepared(bugcheck('USERBUG', false));
    bare.run();
    expect(bare.long('GOESON')).toBe(1);
    expect(entriesLogged(bare)).toBe(0);
  });

  test('with BUGCHK privilege an error log entry is written', () => {
    const { bare } = prepared(bugcheck('USERBUG', false));
    bare.pcb.PCB$Q_PRIV = 1n << BigInt(PRV$V_BUGCHK);
    bare.run();
    expect(bare.long('GOESON')).toBe(1);
    expect(entriesLogged(bare)).toBe(1);
  });

  test('ch08#5, ch08#7: fatal: the image exits with SS$_BUGCHECK, whatever BUGCHECKFATAL says', () => {
    const { bare, dump } = prepared(bugcheck('USERBUG', true));
    bare.kernel.sys.EXE$V_FATALBUG = 1;
    bare.run();
    expect(bare.long('GOESON')).toBe(0);
    expect(bare.kernel.register(0)).toBe(SS$_BUGCHECK);
    expect(dump.consoleAtFirstWrite).toBeUndefined();
  });

  test('a longword code follows opcode FDFF', () => {
    const { bare } = prepared(bugcheck('USERBUG', false).replace('.WORD	^XFEFF,BUG$_USERBUG', '.WORD	^XFDFF\n	.LONG	BUG$_USERBUG'));
    bare.run();
    expect(bare.long('GOESON')).toBe(1);
  });
});

describe('bugchecks of inner modes', () => {
  test('ch08#8: nonfatal in executive mode: one error log entry, and on', () => {
    const { bare, dump } = prepared(bugcheck('SSRVEXCEPT', false));
    bare.run(EXECUTIVE);
    expect(bare.long('GOESON')).toBe(1);
    // The HALT that ends the test is a privileged instruction in executive mode: unhandled, it is a second bugcheck.
    expect(entriesLogged(bare)).toBe(2);
    expect(dump.consoleAtFirstWrite).toBeUndefined();
  });

  test('ch08#9: with BUGCHECKFATAL it crashes', () => {
    const { bare, dump } = prepared(bugcheck('SSRVEXCEPT', false));
    bare.kernel.sys.EXE$V_FATALBUG = 1;
    bare.run(EXECUTIVE);
    expect(bare.long('GOESON')).toBe(0);
    expect(dump.consoleAtFirstWrite).toContain('SSRVEXCEPT');
  });

  test('ch08#2, ch08#3, ch08#11, ch08#12, ch08#13, ch08#17: a crash leaves a header, the error log buffers, and memory', () => {
    const { bare, dump } = prepared(bugcheck('QUEUEMPTY', true));
    const pattern = S0 + 0x60000;
    bare.kernel.writeLong(pattern, 0x12345678);
    ERL$RELEASEMB(bare.kernel, ERL$ALLOCEMB(bare.kernel, 40));
    bare.run(KERNEL);
    expect(bare.machine.cpu.ipl).toBe(31);
    expect(dump.consoleAtFirstWrite).toContain('**** FATAL BUG CHECK, VERSION = V4.4     QUEUEMPTY');
    expect(dump.consoleAtFirstWrite).toMatch(/R7 {2}= 00000077/);

    const memory = new ArrayMemory(dump.bytes);
    const header = DMP.read(memory, 0);
    expect(header.DMP$W_DUMPVER).toBe(2);
    expect(header.DMP$W_FLAGS).toBe(0);
    expect([header.DMP$L_SBR, header.DMP$L_SLR]).toEqual([0x44000, 2048]);
    expect((header.DMP$L_SYSVER ^ header.DMP$L_CHECK) >>> 0).toBe(0xffffffff);
    const entry = EMB_CR.read(memory, DMP.offset.DMP$R_CRASHERL);
    expect(entry.EMB$W_HD_ENTRY).toBe(EMB$K_CR);
    expect(entry.EMB$L_CR_CODE).toBe(bugcheckCode('QUEUEMPTY') | 4);
    expect(entry.EMB$L_CR_PC).toBe(bare.at('AFTER'));
    expect(entry.EMB$L_CR_PC).toBe(bare.at('BUG') + 4);
    expect(entry.EMB$L_CR_R7).toBe(0x77);
    expect(entry.EMB$L_CR_SP).toBe(header.DMP$L_KSP);
    expect(entry.EMB$L_CR_PID).toBe(0x21);
    expect(memory.readByte(512 + 1)).toBe(1);
    expect(memory.readLong((DUMP_FIRST_MEMORY_BLOCK - 1) * 512 + 0x60000)).toBe(0x12345678);
  });

  test('ch08#14: a dump file too small loses the end of memory, not the header', () => {
    const { bare } = prepared(bugcheck('QUEUEMPTY', true));
    const small = new TestDump(bare, 10);
    bare.kernel.dumpWriter = small;
    layOutControlBlock(bare);
    bare.run(KERNEL);
    expect(small.bytes.length).toBe(14 * 512);
    expect(DMP.read(new ArrayMemory(small.bytes), 0).DMP$W_DUMPVER).toBe(2);
  });

  test('ch08#15: with DUMPBUG off, header and error log buffers only', () => {
    const { bare, dump } = prepared(bugcheck('QUEUEMPTY', true));
    bare.kernel.sys.EXE$V_BUGDUMP = 0;
    bare.run(KERNEL);
    expect(DMP.read(new ArrayMemory(dump.bytes), 0).DMP$W_DUMPVER).toBe(2);
    expect(dump.bytes.subarray((DUMP_FIRST_MEMORY_BLOCK - 1) * 512).every((byte) => byte === 0)).toBe(true);
  });

  test('ch08#16: with BUGREBOOT off the processor loops at IPL 31', () => {
    const { bare } = prepared(bugcheck('QUEUEMPTY', true));
    bare.kernel.sys.EXE$V_BUGREBOOT = 0;
    const end = bare.run(KERNEL, 20_000);
    expect(end.halted).toBe(false);
    expect(end.pc).toBe(bare.kernel.symbol('EXE$BUG_LOOP'));
    expect(bare.machine.cpu.ipl).toBe(31);
    expect(bare.console).toContain('waiting for a command at the console');
  });
});

describe('exceptions nobody can handle', () => {
  test('ch04#29: in kernel mode above IPL 2: INVEXCEPTN', () => {
    const { bare } = prepared('START:	MTPR	#8,#18\n	CLRL	@#4\n	HALT\n');
    bare.run(KERNEL);
    expect(bare.console).toContain('INVEXCEPTN');
  });

  test('ch04#29: in the null process and the swapper', () => {
    for (const index of [0, 1]) {
      const { bare } = prepared('START:	CLRL	@#4\n	HALT\n');
      bare.pcb.PCB$L_PID = 0x00010000 | index;
      bare.run(KERNEL);
      expect(bare.console).toContain('INVEXCEPTN');
    }
  });

  test('ch04#30: kernel mode at IPL 0 without a handler: SSRVEXCEPT', () => {
    const { bare } = prepared('START:	CLRL	@#4\n	HALT\n');
    bare.run(KERNEL);
    expect(bare.console).toContain('SSRVEXCEPT');
  });

  test('ch04#30, ch08#10: executive mode: an error log entry, and $EXIT', () => {
    const { bare } = prepared('START:	CLRL	@#4\n	HALT\n');
    bare.run(EXECUTIVE);
    expect(bare.console).toBe('');
    expect(entriesLogged(bare)).toBe(1);
    expect(bare.machine.cpu.currentMode).toBe(KERNEL);
  });

  test('kernel stack not valid: KRNLSTAKNV', () => {
    const { bare } = prepared('START:	MOVL	#^X7FFE0000,SP\n	CLRL	@#4\n	HALT\n');
    bare.run(KERNEL);
    expect(bare.console).toContain('KRNLSTAKNV');
  });

  test('ch08#32, ch08#33: a machine check in kernel mode crashes; in user mode the image gets SS$_MCHECK', () => {
    const image = `
	HANDLER	AH,A
START:	CALLS	#0,PROC
	HALT
PROC:	.WORD	0
	MOVAB	AH,(FP)
	TSTL	@#^X7C00
	RET
`;
    const broken = (mode: number): BareMachine => {
      const { bare } = prepared(image);
      // The page at 7C00 maps nonexistent memory.
      bare.machine.memory.view.setUint32(0x48000 + 4 * (0x7c00 / 512), (0x80000000 | (4 << 27) | 0x100000) >>> 0, true);
      bare.run(mode);
      return bare;
    };
    const kernel = broken(KERNEL);
    expect(kernel.console).toContain('MACHINECHK');
    expect(kernel.kernel.sys.EXE$GL_MCHKERRS).toBe(1);
    const user = broken(USER);
    expect(log(user)[0]).toEqual(['A', 0, SS$_MCHECK]);
    expect(user.console).toBe('');
  });
});

test('ch08#22: with the error log buffers full the entry of the crash is in the dump header', () => {
  const { bare, dump } = prepared(bugcheck('QUEUEMPTY', true));
  while (ERL$ALLOCEMB(bare.kernel, 200) !== 0) { /* until both are full */ }
  const counts = [0, 1].map((index) => ERL.at(bare.kernel, errorLogBuffer(bare.kernel, index)).ERL$B_BUSY);
  bare.run(KERNEL);
  expect(EMB_CR.read(new ArrayMemory(dump.bytes), DMP.offset.DMP$R_CRASHERL).EMB$L_CR_CODE).toBe(bugcheckCode('QUEUEMPTY') | 4);
  expect([0, 1].map((index) => ERL.at(bare.kernel, errorLogBuffer(bare.kernel, index)).ERL$B_BUSY)).toEqual(counts);
});

describe('recovery blocks', () => {
  test('ch08#35, ch08#36: nonexistent memory inside a block: SS$_MCHECK at its end, on the same stack; the code in it runs at IPL 31', () => {
    const { bare } = prepared(`
START:	MOVL	SP,BEFORE
	PUSHL	#4			; MCHK$M_NEXM
	PUSHAB	ONE
	JSB	@#EXE$MCHK_PRTCT
	MFPR	#PR$_IPL,LEVEL
	TSTL	@#^X7C00
	INCL	MISSED
	RSB
ONE:	MOVL	R0,STATUS
	PUSHL	#4
	PUSHAB	TWO
	JSB	@#EXE$MCHK_PRTCT
	TSTL	@#^X7A00
	RSB
TWO:	MOVL	R0,GOOD
	MOVL	SP,BEHIND
	MFPR	#PR$_IPL,AFTER
	HALT
BEFORE:	.LONG	0
BEHIND:	.LONG	0
LEVEL:	.LONG	0
AFTER:	.LONG	99
STATUS:	.LONG	0
GOOD:	.LONG	0
MISSED:	.LONG	0
`);
    bare.machine.memory.view.setUint32(0x48000 + 4 * (0x7c00 / 512), (0x80000000 | (4 << 27) | 0x100000) >>> 0, true);
    bare.run(KERNEL);
    expect([bare.long('STATUS'), bare.long('GOOD'), bare.long('MISSED')]).toEqual([SS$_MCHECK, 1, 0]);
    expect([bare.long('LEVEL'), bare.long('AFTER')]).toEqual([31, 0]);
    expect(bare.long('BEHIND')).toBe(bare.long('BEFORE'));
    expect(bare.console).toBe('');
    expect(bare.kernel.sys.MCHK$GL_MASK).toBe(0);
  });
});

describe('error log buffers', () => {
  test('ch08#23, ch08#26, ch08#27: buffers switch when full; what does not fit is counted and lost', () => {
    const { bare } = prepared('START:	HALT\n');
    const k = bare.kernel;
    const start = k.sys.ERL$GL_SEQUENCE;
    const taken = Array.from({ length: 10 }, () => ERL$ALLOCEMB(k, 196));
    expect(taken.filter((message) => message !== 0)).toHaveLength(4);
    expect(k.sys.ERL$GB_BUFIND).toBe(1);
    expect(k.sys.ERL$GB_BUFTIM).toBe(1);
    expect(k.sys.ERL$GL_SEQUENCE - start).toBe(10);
  });

  test('ch08#24: releasing a message moves one from pending to complete; the tenth wakes ERRFMT', () => {
    const { bare } = prepared('START:	HALT\n');
    const k = bare.kernel;
    const buffer = ERL.at(k, errorLogBuffer(k, 0));
    const message = ERL$ALLOCEMB(k, 20);
    buffer.ERL$B_BUSY = 3;
    buffer.ERL$B_MSGCNT = 9;
    ERL$RELEASEMB(k, message);
    expect([buffer.ERL$B_BUSY, buffer.ERL$B_MSGCNT]).toEqual([2, 10]);
    expect(k.sys.ERL$GB_BUFTIM).toBe(1);
    // Not while ERRFMT copies.
    k.sys.ERL$GB_BUFTIM = 20;
    k.sys.ERL$GB_BUFFLAG = ERL$M_COPYING;
    ERL$RELEASEMB(k, ERL$ALLOCEMB(k, 20));
    expect(k.sys.ERL$GB_BUFTIM).toBe(20);
  });
});
