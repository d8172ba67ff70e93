/**
 * UCB$L_MEDIA_ID: the names that MSCP gives a kind of disk, in five bits a letter. Two letters of the device (bits 31 to 22), three of the
 * medium (21 to 7, 0 for none), its number (6 to 0). @source MSCP media type identifiers; DVI$_MEDIA_NAME, DVI$_MEDIA_TYPE of $GETDVI
 */
const LETTER = 5;
const NUMBER_BITS = 7;
const LETTER_AT = 0x40;

/** `mediaId('DU', 'RA81')` is 25641051 (hex). */
export function mediaId(device: string, medium: string): number {
  const [, letters = '', number = ''] = /^([A-Z]+)(\d+)$/.exec(medium) ?? [];
  let id = 0;
  for (const letter of (device + letters).padEnd(5, '@')) id = id * (1 << LETTER) + (letter.charCodeAt(0) - LETTER_AT);
  return id * (1 << NUMBER_BITS) + Number(number);
}

function letters(id: number, first: number, count: number): string {
  let text = '';
  for (let index = 0; index < count; index += 1) {
    const letter = (id >>> (first - LETTER * index)) & ((1 << LETTER) - 1);
    if (letter !== 0) text += String.fromCharCode(letter + LETTER_AT);
  }
  return text;
}

/** `DU`; nothing when there is no identification. */
export function mediaType(id: number): string { return letters(id, 27, 2); }

/** `RA81`; nothing when there is no identification. */
export function mediaName(id: number): string { return id === 0 ? '' : `${letters(id, 17, 3)}${id & ((1 << NUMBER_BITS) - 1)}`; }
