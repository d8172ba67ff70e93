import type { ResidentImage } from '../../executive/boot/sysboot.js';
import { procedure, type Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import { longwordBytes } from '../../executive/names/item-list.js';
import { ARM$M_DELETE, ARM$M_READ, CHP$_ACCESS, CHP$_OWNER, CHP$_PRIV, CHP$_PROT, CHP$_RIGHTS } from '../../executive/starlet/chpdef.js';
import { FAB$C_VFC, FAB$M_CR, FAB$M_FTN, FAB$M_PRN } from '../../executive/starlet/fabdef.js';
import { IO$M_NOW, IO$_READVBLK, IO$_WRITEVBLK } from '../../executive/starlet/iodef.js';
import { MSG$_SMBDON, MSG$_SMBINI } from '../../executive/starlet/msgdef.js';
import * as qui from '../../executive/starlet/quidef.js';
import { SS$_NOPRIV, SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { bytesToText, readCounted, textToBytes } from '../../executive/structures/memory.js';
import { timeNow } from '../../executive/time/time-now.js';
import {
  SMD, SMT, SMT$K_ROOM, SMT$K_TEXTS, SMT$M_FILE_BURST, SMT$M_FILE_FLAG, SMT$M_FILE_TRAILER, SMT$M_JOB_BURST, SMT$M_JOB_FLAG, SMT$M_JOB_TRAILER,
} from '../../loginout/queues/symbiont-message.js';
import { findFiles, readHeader } from '../file-search.js';
import { fileBlocks, isFailure, RmsFile } from '../files.js';
import { burstLine, filePage, jobPage, type FlagFacts } from './flag-page.js';
import { PageWriter } from './page-writer.js';

/**
 * PRTSMB.EXE: the print symbiont. It reads its mailbox (SYS$INPUT), prints the file it is told to on its device (SYS$OUTPUT), and tells the job
 * controller how that went. A file is printed only if who entered the job may read it. @source book 29.1.1
 */
const JOB_CONTROL_MAILBOX = '_MBA1:';
/** Characters that are written at once. */
const CHUNK = 400;

type Task = ReturnType<typeof SMT.at>;

const main = procedure('PRTSMB$MAIN', function* (p) {
  const input = yield* assign(p, 'SYS$INPUT');
  const answers = yield* assign(p, JOB_CONTROL_MAILBOX);
  if (input === 0 || answers === 0) return SS$_NOPRIV;
  const device = yield* assign(p, 'SYS$OUTPUT');
  if (device === 0) yield* answer(p, answers, 0, SS$_NOPRIV, 0);
  const message = p.allocate(SMT$K_ROOM);
  const iosb = p.allocate(8);
  for (;;) {
    const read = yield* service(p, '$QIOW', { efn: 1, chan: input, func: IO$_READVBLK, iosb, p1: message, p2: SMT$K_ROOM });
    if (!(read & 1)) return read;
    if (!(p.memory.readWord(iosb) & 1) || p.memory.readWord(message) !== MSG$_SMBINI || device === 0) continue;
    yield* p.scratch(function* () {
      const task = SMT.at(p.memory, message);
      const { status, pages } = yield* print(p, device, task);
      yield* answer(p, answers, task.SMT$L_ENTRY, status, pages);
    });
  }
});

function* assign(p: Procedure, name: string): Flow<number> {
  return yield* p.scratch(function* () {
    const chan = p.allocate(4);
    const status = yield* service(p, '$ASSIGN', { devnam: p.string(name), chan });
    return status & 1 ? p.memory.readWord(chan) : 0;
  });
}

function* answer(p: Procedure, chan: number, entry: number, status: number, pages: number): Flow<void> {
  yield* p.scratch(function* () {
    const message = SMD.at(p.memory, p.allocate(SMD.size));
    Object.assign(message, { SMD$W_TYPE: MSG$_SMBDON, SMD$L_ENTRY: entry, SMD$L_STATUS: status, SMD$L_PAGES: pages });
    return yield* service(p, '$QIOW', { efn: 1, chan, func: IO$_WRITEVBLK | IO$M_NOW, iosb: p.allocate(8), p1: message.address, p2: SMD.size });
  });
}

/** Prints one file, with what is to come before and after it. */
function* print(p: Procedure, device: number, task: Task): Flow<{ status: number; pages: number }> {
  const texts: string[] = [];
  for (let at = task.address + SMT.size; texts.length < SMT$K_TEXTS; at += 1 + texts.at(-1)!.length) texts.push(readCounted(p.memory, at));
  const [spec, job, queue, note] = texts as [string, string, string, string];
  const found = yield* findFiles(p, spec, '.LIS');
  const [file] = found.files;
  if (!file) return { status: found.failure?.status ?? SS$_NOPRIV, pages: 0 };
  const header = yield* readHeader(p, file);
  if (isFailure(header)) return { status: header.status, pages: 0 };
  const access = ARM$M_READ | (task.SMT$L_DELETE !== 0 ? ARM$M_DELETE : 0);
  if (!(yield* mayHave(p, task, header.owner, header.protection, access))) return { status: SS$_NOPRIV, pages: 0 };
  const facts: FlagFacts = {
    job, entry: task.SMT$L_ENTRY, queue, user: bytesToText(task.SMT$T_USERNAME).trimEnd(), spec: file.spec, note, submitted: task.SMT$Q_SUBMITTED, printed: yield* timeNow(p),
  };
  const separate = task.SMT$L_SEPARATE;
  yield* flagPages(p, device, facts, separate, 'FLAG');
  const { status, pages } = yield* copyFile(p, device, task, file.spec);
  yield* flagPages(p, device, facts, separate, 'TRAILER');
  if (status & 1 && task.SMT$L_DELETE !== 0) yield* p.scratch(() => service(p, '$ERASE', { fab: fileBlocks(p, file.spec).fab.address }));
  return { status, pages };
}

/** $CHKPRO for who entered the job. */
function* mayHave(p: Procedure, task: Task, owner: number, protection: number, access: number): Flow<boolean> {
  return yield* p.scratch(function* () {
    const cell = (value: number): number => p.bytes(longwordBytes(value));
    const rights = p.allocate(8);
    p.memory.writeLong(rights, task.SMT$L_UIC);
    const status = yield* service(p, '$CHKPRO', {
      itmlst: p.itemList([
        { code: CHP$_ACCESS, length: 4, buffer: cell(access) }, { code: CHP$_OWNER, length: 4, buffer: cell(owner) }, { code: CHP$_PROT, length: 2, buffer: cell(protection) },
        { code: CHP$_PRIV, length: 8, buffer: task.address + SMT.offset.SMT$Q_PRIV }, { code: CHP$_RIGHTS, length: 8, buffer: rights },
      ]),
    });
    return (status & 1) === 1;
  });
}

function* flagPages(p: Procedure, device: number, facts: FlagFacts, separate: number, what: 'FLAG' | 'TRAILER'): Flow<void> {
  const page = function* (lines: readonly string[], burst: boolean): Flow<void> {
    const body = `${lines.join('\r\n')}\r\n`;
    yield* write(p, device, burst ? `${body}${burstLine}\r\n\f${body}\f` : `${body}\f`);
  };
  const [isFlag, onJob, onFile] = what === 'FLAG' ? [true, SMT$M_JOB_FLAG | SMT$M_JOB_BURST, SMT$M_FILE_FLAG | SMT$M_FILE_BURST] : [false, SMT$M_JOB_TRAILER, SMT$M_FILE_TRAILER];
  const ofJob = (separate & onJob) !== 0;
  const ofFile = (separate & onFile) !== 0;
  if (isFlag && ofJob) yield* page(jobPage(facts, what), (separate & SMT$M_JOB_BURST) !== 0);
  if (ofFile) yield* page(filePage(facts, what), isFlag && (separate & SMT$M_FILE_BURST) !== 0);
  if (!isFlag && ofJob) yield* page(jobPage(facts, what), false);
}

/** Characters to the device, as they are. */
function* write(p: Procedure, device: number, text: string): Flow<number> {
  for (let at = 0; at < text.length; at += CHUNK) {
    const part = text.slice(at, at + CHUNK);
    const status = yield* p.scratch(function* () {
      const iosb = p.allocate(8);
      const sent = yield* service(p, '$QIOW', { efn: 1, chan: device, func: IO$_WRITEVBLK, iosb, p1: p.bytes(textToBytes(part)), p2: part.length });
      return sent & 1 ? p.memory.readWord(iosb) : sent;
    });
    if (!(status & 1)) return status;
  }
  return SS$_NORMAL;
}

/** The records of the file, on pages of the form. */
function* copyFile(p: Procedure, device: number, task: Task, spec: string): Flow<{ status: number; pages: number }> {
  return yield* p.scratch(function* (): Flow<{ status: number; pages: number }> {
    const file = yield* RmsFile.open(p, spec);
    if (isFailure(file)) return { status: file.status, pages: 0 };
    const flags = task.SMT$L_FLAGS;
    const passall = (flags & qui.QUI$M_FILE_PASSALL) !== 0;
    const lines = (file.fab.FAB$B_RAT & (FAB$M_CR | FAB$M_PRN | FAB$M_FTN)) !== 0 || file.fab.FAB$B_RFM === FAB$C_VFC;
    const fortran = (file.fab.FAB$B_RAT & FAB$M_FTN) !== 0;
    const writer = new PageWriter({
      form: {
        length: task.SMT$W_LENGTH, width: task.SMT$W_WIDTH, top: task.SMT$W_TOP, bottom: task.SMT$W_BOTTOM, left: task.SMT$W_LEFT, right: task.SMT$W_RIGHT, flags: task.SMT$L_FORM,
      },
      paginate: (flags & qui.QUI$M_FILE_PAGINATE) !== 0, doubleSpace: (flags & qui.QUI$M_FILE_DOUBLE_SPACE) !== 0,
      header: (flags & qui.QUI$M_FILE_PAGE_HEADER) !== 0 ? spec : undefined, first: task.SMT$L_FIRST, last: task.SMT$L_LAST,
    });
    let status = SS$_NORMAL;
    while (status & 1 && !writer.isPast) {
      const record = yield* file.get();
      if (record === undefined) break;
      if (isFailure(record)) {
        status = record.status;
        break;
      }
      const text = bytesToText(record);
      if (passall || !lines) status = yield* write(p, device, text);
      else {
        writer.put(fortran ? fortranLine(text) : text);
        const out = writer.take();
        if (out !== '') status = yield* write(p, device, out);
      }
    }
    if (status & 1 && !passall && lines) {
      writer.finish();
      status = yield* write(p, device, writer.take());
    }
    yield* file.close();
    return { status, pages: writer.page - 1 };
  });
}

/** FORTRAN carriage control: the first character says where the line goes. An overprinted line is a line like others. */
function fortranLine(text: string): string {
  const rest = text.slice(1);
  return text.startsWith('1') ? `\f${rest}` : rest;
}

export const PRTSMB_IMAGE: ResidentImage = { name: 'PRTSMB', transfer: 'PRTSMB$MAIN', routines: [main], privileges: 0xffffffffffffffffn };
