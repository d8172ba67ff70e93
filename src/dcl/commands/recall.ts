import type { Flow } from '../../executive/gate/microroutine.js';
import { bytesToText, textToBytes } from '../../executive/structures/memory.js';
import { CLI$_CMDNOTFND } from '../condition-codes.js';
import { fail } from '../condition.js';
import type { Dcl } from '../interpreter/session.js';
import { canonical } from '../language/characters.js';
import { PRC } from '../structures.js';
import type { ParsedCommand } from '../tables/parsed-command.js';

/** Commands kept. @source dcl-commands.md, RECALL: 20 in V4 */
const KEPT = 20;

interface Ring {
  readonly at: number;
  readonly size: number;
}

function ring(dcl: Dcl): Ring {
  const field = PRC.fields.find((candidate) => candidate.name === 'PRC$A_RECALL')!;
  return { at: dcl.prc.address + field.offset, size: field.size };
}

/** The kept commands, oldest first: counted strings packed one behind the other. */
export function recalled(dcl: Dcl): string[] {
  const { at } = ring(dcl);
  const lines: string[] = [];
  let offset = 0;
  for (let index = 0; index < dcl.prc.PRC$L_RECALLCNT; index += 1) {
    const length = dcl.memory.readByte(at + offset);
    lines.push(bytesToText(dcl.memory.readBytes(at + offset + 1, length)));
    offset += length + 1;
  }
  return lines;
}

/** Keeps a typed command. RECALL itself is never kept, nor the same line twice in a row. */
export function remember(dcl: Dcl, line: string): void {
  if (line === '' || line.length > 255 || /^RECA/i.test(line)) return;
  const lines = recalled(dcl);
  if (lines.at(-1) === line) return;
  lines.push(line);
  const { at, size } = ring(dcl);
  let bytes = lines.reduce((sum, kept) => sum + kept.length + 1, 0);
  while (lines.length > KEPT || bytes > size) bytes -= lines.shift()!.length + 1;
  let offset = 0;
  for (const kept of lines) {
    dcl.memory.writeByte(at + offset, kept.length);
    dcl.memory.writeBytes(at + offset + 1, textToBytes(kept));
    offset += kept.length + 1;
  }
  dcl.prc.PRC$L_RECALLCNT = lines.length;
  dcl.prc.PRC$L_RECALLHEAD = offset;
}

/** RECALL [n | string] [/ALL] [/ERASE]: the line found stands behind the next prompt, to be edited. @dcl full @source DCL Dictionary, RECALL */
export function* recallCommand(dcl: Dcl, command: ParsedCommand): Flow<number> {
  const newestFirst = recalled(dcl).reverse();
  if (command.has('ERASE')) {
    dcl.prc.PRC$L_RECALLCNT = 0;
    return 1;
  }
  if (command.has('ALL')) {
    for (const [index, line] of newestFirst.entries()) yield* dcl.write(`${String(index + 1).padStart(3)} ${line}`);
    return 1;
  }
  const wanted = command.value('COMMAND') ?? '1';
  const line = /^\d+$/.test(wanted) ? newestFirst[Number(wanted) - 1] : newestFirst.find((kept) => canonical(kept).startsWith(wanted));
  if (line === undefined) return fail(CLI$_CMDNOTFND);
  if (dcl.atPrompt && dcl.prc.PRC$W_TTCHAN !== 0) dcl.prc.PRC$L_RECALLED = dcl.keep(dcl.prc.PRC$L_RECALLED, line);
  return 1;
}
