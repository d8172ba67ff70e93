import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import { ACM } from '../../executive/process/account.js';
import { FAB, FAB$C_BID, FAB$C_BLN, FAB$C_VAR, FAB$M_GET, FAB$M_PUT, FAB$M_SHRGET } from '../../executive/starlet/fabdef.js';
import { JBC$_NOPRIV, JBC$_NORMAL } from '../../executive/starlet/jbcmsgdef.js';
import { PRV$V_OPER } from '../../executive/starlet/prvdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN, RAB$M_EOF } from '../../executive/starlet/rabdef.js';
import { RMS$_FNF } from '../../executive/starlet/rmsdef.js';
import * as sjc from '../../executive/starlet/sjcdef.js';
import { ArrayMemory, textToBytes } from '../../executive/structures/memory.js';
import { PCB } from '../../executive/structures/pcb.js';
import type { Request } from '../queues/request.js';
import { ACR, subtypeOf } from './records.js';

/** The accounting manager in JOB_CONTROL: writes what is reported, as far as SET ACCOUNTING wants it. @source book 29.1.1 */
export const ACCOUNTING_FILE = 'SYS$MANAGER:ACCOUNTNG.DAT';
const ALL_TYPES = (1 << (sjc.SJC$V_ACCT_MESSAGE + 1)) - 1;

export class AccountingManager {
  private readonly fab: ReturnType<typeof FAB.at>;
  private readonly rab: ReturnType<typeof RAB.at>;
  /** Longword: types that are recorded. */
  private readonly mask: number;

  /** Takes room on the stack: call it outside p.scratch. */
  constructor(readonly p: Procedure) {
    this.fab = FAB.at(p.memory, p.allocate(FAB$C_BLN));
    this.rab = RAB.at(p.memory, p.allocate(RAB$C_BLN));
    this.mask = p.allocate(4);
  }

  get types(): number { return this.p.memory.readLong(this.mask); }

  records(type: number): boolean { return this.rab.RAB$W_ISI !== 0 && ((this.types >>> type) & 1) !== 0; }

  /** SJC$_START_ACCOUNTING: these types too, all of them when none is named; with SJC$_NEW_VERSION in a new file. */
  *start(request: Request): Flow<number> {
    if (!request.holds(PRV$V_OPER)) return JBC$_NOPRIV;
    const anew = request.has(sjc.SJC$_NEW_VERSION);
    const wanted = request.number(sjc.SJC$_ACCOUNTING_TYPES);
    this.p.memory.writeLong(this.mask, this.types | (wanted ?? (anew && this.types !== 0 ? 0 : ALL_TYPES)));
    if (anew) yield* this.close();
    const status = this.rab.RAB$W_ISI !== 0 ? 1 : yield* this.open(anew);
    yield* this.report();
    return status & 1 ? JBC$_NORMAL : status;
  }

  /** SJC$_STOP_ACCOUNTING: these types no longer, or none at all. */
  *stop(request: Request): Flow<number> {
    if (!request.holds(PRV$V_OPER)) return JBC$_NOPRIV;
    this.p.memory.writeLong(this.mask, this.types & ~(request.number(sjc.SJC$_ACCOUNTING_TYPES) ?? ALL_TYPES));
    if (this.types === 0) yield* this.close();
    yield* this.report();
    return JBC$_NORMAL;
  }

  /** SJC$_WRITE_ACCOUNTING: a text of the user's. */
  *message(request: Request): Flow<number> {
    yield* this.write(sjc.SJC$V_ACCT_MESSAGE, 0, textToBytes(request.required(sjc.SJC$_ACCOUNTING_MESSAGE)));
    return JBC$_NORMAL;
  }

  /** A process is gone: the executive's report (ACM). Processes of no wanted kind are left out. */
  *processGone(acm: number): Flow<void> {
    const { memory } = this.p;
    const subtype = subtypeOf(memory, acm, { batch: PCB.mask.PCB$V_BATCH, network: PCB.mask.PCB$V_NETWRK, interactive: PCB.mask.PCB$V_INTER });
    if (((this.types >>> subtype) & 1) === 0) return;
    yield* this.write(sjc.SJC$V_ACCT_PROCESS, subtype, memory.readBytes(acm, ACM.size));
  }

  *write(type: number, subtype: number, body: Uint8Array): Flow<void> {
    if (!this.records(type)) return;
    const { p, rab } = this;
    const bytes = new Uint8Array(ACR.size + body.length);
    const head = ACR.at(new ArrayMemory(bytes), 0);
    head.ACR$W_TYPE = type;
    head.ACR$W_SUBTYPE = subtype;
    bytes.set(body, ACR.size);
    yield* p.scratch(function* () {
      rab.RAB$L_RBF = p.bytes(bytes);
      rab.RAB$W_RSZ = bytes.length;
      yield* service(p, '$PUT', { rab: rab.address });
      return yield* service(p, '$FLUSH', { rab: rab.address });
    });
  }

  /** Tells the executive what is recorded: it reports the ends of processes, and SHOW ACCOUNTING shows it. */
  private *report(): Flow<void> {
    const { p } = this;
    const types = this.rab.RAB$W_ISI !== 0 ? this.types : 0;
    yield* p.scratch(function* () {
      const list = p.allocate(8);
      p.memory.writeLong(list, 1);
      p.memory.writeLong(list + 4, types);
      return yield* service(p, '$CMKRNL', { routin: p.kernel.symbol('EXE$SETACM'), arglst: list });
    });
  }

  private *open(anew: boolean): Flow<number> {
    const { p, fab, rab } = this;
    return yield* p.scratch(function* () {
      p.memory.writeBytes(fab.address, new Uint8Array(FAB$C_BLN));
      p.memory.writeBytes(rab.address, new Uint8Array(RAB$C_BLN));
      fab.FAB$B_BID = FAB$C_BID;
      fab.FAB$B_BLN = FAB$C_BLN;
      fab.FAB$L_FNA = p.bytes(textToBytes(ACCOUNTING_FILE));
      fab.FAB$B_FNS = ACCOUNTING_FILE.length;
      fab.FAB$B_FAC = FAB$M_GET | FAB$M_PUT;
      fab.FAB$B_SHR = FAB$M_SHRGET;
      fab.FAB$B_RFM = FAB$C_VAR;
      let status = anew ? RMS$_FNF : yield* service(p, '$OPEN', { fab: fab.address });
      if (status === RMS$_FNF) status = yield* service(p, '$CREATE', { fab: fab.address });
      if (!(status & 1)) return status;
      rab.RAB$B_BID = RAB$C_BID;
      rab.RAB$B_BLN = RAB$C_BLN;
      rab.RAB$L_FAB = fab.address;
      rab.RAB$L_ROP = RAB$M_EOF;
      return yield* service(p, '$CONNECT', { rab: rab.address });
    });
  }

  private *close(): Flow<void> {
    if (this.rab.RAB$W_ISI === 0) return;
    yield* service(this.p, '$CLOSE', { fab: this.fab.address });
    this.rab.RAB$W_ISI = 0;
  }
}
