import { describe, expect, it } from 'vitest';
import { UAF } from '../../src/executive/structures/uaf.js';
import { ArrayMemory, bytesToText, readCounted, textToBytes } from '../../src/executive/structures/memory.js';
import { JIB } from '../../src/executive/structures/jib.js';
import { checkPool } from '../../src/executive/pool/check.js';
import { PCB } from '../../src/executive/structures/pcb.js';
import { PHD } from '../../src/executive/structures/phd.js';
import type { SystemFile } from '../../src/sysgen/system-disk.js';
import { Console, systemDisk } from '../sysgen/console.js';

type Flag = 'UAF$V_DISCTLY' | 'UAF$V_CAPTIVE' | 'UAF$V_DISACNT' | 'UAF$V_DISWELCOM';

/** A disk on which the account USER has those flags, and [USER]LOGIN.COM those lines. */
function withFlags(flags: readonly Flag[], login?: string): Console {
  const disk = systemDisk((files) => files.map((file): SystemFile => {
    if (file.name.endsWith(']LOGIN.COM') && login !== undefined) return { ...file, bytes: textToBytes(login), kind: 'stream-lf' };
    if (!file.name.endsWith('SYSUAF.DAT')) return file;
    const bytes = Uint8Array.from(file.bytes!);
    const name = Buffer.from(bytes).indexOf('USER'.padEnd(32));
    const record = UAF.at(new ArrayMemory(bytes), name - UAF.offset.UAF$T_USERNAME);
    for (const flag of flags) record[flag] = 1;
    return { ...file, bytes };
  }));
  return new Console(disk, { autologin: false });
}

function logIn(console: Console): string {
  const from = console.text.length;
  console.keys('\ruser\ruser\r');
  return console.text.slice(from);
}

function process({ system: { kernel } }: Console, name: string): ReturnType<typeof PCB.at> | undefined {
  for (let index = 1; index <= kernel.sys.SCH$GL_MAXPIX; index += 1) {
    const pcb = kernel.readLong(kernel.sys.SCH$GL_PCBVEC + 4 * index);
    if (readCounted(kernel, pcb + PCB.offset.PCB$T_LNAME) === name) return PCB.at(kernel, pcb);
  }
  return undefined;
}

describe('flags of an account', () => {
  const interrupt = (console: Console): string => {
    const from = console.text.length;
    console.keys('WAIT 0:10\r');
    console.keys('\x19');
    console.keys('WRITE SYS$OUTPUT "reached"\r');
    return console.text.slice(from).replace(/WRITE SYS\$OUTPUT "reached"/, '');
  };

  it('ch23#29: DISCTLY: CTRL/Y does nothing; a procedure may take that back', () => {
    const free = withFlags([]);
    logIn(free);
    expect(interrupt(free)).toContain('reached');
    const bound = withFlags(['UAF$V_DISCTLY']);
    expect(logIn(bound)).toContain('Welcome');
    expect(interrupt(bound)).not.toContain('reached');
    const back = withFlags(['UAF$V_DISCTLY'], '$ SET CONTROL=Y\n');
    logIn(back);
    expect(interrupt(back)).toContain('reached');
  });

  it('CAPTIVE: the login procedure is all there is, and CTRL/Y does not lead out of it', () => {
    const console = withFlags(['UAF$V_CAPTIVE'], '$ WRITE SYS$OUTPUT "captive ", F$ENVIRONMENT("CAPTIVE")\n$ WAIT 0:00:20\n');
    const shown = logIn(console);
    expect(shown).toContain('captive TRUE');
    console.keys('\x19');
    console.keys('WRITE SYS$OUTPUT "out"\r');
    expect(process(console, 'USER')).toBeDefined();
    expect(console.text).not.toMatch(/^out/m);
    for (let round = 0; round < 10; round += 1) console.keys('');
    expect(console.text).toMatch(/USER +logged out at/);
    expect(process(console, 'USER')).toBeUndefined();
  });

  it('DISWELCOM: no welcome; DISUSER: nobody comes in', () => {
    const quiet = withFlags(['UAF$V_DISWELCOM']);
    expect(logIn(quiet)).not.toContain('Welcome');
    expect(quiet.type('WRITE SYS$OUTPUT F$PROCESS(),F$GETJPI("","JOBTYPE")')).toEqual(['USER3']);
    const closed = withFlags(['UAF$V_DISACNT']);
    expect(logIn(closed)).toContain('User authorization failure');
    expect(process(closed, 'USER')).toBeUndefined();
  });
});

describe('what the authorization file restricts (book 23.2.2 step 11)', () => {
  const console = withFlags([]);
  /** The operator changes the record of USER. */
  const modify = (qualifiers: string): void => {
    console.keys('\rsystem\rmanager\r');
    console.type('RUN SYS$SYSTEM:AUTHORIZE', `MODIFY USER${qualifiers}`, 'EXIT', 'LOGOUT');
  };
  const logInAndOut = (keys = '\ruser\ruser\r'): string => {
    const from = console.text.length;
    console.keys(keys);
    const shown = console.text.slice(from);
    if (process(console, 'USER')) console.type('LOGOUT');
    return shown;
  };
  const PASSWORD_IS_OLD = 'WARNING - Your password has expired; update immediately with SET PASSWORD!';

  it('hours by day and way in: now is Thursday, 06:41', () => {
    modify('/LOCAL=(PRIMARY,8-17)');
    expect(logInAndOut()).toContain('You are not authorized to login at this time');
    modify('/LOCAL=(PRIMARY,6-17)');
    expect(logInAndOut()).toContain('Welcome');
    modify('/PRIMEDAYS=(NOTHU)/LOCAL=(SECONDARY,8)');
    expect(logInAndOut()).toContain('You are not authorized to login at this time');
    modify('/NOLOCAL');
    expect(logInAndOut()).toContain('You are not authorized to login from this source');
    modify('/LOCAL');
    expect(logInAndOut()).toContain('Welcome');
  });

  it('an account that has expired, and one that has not', () => {
    modify('/EXPIRATION=20-AUG-1986');
    expect(logInAndOut()).toContain('Your account has expired; contact your system manager');
    modify('/EXPIRATION=22-AUG-1986');
    expect(logInAndOut()).toContain('Welcome');
    modify('/NOEXPIRATION');
  });

  it('a password near its end is warned of; with one that has expired there is one login', () => {
    modify('/PASSWORD=USER/PWDLIFETIME=3-0');
    expect(logInAndOut()).toMatch(/WARNING - Your password expires on Sunday, 24-AUG-1986 06:4\d/);
    modify('/PWDEXPIRED');
    expect(logInAndOut()).toContain(PASSWORD_IS_OLD);
    expect(logInAndOut()).toContain('Your password has expired; contact your system manager');
    modify('/PASSWORD=USER/PWDEXPIRED');
    console.keys('\ruser\ruser\r');
    console.keys('SET PASSWORD\ruser\rpear\rpear\rLOGOUT\r');
    const fresh = logInAndOut('\ruser\rpear\r');
    expect(fresh).toContain('Welcome');
    expect(fresh).not.toContain(PASSWORD_IS_OLD);
    modify('/PASSWORD=USER/NOPWDLIFETIME');
  });

  it('a secondary password is asked for after the first; SET PASSWORD/SECONDARY changes it', () => {
    modify('/PASSWORD=("",APPLE)');
    expect(logInAndOut('\ruser\ruser\rwrong\r')).toContain('User authorization failure');
    console.keys('user\ruser\rapple\r');
    console.keys('SET PASSWORD/SECONDARY\rapple\rplum\rplum\rLOGOUT\r');
    expect(logInAndOut('\ruser\ruser\rplum\r')).toContain('Welcome');
    modify('/PASSWORD=USER');
    expect(logInAndOut()).toContain('Welcome');
  });

  it('the way in is an identifier; SET RIGHTS_LIST gives more, as many as there are ($GRANTID, $REVOKID)', () => {
    const rights = 'WRITE SYS$OUTPUT F$GETJPI("","RIGHTSLIST")';
    console.keys('\rsystem\rmanager\r');
    const names = Array.from({ length: 9 }, (_unused, index) => `JOB${index}`);
    console.type('RUN SYS$SYSTEM:AUTHORIZE', ...names.map((name) => `ADD/IDENTIFIER ${name}`), 'EXIT');
    expect(console.type(rights)).toEqual(['SYSTEM,INTERACTIVE,LOCAL']);
    expect(console.type(`SET RIGHTS_LIST ${names.slice(1).join(',')}`, 'SET RIGHTS_LIST/ATTRIBUTES=RESOURCE JOB0', rights)).toEqual([`SYSTEM,INTERACTIVE,LOCAL,${names.slice(1).join(',')},JOB0`]);
    expect(console.type('SHOW PROCESS/PRIVILEGES').slice(-12)).toEqual([
      'Process rights identifiers:', ' INTERACTIVE', ' LOCAL', ...names.slice(1).map((name) => ` ${name}`), ` ${'JOB0'.padEnd(33)} resource`,
    ]);
    // A subprocess has them too, in a list of its own.
    expect(console.type(`SPAWN ${rights}`)).toContain(`SYSTEM,INTERACTIVE,LOCAL,${names.slice(1).join(',')},JOB0`);
    expect(console.type('SET RIGHTS_LIST/DISABLE JOB1,JOB3,JOB5,JOB7,JOB0', rights)).toEqual(['SYSTEM,INTERACTIVE,LOCAL,JOB2,JOB4,JOB6,JOB8']);
    expect(console.type('SET RIGHTS_LIST NOBODY')).toEqual(['%SET-E-NOTSET, error modifying rights list', '-SYSTEM-F-NOSUCHID, unknown rights identifier']);
    console.type('SET PROCESS/PRIVILEGES=NOCMKRNL');
    expect(console.type('SET RIGHTS_LIST JOB1')).toEqual(['%SET-E-NOTSET, error modifying rights list', '-SYSTEM-F-NOCMKRNL, operation requires CMKRNL privilege']);
    console.type('LOGOUT');
    expect(checkPool(console.system.kernel, (name) => console.system.kernel.symbol(name))).toEqual([]);
  });

  it('the operator\'s console is never closed to SYSTEM', () => {
    console.keys('\rsystem\rmanager\r');
    console.type('RUN SYS$SYSTEM:AUTHORIZE', 'MODIFY SYSTEM/NOLOCAL/EXPIRATION=1-JAN-1986/PWDEXPIRED', 'EXIT', 'LOGOUT');
    expect(logInAndOut('\rsystem\rmanager\r')).toContain('Welcome');
  });
});

describe('a login', () => {
  it('ch23#41: one that would exceed IJOBLIM is refused, an operator\'s is not', () => {
    const console = withFlags([]);
    console.system.kernel.sys.SYS$GW_IJOBLIM = 0;
    expect(logIn(console)).toContain('Logins are currently disabled');
    expect(process(console, 'USER')).toBeUndefined();
    expect(console.system.kernel.sys.SYS$GW_IJOBCNT).toBe(0);
    console.keys('\rsystem\rmanager\r');
    expect(console.text).toContain('Welcome');
    expect(console.system.kernel.sys.SYS$GW_IJOBCNT).toBe(1);
  });

  it('ch23#3: user and account are "<login>" until somebody is known; each login is counted once, failed ones no more once they are gone', () => {
    const console = withFlags([]);
    const { kernel } = console.system;
    console.keys('\r');
    const jib = JIB.at(kernel, process(console, '_OPA0:')!.PCB$L_JIB);
    expect([bytesToText(jib.JIB$T_USERNAME), bytesToText(jib.JIB$T_ACCOUNT)]).toEqual(['<login>     ', '<login> ']);
    expect(kernel.sys.SYS$GW_IJOBCNT).toBe(1);
    console.keys('user\rwrong\ruser\rwrong\ruser\rwrong\r');
    expect(kernel.sys.SYS$GW_IJOBCNT).toBe(0);
    logIn(console);
    expect(kernel.sys.SYS$GW_IJOBCNT).toBe(1);
    const after = JIB.at(kernel, process(console, 'USER')!.PCB$L_JIB);
    expect([bytesToText(after.JIB$T_USERNAME), bytesToText(after.JIB$T_ACCOUNT)]).toEqual(['USER        ', 'USER    ']);
  });

  it('ch23#4: the equivalence of SYS$INPUT begins with ESC, NUL and the internal file identifier', () => {
    const console = withFlags([]);
    logIn(console);
    console.type('N = F$TRNLNM("SYS$INPUT")');
    const piece = (position: number, size: number): string => console.type(`WRITE SYS$OUTPUT F$CVUI(${position},${size},N)`)[0]!;
    const [escape, zero, ifi] = [piece(0, 8), piece(8, 8), piece(16, 16)];
    const device = console.type('WRITE SYS$OUTPUT F$EXTRACT(4,99,N)')[0];
    expect([escape, zero, device]).toEqual(['27', '0', '_OPA0:']);
    expect(Number(ifi)).toBeGreaterThan(0);
  });

  it('ch23#8: when a process of the group has the user\'s name already, the new one keeps that of its terminal', () => {
    const console = withFlags([]);
    console.keys('\rsystem\rmanager\r');
    console.type('RUN/UIC=[200,2]/PROCESS=USER/DELAY=20:00 SYS$SYSTEM:SHOW');
    const owner = process(console, 'USER')!;
    const group = Number(owner.PCB$L_UIC >>> 16).toString(8);
    expect(group).toBe('200');
    console.type('LOGOUT');
    logIn(console);
    expect(console.type('WRITE SYS$OUTPUT F$PROCESS()," ",F$GETJPI("","USERNAME")')).toEqual(['_OPA0: USER']);
  });

  it('ch23#12: LOGINOUT is run down by the CLI: at the prompt P0 is empty and DCL goes on', () => {
    const console = withFlags([]);
    logIn(console);
    const { kernel } = console.system;
    const phd = PHD.at(kernel, process(console, 'USER')!.PCB$L_PHD);
    expect([phd.PHD$V_P0LR, phd.PHD$L_FREP0VA]).toEqual([0, 0]);
    expect(console.type('WRITE SYS$OUTPUT "still here"')).toEqual(['still here']);
  });
});
