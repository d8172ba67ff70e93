import type { Flow } from '../../executive/gate/microroutine.js';
import { readCounted, textToBytes } from '../../executive/structures/memory.js';
import { RMS$_EOF } from '../../executive/starlet/rmsdef.js';
import { CLI$_BUFOVF, CLI$_SYMDEL, CLI$_SYMOVF, CLI$_UNDFIL, CLI$_UNDSYM, CLI$_USGOTO, STS$M_INHIB_MSG } from '../condition-codes.js';
import { CommandFailure, CommandInterrupted, fail, rmsFailure, rmsReasons } from '../condition.js';
import type { FileAccess } from '../files.js';
import { goToLabel } from '../interpreter/labels.js';
import { dataRecord, ELSEWHERE, wasInterrupted } from '../interpreter/reader.js';
import type { Dcl } from '../interpreter/session.js';
import { trim, upcase } from '../language/characters.js';
import { evaluate } from '../language/evaluate.js';
import { LONGEST_STRING, toText } from '../language/value.js';
import { DCL_OPENIN, DCL_OPENOUT } from '../messages.js';
import { DCL$C_PPF, PPF, PRC } from '../structures.js';
import type { ParsedCommand } from '../tables/parsed-command.js';
import type { CommandRoutines } from './command.js';
import { symbolName } from './symbol.js';

/** OPEN, CLOSE, READ, WRITE. Open files are in a list of PPF blocks; their logical names lead to them. */

const DEV$M_TRM = 4;

function logicalOf(command: ParsedCommand): string {
  return upcase(command.value('LOGICAL')!).replace(/:$/, '');
}

/** The PPF of a file that OPEN opened, and the link that leads to it. */
function findFile(dcl: Dcl, name: string): { link: number; file: number } | undefined {
  let link = dcl.prc.address + PRC.offset.PRC$L_FILES;
  for (let file = dcl.memory.readLong(link); file !== 0; link = file, file = dcl.memory.readLong(file)) {
    if (readCounted(dcl.memory, file + PPF.size) === name) return { link, file };
  }
  return undefined;
}

/** A failing file operation: goes to the /END_OF_FILE or /ERROR label without a message, or fails the command. */
function* gone(dcl: Dcl, command: ParsedCommand, failure: CommandFailure): Flow<void> {
  const status = failure.because?.[0]?.code ?? failure.code;
  const label = (status === RMS$_EOF ? command.value('END_OF_FILE') : undefined) ?? command.value('ERROR');
  if (label === undefined) throw failure;
  dcl.prc.PRC$L_STATUS = (status | STS$M_INHIB_MSG) >>> 0;
  if (!(yield* goToLabel(dcl, upcase(label)))) fail(CLI$_USGOTO);
}

export function withStv(code: number, args: readonly string[], result: { status: number; stv: number }): CommandFailure {
  return new CommandFailure(code, { args, because: rmsReasons(result) });
}

/** OPEN log file @dcl full except shared write rules @source DCL Dictionary, OPEN */
function* openCommand(dcl: Dcl, command: ParsedCommand): Flow<number | void> {
  const name = logicalOf(command);
  // A name that is open stays with its first file.
  if (findFile(dcl, name)) return 1;
  const read = command.has('READ');
  const write = command.has('WRITE');
  const access: FileAccess = command.has('APPEND') ? 'append' : write ? (read ? 'update' : 'write') : 'read';
  const spec = command.value('FILE')!;
  const opened = yield* dcl.outside.files.open(spec, '.DAT', access, command.value('SHARE') ?? (command.has('SHARE') ? 'WRITE' : undefined));
  if ((opened.status & 1) === 0) {
    yield* gone(dcl, command, withStv(access === 'write' ? DCL_OPENOUT : DCL_OPENIN, [opened.spec || spec], opened));
    return;
  }
  const file = dcl.storage.allocate(PPF.size + 1 + name.length, DCL$C_PPF);
  if (file === 0) {
    yield* dcl.outside.files.close(opened.stream);
    fail(CLI$_SYMOVF);
  }
  const view = PPF.at(dcl.memory, file);
  view.PPF$L_FLINK = dcl.prc.PRC$L_FILES;
  view.PPF$L_RAB = opened.stream;
  view.PPF$W_IFI = opened.ifi;
  view.PPF$W_ISI = 0;
  view.PPF$L_DEV = opened.device;
  view.PPF$B_FLAGS = 0;
  view.PPF$V_READ = access === 'read' || access === 'update' ? 1 : 0;
  view.PPF$V_WRITE = access === 'read' ? 0 : 1;
  dcl.memory.writeByte(file + PPF.size, name.length);
  dcl.memory.writeBytes(file + PPF.size + 1, textToBytes(name));
  dcl.prc.PRC$L_FILES = file;
  yield* dcl.outside.nameFile(name, opened.ifi, dcl.outside.files.deviceName(opened.stream));
  return 1;
}

/** CLOSE log @dcl full */
function* closeCommand(dcl: Dcl, command: ParsedCommand): Flow<number | void> {
  const found = findFile(dcl, logicalOf(command));
  if (!found) {
    if (command.negates('LOG')) return 1;
    yield* gone(dcl, command, new CommandFailure(CLI$_UNDFIL));
    return;
  }
  const view = PPF.at(dcl.memory, found.file);
  const stream = view.PPF$L_RAB;
  dcl.memory.writeLong(found.link, view.PPF$L_FLINK);
  dcl.storage.release(found.file);
  yield* dcl.outside.unnameFile(logicalOf(command));
  const status = yield* dcl.outside.files.close(stream);
  if ((status & 1) === 0) yield* gone(dcl, command, new CommandFailure(status));
  return 1;
}

interface Stream {
  readonly stream: number;
  readonly terminal: boolean;
  /** A terminal at which nobody sees a prompt or an echo. */
  readonly unseen?: boolean;
}

/** The stream a logical name of READ or WRITE leads to; undefined when DCL has no such file. */
function* streamOf(dcl: Dcl, name: string, writing: boolean): Flow<Stream | undefined> {
  const found = findFile(dcl, name);
  if (found) {
    const view = PPF.at(dcl.memory, found.file);
    return { stream: view.PPF$L_RAB, terminal: (view.PPF$L_DEV & DEV$M_TRM) !== 0 };
  }
  const target = yield* dcl.outside.translate(name);
  if (target === undefined) return undefined;
  if ('name' in target) return target.name === name ? undefined : yield* streamOf(dcl, target.name, writing);
  const { ifi } = target;
  for (let file = dcl.prc.PRC$L_FILES; file !== 0; file = dcl.memory.readLong(file)) {
    const view = PPF.at(dcl.memory, file);
    if (view.PPF$W_IFI === ifi) return { stream: view.PPF$L_RAB, terminal: (view.PPF$L_DEV & DEV$M_TRM) !== 0 };
  }
  if (writing) return { stream: ifi === dcl.standardFiles().output ? dcl.outputStream() : dcl.prc.PRC$L_OUTRAB, terminal: true };
  if (ifi === dcl.idf.IDF$W_PIPEINPIFI) return { stream: dcl.idf.IDF$L_PIPEINP, terminal: false };
  if (name === 'SYS$INPUT') return { stream: dcl.idf.IDF$L_RAB, terminal: dcl.interactive };
  if (ifi === dcl.ppd.PPD$W_CMDIFI) return { stream: dcl.prc.PRC$L_CMDRAB, terminal: dcl.ppd.PPD$V_UNSEEN === 0, unseen: dcl.ppd.PPD$V_UNSEEN !== 0 };
  return { stream: dcl.prc.PRC$L_INPRAB, terminal: (dcl.ppd.PPD$L_INPDEV & DEV$M_TRM) !== 0 };
}

/** READ log symbol @dcl full */
function* readCommandVerb(dcl: Dcl, command: ParsedCommand): Flow<number | void> {
  const symbol = symbolName(command.value('SYMBOL')!);
  const target = yield* streamOf(dcl, logicalOf(command), false);
  if (!target) {
    yield* gone(dcl, command, new CommandFailure(CLI$_UNDFIL));
    return;
  }
  const key = command.value('KEY');
  const timeout = command.value('TIME_OUT');
  const data = yield* dataRecord(dcl, target.stream);
  const result = data !== ELSEWHERE ? { status: data === undefined ? RMS$_EOF : 1, stv: 0, text: data ?? '' } : yield* dcl.outside.files.get(target.stream, {
    ...(target.terminal ? { prompt: `\r\n${command.value('PROMPT') ?? 'Data: '}` } : {}),
    ...(target.unseen ? { noEcho: true } : {}),
    ...(key === undefined ? {} : { key: { value: key, index: Number(command.value('INDEX') ?? '0'), match: (command.value('MATCH') ?? 'EQ') as 'EQ' | 'GE' | 'GT' } }),
    ...(timeout === undefined ? {} : { timeout: Number(timeout) }),
    ...(command.has('DELETE') ? { deleteRecord: true } : {}),
  });
  if (wasInterrupted(result)) throw new CommandInterrupted();
  if ((result.status & 1) !== 0) {
    dcl.assign(symbol, result.text, false);
    return 1;
  }
  yield* gone(dcl, command, rmsFailure(result));
}

/** WRITE log expression[,...] @dcl full */
function* writeCommand(dcl: Dcl, command: ParsedCommand): Flow<number | void> {
  const text = command.raw('ITEMS')!;
  let record = '';
  if (command.has('SYMBOL')) {
    for (const item of text.split(',')) {
      const name = upcase(trim(item));
      record += toText(dcl.symbol(name) ?? fail(CLI$_UNDSYM, { token: name }));
    }
  } else {
    const found = dcl.expressionList(text);
    for (const item of found.tree) record += toText(yield* evaluate(item, dcl));
    if (found.leftover === 'parenthesis') fail(CLI$_SYMDEL);
    dcl.follow('evaluate', `WRITE ${record}`);
  }
  if (record.length > LONGEST_STRING) fail(CLI$_BUFOVF);
  const target = yield* streamOf(dcl, logicalOf(command), true);
  if (!target) {
    yield* gone(dcl, command, new CommandFailure(CLI$_UNDFIL));
    return;
  }
  const result = yield* dcl.outside.files.put(target.stream, record, command.has('UPDATE'));
  if ((result.status & 1) !== 0) return 1;
  yield* gone(dcl, command, rmsFailure(result));
}

export const INPUT_OUTPUT_COMMANDS: CommandRoutines = { OPEN: openCommand, CLOSE: closeCommand, READ: readCommandVerb, WRITE: writeCommand };
