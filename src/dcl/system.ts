import { callRoutine, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { service } from '../executive/gate/service-call.js';
import { LNM$C_MAXDEPTH } from '../executive/starlet/lnmdef.js';
import { SS$_NOPRIV } from '../executive/starlet/ssdef.js';
import { bytesToText } from '../executive/structures/memory.js';
import { CLI_CELLS, CLI_DATA_BASE, P1_CELLS, CTL$GL_VECTORS } from '../executive/structures/p1-cells.js';
import type { Condition } from './condition.js';
import { SEVERITY_LETTERS } from './condition.js';
import { enableControlCharacters } from './attention.js';
import { Dcl, type Outside } from './interpreter/session.js';
import { callLexical } from './lexicals/registry.js';
import { define, remove, translate } from './names.js';
import { RmsFiles } from './rms-files.js';

/** DCL's surroundings in the running system: RMS, messages, services. */

/** The PPD: CTL$AG_CLIDATA. */
export const PPD_ADDRESS = CLI_DATA_BASE + CLI_CELLS.offset.CTL$AG_CLIDATA;

/** A view of the process's DCL for procedure `p`, which runs in supervisor mode. */
export function openSession(p: Procedure): Dcl {
  return new Dcl(p.memory, PPD_ADDRESS, new SystemOutside(p));
}

const SUPERVISOR = 2;
const CLI_FACILITY_NAME = 'CLI';

class SystemOutside implements Outside {
  readonly files: RmsFiles;

  constructor(readonly procedure: Procedure) {
    this.files = new RmsFiles(procedure);
  }

  *messageLines(condition: Condition): Flow<string[]> {
    const mask = P1_CELLS.at(this.procedure.memory, CTL$GL_VECTORS).CTL$GB_MSGMASK & 15;
    if (mask === 0) return [];
    const lines: string[] = [];
    let lead = '%';
    for (const each of [condition, ...(condition.because ?? [])]) {
      const line = yield* this.oneLine(each, mask, lead);
      if (line !== '') lines.push(line);
      lead = '-';
    }
    if (condition.token !== undefined && (mask & 1) !== 0) lines.push(` \\${condition.token}\\`);
    return lines;
  }

  /** `%FAC-S-IDENT, text` with the parts that SET MESSAGE leaves. DCL signs the CLI facility's messages as DCL. */
  private *oneLine(condition: Condition, mask: number, lead: string): Flow<string> {
    const whole = yield* this.getMessage(condition.code);
    const match = /^%([^-,]*)-(.)-([^,]*), ([^]*)$/.exec(whole);
    if (!match) return whole;
    const [, own, , ident, current] = match;
    const text = condition.text ?? current!;
    const facility = condition.facility ?? (own === CLI_FACILITY_NAME && lead === '%' ? 'DCL' : own);
    const parts = [
      ...((mask & 8) !== 0 ? [facility] : []), ...((mask & 4) !== 0 ? [SEVERITY_LETTERS[condition.code & 7]] : []), ...((mask & 2) !== 0 ? [ident] : []),
    ];
    const body = (mask & 1) !== 0 ? yield* this.format(text, condition.args ?? []) : '';
    const head = parts.length > 0 ? lead + parts.join('-') : '';
    return head !== '' && body !== '' ? `${head}, ${body}` : head + body;
  }

  private *getMessage(code: number): Flow<string> {
    const p = this.procedure;
    return yield* p.scratch(function* () {
      const buffer = p.allocate(256);
      const length = p.allocate(4);
      yield* service(p, '$GETMSG', { msgid: code & 0x0fffffff, msglen: length, bufadr: p.descriptor(255, buffer), flags: 15 });
      return bytesToText(p.memory.readBytes(buffer, p.memory.readWord(length)));
    });
  }

  private *format(text: string, args: readonly (string | number)[]): Flow<string> {
    if (!text.includes('!') || args.length === 0) return text;
    const p = this.procedure;
    return yield* p.scratch(function* () {
      const buffer = p.allocate(512);
      const length = p.allocate(4);
      const list = p.allocate(4 * args.length);
      args.forEach((arg, index) => { p.memory.writeLong(list + 4 * index, typeof arg === 'string' ? p.string(arg) : arg); });
      yield* service(p, '$FAOL', { ctrstr: p.string(text), outlen: length, outbuf: p.descriptor(512, buffer), prmlst: list });
      return bytesToText(p.memory.readBytes(buffer, p.memory.readWord(length)));
    });
  }

  get isFollowed(): boolean { return this.procedure.kernel.trace !== undefined; }

  follow(text: string): void { this.procedure.kernel.trace?.('dcl-subst', text); }

  lexical(dcl: Dcl, call: Parameters<Outside['lexical']>[1]): ReturnType<Outside['lexical']> { return callLexical(dcl, call); }

  *translate(name: string): Flow<{ readonly name: string } | { readonly ifi: number } | undefined> {
    let current = name;
    for (let depth = 0; depth < LNM$C_MAXDEPTH; depth += 1) {
      // User mode names are for the next image, not for DCL.
      const found = yield* translate(this.procedure, current, 'LNM$FILE_DEV', 0, SUPERVISOR);
      if ((found.status & 1) === 0) return depth === 0 ? undefined : { name: current };
      if (found.value.startsWith('\x1b\0')) return { ifi: found.value.charCodeAt(2) | (found.value.charCodeAt(3) << 8) };
      current = found.value.replace(/:$/, '');
    }
    return undefined;
  }

  *nameStandardFiles(dcl: Dcl): Flow<void> {
    const { input, inputStream, output, outputStream } = dcl.standardFiles();
    const wantedInput = input === dcl.ppd.PPD$W_INPIFI ? 0 : input;
    const wantedOutput = output === dcl.ppd.PPD$W_OUTIFI ? 0 : output;
    if (dcl.prc.PRC$W_NAMEDINP !== wantedInput) {
      yield* this.namePermanent('SYS$INPUT', wantedInput, inputStream);
      dcl.prc.PRC$W_NAMEDINP = wantedInput;
    }
    if (dcl.prc.PRC$W_NAMEDOUT !== wantedOutput) {
      for (const name of ['SYS$OUTPUT', 'SYS$ERROR']) yield* this.namePermanent(name, wantedOutput, outputStream);
      dcl.prc.PRC$W_NAMEDOUT = wantedOutput;
    }
  }

  /** A supervisor mode name for a process permanent file lies over the executive mode one of LOGINOUT; 0 takes it away. */
  private *namePermanent(name: string, ifi: number, stream: number): Flow<void> {
    const p = this.procedure;
    if (ifi === 0) yield* remove(p, name, 'LNM$PROCESS', SUPERVISOR);
    else yield* this.nameFile(name, ifi, this.files.deviceName(stream));
  }

  *nameFile(name: string, ifi: number, device: string): Flow<void> {
    const value = `\x1b\0${String.fromCharCode(ifi & 0xff, ifi >>> 8)}${device}`;
    yield* define(this.procedure, name, [{ value, concealed: false, terminal: true }], 'LNM$PROCESS', SUPERVISOR, { confine: true, noAlias: false });
  }

  *unnameFile(name: string): Flow<void> {
    yield* remove(this.procedure, name, 'LNM$PROCESS', SUPERVISOR);
  }

  enableControl(dcl: Dcl): Flow<void> { return enableControlCharacters(dcl); }

  *runDownFiles(): Flow<void> {
    const p = this.procedure;
    yield* p.scratch(function* () {
      const buffer = p.allocate(24);
      // Each call closes one file; RMS$_NMF-like failure or success without one ends it.
      const status = yield* service(p, '$RMSRUNDWN', { bufadr: p.descriptor(22, buffer), typrnd: 0 });
      return status;
    });
  }

  *setMessageMask(mask: number): Flow<void> {
    yield* this.procedure.call(openSession(this.procedure).prc.PRC$L_SETMSGMASK, mask);
  }
}

/** SET MESSAGE: the mask lies in the P1 pointer page, which only kernel mode writes. */
export const DCL$SETMSGMASK = callRoutine('DCL$SETMSGMASK', (k) => {
  if (k.cpu.currentMode > SUPERVISOR) return SS$_NOPRIV;
  k.p1.CTL$GB_MSGMASK = k.argument(1) & 15;
  return 1;
});
