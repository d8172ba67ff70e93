import { isOutputItem, JOB_ITEM, JOB_MESSAGE, JOB_OUTPUT } from '../../executive/information/job-message.js';
import type { Flow } from '../../executive/gate/microroutine.js';
import type { Procedure } from '../../executive/gate/procedure.js';
import { service } from '../../executive/gate/service-call.js';
import { hasPrivilege } from '../../executive/starlet/prvdef.js';
import { JBC$_INVPARLEN, JBC$_INVPARVAL, JBC$_INVQUENAM, JBC$_MISREQPAR } from '../../executive/starlet/jbcmsgdef.js';
import { bytesToText } from '../../executive/structures/memory.js';
import { JobControlError } from './error.js';

/** An item of a message: what came with it, and where an answer to it goes. */
interface RequestItem {
  readonly code: number;
  readonly data: Uint8Array;
  readonly length: number;
  readonly buffer: number;
  readonly returnLength: number;
}

const QUEUE_NAME = /^[A-Z0-9$_]{1,31}$/;
const TICKS_IN_A_DAY = 864_000_000_000n;

/** A message of $SNDJBC or $GETQUI: who asks, what for, and the answers on their way. @source digest ch29 1.2 */
export class Request {
  readonly message: ReturnType<typeof JOB_MESSAGE.at>;
  readonly items: readonly RequestItem[];
  private readonly outputs: { readonly item: RequestItem; readonly data: Uint8Array }[] = [];

  constructor(readonly p: Procedure, address: number) {
    const { memory } = p;
    this.message = JOB_MESSAGE.at(memory, address);
    const items: RequestItem[] = [];
    let at = address + JOB_MESSAGE.size;
    for (let index = 0; index < this.message.JBM$W_ITEMS; index += 1) {
      const entry = JOB_ITEM.at(memory, at);
      items.push({
        code: entry.JBI$W_CODE, data: memory.readBytes(at + JOB_ITEM.size, entry.JBI$W_DATA), length: entry.JBI$W_LENGTH, buffer: entry.JBI$L_BUFFER,
        returnLength: entry.JBI$L_RETLEN,
      });
      at += JOB_ITEM.size + entry.JBI$W_DATA;
    }
    this.items = items;
  }

  get func(): number { return this.message.JBM$L_FUNC; }
  get uic(): number { return this.message.JBM$L_UIC; }
  get pid(): number { return this.message.JBM$L_PID; }
  get userName(): string { return bytesToText(this.message.JBM$T_USERNAME); }
  get privileges(): bigint { return this.message.JBM$Q_PRIV; }

  holds(privilege: number): boolean { return hasPrivilege(this.privileges, privilege); }

  has(code: number): boolean { return this.items.some((item) => item.code === code); }

  /** Codes of the items that are not answered, in order. */
  *inputs(): Generator<RequestItem> {
    for (const item of this.items) if (!isOutputItem(this.message.JBM$W_TYPE, item.code)) yield item;
  }

  text(code: number): string | undefined {
    const item = this.items.find((each) => each.code === code);
    return item && bytesToText(item.data);
  }

  /** @throws JobControlError JBC$_MISREQPAR */
  required(code: number): string {
    const text = this.text(code);
    if (text === undefined || text === '') throw new JobControlError(JBC$_MISREQPAR);
    return text;
  }

  /** @throws JobControlError JBC$_MISREQPAR, JBC$_INVQUENAM */
  queueName(code: number): string {
    const name = this.required(code);
    if (!QUEUE_NAME.test(name)) throw new JobControlError(JBC$_INVQUENAM);
    return name;
  }

  /** A number of one to four bytes between two limits. @throws JobControlError JBC$_INVPARLEN, JBC$_INVPARVAL */
  number(code: number, least = 0, most = 0xffff_ffff): number | undefined {
    const item = this.items.find((each) => each.code === code);
    if (item === undefined) return undefined;
    if (item.data.length < 1 || item.data.length > 4) throw new JobControlError(JBC$_INVPARLEN);
    const value = [...item.data].reduceRight((sum, byte) => sum * 256 + byte, 0);
    if (value < least || value > most) throw new JobControlError(JBC$_INVPARVAL);
    return value;
  }

  quad(code: number): bigint | undefined {
    const item = this.items.find((each) => each.code === code);
    if (item === undefined) return undefined;
    if (item.data.length !== 8) throw new JobControlError(JBC$_INVPARLEN);
    return new DataView(item.data.buffer, item.data.byteOffset, 8).getBigUint64(0, true);
  }

  /** An absolute time; a delta time counts from the request. */
  time(code: number): bigint | undefined {
    const value = this.quad(code);
    if (value === undefined) return undefined;
    const signed = BigInt.asIntN(64, value);
    if (signed < -9999n * TICKS_IN_A_DAY) throw new JobControlError(JBC$_INVPARVAL);
    return signed < 0n ? this.message.JBM$Q_SYSTIME - signed : signed;
  }

  /** Answers every item of that code, cut to the room there is. */
  answer(code: number, data: Uint8Array): void {
    for (const item of this.items) if (item.code === code) this.outputs.push({ item, data: data.subarray(0, item.length) });
  }

  /** Sends status and outputs to the requester. */
  *reply(status: number): Flow<void> {
    yield* replyTo(this.p, this.message.address, status, this.outputs);
  }
}

/** Answers a message of $SNDJBC or $GETQUI, of which the header is enough. */
export function* replyTo(p: Procedure, message: number, status: number, outputs: readonly { readonly item: RequestItem; readonly data: Uint8Array }[] = []): Flow<void> {
  yield* p.scratch(function* () {
    const size = outputs.reduce((sum, { data }) => sum + JOB_OUTPUT.size + ((data.length + 3) & ~3), 0);
    const block = p.allocate(Math.max(size, 4));
    let at = block;
    for (const { item, data } of outputs) {
      const entry = JOB_OUTPUT.at(p.memory, at);
      entry.JBO$L_BUFFER = item.buffer;
      entry.JBO$L_RETLEN = item.returnLength;
      entry.JBO$W_SIZE = data.length;
      p.memory.writeBytes(at + JOB_OUTPUT.size, data);
      at += JOB_OUTPUT.size + ((data.length + 3) & ~3);
    }
    const list = p.allocate(20);
    [4, message, status, block, size].forEach((value, index) => { p.memory.writeLong(list + 4 * index, value); });
    return yield* service(p, '$CMKRNL', { routin: p.kernel.symbol('EXE$JBCREPLY'), arglst: list });
  });
}
