import type { Flow } from '../../executive/gate/microroutine.js';
import { FAB$C_IDX, FAB$C_REL } from '../../executive/starlet/fabdef.js';
import type { Analysis, BlockReader, FileShape } from './analysis.js';
import { analyzeIndexed } from './indexed.js';
import { analyzeRelative } from './relative.js';
import { analyzeSequential } from './sequential.js';

/** Analyzes a file of any organization. */
export function analyzeFile(read: BlockReader, shape: FileShape): Flow<Analysis> {
  if (shape.organization === FAB$C_IDX) return analyzeIndexed(read, shape);
  return shape.organization === FAB$C_REL ? analyzeRelative(read, shape) : analyzeSequential(read, shape);
}
