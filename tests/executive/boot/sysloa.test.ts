import { describe, expect, test } from 'vitest';
import { PR$_MAPEN, PR$_SCBB, PR$_SID, PR$_TODR } from '../../../src/emulator/processor-registers.js';
import { executiveSymbols } from '../../../src/executive/boot/symbols.js';
import { SYSLOA_IMAGE } from '../../../src/executive/boot/sysloa.js';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { LOA$CON_STARTIO } from '../../../src/executive/io/drivers/console-port.js';
import { EXE$ALONONPAGED } from '../../../src/executive/pool/nonpaged.js';
import { PR$_SID_TYP780 } from '../../../src/executive/starlet/prdef.js';
import { SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { readQuad, writeQuad } from '../../../src/executive/structures/memory.js';
import { PTE$M_PFN } from '../../../src/executive/structures/pte.js';
import { SYSLOA_VECTORS } from '../../../src/executive/structures/system-cells.js';
import { Console, systemDisk } from '../../sysgen/console.js';
import { TestSystem, type Program } from '../../harness.js';

/** Appendix G and chapter 25.1.3: routines of one processor behind vectors of the executive. */

const JMP_ABSOLUTE = 0x9f17;

function booted(): TestSystem {
  const system = new TestSystem({});
  system.runUntilIdle(0);
  return system;
}

/** Where a vector leads. */
const target = (k: TestSystem['k'], name: string): number => k.readLong(k.symbol(name) + 2);

describe('SYSLOA780', () => {
  test('appG#2 appG#3: the image is that of the processor\'s type, and MMG$GL_SYSLOA_BASE and SDA\'s symbol SYSLOA are its base', () => {
    const console = new Console(systemDisk());
    const { kernel: k } = console.system;
    expect(k.cpu.readPR(PR$_SID) >>> 24).toBe(PR$_SID_TYP780);
    expect(SYSLOA_IMAGE.name).toBe('SYSLOA780');
    const base = k.readLong(k.symbol('MMG$GL_SYSLOA_BASE'));
    expect(base).toBe(k.symbol('LOA$LOAVEC'));
    console.type('ANALYZE/SYSTEM');
    expect(console.type('EVALUATE SYSLOA').join(' ')).toContain(`Hex = ${base.toString(16).toUpperCase().padStart(8, '0')}`);
  });

  test('appC#18 ch25#5: before EXE$LINK_VEC, and for ever when the image has no routine, a vector leads to the HALT of EXE$LOAD_ERROR', () => {
    const system = new TestSystem({});
    const { k } = system;
    for (let count = 0; k.cpu.readPR(PR$_MAPEN) === 0 || k.register(15) < 0x8000_0000; count += 1) {
      expect(count).toBeLessThan(20);
      system.system.machine.run(1);
    }
    for (const { name } of SYSLOA_VECTORS) expect([k.readWord(k.symbol(name)), target(k, name)], name).toEqual([JMP_ABSOLUTE, k.symbol('EXE$LOAD_ERROR')]);
    k.jump(k.symbol('EXE$READ_TODR'));
    expect(system.system.machine.run(5)).toMatchObject({ kind: 'halt', code: 'HALT instruction' });
    const other = booted();
    expect(target(other.k, 'MA$REQUEST')).toBe(other.k.symbol('EXE$LOAD_ERROR'));
    other.k.jump(other.k.symbol('MA$REQUEST'));
    expect(other.system.machine.run(5)).toMatchObject({ kind: 'halt' });
  });

  test('appG#9: no vector that is used still leads to the HALT', () => {
    const { k } = booted();
    const used = ['EXE$MCHK', 'EXE$INT54', 'EXE$INT58', 'EXE$INT5C', 'EXE$INT60', 'EXE$INIPROCREG', 'EXE$INIT_TODR', 'EXE$READ_TODR', 'EXE$WRITE_TODR', 'EXE$REGSAVE', 'EXE$REGRESTOR'];
    for (const name of used) expect(target(k, name), name).not.toBe(k.symbol('EXE$LOAD_ERROR'));
  });

  test('appG#12 appG#13: machine checks and memory and bus errors enter at aligned vectors of eight bytes', () => {
    const { k } = booted();
    const scb = k.cpu.readPR(PR$_SCBB);
    for (const [vector, name] of [[0x04, 'EXE$MCHK'], [0x54, 'EXE$INT54'], [0x58, 'EXE$INT58'], [0x5c, 'EXE$INT5C'], [0x60, 'EXE$INT60']] as const) {
      expect(k.machine.memory.view.getUint32(scb + vector, true), name).toBe((k.symbol(name) | 1) >>> 0);
      expect(k.symbol(name) % 4, name).toBe(0);
      expect(SYSLOA_VECTORS.find((each) => each.name === name)!.size, name).toBe(8);
      expect(target(k, name), name).toBe(k.symbol(name.replace('EXE$', 'LOA$')));
    }
    // And it works: a machine check in the null process, kernel mode, is a bugcheck.
    const system = booted();
    system.system.machine.injectParityError();
    system.system.machine.run(50_000);
    expect(system.console).toContain('MACHINECHK');
  });

  test('another routine in a vector is what is called from then on', () => {
    const { k } = booted();
    k.writeLong(k.symbol('EXE$WRITE_TODR') + 2, k.symbol('LOA$READ_TODR'));
    k.setRegister(0, 5);
    k.jump(k.symbol('EXE$WRITE_TODR'));
    k.machine.run(2);
    expect(k.register(0)).toBeGreaterThan(5);
  });

  test('appG#14: what the console shows and what is typed go through the vectors CON$STARTIO, CON$INTINP and CON$INTOUT', () => {
    const console = new Console(systemDisk());
    const { kernel: k } = console.system;
    const shown = (): boolean => console.type('WRITE SYS$OUTPUT 40+2').some((line) => line.includes('42'));
    expect(shown()).toBe(true);
    for (const name of ['CON$STARTIO', 'CON$XON', 'CON$XOFF', 'CON$INTINP', 'CON$INTOUT']) expect(target(k, name), name).toBe(k.symbol(name.replace('CON$', 'LOA$CON_')));
    const connect = (vector: string, routine: string): void => { k.writeLong(k.symbol(vector) + 2, k.symbol(routine)); };
    connect('CON$STARTIO', 'LOA$CON_NULL');
    expect(shown()).toBe(false);
    connect('CON$STARTIO', 'LOA$CON_STARTIO');
    LOA$CON_STARTIO(k);                                       // it believes that it has been started
    expect(console.type('').join(' ')).toContain('42');
    // MFPR #PR$_RXDB,R3 and RSB: takes what is typed, and drops it.
    const deaf = EXE$ALONONPAGED(k, 16);
    k.writeBytes(deaf, Uint8Array.of(0xdb, 33, 0x53, 0x05));
    k.writeLong(k.symbol('CON$INTINP') + 2, deaf);
    expect(console.type('WRITE SYS$OUTPUT 50+3').join('')).not.toContain('WRITE');
    connect('CON$INTINP', 'LOA$CON_INTINP');
    expect(shown()).toBe(true);
  });

  test('appG#15 ch11#5: $SETIME writes the clock, 0x10000000 + 10 ms counts since 1 January, and recalibrates from it, through EXE$WRITE_TODR and EXE$READ_TODR', () => {
    const clocks: number[] = [];
    const program: Program = function* (p) {
      const { kernel } = p;
      const time = p.allocate(8);
      const set = function* (later: bigint): Flow<void> {
        writeQuad(p.memory, time, readQuad(p.memory, time) + later);
        expect(yield* service(p, '$SETIME', { timadr: time })).toBe(SS$_NORMAL);
        expect(kernel.sys.EXE$GQ_TODCBASE).toBe(readQuad(p.memory, time));
        clocks.push(kernel.sys.EXE$GL_TODR);
      };
      yield* service(p, '$GETTIM', { timadr: time });
      yield* set(0n);
      yield* set(30_000_000n);
      const shown = kernel.cpu.readPR(PR$_TODR) >>> 0;
      expect(shown - clocks[1]!).toBeLessThan(100);
      // A processor whose clock cannot be written, and always shows the same.
      const stopped = EXE$ALONONPAGED(kernel, 16);
      kernel.writeBytes(stopped, Uint8Array.of(0xd0, 0x8f, 0, 0, 0, 0x11, 0x50, 0x05));                // MOVL #^X11000000,R0  RSB
      kernel.writeLong(kernel.symbol('EXE$WRITE_TODR') + 2, stopped);
      kernel.writeLong(kernel.symbol('EXE$READ_TODR') + 2, stopped);
      yield* set(600_000_000n);
      expect((kernel.cpu.readPR(PR$_TODR) >>> 0) - shown).toBeLessThan(100);
      kernel.sys.EXE$GL_TODR = 0x1100_0000 - 500;
      const base = kernel.sys.EXE$GQ_TODCBASE;
      expect(yield* service(p, '$SETIME', {})).toBe(SS$_NORMAL);
      expect(kernel.sys.EXE$GQ_SYSTIME - base).toBe(50_000_000n);
      clocks.push(0);
      return yield* service(p, '$HIBER', {});
    };
    const system = new TestSystem({ programs: { SYSINIT: program } });
    system.runUntilIdle(2);
    expect(clocks).toHaveLength(4);
    expect(clocks[0]).toBeGreaterThanOrEqual(0x1000_0000);
    expect([clocks[1]! - clocks[0]!, clocks[2]! - clocks[1]!]).toEqual([300, 6000]);
  });

  test('appG#10: I/O space is laid out as $IO780DEF says, and by nothing else: adapters are looked for there, and no other page of I/O space is mapped', () => {
    const { kernel: k, machine } = new Console(systemDisk()).system;
    const known = executiveSymbols(0, 0);
    const [base, size, count] = ['IO780$AL_IOBASE', 'IO780$AL_PERNEX', 'IO780$AL_NNEX'].map((name) => known(name)!) as [number, number, number];
    expect([base, size, count]).toEqual([0x2000_0000, 0x2000, 16]);
    for (const other of ['IO730$AL_IOBASE', 'IO750$AL_IOBASE', 'IO790$AL_IOBASE', 'IOUV1$AL_IOBASE']) expect(known(other)).toBeUndefined();
    expect(k.sys.EXE$GL_NUMNEXUS).toBe(count - 1);
    const pages = new Map<number, number>();
    for (let page = 0; page < k.sys.MMG$GL_SPTLEN; page += 1) {
      const pte = k.readLong(k.sys.MMG$GL_SPTBASE + 4 * page);
      const physical = (pte & PTE$M_PFN) * 512;
      if (pte >>> 31 !== 0 && physical >= machine.memory.size) pages.set(0x8000_0000 + 512 * page, physical);
    }
    let adapters = 0;
    for (let nexus = 0; nexus < count; nexus += 1) {
      if (k.readByte(k.sys.EXE$GL_CONFREG + nexus) === 0) continue;
      adapters += 1;
      const registers = k.readLong(k.sys.MMG$GL_SBICONF + 4 * nexus);
      for (let at = 0; at < size; at += 512) {
        expect(pages.get(registers + at)).toBe(base + nexus * size + at);
        pages.delete(registers + at);
      }
    }
    expect(adapters).toBeGreaterThan(1);
    expect([...pages]).toEqual([]);
  });
});
