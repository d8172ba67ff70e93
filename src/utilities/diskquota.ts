import { cliGetForeign } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { FAB$C_FIX } from '../executive/starlet/fabdef.js';
import { SS$_NODISKQUOTA, SS$_NOSUCHID } from '../executive/starlet/ssdef.js';
import { ownerText } from '../executive/information/rights-services.js';
import {
  FIB$C_ADD_QUOTA, FIB$C_COUNT_QUOTA, FIB$C_DSA_QUOTA, FIB$C_ENA_QUOTA, FIB$C_EXA_QUOTA, FIB$C_MOD_QUOTA, FIB$C_REM_QUOTA,
} from '../filesystem/fib.js';
import { DQF } from '../filesystem/quota.js';
import { fits } from '../sysgen/parameter-commands.js';
import { isFailure, RmsFile } from './files.js';
import { commandDialogue } from './line-input.js';
import { messageCode, report, severe } from './messages.js';
import { Output } from './output.js';
import { assignDevice, quotaFunction, type QuotaEntry } from './quota-function.js';
import { parseUic } from './selection.js';

/** DISKQUOTA.EXE: the quota file of a volume. @source VAX/VMS Disk Quota Utility (V4); dcl-commands.md, DISKQUOTA */

/** FIB$L_CNTRLVAL. */
const ALL_MEMBERS = 1;
const ALL_GROUPS = 2;
const MODIFY_QUOTA = 8;
const MODIFY_OVERDRAFT = 16;
/** What CREATE writes into the entry of [0,0]. */
const FIRST_QUOTA = 1000;
const FIRST_OVERDRAFT = 100;

interface Session {
  readonly p: Procedure;
  readonly output: Output;
  device: string;
  chan: number;
}

interface Line {
  readonly verb: string;
  readonly word: string;
  readonly quota: number | undefined;
  readonly overdraft: number | undefined;
}

/** Verb, parameter and the two qualifiers of a command; undefined when it is none. */
function parseLine(text: string): Line | undefined {
  const upper = text.replace(/!.*$/, '').trim().toUpperCase();
  const qualifiers = [...upper.matchAll(/\/([A-Z_]+)(?:\s*=\s*(\d+))?/g)].map(([, name, value]) => ({ name: name!, value }));
  const [verb = '', word = ''] = upper.replace(/\/[A-Z_]+(\s*=\s*\d+)?/g, ' ').trim().split(/\s+/);
  const valueOf = (keyword: string): number | undefined => {
    const found = qualifiers.find(({ name }) => fits(name, keyword))?.value;
    return found === undefined ? undefined : Number(found);
  };
  if (qualifiers.some(({ name, value }) => value === undefined || !(fits(name, 'PERMQUOTA') || fits(name, 'OVERDRAFT')))) return undefined;
  return { verb, word, quota: valueOf('PERMQUOTA'), overdraft: valueOf('OVERDRAFT') };
}

function* done(p: Procedure, status: number): Flow<number> {
  return status & 1 ? status : yield* severe(p, 'DISKQ', status);
}

function* use(session: Session, device: string): Flow<number> {
  const { status, chan } = yield* assignDevice(session.p, device);
  if (!(status & 1)) return yield* done(session.p, status);
  if (session.chan !== 0) yield* service(session.p, '$DASSGN', { chan: session.chan });
  [session.device, session.chan] = [device, chan];
  return 1;
}

/** CREATE: QUOTA.SYS with the default entry, in force at once, with what everybody uses. */
function* create({ p, device, chan }: Session): Flow<number> {
  const spec = `${device}[000000]QUOTA.SYS;1`;
  const file = yield* RmsFile.create(p, spec, { format: FAB$C_FIX, recordSize: DQF.size, attributes: 0 });
  if (isFailure(file)) return yield* report(p, { code: messageCode('DISKQ$_CREATERR'), args: [spec] }, { code: file.status }, ...(file.stv === 0 ? [] : [{ code: file.stv }]));
  for (let index = 0; index < 512 / DQF.size; index += 1) {
    const record = new Uint8Array(DQF.size);
    if (index === 0) new DataView(record.buffer).setUint32(DQF.offset.DQF$L_PERMQUOTA, FIRST_QUOTA, true);
    if (index === 0) new DataView(record.buffer).setUint32(DQF.offset.DQF$L_OVERDRAFT, FIRST_OVERDRAFT, true);
    yield* file.put(record);
  }
  yield* file.close();
  const { status } = yield* quotaFunction(p, chan, FIB$C_ENA_QUOTA);
  return status & 1 ? (yield* quotaFunction(p, chan, FIB$C_COUNT_QUOTA)).status : status;
}

/** A UIC whose numbers may be `*`: the flags of a scan with it. */
function wildUic(text: string): { readonly uic: number; readonly flags: number } | undefined {
  const match = /^\[\s*([0-7]+|\*)\s*,\s*([0-7]+|\*)\s*\]$/.exec(text === '*' ? '[*,*]' : text);
  if (!match) return undefined;
  const [group, member] = [match[1]!, match[2]!];
  const uic = parseUic(`[${group === '*' ? '0' : group},${member === '*' ? '0' : member}]`);
  return uic === undefined ? undefined : { uic, flags: (member === '*' ? ALL_MEMBERS : 0) | (group === '*' ? ALL_GROUPS : 0) };
}

function* showEntry({ p, output }: Session, { uic, usage, quota, overdraft }: QuotaEntry): Flow<void> {
  yield* output.line(`${(yield* ownerText(p, uic)).padEnd(18)}${String(usage).padStart(10)}${String(quota).padStart(18)}${String(overdraft).padStart(18)}`);
}

function* show(session: Session, text: string): Flow<number> {
  const { p, output, chan } = session;
  const wanted = wildUic(text);
  if (!wanted) return SS$_NOSUCHID;
  let shown = 0;
  for (let context = 0; ;) {
    const result = yield* quotaFunction(p, chan, FIB$C_EXA_QUOTA, { uic: wanted.uic }, wanted.flags, context);
    if (!(result.status & 1)) return result.status === SS$_NODISKQUOTA && shown > 0 ? 1 : result.status;
    if (shown === 0) yield* output.line(`   UIC${' '.repeat(17)}Usage   Permanent Quota   Overdraft Limit`);
    yield* showEntry(session, result.entry);
    shown += 1;
    context = result.context;
    if (wanted.flags === 0) return 1;
  }
}

function* ownEntry({ p, chan }: Session, { verb, word, quota, overdraft }: Line): Flow<number> {
  const uic = parseUic(word);
  if (uic === undefined) return SS$_NOSUCHID;
  const given = { uic, ...(quota === undefined ? {} : { quota }), ...(overdraft === undefined ? {} : { overdraft }) };
  const flags = (quota === undefined ? 0 : MODIFY_QUOTA) | (overdraft === undefined ? 0 : MODIFY_OVERDRAFT);
  if (fits(verb, 'REMOVE')) return (yield* quotaFunction(p, chan, FIB$C_REM_QUOTA, given)).status;
  const { status } = fits(verb, 'ADD') ? yield* quotaFunction(p, chan, FIB$C_ADD_QUOTA, given) : { status: 1 };
  return status & 1 && flags !== 0 ? (yield* quotaFunction(p, chan, FIB$C_MOD_QUOTA, given, flags)).status : status;
}

const HELP_LINES = [
  '  USE device                              the volume to work on (SYS$DISK)', '  CREATE                                  make the quota file, quotas in force',
  '  ENABLE, DISABLE                         quotas in force, or not', '  ADD uic /PERMQUOTA=n /OVERDRAFT=n       an entry; [0,0] has the defaults',
  '  MODIFY uic /PERMQUOTA=n /OVERDRAFT=n    change one', '  REMOVE uic', '  SHOW uic                                [g,m], [g,*], [*,*]',
  '  REBUILD                                 count anew what everybody uses', '  EXIT',
];

function* execute(session: Session, text: string): Flow<number | 'exit'> {
  const { p, output } = session;
  const line = parseLine(text);
  if (!line) return yield* report(p, { code: messageCode('DISKQ$_SYNTAX') });
  const { verb, word } = line;
  if (verb === '') return 1;
  if (fits(verb, 'EXIT')) return 'exit';
  if (fits(verb, 'HELP')) {
    for (const helpLine of HELP_LINES) yield* output.line(helpLine);
    return 1;
  }
  if (fits(verb, 'USE') && word !== '') return yield* use(session, word.includes(':') ? word : `${word}:`);
  const simple = { ENABLE: FIB$C_ENA_QUOTA, DISABLE: FIB$C_DSA_QUOTA, REBUILD: FIB$C_COUNT_QUOTA };
  for (const [keyword, code] of Object.entries(simple)) if (verb.length > 1 && fits(verb, keyword)) return yield* done(p, (yield* quotaFunction(p, session.chan, code)).status);
  if (fits(verb, 'CREATE')) return yield* done(p, yield* create(session));
  if (fits(verb, 'SHOW') && word !== '') return yield* done(p, yield* show(session, word));
  const isEntry = ['ADD', 'MODIFY', 'REMOVE'].some((keyword) => fits(verb, keyword));
  if (!isEntry || word === '') return yield* report(p, { code: messageCode('DISKQ$_SYNTAX') });
  return yield* done(p, yield* ownEntry(session, line));
}

const main = procedure('DISKQUOTA$MAIN', function* (p) {
  const output = yield* Output.open(p);
  if (isFailure(output)) return output.status;
  const session: Session = { p, output, device: '', chan: 0 };
  const status = yield* use(session, 'SYS$DISK:');
  if (!(status & 1)) return status;
  const last = yield* commandDialogue(p, (yield* cliGetForeign(p)) ?? '', 'DISKQ>  ', (line) => execute(session, line));
  yield* output.close();
  return last;
});

export const DISKQUOTA_IMAGE: ResidentImage = { name: 'DISKQUOTA', transfer: 'DISKQUOTA$MAIN', routines: [main] };
