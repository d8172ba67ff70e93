import { cliGetValue, cliIsPresent } from '../dcl/cli-client.js';
import { callRoutine, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { EXE$DEANONPAGED } from '../executive/pool/nonpaged.js';
import { PRV$V_CMKRNL, PRV$V_SECURITY } from '../executive/starlet/prvdef.js';
import { SS$_ACCVIO, SS$_BUFFEROVF, SS$_NOPRIV, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { readCounted, readQuad, readText, writeCounted, writeQuad } from '../executive/structures/memory.js';
import { CIA } from '../loginout/intrusion.js';
import { programRegion } from './files.js';
import { messageCode, report } from './messages.js';
import type { Output } from './output.js';
import { timeText } from './process-information.js';

/** SHOW INTRUSION and DELETE/INTRUSION_RECORD: the list that LOGINOUT keeps in pool. @source DCL Dictionary; book 23.2.2 */
const USER = 3;
/** One record for SHOW: flags, count, time, counted source. */
const [FLAGS, COUNT, TIME, SOURCE, ENTRY] = [0, 4, 8, 16, 92];

/** The user, not only the image, must have both. */
const NEEDED = (1n << BigInt(PRV$V_CMKRNL)) | (1n << BigInt(PRV$V_SECURITY));

/**
 * Kernel mode, by $CMKRNL. Arguments: buffer, its size, to get all records: a longword, how many there are, then one after the other; or 0, and length and
 * address of the source whose record is to be taken away.
 *
 * @returns SS$_NORMAL; SS$_NOPRIV; SS$_BUFFEROVF; SS$_ACCVIO; 0 no such record
 */
export const intrusions = callRoutine('SHOW$INTRUSION', (k) => {
  if ((k.p1.CTL$GQ_PROCPRIV & NEEDED) !== NEEDED) return SS$_NOPRIV;
  const list = k.symbol('CIA$GQ_INTRUDER');
  // Nobody has failed to log in yet: the list has no header.
  const records = k.readLong(list) === 0 ? [] : [...k.queueEntries(list)].filter((address) => CIA.at(k, address).CIA$Q_TIME > readQuad(k, k.symbol('EXE$GQ_SYSTIME')));
  const sourceOf = (address: number): string => readCounted(k, address + CIA.offset.CIA$T_SOURCE);
  const buffer = k.argument(1);
  if (buffer === 0) {
    const wanted = readText(k, k.argument(3), k.argument(2));
    const found = records.find((address) => sourceOf(address) === wanted);
    if (found === undefined) return 0;
    k.removeQueue(found);
    EXE$DEANONPAGED(k, found);
    return SS$_NORMAL;
  }
  const size = k.argument(2);
  if (!k.cpu.probe(buffer, size, USER, true)) return SS$_ACCVIO;
  if (4 + ENTRY * records.length > size) return SS$_BUFFEROVF;
  k.writeLong(buffer, records.length);
  records.forEach((address, index) => {
    const at = buffer + 4 + ENTRY * index;
    const record = CIA.at(k, address);
    k.writeLong(at + FLAGS, record.CIA$V_INTRUDER);
    k.writeLong(at + COUNT, record.CIA$L_COUNT);
    writeQuad(k, at + TIME, record.CIA$Q_TIME);
    writeCounted(k, at + SOURCE, sourceOf(address), ENTRY - SOURCE);
  });
  return SS$_NORMAL;
});

interface Intrusion {
  readonly intruder: boolean;
  readonly count: number;
  readonly time: bigint;
  readonly source: string;
}

function* readIntrusions(p: Procedure, routine: number): Flow<Intrusion[] | number> {
  for (let size = 4096; ; size *= 4) {
    const buffer = yield* programRegion(p, size);
    const list = p.allocate(12);
    [2, buffer, size].forEach((value, index) => { p.memory.writeLong(list + 4 * index, value); });
    const status = yield* service(p, '$CMKRNL', { routin: routine, arglst: list });
    if (status === SS$_BUFFEROVF) continue;
    if (!(status & 1)) return status;
    return Array.from({ length: p.memory.readLong(buffer) }, (_, index) => {
      const at = buffer + 4 + ENTRY * index;
      return { intruder: p.memory.readLong(at + FLAGS) !== 0, count: p.memory.readLong(at + COUNT), time: readQuad(p.memory, at + TIME), source: readCounted(p.memory, at + SOURCE) };
    });
  }
}

/** A source that begins with a terminal's name is of type TERM_USER. */
const typeOf = (source: string): string => (/^[A-Z]{2,3}\d+:/.test(source) ? 'TERM_USER' : 'USERNAME');

/** SHOW INTRUSION [/TYPE=ALL|INTRUDER|SUSPECT] */
export function* showIntrusion(p: Procedure, output: Output, routine: number): Flow<number> {
  const records = yield* readIntrusions(p, routine);
  if (typeof records === 'number') return records;
  const type = (yield* cliGetValue(p, 'TYPE')) ?? 'ALL';
  yield* cliIsPresent(p, 'TYPE');
  const wanted = records.filter(({ intruder }) => type === 'ALL' || intruder === (type === 'INTRUDER'));
  if (wanted.length === 0) return yield* report(p, { code: messageCode('SHOW$_NOINTRUDERS') });
  yield* output.line();
  yield* output.line('Intrusion       Type       Count        Expiration       Source');
  yield* output.line();
  for (const { intruder, count, time, source } of wanted) {
    yield* output.line(`   ${typeOf(source).padEnd(12)} ${(intruder ? 'INTRUDER' : 'SUSPECT').padEnd(9)} ${String(count).padStart(6)}   ${(yield* timeText(p, time)).slice(12)}       ${source}`);
  }
  return SS$_NORMAL;
}

/** DELETE/INTRUSION_RECORD source */
export function* deleteIntrusion(p: Procedure, routine: number): Flow<number> {
  const source = ((yield* cliGetValue(p, 'SOURCE')) ?? '').toUpperCase();
  const status = yield* p.scratch(function* () {
    const list = p.allocate(16);
    [3, 0, source.length, p.bytes(Uint8Array.from(source, (letter) => letter.charCodeAt(0)))].forEach((value, index) => { p.memory.writeLong(list + 4 * index, value); });
    return yield* service(p, '$CMKRNL', { routin: routine, arglst: list });
  });
  return status === 0 ? yield* report(p, { code: messageCode('SHOW$_NOINTRUDERS') }) : status;
}
