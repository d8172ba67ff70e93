import { SS$_BADATTRIB } from '../../executive/starlet/ssdef.js';
import { ArrayMemory, textToBytes } from '../../executive/structures/memory.js';
import {
  ATR$C_ACLLENGTH, ATR$C_ADDACLENT, ATR$C_ASCNAME, ATR$C_BACKLINK, ATR$C_BAKDATE, ATR$C_BLOCKSIZE, ATR$C_CREDATE, ATR$C_DELETEACL, ATR$C_DIRSEQ, ATR$C_EXPDATE, ATR$C_FILNAM, ATR$C_FILTYP,
  ATR$C_FILVER, ATR$C_FPRO, ATR$C_HDR1_ACC, ATR$C_HEADER, ATR$C_HIGHWATER, ATR$C_JOURNAL, ATR$C_READACL, ATR$C_RECATTR, ATR$C_REVDATE, ATR$C_RPRO, ATR$C_SEMASK,
  ATR$C_STATBLK, ATR$C_UCHAR, ATR$C_UIC, ATR$C_UIC_RO, ATR$C_ACLEVEL, FAT, FCH$M_CONTIGB, FCH$M_DIRECTORY, FCH$M_ERASE, FCH$M_LOCKED, FCH$M_NOBACKUP,
  FCH$M_SPOOL, SBK, highestBlock, setHighestBlock,
} from '../atr.js';
import { aclOf, storeAcl } from '../acl.js';
import { fail } from '../file-failure.js';
import { identName, identOf, recordAttributesOf, setIdentName } from '../files.js';
import { headerOf } from '../on-disk.js';
import type { AttributeItem } from './request.js';

/** Attributes of a file as a request reads and writes them: parts of the file header. @source VMS I/O User's Reference, ACP attributes */

/** Characteristics that a requester may set; the others say what the file system itself has found. */
const SETTABLE = FCH$M_NOBACKUP | FCH$M_CONTIGB | FCH$M_LOCKED | FCH$M_SPOOL | FCH$M_ERASE;
/** Code of "update these, but not what the file system keeps": unused here. */
const NOTHING: readonly number[] = [ATR$C_HDR1_ACC, ATR$C_SEMASK, ATR$C_RPRO, ATR$C_DIRSEQ, ATR$C_JOURNAL, ATR$C_ACLEVEL, ATR$C_HIGHWATER];

/** Items that change the access control list: they take control access. */
export const ACL_CHANGES: readonly number[] = [ATR$C_ADDACLENT, ATR$C_DELETEACL];

/** What is not in the header: use of the file at the moment. */
export interface FileUse {
  readonly startLbn: number;
  readonly accesses: number;
  readonly writers: number;
  readonly locks: number;
  readonly fcb: number;
}

const longword = (value: number): Uint8Array => Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
const word = (value: number): Uint8Array => Uint8Array.of(value & 0xff, (value >>> 8) & 0xff);
const quadword = (value: bigint): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
};
const quadwordOf = (bytes: Uint8Array): bigint => {
  const whole = new Uint8Array(8);
  whole.set(bytes.slice(0, 8));
  return new DataView(whole.buffer).getBigUint64(0, true);
};

/** Fills one item from the header; fails with SS$_BADATTRIB. Items shorter than the attribute get its beginning. */
export function readAttribute(item: AttributeItem, block: Uint8Array, use: FileUse): void {
  const header = headerOf(block);
  const ident = identOf(block);
  switch (item.code) {
    case ATR$C_UCHAR: return item.write(longword(header.FH2$L_FILECHAR));
    case ATR$C_RECATTR: return item.write(header.FH2$R_RECATTR);
    case ATR$C_FILNAM: case ATR$C_FILTYP: case ATR$C_FILVER: return fail(SS$_BADATTRIB);
    case ATR$C_STATBLK: return item.write(statistics(block, use));
    case ATR$C_HEADER: return item.write(block);
    case ATR$C_BLOCKSIZE: return item.write(word(512));
    case ATR$C_ASCNAME: return item.write(textToBytes(identName(block).padEnd(86, ' ')));
    case ATR$C_CREDATE: return item.write(quadword(ident.FI2$Q_CREDATE));
    case ATR$C_REVDATE: return item.write(quadword(ident.FI2$Q_REVDATE));
    case ATR$C_EXPDATE: return item.write(quadword(ident.FI2$Q_EXPDATE));
    case ATR$C_BAKDATE: return item.write(quadword(ident.FI2$Q_BAKDATE));
    case ATR$C_UIC: case ATR$C_UIC_RO: return item.write(longword(header.FH2$L_FILEOWNER));
    case ATR$C_FPRO: return item.write(word(header.FH2$W_FILEPROT));
    case ATR$C_BACKLINK: return item.write(header.FH2$R_BACKLINK);
    case ATR$C_ACLLENGTH: return item.write(longword(aclOf(block).length));
    case ATR$C_READACL: return item.write(aclOf(block));
    default:
      if (!NOTHING.includes(item.code)) fail(SS$_BADATTRIB);
      item.write(new Uint8Array(item.length));
  }
}

const swapped = (value: number): number => ((value << 16) | (value >>> 16)) >>> 0;

function statistics(block: Uint8Array, use: FileUse): Uint8Array {
  const bytes = new Uint8Array(SBK.size);
  const sbk = SBK.at(new ArrayMemory(bytes), 0);
  sbk.SBK$L_STLBN = swapped(use.startLbn);
  sbk.SBK$L_FILESIZE = swapped(highestBlock(recordAttributesOf(block)));
  sbk.SBK$B_ACNT = Math.min(255, use.accesses);
  sbk.SBK$B_LCNT = Math.min(255, use.locks);
  sbk.SBK$L_FCB = use.fcb;
  sbk.SBK$W_ACNT = use.accesses;
  sbk.SBK$W_LCNT = use.locks;
  sbk.SBK$W_WCNT = use.writers;
  return bytes;
}

/**
 * Changes the header by one item; fails with SS$_BADATTRIB.
 *
 * @param isNew  the file is being created: it may still become a directory
 */
export function writeAttribute(item: AttributeItem, block: Uint8Array, isNew: boolean): void {
  const header = headerOf(block);
  const ident = identOf(block);
  const bytes = item.read();
  const value = bytes.reduce((sum, byte, index) => (index < 4 ? sum + byte * 2 ** (8 * index) : sum), 0);
  switch (item.code) {
    case ATR$C_UCHAR: {
      const mask = SETTABLE | (isNew ? FCH$M_DIRECTORY : 0);
      header.FH2$L_FILECHAR = ((header.FH2$L_FILECHAR & ~mask) | (value & mask)) >>> 0;
      return;
    }
    case ATR$C_RECATTR: {
      const highest = highestBlock(recordAttributesOf(block));
      const whole = header.FH2$R_RECATTR;
      whole.set(bytes.slice(0, FAT.size));
      header.FH2$R_RECATTR = whole;
      setHighestBlock(recordAttributesOf(block), highest);
      return;
    }
    case ATR$C_ASCNAME: return setIdentName(block, String.fromCharCode(...bytes).trimEnd());
    case ATR$C_CREDATE: ident.FI2$Q_CREDATE = quadwordOf(bytes); return;
    case ATR$C_REVDATE: ident.FI2$Q_REVDATE = quadwordOf(bytes); return;
    case ATR$C_EXPDATE: ident.FI2$Q_EXPDATE = quadwordOf(bytes); return;
    case ATR$C_BAKDATE: ident.FI2$Q_BAKDATE = quadwordOf(bytes); return;
    case ATR$C_UIC: header.FH2$L_FILEOWNER = value; return;
    case ATR$C_FPRO: header.FH2$W_FILEPROT = value & 0xffff; return;
    case ATR$C_BACKLINK: header.FH2$R_BACKLINK = bytes.slice(0, 6); return;
    case ATR$C_ADDACLENT: return storeAcl(block, Uint8Array.from([...aclOf(block), ...bytes]));
    case ATR$C_DELETEACL: return storeAcl(block, new Uint8Array(0));
    case ATR$C_STATBLK: case ATR$C_HEADER: case ATR$C_UIC_RO: case ATR$C_BLOCKSIZE: case ATR$C_READACL: case ATR$C_ACLLENGTH: return;
    default: if (!NOTHING.includes(item.code)) fail(SS$_BADATTRIB);
  }
}
