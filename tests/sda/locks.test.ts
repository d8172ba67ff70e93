import { expect, test } from 'vitest';
import * as LCK from '../../src/executive/starlet/lckdef.js';
import { LiveTarget } from '../../src/sda/live-target.js';
import { Sda } from '../../src/sda/sda.js';
import { EX, NL, PR, World } from '../executive/locks/actors.js';
import { crashDump, openDump, say, symbolsOf } from './crashed.js';

const hex8 = (value: number): string => (value >>> 0).toString(16).toUpperCase().padStart(8, '0');

/** A and B hold PR on R, B converts to EX, C waits for PR; A has a sublock; a value in V. */
function busyWorld(): World {
  const world = new World(['A', 'B', 'C']);
  const [a, b, c] = [world.actor('A'), world.actor('B'), world.actor('C')];
  a.enq({ sb: 0, mode: PR, name: 'R', blocking: false });
  a.enq({ sb: 1, mode: EX, name: 'SUB', parent: a.id(0) });
  b.enq({ sb: 0, mode: PR, name: 'R' });
  b.enq({ sb: 0, mode: EX, flags: LCK.LCK$M_CONVERT });
  c.enq({ sb: 0, mode: PR, name: 'R' });
  c.enq({ sb: 1, mode: NL, name: 'V', flags: LCK.LCK$M_SYSTEM });
  c.enq({ sb: 2, mode: EX, name: 'V', flags: LCK.LCK$M_SYSTEM });
  c.deq({ id: c.id(2), value: 'ABCD' });
  return world;
}

test('SHOW LOCKS and SHOW RESOURCES show the same of the running system and of its dump', () => {
  const world = busyWorld();
  const { system } = world;
  const [a, b, c] = [world.actor('A'), world.actor('B'), world.actor('C')];
  const ids = { a: hex8(a.id(0)), sub: hex8(a.id(1)), b: hex8(b.id(0)), c: hex8(c.id(0)), v: hex8(c.id(1)) };
  const rsb = world.resources('R')[0]!.address;
  const live = new Sda(new LiveTarget(system.system.machine.memory, system.system.machine.cpu), symbolsOf(system));
  const commands = ['SHOW LOCKS', 'SHOW RESOURCES', `SHOW LOCK ${ids.b}`, `SHOW RESOURCE/LOCKID=${ids.sub}`, 'SHOW LOCK/NAME=V'];
  const seen = commands.map((command) => say(live, command));
  const [locks, resources, one, sub, named] = seen as [string, string, string, string, string];

  for (const id of Object.values(ids)) expect(locks).toContain(`Lock id:  ${id}`);
  expect(one).toContain('Converting from PR to EX');
  expect(one.match(/Lock id:/g)).toHaveLength(1);
  expect(locks).toContain(`Par. id:  ${ids.a}`);
  expect(resources).toContain(`Address of RSB:  ${hex8(rsb)}   Group grant mode:       PR`);
  expect(resources).toContain(`Granted queue (Lock ID / modes):\n    ${ids.a} PR\nConversion queue (Lock ID / modes):\n    ${ids.b} PR/EX\nWaiting queue (Lock ID / modes):\n    ${ids.c} PR\n`);
  expect(resources).toMatch(/Value block: {5}20202020 20202020 20202020 44434241 {3}Seq. #: 00000001/);
  expect(resources).toContain('Resource:        V   Systemwide   User mode');
  expect(sub).toContain(`Parent RSB:      ${hex8(rsb)}`);
  expect(sub.match(/Address of RSB/g)).toHaveLength(1);
  expect([named.match(/Lock id:/g)!.length, named.includes(ids.v)]).toEqual([1, true]);
  expect(say(live, 'SHOW LOCK 7FFF0001')).toContain('%SDA-E-NOSUCHLOCK');

  const dump = openDump(crashDump(system), symbolsOf(system));
  expect(commands.map((command) => say(dump, command))).toEqual(seen);
});

test('the damage a program can do to a lock ID shows as an error, not as a lock of somebody else', () => {
  const world = busyWorld();
  const sda = new Sda(new LiveTarget(world.system.system.machine.memory, world.system.system.machine.cpu), symbolsOf(world.system));
  const id = world.actor('A').id(0);
  expect(say(sda, `SHOW LOCK ${hex8(id + 0x10000)}`)).toContain('%SDA-E-NOSUCHLOCK');
  world.actor('A').deq({ flags: LCK.LCK$M_DEQALL });
  expect(say(sda, `SHOW LOCK ${hex8(id)}`)).toContain('%SDA-E-NOSUCHLOCK');
});
