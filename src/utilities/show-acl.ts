import { cliGetValue, cliIsPresent } from '../dcl/cli-client.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { acesOf } from '../executive/information/acl.js';
import { namedAceText } from '../executive/information/acl-services.js';
import { SS$_ACLEMPTY } from '../executive/starlet/ssdef.js';
import { aclOf } from '../filesystem/acl.js';
import { headerBlock } from './file-functions.js';
import { findAll } from './file-search.js';
import { reason } from './files.js';
import { report, sharedCode } from './messages.js';
import type { Output } from './output.js';
import { timeText } from './process-information.js';

const FACILITY = 120;

/** SHOW ACL file. @source DCL Dictionary, SHOW ACL */
export function* showAcl(p: Procedure, output: Output): Flow<number> {
  yield* cliIsPresent(p, 'OBJECT_TYPE');
  let status = 1;
  const files = yield* findAll(p, [(yield* cliGetValue(p, 'OBJECT'))!], '', function* (failure) {
    status = yield* report(p, { code: sharedCode(FACILITY, 'openIn'), args: [failure.spec] }, reason(failure));
  });
  for (const file of files) {
    const block = yield* headerBlock(p, file);
    if (!(block instanceof Uint8Array)) {
      status = yield* report(p, { code: sharedCode(FACILITY, 'openIn'), args: [file.spec] }, reason(block));
      continue;
    }
    const aces = acesOf(aclOf(block)) ?? [];
    if (aces.length === 0) {
      status = yield* report(p, { code: SS$_ACLEMPTY });
      continue;
    }
    yield* output.line(`Object type: file,  Object name: ${file.spec},  on ${yield* timeText(p)}`);
    yield* output.line();
    for (const ace of aces) yield* output.line(`          ${yield* namedAceText(p, ace)}`);
  }
  return status;
}
