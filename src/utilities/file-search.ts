import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { FAB$M_GET, FAB$M_SHRDEL, FAB$M_SHRGET, FAB$M_SHRPUT, FAB$M_SHRUPD } from '../executive/starlet/fabdef.js';
import { RMS$_NMF } from '../executive/starlet/rmsdef.js';
import * as XAB from '../executive/starlet/xabdef.js';
import { bytesToText, readQuad } from '../executive/structures/memory.js';
import { upcase } from '../dcl/language/characters.js';
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
}

/** Opens a file for its header. */
export function* readHeader(p: Procedure, spec: string): Flow<FileHeader | FileFailure> {
  return yield* p.scratch(function* () {
    const blocks = fileBlocks(p, spec);
    const { fab } = blocks;
    const dates = XAB.XABDAT.at(p.memory, p.allocate(XAB.XABDAT.size));
    dates.XAB$B_COD = XAB.XAB$C_DAT;
    dates.XAB$B_BLN = XAB.XAB$C_DATLEN;
    const header = XAB.XABFHC.at(p.memory, p.allocate(XAB.XABFHC.size));
    header.XAB$B_COD = XAB.XAB$C_FHC;
    header.XAB$B_BLN = XAB.XAB$C_FHCLEN;
    header.XAB$L_NXT = dates.address;
    const protection = XAB.XABPRO.at(p.memory, p.allocate(XAB.XABPRO.size));
    protection.XAB$B_COD = XAB.XAB$C_PRO;
    protection.XAB$B_BLN = XAB.XAB$C_PROLEN;
    protection.XAB$L_NXT = header.address;
    fab.FAB$L_XAB = protection.address;
    fab.FAB$B_FAC = FAB$M_GET;
    fab.FAB$B_SHR = FAB$M_SHRGET | FAB$M_SHRPUT | FAB$M_SHRUPD | FAB$M_SHRDEL;
    const status = yield* service(p, '$OPEN', { fab: fab.address });
    if (!(status & 1)) return { spec: nameOf(p, blocks, spec), status, stv: fab.FAB$L_STV };
    const date = (field: 'XAB$Q_CDT' | 'XAB$Q_RDT' | 'XAB$Q_EDT' | 'XAB$Q_BDT'): bigint => readQuad(p.memory, dates.address + XAB.XABDAT.offset[field]);
    const used = header.XAB$W_FFB === 0 ? Math.max(0, header.XAB$L_EBK - 1) : header.XAB$L_EBK;
    const answer: FileHeader = {
      allocated: header.XAB$L_HBK, used, created: date('XAB$Q_CDT'), revised: date('XAB$Q_RDT'), expires: date('XAB$Q_EDT'), backup: date('XAB$Q_BDT'),
      revision: dates.XAB$W_RVN, owner: protection.XAB$L_UIC, protection: protection.XAB$W_PRO, format: fab.FAB$B_RFM, attributes: fab.FAB$B_RAT,
      organization: fab.FAB$B_ORG, recordSize: fab.FAB$W_MRS, longestRecord: header.XAB$W_LRL, controlSize: fab.FAB$B_FSZ, extension: fab.FAB$W_DEQ,
    };
    yield* service(p, '$CLOSE', { fab: fab.address });
    return answer;
  });
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
