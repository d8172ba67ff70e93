import { cliGetValue, cliGetValues, cliIsPresent } from '../dcl/cli-client.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { acesOf, aceView, inheritedAcl } from '../executive/information/acl.js';
import { parseNamedAce } from '../executive/information/acl-services.js';
import { IO$_MODIFY } from '../executive/starlet/iodef.js';
import { SS$_IVACL, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { aclOf } from '../filesystem/acl.js';
import { ATR$C_ADDACLENT, ATR$C_DELETEACL } from '../filesystem/atr.js';
import { fileFunction, headerBlock, withChannel } from './file-functions.js';
import { findAll, type FoundFile } from './file-search.js';
import type { FileFailure } from './files.js';
import { messageCode, report } from './messages.js';

/** Access control lists for SET ACL, SET FILE/ACL and SET DIRECTORY/ACL. @source DCL Dictionary, SET ACL */

type Ace = Uint8Array;

export interface AclChange {
  readonly aces: readonly Ace[];
  readonly after: Ace | undefined;
  readonly replacements: readonly Ace[] | undefined;
  /** The list of another file, to be had instead. */
  readonly like: readonly Ace[] | undefined;
  readonly deletes: boolean;
  readonly isNew: boolean;
  /** As a new file of its directory would have it. */
  readonly isDefault: boolean;
}

const same = (a: Ace, b: Ace): boolean => a.length === b.length && a.every((byte, index) => byte === b[index]);
const isProtected = (ace: Ace): boolean => aceView(ace).ACE$V_PROTECTED !== 0;

/** An entry that an edit names is not in the list. */
export const NO_SUCH_ACE = Symbol('no such entry');

/** The list that a change makes of another. `parent`: that of the directory the file is in. */
export function changedAcl(old: readonly Ace[], parent: Uint8Array, isDirectory: boolean, change: AclChange): readonly Ace[] | typeof NO_SUCH_ACE {
  const { aces, after, replacements, like, deletes, isNew, isDefault } = change;
  const kept = old.filter(isProtected);
  if (isDefault) return [...kept, ...acesOf(inheritedAcl(parent, isDirectory)) ?? []];
  if (like) return [...kept, ...like];
  if (isNew) return [...aces, ...kept];
  if (deletes && aces.length === 0) return kept;
  if (deletes || replacements) {
    const at = old.findIndex((ace) => aces[0] !== undefined && same(ace, aces[0]));
    if (at < 0 || aces.some((ace) => !old.some((other) => same(other, ace)))) return NO_SUCH_ACE;
    const rest = (list: readonly Ace[]): Ace[] => list.filter((ace) => !aces.some((gone) => same(ace, gone)));
    return [...rest(old.slice(0, at)), ...replacements ?? [], ...rest(old.slice(at))];
  }
  const at = after ? old.findIndex((ace) => same(ace, after)) : -1;
  if (after && at < 0) return NO_SUCH_ACE;
  return [...old.slice(0, at + 1), ...aces, ...old.slice(at + 1)];
}

/** The entries of a qualifier: one in parentheses, or several, each in its own. @returns the status of a message when one makes no sense */
function* acesOfQualifier(p: Procedure, qualifier: string): Flow<Ace[] | number> {
  const given = yield* cliGetValues(p, qualifier);
  const texts = given.some((value) => value.trim().startsWith('(')) ? given : given.length === 0 ? [] : [`(${given.join(',')})`];
  const aces: Ace[] = [];
  for (const text of texts) {
    const ace = yield* parseNamedAce(p, text);
    if (typeof ace === 'number') return yield* report(p, { code: messageCode('SET$_SYNTAX'), args: [text] }, { code: SS$_IVACL });
    aces.push(ace);
  }
  return aces;
}

/** What the qualifiers say; undefined without /ACL. @returns the status of a message when they make no sense */
export function* aclChange(p: Procedure, always: boolean): Flow<AclChange | number | undefined> {
  if (!always && !(yield* cliIsPresent(p, 'ACL'))) return undefined;
  const aces = yield* acesOfQualifier(p, 'ACL');
  if (typeof aces === 'number') return aces;
  const after = (yield* cliIsPresent(p, 'AFTER')) ? yield* acesOfQualifier(p, 'AFTER') : undefined;
  if (typeof after === 'number') return after;
  const replacements = (yield* cliIsPresent(p, 'REPLACE')) ? yield* acesOfQualifier(p, 'REPLACE') : undefined;
  if (typeof replacements === 'number') return replacements;
  const model = yield* cliGetValue(p, 'LIKE');
  let like: readonly Ace[] | undefined;
  if (model !== undefined) {
    const [file] = yield* findAll(p, [model], '', function* () { /* said below */ });
    const block = file ? yield* headerBlock(p, file) : undefined;
    if (!(block instanceof Uint8Array)) return yield* report(p, { code: messageCode('SET$_NOLIKE'), args: [model] });
    like = acesOf(aclOf(block)) ?? [];
  }
  return {
    aces, after: after?.[0], replacements, like, deletes: yield* cliIsPresent(p, 'DELETE'), isNew: yield* cliIsPresent(p, 'NEW'), isDefault: yield* cliIsPresent(p, 'DEFAULT'),
  };
}

/** Gives a file the list that the change makes. @returns what failed */
export function* changeAcl(p: Procedure, file: FoundFile, block: Uint8Array, isDirectory: boolean, change: AclChange): Flow<FileFailure | undefined> {
  const parent = change.isDefault ? yield* headerBlock(p, { ...file, fid: directoryId(file) }) : undefined;
  const next = changedAcl(acesOf(aclOf(block)) ?? [], parent instanceof Uint8Array ? aclOf(parent) : new Uint8Array(0), isDirectory, change);
  if (next === NO_SUCH_ACE) return { spec: file.spec, status: messageCode('SET$_NOSUCHACE'), stv: 0 };
  const bytes = Uint8Array.from(next.flatMap((ace) => [...ace]));
  return yield* withChannel(p, file, (chan) => p.scratch(function* (): Flow<FileFailure | undefined> {
    const { status } = yield* fileFunction(p, chan, file, {
      func: IO$_MODIFY, attributes: [{ code: ATR$C_DELETEACL, bytes: new Uint8Array(1) }, ...(bytes.length === 0 ? [] : [{ code: ATR$C_ADDACLENT, bytes }])],
    });
    return (status & 1) === SS$_NORMAL ? undefined : { spec: file.spec, status, stv: 0 };
  }));
}

function directoryId({ did }: FoundFile): FoundFile['fid'] {
  const view = new DataView(did.buffer, did.byteOffset);
  return [view.getUint16(0, true), view.getUint16(2, true), view.getUint16(4, true)];
}
