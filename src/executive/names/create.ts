import type { Kernel } from '../kernel.js';
import { EXE$ALOPAGED, EXE$DEAPGDSIZ } from '../pool/paged.js';
import { EXE$ALOP1PROC, EXE$DEAP1SIZ } from '../pool/process-region.js';
import { SS$_EXLNMQUOTA, SS$_INSFMEM, SS$_IVLOGNAM, SS$_NOPRIV } from '../starlet/ssdef.js';
import { DYN$C_ORB } from '../structures/dyn.js';
import { LNMB, LNMTH, LNMX$C_TABLE } from '../structures/lnm.js';
import { ORB } from '../structures/orb.js';
import { LNM$INSLOGTAB, type Insertion } from './insert.js';
import {
  buildNameBlock, isDirectory, isDirectoryName, isShareable, nameBlockLength, roundToQuadword, tableHeaderOffset, type Translation,
} from './name-block.js';
import { ACCESS_ENABLE, ACCESS_WRITE, LNM$CHECK_PROT, PROTECT_OWNER_ONLY, initializeOrb } from './protection.js';
import { LNM$FIRSTTAB, processDirectory, systemDirectory } from './table-name.js';
import { lockedForWrite } from './lock.js';

export interface NameRequest {
  readonly name: string;
  /** Table name; a search list means its first table. */
  readonly table: string;
  readonly mode: number;
  /** LNMB flags. */
  readonly flags: number;
  readonly translations: readonly Translation[];
  /** Skip the protection check: the executive itself asks. */
  readonly trusted?: boolean;
}

export interface TableRequest {
  /** undefined: a name is made up from the address of the LNMB and the process's EPID. */
  readonly name: string | undefined;
  readonly parent: string;
  readonly mode: number;
  readonly flags: number;
  /** Bytes for the table itself; 0 for a share in the parent's. */
  readonly quota: number;
  readonly protection?: number;
  readonly createIf: boolean;
  readonly trusted?: boolean;
  /** Owner UIC when it is not the process's own; LNMTH flags GROUP, SYSTEM. */
  readonly owner?: number;
  readonly tableFlags?: number;
}

/** Pool for a block: paged when shareable, else of this process. 0 when there is none. */
function allocate(k: Kernel, shareable: boolean, size: number): number {
  return shareable ? EXE$ALOPAGED(k, size) : EXE$ALOP1PROC(k, size);
}

function release(k: Kernel, shareable: boolean, address: number, size: number): void {
  if (shareable) EXE$DEAPGDSIZ(k, address, size);
  else EXE$DEAP1SIZ(k, address, size);
}

/** Stores a finished block in its pool and inserts it; the pool goes back when it is not used after all. */
function insertBlock(k: Kernel, shareable: boolean, address: number, bytes: Uint8Array, createIf: boolean): Insertion {
  let kept = false;
  try {
    k.writeBytes(address, bytes);
    const result = LNM$INSLOGTAB(k, address, createIf);
    kept = result.lnmb === address && (result.status & 1) !== 0;
    return result;
  } finally {
    if (!kept) release(k, shareable, address, bytes.length);
  }
}

/** Whether the quota holder of `header` can give `bytes`. */
function hasQuota(k: Kernel, header: number, bytes: number): boolean {
  return LNMTH.at(k, LNMTH.at(k, header).LNMTH$L_QTABLE).LNMTH$L_BYTES >= bytes;
}

const refused = (status: number): Insertion => ({ status, lnmb: 0 });

/**
 * Creates a logical name: steps 2 to 11 of $CRELNM, for the service and for other parts of the executive.
 *
 * Paged pool is taken before it is known whether the table is shareable, and given back for a private one, as in the book. The
 * mutex is taken first of all here: waiting for it starts the service over.
 * @returns SS$_NORMAL, SS$_SUPERSEDE; SS$_INSFMEM, SS$_NOLOGTAB, SS$_TOOMANYLNAM, SS$_NOPRIV, SS$_EXLNMQUOTA, SS$_IVLOGNAM, SS$_DUPLNAM
 * @source book 28.8.3; digest ch28 3.6
 */
export function LNM$CREATE_NAME(k: Kernel, request: NameRequest): Insertion {
  const size = roundToQuadword(nameBlockLength(request.name, request.translations));
  return lockedForWrite(k, () => {
    let shareable = true;
    let block = allocate(k, shareable, size);
    if (block === 0) return refused(SS$_INSFMEM);
    const giveUp = (status: number): Insertion => {
      release(k, shareable, block, size);
      return refused(status);
    };
    const table = LNM$FIRSTTAB(k, request.table, request.mode);
    if (table.header === 0) return giveUp(table.status);
    if (!isShareable(k, table.header)) {
      release(k, shareable, block, size);
      shareable = false;
      block = allocate(k, shareable, size);
      if (block === 0) return refused(SS$_INSFMEM);
    } else if (!request.trusted && !LNM$CHECK_PROT(k, table.header, ACCESS_WRITE)) return giveUp(SS$_NOPRIV);
    if (!hasQuota(k, table.header, size)) return giveUp(SS$_EXLNMQUOTA);
    const directory = isDirectory(k, table.header);
    if (directory && !isDirectoryName(request.name)) return giveUp(SS$_IVLOGNAM);
    const bytes = buildNameBlock(request.name, request.mode, request.flags, table.header, request.translations, size, directory);
    return insertBlock(k, shareable, block, bytes, false);
  });
}

/**
 * Creates a logical name table: steps 2 to 12 of $CRELNT.
 *
 * @returns SS$_LNMCREATED, SS$_SUPERSEDE, SS$_NORMAL (CREATE_IF and it existed); SS$_INSFMEM, SS$_NOLOGTAB, SS$_TOOMANYLNAM,
 * SS$_NOPRIV, SS$_EXLNMQUOTA, SS$_IVLOGNAM, SS$_DUPLNAM
 * @source book 28.8.4; digest ch28 3.7
 */
export function LNM$CREATE_TABLE(k: Kernel, request: TableRequest): Insertion {
  const nameLength = (request.name ?? 'LNM$xxxxxxxxeeeeeeee').length;
  const body = roundToQuadword(nameBlockLength(' '.repeat(nameLength), [{ value: { length: LNMTH.size } }]));
  return lockedForWrite(k, () => {
    let shareable = true;
    let size = body + ORB.size;
    let block = allocate(k, shareable, size);
    if (block === 0) return refused(SS$_INSFMEM);
    const giveUp = (status: number): Insertion => {
      release(k, shareable, block, size);
      return refused(status);
    };
    const parent = LNM$FIRSTTAB(k, request.parent, request.mode);
    if (parent.header === 0) return giveUp(parent.status);
    if (!isShareable(k, parent.header)) {
      release(k, shareable, block, size);
      shareable = false;
      size = body;
      block = allocate(k, shareable, size);
      if (block === 0) return refused(SS$_INSFMEM);
    } else if (!request.trusted) {
      if (!LNM$CHECK_PROT(k, parent.header, ACCESS_ENABLE)) return giveUp(SS$_NOPRIV);
      if (request.name !== undefined && !LNM$CHECK_PROT(k, systemDirectory(k), ACCESS_WRITE)) return giveUp(SS$_NOPRIV);
    }
    const directory = shareable ? systemDirectory(k) : processDirectory(k);
    if (!hasQuota(k, directory, size) || !hasQuota(k, parent.header, request.quota)) return giveUp(SS$_EXLNMQUOTA);
    const name = request.name ?? `LNM$${hex(block)}${hex(k.pcb.PCB$L_EPID)}`;
    if (!isDirectoryName(name)) return giveUp(SS$_IVLOGNAM);

    const hashTable = LNMTH.at(k, parent.header).LNMTH$L_HASH;
    const orb = shareable ? block + body : 0;
    const header = buildTableHeader({
      flags: (shareable ? LNMTH.mask.LNMTH$V_SHAREABLE : 0) | (request.tableFlags ?? 0),
      hashTable, orb, name: block, parent: parent.header, quota: request.quota, holder: 0,
    });
    const bytes = buildNameBlock(
      name, request.mode, request.flags | LNMB.mask.LNMB$V_TABLE, directory,
      [{ index: LNMX$C_TABLE, flags: 0, value: header }], size, true,
    );
    if (orb !== 0) {
      initializeOrb(new DataView(bytes.buffer), body, request.owner ?? k.pcb.PCB$L_UIC, request.protection ?? PROTECT_OWNER_ONLY, DYN$C_ORB);
    }
    return insertBlock(k, shareable, block, bytes, request.createIf);
  });
}

/** The bytes of an LNMTH. */
export function buildTableHeader(table: {
  flags: number; hashTable: number; orb: number; name: number; parent: number; quota: number; holder: number;
}): Uint8Array {
  const bytes = new Uint8Array(LNMTH.size);
  const view = new DataView(bytes.buffer);
  const long = (offset: number, value: number): void => view.setUint32(offset, value >>> 0, true);
  bytes[LNMTH.offset.LNMTH$B_FLAGS] = table.flags;
  long(LNMTH.offset.LNMTH$L_HASH, table.hashTable);
  long(LNMTH.offset.LNMTH$L_ORB, table.orb);
  long(LNMTH.offset.LNMTH$L_NAME, table.name);
  long(LNMTH.offset.LNMTH$L_PARENT, table.parent);
  long(LNMTH.offset.LNMTH$L_QTABLE, table.holder);
  long(LNMTH.offset.LNMTH$L_BYTESLM, table.quota);
  long(LNMTH.offset.LNMTH$L_BYTES, table.quota);
  return bytes;
}

/** Address of the LNMTH inside a table's LNMB at `lnmb`. */
export function headerAddress(lnmb: number, name: string): number {
  return lnmb + tableHeaderOffset(name);
}

export function hex(value: number): string {
  return (value >>> 0).toString(16).toUpperCase().padStart(8, '0');
}

