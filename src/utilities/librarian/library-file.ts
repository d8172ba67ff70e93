import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { FAB$C_FIX } from '../../executive/starlet/fabdef.js';
import { closed, isFailure, RmsFile, type FileFailure } from '../files.js';
import { decodeLibrary, encodeLibrary, LHD$C_HELP, LHD$C_MACRO, LHD$C_OBJECT, LHD$C_TEXT, LibraryFormatError, type Library, type NewLibrary } from './format.js';

/** Library files through RMS. */
export const LIBRARY_FILE_TYPES: Readonly<Record<number, string>> = { [LHD$C_OBJECT]: '.OLB', [LHD$C_MACRO]: '.MLB', [LHD$C_HELP]: '.HLB', [LHD$C_TEXT]: '.TLB' };

export interface OpenLibrary {
  readonly spec: string;
  readonly library: Library;
}

/** Why a file is no library. */
export interface BadLibrary {
  readonly spec: string;
  readonly why: string;
}

/** Reads a whole library. */
export function* readLibrary(p: Procedure, spec: string, defaults: string): Flow<OpenLibrary | BadLibrary | FileFailure> {
  return yield* p.scratch(function* (): Flow<OpenLibrary | BadLibrary | FileFailure> {
    const file = yield* RmsFile.open(p, spec, { defaults, blocks: true });
    if (isFailure(file)) return file;
    const bytes = yield* file.rest();
    if (isFailure(bytes)) return bytes;
    try {
      return { spec: file.spec, library: decodeLibrary(bytes) };
    } catch (error) {
      if (error instanceof LibraryFormatError) return { spec: file.spec, why: error.message };
      throw error;
    }
  });
}

/** Writes a library: a new file, or with a version that is there, in its place. */
export function* writeLibrary(p: Procedure, spec: string, defaults: string, library: NewLibrary): Flow<{ readonly name: string } | FileFailure> {
  return yield* p.scratch(function* (): Flow<{ readonly name: string } | FileFailure> {
    const bytes = encodeLibrary(library);
    const file = yield* RmsFile.create(p, spec, {
      defaults, format: FAB$C_FIX, attributes: 0, recordSize: 512, blocks: true, allocation: bytes.length / 512, supersede: true,
    });
    if (isFailure(file)) return file;
    const failed = yield* closed(file, yield* file.write(bytes));
    return failed ?? { name: file.spec };
  });
}
