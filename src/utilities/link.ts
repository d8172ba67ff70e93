import { cliGetValue, cliGetValues, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure } from '../executive/gate/microroutine.js';
import { SERVICE_ARGUMENTS, serviceVector, VECTOR_LABELS } from '../executive/starlet/service-table.js';
import { starletSymbol } from '../executive/starlet/symbols.js';
import { exitStatus, linkCommand, type LinkInput } from '../macro/commands.js';
import { fileQualifier, languageHost } from './language-host.js';

/** What the linker finds when no object module defines a name: system services, library vectors, constants. */
function systemSymbol(name: string): number | undefined {
  const service = `$${name.slice(4)}`;
  if (name.startsWith('SYS$') && Object.hasOwn(SERVICE_ARGUMENTS, service)) return serviceVector(service as keyof typeof SERVICE_ARGUMENTS);
  return (VECTOR_LABELS as Readonly<Record<string, number>>)[name] ?? starletSymbol(name);
}

/** LINK.EXE: makes an executable or shareable image of object modules. */
const main = procedure('LINK$MAIN', function* (p) {
  const files: LinkInput[] = [];
  for (let spec = yield* cliGetValue(p, 'INPUT'); spec !== undefined; spec = yield* cliGetValue(p, 'INPUT')) {
    const include = (yield* cliGetValues(p, 'INCLUDE')).map((name) => name.toUpperCase());
    files.push({ spec, isOptions: yield* cliIsPresent(p, 'OPTIONS'), isLibrary: yield* cliIsPresent(p, 'LIBRARY'), ...(include.length === 0 ? {} : { include }) });
  }
  const result = yield* linkCommand({
    files, executable: yield* fileQualifier(p, 'EXECUTABLE', true), map: yield* fileQualifier(p, 'MAP', false),
    fullMap: yield* cliIsPresent(p, 'FULL'), traceback: yield* cliIsPresent(p, 'TRACEBACK'), debug: yield* cliIsPresent(p, 'DEBUG'), symbols: systemSymbol,
    shareable: yield* fileQualifier(p, 'SHAREABLE', false), protect: yield* cliIsPresent(p, 'PROTECT'),
  }, yield* languageHost(p));
  return exitStatus(result);
});

export const LINK_IMAGE: ResidentImage = { name: 'LINK', transfer: 'LINK$MAIN', routines: [main] };
