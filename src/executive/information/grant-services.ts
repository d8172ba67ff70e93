import { callRoutine, procedure, type Flow, type Microroutine } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { withTarget } from '../process/pid.js';
import { rightsOf, storeRights } from '../process/rights.js';
import { SS$_ACCVIO, SS$_INSFARG, SS$_IVIDENT, SS$_NORMAL, SS$_RIGHTSFULL, SS$_WASCLR, SS$_WASSET } from '../starlet/ssdef.js';

/**
 * $GRANTID and $REVOKID: identifiers of running processes. They run in their caller's mode; what changes the rights list is done by $CMKRNL, so
 * that its privilege is needed. @source book Table 9-1, note 2; System Services Reference V4, $GRANTID, $REVOKID
 */
const GRANT = 1;
const REVOKE = 0;

/**
 * Kernel mode. Arguments: what to do, identifier, attributes, PIDADR, PRCNAM, longword for the former attributes or 0.
 *
 * @returns SS$_WASSET the process had the identifier, SS$_WASCLR it had not; SS$_RIGHTSFULL; those of EXE$NAMPID
 */
const changeRights = callRoutine('EXE$CHANGE_RIGHTS', (k) => {
  const [wanted, value, attributes, pidadr, prcnam, former] = [1, 2, 3, 4, 5, 6].map((number) => k.argument(number)) as [number, number, number, number, number, number];
  if (former !== 0 && !k.callerCanWrite(former, 4)) return SS$_ACCVIO;
  return withTarget(k, pidadr, prcnam, (pcb) => {
    const rights = rightsOf(k, pcb).slice(1);
    const had = rights.find((right) => right.value === value);
    const others = rights.filter((right) => right !== had);
    if ((wanted === GRANT || had) && !storeRights(k, pcb, wanted === GRANT ? [...others, { value, attributes }] : others)) return SS$_RIGHTSFULL;
    if (former !== 0) k.writeLong(former, had?.attributes ?? 0);
    return had ? SS$_WASSET : SS$_WASCLR;
  });
});

/**
 * $GRANTID [pidadr],[prcnam],[id],[name],[prvatr] - and $REVOKID with the same arguments.
 *
 * @param id    quadword of identifier and attributes; with a name the identifier is returned there
 * @returns SS$_WASSET, SS$_WASCLR; SS$_INSFARG neither ID nor NAME; SS$_IVIDENT a UIC; SS$_ACCVIO, SS$_NOSUCHID, SS$_NOPRIV, SS$_NONEXPR, SS$_RIGHTSFULL
 */
function* change(p: Procedure, wanted: number): Flow<number> {
  const [pidadr, prcnam, id, name, prvatr] = [1, 2, 3, 4, 5].map((number) => p.argument(number)) as [number, number, number, number, number];
  if (id === 0 && name === 0) return SS$_INSFARG;
  let attributes = id === 0 ? 0 : p.memory.readLong(id + 4);
  const value = yield* p.scratch(function* (): Flow<{ status: number; identifier: number }> {
    if (name === 0) return { status: SS$_NORMAL, identifier: p.memory.readLong(id) };
    const [at, of] = [p.allocate(4), p.allocate(4)];
    const status = yield* service(p, '$ASCTOID', { name, id: at, attrib: of });
    if (status & 1 && id === 0) attributes = p.memory.readLong(of);
    if (status & 1 && id !== 0) p.memory.writeLong(id, p.memory.readLong(at));
    return { status, identifier: p.memory.readLong(at) };
  });
  if (!(value.status & 1)) return value.status;
  if (value.identifier >>> 31 === 0) return SS$_IVIDENT;
  return yield* p.scratch(function* () {
    const list = p.allocate(28);
    [6, wanted, value.identifier, attributes, pidadr, prcnam, prvatr].forEach((argument, index) => { p.memory.writeLong(list + 4 * index, argument); });
    return yield* service(p, '$CMKRNL', { routin: p.kernel.symbol('EXE$CHANGE_RIGHTS'), arglst: list });
  });
}

export const GRANT_ROUTINES: readonly Microroutine[] = [
  changeRights, procedure('EXE$GRANTID', (p) => change(p, GRANT)), procedure('EXE$REVOKID', (p) => change(p, REVOKE)),
];
