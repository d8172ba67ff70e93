import { describe, expect, test } from 'vitest';
import { currentParameters } from '../../src/sysgen/boot-parameters.js';
import type { SystemFile } from '../../src/sysgen/system-disk.js';
import { textToBytes } from '../../src/executive/structures/memory.js';
import { defaultParameters } from '../../src/executive/boot/parameters.js';
import { Console, systemDisk } from './console.js';

/** Records of a variable-length file. */
function text(...lines: readonly string[]): Uint8Array {
  return Uint8Array.from(lines.flatMap((line) => [line.length, 0, ...textToBytes(line), ...(line.length & 1 ? [0] : [])]));
}

const replaced = (name: string, ...lines: readonly string[]) => (files: SystemFile[]): SystemFile[] =>
  [...files.filter((file) => file.name !== name), { name, bytes: text(...lines), kind: 'variable' }];

describe('STARTUP.COM', () => {
  test('ch25#22: SYSINIT has made the names that LOGINOUT needs when the STARTUP process begins; STARTUP makes the others', () => {
    const first = new Console(systemDisk(replaced('[SYS0.SYSEXE]STARTUP.COM', '$ SHOW LOGICAL/TABLE=LNM$SYSTEM_TABLE *', '$ SHOW PROCESS')));
    for (const name of ['SYSTEM', 'SYSROOT', 'COMMON', 'SHARE', 'MESSAGE']) expect(first.text).toContain(`"SYS$${name}" =`);
    expect(first.text).not.toContain('SYS$MANAGER');
    expect(first.text).toMatch(/Proc. name: STARTUP /);
    const whole = new Console(systemDisk());
    for (const name of ['SPECIFIC', 'SYSDISK', 'ERRORLOG', 'EXAMPLES', 'HELP', 'INSTRUCTION', 'LIBRARY', 'MAINTENANCE', 'MANAGER']) {
      expect(whole.type(`WRITE SYS$OUTPUT F$TRNLNM("SYS$${name}","LNM$SYSTEM_TABLE") .NES. ""`)).toEqual(['1']);
    }
  });

  test('ch25#21: the STARTUP process is the first with a CLI', () => {
    const console = new Console(systemDisk(replaced('[SYS0.SYSEXE]STARTUP.COM', '$ SHOW SYSTEM')));
    const processes = console.text.split('\r\n').filter((line) => /^[0-9A-F]{8} /.test(line)).map((line) => line.split(/ +/)[1]);
    expect(processes).toEqual(['NULL', 'SWAPPER', 'STARTUP']);
  });

  test('ch25#23 ch25#24: ERRFMT, JOB_CONTROL, OPCOM, then SYCONFIG, logins, SYSTARTUP; then the console has its session', () => {
    const console = new Console(systemDisk((files) => replaced('[SYS0.SYSMGR]SYSTARTUP.COM', '$ WRITE SYS$OUTPUT "SITE ", F$GETSYI("IJOBLIM")', '$ SHOW SYSTEM')(
      replaced('[SYS0.SYSMGR]SYCONFIG.COM', '$ WRITE SYS$OUTPUT "CONFIG ", F$GETSYI("IJOBLIM")')(files))));
    const said = console.text.replaceAll('\0', '').split(/[\r\n]+/);
    const seen = said.flatMap((line) => /^(?:CONFIG 0|SITE 64|%SET-I-INTSET)/.exec(line) ?? /^[0-9A-F]{8} (ERRFMT|JOB_CONTROL|OPCOM|STARTUP)/.exec(line)?.[1] ?? (line.includes('Welcome') ? ['Welcome'] : []));
    expect(seen).toEqual(['CONFIG 0', '%SET-I-INTSET', 'SITE 64', 'STARTUP', 'ERRFMT', 'JOB_CONTROL', 'OPCOM', 'Welcome']);
    expect(console.type('WRITE SYS$OUTPUT F$GETJPI("","PRCNAM")')).toEqual(['SYSTEM']);
    expect(console.type('SHOW SYSTEM').some((line) => line.includes('STARTUP'))).toBe(false);
  });

  test.each([[1, 70], [0, 64]])('ch25#28: WRITE CURRENT makes changes of this boot permanent only with WRITESYSPARAMS %i', (flag, after) => {
    const disk = systemDisk();
    const console = new Console(disk, { chosen: { ...defaultParameters(), MAXPROCESSCNT: 70, WRITESYSPARAMS: flag } });
    expect(console.type('WRITE SYS$OUTPUT F$GETSYI("MAXPROCESSCNT")')).toEqual(['70']);
    expect(console.text.includes('%SYSGEN-I-WRITECUR')).toBe(flag === 1);
    const { values } = currentParameters(disk);
    // The active values hold what EXE$INIT has made of one of them (digest ch14 2.4).
    const increment = flag === 1 ? { SWPALLOCINC: defaultParameters()['MPW_WRTCLUSTER']! } : {};
    expect(values).toEqual({ ...defaultParameters(), ...increment, MAXPROCESSCNT: after });
  });

  test('a disk without STARTUP.COM still has a session at the console', () => {
    const console = new Console(systemDisk((files) => files.filter((file) => !file.name.endsWith('STARTUP.COM'))));
    expect(console.type('WRITE SYS$OUTPUT F$TRNLNM("SYS$MANAGER")')).toEqual(['SYS$SYSROOT:[SYSMGR]']);
    expect(console.type('SHOW SYSTEM').filter((line) => /ERRFMT|JOB_CONTROL|OPCOM/.test(line))).toHaveLength(3);
  });

  test.each([['$ EXIT 44'], ['$ STOP'], ['$ NOSUCH'], ['']])('SYSTARTUP.COM with %j does not keep anybody out', (line) => {
    const console = new Console(systemDisk(replaced('[SYS0.SYSMGR]SYSTARTUP.COM', line)));
    expect(console.type('WRITE SYS$OUTPUT F$GETSYI("IJOBLIM")')).toEqual(['64']);
  });
});

describe('SET LOGINS', () => {
  test('shows and changes the limit; changing needs OPER', () => {
    const console = new Console(systemDisk());
    expect(console.type('SET LOGINS')).toEqual(['%SET-I-INTSET, login interactive limit = 64, current interactive value = 1']);
    expect(console.type('SET LOGINS/INTERACTIVE=3')).toEqual(['%SET-I-INTSET, login interactive limit = 3, current interactive value = 1']);
    expect(console.system.kernel.sys.SYS$GW_IJOBLIM).toBe(3);
    expect(console.type('SET PROCESS/PRIVILEGES=(NOALL,TMPMBX)', 'SET LOGINS/INTERACTIVE=9').join('\n')).toContain('-SYSTEM-F-NOOPER');
    expect(console.system.kernel.sys.SYS$GW_IJOBLIM).toBe(3);
  });

  test('at the limit, operators come in and others do not', () => {
    const console = new Console(systemDisk(), { autologin: false });
    console.keys('SYSTEM\rMANAGER\r');
    console.type('SET LOGINS/INTERACTIVE=0', 'LOGOUT');
    console.keys('\r');
    console.keys('USER\rUSER\r');
    expect(console.text).toMatch(/Logins are currently disabled - try again later/);
    console.keys('\r');
    console.keys('SYSTEM\rMANAGER\r');
    expect(console.type('WRITE SYS$OUTPUT F$GETSYI("IJOBLIM")')).toEqual(['0']);
  });
});

test('what keeps the system from coming up is said at the console: a page file without room for a process', () => {
  const { text: shown, system } = new Console(systemDisk(undefined, 60));
  expect(shown).toMatch(/%SYSINIT-F-NOTUP, the system could not be brought up\r\n-SYSTEM-F-INSSWAPSPACE, insufficient swap file space\r\n/);
  expect(system.crashed()).toBe(false);
});
