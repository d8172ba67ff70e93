import { cliGetValues } from '../dcl/cli-client.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import * as BRK from '../executive/starlet/brkdef.js';
import { IO$M_BRDCST, IO$_SENSEMODE, IO$_SETMODE } from '../executive/starlet/iodef.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { ArrayMemory, readQuad, writeQuad } from '../executive/structures/memory.js';
import { messageCode, report } from './messages.js';
import type { Output } from './output.js';
import { terminalMode } from './terminal-mode.js';

/** SET BROADCAST and SHOW BROADCAST: which messages the terminal does not want, UCB$Q_TL_BRKTHRU. @source DCL Dictionary, SET BROADCAST */
const CLASSES: readonly (readonly [name: string, bit: number])[] = [
  ['GENERAL', BRK.BRK$C_GENERAL], ['PHONE', BRK.BRK$C_PHONE], ['MAIL', BRK.BRK$C_MAIL], ['QUEUE', BRK.BRK$C_QUEUE], ['SHUTDOWN', BRK.BRK$C_SHUTDOWN],
  ['URGENT', BRK.BRK$C_URGENT], ['DCL', BRK.BRK$C_DCL], ['OPCOM', BRK.BRK$C_OPCOM],
  ...Array.from({ length: 16 }, (_, index): readonly [string, number] => [`USER${index + 1}`, BRK.BRK$C_USER1 + index]),
];

const ALL = CLASSES.reduce((mask, [, bit]) => mask | (1n << BigInt(bit)), 0n);

const TERMINAL = 'SYS$COMMAND';

function* unwanted(p: Procedure): Flow<{ readonly status: number; readonly mask: bigint }> {
  const { status, bytes } = yield* terminalMode(p, TERMINAL, IO$_SENSEMODE | IO$M_BRDCST, new Uint8Array(8));
  return { status, mask: readQuad(new ArrayMemory(bytes), 0) };
}

/** SET BROADCAST=([NO]class,...) */
export function* setBroadcast(p: Procedure): Flow<number> {
  const before = yield* unwanted(p);
  const failed = function* (code: number): Flow<number> { return yield* report(p, { code: messageCode('SET$_NOTSET'), args: ['broadcast'] }, { code }); };
  if (!(before.status & 1)) return yield* failed(before.status);
  let { mask } = before;
  for (const word of (yield* cliGetValues(p, 'BROADCAST')).map((each) => each.toUpperCase())) {
    const off = word.startsWith('NO');
    const name = off ? word.slice(2) : word;
    const found = CLASSES.filter(([candidate]) => candidate === name || (candidate.startsWith(name) && !candidate.startsWith('USER')));
    if (word === 'NONE' || name === 'ALL') mask = off ? ALL : 0n;
    else if (found.length === 1) {
      const bit = 1n << BigInt(found[0]![1]);
      mask = off ? mask | bit : mask & ~bit;
    } else return yield* report(p, { code: messageCode('SET$_IVVALUE'), args: [word] });
  }
  const bytes = new Uint8Array(8);
  writeQuad(new ArrayMemory(bytes), 0, mask);
  const { status } = yield* terminalMode(p, TERMINAL, IO$_SETMODE | IO$M_BRDCST, bytes);
  return status & 1 ? SS$_NORMAL : yield* failed(status);
}

/** SHOW BROADCAST */
export function* showBroadcast(p: Procedure, output: Output): Flow<number> {
  const { status, mask } = yield* unwanted(p);
  if (!(status & 1)) return status;
  const off = CLASSES.filter(([, bit]) => (mask >> BigInt(bit)) & 1n).map(([name]) => name);
  if (off.length === 0) yield* output.line('Broadcasts are enabled for all classes');
  else if (off.length === CLASSES.length) yield* output.line('Broadcasts are disabled for all classes');
  else for (const line of ['Broadcasts are currently disabled for:', ...off.map((name) => `   ${name}`)]) yield* output.line(line);
  return SS$_NORMAL;
}
