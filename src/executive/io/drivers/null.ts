import { jsbRoutine, type Microroutine } from '../../gate/microroutine.js';
import type { Kernel } from '../../kernel.js';
import { IO$_READLBLK, IO$_READPBLK, IO$_READVBLK, IO$_SENSECHAR, IO$_SENSEMODE, IO$_SETCHAR, IO$_SETMODE, IO$_WRITELBLK, IO$_WRITEOF, IO$_WRITEPBLK, IO$_WRITEVBLK } from '../../starlet/iodef.js';
import { SS$_ENDOFFILE, SS$_NORMAL } from '../../starlet/ssdef.js';
import { EXE$FINISHIOC, fdtContext } from '../fdt-support.js';
import type { DriverTable } from './driver-table.js';

/**
 * The null device driver (NLDRIVER): reads are at end of file, writes succeed, nothing moves. Everything is done in the FDT.
 * @source book 19.4.1; digest ch19 2.7, fact 21
 */
function readNothing(k: Kernel): void { EXE$FINISHIOC(k, fdtContext(k).irp, SS$_ENDOFFILE); }

function writeAnything(k: Kernel): void {
  const { irp, parameter } = fdtContext(k);
  EXE$FINISHIOC(k, irp, (SS$_NORMAL | ((parameter(2) & 0xffff) << 16)) >>> 0);
}

const READS = [IO$_READPBLK, IO$_READLBLK, IO$_READVBLK];
const WRITES = [IO$_WRITEPBLK, IO$_WRITELBLK, IO$_WRITEVBLK, IO$_WRITEOF, IO$_SETMODE, IO$_SETCHAR, IO$_SENSEMODE, IO$_SENSECHAR];

export const NULL_DRIVER: DriverTable = {
  name: 'NLDRIVER',
  ucbSize: 144,
  buffered: [...READS, ...WRITES],
  functions: [
    { codes: READS, routine: 'NL$FDTREAD' },
    { codes: WRITES, routine: 'NL$FDTWRITE' },
  ],
};

export const NULL_DRIVER_ROUTINES: readonly Microroutine[] = [
  jsbRoutine('NL$FDTREAD', readNothing),
  jsbRoutine('NL$FDTWRITE', writeAnything),
];
