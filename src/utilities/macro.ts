import { cliGetValues } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure } from '../executive/gate/microroutine.js';
import { SERVICE_ARGUMENTS } from '../executive/starlet/service-table.js';
import { starletSymbol } from '../executive/starlet/symbols.js';
import { exitStatus, macroCommand } from '../macro/commands.js';
import { starletMacroLibrary } from '../macro/starlet.js';
import { fileQualifier, languageHost } from './language-host.js';

/** MACRO32.EXE: assembles to an object file. Its macro library is STARLET's: services, RMS blocks, constants. */
const main = procedure('MACRO32$MAIN', function* (p) {
  const result = yield* macroCommand({
    sources: yield* cliGetValues(p, 'SOURCE'), object: yield* fileQualifier(p, 'OBJECT', true), list: yield* fileQualifier(p, 'LIST', false),
    symbols: starletSymbol, libraries: [starletMacroLibrary(SERVICE_ARGUMENTS)],
  }, yield* languageHost(p));
  return exitStatus(result);
});

export const MACRO_IMAGE: ResidentImage = { name: 'MACRO32', transfer: 'MACRO32$MAIN', routines: [main] };
