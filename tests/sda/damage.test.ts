import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { DMP } from '../../src/executive/exceptions/dump-format.js';
import { ArrayMemory } from '../../src/executive/structures/memory.js';
import { DumpTarget, dumpBytesOf } from '../../src/sda/dump-target.js';
import { SdaError } from '../../src/sda/error.js';
import type { SystemSymbols } from '../../src/sda/symbols.js';
import { crashDump, openDump, say, symbolsOf, waitingSystem } from './crashed.js';
import type { TestSystem } from '../harness.js';

let system: TestSystem;
let dump: Uint8Array;
let symbols: SystemSymbols;

beforeAll(() => {
  system = waitingSystem();
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

const COMMANDS = ['SHOW CRASH', 'SHOW HEADER', 'SHOW SUMMARY/IMAGE', 'SHOW PROCESS ALL/PCB/PHD/REGISTERS/CHANNEL/IMAGES/WORKING_SET/PROCESS_SECTION_TABLE/LOCKS', 'SHOW STACK/ALL',
  'SHOW CALL_FRAME/ALL', 'SHOW POOL/SUMMARY', 'SHOW DEVICE', 'SHOW EXECUTIVE', 'SHOW DEVICE OPA', 'SHOW PFN_DATA/MODIFIED/BAD', 'SHOW PFN_DATA 100', 'SHOW LOCK', 'SHOW RESOURCE', 'FORMAT PCB', 'FORMAT @SCH$GL_CURPCB',
  'VALIDATE SCHEDULER', 'VALIDATE QUEUE SCH$AQ_WQHDR+^D12*7', 'EXAMINE/INSTRUCTION PC;20', 'EXAMINE @SCH$GL_CURPCB;100', 'SEARCH 80000000;2000 0', 'SHOW PROCESS/PAGE_TABLES/P0'];

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
    expect([...sda.banner()].join('\n')).toMatch(/%SDA-W-SHORTDUMP, the dump only contains \d+ out of 32768 pages of physical memory/);
    expect(say(sda, 'SHOW CRASH')).toContain('OPERCRASH');
    for (const command of COMMANDS) expect(say(sda, command)).not.toContain('%SDA-F-INTERNAL');
  });

  test('the header alone is enough for SHOW CRASH', () => {
    const sda = openDump(dump.slice(0, 512), symbols);
    expect(say(sda, 'SHOW CRASH')).toContain('Process currently executing: NULL');
    expect(say(sda, 'SHOW SUMMARY')).toMatch(/%SDA-E-/);
  });
});

describe('damaged memory', () => {
  /** Runs every command; each must end, in lines that are not an internal error. */
  function survives(bytes: Uint8Array): void {
    const sda = openDump(bytes, symbols);
    for (const command of COMMANDS) {
      const text = say(sda, command);
      if (text.includes('%SDA-F-INTERNAL')) throw new Error(`${command}: ${text.slice(text.indexOf('%SDA-F-INTERNAL'), 300)}`);
    }
  }

  test('random longwords in the executive\'s data', () => {
    const pages = dumpOffsetOf(system.k.symbol('SYS$CELLS'));
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(0x1fff), fc.oneof(fc.integer(), fc.constant(0), fc.constant(-1), fc.nat(0x7fff).map((low) => 0x80000000 + low))), { minLength: 1, maxLength: 40 }), (writes) => {
      const bytes = dump.slice();
      const view = new DataView(bytes.buffer);
      for (const [offset, value] of writes) view.setUint32(pages + (offset & ~3), value >>> 0, true);
      survives(bytes);
    }), { numRuns: 30, seed: 11 });
  }, 60_000);

  test('wild pointers and loops in PCBs, and a scrambled header', () => {
    const pcb = dumpOffsetOf(system.process('FIRST')!.address);
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(287), fc.integer()), { minLength: 1, maxLength: 30 }), fc.array(fc.tuple(fc.integer({ min: 8, max: 507 }), fc.integer()), { maxLength: 10 }), (writes, header) => {
      const bytes = dump.slice();
      const view = new DataView(bytes.buffer);
      for (const [offset, value] of writes) view.setUint32(pcb + offset, value >>> 0, true);
      for (const [offset, value] of header) if (offset < DMP.offset.DMP$L_SYSVER - 4 || offset > DMP.offset.DMP$L_CHECK + 4) view.setUint32(offset, value >>> 0, true);
      survives(bytes);
    }), { numRuns: 20, seed: 22 });
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
