import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { SCH$QAST } from '../../../src/executive/ast/queue.js';
import { findUnit } from '../../../src/executive/io/device-names.js';
import { PfnEntry } from '../../../src/executive/memory/pfn.js';
import { jobTableName } from '../../../src/executive/names/process-tables.js';
import { LNM$LOOKUP } from '../../../src/executive/names/table-name.js';
import { allocateBlock } from '../../../src/executive/pool/typed.js';
import { ACM, ACM$V_PROCESS } from '../../../src/executive/process/account.js';
import { requestDeletion } from '../../../src/executive/process/delete.js';
import { EXE$IPID_TO_PCB } from '../../../src/executive/process/pid.js';
import { resumeProcess } from '../../../src/executive/process/hibernate.js';
import { DVI$_UNIT } from '../../../src/executive/starlet/dvidef.js';
import { IO$_READVBLK } from '../../../src/executive/starlet/iodef.js';
import { MSG$_DELPROC, MSG$_PURPROC } from '../../../src/executive/starlet/msgdef.js';
import { PQL$_CPULM, PQL$_PRCLM } from '../../../src/executive/starlet/pqldef.js';
import { PRC$M_INTER, PRC$M_NOACNT } from '../../../src/executive/starlet/prcdef.js';
import { SS$_NONEXPR, SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { ACB } from '../../../src/executive/structures/acb.js';
import { DYN$C_ACB } from '../../../src/executive/structures/dyn.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { PTE$M_PFN } from '../../../src/executive/structures/pte.js';
import { PRI$_NULL, RSN$_ASTWAIT, SCH$C_MWAIT, SCH$C_SUSP } from '../../../src/executive/structures/sch.js';
import { UCB } from '../../../src/executive/structures/ucb.js';
import { TestSystem, type Program } from '../../harness.js';
import { create, deleteProcess, EVERY_PRIVILEGE, holdNameMutex, jibOf, pause, phdOf, run, sleeper, stepUntil, USER_UIC, type Pcb, type Wanted } from './support.js';

/** $DELPRC and the kernel AST in which a process undoes itself (book, chapter 22). */

/** SYSINIT and a child that sleeps, the machine idle. */
function family(wanted: Wanted = {}, others: Readonly<Record<string, Program>> = {}): { system: TestSystem; child: Pcb } {
  const system = new TestSystem({
    programs: {
      SYSINIT: function* (p) {
        yield* create(p, { name: 'CHILD', ...wanted });
        return yield* sleeper(p);
      },
      SLEEPER: sleeper, ...others,
    },
  });
  system.runUntilIdle(1);
  return { system, child: system.process('CHILD')! };
}

const astsOf = (system: TestSystem, pcb: Pcb): number[] => [...system.k.queueEntries(pcb.address + PCB.offset.PCB$L_ASTQFL)];

describe('$DELPRC', () => {
  test('ch22#1: not the null process, not the swapper', () => {
    const { seen } = run(function* (p, out) {
      const k = p.kernel;
      out['privileges'] = k.pcb.PCB$Q_PRIV === EVERY_PRIVILEGE;
      const swapper = p.allocate(4);
      p.memory.writeLong(swapper, PCB.at(k, k.symbol('SCH$GL_SWPPCB')).PCB$L_EPID);
      out['statuses'] = [
        yield* service(p, '$DELPRC', { pidadr: swapper }), yield* service(p, '$DELPRC', { prcnam: p.string('SWAPPER') }),
        yield* service(p, '$DELPRC', { prcnam: p.string('NULL') }),
      ];
    });
    expect(seen).toEqual({ privileges: true, statuses: [SS$_NONEXPR, SS$_NONEXPR, SS$_NONEXPR] });
    const { k } = family().system;
    expect(['SCH$GL_NULLPCB', 'SCH$GL_SWPPCB'].map((pcb) => requestDeletion(k, k.symbol(pcb)))).toEqual([SS$_NONEXPR, SS$_NONEXPR]);
  });

  test('ch22#2 ch22#4: a normal kernel AST with a boost of 3; the second request is a success that does nothing', () => {
    const { system, child } = family({ priority: 4 });
    const { k } = system;
    child.PCB$B_PRI = child.PCB$B_PRIB;
    expect(requestDeletion(k, child.address)).toBe(SS$_NORMAL);
    expect([child.PCB$V_DELPEN, 31 - child.PCB$B_PRI]).toEqual([1, 7]);
    const queue = astsOf(system, child);
    expect(queue.length).toBe(1);
    const acb = ACB.at(k, queue[0]!);
    expect([acb.ACB$V_KAST, acb.ACB$V_MODE, acb.ACB$L_AST]).toEqual([0, 0, k.symbol('EXE$DELETE_AST')]);
    expect(requestDeletion(k, child.address)).toBe(SS$_NORMAL);
    expect(astsOf(system, child)).toEqual(queue);
    system.runUntilIdle(1);
    expect(system.process('CHILD')).toBe(undefined);
    expect(system.checkBooks()).toEqual([]);
  });

  test('ch22#3: a suspended process is resumed, and goes', () => {
    const { seen, system } = run(function* (p, out) {
      const { epid, pcb } = yield* create(p, { name: 'CHILD' });
      yield* pause(p, 0.2);
      const pid = p.allocate(4);
      p.memory.writeLong(pid, epid);
      yield* service(p, '$SUSPND', { pidadr: pid });
      yield* pause(p, 0.2);
      out['before'] = [pcb.PCB$W_STATE, pcb.PCB$V_SUSPEN];
      out['status'] = yield* deleteProcess(p, epid);
    });
    expect(seen).toEqual({ before: [SCH$C_SUSP, 1], status: SS$_NORMAL });
    expect(system.process('CHILD')).toBe(undefined);
  });
});

describe('waiting for what must come first', () => {
  test('ch22#5 ch22#6: while PCB$B_DPC is not zero it sits in MWAIT at IPL 0 with no kernel AST active, and takes other kernel ASTs', () => {
    const { system, child } = family();
    const { k } = system;
    child.PCB$B_DPC = 1;
    requestDeletion(k, child.address);
    system.runUntilIdle(1);
    const stuck = (): unknown[] => [child.PCB$W_STATE, child.PCB$L_EFWM, child.PCB$B_ASTACT & 1, (phdOf(k, child).PHD$L_PSL >>> 16) & 31, child.PCB$V_DELPEN];
    expect(stuck()).toEqual([SCH$C_MWAIT, RSN$_ASTWAIT, 0, 0, 1]);
    // A kernel AST, as the XQP's would be: RET at once. It is delivered, and the process waits again.
    const code = allocateBlock(k, 32, DYN$C_ACB);
    k.writeBytes(code + 16, Uint8Array.from([0, 0, 0xd6, 0x9f, ...new Uint8Array(new Uint32Array([code + 28]).buffer), 0x04]));     // INCL @#count; RET
    k.writeLong(code + 28, 0);
    const queue = (): void => {
      const acb = ACB.at(k, allocateBlock(k, ACB.size, DYN$C_ACB));
      acb.ACB$L_PID = child.PCB$L_PID;
      acb.ACB$L_AST = code + 16;
      SCH$QAST(k, acb.address, PRI$_NULL);
    };
    queue();
    system.runUntilIdle(1);
    expect([k.readLong(code + 28), ...stuck()]).toEqual([1, SCH$C_MWAIT, RSN$_ASTWAIT, 0, 0, 1]);
    child.PCB$B_DPC = 0;
    queue();
    system.runUntilIdle(1);
    expect([k.readLong(code + 28), system.process('CHILD')]).toEqual([2, undefined]);
  });

  test('ch22#23 ch22#27: devices are given back, then it loops at IPL 0 until all I/O is complete', () => {
    const order: string[] = [];
    const { system, child } = family({ image: 'HOLDER' }, {
      HOLDER: function* (p) {
        yield* service(p, '$ALLOC', { devnam: p.string('_NLA0:'), phylen: 0, phybuf: 0, acmode: 3 });
        return yield* sleeper(p);
      },
    });
    const { k } = system;
    const unit = UCB.at(k, findUnit(k, 'NLA0'));
    expect(unit.UCB$L_PID).toBe(child.PCB$L_PID);
    child.PCB$W_DIOCNT = child.PCB$W_DIOCNT - 1;                           // one direct I/O that the device still has
    requestDeletion(k, child.address);
    let loops = 0;
    const start = k.symbol('DELETE_IO_LOOP');
    stepUntil(system, () => {
      if (unit.UCB$L_PID === 0 && order.length === 0) order.push('device');
      if (k.sys.SCH$GL_CURPCB === child.address && k.register(15) === start) {
        loops += 1;
        if (loops === 1) order.push(`waits at ${k.ipl}`);
      }
      return loops === 50;
    });
    expect(order).toEqual(['device', 'waits at 0']);
    expect(system.process('CHILD')!.address).toBe(child.address);
    child.PCB$W_DIOCNT = child.PCB$W_DIOCNT + 1;
    system.runUntilIdle(1);
    expect(system.process('CHILD')).toBe(undefined);
    expect(system.checkBooks()).toEqual([]);
  });

  /** SYSINIT -> OTG -> (BERT -> LEAF, ERNIE), as in the book's example with one generation more. */
  function tree(): { system: TestSystem; pcb: (name: string) => Pcb | undefined } {
    const parent = (names: readonly (readonly [string, string])[]): Program => function* (p) {
      for (const [name, image] of names) yield* create(p, { name, image });
      return yield* sleeper(p);
    };
    const { system } = family({ image: 'OTG', name: 'OTG', uic: USER_UIC, quotas: [[PQL$_PRCLM, 9]] }, {
      OTG: parent([['BERT', 'BERT'], ['ERNIE', 'SLEEPER']]), BERT: parent([['LEAF', 'SLEEPER']]),
    });
    system.runUntilIdle(1);
    return { system, pcb: (name) => system.process(name) };
  }

  test('ch22#8 ch22#9 ch22#10 ch22#11 ch22#12 ch22#18: owners wait in MWAIT until each subprocess has gone; the job lives until its master dies', () => {
    const { system, pcb } = tree();
    const { k } = system;
    const names = ['OTG', 'BERT', 'ERNIE', 'LEAF'];
    const pcbs = names.map((name) => pcb(name)!);
    const [otg, bert, ernie, leaf] = pcbs as [Pcb, Pcb, Pcb, Pcb];
    const ipids = pcbs.map((each) => each.PCB$L_PID);
    const jib = jibOf(k, otg);
    expect([otg.PCB$W_PRCCNT, bert.PCB$W_PRCCNT, jib.JIB$W_PRCCNT]).toEqual([2, 1, 3]);
    // The PCB has no list of subprocesses: PCB$L_OWNER of the others is all there is.
    expect([bert, ernie, leaf].map((each) => each.PCB$L_OWNER)).toEqual([ipids[0], ipids[0], ipids[1]]);
    requestDeletion(k, otg.address);
    const gone: string[] = [];
    const countAtDeath: number[][] = [];
    let marked: number[] = [];
    let waited = false;
    let previous = [2, 1, 3];
    stepUntil(system, () => {
      if (marked.length === 0 && bert.PCB$V_DELPEN) marked = [bert.PCB$V_DELPEN, ernie.PCB$V_DELPEN];
      if (otg.PCB$W_STATE === SCH$C_MWAIT && otg.PCB$L_EFWM === RSN$_ASTWAIT && otg.PCB$W_PRCCNT > 0 && EXE$IPID_TO_PCB(k, ipids[0]!) !== 0) waited = true;
      names.forEach((name, index) => {
        if (!gone.includes(name) && EXE$IPID_TO_PCB(k, ipids[index]!) === 0) {
          gone.push(name);
          if (name !== 'OTG') expect(EXE$IPID_TO_PCB(k, ipids[0]!), `${name} goes before its owner`).toBe(otg.address);
        }
      });
      if (EXE$IPID_TO_PCB(k, ipids[0]!) !== 0) {
        const now = [otg.PCB$W_PRCCNT, jib.JIB$W_PRCCNT];
        if (now.join() !== [previous[0], previous[2]].join()) {
          countAtDeath.push(now);
          previous = [now[0]!, 0, now[1]!];
        }
      }
      return gone.length === 4;
    }, 2_000_000);
    expect(marked).toEqual([1, 1]);
    expect(waited).toBe(true);
    expect(gone.at(-1)).toBe('OTG');
    expect(gone.indexOf('LEAF')).toBeLessThan(gone.indexOf('BERT'));
    // The job's count is brought up to date with the owner's, which reaches zero before OTG goes on.
    expect(countAtDeath.at(-1)).toEqual([0, 0]);
    expect(jib.JIB$L_MPID).toBe(ipids[0]);
    system.runUntilIdle(1);
    expect(system.checkBooks()).toEqual([]);
  });
});

describe('what goes where', () => {
  test('ch22#13: CPU time left over goes back to the owner', () => {
    const { seen } = run(function* (p, out) {
      yield* create(p, { image: 'OWNER', name: 'OWNER', quotas: [[PQL$_CPULM, 10_000]], uic: USER_UIC });
      yield* pause(p, 3);
      Object.assign(out, limits);
    }, {
      OWNER: function* (p) {
        const mine = (): number => phdOf(p.kernel, p.kernel.pcb).PHD$L_CPULIM;
        const { epid, pcb } = yield* create(p, { name: 'CHILD', quotas: [[PQL$_CPULM, 4000]] });
        limits['lent'] = mine();
        yield* pause(p, 0.2);
        phdOf(p.kernel, pcb).PHD$L_CPUTIM = 1500;
        yield* deleteProcess(p, epid);
        limits['back'] = mine();
        return yield* sleeper(p);
      },
    }, { seconds: 5 });
    expect(seen).toEqual({ lent: 6000, back: 8500 });
  });
  const limits: Record<string, number> = {};

  test('ch22#14 ch22#15: the termination message: type, final status, nothing in job ID and page file peak; after I/O, before P1 goes', () => {
    const { seen, system } = run(function* (p, out) {
      const k = p.kernel;
      const chan = p.allocate(4);
      const iosb = p.allocate(8);
      const unit = p.allocate(4);
      yield* service(p, '$CREMBX', { chan, maxmsg: 84, bufquo: 400 });
      yield* service(p, '$GETDVIW', { efn: 1, chan: p.memory.readWord(chan), iosb, itmlst: p.itemList([{ code: DVI$_UNIT, length: 4, buffer: unit }]) });
      const { epid } = yield* create(p, { image: 'DIES', name: 'DIES', mailbox: p.memory.readWord(unit) });
      const message = p.allocate(84);
      yield* service(p, '$QIOW', { chan: p.memory.readWord(chan), func: IO$_READVBLK, iosb, p1: message, p2: 84 });
      const at = (offset: number): number => p.memory.readLong(message + offset);
      out['size'] = p.memory.readWord(iosb + 2);
      out['type'] = p.memory.readWord(message);
      out['status'] = at(4);
      out['pid'] = at(8) === epid;
      out['unused'] = [at(0x0c), at(0x34)];
      out['owner'] = at(0x50) === k.pcb.PCB$L_EPID;
      out['peak'] = at(0x38) > 10;
      out['io'] = at(0x3c);
      out['user'] = String.fromCharCode(...p.memory.readBytes(message + 0x20, 12));
    }, {
      DIES: function* (p) {
        yield* service(p, '$EXIT', { code: 0x2c });
        return 1;
      },
    });
    expect(seen).toEqual({
      size: 84, type: MSG$_DELPROC, status: 0x2c, pid: true, unused: [0, 0], owner: true, peak: true, io: 0, user: 'SYSTEM      ',
    });
    expect(system.checkBooks()).toEqual([]);
  });

  test('ch22#15: the step that writes it comes behind the wait for I/O and before P1 space goes', () => {
    const { system, child } = family({ mailbox: 1 });
    const { k } = system;
    k.sys.EXE$GL_ACMFLAGS = 0;
    const mailbox = UCB.at(k, k.symbol('SYS$GL_JOBCTLMB'));
    requestDeletion(k, child.address);
    let loops = 0;
    stepUntil(system, () => {
      if (k.sys.SCH$GL_CURPCB === child.address && k.register(15) === k.symbol('DELETE_IO_LOOP')) loops += 1;
      return mailbox.UCB$W_MSGCNT === 1;
    });
    expect(loops).toBe(1);
    expect(k.sys.SCH$GL_CURPCB).toBe(child.address);
    system.runUntilIdle(1);
  });

  test('ch22#16: an accounting message goes to the job controller, but not for NOACNT and not when accounting is off', () => {
    const { seen, system } = run(function* (p, out) {
      const k = p.kernel;
      const chan = p.allocate(4);
      yield* service(p, '$ASSIGN', { devnam: p.string('MBA1:'), chan });
      const mailbox = UCB.at(k, k.symbol('SYS$GL_JOBCTLMB'));
      const counts: number[] = [];
      const one = function* (flags: number, on: number) {
        k.sys.EXE$GL_ACMFLAGS = on << ACM$V_PROCESS;
        const { epid } = yield* create(p, { flags, priority: 5 });
        yield* pause(p, 0.2);
        yield* deleteProcess(p, epid);
        counts.push(mailbox.UCB$W_MSGCNT);
        return epid;
      };
      yield* one(0, 0);
      yield* one(PRC$M_NOACNT, 1);
      const epid = yield* one(0, 1);
      out['counts'] = counts;
      const [message, iosb] = [p.allocate(ACM.size), p.allocate(8)];
      yield* service(p, '$QIOW', { chan: p.memory.readWord(chan), func: IO$_READVBLK, iosb, p1: message, p2: ACM.size });
      const record = ACM.at(p.memory, message);
      out['record'] = [record.ACM$W_MSGTYP, record.ACM$W_MSGSIZ, record.ACM$L_PID === epid, record.ACM$L_OWNER === k.pcb.PCB$L_EPID, record.ACM$L_UIC, record.ACM$B_PRIB];
    });
    expect(seen).toEqual({ counts: [0, 0, 1], record: [MSG$_PURPROC, ACM.size, true, true, 0x0001_0004, 5] });
    expect(system.checkBooks()).toEqual([]);
  });

  test('ch22#17 ch22#20 ch22#21 ch22#25: after SVPCTX the slot is free, the locked pages head the free list; then the PCB goes, the swapper is woken for the header, and SCH$SCHED follows on the interrupt stack', () => {
    const { system, child } = family();
    const { k } = system;
    const index = child.PCB$L_PID & 0xffff;
    const slot = (): number => k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index);
    const nullPcb = k.symbol('SCH$GL_NULLPCB');
    const phd = phdOf(k, child);
    const header = child.PCB$L_PHD;
    const pointerPage = (phd.PHD$L_P1BR + 4 * ((0x7ffefe00 & 0x3fff_ffff) >>> 9)) >>> 0;
    const frame = k.readLong(pointerPage) & PTE$M_PFN;
    requestDeletion(k, child.address);
    stepUntil(system, () => slot() === nullPcb);
    // Between the two steps: no process, but its PCB still is what it was.
    expect([k.sys.SCH$GL_CURPCB, k.cpu.onInterruptStack, k.ipl, k.readByte(child.address + 10)]).toEqual([nullPcb, true, 8, 12]);
    const head: number[] = [];
    for (let pfn = k.readLong(k.symbol('PFN$AL_HEAD')); pfn !== 0 && head.length < 30; pfn = new PfnEntry(k, pfn).flink) head.push(pfn);
    expect(head).toContain(frame);
    const swapper = PCB.at(k, k.symbol('SCH$GL_SWPPCB'));
    expect(k.sys.SCH$GW_DELPHDCT).toBe(0);
    stepUntil(system, () => k.sys.SCH$GW_DELPHDCT === 1);
    expect(swapper.PCB$V_WAKEPEN).toBe(1);
    const headerPte = k.sys.MMG$GL_SPTBASE + 4 * ((header & 0x3fff_ffff) >>> 9);
    expect(k.readLong(headerPte) >>> 31).toBe(1);                          // the header is still there
    stepUntil(system, () => k.register(15) === k.symbol('SCH$SCHED'));
    expect([k.cpu.onInterruptStack, k.ipl]).toEqual([true, 8]);
    system.runUntilIdle(1);
    expect([k.readLong(headerPte), k.sys.SCH$GW_DELPHDCT]).toEqual([0, 0]);
    expect(system.checkBooks()).toEqual([]);
  });

  test('ch22#19: interactive jobs are counted; subprocesses are not', () => {
    const { seen } = run(function* (p, out) {
      const k = p.kernel;
      k.sys.SYS$GW_IJOBCNT = 5;
      const counts: number[] = [];
      for (const wanted of [{ flags: PRC$M_INTER, uic: USER_UIC }, { flags: PRC$M_INTER }, { uic: USER_UIC }]) {
        const { epid } = yield* create(p, wanted);
        yield* pause(p, 0.2);
        yield* deleteProcess(p, epid);
        counts.push(k.sys.SYS$GW_IJOBCNT);
      }
      out['counts'] = counts;
    });
    expect(seen['counts']).toEqual([4, 4, 4]);
  });

  test('a deletion that waits for the logical name mutex counts its job down once', () => {
    const { system, child } = family({ flags: PRC$M_INTER, uic: USER_UIC });
    const { k } = system;
    k.sys.SYS$GW_IJOBCNT = 5;
    requestDeletion(k, child.address);
    stepUntil(system, () => k.sys.SCH$GL_CURPCB === child.address && k.register(15) === k.symbol('DELETE_IO_LOOP'));
    const giveUp = holdNameMutex(k);
    system.runUntilIdle(1);
    expect([child.PCB$W_STATE, child.PCB$L_EFWM]).toEqual([SCH$C_MWAIT, k.symbol('LNM$AL_MUTEX')]);
    giveUp();
    system.runUntilIdle(1);
    expect([system.process('CHILD'), k.sys.SYS$GW_IJOBCNT]).toEqual([undefined, 4]);
    expect(system.checkBooks()).toEqual([]);
  });

  test('ch22#22: the job table goes with a detached process, not with a subprocess', () => {
    const { seen } = run(function* (p, out) {
      const k = p.kernel;
      const { epid, pcb } = yield* create(p, { uic: USER_UIC });
      yield* pause(p, 0.2);
      const name = `LNM$JOB_${pcb.PCB$L_JIB.toString(16).toUpperCase().padStart(8, '0')}`;
      out['there'] = LNM$LOOKUP(k, name, 0) !== 0;
      yield* deleteProcess(p, epid);
      out['gone'] = LNM$LOOKUP(k, name, 0);
      const sub = yield* create(p, {});
      yield* pause(p, 0.2);
      yield* deleteProcess(p, sub.epid);
      out['mine'] = LNM$LOOKUP(k, jobTableName(k), 0) !== 0;
    });
    expect(seen).toEqual({ there: true, gone: 0, mine: true });
  });

  test('ch22#24: it all happens while the victim is the current process', () => {
    const { system, child } = family();
    const { k } = system;
    requestDeletion(k, child.address);
    const current: boolean[] = [];
    const steps = ['DELETE_RMS', 'DELETE_IMAGE'].map((name) => k.symbol(name) + 2);
    stepUntil(system, () => {
      if (steps.includes(k.register(15))) current.push(k.sys.SCH$GL_CURPCB === child.address);
      return system.process('CHILD') === undefined;
    });
    expect(current.length).toBeGreaterThanOrEqual(2);
    expect(current.every(Boolean)).toBe(true);
    system.runUntilIdle(1);
    resumeProcess(k, system.process('SYSINIT')!.address);
    expect(system.checkBooks()).toEqual([]);
  });
});
