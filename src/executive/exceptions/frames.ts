import type { Kernel } from '../kernel.js';

/**
 * Call frames as the current access mode sees them. Whatever that mode may not read or write is out of its reach: code here runs in
 * the caller's mode and must not lend it the kernel's rights.
 * @source VAX ARM, CALLx; digest ch04 "VAX call frame"
 */

/** Thrown when memory is not accessible to the current mode; the services that walk frames turn it into SS$_ACCVIO. */
export class OutOfReach {
  constructor(readonly address: number) {}
}

/** Longword at `address`, read with the rights of the current mode. @raises VaxFault when the page is not resident */
export function readReachable(k: Kernel, address: number): number {
  const at = address >>> 0;
  if (!k.cpu.probe(at, 4, k.cpu.currentMode, false)) throw new OutOfReach(at);
  return k.cpu.readLong(at) >>> 0;
}

/** Makes sure that `address` is resident and may be written by the current mode, so that a write cannot fail. */
export function prepareWrite(k: Kernel, address: number): void {
  const at = address >>> 0;
  if (!k.cpu.probe(at, 4, k.cpu.currentMode, true)) throw new OutOfReach(at);
  k.cpu.readLong(at);
}

const HANDLER = 0;
const MASK = 4;
const SAVED_AP = 8;
const SAVED_FP = 12;
export const SAVED_PC = 16;
export const FRAME_LENGTH = 20;

export interface Frame {
  readonly address: number;
  readonly handler: number;
  /** Saved PSW, register save mask <27:16>, S <29>, stack alignment <31:30>. */
  readonly mask: number;
  readonly savedAP: number;
  readonly savedFP: number;
  readonly savedPC: number;
}

export function frameAt(k: Kernel, address: number): Frame {
  return {
    address: address >>> 0,
    handler: readReachable(k, address + HANDLER),
    mask: readReachable(k, address + MASK),
    savedAP: readReachable(k, address + SAVED_AP),
    savedFP: readReachable(k, address + SAVED_FP),
    savedPC: readReachable(k, address + SAVED_PC),
  };
}

/** Whether CALLS made the frame: its argument list lies above it. */
export function calledByCalls(frame: Frame): boolean {
  return (frame.mask & 0x2000_0000) !== 0;
}

/** First address above frame, saved registers and alignment bytes: the argument list (CALLS) or the stack before the call (CALLG). */
export function aboveFrame(frame: Frame): number {
  let registers = 0;
  for (let bit = 16; bit < 28; bit += 1) registers += (frame.mask >>> bit) & 1;
  return (frame.address + FRAME_LENGTH + 4 * registers + (frame.mask >>> 30)) >>> 0;
}
