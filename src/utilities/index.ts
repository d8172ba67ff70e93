import type { ResidentImage } from '../executive/boot/sysboot.js';
import { SDA_IMAGE } from './analyze.js';
import { LINK_IMAGE } from './link.js';
import { MACRO_IMAGE } from './macro.js';
import { SET_IMAGE } from './set.js';
import { SHOW_IMAGE } from './show.js';

export { UTILITY_MESSAGE_SOURCE } from './messages.js';

/** Images run from DCL. A new one is added here. */
export const UTILITY_IMAGES: readonly ResidentImage[] = [SHOW_IMAGE, SET_IMAGE, SDA_IMAGE, MACRO_IMAGE, LINK_IMAGE];
