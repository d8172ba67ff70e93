import { FAB$C_REL } from '../../executive/starlet/fabdef.js';
import { XAB$M_CHG, XAB$M_DUP, XAB$M_NUL } from '../../executive/starlet/xabdef.js';
import type { Analysis, FileShape } from '../../rms/analyze/analysis.js';
import { KEY$M_IDX_COMPR, KEY$M_KEY_COMPR, KEY$M_REC_COMPR } from '../../rms/index/keys.js';
import type { FileDesign } from './design.js';

/** The design of a file that is there: what ANALYZE/RMS_FILE/FDL writes, and CONVERT makes a like file from. */
const BLOCK = 512;
const WHOLE = 100;
/** XAB$M_IDX_NCMPR and so on are these bits, the other way round. */
const COMPRESSIONS = KEY$M_IDX_COMPR | KEY$M_KEY_COMPR | KEY$M_REC_COMPR;

function percent(bytes: number, blocks: number): number {
  return bytes === 0 ? WHOLE : Math.min(WHOLE, Math.ceil(bytes * WHOLE / (blocks * BLOCK)));
}

export function designOfFile(shape: FileShape, analysis: Analysis, contiguous = false, bestTry = false): FileDesign {
  return {
    organization: shape.organization, format: shape.format, attributes: shape.attributes, recordSize: shape.maximum, controlSize: shape.controlSize,
    allocation: shape.allocated, extension: shape.extension, bucketSize: shape.bucketSize,
    maximumRecord: shape.organization === FAB$C_REL ? analysis.relative?.maximum ?? 0 : 0, globalBuffers: shape.globalBuffers, contiguous, bestTry, createIf: false,
    maximizeVersion: false, supersede: false, name: '', defaultName: '', protection: '', owner: '',
    areas: analysis.areas.map((area) => ({
      number: area.number, allocation: area.total, bucketSize: area.bucketSize, extension: area.extension, contiguous: false, bestTry: false,
    })),
    keys: analysis.keys.map((key) => ({
      number: key.reference, name: key.name, type: key.type, flags: (key.flags & (XAB$M_DUP | XAB$M_CHG | XAB$M_NUL)) | (~key.flags & COMPRESSIONS), nullValue: key.nullValue,
      segments: key.segments, dataArea: key.dataArea, indexArea: key.indexArea, lowestArea: key.lowestArea, dataFill: percent(key.dataFill, key.dataBlocks),
      indexFill: percent(key.indexFill, key.indexBlocks), prolog: 3,
    })),
  };
}
