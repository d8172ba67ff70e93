import type { ResidentImage } from '../boot/sysboot.js';
import text from './opccrash.mar';

/** SYS$SYSTEM:OPCCRASH.EXE: VAX code only. */
export const OPCCRASH_IMAGE: ResidentImage = { name: 'OPCCRASH', source: text, routines: [], transfer: 'OPCCRASH$MAIN' };
