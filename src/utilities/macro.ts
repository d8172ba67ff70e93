import { cliGetValue, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { SERVICE_ARGUMENTS } from '../executive/starlet/service-table.js';
import { starletSymbol } from '../executive/starlet/symbols.js';
import { exitStatus, macroCommand } from '../macro/commands.js';
import { bytesToText } from '../executive/structures/memory.js';
import type { MacroLibrary } from '../macro/library.js';
import { starletMacroLibrary } from '../macro/starlet.js';
import { reason } from './files.js';
import { fileQualifier, languageHost } from './language-host.js';
import { LHD$C_MACRO } from './librarian/format.js';
import { readLibrary } from './librarian/library-file.js';
import { messageCode, report, sharedCode } from './messages.js';

/** The macros of a library file. @returns the status of a message when it is none */
function* macroLibrary(p: Procedure, spec: string): Flow<MacroLibrary | number> {
  const read = yield* readLibrary(p, spec.toUpperCase(), '.MLB');
  if ('stv' in read) return yield* report(p, { code: sharedCode(MACRO, 'openIn', 4), args: [read.spec] }, reason(read));
  if ('why' in read || read.library.type !== LHD$C_MACRO) {
    return yield* report(p, { code: sharedCode(MACRO, 'openIn', 4), args: [read.spec] }, { code: messageCode('LBR$_TYPMISMCH') });
  }
  const macros = new Map(read.library.modules.map(({ name, records }) => [name, records.map((record) => `${bytesToText(record)}\n`).join('')]));
  return { macro: (name) => macros.get(name) };
}

const MACRO = 125;

/** MACRO32.EXE: assembles to an object file. Its macro library is STARLET's: services, RMS blocks, constants. */
const main = procedure('MACRO32$MAIN', function* (p) {
  const sources: string[] = [];
  const libraries: MacroLibrary[] = [];
  for (let spec = yield* cliGetValue(p, 'SOURCE'); spec !== undefined; spec = yield* cliGetValue(p, 'SOURCE')) {
    if (!(yield* cliIsPresent(p, 'LIBRARY'))) {
      sources.push(spec);
      continue;
    }
    const library = yield* macroLibrary(p, spec);
    if (typeof library === 'number') return library;
    libraries.push(library);
  }
  const result = yield* macroCommand({
    sources, object: yield* fileQualifier(p, 'OBJECT', true), list: yield* fileQualifier(p, 'LIST', false),
    symbols: starletSymbol, libraries: [...libraries, starletMacroLibrary(SERVICE_ARGUMENTS)],
  }, yield* languageHost(p));
  return exitStatus(result);
});

export const MACRO_IMAGE: ResidentImage = { name: 'MACRO32', transfer: 'MACRO32$MAIN', routines: [main] };
