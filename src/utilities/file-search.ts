import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { NAM } from '../executive/starlet/namdef.js';
import { RMS$_NMF } from '../executive/starlet/rmsdef.js';
import { bytesToText, readCounted } from '../executive/structures/memory.js';
import { upcase } from '../dcl/language/characters.js';
import { endOfFileBlock, highestBlock } from '../filesystem/atr.js';
import { identOf, recordAttributesOf } from '../filesystem/files.js';
import { aclOf } from '../filesystem/acl.js';
import { headerOf } from '../filesystem/on-disk.js';
import { headerBlock } from './file-functions.js';
import { fileBlocks, nameOf, type FileFailure, type NamedBlocks } from './files.js';

/** Finding the files of a list of specifications, with wildcards and search lists, through $PARSE and $SEARCH. */
export interface FoundFile {
  /** The whole specification. */
  readonly spec: string;
  /** Device and directory. */
  readonly directory: string;
  readonly name: string;
  /** With its period. */
  readonly type: string;
  /** With its semicolon. */
  readonly version: string;
  /** File number, sequence number, relative volume. */
  readonly fid: readonly [number, number, number];
  /** File ID of the directory. */
  readonly did: Uint8Array;
  /** Device name, without underscore and colon. */
  readonly device: string;
}

export interface ParsedName {
  /** Expanded specification. */
  readonly spec: string;
  readonly directory: string;
  /** NAM$L_FNB. */
  readonly status: number;
  /** NAM$V_WILDCARD and the like, as $PARSE set them. */
  readonly hasWildcard: boolean;
  readonly hasVersion: boolean;
}

export interface SearchResult {
  readonly parsed?: ParsedName;
  readonly files: readonly FoundFile[];
  /** Why the search ended, unless it was at the last file. */
  readonly failure?: FileFailure;
}

function found(p: Procedure, blocks: NamedBlocks): FoundFile {
  const { nam } = blocks;
  const part = (address: number, length: number): string => bytesToText(p.memory.readBytes(address, length));
  return {
    spec: nameOf(p, blocks, ''),
    directory: part(nam.NAM$L_DEV, nam.NAM$B_DEV) + part(nam.NAM$L_DIR, nam.NAM$B_DIR),
    name: part(nam.NAM$L_NAME, nam.NAM$B_NAME), type: part(nam.NAM$L_TYPE, nam.NAM$B_TYPE), version: part(nam.NAM$L_VER, nam.NAM$B_VER),
    fid: [nam.NAM$W_FID_NUM, nam.NAM$W_FID_SEQ, nam.NAM$W_FID_RVN],
    did: nam.NAM$T_DID, device: readCounted(p.memory, nam.address + NAM.offset.NAM$T_DVI),
  };
}

/**
 * Files of one specification, in the order of their directories.
 *
 * @param related  the specification before it in the list: its device, directory, name and type fill what is missing
 */
export function* findFiles(p: Procedure, spec: string, defaults: string, related = ''): Flow<SearchResult> {
  return yield* p.scratch(function* () {
    const blocks = fileBlocks(p, spec, { defaults, related });
    const { fab, nam } = blocks;
    const status = yield* service(p, '$PARSE', { fab: fab.address });
    if (!(status & 1)) return { files: [], failure: { spec: nameOf(p, blocks, spec), status, stv: fab.FAB$L_STV } };
    const expanded = found(p, blocks);
    const parsed: ParsedName = {
      spec: expanded.spec, directory: expanded.directory, status: nam.NAM$L_FNB, hasWildcard: nam.NAM$V_WILDCARD !== 0, hasVersion: nam.NAM$V_EXP_VER !== 0,
    };
    const files: FoundFile[] = [];
    for (;;) {
      const searched = yield* service(p, '$SEARCH', { fab: fab.address });
      if (!(searched & 1)) {
        if (searched === RMS$_NMF) return { parsed, files };
        return { parsed, files, failure: { spec: parsed.spec, status: searched, stv: fab.FAB$L_STV } };
      }
      const file = found(p, blocks);
      // A process permanent file (SYS$INPUT of a procedure) has a device but no file name: it is opened again by the name that led to it.
      if (nam.NAM$V_PPF !== 0) return { parsed: { ...parsed, spec: upcase(spec) }, files: [{ ...file, spec: upcase(spec) }] };
      files.push(file);
    }
  });
}

/** What a file header says. */
export interface FileHeader {
  readonly allocated: number;
  readonly used: number;
  readonly created: bigint;
  readonly revised: bigint;
  readonly expires: bigint;
  readonly backup: bigint;
  readonly revision: number;
  readonly owner: number;
  readonly protection: number;
  readonly format: number;
  readonly attributes: number;
  readonly organization: number;
  readonly recordSize: number;
  readonly longestRecord: number;
  readonly controlSize: number;
  readonly extension: number;
  readonly globalBuffers: number;
  readonly bucketSize: number;
  /** Of a directory: version limit of the files made in it. */
  readonly versionLimit: number;
  /** FCH$M_ bits. */
  readonly characteristics: number;
  readonly endBlock: number;
  readonly firstFreeByte: number;
  /** Access control list entries. */
  readonly acl: Uint8Array;
}

/** Reads a file's header, without opening the file. */
export function* readHeader(p: Procedure, file: FoundFile): Flow<FileHeader | FileFailure> {
  const block = yield* headerBlock(p, file);
  return block instanceof Uint8Array ? headerFields(block) : block;
}

export function headerFields(block: Uint8Array): FileHeader {
  const header = headerOf(block);
  const ident = identOf(block);
  const fat = recordAttributesOf(block);
  const end = endOfFileBlock(fat);
  return {
    acl: aclOf(block), allocated: highestBlock(fat), used: fat.FAT$W_FFBYTE === 0 ? Math.max(0, end - 1) : end, created: ident.FI2$Q_CREDATE, revised: ident.FI2$Q_REVDATE,
    expires: ident.FI2$Q_EXPDATE, backup: ident.FI2$Q_BAKDATE, revision: ident.FI2$W_REVISION, owner: header.FH2$L_FILEOWNER,
    protection: header.FH2$W_FILEPROT, format: fat.FAT$V_RTYPE, attributes: fat.FAT$B_RATTRIB, organization: fat.FAT$V_FILEORG << 4,
    recordSize: fat.FAT$W_MAXREC, longestRecord: fat.FAT$W_RSIZE, controlSize: fat.FAT$B_VFCSIZE, extension: fat.FAT$W_DEFEXT,
    globalBuffers: fat.FAT$W_GBC, bucketSize: fat.FAT$B_BKTSIZE, versionLimit: fat.FAT$W_VERSIONS, characteristics: header.FH2$L_FILECHAR,
    endBlock: end, firstFreeByte: fat.FAT$W_FFBYTE,
  };
}

/** Files of a list; each specification fills in what the next leaves out. Failures go to `failed`, and the list goes on. */
export function* findAll(
  p: Procedure, specs: readonly string[], defaults: string, failed: (failure: FileFailure) => Flow<void>,
): Flow<FoundFile[]> {
  const files: FoundFile[] = [];
  let related = '';
  for (const spec of specs) {
    const result = yield* findFiles(p, spec, defaults, related);
    files.push(...result.files);
    if (result.failure) yield* failed(result.failure);
    related = result.parsed?.spec ?? related;
  }
  return files;
}
