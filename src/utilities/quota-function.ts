import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { IO$_ACPCONTROL } from '../executive/starlet/iodef.js';
import { FIB } from '../filesystem/fib.js';
import { DQF } from '../filesystem/quota.js';

/** The functions of disk quotas as utilities ask for them. @source VMS I/O User's Reference, ACP-QIO interface */
export interface QuotaEntry {
  readonly uic: number;
  readonly usage: number;
  readonly quota: number;
  readonly overdraft: number;
}

export interface QuotaResult {
  readonly status: number;
  readonly entry: QuotaEntry;
  /** Where a scan goes on. */
  readonly context: number;
}

/** @param flags  FIB$V_ALL_MEM ... of FIB$L_CNTRLVAL @param context  of a scan, 0 at first */
export function* quotaFunction(p: Procedure, chan: number, code: number, asked: Partial<QuotaEntry> = {}, flags = 0, context = 0): Flow<QuotaResult> {
  return yield* p.scratch(function* () {
    const fib = FIB.at(p.memory, p.allocate(FIB.size));
    fib.FIB$W_CNTRLFUNC = code;
    fib.FIB$L_CNTRLVAL = flags;
    fib.FIB$L_WCC = context;
    const [given, got] = [DQF.at(p.memory, p.allocate(DQF.size)), DQF.at(p.memory, p.allocate(DQF.size))];
    given.DQF$L_UIC = asked.uic ?? 0;
    given.DQF$L_USAGE = asked.usage ?? 0;
    given.DQF$L_PERMQUOTA = asked.quota ?? 0;
    given.DQF$L_OVERDRAFT = asked.overdraft ?? 0;
    const [iosb, length] = [p.allocate(8), p.allocate(4)];
    const isEnabling = asked.uic === undefined;
    const queued = yield* service(p, '$QIOW', {
      efn: 1, chan, func: IO$_ACPCONTROL, iosb, p1: p.descriptor(FIB.size, fib.address), ...(isEnabling ? {} : { p2: p.descriptor(DQF.size, given.address) }),
      p3: length, p4: p.descriptor(DQF.size, got.address),
    });
    return {
      status: queued & 1 ? p.memory.readWord(iosb) : queued, context: fib.FIB$L_WCC,
      entry: { uic: got.DQF$L_UIC, usage: got.DQF$L_USAGE, quota: got.DQF$L_PERMQUOTA, overdraft: got.DQF$L_OVERDRAFT },
    };
  });
}

/** A channel to a device. */
export function* assignDevice(p: Procedure, device: string): Flow<{ readonly status: number; readonly chan: number }> {
  return yield* p.scratch(function* () {
    const channel = p.allocate(4);
    const status = yield* service(p, '$ASSIGN', { devnam: p.string(device), chan: channel });
    return { status, chan: p.memory.readWord(channel) };
  });
}
