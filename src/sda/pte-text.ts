import { decodePte, PROTECTION } from '../executive/structures/pte.js';
import { hex } from './error.js';

const MODES = 'KESU';

/** What a page table entry says, in the columns of the page table displays. */
export interface PteText {
  /** VALID, TRANS, DZERO, GPTX, PGFIL, STX, NULL. */
  readonly type: string;
  /** Outermost modes that may read, and write, as SDA spells them: KESU, K---, NONE. */
  readonly read: string;
  readonly write: string;
  /** Modify and window bits, and the owner's letter. */
  readonly bits: string;
  /** Page frame number, page table index, block number. */
  readonly place: string;
  readonly pfn: number | undefined;
}

function modes(outermost: number): string {
  return outermost < 0 ? 'NONE' : MODES.slice(0, outermost + 1).padEnd(4, '-');
}

export function pteText(pte: number): PteText {
  const decoded = decodePte(pte);
  if (decoded.kind === 'null') return { type: 'NULL', read: 'NONE', write: 'NONE', bits: '', place: '', pfn: undefined };
  const [, write, read] = PROTECTION[decoded.prot]!;
  const access = { read: modes(read), write: modes(write) };
  const owner = MODES[decoded.owner]!;
  switch (decoded.kind) {
    case 'valid':
      return { type: 'VALID', ...access, bits: `${decoded.modify ? 'M' : '-'}${decoded.window ? 'W' : '-'}${owner}`, place: `PFN ${hex(decoded.pfn, 6)}`, pfn: decoded.pfn };
    case 'transition': return { type: 'TRANS', ...access, bits: `--${owner}`, place: `PFN ${hex(decoded.pfn, 6)}`, pfn: decoded.pfn };
    case 'demand-zero': return { type: 'DZERO', ...access, bits: `--${owner}`, place: '', pfn: undefined };
    case 'global': return { type: 'GPTX', ...access, bits: `--${owner}`, place: `GPTX ${hex(decoded.gptx, 6)}`, pfn: undefined };
    case 'page-file': return { type: 'PGFIL', ...access, bits: `--${owner}`, place: `VBN ${hex(decoded.vbn, 6)}`, pfn: undefined };
    case 'section': return {
      type: 'STX', ...access, bits: `--${owner}`, pfn: undefined,
      place: `STX ${hex(decoded.stx & 0xffff, 4)}${decoded.crf ? ' CRF' : ''}${decoded.dzro ? ' DZRO' : ''}${decoded.wrt ? ' WRT' : ''}`,
    };
  }
}

/** The name of a protection code: UREW. */
export function protectionName(pte: number): string {
  return PROTECTION[(pte >>> 27) & 15]![0];
}
