import type { Flow } from '../../executive/gate/microroutine.js';
import { textToBytes } from '../../executive/structures/memory.js';
import { CLI$_REFUSED } from '../condition-codes.js';
import { fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { translate } from '../names.js';
import { assignChannel, deassign, MAIN_FLAG, readMessage, writeMessage } from './mailbox.js';
import { attachName, endAttachable, LONGEST_ATTACH, makeAttachable, waitForTerminal, withoutControl } from './terminal.js';

/**
 * Gives the terminal to another process of the job and hibernates until somebody gives it back.
 *
 * @param pid  extended PID; the caller has made sure that it is of the job and not this process
 * @raises CLI$_REFUSED when the process has no attach mailbox, or is not waiting for the terminal
 * @source book 23.2.11; digest ch23 2.11
 */
export function* attachTo(dcl: Dcl, pid: number): Flow<void> {
  const p = dcl.outside.procedure;
  yield* withoutControl(dcl, function* () {
    const wasAttachable = dcl.prc.PRC$W_ATTCHAN !== 0;
    yield* makeAttachable(dcl);
    const refused = function* (): Flow<never> {
      if (!wasAttachable) yield* endAttachable(dcl);
      return fail(CLI$_REFUSED);
    };
    const target = yield* assignChannel(p, attachName(pid));
    if ((target.status & 1) === 0) yield* refused();
    const { value } = yield* translate(p, 'SYS$OUTPUT', 'LNM$FILE_DEV');
    const stream = value.startsWith('\x1b\0') ? value.slice(4) : value;
    // Before the answer: the target may give the terminal back at once.
    dcl.prc.PRC$V_DETACHED = 1;
    const written = yield* writeMessage(p, target.channel, textToBytes(stream.slice(0, LONGEST_ATTACH)), MAIN_FLAG);
    const answer = (written & 1) === 0 ? undefined : yield* readMessage(p, target.channel, 4, MAIN_FLAG);
    yield* deassign(p, target.channel);
    if (answer?.bytes[0] !== 1) {
      dcl.prc.PRC$V_DETACHED = 0;
      yield* refused();
    }
    yield* waitForTerminal(dcl, true);
  });
}
