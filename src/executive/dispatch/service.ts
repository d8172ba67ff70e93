import { callRoutine, SAVE_ALL, type AtomicRoutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { SERVICE_ARGUMENTS } from '../starlet/service-table.js';

/** What a service body gives back: a condition value for R0, or nothing when it has left through a wait or a jump. */
export type ServiceStatus = number | void;

/**
 * A kernel-mode (or atomic executive-mode) system service: EXE$name, entered from the change mode dispatcher behind its
 * entry mask, AP at the caller's argument list, which the dispatcher has probed.
 *
 * @param name  '$WAKE' and so on
 * @param body  arguments in the service's order, unsigned longwords, 0 for those not given
 * @source book 9.2; digest ch09 2.4
 */
export function kernelService(name: keyof typeof SERVICE_ARGUMENTS & string, body: (k: Kernel, ...args: number[]) => ServiceStatus): AtomicRoutine {
  const count = SERVICE_ARGUMENTS[name].length;
  return callRoutine(`EXE${name}`, (k) => {
    const args: number[] = [];
    for (let number = 1; number <= count; number += 1) args.push(k.argument(number));
    return body(k, ...args);
  }, SAVE_ALL);
}
