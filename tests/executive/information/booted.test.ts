import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { asciiTime } from '../../../src/executive/information/time.js';
import { compileMessages } from '../../../src/executive/information/message-compiler.js';
import { buildSection } from '../../../src/executive/information/message-section.js';
import {
  JPI$_ASTCNT, JPI$_BUFIO, JPI$_CPUTIM, JPI$_IMAGNAME, JPI$_LOGINTIM, JPI$_PID, JPI$_PRCNAM, JPI$_PRIB, JPI$_STATE, JPI$_USERNAME,
} from '../../../src/executive/starlet/jpidef.js';
import { LNM$_STRING } from '../../../src/executive/starlet/lnmdef.js';
import {
  SS$_ACCVIO, SS$_BADPARAM, SS$_BUFFEROVF, SS$_ILLEFC, SS$_IVTIME, SS$_MSGNOTFND, SS$_NOMORENODE, SS$_NOMOREPROC, SS$_NONEXPR, SS$_NOPRIV, SS$_NORMAL, SS$_NOSUCHNODE,
  SS$_SUSPENDED, SS$_WASSET,
} from '../../../src/executive/starlet/ssdef.js';
import { SYI$_MAXPROCESSCNT, SYI$_SID, SYI$_VERSION } from '../../../src/executive/starlet/syidef.js';
import { EXE$EPID_TO_PCB } from '../../../src/executive/process/pid.js';
import { JIB } from '../../../src/executive/structures/jib.js';
import { readQuad } from '../../../src/executive/structures/memory.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { SCH$C_COM, SCH$C_COMO, SCH$C_MWAIT } from '../../../src/executive/structures/sch.js';
import { PHD } from '../../../src/executive/structures/phd.js';
import { TEST_TIME, inProcess } from '../../harness.js';

const idle = function* (p: Procedure): Flow<number> { for (;;) yield* service(p, '$HIBER', {}); };
const texts = (p: Procedure, address: number, length: number): string => String.fromCharCode(...p.memory.readBytes(address, length));

function* create(p: Procedure, name: string, image = 'IDLE'): Flow<number> {
  const pid = p.allocate(4);
  expect(yield* service(p, '$CREPRC', { pidadr: pid, image: p.string(`SYS$SYSTEM:${image}`), prcnam: p.string(name), baspri: 4 })).toBe(SS$_NORMAL);
  return pid;
}

/** Lets the other processes run for a second of virtual time. */
function* aSecond(p: Procedure): Flow<void> {
  const time = p.allocate(8);
  p.memory.writeLong(time, -10_000_000);
  p.memory.writeLong(time + 4, -1);
  yield* service(p, '$SETIMR', { efn: 8, daytim: time });
  yield* service(p, '$WAITFR', { efn: 8 });
}

const address = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];

/** One item of a process by $GETJPIW. */
function* jpi(p: Procedure, pidadr: number, code: number, size: number): Flow<{ status: number; iosb: number; bytes: Uint8Array; efn: number }> {
  const buffer = p.allocate(size);
  const length = p.allocate(4);
  const iosb = p.allocate(8);
  const status = yield* service(p, '$GETJPIW', { efn: 5, pidadr, itmlst: p.itemList([{ code, length: size, buffer, returnLength: length }]), iosb });
  const state = p.allocate(4);
  const efn = yield* service(p, '$READEF', { efn: 5, state });
  return { status, iosb: p.memory.readLong(iosb), bytes: p.memory.readBytes(buffer, p.memory.readWord(length)), efn };
}

describe('times and formatting', () => {
  test('ch29#33 ch29#32: $ASCTIM and $BINTIM work in user mode through $NUMTIM; time address 0 is now', () => {
    inProcess(function* (p) {
      const buffer = p.allocate(32);
      const length = p.allocate(4);
      const numbers = p.allocate(16);
      expect(yield* service(p, '$NUMTIM', { timbuf: numbers })).toBe(SS$_NORMAL);
      expect(p.memory.readWord(numbers)).toBe(Number(asciiTime(TEST_TIME)!.slice(7, 11)));
      expect(yield* service(p, '$ASCTIM', { timlen: length, timbuf: p.descriptor(32, buffer) })).toBe(SS$_NORMAL);
      expect(texts(p, buffer, 23).slice(0, 20)).toBe(asciiTime(p.kernel.sys.EXE$GQ_SYSTIME)!.slice(0, 20));
      expect(p.memory.readWord(length)).toBe(23);
      expect(yield* service(p, '$ASCTIM', { timbuf: p.descriptor(11, buffer) })).toBe(SS$_BUFFEROVF);
      const time = p.allocate(8);
      expect(yield* service(p, '$BINTIM', { timbuf: p.string('0 00:00:01'), timadr: time })).toBe(SS$_NORMAL);
      expect(BigInt.asIntN(64, readQuad(p.memory, time))).toBe(-10_000_000n);
      expect(yield* service(p, '$ASCTIM', { timlen: length, timbuf: p.descriptor(32, buffer), timadr: time })).toBe(SS$_NORMAL);
      expect(texts(p, buffer, p.memory.readWord(length))).toBe('   0 00:00:01.00');
      expect(yield* service(p, '$BINTIM', { timbuf: p.string('nonsense'), timadr: time })).toBe(SS$_IVTIME);
    });
  });

  test('ch29#36: $FAO takes its parameters one by one, $FAOL by address; the result is the same', () => {
    inProcess(function* (p) {
      const buffer = p.allocate(64);
      const length = p.allocate(4);
      const list = p.allocate(8);
      const name = p.string('FILE');
      p.memory.writeLong(list, 3);
      p.memory.writeLong(list + 4, name);
      for (const result of [
        yield* service(p, '$FAO', { ctrstr: p.string('!UL !AS!%S'), outlen: length, outbuf: p.descriptor(64, buffer), p1: 3, p2: name }),
        yield* service(p, '$FAOL', { ctrstr: p.string('!UL !AS!%S'), outlen: length, outbuf: p.descriptor(64, buffer), prmlst: list }),
      ]) {
        expect(result).toBe(SS$_NORMAL);
        expect(texts(p, buffer, p.memory.readWord(length))).toBe('3 FILES');
      }
      expect(yield* service(p, '$FAO', { ctrstr: p.string('0123456789'), outlen: length, outbuf: p.descriptor(4, buffer) })).toBe(SS$_BUFFEROVF);
      expect(texts(p, buffer, p.memory.readWord(length))).toBe('0123');
      expect(yield* service(p, '$FAO', { ctrstr: p.string('!Q'), outlen: length, outbuf: p.descriptor(64, buffer) })).toBe(SS$_BADPARAM);
    });
  });
});

describe('messages', () => {
  test('ch29#14: $GETMSG finds the system message file, and names a code it does not know', () => {
    inProcess(function* (p) {
      const buffer = p.allocate(256);
      const length = p.allocate(4);
      const details = p.allocate(4);
      const get = function* (code: number, flags: number): Flow<string> {
        const status = yield* service(p, '$GETMSG', { msgid: code, msglen: length, bufadr: p.descriptor(256, buffer), flags, outadr: details });
        return `${status.toString(16)} ${texts(p, buffer, p.memory.readWord(length))}`;
      };
      expect(yield* get(SS$_NOPRIV, 15)).toBe('1 %SYSTEM-F-NOPRIV, no privilege for attempted operation');
      expect(yield* get(SS$_NOPRIV, 1)).toBe('1 no privilege for attempted operation');
      expect(yield* get(0xc, 15)).toMatch(/reason mask=!XB/);
      expect([...p.memory.readBytes(details, 4)]).toEqual([0, 4, 0, 0]);
      expect(yield* get(0xabc0, 15)).toBe(`${SS$_MSGNOTFND.toString(16)} %NONAME-W-NOMSG, Message number 0000ABC0`);
    });
  });

  test('ch29#12: an image\'s own section is searched first; the process default flags apply without FLAGS', () => {
    inProcess(function* (p) {
      const k = p.kernel;
      const compiled = compileMessages('.FACILITY SYSTEM,0 /SYSTEM /SHARED\n.SEVERITY SEVERE\n.BASE 4\nNOPRIV <not today>\n');
      const section = p.bytes(buildSection(compiled));
      const vector = p.bytes(Uint8Array.of(0x16, 0x9f, section & 0xff, (section >>> 8) & 0xff, (section >>> 16) & 0xff, section >>> 24, 5));
      const original = k.p1.CTL$GL_GETMSG;
      k.p1.CTL$GL_GETMSG = vector;
      k.p1.CTL$GB_MSGMASK = 5;
      const buffer = p.allocate(256);
      const length = p.allocate(4);
      yield* service(p, '$GETMSG', { msgid: SS$_NOPRIV, msglen: length, bufadr: p.descriptor(256, buffer) });
      expect(texts(p, buffer, p.memory.readWord(length))).toBe('%F, not today');
      k.p1.CTL$GL_GETMSG = original;
    });
  });

  test('ch29#18: the action routine gets each line and can keep it from being written', () => {
    const system = inProcess(function* (p) {
      p.kernel.p1.CTL$GB_MSGMASK = 15;
      const text = p.allocate(256);
      const parameter = p.allocate(4);
      // MOVL 8(AP),@#parameter; MOVL 4(AP),R6; MOVC3 (R6),@4(R6),@#text; CLRL R0; RET
      const action = p.bytes(Uint8Array.of(
        0x7c, 0, 0xd0, 0xac, 8, 0x9f, ...address(parameter), 0xd0, 0xac, 4, 0x56, 0x28, 0x66, 0xb6, 4, 0x9f, ...address(text), 0xd4, 0x50, 4,
      ));
      const put = function* (facnam: number, ...longwords: number[]): Flow<string> {
        const vector = p.allocate(4 * (1 + longwords.length));
        [longwords.length, ...longwords].forEach((value, index) => { p.memory.writeLong(vector + 4 * index, value); });
        p.memory.writeBytes(text, new Uint8Array(256));
        expect(yield* service(p, '$PUTMSG', { msgvec: vector, actrtn: action, facnam, actprm: 0x55 })).toBe(SS$_NORMAL);
        return texts(p, text, 256).replace(/\0+$/, '');
      };
      expect(yield* put(p.string('MINE'), SS$_NOPRIV)).toBe('%MINE-F-NOPRIV, no privilege for attempted operation');
      expect(p.memory.readLong(parameter)).toBe(0x55);
      expect((yield* put(0, SS$_NOPRIV, 0x1c)).slice(0, 41)).toBe('-SYSTEM-F-EXQUOTA, process quota exceeded');
      expect(yield* put(0, 0xc, 1, 0x200, 0x300, 0x03c00000)).toBe(
        '%SYSTEM-F-ACCVIO, access violation, reason mask=01, virtual address=00000200, PC=00000300, PSL=03C00000');
      expect(yield* put(0, 0x0003109a, 1, p.string('A.DAT'))).toBe('%CLI-E-OPENIN, error opening A.DAT as input');
    });
    expect(system.console).not.toContain('NOPRIV');
  });

  test('ch29#19: lines go to SYS$ERROR and, if that is another file, to SYS$OUTPUT', () => {
    const system = inProcess(function* (p) {
      p.kernel.p1.CTL$GB_MSGMASK = 15;
      const define = function* (name: string, value: string): Flow<void> {
        const text = p.string(value);
        const list = p.itemList([{ code: LNM$_STRING, length: value.length, buffer: p.memory.readLong(text + 4) }]);
        yield* service(p, '$CRELNM', { tabnam: p.string('LNM$PROCESS'), lognam: p.string(name), itmlst: list });
      };
      yield* define('SYS$ERROR', 'OPA0:');
      yield* define('SYS$OUTPUT', 'OPA0:');
      const vector = p.allocate(8);
      p.memory.writeLong(vector, 1);
      p.memory.writeLong(vector + 4, SS$_NOPRIV);
      expect(yield* service(p, '$PUTMSG', { msgvec: vector })).toBe(SS$_NORMAL);
      yield* define('SYS$OUTPUT', '_OPA0:');
      p.memory.writeLong(vector + 4, 0x1c);
      expect(yield* service(p, '$PUTMSG', { msgvec: vector })).toBe(SS$_NORMAL);
    });
    expect(system.console.split('%SYSTEM-F-NOPRIV, no privilege for attempted operation')).toHaveLength(2);
    expect(system.console.split('%SYSTEM-F-EXQUOTA, process quota exceeded')).toHaveLength(3);
  });
});

describe('$GETJPI', () => {
  test('one\'s own items are there at once', () => {
    inProcess(function* (p) {
      const { status, bytes } = yield* jpi(p, 0, JPI$_PRCNAM, 15);
      expect(status).toBe(SS$_NORMAL);
      expect(String.fromCharCode(...bytes)).toBe('SYSINIT');
      const login = yield* jpi(p, 0, JPI$_LOGINTIM, 8);
      expect(login.bytes).toHaveLength(8);
      const image = yield* jpi(p, 0, JPI$_IMAGNAME, 128);
      expect(String.fromCharCode(...image.bytes)).toContain('SYSINIT');
      expect((yield* jpi(p, 0, 0x7777, 4)).status).toBe(SS$_BADPARAM);
      const list = p.itemList([{ code: JPI$_PID, length: 4, buffer: p.allocate(4) }]);
      expect(yield* service(p, '$GETJPI', { efn: 200, itmlst: list })).toBe(SS$_ILLEFC);
    });
  });

  test('ch29#21 ch29#22: PCB items, and header items while PHDRES, need no context of the target', () => {
    inProcess(function* (p) {
      const pid = yield* create(p, 'CHILD');
      yield* service(p, '$SUSPND', { pidadr: pid });
      expect((yield* jpi(p, pid, JPI$_PRIB, 4)).bytes[0]).toBe(4);
      expect((yield* jpi(p, pid, JPI$_BUFIO, 4)).status).toBe(SS$_NORMAL);
      expect((yield* jpi(p, pid, JPI$_STATE, 4)).status).toBe(SS$_NORMAL);
    }, { IDLE: idle });
  });

  test('P1 items of another process come by special kernel ASTs; ch29#28: one block makes the trip and goes back, quota too', () => {
    inProcess(function* (p) {
      const k = p.kernel;
      const pid = yield* create(p, 'CHILD');
      const jib = JIB.at(k, k.pcb.PCB$L_JIB);
      const before = jib.JIB$L_BYTCNT;
      const { status, iosb, bytes, efn } = yield* jpi(p, pid, JPI$_USERNAME, 12);
      expect([status, iosb, efn]).toEqual([SS$_NORMAL, SS$_NORMAL, SS$_WASSET]);
      expect(bytes).toEqual(k.p1.CTL$T_USERNAME);
      expect(jib.JIB$L_BYTCNT).toBe(before);
      yield* aSecond(p);
      const image = yield* jpi(p, pid, JPI$_IMAGNAME, 128);
      expect(String.fromCharCode(...image.bytes)).toContain('IDLE');
    }, { IDLE: idle });
  });

  test('the completion AST is delivered with its parameter, and AST quota comes back', () => {
    inProcess(function* (p) {
      const pid = yield* create(p, 'CHILD');
      const seen = p.allocate(4);
      const ast = p.bytes(Uint8Array.of(0, 0, 0xd0, 0xac, 4, 0x9f, ...address(seen), 4));   // MOVL 4(AP),@#seen; RET
      const before = (yield* jpi(p, 0, JPI$_ASTCNT, 4)).bytes[0]!;
      const list = p.itemList([{ code: JPI$_USERNAME, length: 12, buffer: p.allocate(12) }]);
      expect(yield* service(p, '$GETJPIW', { efn: 6, pidadr: pid, itmlst: list, iosb: p.allocate(8), astadr: ast, astprm: 77 })).toBe(SS$_NORMAL);
      expect((yield* jpi(p, 0, JPI$_ASTCNT, 4)).bytes[0]).toBe(before);
      expect(p.memory.readLong(seen)).toBe(77);
    }, { IDLE: idle });
  });

  test('ch29#23 ch29#24: a suspended process gives SS$_SUSPENDED, and the request is completed all the same', () => {
    inProcess(function* (p) {
      const pid = yield* create(p, 'CHILD');
      yield* service(p, '$SUSPND', { pidadr: pid });
      const { status, iosb, efn } = yield* jpi(p, pid, JPI$_USERNAME, 12);
      expect([status, iosb, efn]).toEqual([SS$_SUSPENDED, SS$_SUSPENDED, SS$_WASSET]);
      yield* service(p, '$RESUME', { pidadr: pid });
      yield* aSecond(p);
      expect((yield* jpi(p, pid, JPI$_USERNAME, 12)).status).toBe(SS$_NORMAL);
      const nobody = p.allocate(4);
      p.memory.writeLong(nobody, 0x1f3f);
      expect((yield* jpi(p, nobody, JPI$_USERNAME, 12)).status).toBe(SS$_NONEXPR);
    }, { IDLE: idle });
  });

  test('ch29#25: a process in MWAIT gives SS$_SUSPENDED', () => {
    inProcess(function* (p) {
      const pid = yield* create(p, 'CHILD');
      yield* aSecond(p);
      const pcb = PCB.at(p.kernel, EXE$EPID_TO_PCB(p.kernel, p.memory.readLong(pid)));
      const state = pcb.PCB$W_STATE;
      pcb.PCB$W_STATE = SCH$C_MWAIT;
      const { status, iosb, efn } = yield* jpi(p, pid, JPI$_USERNAME, 12);
      pcb.PCB$W_STATE = state;
      expect([status, iosb, efn]).toEqual([SS$_SUSPENDED, SS$_SUSPENDED, SS$_WASSET]);
    }, { IDLE: idle });
  });

  test('ch29#26: a computable target is raised to the priority of the caller, not boosted', () => {
    inProcess(function* (p) {
      const k = p.kernel;
      const pid = yield* create(p, 'CHILD');
      const pcb = PCB.at(k, EXE$EPID_TO_PCB(k, p.memory.readLong(pid)));
      const before = pcb.PCB$B_PRI;
      expect([SCH$C_COM, SCH$C_COMO]).toContain(pcb.PCB$W_STATE);
      const mine = k.pcb.PCB$B_PRI;
      expect(mine).toBeLessThan(before);
      expect(yield* service(p, '$GETJPI', { efn: 7, pidadr: pid, itmlst: p.itemList([{ code: JPI$_USERNAME, length: 12, buffer: p.allocate(12) }]) })).toBe(SS$_NORMAL);
      expect(pcb.PCB$B_PRI).toBe(k.pcb.PCB$B_PRI);
      yield* service(p, '$WAITFR', { efn: 7 });
    }, { IDLE: idle });
  });

  test('ch29#27: buffers are probed again when the answer comes', () => {
    inProcess(function* (p) {
      const k = p.kernel;
      const pid = yield* create(p, 'CHILD');
      const iosb = p.allocate(8);
      const range = p.allocate(8);
      expect(yield* service(p, '$EXPREG', { pagcnt: 1, retadr: range, region: 0 })).toBe(SS$_NORMAL);
      const buffer = p.memory.readLong(range);
      p.memory.writeLong(buffer, 0);
      expect(yield* service(p, '$GETJPI', { efn: 7, pidadr: pid, itmlst: p.itemList([{ code: JPI$_USERNAME, length: 12, buffer }]), iosb })).toBe(SS$_NORMAL);
      expect(yield* service(p, '$SETPRT', { inadr: range, prot: 15 })).toBe(SS$_NORMAL);      // UR: nobody writes
      yield* service(p, '$WAITFR', { efn: 7 });
      expect(p.memory.readLong(iosb)).toBe(SS$_ACCVIO);
      expect(p.memory.readLong(buffer)).toBe(0);
      expect(k.pcb.PCB$W_MTXCNT).toBe(0);
    }, { IDLE: idle });
  });

  test('ch29#6 (as for $GETJPI): an answer that arrives after image rundown is dropped', () => {
    inProcess(function* (p) {
      const k = p.kernel;
      const pid = yield* create(p, 'CHILD');
      yield* jpi(p, pid, JPI$_USERNAME, 12);
      const iosb = p.allocate(8);
      const buffer = p.allocate(12);
      const jib = JIB.at(k, k.pcb.PCB$L_JIB);
      const quota = jib.JIB$L_BYTCNT;
      expect(yield* service(p, '$GETJPI', { efn: 7, pidadr: pid, itmlst: p.itemList([{ code: JPI$_USERNAME, length: 12, buffer }]), iosb })).toBe(SS$_NORMAL);
      PHD.at(k, k.pcb.PCB$L_PHD).PHD$L_IMGCNT += 1;
      yield* aSecond(p);
      expect(p.memory.readLong(iosb)).toBe(0);
      expect(p.memory.readLong(buffer)).toBe(0);
      expect(jib.JIB$L_BYTCNT).toBe(quota);
    }, { IDLE: idle });
  });

  test('ch29#29: a wildcard goes through all processes behind swapper and null process, then SS$_NOMOREPROC', () => {
    const system = inProcess(function* (p) {
      yield* create(p, 'ONE');
      yield* create(p, 'TWO');
      const names: string[] = [];
      const pid = p.allocate(4);
      p.memory.writeLong(pid, -1);
      for (;;) {
        const { status, bytes } = yield* jpi(p, pid, JPI$_PRCNAM, 15);
        if (status === SS$_NOMOREPROC) break;
        expect([SS$_NORMAL, SS$_NOPRIV]).toContain(status);
        expect(p.memory.readLong(pid) >>> 31).toBe(1);
        names.push(String.fromCharCode(...bytes));
      }
      expect(names.sort()).toEqual(['ONE', 'SYSINIT', 'TWO']);
      expect((yield* jpi(p, 0, JPI$_CPUTIM, 4)).bytes).toHaveLength(4);
    }, { IDLE: idle });
    expect(system.process('ONE')).toBeDefined();
  });
});

describe('$GETSYI', () => {
  test('ch29#30 ch29#31: outside a cluster only this node is known; complete at once', () => {
    inProcess(function* (p) {
      const k = p.kernel;
      const version = p.allocate(8);
      const count = p.allocate(4);
      const sid = p.allocate(4);
      const iosb = p.allocate(8);
      const list = p.itemList([
        { code: SYI$_VERSION, length: 8, buffer: version }, { code: SYI$_MAXPROCESSCNT, length: 4, buffer: count }, { code: SYI$_SID, length: 4, buffer: sid },
      ]);
      expect(yield* service(p, '$GETSYI', { efn: 3, itmlst: list, iosb })).toBe(SS$_NORMAL);
      expect([texts(p, version, 8), p.memory.readLong(count), p.memory.readLong(iosb)]).toEqual(['V4.4    ', k.sys.SGN$GW_MAXPRCCT, SS$_NORMAL]);
      expect(p.memory.readLong(sid) >>> 24).toBe(1);
      expect(yield* service(p, '$GETSYIW', { nodename: p.string('NOBODY'), itmlst: list })).toBe(SS$_NOSUCHNODE);
      const csid = p.allocate(4);
      p.memory.writeLong(csid, 0x10001);
      expect(yield* service(p, '$GETSYIW', { csidadr: csid, itmlst: list })).toBe(SS$_NOMORENODE);
    });
  });
});

test('Version 3 services: ch28#61 $CRELOG strips the underscore and sets TERMINAL, ch28#62 $TRNLOG puts it back', () => {
  inProcess(function* (p) {
    expect(yield* service(p, '$CRELOG', { tblflg: 2, lognam: p.string('OLD'), eqlnam: p.string('_DUA0:') })).toBe(SS$_NORMAL);
    const buffer = p.allocate(64);
    const length = p.allocate(4);
    const list = p.itemList([{ code: LNM$_STRING, length: 64, buffer, returnLength: length }]);
    expect(yield* service(p, '$TRNLNM', { tabnam: p.string('LNM$PROCESS'), lognam: p.string('OLD'), itmlst: list })).toBe(SS$_NORMAL);
    expect(texts(p, buffer, p.memory.readWord(length))).toBe('DUA0:');
    expect(yield* service(p, '$TRNLOG', { lognam: p.string('OLD'), rsllen: length, rslbuf: p.descriptor(64, buffer) })).toBe(SS$_NORMAL);
    expect(texts(p, buffer, p.memory.readWord(length))).toBe('_DUA0:');
    const table = p.allocate(4);
    expect(yield* service(p, '$TRNLOG', { lognam: p.string('OLD'), rsllen: length, rslbuf: p.descriptor(64, buffer), table })).toBe(SS$_NORMAL);
    expect(p.memory.readByte(table)).toBe(2);
    expect((yield* service(p, '$TRNLOG', { lognam: p.string('NOT_THERE'), rsllen: length, rslbuf: p.descriptor(64, buffer) })).toString(16)).toBe('629');
    expect(texts(p, buffer, p.memory.readWord(length))).toBe('NOT_THERE');
    expect(yield* service(p, '$DELLOG', { tblflg: 2, lognam: p.string('OLD') })).toBe(SS$_NORMAL);
    expect((yield* service(p, '$TRNLOG', { lognam: p.string('OLD'), rsllen: length, rslbuf: p.descriptor(64, buffer) })).toString(16)).toBe('629');
    expect(PCB.at(p.kernel, p.kernel.pcb.address).PCB$W_MTXCNT).toBe(0);
  });
});
