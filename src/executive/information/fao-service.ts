import { callRoutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { readText } from '../structures/memory.js';
import { SS$_BADPARAM, SS$_BUFFEROVF, SS$_NORMAL } from '../starlet/ssdef.js';
import { callerMemory, storeText } from './caller.js';
import { formatFao } from './fao.js';

/** Formats into the caller's buffer, with the parameter longwords at `list`. */
function convert(k: Kernel, control: number, length: number, buffer: number, list: number): number {
  const memory = callerMemory(k);
  const text = readText(memory, memory.readLong(control + 4), memory.readWord(control));
  const result = formatFao(memory, text, list, { now: k.sys.EXE$GQ_SYSTIME, limit: memory.readWord(buffer) });
  storeText(memory, buffer, length, result.text);
  if (result.outcome === 'bad') return SS$_BADPARAM;
  return result.outcome === 'overflow' ? SS$_BUFFEROVF : SS$_NORMAL;
}

/** Position of P1 in the argument list of $FAO. */
const FIRST_PARAMETER = 4;

/**
 * $FAO ctrstr,[outlen],outbuf,[p1],...,[p20] - formatted ASCII output.
 *
 * @returns SS$_NORMAL; SS$_BUFFEROVF (a success: cut to the buffer); SS$_BADPARAM an unknown directive, output up to it
 * Caller's mode. @source book 29.5.2; digest ch29 2.10
 */
export const EXE$FAO = callRoutine('EXE$FAO', (k) => convert(k, k.argument(1), k.argument(2), k.argument(3), k.register(12) + 4 * FIRST_PARAMETER));

/** $FAOL ctrstr,[outlen],outbuf,prmlst - the same with the address of the parameters. */
export const EXE$FAOL = callRoutine('EXE$FAOL', (k) => convert(k, k.argument(1), k.argument(2), k.argument(3), k.argument(4)));
