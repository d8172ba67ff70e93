import { describe, expect, test } from 'vitest';
import { structureSymbols } from '../../../src/executive/boot/symbols.js';
import { stubSource, type Flow, type Microroutine } from '../../../src/executive/gate/microroutine.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { findKnownImage } from '../../../src/executive/image/known-files.js';
import { OPCCRASH_IMAGE } from '../../../src/executive/exceptions/opccrash.js';
import { PRV$V_TMPMBX } from '../../../src/executive/starlet/prvdef.js';
import { SS$_NOPRIV } from '../../../src/executive/starlet/ssdef.js';
import { KFE } from '../../../src/executive/structures/kfe.js';
import { STRUCTURES } from '../../../src/executive/structures/index.js';
import { P1_CELLS } from '../../../src/executive/structures/p1-cells.js';
import { DCL_IMAGE } from '../../../src/dcl/index.js';
import { fileSystemImage } from '../../../src/filesystem/index.js';
import { assembleAbsolute } from '../../../src/macro/assembler.js';
import { RMS_IMAGE } from '../../../src/rms/index.js';
import { starletSymbol } from '../../../src/executive/starlet/symbols.js';
import { TestSystem } from '../../harness.js';
import { newDisk, WholeSystem } from '../../utilities/whole-system.js';

/** Which of these images a system that has all of them installs with privileges. */
function installed(names: readonly string[]): string[] {
  const nothing = function* (): Flow<number> { return 1; };
  const system = new TestSystem({ programs: Object.fromEntries(names.map((name) => [name, nothing])) });
  system.runUntilIdle(0);
  const { k } = system;
  return names.filter((name) => {
    const address = findKnownImage(k, k.sys.EXE$GL_KNOWN_FILES, name);
    return address !== 0 && KFE.at(k, address).KFE$Q_PROCPRIV !== 0n;
  });
}

/** The executive's own symbols, code and cells, that an image refers to: what it is linked with SYS.STB for. Without them it cannot be assembled. */
function executiveSymbolsOf({ source, routines }: { readonly source?: string; readonly routines: readonly Microroutine[] }): string[] {
  const { k } = new TestSystem({});
  const offsets = new Map<string, number>();
  for (const structure of STRUCTURES) structureSymbols(structure, offsets);
  const wanted = new Set<string>();
  const assemble = (executive: (name: string) => number | undefined): unknown => assembleAbsolute(`${source ?? ''}\n${stubSource(routines)}`, 'IMAGE', {
    origin: 0x200, microroutine: () => 1,
    symbols: (name) => offsets.get(name) ?? starletSymbol(name) ?? (name.startsWith('SYS$') ? 0x7ffe_de00 : executive(name)),
  });
  assemble((name) => {
    const value = k.symbols.get(name);
    if (value !== undefined) wanted.add(name);
    return value;
  });
  if (wanted.size > 0) expect(() => assemble(() => undefined)).toThrow();
  return [...wanted];
}

describe('images', () => {
  test('appA#1, appA#3, appA#13: which are installed with privileges', () => {
    expect(installed(['LOGINOUT', 'SHOW', 'SET', 'SETP0', 'SDA', 'SYSGEN', 'INSTALL'])).toEqual(['LOGINOUT', 'SHOW', 'SET', 'SETP0']);
    expect(installed(['MAIL', 'PHONE', 'RTPAD', 'SUBMIT', 'INIT', 'VERIFY', 'VMOUNT'])).toEqual(['MAIL', 'PHONE', 'RTPAD', 'SUBMIT']);
  });

  test('appA#6: AUTHORIZE is not installed with a privilege: the protection of its file decides', () => {
    expect(installed(['AUTHORIZE', 'SHOW'])).toEqual(['SHOW']);
    const system = new WholeSystem(newDisk());
    expect(system.type('DIRECTORY/SECURITY SYS$SYSTEM:SYSUAF.DAT')).toMatch(/\[1,4\]|SYSTEM/);
    expect(system.type('WRITE SYS$OUTPUT F$FILE_ATTRIBUTES("SYS$SYSTEM:SYSUAF.DAT","PRO")')).toMatch(/GROUP(=)?, WORLD(=)?\s/);
  });

  test('appA#7: OPCCRASH needs privilege, is not installed, and is linked with the executive', () => {
    expect(installed(['OPCCRASH'])).toEqual([]);
    expect(executiveSymbolsOf(OPCCRASH_IMAGE)).toContain('EXE$SHUTDOWN');
    const statuses: number[] = [];
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          const privileges = p.allocate(8);
          p.memory.writeLong(privileges, 1 << PRV$V_TMPMBX);
          yield* service(p, '$CREPRC', { image: p.string('SYS$SYSTEM:USER.EXE'), prvadr: privileges, baspri: 4 });
          return yield* service(p, '$HIBER', {});
        },
        USER: function* (p) {
          const list = p.allocate(4);
          statuses.push(yield* service(p, '$CMKRNL', { routin: p.kernel.symbol('EXE$LOAD_ERROR'), arglst: list }));
          return 1;
        },
      },
    });
    system.runUntilIdle(2);
    expect(statuses).toEqual([SS$_NOPRIV]);
  });

  test('DCL is linked with the executive; the code of RMS refers to itself only', () => {
    expect(executiveSymbolsOf(DCL_IMAGE)).not.toEqual([]);
    expect(executiveSymbolsOf(RMS_IMAGE)).toEqual([]);
  });
});

describe('processes of the whole system', () => {
  test('appA#2, appA#8, appA#10: the job controller runs JOBCTL.EXE; the file system is F11BXQP in each process; SHOW has its own privileges', () => {
    const system = new WholeSystem(newDisk());
    const pid = system.process('JOB_CONTROL')!.PCB$L_EPID.toString(16);
    expect(system.type(`WRITE SYS$OUTPUT F$GETJPI("${pid}","IMAGNAME")`)).toContain('JOBCTL.EXE');
    const { k } = system;
    expect(fileSystemImage().name).toBe('F11BXQP');
    const entry = k.readLong(k.symbol('XQP$GL_SECTIONS'));
    const image = system.system.boot;
    expect(image.space.end).toBeGreaterThan(entry);
    const session = system.process('SYSTEM')!.address;
    let inProcess = 0;
    for (let count = 0; count < 2_000_000 && inProcess === 0; count += 1) {
      if (count === 0) for (const character of 'SHOW TIME\r') system.system.machine.console.receive(character.charCodeAt(0));
      system.system.machine.run(1);
      const isSession = k.pcb.address === session && !k.cpu.onInterruptStack && k.cpu.probe(k.p1.address, 512, 0, false);
      if (isSession) inProcess = k.readLong(k.p1.address + P1_CELLS.offset.CTL$GL_F11BXQP);
    }
    expect(inProcess).toBe(entry);
    system.run(1);
    expect(system.type('SET PROCESS/PRIVILEGES=(NOALL,TMPMBX)')).not.toContain('%');
    expect(system.type('WRITE SYS$OUTPUT F$PRIVILEGE("NOCMKRNL")')).toContain('TRUE');
    // It looks into the I/O database in kernel mode.
    expect(system.type('SHOW DEVICES')).toContain('DUA0:');
    expect(system.type('RUN SYS$SYSTEM:OPCCRASH')).toContain('NOPRIV');
  });
});
