import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { IO$M_BREAKTHRU, IO$M_REFRESH, IO$_WRITEVBLK } from '../executive/starlet/iodef.js';
import {
  JPI$_BUFIO, JPI$_CPUTIM, JPI$_DIRIO, JPI$_GPGCNT, JPI$_IMAGNAME, JPI$_PAGEFLTS, JPI$_PPGCNT, JPI$_PRCNAM,
} from '../executive/starlet/jpidef.js';
import { SYI$_NODENAME } from '../executive/starlet/syidef.js';
import { bytesToText, textToBytes } from '../executive/structures/memory.js';
import { cpuText } from './commands/show-status.js';
import { systemItem, textOf } from './item-information.js';
import { jobLong, jobText } from './job-information.js';
import { openSession } from './system.js';

/** Newline before, carriage return after. */
const CARRIAGE_CONTROL = 0x8d010000;
const EVENT_FLAG = 27;

/** `NODE::NAME hh:mm:ss   (DCL)   CPU=hh:mm:ss.cc PF=n IO=n MEM=n`; a system without a name has no `NODE::`. @source dcl-output-formats.md, Ctrl/T */
function* statusLine(p: Procedure, imageActive: boolean): Flow<string> {
  const number = function* (code: number): Flow<number> { return (yield* jobLong(p, code)).value; };
  const time = yield* p.scratch(function* () {
    const buffer = p.allocate(24);
    yield* service(p, '$ASCTIM', { timbuf: p.descriptor(23, buffer) });
    return bytesToText(p.memory.readBytes(buffer + 12, 8));
  });
  const image = imageActive ? (yield* jobText(p, JPI$_IMAGNAME)).value.replace(/^.*[\]:]/, '').replace(/[.;].*$/, '') : '(DCL)';
  const memory = (yield* number(JPI$_PPGCNT)) + (yield* number(JPI$_GPGCNT));
  const transfers = (yield* number(JPI$_BUFIO)) + (yield* number(JPI$_DIRIO));
  const cpu = cpuText(yield* number(JPI$_CPUTIM)).slice(4);
  const node = textOf(yield* systemItem(p, SYI$_NODENAME, 15));
  return `${node === '' ? '' : `${node}::`}${(yield* jobText(p, JPI$_PRCNAM)).value} ${time}   ${image}   CPU=${cpu} PF=${yield* number(JPI$_PAGEFLTS)} IO=${transfers} MEM=${memory}`;
}

/** AST of CTRL/T (SET CONTROL=T): one line about the process, over whatever the terminal is doing. */
export const DCL$OUT_OF_BAND = procedure('DCL$OUT_OF_BAND', function* (p): Flow<number> {
  const dcl = openSession(p);
  const line = yield* statusLine(p, dcl.prc.PRC$V_IMAGEACTIVE !== 0);
  const text = p.bytes(textToBytes(line));
  return yield* service(p, '$QIO', {
    efn: EVENT_FLAG, chan: dcl.prc.PRC$W_TTCHAN, func: IO$_WRITEVBLK | IO$M_BREAKTHRU | IO$M_REFRESH, p1: text, p2: line.length, p4: CARRIAGE_CONTROL,
  });
});
