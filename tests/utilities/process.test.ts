import { describe, expect, test } from 'vitest';
import { PCB } from '../../src/executive/structures/pcb.js';
import { readCounted } from '../../src/executive/structures/memory.js';
import { gridLines } from '../../src/utilities/directory.js';
import { outputName } from '../../src/utilities/output-name.js';
import { privilegeMasks } from '../../src/dcl/privileges.js';
import { UtilitySession } from './session.js';

describe('SET PROCESS, SHOW, SYSGEN', () => {
  const dcl = new UtilitySession();
  const { kernel } = dcl.session.system;
  /** The session's own PCB: the only process beside the null process and the swapper. */
  const pcb = () => PCB.at(kernel, kernel.readLong(kernel.sys.SCH$GL_PCBVEC + 8));

  test('SET PROCESS changes the PCB', () => {
    dcl.lines('SET PROCESS/NAME=FRED/PRIORITY=6');
    expect(readCounted(kernel, pcb().address + PCB.offset.PCB$T_LNAME)).toBe('FRED');
    expect(31 - pcb().PCB$B_PRIB).toBe(6);
    dcl.lines('SET PROCESS/PRIVILEGES=(NOWORLD,NOBYPASS)');
    const world = 1n << 16n;
    expect(pcb().PCB$Q_PRIV & world).toBe(0n);
    dcl.lines('SET PROCESS/PRIVILEGES=WORLD');
    expect(pcb().PCB$Q_PRIV & world).toBe(world);
  });

  test('SET UIC changes the PCB and the group table, for who has CMKRNL', () => {
    const before = pcb().PCB$L_UIC;
    expect(dcl.lines('SET UIC [301,7]')).toEqual([]);
    expect(pcb().PCB$L_UIC).toBe((0o301 << 16) | 7);
    expect(dcl.lines('WRITE SYS$OUTPUT F$TRNLNM("LNM$GROUP","LNM$PROCESS_DIRECTORY")')).toEqual(['LNM$GROUP_000301']);
    dcl.lines('SET PROCESS/PRIVILEGES=NOCMKRNL');
    expect(dcl.lines('SET UIC [1,4]')).toEqual(['%SET-E-NOTSET, error modifying UIC', '-SYSTEM-F-NOCMKRNL, operation requires CMKRNL privilege']);
    expect(pcb().PCB$L_UIC).toBe((0o301 << 16) | 7);
    dcl.lines('SET PROCESS/PRIVILEGES=CMKRNL', `SET UIC [${(before >>> 16).toString(8)},${(before & 0xffff).toString(8)}]`);
    expect(pcb().PCB$L_UIC).toBe(before);
  });

  test('CTRL/Y at the prompt of an image, CONTINUE: the image asks again', () => {
    dcl.lines('RUN SYS$SYSTEM:SYSGEN', 'SHOW MAXPROC');
    dcl.session.type('SHOW QUAN\x19');
    expect(dcl.lines('SHOW DEFAULT')[0]).toBe('  DUA0:[TEST]');
    dcl.lines('CONTINUE');
    expect(dcl.session.type('SHOW QUANTUM')).toMatch(/\nQUANTUM +\d+ /);
    dcl.lines('EXIT');
    dcl.lines('CREATE TYPED.TXT', 'one');
    dcl.session.type('lost\x19');
    dcl.lines('CONTINUE', 'two', '^Z');
    expect(dcl.lines('TYPE TYPED.TXT')).toEqual(['one', 'two']);
  });

  test('what cannot be set is said with its reason', () => {
    expect(dcl.lines('SET PROCESS/NAME=SWAPPER')).toEqual(['%SET-E-NOTSET, error modifying process name', '-SYSTEM-F-DUPLNAM, duplicate name']);
    expect(dcl.lines('SET PROCESS/PRIVILEGES=NOACNT', 'WRITE SYS$OUTPUT F$PRIVILEGE("ACNT")')).toEqual(['FALSE']);
    dcl.lines('SET PROCESS/PRIVILEGES=ACNT');
    expect(dcl.lines('SET PROCESS/PRIVILEGES=FOO')).toEqual(['%SET-E-IVPRIV, unrecognized privilege - check validity and spelling', ' \\FOO\\']);
  });

  test('SHOW MEMORY adds up to the machine; SHOW DEVICES walks the I/O database', () => {
    const memory = dcl.lines('SHOW MEMORY').find((line) => line.includes('Main Memory'))!;
    const [total, free, used, modified] = memory.slice(memory.indexOf(')') + 1).trim().split(/\s+/).map(Number);
    expect(total).toBe(32768);
    expect(free! + used! + modified!).toBe(total);
    const row = (name: string): number[] => dcl.lines('SHOW MEMORY').find((line) => line.includes(name))!.split(name)[1]!.trim().split(/\s+/).map(Number);
    expect(row('(IRP) List').at(-1)).toBe(208);
    expect(row('Nonpaged Dynamic Memory')[0]).toBe(kernel.sys.MMG$GL_NPAGNEXT - kernel.sys.MMG$GL_NPAGEDYN);
    const slots = row('Process Entry Slots');
    const processes = [...Array(kernel.sys.SCH$GL_MAXPIX + 1).keys()].filter((index) => index === 0 || kernel.readLong(kernel.sys.SCH$GL_PCBVEC + 4 * index) !== kernel.symbol('SCH$GL_NULLPCB'));
    expect(slots).toEqual([kernel.sys.SCH$GL_MAXPIX + 1, kernel.sys.SCH$GL_MAXPIX + 1 - processes.length, processes.length, 0]);
    expect(row('Balance Set Slots')).toEqual([kernel.sys.SGN$GL_BALSETCT, kernel.sys.SGN$GL_BALSETCT - 1, 1, 0]);
    const devices = dcl.lines('SHOW DEVICES');
    expect(devices.some((line) => /^DUA0: {19}Mounted {14}0 {2}STARLETSYS/.test(line))).toBe(true);
    expect(devices).toContain('OPA0:                   Online               0');
    expect(dcl.lines('SHOW DEVICES XX')).toEqual(['%SYSTEM-W-NOSUCHDEV, no such device available']);
    expect(dcl.lines('SHOW TERMINAL')[0]).toBe('Terminal: _OPA0:      Device_Type: VT100          Owner: FRED');
  });

  test('SYSGEN WRITE ACTIVE changes cells of dynamic parameters only', () => {
    expect(kernel.sys.SCH$GW_QUAN).toBe(20);
    dcl.lines('MCR SYSGEN', 'SET QUANTUM 33', 'WRITE ACTIVE');
    expect(kernel.sys.SCH$GW_QUAN).toBe(33);
    dcl.lines('SET BALSETCNT 30', 'WRITE ACTIVE');
    expect(kernel.sys.SGN$GL_BALSETCT).toBe(40);
    expect(dcl.lines('SET QUANTUM 1')[0]).toBe('%SYSGEN-W-SETMIN, value set to minimum for parameter QUANTUM');
    dcl.lines('USE ACTIVE', 'SET QUANTUM 44', 'WRITE MINE', 'USE DEFAULT', 'USE MINE');
    expect(dcl.lines('SHOW QUANTUM')).toContain('QUANTUM                        44         20         2     32767 10Ms       D');
    dcl.lines('EXIT');
    expect(dcl.lines('SHOW SYMBOL $SEVERITY')).toEqual(['  $SEVERITY == "1"']);
  });
});

describe('small parts', () => {
  test('long names take several cells', () => {
    const long = 'A_NAME_OF_MORE_THAN_20_CHARACTERS.TXT;1';
    expect(gridLines(['A.B;1', long, 'C.D;1', 'E.F;1'], 4)).toEqual([`${'A.B;1'.padEnd(20)}${long.padEnd(40)}${'C.D;1'.padEnd(20)}`, 'E.F;1'.padEnd(20)]);
  });

  test('output names take what is missing from the input', () => {
    const input = { directory: 'D:[A]', name: 'X', type: '.TXT', version: ';3' };
    expect(outputName('[B]', input)).toBe('[B]X.TXT');
    expect(outputName('*.BAK', input)).toBe('X.BAK');
    expect(outputName('Y.*;*', input)).toBe('Y.TXT;3');
  });

  test('privilege lists', () => {
    expect(privilegeMasks(['ALL', 'NOWORLD']).enable & (1n << 16n)).toBe(0n);
    expect(privilegeMasks(['CMKRNL']).enable).toBe(1n);
    expect(privilegeMasks(['X']).unknown).toBe('X');
  });
});
