import { callRoutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import type { MemoryReader } from '../structures/memory.js';
import { P1_CELLS } from '../structures/p1-cells.js';
import { SS$_BUFFEROVF, SS$_MSGNOTFND, SS$_NORMAL } from '../starlet/ssdef.js';
import { callerMemory, storeText } from './caller.js';
import { MSG_COMBINE, assembleMessage, unknownMessage } from './message-format.js';
import { facilityNameIn, searchSection, type FoundMessage } from './message-section.js';

/** Opcodes of the image message vector: JSB @#address for each section, RSB at its end. Never executed. */
const JSB_ABSOLUTE = [0x16, 0x9f] as const;
const JSB_LENGTH = 6;
/** Message sections of one image. */
const MAXIMUM_SECTIONS = 41;

/** STS$V_FAC_SP: clear in messages that all facilities share. */
const FACILITY_SPECIFIC = 0x8000;
const FACILITY_NUMBER = 0x0fff_0000;
/** A condition without its severity and without what the sender adds. */
const MESSAGE_AND_FACILITY = 0x0fff_fff8;

/** Addresses of the message sections a process sees, in the order they are searched. */
export function* messageSections(memory: MemoryReader, imageVector: number, permanent: number, system: number): Generator<number, void, undefined> {
  if (imageVector !== 0) {
    for (let count = 0, at = imageVector; count < MAXIMUM_SECTIONS; count += 1, at += JSB_LENGTH) {
      if (memory.readByte(at) !== JSB_ABSOLUTE[0] || memory.readByte(at + 1) !== JSB_ABSOLUTE[1]) break;
      yield memory.readLong(at + 2);
    }
  }
  if (permanent !== 0) yield permanent;
  if (system !== 0) yield system;
}

/**
 * Finds a message: image sections, process-permanent section, system message file. A code with the facility-specific bit
 * clear is a shared message: its text is that of facility 0, its facility name that of the code.
 *
 * @source book 29.2.1; digest ch29 2.4
 */
export function findMessage(memory: MemoryReader, sections: Iterable<number>, code: number): FoundMessage | undefined {
  // Message number 0 is nobody's but SS$_NORMAL's: 0, 2 and 4 have no message (VAX V7.3).
  if ((code & MESSAGE_AND_FACILITY) === 0 && code !== SS$_NORMAL) return undefined;
  const list = [...sections];
  for (const section of list) {
    const found = searchSection(memory, section, code);
    if (found) return found;
  }
  if ((code & FACILITY_SPECIFIC) !== 0 || (code & FACILITY_NUMBER) === 0) return undefined;
  for (const section of list) {
    const shared = searchSection(memory, section, code & ~FACILITY_NUMBER);
    if (!shared) continue;
    const facility = list.map((each) => facilityNameIn(memory, each, (code & FACILITY_NUMBER) >>> 16)).find((name) => name !== '');
    return { ...shared, facility: facility ?? 'NONAME' };
  }
  return undefined;
}

/** The sections of the current process. */
export function processSections(k: Kernel, memory: MemoryReader): Iterable<number> {
  const cell = (offset: number): number => k.readLong(k.p1.address + offset);
  return messageSections(memory, cell(P1_CELLS.offset.CTL$GL_GETMSG), cell(P1_CELLS.offset.CTL$GL_PPMSG), k.sys.EXE$GL_SYSMSG);
}

/**
 * The parts of a message that a request shows: the process's default flags without any of its own, and with the combine bit
 * only what both select. @source book 29.2.1; digest ch29#15
 */
export function effectiveFlags(requested: number, processDefault: number): number {
  if ((requested & 0x0f) === 0) return processDefault & 0x0f;
  return (requested & MSG_COMBINE) !== 0 ? requested & processDefault & 0x0f : requested & 0x0f;
}

/**
 * $GETMSG msgid,msglen,bufadr,[flags],[outadr] - the text of a message, FAO directives not yet replaced.
 *
 * @param flags   1 text, 2 identification, 4 severity, 8 facility, 16 only what the process shows too; 0: process default
 * @param outadr  four bytes: reserved, FAO count, user value, reserved
 * @returns SS$_NORMAL; SS$_BUFFEROVF; SS$_MSGNOTFND with a text that names the code
 * Caller's mode. @source book 29.2.1; digest ch29 2.4
 */
export const EXE$GETMSG = callRoutine('EXE$GETMSG', (k) => {
  const [code, length, buffer, requested, details] = [k.argument(1), k.argument(2), k.argument(3), k.argument(4), k.argument(5)];
  const memory = callerMemory(k);
  const flags = effectiveFlags(requested, k.p1.CTL$GB_MSGMASK);
  const found = findMessage(memory, processSections(k, memory), code);
  const text = found ? assembleMessage(found.text, found.facility, code, found.ident, flags) : unknownMessage(code, flags);
  const fits = storeText(memory, buffer, length, text);
  if (details !== 0) memory.writeBytes(details, Uint8Array.of(0, found?.faoCount ?? 0, found?.userValue ?? 0, 0));
  if (!found) return SS$_MSGNOTFND;
  return fits ? SS$_NORMAL : SS$_BUFFEROVF;
});
