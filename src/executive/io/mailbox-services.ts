import { kernelService } from '../dispatch/service.js';
import type { Microroutine } from '../gate/microroutine.js';
import type { Kernel } from '../kernel.js';
import { LNM$CREATE_NAME } from '../names/create.js';
import { translations } from '../names/name-block.js';
import { hasPrivilege } from '../names/protection.js';
import { LNM$SEARCH_ONE } from '../names/search.js';
import { DEV$M_MBX } from '../starlet/devdef.js';
import { PRV$V_PRMMBX, PRV$V_TMPMBX } from '../starlet/prvdef.js';
import {
  SS$_ACCVIO, SS$_BADPARAM, SS$_DEVNOTMBX, SS$_EXQUOTA, SS$_INSFMEM, SS$_IVLOGNAM, SS$_NOPRIV, SS$_NORMAL,
} from '../starlet/ssdef.js';
import { DYN$C_UCB } from '../structures/dyn.js';
import { LNMTH, LNMB, LNMX$C_BACKPTR, LNMX } from '../structures/lnm.js';
import { textToBytes } from '../structures/memory.js';
import { ORB } from '../structures/orb.js';
import { UCB } from '../structures/ucb.js';
import { prepareMailbox } from './assign.js';
import { IOC$FFCHAN, IOC$VERIFYCHAN, claimChannel, type FreeChannel } from './channels.js';
import { IOC$CVT_DEVNAM } from './device-names.js';
import { lockIoDatabase } from './io-mutex.js';
import { EXE$CHKRDACCES, EXE$CHKWRTACCES } from './protection.js';
import { DELETION_RESERVE, IOC$CLONE_UCB, IOC$DEBIT_UCB, IOC$DELETE_UCB, hasByteQuota } from './units.js';

/** $CREMBX and $DELMBX (module SYSMAILBX). @source book 18.6; digest ch18 2.13 */

type Unit = ReturnType<typeof UCB.at>;

/** Tables in which mailbox names are looked for and made. */
const TEMPORARY_TABLE = 'LNM$TEMPORARY_MAILBOX';
const PERMANENT_TABLE = 'LNM$PERMANENT_MAILBOX';

/**
 * $CREMBX [prmflg],chan,[maxmsg],[bufquo],[promsk],[acmode],[lognam] - a mailbox and a channel to it.
 *
 * A mailbox that the logical name names already gets a channel only. choice (quirk Q4): that holds for temporary and permanent ones;
 * the privilege is checked first in either case.
 * @returns SS$_NORMAL; SS$_ACCVIO, SS$_BADPARAM, SS$_EXQUOTA, SS$_INSFMEM, SS$_IVLOGNAM, SS$_NOIOCHAN, SS$_NOPRIV
 */
const EXE$CREMBX = kernelService('$CREMBX', (k, prmflg = 0, chan = 0, maxmsg = 0, bufquo = 0, promsk = 0, acmode = 0, lognam = 0) => {
  if (!k.callerCanWrite(chan, 2)) return SS$_ACCVIO;
  const isPermanent = (prmflg & 1) !== 0;
  const name = lognam === 0 ? '' : k.callerString(lognam);
  if (name === undefined) return SS$_ACCVIO;
  if (name.length > 255 || (lognam !== 0 && name === '')) return SS$_IVLOGNAM;
  if (isPermanent && name === '') return SS$_IVLOGNAM;
  const mode = Math.max(acmode & 3, k.callerMode);
  if (!hasPrivilege(k, isPermanent ? PRV$V_PRMMBX : PRV$V_TMPMBX)) return SS$_NOPRIV;
  const sizes = {
    longest: maxmsg === 0 ? k.sys.IOC$GW_MBXMXMSG : maxmsg & 0xffff, quota: bufquo === 0 ? k.sys.IOC$GW_MBXBFQUO : bufquo & 0xffff,
  };
  if (maxmsg > 0xffff || bufquo > 0xffff) return SS$_BADPARAM;
  return lockIoDatabase(k, true, () => {
    const free = IOC$FFCHAN(k);
    if (free.status !== SS$_NORMAL) return free.status;
    const table = isPermanent ? PERMANENT_TABLE : TEMPORARY_TABLE;
    const existing = name === '' ? 0 : mailboxOfName(k, name, table, mode);
    const status = existing !== 0
      ? openExisting(k, UCB.at(k, existing), free, mode)
      : createMailbox(k, { ...sizes, isPermanent, protection: promsk & 0xffff, name, table, mode }, free);
    if (status === SS$_NORMAL) k.writeWord(chan, free.channel);
    return status;
  });
});

/** The mailbox a name's back pointer leads to; 0 when the name has none. */
function mailboxOfName(k: Kernel, name: string, table: string, mode: number): number {
  const found = LNM$SEARCH_ONE(k, name, table, mode);
  if ((found.status & 1) === 0) return 0;
  for (const block of translations(k, found.lnmb)) {
    if (block.index !== LNMX$C_BACKPTR) continue;
    const ucb = k.readLong(block.value);
    if (ucb !== 0 && k.readByte(ucb + 10) === DYN$C_UCB && (UCB.at(k, ucb).UCB$L_DEVCHAR & DEV$M_MBX) !== 0) return ucb;
  }
  return 0;
}

function openExisting(k: Kernel, ucb: Unit, free: FreeChannel, mode: number): number {
  if (!EXE$CHKRDACCES(k, ucb) && !EXE$CHKWRTACCES(k, ucb)) return SS$_NOPRIV;
  ucb.UCB$W_REFC = ucb.UCB$W_REFC + 1;
  claimChannel(k, free, ucb.address, mode, 0);
  return SS$_NORMAL;
}

interface MailboxRequest {
  readonly isPermanent: boolean;
  readonly longest: number;
  readonly quota: number;
  readonly protection: number;
  readonly name: string;
  readonly table: string;
  readonly mode: number;
}

function createMailbox(k: Kernel, request: MailboxRequest, free: FreeChannel): number {
  const template = k.symbol('MB$UCB0');
  const size = UCB.at(k, template).UCB$W_SIZE;
  if (!request.isPermanent && !hasByteQuota(k, size + request.quota)) return SS$_EXQUOTA;
  const address = IOC$CLONE_UCB(k, template);
  if (address === 0) return SS$_INSFMEM;
  const ucb = UCB.at(k, address);
  prepareMailbox(k, ucb);
  ucb.UCB$W_BUFQUO = request.quota;
  ucb.UCB$W_INIQUO = request.quota;
  ucb.UCB$L_PID = 0;
  ucb.UCB$W_DEVBUFSIZ = request.longest;
  const orb = ORB.at(k, ucb.UCB$L_ORB);
  orb.ORB$V_PROT_16 = 1;
  orb.ORB$W_PROT = request.protection;
  ucb.UCB$W_CHARGE = size + request.quota + DELETION_RESERVE;
  if (request.isPermanent) {
    ucb.UCB$V_PRMMBX = 1;
    ucb.UCB$V_DELMBX = 0;
  } else ucb.UCB$V_DELMBX = 1;
  if (request.name !== '') {
    const status = nameMailbox(k, ucb, request);
    if ((status & 1) === 0) {
      IOC$DELETE_UCB(k, address);
      return status;
    }
  }
  if (!request.isPermanent) IOC$DEBIT_UCB(k, ucb.UCB$W_CHARGE);
  claimChannel(k, free, address, request.mode, 0);
  return SS$_NORMAL;
}

/**
 * Gives the mailbox its logical name, with the UCB's address as back pointer. A name in a process-private table outlives the mailbox:
 * UCB$L_LOGADR stays 0 then. @source digest ch18 2.13, fact 46
 */
function nameMailbox(k: Kernel, ucb: Unit, request: MailboxRequest): number {
  const pointer = ucb.address;
  const created = LNM$CREATE_NAME(k, {
    name: request.name, table: request.table, mode: request.mode, flags: 0,
    translations: [
      { index: 0, flags: LNMX.mask.LNMX$V_TERMINAL, value: textToBytes(IOC$CVT_DEVNAM(k, ucb.address)) },
      { index: LNMX$C_BACKPTR, flags: 0, value: Uint8Array.of(pointer & 0xff, (pointer >>> 8) & 0xff, (pointer >>> 16) & 0xff, pointer >>> 24) },
    ],
  });
  if ((created.status & 1) === 0) return created.status;
  const table = LNMB.at(k, created.lnmb).LNMB$L_TABLE;
  ucb.UCB$L_LOGADR = LNMTH.at(k, table).LNMTH$V_SHAREABLE !== 0 ? created.lnmb : 0;
  return created.status;
}

/**
 * $DELMBX chan - a permanent mailbox is to go with its last channel.
 *
 * @returns SS$_NORMAL; SS$_DEVNOTMBX, SS$_IVCHAN, SS$_NOPRIV
 */
const EXE$DELMBX = kernelService('$DELMBX', (k, chan = 0) => {
  const { status, ccb } = IOC$VERIFYCHAN(k, chan);
  if (status !== SS$_NORMAL) return status;
  const ucb = UCB.at(k, ccb.CCB$L_UCB);
  if ((ucb.UCB$L_DEVCHAR & DEV$M_MBX) === 0) return SS$_DEVNOTMBX;
  if (ucb.UCB$V_PRMMBX !== 0 && !hasPrivilege(k, PRV$V_PRMMBX)) return SS$_NOPRIV;
  ucb.UCB$V_DELMBX = 1;
  return SS$_NORMAL;
});

export const MAILBOX_SERVICE_ROUTINES: readonly Microroutine[] = [EXE$CREMBX, EXE$DELMBX];

