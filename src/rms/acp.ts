import type { Procedure } from '../executive/gate/procedure.js';
import type { ThreadFlow } from '../executive/gate/thread.js';
import {
  RMS$_DME, RMS$_DNR, RMS$_EOF, RMS$_FEX, RMS$_FLK, RMS$_FNF, RMS$_FNM, RMS$_FUL, RMS$_NMF, RMS$_PRV, RMS$_SUPERSEDE, RMS$_WLK,
} from '../executive/starlet/rmsdef.js';
import {
  SS$_ACCONFLICT, SS$_BADFILENAME, SS$_DEVICEFULL, SS$_DEVNOTMOUNT, SS$_DUPFILENAME, SS$_ENDOFFILE, SS$_FILELOCKED, SS$_INSFMEM,
  SS$_NOMOREFILES, SS$_NOPRIV, SS$_NOSUCHFILE, SS$_SUPERSEDE, SS$_WRITLCK,
} from '../executive/starlet/ssdef.js';
import { readText, textToBytes } from '../executive/structures/memory.js';
import { FIB } from '../filesystem/fib.js';
import { queueIo, type Completion, type IoContext } from './operation.js';
import { workArea, type Fwa } from './segments.js';
import { FWA } from './structures.js';

/** File functions: what RMS asks of the file system, by way of the file work area. @source VMS I/O User's Reference, ACP-QIO interface */
export interface AttributeItem {
  readonly code: number;
  readonly address: number;
  readonly length: number;
}

export interface FileRequest {
  /** IO$_ code with modifiers. */
  readonly func: number;
  readonly accessControl?: number;
  readonly fid?: Uint8Array;
  readonly did?: Uint8Array;
  /** NAME.TYPE;VERSION. */
  readonly name?: string;
  readonly nameControl?: number;
  readonly wildcardContext?: number;
  readonly extendControl?: number;
  readonly extendSize?: number;
  readonly extendBlock?: number;
  readonly attributes?: (fwa: Fwa) => readonly AttributeItem[];
}

export interface FileResult {
  /** SS$_ status. */
  readonly status: number;
  readonly fwa: Fwa;
  readonly fib: ReturnType<typeof FIB.at>;
  /** Result name, NAME.TYPE;VERSION. */
  readonly name: string;
}

/** File ID of the master file directory. */
export const MFD = Uint8Array.of(4, 0, 4, 0, 0, 0);

/** Performs a file function on the file's channel and waits for it. Undefined: there is no room for a file work area. */
export function* fileFunction(p: Procedure, context: IoContext, request: FileRequest): ThreadFlow<FileResult | undefined> {
  const fwa = workArea(p, context.ifab);
  if (!fwa) return undefined;
  const at = (field: keyof typeof FWA.offset): number => fwa.address + FWA.offset[field];
  const { memory } = p;
  memory.writeBytes(at('FWA$T_FIB'), new Uint8Array(FIB.size));
  const fib = FIB.at(memory, at('FWA$T_FIB'));
  fib.FIB$L_ACCTL = request.accessControl ?? 0;
  if (request.fid) memory.writeBytes(fib.address + FIB.offset.FIB$W_FID_NUM, request.fid);
  if (request.did) memory.writeBytes(fib.address + FIB.offset.FIB$W_DID_NUM, request.did);
  fib.FIB$W_NMCTL = request.nameControl ?? 0;
  fib.FIB$L_WCC = request.wildcardContext ?? 0;
  fib.FIB$W_EXCTL = request.extendControl ?? 0;
  fib.FIB$L_EXSZ = request.extendSize ?? 0;
  fib.FIB$L_EXVBN = request.extendBlock ?? 0;
  const name = request.name ?? '';
  memory.writeBytes(at('FWA$T_NAME'), textToBytes(name));
  describe(p, at('FWA$Q_FIBD'), FIB.size, fib.address);
  describe(p, at('FWA$Q_NAMD'), name.length, at('FWA$T_NAME'));
  describe(p, at('FWA$Q_RESD'), RESULT_SIZE, at('FWA$T_RESULT'));
  fwa.FWA$L_RESL = 0;
  const items = request.attributes?.(fwa) ?? [];
  items.forEach((item, index) => {
    const entry = at('FWA$T_ATRLIST') + 8 * index;
    memory.writeWord(entry, item.length);
    memory.writeWord(entry + 2, item.code);
    memory.writeLong(entry + 4, item.address);
  });
  memory.writeLong(at('FWA$T_ATRLIST') + 8 * items.length, 0);
  const hasName = request.name !== undefined;
  const { first } = yield* queueIo(p, context, {
    chan: context.ifab.IFB$W_CHAN, func: request.func, p1: at('FWA$Q_FIBD'),
    ...(hasName ? { p2: at('FWA$Q_NAMD'), p3: at('FWA$L_RESL'), p4: at('FWA$Q_RESD') } : {}),
    ...(items.length > 0 ? { p5: at('FWA$T_ATRLIST') } : {}),
  });
  const length = Math.min(fwa.FWA$L_RESL & 0xffff, RESULT_SIZE);
  return { status: first & 0xffff, fwa, fib, name: readText(memory, at('FWA$T_RESULT'), length) };
}

const RESULT_SIZE = 96;

function describe(p: Procedure, descriptor: number, length: number, address: number): void {
  p.memory.writeLong(descriptor, length);
  p.memory.writeLong(descriptor + 4, address);
}

export function fileId(result: FileResult): Uint8Array {
  return result.fwa.memory.readBytes(result.fib.address + FIB.offset.FIB$W_FID_NUM, 6);
}

const COMPLETIONS: ReadonlyMap<number, number> = new Map([
  [SS$_NOSUCHFILE, RMS$_FNF], [SS$_NOPRIV, RMS$_PRV], [SS$_ACCONFLICT, RMS$_FLK], [SS$_FILELOCKED, RMS$_FLK], [SS$_DUPFILENAME, RMS$_FEX],
  [SS$_NOMOREFILES, RMS$_NMF], [SS$_DEVNOTMOUNT, RMS$_DNR], [SS$_DEVICEFULL, RMS$_FUL], [SS$_WRITLCK, RMS$_WLK],
  [SS$_ENDOFFILE, RMS$_EOF], [SS$_SUPERSEDE, RMS$_SUPERSEDE], [SS$_BADFILENAME, RMS$_FNM], [SS$_INSFMEM, RMS$_DME],
]);

/** Statuses that stand for one reason only: a second message behind them would say the same. */
const SAYS_IT_ALL = new Set<number>([RMS$_FNF, RMS$_NMF, RMS$_PRV, RMS$_FEX, RMS$_EOF]);

/**
 * The RMS completion for a failure of the file system.
 *
 * @param otherwise  RMS$_ACC, RMS$_CRE, ...: what the operation gives for a reason that has no code of its own
 */
export function fileFailure(result: FileResult | undefined, otherwise: number): Completion {
  if (!result) return { status: RMS$_DME };
  const status = COMPLETIONS.get(result.status) ?? otherwise;
  return SAYS_IT_ALL.has(status) ? { status } : { status, stv: result.status };
}

/** FIB descriptors and such are set; true when the file system did it. */
export function succeeded(result: FileResult | undefined): result is FileResult {
  return result !== undefined && (result.status & 1) !== 0;
}
