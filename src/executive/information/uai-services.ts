import { procedure, type Flow, type Microroutine } from '../gate/microroutine.js';
import type { Procedure } from '../gate/procedure.js';
import { callerItems, canWriteItem, storeItem, type Item } from '../names/item-list.js';
import { RMS$_EOF, RMS$_RNF } from '../starlet/rmsdef.js';
import { SS$_ACCVIO, SS$_BADPARAM, SS$_NORMAL } from '../starlet/ssdef.js';
import * as uaidef from '../starlet/uaidef.js';
import { HOUR_BYTES, UAF } from '../structures/uaf.js';
import { changeUser, findUser } from './authorization-file.js';

/**
 * $GETUAI and $SETUAI: fields of a user's authorization record, as they lie in it (texts counted, names blank filled, hours three bytes a day).
 * choice: the protection of SYSUAF.DAT decides who may read and write it; a user's own record is no exception.
 * @source book Table 9-1; System Services Reference V4, $GETUAI, $SETUAI
 */
interface Field {
  readonly offset: number;
  readonly size: number;
}

const WAYS_IN = ['NETWORK', 'BATCH', 'LOCAL', 'DIALUP', 'REMOTE'];
/** Fills up an account name; all other fields end with zeroes. */
const BLANK = 0x20;
/** Fields that no program changes: what makes the record that of this user. */
const FIXED: ReadonlySet<number> = new Set([uaidef.UAI$_RTYPE, uaidef.UAI$_VERSION, uaidef.UAI$_USRDATOFF, uaidef.UAI$_USERNAME, uaidef.UAI$_USERNAME_TAG]);

function fields(): ReadonlyMap<number, Field> {
  const found = new Map<number, Field>();
  const codes: Readonly<Record<string, number>> = uaidef;
  for (const { name, offset, size } of UAF.fields) {
    const code = codes[name.replace(/^UAF\$[A-Z]_/, 'UAI$_')];
    if (code !== undefined) found.set(code, { offset, size });
  }
  const uic = UAF.offset.UAF$L_UIC;
  found.set(uaidef.UAI$_MEM, { offset: uic, size: 2 });
  found.set(uaidef.UAI$_GRP, { offset: uic + 2, size: 2 });
  WAYS_IN.forEach((way, index) => {
    found.set(codes[`UAI$_${way}_ACCESS_P`]!, { offset: UAF.offset.UAF$R_ACCESS + 2 * HOUR_BYTES * index, size: HOUR_BYTES });
    found.set(codes[`UAI$_${way}_ACCESS_S`]!, { offset: UAF.offset.UAF$R_ACCESS + 2 * HOUR_BYTES * index + HOUR_BYTES, size: HOUR_BYTES });
  });
  return found;
}

const FIELDS = fields();

/** User name and items of the caller; a status when they make no sense. */
function request(p: Procedure): { readonly user: string; readonly items: readonly Item[] } | number {
  const user = p.kernel.callerString(p.argument(3));
  if (user === undefined) return SS$_ACCVIO;
  const items = callerItems(p.kernel, p.argument(4));
  if (typeof items === 'number') return items;
  return items.every(({ code }) => FIELDS.has(code)) ? { user: user.trim(), items } : SS$_BADPARAM;
}

/** The services' status for one of the file. */
const answer = (status: number): number => (status & 1 ? SS$_NORMAL : status === RMS$_EOF ? RMS$_RNF : status);

/** $GETUAI [nullarg],[contxt],usrnam,itmlst. @returns SS$_NORMAL; SS$_ACCVIO; SS$_BADPARAM unknown item; RMS$_RNF no such user; RMS$_PRV and others of RMS */
function* getuai(p: Procedure): Flow<number> {
  const asked = request(p);
  if (typeof asked === 'number') return asked;
  if (!asked.items.every((item) => canWriteItem(p.kernel, item))) return SS$_ACCVIO;
  const { status, record } = yield* findUser(p, asked.user);
  if (!record) return answer(status);
  for (const item of asked.items) {
    const { offset, size } = FIELDS.get(item.code)!;
    storeItem(p.kernel, item, record.memory.readBytes(record.address + offset, size));
  }
  return SS$_NORMAL;
}

/**
 * $SETUAI [nullarg],[contxt],usrnam,itmlst.
 *
 * @returns SS$_NORMAL; SS$_ACCVIO; SS$_BADPARAM unknown item, one that cannot be changed, or a value longer than the field; RMS$_RNF no such user; RMS$_PRV
 */
function* setuai(p: Procedure): Flow<number> {
  const asked = request(p);
  if (typeof asked === 'number') return asked;
  const changes: { readonly offset: number; readonly bytes: Uint8Array }[] = [];
  for (const { code, length, buffer } of asked.items) {
    const { offset, size } = FIELDS.get(code)!;
    if (FIXED.has(code) || length > size) return SS$_BADPARAM;
    if (!p.kernel.callerCanRead(buffer, length)) return SS$_ACCVIO;
    const bytes = new Uint8Array(size).fill(code === uaidef.UAI$_ACCOUNT ? BLANK : 0);
    bytes.set(p.kernel.readBytes(buffer, length));
    changes.push({ offset, bytes });
  }
  return answer(yield* changeUser(p, asked.user, (record) => {
    for (const { offset, bytes } of changes) record.memory.writeBytes(record.address + offset, bytes);
  }));
}

export const UAI_ROUTINES: readonly Microroutine[] = [procedure('EXE$GETUAI', getuai), procedure('EXE$SETUAI', setuai)];
