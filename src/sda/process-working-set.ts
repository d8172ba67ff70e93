import { SEC } from '../executive/structures/section.js';
import { WSL$M_PFNLOCK, WSL$M_VALID, WSL$M_WSLOCK } from '../executive/structures/pte.js';
import { heading } from './command.js';
import { hex, hex8 } from './error.js';
import { PAGE_TYPES } from './page-lines.js';
import type { PhdView, Session } from './session.js';

const MAX_ENTRIES = 65536;

/** The working set list: index, address, page type and locks of each entry; runs of free entries as one line. @source digest ch14 1.4 */
export function* workingSetLines(session: Session, phd: PhdView): Generator<string> {
  yield* heading('Working set information');
  yield `First WSL entry      ${phd.PHD$W_WSLIST}     First locked entry  ${phd.PHD$W_WSLOCK}     First dynamic entry ${phd.PHD$W_WSDYN}`;
  yield `Last entry replaced  ${phd.PHD$W_WSNEXT}     Last entry in list  ${phd.PHD$W_WSLAST}     Working set size    ${phd.PHD$W_WSSIZE}`;
  yield '';
  yield 'INDEX  ADDRESS   STATUS';
  yield '-----  --------  ------';
  let empty = 0;
  const flush = function* (): Generator<string> {
    if (empty > 0) yield `--- ${empty} empty entr${empty === 1 ? 'y' : 'ies'}`;
    empty = 0;
  };
  const last = Math.min(phd.PHD$W_WSLAST, phd.PHD$W_WSLIST + MAX_ENTRIES);
  for (let index = phd.PHD$W_WSLIST; index <= last; index += 1) {
    const entry = session.memory.readLong((phd.address + 4 * index) >>> 0);
    if ((entry & WSL$M_VALID) === 0) {
      empty += 1;
      continue;
    }
    yield* flush();
    const locks = [entry & WSL$M_PFNLOCK ? 'PFNLOCK' : '', entry & WSL$M_WSLOCK ? 'WSLOCK' : ''].filter((text) => text !== '').join(' ');
    yield `${hex(index, 4).padStart(5)}  ${hex8(entry & ~0x1ff)}  VALID ${PAGE_TYPES[(entry >>> 1) & 7]!.padEnd(8)}${locks}`.trimEnd();
  }
  yield* flush();
}

/** The process section table, from its base downward. @source digest ch14 1.5 */
export function* sectionTableLines(session: Session, phd: PhdView): Generator<string> {
  yield* heading('Process section table');
  const base = (phd.address + phd.PHD$L_PSTBASOFF) >>> 0;
  yield `PST base address ${hex8(base)}   last entry ${hex(phd.PHD$W_PSTLAST, 4)}   first free entry ${hex(phd.PHD$W_PSTFREE, 4)}`;
  yield '';
  const last = (phd.PHD$W_PSTLAST << 16) >> 16;
  if (last >= 0) {
    yield 'The table is empty';
    return;
  }
  yield 'INDEX  ADDRESS   CCB/GSD   WINDOW    PAGES     VBN       REFCNT    FLAGS';
  yield '-----  --------  --------  --------  --------  --------  --------  -----';
  const longwords = SEC.size / 4;
  for (let index = -longwords; index >= last; index -= longwords) {
    const at = (base + 4 * index) >>> 0;
    const section = SEC.read(session.memory, at);
    yield [hex(index & 0xffff, 4).padStart(5), hex8(at), hex8(section.SEC$L_CCB), hex8(section.SEC$L_WINDOW), hex8(section.SEC$L_PAGCNT),
      hex8(section.SEC$L_VBN), hex8(section.SEC$L_REFCNT), hex(section.SEC$W_FLAGS, 4)].join('  ');
  }
}
