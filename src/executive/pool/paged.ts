import type { Kernel } from '../kernel.js';
import { RSN$_PGDYNMEM } from '../structures/sch.js';
import { SCH$RAVAIL } from '../scheduling/resources.js';
import { underMutex } from '../synchronization/mutex.js';
import { poison } from './nonpaged.js';
import { EXE$ALLOCATE, EXE$DEALLOCATE, roundToGranule } from './variable-list.js';

/**
 * Allocates paged pool, under EXE$GL_PGDYNMTX.
 *
 * @param size  bytes
 * @returns address of a multiple of 16 bytes; 0 when there is none: SS$_INSFMEM, or a wait for RSN$_PGDYNMEM, is the caller's choice
 * Kernel mode, process context, IPL 0 to 2. @source book 3.3; digest ch03 F
 */
export function EXE$ALOPAGED(k: Kernel, size: number): number {
  return underPoolMutex(k, () => EXE$ALLOCATE(k, k.symbol('EXE$GL_PAGED'), roundToGranule(size)));
}

/** Gives back a block of paged pool by the size word at its offset 8, and reports the resource available. */
export function EXE$DEAPAGED(k: Kernel, address: number): void {
  EXE$DEAPGDSIZ(k, address, k.readWord(address + 8));
}

/** The same with the size in bytes given. */
export function EXE$DEAPGDSIZ(k: Kernel, address: number, size: number): void {
  underPoolMutex(k, () => {
    poison(k, address, roundToGranule(size));
    EXE$DEALLOCATE(k, k.symbol('EXE$GL_PAGED'), address, roundToGranule(size));
  });
  SCH$RAVAIL(k, RSN$_PGDYNMEM);
}

function underPoolMutex<T>(k: Kernel, body: () => T): T {
  return underMutex(k, k.symbol('EXE$GL_PGDYNMTX'), body);
}

/**
 * A process quota block: from EXE$GL_PQBFL, from paged pool only when that list is empty. Its contents are whatever was there.
 *
 * @param size  bytes of a PQB
 * @source book 3.3; digest ch03 F
 */
export function EXE$ALLOCPQB(k: Kernel, size: number): number {
  return k.removeHead(k.symbol('EXE$GL_PQBFL')) ?? EXE$ALOPAGED(k, size);
}

/** Process quota blocks never go back to paged pool, only to their list. */
export function EXE$DEAPQB(k: Kernel, pqb: number): void {
  k.insertTail(pqb, k.symbol('EXE$GL_PQBFL'));
}
