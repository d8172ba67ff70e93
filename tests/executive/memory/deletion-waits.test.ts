import { expect, test, vi } from 'vitest';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { forceFlush } from '../../../src/executive/memory/replace.js';
import { readPte } from '../../../src/executive/memory/page-tables.js';
import { IO$_READVBLK } from '../../../src/executive/starlet/iodef.js';
import { SEC$M_GBL, SEC$M_WRT } from '../../../src/executive/starlet/secdef.js';
import { SS$_NORMAL, SS$_WASSET } from '../../../src/executive/starlet/ssdef.js';
import { PFN$C_WRTINPROG } from '../../../src/executive/structures/pte.js';
import { RSN$_ASTWAIT, SCH$C_COLPG, SCH$C_MWAIT, SCH$C_PFW } from '../../../src/executive/structures/sch.js';
import { create, pause } from '../process/support.js';
import { code, evict, newPages, paging } from './paging-harness.js';
import { blockMark, longs, markedFile, PAGE, pair, slowDisk, withDisk } from './section-support.js';

/** A page cannot be deleted while something is going on with it (book 16.2.5, Page Deletion and Process Waits). */

const BASE = 0x100000;
const FLAG = 5;

/**
 * Deletes the page; the disk's interrupts are let go when the process waits.
 * @returns the states that it waited in until the page was gone, with what is waited for in MWAIT
 */
function* deleted(p: Procedure, address: number, release: () => void): Flow<(readonly [state: number, efwm: number])[]> {
  const { kernel: k } = p;
  const self = k.pcb.address;
  const waits: [number, number][] = [];
  const jump = k.jump.bind(k);
  const spy = vi.spyOn(k, 'jump').mockImplementation((target) => {
    const { pcb } = k;
    if (target === k.symbol('SCH$WAIT_SWITCH') && pcb.address === self) {
      waits.push([pcb.PCB$W_STATE, pcb.PCB$W_STATE === SCH$C_MWAIT ? pcb.PCB$L_EFWM : 0]);
      release();
    }
    jump(target);
  });
  const retadr = p.allocate(8);
  expect(yield* service(p, '$DELTVA', { inadr: pair(p, address, address), retadr })).toBe(SS$_NORMAL);
  spy.mockRestore();
  expect(longs(p, retadr)).toEqual([address, address + PAGE - 1]);
  expect(readPte(k, address)).toBe(0);
  return waits;
}

/** Begins to read the first block of a file into a page. */
function* startRead(p: Procedure, chan: number, address: number): Flow<void> {
  expect(yield* service(p, '$QIO', { efn: FLAG, chan, func: IO$_READVBLK, p1: address, p2: PAGE, p3: 1 })).toBe(SS$_NORMAL);
  expect(yield* service(p, '$READEF', { efn: FLAG, state: p.allocate(4) })).not.toBe(SS$_WASSET);
}

const isDone = function* (p: Procedure): Flow<boolean> { return (yield* service(p, '$READEF', { efn: FLAG, state: p.allocate(4) })) === SS$_WASSET; };

test('ch16#11: a private page that a device reads into: page fault wait until the transfer is over', () => {
  withDisk(function* (p) {
    const chan = yield* markedFile(p, 'A.DAT', 2);
    const page = yield* newPages(p, 1);
    const release = slowDisk(p.kernel);
    yield* startRead(p, chan, page);
    expect(yield* deleted(p, page, release)).toEqual([[SCH$C_PFW, 0]]);
    expect(yield* isDone(p)).toBe(true);
  });
});

test('ch16#11: a private page that the modified page writer writes: likewise', () => {
  paging(function* (p, seen) {
    const { kernel: k } = p;
    const page = yield* newPages(p, 1);
    p.memory.writeLong(page, 1);
    const entry = evict(k, page);
    const release = slowDisk(k);
    forceFlush(k);
    // The swapper is of higher priority: it has begun when the service has returned.
    yield* service(p, '$CLREF', { efn: FLAG });
    seen['writing'] = entry.location;
    seen['waits'] = yield* deleted(p, page, release);
    expect(seen).toEqual({ writing: PFN$C_WRTINPROG, waits: [[SCH$C_PFW, 0]] });
  });
});

test('ch16#12: a page that is being read from its section for somebody else: collided page wait', () => {
  const mapping = (p: Procedure): Record<string, number> => ({ inadr: pair(p, BASE, BASE + PAGE - 1), gsdnam: p.string('SHARED'), flags: SEC$M_GBL | SEC$M_WRT });
  let read = 0;
  withDisk(function* (p) {
    const chan = yield* markedFile(p, 'A.DAT', 1);
    yield* service(p, '$CRMPSC', { ...mapping(p), chan });
    const { epid } = yield* create(p, { image: 'READER', name: 'READER', priority: 12 });
    yield* pause(p, 1);
    const pidadr = pair(p, epid, 0);
    const release = slowDisk(p.kernel);
    yield* service(p, '$WAKE', { pidadr });
    expect(yield* deleted(p, BASE, release)).toEqual([[SCH$C_COLPG, 0]]);
    yield* pause(p, 1);
  }, {
    READER: function* (p) {
      yield* service(p, '$MGBLSC', mapping(p));
      const { read: look } = yield* code(p);
      yield* service(p, '$HIBER', {});
      read = yield* p.call(look, BASE);
      return 1;
    },
  });
  expect(read).toBe(blockMark(1));
});

test('ch16#13: a global page while the process has direct I/O under way, whosever page that is for: MWAIT until it is done; with none under way, no wait', () => {
  withDisk(function* (p) {
    const { kernel: k } = p;
    const chan = yield* markedFile(p, 'A.DAT', 2);
    for (const [name, reads] of [['BUSY', true], ['QUIET', false]] as const) {
      yield* service(p, '$CRMPSC', { inadr: pair(p, BASE, BASE + PAGE - 1), gsdnam: p.string(name), flags: SEC$M_GBL | SEC$M_WRT, chan });
      p.memory.readLong(BASE);
      yield* service(p, '$CLREF', { efn: FLAG });
      const release = slowDisk(k);
      if (reads) yield* startRead(p, chan, BASE);
      expect(k.pcb.PCB$W_DIOLM - k.pcb.PCB$W_DIOCNT).toBe(reads ? 1 : 0);
      expect(yield* deleted(p, BASE, release)).toEqual(reads ? [[SCH$C_MWAIT, RSN$_ASTWAIT]] : []);
      release();
      expect([yield* isDone(p), k.pcb.PCB$W_DIOCNT]).toEqual([reads, k.pcb.PCB$W_DIOLM]);
    }
  });
});
