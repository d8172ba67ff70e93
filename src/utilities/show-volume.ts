import { callRoutine, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { findUnit } from '../executive/io/device-names.js';
import { SS$_ACCVIO, SS$_NORMAL, SS$_NOSUCHDEV } from '../executive/starlet/ssdef.js';
import { readText, textToBytes } from '../executive/structures/memory.js';
import { UCB } from '../executive/structures/ucb.js';
import { AQB, F11BC, VCB } from '../executive/structures/volume.js';

/** What SHOW DEVICES/FULL tells of a mounted disk and $GETDVI does not: from its VCB and the block cache of the file system. */
const USER = 3;

/** How a volume is mounted. */
export interface VolumeFacts {
  /** Default extension, in blocks. */
  readonly extend: number;
  readonly isSystem: boolean;
  readonly isGroup: boolean;
  readonly isVerified: boolean;
  readonly isErased: boolean;
  /** Space may have been lost when it was not dismounted. */
  readonly needsRebuild: boolean;
  /** Buffers of the block cache that all volumes share. */
  readonly buffers: number;
}

/** Longwords of the buffer, in this order. */
const FACTS = ['extend', 'isSystem', 'isGroup', 'isVerified', 'isErased', 'needsRebuild', 'buffers'] as const;

/**
 * Kernel mode, by $CMKRNL. Arguments: buffer of FACTS.length longwords; length and address of the unit's name.
 *
 * @returns SS$_NORMAL; SS$_NOSUCHDEV there is no volume in it; SS$_ACCVIO
 */
export const volumeFactsRoutine = callRoutine('SHOW$VOLUME', (k) => {
  const buffer = k.argument(1);
  if (!k.cpu.probe(buffer, 4 * FACTS.length, USER, true)) return SS$_ACCVIO;
  const ucb = findUnit(k, readText(k, k.argument(3), k.argument(2)));
  const address = ucb === 0 ? 0 : UCB.at(k, ucb).UCB$L_VCB;
  if (address === 0) return SS$_NOSUCHDEV;
  const vcb = VCB.at(k, address);
  const cache = vcb.VCB$L_AQB === 0 ? 0 : AQB.at(k, vcb.VCB$L_AQB).AQB$L_BUFCACHE;
  [
    vcb.VCB$W_EXTEND, vcb.VCB$V_SYSTEM, vcb.VCB$V_GROUP, vcb.VCB$V_MOUNTVER, vcb.VCB$V_ERASE, vcb.VCB$V_REBUILD, cache === 0 ? 0 : F11BC.at(k, cache).F11BC$W_BUFFERS,
  ].forEach((value, index) => { k.writeLong(buffer + 4 * index, value); });
  return SS$_NORMAL;
});

/** @param routine  address of SHOW$VOLUME @param device  name without underscore and colon; undefined when there is no volume in it */
export function* volumeFacts(p: Procedure, routine: number, device: string): Flow<VolumeFacts | undefined> {
  return yield* p.scratch(function* () {
    const [list, buffer] = [p.allocate(16), p.allocate(4 * FACTS.length)];
    [3, buffer, device.length, p.bytes(textToBytes(device))].forEach((value, index) => { p.memory.writeLong(list + 4 * index, value); });
    if (!((yield* service(p, '$CMKRNL', { routin: routine, arglst: list })) & 1)) return undefined;
    const [extend = 0, isSystem, isGroup, isVerified, isErased, needsRebuild, buffers = 0] = FACTS.map((_name, index) => p.memory.readLong(buffer + 4 * index));
    return {
      extend, isSystem: isSystem !== 0, isGroup: isGroup !== 0, isVerified: isVerified !== 0, isErased: isErased !== 0, needsRebuild: needsRebuild !== 0, buffers,
    };
  });
}
