import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { immediate, op, reg } from '../emulator/harness.js';

/** `starlet bare` as a shell sees it. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let directory = '';

/** MTPR #byte,#TXDB for each character. */
const print = (text: string): number[] => [...Buffer.from(text)].flatMap((byte) => [...op('MTPR'), ...immediate(byte), 0x23]);
const HALT = op('HALT');
/** Echoes what is typed, for ever: reads RXCS until ready, then RXDB, then writes TXDB. */
const ECHO = [
  ...op('MFPR'), 0x20, reg(0), ...op('TSTB'), reg(0), ...op('BGEQ'), 0xf9,
  ...op('MFPR'), 0x21, reg(1), ...op('MTPR'), reg(1), 0x23, ...op('BRB'), 0xf1,
];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'starlet-bare-'));
  expect(spawnSync('node', [join(ROOT, 'tools/build.mjs')], { cwd: ROOT, encoding: 'utf8' }).stderr).toBe('');
});

afterAll(() => { rmSync(directory, { recursive: true, force: true }); });

function bare(code: readonly number[], args: readonly string[], input = ''): { code: number | null; out: string; err: string } {
  writeFileSync(join(directory, 'p.bin'), new Uint8Array(code));
  const ran = spawnSync('node', [join(ROOT, 'bin/starlet'), 'bare', 'p.bin', '--load', '200', ...args], { cwd: directory, input, encoding: 'latin1', timeout: 50_000 });
  return { code: ran.status, out: ran.stdout.replaceAll('\r', ''), err: ran.stderr };
}

describe('starlet bare', () => {
  it('prints what the program prints, and how it ended', () => {
    const ran = bare([...print('OK\r\n'), ...HALT], ['--start', '200']);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toMatch(/^OK\n%BARE-I-HALTED, HALT instruction, PC 0000021D, PSL 041F0000\nR0 {2}00000000/);
    expect(ran.out).toMatch(/\n5 instructions\n$/);
  });

  it('--set and --state give registers before the start; --set comes last; PC may be among them', () => {
    writeFileSync(join(directory, 's.txt'), 'R1 11\nR2 22\nPSL 041F0005\nSCBB 1200\n');
    // MFPR #SCBB,R3; MOVPSL R4; HALT, one byte after a HALT that PC skips
    const ran = bare([0, ...op('MFPR'), 0x11, reg(3), ...op('MOVPSL'), reg(4), ...HALT], ['--state', 's.txt', '--set', 'r2=99', '--set', 'PC=201']);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('R0  00000000   R1  00000011   R2  00000099   R3  00001200\nR4  041F0001');
  });

  it('--type is console input; --until stops when the text has been printed', () => {
    const ran = bare(ECHO, ['--start', '200', '--type', 'ab\\x21\\r', '--until', '!\\r']);
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(/^ab!\n?%BARE-I-UNTIL, the text was printed/);
  });

  it('standard input is console input as well, after --type', () => {
    expect(bare(ECHO, ['--start', '200', '--type', '12', '--until', '1234'], '34').out).toMatch(/^1234\n%BARE-I-UNTIL/);
  });

  it('a program that halts without the text of --until has failed', () => {
    expect(bare(HALT, ['--start', '200', '--until', 'never']).code).toBe(1);
  });

  it('--save writes memory, --save-state registers that --state takes', () => {
    const ran = bare([...op('MOVL'), ...immediate(0x12345678), 0x9f, 0, 3, 0, 0, ...HALT], ['--start', '200', '--memory', '1', '--save', 'm.bin', '--save-state', 's.out']);
    expect(ran.code).toBe(0);
    const memory = readFileSync(join(directory, 'm.bin'));
    expect(memory.length).toBe(1 << 20);
    expect(memory.readUInt32LE(0x300)).toBe(0x12345678);
    expect(memory[0x200]).toBe(0xd0);
    expect(readFileSync(join(directory, 's.out'), 'latin1')).toContain('PC 0000020C\nPSL 041F0000\n');
    expect(bare([], ['--state', 's.out', '--set', 'PC=200', '--max-instructions', '1']).code).toBe(0);
  });

  it('--trace=insn disassembles what runs, on stderr or into a file', () => {
    const code = [...op('INCL'), reg(1), ...HALT];
    expect(bare(code, ['--start', '200', '--trace=insn']).err).toBe('00000200  INCL    R1\n00000202  HALT\n');
    expect(bare(code, ['--start', '200', '--trace', 'insn', '--trace-to', 't.txt']).err).toBe('');
    expect(readFileSync(join(directory, 't.txt'), 'latin1')).toBe('00000200  INCL    R1\n00000202  HALT\n');
  });

  it('CTRL/P in the input opens the console; CONTINUE goes on; a HALT comes back to it; EXIT leaves', () => {
    const { code, out } = bare([...op('INCL'), reg(1), ...HALT], ['--start', '200', '--type', '\\x10'], 'E R1\rD R1 41\rC\rE R1\rEXIT\r');
    expect(code).toBe(0);
    expect(out).toBe([
      'HALTED AT 00000200', '>>>E R1', '        G 00000001 00000000', '>>>D R1 41', '>>>C', 'HALT INST EXECUTED', 'HALTED AT 00000203',
      '>>>E R1', '        G 00000001 00000042', '>>>EXIT', '',
    ].join('\n'));
  });

  it('--model subset leaves LOCC to the software behind SCB C8', () => {
    // LOCC #1,#2,(R1); HALT. SCB at 1000 hex, vector C8: INCL R5 and HALT at 300.
    const code = new Array<number>(0x1000).fill(0);
    code.splice(0, 4, ...op('LOCC'), 1, 2, 0x61);
    code.splice(0x100, 3, ...op('INCL'), reg(5), ...HALT);
    code.splice(0xe00 + 0xc8, 2, 0x01, 0x03);
    const args = ['--start', '200', '--set', 'SCBB=1000', '--set', 'R5=77', '--set', 'SP=800'];
    expect(bare(code, args).out).toContain('R5  00000077');
    expect(bare(code, [...args, '--model', 'subset']).out).toContain('R5  00000078');
  });

  it('--console begins there; the end of the input leaves it', () => {
    const { code, out } = bare(HALT, ['--start', '200', '--console'], 'E PC\r');
    expect(code).toBe(0);
    expect(out).toContain('>>>E PC\n        G 0000000F 00000200\n>>>');
  });

  it('the limit, and waiting for what cannot come, are failures', () => {
    expect(bare([0x11, 0xfe], ['--start', '200', '--max-instructions', '100'])).toMatchObject({ code: 1 });
    // At IPL 0 a branch to itself waits for an interrupt.
    const idle = bare([0x11, 0xfe], ['--start', '200', '--set', 'PSL=04000000']);
    expect(idle.code).toBe(1);
    expect(idle.out).toContain('%BARE-I-IDLE');
  });

  it.each([
    [['--start', 'xyz'], 64, 'not a hexadecimal number'], [[], 64, '--start is missing'], [['--start', '0', '--set', 'R16=1'], 64, 'there is no register \'R16\''],
    [['--start', '0', '--set', 'R1'], 64, 'write NAME=HEX'], [['--start', '0', '--state', 'nosuch'], 66, 'cannot read nosuch'], [['--start', '0', '--trace=x'], 64, '--trace knows insn'],
    [['--start', '0', '--type', '\\q'], 64, '--type: \'\\q\' is not one of'], [['--start', '0', '--until', ''], 64, '--until needs'], [['--start', '0', '--model', '730'], 64, '--model is'],
    [['--start', '0', '--trace-to', 'x'], 64, '--trace-to needs'], [['--start', '0', '--trace=insn', '--trace-to', '/no/such'], 73, 'cannot write /no/such'],
    [['--start', '0', '--load', 'FFFFFF'], 64, 'do not fit into 16 MB'], [['--start', '200', '--save', '/no/such'], 73, 'cannot write /no/such'],
  ])('%j: one line and exit code %d', (args, code, text) => {
    const ran = bare([0, 0], args);
    expect(ran.code).toBe(code);
    expect(ran.err.trim().split('\n')).toHaveLength(1);
    expect(ran.err).toContain(text);
  });
});
