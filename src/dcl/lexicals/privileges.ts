import type { Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import { JPI$_CURPRIV } from '../../executive/starlet/jpidef.js';
import { CLI$_IVKEYW } from '../condition-codes.js';
import { check, fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { jobItem } from '../job-information.js';
import type { Value } from '../language/value.js';
import { PRIVILEGES, readPrivilege } from '../privileges.js';
import { parameters, truth, type Lexical, type LexicalArguments } from './lexical.js';

function* currentPrivileges(dcl: Dcl): Flow<bigint> {
  const { bytes } = yield* jobItem(dcl.outside.procedure, JPI$_CURPRIV, 8);
  return bytes.reduceRight((mask, byte) => (mask << 8n) | BigInt(byte), 0n);
}

function readList(text: string): { mask: bigint; wanted: boolean; word: string }[] {
  return text.split(',').filter((word) => word.trim() !== '').map((word) => ({ ...(readPrivilege(word) ?? fail(CLI$_IVKEYW, { token: word.trim().toUpperCase() })), word }));
}

/** F$PRIVILEGE(list): whether all named privileges are on (NO forms: off). */
function* privilege(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const list = readList(args.text(0));
  const current = yield* currentPrivileges(dcl);
  return truth(list.every(({ mask, wanted }) => (wanted ? (current & mask) === mask : (current & mask) === 0n)));
}

/** F$SETPRV(list): changes privileges and gives the former state of those named. */
function* setprv(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const list = readList(args.text(0));
  const before = yield* currentPrivileges(dcl);
  const p = dcl.outside.procedure;
  for (const wanted of [true, false]) {
    const mask = list.filter((item) => item.wanted === wanted).reduce((all, item) => all | item.mask, 0n);
    if (mask === 0n) continue;
    yield* p.scratch(function* () {
      const at = p.allocate(8);
      p.memory.writeLong(at, Number(BigInt.asUintN(32, mask)));
      p.memory.writeLong(at + 4, Number(BigInt.asUintN(32, mask >> 32n)));
      check(yield* service(p, '$SETPRV', { enbflg: wanted ? 1 : 0, prvadr: at, prmflg: 1 }));
    });
  }
  // In the order they were named: F$SETPRV("NOOPER,GROUP") says OPER,GROUP (OpenVMS V8.4).
  return list.flatMap(({ mask }) => PRIVILEGES.filter(([, bit]) => ((mask >> BigInt(bit)) & 1n) !== 0n))
    .map(([name, bit]) => (((before >> BigInt(bit)) & 1n) !== 0n ? name : `NO${name}`)).join(',');
}

/** F$IDENTIFIER(id, "NAME_TO_NUMBER" | "NUMBER_TO_NAME") through $ASCTOID and $IDTOASC; unknown gives 0 or "". */
function* identifier(dcl: Dcl, args: LexicalArguments): Flow<Value> {
  const p = dcl.outside.procedure;
  const conversion = args.keyword(1);
  if ('NAME_TO_NUMBER'.startsWith(conversion) && conversion.length > 1) {
    return yield* p.scratch(function* () {
      const id = p.allocate(4);
      const status = yield* service(p, '$ASCTOID', { name: p.string(args.text(0).toUpperCase()), id });
      return (status & 1) !== 0 ? p.memory.readLong(id) | 0 : 0;
    });
  }
  if (!'NUMBER_TO_NAME'.startsWith(conversion)) fail(CLI$_IVKEYW, { token: conversion });
  return yield* p.scratch(function* () {
    const buffer = p.allocate(32);
    const length = p.allocate(4);
    const status = yield* service(p, '$IDTOASC', { id: args.integer(0), namlen: length, nambuf: p.descriptor(31, buffer) });
    return (status & 1) !== 0 ? p.text(p.descriptor(p.memory.readWord(length), buffer)) : '';
  });
}

export const PRIVILEGE_LEXICALS: readonly Lexical[] = [
  { name: 'F$PRIVILEGE', parameters: parameters('string'), run: privilege },
  { name: 'F$SETPRV', parameters: parameters('string'), run: setprv },
  { name: 'F$IDENTIFIER', parameters: parameters('value', 'string'), run: identifier },
];
