import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { IO$_READPROMPT, IO$_WRITEVBLK } from '../../../src/executive/starlet/iodef.js';
import { SS$_NORMAL } from '../../../src/executive/starlet/ssdef.js';
import { TTYUCB } from '../../../src/executive/structures/ucb.js';
import { TestSystem, type Program } from '../../harness.js';
import type { Seen } from './io-harness.js';

/** OPA0: and helpers for the calls that tests make. */
export class Channel {
  readonly iosb: number;
  readonly buffer: number;
  constructor(readonly p: Procedure, readonly number: number, readonly size: number) {
    this.iosb = p.allocate(8);
    this.buffer = p.allocate(size);
  }

  static *open(p: Procedure, size = 256): Flow<Channel> {
    const chan = p.allocate(4);
    const status = yield* service(p, '$ASSIGN', { devnam: p.string('OPA0:'), chan });
    if (status !== SS$_NORMAL) throw new Error(`assign ${status}`);
    return new Channel(p, p.memory.readWord(chan), size);
  }

  *read(prompt: string, options: { size?: number; modifiers?: number; timeout?: number; terminators?: number } = {}): Flow<{ status: number; text: string }> {
    const { p } = this;
    const mark = p.kernel.cpu.r[14]!;
    const text = p.string(prompt);
    yield* service(p, '$QIOW', {
      chan: this.number, func: IO$_READPROMPT | (options.modifiers ?? 0), iosb: this.iosb, p1: this.buffer, p2: options.size ?? this.size,
      p3: options.timeout ?? 0, p4: options.terminators ?? 0, p5: p.memory.readLong(text + 4), p6: prompt.length,
    });
    p.kernel.cpu.r[14] = mark;
    const count = p.memory.readWord(this.iosb + 2);
    return { status: p.memory.readWord(this.iosb), text: String.fromCharCode(...p.memory.readBytes(this.buffer, count)) };
  }

  *write(text: string, carriageControl = 32, modifiers = 0): Flow<number> {
    const { p } = this;
    const mark = p.kernel.cpu.r[14]!;
    const descriptor = p.string(text);
    const status = yield* service(p, '$QIOW', {
      chan: this.number, func: IO$_WRITEVBLK | modifiers, iosb: this.iosb, p1: p.memory.readLong(descriptor + 4), p2: text.length, p4: carriageControl,
    });
    p.kernel.cpu.r[14] = mark;
    return status;
  }
}

/** Runs `program` as the first image, types the pieces of `input` one after the other, and gives what it noted. */
export function run(program: (p: Procedure, seen: Seen) => Flow<number>, input: readonly string[] = []): { seen: Seen; system: TestSystem } {
  const seen: Seen = {};
  const body: Program = function* (p) { return yield* program(p, seen); };
  const system = new TestSystem({ programs: { SYSINIT: body } });
  system.runUntilIdle(1);
  for (const piece of input) {
    type(system, piece);
    system.runUntilIdle(1);
  }
  return { seen, system };
}

export function type(system: TestSystem, text: string): void {
  for (const character of text) system.system.machine.console.receive(character.charCodeAt(0));
}

export function unit(system: TestSystem): ReturnType<typeof TTYUCB.at> {
  return TTYUCB.at(system.k, system.k.symbol('OPA$UCB0'));
}
