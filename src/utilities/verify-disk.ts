import { cliGetValue, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { IO$_ACPCONTROL } from '../executive/starlet/iodef.js';
import { SS$_DEVNOTMOUNT, SS$_NORMAL } from '../executive/starlet/ssdef.js';
import { FIB, FIB$C_REPAIR } from '../filesystem/fib.js';
import { FileFailure } from '../filesystem/file-failure.js';
import { verifyBlocks, type Problem } from '../filesystem/verify.js';
import { DiskChannel, onChannel } from './disk-channel.js';
import { messageCode, report, severe, type Message } from './messages.js';

/**
 * VERIFY.EXE: ANALYZE/DISK_STRUCTURE. It reads a mounted volume past the file system, so what others change meanwhile may look wrong; the file
 * system itself does the repair, as one operation. @source DCL Dictionary, ANALYZE/DISK_STRUCTURE
 */
type Cluster = Extract<Problem, { readonly lbn: number }>;

/** Neighbouring clusters with the same complaint are one. */
function joined(problems: readonly Problem[]): Problem[] {
  const result: Problem[] = [];
  for (const problem of problems) {
    const last = result.at(-1);
    if (last && 'lbn' in last && 'lbn' in problem && isNext(last, problem)) result[result.length - 1] = { ...last, count: last.count + problem.count };
    else result.push(problem);
  }
  return result;
}

function isNext(last: Cluster, problem: Cluster): boolean {
  const filesOf = (one: Cluster): string => ('files' in one ? one.files.join() : '');
  return last.kind === problem.kind && last.lbn + last.count === problem.lbn && filesOf(last) === filesOf(problem);
}

function messageOf(problem: Problem): Message {
  if ('lbn' in problem) {
    const range = [problem.lbn, problem.lbn + problem.count - 1];
    if (problem.kind === 'taken') return { code: messageCode('VERIFY$_ALLOCCLR'), args: range };
    return { code: messageCode(problem.kind === 'free' ? 'VERIFY$_ALLOCSET' : 'VERIFY$_MULTALLOC'), args: [...range, ...problem.files] };
  }
  const { id, name } = problem;
  const file = [id.number, id.sequence, id.rvn, name];
  switch (problem.kind) {
    case 'lost file': return { code: messageCode('VERIFY$_LOSTHEADER'), args: file };
    case 'lost extension': return { code: messageCode('VERIFY$_LOSTEXTHDR'), args: file };
    case 'unused header': return { code: messageCode('VERIFY$_FREEHDR'), args: [id.number] };
    case 'directory': return { code: messageCode('VERIFY$_BADDIRENT'), args: [...file, problem.reason] };
    case 'header': return { code: messageCode('VERIFY$_BADHEADER'), args: [...file, problem.reason] };
  }
}

/** The volume's complaints. @returns the status of the last one */
function* complaints(p: Procedure, disk: DiskChannel): Flow<number> {
  let status: number = SS$_NORMAL;
  for (const problem of joined(yield* onChannel(verifyBlocks(disk)))) status = yield* report(p, messageOf(problem));
  return status;
}

/** The file system's repair. */
function* repair(p: Procedure, disk: DiskChannel): Flow<number> {
  const { status, counts } = yield* p.scratch(function* () {
    const fib = FIB.at(p.memory, p.allocate(FIB.size));
    const iosb = p.allocate(8);
    fib.FIB$W_CNTRLFUNC = FIB$C_REPAIR;
    const queued = yield* service(p, '$QIOW', { efn: 1, chan: disk.channel, func: IO$_ACPCONTROL, iosb, p1: p.descriptor(FIB.size, fib.address) });
    return {
      status: queued & 1 ? p.memory.readWord(iosb) : queued,
      counts: [fib.FIB$L_CNTRLVAL, fib.FIB$L_EXVBN, fib.FIB$L_ACLCTX, fib.FIB$L_ACL_STATUS],
    };
  });
  if (!(status & 1)) return yield* report(p, { code: messageCode('VERIFY$_NOREPAIR'), args: [disk.name] }, { code: status });
  return yield* report(p, { code: messageCode('VERIFY$_REPAIRED'), args: counts });
}

const main = procedure('VERIFY$MAIN', function* (p) {
  const typed = (yield* cliGetValue(p, 'DEVICE'))!.toUpperCase();
  const disk = yield* DiskChannel.open(p, typed.includes(':') ? typed : `${typed}:`);
  if (typeof disk === 'number') return yield* severe(p, 'VERIFY', disk);
  let status: number;
  try {
    if (!disk.isMounted) status = yield* severe(p, 'VERIFY', SS$_DEVNOTMOUNT);
    else {
      status = yield* complaints(p, disk);
      if (yield* cliIsPresent(p, 'REPAIR')) status = yield* repair(p, disk);
    }
  } catch (error) {
    if (!(error instanceof FileFailure)) throw error;
    status = yield* severe(p, 'VERIFY', error.status);
  }
  yield* disk.close();
  return status;
});

export const VERIFY_IMAGE: ResidentImage = { name: 'VERIFY', transfer: 'VERIFY$MAIN', routines: [main] };
