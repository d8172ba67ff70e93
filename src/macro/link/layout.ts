import type { ObjectModule } from '../object/language.js';
import { GPS$V_EXE, GPS$V_OVR, GPS$V_REL, GPS$V_SHR, GPS$V_VEC, GPS$V_WRT } from '../psect.js';
import type { LinkMessages } from './messages.js';

/**
 * Where everything goes: contributions of modules to program sections, program sections into image sections, image
 * sections to addresses. Sections with equal significant attributes (WRT, EXE, VEC) make one image section; inside it
 * they stand in alphabetical order. @source VAX/VMS Linker manual, "Image section generation"
 */
export interface LinkModule {
  readonly module: ObjectModule;
  readonly file: string;
  /** By the psect index of the module. */
  readonly contributions: Contribution[];
}

export interface Contribution {
  readonly owner: LinkModule;
  readonly psect: LinkPsect;
  /** From the start of the psect. */
  offset: number;
  readonly length: number;
  readonly alignment: number;
}

export interface LinkPsect {
  readonly name: string;
  readonly flags: number;
  alignment: number;
  length: number;
  base: number;
  readonly contributions: Contribution[];
}

export interface LaidOutSection {
  readonly attributes: number;
  readonly psects: readonly LinkPsect[];
  readonly base: number;
  readonly bytes: Uint8Array;
}

export const PAGE = 512;
/** An image this large is a mistake in an object module. */
const LARGEST_IMAGE = 0x4000000;
const SIGNIFICANT = GPS$V_WRT | GPS$V_EXE | GPS$V_VEC;
/** In a shareable image what may be shared lies apart from what may not. */
const SIGNIFICANT_SHARED = SIGNIFICANT | GPS$V_SHR;

/** Image sections of an executable image, in the order of their addresses. */
const SECTION_ORDER: readonly number[] = [
  0, GPS$V_WRT, GPS$V_EXE, GPS$V_EXE | GPS$V_WRT, GPS$V_VEC, GPS$V_VEC | GPS$V_WRT, GPS$V_VEC | GPS$V_EXE, GPS$V_VEC | GPS$V_EXE | GPS$V_WRT,
];

/** Those of a shareable image: shared code, and the transfer vectors in it, comes first, so that its addresses stay when data are added. */
const SHAREABLE_ORDER: readonly number[] = [0, GPS$V_VEC].flatMap((vector) => [GPS$V_SHR, 0].flatMap((shared) => (
  [GPS$V_EXE, 0, GPS$V_EXE | GPS$V_WRT, GPS$V_WRT].map((access) => vector | shared | access))));

export function isAbsolute(psect: LinkPsect): boolean {
  return (psect.flags & GPS$V_REL) === 0;
}

/** Every psect of every module, contributions in the order of the modules. */
export function collectPsects(modules: readonly LinkModule[], messages: LinkMessages): LinkPsect[] {
  const psects = new Map<string, LinkPsect>();
  for (const owner of modules) {
    for (const { name, flags, alignment, allocation } of owner.module.psects) {
      let psect = psects.get(name);
      if (psect === undefined) {
        psect = { name, flags, alignment, length: 0, base: 0, contributions: [] };
        psects.set(name, psect);
      } else if (psect.flags !== flags && allocation > 0) {
        messages.add('W', 'MULPSC', `conflicting attributes for psect ${name}`, `in module ${owner.module.name} file ${owner.file}`);
      }
      const contribution: Contribution = { owner, psect, offset: 0, length: allocation, alignment };
      owner.contributions.push(contribution);
      psect.contributions.push(contribution);
      psect.alignment = Math.max(psect.alignment, alignment);
    }
  }
  for (const psect of psects.values()) placeContributions(psect);
  return [...psects.values()];
}

/** One after another, each on its own alignment; or all at the start when the psect is overlaid. */
function placeContributions(psect: LinkPsect): void {
  for (const contribution of psect.contributions) {
    if ((psect.flags & GPS$V_OVR) !== 0) {
      psect.length = Math.max(psect.length, contribution.length);
    } else if (contribution.length > 0) {
      contribution.offset = align(psect.length, 2 ** contribution.alignment);
      psect.length = contribution.offset + contribution.length;
    } else {
      contribution.offset = psect.length;
    }
  }
}

function align(value: number, boundary: number): number {
  return Math.ceil(value / boundary) * boundary;
}

/** @returns image sections from `base` upward, or undefined when the program does not fit */
export function layOut(psects: readonly LinkPsect[], base: number, isShareable = false): LaidOutSection[] | undefined {
  const sections: LaidOutSection[] = [];
  let next = base;
  const significant = isShareable ? SIGNIFICANT_SHARED : SIGNIFICANT;
  for (const attributes of isShareable ? SHAREABLE_ORDER : SECTION_ORDER) {
    const members = psects.filter((p) => !isAbsolute(p) && p.length > 0 && (p.flags & significant) === attributes)
      .sort((a, b) => a.name < b.name ? -1 : 1);
    if (members.length === 0) continue;
    const start = next;
    for (const psect of members) {
      psect.base = align(next, 2 ** psect.alignment);
      next = psect.base + psect.length;
      if (next - base > LARGEST_IMAGE) return undefined;
    }
    next = align(next, PAGE);
    sections.push({ attributes, psects: members, base: start, bytes: new Uint8Array(next - start) });
  }
  return sections;
}
