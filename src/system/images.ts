import { DCL_IMAGE, DCL_MESSAGE_SOURCE, dclTablesImage } from '../dcl/index.js';
import type { ResidentImage, SystemSpaceImage } from '../executive/boot/sysboot.js';
import { OPCCRASH_IMAGE } from '../executive/exceptions/opccrash.js';
import { fileSystemImage } from '../filesystem/index.js';
import { jobControlRoutine, type JobControlOptions } from '../loginout/job-control.js';
import { loginoutImage } from '../loginout/loginout.js';
import { OPCOM_ROUTINE } from '../loginout/opcom.js';
import { RMS_IMAGE } from '../rms/index.js';
import { sysinitRoutine, type SysinitOptions } from '../loginout/sysinit.js';
import { SYSGEN_MESSAGE_SOURCE } from '../sysgen/parameter-commands.js';
import { UTILITY_IMAGES, UTILITY_MESSAGE_SOURCE } from '../utilities/index.js';

/** Everything that comes with the system beside SYS.EXE, RMS and the XQP. A new utility is added in utilities/index.ts. */
export interface ImageOptions extends SysinitOptions, JobControlOptions {
  readonly autologin: boolean;
}

/** Message sources of the images. */
export const MESSAGE_SOURCES: readonly string[] = [DCL_MESSAGE_SOURCE, UTILITY_MESSAGE_SOURCE, SYSGEN_MESSAGE_SOURCE];

/** Images that are the same in every system, for the files of a new system disk. */
export const COMMON_IMAGES: readonly ResidentImage[] = [DCL_IMAGE, OPCCRASH_IMAGE, ...UTILITY_IMAGES];

export function residentImages(options: ImageOptions): readonly ResidentImage[] {
  const one = (name: string, routine: ReturnType<typeof jobControlRoutine>): ResidentImage =>
    ({ name, transfer: routine.name, routines: [routine], privileges: 0xffffffffffffffffn });
  return [
    one('SYSINIT', sysinitRoutine(options)),
    one('JOBCTL', jobControlRoutine(options)),
    one('OPCOM', OPCOM_ROUTINE),
    loginoutImage(options),
    dclTablesImage(),
    ...COMMON_IMAGES,
  ];
}

/** The images of a system as the symbol table needs them: the same code whatever the options. */
export function imagesForSymbols(): { readonly systemImages: readonly SystemSpaceImage[]; readonly residentImages: readonly ResidentImage[] } {
  return {
    systemImages: [RMS_IMAGE, fileSystemImage()],
    residentImages: residentImages({ systemDevice: 'DUA0:', mount: function* () { return 1; }, processes: [], startupOutput: '', startAt: [], autologin: true }),
  };
}
