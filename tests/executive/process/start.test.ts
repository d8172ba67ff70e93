import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { shellPages } from '../../../src/executive/memory/shell.js';
import { MMG$ALLOCPFN, MMG$DALLOCPFN } from '../../../src/executive/memory/page-lists.js';
import { groupTableName, jobTableName } from '../../../src/executive/names/process-tables.js';
import { LNM$LOOKUP } from '../../../src/executive/names/table-name.js';
import { requestDeletion } from '../../../src/executive/process/delete.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { CLI$_INVREQTYP } from '../../../src/executive/starlet/climsgdef.js';
import { PRC$M_DETACH, PRC$M_HIBER } from '../../../src/executive/starlet/prcdef.js';
import { PRV$V_TMPMBX } from '../../../src/executive/starlet/prvdef.js';
import { serviceVector } from '../../../src/executive/starlet/service-table.js';
import { DYN$C_PQB } from '../../../src/executive/structures/dyn.js';
import { MMG$IMGHDRBUF } from '../../../src/executive/structures/p1-cells.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { PHD } from '../../../src/executive/structures/phd.js';
import { PQB } from '../../../src/executive/structures/pqb.js';
import { PTE$M_PFN } from '../../../src/executive/structures/pte.js';
import { SCH$C_COM, SCH$C_COMO } from '../../../src/executive/structures/sch.js';
import { TestSystem, type Program } from '../../harness.js';
import { create, jibOf, pause, phdOf, run, runAsUser, sleeper, stepUntil, USER_UIC, type Pcb, type Wanted } from './support.js';

/** A process from the moment $CREPRC is done with it to its image, step by step (book 20.2, 20.3). */

interface Birth {
  readonly system: TestSystem;
  readonly child: Pcb;
  /** SYSINIT's, at the moment before it called $CREPRC. */
  readonly pageFile: number;
}

/** A system in which SYSINIT has just created CHILD: it is COMO, and the swapper has not looked at it yet. */
function birth(wanted: Wanted = {}, child: Program = sleeper): Birth {
  const system = new TestSystem({
    programs: {
      SYSINIT: function* (p) {
        yield* service(p, '$HIBER', {});
        yield* create(p, { image: 'CHILD', name: 'CHILD', ...wanted });
        return yield* sleeper(p);
      },
      CHILD: child,
    },
  });
  system.runUntilIdle(0);
  const init = system.process('SYSINIT')!;
  const pageFile = jibOf(system.k, init).JIB$L_PGFLCNT;
  SCH$WAKE(system.k, init.address);
  stepUntil(system, () => system.process('CHILD') !== undefined);
  return { system, child: system.process('CHILD')!, pageFile };
}

const symbol = (system: TestSystem, name: string): number => system.k.symbol(name);
const mode = (system: TestSystem): number => system.system.machine.cpu.currentMode;
const pc = (system: TestSystem): number => system.k.register(15);
const isCurrent = ({ system, child }: Birth): boolean => system.k.sys.SCH$GL_CURPCB === child.address;

describe('as $CREPRC leaves it', () => {
  test('ch20#5 ch20#14 ch20#18 ch20#4: COMO, boosted by 6, no ASTs, no locks, AST delivery on; the wait mask is the PQB\'s address; SHELL\'s pages are charged', () => {
    const { system, child, pageFile } = birth();
    const { k } = system;
    expect([child.PCB$W_STATE, 31 - child.PCB$B_PRI, 31 - child.PCB$B_PRIB]).toEqual([SCH$C_COMO, 10, 4]);
    const queues = [child.address + PCB.offset.PCB$L_ASTQFL, child.address + PCB.offset.PCB$L_LOCKQFL];
    expect(queues.map((queue) => [...k.queueEntries(queue)])).toEqual([[], []]);
    expect([child.PCB$B_ASTEN, child.PCB$B_ASTACT]).toEqual([0xf, 0]);
    expect(child.PCB$L_EFWM).toBe(child.PCB$L_PQB);
    expect(k.readByte(child.PCB$L_EFWM + PQB.offset.PQB$B_TYPE)).toBe(DYN$C_PQB);
    expect(pageFile - jibOf(k, child).JIB$L_PGFLCNT).toBe(shellPages(k));
  });

  test.each([[9, 15], [10, 10], [15, 15], [20, 20]])('ch20#18: base priority %i starts at %i', (base, current) => {
    expect(31 - birth({ priority: base }).child.PCB$B_PRI).toBe(current);
  });

  test('ch20#2: the PQB comes from paged pool when the list is empty, goes to the list in EXE$PROCSTRT, and is the next process\'s', () => {
    const one = birth();
    const { system } = one;
    const { k } = system;
    const list = (): number[] => [...k.queueEntries(symbol(system, 'EXE$GL_PQBFL'))];
    const pqb = one.child.PCB$L_PQB;
    const before = list();
    expect(before).not.toContain(pqb);
    stepUntil(system, () => one.child.PCB$L_EFWM !== pqb);
    expect(list()).toEqual([...before, pqb]);
    // The list is emptied for a moment: then the block is a new one.
    const { seen } = run(function* (p, out) {
      const head = p.kernel.symbol('EXE$GL_PQBFL');
      const held = [...p.kernel.queueEntries(head)];
      out['held'] = held.length > 0;
      const pool = (): number => p.kernel.readLong(p.kernel.symbol('EXE$GL_PAGED'));
      for (const block of held) p.kernel.removeQueue(block);
      const [free] = [pool()];
      yield* create(p, { priority: 0 });
      out['new'] = [free !== pool(), [...p.kernel.queueEntries(head)].length <= 1];
      for (const block of held) p.kernel.insertTail(block, head);
      yield* pause(p, 0.5);
      out['kept'] = [...p.kernel.queueEntries(head)].length - held.length;
    });
    expect(seen).toEqual({ held: true, new: [true, true], kept: 1 });
  });
});

describe('as the swapper leaves it', () => {
  test('ch20#34 ch20#35 ch20#37 ch20#33: header resident, working set limits at WSMAX, EXE$PROCSTRT in kernel mode at IPL 2; four locked pages and five valid ones', () => {
    const born = birth();
    const { system, child } = born;
    const { k } = system;
    expect(child.PCB$V_PHDRES).toBe(0);
    stepUntil(system, () => child.PCB$W_STATE === SCH$C_COM);
    const phd = phdOf(k, child);
    expect([child.PCB$V_PHDRES, child.PCB$V_RES]).toEqual([1, 1]);
    const pages = (index: number): number => index - phd.PHD$W_WSLIST + 1;
    expect([phd.PHD$W_WSQUOTA, phd.PHD$W_WSAUTH, phd.PHD$W_WSEXTENT, phd.PHD$W_WSAUTHEXT].map(pages)).toEqual(Array(4).fill(k.sys.SGN$GL_MAXWSCNT));
    expect(pages(phd.PHD$W_DFWSCNT)).toBe(k.readLong(symbol(system, 'PQL$AL_DEFAULT') + 4 * 11));
    const tables = (k.sys.SWP$GW_WSLPTE + k.sys.SWP$GW_EMPTPTE + k.sys.SWP$GW_BAKPTE);
    const nextToLast = k.sys.SWP$GL_BSLOTSZ - tables - 2;
    const counts = [phd.PHD$L_PTWSLELCK, phd.PHD$L_PTWSLEVAL].map((array) => k.readByte(phd.address + array + nextToLast));
    expect(counts).toEqual([4, 5]);
    // The same from the page table itself: the last but one page of it maps 7FFE0000 to 7FFEFFFF; its vectors belong to the system.
    const table = k.readBytes(phd.address + (tables + nextToLast) * 512, 512);
    const vectors = (0x7ffede00 & 0xffff) >>> 9;
    const valid = Array.from({ length: 128 }, (_, page) => page).filter((page) => table[4 * page + 3]! & 0x80 && (page < vectors || page >= vectors + 5));
    expect(valid.length).toBe(5);
    expect(phd.PHD$L_PC).toBe(symbol(system, 'EXE$PROCSTRT'));
    stepUntil(system, () => isCurrent(born) && pc(system) === symbol(system, 'EXE$PROCSTRT'));
    expect([mode(system), k.ipl]).toEqual([0, 2]);
  });

  test('ch20#36: the service vectors are mapped by each process\'s own page table', () => {
    const { seen } = run(function* (p, out) {
      const k = p.kernel;
      yield* create(p, { image: 'OTHER', name: 'OTHER' });
      const vector = serviceVector('$READEF');
      const page = vector & ~511;
      const at = (k.cpu.readPR(10) + 4 * ((page & 0x3fff_ffff) >>> 9)) >>> 0;
      const pte = k.readLong(at);
      const pfn = MMG$ALLOCPFN(k);
      const memory = k.machine.memory.bytes;
      memory.copyWithin(pfn * 512, (pte & PTE$M_PFN) * 512, (pte & PTE$M_PFN) * 512 + 512);
      memory.set([0x9a, 0x8f, 77, 0x50, 0x04], pfn * 512 + (vector & 511) + 2);              // MOVZBL #77,R0; RET
      k.writeLong(at, ((pte & ~PTE$M_PFN) | pfn) >>> 0);
      k.cpu.writePR(0x3a, page);
      out['mine'] = yield* service(p, '$READEF', { efn: 1, state: p.allocate(4) });
      yield* pause(p, 0.2);
      out['other'] = others;
      k.writeLong(at, pte);
      k.cpu.writePR(0x3a, page);
      MMG$DALLOCPFN(k, pfn);
      out['again'] = yield* service(p, '$READEF', { efn: 1, state: p.allocate(4) });
    }, {
      OTHER: function* (p) {
        others.push(yield* service(p, '$READEF', { efn: 1, state: p.allocate(4) }));
        return 1;
      },
    });
    const SS$_WASCLR = 1;
    expect(seen).toEqual({ mine: 77, other: [SS$_WASCLR], again: SS$_WASCLR });
  });
  const others: number[] = [];
});

describe('EXE$PROCSTRT', () => {
  test('ch20#42 ch22#26: a deletion requested before the process ever ran waits until the PQB is back on its list and IPL is 0', () => {
    const born = birth();
    const { system, child } = born;
    const { k } = system;
    stepUntil(system, () => child.PCB$W_STATE === SCH$C_COM);
    expect(requestDeletion(k, child.address)).toBe(1);
    const pqb = child.PCB$L_PQB;
    stepUntil(system, () => isCurrent(born) && pc(system) === symbol(system, 'EXE$PROCSTRT'));
    expect([k.ipl, child.PCB$L_PQB]).toEqual([2, pqb]);
    stepUntil(system, () => isCurrent(born) && pc(system) === symbol(system, 'EXE$DELETE_AST') + 2);
    expect([...k.queueEntries(symbol(system, 'EXE$GL_PQBFL'))]).toContain(pqb);
    expect(k.ipl).toBe(0);
    system.runUntilIdle(2);
    expect(system.process('CHILD')).toBe(undefined);
    expect(system.checkBooks()).toEqual([]);
  });

  test('ch20#43 ch20#44 ch20#45: outward only by REI; $IMGACT in executive, $IMGFIX in user mode; FP is 0 in user mode', () => {
    const born = birth({}, function* () { return 1; });
    const { system } = born;
    const { cpu } = system.system.machine;
    const REI = 0x02;
    const outward: string[] = [];
    const calls: string[] = [];
    const framePointers: number[] = [];
    stepUntil(system, () => isCurrent(born) && pc(system) === symbol(system, 'EXE$PROCSTRT'));
    const imgact = serviceVector('$IMGACT') + 2;
    const imgfix = serviceVector('$IMGFIX') + 2;
    for (let step = 0; step < 5000 && isCurrent(born) && calls.length < 2; step += 1) {
      const from = cpu.currentMode;
      const opcode = system.k.readByte(pc(system));
      system.system.machine.run(1);
      if (!isCurrent(born)) break;
      if (cpu.currentMode > from) outward.push(`${from}>${cpu.currentMode} ${opcode === REI}`);
      if (pc(system) === imgact) calls.push(`IMGACT ${cpu.currentMode}`);
      if (pc(system) === imgfix) calls.push(`IMGFIX ${cpu.currentMode}`);
      if (from === 3 && framePointers.length < 1) framePointers.push(system.k.register(13));
    }
    expect(calls).toEqual(['IMGACT 1', 'IMGFIX 3']);
    expect(outward).toContain('0>1 true');
    expect(outward).toContain('1>3 true');
    expect(outward.filter((line) => line.endsWith('false'))).toEqual([]);
    expect(framePointers).toEqual([0]);
  });

  test('ch20#45: the frame below the image has EXE$CATCH_ALL as its handler, and there is none below it', () => {
    const frames: number[][] = [];
    birthRun(function* (p) {
      for (let frame = p.frame; frame !== 0; frame = p.memory.readLong(frame + 12)) frames.push([p.memory.readLong(frame), p.memory.readLong(frame + 12)]);
      frames.push([p.kernel.symbol('EXE$CATCH_ALL')]);
      return 1;
    });
    const catchAll = frames.pop()![0];
    expect(frames.at(-1)).toEqual([catchAll, 0]);
  });

  test('ch20#39: the three privilege masks are the same', () => {
    const { seen } = runAsUser(function* (p, out) {
      const k = p.kernel;
      const phd = phdOf(k, k.pcb);
      out['masks'] = [phd.PHD$Q_PRIVMSK, k.p1.CTL$GQ_PROCPRIV, phd.PHD$Q_AUTHPRIV, k.pcb.PCB$Q_PRIV];
      yield* pause(p, 0.1);
    }, 1n << BigInt(PRV$V_TMPMBX));
    expect(seen['masks']).toEqual(Array(4).fill(1n << BigInt(PRV$V_TMPMBX)));
  });

  test('ch20#38: without ALTPRI a process may lower its base priority and come back to the one it was created with, no further', () => {
    const { seen } = runAsUser(function* (p, out) {
      const k = p.kernel;
      const bases: number[] = [];
      for (const pri of [2, 4, 7]) {
        yield* service(p, '$SETPRI', { pri });
        bases.push(31 - k.pcb.PCB$B_PRIB);
      }
      out['bases'] = [...bases, 31 - phdOf(k, k.pcb).PHD$B_AUTHPRI];
    });
    expect(seen['bases']).toEqual([2, 4, 4, 4]);
  });

  test('ch20#40 ch20#41: a subprocess has its job\'s table; a detached process makes a new one, and a group table only for a new group', () => {
    const { seen } = run(function* (p, out) {
      const k = p.kernel;
      const start = function* (name: string, wanted: Wanted) {
        yield* create(p, { image: 'TABLES', name, ...wanted });
        yield* pause(p, 0.2);
        return tables[name]!;
      };
      const sub = yield* start('SUB', {});
      const one = yield* start('ONE', { uic: USER_UIC });
      const two = yield* start('TWO', { uic: USER_UIC + 5 });
      const three = yield* start('THREE', { uic: 0x0030_0001 });
      const lookup = (name: string): number => LNM$LOOKUP(k, name, 0);
      out['sub'] = [sub[0] === jobTableName(k), sub[2] === lookup(jobTableName(k))];
      out['jobs'] = new Set([sub[0], one[0], two[0], three[0]]).size;
      out['groups'] = [one[3] === two[3], one[3] !== three[3], one[3] !== 0];
    }, {
      TABLES: function* (p) {
        const k = p.kernel;
        const job = jobTableName(k);
        const group = groupTableName(k.pcb.PCB$L_UIC);
        const name = String.fromCharCode(...k.readBytes(k.pcb.address + PCB.offset.PCB$T_LNAME + 1, k.readByte(k.pcb.address + PCB.offset.PCB$T_LNAME)));
        tables[name] = [job, group, LNM$LOOKUP(k, job, 0), LNM$LOOKUP(k, group, 0)];
        return yield* sleeper(p);
      },
    });
    expect(seen).toEqual({ sub: [true, true], jobs: 4, groups: [true, true, true] });
  });
  const tables: Record<string, [string, string, number, number]> = {};

  test('ch20#46: an image without a CLI that asks for one gets CLI$_INVREQTYP', () => {
    const statuses: number[] = [];
    birthRun(function* (p) {
      statuses.push(yield* service(p, '$CLI', { rqdesc: p.allocate(32) }));
      return 1;
    });
    expect(statuses).toEqual([CLI$_INVREQTYP]);
  });

  test('ch20#47 ch20#48: with the hibernate flag the image is called again at each wake, its exit handlers not until $EXIT; otherwise its RET is $EXIT', () => {
    const { seen } = run(function* (p, out) {
      const pid = p.allocate(4);
      const { epid } = yield* create(p, { image: 'AGAIN', name: 'AGAIN', flags: PRC$M_HIBER });
      p.memory.writeLong(pid, epid);
      yield* pause(p, 0.2);
      const counts = [runs.length];
      for (let wake = 0; wake < 3; wake += 1) {
        yield* service(p, '$WAKE', { pidadr: pid });
        yield* pause(p, 0.2);
        counts.push(runs.length);
      }
      out['counts'] = counts;
      out['gone'] = yield* service(p, '$WAKE', { pidadr: pid });
      const once = yield* create(p, { image: 'ONCE', name: 'ONCE', flags: PRC$M_DETACH });
      p.memory.writeLong(pid, once.epid);
      yield* pause(p, 0.2);
      out['once'] = [yield* service(p, '$WAKE', { pidadr: pid }), handled];
    }, {
      AGAIN: function* (p) {
        if (p.argumentCount === 1) {                                       // as its own exit handler
          handlers.push(runs.length);
          return 1;
        }
        if (runs.length === 0) {
          const range = p.allocate(8);
          yield* service(p, '$EXPREG', { pagcnt: 1, retadr: range });
          const block = p.memory.readLong(range);
          const header = p.memory.readLong(MMG$IMGHDRBUF);
          [0, p.memory.readLong(header + p.memory.readWord(header + 2)), 1, block + 16].forEach((value, index) => { p.memory.writeLong(block + 4 * index, value); });
          yield* service(p, '$DCLEXH', { desblk: block });
        }
        runs.push(handlers.length);
        if (runs.length === 3) yield* service(p, '$EXIT', { code: 1 });
        return 1;
      },
      ONCE: function* () {
        handled.push(1);
        return 1;
      },
    });
    expect(seen['counts']).toEqual([0, 1, 2, 3]);
    expect([runs, handlers]).toEqual([[0, 0, 0], [3]]);
    expect([seen['gone'], seen['once']]).toEqual([0x8e8, [0x8e8, [1]]]);
  });
  const handlers: number[] = [];
  const runs: number[] = [];
  const handled: number[] = [];

  /** Runs `child` as the image of a process to its end. */
  function birthRun(child: Program): void {
    const born = birth({}, child);
    born.system.runUntilIdle(2);
    expect(born.system.process('CHILD')).toBe(undefined);
    expect(born.system.checkBooks()).toEqual([]);
  }

  test('the kernel stack of a new process begins with a page of zeros', () => {
    const born = birth();
    const { system, child } = born;
    const { k } = system;
    stepUntil(system, () => child.PCB$W_STATE === SCH$C_COM);
    const p1 = phdOf(k, child).PHD$L_P1BR;
    const page = (address: number): Uint8Array => {
      const pte = k.readLong((p1 + 4 * ((address & 0x3fff_ffff) >>> 9)) >>> 0);
      return k.machine.memory.bytes.slice((pte & PTE$M_PFN) * 512, (pte & PTE$M_PFN) * 512 + 512);
    };
    expect(page(0x7ffe7c00).every((byte) => byte === 0)).toBe(true);
    expect(PHD.at(k, child.PCB$L_PHD).PHD$L_KSP).toBe(0x7ffe7e00);
  });
});
