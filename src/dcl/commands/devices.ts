import type { Flow } from '../../executive/gate/microroutine.js';
import { service } from '../../executive/gate/service-call.js';
import { LNM$M_CONFINE, LNM$M_CREATE_IF, LNM$M_NO_ALIAS } from '../../executive/starlet/lnmdef.js';
import { bytesToText } from '../../executive/structures/memory.js';
import { CLI$_ALLOC, CLI$_INSFPRM, CLI$_TABEXIST } from '../condition-codes.js';
import { check, fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { upcase } from '../language/characters.js';
import { parseNumber } from '../language/value.js';
import { define } from '../names.js';
import type { ParsedCommand } from '../tables/parsed-command.js';
import type { CommandRoutines } from './command.js';
import { modeOf } from './logical-names.js';

const SUPERVISOR = 2;
const EXISTED = 1;

/** ALLOCATE device[,...] [logical]: the first that can be had; with /GENERIC a device of that type. @dcl full */
function* allocateCommand(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const p = dcl.outside.procedure;
  let status = 0;
  for (const device of command.values('DEVICE')) {
    const got = yield* p.scratch(function* () {
      const buffer = p.allocate(64);
      const length = p.allocate(4);
      const flags = command.has('GENERIC') ? p.bytes(Uint8Array.of(1, 0, 0, 0)) : 0;
      const result = yield* service(p, '$ALLOC', { devnam: p.string(device), phylen: length, phybuf: p.descriptor(64, buffer), acmode: SUPERVISOR, flags });
      return { result, name: bytesToText(p.memory.readBytes(buffer, p.memory.readWord(length))) };
    });
    status = got.result;
    if ((status & 1) === 0) continue;
    if (command.has('LOG')) yield* dcl.report({ code: CLI$_ALLOC, args: [got.name] });
    const logical = command.value('LOGICAL');
    if (logical !== undefined) check(yield* define(p, upcase(logical).replace(/:$/, ''), [{ value: got.name, concealed: false, terminal: false }], 'LNM$PROCESS', SUPERVISOR, { confine: false, noAlias: false }));
    return status;
  }
  check(status);
  return status;
}

/** DEALLOCATE device, DEALLOCATE/ALL @dcl full */
function* deallocateCommand(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const p = dcl.outside.procedure;
  const device = command.value('DEVICE');
  if (device === undefined && !command.has('ALL')) fail(CLI$_INSFPRM);
  check(yield* p.scratch(() => service(p, '$DALLOC', { devnam: device === undefined ? 0 : p.string(device), acmode: SUPERVISOR })));
  return 1;
}

/** CREATE/NAME_TABLE table @dcl partly: no /PROTECTION */
function* createNameTable(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const p = dcl.outside.procedure;
  const name = upcase(command.value('TABLE')!);
  const attributes = command.values('ATTRIBUTES');
  const quota = command.value('QUOTA');
  const status = yield* p.scratch(function* () {
    const cell = (value: number): number => { const at = p.allocate(4); p.memory.writeLong(at, value); return at; };
    const bits = (attributes.includes('CONFINE') ? LNM$M_CONFINE : 0) | (attributes.includes('NO_ALIAS') ? LNM$M_NO_ALIAS : 0);
    return yield* service(p, '$CRELNT', {
      attr: cell(bits | (attributes.includes('SUPERSEDE') ? 0 : LNM$M_CREATE_IF)), quota: quota === undefined ? 0 : cell(parseNumber(quota)!), tabnam: p.string(name),
      partab: p.string(command.value('PARENT_TABLE') ?? 'LNM$PROCESS_DIRECTORY'), acmode: p.bytes(Uint8Array.of(modeOf(command))),
    });
  });
  check(status);
  if (status === EXISTED && command.has('LOG') && !attributes.includes('SUPERSEDE')) yield* dcl.report({ code: CLI$_TABEXIST, args: [name] });
  return 1;
}

export const DEVICE_COMMANDS: CommandRoutines = { ALLOCATE: allocateCommand, DEALLOCATE: deallocateCommand, CREATE_NAME_TABLE: createNameTable };
