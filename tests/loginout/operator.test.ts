import { describe, expect, it } from 'vitest';
import { Console, systemDisk } from '../sysgen/console.js';

function create(console: Console, name: string, lines: readonly string[]): void { console.type(`CREATE ${name}`, ...lines, '^Z'); }

describe('REQUEST and REPLY', () => {
  it('a request of one process is answered by another; a pending one waits on; all of it is in OPERATOR.LOG', () => {
    const console = new Console(systemDisk());
    create(console, 'ASK.COM', ['$ REQUEST/REPLY/TO=TAPES "Please mount a tape"', '$ WRITE SYS$OUTPUT "done ", $STATUS', '$ REQUEST/REPLY "And again"', '$ WRITE SYS$OUTPUT "second ", $SEVERITY']);
    console.type('SUBMIT/NOPRINTER ASK');
    expect(console.text).toMatch(/%{11} {2}OPCOM {2}21-AUG-1986 .*%{11}\s+Request 1, from user SYSTEM\s+Please mount a tape/);
    expect(console.type('REPLY/STATUS').join('\n')).toContain('Request 1 is pending');
    console.type('REPLY/PENDING=1 "in a minute"');
    expect(console.type('REPLY/STATUS').join('\n')).toContain('Request 1 is pending');
    console.type('REPLY/TO=1 "on MTA0:"');
    expect(console.text).toContain('Request 1 was completed by operator _OPA0:');
    console.type('REPLY/ABORT=2 "no"');
    const log = console.type('TYPE ASK.LOG');
    expect(log.some((line) => /^%OPCOM-S-OPRNOTIF, operator notified, waiting\.\.\. \d\d:/.test(line))).toBe(true);
    expect(log).toEqual(expect.arrayContaining(['%OPCOM-S-RQSTPEND, request is pending, in a minute', '%OPCOM-S-OPREPLY, on MTA0:', 'done %X00000001', '%OPCOM-E-RQSTABORT, request was aborted by operator, no']));
    const operator = console.type('TYPE SYS$MANAGER:OPERATOR.LOG');
    expect(operator).toEqual(expect.arrayContaining(['Logfile is SYS$MANAGER:OPERATOR.LOG', 'Request 1, from user SYSTEM', 'Please mount a tape', 'Request 2 was aborted by operator _OPA0:']));
  });

  it('REPLY/DISABLE takes a terminal\'s classes away: then nobody is there for a request', () => {
    const console = new Console(systemDisk());
    console.type('REPLY/DISABLE=(TAPES)');
    expect(console.type('REQUEST/REPLY/TO=TAPES "hello"')).toEqual([expect.stringMatching(/^%OPCOM-S-OPRNOTIF/), '%OPCOM-W-NOPERATOR, no operator coverage']);
    expect(console.type('REQUEST/TO=DISKS "to the disks"').join('\n')).toContain('to the disks');
    console.type('REPLY/ENABLE=(TAPES)');
    expect(console.type('REQUEST/TO=TAPES "to the tapes"').join('\n')).toContain('to the tapes');
  });

  it('REPLY/LOG begins a new log, /NOLOG ends it; an ordinary user may ask and not answer', () => {
    const console = new Console(systemDisk());
    console.type('REPLY/LOG', 'REPLY/NOLOG', 'REQUEST "unheard by the log"');
    expect(console.type('TYPE SYS$MANAGER:OPERATOR.LOG;2').join('\n')).not.toContain('unheard');
    expect(console.type('DIRECTORY/NOHEADER/NOTRAILER SYS$MANAGER:OPERATOR.LOG;*').join(' ')).toMatch(/LOG;2 +OPERATOR\.LOG;1/);
    console.type('SET PROCESS/PRIVILEGES=(NOALL,TMPMBX)');
    expect(console.type('REQUEST "please"').join('\n')).toContain('please');
    expect(console.type('REPLY/TO=1 "X"').join('\n')).toMatch(/%SYSTEM-F-NOPRIV/);
  });
});
