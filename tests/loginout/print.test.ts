import { describe, expect, it } from 'vitest';
import { QUI$M_FORM_TRUNCATE, QUI$M_FORM_WRAP } from '../../src/executive/starlet/quidef.js';
import { PageWriter, type PageOptions } from '../../src/utilities/queues/page-writer.js';
import { Console, systemDisk } from '../sysgen/console.js';

/** A console of a new system whose LPA0: prints into `paper`. */
function withPrinter(options: ConstructorParameters<typeof Console>[1] = {}): { console: Console; paper: () => string } {
  let paper = '';
  const console = new Console(systemDisk(), { printer: { print: (byte: number) => { paper += String.fromCharCode(byte); } }, ...options });
  return { console, paper: () => paper };
}

function wait(console: Console, line = 'WAIT 0:0:5'): void {
  console.type(line);
  for (let round = 0; round < 20 && !/\$ $/.test(console.text.replaceAll('\0', '')); round += 1) console.keys('');
}

function create(console: Console, name: string, lines: readonly string[]): void { console.type(`CREATE ${name}`, ...lines, '^Z'); }

describe('pages', () => {
  const form = { length: 10, width: 8, top: 1, bottom: 2, left: 1, right: 1, flags: QUI$M_FORM_TRUNCATE };
  const lay = (lines: readonly string[], options: Partial<PageOptions> = {}): string => {
    const writer = new PageWriter({ form, paginate: true, doubleSpace: false, header: undefined, first: 0, last: 0, ...options });
    for (const line of lines) writer.put(line);
    writer.finish();
    return writer.take();
  };
  const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));

  it('a page has the lines between its margins, each between the margins of its sides', () => {
    expect(lay(numbers(8))).toBe(`\r\n${numbers(7).map((n) => ` ${n}\r\n`).join('')}\f\r\n 8\r\n\f`);
    expect(lay(['abcdefghij'])).toBe('\r\n abcdef\r\n\f');
    expect(lay(['abcdefghij'], { form: { ...form, flags: QUI$M_FORM_WRAP } })).toBe('\r\n abcdef\r\n ghij\r\n\f');
  });

  it('a form feed ends a page, /PAGES chooses some, /SPACE and /HEADER add lines', () => {
    const plain = { form: { ...form, top: 0, left: 0 } };
    expect(lay(['one\ftwo', '\fthree'], plain)).toBe('one\r\n\ftwo\r\n\fthree\r\n\f');
    expect(lay(['one\ftwo', '\fthree'], { ...plain, first: 2, last: 2 })).toBe('two\r\n\f');
    expect(lay(['a', 'b'], { ...plain, doubleSpace: true })).toBe('a\r\n\r\nb\r\n\r\n\f');
    expect(lay(['a'], { ...plain, header: 'X.TXT;1' })).toBe('X.TXT;1  Page 1\r\n\r\na\r\n\f');
  });
});

describe('PRINT', () => {
  it('a file comes out of the queue\'s printer, as often as asked, with the pages around it that were asked for', () => {
    const { console, paper } = withPrinter();
    console.type('INITIALIZE/QUEUE/START/ON=LPA0:/SEPARATE=(FLAG) SYS$PRINT');
    create(console, 'A.TXT', ['first line', 'second line']);
    expect(console.type('PRINT/COPIES=2/NOTE="read me" A.TXT')).toEqual(['Job A (queue SYS$PRINT, entry 1) started on SYS$PRINT']);
    wait(console);
    const pages = paper().split('\f');
    expect(pages).toHaveLength(4);
    expect(pages[0]).toMatch(/S Y S T E M[\s\S]*Job A \(1\) queued to SYS\$PRINT[\s\S]*read me/);
    expect(pages.slice(1)).toEqual(['first line\r\nsecond line\r\n', 'first line\r\nsecond line\r\n', '']);
    expect(console.type('SHOW QUEUE SYS$PRINT')).toEqual(['Printer queue SYS$PRINT, on LPA0:, mounted form DEFAULT']);
  });

  it('ch23#38: the log of a batch job is printed, and deleted then, unless /KEEP', () => {
    const { console, paper } = withPrinter();
    console.type('INITIALIZE/QUEUE/START/ON=LPA0: SYS$PRINT');
    create(console, 'A.COM', ['$ WRITE SYS$OUTPUT "from the job"']);
    console.type('SUBMIT A');
    wait(console);
    expect(paper()).toContain('\nfrom the job\r\n');
    expect(paper()).toContain('job terminated at');
    expect(console.type('DIRECTORY A.LOG').join()).toContain('NOFILES');
    console.type('SUBMIT/KEEP A');
    wait(console);
    expect(paper().match(/\nfrom the job/g)).toHaveLength(2);
    expect(console.type('DIRECTORY/NOHEADER/NOTRAILER A.LOG')).toEqual(['A.LOG;1']);
  });

  it('without a print queue the log stays where it is', () => {
    const { console } = withPrinter();
    create(console, 'A.COM', ['$ EXIT']);
    console.type('SUBMIT A');
    wait(console);
    expect(console.type('DIRECTORY/NOHEADER/NOTRAILER A.LOG')).toEqual(['A.LOG;1']);
  });

  it('a file that the user may not read is not printed, nor deleted', () => {
    const { console, paper } = withPrinter({ autologin: false });
    console.keys('\rsystem\rmanager\r');
    console.type('INITIALIZE/QUEUE/START/ON=LPA0: SYS$PRINT');
    create(console, 'SYS$SYSDEVICE:[USER]SECRET.TXT', ['the secret']);
    console.type('SET FILE/OWNER=[1,4] SYS$SYSDEVICE:[USER]SECRET.TXT', 'SET PROTECTION=(S:RWED,O:RWED,G,W) SYS$SYSDEVICE:[USER]SECRET.TXT', 'LOGOUT');
    console.keys('\ruser\ruser\r');
    const told = console.type('PRINT/NOTIFY/DELETE SECRET.TXT').join('\n');
    wait(console);
    expect(paper()).not.toContain('secret');
    expect(told + console.text).toContain('%SYSTEM-F-NOPRIV');
    expect(console.type('DIRECTORY/NOHEADER/NOTRAILER SECRET.TXT')).toEqual(['SECRET.TXT;1']);
  });

  it('generic and logical queues give their jobs to others; a stopped queue keeps them; /FORM waits for the form', () => {
    const { console, paper } = withPrinter();
    console.type('INITIALIZE/QUEUE/ON=LPA0: LP', 'INITIALIZE/QUEUE/START/GENERIC=(LP) SYS$PRINT', 'INITIALIZE/QUEUE/START LOGICAL', 'STOP/QUEUE/NEXT LOGICAL', 'ASSIGN/QUEUE LP LOGICAL', 'START/QUEUE LOGICAL');
    create(console, 'A.TXT', ['text']);
    expect(console.type('PRINT A.TXT')).toEqual(['Job A (queue SYS$PRINT, entry 1) pending']);
    expect(console.type('PRINT/QUEUE=LOGICAL A.TXT')[0]).toContain('pending');
    expect(console.type('SHOW QUEUE LOGICAL')[0]).toBe('Logical queue LOGICAL, assigned to LP');
    expect(paper()).toBe('');
    console.type('START/QUEUE LP');
    wait(console);
    expect(paper()).toBe('text\r\n\ftext\r\n\f');
    console.type('DEFINE/FORM LETTER 5/WIDTH=3/DESCRIPTION="narrow"', 'PRINT/FORM=LETTER A.TXT');
    wait(console);
    expect(paper()).toBe('text\r\n\ftext\r\n\f');
    console.type('SET QUEUE/FORM_MOUNTED=LETTER LP');
    wait(console);
    expect(paper()).toBe('text\r\n\ftext\r\n\ftex\r\n\f');
    expect(console.type('DELETE/FORM LETTER')).toEqual(['%JBC-E-REFERENCED, existing references prevent deletion']);
  });

  it('a symbiont that is stopped stops its queue; its job waits', () => {
    const { console } = withPrinter();
    console.type('INITIALIZE/QUEUE/START/ON=LPA0: SYS$PRINT', 'STOP SYMBIONT_1');
    expect(console.type('SHOW QUEUE SYS$PRINT')).toEqual(['Printer queue SYS$PRINT, on LPA0:, mounted form DEFAULT, stopped']);
    console.type('START/QUEUE SYS$PRINT');
    expect(console.type('SHOW QUEUE SYS$PRINT')).toEqual(['Printer queue SYS$PRINT, on LPA0:, mounted form DEFAULT']);
  });

  it('a queue for a device that is not there says so', () => {
    const { console } = withPrinter();
    console.type('INITIALIZE/QUEUE/START/ON=LPZ7: NOWHERE');
    expect(console.type('SHOW QUEUE NOWHERE').join('')).toBe('Printer queue NOWHERE, on LPZ7:, mounted form DEFAULT, stopped, device unavailable');
  });
});
