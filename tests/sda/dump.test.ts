import { beforeAll, describe, expect, test } from 'vitest';
import { assembleModule } from '../../src/macro/object/module.js';
import { PR$_SCBB } from '../../src/emulator/processor-registers.js';
import { PCB } from '../../src/executive/structures/pcb.js';
import { PHD } from '../../src/executive/structures/phd.js';
import { SCH_STATE_NAMES } from '../../src/executive/structures/sch.js';
import { UCB } from '../../src/executive/structures/ucb.js';
import { PRT$C_UR } from '../../src/executive/structures/pte.js';
import { P1_LAYOUT } from '../../src/executive/structures/p1-layout.js';
import { LiveTarget } from '../../src/sda/live-target.js';
import { Sda } from '../../src/sda/sda.js';
import type { TestSystem } from '../harness.js';
import { crashDump, openDump, say, symbolsOf, waitingSystem } from './crashed.js';

const hex8 = (value: number): string => (value >>> 0).toString(16).toUpperCase().padStart(8, '0');

let system: TestSystem;
let dump: Uint8Array;
/** Where the processor was when the crash began. */
let pcBeforeCrash: number;
/** A fresh SDA on the dump for every test: the process in view is part of its state. */
const analyzer = (): Sda => openDump(dump, symbolsOf(system));

beforeAll(() => {
  system = waitingSystem();
  pcBeforeCrash = system.k.register(15);
  dump = crashDump(system);
});

describe('a dump of a system with waiting processes', () => {
  test('SHOW SUMMARY gives each process the state its PCB had', () => {
    const lines = say(analyzer(), 'SHOW SUMMARY').split('\n');
    for (const name of ['NULL', 'SWAPPER', 'SYSINIT', 'FIRST', 'SECOND']) {
      const pcb = system.process(name)!;
      const line = lines.find((text) => text.includes(` ${name} `))!;
      expect(line).toContain(hex8(pcb.PCB$L_EPID));
      expect(line).toContain(hex8(pcb.address));
      expect(line).toMatch(new RegExp(` ${SCH_STATE_NAMES[pcb.PCB$W_STATE]!} +${31 - pcb.PCB$B_PRI} `));
    }
    expect(lines.find((text) => text.includes(' FIRST '))).toMatch(/HIB/);
    expect(lines.find((text) => text.includes(' SECOND '))).toMatch(/LEF/);
  });

  test('SHOW CRASH names the bugcheck, the process and the registers', () => {
    const text = say(analyzer(), 'SHOW CRASH');
    expect(text).toContain('Reason for BUGCHECK exception: OPERCRASH, Operator forced system crash');
    expect(text).toContain('VAX/VMS VERSION V4.4');
    expect(text).toContain('Process currently executing: NULL');
    expect(text).toContain(`PC  = ${hex8(pcBeforeCrash)}`);
    expect(text).toContain(`SCBB = ${hex8(system.k.cpu.readPR(PR$_SCBB))}`);
  });

  test('SHOW PROCESS/REGISTERS: saved registers come from the process header', () => {
    const pcb = system.process('SECOND')!;
    const phd = PHD.at(system.k, pcb.PCB$L_PHD);
    const text = say(analyzer(), 'SHOW PROCESS SECOND/REGISTERS');
    expect(text).toContain(`PC  = ${hex8(phd.PHD$L_PC)}`);
    expect(text).toContain(`PSL = ${hex8(phd.PHD$L_PSL)}`);
    expect(text).toContain('PC at SYS$WAITFR+002');
    expect(text).toContain('USER    USER');
  });

  test('P1 space is that of the process in view', () => {
    const sda = analyzer();
    const pcbOf = (name: string): string => hex8(system.process(name)!.address);
    expect(say(sda, 'SET PROCESS FIRST', 'EXAMINE CTL$GL_PCB')).toContain(`CTL$GL_PCB:  ${pcbOf('FIRST')}`);
    expect(say(sda, 'SET PROCESS SECOND', 'EXAMINE CTL$GL_PCB')).toContain(`CTL$GL_PCB:  ${pcbOf('SECOND')}`);
    expect(say(sda, `SET PROCESS/INDEX=${(system.process('FIRST')!.PCB$L_PID & 0xffff).toString(16)}`, 'EVALUATE PCB')).toContain(pcbOf('FIRST'));
    expect(say(sda, 'SHOW PROCESS NOBODY')).toBe('%SDA-E-BADPROC, no such process');
  });

  test('appB#25: FORMAT lays a block out by its type byte, at the offsets of the executive', () => {
    const pcb = system.process('FIRST')!;
    const sda = analyzer();
    const text = say(sda, 'SET PROCESS FIRST', 'FORMAT PCB');
    expect(text).toContain(`${hex8(pcb.address + PCB.offset.PCB$L_PHD)}   PCB$L_PHD            ${hex8(pcb.PCB$L_PHD)}`);
    expect(text).toContain('"FIRST"');
    expect(say(sda, 'FORMAT/TYPE=PHD PHD')).toContain(`PHD$L_PC             ${hex8(PHD.at(system.k, pcb.PCB$L_PHD).PHD$L_PC)}`);
    expect(say(sda, 'FORMAT PHD')).toBe(say(sda, 'FORMAT/TYPE=PHD PHD'));
    expect(say(sda, 'FORMAT 80000000')).toBe('%SDA-E-INVBLKTYP, invalid block type in specified block');
    expect(say(sda, 'FORMAT/TYPE=XYZ PCB')).toBe('%SDA-E-NOSYMBOLS, no XYZ symbols found to format this block');
  });

  test('indirection: EXAMINE @SCH$GL_CURPCB+PCB$L_PHD', () => {
    const { k } = system;
    expect(say(analyzer(), 'EXAMINE @SCH$GL_CURPCB+PCB$L_PHD')).toContain(hex8(PCB.at(k, k.sys.SCH$GL_CURPCB).PCB$L_PHD));
  });

  test('appB#13: SHOW SYMBOL gives value and contents', () => {
    const { k } = system;
    expect(say(analyzer(), 'SHOW SYMBOL SCH$GL_CURPCB')).toBe(`${'SCH$GL_CURPCB'.padEnd(31)} = ${hex8(k.symbol('SCH$GL_CURPCB'))} : ${hex8(k.sys.SCH$GL_CURPCB)}`);
    expect(say(analyzer(), 'SHOW SYMBOLS/ALL SCH$GL_').split('\n').length).toBeGreaterThan(15);
    expect(say(analyzer(), 'SHOW SYMBOL NOSUCH')).toContain('%SDA-E-UNDEFSYM');
  });

  test('appB#12: a symbol for every driver', () => {
    expect(say(analyzer(), 'FORMAT MBDRIVER')).toContain('"MBDRIVER"');
    expect(say(analyzer(), 'EVALUATE NLDRIVER')).toMatch(/^Hex = 8/);
  });

  test('instructions are disassembled, microroutines named', () => {
    const text = say(analyzer(), 'EXAMINE/INSTRUCTION SCH$RESCHED;8');
    expect(text).toContain('SCH$RESCHED:');
    expect(text).toMatch(/SVPCTX/);
    expect(text).toMatch(/XFC {5}#[0-9A-F]{4} {3}; SCH_REQUEUE/);
  });

  test('EVALUATE in both radixes with symbols; PSL, PTE, condition values', () => {
    const sda = analyzer();
    expect(say(sda, 'EVALUATE ^D100')).toMatch(/^Hex = 00000064 {3}Decimal = {8}100/);
    expect(say(sda, 'DEFINE TEN = A', 'EVALUATE (((TEN * 6) + (-1/4)) + 6)')).toMatch(/^Hex = 00000042 {3}Decimal = {9}66/);
    expect(say(sda, 'EVALUATE/SYMBOLS TEN')).toMatch(/TEN$/m);
    expect(say(sda, 'EVALUATE/PSL 04080009').split('\n')[1]!.trim().split(/\s+/)).toEqual(
      ['0', '0', '0', '1', 'KERN', 'KERN', '08', '0', '0', '0', '0', '1', '0', '0', '1']);
    expect(say(sda, 'EVALUATE/PTE ABCDFFEE')).toMatch(/Vld=1 {2}Prot=EW {2}M=0 {2}Own=U {2}PFN 0DFFEE/);
    expect(say(sda, 'EVALUATE/CONDITION 2C')).toBe('%SYSTEM-F-ABORT, abort');
  });

  test('pool lists and scheduler queues validate', () => {
    const sda = analyzer();
    const pool = say(sda, 'SHOW POOL/SUMMARY');
    expect(pool).toContain('All pool lists are well formed');
    expect(pool).toMatch(/\d+ PCB +=/);
    expect(say(sda, 'VALIDATE SCHEDULER')).toBe('Scheduler queues are well formed');
    expect(say(sda, 'VALIDATE QUEUE SCH$AQ_WQHDR+^D12*7')).toMatch(/Queue is complete, total of 3 elements/);
    expect(say(sda, 'VALIDATE QUEUE SCH$GL_PCBVEC')).toMatch(/%SDA-E-BADQUEUE/);
  });

  test('SHOW POOL/TYPE shows the blocks of that type', () => {
    const text = say(analyzer(), 'SHOW POOL/NONPAGED/HEADER/TYPE=PCB');
    for (const name of ['SYSINIT', 'FIRST', 'SECOND']) expect(text).toContain(hex8(system.process(name)!.address));
    expect(say(analyzer(), 'SHOW POOL/TYPE=NOSUCH')).toContain('%SDA-E-IVKEYW');
  });

  test('the pool walk accounts for every byte of the regions', () => {
    const text = say(analyzer(), 'SHOW POOL/NONPAGED/SUMMARY');
    const { k } = system;
    expect(text).toContain(`out of ${k.sys.MMG$GL_NPAGNEXT - k.sys.MMG$GL_NPAGEDYN} total bytes`);
  });

  test('SHOW DEVICE lists controllers and shows a unit', () => {
    const sda = analyzer();
    const table = say(sda, 'SHOW DEVICE');
    for (const name of ['OPA', 'MBA', 'NLA']) expect(table).toMatch(new RegExp(`^[0-9A-F]{8}  ${name} `, 'm'));
    const unit = say(sda, 'SHOW DEVICE NLA0');
    expect(unit).toMatch(/^NLA0: +UCB address: +[0-9A-F]{8}/);
    expect(unit).toContain('ONLINE');
    expect(unit).toMatch(/I\/O wait queue +empty$/m);
    expect(say(sda, 'EVALUATE UCB')).toMatch(/Hex = 8/);
    expect(say(sda, 'SHOW DEVICE ZZA0')).toBe('%SDA-E-NOSUCHDEV, no such device: ZZA0');
    expect(say(sda, 'EXAMINE UCB+UCB$W_UNIT')).toMatch(new RegExp(`\\+0*${UCB.offset.UCB$W_UNIT.toString(16).toUpperCase()}: `));
  });

  test('stacks: the top is marked, addresses are named', () => {
    const text = say(analyzer(), 'SET PROCESS FIRST', 'SHOW STACK/USER');
    const sp = PHD.at(system.k, system.process('FIRST')!.PCB$L_PHD).PHD$L_USP;
    expect(text).toContain(` SP =>          ${hex8(sp)}`);
    expect(text).toContain('EXE$PROCSTRT');
    expect(say(analyzer(), 'SET PROCESS FIRST', 'SHOW STACK/KERNEL')).toContain('(STACK IS EMPTY)');
  });

  test('call frames lead up to the process startup code', () => {
    const text = say(analyzer(), 'SET PROCESS FIRST', 'SHOW CALL_FRAME/ALL');
    expect(text).toContain('EXE$CATCH_ALL');
    expect(text).toContain('End of the call frames');
  });

  test('appB#15, appB#14: page tables', () => {
    const system_ = say(analyzer(), 'SHOW PAGE_TABLE/SYSTEM');
    expect(system_).toMatch(/^80000000 [0-9A-F]{8} [0-9A-F]{8} VALID KESU NONE/m);
    const p1 = say(analyzer(), 'SHOW PROCESS FIRST/PAGE_TABLES/P1');
    expect(Math.max(...system_.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(p1).toMatch(/^7FFEFE00 .* VALID KESU K---/m);
    expect(p1).toMatch(/^7FFE7800 .* VALID KES- K---/m);
    expect(p1).not.toContain('P0 page table');
    const vectors = P1_LAYOUT.find((area) => area.label === 'P1SYSVECTORS')!;
    expect(vectors.protection).toBe(PRT$C_UR);
    for (let page = 0; page < vectors.pages; page += 1) expect(p1).toMatch(new RegExp(`^${hex8(vectors.base + 512 * page)} .* VALID KESU NONE`, 'm'));
  });

  test('the free page list is followed to its end and counted', () => {
    const text = say(analyzer(), 'SHOW PFN_DATA/FREE');
    expect(text).toContain(`${system.k.sys.SCH$GL_FREECNT} pages on the list`);
    expect(text).not.toContain('%SDA-W');
  });

  test('SEARCH finds a value in memory', () => {
    const { k } = system;
    const pcb = system.process('FIRST')!;
    const vector = k.sys.SCH$GL_PCBVEC;
    const index = pcb.PCB$L_PID & 0xffff;
    const text = say(analyzer(), `SEARCH ${hex8(vector)};100 ${hex8(pcb.address)}`);
    expect(text).toContain(hex8(vector + 4 * index));
    expect(say(analyzer(), `SEARCH ${hex8(vector)};100 12345678`)).toContain('%SDA-I-NOMATCH');
  });

  test('what is not there is said, not invented', () => {
    const sda = analyzer();
    expect(say(sda, 'EXAMINE 0')).toBe('%SDA-E-NOREAD, unable to access location 00000000');
    expect(say(sda, 'EXAMINE 100:220')).toBe('Virtual locations 00000100 through 00000220 are not in physical memory');
    expect(say(sda, 'FORMAT 0')).toContain('%SDA-E-NOREAD');
    expect(say(sda, 'EXAMINE C0000000')).toContain('%SDA-E-NOREAD');
  });

  test('ranges: zeros are suppressed unless asked for', () => {
    const sda = analyzer();
    const base = hex8(system.k.symbol('LNM$AL_HASHTBL'));
    expect(say(sda, `EXAMINE ${base};10`)).toMatch(/^([0-9A-F]{8} ){4} .{16} {2}[0-9A-F]{8}$/);
    const zeros = `${hex8(system.k.sys.EXE$GL_INTSTKLM)};40`;
    expect(say(sda, `EXAMINE ${zeros}`)).toMatch(/^Zeros suppressed from [0-9A-F]{8} to [0-9A-F]{8}$/);
    expect(say(sda, `EXAMINE/NOSUPPRESS ${zeros}`).split('\n')).toHaveLength(4);
  });

  test('commands: abbreviation, ambiguity, repetition, help, files', () => {
    const written: string[] = [];
    const sda = openDump(dump, symbolsOf(system), {
      readText: (name) => ({ 'more.sym': 'MY_SYMBOL = 80000200\nOTHER == ^X10\n; nothing', 'do.sda': '! comment\nEVALUATE MY_SYMBOL\n' })[name],
      create: () => ({ write: (line) => { written.push(line); }, close: () => { written.push('(closed)'); } }),
    });
    expect(say(sda, 'S P')).toBe('%SDA-E-ABVERB, ambiguous command verb - supply more characters\n \\S\\');
    expect(say(sda, 'FOO')).toContain('%SDA-E-IVVERB');
    expect(say(sda, 'SHOW P')).toContain('%SDA-E-ABKEYW');
    expect(say(sda, 'SHOW SUMMARY/FOO')).toContain('%SDA-E-IVQUAL');
    expect(say(sda, 'READ more.sym', '@do.sda')).toMatch(/READSYM.*\nHex = 80000200/);
    expect(say(sda, 'EVAL 1', 'REPEAT').match(/Hex = 00000001/g)).toHaveLength(2);
    expect(say(sda, 'HELP')).toContain('SHOW SUMMARY');
    expect(say(sda, 'HELP SHOW POOL')).toContain('/TYPE=block-type');
    expect(say(sda, 'SET OUTPUT x.lis', 'EVALUATE 2', 'SET NOOUTPUT')).toBe('');
    expect(written[0]).toContain('Hex = 00000002');
    expect(written.at(-1)).toBe('(closed)');
    expect(sda.isDone).toBe(false);
    say(sda, 'EXIT');
    expect(sda.isDone).toBe(true);
  });
});

describe('symbols', () => {
  test('READ takes object modules and their global definitions', () => {
    const records = assembleModule('BASE == ^X80000200\nOFFSET == ^X10\nLOCAL = 5\n.END\n', 'SYMBOLS.MAR');
    const sda = openDump(dump, symbolsOf(system), { readRecords: () => records });
    expect(say(sda, 'READ SYMBOLS.STB')).toBe('%SDA-I-READSYM, reading symbol table  SYMBOLS.STB');
    expect(say(sda, 'EVALUATE BASE+OFFSET')).toContain('Hex = 80000210');
    expect(say(sda, 'EVALUATE LOCAL')).toContain('%SDA-E-UNDEFSYM');
    expect(say(openDump(dump, symbolsOf(system), { readRecords: () => [Uint8Array.of(9, 9, 9)] }), 'READ X')).toContain('%SDA-W-NOSYMBOLS');
    expect(say(analyzer(), 'READ X')).toBe('%SDA-E-OPENIN, error opening X as input');
  });

  test('symbols of another build are announced', () => {
    const { k } = system;
    const address = k.symbol('MMG$FRSTRONLY');
    const bytes = k.readBytes(address, 600);
    const warnings = (code: Uint8Array): string[] => [...openDump(dump, { ...symbolsOf(system), code: { address, bytes: code } }).warnings()];
    expect(warnings(bytes)).toEqual([]);
    bytes[599]! ^= 1;
    expect(warnings(bytes)).toEqual([expect.stringContaining('%SDA-W-SYMVERMISM')]);
  });
});

describe('the running system', () => {
  test('answers the same as its dump', () => {
    const live = new Sda(new LiveTarget(system.system.machine.memory, system.k.cpu), symbolsOf(system));
    const dead = analyzer();
    for (const command of ['SHOW SUMMARY', 'SHOW PROCESS SECOND', 'SHOW PROCESS FIRST/PHD', 'SHOW DEVICE', 'SHOW POOL/SUMMARY', 'SET PROCESS FIRST', 'EXAMINE CTL$GL_PCB;100']) {
      expect(say(live, command)).toBe(say(dead, command));
    }
    expect(say(live, 'SHOW CRASH')).toBe('%SDA-E-CMDNOTVLD, command not valid on the running system');
    expect([...live.banner()].join('\n')).toContain('VAX/VMS System analyzer');
  });
});
