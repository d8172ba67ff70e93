import type { Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import { FAB, FAB$C_BID, FAB$C_BLN, FAB$C_IDX, FAB$C_REL, FAB$M_GET, FAB$M_SHRGET, FAB$M_SHRPUT } from '../../executive/starlet/fabdef.js';
import { NAM, NAM$C_BID, NAM$C_BLN } from '../../executive/starlet/namdef.js';
import * as xabdef from '../../executive/starlet/xabdef.js';
import { filePlace } from '../../executive/image/image-file.js';
import { findKnownFile, findKnownImage, knownFileId } from '../../executive/image/known-files.js';
import { bytesToText, readCounted, readQuad, textToBytes } from '../../executive/structures/memory.js';
import { ownerText } from '../../executive/information/rights-services.js';
import { CLI$_IVKEYW, STS$M_INHIB_MSG } from '../condition-codes.js';
import { check, fail } from '../condition.js';
import { LATER_ATTRIBUTES } from '../level.js';
import type { Dcl } from '../interpreter/session.js';
import { formatText } from '../item-information.js';
import { upcase } from '../language/characters.js';
import type { Value } from '../language/value.js';
import { protectionText } from './environment.js';
import { parameters, truth, type Lexical, type LexicalArguments } from './lexical.js';

/** F$FILE_ATTRIBUTES(spec, item): the file is opened with the XABs that carry its header and closed again. */

const FORMATS = ['UDF', 'FIX', 'VAR', 'VFC', 'STM', 'STMLF', 'STMCR'];
const ITEMS = new Set([
  'ALQ', 'BDT', 'BKS', 'BLS', 'CBT', 'CDT', 'CTG', 'DEQ', 'DID', 'DVI', 'EDT', 'EOF', 'FFB', 'FID', 'FSZ', 'GBC', 'GRP', 'KNOWN', 'LRL', 'MBM', 'MRN', 'MRS',
  'ORG', 'PRO', 'PVN', 'RAT', 'RCK', 'RDT', 'RFM', 'RVN', 'UIC', 'VERLIMIT', 'WCK', 'DIRECTORY', 'NOA', 'NOK', 'AI', 'BI', 'RU', 'ERASE', 'JOURNAL_FILE', 'LOCKED', 'STORED_SEMANTICS', 'FILE_LENGTH_HINT',
]);

function* attributes(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const item = args.keyword(1);
  if (!ITEMS.has(item) || (dcl.strict && LATER_ATTRIBUTES.has(item))) fail(CLI$_IVKEYW, { token: item });
  const spec = upcase(args.text(0));
  const p = dcl.outside.procedure;
  const { memory } = p;
  return yield* p.scratch(function* (): Flow<Value> {
    const fab = FAB.at(memory, p.allocate(FAB$C_BLN));
    const nam = NAM.at(memory, p.allocate(NAM$C_BLN));
    const strings = p.allocate(512);
    const xab = (structure: { readonly size: number }, code: number): number => {
      const at = p.allocate(structure.size);
      memory.writeByte(at, code);
      memory.writeByte(at + 1, structure.size);
      memory.writeLong(at + 4, fab.FAB$L_XAB);
      fab.FAB$L_XAB = at;
      return at;
    };
    fab.FAB$B_BID = FAB$C_BID;
    fab.FAB$B_BLN = FAB$C_BLN;
    fab.FAB$L_NAM = nam.address;
    fab.FAB$L_FNA = p.bytes(textToBytes(spec.slice(0, 255)));
    fab.FAB$B_FNS = Math.min(spec.length, 255);
    fab.FAB$B_FAC = FAB$M_GET;
    fab.FAB$B_SHR = FAB$M_SHRGET | FAB$M_SHRPUT;
    nam.NAM$B_BID = NAM$C_BID;
    nam.NAM$B_BLN = NAM$C_BLN;
    nam.NAM$L_ESA = strings;
    nam.NAM$B_ESS = 255;
    nam.NAM$L_RSA = strings + 256;
    nam.NAM$B_RSS = 255;
    const dates = xabdef.XABDAT.at(memory, xab(xabdef.XABDAT, xabdef.XAB$C_DAT));
    const protection = xabdef.XABPRO.at(memory, xab(xabdef.XABPRO, xabdef.XAB$C_PRO));
    const header = xabdef.XABFHC.at(memory, xab(xabdef.XABFHC, xabdef.XAB$C_FHC));
    const revision = xabdef.XABRDT.at(memory, xab(xabdef.XABRDT, xabdef.XAB$C_RDT));
    const summary = xabdef.XABSUM.at(memory, xab(xabdef.XABSUM, xabdef.XAB$C_SUM));
    const status = yield* service(p, '$OPEN', { fab: fab.address });
    if ((status & 1) === 0) return fail(status);
    const fid = (at: number): string => `(${memory.readWord(at)},${memory.readWord(at + 2)},${memory.readWord(at + 4)})`;
    const date = function* (time: bigint): Flow<Value> { return time === 0n ? '' : (yield* formatText(p, '!%D', [time])).text.padStart(23); };
    const value = yield* itemValue();
    check((yield* service(p, '$CLOSE', { fab: fab.address })) | STS$M_INHIB_MSG);
    return value;

    /** Installed: the file that the known file entry of this name stands for is this one. */
    function* isKnown(): Flow<boolean> {
      const name = bytesToText(memory.readBytes(nam.NAM$L_NAME, nam.NAM$B_NAME));
      const { kernel } = p;
      const installed = findKnownFile(kernel, kernel.sys.EXE$GL_KNOWN_FILES, filePlace(p, nam));
      if (installed !== 0) return knownFileId(kernel, installed).every((byte, index) => byte === nam.NAM$T_FID[index]);
      if (findKnownImage(kernel, kernel.sys.EXE$GL_KNOWN_FILES, name) === 0) return false;
      const [mine, device] = [nam.NAM$T_FID, nam.NAM$T_DVI];
      const other = NAM.at(memory, p.allocate(NAM$C_BLN));
      const known = FAB.at(memory, p.allocate(FAB$C_BLN));
      known.FAB$B_BID = FAB$C_BID;
      known.FAB$B_BLN = FAB$C_BLN;
      known.FAB$L_NAM = other.address;
      const text = `SYS$SYSTEM:${name}.EXE`;
      known.FAB$L_FNA = p.bytes(textToBytes(text));
      known.FAB$B_FNS = text.length;
      known.FAB$B_FAC = FAB$M_GET;
      known.FAB$B_SHR = FAB$M_SHRGET | FAB$M_SHRPUT;
      other.NAM$B_BID = NAM$C_BID;
      other.NAM$B_BLN = NAM$C_BLN;
      const opened = yield* service(p, '$OPEN', { fab: known.address });
      if ((opened & 1) === 0) return false;
      const same = other.NAM$T_FID.every((byte, index) => byte === mine[index]) && other.NAM$T_DVI.every((byte, index) => byte === device[index]);
      yield* service(p, '$CLOSE', { fab: known.address });
      return same;
    }

    function* itemValue(): Flow<Value> {
      switch (item) {
        case 'ALQ': return fab.FAB$L_ALQ | 0;
        case 'BKS': return fab.FAB$B_BKS;
        case 'BLS': return fab.FAB$W_BLS;
        case 'CBT': return truth(fab.FAB$V_CBT !== 0);
        case 'CTG': return truth(fab.FAB$V_CTG !== 0);
        case 'DEQ': return fab.FAB$W_DEQ;
        case 'FSZ': return fab.FAB$B_FSZ;
        case 'GBC': return fab.FAB$W_GBC;
        case 'MRN': return fab.FAB$L_MRN;
        case 'MRS': return fab.FAB$W_MRS;
        case 'RCK': return truth(fab.FAB$V_RCK !== 0);
        case 'WCK': return truth(fab.FAB$V_WCK !== 0);
        case 'ORG': return fab.FAB$B_ORG === FAB$C_REL ? 'REL' : fab.FAB$B_ORG === FAB$C_IDX ? 'IDX' : 'SEQ';
        case 'RFM': return FORMATS[fab.FAB$B_RFM] ?? 'UDF';
        case 'RAT': return fab.FAB$V_FTN !== 0 ? 'FTN' : fab.FAB$V_PRN !== 0 ? 'PRN' : fab.FAB$V_CR !== 0 ? 'CR' : fab.FAB$V_BLK !== 0 ? 'BLK' : '';
        case 'FID': return fid(nam.address + NAM.offset.NAM$T_FID);
        case 'DID': return fid(nam.address + NAM.offset.NAM$T_DID);
        case 'DVI': return `_${readCounted(memory, nam.address + NAM.offset.NAM$T_DVI)}:`;
        case 'EOF': return header.XAB$W_FFB === 0 && header.XAB$L_EBK > 0 ? header.XAB$L_EBK - 1 : header.XAB$L_EBK;
        case 'FFB': return header.XAB$W_FFB;
        case 'LRL': return header.XAB$W_LRL;
        case 'VERLIMIT': return header.XAB$W_VERLIMIT;
        case 'CDT': return yield* date(readQuad(memory, dates.address + xabdef.XABDAT.offset.XAB$Q_CDT));
        case 'EDT': return yield* date(readQuad(memory, dates.address + xabdef.XABDAT.offset.XAB$Q_EDT));
        case 'BDT': return yield* date(readQuad(memory, dates.address + xabdef.XABDAT.offset.XAB$Q_BDT));
        case 'RDT': return yield* date(readQuad(memory, revision.address + xabdef.XABRDT.offset.XAB$Q_RDT));
        case 'RVN': return revision.XAB$W_RVN;
        case 'PRO': return protectionText(protection.XAB$W_PRO);
        case 'UIC': return yield* ownerText(p, protection.XAB$L_UIC);
        case 'GRP': return protection.XAB$L_UIC >>> 16;
        case 'MBM': return protection.XAB$L_UIC & 0xffff;
        case 'NOA': return summary.XAB$B_NOA;
        case 'NOK': return summary.XAB$B_NOK;
        case 'PVN': return summary.XAB$W_PVN;
        // No file here is journaled, erased on deletion, or locked after a failed deaccess; none has a hint of its length.
        case 'AI': case 'BI': case 'RU': case 'ERASE': case 'JOURNAL_FILE': case 'LOCKED': return 'FALSE';
        case 'STORED_SEMANTICS': return '';
        case 'FILE_LENGTH_HINT': return '(-1,-1)';
        case 'KNOWN': return truth(yield* isKnown());
        case 'DIRECTORY': return truth(/\.DIR;?\d*$/.test(spec));
        default: return 0;
      }
    }
  });
}

export const FILE_ATTRIBUTES: Lexical = { name: 'F$FILE_ATTRIBUTES', parameters: parameters('string', 'string'), run: attributes };
