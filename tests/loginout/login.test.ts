import { describe, expect, it } from 'vitest';
import { readCounted } from '../../src/executive/structures/memory.js';
import { PCB } from '../../src/executive/structures/pcb.js';
import { Console, systemDisk } from '../sysgen/console.js';

/** The console of a system that asks who is there. */
function atLogin(): Console {
  return new Console(systemDisk(), { autologin: false });
}

function loggedIn(name: string, password: string): Console {
  const console = atLogin();
  console.keys(`\r${name}\r${password}\r`);
  return console;
}

/** The names of all processes there are, from their PCBs. */
function processNames({ system: { kernel } }: Console): string[] {
  const vector = kernel.sys.SCH$GL_PCBVEC;
  return Array.from({ length: kernel.sys.SCH$GL_MAXPIX + 1 }, (_, index) => kernel.readLong(vector + 4 * index))
    .map((pcb) => readCounted(kernel, pcb + PCB.offset.PCB$T_LNAME));
}

describe('LOGINOUT at the operator\'s console', () => {
  it('ch23#6: the password is not echoed; a right one leads to DCL', () => {
    const console = atLogin();
    console.keys('\ruser\r');
    const from = console.text.length;
    console.keys('user\r');
    expect(console.text.slice(0, from)).toContain('Username: USER');
    expect(console.text.slice(from)).not.toMatch(/user/i);
    expect(console.text.slice(from)).toContain('Welcome to VAX/VMS version V4.4 on node STARLT');
    expect(console.type('WRITE SYS$OUTPUT F$GETJPI("","USERNAME")')).toEqual(['USER']);
  });

  it('a wrong password and an unknown user get the same answer, and after three the terminal is free again', () => {
    const console = atLogin();
    console.keys('\r');
    for (const [name, password] of [['user', 'WRONG'], ['nobody', 'user'], ['system', '']] as const) {
      const from = console.text.length;
      console.keys(`${name}\r${password}\r`);
      expect(console.text.slice(from)).toContain('User authorization failure');
    }
    console.keys('\rsystem\rmanager\r');
    expect(console.text).toContain('Welcome');
    expect(console.type('WRITE SYS$OUTPUT F$USER()')).toEqual(['[SYSTEM]']);
  });

  it('ch23#1: a carriage return on a free terminal creates a process named _OPA0:; an interactive login gives it its user\'s name', () => {
    const console = atLogin();
    console.keys('\r');
    expect(console.text).toContain('Username:');
    expect(processNames(console)).toContain('_OPA0:');
    console.keys('user\ruser\r');
    expect(processNames(console)).not.toContain('_OPA0:');
    expect(console.type('WRITE SYS$OUTPUT F$PROCESS()')).toEqual(['USER']);
  });

  it('ch23#5: SYS$ERROR equals SYS$OUTPUT, SYS$COMMAND equals SYS$INPUT', () => {
    const console = loggedIn('user', 'user');
    expect(console.type('WRITE SYS$OUTPUT F$TRNLNM("SYS$ERROR") .EQS. F$TRNLNM("SYS$OUTPUT"), F$TRNLNM("SYS$COMMAND") .EQS. F$TRNLNM("SYS$INPUT")').at(-1))
      .toBe('11');
  });

  it('ch23#9, ch23#13: PROC0 and PROC1 for the login procedures; SYS$LOGIN and its like in the job table', () => {
    const console = loggedIn('user', 'user');
    expect(console.type('WRITE SYS$OUTPUT F$TRNLNM("PROC0","LNM$PROCESS"), " ", F$TRNLNM("PROC1","LNM$PROCESS")').at(-1))
      .toBe('SYS$MANAGER:SYLOGIN.COM SYS$LOGIN:LOGIN');
    for (const name of ['SYS$LOGIN', 'SYS$SCRATCH']) {
      expect(console.type(`WRITE SYS$OUTPUT F$TRNLNM("${name}","LNM$JOB")`)).toEqual(['SYS$SYSDEVICE:[USER]']);
    }
    expect(console.type('WRITE SYS$OUTPUT F$TRNLNM("SYS$LOGIN_DEVICE","LNM$JOB")')).toEqual(['SYS$SYSDEVICE:']);
  });

  it('an ordinary user has TMPMBX and NETMBX, writes in the own directory and cannot read the authorization file', () => {
    const console = loggedIn('user', 'user');
    const privileges = console.type('SHOW PROCESS/PRIVILEGES');
    expect(privileges.filter((line) => /^ [A-Z]+ +may/.test(line)).map((line) => line.trim().split(' ')[0])).toEqual(['TMPMBX', 'NETMBX']);
    console.type('OPEN/WRITE F MINE.TXT', 'WRITE F "hello"', 'CLOSE F');
    expect(console.type('TYPE MINE.TXT')).toEqual(['hello']);
    expect(console.type('TYPE SYS$SYSTEM:SYSUAF.DAT').join('\n')).toContain('-RMS-E-PRV, insufficient privilege or file protection violation');
  });

  it('ch23#35: LOGOUT says so at the terminal though SYS$OUTPUT is elsewhere; the terminal is free for the next one', () => {
    const console = loggedIn('user', 'user');
    console.type('DEFINE SYS$OUTPUT NL:');
    expect(console.type('LOGOUT').join('\n')).toMatch(/USER +logged out at/);
    console.keys('\rsystem\rmanager\r');
    expect(console.type('WRITE SYS$OUTPUT F$GETJPI("","USERNAME")')).toEqual(['SYSTEM']);
  });

  it('the autologin file logs SYSTEM in without a question', () => {
    const console = new Console(systemDisk());
    expect(console.text).not.toContain('Username:');
    expect(console.type('WRITE SYS$OUTPUT F$GETJPI("","USERNAME")')).toEqual(['SYSTEM']);
  });
});
