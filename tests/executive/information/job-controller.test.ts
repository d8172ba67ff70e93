import { describe, expect, test, vi } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { OLD_MESSAGE } from '../../../src/executive/information/job-message.js';
import {
  ARM$M_DELETE, ARM$M_READ, ARM$M_WRITE, CHP$M_BYPASS, CHP$M_READALL, CHP$M_SYSPRV, CHP$_ACCESS, CHP$_OWNER, CHP$_PRIVUSED, CHP$_PROT,
} from '../../../src/executive/starlet/chpdef.js';
import { IO$M_NOW, IO$_READVBLK } from '../../../src/executive/starlet/iodef.js';
import { JBC$_JOBQUEDIS } from '../../../src/executive/starlet/jbcmsgdef.js';
import { MSG$_ACCRSP, MSG$_OPREPLY, MSG$_OPRQST } from '../../../src/executive/starlet/msgdef.js';
import { OPC$_RQ_CANCEL, OPC$_RQ_REPLY, OPC$_RQ_RQST, OPC$_RQ_STATUS, OPC$_RQ_TERME } from '../../../src/executive/starlet/opcdef.js';
import { PRV$V_BYPASS, PRV$V_READALL, PRV$V_SYSPRV, PRV$V_TMPMBX } from '../../../src/executive/starlet/prvdef.js';
import { SS$_ACCVIO, SS$_BADPARAM, SS$_DEVNOTMBX, SS$_DEVOFFLINE, SS$_EXASTLM, SS$_ILLEFC, SS$_NOPRIV, SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { PHD } from '../../../src/executive/structures/phd.js';
import { SCH$C_HIB, SCH$C_LEF } from '../../../src/executive/structures/sch.js';
import { UCB } from '../../../src/executive/structures/ucb.js';
import { jobControlRoutine } from '../../../src/loginout/job-control.js';
import { OPCOM_ROUTINE } from '../../../src/loginout/opcom.js';
import { readCounted } from '../../../src/executive/structures/memory.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { TestSystem } from '../../harness.js';
import { create, pause, run, runAsUser, sleeper, stepUntil } from '../process/support.js';
import { astProcedure } from '../io/io-harness.js';

const ENTER_FILE = 19;
const DISPLAY_QUEUE = 6;
const JBC = jobControlRoutine({ startAt: [] }).body;

const waiting = (p: Procedure, cell: string): number => UCB.at(p.kernel, p.kernel.symbol(cell)).UCB$W_MSGCNT;

/** A channel to a system mailbox, so that somebody reads it. */
function* listen(p: Procedure, name: string): Flow<number> {
  const chan = p.allocate(4);
  expect(yield* service(p, '$ASSIGN', { devnam: p.string(name), chan })).toBe(SS$_NORMAL);
  return p.memory.readWord(chan);
}

function* flag(p: Procedure, efn: number): Flow<boolean> {
  const state = p.allocate(4);
  yield* service(p, '$READEF', { efn, state });
  return ((p.memory.readLong(state) >>> efn) & 1) === 1;
}

describe('$SNDJBC and $GETQUI', () => {
  test('ch29#4: refused while nobody reads the job controller\'s mailbox', () => {
    const { seen } = run(function* (p, out) {
      out['statuses'] = [yield* service(p, '$SNDJBC', { func: ENTER_FILE }), yield* service(p, '$GETQUI', { func: DISPLAY_QUEUE })];
      out['sent'] = waiting(p, 'SYS$GL_JOBCTLMB');
    });
    expect(seen).toEqual({ statuses: [SS$_DEVOFFLINE, SS$_DEVOFFLINE], sent: 0 });
  });

  test('ch29#1: no AST quota, no message', () => {
    const { seen } = run(function* (p, out) {
      yield* listen(p, 'MBA1:');
      const { pcb } = p.kernel;
      const count = pcb.PCB$W_ASTCNT;
      pcb.PCB$W_ASTCNT = 0;
      out['none'] = [yield* service(p, '$SNDJBC', { func: ENTER_FILE, astadr: 0x200 }), waiting(p, 'SYS$GL_JOBCTLMB')];
      pcb.PCB$W_ASTCNT = 1;
      out['one'] = [yield* service(p, '$SNDJBC', { func: ENTER_FILE, astadr: 0x200 }), waiting(p, 'SYS$GL_JOBCTLMB'), pcb.PCB$W_ASTCNT];
      pcb.PCB$W_ASTCNT = count;
    });
    expect(seen).toEqual({ none: [SS$_EXASTLM, 0], one: [SS$_NORMAL, 1, 0] });
  });

  test('ch29#2: the status block is write-checked and cleared at the start, and written when the job controller answers', () => {
    const { seen } = run(function* (p, out) {
      const iosb = p.bytes(new Uint8Array(8).fill(0xff));
      out['no access'] = yield* service(p, '$SNDJBC', { func: ENTER_FILE, iosb: 0x8000_0000 });
      out['refused'] = [yield* service(p, '$SNDJBC', { func: ENTER_FILE, iosb }), p.memory.readLong(iosb), p.memory.readLong(iosb + 4)];
      yield* create(p, { image: 'JBC', name: 'JOB_CONTROL' });
      yield* pause(p, 0.2);
      for (const [name, func] of [['$SNDJBCW', ENTER_FILE], ['$GETQUIW', DISPLAY_QUEUE]] as const) {
        p.memory.writeLong(iosb, 0xffff_ffff);
        out[name] = [yield* service(p, name, { efn: 3, func, iosb }), p.memory.readLong(iosb)];
      }
      const ast = astProcedure(p);
      yield* service(p, '$SNDJBCW', { efn: 3, func: ENTER_FILE, iosb, astadr: ast.address, astprm: 77 });
      yield* pause(p, 0.2);
      out['ast'] = [p.memory.readLong(ast.count), p.memory.readLong(ast.count + 4)];
    }, { JBC });
    expect(seen).toEqual({
      'no access': SS$_ACCVIO, refused: [SS$_DEVOFFLINE, 0, 0], $SNDJBCW: [SS$_NORMAL, JBC$_JOBQUEDIS], $GETQUIW: [SS$_NORMAL, JBC$_JOBQUEDIS], ast: [1, 77],
    });
  });

  test('ch29#3: the event flag is cleared only after the items were found good', () => {
    const { seen } = run(function* (p, out) {
      yield* listen(p, 'MBA1:');
      yield* service(p, '$SETEF', { efn: 7 });
      const buffer = p.allocate(4);
      const bad = p.itemList([{ code: 9, length: 4, buffer }, { code: 999, length: 4, buffer }]);
      const good = p.itemList([{ code: 9, length: 4, buffer }]);
      out['function'] = [yield* service(p, '$SNDJBC', { efn: 7, func: 99 }), yield* flag(p, 7)];
      out['item'] = [yield* service(p, '$SNDJBC', { efn: 7, func: ENTER_FILE, itmlst: bad }), yield* flag(p, 7)];
      out['good'] = [yield* service(p, '$SNDJBC', { efn: 7, func: ENTER_FILE, itmlst: good }), yield* flag(p, 7)];
      out['flag'] = yield* service(p, '$SNDJBC', { efn: 200, func: ENTER_FILE });
      out['sent'] = waiting(p, 'SYS$GL_JOBCTLMB');
    });
    expect(seen).toEqual({ function: [SS$_BADPARAM, true], item: [SS$_BADPARAM, true], good: [SS$_NORMAL, false], flag: SS$_ILLEFC, sent: 1 });
  });

  test('ch29#5: the message lies on the executive stack, and is read at IPL 2 before the driver gets it at IPL 11', () => {
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          yield* listen(p, 'MBA1:');
          yield* service(p, '$SNDJBC', { func: ENTER_FILE });
          return yield* sleeper(p);
        },
      },
    });
    const { k } = system;
    stepUntil(system, () => k.register(15) === k.symbol('EXE$SNDJBC_SEND') + 2);
    const message = k.argument(1);
    expect(message).toBeGreaterThanOrEqual(0x7ffe7e00);
    expect(message).toBeLessThan(0x7ffe9e00);
    const at: number[] = [];
    const levels: number[] = [];
    const read = k.readBytes.bind(k);
    const spies = [
      vi.spyOn(k, 'readBytes').mockImplementation((address, length) => { if (address === message) at.push(k.ipl); return read(address, length); }),
      vi.spyOn(k, 'ipl', 'set').mockImplementation((level) => { levels.push(level); k.cpu.ipl = level; }),
    ];
    system.system.machine.run(1);
    for (const spy of spies) spy.mockRestore();
    expect(at).toEqual([2]);
    expect(levels.slice(0, 2)).toEqual([2, 11]);
    system.runUntilIdle(1);
    expect(UCB.at(k, k.symbol('SYS$GL_JOBCTLMB')).UCB$W_MSGCNT).toBe(1);
  });

  test('ch29#7: the answer gives no priority boost', () => {
    const system = new TestSystem({
      programs: {
        SYSINIT: function* (p) {
          yield* create(p, { image: 'JBC', name: 'JOB_CONTROL', priority: 2 });
          yield* pause(p, 0.2);
          yield* service(p, '$SNDJBCW', { efn: 3, func: ENTER_FILE, iosb: p.allocate(8) });
          return yield* sleeper(p);
        },
        JBC,
      },
    });
    const { k } = system;
    stepUntil(system, () => k.register(15) === k.symbol('EXE$JBCREPLY') + 2);
    const pcb = system.process('SYSINIT')!;
    expect(pcb.PCB$W_STATE).toBe(SCH$C_LEF);
    pcb.PCB$B_PRI = pcb.PCB$B_PRIB;
    stepUntil(system, () => pcb.PCB$W_STATE !== SCH$C_LEF);
    expect([31 - pcb.PCB$B_PRI, 31 - pcb.PCB$B_PRIB]).toEqual([9, 9]);
    stepUntil(system, () => pcb.PCB$W_STATE === SCH$C_HIB);
    expect(system.checkBooks()).toEqual([]);
  });

  test('an answer for an image that is gone changes nothing but the books', () => {
    const { seen, system } = run(function* (p, out) {
      yield* create(p, { image: 'JBC', name: 'JOB_CONTROL' });
      yield* pause(p, 0.2);
      const { pcb } = p.kernel;
      const before = pcb.PCB$W_ASTCNT;
      const iosb = p.allocate(8);
      // As if the image had been run down between request and answer.
      const header = PHD.at(p.kernel, pcb.PCB$L_PHD);
      pcb.PCB$B_PRI = 0;                                                    // nobody else runs before the count has changed
      yield* service(p, '$SNDJBC', { efn: 9, func: ENTER_FILE, iosb, astadr: 0x200 });
      header.PHD$L_IMGCNT = header.PHD$L_IMGCNT + 1;
      pcb.PCB$B_PRI = pcb.PCB$B_PRIB;
      yield* pause(p, 0.2);
      out['after'] = [p.memory.readLong(iosb), yield* flag(p, 9), pcb.PCB$W_ASTCNT - before];
    }, { JBC });
    expect(seen['after']).toEqual([0, false, 0]);
    expect(system.checkBooks()).toEqual([]);
  });

  test('ch29#37: a character typed at a free terminal becomes a detached process that runs LOGINOUT.EXE there', () => {
    const ran: string[] = [];
    const { system } = run(function* (p) { yield* create(p, { image: 'JBC', name: 'JOB_CONTROL' }); }, {
      JBC,
      LOGINOUT: function* (p) {
        ran.push(readCounted(p.kernel, p.kernel.pcb.address + PCB.offset.PCB$T_LNAME));
        return yield* sleeper(p);
      },
    });
    expect(ran).toEqual([]);
    system.system.machine.console.receive(13);
    system.runUntilIdle(2);
    expect(ran[0]).toBe('_OPA0:');
    const pcb = system.process('_OPA0:')!;
    expect([pcb.PCB$L_OWNER, pcb.PCB$V_INTER]).toEqual([0, 1]);
  });
});

describe('$SNDACC, $SNDOPR, $SNDERR', () => {
  const text = (bytes: readonly number[], rest = ''): Uint8Array => Uint8Array.from([...bytes, ...[...rest].map((letter) => letter.charCodeAt(0))]);
  const requestText = (said: string, id = 7): Uint8Array => text([OPC$_RQ_RQST, 1, 0, 0, id, 0, 0, 0], said);
  function* sendTo(p: Procedure, name: '$SNDOPR' | '$SNDACC' | '$SNDSMB', bytes: Uint8Array, chan = 0): Flow<number> {
    return yield* p.scratch(() => service(p, name, { msgbuf: p.descriptor(bytes.length, p.bytes(bytes)), chan }));
  }
  function* mailbox(p: Procedure): Flow<number> {
    const chan = p.allocate(4);
    expect(yield* service(p, '$CREMBX', { chan, maxmsg: 200, bufquo: 1000 })).toBe(SS$_NORMAL);
    return p.memory.readWord(chan);
  }
  function* read(p: Procedure, chan: number, modifiers = 0): Flow<Uint8Array> {
    const [buffer, iosb] = [p.allocate(200), p.allocate(8)];
    yield* service(p, '$QIOW', { chan, func: IO$_READVBLK | modifiers, iosb, p1: buffer, p2: 200 });
    return p.memory.readBytes(buffer, p.memory.readWord(iosb + 2));
  }

  test('ch29#8: $SNDOPR has a mailbox of its own; the message says who sent it', () => {
    const { seen } = run(function* (p, out) {
      out['nobody'] = yield* sendTo(p, '$SNDOPR', requestText('hello'));
      const chan = yield* listen(p, '_MBA2:');
      yield* listen(p, '_MBA1:');
      out['no mailbox'] = yield* sendTo(p, '$SNDOPR', requestText('hello'), yield* listen(p, '_OPA0:'));
      out['status'] = yield* sendTo(p, '$SNDOPR', requestText('hello'));
      out['counts'] = [waiting(p, 'SYS$GL_OPRMBX'), waiting(p, 'SYS$GL_JOBCTLMB')];
      const bytes = yield* read(p, chan, IO$M_NOW);
      const address = p.bytes(bytes);
      const message = OLD_MESSAGE.at(p.memory, address);
      out['message'] = [message.SMB$W_TYPE, message.SMB$L_UIC, message.SMB$L_PID === p.kernel.pcb.PCB$L_EPID, message.SMB$W_SIZE];
      out['text'] = String.fromCharCode(...bytes.subarray(OLD_MESSAGE.size + 8));
    });
    expect(seen).toEqual({ nobody: SS$_DEVOFFLINE, 'no mailbox': SS$_DEVNOTMBX, status: SS$_NORMAL, counts: [1, 0], message: [MSG$_OPRQST, 0x0001_0004, true, 13], text: 'hello' });
  });

  test('OPER is needed to enable a terminal, to reply, to ask for the state; a reply goes to a mailbox', () => {
    const { seen } = runAsUser(function* (p, out) {
      yield* listen(p, '_MBA2:');
      const statuses: number[] = [];
      for (const code of [OPC$_RQ_TERME, OPC$_RQ_REPLY, OPC$_RQ_STATUS, OPC$_RQ_RQST, OPC$_RQ_CANCEL, 99]) statuses.push(yield* sendTo(p, '$SNDOPR', text([code, 0, 0, 0, 0, 0, 0, 0])));
      out['statuses'] = statuses;
      out['accounting'] = [yield* sendTo(p, '$SNDACC', text([2, 0])), yield* sendTo(p, '$SNDACC', text([99, 0]))];
    }, 1n << BigInt(PRV$V_TMPMBX));
    expect(seen['statuses']).toEqual([SS$_NOPRIV, SS$_NOPRIV, SS$_NOPRIV, SS$_NORMAL, SS$_NORMAL, SS$_BADPARAM]);
    expect(seen['accounting']).toEqual([SS$_NOPRIV, SS$_BADPARAM]);
  });

  test('ch29#9: $SNDERR needs BUGCHK, and no mailbox', () => {
    const { seen } = run(function* (p, out) {
      yield* listen(p, '_MBA1:');
      yield* listen(p, '_MBA2:');
      const cell = p.kernel.symbol('ERL$GL_SEQUENCE');
      const before = p.kernel.readLong(cell);
      out['status'] = yield* service(p, '$SNDERR', { msgbuf: p.string('disk is warm') });
      out['written'] = p.kernel.readLong(cell) - before;
      p.kernel.pcb.PCB$Q_PRIV = 0n;
      out['without'] = yield* service(p, '$SNDERR', { msgbuf: p.string('disk is warm') });
      out['sent'] = [waiting(p, 'SYS$GL_JOBCTLMB'), waiting(p, 'SYS$GL_OPRMBX')];
    });
    expect(seen).toEqual({ status: SS$_NORMAL, written: 1, without: SS$_NOPRIV, sent: [0, 0] });
  });

  test('OPCOM shows a request on the operator\'s terminal, and gives the reply to who asked', () => {
    const { seen, system } = run(function* (p, out) {
      yield* create(p, { image: 'OPCOM', name: 'OPCOM' });
      yield* create(p, { image: 'JBC', name: 'JOB_CONTROL' });
      yield* pause(p, 0.2);
      const chan = yield* mailbox(p);
      yield* sendTo(p, '$SNDOPR', requestText('no reply wanted'));
      yield* sendTo(p, '$SNDOPR', requestText('mount a tape', 42), chan);
      yield* sendTo(p, '$SNDOPR', requestText('never mind', 43), chan);
      yield* pause(p, 1);
      yield* sendTo(p, '$SNDOPR', text([OPC$_RQ_REPLY, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0], 'on MTA0:'));
      const reply = yield* read(p, chan);
      out['reply'] = [reply[0], reply[2], reply[4], String.fromCharCode(...reply.subarray(8))];
      yield* sendTo(p, '$SNDOPR', text([OPC$_RQ_CANCEL, 0, 0, 0, 43, 0, 0, 0]));
      const cancelled = yield* read(p, chan);
      out['cancelled'] = [cancelled[0], cancelled[4]];
      yield* sendTo(p, '$SNDOPR', text([OPC$_RQ_STATUS, 0, 0, 0, 0, 0, 0, 0]));
      yield* sendTo(p, '$SNDACC', text([2, 0]), chan);
      const account = yield* read(p, chan);
      out['account'] = [account[0], account.length];
    }, { OPCOM: OPCOM_ROUTINE.body, JBC });
    expect(seen).toEqual({ reply: [MSG$_OPREPLY, 1, 42, 'on MTA0:'], cancelled: [MSG$_OPREPLY, 43], account: [MSG$_ACCRSP, 8] });
    const lines = system.console.split(/[\r\n]+/);
    expect(lines).toEqual(expect.arrayContaining([
      'Message from user SYSTEM', 'no reply wanted', 'Request 1, from user SYSTEM', 'mount a tape', 'Request 1 was completed', 'on MTA0:',
      'Request 2 was canceled', 'No requests are pending',
    ]));
    expect(lines.some((line) => /^%{11} {2}OPCOM {2}.*-1986 .* {2}%{11}$/.test(line))).toBe(true);
    expect(system.checkBooks()).toEqual([]);
  });
});

describe('$CHKPRO', () => {
  /** Access to an object of [20,5] with S:RWED,O:RW,G:R,W: by a user with some privileges. */
  function check(uic: number, access: number, privileges: bigint): { status: unknown; used: unknown } {
    const { seen } = run(function* (p, out) {
      p.kernel.pcb.PCB$L_UIC = uic;
      p.kernel.pcb.PCB$Q_PRIV = privileges;
      const long = (value: number): number => { const at = p.allocate(4); p.memory.writeLong(at, value); return at; };
      const used = long(0xffff);
      out['status'] = yield* service(p, '$CHKPRO', {
        itmlst: p.itemList([
          { code: CHP$_ACCESS, length: 4, buffer: long(access) }, { code: CHP$_OWNER, length: 4, buffer: long(0x0010_0005) },
          { code: CHP$_PROT, length: 2, buffer: long(0xfec0) }, { code: CHP$_PRIVUSED, length: 4, buffer: used },
        ]),
      });
      out['used'] = p.memory.readLong(used);
      p.kernel.pcb.PCB$Q_PRIV = ~0n & 0xffff_ffff_ffff_ffffn;
    });
    return { status: seen['status'], used: seen['used'] };
  }
  const bit = (privilege: number): bigint => 1n << BigInt(privilege);

  test.each([
    ['owner reads', 0x0010_0005, ARM$M_READ, 0n, SS$_NORMAL, 0],
    ['owner deletes', 0x0010_0005, ARM$M_DELETE, 0n, SS$_NOPRIV, 0xffff],
    ['group reads', 0x0010_0009, ARM$M_READ, 0n, SS$_NORMAL, 0],
    ['group writes', 0x0010_0009, ARM$M_WRITE, 0n, SS$_NOPRIV, 0xffff],
    ['world reads', 0x0099_0009, ARM$M_READ, 0n, SS$_NOPRIV, 0xffff],
    ['world reads with READALL', 0x0099_0009, ARM$M_READ, bit(PRV$V_READALL), SS$_NORMAL, CHP$M_READALL],
    ['world deletes with SYSPRV', 0x0099_0009, ARM$M_DELETE, bit(PRV$V_SYSPRV), SS$_NORMAL, CHP$M_SYSPRV],
    ['world writes with BYPASS', 0x0099_0009, ARM$M_WRITE, bit(PRV$V_BYPASS), SS$_NORMAL, CHP$M_BYPASS],
    ['system deletes', 0x0001_0004, ARM$M_DELETE, 0n, SS$_NORMAL, 0],
  ])('%s', (_, uic, access, privileges, status, used) => {
    expect(check(uic, access, privileges)).toEqual({ status, used });
  });

  test('a list without an access type, or with what is not known, is refused', () => {
    const { seen } = run(function* (p, out) {
      const buffer = p.allocate(8);
      out['statuses'] = [
        yield* service(p, '$CHKPRO', { itmlst: p.itemList([]) }), yield* service(p, '$CHKPRO', { itmlst: p.itemList([{ code: 99, length: 4, buffer }]) }),
        yield* service(p, '$CHKPRO', { itmlst: p.itemList([{ code: CHP$_ACCESS, length: 1, buffer }]) }), yield* service(p, '$CHKPRO', { itmlst: 4 }),
      ];
    });
    expect(seen['statuses']).toEqual([SS$_BADPARAM, SS$_BADPARAM, SS$_BADPARAM, SS$_ACCVIO]);
  });
});
