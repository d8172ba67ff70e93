import { describe, expect, it } from 'vitest';
import { listNames } from '../../src/executive/names/listing.js';
import { readCounted } from '../../src/executive/structures/memory.js';
import { PCB } from '../../src/executive/structures/pcb.js';
import { PHD } from '../../src/executive/structures/phd.js';
import { RECORD_SIZE, SQH, SQH$K_MAGIC } from '../../src/loginout/queues/records.js';
import { UAF } from '../../src/executive/structures/uaf.js';
import { ArrayMemory } from '../../src/executive/structures/memory.js';
import { readSystemFile } from '../../src/sysgen/system-disk.js';
import { Console, systemDisk } from '../sysgen/console.js';

/** Batch jobs as users make them: at the console of a new system. */
function create(console: Console, name: string, lines: readonly string[]): void {
  console.type(`CREATE ${name}`, ...lines, '^Z');
}

function process({ system: { kernel } }: Console, name: string): ReturnType<typeof PCB.at> | undefined {
  for (let index = 1; index <= kernel.sys.SCH$GL_MAXPIX; index += 1) {
    const pcb = kernel.readLong(kernel.sys.SCH$GL_PCBVEC + 4 * index);
    if (readCounted(kernel, pcb + PCB.offset.PCB$T_LNAME) === name) return PCB.at(kernel, pcb);
  }
  return undefined;
}

/** Types a line and waits, however long it takes, for the next prompt; what was printed. */
function until(console: Console, line: string): string[] {
  const from = console.text.length;
  console.type(line);
  for (let round = 0; round < 100 && !/\$ $/.test(console.text.replaceAll('\0', '')); round += 1) console.keys('');
  return console.text.slice(from).replaceAll('\0', '').split(/[\r\n]+/).map((text) => text.trimEnd()).slice(1).filter((text) => text !== '' && text.trim() !== '$');
}

const loginAs = (console: Console, name: string, password: string): void => { console.keys(`\r${name}\r${password}\r`); };

describe('SUBMIT', () => {
  it('works on a new system: the log has the commands, what they said, and what the job used', () => {
    const console = new Console(systemDisk());
    create(console, 'A.COM', ['$ WRITE SYS$OUTPUT "I am ", P1, "/", P2, "/", P3', '$ WRITE SYS$OUTPUT F$MODE(), " ", F$PROCESS()']);
    expect(console.type('SUBMIT A/PARAMETERS=(first,"second one")/NOPRINTER')).toEqual(['Job A (queue SYS$BATCH, entry 1) started on SYS$BATCH']);
    expect(console.type('SHOW QUEUE')).toEqual(['Batch queue SYS$BATCH']);
    const log = console.type('TYPE A.LOG');
    expect(log).toContain('$ WRITE SYS$OUTPUT "I am ", P1, "/", P2, "/", P3');
    expect(log).toContain('I am FIRST/second one/');
    expect(log).toContain('BATCH BATCH_1');
    expect(log.some((line) => /^ {2}SYSTEM {7}job terminated at \d+-AUG-1986/.test(line))).toBe(true);
    expect(log.some((line) => /^ {2}Buffered I\/O count: +\d+ +Peak working set size: +\d+$/.test(line))).toBe(true);
  });

  it('ch29#38: /HOLD, /AFTER, /NAME and the states they lead to; a released job runs in a process of LOGINOUT with P1 to P8', () => {
    const console = new Console(systemDisk());
    create(console, 'A.COM', ['$ WRITE SYS$OUTPUT P8', '$ WAIT 0:0:20']);
    expect(console.type('SUBMIT/HOLD/NOPRINTER/PARAMETERS=(1,2,3,4,5,6,7,eight)/NAME=HELD A')).toEqual(['Job HELD (queue SYS$BATCH, entry 1) holding']);
    expect(console.type('SUBMIT/AFTER=21-AUG-1986:06:42/NOPRINTER/NAME=LATER A')[0]).toBe('Job LATER (queue SYS$BATCH, entry 2) holding until 21-AUG-1986 06:42');
    expect(console.type('SHOW QUEUE').slice(-2).map((line) => line.split(/ {2,}/).at(-1))).toEqual(['Holding until 21-AUG-1986 06:42', 'Holding']);
    console.type('SET QUEUE/ENTRY=1/RELEASE SYS$BATCH');
    expect(process(console, 'BATCH_1')).toBeDefined();
    until(console, 'SYNCHRONIZE/ENTRY=1');
    expect(console.type('TYPE HELD.LOG')).toContain('EIGHT');
    // The clock reaches 6:42 while this waits.
    until(console, 'SYNCHRONIZE LATER');
    expect(console.type('WRITE SYS$OUTPUT F$CVTIME("","ABSOLUTE","TIME") .GES. "06:42:20"')).toEqual(['1']);
    expect(console.type('DIRECTORY/NOHEADER/NOTRAILER *.LOG').join(' ')).toMatch(/HELD\.LOG;1 +LATER\.LOG;1/);
  });

  it('the job limit holds; higher priority goes first; SYNCHRONIZE gives the status of the job', () => {
    const console = new Console(systemDisk());
    create(console, 'A.COM', ['$ WAIT 0:0:20', '$ EXIT %X14']);
    for (const name of ['ONE', 'TWO', 'THREE']) console.type(`SUBMIT/NOPRINTER/NAME=${name}${name === 'THREE' ? '/PRIORITY=100' : '/PRIORITY=50'} A`);
    const states = (): string[] => console.type('SHOW QUEUE').slice(3).map((line) => line.replace(/^ +(\w+) .* (\w+)$/, '$1 $2'));
    expect(states()).toEqual(['ONE Executing', 'THREE Pending', 'TWO Pending']);
    until(console, 'SYNCHRONIZE ONE');
    expect(console.type('SHOW SYMBOL $STATUS')).toEqual(['  $STATUS == "%X10000014"']);
    expect(states()).toEqual(['THREE Executing', 'TWO Pending']);
    console.type('SET QUEUE/JOB_LIMIT=2 SYS$BATCH');
    expect(states()).toEqual(['THREE Executing', 'TWO Executing']);
    console.type('DELETE/ENTRY=(2,3)');
    expect(console.type('SHOW QUEUE')).toEqual(['Batch queue SYS$BATCH']);
    expect([process(console, 'BATCH_2'), process(console, 'BATCH_3')]).toEqual([undefined, undefined]);
  });

  it('ch23#37: several procedures are done by one process, one after the other; one that fails is the last', () => {
    const console = new Console(systemDisk());
    create(console, 'A.COM', ['$ WRITE SYS$OUTPUT "pid ", F$GETJPI("","PID")', '$ X = 5', '$ Y == 6']);
    create(console, 'B.COM', ['$ WRITE SYS$OUTPUT "pid ", F$GETJPI("","PID"), " ", F$TYPE(X), F$TYPE(Y)', '$ EXIT 4']);
    const before = console.system.kernel.sys.SYS$GW_BJOBCNT;
    console.type('SUBMIT/NOPRINTER/NAME=BOTH A,B,A');
    until(console, 'WAIT 0:0:5');
    const pids = console.type('TYPE BOTH.LOG').filter((line) => line.startsWith('pid'));
    expect(pids).toHaveLength(2);
    expect(pids[0]!.split(' ')[1]).toBe(pids[1]!.trim().split(' ')[1]);
    // The CLI began anew: no symbols are left.
    expect(pids[1]!.trim().split(' ')).toHaveLength(2);
    expect(console.system.kernel.sys.SYS$GW_BJOBCNT).toBe(before);
  });

  it('ch23#15: P1 to P8 are user mode logical names until DCL has made symbols of them', () => {
    const console = new Console(systemDisk());
    const { kernel: k, machine } = console.system;
    create(console, 'A.COM', ['$ WAIT 0:0:20', '$ WRITE SYS$OUTPUT F$TRNLNM("P1"), "|", P1']);
    for (const character of 'SUBMIT/NOPRINTER/PARAMETERS=(VALUE) A\r') {
      machine.console.receive(character.charCodeAt(0));
      for (let slices = 0; character !== '\r' && slices < 200 && machine.run(1000).kind !== 'idle'; slices += 1);
    }
    const modes = new Set<number>();
    for (let slices = 0; slices < 40_000; slices += 1) {
      if (machine.run(20).kind === 'idle') break;
      const job = process(console, 'BATCH_1');
      if (!job || k.sys.SCH$GL_CURPCB !== job.address || k.p1.CTL$GL_LNMHASH === 0) continue;
      for (const name of listNames(k, k.p1.CTL$GL_LNMHASH)) if (name.name === 'P1') modes.add(name.mode);
    }
    expect([...modes]).toEqual([3]);
    until(console, 'SYNCHRONIZE A');
    expect(console.type('TYPE A.LOG')).toContain('|VALUE');
  });

  it('ch23#16: of the quotas of user and queue the smaller wins', () => {
    const disk = systemDisk((files) => files.map((file) => {
      if (!file.name.endsWith('SYSUAF.DAT')) return file;
      const bytes = Uint8Array.from(file.bytes!);
      const record = UAF.at(new ArrayMemory(bytes), Buffer.from(bytes).indexOf('SYSTEM'.padEnd(32)) - UAF.offset.UAF$T_USERNAME);
      Object.assign(record, { UAF$L_WSQUOTA: 200, UAF$L_DFWSCNT: 150, UAF$L_WSEXTENT: 300, UAF$L_CPUTIM: 60_000 });
      return { ...file, bytes };
    }));
    const console = new Console(disk);
    console.type('SET QUEUE/WSDEFAULT=180/WSQUOTA=120/WSEXTENT=400/CPUMAXIMUM=0:20 SYS$BATCH');
    create(console, 'A.COM', ['$ WAIT 0:0:20']);
    const limits = (): number[] => {
      const { kernel } = console.system;
      const phd = PHD.at(kernel, process(console, 'BATCH_1')!.PCB$L_PHD);
      return [phd.PHD$W_WSQUOTA, phd.PHD$W_WSEXTENT].map((index) => index - phd.PHD$W_WSLIST + 1).concat(phd.PHD$L_CPULIM);
    };
    console.type('SUBMIT/NOPRINTER/WSEXTENT=250/CPUTIME=0:5 A');
    // Quota: queue 120, user 200. Extent: queue 400, job 250, user 300. Time: queue 20 min, job 5, user 10.
    expect(limits()).toEqual([120, 250, 30_000]);
  });
});

describe('the queue file', () => {
  it('is a file whose first block says what it is; queues and waiting jobs are there again after a crash', () => {
    const disk = systemDisk();
    const console = new Console(disk);
    create(console, 'A.COM', ['$ WRITE SYS$OUTPUT "restart ", $RESTART, " ", F$TYPE(BATCH$RESTART)', '$ IF $RESTART THEN EXIT', '$ SET RESTART_VALUE=HERE', '$ WAIT 1:0:0']);
    console.type('INITIALIZE/QUEUE/BATCH/JOB_LIMIT=7 OTHER');
    console.type('SUBMIT/HOLD/NAME=HELD/PARAMETERS=(x)/NOPRINTER A', 'SUBMIT/RESTART/NAME=AGAIN/NOPRINTER A', 'SUBMIT/HOLD/QUEUE=OTHER/NAME=THERE A');
    const file = readSystemFile(disk, '[SYS0.SYSEXE]JBCSYSQUE.DAT')!;
    expect(SQH.at(new ArrayMemory(file), 0).SQH$L_MAGIC).toBe(SQH$K_MAGIC);
    expect(file.length % RECORD_SIZE).toBe(0);
    // Nothing was closed: the power is off.
    const again = new Console(disk);
    const shown = again.type('SHOW QUEUE/FULL/ALL');
    expect(shown.filter((line) => line.startsWith('Batch'))).toEqual(['Batch queue OTHER, stopped', 'Batch queue SYS$BATCH']);
    expect(shown.some((line) => line.includes('/JOB_LIMIT=7'))).toBe(true);
    expect(shown.some((line) => line.includes('/PARAM=("X")'))).toBe(true);
    expect(shown.some((line) => /HELD .*Holding/.test(line))).toBe(true);
    // The job that ran is run again, since it may be.
    until(again, 'WAIT 0:0:5');
    expect(again.type('TYPE AGAIN.LOG').filter((line) => line.startsWith('restart'))).toEqual(['restart TRUE STRING']);
    expect(again.type('SHOW QUEUE SYS$BATCH').some((line) => line.includes('AGAIN'))).toBe(false);
  });

  it('a damaged one is refused, and START/QUEUE/MANAGER/NEW_VERSION makes another', () => {
    const console = new Console(systemDisk());
    console.type('STOP/QUEUE/MANAGER');
    expect(console.type('SUBMIT NL:')[0]).toMatch(/^%SUBMIT-F/);
    expect(console.type('SHOW QUEUE')).toEqual(['%JBC-E-JOBQUEDIS, system job queue manager is not running']);
    console.type('COPY SYS$SYSTEM:STARTUP.COM SYS$SYSTEM:JBCSYSQUE.DAT');
    expect(console.type('START/QUEUE/MANAGER')).toEqual(['%JBC-E-QUEFILBAD, queue file is damaged']);
    expect(console.type('START/QUEUE/MANAGER/NEW_VERSION')).toEqual([]);
    expect(console.type('SHOW QUEUE')).toEqual(['%JBC-E-NOSUCHQUE, no such queue']);
  });
});

describe('who may', () => {
  it('an ordinary user enters jobs and deletes the own ones, and nothing else', () => {
    const console = new Console(systemDisk(), { autologin: false });
    loginAs(console, 'system', 'manager');
    create(console, 'SYS$SYSDEVICE:[USER]S.COM', ['$ EXIT']);
    console.type('SUBMIT/HOLD SYS$SYSDEVICE:[USER]S', 'LOGOUT');
    loginAs(console, 'user', 'user');
    create(console, 'A.COM', ['$ WAIT 0:2', '$ WRITE SYS$OUTPUT F$USER()']);
    expect(console.type('SUBMIT/NOPRINTER A')).toEqual(['Job A (queue SYS$BATCH, entry 2) started on SYS$BATCH']);
    expect(console.type('DELETE/ENTRY=1 SYS$BATCH')).toEqual(['%DELETE-W-SEARCHFAIL, error searching for 1', '-JBC-E-NOPRIV, insufficient privilege or queue protection violation']);
    for (const command of ['STOP/QUEUE/NEXT SYS$BATCH', 'INITIALIZE/QUEUE/BATCH MINE', 'STOP/QUEUE/MANAGER', 'SET QUEUE/JOB_LIMIT=9 SYS$BATCH']) {
      expect(console.type(command)).toEqual(['%JBC-E-NOPRIV, insufficient privilege or queue protection violation']);
    }
    expect(console.type('SUBMIT/USER=SYSTEM A')).toEqual(['%SUBMIT-F-CREJOB, job not created', '-JBC-E-NOPRIV, insufficient privilege or queue protection violation']);
    const jobs = console.type('SHOW QUEUE/ALL').slice(3);
    expect(jobs.map((line) => line.trim().split(/ {2,}/)[0])).toEqual(['A', 'no privilege']);
    until(console, 'SYNCHRONIZE A');
    expect(console.type('TYPE A.LOG')).toContain('[USER]');
  });

  it('a log goes only where the user may write', () => {
    const console = new Console(systemDisk(), { autologin: false });
    loginAs(console, 'user', 'user');
    create(console, 'A.COM', ['$ EXIT']);
    console.type('SUBMIT/NOPRINTER/LOG_FILE=SYS$SYSTEM:MINE.LOG A');
    until(console, 'SYNCHRONIZE A');
    expect(console.type('DIRECTORY SYS$SYSTEM:MINE.LOG').join()).toContain('NOFILES');
    expect(console.type('SUBMIT/NOPRINTER/NOTIFY/LOG_FILE=SYS$SYSTEM:MINE.LOG A').join('\n')).toContain('terminated with error status');
  });
});
