import { beforeAll, describe, expect, test } from 'vitest';
import { PAUSE } from '../../src/executive/gate/microroutine.js';
import { service } from '../../src/executive/gate/service-call.js';
import { IO$_READVBLK, IO$_WRITEVBLK } from '../../src/executive/starlet/iodef.js';
import { LCK$K_EXMODE } from '../../src/executive/starlet/lckdef.js';
import { PRC$M_DETACH } from '../../src/executive/starlet/prcdef.js';
import { PCB } from '../../src/executive/structures/pcb.js';
import { SCH$C_CUR } from '../../src/executive/structures/sch.js';
import { TestSystem, type Program } from '../harness.js';
import { assign, createMailbox } from '../executive/io/io-harness.js';
import { create, holdNameMutex, sleeper } from '../executive/process/support.js';
import { crashDump, openDump, say, symbolsOf } from './crashed.js';

/** Situations that a script has made and knows all about, and what SDA says of them from the dump alone. */

const MAIN_FLAG = 1;

/** Programs named after the process that runs them. */
const PROGRAMS: Readonly<Record<string, Program>> = {
  SLEEPER: sleeper,
  HIBERNATES: sleeper,
  *WAITSLOCAL(p) {
    yield* service(p, '$WAITFR', { efn: 5 });
    return 1;
  },
  *WAITSCOMMON(p) {
    yield* service(p, '$ASCEFC', { efn: 64, name: p.string('CLUSTER') });
    yield* service(p, '$WAITFR', { efn: 70 });
    return 1;
  },
  *SUSPENDED(p) {
    yield* service(p, '$SUSPND', {});
    return 1;
  },
  *FULLMAILBOX(p) {
    const { channel } = yield* createMailbox(p, { maxmsg: 64, bufquo: 100 });
    const buffer = p.allocate(64);
    for (let message = 0; message < 3; message += 1) yield* service(p, '$QIO', { chan: channel, func: IO$_WRITEVBLK, p1: buffer, p2: 60 });
    return 1;
  },
  *READSKEYS(p) {
    const { channel } = yield* assign(p, 'OPA0:');
    yield* service(p, '$QIOW', { efn: MAIN_FLAG, chan: channel, func: IO$_READVBLK, p1: p.allocate(80), p2: 80 });
    return 1;
  },
  *HOLDSLOCK(p) {
    const lksb = p.allocate(8);
    yield* service(p, '$ENQW', { efn: MAIN_FLAG, lkmode: LCK$K_EXMODE, lksb, resnam: p.string('CONTESTED') });
    for (;;) yield* service(p, '$HIBER', {});
  },
  *WANTSLOCK(p) {
    const lksb = p.allocate(8);
    yield* service(p, '$ENQW', { efn: MAIN_FLAG, lkmode: LCK$K_EXMODE, lksb, resnam: p.string('CONTESTED') });
    return 1;
  },
  *HASASTS(p) {
    yield* service(p, '$SETAST', { enbflg: 0 });
    for (let count = 0; count < 3; count += 1) yield* service(p, '$DCLAST', { astadr: 0x1000, astprm: count });
    for (;;) yield* service(p, '$HIBER', {});
  },
  *PARENT(p) {
    yield* create(p, { image: 'SLEEPER', name: 'CHILD1' });
    yield* create(p, { image: 'SLEEPER', name: 'CHILD2' });
    for (;;) yield* service(p, '$HIBER', {});
  },
  *DEFINESNAME(p) {
    yield* service(p, '$WAITFR', { efn: 65 });
    return 1;
  },
  *SPINS() {
    for (;;) yield PAUSE;
  },
};

describe('a system stopped in the middle of everything', () => {
  let system: TestSystem;
  let sda: ReturnType<typeof openDump>;
  const line = (name: string): string => say(sda, 'SHOW SUMMARY').split('\n').find((text) => text.includes(` ${name} `)) ?? '';
  const shown = (name: string, what = ''): string => say(sda, `SHOW PROCESS ${name}${what}`);
  const field = (text: string, label: string): string | undefined => new RegExp(`${label.replace(/[()/#']/g, '\\$&')} +(\\S+)`).exec(text)?.[1];

  beforeAll(() => {
    const names = Object.keys(PROGRAMS).filter((name) => !['SLEEPER', 'DEFINESNAME', 'SPINS'].includes(name));
    const byName: Record<string, Program> = {
      ...PROGRAMS,
      *SYSINIT(p) {
        for (const name of names) yield* create(p, { image: name, name, flags: PRC$M_DETACH });
        for (;;) yield* service(p, '$HIBER', {});
      },
      *DEFINESNAME(p) {
        yield* service(p, '$HIBER', {});
        yield* service(p, '$CRELOG', { tblflg: 2, lognam: p.string('MINE'), eqlnam: p.string('YOURS') });
        return 1;
      },
    };
    system = new TestSystem({ programs: byName });
    system.runUntilIdle(5);
    sda = openDump(crashDump(system), symbolsOf(system));
  });

  test('every wait state is the one that the process went into', () => {
    const states = { HIBERNATES: 'HIB', WAITSLOCAL: 'LEF', WAITSCOMMON: 'CEF', SUSPENDED: 'SUSP', FULLMAILBOX: 'RWMBX', READSKEYS: 'LEF', HOLDSLOCK: 'HIB', WANTSLOCK: 'LEF', PARENT: 'HIB', CHILD1: 'HIB' };
    for (const [name, state] of Object.entries(states)) {
      expect(line(name)).toMatch(new RegExp(` ${state} +\\d+ `));
      expect(field(shown(name), 'State')).toBe(state);
    }
    expect(say(sda, 'VALIDATE SCHEDULER')).toBe('Scheduler queues are well formed');
  });

  test('what a process waits for: event flags, the common cluster with its waiter, the mailbox, the terminal', () => {
    expect(Number.parseInt(field(shown('WAITSLOCAL'), 'Event flag wait mask')!, 16) >>> 0).toBe(~(1 << 5) >>> 0);
    const common = shown('WAITSCOMMON');
    expect([field(common, 'Waiting EF cluster'), Number.parseInt(field(common, 'Event flag wait mask')!, 16) >>> 0]).toEqual(['2', ~(1 << 6) >>> 0]);
    const cluster = field(common, 'Global cluster 2 pointer')!;
    expect(say(sda, `FORMAT ${cluster}`)).toMatch(/CEB\$T_EFCNAM +"CLUSTER"/);
    expect(say(sda, `VALIDATE QUEUE ${cluster}+CEB$L_WQFL`)).toBe('Queue is complete, total of 1 element in the queue');
    expect(say(sda, 'SHOW DEVICE OPA0')).toMatch(new RegExp(`^CURRENT +[0-9A-F]{8} +${hex(system.process('READSKEYS')!.PCB$L_PID)} +U `, 'm'));
    const mailbox = [...say(sda, 'SHOW DEVICE MBA').matchAll(/MBA\d+/g)].at(-1)![0];
    expect(say(sda, `SHOW DEVICE ${mailbox}`, 'VALIDATE QUEUE UCB+UCB$L_MB_MSGQ')).toMatch(/DEVDEPEND +00000001[^]*Queue is complete, total of 1 element in the queue$/);
  });

  test('locks: who holds, who waits', () => {
    const resource = say(sda, 'SHOW RESOURCE');
    const id = (name: string): string => /Lock id: +(\w{8})/.exec(shown(name, '/LOCKS'))![1]!;
    expect(resource).toContain(`Granted queue (Lock ID / modes):\n    ${id('HOLDSLOCK')} EX\n`);
    expect(resource).toContain(`Waiting queue (Lock ID / modes):\n    ${id('WANTSLOCK')} EX`);
  });

  test('ASTs that cannot be delivered are on the queue of the PCB, and off its quota', () => {
    const text = shown('HASASTS');
    const pcb = system.process('HASASTS')!;
    expect(Number(field(text, "AST's remaining"))).toBe(Number(field(shown('HASASTS', '/PHD'), 'AST limit')) - 3);
    expect(field(text, "AST's enabled")).toBe('KES');
    expect(say(sda, `VALIDATE QUEUE ${hex(pcb.address + PCB.offset.PCB$L_ASTQFL)}`)).toBe('Queue is complete, total of 3 elements in the queue');
    const [first] = [...say(sda, `VALIDATE QUEUE/LIST ${hex(pcb.address + PCB.offset.PCB$L_ASTQFL)}`).matchAll(/^ {4}(\w{8})/gm)];
    expect(say(sda, `FORMAT ${first![1]}`)).toMatch(/ACB\$L_AST +00001000/);
  });

  test('a tree of subprocesses: count, owner, one job', () => {
    const parent = system.process('PARENT')!;
    expect(field(shown('PARENT'), 'Subprocess count')).toBe('2');
    for (const child of ['CHILD1', 'CHILD2']) {
      const text = shown(child);
      expect([field(text, 'Creator internal PID'), field(text, 'JIB address')]).toEqual([hex(parent.PCB$L_PID), hex(parent.PCB$L_JIB)]);
    }
    const master = field(shown('CHILD1'), 'Master internal PID');
    expect(master).toBe(field(shown('PARENT'), 'Master internal PID'));
  });
});

describe('a system stopped between two steps', () => {
  test('a process that waits for a mutex, and one deleted while it cannot go', () => {
    const programs: Record<string, Program> = {
      ...PROGRAMS,
      *SYSINIT(p) {
        yield* create(p, { image: 'NAMES', name: 'NAMES' });
        const { pcb } = yield* create(p, { image: 'FULLMAILBOX', name: 'DOOMED' });
        yield* service(p, '$SETIMR', { efn: 2, daytim: p.bytes(Uint8Array.from([0x80, 0x69, 0x67, 0xff, 0xff, 0xff, 0xff, 0xff])) });
        yield* service(p, '$WAITFR', { efn: 2 });
        const pid = p.allocate(4);
        p.memory.writeLong(pid, pcb.PCB$L_EPID);
        holdNameMutex(p.kernel);
        yield* service(p, '$WAKE', { prcnam: p.string('NAMES') });
        yield* service(p, '$DELPRC', { pidadr: pid });
        for (;;) yield* service(p, '$HIBER', {});
      },
      *NAMES(p) {
        yield* service(p, '$HIBER', {});
        yield* service(p, '$CRELOG', { tblflg: 2, lognam: p.string('MINE'), eqlnam: p.string('YOURS') });
        return 1;
      },
    };
    const system = new TestSystem({ programs });
    system.runUntilIdle(3);
    const sda = openDump(crashDump(system), symbolsOf(system));
    const mutex = hex(system.k.symbol('LNM$AL_MUTEX'));
    const waiting = say(sda, 'SHOW PROCESS NAMES');
    expect(waiting).toMatch(/^State +MUTEX /m);
    expect(say(sda, 'FORMAT PCB')).toMatch(new RegExp(`PCB\\$L_EFWM +${mutex}`));
    const doomed = say(sda, 'SHOW PROCESS DOOMED');
    expect(doomed).toMatch(/^Process status: +\w{8} .*DELPEN/m);
    expect(say(sda, 'VALIDATE SCHEDULER')).toBe('Scheduler queues are well formed');
  });

  test('the process that runs is the current one, and those behind it are computable', () => {
    const programs: Record<string, Program> = {
      ...PROGRAMS,
      *SYSINIT(p) {
        for (const name of ['FIRST', 'SECOND', 'THIRD']) yield* create(p, { image: 'SPINS', name });
        for (;;) yield* service(p, '$HIBER', {});
      },
    };
    const system = new TestSystem({ programs });
    for (let slices = 0; slices < 400 && system.process('THIRD')?.PCB$W_STATE !== SCH$C_CUR; slices += 1) system.system.machine.run(5_000);
    const sda = openDump(crashDump(system), symbolsOf(system));
    const current = PCB.at(system.k, system.k.sys.SCH$GL_CURPCB);
    const names = ['FIRST', 'SECOND', 'THIRD'];
    const states = names.map((name) => / (CUR|COM) +\d+ /.exec(say(sda, 'SHOW SUMMARY').split('\n').find((text) => text.includes(` ${name} `))!)?.[1]);
    expect([...states].sort()).toEqual(['COM', 'COM', 'CUR']);
    expect(names[states.indexOf('CUR')]).toBe(['FIRST', 'SECOND', 'THIRD'].find((name) => system.process(name)!.address === current.address));
    expect(say(sda, 'SHOW CRASH')).toContain(`Process currently executing: ${names[states.indexOf('CUR')]!}`);
  });
});

function hex(value: number): string {
  return (value >>> 0).toString(16).toUpperCase().padStart(8, '0');
}
