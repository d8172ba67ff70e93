import type { Kernel } from '../kernel.js';
import { EXE$IPID_TO_EPID } from '../process/pid.js';
import { rightsOf } from '../process/rights.js';
import {
  JPI$K_BATCH, JPI$K_INTERACTIVE, JPI$K_NETWORK, JPI$K_OTHER, JPI$_ACCOUNT, JPI$_APTCNT, JPI$_ASTACT, JPI$_ASTCNT, JPI$_ASTEN, JPI$_ASTLM,
  JPI$_AUTHPRI, JPI$_AUTHPRIV, JPI$_BIOCNT, JPI$_BIOLM, JPI$_BUFIO, JPI$_BYTCNT, JPI$_BYTLM, JPI$_CLINAME, JPI$_CPULIM, JPI$_CPUTIM,
  JPI$_CREPRC_FLAGS, JPI$_CURPRIV, JPI$_DFPFC, JPI$_DFWSCNT, JPI$_DIOCNT, JPI$_DIOLM, JPI$_DIRIO, JPI$_EFCS, JPI$_EFCU, JPI$_EFWM, JPI$_ENQCNT,
  JPI$_ENQLM, JPI$_EXCVEC, JPI$_FILCNT, JPI$_FILLM, JPI$_FINALEXC, JPI$_FREP0VA, JPI$_FREP1VA, JPI$_FREPTECNT, JPI$_GPGCNT, JPI$_GRP,
  JPI$_IMAGECOUNT, JPI$_IMAGNAME, JPI$_IMAGPRIV, JPI$_JOBPRCCNT, JPI$_JOBTYPE, JPI$_LOGINTIM, JPI$_MASTER_PID, JPI$_MAXDETACH, JPI$_MAXJOBS,
  JPI$_MEM, JPI$_MODE, JPI$_MSGMASK, JPI$_OWNER, JPI$_PAGEFLTS, JPI$_PAGFILCNT, JPI$_PAGFILLOC, JPI$_PGFLQUOTA, JPI$_PHDFLAGS, JPI$_PID,
  JPI$_PPGCNT, JPI$_PRCCNT, JPI$_PRCLM, JPI$_PRCNAM, JPI$_PRI, JPI$_PRIB, JPI$_PROCPRIV, JPI$_PROC_INDEX, JPI$_RIGHTSLIST, JPI$_SHRFILLM, JPI$_SITESPEC,
  JPI$_STATE, JPI$_STS, JPI$_SWPFILLOC, JPI$_TABLENAME, JPI$_TERMINAL, JPI$_TMBU, JPI$_TQCNT, JPI$_TQLM, JPI$_UAF_FLAGS, JPI$_UIC,
  JPI$_USERNAME, JPI$_VIRTPEAK, JPI$_VOLUMES, JPI$_WSAUTH, JPI$_WSAUTHEXT, JPI$_WSEXTENT, JPI$_WSPEAK, JPI$_WSQUOTA, JPI$_WSSIZE,
} from '../starlet/jpidef.js';
import { JIB } from '../structures/jib.js';
import { readCounted, textToBytes } from '../structures/memory.js';
import { CLI_CELLS, CLI_DATA_BASE, CTL$GL_VECTORS, MMG$IMGHDRBUF, P1_CELLS } from '../structures/p1-cells.js';
import { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';
import { longwordBytes } from '../names/item-list.js';

/**
 * What $GETJPI can be asked, and where each item lives: in the PCB and JIB (there for every process), in the process header
 * (readable while resident), or in P1 space (only in the context of the process). @source book 29.3.1; digest ch29 2.7
 */
export type Home = 'pcb' | 'phd' | 'p1';

export interface JpiItem {
  readonly home: Home;
  /** Most bytes the item has. */
  readonly size: number;
  /** The value. A `p1` item is fetched only while the process is current. */
  readonly fetch: (k: Kernel, process: Process) => Uint8Array;
}

/** Views of one process. */
export interface Process {
  readonly pcb: ReturnType<typeof PCB.at>;
  readonly jib: ReturnType<typeof JIB.at>;
  readonly phd: ReturnType<typeof PHD.at>;
}

export function processAt(k: Kernel, pcbAddress: number): Process {
  const pcb = PCB.at(k, pcbAddress);
  return { pcb, jib: JIB.at(k, pcb.PCB$L_JIB), phd: PHD.at(k, pcb.PCB$L_PHD) };
}

function quadBytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

/** Internal priorities are 31 less the one users see. */
const priority = (internal: number): number => 31 - (internal & 31);

const long = (home: Home, value: (process: Process, k: Kernel) => number): JpiItem => ({ home, size: 4, fetch: (k, process) => longwordBytes(value(process, k)) });
const quad = (home: Home, value: (process: Process, k: Kernel) => bigint): JpiItem => ({ home, size: 8, fetch: (k, process) => quadBytes(value(process, k)) });
const text = (home: Home, size: number, value: (process: Process, k: Kernel) => string): JpiItem => ({ home, size, fetch: (k, process) => textToBytes(value(process, k)) });

/** Working set figures are list indexes in the header: as page counts they count from the first entry. */
const pages = (value: (phd: Process['phd']) => number): JpiItem => long('phd', ({ phd }) => (value(phd) === 0 ? 0 : value(phd) - phd.PHD$W_WSLIST + 1));

const P1 = (offset: number): number => CTL$GL_VECTORS + offset;

function modeOf({ pcb }: Process): number {
  if (pcb.PCB$V_NETWRK === 1) return JPI$K_NETWORK;
  if (pcb.PCB$V_BATCH === 1) return JPI$K_BATCH;
  return pcb.PCB$V_INTER === 1 ? JPI$K_INTERACTIVE : JPI$K_OTHER;
}

/** Name of the image in the image file descriptor, which the second longword of the image header buffer locates. */
function imageName(k: Kernel): string {
  const descriptor = k.readLong(MMG$IMGHDRBUF + 4);
  if (descriptor <= MMG$IMGHDRBUF || descriptor >= MMG$IMGHDRBUF + 512) return '';
  return readCounted(k, descriptor + k.readWord(descriptor + 2));
}

export const JPI_ITEMS: ReadonlyMap<number, JpiItem> = new Map<number, JpiItem>([
  [JPI$_ASTACT, long('pcb', ({ pcb }) => pcb.PCB$B_ASTACT)], [JPI$_ASTEN, long('pcb', ({ pcb }) => pcb.PCB$B_ASTEN)],
  [JPI$_PRI, long('pcb', ({ pcb }) => priority(pcb.PCB$B_PRI))], [JPI$_PRIB, long('pcb', ({ pcb }) => priority(pcb.PCB$B_PRIB))],
  [JPI$_OWNER, long('pcb', ({ pcb }) => pcb.PCB$L_EOWNER)], [JPI$_UIC, long('pcb', ({ pcb }) => pcb.PCB$L_UIC)],
  [JPI$_STS, long('pcb', ({ pcb }) => pcb.PCB$L_STS)], [JPI$_STATE, long('pcb', ({ pcb }) => pcb.PCB$W_STATE)],
  [JPI$_MEM, long('pcb', ({ pcb }) => pcb.PCB$L_UIC & 0xffff)], [JPI$_GRP, long('pcb', ({ pcb }) => pcb.PCB$L_UIC >>> 16)],
  [JPI$_APTCNT, long('pcb', ({ pcb }) => pcb.PCB$W_APTCNT)], [JPI$_TMBU, long('pcb', ({ pcb }) => pcb.PCB$W_TMBU)],
  [JPI$_GPGCNT, long('pcb', ({ pcb }) => pcb.PCB$W_GPGCNT)], [JPI$_PPGCNT, long('pcb', ({ pcb }) => pcb.PCB$W_PPGCNT)],
  [JPI$_ASTCNT, long('pcb', ({ pcb }) => pcb.PCB$W_ASTCNT)], [JPI$_BIOCNT, long('pcb', ({ pcb }) => pcb.PCB$W_BIOCNT)],
  [JPI$_BIOLM, long('pcb', ({ pcb }) => pcb.PCB$W_BIOLM)], [JPI$_DIOCNT, long('pcb', ({ pcb }) => pcb.PCB$W_DIOCNT)],
  [JPI$_DIOLM, long('pcb', ({ pcb }) => pcb.PCB$W_DIOLM)], [JPI$_EFWM, long('pcb', ({ pcb }) => pcb.PCB$L_EFWM)],
  [JPI$_EFCS, long('pcb', ({ pcb }) => pcb.PCB$L_EFCS)], [JPI$_EFCU, long('pcb', ({ pcb }) => pcb.PCB$L_EFCU)],
  [JPI$_PID, long('pcb', ({ pcb }) => pcb.PCB$L_EPID)], [JPI$_PRCCNT, long('pcb', ({ pcb }) => pcb.PCB$W_PRCCNT)],
  [JPI$_SWPFILLOC, long('pcb', ({ pcb }) => pcb.PCB$L_WSSWP)], [JPI$_PROC_INDEX, long('pcb', ({ pcb }) => pcb.PCB$L_PID & 0xffff)],
  [JPI$_PRCNAM, text('pcb', 15, ({ pcb }, k) => readCounted(k, pcb.address + PCB.offset.PCB$T_LNAME))],
  [JPI$_TERMINAL, text('pcb', 8, ({ pcb }, k) => readCounted(k, pcb.address + PCB.offset.PCB$T_TERMINAL))],
  [JPI$_MODE, long('pcb', modeOf)],
  [JPI$_BYTCNT, long('pcb', ({ jib }) => jib.JIB$L_BYTCNT)], [JPI$_BYTLM, long('pcb', ({ jib }) => jib.JIB$L_BYTLM)],
  [JPI$_FILCNT, long('pcb', ({ jib }) => jib.JIB$W_FILCNT)], [JPI$_TQCNT, long('pcb', ({ jib }) => jib.JIB$W_TQCNT)],
  [JPI$_JOBPRCCNT, long('pcb', ({ jib }) => jib.JIB$W_PRCCNT)], [JPI$_ENQCNT, long('pcb', ({ jib }) => jib.JIB$W_ENQCNT)],
  [JPI$_ENQLM, long('pcb', ({ jib }) => jib.JIB$W_ENQLM)], [JPI$_JOBTYPE, long('pcb', ({ jib }) => jib.JIB$B_JOBTYPE)],
  [JPI$_MASTER_PID, long('pcb', ({ jib }, k) => EXE$IPID_TO_EPID(k, jib.JIB$L_MPID))],
  [JPI$_PGFLQUOTA, long('pcb', ({ jib }) => jib.JIB$L_PGFLQUOTA)], [JPI$_PAGFILCNT, long('pcb', ({ jib }) => jib.JIB$L_PGFLCNT)],
  [JPI$_FILLM, long('pcb', ({ jib }) => jib.JIB$W_FILLM)], [JPI$_TQLM, long('pcb', ({ jib }) => jib.JIB$W_TQLM)],
  [JPI$_MAXDETACH, long('pcb', ({ jib }) => jib.JIB$W_MAXDETACH)], [JPI$_MAXJOBS, long('pcb', ({ jib }) => jib.JIB$W_MAXJOBS)],
  [JPI$_SHRFILLM, long('pcb', ({ jib }) => jib.JIB$W_SHRFLIM)],

  [JPI$_CURPRIV, quad('pcb', ({ pcb }) => pcb.PCB$Q_PRIV)], [JPI$_AUTHPRIV, quad('phd', ({ phd }) => phd.PHD$Q_AUTHPRIV)],
  [JPI$_IMAGPRIV, quad('phd', ({ phd }) => phd.PHD$Q_IMAGPRIV)],
  [JPI$_WSAUTH, pages((phd) => phd.PHD$W_WSAUTH)], [JPI$_WSQUOTA, pages((phd) => phd.PHD$W_WSQUOTA)],
  [JPI$_DFWSCNT, pages((phd) => phd.PHD$W_DFWSCNT)], [JPI$_WSEXTENT, pages((phd) => phd.PHD$W_WSEXTENT)],
  [JPI$_WSAUTHEXT, pages((phd) => phd.PHD$W_WSAUTHEXT)], [JPI$_WSSIZE, long('phd', ({ phd }) => phd.PHD$W_WSSIZE)],
  [JPI$_FREP0VA, long('phd', ({ phd }) => phd.PHD$L_FREP0VA)], [JPI$_FREP1VA, long('phd', ({ phd }) => phd.PHD$L_FREP1VA)],
  [JPI$_FREPTECNT, long('phd', ({ phd }) => phd.PHD$L_FREPTECNT)], [JPI$_DFPFC, long('phd', ({ phd }) => phd.PHD$B_DFPFC)],
  [JPI$_CPUTIM, long('phd', ({ phd }) => phd.PHD$L_CPUTIM)], [JPI$_CPULIM, long('phd', ({ phd }) => phd.PHD$L_CPULIM)],
  [JPI$_PRCLM, long('phd', ({ phd }) => phd.PHD$W_PRCLM)], [JPI$_ASTLM, long('phd', ({ phd }) => phd.PHD$W_ASTLM)],
  [JPI$_PAGEFLTS, long('phd', ({ phd }) => phd.PHD$L_PAGEFLTS)], [JPI$_DIRIO, long('phd', ({ phd }) => phd.PHD$L_DIOCNT)],
  [JPI$_BUFIO, long('phd', ({ phd }) => phd.PHD$L_BIOCNT)], [JPI$_AUTHPRI, long('phd', ({ phd }) => priority(phd.PHD$B_AUTHPRI))],
  [JPI$_PAGFILLOC, long('phd', ({ phd }) => phd.PHD$L_PAGFIL)], [JPI$_IMAGECOUNT, long('phd', ({ phd }) => phd.PHD$L_IMGCNT)],
  [JPI$_PHDFLAGS, long('phd', ({ phd }) => phd.PHD$W_FLAGS)],

  [JPI$_EXCVEC, long('pcb', () => P1(P1_CELLS.offset.CTL$AQ_EXCVEC))], [JPI$_FINALEXC, long('pcb', () => P1(P1_CELLS.offset.CTL$AL_FINALEXC))],
  [JPI$_VIRTPEAK, long('p1', (_process, k) => k.p1.CTL$GL_VIRTPEAK)], [JPI$_WSPEAK, long('p1', (_process, k) => k.p1.CTL$GL_WSPEAK)],
  [JPI$_USERNAME, { home: 'p1', size: 12, fetch: (k) => k.p1.CTL$T_USERNAME }],
  [JPI$_ACCOUNT, { home: 'p1', size: 8, fetch: (k) => k.p1.CTL$T_ACCOUNT }],
  [JPI$_PROCPRIV, quad('p1', (_process, k) => k.p1.CTL$GQ_PROCPRIV)], [JPI$_VOLUMES, long('p1', (_process, k) => k.p1.CTL$GL_VOLUMES)],
  [JPI$_LOGINTIM, quad('p1', (_process, k) => k.p1.CTL$GQ_LOGIN)], [JPI$_IMAGNAME, text('p1', 128, (_process, k) => imageName(k))],
  [JPI$_SITESPEC, long('p1', (_process, k) => k.p1.CTL$GL_SITESPEC)], [JPI$_MSGMASK, long('p1', (_process, k) => k.p1.CTL$GB_MSGMASK)],
  [JPI$_CLINAME, text('p1', 32, (_process, k) => readCounted(k, CLI_DATA_BASE + CLI_CELLS.offset.CTL$GT_CLINAME))],
  [JPI$_TABLENAME, text('p1', 128, (_process, k) => readCounted(k, CLI_DATA_BASE + CLI_CELLS.offset.CTL$GT_TABLENAME))],
  [JPI$_CREPRC_FLAGS, long('p1', (_process, k) => k.p1.CTL$GL_CREPRC_FLAGS)],
  [JPI$_RIGHTSLIST, { home: 'pcb', size: 400, fetch: (k, { pcb }) => Uint8Array.from(rightsOf(k, pcb.address).flatMap(({ value, attributes }) => [...longwordBytes(value), ...longwordBytes(attributes)])) }],
  [JPI$_UAF_FLAGS, long('p1', (_process, k) => CLI_CELLS.at(k, CLI_DATA_BASE).CTL$GL_UAF_FLAGS)],
]);
