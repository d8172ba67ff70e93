import { describe, expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { shellPages } from '../../../src/executive/memory/shell.js';
import { allocateBlock } from '../../../src/executive/pool/typed.js';
import { EXE$EPID_TO_IPID, EXE$EPID_TO_PCB, EXE$IPID_TO_EPID, EXE$IPID_TO_PCB, processes } from '../../../src/executive/process/pid.js';
import { LNM$_STRING } from '../../../src/executive/starlet/lnmdef.js';
import {
  PRC$M_BATCH, PRC$M_DETACH, PRC$M_DISAWS, PRC$M_HIBER, PRC$M_INTER, PRC$M_LOGIN, PRC$M_NETWRK, PRC$M_NOACNT, PRC$M_PSWAPM, PRC$M_SSFEXCU, PRC$M_SSRWAIT,
} from '../../../src/executive/starlet/prcdef.js';
import {
  PRV$V_ALTPRI, PRV$V_CMKRNL, PRV$V_DETACH, PRV$V_NOACNT, PRV$V_PSWAPM, PRV$V_SETPRV, PRV$V_TMPMBX, PRV$V_WORLD,
} from '../../../src/executive/starlet/prvdef.js';
import { PQL$_ASTLM, PQL$_BYTLM, PQL$_CPULM, PQL$_DIOLM, PQL$_PRCLM, PQL$_TQELM } from '../../../src/executive/starlet/pqldef.js';
import { SS$_DUPLNAM, SS$_EXPRCLM, SS$_EXQUOTA, SS$_NOPRIV, SS$_NORMAL, SS$_NOSLOT } from '../../../src/executive/starlet/ssdef.js';
import { DYN$C_RIGHTSLIST } from '../../../src/executive/structures/dyn.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { create, deleteProcess, EVERY_PRIVILEGE, jibOf, pause, phdOf, run, runAsUser, USER_UIC } from './support.js';

/** $CREPRC as its caller sees it: privileges, quotas, names, identification (book 20.1). */

const bit = (...privileges: readonly number[]): bigint => privileges.reduce((mask, privilege) => mask | (1n << BigInt(privilege)), 0n);
const OTHER_UIC = 0x0020_0077;

describe('who may create what', () => {
  test('ch20#1: a detached process with one\'s own UIC needs no privilege, one with another UIC DETACH or CMKRNL', () => {
    const { seen } = runAsUser(function* (p, out) {
      out['own'] = (yield* create(p, { uic: USER_UIC })).status;
      out['other'] = (yield* create(p, { uic: OTHER_UIC })).status;
      for (const privilege of [PRV$V_DETACH, PRV$V_CMKRNL]) {
        p.kernel.pcb.PCB$Q_PRIV = bit(privilege);
        const { status, pcb } = yield* create(p, { uic: OTHER_UIC });
        out[`with ${privilege}`] = [status, pcb.PCB$L_UIC];
      }
    });
    expect(seen).toEqual({
      own: SS$_NORMAL, other: SS$_NOPRIV, [`with ${PRV$V_DETACH}`]: [SS$_NORMAL, OTHER_UIC], [`with ${PRV$V_CMKRNL}`]: [SS$_NORMAL, OTHER_UIC],
    });
  });

  test('ch20#7: with SETPRV the mask is taken as it is, without it nothing is given that the creator has not', () => {
    const asked = bit(PRV$V_WORLD, PRV$V_TMPMBX);
    const { seen } = runAsUser(function* (p, out) {
      out['cut'] = (yield* create(p, { privileges: asked })).pcb.PCB$Q_PRIV;
      out['default'] = (yield* create(p, {})).pcb.PCB$Q_PRIV;
      p.kernel.pcb.PCB$Q_PRIV = bit(PRV$V_SETPRV);
      out['whole'] = (yield* create(p, { privileges: asked })).pcb.PCB$Q_PRIV;
    }, bit(PRV$V_TMPMBX));
    expect(seen).toEqual({ cut: bit(PRV$V_TMPMBX), default: bit(PRV$V_TMPMBX), whole: asked });
  });

  test('ch20#8: without ALTPRI no base priority above one\'s own; lower ones are honoured', () => {
    const { seen } = runAsUser(function* (p, out) {
      const base = function* (priority: number) { return 31 - (yield* create(p, { priority })).pcb.PCB$B_PRIB; };
      out['without'] = [yield* base(9), yield* base(2)];
      p.kernel.pcb.PCB$Q_PRIV = bit(PRV$V_ALTPRI);
      out['with'] = yield* base(9);
    });
    expect(seen).toEqual({ without: [4, 2], with: 9 });
  });

  test('ch20#12 ch12#42: PSWAPM and NOACNT need the privilege of that name, BATCH and NETWRK need DETACH, the other flags nothing', () => {
    const free = [PRC$M_SSRWAIT, PRC$M_SSFEXCU, PRC$M_HIBER, PRC$M_LOGIN, PRC$M_DISAWS, PRC$M_INTER];
    const needed: readonly (readonly [flag: number, privilege: number])[] = [
      [PRC$M_PSWAPM, PRV$V_PSWAPM], [PRC$M_NOACNT, PRV$V_NOACNT], [PRC$M_BATCH, PRV$V_DETACH], [PRC$M_NETWRK, PRV$V_DETACH],
    ];
    const { seen } = runAsUser(function* (p, out) {
      const made = yield* create(p, { flags: free.reduce((mask, flag) => mask | flag, 0) });
      const { pcb } = made;
      out['free'] = [made.status, pcb.PCB$V_SSRWAIT, pcb.PCB$V_SSFEXCU, pcb.PCB$V_HIBER, pcb.PCB$V_LOGIN, pcb.PCB$V_DISAWS, pcb.PCB$V_INTER];
      const statuses: number[] = [];
      for (const [flags, privilege] of needed) {
        p.kernel.pcb.PCB$Q_PRIV = EVERY_PRIVILEGE & ~bit(privilege);
        statuses.push((yield* create(p, { flags })).status);
        p.kernel.pcb.PCB$Q_PRIV = bit(privilege);
        const { status, pcb: child } = yield* create(p, { flags });
        statuses.push(status);
        out[`bits of ${flags}`] = [child.PCB$V_PSWAPM, child.PCB$V_NOACNT, child.PCB$V_BATCH, child.PCB$V_NETWRK];
      }
      out['needed'] = statuses;
    }, 0n, {}, { quotas: [[PQL$_PRCLM, 20]] });
    expect(seen['free']).toEqual([SS$_NORMAL, 1, 1, 1, 1, 1, 1]);
    expect(seen['needed']).toEqual([SS$_NOPRIV, SS$_NORMAL, SS$_NOPRIV, SS$_NORMAL, SS$_NOPRIV, SS$_NORMAL, SS$_NOPRIV, SS$_NORMAL]);
    expect(needed.map(([flags]) => seen[`bits of ${flags}`])).toEqual([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]);
  });

  test('ch20#6 ch01#4: the new PCB has the access rights block of its creator; an extended rights list is copied, and goes with the process', () => {
    const { seen, system } = runAsUser(function* (p, out) {
      const k = p.kernel;
      k.sys.SGN$GL_USERD1 = 1;                            // freed pool is filled with a pattern
      const list = allocateBlock(k, 64, DYN$C_RIGHTSLIST);
      k.writeLong(list + 12, 0x8001_0001);
      k.writeLong(k.pcb.address + PCB.offset.PCB$R_RIGHTSLIST + 4, list);
      k.writeLong(k.pcb.address + PCB.offset.PCB$R_LOCALRIGHTS, 0x8001_0002);
      const { pcb, epid } = yield* create(p, { name: 'CHILD' });
      const copy = k.readLong(pcb.address + PCB.offset.PCB$R_RIGHTSLIST + 4);
      out['child'] = [
        copy !== list, k.readLong(copy + 12), k.readByte(copy + 10), pcb.PCB$L_UIC, pcb.PCB$Q_PRIV, pcb.PCB$L_ARB - pcb.address,
        k.readLong(pcb.address + PCB.offset.PCB$R_LOCALRIGHTS), k.readLong(pcb.address + PCB.offset.PCB$R_RIGHTSDESC + 4) - pcb.address,
      ];
      yield* deleteProcess(p, epid);
      out['freed'] = k.readByte(copy + 10) !== DYN$C_RIGHTSLIST;
    }, bit(PRV$V_TMPMBX));
    expect(seen).toEqual({
      child: [true, 0x8001_0001, DYN$C_RIGHTSLIST, USER_UIC, bit(PRV$V_TMPMBX), PCB.offset.PCB$Q_PRIV, 0x8001_0002, PCB.offset.PCB$L_UIC], freed: true,
    });
    expect(system.checkBooks()).toEqual([]);
  });
});

describe('quotas', () => {
  test('ch20#3: the job\'s subprocess limit holds for all its members; ch01#1: they share one JIB', () => {
    const { seen } = runAsUser(function* (p, out) {
      const first = yield* create(p, { image: 'MEMBER', name: 'MEMBER' });
      yield* pause(p, 0.5);
      out['mine'] = (yield* create(p, {})).status;
      out['shared'] = [first.pcb.PCB$L_JIB === p.kernel.pcb.PCB$L_JIB, jibOf(p.kernel, p.kernel.pcb).JIB$W_PRCCNT];
    }, 0n, {
      MEMBER: function* (p) {
        seen2['member'] = [(yield* create(p, {})).status, (yield* create(p, {})).status];
        for (;;) yield* service(p, '$HIBER', {});
      },
    }, { quotas: [[PQL$_PRCLM, 2]] });
    expect(seen).toEqual({ mine: SS$_EXQUOTA, shared: [true, 2] });
    expect(seen2).toEqual({ member: [SS$_NORMAL, SS$_EXQUOTA] });
  });
  const seen2: Record<string, unknown> = {};

  test('a subprocess gives back what it cost its job, a detached process never cost anything', () => {
    const { seen } = runAsUser(function* (p, out) {
      const count = (): number => jibOf(p.kernel, p.kernel.pcb).JIB$L_PGFLCNT;
      const before = count();
      yield* create(p, { uic: USER_UIC });
      yield* pause(p, 0.5);
      out['detached'] = before - count();
      const { epid } = yield* create(p, {});
      yield* pause(p, 0.5);
      out['subprocess'] = before - count() > shellPages(p.kernel);
      yield* deleteProcess(p, epid);
      out['left'] = before - count();
    });
    expect(seen).toEqual({ detached: 0, subprocess: true, left: 0 });
  });

  test('ch20#13: MAXJOBS and MAXDETACH count the user\'s other processes, for plain detached ones only', () => {
    const { seen } = runAsUser(function* (p, out) {
      const k = p.kernel;
      const jib = jibOf(k, k.pcb);
      jib.JIB$T_USERNAME = Uint8Array.from('PLAIN       ', (letter) => letter.charCodeAt(0));
      jib.JIB$W_MAXJOBS = 3;
      const statuses: number[] = [];
      const add = function* (flags: number) { statuses.push((yield* create(p, { flags })).status); };
      yield* add(PRC$M_DETACH);                           // two jobs
      yield* add(PRC$M_DETACH | PRC$M_INTER);             // three
      yield* add(PRC$M_DETACH);                           // would be four
      yield* add(PRC$M_DETACH | PRC$M_INTER);             // not plain: not looked at
      yield* add(0);                                      // a subprocess
      jib.JIB$W_MAXJOBS = 0;
      jib.JIB$W_MAXDETACH = 2;
      yield* add(PRC$M_DETACH);                           // USER and the first one are detached
      jib.JIB$W_MAXDETACH = 3;
      yield* add(PRC$M_DETACH);
      out['statuses'] = statuses;
    });
    expect(seen['statuses']).toEqual([SS$_NORMAL, SS$_NORMAL, SS$_EXPRCLM, SS$_NORMAL, SS$_NORMAL, SS$_EXPRCLM, SS$_NORMAL]);
  });

  test('ch20#19: a subprocess that asks for no CPU limit gets half of a limited creator\'s; a limit must be less than the creator\'s', () => {
    const { seen } = runAsUser(function* (p, out) {
      const k = p.kernel;
      const left = (): number => phdOf(k, k.pcb).PHD$L_CPULIM;
      const before = left();
      const { pcb } = yield* create(p, { quotas: [[PQL$_CPULM, 0]] });
      out['after'] = [before, left()];
      yield* pause(p, 0.5);
      out['child'] = phdOf(k, pcb).PHD$L_CPULIM;
      out['too much'] = (yield* create(p, { quotas: [[PQL$_CPULM, left()]] })).status;
      out['refused costs nothing'] = left();
      out['some'] = [(yield* create(p, { quotas: [[PQL$_CPULM, 1000]] })).status, left()];
    }, 0n, {}, { quotas: [[PQL$_CPULM, 60_000], [PQL$_PRCLM, 8]] });
    expect(seen).toEqual({ after: [60_000, 30_000], child: 30_000, 'too much': SS$_EXQUOTA, 'refused costs nothing': 30_000, some: [SS$_NORMAL, 29_000] });
  });

  test('ch20#20: a value below the minimum is raised to it', () => {
    const { seen } = run(function* (p, out) {
      out['astlm'] = (yield* create(p, { quotas: [[PQL$_ASTLM, 1]] })).pcb.PCB$W_ASTCNT;
    }, {}, { parameters: { PQL_MASTLM: 7 } });
    expect(seen['astlm']).toBe(7);
  });

  test('ch20#21: a detached process made without DETACH may exceed its creator in no quota', () => {
    const { seen } = runAsUser(function* (p, out) {
      const k = p.kernel;
      const mine = jibOf(k, k.pcb);
      const limits = [[PQL$_ASTLM, phdOf(k, k.pcb).PHD$W_ASTLM], [PQL$_BYTLM, mine.JIB$L_BYTLM], [PQL$_TQELM, mine.JIB$W_TQLM], [PQL$_DIOLM, k.pcb.PCB$W_DIOLM]] as const;
      const statuses: number[][] = [];
      for (const [code, limit] of limits) {
        const equal = (yield* create(p, { uic: USER_UIC, quotas: [[code, limit]] })).status;
        const more = (yield* create(p, { uic: USER_UIC, quotas: [[code, limit + 1]] })).status;
        statuses.push([equal, more]);
      }
      p.kernel.pcb.PCB$Q_PRIV = bit(PRV$V_DETACH);
      statuses.push([(yield* create(p, { uic: USER_UIC, quotas: [[PQL$_BYTLM, mine.JIB$L_BYTLM + 1]] })).status]);
      out['statuses'] = statuses;
    });
    expect(seen['statuses']).toEqual([...Array.from({ length: 4 }, () => [SS$_NORMAL, SS$_EXQUOTA]), [SS$_NORMAL]]);
  });

  test('ch20#22: counts of an idle detached job stand at their limits, and no CPU time is used yet', () => {
    const { seen } = run(function* (p, out) {
      const k = p.kernel;
      const { pcb } = yield* create(p, { uic: USER_UIC, quotas: [[PQL$_BYTLM, 12_000]] });
      yield* pause(p, 0.5);
      const jib = jibOf(k, pcb);
      out['bytes'] = [jib.JIB$L_BYTCNT, jib.JIB$L_BYTLM];
      out['others'] = [jib.JIB$W_TQCNT === jib.JIB$W_TQLM, jib.JIB$W_FILCNT === jib.JIB$W_FILLM, pcb.PCB$W_BIOCNT === pcb.PCB$W_BIOLM];
      out['cpu'] = phdOf(k, pcb).PHD$L_CPUTIM;
    });
    expect(seen).toEqual({ bytes: [12_000, 12_000], others: [true, true, true], cpu: 0 });
  });
});

describe('identification', () => {
  test('ch20#9 ch20#17: a subprocess names its owner in both forms, a detached process is the master of its own job', () => {
    const { seen } = runAsUser(function* (p, out) {
      const k = p.kernel;
      const sub = (yield* create(p, {})).pcb;
      const detached = (yield* create(p, { uic: USER_UIC })).pcb;
      out['sub'] = [sub.PCB$L_OWNER === k.pcb.PCB$L_PID, sub.PCB$L_EOWNER === k.pcb.PCB$L_EPID, jibOf(k, sub).JIB$L_MPID === k.pcb.PCB$L_PID];
      out['detached'] = [detached.PCB$L_OWNER, detached.PCB$L_EOWNER, jibOf(k, detached).JIB$L_MPID === detached.PCB$L_PID];
    });
    expect(seen).toEqual({ sub: [true, true, true], detached: [0, 0, true] });
  });

  test('ch20#10: a name is unique in its UIC group', () => {
    const { seen } = run(function* (p, out) {
      out['statuses'] = [
        (yield* create(p, { name: 'TWIN', uic: USER_UIC })).status, (yield* create(p, { name: 'TWIN', uic: OTHER_UIC })).status,
        (yield* create(p, { name: 'TWIN', uic: 0x0030_0031 })).status, (yield* create(p, { name: 'twin', uic: USER_UIC })).status,
      ];
    });
    expect(seen['statuses']).toEqual([SS$_NORMAL, SS$_DUPLNAM, SS$_NORMAL, SS$_NORMAL]);
  });

  test('ch20#11: SYS$DISK is translated once, through LNM$FILE_DEV', () => {
    const { seen, system } = run(function* (p, out) {
      for (const [name, value] of [['SYS$DISK', 'ONCE:'], ['ONCE', 'TWICE:'], ['TWICE', 'DUA0:']] as const) {
        const text = p.string(value);
        yield* service(p, '$CRELNM', {
          tabnam: p.string('LNM$PROCESS'), lognam: p.string(name), itmlst: p.itemList([{ code: LNM$_STRING, length: value.length, buffer: p.memory.readLong(text + 4) }]),
        });
      }
      yield* create(p, { image: 'LOOKS', name: 'LOOKS' });
      yield* pause(p, 0.5);
      out['done'] = true;
    }, {
      LOOKS: function* (p) {
        const buffer = p.allocate(64);
        const length = p.allocate(4);
        yield* service(p, '$TRNLNM', {
          tabnam: p.string('LNM$PROCESS'), lognam: p.string('SYS$DISK'), itmlst: p.itemList([{ code: LNM$_STRING, length: 64, buffer, returnLength: length }]),
        });
        found.push(String.fromCharCode(...p.memory.readBytes(buffer, p.memory.readWord(length))));
        return 1;
      },
    });
    expect([seen['done'], found, system.checkBooks()]).toEqual([true, ['ONCE:'], []]);
  });
  const found: string[] = [];

  test('ch20#23: the PCB vector: null process, swapper, and the null process for every free entry', () => {
    const { system } = run(function* (p) { yield* create(p, {}); }, {}, { parameters: { MAXPROCESSCNT: 20 } });
    const { k } = system;
    const entries = Array.from({ length: 20 }, (_, index) => k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index));
    expect(k.sys.SCH$GL_MAXPIX).toBe(19);
    const nullPcb = k.symbol('SCH$GL_NULLPCB');
    expect(entries.slice(0, 2)).toEqual([nullPcb, k.symbol('SCH$GL_SWPPCB')]);
    const used = entries.filter((pcb) => pcb !== nullPcb);
    expect(used.length).toBe(3);
    expect(used.slice(1).map((pcb) => PCB.at(k, pcb).PCB$L_PID & 0xffff)).toEqual([2, 3]);
  });

  test('ch20#24 ch20#25 ch20#26 ch20#27: slots go round; a slot used again has the next sequence number, 0 after 32767; who is gone is not found', () => {
    const { seen } = run(function* (p, out) {
      const k = p.kernel;
      const first = yield* create(p, {});
      const [ipid, index] = [first.pcb.PCB$L_PID, first.pcb.PCB$L_PID & 0xffff];
      yield* deleteProcess(p, first.epid);
      out['gone'] = [EXE$IPID_TO_PCB(k, ipid), k.readWord(k.sys.SCH$GL_SEQVEC + 2 * index) === ipid >>> 16, k.readLong(k.sys.SCH$GL_PCBVEC + 4 * index) === k.symbol('SCH$GL_NULLPCB')];
      const second = yield* create(p, {});
      out['next'] = (second.pcb.PCB$L_PID & 0xffff) - index;
      k.sys.SCH$GL_PIXLAST = index - 1;
      const third = yield* create(p, {});
      out['again'] = [(third.pcb.PCB$L_PID & 0xffff) === index, (third.pcb.PCB$L_PID >>> 16) - (ipid >>> 16), EXE$IPID_TO_PCB(k, ipid)];
      yield* deleteProcess(p, third.epid);
      k.sys.SCH$GL_PIXLAST = index - 1;
      k.writeWord(k.sys.SCH$GL_SEQVEC + 2 * index, 0x7fff);
      const fourth = yield* create(p, {});
      out['wrapped'] = [fourth.pcb.PCB$L_PID === index, fourth.status];
    });
    expect(seen).toEqual({ gone: [0, true, true], next: 1, again: [true, 1, 0], wrapped: [true, SS$_NORMAL] });
  });

  test.each([[12, 4], [63, 6], [64, 7], [300, 9]])('ch20#28: with MAXPROCESSCNT %i the index takes %i bits of an extended PID; there is no node', (count, width) => {
    const { seen, system } = run(function* (p, out) { out['epid'] = (yield* create(p, {})).epid; }, {}, { parameters: { MAXPROCESSCNT: count } });
    const epid = seen['epid'] as number;
    expect(system.k.sys.SCH$GL_PIXWIDTH).toBe(width);
    expect(epid >>> 21).toBe(0);
    const pcb = PCB.at(system.k, EXE$EPID_TO_PCB(system.k, epid));
    expect([epid & (2 ** width - 1), epid >>> width]).toEqual([pcb.PCB$L_PID & 0xffff, pcb.PCB$L_PID >>> 16]);
  });

  test('ch20#29: the conversions are each other\'s inverse for every live process; services take the extended PID', () => {
    const { seen, system } = run(function* (p, out) {
      for (let count = 0; count < 5; count += 1) yield* create(p, { priority: count + 1 });
      const { epid } = yield* create(p, {});
      yield* pause(p, 0.5);
      const pid = p.allocate(4);
      p.memory.writeLong(pid, epid);
      out['statuses'] = [yield* service(p, '$WAKE', { pidadr: pid }), yield* service(p, '$SUSPND', { pidadr: pid }), yield* service(p, '$RESUME', { pidadr: pid })];
      out['delete'] = yield* service(p, '$DELPRC', { pidadr: pid });
      yield* pause(p, 0.5);
      out['again'] = yield* service(p, '$WAKE', { pidadr: pid });
    });
    const { k } = system;
    const all = [...processes(k)].map((pcb) => PCB.at(k, pcb).PCB$L_PID);
    expect(all.length).toBe(8);
    expect(all.slice(2).map((ipid) => EXE$EPID_TO_IPID(k, EXE$IPID_TO_EPID(k, ipid)))).toEqual(all.slice(2));
    expect(seen).toMatchObject({ statuses: [1, 1, 1], delete: 1, again: 0x8e8 });
  });

  test('ch20#16: a full PCB vector, and SCH$GW_PROCLIM processes, give SS$_NOSLOT', () => {
    const { seen } = run(function* (p, out) {
      const k = p.kernel;
      const limit = k.sys.SCH$GW_PROCLIM;
      k.sys.SCH$GW_PROCLIM = k.sys.SCH$GW_PROCCNT;
      out['limit'] = (yield* create(p, { flags: PRC$M_DETACH })).status;
      k.sys.SCH$GW_PROCLIM = limit + 100;
      let count = 0;
      let status = SS$_NORMAL;
      for (; status & 1; count += 1) status = (yield* create(p, { flags: PRC$M_DETACH })).status;
      out['full'] = [status, count];
    }, {}, { parameters: { MAXPROCESSCNT: 12 } });
    expect(seen).toEqual({ limit: SS$_NOSLOT, full: [SS$_NOSLOT, 10] });
  });
});
