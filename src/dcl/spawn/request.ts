import type { Flow } from '../../executive/gate/microroutine.js';
import {
  CLI$K_ATTACH, CLI$M_NOCLISYM, CLI$M_NOCONTROL, CLI$M_NOKEYPAD, CLI$M_NOLOGNAM, CLI$M_NOTIFY, CLI$M_NOWAIT,
} from '../../executive/starlet/clidef.js';
import { SS$_ACCVIO, SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { CLISPN } from '../clireq.js';
import { checkTarget } from '../commands/spawn.js';
import type { Dcl } from '../interpreter/session.js';
import { SPB } from '../structures.js';
import { attachTo } from './attach.js';
import { spawnProcess } from './spawn.js';

/** SPAWN and ATTACH for an image: the requests of LIB$SPAWN and LIB$ATTACH. @source book 23.2.10 (argument list instead of a command line) */

/** How the image's memory is looked at: with user mode's rights. */
export interface CallerMemory {
  accessible(address: number, length: number, write: boolean): boolean;
  /** The text of a descriptor; undefined when it may not be read. */
  text(descriptor: number): string | undefined;
}

const NO_FLAG = 0xffffffff;

/**
 * @param at  the request, of which the first CLIREQ.size bytes can be read
 * @returns SS$_NORMAL; SS$_ACCVIO
 * @raises as the commands do
 */
export function* spawnRequest(dcl: Dcl, at: number, caller: CallerMemory): Flow<number> {
  if (!caller.accessible(at, CLISPN.size, false)) return SS$_ACCVIO;
  const request = CLISPN.at(dcl.memory, at);
  const pidAt = request.CLISPN$L_PID;
  if (request.CLISPN$B_SERVCOD === CLI$K_ATTACH) {
    if (!caller.accessible(pidAt, 4, false)) return SS$_ACCVIO;
    const pid = dcl.memory.readLong(pidAt);
    yield* checkTarget(dcl, pid);
    yield* attachTo(dcl, pid);
    return SS$_NORMAL;
  }
  const statusAt = request.CLISPN$L_STATUS;
  for (const address of [pidAt, statusAt]) if (address !== 0 && !caller.accessible(address, 4, true)) return SS$_ACCVIO;
  const texts: (string | undefined)[] = [];
  for (const descriptor of [
    request.CLISPN$L_COMMAND, request.CLISPN$L_INPUT, request.CLISPN$L_OUTPUT, request.CLISPN$L_NAME, request.CLISPN$L_PROMPT, request.CLISPN$L_CLI,
    request.CLISPN$L_TABLE,
  ]) {
    const text = descriptor === 0 ? '' : caller.text(descriptor);
    if (text === undefined) return SS$_ACCVIO;
    texts.push(text === '' ? undefined : text);
  }
  const [command, input, output, name, prompt, cli, table] = texts;
  const flags = request.CLISPN$L_FLAGS;
  const efn = request.CLISPN$L_EFN;
  const { pid } = yield* spawnProcess(dcl, {
    command, input, output, name, prompt, cli, table,
    wait: (flags & CLI$M_NOWAIT) === 0, symbols: (flags & CLI$M_NOCLISYM) === 0, logicalNames: (flags & CLI$M_NOLOGNAM) === 0,
    keypad: (flags & CLI$M_NOKEYPAD) === 0, notify: (flags & CLI$M_NOTIFY) !== 0,
    carriageControl: (flags & CLI$M_NOCONTROL) === 0 && dcl.prc.PRC$V_PROMPTCR !== 0, log: false,
    eventFlag: efn === NO_FLAG ? undefined : efn & 0xff, astadr: request.CLISPN$L_ASTADR, astprm: request.CLISPN$L_ASTPRM, statusadr: statusAt,
  });
  if (pidAt !== 0) dcl.memory.writeLong(pidAt, pid);
  return SS$_NORMAL;
}

/** The image that asked is gone: nobody is told any more how its subprocesses end. */
export function forgetRequests(dcl: Dcl): void {
  for (let at = dcl.prc.PRC$L_SPAWNED; at !== 0; at = dcl.memory.readLong(at)) {
    const spb = SPB.at(dcl.memory, at);
    spb.SPB$V_SETEF = 0;
    spb.SPB$L_ASTADR = 0;
    spb.SPB$L_STATUSADR = 0;
  }
}
