import { describe, expect, test } from 'vitest';
import { requestDeletion } from '../../src/executive/process/delete.js';
import { PRV$V_GRPNAM, PRV$V_SYSNAM, PRV$V_SYSPRV } from '../../src/executive/starlet/prvdef.js';
import { CLI_CELLS, CLI_DATA_BASE, CTL$GL_VECTORS, P1_CELLS, PIO_BASE, PIO_CELLS } from '../../src/executive/structures/p1-cells.js';
import { PCB } from '../../src/executive/structures/pcb.js';
import { PHD } from '../../src/executive/structures/phd.js';
import { readCounted } from '../../src/executive/structures/memory.js';
import { MemoryBlocks } from '../../src/filesystem/block-io.js';
import { buildSystemDiskInto } from '../../src/sysgen/system-disk.js';
import { EXAMPLE_FILES } from '../../src/system/example-files.js';
import { COMMON_IMAGES } from '../../src/system/images.js';
import { systemFiles } from '../../src/system/system-files.js';
import { TEST_TIME } from '../harness.js';
import { Console } from '../sysgen/console.js';

/** How processes speak to one another and to themselves, at the prompt of the whole system: the examples, and what the IPC seed says. */
function disk(): MemoryBlocks {
  const store = new MemoryBlocks(8000);
  buildSystemDiskInto(store, systemFiles(COMMON_IMAGES, EXAMPLE_FILES), { date: TEST_TIME, dumpFileBlocks: 4, pageFileBlocks: 0 });
  return store;
}

const dcl = new Console(disk());
/** PCB of a process by name. */
function processNamed(name: string): ReturnType<typeof PCB.at> {
  const { kernel } = dcl.system;
  for (let index = 0; index <= kernel.sys.SCH$GL_MAXPIX; index += 1) {
    const pcb = kernel.readLong(kernel.sys.SCH$GL_PCBVEC + 4 * index);
    if (readCounted(kernel, pcb + PCB.offset.PCB$T_LNAME) === name) return PCB.at(kernel, pcb);
  }
  throw new Error(`no process ${name}`);
}

describe('examples of communication', () => {
  test('FLAGS: two processes and a common event flag', () => {
    const lines = dcl.type('@SYS$EXAMPLES:FLAGS');
    expect(lines).toContain('The second process told it.');
    expect(lines).toContain('The first process was told to go on.');
  });

  test('MAILBOX: two processes and a message', () => {
    const lines = dcl.type('@SYS$EXAMPLES:MAILBOX');
    expect(lines).toContain('A message that was in a mailbox.');
    expect(lines).toContain('The message has been read.');
  });

  test('SECTION: two processes and a file that is memory; the file has what the second one stored', () => {
    const lines = dcl.type('@SYS$EXAMPLES:SECTION').filter((line) => !line.includes('SPAWNED'));
    expect(lines).toEqual(['The second process was here.', 'The second process was here.']);
  });

  test('COMMON; qio#24: what LIB$PUT_COMMON left is there after other images', () => {
    expect(dcl.type('@SYS$EXAMPLES:COMMON').at(-1)).toBe('left by the first run');
  });

  test('SYMBOLS; qio#22: a global symbol set by an image stays when that and its procedure are gone; a local one goes with the procedure', () => {
    const lines = dcl.type('@SYS$EXAMPLES:SYMBOLS');
    expect(lines).toContain('The image left forty-two and, for this procedure only, forty-two');
    expect(lines.some((line) => /LEFT_BY_IMAGE == "forty-two"/.test(line))).toBe(true);
    expect(dcl.type('SHOW SYMBOL LEFT_BY_IMAGE')[0]).toMatch(/LEFT_BY_IMAGE == "forty-two"/);
    expect(dcl.type('SHOW SYMBOL ONLY_HERE')[0]).toContain('UNDSYM');
  });

  test('NAMES; qio#19: a subprocess sees the job\'s names; qio#18: a user mode name goes with the image, a supervisor mode one stays', () => {
    const lines = dcl.type('@SYS$EXAMPLES:NAMES');
    expect(lines[0]).toBe('EXAMPLE_JOB is for every process of this job');
    expect(lines.some((line) => /"EXAMPLE_JOB" = "every process of this job" \(LNM\$JOB/.test(line))).toBe(true);
    expect(lines.some((line) => /"EXAMPLE_PROCESS" = "this process"/.test(line))).toBe(true);
    expect(lines.at(-1)).toBe('After an image a user mode name is ""');
  });
});

describe('a logged-in process', () => {
  test('ch01#27: P1 space has the window on the header, the CLI with its tables and symbols, allocation region, process I/O segment, XQP', () => {
    const { kernel } = dcl.system;
    const pcb = processNamed('SYSTEM');
    const phd = PHD.at(kernel, pcb.PCB$L_PHD);
    const entry = (address: number): number => kernel.readLong((phd.PHD$L_P1BR + 4 * ((address & 0x3fff_ffff) >>> 9)) >>> 0);
    const long = (address: number): number => kernel.machine.memory.view.getUint32((entry(address) & 0x1f_ffff) * 512 + (address & 511), true);
    const cell = (offset: number): number => long(CTL$GL_VECTORS + offset);
    const window = cell(P1_CELLS.offset.CTL$GL_PHD);
    expect(long(window + PHD.offset.PHD$L_FREP1VA)).toBe(phd.PHD$L_FREP1VA);
    const inP1 = (address: number): boolean => address > 0x4000_0000 && address < 0x8000_0000 && entry(address) !== 0;
    const places = [
      long(CLI_DATA_BASE + 8), long(CLI_DATA_BASE + 16), long(CLI_DATA_BASE + CLI_CELLS.offset.CTL$GL_CLISYMTBL), cell(P1_CELLS.offset.CTL$GQ_ALLOCREG),
      long(PIO_BASE + PIO_CELLS.offset.PIO$GL_FMLH),
    ];
    expect(places.map(inP1)).toEqual([true, true, true, true, true]);
    expect(cell(P1_CELLS.offset.CTL$GL_F11BXQP)).not.toBe(0);
  });

  test('ch29#38: a procedure that the job controller is given runs in a batch process with LOGINOUT.EXE; its parameters are P1 to P8', () => {
    let status = 0;
    const store = new MemoryBlocks(8000);
    const files = systemFiles(COMMON_IMAGES, { 'SHOWP.COM': '$ WRITE SYS$OUTPUT "parameters: ", P1, "/", P2, "/", P8\n$ WRITE SYS$OUTPUT F$MODE(), " under ", F$GETJPI("","CLINAME"), ", owner ", F$GETJPI("","OWNER")\n$ EXIT 1\n' });
    buildSystemDiskInto(store, files, { date: TEST_TIME, dumpFileBlocks: 4, pageFileBlocks: 0 });
    const batch = new Console(store, {
      job: {
        file: 'SYS$EXAMPLES:SHOWP.COM', directory: 'SYS$SYSROOT:[SYSMGR]', parameters: ['one', 'two', '', '', '', '', '', 'eight'],
        done: (final) => { status = final; },
      },
    });
    expect(batch.text).toContain('parameters: one/two/eight');
    expect(batch.text).toMatch(/BATCH under DCL, owner 0*\s/);              // a CLI is what LOGINOUT maps
    expect(status & 1).toBe(1);
  });
});

test('ch01#34: a dynamic parameter changes in the running system, a static one with the next boot', () => {
  const console = new Console(disk());
  const cells = ({ system: { kernel } }: Console): number[] => [kernel.readLong(kernel.symbol('PQL$AL_DEFAULT') + 4), kernel.sys.SCH$GL_MAXPIX];
  const [dynamic, fixed] = cells(console) as [number, number];
  console.type('MCR SYSGEN', `SET PQL_DASTLM ${dynamic + 7}`, `SET MAXPROCESSCNT ${fixed + 11}`, 'WRITE ACTIVE', 'WRITE CURRENT', 'EXIT');
  expect(cells(console)).toEqual([dynamic + 7, fixed]);
  expect(cells(new Console(console.disk))).toEqual([dynamic + 7, fixed + 10]);
});

describe('what is seen of processes', () => {
  test('ch10#2: SHOW SYSTEM and $GETJPI show the external priority', () => {
    const pcb = processNamed('JOB_CONTROL');
    const line = dcl.type('SHOW SYSTEM').find((each) => each.includes('JOB_CONTROL'))!;
    const shown = /JOB_CONTROL\s+\w+\s+(\d+)/.exec(line);
    expect(Number(shown![1])).toBe(31 - pcb.PCB$B_PRI);
    expect(31 - pcb.PCB$B_PRI).not.toBe(pcb.PCB$B_PRI);
    expect(dcl.type(`WRITE SYS$OUTPUT F$GETJPI("${pcb.PCB$L_EPID.toString(16)}","PRIB")`)).toEqual([String(31 - pcb.PCB$B_PRIB)]);
    const summary = dcl.type('ANALYZE/SYSTEM', 'SHOW SUMMARY').find((each) => each.includes('JOB_CONTROL'))!;
    dcl.type('EXIT');
    expect(summary.split(/\s+/)).toContain(String(31 - pcb.PCB$B_PRI));
  });

  test('ch11#3: the uptime is EXE$GL_ABSTIM', () => {
    const { kernel } = dcl.system;
    kernel.sys.EXE$GL_ABSTIM = kernel.sys.EXE$GL_ABSTIM + 3 * 86_400;
    expect(dcl.type('SHOW SYSTEM')[0]).toMatch(/Uptime +3 00:/);
  });

  test('ch10#48: a process in MWAIT is shown with its resource, or as MUTEX', () => {
    const { kernel } = dcl.system;
    const victim = processNamed('ERRFMT');
    victim.PCB$B_DPC = 1;                                                // as if a file operation were in progress
    requestDeletion(kernel, victim.address);
    const state = (): string => /ERRFMT\s+(\w+)/.exec(dcl.type('SHOW SYSTEM').find((each) => each.includes('ERRFMT'))!)![1]!;
    expect(state()).toBe('RWAST');
    const resource = victim.PCB$L_EFWM;
    victim.PCB$L_EFWM = kernel.symbol('LNM$AL_MUTEX');
    expect(state()).toBe('MUTEX');
    victim.PCB$L_EFWM = resource;
  });

  test('qio#20: DEFINE/GROUP needs GRPNAM or SYSPRV, DEFINE/SYSTEM SYSNAM or SYSPRV', () => {
    const user = new Console(disk(), { autologin: false });
    user.keys('\ruser\ruser\r');
    const { kernel } = user.system;
    const pcbs = Array.from({ length: kernel.sys.SCH$GL_MAXPIX + 1 }, (_, index) => kernel.readLong(kernel.sys.SCH$GL_PCBVEC + 4 * index));
    const pcb = PCB.at(kernel, pcbs.find((each) => readCounted(kernel, each + PCB.offset.PCB$T_LNAME) === 'USER')!);
    const own = pcb.PCB$Q_PRIV;
    const refused = (table: string, privilege?: number): boolean => {
      pcb.PCB$Q_PRIV = privilege === undefined ? own : own | (1n << BigInt(privilege));
      const lines = user.type(`DEFINE/${table}/NOLOG QIO20_${table} "x"`);
      pcb.PCB$Q_PRIV = own;
      return lines.some((line) => line.includes('NOPRIV'));
    };
    expect([refused('GROUP'), refused('GROUP', PRV$V_GRPNAM), refused('GROUP', PRV$V_SYSPRV)]).toEqual([true, false, false]);
    expect([refused('SYSTEM'), refused('SYSTEM', PRV$V_SYSNAM), refused('SYSTEM', PRV$V_SYSPRV)]).toEqual([true, false, false]);
  });
});
