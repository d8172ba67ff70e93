import { DDB, CCB } from '../executive/structures/device.js';
import { readCounted } from '../executive/structures/memory.js';
import { SEC } from '../executive/structures/section.js';
import { UCB } from '../executive/structures/ucb.js';
import { FCB, WCB } from '../executive/structures/volume.js';
import { hex, hex8, SdaError } from './error.js';
import { heading } from './command.js';
import { imageName, mappedImages } from './mapped-images.js';
import { printable, type Session } from './session.js';

/* Parts of SHOW PROCESS that look into the P1 space of the process in view. */

const MAX_CHANNELS = 2047;

/** Images of the process in view: the main image and the command interpreter. */
export function* imageLines(session: Session): Generator<string> {
  yield* heading('Process activated images');
  const main = imageName(session);
  yield `Main image:           ${main === '' ? '(none)' : main}`;
  const mapped = mappedImages(session);
  if (mapped.length === 0) return;
  yield '';
  yield 'Image         Base';
  yield '------------  --------';
  for (const { name, base } of mapped) yield `${printable(name).padEnd(12)}  ${hex8(base)}`;
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
    yield `  ${hex(channel, 4)}   ${hex8(ccb.CCB$L_WIND)}  ${(ccb.CCB$W_IOC > 0 ? 'Busy' : '').padEnd(6)}  ${device}${fileOfChannel(session, ccb.CCB$L_WIND)}`;
  }
  if (count === 0) yield 'No channel is assigned';
}

/** Identification of the file that is open on a channel: (number,sequence,volume). A section's channel has the index of its section table entry. */
function fileOfChannel(session: Session, window: number): string {
  if (window === 0) return '';
  try {
    const isSection = window >>> 31 === 0;
    const wcb = isSection ? sectionWindow(session, window) : window;
    const file = FCB.read(session.memory, WCB.read(session.memory, wcb).WCB$L_FCB);
    return `(${file.FCB$W_FID_NUM},${file.FCB$W_FID_SEQ},${file.FCB$W_FID_RVN})${isSection ? ' (section file)' : ''}`;
  } catch (error) {
    if (error instanceof SdaError) return '';
    throw error;
  }
}

/** Window of the process section with a negative table index. */
function sectionWindow(session: Session, index: number): number {
  const phd = session.phdView(session.pcbView());
  return SEC.read(session.memory, (phd.address + phd.PHD$L_PSTBASOFF + 4 * ((index << 16) >> 16)) >>> 0).SEC$L_WINDOW;
}
