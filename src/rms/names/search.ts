import type { Procedure } from '../../executive/gate/procedure.js';
import type { ThreadFlow } from '../../executive/gate/thread.js';
import { IO$_ACCESS } from '../../executive/starlet/iodef.js';
import { RMS$_FND, RMS$_FNF, RMS$_NMF } from '../../executive/starlet/rmsdef.js';
import { readCounted, writeCounted } from '../../executive/structures/memory.js';
import { FIB$M_WILD } from '../../filesystem/fib.js';
import { fileFailure, fileFunction, fileId, MFD, succeeded, type FileResult } from '../acp.js';
import type { Completion, IoContext } from '../operation.js';
import type { Swb } from '../segments.js';
import { SWB, SWB$C_LEVELS, SWL } from '../structures.js';
import { ELLIPSIS, hasWildcard } from './file-spec.js';

/**
 * The walk of a wildcard search: depth first through the directories that match, a directory's own files before those below it. Where it
 * stands is in the search work block, a level for each directory on the way.
 */
export interface SearchPattern {
  /** Directories from the master file directory down, with wildcards and ellipses. */
  readonly directories: readonly string[];
  /** NAME.TYPE;VERSION. */
  readonly file: string;
}

export interface FoundFile {
  readonly directories: readonly string[];
  /** NAME.TYPE;VERSION. */
  readonly name: string;
  readonly fid: Uint8Array;
  readonly did: Uint8Array;
}

type Level = ReturnType<typeof SWL.at>;

function level(p: Procedure, swb: Swb, number: number): Level {
  return SWL.at(p.memory, swb.address + SWB.offset.SWB$T_LEVELS + number * SWL.size);
}

const NAME_AT = SWL.offset.SWL$T_NAME;

function push(p: Procedure, swb: Swb, did: Uint8Array, index: number, name: string): boolean {
  const depth = swb.SWB$B_DEPTH;
  if (depth >= SWB$C_LEVELS) return false;
  const added = level(p, swb, depth);
  added.SWL$R_DID = did;
  added.SWL$B_INDEX = index;
  added.SWL$B_PHASE = 0;
  added.SWL$L_WCC = 0;
  writeCounted(p.memory, added.address + NAME_AT, name, 44);
  swb.SWB$B_DEPTH = depth + 1;
  swb.SWB$L_FILE_WCC = 0;
  return true;
}

function pop(swb: Swb): void {
  swb.SWB$B_DEPTH = swb.SWB$B_DEPTH - 1;
  swb.SWB$L_FILE_WCC = 0;
}

/** Puts a walk at its start. */
export function startWalk(p: Procedure, swb: Swb): void {
  swb.SWB$B_DEPTH = 0;
  push(p, swb, MFD, 0, '');
}

/** Names of the directories of all levels, the same directory for an ellipsis counted once. */
function path(p: Procedure, swb: Swb): string[] {
  const names: string[] = [];
  for (let number = 0; number < swb.SWB$B_DEPTH; number += 1) {
    const name = readCounted(p.memory, level(p, swb, number).address + NAME_AT);
    if (name !== '') names.push(name);
  }
  return names;
}

/** The next file of the walk; a completion when there is none (RMS$_NMF), or when something goes wrong. */
export function* nextFile(p: Procedure, context: IoContext, swb: Swb, pattern: SearchPattern): ThreadFlow<FoundFile | Completion> {
  const isWildFile = hasWildcard(pattern.file);
  while (swb.SWB$B_DEPTH > 0) {
    const top = level(p, swb, swb.SWB$B_DEPTH - 1);
    const index = top.SWL$B_INDEX;
    const element = pattern.directories[index];
    const did = top.SWL$R_DID;
    if (element === undefined) {
      if (!isWildFile && swb.SWB$L_FILE_WCC !== 0) {
        pop(swb);
        continue;
      }
      const found = yield* lookup(p, context, did, pattern.file, isWildFile, swb.SWB$L_FILE_WCC);
      if (succeeded(found)) {
        swb.SWB$L_FILE_WCC = isWildFile ? found.fib.FIB$L_WCC : 1;
        return { directories: path(p, swb), name: found.name, fid: fileId(found), did };
      }
      const failure = endOrFailure(found);
      if (failure) return failure;
      pop(swb);
      continue;
    }
    if (element !== ELLIPSIS && !hasWildcard(element)) {
      if (top.SWL$B_PHASE !== 0) {
        pop(swb);
        continue;
      }
      top.SWL$B_PHASE = 1;
      const found = yield* lookup(p, context, did, `${element}.DIR;1`, false, 0);
      if (succeeded(found)) push(p, swb, fileId(found), index + 1, element);
      else {
        const failure = endOrFailure(found);
        if (failure) return failure;
        pop(swb);
      }
      continue;
    }
    if (element === ELLIPSIS && top.SWL$B_PHASE === 0) {
      top.SWL$B_PHASE = 1;
      push(p, swb, did, index + 1, '');
      continue;
    }
    const found = yield* lookup(p, context, did, `${element === ELLIPSIS ? '*' : element}.DIR;1`, true, top.SWL$L_WCC);
    if (succeeded(found)) {
      top.SWL$L_WCC = found.fib.FIB$L_WCC;
      const name = found.name.slice(0, found.name.indexOf('.'));
      // The master file directory lists itself.
      if (name !== '000000') push(p, swb, fileId(found), element === ELLIPSIS ? index : index + 1, name);
    } else {
      const failure = endOrFailure(found);
      if (failure) return failure;
      pop(swb);
    }
  }
  return { status: RMS$_NMF };
}

function* lookup(p: Procedure, context: IoContext, did: Uint8Array, name: string, isWild: boolean, wildcardContext: number): ThreadFlow<FileResult | undefined> {
  return yield* fileFunction(p, context, { func: IO$_ACCESS, did, name, ...(isWild ? { nameControl: FIB$M_WILD, wildcardContext } : {}) });
}

/** Undefined when nothing (more) matches; how the search fails otherwise. A directory one may not read has nothing to show. */
function endOrFailure(result: FileResult | undefined): Completion | undefined {
  const failure = fileFailure(result, RMS$_FND);
  return failure.status === RMS$_FNF || failure.status === RMS$_NMF ? undefined : failure;
}
