import type { Flow } from '../../executive/gate/microroutine.js';
import { bytesToText, textToBytes } from '../../executive/structures/memory.js';
import { CLI$_IVKEYW, CLI$_SYMOVF } from '../condition-codes.js';
import { CommandFailure, fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { parseNumber, type Value } from '../language/value.js';
import { matchesWildcard } from '../language/wildcard.js';
import { DCL$C_CTX } from '../structures.js';
import { jobValue } from './job-value.js';
import { parameters, type Lexical, type LexicalArguments } from './lexical.js';

/**
 * F$CONTEXT: which processes F$PID gives. The criteria are in a block of the CLI symbol table pages: link, how far the scan is, length,
 * text. The symbol holds the address of the block. @source DCL Dictionary, F$CONTEXT; dcl-lexicals.md
 */
const LINK = 0;
const SCAN = 4;
const LENGTH = 12;
const TEXT = 16;
const ROOM = 512;

const ITEMS = new Set([
  'ACCOUNT', 'AUTHPRI', 'CANCEL', 'CURPRIV', 'GRP', 'JOBPRCCNT', 'JOBTYPE', 'MASTER_PID', 'MEM', 'MODE', 'NODENAME', 'OWNER', 'PRCCNT', 'PRCNAM', 'PRI', 'PRIB', 'STATE', 'STS',
  'TERMINAL', 'UIC', 'USERNAME',
]);
const QUALIFIERS = new Set(['ALL', 'ANY', 'EQL', 'GEQ', 'GTR', 'LEQ', 'LSS', 'NEQ']);
const JOB_TYPES = ['DETACHED', 'NETWORK', 'BATCH', 'LOCAL', 'DIALUP', 'REMOTE'];

interface Criterion {
  readonly item: string;
  readonly value: string;
  readonly qualifier: string;
}

const FIELD = '\u0001';
const ENTRY = '\u0002';

/** The block that a symbol's value points to; 0 when it is none. */
function findContext(dcl: Dcl, value: Value | undefined): number {
  const wanted = value === undefined || value === '' ? 0 : (typeof value === 'number' ? value : parseNumber(value) ?? 0) >>> 0;
  if (wanted === 0) return 0;
  let at = dcl.prc.PRC$L_CONTEXTS;
  while (at !== 0 && at !== wanted) at = dcl.memory.readLong(at + LINK);
  return at;
}

/** Whether the symbol holds the context of a process selection, for F$TYPE. */
export function isProcessContext(dcl: Dcl, value: Value | undefined): boolean {
  return findContext(dcl, value) !== 0;
}

function newContext(dcl: Dcl): number {
  const at = dcl.storage.allocate(TEXT + ROOM, DCL$C_CTX);
  if (at === 0) fail(CLI$_SYMOVF);
  dcl.memory.writeLong(at + LINK, dcl.prc.PRC$L_CONTEXTS);
  dcl.memory.writeLong(at + SCAN, 0xffffffff);
  dcl.memory.writeLong(at + LENGTH, 0);
  dcl.prc.PRC$L_CONTEXTS = at;
  return at;
}

function release(dcl: Dcl, block: number): void {
  const next = dcl.memory.readLong(block + LINK);
  if (dcl.prc.PRC$L_CONTEXTS === block) dcl.prc.PRC$L_CONTEXTS = next;
  else {
    let at = dcl.prc.PRC$L_CONTEXTS;
    while (dcl.memory.readLong(at + LINK) !== block) at = dcl.memory.readLong(at + LINK);
    dcl.memory.writeLong(at + LINK, next);
  }
  dcl.storage.release(block);
}

function criteriaOf(dcl: Dcl, block: number): Criterion[] {
  const text = bytesToText(dcl.memory.readBytes(block + TEXT, dcl.memory.readLong(block + LENGTH)));
  return text.split(ENTRY).filter((entry) => entry !== '').map((entry) => {
    const [item = '', value = '', qualifier = ''] = entry.split(FIELD);
    return { item, value, qualifier };
  });
}

/** F$CONTEXT("PROCESS",symbol,item[,value][,qualifier]) */
function context(dcl: Dcl, args: LexicalArguments): Value {
  const type = args.keyword(0);
  if (type !== 'PROCESS') fail(CLI$_IVKEYW, { token: type });
  const item = args.keyword(2);
  if (!ITEMS.has(item)) fail(CLI$_IVKEYW, { token: item });
  const symbol = args.text(1);
  const existing = findContext(dcl, dcl.symbol(symbol));
  if (item === 'CANCEL') {
    if (existing !== 0) release(dcl, existing);
    dcl.assign(symbol, '', false);
    return '';
  }
  const qualifier = args.keyword(4, 'EQL') || 'EQL';
  if (!QUALIFIERS.has(qualifier)) fail(CLI$_IVKEYW, { token: qualifier });
  const block = existing || newContext(dcl);
  const kept = criteriaOf(dcl, block).filter((criterion) => criterion.item !== item);
  const text = [...kept, { item, value: args.text(3).toUpperCase(), qualifier }].map((entry) => [entry.item, entry.value, entry.qualifier].join(FIELD)).join(ENTRY);
  if (text.length > ROOM) fail(CLI$_SYMOVF);
  dcl.memory.writeBytes(block + TEXT, textToBytes(text));
  dcl.memory.writeLong(block + LENGTH, text.length);
  dcl.memory.writeLong(block + SCAN, 0xffffffff);
  dcl.assign(symbol, block | 0, false);
  return '';
}

/** One of the values of a criterion against the process's. */
function fits(actual: Value, wanted: string, { item, qualifier }: Criterion): boolean {
  if (item === 'CURPRIV') return String(actual).split(',').includes(wanted);
  const text = item === 'JOBTYPE' ? JOB_TYPES[Number(actual)] ?? '' : String(actual).trim().toUpperCase();
  const numbers = [typeof actual === 'number' ? actual : Number.NaN, parseNumber(wanted) ?? Number.NaN] as const;
  const order = Number.isNaN(numbers[0]) || Number.isNaN(numbers[1]) ? (text < wanted ? -1 : text > wanted ? 1 : 0) : numbers[0] - numbers[1];
  switch (qualifier) {
    case 'GEQ': return order >= 0;
    case 'GTR': return order > 0;
    case 'LEQ': return order <= 0;
    case 'LSS': return order < 0;
    default: return order === 0 || (Number.isNaN(numbers[0]) && matchesWildcard(text, wanted));
  }
}

function* fitsAll(dcl: Dcl, pid: number, criteria: readonly Criterion[]): Flow<boolean> {
  for (const criterion of criteria) {
    let actual: Value;
    try {
      actual = yield* jobValue(dcl, pid, criterion.item);
    } catch (error) {
      if (error instanceof CommandFailure) return false;
      throw error;
    }
    const values = criterion.value.split(',').map((value) => value.trim());
    const hits = values.map((value) => fits(actual, value, criterion));
    const good = criterion.qualifier === 'NEQ' ? !hits.includes(true) : criterion.qualifier === 'ALL' ? !hits.includes(false) : hits.includes(true);
    if (!good) return false;
  }
  return true;
}

/** The next process of a context; undefined at the end, when the context goes. `next` gives processes one by one from a scan value on. */
export function* nextOfContext(
  dcl: Dcl, value: Value | undefined, next: (scan: number) => Flow<{ readonly scan: number; readonly pid: number } | undefined>,
): Flow<number | undefined | 'no context'> {
  const block = findContext(dcl, value);
  if (block === 0) return 'no context';
  const criteria = criteriaOf(dcl, block);
  for (;;) {
    const found = yield* next(dcl.memory.readLong(block + SCAN));
    if (!found) {
      release(dcl, block);
      return undefined;
    }
    dcl.memory.writeLong(block + SCAN, found.scan);
    if (yield* fitsAll(dcl, found.pid, criteria)) return found.pid;
  }
}

export const CONTEXT: Lexical = { name: 'F$CONTEXT', parameters: parameters('string', 'symbol', 'string', 'string?', 'string?'), run: context };
