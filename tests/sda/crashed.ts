import { bugcheckCode, BUG_FATAL } from '../../src/executive/exceptions/bugcheck-codes.js';
import { makeBootControlBlock } from '../../src/executive/exceptions/boot-control-block.js';
import { crash } from '../../src/executive/exceptions/bugcheck.js';
import { crashContext } from '../../src/executive/exceptions/crash-header.js';
import type { DumpWriter } from '../../src/executive/exceptions/dump-format.js';
import type { Kernel } from '../../src/executive/kernel.js';
import { service } from '../../src/executive/gate/service-call.js';
import { DumpTarget, dumpBytesOf } from '../../src/sda/dump-target.js';
import { Sda } from '../../src/sda/sda.js';
import type { SystemSymbols } from '../../src/sda/symbols.js';
import type { SdaFiles } from '../../src/sda/session.js';
import { TestSystem, type Program, type TestOptions } from '../harness.js';

/** A dump file kept in memory. */
export class MemoryDump implements DumpWriter {
  readonly bytes: Uint8Array;
  constructor(readonly blocks: number) { this.bytes = new Uint8Array(blocks * 512); }
  write(block: number, bytes: Uint8Array): void { this.bytes.set(bytes, (block - 1) * 512); }
}

/** A booted system with two processes that wait, FIRST and SECOND. */
export function waitingSystem(extra: TestOptions = {}): TestSystem {
  const sleeper: Program = function* (p) {
    yield* service(p, '$HIBER', {});
    return 1;
  };
  const waiter: Program = function* (p) {
    yield* service(p, '$WAITFR', { efn: 5 });
    return 1;
  };
  const starter: Program = function* (p) {
    yield* create(p, 'FIRST', 'SLEEPER');
    yield* create(p, 'SECOND', 'WAITER');
    yield* service(p, '$HIBER', {});
    return 1;
  };
  const system = new TestSystem({ ...extra, programs: { SYSINIT: starter, SLEEPER: sleeper, WAITER: waiter, ...extra.programs } });
  system.runUntilIdle(1);
  return system;
}

function* create(p: Parameters<Program>[0], name: string, image: string): ReturnType<Program> {
  return yield* service(p, '$CREPRC', { image: p.string(`SYS$SYSTEM:${image}`), prcnam: p.string(name), baspri: 4, stsflg: 0 });
}

/** Crashes the machine where it stands, as OPCCRASH would, and gives the dump file. */
export function crashDump(system: TestSystem): Uint8Array {
  const dump = new MemoryDump(system.system.machine.memory.size / 512 + 4);
  crashNow(system.k, dump);
  return dump.bytes;
}

export function crashNow(k: Kernel, dump: DumpWriter): void {
  k.dumpWriter = dump;
  makeBootControlBlock(k, dump);
  crash(k, bugcheckCode('OPERCRASH') | BUG_FATAL, crashContext(k, k.register(15), k.cpu.psl, k.register(14)));
}

/** Symbols as the booted system has them. */
export function symbolsOf(system: TestSystem): SystemSymbols {
  return { globals: system.k.symbols, microroutine: (number) => system.k.gate.nameOf(number) };
}

export function openDump(bytes: Uint8Array, symbols: SystemSymbols, files: SdaFiles = {}): Sda {
  return new Sda(new DumpTarget(dumpBytesOf(bytes)), symbols, files);
}

/** What a command prints. */
export function say(sda: Sda, ...commands: string[]): string {
  return commands.flatMap((command) => [...sda.execute(command)]).join('\n');
}

