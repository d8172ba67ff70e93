import { describe, expect, test } from 'vitest';
import { readSystemFile } from '../../src/sysgen/system-disk.js';
import { Console, systemDisk } from './console.js';

const line = (text: string): unknown => expect.stringMatching(new RegExp(text));

describe('SYSGEN', () => {
  test('ch25#26 ch25#27: it starts with USE ACTIVE, SYSBOOT with USE CURRENT; WRITE CURRENT changes the next boot, not memory', () => {
    const before = new Console(systemDisk());
    before.type('RUN SYS$SYSTEM:SYSGEN');
    expect(before.type('SHOW/GEN')).toContain('Parameters in use: Active');
    before.type('USE CURRENT', 'SET MAXPROCESSCNT 100', 'SET NPAGEDYN %X98010');
    expect(before.type('WRITE CURRENT').join('')).toMatch(/^%SYSGEN-I-WRITECUR, CURRENT system parameters modified by process ID [0-9A-F]{8} into file .*VAXVMSSYS.PAR;2$/);
    expect(before.type('USE ACTIVE', 'SHOW MAXPROC').at(-1)).toMatch(/^MAXPROCESSCNT +64 +64 +12 +8192 Processes$/);
    expect(before.type('USE CURRENT', 'SHOW MAXPROC').at(-1)).toMatch(/^MAXPROCESSCNT +100 +64 /);
    expect(before.type('^Z', 'WRITE SYS$OUTPUT F$GETSYI("MAXPROCESSCNT")')).toEqual(['64']);

    const after = new Console(before.disk);
    expect(after.text).not.toContain('SYSBOOT');
    expect(after.type('WRITE SYS$OUTPUT F$GETSYI("MAXPROCESSCNT")')).toEqual(['100']);
    const { kernel } = after.system;
    expect(kernel.sys.SGN$GW_MAXPRCCT).toBe(100);
    expect(kernel.sys.MMG$GL_NPAGNEXT - kernel.sys.MMG$GL_NPAGEDYN).toBe(0x98000);

    const standard = new Console(before.disk, { useDefaults: true });
    expect(standard.type('WRITE SYS$OUTPUT F$GETSYI("MAXPROCESSCNT")')).toEqual(['64']);
  });

  test('ch25#25: WRITE ACTIVE changes only dynamic parameters and needs CMKRNL; appC#21: SHOW shows the cells', () => {
    const console = new Console(systemDisk());
    const { kernel } = console.system;
    console.type('MCR SYSGEN', 'SET QUANTUM 33', 'SET MAXPROCESSCNT 100', 'SET PQL_DFILLM 21');
    expect(kernel.sys.SCH$GW_QUAN).toBe(20);
    expect(console.type('WRITE ACTIVE')).toEqual([line('^%SYSGEN-I-WRITEDYN, ACTIVE system parameters modified by process ID [0-9A-F]{8}$')]);
    expect([kernel.sys.SCH$GW_QUAN, kernel.sys.SGN$GW_MAXPRCCT, kernel.readLong(kernel.symbol('PQL$AL_DEFAULT') + 24)]).toEqual([33, 64, 21]);
    expect(console.type('USE ACTIVE', 'SHOW QUANTUM').at(-1)).toMatch(/^QUANTUM +33 +20 +2 +32767 10Ms +D$/);

    console.type('EXIT', 'SET PROCESS/PRIVILEGES=(NOALL,TMPMBX)', 'MCR SYSGEN', 'SET QUANTUM 44');
    expect(console.type('WRITE ACTIVE')).toEqual(['%SYSTEM-F-NOPRIV, no privilege for attempted operation']);
    expect(kernel.sys.SCH$GW_QUAN).toBe(33);
  });

  test('SHOW: columns and switches', () => {
    const console = new Console(systemDisk());
    console.type('MCR SYSGEN');
    expect(console.type('SHOW MAXSYSGROUP')).toEqual([
      'Parameter Name            Current    Default     Min.     Max.     Unit  Dynamic', '--------------            -------    -------    -------  -------   ----  -------',
      line('^MAXSYSGROUP {21}8 {10}8 {9}1 {5}32768 UIC Group +D$'),
    ]);
    expect(console.type('SHOW/DYNAMIC').slice(3).every((text) => text.endsWith(' D'))).toBe(true);
    expect(console.type('SHOW/PQL').slice(3).every((text) => text.startsWith('PQL_'))).toBe(true);
    expect(console.type('SHOW/MAJOR').some((text) => text.startsWith('NPAGEDYN'))).toBe(true);
    expect(console.type('SHOW/HEX PAGEDYN').at(-1)).toMatch(/^PAGEDYN +0007D000 +0007D000 +00003000 +FFFFFFFF Bytes$/);
    expect(console.type('SHOW/NAMES/TTY')).toEqual(expect.arrayContaining(['TTY_TYPAHDSZ', 'TTY_ALTYPAHD', 'TTY_BUF', 'TTY_DEFCHAR2', 'TTY_CLASSNAME']));
    for (const group of ['ACP', 'CLUSTER', 'GEN', 'JOB', 'LGI', 'PQL', 'RMS', 'SCS', 'SPECIAL', 'SYS', 'TTY']) expect(console.type(`SHOW/NAMES/${group}`).length, group).toBeGreaterThan(3);
    expect(console.type('HELP')[0]).toMatch(/USE ACTIVE/);
  });

  test('bad input: messages, and values stay within limits', () => {
    const console = new Console(systemDisk());
    console.type('MCR SYSGEN');
    const answers = ['SET MAXPROCESSCNT 9999999', 'SET MAXPROCESSCNT 1', 'SET NPAGEDYN 99999999999', 'SHOW MAXP', 'SET MAXPROCESSCNT MANY', 'SET NOSUCH 1', 'SET MAX 1', 'FROB', 'SHOW/FROB', 'SHOW/S',
      'USE NOFILE', 'USE SYSUAF.DAT', 'USE', 'SET', 'WRITE'].map((typed) => console.type(typed)[typed === 'SHOW MAXP' ? 2 : 0]);
    expect(answers).toEqual([
      '%SYSGEN-W-SETMAX, value set to maximum for parameter MAXPROCESSCNT', '%SYSGEN-W-SETMIN, value set to minimum for parameter MAXPROCESSCNT',
      '%SYSGEN-W-SETMAX, value set to maximum for parameter NPAGEDYN', line('^MAXPROCESSCNT +12 '),
      '%SYSGEN-E-SYNTAX, syntax error in command line', '%SYSGEN-E-NOPARAM, no such parameter', '%SYSGEN-E-AMBPARAM, ambiguous parameter name', '%SYSGEN-E-CMDUNK, unrecognized command',
      '%SYSGEN-E-SYNTAX, syntax error in command line', '%SYSGEN-E-SYNTAX, syntax error in command line', line('^%SYSGEN-E-OPENIN, error opening .*NOFILE.PAR;? as input'),
      line('^%SYSGEN-E-OPENIN'), '%SYSGEN-E-SYNTAX, syntax error in command line', '%SYSGEN-E-SYNTAX, syntax error in command line', '%SYSGEN-E-SYNTAX, syntax error in command line',
    ]);
    expect(console.type('USE SYS$SYSTEM:SYSUAF.DAT').join('')).toMatch(/^%SYSGEN-E-NOTPARAM, file .*SYSUAF.DAT;1 is not a parameter file$/);
    console.type('SET MAXPROCESSCNT 77');
    expect(console.type('WRITE SYS$SYSTEM:SPECIAL').join('')).toMatch(/^%SYSGEN-I-WRITEFIL, parameters written to file .*SPECIAL.PAR;1$/);
    expect(console.type('USE DEFAULT', 'USE SYS$SYSTEM:SPECIAL', 'SHOW MAXP').at(-1)).toMatch(/^MAXPROCESSCNT +77 /);
  });

  test('CREATE makes and extends files; what is new holds no old dump', () => {
    const console = new Console(systemDisk());
    console.type('MCR SYSGEN');
    expect(console.type('CREATE SYS$SYSTEM:SWAPFILE/SIZE=30')).toEqual(['%SYSGEN-I-CREATED, SYS$SYSROOT:[SYSEXE]SWAPFILE.SYS;1 created']);
    expect(console.type('CREATE SYS$SYSTEM:SWAPFILE.SYS /SIZE=60 /CONTIGUOUS')).toEqual(['%SYSGEN-I-EXTENDED, SYS$SYSROOT:[SYSEXE]SWAPFILE.SYS;1 extended']);
    expect(console.type('CREATE SYS$SYSTEM:SWAPFILE.SYS/SIZE=10')).toEqual([line('^%SYSGEN-I-NOTSMALLER, .*SWAPFILE.SYS;1 has 6[0-9] blocks already$')]);
    for (const typed of ['CREATE X', 'CREATE X/SIZE=0', 'CREATE /SIZE=4', 'CREATE X/SIZE=4/FROB', 'CREATE X/SIZE=4/SIZE=5', 'CREATE']) {
      expect(console.type(typed), typed).toEqual(['%SYSGEN-E-SYNTAX, syntax error in command line']);
    }
    expect(console.type('CREATE HUGE/SIZE=9999999').join(' ')).toMatch(/^%SYSGEN-E-OPENOUT, .* -RMS-F-FUL/);
    const file = readSystemFile(console.disk, '[SYS0.SYSEXE]SWAPFILE.SYS')!;
    expect(file.length).toBe(60 * 512);
    expect(file.subarray(0, 2048).every((byte) => byte === 0)).toBe(true);
    expect(console.type('EXIT', 'DIRECTORY/PROTECTION/NOHEADING/NOTRAILING SYS$SYSTEM:SWAPFILE.SYS').join(' ')).toMatch(/\(RWED,RWED,,\)/);
  });

  test('SHOW/DEVICES and SHOW/CONFIGURATION: drivers and controllers as they are in memory', () => {
    const console = new Console(systemDisk());
    const { kernel } = console.system;
    console.type('MCR SYSGEN');
    const hex = (value: number): string => (value >>> 0).toString(16).toUpperCase().padStart(8, '0');
    const devices = console.type('SHOW/DEVICES');
    const opa = devices.findIndex((each) => /^ +OPA /.test(each));
    expect(devices[opa]).toContain(` ${hex(kernel.symbol('OPA$GL_DDB'))} ${hex(kernel.symbol('OPA$CRB'))} `);
    expect(devices[opa + 1]).toMatch(new RegExp(`^ +0 ${hex(kernel.symbol('OPA$UCB0'))}$`));
    expect(devices.filter((each) => /^[A-Z]+ +[0-9A-F]{8} [0-9A-F]{8}$/.test(each)).map((each) => each.split(' ')[0])).toEqual(expect.arrayContaining(['MBDRIVER', 'NLDRIVER', 'DUDRIVER']));
    expect(console.type('SHOW/CONFIGURATION')).toContainEqual(expect.stringMatching(/^Name: DUA +Units: 1 +CSR: 8[0-9A-F]{7} +Vector1: [0-7]+ /));
    console.type('EXIT', 'SET PROCESS/PRIVILEGES=(NOALL,TMPMBX)', 'MCR SYSGEN');
    expect(console.type('SHOW/DEVICES')).toEqual(['%SYSTEM-F-NOPRIV, no privilege for attempted operation']);
  });
});
