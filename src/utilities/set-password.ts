import { cliGetValue, cliIsPresent } from '../dcl/cli-client.js';
import type { Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { JPI$_USERNAME } from '../executive/starlet/jpidef.js';
import { SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { readQuad } from '../executive/structures/memory.js';
import { changeUser, findUser } from '../executive/information/authorization-file.js';
import { passwordIsRight, PRIMARY, SECONDARY, storePassword } from '../loginout/uaf-file.js';
import { messageCode, report } from './messages.js';
import { getProcess } from './process-information.js';
import { Screen } from './screen.js';
import { LineInput } from './line-input.js';

/**
 * SET PASSWORD [/GENERATE[=n]] [/SECONDARY]: asks for the old one and twice for the new one, without echo. The image is installed with the privilege to write
 * SYSUAF.DAT. @source DCL Dictionary, SET PASSWORD
 */
const LONGEST = 31;
const LETTERS = ['bcdfghjklmnprstvwz', 'aeiou'] as const;

/** Asks on the terminal without echo, else reads a line. Undefined: CTRL/Z. */
function* askSecret(p: Procedure, prompt: string): Flow<string | undefined> {
  const screen = yield* Screen.open(p, 'SYS$INPUT', { video: false });
  if (!screen) {
    const input = yield* LineInput.open(p, 'SYS$INPUT');
    if (typeof input === 'number') return undefined;
    const line = yield* input.line(prompt);
    yield* input.close();
    return line;
  }
  yield* screen.write(`\r\n${prompt}`);
  let text = '';
  for (;;) {
    const key = yield* screen.key();
    if (key === undefined || key === '\x1a' || key === '\x03') {
      yield* screen.close();
      return undefined;
    }
    if (key === '\r') break;
    if (key === '\x7f') text = text.slice(0, -1);
    else if (key === '\x15') text = '';
    else text += key;
  }
  yield* screen.close();
  return text;
}

/** A word that can be spoken, made from a number. */
function speakable(seed: bigint, length: number): string {
  let [value, word] = [seed, ''];
  for (let index = 0; index < length; index += 1) {
    const letters = LETTERS[index % 2 === 0 ? 0 : 1];
    value = BigInt.asUintN(64, value * 6364136223846793005n + 1442695040888963407n);
    word += letters[Number((value >> 33n) % BigInt(letters.length))];
  }
  return word;
}

export function* setPassword(p: Procedure): Flow<number> {
  const say = function* (symbol: string, ...more: { readonly code: number; readonly stv?: number }[]): Flow<number> { return yield* report(p, { code: messageCode(`SET$_${symbol}`) }, ...more); };
  if (yield* cliIsPresent(p, 'SYSTEM')) return yield* report(p, { code: messageCode('SET$_NOTIMPL'), args: ['PASSWORD/SYSTEM'] });
  const fields = (yield* cliIsPresent(p, 'SECONDARY')) ? SECONDARY : PRIMARY;
  const generate = yield* cliIsPresent(p, 'GENERATE');
  const { values } = yield* p.scratch(() => getProcess(p, p.allocate(4), { user: { code: JPI$_USERNAME, kind: 'text' } }));
  const user = values.user.trim();
  const found = yield* findUser(p, user);
  const { record } = found;
  if (!record) return yield* say('UAFERR', { code: found.status });
  if (record.UAF$V_LOCKPWD !== 0) return yield* say('PWDLOCKED');
  const old = record[fields.hash] === 0n ? '' : yield* askSecret(p, 'Old password: ');
  if (old === undefined) return SS$_NORMAL;
  const now = readQuad(p.memory, p.kernel.symbol('EXE$GQ_SYSTIME'));
  if (generate) {
    const least = Math.min(10, Math.max(1, Number((yield* cliGetValue(p, 'GENERATE')) ?? 6)));
    for (let index = 0; index < 5; index += 1) yield* report(p, { code: messageCode('SET$_PWDWORD'), args: [speakable(now + BigInt(index) * 977n, Math.max(6, least + 1))] });
  }
  const fresh = yield* askSecret(p, 'New password: ');
  if (fresh === undefined) return SS$_NORMAL;
  const again = yield* askSecret(p, 'Verification: ');
  if (again === undefined) return SS$_NORMAL;
  if (!passwordIsRight(record, old.toUpperCase(), fields)) return yield* say('PWDNOTVAL');
  const word = fresh.toUpperCase();
  if (!/^[A-Z0-9$_]*$/.test(word) || word.length > LONGEST || word.length < record.UAF$B_PWD_LENGTH) return yield* say('PWDSYNTAX');
  if (word !== again.toUpperCase()) return yield* say('PWDNOTVER');
  const status = yield* changeUser(p, user, (uaf) => { storePassword(uaf, user, fields, word, now); });
  return status & 1 ? SS$_NORMAL : yield* say('UAFERR', { code: status });
}
