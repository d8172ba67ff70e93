import type { ResidentImage } from '../boot/sysboot.js';
import { procedure } from '../gate/microroutine.js';
import { translateFile } from '../information/put-line.js';
import text from './opccrash.mar';

/** What is to be done, by logical names: 0 crash with a dump, 1 stop (OPC$NODUMP), 3 stop and boot again (OPC$REBOOT too). choice: as in later versions of VMS */
const wanted = procedure('OPCCRASH$WANTED', function* (p) {
  if ((yield* translateFile(p, 'OPC$NODUMP')) === undefined) return 0;
  return (yield* translateFile(p, 'OPC$REBOOT')) === undefined ? 1 : 3;
});

/** SYS$SYSTEM:OPCCRASH.EXE: VAX code, which asks one routine what to do. */
export const OPCCRASH_IMAGE: ResidentImage = { name: 'OPCCRASH', source: text, routines: [wanted], transfer: 'OPCCRASH$MAIN' };
