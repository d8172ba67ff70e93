import { FAB } from '../executive/starlet/fabdef.js';
import { RAB } from '../executive/starlet/rabdef.js';
import type { Structure } from '../executive/structures/structure.js';
import { BDB, DRC, FWA, IFAB, IRAB, RLB, SWB } from '../rms/structures.js';

/** RMS's blocks, for FORMAT/TYPE and symbols. */
export const RMS_STRUCTURES = [BDB, DRC, FAB, FWA, IFAB, IRAB, RAB, RLB, SWB] as unknown as readonly Structure[];
