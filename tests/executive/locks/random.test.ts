import { expect, test } from 'vitest';
import * as LCK from '../../../src/executive/starlet/lckdef.js';
import * as SS from '../../../src/executive/starlet/ssdef.js';
import { World, type Actor } from './actors.js';

/*
 * Random requests of several processes against a model of the queues that knows nothing of lock blocks: lists of records, and the rules in
 * words of one line. After every request the two are compared, and the invariants of the database are checked in memory (checkLocks).
 */
const TABLE = ['YYYYYY', 'YYYYYN', 'YYYNNN', 'YYNYNN', 'YYNNNN', 'YNNNNN'];
const fits = (held: number, wanted: number): boolean => TABLE[held]![wanted] === 'Y';
/** a is at most as strong as b: nothing is shut out by a that b would let in. */
const atMost = (a: number, b: number): boolean => [0, 1, 2, 3, 4, 5].every((mode) => !fits(b, mode) || fits(a, mode));

interface Lock {
  readonly owner: Actor;
  readonly sb: number;
  id: number;
  readonly resource: Resource;
  readonly parent: Lock | undefined;
  granted: number | undefined;
  wanted: number;
  /** Of the last request: whether a completion AST is due, and what the status block must say. */
  ast: boolean;
  status: number;
}

interface Resource {
  readonly held: Lock[];
  readonly converting: Lock[];
  readonly waiting: Lock[];
  readonly path: string;
}

class Model {
  readonly resources = new Map<string, Resource>();
  completions = 0;
  /** Status blocks of locks that are gone, and what they must hold. */
  readonly ended: { readonly owner: Actor; readonly sb: number; readonly status: number }[] = [];

  resource(path: string): Resource {
    let found = this.resources.get(path);
    if (!found) this.resources.set(path, found = { held: [], converting: [], waiting: [], path });
    return found;
  }
  locks(): Lock[] { return [...this.resources.values()].flatMap(({ held, converting, waiting }) => [...held, ...converting, ...waiting]); }
  isGranted(lock: Lock): boolean { return lock.resource.held.includes(lock); }
  children(lock: Lock): Lock[] { return this.locks().filter((other) => other.parent === lock); }

  private holders({ held, converting }: Resource): Lock[] { return [...held, ...converting]; }
  canGrantNew(resource: Resource, mode: number): boolean {
    return resource.converting.length === 0 && this.holders(resource).every((lock) => fits(lock.granted!, mode));
  }
  canConvert(lock: Lock, mode: number): boolean {
    const all = this.holders(lock.resource);
    if (all.every((each) => fits(each.granted!, mode)) || atMost(mode, lock.granted!)) return true;
    return lock.resource.converting.length === 0 && all.every((each) => each === lock || fits(each.granted!, mode));
  }
  finish(lock: Lock, status: number, quiet = false): void {
    lock.status = status;
    if (lock.ast && !quiet) this.completions += 1;
    lock.ast = false;
  }
  grant(lock: Lock, quiet = false): void {
    lock.granted = lock.wanted;
    lock.resource.held.push(lock);
    this.finish(lock, SS.SS$_NORMAL, quiet);
  }
  remove(from: Lock[], lock: Lock): void { from.splice(from.indexOf(lock), 1); }
  /** First in, first out: conversions, then new ones. */
  release(resource: Resource): void {
    for (let first = resource.converting[0]; first !== undefined; first = resource.converting[0]) {
      const lock = first;
      if (!this.holders(resource).every((each) => each === lock || fits(each.granted!, lock.wanted))) return;
      this.remove(resource.converting, lock);
      this.grant(lock);
    }
    for (let first = resource.waiting[0]; first !== undefined; first = resource.waiting[0]) {
      const lock = first;
      if (!resource.held.every((each) => fits(each.granted!, lock.wanted))) return;
      this.remove(resource.waiting, lock);
      this.grant(lock);
    }
  }
  drop(lock: Lock, queue: Lock[], status?: number): void {
    this.remove(queue, lock);
    if (status !== undefined) this.finish(lock, status);
    this.ended.push({ owner: lock.owner, sb: lock.sb, status: lock.status });
    this.release(lock.resource);
  }
}

class Dice {
  constructor(private seed: number) {}
  roll(sides: number): number {
    this.seed = (Math.imul(this.seed, 1103515245) + 12345) >>> 0;
    return (this.seed >>> 8) % sides;
  }
  pick<T>(from: readonly T[]): T { return from[this.roll(from.length)]!; }
}

class Run {
  readonly world: World;
  readonly actors: readonly Actor[];
  readonly model = new Model();
  private readonly nextBlock = new Map<Actor, number>();

  constructor(private readonly dice: Dice, deadlockWait: number) {
    this.world = new World({ A: { enqlm: 200 }, B: { enqlm: 200 }, C: { enqlm: 200 }, D: { enqlm: 200 } }, { DEADLOCK_WAIT: deadlockWait, RESHASHTBL: 2, LOCKIDTBL: 40 });
    this.actors = [...this.world.actors.values()];
  }

  /** A request and what came back: R0 and the lock ID in the status block. */
  private call(actor: Actor, sb: number, options: Parameters<Actor['enqFlow']>[1]): { status: number; id: number } {
    return actor.do(function* (p) {
      const status = yield* actor.enqFlow(p, { ...options, sb });
      return { status, id: p.memory.readLong(actor.blocks + 24 * sb + 4) };
    })!;
  }

  step(): void {
    const { dice, model } = this;
    const actor = dice.pick(this.actors);
    const own = model.locks().filter((lock) => lock.owner === actor);
    const choice = dice.roll(10);
    if (own.length === 0 || (choice < 4 && own.length < 6)) this.request(actor, own);
    else if (choice < 7) this.convert(dice.pick(own));
    else this.dequeue(dice.pick(own));
    this.compare();
  }

  private flags(): { flags: number; ast: boolean; quiet: boolean; noQueue: boolean; blocking: boolean } {
    const noQueue = this.dice.roll(5) === 0;
    const quiet = this.dice.roll(4) === 0;
    return { flags: (noQueue ? LCK.LCK$M_NOQUEUE : 0) | (quiet ? LCK.LCK$M_SYNCSTS : 0), ast: this.dice.roll(2) === 0, quiet, noQueue, blocking: this.dice.roll(3) === 0 };
  }

  private request(actor: Actor, own: readonly Lock[]): void {
    const { dice, model } = this;
    const parent = own.length > 0 && dice.roll(3) === 0 ? dice.pick(own) : undefined;
    const name = `R${dice.roll(2)}`;
    const mode = dice.roll(6);
    const { flags, ast, quiet, noQueue, blocking } = this.flags();
    const sb = this.nextBlock.get(actor) ?? 0;
    const { status, id } = this.call(actor, sb, { mode, name, flags, ast, blocking, parent: parent?.id ?? 0 });
    if (parent !== undefined && !model.isGranted(parent)) {
      expect(status).toBe(SS.SS$_PARNOTGRANT);
      return;
    }
    const resource = model.resource(`${parent === undefined ? '' : parent.resource.path}/${name}`);
    const lock: Lock = { owner: actor, sb, id, resource, parent, granted: undefined, wanted: mode, ast, status: 0 };
    if (model.canGrantNew(resource, mode)) {
      expect(status).toBe(quiet ? SS.SS$_SYNCH : SS.SS$_NORMAL);
      model.grant(lock, quiet);
    } else {
      expect(status).toBe(noQueue ? SS.SS$_NOTQUEUED : SS.SS$_NORMAL);
      if (noQueue) return;
      resource.waiting.push(lock);
    }
    this.nextBlock.set(actor, (sb + 1) % 100);
  }

  private convert(lock: Lock): void {
    const { dice, model } = this;
    const mode = dice.roll(6);
    const { flags, ast, quiet, noQueue, blocking } = this.flags();
    const { status } = this.call(lock.owner, lock.sb, { mode, flags: flags | LCK.LCK$M_CONVERT, ast, blocking });
    if (!model.isGranted(lock)) {
      expect(status).toBe(SS.SS$_CVTUNGRANT);
      return;
    }
    const { resource } = lock;
    if (model.canConvert(lock, mode)) {
      expect(status).toBe(quiet ? SS.SS$_SYNCH : SS.SS$_NORMAL);
      model.remove(resource.held, lock);
      Object.assign(lock, { wanted: mode, ast });
      model.grant(lock, quiet);
      model.release(resource);
    } else if (noQueue) expect(status).toBe(SS.SS$_NOTQUEUED);
    else {
      expect(status).toBe(SS.SS$_NORMAL);
      model.remove(resource.held, lock);
      Object.assign(lock, { wanted: mode, ast, status: 0 });
      resource.converting.push(lock);
    }
  }

  private dequeue(lock: Lock): void {
    const { model } = this;
    const isCancel = this.dice.roll(4) === 0;
    const status = lock.owner.deq({ id: lock.id, flags: isCancel ? LCK.LCK$M_CANCEL : 0 });
    const { resource } = lock;
    const isConverting = resource.converting.includes(lock);
    if (isCancel) {
      expect(status).toBe(model.isGranted(lock) ? SS.SS$_CANCELGRANT : SS.SS$_NORMAL);
      if (isConverting) this.backToGranted(lock, SS.SS$_CANCEL);
      else if (!model.isGranted(lock)) model.drop(lock, resource.waiting, SS.SS$_ABORT);
      return;
    }
    expect(status).toBe(model.children(lock).length > 0 ? SS.SS$_SUBLOCKS : SS.SS$_NORMAL);
    if (model.children(lock).length > 0) return;
    if (model.isGranted(lock)) model.drop(lock, resource.held);
    else model.drop(lock, isConverting ? resource.converting : resource.waiting, SS.SS$_ABORT);
  }

  backToGranted(lock: Lock, status: number): void {
    this.model.remove(lock.resource.converting, lock);
    lock.wanted = lock.granted!;
    lock.resource.held.push(lock);
    this.model.finish(lock, status);
    this.model.release(lock.resource);
  }

  /** Queues, modes and quotas of the executive are those of the model. */
  compare(): void {
    const { model, world } = this;
    const alive = [...model.resources.values()].filter(({ held, converting, waiting }) => held.length + converting.length + waiting.length > 0);
    expect(world.resources()).toHaveLength(alive.length);
    for (const { held, converting, waiting } of alive) {
      const rsb = world.lkb([...held, ...converting, ...waiting][0]!.id).LKB$L_RSB;
      const ids = (locks: readonly Lock[]): number[] => locks.map((lock) => lock.id);
      expect([[...world.queue(rsb, 'RSB$L_GRQFL')].sort(), world.queue(rsb, 'RSB$L_CVTQFL'), world.queue(rsb, 'RSB$L_WTQFL')])
        .toEqual([ids(held).sort(), ids(converting), ids(waiting)]);
      for (const lock of [...held, ...converting]) expect(world.lkb(lock.id).LKB$B_GRMODE).toBe(lock.granted);
      for (const lock of [...converting, ...waiting]) expect(world.lkb(lock.id).LKB$B_RQMODE).toBe(lock.wanted);
    }
    for (const actor of this.actors) {
      expect(actor.jib.JIB$W_ENQLM - actor.jib.JIB$W_ENQCNT).toBe(model.locks().filter((lock) => lock.owner === actor).length);
    }
    expect(world.asts.filter((line) => line.includes('completion'))).toHaveLength(model.completions);
  }

  /** Status blocks of all locks that exist, and of those that ended last in each block. */
  compareStatuses(): void {
    for (const lock of this.model.locks()) expect([lock.id, lock.owner.status(lock.sb)]).toEqual([lock.id, lock.status]);
    const live = new Set(this.model.locks().map((lock) => `${lock.owner.name}${lock.sb}`));
    const last = new Map(this.model.ended.map((end) => [`${end.owner.name}${end.sb}`, end]));
    for (const [key, end] of last) if (!live.has(key)) expect([key, end.owner.status(end.sb)]).toEqual([key, end.status]);
  }

  /** Processes that wait for one another in a circle, by the model: a waiting lock waits for all that hold what it cannot go with, and for those before it. */
  circles(): string[] {
    const edges = new Map<Actor, Set<Actor>>();
    const add = (from: Lock, to: Lock): void => { if (from !== to) edges.set(from.owner, (edges.get(from.owner) ?? new Set()).add(to.owner)); };
    for (const { held, converting, waiting } of this.model.resources.values()) {
      for (const lock of [...converting, ...waiting]) for (const other of [...held, ...converting]) if (!fits(other.granted!, lock.wanted)) add(lock, other);
      converting.forEach((lock, index) => { for (const other of converting.slice(0, index)) add(lock, other); });
      waiting.forEach((lock, index) => { for (const other of [...converting, ...waiting.slice(0, index)]) add(lock, other); });
    }
    const reaches = (from: Actor, to: Actor, seen: Set<Actor>): boolean => [...edges.get(from) ?? []].some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, to, seen);
    });
    return this.actors.filter((actor) => reaches(actor, actor, new Set())).map((actor) => actor.name);
  }

  /** Lets virtual time pass and takes over in the model what the deadlock search decided: requests that failed with SS$_DEADLOCK. */
  letTimePass(seconds: number): number {
    this.world.seconds(seconds);
    let victims = 0;
    for (const lock of this.model.locks()) {
      if (this.model.isGranted(lock) || lock.owner.status(lock.sb) !== SS.SS$_DEADLOCK) continue;
      victims += 1;
      if (lock.resource.converting.includes(lock)) this.backToGranted(lock, SS.SS$_DEADLOCK);
      else {
        this.model.drop(lock, lock.resource.waiting, SS.SS$_DEADLOCK);
      }
    }
    return victims;
  }
}

for (const seed of [1, 2, 3]) {
  test(`requests of four processes at random are queued and granted as the model says, and everything comes back (seed ${seed})`, () => {
    const run = new Run(new Dice(seed), 0);
    for (let step = 0; step < 250; step += 1) {
      run.step();
      if (step % 50 === 49) run.compareStatuses();
    }
    expect(run.model.completions).toBeGreaterThan(20);
    run.world.close();
  });
}

for (const seed of [11, 12]) {
  test(`with deadlock searches no circle is left after a while, nobody fails without one, and the rest is as the model says (seed ${seed})`, () => {
    const run = new Run(new Dice(seed), 2);
    let victims = 0;
    for (let round = 0; round < 12; round += 1) {
      for (let step = 0; step < 12; step += 1) run.step();         // in next to no virtual time: nothing has timed out
      const before = run.circles().length;
      const failed = run.letTimePass(12);
      if (before === 0) expect(failed).toBe(0);
      else expect(failed).toBeGreaterThan(0);
      victims += failed;
      run.compare();
      expect(run.circles()).toEqual([]);
    }
    expect(victims).toBeGreaterThan(0);
    run.world.close();
  });
}
