import { cliGetValue, cliGetValues, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { textToBytes } from '../executive/structures/memory.js';
import { LineInput } from './line-input.js';
import { createDirectory } from './create-directory.js';
import { closed, isFailure, reason, RmsFile } from './files.js';
import { messageCode, report, sharedCode } from './messages.js';
import { applyProtection, defaultProtection, protectionCode, type ProtectionCode } from './protection.js';
import { uicQualifier } from './selection.js';

/** CREATE.EXE: text files from SYS$INPUT, and directories. @source DCL Dictionary, CREATE */
const FACILITY = 146;

interface Choices {
  readonly log: boolean;
  readonly owner?: number;
  readonly protection?: ProtectionCode;
}

function* makeDirectories(p: Procedure, specs: readonly string[], { log, owner, protection }: Choices): Flow<number> {
  let status = 1;
  const limit = Number((yield* cliGetValue(p, 'VERSION_LIMIT')) ?? 0);
  for (const spec of specs) {
    const made = yield* createDirectory(p, spec.toUpperCase(), { owner, protection, versionLimit: limit });
    if (isFailure(made)) {
      status = yield* report(p, { code: messageCode('CREATE$_DIRNOTCRE'), args: [made.spec] }, reason(made));
    } else if (made.existed) {
      yield* report(p, { code: messageCode('CREATE$_EXISTS'), args: [made.spec] });
    } else if (log) {
      yield* report(p, { code: messageCode('CREATE$_CREATED'), args: [made.spec] });
    }
  }
  return status;
}

/** Lines of SYS$INPUT up to the end of file go into each file in turn. */
function* makeFile(p: Procedure, spec: string, { log, owner, protection }: Choices): Flow<number> {
  return yield* p.scratch(function* () {
    const file = yield* RmsFile.create(p, spec.toUpperCase(), {
      ...(owner === undefined ? {} : { owner }), ...(protection === undefined ? {} : { protection: applyProtection(defaultProtection(p), protection) }),
    });
    if (isFailure(file)) return yield* report(p, { code: sharedCode(FACILITY, 'openOut'), args: [file.spec] }, reason(file));
    const input = yield* LineInput.open(p, 'SYS$INPUT');
    if (typeof input === 'number') {
      yield* file.close();
      return yield* report(p, { code: sharedCode(FACILITY, 'openIn'), args: ['SYS$INPUT'] }, { code: input });
    }
    let failed;
    for (let line = yield* input.line(''); line !== undefined && !failed; line = yield* input.line('')) failed = yield* file.put(textToBytes(line));
    yield* input.close();
    failed = yield* closed(file, failed);
    if (failed) return yield* report(p, { code: sharedCode(FACILITY, 'writeError'), args: [file.spec] }, reason(failed));
    if (log) yield* report(p, { code: messageCode('CREATE$_CREATED'), args: [file.spec] });
    return 1;
  });
}

function* choices(p: Procedure): Flow<Choices | number> {
  const protection = yield* protectionCode(p, 'PROTECTION');
  if (typeof protection === 'number') return protection;
  const owner = (yield* cliIsPresent(p, 'OWNER_UIC')) ? yield* uicQualifier(p, 'OWNER_UIC') : undefined;
  if (typeof owner === 'number') return owner;
  return { log: yield* cliIsPresent(p, 'LOG'), ...(owner ? { owner: owner.uic } : {}), ...(protection ? { protection } : {}) };
}

const main = procedure('CREATE$MAIN', function* (p) {
  const specs = yield* cliGetValues(p, 'OUTPUT');
  const wanted = yield* choices(p);
  if (typeof wanted === 'number') return wanted;
  if (yield* cliIsPresent(p, 'DIRECTORY')) return yield* makeDirectories(p, specs, wanted);
  let status = 1;
  for (const spec of specs) {
    const done = yield* makeFile(p, spec, wanted);
    if (!(done & 1)) status = done;
  }
  return status;
});

export const CREATE_IMAGE: ResidentImage = { name: 'CREATE', transfer: 'CREATE$MAIN', routines: [main] };
