import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import { findUnit } from '../../../src/executive/io/device-names.js';
import { JIB } from '../../../src/executive/structures/jib.js';
import { CCB } from '../../../src/executive/structures/device.js';
import { UCB } from '../../../src/executive/structures/ucb.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { TestSystem, type Program } from '../../harness.js';

export type Seen = Record<string, unknown>;

/** Runs `program` as the first image and gives what it noted. */
export function runProgram(program: (p: Procedure, seen: Seen) => Flow<number>, others: Readonly<Record<string, Program>> = {}, seconds = 3): { seen: Seen; system: TestSystem } {
  const seen: Seen = {};
  const system = new TestSystem({ programs: { SYSINIT: function* (p) { return yield* program(p, seen); }, ...others } });
  system.runUntilIdle(seconds);
  return { seen, system };
}

/** $ASSIGN: the status and the channel. */
export function* assign(p: Procedure, name: string, options: { acmode?: number; mbxnam?: number } = {}): Flow<{ status: number; channel: number }> {
  const chan = p.allocate(4);
  const status = yield* service(p, '$ASSIGN', { devnam: p.string(name), chan, ...options });
  return { status, channel: p.memory.readWord(chan) };
}

export function* createMailbox(p: Procedure, options: { maxmsg?: number; bufquo?: number; name?: string; prmflg?: number; promsk?: number } = {}): Flow<{ status: number; channel: number }> {
  const chan = p.allocate(4);
  const status = yield* service(p, '$CREMBX', {
    prmflg: options.prmflg ?? 0, chan, maxmsg: options.maxmsg ?? 0, bufquo: options.bufquo ?? 0, promsk: options.promsk ?? 0,
    lognam: options.name === undefined ? 0 : p.string(options.name),
  });
  return { status, channel: p.memory.readWord(chan) };
}

export function ccbOf(k: Kernel, channel: number): ReturnType<typeof CCB.at> {
  return CCB.at(k, k.p1.CTL$GL_CCBBASE - channel);
}

export function unitOf(k: Kernel, channel: number): ReturnType<typeof UCB.at> {
  return UCB.at(k, ccbOf(k, channel).CCB$L_UCB);
}

export function unitNamed(k: Kernel, name: string): ReturnType<typeof UCB.at> {
  return UCB.at(k, findUnit(k, name));
}

/** What the current process has left: buffered and direct I/O, ASTs, bytes, byte limit. */
export function books(k: Kernel): number[] {
  const jib = JIB.at(k, k.pcb.PCB$L_JIB);
  return [k.pcb.PCB$W_BIOCNT, k.pcb.PCB$W_DIOCNT, k.pcb.PCB$W_ASTCNT, jib.JIB$L_BYTCNT, jib.JIB$L_BYTLM];
}

/** A user mode AST procedure in scratch memory: adds one to the longword `count`, stores its parameter in the next. */
export function astProcedure(p: Procedure): { address: number; count: number } {
  const count = p.allocate(8);
  const code = new Uint8Array(20);
  const view = new DataView(code.buffer);
  code.set([0xd6, 0x9f], 2);                       // INCL @#count
  view.setUint32(4, count, true);
  code.set([0xd0, 0xac, 0x04, 0x9f], 8);           // MOVL 4(AP),@#count+4
  view.setUint32(12, count + 4, true);
  code[16] = 0x04;                                 // RET
  return { address: p.bytes(code), count };
}

/** The status block at `iosb`: status word, count word, second longword. */
export function statusBlock(p: Procedure, iosb: number): [number, number, number] {
  return [p.memory.readWord(iosb), p.memory.readWord(iosb + 2), p.memory.readLong(iosb + 4)];
}

/** Lets `seconds` pass. */
export function* pause(p: Procedure, seconds: number, efn = 30): Flow<void> {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(Math.round(-seconds * 10_000_000)), true);
  yield* service(p, '$SETIMR', { efn, daytim: p.bytes(bytes) });
  yield* service(p, '$WAITFR', { efn });
}
