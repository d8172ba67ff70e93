import type { Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { JPI$_IMAGPRIV, JPI$_PHDFLAGS, JPI$_PROCPRIV } from '../starlet/jpidef.js';
import { PRV$V_CMKRNL, PRV$V_SETPRV, hasPrivilege } from '../starlet/prvdef.js';
import { readQuad } from '../structures/memory.js';
import { PHD } from '../structures/phd.js';
import { IAC$M_EXPREG, IAC$M_MERGE } from './activate.js';

const USER = 3;
const PAGE = 512;
const EFN = 30;

/**
 * EXE$IMGDMP_MERGE (module PROCSTRT): an image that ends with an exception writes its address space to a file, by an image of its own that
 * is merged with it, SYS$LIBRARY:IMGDMP.EXE. Nothing happens unless the exception was in user mode, the process asked for it (PHD$V_IMGDMP),
 * and the image was not installed with privileges the process has not - CMKRNL and SETPRV are as good as all.
 *
 * @param signal, mechanism  the arrays, IMGDMP's arguments
 * @source book 20.4.3
 */
export function* EXE$IMGDMP_MERGE(p: Procedure, signal: number, mechanism: number): Flow<void> {
  const k = p.kernel;
  if (k.cpu.currentMode !== USER) return;
  const values = p.allocate(24);
  const iosb = p.allocate(8);
  const items = p.itemList([
    { code: JPI$_PHDFLAGS, length: 4, buffer: values }, { code: JPI$_PROCPRIV, length: 8, buffer: values + 8 },
    { code: JPI$_IMAGPRIV, length: 8, buffer: values + 16 },
  ]);
  const asked = yield* service(p, '$GETJPIW', { efn: EFN, iosb, itmlst: items });
  if (!(asked & 1) || !(p.memory.readWord(iosb) & 1)) return;
  if ((p.memory.readLong(values) & PHD.mask.PHD$V_IMGDMP) === 0) return;
  const own = readQuad(p.memory, values + 8);
  const hasMore = (readQuad(p.memory, values + 16) & ~own) !== 0n;
  if (hasMore && !hasPrivilege(own, PRV$V_CMKRNL) && !hasPrivilege(own, PRV$V_SETPRV)) return;
  const header = p.allocate(PAGE);
  const activated = yield* service(p, '$IMGACT', {
    name: p.string('SYS$LIBRARY:IMGDMP'), dflnam: p.string('.EXE'), hdrbuf: header, imgctl: IAC$M_MERGE | IAC$M_EXPREG, retadr: p.allocate(8),
  });
  if (!(activated & 1)) return;
  yield* service(p, '$IMGFIX', {});
  const image = p.memory.readLong(header);
  yield* p.call(p.memory.readLong(image + p.memory.readWord(image + 2)), signal, mechanism);
}
