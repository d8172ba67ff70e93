import { IN_ANY_MODE, inlineRoutine, procedure, upTo } from '../gate/microroutine.js';
import { service } from '../gate/service-call.js';
import type { Kernel } from '../kernel.js';
import { expandRegion, REGION_P1 } from '../memory/address-space.js';
import { LNM$INIT_PROCESS, processNamesOf } from '../names/process-tables.js';
import { initializeKrpList } from '../pool/krp.js';
import { EXE$DEAPQB } from '../pool/paged.js';
import { initializeProcessRegion } from '../pool/process-region.js';
import { initializeVariableList } from '../pool/variable-list.js';
import { PRC$M_HIBER } from '../starlet/prcdef.js';
import { JIB } from '../structures/jib.js';
import { readCounted, writeQuad } from '../structures/memory.js';
import {
  CLI_CELLS, CLI_DATA_BASE, CME_DATA_BASE, CTL$A_COMMON_USER, CTL$GL_KRP, DISPATCH_AREAS, MMG$IMGHDRBUF, PIO_BASE, PIO_CELLS,
} from '../structures/p1-cells.js';
import { PHD } from '../structures/phd.js';
import { PQB } from '../structures/pqb.js';
import { PRT$C_UREW } from '../structures/pte.js';

/**
 * EXE$PROCSTRT, the new process's own half of process creation (chapter 20.3; digest ch20 2.4). procstrt.mar is the
 * thread of it; these are its kernel steps, at IPL 2 in the new process's P1 space.
 */
const PAGE = 512;
const CCB_SIZE = 16;
/** Per-process common for users. */
const COMMON_BYTES = 2048;
/** S:RWED,O:RWED,G:RE,W. choice: the constant (RMS_FILEPROT is unused, book Appendix C); SET PROTECTION/DEFAULT changes the cell. */
const DEFAULT_FILE_PROTECTION = 0xfa00;

const kernelPart = inlineRoutine('PROCSTRT_KERNEL', (k) => {
  const pcb = k.pcb;
  const pqbAddress = pcb.PCB$L_PQB;
  const pqb = PQB.at(k, pqbAddress);
  const phd = PHD.at(k, pcb.PCB$L_PHD);
  k.p1.CTL$GL_PCB = pcb.address;
  k.p1.CTL$GL_RMSBASE = k.sys.MMG$GL_RMSBASE;
  k.p1.CTL$GL_F11BXQP = k.sys.XQP$GL_SECTIONS;
  plantVectors(k);
  writeQuad(k, k.symbol('CTL$GQ_COMMON'), BigInt(COMMON_BYTES) | (BigInt(CTL$A_COMMON_USER) << 32n));
  initializeKrpList(k, CTL$GL_KRP);

  phd.PHD$L_CPULIM = pqb.PQB$L_CPULM;
  phd.PHD$W_ASTLM = pqb.PQB$L_ASTLM;
  phd.PHD$W_PRCLM = pqb.PQB$L_PRCLM;
  setWorkingSetLimits(k, phd, pqb);
  phd.PHD$B_AUTHPRI = pcb.PCB$B_PRIB;
  phd.PHD$V_IMGDMP = pqb.PQB$V_IMGDMP;
  phd.PHD$R_MIN_CLASS = pqb.PQB$R_MIN_CLASS;
  phd.PHD$R_MAX_CLASS = pqb.PQB$R_MAX_CLASS;
  phd.PHD$Q_PRIVMSK = pqb.PQB$Q_PRVMSK;
  phd.PHD$Q_AUTHPRIV = pqb.PQB$Q_PRVMSK;
  k.p1.CTL$GQ_PROCPRIV = pqb.PQB$Q_PRVMSK;
  k.p1.CTL$GB_MSGMASK = pqb.PQB$B_MSGMASK;
  writeQuad(k, k.symbol('CTL$GQ_LOGIN'), k.sys.EXE$GQ_SYSTIME);

  const layout = extendP1(k);
  initializeProcessRegion(k, layout.region, k.sys.SGN$GW_CTLPAGES * PAGE);
  const jib = JIB.at(k, pcb.PCB$L_JIB);
  k.setRegister(0, LNM$INIT_PROCESS(k, processNamesOf(k, pqbAddress)));      // without its names the process ends here: see procstrt.mar

  k.writeBytes(MMG$IMGHDRBUF, pqb.PQB$T_IMAGE);
  const cli = CLI_CELLS.at(k, CLI_DATA_BASE);
  cli.CTL$GT_CLINAME = pqb.PQB$T_CLI_NAME;
  cli.CTL$GT_TABLENAME = pqb.PQB$T_CLI_TABLE;
  cli.CTL$GT_SPAWNCLI = pqb.PQB$T_SPAWN_CLI;
  cli.CTL$GT_SPAWNTABLE = pqb.PQB$T_SPAWN_TABLE;
  cli.CTL$GL_UAF_FLAGS = pqb.PQB$L_UAF_FLAGS;
  cli.CTL$AL_CLICALBK = longword(k.symbol('PROCSTRT_NOCLI'));
  k.writeLong(k.symbol('CTL$GL_CREPRC_FLAGS'), pqb.PQB$L_CREPRC_FLAGS);
  k.writeBytes(PIO_BASE + PIO_CELLS.offset.PIO$GT_DDSTRING, pqb.PQB$T_DDSTRING);
  k.writeWord(PIO_BASE + PIO_CELLS.offset.PIO$GW_DFPROT, DEFAULT_FILE_PROTECTION);
  PIO_CELLS.at(k, PIO_BASE).PIO$GB_DFMBC = k.sys.SYS$GB_DFMBC;
  k.writeBytes(k.symbol('CTL$T_USERNAME'), jib.JIB$T_USERNAME);
  k.writeBytes(k.symbol('CTL$T_ACCOUNT'), jib.JIB$T_ACCOUNT);

  pcb.PCB$L_EFWM = 0;
  EXE$DEAPQB(k, pqbAddress);
});

function longword(value: number): Uint8Array {
  return new Uint8Array(new Uint32Array([value]).buffer);
}

/** The first byte of each area for user-written dispatchers and rundown routines is RSB until an image puts more there. */
function plantVectors(k: Kernel): void {
  const RSB = 5;
  for (const area of Object.values(DISPATCH_AREAS)) k.writeByte(area, RSB);
  k.p1.CTL$GL_CMCNTX = CME_DATA_BASE;
  k.p1.CTL$GL_USRCHMK = DISPATCH_AREAS.kernel;
  k.p1.CTL$GL_USRCHME = DISPATCH_AREAS.executive;
  k.p1.CTL$GL_USRUNDWN = DISPATCH_AREAS.rundown;
}

function setWorkingSetLimits(k: Kernel, phd: ReturnType<typeof PHD.at>, pqb: ReturnType<typeof PQB.at>): void {
  const limit = (pages: number): number => phd.PHD$W_WSLIST + Math.min(pages, k.sys.SGN$GL_MAXWSCNT) - 1;
  phd.PHD$W_DFWSCNT = limit(pqb.PQB$L_WSDEFAULT);
  phd.PHD$W_WSQUOTA = limit(Math.max(pqb.PQB$L_WSQUOTA, pqb.PQB$L_WSDEFAULT));
  phd.PHD$W_WSAUTH = phd.PHD$W_WSQUOTA;
  phd.PHD$W_WSEXTENT = limit(Math.max(pqb.PQB$L_WSEXTENT, pqb.PQB$L_WSQUOTA));
  phd.PHD$W_WSAUTHEXT = phd.PHD$W_WSEXTENT;
}

/** Channel table, process allocation region, process and image I/O segments, downward from the fixed part of P1. */
function extendP1(k: Kernel): { region: number } {
  const take = (pages: number): number => {
    const made = expandRegion(k, REGION_P1, pages, PRT$C_UREW, 0);
    if (!(made.status & 1)) throw new Error('VIRTUALPAGECNT too small for P1 space');
    return made.low;
  };
  const channels = k.sys.SGN$GW_PCHANCNT;
  const tablePages = Math.ceil((channels * CCB_SIZE) / PAGE);
  const table = take(tablePages);
  k.p1.CTL$GL_CCBBASE = table + tablePages * PAGE;
  k.p1.CTL$GW_NMIOCH = channels;
  k.p1.CTL$GW_CHINDX = 0;
  const region = take(k.sys.SGN$GW_CTLPAGES);
  const processIo = take(k.sys.SGN$GW_PIOPAGES);
  const imageIo = take(k.sys.SGN$GW_IMGIOCNT);
  initializeVariableList(k, PIO_BASE + PIO_CELLS.offset.PIO$GL_FMLH, processIo, k.sys.SGN$GW_PIOPAGES * PAGE);
  initializeVariableList(k, PIO_BASE + PIO_CELLS.offset.PIO$GL_IIOFSPLH, imageIo, k.sys.SGN$GW_IMGIOCNT * PAGE);
  writeQuad(k, PIO_BASE + PIO_CELLS.offset.PIO$GQ_IIODEFAULT, BigInt(k.sys.SGN$GW_IMGIOCNT * PAGE) | (BigInt(imageIo) << 32n));
  k.p1.CTL$GL_CTLBASVA = imageIo;
  return { region };
}

const transfer = upTo(IN_ANY_MODE, inlineRoutine('PROCSTRT_TRANSFER', (k) => {
  const header = k.currentModeMemory.readLong(MMG$IMGHDRBUF);
  k.setRegister(0, header + k.currentModeMemory.readWord(header + IHD_ACTIVOFF));
}));

/** Offset in the image header of the word that locates the transfer address array (IHD$W_ACTIVOFF). */
const IHD_ACTIVOFF = 2;

const hibernateFlag = upTo(IN_ANY_MODE, inlineRoutine('PROCSTRT_HIBER', (k) => {
  k.setRegister(0, k.currentModeMemory.readLong(k.symbol('CTL$GL_CREPRC_FLAGS')) & PRC$M_HIBER ? 1 : 0);
}));

/** Executive mode: activates the image whose name the kernel part left in the image header buffer; default device and directory are the process's. */
const activate = procedure('PROCSTRT_ACTIVATE', function* (p) {
  const name = readCounted(p.memory, MMG$IMGHDRBUF);
  return yield* service(p, '$IMGACT', {
    name: p.string(name), dflnam: p.string('.EXE'), hdrbuf: MMG$IMGHDRBUF,
  });
});

export const PROCSTRT_ROUTINES = [kernelPart, transfer, hibernateFlag, activate] as const;
