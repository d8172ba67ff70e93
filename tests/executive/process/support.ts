import type { Flow } from '../../../src/executive/gate/microroutine.js';
import type { Procedure } from '../../../src/executive/gate/procedure.js';
import { service } from '../../../src/executive/gate/service-call.js';
import type { Kernel } from '../../../src/executive/kernel.js';
import { EXE$EPID_TO_PCB } from '../../../src/executive/process/pid.js';
import { releaseWaiters } from '../../../src/executive/scheduling/resources.js';
import { PRC$M_DETACH } from '../../../src/executive/starlet/prcdef.js';
import { JIB } from '../../../src/executive/structures/jib.js';
import { PCB } from '../../../src/executive/structures/pcb.js';
import { PHD } from '../../../src/executive/structures/phd.js';
import { TestSystem, type Program } from '../../harness.js';

/** Processes made by $CREPRC in a booted system, and the machine run step by step while they begin and end. */

export type Pcb = ReturnType<typeof PCB.at>;
export type Seen = Record<string, unknown>;

export interface Wanted {
  readonly image?: string;
  readonly name?: string;
  readonly priority?: number;
  readonly uic?: number;
  readonly privileges?: bigint;
  /** PQL$_ code and value. */
  readonly quotas?: readonly (readonly [code: number, value: number])[];
  readonly flags?: number;
  readonly mailbox?: number;
  readonly input?: string;
  readonly output?: string;
  readonly error?: string;
}

/** [40,61], a user without privileges. */
export const USER_UIC = 0x0020_0031;
export const EVERY_PRIVILEGE = 0xffff_ffff_ffff_ffffn;

/** $CREPRC: status, extended PID, and the PCB when there is one. */
export function* create(p: Procedure, wanted: Wanted = {}): Flow<{ status: number; epid: number; pcb: Pcb }> {
  return yield* p.scratch(function* () {
    const pid = p.allocate(8);
    const text = (value: string | undefined): number => (value === undefined ? 0 : p.string(value));
    const quotaBytes = (wanted.quotas ?? []).flatMap(([code, value]) => [code, value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24]);
    let prvadr = 0;
    if (wanted.privileges !== undefined) {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigUint64(0, wanted.privileges, true);
      prvadr = p.bytes(bytes);
    }
    const status = yield* service(p, '$CREPRC', {
      pidadr: pid, image: p.string(`SYS$SYSTEM:${wanted.image ?? 'SLEEPER'}`), prcnam: text(wanted.name), baspri: wanted.priority ?? 4,
      uic: wanted.uic ?? 0, prvadr, quota: wanted.quotas === undefined ? 0 : p.bytes(Uint8Array.from([...quotaBytes, 0])),
      stsflg: wanted.flags ?? 0, mbxunt: wanted.mailbox ?? 0, input: text(wanted.input), output: text(wanted.output), error: text(wanted.error),
    });
    const epid = p.memory.readLong(pid);
    return { status, epid, pcb: PCB.at(p.kernel, status & 1 ? EXE$EPID_TO_PCB(p.kernel, epid) : 0) };
  });
}

export const sleeper: Program = function* (p) {
  for (;;) yield* service(p, '$HIBER', {});
};

export const jibOf = (k: Kernel, pcb: Pcb): ReturnType<typeof JIB.at> => JIB.at(k, pcb.PCB$L_JIB);
export const phdOf = (k: Kernel, pcb: Pcb): ReturnType<typeof PHD.at> => PHD.at(k, pcb.PCB$L_PHD);

export const delta = (p: Procedure, seconds: number): number => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(Math.round(-10_000_000 * seconds)), true);
  return p.bytes(bytes);
};

export function* pause(p: Procedure, seconds: number): Flow<void> {
  yield* p.scratch(function* () {
    yield* service(p, '$SETIMR', { efn: 29, daytim: delta(p, seconds) });
    yield* service(p, '$WAITFR', { efn: 29 });
  });
}

/** $DELPRC, and time for the process to go. @returns the status */
export function* deleteProcess(p: Procedure, epid: number): Flow<number> {
  return yield* p.scratch(function* () {
    const pid = p.allocate(4);
    p.memory.writeLong(pid, epid);
    const status = yield* service(p, '$DELPRC', { pidadr: pid });
    yield* pause(p, 0.5);
    return status;
  });
}

/** Runs `body` in SYSINIT, which has every privilege; the others are images. */
export function run(body: (p: Procedure, seen: Seen) => Flow<unknown>, others: Readonly<Record<string, Program>> = {}, options: { seconds?: number; parameters?: Readonly<Record<string, number>> } = {}): { seen: Seen; system: TestSystem } {
  const seen: Seen = {};
  const system = new TestSystem({
    programs: {
      SYSINIT: function* (p) {
        yield* body(p, seen);
        for (;;) yield* service(p, '$HIBER', {});
      },
      SLEEPER: sleeper, ...others,
    },
    ...(options.parameters ? { parameters: options.parameters } : {}),
  });
  system.runUntilIdle(options.seconds ?? 3);
  return { seen, system };
}

/** Runs `body` in a detached process USER of [40,61] that has `privileges` and nothing else. */
export function runAsUser(body: (p: Procedure, seen: Seen) => Flow<unknown>, privileges = 0n, others: Readonly<Record<string, Program>> = {}, wanted: Wanted = {}): { seen: Seen; system: TestSystem } {
  const holder: { seen: Seen } = { seen: {} };
  return run(function* (p, seen) {
    holder.seen = seen;
    yield* create(p, { image: 'USER', name: 'USER', uic: USER_UIC, privileges, flags: PRC$M_DETACH, quotas: [[8, 5]], ...wanted });
  }, {
    USER: function* (p) {
      yield* body(p, holder.seen);
      for (;;) yield* service(p, '$HIBER', {});
    },
    ...others,
  });
}

/** Makes it look as if a process that never comes back had locked the logical name mutex. @returns what gives it up */
export function holdNameMutex(k: Kernel): () => void {
  const mutex = k.symbol('LNM$AL_MUTEX');
  const free = k.readLong(mutex);
  k.writeWord(mutex, 0);
  return () => {
    k.writeLong(mutex, free);
    releaseWaiters(k, mutex);
  };
}

/** Runs the machine one instruction at a time until `condition` holds before one. */
export function stepUntil(system: TestSystem, condition: () => boolean, limit = 400_000): void {
  const { machine } = system.system;
  for (let step = 0; step < limit; step += 1) {
    if (condition()) return;
    if (machine.run(1).kind === 'idle') {
      const wait = system.system.untilNextTimer();
      if (wait === undefined) break;
      system.clock.advance(wait);
    }
  }
  throw new Error(`it never came to that\n${system.console}`);
}
