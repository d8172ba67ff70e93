import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import * as jpidef from '../../executive/starlet/jpidef.js';
import { SYI$_NODENAME, SYI$_VERSION } from '../../executive/starlet/syidef.js';
import { SS$_NONEXPR } from '../../executive/starlet/ssdef.js';
import { SCH_STATE_NAMES } from '../../executive/structures/sch.js';
import { ownerText } from '../../executive/information/rights-services.js';
import { CLI$_IVKEYW } from '../condition-codes.js';
import { check, fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { formatText, longwordOf, systemItem, textOf, type ItemResult } from '../item-information.js';
import { jobItem } from '../job-information.js';
import { hex8, type Value } from '../language/value.js';
import { privilegeNames } from '../privileges.js';

/** One item of F$GETJPI in DCL's format. */

export function codeOf(definitions: Readonly<Record<string, unknown>>, prefix: string, item: string): number {
  const code = definitions[prefix + item];
  return typeof code === 'number' ? code : fail(CLI$_IVKEYW, { token: item });
}

export function quadOf({ bytes }: ItemResult): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

// Processes ----------------------------------------------------------------------------------------------------------

const JOB_TEXT = new Set(['ACCOUNT', 'CLINAME', 'IMAGNAME', 'PRCNAM', 'TABLENAME', 'TERMINAL', 'USERNAME']);
const JOB_PRIVILEGES = new Set(['AUTHPRIV', 'CURPRIV', 'IMAGPRIV', 'PROCPRIV']);
const JOB_PIDS = new Set(['PID', 'MASTER_PID', 'OWNER']);
const MODES = ['OTHER', 'NETWORK', 'BATCH', 'INTERACTIVE'];

const constant = (value: Value) => function* (): Flow<Value> { return value; };

/** Items of later versions: what they say of a system with one node, one processor and names as V4 has them. */
const LATER: Readonly<Record<string, (dcl: Dcl, pid: number) => Flow<Value>>> = {
  CASE_LOOKUP_IMAGE: constant('BLIND'), CASE_LOOKUP_PERM: constant('BLIND'), CASE_LOOKUP_TEMP: constant('BLIND'), CPU_ID: constant(0),
  PARSE_STYLE_IMAGE: constant('TRADITIONAL'), PARSE_STYLE_PERM: constant('TRADITIONAL'), TT_ACCPORNAM: constant(''),
  CLASSIFICATION: constant(''), CURRENT_AFFINITY_MASK: constant(0), DEADLOCK_WAIT: constant(0), HOME_RAD: constant(0), IMAGE_RIGHTS: constant(''), KT_COUNT: constant(1),
  KT_LIMIT: constant(0), MULTITHREAD: constant(0), NODE_CSID: constant(0), PROCESS_RIGHTS: (dcl, pid) => jobValue(dcl, pid, 'RIGHTSLIST'),
  *RIGHTS_SIZE(dcl, pid) { return (yield* jobItem(dcl.outside.procedure, jpidef.JPI$_RIGHTSLIST, RIGHTS_ROOM, pid)).bytes.length; },
  SCHED_CLASS_NAME: constant(''), STS2: constant(0), SUBSYSTEM_RIGHTS: constant(''), SYSTEM_RIGHTS: constant(''),
  IMAGE_WORKPRIV: (dcl, pid) => jobValue(dcl, pid, 'IMAGPRIV'), IMAGE_PERMPRIV: (dcl, pid) => jobValue(dcl, pid, 'IMAGPRIV'),
  IMAGE_AUTHPRIV: (dcl, pid) => jobValue(dcl, pid, 'IMAGPRIV'),
  *NODE_VERSION(dcl) { return textOf(yield* systemItem(dcl.outside.procedure, SYI$_VERSION, 64)).trimEnd(); },
  TT_PHYDEVNAM: (dcl, pid) => jobValue(dcl, pid, 'TERMINAL'),
  *NODENAME(dcl) { return textOf(yield* systemItem(dcl.outside.procedure, SYI$_NODENAME, 64)); },
};

/** Longest item: a full rights list, eight bytes an identifier. */
const RIGHTS_ROOM = 400;

/** Names of the identifiers in a rights list, the UIC's first. */
function* rightsText(p: Procedure, bytes: Uint8Array): Flow<string> {
  const names: string[] = [];
  for (let at = 0; at < bytes.length; at += 8) names.push((yield* ownerText(p, longwordOf({ bytes: bytes.subarray(at, at + 4) }) >>> 0)).replace(/^\[([^\]]*)\]$/, '$1'));
  return names.join(',');
}

/** One F$GETJPI item of the process with that EPID (0: own). */
export function* jobValue(dcl: Dcl, pid: number, item: string): Flow<Value> {
  // The header buffer still has the image before; who asks at a prompt or in a procedure runs none.
  if (item === 'IMAGNAME' && pid === 0 && dcl.prc.PRC$V_IMAGEACTIVE === 0) return '';
  const p = dcl.outside.procedure;
  const later = dcl.strict ? undefined : LATER[item];
  if (later !== undefined && !(`JPI$_${item}` in jpidef)) {
    // The process must be there, whatever is asked about it.
    check((yield* jobItem(p, jpidef.JPI$_PID, 4, pid)).status);
    return yield* later(dcl, pid);
  }
  const result = yield* jobItem(p, codeOf(jpidef, 'JPI$_', item), item === 'LOGINTIM' || JOB_PRIVILEGES.has(item) ? 8 : RIGHTS_ROOM, pid);
  if (later !== undefined && (result.status & 1) === 0 && result.status !== SS$_NONEXPR) return yield* later(dcl, pid);
  check(result.status);
  if (item === 'RIGHTSLIST') return yield* rightsText(p, result.bytes);
  if (JOB_TEXT.has(item)) return textOf(result);
  if (JOB_PRIVILEGES.has(item)) return privilegeNames(quadOf(result));
  if (item === 'LOGINTIM') return (yield* formatText(p, '!%D', [quadOf(result)])).text;
  const value = longwordOf(result);
  if (JOB_PIDS.has(item)) return item === 'OWNER' && value === 0 ? '' : hex8(value);
  if (item === 'STATE') return SCH_STATE_NAMES[value] ?? '';
  if (item === 'MODE') return MODES[value] ?? 'OTHER';
  if (item === 'UIC') return yield* ownerText(p, value);
  return value;
}

