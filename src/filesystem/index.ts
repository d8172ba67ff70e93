import type { SystemSpaceImage } from '../executive/boot/sysboot.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { volumeFunction } from '../executive/io/mount-services.js';
import { IO$M_DMOUNT, IO$_ACPCONTROL, IO$_MOUNT } from '../executive/starlet/iodef.js';
import type { HostDirectory } from './host/host-directory.js';
import { hostVolumes } from './host/units.js';
import { eachKind, tapeVolumes } from './tape/volumes.js';
import { xqpRoutines } from './xqp/xqp.js';

/**
 * The file system as an image in system space. Its first routine is the XQP's entry, which EXE$PROCSTRT stores in CTL$GL_F11BXQP of every
 * process. choice: the cell XQP$GL_SECTIONS, which the book leaves without a format, holds the base of the image.
 *
 * @param directories  host directories that become units HDA0:, HDA1: ...
 */
export function fileSystemImage(directories: readonly HostDirectory[] = []): SystemSpaceImage {
  const { volumes, routines } = hostVolumes(directories);
  return { name: 'F11BXQP', source: '', routines: [...xqpRoutines(eachKind([volumes, tapeVolumes()])), ...routines], baseCell: 'XQP$GL_SECTIONS' };
}

/** Mounts a unit for the whole system, as MOUNT/SYSTEM does. @returns status of the mount, or of finding the unit */
export function* mountVolume(p: Procedure, device: string): Flow<number> {
  return yield* volumeFunction(p, device, { func: IO$_MOUNT });
}

/** Dismounts a unit, as DISMOUNT does: with the last open file, when there is any. @returns status */
export function* dismountVolume(p: Procedure, device: string): Flow<number> {
  return yield* volumeFunction(p, device, { func: IO$_ACPCONTROL | IO$M_DMOUNT });
}

/** Makes the units of the host directories; needs CMKRNL. */
export function* connectHostDirectories(p: Procedure): Flow<number> {
  return yield* service(p, '$CMKRNL', { routin: p.kernel.symbol('F11X$CONNECT_HOST') });
}
