import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { FAB$C_FIX, FAB$M_BIO, FAB$M_GET, FAB$M_PUT, FAB$M_UFO } from '../executive/starlet/fabdef.js';
import { RAB, RAB$C_BID, RAB$C_BLN } from '../executive/starlet/rabdef.js';
import { XAB$C_PRO, XAB$C_PROLEN, XABPRO } from '../executive/starlet/xabdef.js';
import { SYSTEM_ONLY_PROTECTION } from '../sysgen/system-disk.js';
import { fileBlocks, nameOf, type NamedBlocks } from './files.js';
import { messageCode, report, sharedCode } from './messages.js';

/**
 * CREATE of SYSGEN: a page, swap or dump file. One that is there and smaller is extended; the first blocks of what is new are cleared, so
 * that nothing in them looks like a dump.
 * @source dcl-output-formats.md, SYSGEN; SYSGEN manual, CREATE, as a description
 */
const PAGE = 512;
const CLEARED = 4;
const FACILITY = 113;

/** What is wrong: the message and the RMS status behind it. */
interface Failure {
  readonly status: number;
  readonly stv: number;
}

export function* createFile(p: Procedure, spec: string, blocks: number, isContiguous: boolean): Flow<number> {
  return yield* p.scratch(function* () {
    const named = fileBlocks(p, spec, { defaults: '.SYS' });
    const { fab } = named;
    fab.FAB$B_FAC = FAB$M_GET | FAB$M_PUT | FAB$M_BIO;
    const opened = yield* service(p, '$OPEN', { fab: fab.address });
    const isThere = (opened & 1) === 1;
    const before = isThere ? fab.FAB$L_ALQ : 0;
    if (isThere && before >= blocks) {
      yield* service(p, '$CLOSE', { fab: fab.address });
      return yield* report(p, { code: messageCode('SYSGEN$_NOTSMALLER'), args: [nameOf(p, named, spec), before] });
    }
    const failed = isThere ? yield* extend(p, named, blocks, before, isContiguous) : yield* make(p, named, blocks, isContiguous);
    const name = nameOf(p, named, spec);
    const closed = yield* service(p, '$CLOSE', { fab: fab.address });
    const wrong = failed ?? (closed & 1 ? undefined : { status: closed, stv: fab.FAB$L_STV });
    if (wrong) return yield* report(p, { code: sharedCode(FACILITY, isThere ? 'writeError' : 'openOut'), args: [name] }, { code: wrong.status, stv: wrong.stv });
    return yield* report(p, { code: messageCode(isThere ? 'SYSGEN$_EXTENDED' : 'SYSGEN$_CREATED'), args: [name] });
  });
}

/** INSTALL file /PAGEFILE or /SWAPFILE: places a file in use until the system stops. @source book 14.5.1, 25.5 */
export function* installFile(p: Procedure, spec: string, isSwapFile: boolean): Flow<number> {
  return yield* p.scratch(function* () {
    const named = fileBlocks(p, spec, { defaults: '.SYS' });
    const { fab } = named;
    fab.FAB$B_FAC = FAB$M_GET | FAB$M_PUT;
    fab.FAB$L_FOP = FAB$M_UFO;
    const opened = yield* service(p, '$OPEN', { fab: fab.address });
    const name = nameOf(p, named, spec);
    if (!(opened & 1)) return yield* report(p, { code: sharedCode(FACILITY, 'openIn'), args: [name] }, { code: opened, stv: fab.FAB$L_STV });
    const chan = fab.FAB$L_STV & 0xffff;
    const list = p.allocate(12);
    [2, chan, isSwapFile ? 1 : 0].forEach((value, index) => { p.memory.writeLong(list + 4 * index, value); });
    const used = yield* service(p, '$CMKRNL', { routin: p.kernel.symbol('MMG$INSTALL_FILE'), arglst: list });
    yield* service(p, '$DASSGN', { chan });
    return used & 1 ? used : yield* report(p, { code: sharedCode(FACILITY, 'openIn'), args: [name] }, { code: used, stv: 0 });
  });
}

function* make(p: Procedure, named: NamedBlocks, blocks: number, isContiguous: boolean): Flow<Failure | undefined> {
  const { fab } = named;
  fab.FAB$B_RFM = FAB$C_FIX;
  fab.FAB$W_MRS = PAGE;
  fab.FAB$L_ALQ = blocks;
  fab.FAB$V_CTG = isContiguous ? 1 : 0;
  fab.FAB$V_CBT = isContiguous ? 0 : 1;
  const xab = XABPRO.at(p.memory, p.allocate(XABPRO.size));
  xab.XAB$B_COD = XAB$C_PRO;
  xab.XAB$B_BLN = XAB$C_PROLEN;
  xab.XAB$W_PRO = SYSTEM_ONLY_PROTECTION;
  fab.FAB$L_XAB = xab.address;
  const created = yield* service(p, '$CREATE', { fab: fab.address });
  return created & 1 ? yield* clear(p, fab.address, 1, blocks) : { status: created, stv: fab.FAB$L_STV };
}

function* extend(p: Procedure, { fab }: NamedBlocks, blocks: number, before: number, isContiguous: boolean): Flow<Failure | undefined> {
  fab.FAB$L_ALQ = blocks - before;
  fab.FAB$V_CTG = isContiguous ? 1 : 0;
  const extended = yield* service(p, '$EXTEND', { fab: fab.address });
  return extended & 1 ? yield* clear(p, fab.address, before + 1, blocks) : { status: extended, stv: fab.FAB$L_STV };
}

/** Clears the first of these blocks, and the last, which makes it the end of the file. */
function* clear(p: Procedure, fab: number, first: number, last: number): Flow<Failure | undefined> {
  const rab = RAB.at(p.memory, p.allocate(RAB$C_BLN));
  rab.RAB$B_BID = RAB$C_BID;
  rab.RAB$B_BLN = RAB$C_BLN;
  rab.RAB$L_FAB = fab;
  let status = yield* service(p, '$CONNECT', { rab: rab.address });
  const cleared = Math.min(CLEARED, last - first + 1);
  rab.RAB$L_RBF = p.bytes(new Uint8Array(CLEARED * PAGE));
  for (const [block, count] of [[first, cleared], [last, 1]] as const) {
    if (!(status & 1)) break;
    rab.RAB$L_BKT = block;
    rab.RAB$W_RSZ = count * PAGE;
    status = yield* service(p, '$WRITE', { rab: rab.address });
  }
  return status & 1 ? undefined : { status, stv: rab.RAB$L_STV };
}
