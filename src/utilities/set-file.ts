import { cliGetValue, cliGetValues, cliIsNegated, cliIsPresent } from '../dcl/cli-client.js';
import { timeOfText } from '../dcl/resolve-time.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { IO$_MODIFY } from '../executive/starlet/iodef.js';
import { SS$_ILLIOFUNC } from '../executive/starlet/ssdef.js';
import {
  ATR$C_EXPDATE, ATR$C_FPRO, ATR$C_RECATTR, ATR$C_UCHAR, ATR$C_UIC, FCH$M_DIRECTORY, FCH$M_ERASE, FCH$M_LOCKED, FCH$M_NOBACKUP, highestBlock, setEndOfFileBlock,
} from '../filesystem/atr.js';
import { FIB, FIB$M_TRUNC } from '../filesystem/fib.js';
import { HOST_DEVICE } from '../filesystem/host/units.js';
import { recordAttributesOf } from '../filesystem/files.js';
import { headerOf } from '../filesystem/on-disk.js';
import { aclChange, changeAcl, type AclChange } from './acl-edit.js';
import { fileFunction, headerBlock, longword, quadword, withChannel, word, type AttributeValue, type FibView } from './file-functions.js';
import { findAll, headerFields, type FileHeader, type FoundFile } from './file-search.js';
import { fileBlocks, reason, type FileFailure } from './files.js';
import { messageCode, report, sharedCode } from './messages.js';
import { applyProtection, defaultProtection, protectionCode, type ProtectionCode } from './protection.js';
import { selection, uicQualifier, type Selection } from './selection.js';

/**
 * SETFILE.EXE: SET FILE, SET DIRECTORY, SET ACL, SET PROTECTION, UNLOCK: changes of file headers and directory entries by the file system's own
 * functions; access control lists are changed by acl-edit.ts. There are no data checks on disks. @source DCL Dictionary
 */
const SET = 119;
const WARNING = 0;
/** Version limit that means none. */
const NO_LIMIT = 32767;

/** What is to become of a file: attributes to write, what the FIB asks for, entries to make or take away. */
interface Changes {
  readonly characteristics: { readonly set: number; readonly clear: number };
  readonly expiration: bigint | undefined;
  readonly extension: number | undefined;
  readonly globalBuffers: number | undefined;
  readonly owner: number | undefined;
  readonly protection: ProtectionCode | 'default' | undefined;
  /** Of the name; of a directory, of the files to be made in it. */
  readonly versionLimit: number | undefined;
  readonly endOfFile: boolean;
  readonly truncate: boolean;
  readonly acl: AclChange | undefined;
  readonly enter: string | undefined;
  readonly remove: boolean;
}

const NOTHING: Changes = {
  characteristics: { set: 0, clear: 0 }, expiration: undefined, extension: undefined, globalBuffers: undefined, owner: undefined, protection: undefined,
  versionLimit: undefined, endOfFile: false, truncate: false, acl: undefined, enter: undefined, remove: false,
};

function* numberOf(p: Procedure, qualifier: string): Flow<number | undefined> {
  return (yield* cliIsPresent(p, qualifier)) ? Number((yield* cliGetValue(p, qualifier)) ?? 0) : undefined;
}

/** Reads the qualifiers of SET FILE. @returns the status of a message */
function* fileChanges(p: Procedure): Flow<Changes | number> {
  let set = 0;
  let clear = 0;
  if (yield* cliIsNegated(p, 'BACKUP')) set |= FCH$M_NOBACKUP;
  else if (yield* cliIsPresent(p, 'BACKUP')) clear |= FCH$M_NOBACKUP;
  if (yield* cliIsNegated(p, 'ERASE_ON_DELETE')) clear |= FCH$M_ERASE;
  else if (yield* cliIsPresent(p, 'ERASE_ON_DELETE')) set |= FCH$M_ERASE;
  if (yield* cliIsPresent(p, 'UNLOCK')) clear |= FCH$M_LOCKED;
  const protection = yield* protectionCode(p, 'PROTECTION');
  if (typeof protection === 'number') return protection;
  const owner = (yield* cliIsPresent(p, 'OWNER_UIC')) ? yield* uicQualifier(p, 'OWNER_UIC') : undefined;
  if (typeof owner === 'number') return owner;
  const acl = yield* aclChange(p, false);
  if (typeof acl === 'number') return acl;
  const dated = yield* cliGetValue(p, 'EXPIRATION_DATE');
  const expiration = (yield* cliIsNegated(p, 'EXPIRATION_DATE')) ? 0n : dated === undefined ? undefined : yield* timeOfText(p, dated);
  return {
    characteristics: { set, clear }, expiration, extension: yield* numberOf(p, 'EXTENSION'), globalBuffers: yield* numberOf(p, 'GLOBAL_BUFFER'), owner: owner?.uic,
    protection: protection?.mask === 0 ? 'default' : protection, versionLimit: yield* numberOf(p, 'VERSION_LIMIT'), endOfFile: yield* cliIsPresent(p, 'END_OF_FILE'),
    truncate: yield* cliIsPresent(p, 'TRUNCATE'), acl, enter: yield* cliGetValue(p, 'ENTER'), remove: yield* cliIsPresent(p, 'REMOVE'),
  };
}

function* directoryChanges(p: Procedure): Flow<Changes | number> {
  const owner = (yield* cliIsPresent(p, 'OWNER_UIC')) ? yield* uicQualifier(p, 'OWNER_UIC') : undefined;
  if (typeof owner === 'number') return owner;
  const acl = yield* aclChange(p, false);
  if (typeof acl === 'number') return acl;
  return { ...NOTHING, acl, owner: owner?.uic, versionLimit: yield* numberOf(p, 'VERSION_LIMIT') };
}

/** SET PROTECTION[=code]: the code is the option's own value. */
function* optionProtection(p: Procedure): Flow<ProtectionCode | 'default' | number> {
  const code = yield* protectionCode(p, 'PROTECTION');
  return code === undefined || (typeof code !== 'number' && code.mask === 0) ? 'default' : code;
}

/** The header's new attributes. */
function attributesFor(p: Procedure, changes: Changes, block: Uint8Array, header: FileHeader): AttributeValue[] {
  const items: AttributeValue[] = [];
  const isDirectory = (header.characteristics & FCH$M_DIRECTORY) !== 0;
  const { set, clear } = changes.characteristics;
  if ((set | clear) !== 0) items.push({ code: ATR$C_UCHAR, bytes: longword((headerOf(block).FH2$L_FILECHAR & ~clear) | set) });
  if (changes.owner !== undefined) items.push({ code: ATR$C_UIC, bytes: longword(changes.owner) });
  if (changes.protection !== undefined) {
    const code = changes.protection;
    items.push({ code: ATR$C_FPRO, bytes: word(code === 'default' ? defaultProtection(p) : applyProtection(header.protection, code)) });
  }
  if (changes.expiration !== undefined) items.push({ code: ATR$C_EXPDATE, bytes: quadword(changes.expiration) });
  const limitsDirectory = isDirectory && changes.versionLimit !== undefined;
  if (changes.extension !== undefined || changes.globalBuffers !== undefined || changes.endOfFile || limitsDirectory) {
    const fat = recordAttributesOf(block);
    if (changes.extension !== undefined) fat.FAT$W_DEFEXT = changes.extension;
    if (changes.globalBuffers !== undefined) fat.FAT$W_GBC = changes.globalBuffers;
    if (limitsDirectory) fat.FAT$W_VERSIONS = changes.versionLimit;
    if (changes.endOfFile) {
      setEndOfFileBlock(fat, highestBlock(fat) + 1);
      fat.FAT$W_FFBYTE = 0;
    }
    items.push({ code: ATR$C_RECATTR, bytes: headerOf(block).FH2$R_RECATTR });
  }
  return items;
}

/** What the FIB asks for beside attributes: blocks cut off, a version limit of the name. */
function fibFor(p: Procedure, file: FoundFile, changes: Changes, header: FileHeader): ((fib: FibView) => void) | undefined {
  const isDirectory = (header.characteristics & FCH$M_DIRECTORY) !== 0;
  const limit = isDirectory ? undefined : changes.versionLimit;
  if (limit === undefined && !changes.truncate) return undefined;
  return (fib) => {
    if (limit !== undefined) {
      p.memory.writeBytes(fib.address + FIB.offset.FIB$W_DID_NUM, file.did);
      fib.FIB$W_VERLIMIT = limit === 0 ? NO_LIMIT : limit;
    }
    if (changes.truncate) {
      fib.FIB$W_EXCTL = FIB$M_TRUNC;
      fib.FIB$L_EXVBN = header.used + 1;
    }
  };
}

/** $ENTER of another name, $REMOVE of this one. */
function* changeEntries(p: Procedure, file: FoundFile, { enter, remove }: Changes): Flow<FileFailure | undefined> {
  return yield* p.scratch(function* (): Flow<FileFailure | undefined> {
    // A file of a host directory has one name: another one would be a rename.
    if (enter !== undefined && file.device.startsWith(HOST_DEVICE)) return { spec: enter, status: SS$_ILLIOFUNC, stv: 0 };
    if (enter !== undefined) {
      const { fab, nam } = fileBlocks(p, enter.toUpperCase(), { defaults: file.directory, related: file.spec });
      [nam.NAM$W_FID_NUM, nam.NAM$W_FID_SEQ, nam.NAM$W_FID_RVN] = file.fid;
      const status = yield* service(p, '$ENTER', { fab: fab.address });
      if (!(status & 1)) return { spec: enter, status, stv: fab.FAB$L_STV };
    }
    if (!remove) return undefined;
    const { fab } = fileBlocks(p, file.spec);
    const status = yield* service(p, '$REMOVE', { fab: fab.address });
    return status & 1 ? undefined : { spec: file.spec, status, stv: fab.FAB$L_STV };
  });
}

function* changeFile(p: Procedure, file: FoundFile, changes: Changes): Flow<FileFailure | undefined> {
  const block = yield* headerBlock(p, file);
  if (!(block instanceof Uint8Array)) return block;
  const header = headerFields(block);
  const attributes = attributesFor(p, changes, block, header);
  const prepare = fibFor(p, file, changes, header);
  if (attributes.length > 0 || prepare) {
    const named = changes.versionLimit !== undefined && (header.characteristics & FCH$M_DIRECTORY) === 0;
    const failed = yield* withChannel(p, file, (chan) => p.scratch(function* (): Flow<FileFailure | undefined> {
      const { status } = yield* fileFunction(p, chan, file, {
        func: IO$_MODIFY, attributes, ...(prepare ? { prepare } : {}), ...(named ? { name: `${file.name}${file.type}${file.version}` } : {}),
      });
      return status & 1 ? undefined : { spec: file.spec, status, stv: 0 };
    }));
    if (failed) return failed;
  }
  if (changes.acl) {
    const failed = yield* changeAcl(p, file, block, (header.characteristics & FCH$M_DIRECTORY) !== 0, changes.acl);
    if (failed) return failed;
  }
  return yield* changeEntries(p, file, changes);
}

/** Every file of the list that is picked. @returns the status of the last failure */
function* changeAll(p: Procedure, specs: readonly string[], changes: Changes, chosen: Selection, verb: string): Flow<number> {
  const log = yield* cliIsPresent(p, 'LOG');
  let status = 1;
  const files = yield* findAll(p, specs, '', function* (failure) {
    status = yield* report(p, { code: sharedCode(SET, 'searchFail', WARNING), args: [failure.spec] }, reason(failure));
  });
  for (const file of yield* chosen.filter(files)) {
    if (!(yield* chosen.confirmed(verb, file.spec))) continue;
    const failed = yield* changeFile(p, file, changes);
    if (failed) status = yield* report(p, { code: sharedCode(SET, 'writeError'), args: [file.spec] }, reason(failed));
    else if (log) yield* report(p, { code: messageCode('SET$_MODIFIED'), args: [file.spec] });
  }
  return status;
}

/** `[A.B]` names the file `[A]B.DIR`. */
function directoryFile(spec: string): string {
  const match = /^(.*[[<])(.*)([\]>])$/.exec(spec);
  if (!match) return spec;
  const [, head, path, tail] = match as unknown as [string, string, string, string];
  const at = path.lastIndexOf('.');
  return at < 0 ? `${head}000000${tail}${path}.DIR;1` : `${head}${path.slice(0, at)}${tail}${path.slice(at + 1)}.DIR;1`;
}

/** SET PROTECTION/DEFAULT. */
function* setDefault(p: Procedure): Flow<number> {
  const code = yield* protectionCode(p, 'PROTECTION');
  if (typeof code === 'number') return code;
  if (code === undefined || code.mask === 0) return 1;
  return yield* service(p, '$SETDFPROT', { newprot: p.bytes(word(applyProtection(defaultProtection(p), code))) });
}

const main = procedure('SETFILE$MAIN', function* (p) {
  const verb = ((yield* cliGetValue(p, '$VERB')) ?? '').toUpperCase();
  const option = verb.startsWith('UNL') ? 'UNLOCK' : (yield* cliGetValue(p, 'OPTION')) ?? '';
  if (option === 'PROTECTION' && (yield* cliIsPresent(p, 'DEFAULT'))) return yield* setDefault(p);
  const specs = yield* cliGetValues(p, 'FILE');
  const chosen = yield* selection(p, option === 'FILE' ? ['CREATED'] : undefined);
  if (typeof chosen === 'number') return chosen;
  let changes: Changes | number;
  switch (option) {
    case 'UNLOCK': changes = { ...NOTHING, characteristics: { set: 0, clear: FCH$M_LOCKED } }; break;
    case 'DIRECTORY': changes = yield* directoryChanges(p); break;
    case 'ACL': {
      yield* cliIsPresent(p, 'OBJECT_TYPE');
      const acl = yield* aclChange(p, true);
      changes = typeof acl === 'number' ? acl : { ...NOTHING, acl };
      break;
    }
    case 'PROTECTION': {
      const protection = yield* optionProtection(p);
      changes = typeof protection === 'number' ? protection : { ...NOTHING, protection };
      break;
    }
    default: changes = yield* fileChanges(p);
  }
  if (typeof changes === 'number') return changes;
  return yield* changeAll(p, option === 'DIRECTORY' ? specs.map(directoryFile) : specs, changes, chosen, option === 'UNLOCK' ? 'UNLOCK' : 'SET');
});

export const SET_FILE_IMAGE: ResidentImage = { name: 'SETFILE', transfer: 'SETFILE$MAIN', routines: [main] };
