import { cliGetValue, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { BRK$C_ALLTERMS, BRK$C_ALLUSERS, BRK$C_DEVICE, BRK$C_GENERAL, BRK$C_SHUTDOWN, BRK$C_URGENT, BRK$C_USERNAME } from '../executive/starlet/brkdef.js';
import { JPI$_TERMINAL, JPI$_USERNAME } from '../executive/starlet/jpidef.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { messageCode, report } from './messages.js';
import { operatorCommand } from './operator.js';
import { getProcess, timeText } from './process-information.js';

/**
 * REPLY to users: a message on terminals by $BRKTHRU, on all, on those where somebody is logged in (/USERNAME), on named ones or users'.
 * For operators: /ENABLE and /DISABLE of classes, /STATUS, /LOG, and answers to requests by /TO, /ABORT, /PENDING, all through $SNDOPR (operator.ts).
 * @source DCL Dictionary, REPLY; dcl-output-formats.md
 */
const SECONDS = 10;
const NEW_LINE_BEFORE = 0x20;

const main = procedure('REPLY$MAIN', function* (p) {
  const operator = yield* operatorCommand(p);
  if (operator !== undefined) return operator;
  const kind = (yield* cliIsPresent(p, 'SHUTDOWN')) ? BRK$C_SHUTDOWN : (yield* cliIsPresent(p, 'URGENT')) ? BRK$C_URGENT : BRK$C_GENERAL;
  const text = yield* messageText(p, kind);
  const send = function* (sndtyp: number, name?: string): Flow<number> {
    return yield* p.scratch(() => service(p, '$BRKTHRUW', {
      efn: 1, msgbuf: p.string(text), sendto: name === undefined ? 0 : p.string(name), sndtyp, reqid: kind, carcon: NEW_LINE_BEFORE, timout: SECONDS, iosb: p.allocate(8),
    }));
  };
  if (yield* cliIsPresent(p, 'ALL')) return yield* finished(p, yield* send(BRK$C_ALLTERMS));
  const names = function* (qualifier: string, sndtyp: number): Flow<number> {
    let status = SS$_NORMAL;
    for (let name = yield* cliGetValue(p, qualifier); name !== undefined && (status & 1) === 1; name = yield* cliGetValue(p, qualifier)) status = yield* send(sndtyp, name.toUpperCase());
    return status;
  };
  if (yield* cliIsPresent(p, 'TERMINAL')) return yield* finished(p, yield* names('TERMINAL', BRK$C_DEVICE));
  if (!(yield* cliIsPresent(p, 'USERNAME'))) return yield* report(p, { code: messageCode('REPLY$_NOWHERE') });
  const named = yield* cliGetValue(p, 'USERNAME');
  if (named === undefined) return yield* finished(p, yield* send(BRK$C_ALLUSERS));
  const first = yield* send(BRK$C_USERNAME, named.toUpperCase());
  return yield* finished(p, first & 1 ? yield* names('USERNAME', BRK$C_USERNAME) : first);
});

function* messageText(p: Procedure, kind: number): Flow<string> {
  const message = (yield* cliGetValue(p, 'MESSAGE')) ?? '';
  const bell = (yield* cliIsPresent(p, 'BELL')) ? '\x07' : '';
  const asked = { user: { code: JPI$_USERNAME, kind: 'text' }, terminal: { code: JPI$_TERMINAL, kind: 'text' } } as const;
  const { values } = yield* getProcess(p, p.allocate(4), asked);
  const what = kind === BRK$C_SHUTDOWN ? 'SHUTDOWN message' : kind === BRK$C_URGENT ? 'URGENT message' : 'Reply received';
  const where = values.terminal.trim() === '' ? 'Batch' : `_${values.terminal.trim()}`;
  const time = (yield* timeText(p)).slice(12, 20);
  return `\r\n${bell}${what} from user ${values.user.trim()} at ${where}   ${time}\r\n${message}\r\n`;
}

function* finished(p: Procedure, status: number): Flow<number> {
  return status & 1 ? SS$_NORMAL : yield* report(p, { code: status });
}

export const REPLY_IMAGE: ResidentImage = { name: 'REPLY', transfer: 'REPLY$MAIN', routines: [main] };
