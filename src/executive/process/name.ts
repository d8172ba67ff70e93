import { kernelService } from '../dispatch/service.js';
import type { Microroutine } from '../gate/microroutine.js';
import { SS$_ACCVIO, SS$_DUPLNAM, SS$_IVLOGNAM, SS$_NORMAL } from '../starlet/ssdef.js';
import { writeCounted } from '../structures/memory.js';
import { PCB } from '../structures/pcb.js';
import { findByName } from './pid.js';

/** Bytes of PCB$T_LNAME: count and 15 characters. */
const NAME_FIELD = 16;

/**
 * $SETPRN [prcnam] - change the caller's process name; none, or an empty one, leaves the process without a name.
 *
 * @param prcnam  caller's address of a string descriptor: up to 15 characters of any kind
 * @returns SS$_NORMAL; SS$_IVLOGNAM longer than 15; SS$_DUPLNAM another process of the group has it; SS$_ACCVIO
 * @source book 12.3.2; digest ch12 2.9
 */
const setprn = kernelService('$SETPRN', (k, prcnam) => {
  const name = prcnam === 0 ? '' : k.callerString(prcnam!);
  if (name === undefined) return SS$_ACCVIO;
  if (name.length >= NAME_FIELD) return SS$_IVLOGNAM;
  const pcb = k.pcb;
  const holder = name === '' ? 0 : findByName(k, name, pcb.PCB$W_GRP);
  if (holder !== 0 && holder !== pcb.address) return SS$_DUPLNAM;
  writeCounted(k, pcb.address + PCB.offset.PCB$T_LNAME, name, NAME_FIELD);
  return SS$_NORMAL;
});

export const NAME_ROUTINES: readonly Microroutine[] = [setprn];
