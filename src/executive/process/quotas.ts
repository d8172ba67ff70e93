import type { Kernel } from '../kernel.js';
import { SS$_EXQUOTA } from '../starlet/ssdef.js';
import { JIB } from '../structures/jib.js';
import type { PCB } from '../structures/pcb.js';
import { PHD } from '../structures/phd.js';

/**
 * Quotas of a new process: PQL defaults, overridden by the caller's list, raised to the PQL minima, then checked against
 * the creator's (chapter 20.1.3; digest ch20 2.2).
 */

/** Quota names in PQL$_ code order, from 1. */
export const QUOTA_NAMES = [
  'ASTLM', 'BIOLM', 'BYTLM', 'CPULM', 'DIOLM', 'FILLM', 'PGFLQUOTA', 'PRCLM', 'TQELM', 'WSQUOTA', 'WSDEFAULT', 'ENQLM', 'WSEXTENT', 'JTQUOTA',
] as const;

export type QuotaName = (typeof QUOTA_NAMES)[number];
export type Quotas = Readonly<Record<QuotaName, number>>;

interface Circumstances {
  readonly detached: boolean;
  /** The creator has DETACH or CMKRNL. */
  readonly powerful: boolean;
  readonly creator: ReturnType<typeof PCB.at>;
}

/** @returns the quotas, or SS$_EXQUOTA when the creator may not give so much */
export function creationQuotas(k: Kernel, asked: ReadonlyMap<number, number>, circumstances: Circumstances): Quotas | number {
  const quotas = {} as Record<QuotaName, number>;
  QUOTA_NAMES.forEach((name, index) => {
    const value = asked.get(index + 1) ?? k.readLong(k.symbol('PQL$AL_DEFAULT') + 4 * (index + 1));
    quotas[name] = Math.max(value, k.readLong(k.symbol('PQL$AL_MIN') + 4 * (index + 1)));
  });
  if (circumstances.detached && circumstances.powerful) return quotas;
  const limits = creatorLimits(k, circumstances.creator);
  // A subprocess shares the pooled quotas; those that are neither pooled nor deducted may not exceed the creator's. A detached process
  // made without privilege may exceed the creator in nothing. choice: defaults nobody asked for are cut down instead of refused.
  const checked = circumstances.detached ? QUOTA_NAMES : NONDEDUCTIBLE;
  for (const name of checked) {
    const limit = limits[name];
    if (limit === undefined || !exceeds(name, quotas[name], limit)) continue;
    if (asked.has(QUOTA_NAMES.indexOf(name) + 1)) return SS$_EXQUOTA;
    quotas[name] = limit;
  }
  if (circumstances.detached) return quotas;
  const creatorCpu = limits.CPULM ?? 0;
  if (creatorCpu !== 0) {
    if (quotas.CPULM === 0) quotas.CPULM = Math.floor(creatorCpu / 2);
    else if (quotas.CPULM >= creatorCpu) return SS$_EXQUOTA;
  }
  return quotas;
}

/** A CPU time limit of zero is no limit. */
function exceeds(name: QuotaName, value: number, limit: number): boolean {
  return name === 'CPULM' ? limit !== 0 && (value === 0 || value > limit) : value > limit;
}

/** Quotas of a subprocess that are compared with the creator's. */
const NONDEDUCTIBLE = ['ASTLM', 'BIOLM', 'DIOLM', 'WSQUOTA', 'WSDEFAULT', 'WSEXTENT'] as const;

function creatorLimits(k: Kernel, creator: ReturnType<typeof PCB.at>): Partial<Record<QuotaName, number>> {
  const phd = PHD.at(k, creator.PCB$L_PHD);
  const pages = (index: number): number => index - phd.PHD$W_WSLIST + 1;
  const own = {
    ASTLM: phd.PHD$W_ASTLM, BIOLM: creator.PCB$W_BIOLM, DIOLM: creator.PCB$W_DIOLM, CPULM: phd.PHD$L_CPULIM,
    WSQUOTA: pages(phd.PHD$W_WSQUOTA), WSDEFAULT: pages(phd.PHD$W_DFWSCNT), WSEXTENT: pages(phd.PHD$W_WSEXTENT),
  };
  if (creator.PCB$L_JIB === 0) return own;
  const jib = JIB.at(k, creator.PCB$L_JIB);
  return {
    ...own, BYTLM: jib.JIB$L_BYTLM, FILLM: jib.JIB$W_FILLM, PGFLQUOTA: jib.JIB$L_PGFLQUOTA, PRCLM: jib.JIB$W_PRCLIM,
    TQELM: jib.JIB$W_TQLM, ENQLM: jib.JIB$W_ENQLM,
  };
}
