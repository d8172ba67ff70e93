import { describe, expect, test } from 'vitest';
import { NotEnoughMemory } from '../../src/executive/boot/sysboot.js';
import { encodeParameterFile } from '../../src/sysgen/parameter-file.js';
import { Sysboot } from '../../src/sysgen/sysboot-prompt.js';
import { Console, systemDisk } from './console.js';
import type { MemoryBlocks } from '../../src/filesystem/block-io.js';

const FILE = '[SYS0.SYSEXE]VAXVMSSYS.PAR';

/** The person at the console of a conversational boot. */
class Talk {
  text = '';
  readonly sysboot: Sysboot;

  constructor(readonly disk: MemoryBlocks) {
    this.sysboot = new Sysboot(disk, { transmit: (byte) => { this.text += String.fromCharCode(byte); } });
    this.sysboot.prompt();
  }

  /** Types a line; what it printed, without echo and prompt. */
  type(line: string): string[] {
    const from = this.text.length;
    for (const character of `${line}\r`) this.sysboot.receive(character.charCodeAt(0));
    return this.text.slice(from).split('\r\n').map((each) => each.trimEnd()).slice(1).filter((each) => each !== '' && each !== 'SYSBOOT>');
  }

  value(name: string): string {
    return this.type(`SHOW ${name}`).at(-1)!.split(/ +/)[1]!;
  }

  boot(): Console {
    this.type('CONTINUE');
    return new Console(this.disk, { chosen: this.sysboot.values! });
  }
}

const diskWith = (values: Record<string, number>): MemoryBlocks =>
  systemDisk((files) => files.map((file) => file.name === FILE ? { ...file, bytes: encodeParameterFile(values) } : file));

describe('the conversation with SYSBOOT', () => {
  test('ch24#10 ch25#29: it begins with VAXVMSSYS.PAR, takes USE, SET and SHOW, and CONTINUE or EXIT ends it', () => {
    const talk = new Talk(diskWith({ MAXPROCESSCNT: 70 }));
    expect(talk.text).toBe('\r\nSYSBOOT>  ');
    expect(talk.type('SHOW/GEN')).toContain('Parameters in use: Current');
    expect(talk.value('MAXPROC')).toBe('70');
    talk.type('use default');
    expect(talk.value('MAXPROC')).toBe('64');
    expect(talk.type('SHOW/GEN')).toContain('Parameters in use: Default');
    talk.type('SET MAXPROCESSCNT 80');
    expect(talk.sysboot.values).toBeUndefined();
    const { system } = talk.boot();
    expect(system.kernel.sys.SGN$GW_MAXPRCCT).toBe(80);
    const other = new Talk(diskWith({ MAXPROCESSCNT: 70 }));
    other.type('EXIT');
    expect(other.sysboot.values).toMatchObject({ MAXPROCESSCNT: 70, WRITESYSPARAMS: 0 });
  });

  test.each([
    ['SHOW MAXPROC', 0], ['SET QUANTUM 33', 1], ['SET QUANTUM 1', 1], ['SET QUANTUM MANY', 0], ['USE DEFAULT', 1], ['USE CURRENT', 0], ['USE OTHER', 1], ['USE NOSUCH', 0],
  ])('appC#24: after %s WRITESYSPARAMS is %i', (line, flag) => {
    const talk = new Talk(systemDisk((files) => [...files, { name: '[SYS0.SYSEXE]OTHER.PAR', bytes: encodeParameterFile({ MAXPROCESSCNT: 90 }), kind: 'fixed' }]));
    talk.type(line);
    const { system } = talk.boot();
    expect((system.kernel.sys.EXE$GL_DYNAMIC_FLAGS >>> 1) & 1).toBe(flag);
    expect(system.kernel.sys.SGN$GW_MAXPRCCT).toBe(line === 'USE OTHER' ? 90 : 64);
  });

  test('a parameter file that asks for too much memory is repaired by USE DEFAULT', () => {
    const talk = new Talk(diskWith({ NPAGEDYN: 0x4000_0000 }));
    expect(() => talk.boot()).toThrow(NotEnoughMemory);
    talk.sysboot.prompt();
    talk.type('USE DEFAULT');
    expect(talk.boot().text).toContain('Welcome');
  });

  test('a damaged file: a message, the defaults, and the conversation goes on', () => {
    const talk = new Talk(systemDisk((files) => files.map((file) => file.name === FILE ? { ...file, bytes: new Uint8Array(700).fill(7) } : file)));
    expect(talk.text).toBe('%SYSBOOT-E-BADPARFILE, SYS$SYSTEM:VAXVMSSYS.PAR is damaged or no parameter file\r\n\r\nSYSBOOT>  ');
    expect(talk.type('SHOW/GEN')).toContain('Parameters in use: Default');
  });

  test('messages, and what is typed wrong', () => {
    const talk = new Talk(systemDisk());
    const said = ['SET MAXPROCESSCNT 99999', 'SET MAXPROCESSCNT 1', 'SET NOSUCH 1', 'SHOW MAX', 'SET QUANTUM', 'SHOW/FROB', 'FROB', 'USE', 'USE NOSUCH', 'USE [A]B', 'WRITE CURRENT', '', '! nothing'].map((line) => talk.type(line)[0]);
    expect(said).toEqual([
      '%SYSBOOT-W-SETMAX, value set to maximum for parameter MAXPROCESSCNT', '%SYSBOOT-W-SETMIN, value set to minimum for parameter MAXPROCESSCNT',
      '%SYSBOOT-E-NOPARAM, no such parameter', '%SYSBOOT-E-AMBPARAM, ambiguous parameter name', '%SYSBOOT-E-SYNTAX, syntax error in command line',
      '%SYSBOOT-E-SYNTAX, syntax error in command line', '%SYSBOOT-E-CMDUNK, unrecognized command', '%SYSBOOT-E-SYNTAX, syntax error in command line',
      '%SYSBOOT-E-NOPARFILE, unable to locate SYS$SYSTEM:NOSUCH.PAR', '%SYSBOOT-E-SYNTAX, syntax error in command line', '%SYSBOOT-E-CMDUNK, unrecognized command', undefined, undefined,
    ]);
    for (const character of 'SET QUANTUM 99\x15SET QUANTUN\x7fM 44\x07\r') talk.sysboot.receive(character.charCodeAt(0));
    expect(talk.value('QUANTUM')).toBe('44');
  });

  test('any bytes: it answers and goes on', () => {
    const talk = new Talk(systemDisk());
    let seed = 4711;
    for (let count = 0; count < 20_000; count += 1) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      const byte = seed >>> 24;
      if (!'CEce'.includes(String.fromCharCode(byte))) talk.sysboot.receive(byte);
    }
    talk.sysboot.receive(0x15);
    expect(talk.type('USE CURRENT')).toEqual([]);
    expect(talk.value('QUANTUM')).toBe('20');
  });
});
