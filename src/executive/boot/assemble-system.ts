import { assembleAbsolute, type AbsoluteImage } from '../../macro/assembler.js';
import { Gate } from '../gate/gate.js';
import { stubSource } from '../gate/microroutine.js';
import { P1_TABLES } from '../structures/p1-cells.js';
import { P1_LAYOUT } from '../structures/p1-layout.js';
import { SYSLOA_VECTORS, SYSTEM_CELLS } from '../structures/system-cells.js';
import type { ResidentImage, SystemDescription, SystemSpaceImage } from './sysboot.js';
import { keptOr, type AssemblyStore } from './assembly-store.js';
import { executiveSymbols } from './symbols.js';

/**
 * Everything of the system that is assembled, at the addresses it is loaded at; those do not depend on parameters or memory, so that
 * SDA has SYS.EXE's symbol table without a boot.
 */
export interface AssembledSystem {
  readonly gate: Gate;
  /** Address of the executive's cells, and its pages. */
  readonly data: number;
  readonly dataPages: number;
  /** Address of SYS.EXE's code. */
  readonly code: number;
  readonly executive: AbsoluteImage;
  /** The five service vector pages, at 80000000. */
  readonly vectors: AbsoluteImage;
  readonly systemImages: readonly { readonly image: SystemSpaceImage; readonly base: number; readonly text: AbsoluteImage }[];
  /** Position independent, assembled at 0. */
  readonly residentImages: readonly { readonly image: ResidentImage; readonly text: AbsoluteImage }[];
  /** First address behind the images in system space. */
  readonly end: number;
  /** Global symbols of all that lies in system space, cells of system and P1 space included. */
  readonly symbols: ReadonlyMap<string, number>;
}

const PAGE = 512;
export const SYSTEM_BASE = 0x80000000;
export const VECTOR_PAGES = 5;

/**
 * @param interruptStackTop  value of EXE$A_INTSTK: the one address in SYS.EXE that parameters decide
 * @param store  texts of earlier boots of this build
 */
export function assembleSystem(description: SystemDescription, interruptStackTop: number, store?: AssemblyStore): AssembledSystem {
  const gate = new Gate([...description.routines, ...description.systemImages.flatMap((image) => image.routines), ...description.residentImages.flatMap((image) => image.routines)]);
  const data = SYSTEM_BASE + VECTOR_PAGES * PAGE;
  const dataPages = pagesFor(SYSTEM_CELLS.size);
  const code = data + dataPages * PAGE;
  const cells = executiveSymbols(data, interruptStackTop);
  const microroutine = (name: string): number => gate.numberOf(name);
  // What a text depends on besides its build: which images there are (the numbers of the microroutines) and where the interrupt stack ends.
  const names = [...description.systemImages, ...description.residentImages].map(({ name, routines }) => `${name} ${routines.length}`);
  const common = [interruptStackTop.toString(16), description.routines.length, ...names].join(',');
  const executive = keptOr(store, `SYS:${common}`, () => assembleAbsolute(
    [...description.sources, stubSource(description.routines)].join('\n'), 'SYS.MAR', { origin: code, symbols: cells, microroutine },
  ));
  const known = (name: string): number | undefined => executive.symbols.get(name) ?? cells(name);
  const vectors = keptOr(store, `SYSVECTOR:${common}`, () => assembleAbsolute(description.vectorSource, 'SYSVECTOR.MAR', { origin: SYSTEM_BASE, microroutine, symbols: known }));
  const symbols = new Map(executive.symbols);

  // Images in system space follow SYS.EXE upward.
  let end = code + pagesFor(executive.bytes.length) * PAGE;
  const systemImages = description.systemImages.map((image) => {
    const base = end;
    const text = keptOr(store, `${image.name}:${common}`, () => assembleAbsolute(
      `${image.source}\n${stubSource(image.routines)}`, `${image.name}.MAR`, { origin: base, microroutine, symbols: known },
    ));
    for (const [name, value] of text.symbols) symbols.set(name, value);
    end += pagesFor(text.bytes.length) * PAGE;
    return { image, base, text };
  });
  const residentImages = description.residentImages.map((image) => ({
    image,
    text: keptOr(store, `${image.name}:${common}`, () => assembleAbsolute(
      `IMAGE$BASE: .LONG ${image.transfer}-IMAGE$BASE\n${image.source ?? ''}\n${stubSource(image.routines)}`, `${image.name}.MAR`, { origin: 0, microroutine, symbols: known },
    )),
  }));

  symbols.set('SYS$CELLS', data);
  for (const field of SYSTEM_CELLS.fields) symbols.set(field.name, data + field.offset);
  for (const { name, offset } of SYSLOA_VECTORS) symbols.set(name, data + SYSTEM_CELLS.offset.EXE$AL_LOAVEC + offset);
  for (const [base, table] of P1_TABLES) for (const field of table.fields) symbols.set(field.name, base + field.offset);
  for (const area of P1_LAYOUT) if (area.label !== '' && !symbols.has(area.label)) symbols.set(area.label, area.base);
  symbols.set('MMG$A_ENDVEC', data);
  symbols.set('MMG$FRSTRONLY', code);
  return { gate, data, dataPages, code, executive, vectors, systemImages, residentImages, end, symbols };
}

export function pagesFor(bytes: number): number {
  return Math.floor((bytes + PAGE - 1) / PAGE);
}
