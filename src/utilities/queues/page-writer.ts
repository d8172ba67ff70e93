import * as qui from '../../executive/starlet/quidef.js';

/** A form, as the symbiont lays out pages on it. Margins and sizes in lines and characters. */
export interface PageForm {
  readonly length: number;
  readonly width: number;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  /** QUI$M_FORM_... */
  readonly flags: number;
}

export interface PageOptions {
  readonly form: PageForm;
  /** A form feed at the end of each page. */
  readonly paginate: boolean;
  readonly doubleSpace: boolean;
  /** What each page begins with, before its number; undefined: nothing. */
  readonly header: string | undefined;
  readonly first: number;
  /** 0: to the end. */
  readonly last: number;
}

const FORM_FEED = '\f';

/**
 * Lines on pages: what a print symbiont sends to its device. Lines longer than the form is wide are cut or go on in the next line; a page ends
 * where the bottom margin begins, or at a form feed. Only pages from `first` to `last` come out.
 */
export class PageWriter {
  page = 1;
  private line = 0;
  private text = '';

  constructor(private readonly options: PageOptions) {}

  /** Anything left to print? */
  get isPast(): boolean { return this.options.last !== 0 && this.page > this.options.last; }

  /** What has come out since the last call. */
  take(): string {
    const { text } = this;
    this.text = '';
    return text;
  }

  /** A line, which may have form feeds in it. */
  put(record: string): void {
    const parts = record.split(FORM_FEED);
    for (const [index, part] of parts.entries()) {
      if (index > 0) this.endPage();
      // Nothing beside a form feed is no line.
      if (parts.length > 1 && part === '') continue;
      for (const piece of this.pieces(part)) this.lineOut(piece);
    }
  }

  /** The paper is moved to the next page, unless it stands at one's beginning. */
  finish(): void {
    if (this.line > 0) this.endPage();
  }

  private pieces(text: string): string[] {
    const { form } = this.options;
    const room = form.width === 0 ? Infinity : Math.max(1, form.width - form.left - form.right);
    if (text.length <= room || (form.flags & (qui.QUI$M_FORM_TRUNCATE | qui.QUI$M_FORM_WRAP)) === 0) return [text];
    if ((form.flags & qui.QUI$M_FORM_TRUNCATE) !== 0) return [text.slice(0, room)];
    return Array.from({ length: Math.ceil(text.length / room) }, (_, index) => text.slice(index * room, (index + 1) * room));
  }

  private get shown(): boolean { return this.page >= this.options.first && !this.isPast; }

  private lineOut(text: string): void {
    const { form, paginate, doubleSpace, header } = this.options;
    if (this.line === 0) {
      for (let count = 0; count < form.top; count += 1) this.raw('');
      if (header !== undefined) {
        this.raw(`${header}  Page ${this.page}`);
        this.raw('');
      }
    }
    this.raw(`${' '.repeat(form.left)}${text}`);
    if (doubleSpace) this.raw('');
    if (paginate && this.line >= form.length - form.bottom) this.endPage();
  }

  private raw(text: string): void {
    if (this.shown) this.text += `${text}\r\n`;
    this.line += 1;
  }

  private endPage(): void {
    if (this.shown) this.text += FORM_FEED;
    this.page += 1;
    this.line = 0;
  }
}
