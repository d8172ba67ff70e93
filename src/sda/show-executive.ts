import { DPT } from '../executive/structures/device.js';
import { heading, type Command } from './command.js';
import { driverTables } from './drivers.js';
import { hex8, SdaError } from './error.js';
import type { Session } from './session.js';
import { systemVersion } from './show-crash.js';

/** Areas of system space by the cells that lead to them: name, cell of the base, cell of the end. @source digest appF Tables F-2, F-3 */
const AREAS = [
  ['Paged pool', 'MMG$GL_PAGEDYN', undefined], ['Nonpaged pool', 'MMG$GL_NPAGEDYN', 'MMG$GL_NPAGNEXT'], ['LRP list', 'IOC$GL_LRPSPLIT', 'MMG$GL_LRPNEXT'],
  ['IRP list', 'EXE$GL_SPLITADR', 'MMG$GL_IRPNEXT'], ['SRP list', 'IOC$GL_SRPSPLIT', 'MMG$GL_SRPNEXT'], ['Interrupt stack', 'EXE$GL_INTSTKLM', 'EXE$GL_INTSTK'],
  ['System control block', 'EXE$GL_SCB', undefined], ['Balance slots', 'SWP$GL_BALBASE', undefined], ['System header', 'MMG$GL_SYSPHD', undefined],
  ['System page table', 'MMG$GL_SPTBASE', undefined], ['Global page table', 'MMG$GL_GPTE', undefined], ['System messages', 'EXE$GL_SYSMSG', undefined],
  ['Restart parameter block', 'EXE$GL_RPB', undefined], ['End of system space', 'MMG$GL_MAXSYSVA', undefined],
] as const;

/** `SHOW EXECUTIVE`: what is loaded where in system space: SYS.EXE, loadable images, drivers, and the areas that parameters size. */
export const SHOW_EXECUTIVE: Command = {
  name: 'SHOW EXECUTIVE',
  qualifiers: [],
  takesNothing: true,
  help: ['SHOW EXECUTIVE', 'Images, drivers and areas of system space with their addresses.'],
  *run(session) {
    yield* heading(`VAX/VMS ${systemVersion(session)} executive layout`);
    yield 'Image or driver   Base';
    yield '----------------  --------';
    yield `${'SYS.EXE data'.padEnd(16)}  ${hex8(session.symbol('MMG$A_ENDVEC'))}`;
    yield `${'SYS.EXE code'.padEnd(16)}  ${hex8(session.symbol('MMG$FRSTRONLY'))}`;
    for (const name of ['RMS', 'SYSLOA', 'FPEMUL', 'VAXEMUL', 'MP']) {
      const base = session.symbols.lookup(name);
      if (base !== undefined) yield `${name.padEnd(16)}  ${hex8(base)}`;
    }
    for (const [name, dpt] of driverTables(session)) yield `${name.padEnd(16)}  ${hex8(dpt)} to ${hex8(dpt + driverSize(session, dpt) - 1)}`;
    yield '';
    yield 'Area                      Base      End';
    yield '------------------------  --------  --------';
    const areas = AREAS.map(([name, base, end]) => ({ name, base: session.cellOrZero(base), end: end === undefined ? 0 : session.cellOrZero(end) }));
    for (const { name, base, end } of areas.sort((a, b) => a.base - b.base)) {
      if (base !== 0) yield `${name.padEnd(24)}  ${hex8(base)}${end > base ? `  ${hex8(end - 1)}` : ''}`;
    }
  },
};

function driverSize(session: Session, dpt: number): number {
  try {
    return DPT.read(session.memory, dpt).DPT$W_SIZE;
  } catch (error) {
    if (error instanceof SdaError) return 0;
    throw error;
  }
}
