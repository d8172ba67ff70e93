import { expect } from 'vitest';
import { procedure, type Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { lookasideUse, variableUse } from '../../../src/executive/pool/statistics.js';
import { SCH$WAKE } from '../../../src/executive/scheduling/rse.js';
import { JIB } from '../../../src/executive/structures/jib.js';
import { LKB, RSB, RSB$T_RESNAM } from '../../../src/executive/structures/lock.js';
import { readText } from '../../../src/executive/structures/memory.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { PQL$_ENQLM, PQL$_LISTEND } from '../../../src/executive/starlet/pqldef.js';
import { bootExecutive, type TestSystem } from '../../harness.js';

/*
 * Processes that do what a test tells them, one thing at a time: each hibernates, finds a job when it is woken, does it and hibernates again.
 * Whatever they call, they call through the service vectors; the lock database is looked at from outside, in memory.
 */

export const [NL, CR, CW, PR, PW, EX] = [0, 1, 2, 3, 4, 5] as const;

export interface ActorOptions {
  readonly uic?: number;
  /** Privilege mask; all when left out. */
  readonly privileges?: bigint;
  readonly enqlm?: number;
}

export interface EnqOptions {
  /** Number of the actor's lock status block, 0 to 99. */
  readonly sb?: number;
  readonly mode?: number;
  readonly name?: string;
  readonly flags?: number;
  readonly parent?: number;
  readonly efn?: number;
  readonly ast?: boolean;
  readonly blocking?: boolean;
  readonly parameter?: number;
  readonly acmode?: number;
  readonly wait?: boolean;
}

export interface DeqOptions {
  readonly id?: number;
  readonly value?: string;
  readonly acmode?: number;
  readonly flags?: number;
}

const STATUS_BLOCKS = 100;
const BLOCK_BYTES = 24;

export class Actor {
  readonly jobs: ((p: Procedure) => Flow<void>)[] = [];
  /** Lock status blocks, in the stack of the process. */
  blocks = 0;
  p: Procedure | undefined;
  constructor(readonly world: World, readonly name: string, readonly options: ActorOptions) {}

  get pcb(): ReturnType<typeof PCB.at> { return this.world.system.process(this.name)!; }
  get jib(): ReturnType<typeof JIB.at> { return JIB.at(this.world.system.k, this.pcb.PCB$L_JIB); }

  *main(p: Procedure): Flow<number> {
    this.blocks = p.allocate(STATUS_BLOCKS * BLOCK_BYTES);
    this.p = p;
    for (;;) {
      for (let job = this.jobs.shift(); job !== undefined; job = this.jobs.shift()) {
        const todo = job;
        yield* p.scratch(() => todo(p));
      }
      yield* service(p, '$HIBER', {});
    }
  }

  /** Gives the process a job. @returns what it came to; undefined while it still waits in it */
  do<T>(job: (p: Procedure) => Flow<T>, options: { readonly check?: boolean } = {}): T | undefined {
    let result: T | undefined;
    this.jobs.push(function* (p) { result = yield* job(p); });
    SCH$WAKE(this.world.system.k, this.pcb.address);
    this.world.system.runUntilIdle(0);
    if (options.check !== false) this.world.check();
    return result;
  }

  /** The same in kernel or executive mode. */
  inner<T>(mode: '$CMKRNL' | '$CMEXEC', job: (p: Procedure) => Flow<T>): T | undefined {
    let result: T | undefined;
    this.world.innerJob = function* (p) { result = yield* job(p); };
    const routin = this.world.system.k.symbol('TEST$INNER');
    this.do((p) => service(p, mode, { routin, arglst: p.allocate(4) }));
    return result;
  }

  *enqFlow(p: Procedure, { sb = 0, mode = EX, name, flags = 0, parent = 0, efn = 1, ast = false, blocking = false, parameter = sb, acmode = 0, wait = false }: EnqOptions): Flow<number> {
    const { k } = this.world.system;
    return yield* service(p, wait ? '$ENQW' : '$ENQ', {
      efn, lkmode: mode, lksb: this.blocks + BLOCK_BYTES * sb, flags, resnam: name === undefined ? 0 : p.string(name), parid: parent, acmode,
      astadr: ast ? k.symbol('TEST$COMPLETION') : 0, astprm: parameter, blkast: blocking ? k.symbol('TEST$BLOCKING') : 0,
    });
  }

  enq(options: EnqOptions): number | undefined { return this.do((p) => this.enqFlow(p, options)); }

  *deqFlow(p: Procedure, { id = 0, value, acmode = 0, flags = 0 }: DeqOptions): Flow<number> {
    const valblk = value === undefined ? 0 : p.bytes(Uint8Array.from(value.padEnd(16), (character) => character.charCodeAt(0)));
    return yield* service(p, '$DEQ', { lkid: id, valblk, acmode, flags });
  }

  deq(options: DeqOptions): number | undefined { return this.do((p) => this.deqFlow(p, options)); }

  private peek<T>(read: (p: Procedure) => T): T {
    return this.do(function* (p) { return read(p); }, { check: false })!;
  }
  /** Status word of a lock status block. */
  status(sb: number): number { return this.peek((p) => p.memory.readWord(this.blocks + BLOCK_BYTES * sb)); }
  /** Lock ID in it. */
  id(sb: number): number { return this.peek((p) => p.memory.readLong(this.blocks + BLOCK_BYTES * sb + 4)); }
  /** Value block in it, without trailing blanks and zeros. */
  value(sb: number): string {
    return this.peek((p) => readText(p.memory, this.blocks + BLOCK_BYTES * sb + 8, 16).replace(/[\0 ]+$/, ''));
  }
  setValue(sb: number, text: string): void {
    this.peek((p) => { p.memory.writeBytes(this.blocks + BLOCK_BYTES * sb + 8, Uint8Array.from(text.padEnd(16), (character) => character.charCodeAt(0))); });
  }
  lkb(sb: number): ReturnType<typeof LKB.at> { return this.world.lkb(this.id(sb)); }
  flag(efn: number): number { return (this.pcb.PCB$L_EFCS >>> efn) & 1; }
  /** Modes and states in the list of the PCB, front first. */
  list(): number[] {
    const { k } = this.world.system;
    return [...k.queueEntries(this.pcb.address + PCB.offset.PCB$L_LOCKQFL)].map((entry) => LKB.at(k, entry - LKB.offset.LKB$L_OWNQFL).LKB$L_LKID);
  }
}

export class World {
  readonly system: TestSystem;
  readonly actors = new Map<string, Actor>();
  /** 'A completion 3' and so on, in the order of delivery. */
  readonly asts: string[] = [];
  /** Called in the AST routines, with the process and 'completion' or 'blocking'. */
  onAst: (p: Procedure, what: string) => Flow<void> = function* () { /* nothing */ };
  innerJob: (p: Procedure) => Flow<void> = function* () { /* nothing */ };
  private readonly before: unknown;

  constructor(names: readonly string[] | Readonly<Record<string, ActorOptions>>, parameters: Readonly<Record<string, number>> = {}, source = '') {
    const options: Readonly<Record<string, ActorOptions>> = Array.isArray(names) ? Object.fromEntries((names as string[]).map((name) => [name, {}])) : names as Record<string, ActorOptions>;
    for (const [name, each] of Object.entries(options)) this.actors.set(name, new Actor(this, name, each));
    const astRoutine = (label: string, what: string) => procedure(label, (p) => this.deliver(p, what));
    this.system = bootExecutive({
      parameters,
      systemImages: [{
        name: 'TEST', source, baseCell: 'MMG$GL_FPEMUL_BASE',
        routines: [
          astRoutine('TEST$COMPLETION', 'completion'), astRoutine('TEST$BLOCKING', 'blocking'),
          procedure('TEST$INNER', (p) => this.runInner(p)),
        ],
      }],
      programs: {
        SYSINIT: (p) => this.supervise(p),
        ...Object.fromEntries([...this.actors.values()].map((actor) => [actor.name, (p: Procedure) => actor.main(p)])),
      },
    });
    this.system.runUntilIdle(0);
    this.check();
    this.before = this.books();
  }

  private *deliver(p: Procedure, what: string): Flow<number> {
    this.asts.push(`${this.currentName()} ${what} ${p.argument(1)}`);
    yield* this.onAst(p, what);
    return 1;
  }

  private *runInner(p: Procedure): Flow<number> {
    yield* this.innerJob(p);
    return 1;
  }

  private currentName(): string {
    const { k } = this.system;
    return readText(k, k.pcb.address + PCB.offset.PCB$T_LNAME + 1, k.readByte(k.pcb.address + PCB.offset.PCB$T_LNAME));
  }

  private *supervise(p: Procedure): Flow<number> {
    for (const actor of this.actors.values()) yield* p.scratch(() => this.create(p, actor));
    for (;;) yield* service(p, '$HIBER', {});
  }

  private *create(p: Procedure, { name, options }: Actor): Flow<void> {
    const prvadr = options.privileges === undefined ? 0 : p.allocate(8);
    if (options.privileges !== undefined) {
      p.memory.writeLong(prvadr, Number(options.privileges & 0xffffffffn));
      p.memory.writeLong(prvadr + 4, Number(options.privileges >> 32n));
    }
    const quota = p.bytes(Uint8Array.of(PQL$_ENQLM, (options.enqlm ?? 60) & 0xff, (options.enqlm ?? 60) >>> 8, 0, 0, PQL$_LISTEND, 0, 0));
    const status = yield* service(p, '$CREPRC', {
      image: p.string(`SYS$SYSTEM:${name}`), prcnam: p.string(name), baspri: 4, uic: options.uic ?? 0x00010004, prvadr, quota,
    });
    expect(status & 1).toBe(1);
  }

  actor(name: string): Actor { return this.actors.get(name)!; }
  seconds(count: number): void {
    this.system.runUntilIdle(count);
    this.check();
  }
  check(): void { expect(this.system.checkBooks()).toEqual([]); }

  lkb(id: number): ReturnType<typeof LKB.at> {
    const { k } = this.system;
    return LKB.at(k, k.readLong(k.sys.LCK$GL_IDTBL + 4 * (id & 0xffff)));
  }
  rsb(address: number): ReturnType<typeof RSB.at> { return RSB.at(this.system.k, address); }
  /** Resource blocks of that name, in chain order. */
  resources(name?: string): ReturnType<typeof RSB.at>[] {
    const { k } = this.system;
    const found: ReturnType<typeof RSB.at>[] = [];
    for (let index = 0; index < 2 ** k.sys.LCK$GL_HTBLCNT; index += 1) {
      for (let address = k.readLong(k.sys.LCK$GL_HASHTBL + 4 * index); address !== 0; address = RSB.at(k, address).RSB$L_HSHCHN) {
        const rsb = RSB.at(k, address);
        if (name === undefined || readText(k, address + RSB$T_RESNAM, rsb.RSB$B_RSNLEN) === name) found.push(rsb);
      }
    }
    return found;
  }
  /** Lock IDs on one queue of a resource. */
  queue(rsb: number, which: 'RSB$L_GRQFL' | 'RSB$L_CVTQFL' | 'RSB$L_WTQFL'): number[] {
    const { k } = this.system;
    return [...k.queueEntries(rsb + RSB.offset[which])].map((entry) => LKB.at(k, entry - LKB.offset.LKB$L_SQFL).LKB$L_LKID);
  }
  timeouts(): number[] {
    const { k } = this.system;
    return [...k.queueEntries(k.symbol('LCK$GL_TIMOUTQ'))].map((entry) => LKB.at(k, entry).LKB$L_LKID);
  }

  private books(): unknown {
    const { k } = this.system;
    const symbol = (name: string): number => k.symbol(name);
    return {
      packets: lookasideUse(k, symbol).map(({ name, free }) => [name, free]),
      bytes: variableUse(k, symbol).map(({ name, free }) => [name, free]),
      quotas: [...this.actors.values()].map((actor) => [actor.name, actor.jib.JIB$W_ENQCNT, actor.pcb.PCB$W_ASTCNT]),
      resources: this.resources().length,
    };
  }

  /** Everything is dequeued, in every process; then the books must be as they were. */
  close(): void {
    for (const actor of this.actors.values()) actor.deq({ flags: 1 });
    this.system.runUntilIdle(0);
    this.check();
    expect(this.books()).toEqual(this.before);
  }
}
