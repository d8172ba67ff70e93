import { cliIsPresent } from '../dcl/cli-client.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { DVI$_ERRCNT } from '../executive/starlet/dvidef.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import type { Output } from './output.js';
import { getDevice } from './process-information.js';
import { deviceNames } from './show-devices.js';

/**
 * SHOW ERROR [/FULL]: errors of processor, memory and devices since the system was booted; without /FULL those that have any.
 * The processor's are EXE$GL_MCHKERRS. @source book 8.3.1; dcl-output-formats.md, SHOW ERROR
 */
const line = (name: string, count: number): string => `${name.padEnd(33)}${String(count).padStart(9)}`;

export function* showError(p: Procedure, output: Output, routine: number): Flow<number> {
  const isFull = yield* cliIsPresent(p, 'FULL');
  const names = yield* deviceNames(p, routine);
  if (typeof names === 'number') return names;
  const cell = (name: string): number => p.memory.readLong(p.kernel.symbol(name));
  const counts: [string, number][] = [['CPU', cell('EXE$GL_MCHKERRS')], ['MEMORY', cell('EXE$GL_MEMERRS')]];
  for (const name of names.sort()) {
    const { status, values } = yield* getDevice(p, `_${name}`, { errors: { code: DVI$_ERRCNT, kind: 'long' } } as const);
    if (status & 1) counts.push([name, values.errors]);
  }
  yield* output.line('Device                           Error Count');
  for (const [name, count] of counts) if (isFull || count > 0) yield* output.line(line(name, count));
  return SS$_NORMAL;
}
