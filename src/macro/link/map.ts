import { ISD$K_USRSTACK, sectionAddress, type ImageHeader, type ImageSection } from '../image-format.js';
import type { LinkedSymbol } from '../linker.js';
import { alignmentKeyword, attributeKeywords } from '../psect.js';
import { PAGE, type LinkModule, type LinkPsect } from './layout.js';
import { hex, type LinkMessage } from './messages.js';

/** The link map, laid out as VAX LINK does (without page headings and run statistics). The full map lists image sections too. */
export interface MapInput {
  readonly header: ImageHeader;
  readonly modules: readonly LinkModule[];
  readonly psects: readonly LinkPsect[];
  readonly symbols: readonly LinkedSymbol[];
  readonly transferAddress: number | undefined;
  readonly messages: readonly LinkMessage[];
  readonly blocks: number;
}

export function renderMap(input: MapInput, isFull: boolean): string {
  return [
    ...heading('Object Module Synopsis'), ...moduleLines(input.modules),
    ...(isFull ? [...heading('Image Section Synopsis'), ...sectionLines(input.header.sections)] : []),
    ...heading('Program Section Synopsis'), ...psectLines(input.psects),
    ...heading('Symbols By Name'), ...symbolLines(input.symbols),
    ...heading('Image Synopsis'), ...synopsisLines(input),
  ].join('\n') + '\n';
}

const PAGE_WIDTH = 116;

function heading(title: string): string[] {
  const rule = `+${'-'.repeat(title.length + 2)}+`;
  const indent = ' '.repeat(Math.floor((PAGE_WIDTH - rule.length) / 2));
  return ['', indent + rule, `${indent}! ${title} !`, indent + rule, ''];
}

function moduleLines(modules: readonly LinkModule[]): string[] {
  return [
    'Module Name     Ident              Bytes      File                                Creation Date      Creator',
    '-----------     -----              -----      -----                               -------------      -------',
    ...modules.map(({ module, file }) => {
      const bytes = module.psects.reduce((sum, psect) => sum + psect.allocation, 0);
      return `${module.name.padEnd(16)}${module.ident.padEnd(16)}${String(bytes).padStart(9)} ${file.padEnd(37)}${module.created.padStart(17)}  ${module.language}`;
    }),
  ];
}

function sectionLines(sections: readonly ImageSection[]): string[] {
  return [
    'Type  Pages  Base Addr  Disk VBN  PFC  Protection and Paging',
    '----  -----  ---------  --------  ---  ---------------------',
    ...sections.map((section) => {
      const isWritable = (section.flags & 8) !== 0;
      const paging = section.kind === 'demandZero' ? 'READ WRITE  DEMAND ZERO' : isWritable ? 'READ WRITE  COPY ON REF' : 'READ ONLY';
      return `${String(section.type).padStart(4)}  ${String(section.pages).padStart(5)}  ${hex(sectionAddress(section))}   ${String(section.vbn).padStart(8)}  ${String(section.cluster).padStart(3)}  ${paging}`;
    }),
  ];
}

const ATTRIBUTE_WIDTHS = [5, 3, 3, 3, 3, 5, 5, 4, 5, 5];

function psectLines(psects: readonly LinkPsect[]): string[] {
  const rows = [
    'Psect Name      Module Name       Base     End           Length            Align                 Attributes',
    '----------      -----------       ----     ---           ------            -----                 ----------',
  ];
  for (const psect of [...psects].filter((p) => p.length > 0).sort((a, b) => a.base - b.base || (a.name < b.name ? -1 : 1))) {
    const attributes = attributeKeywords(psect.flags).map((keyword, n) => keyword.padStart(ATTRIBUTE_WIDTHS[n]!)).join(',');
    rows.push(`${psect.name.padEnd(32)}${extent(psect.base, psect.length)} ${alignment(psect.alignment)} ${attributes}`);
    for (const part of psect.contributions) {
      if (part.length > 0) rows.push(`${' '.repeat(16)}${part.owner.module.name.padEnd(16)}${extent(psect.base + part.offset, part.length)} ${alignment(part.alignment)}`);
    }
  }
  return rows;
}

function extent(base: number, length: number): string {
  return `${hex(base)} ${hex(base + length - 1)} ${hex(length)} (${String(length).padStart(11)}.)`;
}

function alignment(power: number): string {
  return `${alignmentKeyword(power).padEnd(4)} ${String(power).padStart(2)}`;
}

const SYMBOL_COLUMNS = 4;
const SYMBOL_WIDTH = 35;

function symbolLines(symbols: readonly LinkedSymbol[]): string[] {
  const cells = [...symbols].sort((a, b) => a.name < b.name ? -1 : 1)
    .map((symbol) => `${symbol.name.padEnd(15)} ${hex(symbol.value)}${symbol.isRelocatable ? '-R' : ''}`.padEnd(SYMBOL_WIDTH));
  const rows = [row(Array(SYMBOL_COLUMNS).fill('Symbol          Value'.padEnd(SYMBOL_WIDTH))), row(Array(SYMBOL_COLUMNS).fill('------          -----'.padEnd(SYMBOL_WIDTH)))];
  for (let i = 0; i < cells.length; i += SYMBOL_COLUMNS) rows.push(row(cells.slice(i, i + SYMBOL_COLUMNS)));
  return rows;
}

function row(cells: readonly string[]): string {
  return cells.join('').trimEnd();
}

const LABEL_WIDTH = 50;

function synopsisLines({ header, transferAddress, modules, psects, symbols, blocks }: MapInput): string[] {
  const line = (label: string, value: string): string => `${`${label}:`.padEnd(LABEL_WIDTH)}${value}`;
  const limits = (label: string, first: number, last: number): string =>
    line(label, `${`${first}.`.padStart(9)}${`${last}.`.padStart(10)} (${`${last - first + 1}.`.padStart(6)} block${last === first ? '' : 's'})`);
  const mapped = header.sections.filter((section) => section.type !== ISD$K_USRSTACK);
  const low = Math.min(...mapped.map(sectionAddress));
  const pages = mapped.reduce((sum, section) => sum + section.pages, 0);
  const startup = header.transfers.find((address) => address !== transferAddress);
  return [
    ...(mapped.length === 0 ? [] : [line('Virtual memory allocated', `${hex(low)} ${hex(low + pages * PAGE - 1)} ${hex(pages * PAGE)} (${pages * PAGE}. bytes, ${pages}. page${pages === 1 ? '' : 's'})`)]),
    line('Stack size', `${`${header.sections.find((s) => s.type === ISD$K_USRSTACK)?.pages ?? 0}.`.padStart(9)} pages`),
    limits('Image header virtual block limits', 1, header.headerBlocks),
    limits('Image binary virtual block limits', header.headerBlocks + 1, blocks),
    line('Image name and identification', `${header.imageName} ${header.imageIdent}`),
    line('Number of files', `${`${new Set(modules.map((m) => m.file)).size}.`.padStart(9)}`),
    line('Number of modules', `${modules.length}.`.padStart(9)),
    line('Number of program sections', `${psects.length}.`.padStart(9)),
    line('Number of global symbols', `${symbols.length}.`.padStart(9)),
    line('Number of image sections', `${header.sections.length}.`.padStart(9)),
    ...(transferAddress === undefined ? [] : [line('User transfer address', hex(transferAddress))]),
    ...(startup === undefined ? [] : [line('Debugger transfer address', hex(startup))]),
    line('Image type', 'EXECUTABLE.'),
  ];
}
