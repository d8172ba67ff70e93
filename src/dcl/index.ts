import type { ResidentImage } from '../executive/boot/sysboot.js';
import { COMMAND_TABLE_SOURCES } from './commands/registry.js';
import dclMessages from './dcl.msg';
import dclSource from './dcl.mar';
import { DCL_ROUTINES } from './main.js';
import { compileTables } from './tables/compiler.js';

/** What the rest of the system needs of DCL: two resident images, a message source, structures for SDA, the client of the call back. */

/** DCL.EXE, mapped by LOGINOUT at the low end of P1; entered in supervisor mode at its transfer point. */
export const DCL_IMAGE: ResidentImage = { name: 'DCL', source: dclSource, routines: DCL_ROUTINES, transfer: 'DCL$STARTUP' };

/** DCLTABLES.EXE, mapped below DCL: its transfer point is the command table. */
export function dclTablesImage(): ResidentImage {
  // Only an assembly of the image needs its source.
  return { name: 'DCLTABLES', get source() { return tablesSource(); }, routines: [], transfer: 'DCLTABLES' };
}

function tablesSource(): string {
  const table = compileTables(COMMAND_TABLE_SOURCES);
  const longs = new DataView(table.buffer, table.byteOffset, table.byteLength & ~3);
  const lines: string[] = ['DCLTABLES::'];
  for (let at = 0; at < longs.byteLength; at += 32) {
    const values: string[] = [];
    for (let offset = at; offset < Math.min(at + 32, longs.byteLength); offset += 4) values.push(`^X${longs.getUint32(offset, true).toString(16)}`);
    lines.push(`\t.LONG\t${values.join(',')}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Source of DCL's own messages, for the system message file. */
export const DCL_MESSAGE_SOURCE = dclMessages;

export { COMMAND_TABLE_SOURCES } from './commands/registry.js';
export { DCL_STRUCTURES, PPD, PRC } from './structures.js';
export { PPD_ADDRESS } from './system.js';
export { checkProcedures, type CheckedFile, type CheckOptions } from './check/check.js';
export { CHECK_TEXTS, type Finding } from './check/findings.js';
