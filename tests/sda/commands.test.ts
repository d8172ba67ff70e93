import { beforeAll, describe, expect, test } from 'vitest';
import { bugcheckOverlay, DUMP_HEADER_SIZE } from '../../src/executive/exceptions/overlay.js';
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
    expect(all).toContain(`bytes left in ${free} free block`);
    const addresses = [...all.matchAll(/^\w+ +([0-9A-F]{8}) +208 {2}/gm)].map((match) => Number.parseInt(match[1]!, 16));
    expect(addresses.slice(1).every((address, index) => address === addresses[index]! + 208)).toBe(true);
  });
});

describe('bad commands', () => {
  test.each([
    ['SHOW SUMMARY EXTRA', 'MAXPARM'], ['SHOW HEADER 5', 'MAXPARM'], ['SHOW CRASH NOW', 'MAXPARM'], ['VALIDATE SCHEDULER X', 'MAXPARM'],
    ['SHOW PROCESS/INDEX', 'VALREQ'], ['SHOW PROCESS/INDEX=ZZZ', 'UNDEFSYM'], ['SHOW PROCESS NOBODY', 'BADPROC'], ['EXAMINE 80000000;-4', 'INVRANGE'],
    ['SET RMS=XYZ', 'IVKEYW'], ['SET RMS', 'INSFPRM'], ['ATTACH SYSTEM', 'NOTIMPL'], ['SPAWN/NOWAIT X', 'NOTIMPL'], ['SHOW CLUSTER', 'NOTIMPL'], ['SHOW RSPID', 'NOTIMPL'],
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
