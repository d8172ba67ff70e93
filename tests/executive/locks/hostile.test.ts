import { expect, test } from 'vitest';
import { service } from '../../../src/executive/gate/service-call.js';
import { SS$_INSFMEM } from '../../../src/executive/starlet/ssdef.js';
import { World } from './actors.js';

class Dice {
  constructor(private seed: number) {}
  roll(sides: number): number {
    this.seed = (Math.imul(this.seed, 1103515245) + 12345) >>> 0;
    return (this.seed >>> 8) % sides;
  }
}

/** Arguments at random, right and wrong, from user mode and from kernel mode: a status comes back, and the database stays sound. Fixed seeds. */
for (const inner of [false, true]) {
  test(`$ENQ, $DEQ and $GETLKI with arguments at random from ${inner ? 'kernel' : 'user'} mode`, () => {
    const world = new World(['A', 'B']);
    const dice = new Dice(inner ? 7 : 77);
    const { k } = world.system;
    const failures = new Map<number, number>();
    let successes = 0;
    for (let call = 0; call < 300; call += 1) {
      const actor = world.actor(dice.roll(3) === 0 ? 'B' : 'A');
      const random = (): number => ((dice.roll(0x10000) << 16) | dice.roll(0x10000)) >>> 0;
      const place = (): number => [0, actor.blocks + 24 * dice.roll(90), actor.blocks + dice.roll(2000), 0x7ffe0000 + dice.roll(0x4000) * 4, 0xc0000000, random()][dice.roll(inner ? 3 : 6)]!;
      const small = (): number => (dice.roll(4) === 0 ? random() : dice.roll(8));
      const ids = [...world.actors.values()].flatMap((each) => each.list());
      const id = (): number => (ids.length > 0 && dice.roll(3) > 0 ? ids[dice.roll(ids.length)]! ^ (dice.roll(6) === 0 ? 0x10000 : 0) : dice.roll(2) === 0 ? 0 : random());
      const choice = dice.roll(10);
      const job = function* (p: NonNullable<typeof actor.p>) {
        const name = [p.string('N'.repeat(dice.roll(34))), place(), p.string(`R${dice.roll(3)}`)][Math.min(2, dice.roll(8))]!;
        if (choice < 6) {
          const block = dice.roll(4) > 0 ? actor.blocks + 24 * dice.roll(90) : place();
          return yield* service(p, '$ENQ', {
            efn: dice.roll(10) === 0 ? random() : dice.roll(64), lkmode: dice.roll(8) === 0 ? random() : dice.roll(6), lksb: block, flags: dice.roll(4) === 0 ? random() : dice.roll(2) * (1 + dice.roll(15)),
            resnam: name, parid: dice.roll(3) > 0 ? 0 : id(), acmode: dice.roll(5), astprm: random(),
            astadr: dice.roll(2) === 0 ? 0 : k.symbol('TEST$COMPLETION'), blkast: inner || dice.roll(2) === 0 ? 0 : k.symbol('TEST$BLOCKING'),
          });
        }
        if (choice < 9) return yield* service(p, '$DEQ', { lkid: id(), valblk: place(), acmode: small(), flags: dice.roll(5) === 0 ? random() & ~1 : dice.roll(8) & ~1 });
        const lkidadr = dice.roll(2) === 0 ? place() : p.allocate(4);
        const items = p.itemList([{ code: [256, 257, 513, 515, 769, 770, 771, random() & 0xffff][dice.roll(8)]!, length: dice.roll(300), buffer: place(), returnLength: place() }]);
        return yield* service(p, '$GETLKI', { efn: dice.roll(64), lkidadr, itmlst: dice.roll(3) === 0 ? place() : items, iosb: place() });
      };
      const status = inner ? actor.inner('$CMKRNL', job) : actor.do(job, { check: false });
      expect(status).toBeDefined();
      expect(status).not.toBe(SS$_INSFMEM);
      if ((status! & 1) !== 0) successes += 1;
      else failures.set(status!, (failures.get(status!) ?? 0) + 1);
      if (call % 10 === 0) world.check();
    }
    expect(successes).toBeGreaterThan(40);
    expect(failures.size).toBeGreaterThan(5);
    for (const actor of world.actors.values()) {
      if (inner) actor.inner('$CMKRNL', (p) => actor.deqFlow(p, { flags: 1 }));
      else actor.deq({ flags: 1 });
    }
    world.seconds(1);
    expect([...world.actors.values()].map((actor) => [actor.list().length, actor.jib.JIB$W_ENQLM - actor.jib.JIB$W_ENQCNT])).toEqual([[0, 0], [0, 0]]);
  });
}
