/** The console's command language and registers by name. @source VAX-11/780 hardware handbook, console command language */
import { describe, expect, it } from 'vitest';
import { prepareBare, reportBare, stateLines } from '../../src/emulator/bare.js';
import { ConsoleMonitor } from '../../src/emulator/console-monitor.js';
import { parseState, StateError } from '../../src/emulator/console-registers.js';
import type { Machine } from '../../src/emulator/machine.js';
import { op, reg } from './harness.js';

const START = 0x200;

interface Console { readonly machine: Machine; say(line: string): string[]; action(line: string): string; readonly printed: number[] }

function atConsole(code: readonly number[], files: Readonly<Record<string, string>> = {}): Console {
  const printed: number[] = [];
  const bytes = new Uint8Array(code);
  const machine = prepareBare(bytes, { load: START, start: START }, { transmit: (byte) => printed.push(byte) });
  const read = (name: string): Uint8Array | null => (files[name] === undefined ? null : new Uint8Array(Buffer.from(files[name], 'latin1')));
  const monitor = new ConsoleMonitor(machine, { read }, { bytes, load: START, start: START });
  return { machine, printed, say: (line) => [...monitor.command(line).lines], action: (line) => monitor.command(line).action };
}

/** INCL R0 (twice), HALT */
const COUNT = [...op('INCL'), reg(0), ...op('INCL'), reg(0), ...op('HALT')];

describe('EXAMINE and DEPOSIT', () => {
  it('memory by byte, word, longword and quadword, in hexadecimal', () => {
    const c = atConsole(COUNT);
    expect(c.say('D 1000 12345678')).toEqual([]);
    expect(c.say('D/W 1004 9ABC')).toEqual([]);
    expect(c.say('E 1000')).toEqual(['        P 00001000 12345678']);
    expect(c.say('EXAMINE/BYTE 1001')).toEqual(['        P 00001001 56']);
    expect(c.say('E/W 1000')).toEqual(['        P 00001000 5678']);
    expect(c.say('e/q 1000')).toEqual(['        P 00001000 00009ABC12345678']);
    expect(c.say('D/Q 1000 FEDCBA9876543210')).toEqual([]);
    expect([...c.machine.memory.bytes.subarray(0x1000, 0x1008)]).toEqual([0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe]);
  });

  it('* is the last location, + the next, - the one before, @ what was there', () => {
    const c = atConsole(COUNT);
    c.say('D 1000 2000');
    c.say('D/W 2000 BEEF');
    expect(c.say('E 1000')).toEqual(['        P 00001000 00002000']);
    expect(c.say('E/W @')).toEqual(['        P 00002000 BEEF']);
    expect(c.say('E +')).toEqual(['        P 00002002 0000']);
    expect(c.say('E -')).toEqual(['        P 00002000 BEEF']);
    expect(c.say('E/L *')).toEqual(['        P 00002000 0000BEEF']);
    expect(c.say('E')).toEqual(['        P 00002004 00000000']);
  });

  it('/N: more locations, for both', () => {
    const c = atConsole(COUNT);
    c.say('D/N:3 1000 7');
    expect(c.say('E/P/L/N:4 1000').map((line) => line.slice(-8))).toEqual(['00000007', '00000007', '00000007', '00000007', '00000000']);
    expect(c.say('E/G/N:1 E')).toEqual([`        G 0000000E 00000200`, `        G 0000000F 00000200`]);
  });

  it('general registers, processor registers and the PSL by number and name', () => {
    const c = atConsole(COUNT);
    c.say('D R3 55');
    c.say('D/G B 66');
    c.say('D SCBB 1200');
    expect([c.machine.cpu.r[3], c.machine.cpu.r[11], c.machine.cpu.scbb]).toEqual([0x55, 0x66, 0x1200]);
    expect(c.say('E/I 11')).toEqual(['        I 00000011 00001200']);
    expect(c.say('E PC')).toEqual(['        G 0000000F 00000200']);
    expect(c.say('E PSL')).toEqual(['        PSL 041F0000']);
    c.say('D PSL 00C00005');
    expect(c.machine.cpu.psl).toBe(0xc00005);
    expect(c.say('E/I 7')).toEqual(['?INT-REG ERR']);
  });

  it('virtual addresses go through the mapping, and show the physical one', () => {
    const c = atConsole(COUNT);
    // System page 0 is physical page 8, kernel write; page 1 is not valid.
    for (const line of ['D 4000 90000008', 'D 4004 10000009', 'D SBR 4000', 'D SLR 2', 'D MAPEN 1', 'D 1010 CAFE']) expect(c.say(line)).toEqual([]);
    expect(c.say('E/V 80000010')).toEqual(['        P 00001010 0000CAFE']);
    expect(c.say('E/V 80000200')).toEqual(['?MEM-MAN FAULT, CODE=00']);
    expect(c.say('E/V 80000400')).toEqual(['?MEM-MAN FAULT, CODE=01']);
  });

  it('a deposited instruction is the one that executes', () => {
    const c = atConsole(COUNT);
    c.say('STEP');
    c.say('D/B 202 D7');
    c.say('STEP');
    expect(c.machine.cpu.r[0]).toBe(0);
  });

  it.each([
    ['FROB', '?\'FROB\' IS INCORRECT'], ['E/Z 0', '?\'/Z\' IS INCORRECT'], ['E G00', '?\'G00\' IS INCORRECT'], ['E/N 0', '?\'/N\' IS INCOMPLETE'],
    ['D 1000', '?\'DEPOSIT 1000\' IS INCOMPLETE'], ['D', '?\'DEPOSIT\' IS INCOMPLETE'], ['D/B 1000 123', '?\'123\' IS INCORRECT'], ['E 1 2', '?\'2\' IS INCORRECT'],
    ['START', '?\'START\' IS INCOMPLETE'], ['LOAD NOSUCH', '?FILE NOT FOUND'], ['E 1FFFFFFF', '?MIC-ERR ON FUNCTION'], ['E 123456789', '?\'123456789\' IS INCORRECT'],
    ['E/G 10', '?\'00000010\' IS INCORRECT'], ['SET', '?\'SET\' IS INCOMPLETE'], ['@NOSUCH', '?FILE NOT FOUND'],
  ])('%s: %s', (line, reply) => {
    expect(atConsole(COUNT).say(line)).toEqual([reply]);
  });

  it('nothing but blanks or a comment is no command', () => {
    const c = atConsole(COUNT);
    expect([c.say(''), c.say('   '), c.say('! a remark')]).toEqual([[], [], []]);
  });
});

describe('running', () => {
  it('STEP executes, shows what is next, and tells of a HALT', () => {
    const c = atConsole(COUNT);
    expect(c.say('STEP')).toEqual(['HALTED AT 00000202  INCL    R0']);
    expect(c.say('N 5')).toEqual(['HALTED AT 00000204  HALT', 'HALT INST EXECUTED', 'HALTED AT 00000205']);
    expect(c.machine.cpu.r[0]).toBe(2);
  });

  it('START initializes and goes; CONTINUE just goes; HALT says where', () => {
    const c = atConsole(COUNT);
    c.say('D MAPEN 1');
    c.say('D SISR 4');
    expect(c.action('S 202')).toBe('run');
    expect([c.machine.cpu.r[15], c.machine.cpu.psl, c.machine.cpu.mmu.enabled, c.machine.cpu.sisr]).toEqual([0x202, 0x041f0000, false, 0]);
    expect(c.action('C')).toBe('run');
    expect(c.say('H')).toEqual(['HALTED AT 00000202']);
    expect(c.say('I')).toEqual(['INIT SEQ DONE']);
  });

  it('LOAD, BOOT, command files', () => {
    const c = atConsole(COUNT, { 'X.BIN': 'ABC', 'SETUP.CMD': 'D R5 5 ! five\nE R5\n', 'DM0BOO.CMD': 'D R0 9\nSTART 200\nD R0 1\n', 'LOOP.CMD': '@LOOP.CMD' });
    expect(c.say('LOAD/START:300 X.BIN')).toEqual(['LOAD DONE, 00000003 BYTES LOADED']);
    expect(c.say('E 300')).toEqual(['        P 00000300 00434241']);
    expect(c.say('@SETUP.CMD')).toEqual(['>>>D R5 5 ! five', '>>>E R5', '        G 00000005 00000005', '<EOF>']);
    expect(c.say('@LOOP.CMD').at(-1)).toBe('?IND-COM ERR');
    expect(c.action('BOOT DM0')).toBe('run');
    expect(c.machine.cpu.r[0]).toBe(9);
    c.say('D 200 0');
    expect(c.action('BOOT')).toBe('run');
    expect(c.machine.memory.bytes[START]).toBe(0xd6);
  });

  it('SET DEFAULT and RELOCATION, SHOW', () => {
    const c = atConsole(COUNT);
    c.say('SET DEFAULT/W/V');
    c.say('SET RELOCATION 1000');
    c.say('D 10 ABCD');
    expect(c.say('E *')).toEqual(['        P 00001010 ABCD']);
    expect(c.say('SHOW')[0]).toBe('RAD=HEX,ADD=VIRT,DAT=WORD,REL=00001000');
  });
});

describe('registers by name', () => {
  const set = (state: Record<string, number>): Machine =>
    prepareBare(new Uint8Array(COUNT), { load: START, start: START, state: new Map(Object.entries(state)) }, { transmit: () => undefined });

  it('are set before the start, PC and PSL too', () => {
    const { cpu } = set({ R0: 1, AP: 2, FP: 3, SP: 0x800, PC: 0x202, PSL: 0x03c00005, KSP: 0x4000, USP: 0x900, ISP: 0x7000, P0BR: 0x80001000, P0LR: 5 });
    expect([...cpu.r]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 0x800, 0x202]);
    expect(cpu.psl).toBe(0x03c00005);
    // SP is the user stack here, and wins over USP.
    expect([0, 3, 4].map((n) => cpu.readPR(n))).toEqual([0x4000, 0x800, 0x7000]);
    expect([cpu.readPR(8), cpu.readPR(9)]).toEqual([0x80001000, 5]);
  });

  it('the pointer of the stack in use gives SP, whatever the order', () => {
    expect(set({ KSP: 0x5000, PSL: 0 }).cpu.r[14]).toBe(0x5000);
    expect(set({ PSL: 0, KSP: 0x5000 }).cpu.r[14]).toBe(0x5000);
    expect(set({ IS: 0x6000 }).cpu.r[14]).toBe(0x6000);
    expect(set({ PSL: 0 }).cpu.r[14]).toBe(START);
  });

  it('what a machine has written down sets another one to the same state', () => {
    const one = set({ R7: 0xdeadbeef, PSL: 0x041f0003, SBR: 0x3000, SLR: 0x20, SCBB: 0x600, PCBB: 0x800, ASTLVL: 3, SISR: 0x10, NICR: 0xffffd8f0, ICR: 0xfffff000, TODR: 77, MAPEN: 0 });
    const lines = stateLines(one);
    expect(lines).toContain('R7 DEADBEEF');
    expect(lines).toContain('NICR FFFFD8F0');
    const other = prepareBare(new Uint8Array(0), { load: START, start: 0, state: parseState(lines.join('\n')) }, { transmit: () => undefined });
    expect(stateLines(other)).toEqual(lines);
  });

  it('a state file is lines NAME HEX; comments and blank lines are left out; a bad line is told by its number', () => {
    expect([...parseState('R0 1F\n\n! remark\n  psl 041F0000 # flags\r\nIS 0x8000\n')]).toEqual([['R0', 0x1f], ['PSL', 0x041f0000], ['IS', 0x8000]]);
    expect(() => parseState('R0 1\nR99 2')).toThrow(new StateError('line 2: there is no register \'R99\''));
    expect(() => parseState('R0')).toThrow('line 1: \'R0\' is not NAME HEX');
    expect(() => parseState('R0 12345678A')).toThrow('not a hexadecimal number');
  });

  it('the report says how it stopped', () => {
    const machine = set({});
    expect(reportBare(machine, machine.run(100), true)).toContain('%BARE-I-HALTED, HALT instruction, PC 00000205, PSL 041F0000');
  });
});

describe('the observer', () => {
  it('sees every instruction that executes, in handlers too', () => {
    // BPT at 200, its handler at 300: INCL R1, HALT
    const machine = prepareBare(new Uint8Array(op('BPT')), { load: START, start: START, state: new Map([['SCBB', 0x1000]]) }, { transmit: () => undefined });
    machine.memory.view.setInt32(0x102c, 0x301, true);
    machine.memory.bytes.set([...op('NOP'), ...op('INCL'), reg(1), ...op('HALT')], 0x300);
    const seen: number[] = [];
    machine.cpu.observer = (pc) => seen.push(pc);
    expect(machine.run(100).kind).toBe('halt');
    expect(seen).toEqual([0x200, 0x300, 0x301, 0x303]);
  });
});
