import { DDB, CCB } from '../executive/structures/device.js';
import { ICB } from '../executive/structures/kfe.js';
import { readCounted } from '../executive/structures/memory.js';
import { UCB } from '../executive/structures/ucb.js';
import { hex, hex8, SdaError } from './error.js';
import { heading } from './command.js';
import { printable, type Session } from './session.js';

/* Parts of SHOW PROCESS that look into the P1 space of the process in view. */

const MAX_IMAGES = 64;
const MAX_CHANNELS = 2047;

/** Images activated in the process in view, main image first. */
export function images(session: Session): { readonly name: string; readonly start: number; readonly end: number; readonly icb: number }[] {
  const header = session.symbol('IAC$GL_IMAGE_LIST');
  const found: { name: string; start: number; end: number; icb: number }[] = [];
  const { memory } = session;
  for (let icb = memory.readLong(header); icb !== header && icb !== 0 && found.length < MAX_IMAGES; icb = memory.readLong(icb)) {
    const view = ICB.read(memory, icb);
    found.push({ icb, name: printable(readCounted(memory, icb + ICB.offset.ICB$T_IMAGE_NAME).slice(0, 39)), start: view.ICB$L_STARTING_ADDRESS, end: view.ICB$L_END_ADDRESS });
  }
  return found;
}

/** Name of the main image of the process in view; '' when none is active or it cannot be read. */
export function imageName(session: Session): string {
  try {
    return images(session)[0]?.name ?? '';
  } catch (error) {
    if (error instanceof SdaError) return '';
    throw error;
  }
}

export function* imageLines(session: Session): Generator<string> {
  yield* heading('Process activated images');
  const list = images(session);
  if (list.length === 0) {
    yield 'No image is active';
    return;
  }
  yield 'ICB       Start     End       Image name';
  yield '--------  --------  --------  ----------';
  for (const { icb, name, start, end } of list) yield `${hex8(icb)}  ${hex8(start)}  ${hex8(end)}  ${name}`;
}

/** Name of a unit: OPA0:. */
export function deviceName(session: Session, ucb: number): string {
  const { memory } = session;
  const view = UCB.read(memory, ucb);
  const generic = printable(readCounted(memory, view.UCB$L_DDB + DDB.offset.DDB$T_NAME).slice(0, 15));
  return `${generic}${view.UCB$W_UNIT}:`;
}

/** The channels of the process in view: number, window, status, device. @source digest ch18 1.1 */
export function* channelLines(session: Session): Generator<string> {
  yield* heading('Process active channels');
  yield 'Channel  Window    Status  Device/file accessed';
  yield '-------  --------  ------  --------------------';
  const { memory } = session;
  const base = session.cell('CTL$GL_CCBBASE');
  const highest = Math.min(memory.readWord(session.symbol('CTL$GW_CHINDX')), MAX_CHANNELS * CCB.size);
  let count = 0;
  for (let channel = CCB.size; channel <= highest; channel += CCB.size) {
    const ccb = CCB.read(memory, (base - channel) >>> 0);
    if (ccb.CCB$B_AMOD === 0) continue;
    count += 1;
    let device: string;
    try {
      device = deviceName(session, ccb.CCB$L_UCB);
    } catch (error) {
      if (!(error instanceof SdaError)) throw error;
      device = `(${error.message})`;
    }
    yield `  ${hex(channel, 4)}   ${hex8(ccb.CCB$L_WIND)}  ${(ccb.CCB$W_IOC > 0 ? 'Busy' : '').padEnd(6)}  ${device}`;
  }
  if (count === 0) yield 'No channel is assigned';
}
