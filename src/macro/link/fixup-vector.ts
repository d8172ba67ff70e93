import { ByteWriter } from '../bytes.js';

/**
 * The fixup vector section of an image: what $IMGFIX has to adjust when the images are where they are. Behind the header (IAF) lie, in this
 * order, the cells of general references, page protections to restore, the shareable image list (SHL), and the places of .ADDRESS longwords.
 *
 *   general   for each shareable image: count of cells, index in the list, cells (offset in that image); 0
 *   .ADDRESS  for each image: count, index in the list, offsets of the longwords from the base of this image; 0
 *
 * Entry 0 of the list is the image itself. @source book Figure 21-13; digest ch21 1.5; field offsets public $IAFDEF, $SHLDEF
 */
export const IAF = {
  IAF$L_IAFLINK: 0x00, IAF$L_FIXUPLNK: 0x04, IAF$W_SIZE: 0x08, IAF$W_FLAGS: 0x0a, IAF$L_G_FIXOFF: 0x0c, IAF$L_DOTADROFF: 0x10, IAF$L_CHGPRTOFF: 0x14,
  IAF$L_SHLSTOFF: 0x18, IAF$L_SHRIMGCNT: 0x1c, IAF$L_SHLEXTRA: 0x20, IAF$L_PERMCTX: 0x24,
} as const;
export const IAF$K_LENGTH = 64;
/** IAF$W_FLAGS: the section is that of a shareable image. */
export const IAF$M_SHR = 1;

export const SHL = { SHL$L_BASEVA: 0x00, SHL$L_SHLPTR: 0x04, SHL$L_IDENT: 0x08, SHL$L_PERMCTX: 0x0c, SHL$B_SHL_SIZE: 0x10, SHL$B_FLAGS: 0x13, SHL$L_ICB: 0x14, SHL$T_IMGNAM: 0x18 } as const;
export const SHL$K_LENGTH = 64;
const NAME_FIELD = 40;

/** Bytes of a page protection entry: offset of the first page, pages, protection code. */
export const CHANGE_PROTECTION_ENTRY = 8;

/** A shareable image in the list. */
export interface ListedImage {
  readonly name: string;
  readonly ident: number;
}

/** Pages that are written to by $IMGFIX and by nobody else. */
export interface RestoredPages {
  /** From the base of the image. */
  readonly offset: number;
  readonly pages: number;
  /** PRT$C_ code. */
  readonly protection: number;
}

/** What the text of an image asks to be fixed up; indexes are those of the list, 0 the image itself. */
export class FixupCollector {
  /** Offsets referred to by G^, per image. */
  private readonly general = new Map<number, number[]>();
  private readonly addresses = new Map<number, number[]>();

  constructor(readonly self: ListedImage, readonly images: readonly ListedImage[]) {}

  get isEmpty(): boolean { return this.general.size === 0 && this.addresses.size === 0; }

  addGeneral(image: number, offset: number): void {
    const cells = this.general.get(image) ?? [];
    if (!cells.includes(offset)) cells.push(offset);
    this.general.set(image, cells);
  }

  /** @param place offset of the longword from the base of the image that has it */
  addAddress(image: number, place: number): void {
    const places = this.addresses.get(image) ?? [];
    places.push(place);
    this.addresses.set(image, places);
  }

  /** Offsets of all .ADDRESS longwords. */
  places(): number[] { return [...this.addresses.values()].flat(); }

  /** Where the cell of a general reference lies, from the start of the section. */
  cellOffset(image: number, offset: number): number {
    let at = IAF$K_LENGTH;
    for (const [index, cells] of this.general) {
      at += 8;
      if (index === image) return at + 4 * cells.indexOf(offset);
      at += 4 * cells.length;
    }
    throw new Error(`no general reference to image ${image}`);
  }

  /** The section's contents. @param isShareable the image is a shareable one */
  encode(restored: readonly RestoredPages[], isShareable: boolean): Uint8Array {
    const table = (map: ReadonlyMap<number, readonly number[]>): Uint8Array => {
      const writer = new ByteWriter();
      for (const [index, values] of map) {
        writer.long(values.length).long(index);
        for (const value of values) writer.long(value);
      }
      return writer.long(0).take();
    };
    const general = table(this.general);
    const addresses = table(this.addresses);
    const protections = new ByteWriter().long(restored.length);
    for (const { offset, pages, protection } of restored) protections.long(offset).word(pages).word(protection);
    const list = new ByteWriter();
    for (const { name, ident } of [this.self, ...this.images]) {
      list.long(0).long(0).long(ident).long(0).byte(SHL$K_LENGTH).word(0).byte(0).long(0).byte(name.length).text(name, NAME_FIELD - 1);
    }
    const protectionsAt = IAF$K_LENGTH + general.length;
    const listAt = protectionsAt + protections.length;
    const addressesAt = listAt + list.length;
    const header = new ByteWriter().long(0).long(0).word(IAF$K_LENGTH).word(isShareable ? IAF$M_SHR : 0).long(IAF$K_LENGTH).long(addressesAt).long(protectionsAt)
      .long(listAt).long(this.images.length + 1).long(0).long(0).text('', IAF$K_LENGTH - 0x28);
    return new ByteWriter().bytes(header.take()).bytes(general).bytes(protections.take()).bytes(list.take()).bytes(addresses).take();
  }
}
