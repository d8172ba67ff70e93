import { kernelService } from '../dispatch/service.js';
import type { Microroutine } from '../gate/microroutine.js';
import { PRV$V_PSWAPM, PRV$V_SETPRV } from '../starlet/prvdef.js';
import { SS$_ACCVIO, SS$_NOPRIV, SS$_NORMAL, SS$_NOTALLPRIV, SS$_WASCLR, SS$_WASSET } from '../starlet/ssdef.js';
import { readQuad, writeQuad } from '../structures/memory.js';
import { PHD } from '../structures/phd.js';
import { hasPrivilege } from './pid.js';

const SUPERVISOR = 2;
const ALL = 0xffff_ffff_ffff_ffffn;

/**
 * $SETPRV [enbflg],[prvadr],[prmflg],[prvprv] - enable or disable privileges of the caller.
 *
 * Any privilege can be given up. One that is not authorized is granted only to a caller that has SETPRV or is in an inner mode;
 * otherwise it is left out. PCB$Q_PRIV and PHD$Q_PRIVMSK always change together.
 * @param enbflg  1 enable, 0 disable
 * @param prvadr  caller's address of a quadword mask, or 0 for no change
 * @param prmflg  1: the process's permanent privileges too
 * @param prvprv  caller's address of a quadword that receives the old mask (the permanent one when prmflg is 1), or 0
 * @returns SS$_NORMAL; SS$_NOTALLPRIV (a success) some were left out; SS$_ACCVIO
 * @source book 21.6; digest ch21 2.11
 */
const setprv = kernelService('$SETPRV', (k, enbflg, prvadr, prmflg, prvprv) => {
  if (prvadr !== 0 && !k.callerCanRead(prvadr!, 8)) return SS$_ACCVIO;
  if (prvprv !== 0 && !k.callerCanWrite(prvprv!, 8)) return SS$_ACCVIO;
  const pcb = k.pcb;
  const phd = PHD.at(k, pcb.PCB$L_PHD);
  const isPermanent = (prmflg! & 1) !== 0;
  const before = isPermanent ? k.p1.CTL$GQ_PROCPRIV : pcb.PCB$Q_PRIV;
  const wanted = prvadr === 0 ? 0n : readQuad(k, prvadr!);
  let status = SS$_NORMAL;
  if ((enbflg! & 1) !== 0) {
    const unlimited = k.callerMode < SUPERVISOR || hasPrivilege(k, pcb.address, PRV$V_SETPRV);
    const granted = unlimited ? wanted : wanted & phd.PHD$Q_AUTHPRIV;
    if (granted !== wanted) status = SS$_NOTALLPRIV;
    pcb.PCB$Q_PRIV |= granted;
    if (isPermanent) k.p1.CTL$GQ_PROCPRIV |= granted;
  } else {
    pcb.PCB$Q_PRIV &= ALL ^ wanted;
    if (isPermanent) k.p1.CTL$GQ_PROCPRIV &= ALL ^ wanted;
  }
  phd.PHD$Q_PRIVMSK = pcb.PCB$Q_PRIV;
  if (prvprv !== 0) writeQuad(k, prvprv!, before);
  return status;
});

/** $SETRWM [watflg] - 1: services return an error at once instead of waiting for a resource. SS$_WASSET or SS$_WASCLR. */
const setrwm = kernelService('$SETRWM', (k, watflg) => {
  const pcb = k.pcb;
  const was = pcb.PCB$V_SSRWAIT;
  pcb.PCB$V_SSRWAIT = watflg! & 1;
  return was !== 0 ? SS$_WASSET : SS$_WASCLR;
});

/** $SETSWM [swpflg] - 1: the process is not swapped out. Needs PSWAPM. SS$_WASSET or SS$_WASCLR; SS$_NOPRIV. */
const setswm = kernelService('$SETSWM', (k, swpflg) => {
  const pcb = k.pcb;
  if (!hasPrivilege(k, pcb.address, PRV$V_PSWAPM)) return SS$_NOPRIV;
  const was = pcb.PCB$V_PSWAPM;
  pcb.PCB$V_PSWAPM = swpflg! & 1;
  return was !== 0 ? SS$_WASSET : SS$_WASCLR;
});

export const PRIVILEGE_ROUTINES: readonly Microroutine[] = [setprv, setrwm, setswm];
