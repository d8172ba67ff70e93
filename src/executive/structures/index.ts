import { DC$_TAPE } from '../starlet/dcdef.js';
import { ACB, ATTN } from './acb.js';
import { CEB, WQH } from './ceb.js';
import { ADP, CCB, CDDB, CRB, DDB, DDT, DPT, IDB, SB, VEC } from './device.js';
import {
  DYN$C_ACB, DYN$C_ACL, DYN$C_ADP, DYN$C_AQB, DYN$C_BUFIO, DYN$C_CDRP, DYN$C_CEB, DYN$C_CLASSDRV, DYN$C_CRB, DYN$C_DDB, DYN$C_DPT,
  DYN$C_EXTGSD, DYN$C_FCB, DYN$C_FRK, DYN$C_GSD, DYN$C_IDB, DYN$C_IRP, DYN$C_IRPE, DYN$C_JIB, DYN$C_KFD, DYN$C_KFE, DYN$C_KFPB,
  DYN$C_KFRH, DYN$C_LKB, DYN$C_LKID, DYN$C_LNM, DYN$C_MTL, DYN$C_ORB, DYN$C_PCB, DYN$C_PFL, DYN$C_PQB, DYN$C_RSB, DYN$C_RSHT,
  DYN$C_RVT, DYN$C_SCS, DYN$C_TQE, DYN$C_TWP, DYN$C_TYPAHD, DYN$C_UCB, DYN$C_VCA, DYN$C_VCB, DYN$C_WCB,
} from './dyn.js';
import { FKB, MTX } from './fork.js';
import { BUFIO, CDRP, IRP, IRPE, MBMSG } from './irp.js';
import { JIB } from './jib.js';
import { ICB, KFD, KFE, KFPB, KFRH } from './kfe.js';
import { LNMB, LNMC, LNMHSH, LNMTH, LNMX } from './lnm.js';
import { LCKTBL, LKB, RSB } from './lock.js';
import type { MemoryReader } from './memory.js';
import { ACL, ORB } from './orb.js';
import { ARB, PCB } from './pcb.js';
import { HWPCB, PHD } from './phd.js';
import { PQB } from './pqb.js';
import { RPB } from './rpb.js';
import { EXTGSD, GSD, PFL, SEC } from './section.js';
import type { Structure } from './structure.js';
import { TQE } from './tqe.js';
import { DISKUCB, LPUCB, TAPEUCB, TTYUCB, TWP, TYPAHD, UCB } from './ucb.js';
import { AQB, F11BC, F11BD, FCB, MTL, RVT, VCB, WCB, WCBMAP } from './volume.js';

/** Every structure declared, for SDA's symbols, the macro symbol library and the layout tests. */
export const STRUCTURES: readonly Structure[] = [
  ACB, ACL, ADP, AQB, ARB, ATTN, BUFIO, CCB, CDDB, CDRP, CEB, CRB, DDB, DDT, DISKUCB, DPT, EXTGSD, F11BC, F11BD, FCB, FKB, GSD, HWPCB, ICB, IDB, IRP, IRPE,
  JIB, KFD, KFE, KFPB, KFRH, LCKTBL, LKB, LNMB, LNMC, LNMHSH, LNMTH, LNMX, LPUCB, MBMSG, MTL, MTX, ORB, PCB, PFL, PHD, PQB, RPB, RSB, RVT, SB, SEC,
  TAPEUCB, TQE, TTYUCB, TWP, TYPAHD, UCB, VCB, VEC, WCB, WCBMAP, WQH,
] as unknown as readonly Structure[];

/** Layout of a block by its type byte, for FORMAT. One code may cover several layouts: then it is the one met in pool. */
export const STRUCTURE_BY_TYPE: ReadonlyMap<number, Structure> = new Map<number, Structure>([
  [DYN$C_ACB, ACB], [DYN$C_ACL, ACL], [DYN$C_ADP, ADP], [DYN$C_AQB, AQB], [DYN$C_BUFIO, BUFIO], [DYN$C_CDRP, CDRP], [DYN$C_CEB, CEB],
  [DYN$C_CLASSDRV, CDDB], [DYN$C_CRB, CRB], [DYN$C_DDB, DDB], [DYN$C_DPT, DPT], [DYN$C_EXTGSD, EXTGSD], [DYN$C_FCB, FCB], [DYN$C_FRK, FKB],
  [DYN$C_GSD, GSD], [DYN$C_IDB, IDB], [DYN$C_IRP, IRP], [DYN$C_IRPE, IRPE], [DYN$C_JIB, JIB], [DYN$C_KFD, KFD], [DYN$C_KFE, KFE],
  [DYN$C_KFPB, KFPB], [DYN$C_KFRH, KFRH], [DYN$C_LKB, LKB], [DYN$C_LKID, LCKTBL], [DYN$C_LNM, LNMB], [DYN$C_MTL, MTL], [DYN$C_ORB, ORB],
  [DYN$C_PCB, PCB], [DYN$C_PFL, PFL], [DYN$C_PQB, PQB], [DYN$C_RSB, RSB], [DYN$C_RSHT, LCKTBL], [DYN$C_RVT, RVT], [DYN$C_SCS, SB],
  [DYN$C_TQE, TQE], [DYN$C_TWP, TWP], [DYN$C_TYPAHD, TYPAHD], [DYN$C_UCB, UCB], [DYN$C_VCA, F11BC], [DYN$C_VCB, VCB], [DYN$C_WCB, WCB],
] as unknown as readonly (readonly [number, Structure])[]);

/** Offsets of the size word and the type byte of every block, and of the device class in a UCB. */
const SIZE_OFFSET = 8;
const TYPE_OFFSET = 10;
const UCBS: readonly { readonly size: number }[] = [TTYUCB, LPUCB, DISKUCB];

/**
 * Layout of the block at an address, by its type byte; undefined when there is none for that type. A UCB longer than the common part is that of a
 * terminal, printer, disk or tape: its size tells, and its device class tells a tape from a disk.
 */
export function structureAt(memory: MemoryReader, address: number): Structure | undefined {
  const type = memory.readByte(address + TYPE_OFFSET);
  if (type !== DYN$C_UCB) return STRUCTURE_BY_TYPE.get(type);
  const size = memory.readWord(address + SIZE_OFFSET);
  const isTape = size === TAPEUCB.size && memory.readByte(address + UCB.offset.UCB$B_DEVCLASS) === DC$_TAPE;
  return (isTape ? TAPEUCB : UCBS.find((layout) => layout.size === size) ?? UCB) as unknown as Structure;
}
