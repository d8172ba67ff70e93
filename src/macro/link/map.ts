import { ISD$K_USRSTACK, sectionAddress, type ImageHeader, type ImageSection } from '../image-format.js';
import type { LinkedSymbol } from '../linker.js';
import { alignmentKeyword, attributeKeywords } from '../psect.js';
import type { LinkModule, LinkPsect } from './layout.js';
import { hex, type LinkMessage } from './messages.js';

/** The link map: the synopses of VAX LINK's default map, without page headings. */
export interface MapInput {
  readonly header: ImageHeader;
  readonly modules: readonly LinkModule[];
  readonly psects: readonly LinkPsect[];
  readonly symbols: readonly LinkedSymbol[];
  readonly transferAddress: number | undefined;
  readonly messages: readonly LinkMessage[];
  readonly blocks: number;
}

export function renderMap(input: MapInput): string {
  return [
    ...heading('Object Module Synopsis'), ...moduleLines(input.modules),
    ...heading('Image Section Synopsis'), ...sectionLines(input.header.sections),
    ...heading('Program Section Synopsis'), ...psectLines(input.psects),
    ...heading('Symbols By Name'), ...symbolLines(input.symbols),
    ...heading('Image Synopsis'), ...synopsisLines(input),
  ].join('\n') + '\n';
}

function heading(title: string): string[] {
  const line = `! ${title} !`;
  return ['', `${' '.repeat(20)}+${'-'.repeat(line.length - 2)}+`, `${' '.repeat(20)}${line}`, `${' '.repeat(20)}+${'-'.repeat(line.length - 2)}+`, ''];
}

function moduleLines(modules: readonly LinkModule[]): string[] {
  return [
    'Module Name      Ident            Bytes  File                             Creation Date      Creator',
    '-----------      -----            -----  ----                             -------------      -------',
    ...modules.map(({ module, file }) => {
      const bytes = module.psects.reduce((sum, psect) => sum + psect.allocation, 0);
      return `${module.name.padEnd(16)} ${module.ident.padEnd(16)} ${String(bytes).padStart(5)}  ${file.padEnd(32)} ${module.created.padEnd(18)} ${module.language}`.trimEnd();
    }),
  ];
}

function sectionLines(sections: readonly ImageSection[]): string[] {
  return [
    'Type  Pages  Base Addr  Disk VBN  PFC  Protection and Paging',
    '----  -----  ---------  --------  ---  ---------------------',
    ...sections.map((section) => {
      const writable = (section.flags & 8) !== 0;
      const paging = section.kind === 'demandZero' ? 'READ WRITE  DEMAND ZERO' : writable ? 'READ WRITE  COPY ON REF' : 'READ ONLY';
      const name = section.type === ISD$K_USRSTACK ? `${paging}  (user stack)` : paging;
      return `${String(section.type).padStart(4)}  ${String(section.pages).padStart(5)}  ${hex(sectionAddress(section))}   ${String(section.vbn).padStart(8)}  ${String(section.cluster).padStart(3)}  ${name}`;
    }),
  ];
}

function psectLines(psects: readonly LinkPsect[]): string[] {
  const rows = [
    'Psect Name       Module Name      Base     End      Length                Align     Attributes',
    '----------       -----------      ----     ---      ------                -----     ----------',
  ];
  for (const psect of [...psects].sort((a, b) => a.base - b.base || (a.name < b.name ? -1 : 1))) {
    rows.push(`${psect.name.padEnd(34)}${extent(psect.base, psect.length)} ${alignment(psect.alignment)} ${attributeKeywords(psect.flags).join(',')}`);
    for (const part of psect.contributions) {
      if (part.length > 0) rows.push(`${' '.repeat(17)}${part.owner.module.name.padEnd(17)}${extent(psect.base + part.offset, part.length)} ${alignment(part.alignment)}`.trimEnd());
    }
  }
  return rows;
}

function extent(base: number, length: number): string {
  return `${hex(base)} ${hex(length === 0 ? base : base + length - 1)} ${hex(length)} (${String(length).padStart(8)}.)`;
}

function alignment(power: number): string {
  return `${alignmentKeyword(power).padEnd(6)} ${power}`;
}

function symbolLines(symbols: readonly LinkedSymbol[]): string[] {
  const cells = [...symbols].sort((a, b) => a.name < b.name ? -1 : 1)
    .map((symbol) => `${symbol.name.padEnd(24)}${hex(symbol.value)}${symbol.isRelocatable ? '-R' : '  '}`);
  const rows = ['Symbol                  Value       Symbol                  Value', '------                  -----       ------                  -----'];
  for (let i = 0; i < cells.length; i += 2) rows.push(`${cells[i]}  ${cells[i + 1] ?? ''}`.trimEnd());
  return rows;
}

function synopsisLines({ header, transferAddress, modules, messages, blocks, psects }: MapInput): string[] {
  const sized = psects.filter((psect) => psect.length > 0 && psect.base > 0);
  const low = Math.min(...sized.map((psect) => psect.base));
  const high = Math.max(...sized.map((psect) => psect.base + psect.length - 1));
  return [
    ...(sized.length === 0 ? [] : [`Virtual memory allocated:                 ${hex(low)} ${hex(high)}`]),
    `Stack size:                               ${header.sections.find((s) => s.type === ISD$K_USRSTACK)?.pages ?? 0}. pages`,
    `Image header virtual block limits:        1. ${header.headerBlocks}. (${header.headerBlocks}. block${header.headerBlocks === 1 ? '' : 's'})`,
    `Image binary virtual block limits:        ${header.headerBlocks + 1}. ${blocks}. (${blocks - header.headerBlocks}. blocks)`,
    `Image name and identification:            ${header.imageName} ${header.imageIdent}`,
    `Number of files:                          ${new Set(modules.map((m) => m.file)).size}.`,
    `Number of modules:                        ${modules.length}.`,
    `Number of program sections:               ${psects.length}.`,
    `User transfer address:                    ${transferAddress === undefined ? 'none' : hex(transferAddress)}`,
    `Number of messages:                       ${messages.length}.`,
  ];
}
