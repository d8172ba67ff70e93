import { procedure, type Flow } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { service } from '../gate/service-call.js';
import { CLI$_ACTIMAGE } from '../starlet/climsgdef.js';
import { LNM$_STRING } from '../starlet/lnmdef.js';
import { bytesToText } from '../structures/memory.js';
import { IAC$M_EXPREG, IAC$M_MERGE } from './activate.js';

const PAGE = 512;
const LONGEST_NAME = 255;
const INHIBIT_MESSAGE = 0x1000_0000;

/** The debugger's image: what LIB$DEBUG is translated to, or DEBUG. @source book 21.2.4; ch21#20 */
function* debuggerName(p: Procedure): Flow<string> {
  const [buffer, length] = [p.allocate(LONGEST_NAME), p.allocate(4)];
  const status = yield* service(p, '$TRNLNM', {
    tabnam: p.string('LNM$FILE_DEV'), lognam: p.string('LIB$DEBUG'),
    itmlst: p.itemList([{ code: LNM$_STRING, length: LONGEST_NAME, buffer, returnLength: length }]),
  });
  return status & 1 ? bytesToText(p.memory.readBytes(buffer, p.memory.readWord(length))) : 'DEBUG';
}

/**
 * EXE$MAP_DEBUGGER - merges the debugger with the image that is about to start, behind it in P0 space. The debugger begins with the offset, from
 * there, of the procedure that is to be called. Called by SYS$IMGSTA in user mode.
 *
 * choice: the default directory SYS$SHARE. There is no DEBUG.EXE among our images; when none is found the image ends with a message.
 * @returns address of the procedure
 * @source book 21.2.4; digest ch21 2.8
 */
export const EXE$MAP_DEBUGGER = procedure('EXE$MAP_DEBUGGER', function* (p) {
  const name = yield* debuggerName(p);
  const retadr = p.allocate(8);
  const activated = yield* service(p, '$IMGACT', {
    name: p.string(name), dflnam: p.string('SYS$SHARE:.EXE'), hdrbuf: p.allocate(PAGE), imgctl: IAC$M_MERGE | IAC$M_EXPREG, retadr,
  });
  const fixed = activated & 1 ? yield* service(p, '$IMGFIX', {}) : activated;
  if (fixed & 1) {
    const base = p.memory.readLong(retadr);
    return (base + p.memory.readLong(base)) >>> 0;
  }
  const message = p.allocate(20);
  [4, CLI$_ACTIMAGE, 1, p.string(name), fixed].forEach((value, index) => { p.memory.writeLong(message + 4 * index, value); });
  yield* service(p, '$PUTMSG', { msgvec: message, facnam: p.string('DCL') });
  return yield* service(p, '$EXIT', { code: (fixed | INHIBIT_MESSAGE) >>> 0 });
});
