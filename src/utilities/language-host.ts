import type { Flow, Step } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { putLines } from '../executive/information/put-line.js';
import { FAB$C_FIX } from '../executive/starlet/fabdef.js';
import { RMS$M_STVSTATUS } from '../executive/starlet/rmsdef.js';
import { bytesToText, textToBytes } from '../executive/structures/memory.js';
import { cliGetValue, cliIsNegated, cliPresent } from '../dcl/cli-client.js';
import { CLI$_ABSENT } from '../executive/starlet/climsgdef.js';
import type { CommandHost, FileFailure as LanguageFailure, OutputFile } from '../macro/commands.js';
import { closed, isFailure, readRecords, RmsFile, type CreateOptions, type FileFailure } from './files.js';
import { LHD$C_OBJECT } from './librarian/format.js';
import { readLibrary } from './librarian/library-file.js';
import { messageText } from './messages.js';
import { timeText } from './process-information.js';

/** All blocks of an image file. */
function* readImageFile(p: Procedure, spec: string, type: string): Flow<{ readonly name: string; readonly bytes: Uint8Array } | FileFailure> {
  return yield* p.scratch(function* () {
    const file = yield* RmsFile.open(p, spec, { defaults: `.${type}`, blocks: true });
    if (isFailure(file)) return file;
    const bytes = yield* file.rest();
    if (isFailure(bytes)) return bytes;
    return { name: file.spec, bytes };
  });
}

/** The files and the terminal of MACRO and LINK: everything through RMS and $GETMSG. */
type Host = CommandHost<Step, number>;

/** The line of a status, introduced by a hyphen as a reason. */
function* reasonLine(p: Procedure, { status, stv }: FileFailure): Flow<string> {
  const one = function* (code: number): Flow<string> { return (yield* messageText(p, code)).replace(/^%/, '-'); };
  const first = yield* one(status);
  return stv === 0 || (status & RMS$M_STVSTATUS) === 0 ? first : `${first}\n${yield* one(stv)}`;
}

function* languageFailure(p: Procedure, failure: FileFailure): Flow<LanguageFailure> {
  return { spec: failure.spec, reason: yield* reasonLine(p, failure) };
}

function* writeFile(
  p: Procedure, { spec, related, type }: OutputFile, options: CreateOptions, fill: (file: RmsFile) => Flow<FileFailure | undefined>,
): Flow<{ name: string } | LanguageFailure> {
  return yield* p.scratch(function* () {
    const file = yield* RmsFile.create(p, spec ?? '', { ...options, defaults: `.${type}`, related: nameOnly(related) });
    if (isFailure(file)) return yield* languageFailure(p, file);
    const failed = yield* closed(file, yield* fill(file));
    return failed ? yield* languageFailure(p, failed) : { name: file.spec };
  });
}

/** The output goes to the default directory and is named after the input. */
function nameOnly(spec: string): string {
  return /([^\]>:.;]*)[^\]>:]*$/.exec(spec)?.[1] ?? '';
}

export function* languageHost(p: Procedure): Flow<Host> {
  const now = p.kernel.sys.EXE$GQ_SYSTIME;
  const nowText = (yield* timeText(p)).slice(0, 17);
  return {
    now, nowText,
    *readText(spec, type) {
      const read = yield* readRecords(p, spec, { defaults: `.${type}` });
      if (isFailure(read)) return yield* languageFailure(p, read);
      return { name: read.name, text: read.records.map((record) => `${bytesToText(record)}\n`).join('') };
    },
    *readLibrary(spec) {
      const read = yield* readLibrary(p, spec.toUpperCase(), '.OLB');
      if ('stv' in read) return yield* languageFailure(p, read);
      if ('why' in read || read.library.type !== LHD$C_OBJECT) return { spec: read.spec, reason: '-LBR-E-TYPMISMCH, library type mismatch' };
      return { name: read.spec, members: read.library.modules };
    },
    *readRecords(spec, type) {
      const read = yield* readRecords(p, spec, { defaults: `.${type}` });
      return isFailure(read) ? yield* languageFailure(p, read) : read;
    },
    *readBlocks(spec, type) {
      const read = yield* readImageFile(p, spec, type);
      return isFailure(read) ? yield* languageFailure(p, read) : read;
    },
    writeText: (file, text) => writeFile(p, file, {}, function* (open) {
      for (const line of text.replace(/\n$/, '').split('\n')) {
        const failed = yield* open.put(textToBytes(line));
        if (failed) return failed;
      }
      return undefined;
    }),
    writeRecords: (file, records) => writeFile(p, file, { attributes: 0 }, function* (open) {
      for (const record of records) {
        const failed = yield* open.put(record);
        if (failed) return failed;
      }
      return undefined;
    }),
    writeBlocks: (file, bytes) => writeFile(
      p, file, { format: FAB$C_FIX, attributes: 0, recordSize: 512, blocks: true, allocation: Math.ceil(bytes.length / 512) }, (open) => open.write(bytes),
    ),
    *print(text) {
      yield* putLines(p, 'SYS$ERROR', 'SYS$OUTPUT', text.split('\n'));
    },
  };
}

/** A qualifier that names a file: its value, true without one, false when negated, `absent` when not there. */
export function* fileQualifier(p: Procedure, name: string, absent: boolean): Flow<string | boolean> {
  const presence = yield* cliPresent(p, name);
  if (presence === CLI$_ABSENT) return absent;
  if (yield* cliIsNegated(p, name)) return false;
  return (yield* cliGetValue(p, name)) ?? true;
}
