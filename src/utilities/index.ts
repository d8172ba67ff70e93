import type { ResidentImage } from '../executive/boot/sysboot.js';
import { SHOW_IMAGE } from './show.js';

/** Images run from DCL. A new one is added here. */
export const UTILITY_IMAGES: readonly ResidentImage[] = [SHOW_IMAGE];
