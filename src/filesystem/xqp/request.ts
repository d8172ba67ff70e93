import { ABD, ABD$C_ATTRIB, ABD$C_FIB, ABD$C_NAME, ABD$C_RES, ABD$C_RESL, descriptorAt } from '../../executive/io/acp-packet.js';
import type { Kernel } from '../../executive/kernel.js';
import { SS$_BADPARAM } from '../../executive/starlet/ssdef.js';
import { CCB } from '../../executive/structures/device.js';
import { IRP } from '../../executive/structures/irp.js';
import { ArrayMemory, bytesToText, textToBytes } from '../../executive/structures/memory.js';
import { UCB } from '../../executive/structures/ucb.js';
import { FIB, FIB$K_LENGTH } from '../fib.js';
import { fail } from '../file-failure.js';
import { fileIdAt, fileIdBytes, type FileId } from '../file-id.js';

/** An attribute of a request: its code and the data, which the requester gave or is to get. */
export interface AttributeItem {
  readonly code: number;
  readonly length: number;
  read(): Uint8Array;
  write(bytes: Uint8Array): void;
}

/**
 * A request to the file system as its IRP and its buffer packet hold it: arguments are read from the packet, results put back there.
 * What the requester's FIB is too short for is dropped. @source io/acp-packet.ts; digest ch18 2.7 (f)
 */
export class FileRequest {
  readonly irp: ReturnType<typeof IRP.at>;
  readonly ucb: ReturnType<typeof UCB.at>;
  readonly ccb: ReturnType<typeof CCB.at>;
  /** Function code without modifiers, and the modifiers. */
  readonly code: number;
  readonly modifiers: number;
  /** The FIB, at its full length; `storeFib` puts it back. */
  readonly fib: ReturnType<typeof FIB.at>;
  private readonly fibBytes = new Uint8Array(FIB$K_LENGTH);

  constructor(private readonly k: Kernel, irpAddress: number) {
    this.irp = IRP.at(k, irpAddress);
    this.ucb = UCB.at(k, this.irp.IRP$L_UCB);
    this.ccb = CCB.at(k, k.p1.CTL$GL_CCBBASE - this.irp.IRP$W_CHAN);
    this.code = this.irp.IRP$W_FUNC & 0x3f;
    this.modifiers = this.irp.IRP$W_FUNC & ~0x3f;
    this.fibBytes.set(this.text(ABD$C_FIB).slice(0, FIB$K_LENGTH));
    this.fib = FIB.at(new ArrayMemory(this.fibBytes), 0);
  }

  private descriptor(index: number): ReturnType<typeof ABD.at> { return ABD.at(this.k, descriptorAt(this.irp.IRP$L_SVAPTE, index)); }

  private text(index: number): Uint8Array {
    const abd = this.descriptor(index);
    return this.k.readBytes(abd.address + abd.ABD$W_TEXT, abd.ABD$W_COUNT);
  }

  private store(index: number, bytes: Uint8Array): void {
    const abd = this.descriptor(index);
    this.k.writeBytes(abd.address + abd.ABD$W_TEXT, bytes.slice(0, abd.ABD$W_COUNT));
  }

  /** P2 as it is: a quota record, for the functions of quotas. */
  get nameBytes(): Uint8Array { return this.text(ABD$C_NAME); }

  /** File name string. */
  get name(): string { return bytesToText(this.text(ABD$C_NAME)); }
  get hasName(): boolean { return this.descriptor(ABD$C_NAME).ABD$W_COUNT > 0; }

  /** What the result buffer held when the request was made: the name a wildcard search found last. */
  get previousResult(): string {
    const text = bytesToText(this.text(ABD$C_RES));
    const length = this.descriptor(ABD$C_RESL).ABD$W_COUNT === 2 ? this.text(ABD$C_RESL) : undefined;
    return length ? text.slice(0, length[0]! | (length[1]! << 8)) : text.replace(/[\0 ]+$/, '');
  }

  /** NAME.TYP;version of the file, for the requester. */
  setResult(name: string): void {
    const abd = this.descriptor(ABD$C_RES);
    const room = abd.ABD$W_COUNT;
    this.store(ABD$C_RES, textToBytes(name.slice(0, room)));
    abd.ABD$W_COUNT = Math.min(room, name.length);
    const length = Math.min(room, name.length);
    this.store(ABD$C_RESL, Uint8Array.of(length & 0xff, length >>> 8));
  }

  /** What is no name, for P4. */
  setResultBytes(bytes: Uint8Array): void {
    const abd = this.descriptor(ABD$C_RES);
    const length = Math.min(abd.ABD$W_COUNT, bytes.length);
    this.store(ABD$C_RES, bytes);
    abd.ABD$W_COUNT = length;
    this.store(ABD$C_RESL, Uint8Array.of(length & 0xff, length >>> 8));
  }

  get attributes(): AttributeItem[] {
    const items: AttributeItem[] = [];
    for (let index = ABD$C_ATTRIB; index < this.irp.IRP$W_BCNT; index += 1) {
      const abd = this.descriptor(index);
      items.push({
        code: abd.ABD$W_ATTRIB, length: abd.ABD$W_COUNT, read: () => this.text(index), write: (bytes) => { this.store(index, bytes); },
      });
    }
    return items;
  }

  get fileId(): FileId { return fileIdAt(this.fib.FIB$R_FID); }
  set fileId(id: FileId) { this.fib.FIB$R_FID = fileIdBytes(id); }
  get directoryId(): FileId { return fileIdAt(this.fib.FIB$R_DID); }

  storeFib(): void { this.store(ABD$C_FIB, this.fibBytes); }

  get hasFib(): boolean { return this.descriptor(ABD$C_FIB).ABD$W_COUNT > 0; }

  /** The FIB must at least reach to its directory ID. */
  requireFib(): void {
    if (this.descriptor(ABD$C_FIB).ABD$W_COUNT < FIB.offset.FIB$W_DID_NUM) fail(SS$_BADPARAM);
  }
}
