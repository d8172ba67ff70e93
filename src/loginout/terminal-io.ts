import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { RAB, RAB$C_BID, RAB$C_BLN, RAB$M_CVT, RAB$M_PMT, RAB$M_RNE, RAB$M_TMO } from '../executive/starlet/rabdef.js';
import { bytesToText, textToBytes } from '../executive/structures/memory.js';

/** Lines to and from the process permanent files, by their stream identifiers. */
const LINE = 255;

/** Writes one line to a stream. */
export function* putLine(p: Procedure, isi: number, text: string): Flow<number> {
  return yield* p.scratch(function* () {
    const rab = newRab(p, isi);
    rab.RAB$L_RBF = p.bytes(textToBytes(text));
    rab.RAB$W_RSZ = text.length;
    return yield* service(p, '$PUT', { rab: rab.address });
  });
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Asks a question on a stream. `secret`: without echo. @returns RMS$_TMO when nothing was typed within `seconds` */
export function* ask(p: Procedure, isi: number, prompt: string, options: { readonly secret?: boolean; readonly seconds?: number } = {}): Flow<Answer> {
  return yield* p.scratch(function* () {
    const rab = newRab(p, isi);
    const buffer = p.allocate(LINE + 1);
    rab.RAB$L_UBF = buffer;
    rab.RAB$W_USZ = LINE;
    rab.RAB$L_PBF = p.bytes(textToBytes(prompt));
    rab.RAB$B_PSZ = prompt.length;
    rab.RAB$L_ROP = RAB$M_PMT | RAB$M_CVT | (options.secret ? RAB$M_RNE : 0) | (options.seconds === undefined ? 0 : RAB$M_TMO);
    rab.RAB$B_TMO = options.seconds ?? 0;
    const status = yield* service(p, '$GET', { rab: rab.address });
    return { status, text: bytesToText(p.memory.readBytes(buffer, rab.RAB$W_RSZ)) };
  });
}

function newRab(p: Procedure, isi: number): ReturnType<typeof RAB.at> {
  const rab = RAB.at(p.memory, p.allocate(RAB.size));
  rab.RAB$B_BID = RAB$C_BID;
  rab.RAB$B_BLN = RAB$C_BLN;
  rab.RAB$W_ISI = isi;
  return rab;
}
