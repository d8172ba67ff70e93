import type { Procedure } from '../../executive/gate/procedure.js';
import { FAB$C_IDX, FAB$C_REL } from '../../executive/starlet/fabdef.js';
import {
  XAB$C_ALL, XAB$C_ALLLEN, XAB$C_DAT, XAB$C_DATLEN, XAB$C_FHC, XAB$C_FHCLEN, XAB$C_KEY, XAB$C_PRO, XAB$C_PROLEN, XAB$C_RDT, XAB$C_RDTLEN, XAB$C_SUM, XAB$C_SUMLEN,
  XAB$C_TRM, XABALL, XABDAT, XABFHC, XABPRO, XABRDT,
} from '../../executive/starlet/xabdef.js';
import { RMS$_BLN, RMS$_COD, RMS$_IMX, RMS$_XAB } from '../../executive/starlet/rmsdef.js';
import {
  ATR$C_BAKDATE, ATR$C_CREDATE, ATR$C_EXPDATE, ATR$C_FPRO, ATR$C_RECATTR, ATR$C_REVDATE, ATR$C_STATBLK, ATR$C_UCHAR, ATR$C_UIC, endOfFileBlock, FAT,
  highestBlock, SBK, setEndOfFileBlock, setHighestBlock,
} from '../../filesystem/atr.js';
import type { AttributeItem } from '../acp.js';
import type { Completion, Fab } from '../operation.js';
import type { Fwa, Ifab } from '../segments.js';
import { FWA } from '../structures.js';

/** Attributes of a file between its header, the IFAB, the FAB and the XABs of the caller. */
type FwaField = keyof typeof FWA.offset;

function item(fwa: Fwa, code: number, field: FwaField, length: number): AttributeItem {
  return { code, address: fwa.address + FWA.offset[field], length };
}

function recordAttributeItem(fwa: Fwa): AttributeItem {
  return item(fwa, ATR$C_RECATTR, 'FWA$T_RECATTR', FAT.size);
}

/** What $OPEN and $DISPLAY read: the record attributes always, the rest when an XAB wants it. */
export function openItems(xabs: readonly Xab[]): (fwa: Fwa) => AttributeItem[] {
  return (fwa) => {
    const items = [recordAttributeItem(fwa), item(fwa, ATR$C_UCHAR, 'FWA$L_UCHAR', 4)];
    if (xabs.some(({ code }) => code === XAB$C_FHC)) items.push(item(fwa, ATR$C_STATBLK, 'FWA$T_STATBLK', SBK.size));
    if (xabs.some(({ code }) => code === XAB$C_PRO)) items.push(item(fwa, ATR$C_UIC, 'FWA$L_UIC', 4), item(fwa, ATR$C_FPRO, 'FWA$W_FPRO', 2));
    if (xabs.some(({ code }) => code === XAB$C_DAT || code === XAB$C_RDT)) {
      items.push(
        item(fwa, ATR$C_CREDATE, 'FWA$Q_CREDATE', 8), item(fwa, ATR$C_REVDATE, 'FWA$Q_REVDATE', 8),
        item(fwa, ATR$C_EXPDATE, 'FWA$Q_EXPDATE', 8), item(fwa, ATR$C_BAKDATE, 'FWA$Q_BAKDATE', 8),
      );
    }
    return items;
  };
}

function fatOf(p: Procedure, fwa: Fwa): ReturnType<typeof FAT.at> {
  return FAT.at(p.memory, fwa.address + FWA.offset.FWA$T_RECATTR);
}

/** The file's attributes, from the header just read, into the IFAB. */
export function takeRecordAttributes(p: Procedure, ifab: Ifab, fwa: Fwa): void {
  const fat = fatOf(p, fwa);
  ifab.IFB$B_RFM = fat.FAT$V_RTYPE;
  ifab.IFB$B_ORG = fat.FAT$V_FILEORG << 4;
  ifab.IFB$B_RAT = fat.FAT$B_RATTRIB;
  ifab.IFB$W_LRL = fat.FAT$W_RSIZE;
  ifab.IFB$L_HBK = highestBlock(fat);
  const end = endOfFileBlock(fat);
  ifab.IFB$L_EBK = end === 0 ? 1 : end;
  ifab.IFB$W_FFB = end === 0 ? 0 : fat.FAT$W_FFBYTE;
  ifab.IFB$B_BKS = fat.FAT$B_BKTSIZE;
  ifab.IFB$B_FSZ = fat.FAT$B_VFCSIZE;
  ifab.IFB$W_MRS = fat.FAT$W_MAXREC;
  ifab.IFB$W_DEQ = fat.FAT$W_DEFEXT;
  ifab.IFB$W_GBC = fat.FAT$W_GBC;
}

/** The IFAB's attributes as the header has them, into the work area. */
function putRecordAttributes(p: Procedure, ifab: Ifab, fwa: Fwa): void {
  const fat = fatOf(p, fwa);
  p.memory.writeBytes(fat.address, new Uint8Array(FAT.size));
  fat.FAT$V_RTYPE = ifab.IFB$B_RFM;
  fat.FAT$V_FILEORG = ifab.IFB$B_ORG >>> 4;
  fat.FAT$B_RATTRIB = ifab.IFB$B_RAT;
  fat.FAT$W_RSIZE = ifab.IFB$W_LRL;
  setHighestBlock(fat, ifab.IFB$L_HBK);
  setEndOfFileBlock(fat, ifab.IFB$L_EBK);
  fat.FAT$W_FFBYTE = ifab.IFB$W_FFB;
  fat.FAT$B_BKTSIZE = ifab.IFB$B_BKS;
  fat.FAT$B_VFCSIZE = ifab.IFB$B_FSZ;
  fat.FAT$W_MAXREC = ifab.IFB$W_MRS;
  fat.FAT$W_DEFEXT = ifab.IFB$W_DEQ;
  fat.FAT$W_GBC = ifab.IFB$W_GBC;
}

/** What $CLOSE, $FLUSH and an extension write: the IFAB's attributes. */
export function recordAttributes(p: Procedure, ifab: Ifab): (fwa: Fwa) => AttributeItem[] {
  return (fwa) => {
    putRecordAttributes(p, ifab, fwa);
    return [recordAttributeItem(fwa)];
  };
}

/** The FAB's answers about an open file. */
export function fillFab(fab: Fab, ifab: Ifab): void {
  fab.FAB$B_RFM = ifab.IFB$B_RFM;
  fab.FAB$B_RAT = ifab.IFB$B_RAT;
  fab.FAB$B_ORG = ifab.IFB$B_ORG;
  fab.FAB$W_MRS = ifab.IFB$W_MRS;
  fab.FAB$B_FSZ = ifab.IFB$B_FSZ;
  fab.FAB$B_BKS = ifab.IFB$B_BKS;
  fab.FAB$W_DEQ = ifab.IFB$W_DEQ;
  fab.FAB$W_GBC = ifab.IFB$W_GBC;
  fab.FAB$L_ALQ = ifab.IFB$L_HBK;
  if (ifab.IFB$B_ORG === FAB$C_REL) fab.FAB$L_MRN = ifab.IFB$L_MRN;
  fab.FAB$L_DEV = ifab.IFB$L_DEVCHAR;
}

export interface Xab {
  readonly address: number;
  readonly code: number;
}

/** A key XAB as it was before the types of segments. */
const XAB$C_KEYLEN_V2 = 64;

const LENGTHS: ReadonlyMap<number, number> = new Map([
  [XAB$C_KEY, XAB$C_KEYLEN_V2], [XAB$C_SUM, XAB$C_SUMLEN], [XAB$C_FHC, XAB$C_FHCLEN], [XAB$C_DAT, XAB$C_DATLEN], [XAB$C_RDT, XAB$C_RDTLEN], [XAB$C_PRO, XAB$C_PROLEN], [XAB$C_ALL, XAB$C_ALLLEN],
]);
/** Blocks of terminals, which say nothing about a file. */
const OTHERS = new Set([XAB$C_TRM]);
/** Those that a chain may have more than one of. Of the others one each: FWA$T_ATRLIST has room for their attributes once. */
const SEVERAL = new Set([XAB$C_KEY, XAB$C_ALL]);
const LONGEST_CHAIN = 255;

/** The XABs of a FAB, each writable by the caller; or what is wrong with them. */
export function callerXabs(p: Procedure, fab: Fab, mode: number): readonly Xab[] | Completion {
  const xabs: Xab[] = [];
  for (let address = fab.FAB$L_XAB; address !== 0;) {
    if (!p.kernel.cpu.probe(address, 8, mode, true)) return { status: RMS$_XAB, stv: address };
    const code = p.memory.readByte(address);
    const length = p.memory.readByte(address + 1);
    const expected = LENGTHS.get(code);
    if (expected === undefined && !OTHERS.has(code)) return { status: RMS$_COD, stv: address };
    if (expected !== undefined && length < expected) return { status: RMS$_BLN, stv: address };
    if (!p.kernel.cpu.probe(address, length, mode, true)) return { status: RMS$_XAB, stv: address };
    if (!SEVERAL.has(code) && xabs.some((xab) => xab.code === code)) return { status: RMS$_IMX, stv: address };
    xabs.push({ address, code });
    if (xabs.length > LONGEST_CHAIN) return { status: RMS$_IMX, stv: address };
    address = p.memory.readLong(address + 4);
  }
  return xabs;
}

/** Fills in the XABs of an open file from the work area. */
export function fillXabs(p: Procedure, xabs: readonly Xab[], ifab: Ifab, fwa: Fwa): void {
  for (const { address, code } of xabs) {
    if (code === XAB$C_FHC) {
      const xab = XABFHC.at(p.memory, address);
      const statistics = SBK.at(p.memory, fwa.address + FWA.offset.FWA$T_STATBLK);
      xab.XAB$B_RFO = ifab.IFB$B_RFM | ifab.IFB$B_ORG;
      xab.XAB$B_ATR = ifab.IFB$B_RAT;
      xab.XAB$W_LRL = ifab.IFB$W_LRL;
      xab.XAB$L_HBK = ifab.IFB$L_HBK;
      xab.XAB$L_EBK = ifab.IFB$L_EBK;
      xab.XAB$W_FFB = ifab.IFB$W_FFB;
      xab.XAB$B_BKZ = ifab.IFB$B_BKS;
      xab.XAB$B_HSZ = ifab.IFB$B_FSZ;
      xab.XAB$W_MRZ = ifab.IFB$W_MRS;
      xab.XAB$W_DXQ = ifab.IFB$W_DEQ;
      xab.XAB$W_GBC = ifab.IFB$W_GBC;
      const start = statistics.SBK$L_STLBN;
      xab.XAB$L_SBN = ((start << 16) | (start >>> 16)) >>> 0;
    } else if (code === XAB$C_DAT) {
      const xab = XABDAT.at(p.memory, address);
      xab.XAB$Q_CDT = fwa.FWA$Q_CREDATE;
      xab.XAB$Q_RDT = fwa.FWA$Q_REVDATE;
      xab.XAB$Q_EDT = fwa.FWA$Q_EXPDATE;
      xab.XAB$Q_BDT = fwa.FWA$Q_BAKDATE;
    } else if (code === XAB$C_RDT) {
      XABRDT.at(p.memory, address).XAB$Q_RDT = fwa.FWA$Q_REVDATE;
    } else if (code === XAB$C_PRO) {
      const xab = XABPRO.at(p.memory, address);
      xab.XAB$W_PRO = fwa.FWA$W_FPRO;
      xab.XAB$L_UIC = fwa.FWA$L_UIC;
    } else if (code === XAB$C_ALL && ifab.IFB$B_ORG !== FAB$C_IDX) {
      const xab = XABALL.at(p.memory, address);
      xab.XAB$L_ALQ = ifab.IFB$L_HBK;
      xab.XAB$W_DEQ = ifab.IFB$W_DEQ;
      xab.XAB$B_BKZ = ifab.IFB$B_BKS;
    }
  }
}

/** The attributes that $CREATE writes because an XAB gives them. Without a protection the file system takes that of the last version, or the default of the process. */
export function createItems(p: Procedure, xabs: readonly Xab[], ifab: Ifab): (fwa: Fwa) => AttributeItem[] {
  return (fwa) => {
    putRecordAttributes(p, ifab, fwa);
    const items = [recordAttributeItem(fwa)];
    let protection: number | undefined;
    for (const { address, code } of xabs) {
      if (code === XAB$C_PRO) {
        const xab = XABPRO.at(p.memory, address);
        if (xab.XAB$W_PRO !== 0xffff) protection = xab.XAB$W_PRO;
        if (xab.XAB$L_UIC !== 0) {
          fwa.FWA$L_UIC = xab.XAB$L_UIC;
          items.push(item(fwa, ATR$C_UIC, 'FWA$L_UIC', 4));
        }
      } else if (code === XAB$C_DAT || code === XAB$C_RDT) {
        const dates = code === XAB$C_RDT ? { revision: XABRDT.at(p.memory, address).XAB$Q_RDT } : datesOf(p, address);
        for (const [attribute, field, value] of [
          [ATR$C_CREDATE, 'FWA$Q_CREDATE', 'creation' in dates ? dates.creation : 0n], [ATR$C_REVDATE, 'FWA$Q_REVDATE', dates.revision],
          [ATR$C_EXPDATE, 'FWA$Q_EXPDATE', 'expiration' in dates ? dates.expiration : 0n],
        ] as const) {
          if (value === 0n) continue;
          fwa[field] = value;
          items.push(item(fwa, attribute, field, 8));
        }
      }
    }
    if (protection !== undefined) {
      fwa.FWA$W_FPRO = protection;
      items.push(item(fwa, ATR$C_FPRO, 'FWA$W_FPRO', 2));
    }
    return items;
  };
}

function datesOf(p: Procedure, address: number): { creation: bigint; revision: bigint; expiration: bigint } {
  const xab = XABDAT.at(p.memory, address);
  return { creation: xab.XAB$Q_CDT, revision: xab.XAB$Q_RDT, expiration: xab.XAB$Q_EDT };
}
