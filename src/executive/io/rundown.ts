import type { Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import type { Kernel } from '../kernel.js';
import { CCB$K_LENGTH } from '../structures/device.js';
import { channelBlock, channelMode } from './channels.js';

/**
 * Deassigns the channels of `mode` and the outer ones, as image rundown (user) and process deletion (kernel) need it. The XQP's
 * channel (CCB$B_AMOD negative) stays.
 *
 * Kernel mode procedure, IPL 0: $DASSGN waits for outstanding I/O. @source book 21.5, 22.2
 */
export function* EXE$RUNDOWN_CHANNELS(p: Procedure, mode: number): Flow<number> {
  const k = p.kernel;
  for (let channel = CCB$K_LENGTH; channel <= k.p1.CTL$GW_CHINDX; channel += CCB$K_LENGTH) {
    if (channelMode(channelBlock(k, channel)) > mode) yield* service(p, '$DASSGN', { chan: channel });
  }
  return 1;
}

/** Deassigns the channels that $BRKTHRU opened for the image (CCB$V_IMGTMP). @source digest ch18 fact 51 */
export function* EXE$RUNDOWN_TEMPORARY(p: Procedure): Flow<number> {
  const k = p.kernel;
  for (let channel = CCB$K_LENGTH; channel <= k.p1.CTL$GW_CHINDX; channel += CCB$K_LENGTH) {
    const ccb = channelBlock(k, channel);
    if (channelMode(ccb) > 0 && ccb.CCB$V_IMGTMP !== 0) yield* service(p, '$DASSGN', { chan: channel });
  }
  return 1;
}

/** Gives back the devices allocated from `mode` and the outer ones. */
export function* EXE$DEALLOCATE_DEVICES(p: Procedure, mode: number): Flow<number> {
  return yield* service(p, '$DALLOC', { acmode: mode });
}

/** Outstanding requests of the current process on all its channels. */
export function outstandingRequests(k: Kernel): number {
  let count = 0;
  for (let channel = CCB$K_LENGTH; channel <= k.p1.CTL$GW_CHINDX; channel += CCB$K_LENGTH) {
    const ccb = channelBlock(k, channel);
    if (channelMode(ccb) !== 0) count += ccb.CCB$W_IOC;
  }
  return count;
}
