import { beforeAll, describe, expect, test } from 'vitest';
import { DYN_NAMES } from '../../src/executive/structures/dyn.js';
import { DumpTarget, dumpBytesOf } from '../../src/sda/dump-target.js';
import { knownQueues } from '../../src/sda/known-queues.js';
import { PfnDatabase } from '../../src/sda/page-lines.js';
import { Sda } from '../../src/sda/sda.js';
import { poolBlocks, poolRegions } from '../../src/sda/show-pool.js';
import { imagesForSymbols } from '../../src/system/images.js';
import { systemSymbols } from '../../src/system/system-symbols.js';
import { newDisk, WholeSystem } from '../utilities/whole-system.js';
import { crashNow, MemoryDump, say } from './crashed.js';

/* The dump of a freshly booted system that has nothing to do: every queue, page and byte of pool in it is accounted for, from the file alone. */

const MEGABYTES = 16;
let sda: Sda;
let dump: Uint8Array;

beforeAll(() => {
  const whole = new WholeSystem(newDisk(), { memoryMegabytes: MEGABYTES, autologin: false });
  const file = new MemoryDump(MEGABYTES * 2048 + 4);
  crashNow(whole.k, file);
  dump = file.bytes;
  sda = open(dump);
}, 60_000);

function open(bytes: Uint8Array): Sda {
  const images = imagesForSymbols();
  return new Sda(new DumpTarget(dumpBytesOf(bytes)), systemSymbols(images.systemImages, images.residentImages));
}

/** A copy of the dump with one longword of system space changed. */
function damaged(address: number, value: number): Sda {
  const bytes = dump.slice();
  const located = sda.session.memory.locate(address);
  if ('missing' in located) throw new Error(located.missing);
  new DataView(bytes.buffer).setUint32((4 + located.pfn) * 512 + (address & 511), value, true);
  return open(bytes);
}

describe('queues', () => {
  test('every queue SDA knows is complete, those of each process, device, volume and resource among them', () => {
    const names = [...knownQueues(sda.session)].map(({ name }) => name);
    for (const name of ['SCH$GQ_CEBHD', 'COM of priority 0', 'COMO of priority 31', 'HIB wait queue', 'ASTs of SWAPPER', 'locks of JOB_CONTROL', 'requests of OPA0:', 'open files of DUA0:']) expect(names).toContain(name);
    for (const kind of [/^messages of MBA/, /^windows of FCB/, /^granted locks of RSB/, /^channel waits of /, /^job volumes of /]) expect(names.some((name) => kind.test(name))).toBe(true);
    expect(say(sda, 'VALIDATE QUEUE/ALL')).toBe(`All ${names.length} queues are complete`);
  });

  test('each of them also by VALIDATE QUEUE alone, and as long as /LIST says', () => {
    for (const line of say(sda, 'VALIDATE QUEUE/ALL/LIST').split('\n').slice(0, -1)) {
      const [, header, , count] = /^(\w{8})  (.{40})  (?:empty|(\d+) elements?)$/.exec(line)!;
      expect(say(sda, `VALIDATE QUEUE ${header}`)).toMatch(count === undefined ? /^The queue is empty$/ : new RegExp(`^Queue is complete, total of ${count} element`));
    }
  });

  test('one that is broken is named', () => {
    const header = sda.session.symbol('EXE$GL_TQFL');
    expect(say(damaged(header + 4, 0x1234), 'VALIDATE QUEUE/ALL')).toMatch(/^%SDA-E-BADQUEUE, EXE\$GL_TQFL: backward link of the header \w{8} is 00001234[^]*\n1 of \d+ queues are not complete$/);
  });

  test('the scheduler has every process on the queue of its state', () => {
    expect(say(sda, 'VALIDATE SCHEDULER')).toBe('Scheduler queues are well formed');
  });
});

describe('physical memory', () => {
  test('every page has exactly one place: a list, an owner, or the executive', () => {
    const text = say(sda, 'VALIDATE PFN_DATA');
    expect(text).not.toContain('%SDA-');
    expect(text).toContain(`All ${MEGABYTES * 2048} pages are accounted for`);
    const places = [...text.matchAll(/^ *(\d+) {2}(.*)$/gm)].map(([, pages, place]) => [place!, Number(pages)] as const);
    expect(places.reduce((sum, [, pages]) => sum + pages, 0)).toBe(MEGABYTES * 2048);
    const pagesOf = (place: string): number => places.find(([name]) => name === place)?.[1] ?? 0;
    const counts = sda.session.symbol('PFN$AL_COUNT');
    expect([0, 4, 8].map((at) => sda.session.memory.readLong(counts + at))).toEqual(['on the free list', 'on the modified list', 'on the bad page list'].map(pagesOf));
    // Nothing is on its way in an idle system.
    expect(places.map(([place]) => place).filter((place) => /being|released|error/.test(place))).toEqual([]);
    expect(pagesOf('active, of type PROCESS')).toBeGreaterThan(100);
    expect(pagesOf('of the executive, outside the PFN database') + pagesOf('of images that stay in memory') + pagesOf('of SHELL, which is paged from SYS.EXE')).toBe(MEGABYTES * 2048 - sda.session.cell('MMG$GL_MAXPFN') - 1 + 1);
  });

  test('an active page has an owner, whose page table entry leads back to it', () => {
    const database = new PfnDatabase(sda.session);
    let active = 0;
    for (let pfn = 1; pfn <= database.highest; pfn += 1) {
      const { state, pte, refcnt } = database.entry(pfn)!;
      if ((state & 7) !== 7) continue;
      active += 1;
      expect(refcnt).toBeGreaterThan(0);
      expect(sda.session.memory.readLong(pte) & 0x801fffff).toBe((0x80000000 | pfn) | 0);
    }
    expect(active).toBeGreaterThan(200);
  });

  test('a page that is lost, or mapped by two, is named', () => {
    const { session } = sda;
    const database = new PfnDatabase(session);
    let owned = 1;
    while ((database.entry(owned)!.type & 7) !== 1) owned += 1;
    const { pte } = database.entry(owned)!;
    const free = session.memory.readLong(session.symbol('PFN$AL_HEAD'));
    const hex = (value: number): string => value.toString(16).toUpperCase();
    expect(say(damaged(pte, (session.memory.readLong(pte) & ~0x1fffff) | free), 'VALIDATE PFN_DATA')).toMatch(new RegExp(`%SDA-W-BADPFN, page frame 0*${hex(free)} is mapped at \\w{8}, its owner is`));
    const code = session.memory.pteAddress(session.symbol('SCH$RESCHED'))!;
    const table = session.cell('MMG$GL_SPTBASE') + ('physical' in code ? code.physical - (session.target.processor.sbr & 0x3fffffff) : 0);
    const lost = session.memory.readLong(table) & 0x1fffff;
    expect(say(damaged(table, 0), 'VALIDATE PFN_DATA')).toContain(`%SDA-W-BADPFN, page frame ${hex(lost).padStart(6, '0')} is nowhere`);
  });
});

describe('pool', () => {
  test('every byte is free, or in an allocated block of a known type', () => {
    const known = new Set([...DYN_NAMES.values()].map(([name]) => name));
    for (const region of poolRegions(sda.session)) {
      let at = region.start;
      for (const { address, size, type } of poolBlocks(sda.session, region)) {
        expect(address).toBe(at);
        expect({ region: region.name, address: address.toString(16), type, known: type === 'FREE' || known.has(type) }).toMatchObject({ known: true });
        at += size;
      }
      expect(at).toBe(region.end);
    }
    expect(say(sda, 'SHOW POOL/SUMMARY')).toMatch(/All pool lists are well formed$/);
    expect(say(sda, 'SHOW POOL/SUMMARY')).not.toContain('UNKNOWN');
  });

  test('free blocks as the walk meets them are those of the lists', () => {
    for (const region of poolRegions(sda.session)) {
      const met = [...poolBlocks(sda.session, region)].filter(({ type }) => type === 'FREE').map(({ address }) => address);
      const listed: number[] = [];
      for (let block = sda.session.memory.readLong(region.listhead); block !== 0 && block !== region.listhead; block = sda.session.memory.readLong(block)) listed.push(block);
      expect(met).toEqual([...listed].sort((a, b) => a - b));
    }
  });
});
