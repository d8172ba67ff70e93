import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { DMP } from '../../src/executive/exceptions/dump-format.js';
import { RSB } from '../../src/executive/structures/lock.js';
import { PHD } from '../../src/executive/structures/phd.js';
import { ArrayMemory } from '../../src/executive/structures/memory.js';
import { DumpTarget, dumpBytesOf } from '../../src/sda/dump-target.js';
import { SdaError } from '../../src/sda/error.js';
import { COMMANDS, type Sda } from '../../src/sda/sda.js';
import type { SdaFiles } from '../../src/sda/session.js';
import type { SystemSymbols } from '../../src/sda/symbols.js';
import { knownQueues } from '../../src/sda/known-queues.js';
import { crashDump, openDump, say, symbolsOf, waitingSystem } from './crashed.js';
import type { TestSystem } from '../harness.js';

const MEGABYTES = 4;
let system: TestSystem;
let dump: Uint8Array;
let symbols: SystemSymbols;

beforeAll(() => {
  system = waitingSystem({ memoryMegabytes: MEGABYTES });
  dump = crashDump(system);
  symbols = symbolsOf(system);
});

function refusal(bytes: Uint8Array): string {
  try {
    return `opened ${new DumpTarget(dumpBytesOf(bytes)).kind}`;
  } catch (error) {
    return error instanceof SdaError ? error.ident : String(error);
  }
}

/** Files as the commands see them: one of symbols, one of commands, and what they write is thrown away. */
const FILES: SdaFiles = {
  readText: (name) => (name === 'LOOK.COM' ? 'SHOW CRASH\nEXAMINE .' : name === 'SYMBOLS.TXT' ? 'AA = 80000000' : undefined),
  create: () => ({ write: () => undefined, close: () => undefined }),
  createBlocks: () => ({ write: () => undefined, close: () => undefined }),
};

/** Each command of SDA with each of its qualifiers. */
const LINES = [
  'ATTACH X', 'COPY X.DMP', 'DEFINE AA = @SCH$GL_CURPCB', 'EVALUATE @SCH$GL_CURPCB+PCB$L_PHD', 'EVALUATE/PSL PSL', 'EVALUATE/PTE @MMG$GL_SPTBASE', 'EVALUATE/SYMBOLS @SCH$GL_CURPCB',
  'EVALUATE/CONDITION_VALUE R0', 'EXAMINE @SCH$GL_CURPCB;100', 'EXAMINE/INSTRUCTION PC;20', 'EXAMINE/NOSUPPRESS @SCH$GL_CURPCB;40', 'EXAMINE/P0', 'EXAMINE/P1', 'EXAMINE/SYSTEM', 'EXAMINE/ALL',
  'EXAMINE/PSL PSL', 'EXAMINE/PTE @MMG$GL_SPTBASE', 'EXAMINE/TIME EXE$GQ_SYSTIME', 'EXAMINE/CONDITION_VALUE R0', 'FORMAT PCB', 'FORMAT @SCH$GL_CURPCB', 'FORMAT/TYPE=PHD PHD', 'READ SYMBOLS.TXT',
  'READ/NOLOG/RELOCATE=4 SYMBOLS.TXT', 'READ/LOG NONE', 'SEARCH 80000000;2000 0', 'SEARCH/LENGTH=BYTE/STEPS=4/MASK=0F 80000000;400 3', 'SET PROCESS FIRST', 'SET PROCESS/INDEX=4', 'SET PROCESS/ID=84',
  'SET PROCESS/SYSTEM', 'SET RMS=ALL', 'SHOW CALL_FRAME', 'SHOW CALL_FRAME/ALL', 'SHOW CALL_FRAME/NEXT_FP', 'SHOW CLUSTER', 'SHOW CLUSTER/SCS/NODE=STARLT', 'SHOW CLUSTER/CSID=10001', 'SHOW CONNECTIONS', 'SHOW CONNECTIONS/ADDRESS=80000000/NODE=X/SYSAP=X', 'SHOW CRASH', 'SHOW DEVICE', 'SHOW DEVICE OPA',
  'SHOW DEVICE/FULL NLA0', 'SHOW DEVICE/ADDRESS=@EXE$GL_SYSUCB', 'SHOW EXECUTIVE', 'SHOW HEADER', 'SHOW LOCK', 'SHOW LOCK/ALL', 'SHOW LOCK/NAME=X', 'SHOW LOCK 1', 'SHOW PAGE_TABLE/SYSTEM', 'SHOW PAGE_TABLE/GLOBAL',
  'SHOW PAGE_TABLE/P0/P1', 'SHOW PAGE_TABLE/ALL', 'SHOW PAGE_TABLE @MMG$GL_SYSPHD;1000', 'SHOW PFN_DATA/FREE/MODIFIED/BAD', 'SHOW PFN_DATA 100', 'SHOW PFN_DATA/ALL', 'SHOW PFN_DATA/SYSTEM', 'SHOW POOL/SUMMARY',
  'SHOW POOL/ALL', 'SHOW POOL/IRP/LRP/SRP/HEADER', 'SHOW POOL/PAGED/FREE', 'SHOW POOL/NONPAGED/TYPE=PCB', 'SHOW PORTS', 'SHOW PORTS/ADDRESS=80000000', 'SHOW PROCESS ALL/ALL',
  'SHOW PROCESS ALL/PCB/PHD/REGISTERS/CHANNEL/IMAGES/WORKING_SET/PROCESS_SECTION_TABLE/LOCKS/RMS', 'SHOW PROCESS/PAGE_TABLES/P0/P1', 'SHOW PROCESS/INDEX=3', 'SHOW PROCESS/ID=84', 'SHOW PROCESS/SYSTEM',
  'SHOW RESOURCE', 'SHOW RESOURCE/ALL', 'SHOW RESOURCE/LOCKID=10001', 'SHOW RMS', 'SHOW RSPID', 'SHOW RSPID/CONNECTION=1', 'SHOW STACK', 'SHOW STACK/ALL', 'SHOW STACK/KERNEL/EXECUTIVE/SUPERVISOR/USER/INTERRUPT', 'SHOW SUMMARY',
  'SHOW SUMMARY/IMAGE', 'SHOW SYMBOL SCH$GL_CURPCB', 'SHOW SYMBOL/ALL EXE$', 'SPAWN', 'VALIDATE PFN_DATA', 'VALIDATE QUEUE', 'VALIDATE QUEUE/ALL/LIST', 'VALIDATE QUEUE SCH$AQ_WQHDR+^D12*7',
  'VALIDATE QUEUE/SELF_RELATIVE/MAXIMUM_LINKS=40/LIST @EXE$GL_TQFL', 'VALIDATE SCHEDULER', 'REPEAT', '@LOOK.COM', 'SET OUTPUT X', 'SET NOOUTPUT', 'SET LOG X', 'SET NOLOG', 'HELP', 'HELP SHOW',
];
/** Some of them in some order: all of them would take long for every dump. */
const SOME_LINES = fc.shuffledSubarray(LINES, { minLength: 12, maxLength: 12 });
/** More than any display of a dump of this size. */
const MOST_LINES = 200_000;

/** Runs commands; each must end, in lines that are not an internal error. */
function survives(bytes: Uint8Array, lines: readonly string[]): void {
  const sda = openDump(bytes, symbols, FILES);
  for (const line of lines) goesWell(sda, line);
}

function goesWell(sda: Sda, line: string): void {
  let count = 0;
  for (const text of sda.execute(line)) {
    if (text.startsWith('%SDA-F-INTERNAL')) throw new Error(`${line}: ${text}`);
    if ((count += 1) > MOST_LINES) throw new Error(`${line} does not end`);
  }
}

test('every command of SDA is tried, with every qualifier', () => {
  for (const { name, qualifiers } of COMMANDS) {
    const tried = LINES.filter((line) => line.startsWith(name));
    expect({ name, missing: tried.length === 0 ? [name] : qualifiers.filter((qualifier) => !tried.some((line) => line.includes(`/${qualifier}`))) }).toEqual({ name, missing: [] });
  }
  survives(dump, LINES);
});

describe('files that are no good dump', () => {
  test('too short, not a dump, of another version', () => {
    expect(refusal(new Uint8Array(0))).toBe('DUMPEMPTY');
    expect(refusal(new Uint8Array(511))).toBe('DUMPEMPTY');
    expect(refusal(new Uint8Array(100_000))).toBe('DUMPEMPTY');
    expect(refusal(new Uint8Array(100_000).fill(0xff))).toBe('DUMPEMPTY');
    const other = dump.slice(0, 4096);
    new ArrayMemory(other).writeWord(DMP.offset.DMP$W_DUMPVER, 77);
    expect(refusal(other)).toBe('INVDUMPVER');
  });

  test('a dump cut short is opened with a warning, and says what is missing', () => {
    const half = dump.slice(0, dump.length / 2);
    const sda = openDump(half, symbols);
    expect([...sda.banner()].join('\n')).toMatch(/%SDA-W-SHORTDUMP, the dump only contains \d+ out of 8192 pages of physical memory/);
    expect(say(sda, 'SHOW CRASH')).toContain('OPERCRASH');
    survives(half, LINES);
  });

  test('the header alone is enough for SHOW CRASH', () => {
    const sda = openDump(dump.slice(0, 512), symbols);
    expect(say(sda, 'SHOW CRASH')).toContain('Process currently executing: NULL');
    expect(say(sda, 'SHOW SUMMARY')).toMatch(/%SDA-E-/);
  });
});

describe('damaged memory', () => {
  test('random longwords in the executive\'s data', () => {
    const pages = dumpOffsetOf(system.k.symbol('SYS$CELLS'));
    fc.assert(fc.property(SOME_LINES, fc.array(fc.tuple(fc.nat(0x1fff), fc.oneof(fc.integer(), fc.constant(0), fc.constant(-1), fc.nat(0x7fff).map((low) => 0x80000000 + low))), { minLength: 1, maxLength: 40 }), (lines, writes) => {
      const bytes = dump.slice();
      const view = new DataView(bytes.buffer);
      for (const [offset, value] of writes) view.setUint32(pages + (offset & ~3), value >>> 0, true);
      survives(bytes, lines);
    }), { numRuns: 24, seed: 11 });
  }, 60_000);

  test('wild pointers and loops in PCBs, and a scrambled header', () => {
    const pcb = dumpOffsetOf(system.process('FIRST')!.address);
    fc.assert(fc.property(SOME_LINES, fc.array(fc.tuple(fc.nat(287), fc.integer()), { minLength: 1, maxLength: 30 }), fc.array(fc.tuple(fc.integer({ min: 8, max: 507 }), fc.integer()), { maxLength: 10 }), (lines, writes, header) => {
      const bytes = dump.slice();
      const view = new DataView(bytes.buffer);
      for (const [offset, value] of writes) view.setUint32(pcb + offset, value >>> 0, true);
      for (const [offset, value] of header) if (offset < DMP.offset.DMP$L_SYSVER - 4 || offset > DMP.offset.DMP$L_CHECK + 4) view.setUint32(offset, value >>> 0, true);
      survives(bytes, lines);
    }), { numRuns: 20, seed: 22 });
  }, 60_000);

  test('queues that are looped, cut, or led astray', () => {
    const headers = [...knownQueues(openDump(dump, symbols).session)].map(({ header }) => header);
    const link = fc.oneof(fc.constantFrom(...headers), fc.constantFrom(...headers).map((header) => header + 4), fc.integer(), fc.constant(0));
    fc.assert(fc.property(SOME_LINES, fc.array(fc.tuple(fc.constantFrom(...headers), fc.nat(1), link), { minLength: 1, maxLength: 20 }), (lines, writes) => {
      const bytes = dump.slice();
      const view = new DataView(bytes.buffer);
      for (const [header, which, value] of writes) view.setUint32(dumpOffsetOf(header + 4 * which), value >>> 0, true);
      survives(bytes, [...lines, 'VALIDATE QUEUE/ALL/LIST']);
    }), { numRuns: 20, seed: 33 });
  }, 60_000);

  test('pages of page tables, headers and pool with random bytes in them, in a file that is cut', () => {
    const { k } = system;
    const places = [k.sys.MMG$GL_SPTBASE, k.sys.SWP$GL_BALBASE, k.sys.MMG$GL_NPAGEDYN, k.sys.EXE$GL_SPLITADR, k.sys.IOC$GL_SRPSPLIT, k.sys.MMG$GL_SYSPHD, k.sys.SCH$GL_PCBVEC, k.readLong(k.symbol('PFN$A_BASE')),
      system.process('FIRST')!.PCB$L_PHD];
    const damage = fc.tuple(fc.constantFrom(...places), fc.nat(7), fc.nat(511), fc.uint8Array({ minLength: 1, maxLength: 64 }));
    fc.assert(fc.property(SOME_LINES, fc.array(damage, { minLength: 1, maxLength: 12 }), fc.constantFrom(0, 0, 0, 1, 7), (lines, writes, eighths) => {
      const bytes = dump.slice();
      for (const [place, page, offset, random] of writes) bytes.set(random, dumpOffsetOf(place + 512 * page) + Math.min(offset, 512 - random.length));
      survives(bytes.subarray(0, bytes.length - eighths * 512 * 64), lines);
    }), { numRuns: 20, seed: 44 });
  }, 60_000);

  test('a process whose PCB cannot be read leaves the others and the process in view as they are', () => {
    const { k } = system;
    const bytes = dump.slice();
    const index = system.process('FIRST')!.PCB$L_PID & 0xffff;
    new DataView(bytes.buffer).setUint32(dumpOffsetOf(k.sys.SCH$GL_PCBVEC + 4 * index), 0xbfff0000, true);
    const sda = openDump(bytes, symbols);
    say(sda, 'SET PROCESS SECOND');
    for (const command of ['SHOW SUMMARY/IMAGE', 'SHOW PROCESS ALL']) {
      expect(say(sda, command)).toMatch(/^BFFF0000 {2}\(unable to access location BFFF[0-9A-F]{4}\)[^]* SECOND\b/m);
      expect(say(sda, 'SHOW PROCESS')).toContain('Name: SECOND ');
    }
  });

  test('found with many more seeds: a working set list that ends before it begins; a resource that is its own successor', () => {
    const { k } = system;
    const bytes = dump.slice();
    const view = new DataView(bytes.buffer);
    const phd = dumpOffsetOf(system.process('FIRST')!.PCB$L_PHD);
    view.setUint16(phd + PHD.offset.PHD$W_WSLAST, 3, true);
    const table = k.readLong(k.symbol('LCK$GL_HASHTBL'));
    const rsb = system.process('SECOND')!.address;
    view.setUint32(dumpOffsetOf(table), rsb, true);
    view.setUint32(dumpOffsetOf(rsb + RSB.offset.RSB$L_HSHCHN), rsb, true);
    const sda = openDump(bytes, symbols);
    expect(say(sda, 'VALIDATE PFN_DATA')).not.toContain('INTERNAL');
    expect(say(sda, 'SHOW RESOURCE/ALL')).toContain(`%SDA-E-BADQUEUE, resource ${rsb.toString(16).toUpperCase()} is on the hash chains twice`);
  });

  test('a queue that bites its tail is reported with the address', () => {
    const first = system.process('FIRST')!;
    const bytes = dump.slice();
    new DataView(bytes.buffer).setUint32(dumpOffsetOf(first.address), first.address, true);
    const sda = openDump(bytes, symbols);
    const hexAddress = first.address.toString(16).toUpperCase();
    expect(say(sda, 'VALIDATE QUEUE SCH$AQ_WQHDR+^D12*7')).toMatch(new RegExp(`%SDA-E-BADQUEUE, backward link of ${hexAddress}`));
    expect(say(sda, 'VALIDATE SCHEDULER')).toContain('%SDA-W-BADSCHED');
  });
});

/** Where a system address lies in the dump file (one memory descriptor from page 0). */
function dumpOffsetOf(address: number): number {
  const { k } = system;
  const pte = k.readLong(k.sys.MMG$GL_SPTBASE + 4 * ((address >>> 9) & 0x1fffff));
  return 4 * 512 + (pte & 0x1fffff) * 512 + (address & 511);
}
