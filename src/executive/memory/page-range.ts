import type { Kernel } from '../kernel.js';
import { SS$_ACCVIO, SS$_LENVIO, SS$_NOPRIV, SS$_NORMAL } from '../starlet/ssdef.js';
import { PAGE_SIZE } from './page-tables.js';

/**
 * What the memory management services have in common: they work on a range of pages, one page after the other, and say in RETADR how far
 * they came (module SYSCREDEL). @source book 16.1; digest ch16 1.2
 */
export interface PageRange {
  /** First and last page in the order of work; the last may be below the first. */
  readonly first: number;
  readonly last: number;
}

/** Pages in a range. */
export function rangeCount({ first, last }: PageRange): number {
  return Math.abs(last - first) / PAGE_SIZE + 1;
}

export const isDescending = ({ first, last }: PageRange): boolean => last < first;
export const lowestPage = (range: PageRange): number => Math.min(range.first, range.last);

/** The mode a service acts for: the less privileged of the one asked for and the caller's. */
export const outerMode = (k: Kernel, acmode: number): number => Math.max(k.callerMode, acmode & 3);

/** Whether the caller may read INADR (0: not asked) and write RETADR (0: not given). */
export function rangeArgumentsAccessible(k: Kernel, inadr: number, retadr: number): boolean {
  return k.callerCanRead(inadr, 8) && (retadr === 0 || k.callerCanWrite(retadr, 8));
}

const pageOf = (address: number): number => (address & ~(PAGE_SIZE - 1)) >>> 0;

/** The range of an INADR that the caller may read. */
export function readRange(k: Kernel, inadr: number): PageRange {
  return { first: pageOf(k.readLong(inadr)), last: pageOf(k.readLong(inadr + 4)) };
}

/** A range of `count` pages from `low`, upward. */
export function upward(low: number, count: number): PageRange {
  return { first: low >>> 0, last: (low + (count - 1) * PAGE_SIZE) >>> 0 };
}

/** SS$_NORMAL when the range lies within P0 or within P1; SS$_NOPRIV for system space; SS$_LENVIO for both regions. */
export function checkRange({ first, last }: PageRange): number {
  if (first >>> 31 !== 0 || last >>> 31 !== 0) return SS$_NOPRIV;
  return first >>> 30 === last >>> 30 ? SS$_NORMAL : SS$_LENVIO;
}

/** Stores the pages done, in the order of work; both longwords -1 when there are none. */
export function returnRange(k: Kernel, retadr: number, range: PageRange, done: number): void {
  if (retadr === 0) return;
  const step = isDescending(range) ? -PAGE_SIZE : PAGE_SIZE;
  const last = range.first + step * (done - 1);
  const ends = done === 0 ? [0xffffffff, 0xffffffff] : isDescending(range) ? [range.first + PAGE_SIZE - 1, last] : [range.first, last + PAGE_SIZE - 1];
  k.writeLong(retadr, ends[0]!);
  k.writeLong(retadr + 4, ends[1]!);
}

/**
 * MMG$CREDEL: calls `page` for each page of the range until one fails, and stores in RETADR what was done.
 *
 * A routine that has to wait leaves the service, which is run again from its start: doing a page again must do no harm.
 * @param page    the single-page routine of the service: a status
 * @param retadr  address that the caller may write, 0 for none
 * @returns SS$_NORMAL, or the status of the page that failed
 * @source book 16.1; digest ch16 1.2
 */
export function MMG$CREDEL(k: Kernel, range: PageRange, retadr: number, page: (address: number) => number): number {
  const step = isDescending(range) ? -PAGE_SIZE : PAGE_SIZE;
  const count = rangeCount(range);
  for (let done = 0; done < count; done += 1) {
    const status = page((range.first + step * done) >>> 0);
    if (!(status & 1)) {
      returnRange(k, retadr, range, done);
      return status;
    }
  }
  returnRange(k, retadr, range, count);
  return SS$_NORMAL;
}

/** The range that a service was given, or why it may not have it: SS$_ACCVIO, or SS$_NOPRIV and SS$_LENVIO with nothing done in RETADR. */
export function allowedRange(k: Kernel, inadr: number, retadr: number): PageRange | number {
  if (!rangeArgumentsAccessible(k, inadr, retadr)) return SS$_ACCVIO;
  const range = readRange(k, inadr);
  const status = checkRange(range);
  if (status & 1) return range;
  returnRange(k, retadr, range, 0);
  return status;
}

/** The whole of a service of the form inadr,[retadr],... that treats each page by itself. */
export function perPageService(k: Kernel, inadr: number, retadr: number, page: (address: number) => number): number {
  const range = allowedRange(k, inadr, retadr);
  return typeof range === 'number' ? range : MMG$CREDEL(k, range, retadr, page);
}
