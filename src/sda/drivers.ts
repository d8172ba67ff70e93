import { DPT } from '../executive/structures/device.js';
import { readCounted } from '../executive/structures/memory.js';
import { SdaError } from './error.js';
import type { Session } from './session.js';

const MAX_DRIVERS = 1024;

/** Driver prologue tables by driver name, as far as the list makes sense. */
export function driverTables(session: Session): Map<string, number> {
  const found = new Map<string, number>();
  try {
    const header = session.symbol('IOC$GL_DPTLIST');
    const { memory } = session;
    for (let dpt = memory.readLong(header); dpt !== header && found.size < MAX_DRIVERS; dpt = memory.readLong(dpt)) {
      const name = readCounted(memory, dpt + DPT.offset.DPT$T_NAME);
      if (!/^[A-Z0-9$_]{1,11}$/.test(name) || found.has(name)) break;
      found.set(name, dpt);
    }
  } catch (error) {
    if (!(error instanceof SdaError)) throw error;
  }
  return found;
}
