import { cliGetValue, cliGetValues, cliIsNegated, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { IO$_READVBLK } from '../executive/starlet/iodef.js';
import { JPI$_TERMINAL } from '../executive/starlet/jpidef.js';
import * as opc from '../executive/starlet/opcdef.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { bytesToText, textToBytes } from '../executive/structures/memory.js';
import { OPC$_NOPERATOR, OPC$_RQSTABORT, OPC$_RQSTCAN, OPC$_RQSTCMPLTE, OPC$_RQSTPEND } from '../loginout/opcom.js';
import { messageCode, report } from './messages.js';
import { getProcess, timeText } from './process-information.js';

/** REQUEST, and what REPLY does for operators: texts of $SNDOPR, as OPCOM reads them (loginout/opcom.ts). @source DCL Dictionary, REQUEST, REPLY */
const CLASSES: Readonly<Record<string, number>> = {
  CARDS: opc.OPC$M_NM_CARDS, CENTRAL: opc.OPC$M_NM_CENTRL, CLUSTER: opc.OPC$M_NM_CLUSTER, DEVICES: opc.OPC$M_NM_DEVICE, DISKS: opc.OPC$M_NM_DISKS, NETWORK: opc.OPC$M_NM_NTWORK,
  PRINTER: opc.OPC$M_NM_PRINT, SECURITY: opc.OPC$M_NM_SECURITY, TAPES: opc.OPC$M_NM_TAPES,
  ...Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`OPER${index + 1}`, opc.OPC$M_NM_OPER1 << index])),
};
const ALL = 0x00ff_ffff;
const ROOM = 256;
const LONGEST = 128;

/** Classes that a qualifier names; all of them without a value. */
function* classes(p: Procedure, qualifier: string): Flow<number> {
  const names = (yield* cliGetValues(p, qualifier)).map((name) => name.toUpperCase());
  return names.reduce((mask, name) => mask | (CLASSES[name] ?? 0), 0) || ALL;
}

/** $SNDOPR of a text: a head of bytes, words and longwords, and characters behind it. */
function* send(p: Procedure, head: readonly number[], text: string, chan = 0): Flow<number> {
  return yield* p.scratch(function* () {
    const bytes = Uint8Array.from([...head, ...textToBytes(text)]);
    return yield* service(p, '$SNDOPR', { msgbuf: p.descriptor(bytes.length, p.bytes(bytes)), chan });
  });
}

const long = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff];

function* finished(p: Procedure, status: number): Flow<number> {
  return status & 1 ? SS$_NORMAL : yield* report(p, { code: status });
}

/** Device name of the terminal, `_OPA0:`; empty in a batch job. */
function* ownTerminal(p: Procedure): Flow<string> {
  const { values } = yield* getProcess(p, p.allocate(4), { terminal: { code: JPI$_TERMINAL, kind: 'text' } } as const);
  const name = values.terminal.trim().replace(/^_/, '').replace(/:$/, '');
  return name === '' ? '' : `_${name}:`;
}

/** What a REPLY of an operator's does; undefined: it is a message to users. */
export function* operatorCommand(p: Procedure): Flow<number | undefined> {
  const [enables, disables, status, logs] = [yield* cliIsPresent(p, 'ENABLE'), yield* cliIsPresent(p, 'DISABLE'), yield* cliIsPresent(p, 'STATUS'), yield* cliIsPresent(p, 'LOG')];
  const closesLog = yield* cliIsNegated(p, 'LOG');
  const terminal = yield* ownTerminal(p);
  if (enables || disables) {
    const mask = yield* classes(p, enables ? 'ENABLE' : 'DISABLE');
    return yield* finished(p, yield* send(p, [opc.OPC$_RQ_TERME, enables ? 1 : 0, 0, 0, ...long(mask), 0, 0, terminal.length], terminal));
  }
  if (status) return yield* finished(p, yield* send(p, [opc.OPC$_RQ_STATUS, 0], ''));
  if (logs || closesLog) return yield* finished(p, yield* send(p, [opc.OPC$_RQ_LOGI, logs ? 1 : 0], ''));
  for (const [qualifier, code] of [['TO', OPC$_RQSTCMPLTE], ['ABORT', OPC$_RQSTABORT], ['PENDING', OPC$_RQSTPEND]] as const) {
    const number = yield* cliGetValue(p, qualifier);
    if (number === undefined) continue;
    const text = ((yield* cliGetValue(p, 'MESSAGE')) ?? '').slice(0, LONGEST);
    const head = [opc.OPC$_RQ_REPLY, 0, code & 0xff, code >>> 8, ...long(Number(number)), 0, 0, terminal.length, ...textToBytes(terminal)];
    return yield* finished(p, yield* send(p, head, text));
  }
  return undefined;
}

const requestMain = procedure('REQUEST$MAIN', function* (p) {
  const wantsReply = yield* cliIsPresent(p, 'REPLY');
  const mask = (yield* cliIsPresent(p, 'TO')) ? yield* classes(p, 'TO') : ALL;
  const text = ((yield* cliGetValue(p, 'MESSAGE')) ?? '').slice(0, LONGEST);
  const head = [opc.OPC$_RQ_RQST, mask & 0xff, (mask >>> 8) & 0xff, (mask >>> 16) & 0xff, ...long(1)];
  if (!wantsReply) return yield* finished(p, yield* send(p, head, text));
  const channelAt = p.allocate(4);
  const made = yield* service(p, '$CREMBX', { chan: channelAt, maxmsg: ROOM, bufquo: 4 * ROOM });
  if (!(made & 1)) return yield* finished(p, made);
  const chan = p.memory.readWord(channelAt);
  const sent = yield* send(p, head, text, chan);
  if (!(sent & 1)) return yield* finished(p, sent);
  yield* report(p, { code: messageCode('OPCOM$_OPRNOTIF'), args: [(yield* timeText(p)).slice(12)] });
  return yield* awaitReply(p, chan);
});

/** Waits for the operator; a reply that the request is pending is shown, and the wait goes on. */
function* awaitReply(p: Procedure, chan: number): Flow<number> {
  const [buffer, iosb] = [p.allocate(ROOM), p.allocate(8)];
  for (;;) {
    const read = yield* service(p, '$QIOW', { efn: 1, chan, func: IO$_READVBLK, iosb, p1: buffer, p2: ROOM });
    const status = read & 1 ? p.memory.readWord(iosb) : read;
    if (!(status & 1)) return yield* finished(p, status);
    const length = p.memory.readWord(iosb + 2);
    const text = bytesToText(p.memory.readBytes(buffer + 8, Math.max(0, length - 8)));
    switch (p.memory.readWord(buffer + 2)) {
      case OPC$_NOPERATOR: return yield* report(p, { code: messageCode('OPCOM$_NOPERATOR') });
      case OPC$_RQSTCAN: return yield* report(p, { code: messageCode('OPCOM$_RQSTCAN') });
      case OPC$_RQSTABORT: return yield* report(p, { code: messageCode('OPCOM$_RQSTABORT'), args: [text] });
      case OPC$_RQSTPEND:
        yield* report(p, { code: messageCode('OPCOM$_RQSTPEND'), args: [text] });
        break;
      default:
        yield* report(p, { code: messageCode('OPCOM$_OPREPLY'), args: [text] });
        return SS$_NORMAL;
    }
  }
}

export const REQUEST_IMAGE: ResidentImage = { name: 'REQUEST', transfer: 'REQUEST$MAIN', routines: [requestMain] };
