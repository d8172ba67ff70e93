import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { IO$_ACPCONTROL } from '../executive/starlet/iodef.js';
import { FIB, FIB$C_REBUILD } from '../filesystem/fib.js';
import { assignDevice } from './quota-function.js';

/** What a control function of the file system brought: its status, and FIB$L_CNTRLVAL afterwards. */
interface VolumeResult {
  readonly status: number;
  readonly value: number;
}

/** A control function for a mounted volume. @param code  FIB$C_ @param value  FIB$L_CNTRLVAL @param block  P2 */
export function* volumeControl(p: Procedure, device: string, code: number, value: number, block?: Uint8Array): Flow<VolumeResult> {
  const assigned = yield* assignDevice(p, device);
  if (!(assigned.status & 1)) return { status: assigned.status, value: 0 };
  const { chan } = assigned;
  const result = yield* p.scratch(function* () {
    const fib = FIB.at(p.memory, p.allocate(FIB.size));
    fib.FIB$W_CNTRLFUNC = code;
    fib.FIB$L_CNTRLVAL = value;
    const iosb = p.allocate(8);
    const queued = yield* service(p, '$QIOW', {
      efn: 1, chan, func: IO$_ACPCONTROL, iosb, p1: p.descriptor(FIB.size, fib.address), ...(block ? { p2: p.descriptor(block.length, p.bytes(block)) } : {}),
    });
    return { status: queued & 1 ? p.memory.readWord(iosb) : queued, value: fib.FIB$L_CNTRLVAL };
  });
  yield* service(p, '$DASSGN', { chan });
  return result;
}

/** Whether a mounted volume was not dismounted the last time. */
export function* needsRebuild(p: Procedure, device: string): Flow<boolean> {
  const { status, value } = yield* volumeControl(p, device, FIB$C_REBUILD, 0);
  return (status & 1) !== 0 && value !== 0;
}

/** Gives back what the volume lost then. @returns status */
export function* rebuildVolume(p: Procedure, device: string): Flow<number> {
  return (yield* volumeControl(p, device, FIB$C_REBUILD, 1)).status;
}
