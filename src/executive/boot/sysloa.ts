import { inlineRoutine, type Microroutine } from '../gate/microroutine.js';
import { CONSOLE_PORT_ROUTINES } from '../io/drivers/console-port.js';
import type { Kernel } from '../kernel.js';
import { SYSLOA_VECTORS } from '../structures/system-cells.js';
import source from './sysloa780.mar';
import type { SystemSpaceImage } from './sysboot.js';

/**
 * SYSLOA780: the CPU-dependent routines of this processor, and EXE$LINK_VEC, which points the vectors of SYS.EXE at them.
 *
 * choice: the image lies behind SYS.EXE like RMS, not in nonpaged pool, where no microroutine could be called from.
 * @source book 25.1.3; digest ch25 2.2, appG
 */

/** Where a vector leads, by its name. */
const ROUTINES: Readonly<Record<string, string>> = {
  EXE$MCHK: 'LOA$MCHK', EXE$INT54: 'LOA$INT54', EXE$INT58: 'LOA$INT58', EXE$INT5C: 'LOA$INT5C', EXE$INT60: 'LOA$INT60', ECC$REENABLE: 'LOA$REENABLE',
  EXE$DUMPCPUREG: 'LOA$DUMPCPUREG', EXE$REGRESTOR: 'LOA$REGRESTOR', EXE$REGSAVE: 'LOA$REGSAVE', EXE$INIPROCREG: 'LOA$INIPROCREG',
  EXE$STARTUPADP: 'LOA$STARTUPADP', EXE$SHUTDWNADP: 'LOA$SHUTDWNADP', EXE$READ_TODR: 'LOA$READ_TODR', EXE$WRITE_TODR: 'LOA$WRITE_TODR',
  EXE$INIT_TODR: 'LOA$INIT_TODR', EXE$READP_TODR: 'LOA$READ_TODR', EXE$WRITEP_TODR: 'LOA$WRITE_TODR',
  CON$STARTIO: 'LOA$CON_STARTIO', CON$XON: 'LOA$CON_XON', CON$XOFF: 'LOA$CON_XOFF', CON$INTINP: 'LOA$CON_INTINP', CON$INTOUT: 'LOA$CON_INTOUT',
  CON$NULL: 'LOA$CON_NULL', CON$SET_LINE: 'LOA$CON_NULL', CON$DS_SET: 'LOA$CON_NULL', CON$SET_MODEM: 'LOA$CON_NULL', CON$DISCONNECT: 'LOA$CON_NULL',
};

/** LOAVEC: a self-relative offset for each vector, in their order. */
const LOAVEC = SYSLOA_VECTORS.map(({ name }) => `\t.LONG\t${ROUTINES[name] === undefined ? '0' : `${ROUTINES[name]}-LOA$LOAVEC`}`);

/** The image for a processor: xxx of SYSLOAxxx is the designation of Appendix G. */
export const SYSLOA_IMAGE: SystemSpaceImage = {
  name: 'SYSLOA780', source: ['LOA$LOAVEC::', ...LOAVEC, source].join('\n'), routines: CONSOLE_PORT_ROUTINES, baseCell: 'MMG$GL_SYSLOA_BASE',
};

/** EXE$LINK_VEC: the operand of each JMP becomes the routine that the image has for it. @source book 25.1.3 (module LINKVEC) */
function linkVectors(k: Kernel): void {
  const image = k.readLong(k.symbol('MMG$GL_SYSLOA_BASE'));
  const vectors = k.symbol('EXE$AL_LOAVEC');
  SYSLOA_VECTORS.forEach(({ offset }, index) => {
    const routine = k.readLong(image + 4 * index);
    if (routine !== 0) k.writeLong(vectors + offset + 2, image + routine);
  });
}

export const LINK_ROUTINES: readonly Microroutine[] = [inlineRoutine('EXE$LINK_VEC', linkVectors)];
