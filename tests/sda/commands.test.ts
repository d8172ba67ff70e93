import { beforeAll, describe, expect, test } from 'vitest';
import { bugcheckOverlay, DUMP_HEADER_SIZE } from '../../src/executive/exceptions/overlay.js';
import type { Structure } from '../../src/executive/structures/structure.js';
import { DISKUCB } from '../../src/executive/structures/ucb.js';
import { structureLines } from '../../src/sda/format.js';
import { LiveTarget } from '../../src/sda/live-target.js';
import { Sda } from '../../src/sda/sda.js';
import type { TestSystem } from '../harness.js';
import { crashDump, openDump, say, symbolsOf, waitingSystem } from './crashed.js';

let system: TestSystem;
let dump: Uint8Array;

beforeAll(() => {
  system = waitingSystem();
  dump = crashDump(system);
});

const analyzer = (files = {}): Sda => openDump(dump, symbolsOf(system), files);

describe('COPY', () => {
  test('writes the whole dump, and the copy is a dump that says the same', () => {
    const pieces: Uint8Array[] = [];
    let closed = 0;
    const sda = analyzer({ createBlocks: (name: string, length: number) => {
      expect([name, length]).toEqual(['SAFE.DMP', dump.length]);
      return { write: (bytes: Uint8Array) => { pieces.push(Uint8Array.from(bytes)); }, close: () => { closed += 1; } };
    } });
    expect(say(sda, 'COPY SAFE.DMP')).toBe('');
    expect(closed).toBe(1);
    const copy = Uint8Array.from(Buffer.concat(pieces));
    expect(Buffer.compare(copy, dump)).toBe(0);
    expect(say(openDump(copy, symbolsOf(system)), 'SHOW CRASH')).toBe(say(analyzer(), 'SHOW CRASH'));
  });

  test('says what is wrong: no file, a file that cannot be made or written, no dump', () => {
    expect(say(analyzer(), 'COPY')).toContain('%SDA-E-INSFPRM');
    expect(say(analyzer(), 'COPY /tmp/x')).toBe('%SDA-E-OPENOUT, error opening /tmp/x as output');
    expect(say(analyzer(), 'COPY X')).toBe('%SDA-E-OPENOUT, error opening X as output');
    let closed = false;
    const full = { createBlocks: () => ({ write: () => { throw new Error('ENOSPC'); }, close: () => { closed = true; } }) };
    expect(say(analyzer(full), 'COPY X')).toBe('%SDA-E-WRITEERR, error writing X');
    expect(closed).toBe(true);
    const live = new Sda(new LiveTarget(system.system.machine.memory, system.k.cpu), symbolsOf(system), full);
    expect(say(live, 'COPY X')).toContain('%SDA-E-CMDNOTVLD');
  });
});

describe('SHOW POOL', () => {
  /** Types in the first column of the blocks listed. */
  const types = (text: string): string[] => [...text.matchAll(/^(\w+) +[0-9A-F]{8} +\d+ {2}/gm)].map((match) => match[1]!);

  test('shows allocated blocks; with /FREE the whole contents, allocated and free, in address order', () => {
    const allocated = types(say(analyzer(), 'SHOW POOL/IRP/HEADER'));
    expect(allocated.length).toBeGreaterThan(0);
    expect(allocated).not.toContain('FREE');
    const all = say(analyzer(), 'SHOW POOL/IRP/HEADER/FREE');
    expect(types(all).filter((type) => type !== 'FREE')).toEqual(allocated);
    const free = types(all).length - allocated.length;
    expect(free).toBeGreaterThan(0);
    expect(all).toMatch(new RegExp(`bytes left\nTotal space utilization = \\d+%, ${free} free block`));
    const addresses = [...all.matchAll(/^\w+ +([0-9A-F]{8}) +208 {2}/gm)].map((match) => Number.parseInt(match[1]!, 16));
    expect(addresses.slice(1).every((address, index) => address === addresses[index]! + 208)).toBe(true);
  });
});

describe('SHOW CLUSTER and its like', () => {
  test('a node that is in no cluster: its parameters, and the local system block that EXE$INIT filled from SCSNODE', () => {
    const sda = analyzer();
    expect(say(sda, 'SHOW CLUSTER')).toMatch(/^VAXcluster data structures\n-+\n\nThe system is not a member of a VAXcluster\n\nNode name +STARLT {4}SCS loaded +no\n/);
    const block = say(sda, 'SHOW CLUSTER/SCS/NODE=STARLT');
    expect(block).toMatch(new RegExp(`--- STARLT System Block \\(SB\\) ${system.k.symbol('SCS$GA_LOCALSB').toString(16).toUpperCase()} ---`));
    expect(block).toMatch(/Software type +VMS V4\.4$/m);
    expect(say(sda, 'VALIDATE QUEUE SCS$GQ_CONFIG')).toBe('Queue is complete, total of 1 element in the queue');
    expect(say(sda, 'FORMAT SCS$GA_LOCALSB')).toContain('SB$T_NODENAME        "STARLT"');
  });

  test('a list of descriptors that is there is not taken apart; one that is not is said to be missing', () => {
    expect(say(analyzer(), 'SHOW CONNECTIONS')).toContain('SCS$GL_CDL is 0, SCSLOA is not loaded');
    const bytes = dump.slice();
    const { k } = system;
    const pte = k.readLong(k.sys.MMG$GL_SPTBASE + 4 * ((k.symbol('SCS$GL_RDT') >>> 9) & 0x1fffff));
    new DataView(bytes.buffer).setUint32(4 * 512 + (pte & 0x1fffff) * 512 + (k.symbol('SCS$GL_RDT') & 511), 0x80123456, true);
    expect(say(openDump(bytes, symbolsOf(system)), 'SHOW RSPID')).toBe('%SDA-E-NOTIMPL, the response descriptors at 80123456 cannot be shown');
  });
});

describe('FORMAT', () => {
  test('a unit by the layout of its class, a process header and a hash table of logical names by the cells that lead to them', () => {
    const sda = analyzer();
    for (const command of ['FORMAT OPA$UCB0', 'FORMAT/TYPE=UCB OPA$UCB0']) expect(say(sda, command)).toContain('UCB$L_TT_TYPAHD');
    expect(say(sda, 'FORMAT NL$GL_UCB0')).toMatch(/UCB\$L_MEDIA_ID +00000000$/);
    expect(say(sda, 'SET PROCESS FIRST', 'FORMAT PHD')).toMatch(/PHD\$Q_PRIVMSK +F+\n/);
    expect(say(sda, 'FORMAT @@LNM$AL_HASHTBL')).toContain('LNMHSH$L_MASK');
  });

  test('a record with names within it is shown up to the first of them', () => {
    const lines = [...structureLines(analyzer().session, DISKUCB as unknown as Structure, system.k.symbol('NL$GL_UCB0'))];
    const record = lines.findIndex((line) => line.includes('UCB$R_MSCP'));
    expect(lines.slice(record, record + 3).map((line) => line.slice(11).split(' ')[0])).toEqual(['UCB$R_MSCP', 'UCB$L_MV_IRP', 'UCB$L_MV_DUE']);
  });
});

test('EVALUATE names what was asked for first; a line of HELP fits 80 columns', () => {
  expect(say(analyzer(), 'EVALUATE PCB$L_STS')).toMatch(/^Hex = 00000024 .* PCB\$L_STS\n[^]*\(\d+ more: EVALUATE\/SYMBOLS\)$/);
  expect(Math.max(...say(analyzer(), 'HELP', 'HELP SHOW', 'HELP EXAMINE', 'HELP SEARCH').split('\n').map(({ length }) => length))).toBeLessThan(80);
});

describe('bad commands', () => {
  test.each([
    ['SHOW SUMMARY EXTRA', 'MAXPARM'], ['SHOW HEADER 5', 'MAXPARM'], ['SHOW CRASH NOW', 'MAXPARM'], ['VALIDATE SCHEDULER X', 'MAXPARM'],
    ['SHOW PROCESS/INDEX', 'VALREQ'], ['SHOW PROCESS/INDEX=ZZZ', 'UNDEFSYM'], ['SHOW PROCESS NOBODY', 'BADPROC'], ['EXAMINE 80000000;-4', 'INVRANGE'],
    ['SET RMS=XYZ', 'IVKEYW'], ['SET RMS', 'INSFPRM'], ['ATTACH SYSTEM', 'NOTIMPL'], ['SPAWN/NOWAIT X', 'NOTIMPL'], ['SHOW CLUSTER/CSID=1', 'NOTMEMBER'], ['SHOW CLUSTER/SCS/NODE=X', 'NOSUCHNODE'],
    ['SHOW NOSUCH', 'IVKEYW'], ['SET FETCH', 'IVKEYW'], ['MODIFY', 'IVVERB'], ['EVALUATE/TIME 0', 'IVQUAL'], ['SHOW PROCESS/NOSUCH', 'IVQUAL'], ['SHOW POOL/TYPE=NOSUCH', 'IVKEYW'],
  ])('%s gives %s and nothing else', (command, ident) => {
    const lines = say(analyzer(), command).split('\n');
    expect(lines[0]).toMatch(new RegExp(`^%SDA-E-${ident}, `));
    expect(lines.slice(1).every((line) => /^ \\.*\\$/.test(line))).toBe(true);
  });
});

test('what a crash itself wrote over the code of the executive is not taken for another build', () => {
  const { k } = system;
  const [address, fatal] = [k.symbol('MMG$FRSTRONLY'), k.symbol('BUG$FATAL')];
  const before = waitingSystem().k.readBytes(address, fatal + bugcheckOverlay().length + 64 - address);
  const code = { address, bytes: Uint8Array.from(before) };
  const warnings = (): string[] => [...openDump(dump, { ...symbolsOf(system), code }).warnings()];
  expect(Buffer.compare(before, Buffer.from(k.readBytes(address, before.length)))).not.toBe(0);
  expect(warnings()).toEqual([]);
  code.bytes[fatal - DUMP_HEADER_SIZE - 1 - address]! ^= 1;
  expect(warnings()).toEqual([expect.stringContaining('SYMVERMISM')]);
});
