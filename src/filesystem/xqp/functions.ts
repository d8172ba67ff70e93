import type { Kernel } from '../../executive/kernel.js';
import {
  IO$M_ACCESS, IO$M_CREATE, IO$M_DELETE, IO$_ACCESS, IO$_ACPCONTROL, IO$_CREATE, IO$_DEACCESS, IO$_DELETE, IO$_MODIFY,
} from '../../executive/starlet/iodef.js';
import {
  SS$_ACCONFLICT, SS$_BADFILENAME, SS$_BADPARAM, SS$_CREATED, SS$_DIRNOTEMPTY, SS$_FILEPURGED, SS$_FILNOTACC, SS$_ILLIOFUNC, SS$_NOPRIV, SS$_NORMAL, SS$_NOSUCHFILE, SS$_SUPERSEDE,
  SS$_WRITLCK,
} from '../../executive/starlet/ssdef.js';
import { hasPrivilege } from '../../executive/names/protection.js';
import { PRV$V_BYPASS, PRV$V_SYSPRV } from '../../executive/starlet/prvdef.js';
import { windowOfChannel } from '../../executive/memory/section-table.js';
import { FCB, VCB, WCB } from '../../executive/structures/volume.js';
import { defaultProtectionOf, inheritedAcl } from '../../executive/information/acl.js';
import { aclOf, storeAcl } from '../acl.js';
import { ATR$C_FPRO, FCH$M_BADBLOCK, FCH$M_CONTIG, FCH$M_DIRECTORY, FCH$M_ERASE, FCH$M_MARKDEL } from '../atr.js';
import type { BlockFlow } from '../block-io.js';
import { FIB$C_FLUSH_CACHE, FIB$C_REMAP } from '../fib.js';
import { fail, FileFailure } from '../file-failure.js';
import { fileIdAt, type FileId } from '../file-id.js';
import { identOf } from '../files.js';
import { entryText } from '../directory.js';
import { matching, requestedName } from '../lookup.js';
import { headerOf } from '../on-disk.js';
import type { ChargeLimit } from '../quota.js';
import { blocksIn, type Extent } from '../retrieval.js';
import { FILE_CONTROL, FILE_DELETE, FILE_READ, FILE_WRITE, mayUseFile, ownerOfNew, requireAccess, requireLookup } from './access-check.js';
import { ACL_CHANGES, readAttribute, writeAttribute, type FileUse } from './attributes.js';
import { noteWriter } from './block-cache.js';
import { findFcb, makeFcb, makeWindow, refreshFcb, releaseFcb, releaseWindow, remapWindows, type FcbView } from './control-blocks.js';
import type { FileRequest } from './request.js';
import type { FileStructure } from './structure.js';

const USER_MODE = 3;
const NO_ACL = new Uint8Array(0);

/**
 * The functions of the file system, each a sequence of steps over a volume of whatever structure. They change FIB, result name and
 * attributes in the request and give its status. @source VMS I/O User's Reference, "ACP-QIO interface"; digest ch18
 */
export class FileFunctions {
  /** Deleted files whose blocks must be tested before anybody gets them. */
  readonly suspected: FileId[] = [];

  constructor(
    private readonly k: Kernel, private readonly vcb: number, private readonly structure: FileStructure, private readonly request: FileRequest,
    /** The volume may not be written. */
    private readonly isWriteLocked: boolean,
  ) {}

  /** Does what the request asks for. @returns its status */
  *perform(): BlockFlow<number> {
    switch (this.request.code) {
      case IO$_ACCESS: return yield* this.accessFile();
      case IO$_CREATE: return yield* this.createFile();
      case IO$_DEACCESS: return yield* this.deaccess();
      case IO$_DELETE: return yield* this.deleteFile();
      case IO$_MODIFY: return yield* this.modify();
      case IO$_ACPCONTROL: return this.control();
      default: return SS$_ILLIOFUNC;
    }
  }

  private requireWritable(): void {
    if (this.isWriteLocked) fail(SS$_WRITLCK);
  }

  // IO$_ACCESS ------------------------------------------------------------------------------------------------------

  /** Looks a file up if it is named, reads its attributes, and with IO$M_ACCESS opens it on the channel. */
  private *accessFile(): BlockFlow<number> {
    const { request } = this;
    request.requireFib();
    if (request.directoryId.number !== 0) {
      try {
        yield* this.lookUp();
      } catch (error) {
        if (!(error instanceof FileFailure) || error.status !== SS$_NOSUCHFILE || !(request.modifiers & IO$M_CREATE)) throw error;
        yield* this.createFile();
        return SS$_CREATED;
      }
    }
    // Who only asks for the identification of a name gets it without a look at the file.
    if ((request.modifiers & IO$M_ACCESS) === 0 && request.attributes.length === 0 && request.directoryId.number !== 0) return SS$_NORMAL;
    const header = yield* this.structure.header(request.fileId, (request.modifiers & IO$M_ACCESS) !== 0);
    if (request.modifiers & IO$M_ACCESS) yield* this.open(header);
    else if (request.attributes.length > 0) requireLookup(this.k, header, false);
    yield* this.readAttributes(header);
    return SS$_NORMAL;
  }

  /** Finds the file that name and directory mean and puts its ID into the FIB. */
  private *lookUp(): BlockFlow<void> {
    const { request, structure } = this;
    const { fib } = request;
    const directory = request.directoryId;
    const directoryHeader = yield* structure.header(directory);
    if (fib.FIB$V_FINDFID !== 0) {
      requireLookup(this.k, directoryHeader, true);
      const wanted = request.fileId;
      const entry = (yield* structure.entries(directory)).find(({ id }) => id.number === wanted.number && id.sequence === wanted.sequence) ?? fail(SS$_NOSUCHFILE);
      request.setResult(entryText(entry));
      return;
    }
    if (!request.hasName && fib.FIB$V_ALLNAM === 0) return;
    const asked = requestedName(request.hasName ? request.name : '*.*;*');
    const name = fib.FIB$V_ALLNAM !== 0 ? '*' : undefined;
    const pattern = name === undefined && fib.FIB$V_ALLTYP === 0 && fib.FIB$V_ALLVER === 0 ? asked : {
      name: `${name ?? asked.name.slice(0, asked.name.lastIndexOf('.'))}.${fib.FIB$V_ALLTYP !== 0 ? '*' : asked.name.slice(asked.name.lastIndexOf('.') + 1)}`,
      version: fib.FIB$V_ALLVER !== 0 ? undefined : asked.version, hasWildcard: true,
    };
    const searches = pattern.hasWildcard || fib.FIB$V_WILD !== 0;
    requireLookup(this.k, directoryHeader, searches);
    if (searches) {
      const found = yield* structure.search(directory, pattern, fib.FIB$L_WCC, request.previousResult);
      fib.FIB$L_WCC = found.context;
      request.fileId = found.entry.id;
      request.setResult(entryText(found.entry));
      return;
    }
    const entry = matching(yield* structure.versions(directory, pattern.name), pattern)[0] ?? fail(SS$_NOSUCHFILE);
    request.fileId = entry.id;
    request.setResult(entryText(entry));
    if (request.code === IO$_MODIFY) {
      if (fib.FIB$W_VERLIMIT !== 0) yield* this.limitVersions(directory, directoryHeader, entry.name);
    } else if (request.attributes.length > 0 && !(request.modifiers & IO$M_ACCESS)) {
      // Told to those who ask about a file; opening one does not read the directory again for it.
      fib.FIB$W_VERLIMIT = yield* structure.versionLimit(directory, entry.name);
    }
  }

  /** FIB$W_VERLIMIT of IO$_MODIFY. */
  private *limitVersions(directory: FileId, directoryHeader: Uint8Array, name: string): BlockFlow<void> {
    requireAccess(this.k, directoryHeader, FILE_WRITE);
    yield* this.structure.setVersionLimit(directory, name, this.request.fib.FIB$W_VERLIMIT);
  }

  /** Opens the file of the FIB on the channel: FCB, window, CCB$L_WIND. */
  private *open(header: Uint8Array, isNew = false): BlockFlow<void> {
    const { k, request } = this;
    const { fib } = request;
    const id = request.fileId;
    const writes = fib.FIB$V_WRITE !== 0;
    if (writes) this.requireWritable();
    if (writes && !isNew && this.structure.isWriteOnce) fail(SS$_ILLIOFUNC);
    const extents = (yield* this.structure.map(id)) ?? [];
    if (!isNew) {
      if (writes) requireAccess(k, header, FILE_WRITE);
      else if (fib.FIB$V_EXECUTE !== 0 && request.irp.IRP$V_MODE < USER_MODE) requireLookup(k, header, false);
      else requireAccess(k, header, FILE_READ);
    }
    const existing = findFcb(k, this.vcb, id);
    if (existing) this.checkConflict(existing, writes);
    const fcb = existing ?? makeFcb(k, this.vcb, id, header, 0);
    if (extents.length === 1) fcb.FCB$L_STLBN = extents[0]!.lbn;
    let wcb;
    try {
      wcb = makeWindow(k, fcb, request.ucb.address, extents, {
        read: isNew || !writes || mayUseFile(k, header, FILE_READ), write: writes, accessControl: fib.FIB$L_ACCTL & 0xff_ffff,
      });
    } catch (error) {
      if (!existing) releaseFcb(k, fcb);
      throw error;
    }
    // There it would stop the reads of this very channel; FCB$V_EXCL keeps others out.
    wcb.WCB$V_NOREAD = 0;
    fcb.FCB$W_REFCNT = fcb.FCB$W_REFCNT + 1;
    fcb.FCB$W_ACNT = fcb.FCB$W_ACNT + 1;
    if (writes) fcb.FCB$W_WCNT = fcb.FCB$W_WCNT + 1;
    if (fib.FIB$V_NOWRITE !== 0) fcb.FCB$W_LCNT = fcb.FCB$W_LCNT + 1;
    if (fib.FIB$V_NOTRUNC !== 0) fcb.FCB$W_TCNT = fcb.FCB$W_TCNT + 1;
    if (fib.FIB$V_NOREAD !== 0) fcb.FCB$V_EXCL = 1;
    if (writes) noteWriter(k, this.vcb, request.ucb.address, fcb);
    const vcb = VCB.at(k, this.vcb);
    vcb.VCB$W_TRANS = vcb.VCB$W_TRANS + 1;
    request.ccb.CCB$L_WIND = wcb.address;
  }

  /** Others may have opened the file so that this one cannot; fails with SS$_ACCONFLICT. */
  private checkConflict(fcb: FcbView, writes: boolean): void {
    const { fib } = this.request;
    const isLocked = fcb.FCB$V_EXCL !== 0 || (writes && fcb.FCB$W_LCNT > 0);
    const wouldLock = (fib.FIB$V_NOREAD !== 0 && fcb.FCB$W_ACNT > 0) || (fib.FIB$V_NOWRITE !== 0 && fcb.FCB$W_WCNT > 0);
    if (isLocked || wouldLock) fail(SS$_ACCONFLICT);
    if (fcb.FCB$V_MARKDEL !== 0) fail(SS$_NOSUCHFILE);
  }

  private useOf(id: FileId, extents: readonly Extent[] | undefined): FileUse {
    const fcb = findFcb(this.k, this.vcb, id);
    return {
      startLbn: extents?.length === 1 ? extents[0]!.lbn : 0, accesses: fcb?.FCB$W_ACNT ?? 0, writers: fcb?.FCB$W_WCNT ?? 0, locks: fcb?.FCB$W_LCNT ?? 0,
      fcb: fcb?.address ?? 0,
    };
  }

  private *readAttributes(header: Uint8Array): BlockFlow<void> {
    const items = this.request.attributes;
    if (items.length === 0) return;
    const use = this.useOf(this.request.fileId, yield* this.structure.map(this.request.fileId));
    for (const item of items) readAttribute(item, header, use);
  }

  // IO$_CREATE ------------------------------------------------------------------------------------------------------

  /** With IO$M_CREATE makes a file; enters it, or the file of the FIB, in the directory; with IO$M_ACCESS opens it, with IO$M_DELETE too until its close only. */
  private *createFile(): BlockFlow<number> {
    const { k, request, structure } = this;
    request.requireFib();
    this.requireWritable();
    const directory = request.directoryId;
    const isEntered = directory.number !== 0 && request.hasName;
    const pattern = isEntered ? requestedName(request.name) : undefined;
    if (pattern && (pattern.hasWildcard || pattern.name === '.')) fail(SS$_BADFILENAME);
    if (pattern) requireAccess(k, yield* structure.header(directory), FILE_WRITE);
    const makes = (request.modifiers & IO$M_CREATE) !== 0;
    if (makes) {
      const previous = pattern ? (yield* structure.versions(directory, pattern.name))[0] : undefined;
      const name = pattern ? `${pattern.name};${pattern.version === 0 ? (previous?.version ?? 0) + 1 : pattern.version!}` : '';
      request.fileId = yield* this.makeFile(name, directory, previous?.id);
    }
    let status: number = SS$_NORMAL;
    try {
      if (pattern) status = yield* this.enter(directory, pattern);
    } catch (error) {
      // The new file has no name, so nobody could ever find it.
      if (makes && error instanceof FileFailure) yield* this.remove(request.fileId);
      throw error;
    }
    if (request.modifiers & IO$M_ACCESS) {
      yield* this.open(yield* structure.header(request.fileId), makes);
      if (makes && request.modifiers & IO$M_DELETE) yield* this.discard(request.fileId);
    }
    return status;
  }

  /** Makes the file: header with the attributes asked for, then its blocks. */
  private *makeFile(name: string, directory: FileId, previous: FileId | undefined): BlockFlow<FileId> {
    const { k, request, structure } = this;
    const items = request.attributes;
    const model = previous ? yield* structure.header(previous) : undefined;
    const inherited = model ? headerOf(model).FH2$W_FILEPROT : undefined;
    // Lists are inherited from the version before, or from the directory.
    const parent = model || directory.number === 0 ? undefined : yield* structure.header(directory);
    const directoryAcl = parent ? aclOf(parent) : NO_ACL;
    const creator = ownerOfNew(k, model ?? parent);
    yield* this.charge(creator, 1, 'quota');
    let owner = creator;
    let isDirectory = false;
    const complete = (header: Uint8Array): void => {
      for (const item of items) writeAttribute(item, header, true);
      if (previous && !items.some(({ code }) => code === ATR$C_FPRO)) headerOf(header).FH2$W_FILEPROT = inherited!;
      owner = headerOf(header).FH2$L_FILEOWNER;
      isDirectory = (headerOf(header).FH2$L_FILECHAR & FCH$M_DIRECTORY) !== 0;
      const acl = model ? aclOf(model) : inheritedAcl(directoryAcl, isDirectory);
      if (acl.length > 0) storeAcl(header, Uint8Array.from([...aclOf(header), ...acl]));
    };
    const id = yield* structure.create({
      name, owner: creator, protection: inherited ?? defaultProtectionOf(directoryAcl) ?? this.defaultProtection(), characteristics: 0, backLink: directory,
      date: k.sys.EXE$GQ_SYSTIME,
    }, complete);
    try {
      if (owner !== creator) yield* this.changeOwner(creator, owner, 1);
      if (request.fib.FIB$V_EXTEND !== 0 && request.fib.FIB$L_EXSZ > 0) yield* this.extend(id, 'quota');
      if (isDirectory) yield* this.adjusting(id, structure.makeDirectory(id));
    } catch (error) {
      if (error instanceof FileFailure) yield* this.remove(id);
      throw error;
    }
    return id;
  }

  /** Protection of a new file: the process's default, or that of the volume. */
  private defaultProtection(): number {
    const processDefault = this.k.readWord(this.k.symbol('PIO$GW_DFPROT'));
    return processDefault === 0 ? this.structure.fileProtection : processDefault;
  }

  private *enter(directory: FileId, pattern: ReturnType<typeof requestedName>): BlockFlow<number> {
    const { request, structure } = this;
    const { fib } = request;
    const entered = yield* this.adjusting(directory, structure.enter(directory, pattern, request.fileId, {
      newVersion: fib.FIB$V_NEWVER !== 0, supersede: fib.FIB$V_SUPERSEDE !== 0, ...(fib.FIB$W_VERLIMIT > 0 ? { versionLimit: fib.FIB$W_VERLIMIT } : {}),
    }));
    fib.FIB$V_LOWVER = entered.hasLower ? 1 : 0;
    fib.FIB$V_HIGHVER = entered.hasHigher ? 1 : 0;
    request.setResult(entryText(entered));
    if (entered.superseded) yield* this.discard(entered.superseded);
    for (const { id } of entered.purged) yield* this.discard(id);
    return entered.superseded ? SS$_SUPERSEDE : entered.purged.length > 0 ? SS$_FILEPURGED : SS$_NORMAL;
  }

  /** Deletes a file now, or when its last accessor closes it. */
  private *discard(id: FileId): BlockFlow<void> {
    const fcb = findFcb(this.k, this.vcb, id);
    if (fcb) fcb.FCB$V_MARKDEL = 1;
    else yield* this.destroy(id);
  }

  /** Deletes a file that nobody uses; one with bad blocks is only marked, and goes when they have been found. */
  private *destroy(id: FileId): BlockFlow<void> {
    const header = yield* this.structure.header(id);
    const view = headerOf(header);
    if ((view.FH2$L_FILECHAR & (FCH$M_BADBLOCK | FCH$M_MARKDEL)) !== FCH$M_BADBLOCK) return yield* this.remove(id);
    view.FH2$L_FILECHAR = view.FH2$L_FILECHAR | FCH$M_MARKDEL;
    yield* this.structure.storeHeader(id, header);
    this.suspected.push(id);
  }

  /** The file goes for good, and its owner is charged for it no longer. */
  private *remove(id: FileId): BlockFlow<void> {
    const { accounts } = this.structure;
    const [owner, cost] = accounts ? [yield* accounts.owner(id), yield* accounts.cost(id)] : [0, 0];
    const isErased = VCB.at(this.k, this.vcb).VCB$V_ERASE !== 0 || (headerOf(yield* this.structure.header(id)).FH2$L_FILECHAR & FCH$M_ERASE) !== 0;
    if (isErased && this.structure.erase) yield* this.structure.erase(id);
    yield* this.structure.delete(id);
    yield* this.charge(owner, -cost, 'none');
  }

  private *charge(owner: number, blocks: number, limit: ChargeLimit): BlockFlow<number> {
    const { accounts } = this.structure;
    return accounts ? yield* accounts.charge(owner, blocks, limit) : SS$_NORMAL;
  }

  /** Does what changes the size of a file, and charges or gives back the difference, whatever the quota. */
  private *adjusting<T>(id: FileId, change: BlockFlow<T>): BlockFlow<T> {
    const { accounts } = this.structure;
    if (!accounts) return yield* change;
    const before = yield* accounts.cost(id);
    const result = yield* change;
    yield* accounts.charge(yield* accounts.owner(id), (yield* accounts.cost(id)) - before, 'none');
    return result;
  }

  /** What a file costs is charged to another. Fails with SS$_EXDISKQUOTA, SS$_NODISKQUOTA. */
  private *changeOwner(from: number, to: number, cost: number): BlockFlow<void> {
    yield* this.charge(to, cost, 'quota');
    yield* this.charge(from, -cost, 'none');
  }

  // IO$_DEACCESS ----------------------------------------------------------------------------------------------------

  /** Closes the file of the channel: attributes are written, space cut off, a file marked for deletion goes with its last accessor. */
  private *deaccess(): BlockFlow<number> {
    const { k, request, structure } = this;
    const window = request.ccb.CCB$L_WIND;
    if (window === 0) return SS$_FILNOTACC;
    const wcb = WCB.at(k, window);
    // Sections and known files use the same window: only the last user closes the file.
    if (wcb.WCB$V_SHRWCB !== 0) {
      wcb.WCB$W_REFCNT = wcb.WCB$W_REFCNT - 1;
      if (wcb.WCB$W_REFCNT !== 0) {
        request.ccb.CCB$L_WIND = 0;
        return SS$_NORMAL;
      }
      wcb.WCB$V_SHRWCB = 0;
    }
    const fcb = FCB.at(k, wcb.WCB$L_FCB);
    const id = fileIdAt(fcb.FCB$T_FID);
    let status: number = SS$_NORMAL;
    try {
      if (wcb.WCB$V_WRITE !== 0 && fcb.FCB$V_MARKDEL === 0) yield* this.finishWriting(id, fcb);
    } catch (error) {
      if (!(error instanceof FileFailure)) throw error;
      status = error.status;
    }
    const { fib } = request;
    request.fileId = id;
    if (fcb.FCB$V_BADBLK !== 0) yield* this.markBad(id);
    if (fcb.FCB$V_MARKDEL === 0) yield* this.keepFromExpiring(id);
    this.letGo(wcb, fcb);
    request.ccb.CCB$L_WIND = 0;
    if (fcb.FCB$W_REFCNT > 0) return status;
    const isDeleted = fcb.FCB$V_MARKDEL !== 0;
    releaseFcb(k, fcb);
    structure.released?.(id);
    if (isDeleted) yield* this.destroy(id);
    fib.FIB$L_EXSZ = 0;
    return status;
  }

  /** The header says what the FCB has said since a transfer failed. @source book 19.1.3 */
  private *markBad(id: FileId): BlockFlow<void> {
    const header = yield* this.structure.header(id);
    const view = headerOf(header);
    if ((view.FH2$L_FILECHAR & FCH$M_BADBLOCK) !== 0) return;
    view.FH2$L_FILECHAR = view.FH2$L_FILECHAR | FCH$M_BADBLOCK;
    yield* this.structure.storeHeader(id, header);
  }

  /** SET VOLUME/RETENTION: a file that is used expires later. @source DCL Dictionary, SET VOLUME */
  private *keepFromExpiring(id: FileId): BlockFlow<void> {
    const { VCB$Q_RETAINMIN: least, VCB$Q_RETAINMAX: most, VCB$V_NOALLOC: isLocked } = VCB.at(this.k, this.vcb);
    if (most === 0n || isLocked !== 0) return;
    const header = yield* this.structure.header(id);
    const ident = identOf(header);
    const now = this.k.sys.EXE$GQ_SYSTIME;
    // Delta times are negative.
    if (ident.FI2$Q_EXPDATE >= now - BigInt.asIntN(64, least)) return;
    ident.FI2$Q_EXPDATE = now - BigInt.asIntN(64, most);
    yield* this.structure.storeHeader(id, header);
  }

  private letGo(wcb: ReturnType<typeof WCB.at>, fcb: FcbView): void {
    const { k } = this;
    fcb.FCB$W_REFCNT = fcb.FCB$W_REFCNT - 1;
    fcb.FCB$W_ACNT = fcb.FCB$W_ACNT - 1;
    if (wcb.WCB$V_WRITE !== 0) {
      fcb.FCB$W_WCNT = fcb.FCB$W_WCNT - 1;
      noteWriter(k, this.vcb, this.request.ucb.address, fcb);
    }
    if (wcb.WCB$V_NOWRITE !== 0) fcb.FCB$W_LCNT = fcb.FCB$W_LCNT - 1;
    if (wcb.WCB$V_NOTRUNC !== 0) fcb.FCB$W_TCNT = fcb.FCB$W_TCNT - 1;
    fcb.FCB$V_EXCL = 0;
    const vcb = VCB.at(k, this.vcb);
    vcb.VCB$W_TRANS = Math.max(0, vcb.VCB$W_TRANS - 1);
    releaseWindow(k, wcb);
  }

  private *finishWriting(id: FileId, fcb: FcbView): BlockFlow<void> {
    const { k, request, structure } = this;
    const header = yield* structure.header(id);
    const ident = identOf(header);
    ident.FI2$W_REVISION = ident.FI2$W_REVISION + 1;
    ident.FI2$Q_REVDATE = k.sys.EXE$GQ_SYSTIME;
    for (const item of request.attributes) writeAttribute(item, header, false);
    yield* structure.storeHeader(id, header);
    if (request.fib.FIB$V_TRUNC !== 0 && fcb.FCB$W_ACNT === 1) yield* this.cutOff(id);
    refreshFcb(fcb, yield* structure.header(id));
    yield* structure.closed(id);
  }

  // IO$_MODIFY, IO$_DELETE, IO$_ACPCONTROL ----------------------------------------------------------------------------

  /** Writes attributes, extends or truncates the file on the channel, or the one the FIB tells. */
  private *modify(): BlockFlow<number> {
    const { k, request, structure } = this;
    request.requireFib();
    this.requireWritable();
    const window = windowOfChannel(k, request.ccb);
    if (request.directoryId.number !== 0 && request.hasName) yield* this.lookUp();
    const open = window === 0 ? undefined : WCB.at(k, window);
    const isOpenFile = open !== undefined && (request.fileId.number === 0 || fileIdAt(FCB.at(k, open.WCB$L_FCB).FCB$T_FID).number === request.fileId.number);
    if (isOpenFile) request.fileId = fileIdAt(FCB.at(k, open.WCB$L_FCB).FCB$T_FID);
    if (request.fileId.number === 0) fail(SS$_FILNOTACC);
    const id = request.fileId;
    const header = yield* structure.header(id);
    const items = request.attributes;
    const changesAcl = items.some(({ code }) => ACL_CHANGES.includes(code));
    if (changesAcl) requireAccess(k, header, FILE_CONTROL);
    else if (!isOpenFile || open.WCB$V_WRITE === 0) requireAccess(k, header, FILE_WRITE);
    let status: number = SS$_NORMAL;
    if (items.length > 0) {
      const owner = headerOf(header).FH2$L_FILEOWNER;
      for (const item of items) writeAttribute(item, header, false);
      const newOwner = headerOf(header).FH2$L_FILEOWNER;
      if (newOwner !== owner && structure.accounts) yield* this.changeOwner(owner, newOwner, yield* structure.accounts.cost(id));
      yield* structure.storeHeader(id, header);
    }
    if (request.fib.FIB$V_EXTEND !== 0) status = yield* this.extend(id, 'overdraft');
    else if (request.fib.FIB$V_TRUNC !== 0) yield* this.cutOff(id);
    const fcb = findFcb(k, this.vcb, id);
    if (fcb) refreshFcb(fcb, yield* structure.header(id));
    return status;
  }

  /** Adds FIB$L_EXSZ blocks; the FIB then says which and how many. @returns SS$_NORMAL, SS$_OVRDSKQUOTA */
  private *extend(id: FileId, limit: ChargeLimit): BlockFlow<number> {
    const { fib } = this.request;
    const { accounts } = this.structure;
    const wanted = fib.FIB$V_ALDEF !== 0 ? Math.max(fib.FIB$L_EXSZ, this.structure.defaultExtend) : fib.FIB$L_EXSZ;
    if (!accounts) {
      yield* this.addBlocks(id, wanted);
      return SS$_NORMAL;
    }
    // The blocks are charged before they are there; what they turn out to cost is settled afterwards.
    const [owner, before, expected] = [yield* accounts.owner(id), yield* accounts.cost(id), accounts.clusters(wanted)];
    const status = yield* accounts.charge(owner, expected, limit);
    let cost = before;
    try {
      yield* this.addBlocks(id, wanted);
      cost = yield* accounts.cost(id);
    } finally {
      yield* accounts.charge(owner, cost - before - expected, 'none');
    }
    return status;
  }

  private *addBlocks(id: FileId, wanted: number): BlockFlow<void> {
    const { fib } = this.request;
    const added = yield* this.structure.extend(id, wanted, { contiguous: fib.FIB$V_ALCON !== 0 && fib.FIB$V_ALCONB === 0, bestTry: fib.FIB$V_ALCONB !== 0 });
    fib.FIB$L_EXSZ = added.blocks;
    fib.FIB$L_EXVBN = added.vbn;
    if (fib.FIB$V_FILCON !== 0) {
      const extents = yield* this.structure.map(id);
      const header = yield* this.structure.header(id);
      if (extents?.length === 1) headerOf(header).FH2$L_FILECHAR = headerOf(header).FH2$L_FILECHAR | FCH$M_CONTIG;
      yield* this.structure.storeHeader(id, header);
    }
    yield* this.remap(id);
  }

  /** Cuts the file off at FIB$L_EXVBN; the FIB then says from where and how many blocks. */
  private *cutOff(id: FileId): BlockFlow<void> {
    const { fib } = this.request;
    if (fib.FIB$L_EXVBN === 0) fail(SS$_BADPARAM);
    const areBad = fib.FIB$V_MARKBAD !== 0;
    if (areBad && ![PRV$V_SYSPRV, PRV$V_BYPASS].some((privilege) => hasPrivilege(this.k, privilege))) fail(SS$_NOPRIV);
    const removed = yield* this.adjusting(id, this.structure.truncate(id, fib.FIB$L_EXVBN - 1, areBad));
    fib.FIB$L_EXSZ = removed;
    const extents = yield* this.structure.map(id);
    if (extents) fib.FIB$L_EXVBN = blocksIn(extents) + 1;
    yield* this.remap(id);
  }

  /** The windows of a file follow its new map. */
  private *remap(id: FileId): BlockFlow<void> {
    const fcb = findFcb(this.k, this.vcb, id);
    const extents = fcb ? yield* this.structure.map(id) : undefined;
    if (!fcb || !extents) return;
    fcb.FCB$L_STLBN = extents.length === 1 ? extents[0]!.lbn : 0;
    remapWindows(this.k, fcb, extents);
  }

  /** Takes a file out of a directory; with IO$M_DELETE deletes it too. */
  private *deleteFile(): BlockFlow<number> {
    const { k, request, structure } = this;
    request.requireFib();
    this.requireWritable();
    const directory = request.directoryId;
    const isNamed = directory.number !== 0 && (request.hasName || request.fib.FIB$V_FINDFID !== 0);
    let entry: { name: string; version: number } | undefined;
    if (isNamed) {
      requireAccess(k, yield* structure.header(directory), FILE_WRITE);
      const wanted = request.fileId;
      if (request.fib.FIB$V_FINDFID !== 0) {
        entry = (yield* structure.entries(directory)).find(({ id }) => id.number === wanted.number && id.sequence === wanted.sequence) ?? fail(SS$_NOSUCHFILE);
      } else {
        const pattern = requestedName(request.name);
        const found = matching(pattern.hasWildcard ? yield* structure.entries(directory) : yield* structure.versions(directory, pattern.name), pattern)[0]
          ?? fail(SS$_NOSUCHFILE);
        entry = found;
        request.fileId = found.id;
      }
      request.setResult(entryText(entry));
    }
    if (request.modifiers & IO$M_DELETE) {
      requireAccess(k, yield* structure.header(request.fileId), FILE_DELETE);
      this.requireNoOtherWriter(request.fileId);
      yield* this.requireDeletable(request.fileId);
    }
    if (entry) yield* structure.remove(directory, entry.name, entry.version);
    if (request.modifiers & IO$M_DELETE) yield* this.discard(request.fileId);
    return SS$_NORMAL;
  }

  /** A file that somebody else writes stays, as PURGE finds with the log of a batch job; readers keep what they have open. Fails with SS$_ACCONFLICT. */
  private requireNoOtherWriter(id: FileId): void {
    const fcb = findFcb(this.k, this.vcb, id);
    if (!fcb) return;
    const window = windowOfChannel(this.k, this.request.ccb);
    const isOwn = window !== 0 && WCB.at(this.k, window).WCB$L_FCB === fcb.address && WCB.at(this.k, window).WCB$V_WRITE !== 0;
    if (fcb.FCB$W_WCNT > (isOwn ? 1 : 0)) fail(SS$_ACCONFLICT);
  }

  /** A directory with files in it stays. */
  private *requireDeletable(id: FileId): BlockFlow<void> {
    const header = yield* this.structure.header(id);
    if ((headerOf(header).FH2$L_FILECHAR & FCH$M_DIRECTORY) === 0) return;
    if ((yield* this.structure.entries(id)).length > 0) fail(SS$_DIRNOTEMPTY);
  }

  private control(): number {
    switch (this.request.fib.FIB$W_EXCTL) {
      // Windows are always whole, and what is in the block buffer cache is on the disk too.
      case FIB$C_REMAP: case FIB$C_FLUSH_CACHE: return SS$_NORMAL;
      default: return SS$_ILLIOFUNC;
    }
  }
}
