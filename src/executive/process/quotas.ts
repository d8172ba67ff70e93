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
  if (circumstances.detached) {
    for (const name of QUOTA_NAMES) {
      const limit = limits[name];
      if (limit !== undefined && limit !== 0 && quotas[name] > limit && asked.has(QUOTA_NAMES.indexOf(name) + 1)) return SS$_EXQUOTA;
      if (limit !== undefined && limit !== 0) quotas[name] = Math.min(quotas[name], limit);
    }
    return quotas;
  }
  // A subprocess: pooled quotas are the job's; nondeductible ones may not exceed the creator's.
  for (const name of ['ASTLM', 'BIOLM', 'DIOLM', 'WSQUOTA', 'WSDEFAULT', 'WSEXTENT'] as const) {
    const limit = limits[name];
    if (limit !== undefined) quotas[name] = Math.min(quotas[name], limit);
  }
  const creatorCpu = limits.CPULM ?? 0;
  if (creatorCpu !== 0) {
    if (quotas.CPULM === 0) quotas.CPULM = Math.floor(creatorCpu / 2);
    else if (quotas.CPULM >= creatorCpu) return SS$_EXQUOTA;
    const phd = PHD.at(k, circumstances.creator.PCB$L_PHD);
    phd.PHD$L_CPULIM = phd.PHD$L_CPULIM - quotas.CPULM;
  }
  return quotas;
}

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
