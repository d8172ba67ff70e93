import { DCL_IMAGE, DCL_MESSAGE_SOURCE, dclTablesImage } from '../dcl/index.js';
import type { ResidentImage, SystemSpaceImage } from '../executive/boot/sysboot.js';
import { OPCCRASH_IMAGE } from '../executive/exceptions/opccrash.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { jobControlRoutine } from '../loginout/job-control.js';
import { loginoutImage } from '../loginout/loginout.js';
import { sysinitRoutine } from '../loginout/sysinit.js';
import { RMS_IMAGE } from '../rms/index.js';
import { UTILITY_IMAGES } from '../utilities/index.js';

/** Everything that comes with the system beside SYS.EXE. A new utility is added to `residentImages`. */
export interface ImageOptions {
  readonly systemDevice: string;
  readonly mount: (p: Procedure) => Flow<number>;
  /** Terminals on which a session starts by itself. */
  readonly startAt: readonly string[];
  readonly autologin: boolean;
}

export const SYSTEM_IMAGES: readonly SystemSpaceImage[] = [RMS_IMAGE];

/** Message sources of the images. */
export const MESSAGE_SOURCES: readonly string[] = [DCL_MESSAGE_SOURCE];

export function residentImages(options: ImageOptions): readonly ResidentImage[] {
  const one = (name: string, routine: ReturnType<typeof jobControlRoutine>): ResidentImage => ({ name, transfer: routine.name, routines: [routine] });
  return [
    one('SYSINIT', sysinitRoutine({
      systemDevice: options.systemDevice, mount: options.mount, processes: [{ name: 'JOB_CONTROL', image: 'SYS$SYSTEM:JBC.EXE' }],
    })),
    one('JBC', jobControlRoutine({ startAt: options.startAt })),
    loginoutImage({ autologin: options.autologin }),
    DCL_IMAGE,
    dclTablesImage(),
    ...UTILITY_IMAGES,
    OPCCRASH_IMAGE,
  ];
}
