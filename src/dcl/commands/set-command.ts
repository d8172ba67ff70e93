import type { Flow } from '../../executive/gate/microroutine.js';
import { RMS$_EOF } from '../../executive/starlet/rmsdef.js';
import { CLI$_INSFPRM, CLI$_INVCLD, CLI$_IVVERB, CLI$_SYMOVF } from '../condition-codes.js';
import { fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { DCL_OPENIN, DCL_READERR } from '../messages.js';
import { upcase } from '../language/characters.js';
import { DCL$C_CLT, PRC, STR } from '../structures.js';
import { CldError, parseCld, type CldDefinition, type CldModule } from '../tables/cld-parser.js';
import { compileAddition, type VerbName } from '../tables/compiler.js';
import { CLT } from '../tables/layout.js';
import type { ParsedCommand } from '../tables/parsed-command.js';
import type { CommandRoutines } from './command.js';
import { withStv } from './input-output.js';

/**
 * SET COMMAND: the process's own command table. New commands go into the CLI symbol table pages, with a head and an index of all verbs;
 * DCLTABLES stays mapped as it is. What an earlier SET COMMAND made is given back as far as nothing leads there any more.
 * A subprocess starts from DCLTABLES again.
 */

/** Most of a definition file; longer ones have no room anyway. */
const MOST = 0x1_0000;

/** A command of a user's without IMAGE runs SYS$SYSTEM:verb.EXE; a ROUTINE would have to be in an object module (SET COMMAND/OBJECT). */
function withImage(definition: CldDefinition, isVerb: boolean): CldDefinition {
  if (definition.routine !== undefined) throw new CldError(0, `${definition.name}: a routine needs a table in an object module`);
  return isVerb && definition.image === undefined ? { ...definition, image: definition.name } : definition;
}

/** Definitions of one file. */
function* readDefinitions(dcl: Dcl, spec: string): Flow<{ readonly spec: string; readonly module: CldModule }> {
  const { files } = dcl.outside;
  const opened = yield* files.open(spec, '.CLD', 'read');
  if ((opened.status & 1) === 0) throw withStv(DCL_OPENIN, [opened.spec || spec], opened);
  const lines: string[] = [];
  let size = 0;
  for (;;) {
    const { status, stv, text } = yield* files.get(opened.stream, {});
    if (status === RMS$_EOF) break;
    if ((status & 1) === 0) {
      yield* files.close(opened.stream);
      throw withStv(DCL_READERR, [opened.spec], { status, stv });
    }
    lines.push(text);
    size += text.length;
    if (size > MOST) break;
  }
  yield* files.close(opened.stream);
  if (size > MOST) fail(CLI$_SYMOVF);
  const module = asCondition(opened.spec, () => {
    const { verbs, syntaxes, types } = parseCld(lines.join('\n'));
    return { verbs: verbs.map((verb) => withImage(verb, true)), syntaxes: syntaxes.map((syntax) => withImage(syntax, false)), types };
  });
  return { spec: opened.spec, module };
}

/** Mistakes in a definition file are conditions. */
function asCondition<T>(spec: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof CldError) fail(CLI$_INVCLD, { args: [spec, error.message] });
    throw error;
  }
}

/** Verbs of the present table but those that are deleted or defined anew. */
function keptVerbs(dcl: Dcl, gone: readonly string[]): VerbName[] {
  return dcl.table.verbs().filter(({ name }) => !gone.includes(name)).map(({ name, command }) => ({ name, command }));
}

/** /NOREPLACE: only what there is not yet. */
function newVerbs(dcl: Dcl, module: CldModule): CldModule {
  const isNew = (name: string): boolean => !dcl.table.verbs().some((verb) => verb.name === name);
  const verbs = module.verbs.filter(({ name }) => isNew(name)).map((verb) => ({ ...verb, synonyms: verb.synonyms.filter(isNew) }));
  return { ...module, verbs };
}

/** SET COMMAND [file[,...]] [/DELETE=(verb,...)] @dcl partly: no /TABLE, /OUTPUT, /OBJECT, /LISTING */
function* setCommand(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const specs = command.values('FILE');
  const deleted = command.values('DELETE').map((verb) => upcase(verb));
  if (specs.length === 0 && deleted.length === 0) fail(CLI$_INSFPRM);
  const present = dcl.table.verbs();
  for (const verb of deleted) if (!present.some(({ name }) => name === verb)) fail(CLI$_IVVERB, { token: verb });
  for (const given of specs) {
    const { spec, module: read } = yield* readDefinitions(dcl, given);
    const module = command.negates('REPLACE') ? newVerbs(dcl, read) : read;
    const replaced = module.verbs.flatMap(({ name, synonyms }) => [name, ...synonyms]);
    install(dcl, spec, module, keptVerbs(dcl, [...deleted, ...replaced]));
  }
  if (specs.length === 0) install(dcl, '', { verbs: [], syntaxes: [], types: new Map() }, keptVerbs(dcl, deleted));
  return 1;
}

/** Puts the new head, index and commands into the symbol table pages and makes them the command table. */
function install(dcl: Dcl, spec: string, definitions: CldModule, kept: readonly VerbName[]): void {
  const { memory, storage, ppd } = dcl;
  const head = CLT.at(memory, ppd.PPD$L_TABLES);
  const origin = (head.address + head.CLT$L_ORIGIN) >>> 0;
  const compiled = (at: number): Uint8Array => asCondition(spec, () => compileAddition([definitions], kept, (at - origin) >>> 0));
  // Wherever they go, they are as many bytes.
  const block = storage.allocate(STR.size + compiled(0).length, DCL$C_CLT);
  if (block === 0) fail(CLI$_SYMOVF);
  const at = block + STR.size;
  memory.writeBytes(at, compiled(at));
  ppd.PPD$L_TABLES = at;
  dcl.prc.PRC$L_TABLEGEN = dcl.prc.PRC$L_TABLEGEN + 1;
  giveBack(dcl, kept.map(({ command }) => (origin + command) >>> 0));
  memory.writeLong(block, dcl.prc.PRC$L_TABLEBLOCKS);
  dcl.prc.PRC$L_TABLEBLOCKS = block;
}

/**
 * What earlier SET COMMANDs made and nothing leads to any more: a block none of whose commands is left, and of every other its index of verbs,
 * which is its end. @param commands  addresses of the commands that stay
 */
function giveBack(dcl: Dcl, commands: readonly number[]): void {
  const { memory, storage, prc } = dcl;
  let link = prc.address + PRC.offset.PRC$L_TABLEBLOCKS;
  for (let block = memory.readLong(link); block !== 0; block = memory.readLong(link)) {
    const size = memory.readWord(block + 8);
    if (!commands.some((address) => address > block && address < block + size)) {
      memory.writeLong(link, memory.readLong(block));
      storage.release(block);
      continue;
    }
    const head = CLT.at(memory, block + STR.size);
    const needed = roundToGranule(STR.size + ((head.CLT$L_VERBS + head.CLT$L_ORIGIN) >>> 0));
    if (size - needed >= GRANULE) {
      memory.writeWord(block + 8, needed);
      memory.writeWord(block + needed + 8, size - needed);
      storage.release(block + needed);
    }
    link = block;
  }
}

const GRANULE = 16;
const roundToGranule = (bytes: number): number => (bytes + GRANULE - 1) & -GRANULE;

export const SET_COMMAND_COMMANDS: CommandRoutines = { SET_COMMAND: setCommand };
