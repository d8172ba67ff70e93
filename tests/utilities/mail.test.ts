import { describe, expect, test } from 'vitest';
import { Console, systemDisk } from '../sysgen/console.js';

/** MAIL between two users of one system, with a login between; wording and layouts: utilities.md, MAIL. */
describe('MAIL', () => {
  const console = new Console(systemDisk(), { autologin: false });
  const logIn = (user: string, password: string): string => {
    const from = console.text.length;
    console.keys(`\r${user}\r${password}\r`);
    return console.text.slice(from);
  };
  /** What everything from MAIL to EXIT printed. */
  const mail = (...lines: readonly string[]): string[] => {
    const from = console.text.length;
    console.type('MAIL', ...lines, 'EXIT');
    return console.text.slice(from).replaceAll('\0', '').split(/[\r\n]+/).map((line) => line.trimEnd());
  };
  const status = (): string => console.type('SHOW SYMBOL $STATUS').join('').replace(/.*"(.*)".*/, '$1');

  test('a file is sent, the recipient told at the next login', () => {
    logIn('SYSTEM', 'MANAGER');
    console.type('SET DEFAULT SYS$MANAGER', 'CREATE X.TXT', 'Hello.', 'How are you?');
    console.keys('\x1a');
    expect(console.type('MAIL X.TXT USER,SYSTEM/SUBJECT="A greeting"').join('\n')).toContain('New mail on node STARLT from STARLT::SYSTEM');
    expect(console.type('MAIL X.TXT NOBODY/SUBJECT="x"').map((line) => line.trim()).filter((line) => line !== '')).toEqual([
      '%MAIL-E-NOSUCHUSR, no such user NOBODY', '%MAIL-E-NOTSENT, no message sent',
    ]);
    expect(status()).toMatch(/^%X107E/);
    expect(console.type('MAIL X.TXT ELSE::USER')[0]).toContain('%MAIL-E-LOGLINK, error creating network link to node ELSE');
    console.type('LOGOUT');
    expect(logIn('USER', 'USER')).toContain('\tYou have 1 new Mail message.');
  });

  test('new mail is read, moves to MAIL, is filed, copied and deleted', () => {
    expect(console.type('DIRECTORY/OWNER MAIL.MAI').join('\n')).toMatch(/MAIL\.MAI;1 +\[(USER|200,\d+)\]/);
    const read = mail('READ', 'NEXT');
    expect(read).toContain('You have 1 new message.');
    expect(read).toEqual(expect.arrayContaining(['From:\tSTARLT::SYSTEM', 'To:\tUSER,SYSTEM', 'Subj:\tA greeting', 'Hello.', 'How are you?', '%MAIL-E-NOMOREMSG, no more messages']));
    expect(read.find((line) => line.startsWith('    #1'))).toMatch(/^ {4}#1 {10}\d\d-\w{3}-\d{4} \d\d:\d\d:\d\d +NEWMAIL$/);
    expect(console.text.slice(console.text.lastIndexOf('READ'))).not.toContain('You have 2');
    console.type('WAIT 00:00:02');
    const directory = mail('DIRECTORY', 'COPY FRIENDS 1', 'Y', 'SELECT FRIENDS', 'MOVE OTHERS 1', 'NO', 'SELECT MAIL', 'DELETE 1', 'DIR', 'DIR/FOLDER', 'READ 2', 'READ NOWHERE', 'SHOW DELETED');
    expect(directory).toContain('    1 STARLT::SYSTEM        01-JAN-1986  A greeting'.replace('01-JAN-1986', directory.join().match(/\d\d-\w{3}-\d{4}/)![0]));
    expect(directory).toEqual(expect.arrayContaining([
      '%MAIL-I-SELECTED, 1 message selected', '    1 (Deleted)', 'FRIENDS', 'WASTEBASKET', '%MAIL-E-NOMOREMSG, no more messages', '%MAIL-E-NOTEXIST, folder NOWHERE does not exist',
      'You have 1 deleted message.',
    ]));
    // A copy is as old as what it was made from.
    const dateIn = (lines: readonly string[]): string | undefined => lines.find((line) => line.startsWith('    #1'))?.slice(16, 36);
    expect(dateIn(mail('SELECT FRIENDS', 'READ'))).toBe(dateIn(read));
    expect(mail('SET WASTEBASKET "NO BASKET"')).toContain('%MAIL-E-ILLFOLNAM, invalid folder name NO BASKET');
    expect(mail('SHOW DELETED', 'DIR/FOLDER')).toEqual(expect.arrayContaining(['You have 0 deleted messages.', 'FRIENDS']));
  });

  test('EXTRACT, SEARCH, REPLY and FORWARD work on the current message; a personal name shows', () => {
    const lines = mail('SET PERSONAL_NAME "The User"', 'SELECT FRIENDS', 'SEARCH are', 'EXTRACT/NOHEADER OUT.TXT', 'REPLY X.TXT', 'SEARCH nonsense');
    expect(lines).toEqual(expect.arrayContaining(['Subj:\tRE: A greeting', "%MAIL-E-NOTFOUND, no messages containing 'NONSENSE' found", '%MAIL-E-NOTSENT, no message sent']));
    expect(lines.find((line) => line.startsWith('%MAIL-S-CREATED'))).toMatch(/OUT\.TXT;1 created$/);
    expect(console.type('TYPE OUT.TXT').filter((line) => line.trim() !== '').slice(0, 2)).toEqual(['Hello.', 'How are you?']);
    mail('SELECT FRIENDS', 'READ', 'REPLY OUT.TXT', 'FORWARD', 'SYSTEM', 'Look at this');
    console.type('LOGOUT');
    expect(logIn('SYSTEM', 'MANAGER')).toContain('You have 3 new Mail messages.');
    const read = mail('READ/NEW', 'READ', 'READ', 'DIR MAIL');
    expect(read).toEqual(expect.arrayContaining(['From:\tSTARLT::USER         "The User"', 'Subj:\tRE: A greeting', 'Subj:\tLook at this', 'From:\tSTARLT::SYSTEM']));
    expect(read.filter((line) => /^ +\d STARLT::/.test(line))).toHaveLength(3);
  });

  test('a long message has a file of its own, which goes with it', () => {
    console.type('CREATE LONG.TXT', ...Array.from({ length: 60 }, (_, index) => `${index} ${'x'.repeat(60)}`));
    console.keys('\x1a');
    console.type('MAIL LONG.TXT SYSTEM/SUBJECT="Long"');
    expect(console.type('DIRECTORY MAIL$*.MAI').join('\n')).toContain('Total of 1 file');
    console.type('SET TERMINAL/PAGE=100');
    const read = mail('READ/NEW', 'DELETE');
    expect(read.filter((line) => / x{60}$/.test(line))).toHaveLength(60);
    expect(console.type('DIRECTORY MAIL$*.MAI').join('\n')).toContain('%DIRECT-W-NOFILES');
  });

  test('forwarding; mail directories; who sends may read the file with his own privileges only', () => {
    mail('SET FORWARD USER', 'SHOW FORWARD');
    console.type('MAIL X.TXT SYSTEM/SUBJECT="For you"', 'MAIL', 'SET NOFORWARD', 'EXIT', 'LOGOUT');
    expect(logIn('USER', 'USER')).toContain('You have 1 new Mail message.');
    expect(console.type('MAIL SYS$SYSTEM:SYSUAF.DAT USER/SUBJECT="secret"').join('\n')).toMatch(/%MAIL-E-OPENIN[^]*%?-?(RMS|SYSTEM)-\w-(PRV|NOPRIV)/);
    expect(console.type('TYPE SYS$MANAGER:MAIL.MAI').join('\n')).toMatch(/-E-PRV/);
    console.type('CREATE/DIRECTORY [.MAIL]', 'MAIL', 'SET MAIL_DIRECTORY [.MAIL]', 'EXIT', 'MAIL OUT.TXT USER/SUBJECT="there"');
    expect(console.type('DIRECTORY [.MAIL]').join('\n')).toContain('MAIL.MAI;1');
    expect(mail('SHOW ALL')).toContain('You have 1 new message.');
  });
});
