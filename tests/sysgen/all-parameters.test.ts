import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PARAMETERS, textValue, valueText } from '../../src/executive/boot/parameters.js';
import { PARAMETER_CELLS, PARAMETER_FLAGS, PQL_NAMES, SYSTEM_CELLS } from '../../src/executive/structures/system-cells.js';
import { PCB } from '../../src/executive/structures/pcb.js';
import { PIO_BASE, PIO_CELLS } from '../../src/executive/structures/p1-cells.js';
import { readCounted } from '../../src/executive/structures/memory.js';
import { p1Long } from '../executive/boot/p1-reader.js';
import { Console, systemDisk } from './console.js';

/** Every parameter of Appendix C, and what changing one does. */

describe('the table', () => {
  test('has every parameter of appendix C but the name of the quorum disk, in its cell and not larger than that', () => {
    const names = PARAMETERS.filter(({ isHidden }) => !isHidden).map(({ name }) => name);
    const wanted = [...PARAMETER_CELLS.map(([name]) => name), ...PARAMETER_FLAGS.map(([name]) => name), ...PQL_NAMES.slice(1).flatMap((kind) => [`PQL_D${kind}`, `PQL_M${kind}`])];
    expect(names.toSorted()).toEqual(wanted.filter((name) => name !== 'DISK_QUORUM').toSorted());
    for (const { name, cell, default: standard, minimum, maximum, characters } of PARAMETERS) {
      expect(standard, name).toBeGreaterThanOrEqual(minimum);
      if (maximum !== -1) expect(standard, name).toBeLessThanOrEqual(maximum);
      const size = SYSTEM_CELLS.fields.find((field) => field.name === cell)!.size;
      if (characters === undefined && maximum > 0 && size < 4) expect(maximum, name).toBeLessThan(0x100 ** size);
    }
    for (const [name, cell] of PARAMETER_CELLS) if (name !== 'DISK_QUORUM') expect(PARAMETERS.find((each) => each.name === name)!.cell).toBe(cell);
  });

  test('docs/parameters.md names all that nothing reads', () => {
    const text = (directory: string): string => readdirSync(directory).map((name) => {
      const path = join(directory, name);
      if (statSync(path).isDirectory()) return text(path);
      return /\.(ts|mar|com)$/.test(name) && !/(system-cells|parameters|getsyi-items|syidef)\.ts$/.test(name) ? readFileSync(path, 'utf8') : '';
    }).join('\n');
    const code = text('src');
    const reads = ({ cell, name, bit }: (typeof PARAMETERS)[number]): boolean => {
      if (bit === undefined) return code.includes(cell) || code.includes(cell.replace('$GL_', '$GB_')) || code.includes(`'${name}'`) || code.includes(`"${name}"`);
      const flag = Object.keys(SYSTEM_CELLS.mask).find((each) => SYSTEM_CELLS.bits.some((field) => field.name === each && field.bit === bit && (field.field === cell || (cell === 'EXE$GL_DEFFLAGS' && field.field === 'EXE$GL_FLAGS'))));
      return code.includes(`'${name}'`) || code.includes(`"${name}"`) || (flag !== undefined && code.includes(flag));
    };
    const unread = PARAMETERS.filter((each) => !each.isHidden && !reads(each)).map(({ name }) => name);
    const listed = readFileSync('docs/parameters.md', 'utf8').split('## Without effect')[1]!.match(/`[A-Z][A-Z0-9_]+`/g)!.map((name) => name.slice(1, -1));
    expect(unread.filter((name) => !listed.includes(name))).toEqual([]);
  });

  test('texts are values and back', () => {
    for (const [text, characters] of [['STARLT', 6], ['A', 6], ['', 4], ['TT', 2]] as const) expect(valueText(textValue(text, characters), characters)).toBe(text);
  });
});

describe('parameters act', () => {
  test('SCSNODE: shown in quotation marks, set at the SYSGEN prompt, and the name of the node at the next boot', () => {
    const disk = systemDisk();
    const console = new Console(disk);
    console.type('MCR SYSGEN');
    expect(console.type('SHOW SCSNODE').at(-1)).toMatch(/^SCSNODE +"STARLT" +"STARLT" +"      " +"ZZZZZZ" Ascii$/);
    expect(console.type('SET SCSNODE TOOLONG')).toEqual(['%SYSGEN-E-SYNTAX, syntax error in command line']);
    console.type('SET SCSNODE "VENUS"', 'WRITE CURRENT', 'EXIT');
    const next = new Console(disk);
    expect(next.type('WRITE SYS$OUTPUT F$GETSYI("NODENAME"),"/",F$TRNLNM("SYS$NODE")')).toEqual(['VENUS/VENUS::']);
  });

  test('SET/STARTUP: the procedure that the process STARTUP runs', () => {
    const disk = systemDisk((files) => [...files, { name: '[SYS0.SYSEXE]MINE.COM', kind: 'stream-lf', bytes: new TextEncoder().encode('$ WRITE SYS$OUTPUT "this is mine"\n$ @SYS$SYSTEM:STARTUP.COM\n') }]);
    const console = new Console(disk);
    console.type('MCR SYSGEN');
    expect(console.type('SHOW/STARTUP')).toEqual(['Startup command file = SYS$SYSTEM:STARTUP.COM']);
    expect(console.type(`SET/STARTUP SYS$SYSTEM:${'X'.repeat(40)}.COM`)).toEqual(['%SYSGEN-E-SYNTAX, syntax error in command line']);
    console.type('SET/STARTUP SYS$SYSTEM:MINE.COM', 'WRITE CURRENT', 'EXIT');
    const next = new Console(disk);
    expect(next.text).toContain('this is mine');
    expect(next.text).toContain('Welcome');
    expect(next.type('MCR SYSGEN SHOW/STARTUP')).toEqual(['Startup command file = SYS$SYSTEM:MINE.COM']);
  });

  test('RMS_DFMBC becomes PIO$GB_DFMBC of a new process', () => {
    const { kernel: k } = new Console(systemDisk(), { parameters: { RMS_DFMBC: 7 } }).system;
    for (let index = 2, seen = 0; index <= k.sys.SCH$GL_MAXPIX; index += 1) {
      const pcb = k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index);
      if (readCounted(k, pcb + PCB.offset.PCB$T_LNAME) !== 'SYSTEM') continue;
      const at = PIO_BASE + PIO_CELLS.offset.PIO$GB_DFMBC;
      expect((p1Long(k, pcb, at & ~3)! >>> (8 * (at & 3))) & 0xff).toBe(7);
      seen += 1;
      expect(seen).toBe(1);
    }
  });

  test('MAXPROCESSCNT, BALSETCNT, QUANTUM, CHANNELCNT, LOCKIDTBL and the pools: another value, another system', () => {
    const values = { MAXPROCESSCNT: 30, BALSETCNT: 25, QUANTUM: 45, CHANNELCNT: 60, LOCKIDTBL: 300, NPAGEDYN: 600 * 512, PAGEDYN: 900 * 512, SRPCOUNT: 300, IRPCOUNT: 90, LRPCOUNT: 9, WSMAX: 1500 };
    const console = new Console(systemDisk(), { parameters: values });
    const { sys } = console.system.kernel;
    expect([sys.SCH$GL_MAXPIX, sys.SGN$GL_BALSETCT, sys.SCH$GW_QUAN, sys.IOC$GL_SRPCNT, sys.IOC$GL_IRPCNT, sys.IOC$GL_LRPCNT]).toEqual([29, 25, 45, 300, 90, 9]);
    expect(console.type('SHOW MEMORY/POOL').join('\n')).toMatch(/300\b[\s\S]*90\b|90\b[\s\S]*300\b/);
    expect(console.type('WRITE SYS$OUTPUT F$GETSYI("WSMAX")')).toEqual(['1500']);
  });
});
