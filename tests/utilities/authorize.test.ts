import { describe, expect, test } from 'vitest';
import { procedure } from '../../src/executive/gate/microroutine.js';
import { service } from '../../src/executive/gate/service-call.js';
import { RMS$_RNF } from '../../src/executive/starlet/rmsdef.js';
import { SS$_BADPARAM, SS$_NORMAL } from '../../src/executive/starlet/ssdef.js';
import { UAI$_ACCOUNT, UAI$_DEFDIR, UAI$_FLAGS, UAI$_GRP, UAI$_LOCAL_ACCESS_P, UAI$_PRI, UAI$_USERNAME } from '../../src/executive/starlet/uaidef.js';
import { UAF } from '../../src/executive/structures/uaf.js';
import { parseUtilityCommand } from '../../src/utilities/command-line.js';
import { UtilitySession } from './session.js';

/** AUTHORIZE makes and changes SYSUAF.DAT and RIGHTSLIST.DAT, indexed files, through RMS. Expectations: dcl-output-formats.md, AUTHORIZE; VMS Authorize Utility manual. */
describe('AUTHORIZE', () => {
  /** What the program UAITEST got: by $GETUAI of SMITH, and as status of what it must not do. */
  const got: { values: string[]; account: string; statuses: number[] } = { values: [], account: '', statuses: [] };
  const program = procedure('UAITEST$MAIN', function* (p) {
    return yield* p.scratch(function* () {
      const buffer = p.allocate(64);
      const length = p.allocate(4);
      const get = (name: string, code: number) => service(p, '$GETUAI', { usrnam: p.string(name), itmlst: p.itemList([{ code, length: 64, buffer, returnLength: length }]) });
      const set = (name: string, code: number, bytes: Uint8Array) => service(p, '$SETUAI', { usrnam: p.string(name), itmlst: p.itemList([{ code, length: bytes.length, buffer: p.bytes(bytes) }]) });
      for (const code of [UAI$_USERNAME, UAI$_GRP, UAI$_PRI, UAI$_DEFDIR, UAI$_LOCAL_ACCESS_P]) {
        expect(yield* get('SMITH', code)).toBe(SS$_NORMAL);
        got.values.push(Buffer.from(p.memory.readBytes(buffer, p.memory.readWord(length))).toString('latin1'));
      }
      expect(yield* set('SMITH', UAI$_PRI, Uint8Array.of(9))).toBe(SS$_NORMAL);
      expect(yield* set('SMITH', UAI$_DEFDIR, Uint8Array.of(5, ...Buffer.from('[NEW]')))).toBe(SS$_NORMAL);
      expect(yield* set('SMITH', UAI$_ACCOUNT, Uint8Array.from(Buffer.from('BOOKS')))).toBe(SS$_NORMAL);
      expect(yield* get('SMITH', UAI$_ACCOUNT)).toBe(SS$_NORMAL);
      got.account = Buffer.from(p.memory.readBytes(buffer, p.memory.readWord(length))).toString('latin1');
      got.statuses = [
        yield* get('NOBODY', UAI$_PRI), yield* set('NOBODY', UAI$_PRI, Uint8Array.of(1)), yield* get('SMITH', 999), yield* set('SMITH', UAI$_USERNAME, Uint8Array.of(65)),
        yield* set('SMITH', UAI$_FLAGS, new Uint8Array(5)),
      ];
      return 1;
    });
  });
  const dcl = new UtilitySession({}, [{ name: 'UAITEST', routines: [program], transfer: 'UAITEST$MAIN' }]);
  dcl.lines('SET TERMINAL/WIDTH=132', 'DEFINE SYSUAF SYS$DISK:[]UAF.DAT', 'DEFINE RIGHTSLIST SYS$DISK:[]RIGHTS.DAT', 'AUTHORIZE :== $SYS$SYSTEM:AUTHORIZE');
  const uaf = (command: string): string[] => dcl.lines(`AUTHORIZE ${command}`);
  const changed = ['%UAF-I-DONEMSG, system authorization file modified', '%UAF-I-RDBNOMODS, no modifications made to rights database'];
  const rights = ['%UAF-I-NOMODS, no modifications made to system authorization file', '%UAF-I-RDBDONEMSG, rights database modified'];

  test('without a file it offers to make one', () => {
    const asked = uaf('SHOW SYSTEM');
    expect(asked.slice(0, 2)).toEqual(['%UAF-E-NAOFIL, unable to open system authorization file (SYSUAF.DAT)', '-RMS-E-FNF, file not found']);
    expect(dcl.lines('YES')).toContain('Account:  SYSTEM                           UIC:    [1,4]');
    expect(uaf('CREATE/RIGHTS')).toEqual(['%UAF-I-RDBCREMSG, {empty} rights database created', ...rights]);
  });

  test('a new user is like DEFAULT but for what is said, and has an identifier', () => {
    expect(uaf('ADD SMITH/UIC=[300,12]/OWNER="John Smith"/PRIV=OPER/PRIO=6/NOACCESS=9-17/FLAGS=(CAPTIVE,NOCAPTIVE,DISUSER)')).toEqual([
      '%UAF-I-ADDMSG, user record successfully added', '%UAF-I-RDBADDMSGU, identifier SMITH value [000300,000012] added to rights database',
      changed[0], rights[1],
    ]);
    const shown = uaf('SHOW SMITH');
    expect(shown).toContain('Username: SMITH                            Owner:  John Smith');
    expect(shown).toContain('Account:  DEFAULT                          UIC:    [300,12] ([SMITH])');
    expect(shown).toContain('Login Flags:  Disuser');
    expect(shown).toContain('Local:    #########---------######            #########---------######');
    expect(shown).toContain('Prio:            6  ASTlm:        60  WSquo:         1024');
    expect(shown).toContain('  TMPMBX OPER NETMBX');
    expect(uaf('ADD SMITH')[0]).toBe('%UAF-E-UAEERR, invalid user name, user name SMITH already exists');
  });

  test('records are found by name, by UIC and with wildcards, in order', () => {
    uaf('COPY SMITH ADAMS/UIC=[300,7]');
    expect(uaf('SHOW/BRIEF [300,*]').slice(3, 5)).toEqual([
      'John Smith           ADAMS        [300,7]          DEFAULT  Systm  6  Disuser', 'John Smith           SMITH        [300,12]         DEFAULT  Systm  6  Disuser',
    ]);
    expect(uaf('SHOW/BRIEF *').slice(3, 7).map((line) => line.slice(21, 30).trim())).toEqual(['ADAMS', 'DEFAULT', 'SMITH', 'SYSTEM']);
    expect(uaf('SHOW NOBODY')[0]).toBe('%UAF-W-BADSPC, no user matches specification');
  });

  test('$GETUAI and $SETUAI read and change fields of a record', () => {
    expect(dcl.lines('RUN SYS$SYSTEM:UAITEST')).toEqual([]);
    expect(got.values).toEqual(['SMITH'.padEnd(32), '\xc0\0', '\x06', expect.stringMatching(/^.\[/), '\0\xfe\x03']);
    expect(got.account).toBe('BOOKS'.padEnd(32));
    expect(got.statuses).toEqual([RMS$_RNF, RMS$_RNF, SS$_BADPARAM, SS$_BADPARAM, SS$_BADPARAM]);
    const shown = uaf('SHOW SMITH');
    expect(shown.some((line) => line.startsWith('Prio:') && / 9 /.test(line))).toBe(true);
    expect(shown.some((line) => line.startsWith('Default:') && line.endsWith('[NEW]'))).toBe(true);
    uaf('MODIFY SMITH/PRIORITY=6');
  });

  test('changes of several users, of a name, and removal', () => {
    expect(uaf('MODIFY [300,*]/FLAGS=NODISUSER/DEVICE=DUA1')).toEqual(['%UAF-I-MDFYMSG, user record(s) updated', ...changed]);
    expect(uaf('SHOW/BRIEF ADAMS')[3]).toContain('DUA1:[USER]');
    expect(uaf('RENAME ADAMS EVE/PASSWORD=APPLE').slice(0, 2)).toEqual(['%UAF-I-RENMSG, user record renamed', '%UAF-I-RDBMDFYMSG, identifier ADAMS modified']);
    expect(uaf('REMOVE EVE').slice(0, 2)).toEqual(['%UAF-I-REMMSG, record removed from system authorization file', '%UAF-I-RDBREMMSGU, identifier EVE value [000300,000007] removed from rights database']);
    expect(uaf('REMOVE SYSTEM')[0]).toContain('-E-REMSYS');
  });

  test('identifiers are held, shown and known to $ASCTOID and $IDTOASC', () => {
    expect(uaf('ADD/IDENTIFIER PROJECT/ATTRIBUTES=RESOURCE')[0]).toBe('%UAF-I-RDBADDMSG, identifier PROJECT value %X80010000 added to rights database');
    expect(uaf('GRANT/IDENTIFIER PROJECT SMITH')[0]).toBe('%UAF-I-GRANTMSG, identifier PROJECT granted to SMITH');
    expect(uaf('SHOW/RIGHTS SMITH')).toContain('  PROJECT                          %X80010000');
    expect(uaf('REVOKE/IDENTIFIER PROJECT SMITH')[0]).toBe('%UAF-I-REVOKEMSG, identifier PROJECT revoked from SMITH');
    expect(uaf('SHOW/IDENTIFIER P*')).toContain('  PROJECT                          %X80010000      RESOURCE');
    expect(dcl.lines('WRITE SYS$OUTPUT F$IDENTIFIER("SMITH","NAME_TO_NUMBER")')).toEqual([String(0o300 * 0x10000 + 0o12)]);
    expect(dcl.lines('WRITE SYS$OUTPUT F$IDENTIFIER(%X80010000,"NUMBER_TO_NAME")')).toEqual(['PROJECT']);
    expect(dcl.lines('WRITE SYS$OUTPUT "[",F$IDENTIFIER("NOBODY","NAME_TO_NUMBER"),"]"')).toEqual(['[0]']);
  });

  test('the files are indexed files that ANALYZE/RMS_FILE finds in order', () => {
    for (const file of ['UAF.DAT', 'RIGHTS.DAT']) {
      const report = dcl.lines(`ANALYZE/RMS_FILE ${file}`);
      expect(report).toContain('\tFile Organization: indexed');
      expect(report).toContain('The analysis uncovered NO errors.');
    }
    expect(dcl.lines('ANALYZE/RMS_FILE UAF.DAT')).toContain(`\tMaximum Record Size: ${UAF.size}`);
  });

  test('what is wrong in a command is named', () => {
    expect(uaf('FOO').slice(0, 2)).toEqual(['%CLI-W-IVVERB, unrecognized command verb - check validity and spelling', ' \\FOO\\']);
    expect(uaf('MODIFY SMITH/FOO').slice(0, 2)).toEqual(['%CLI-W-IVQUAL, unrecognized qualifier - check validity, spelling, and placement', ' \\FOO\\']);
    expect(uaf('MODIFY SMITH/PRIO=77')[0]).toBe('%UAF-E-IVVALUE, invalid value \\77\\');
    expect(uaf('ADD NAME_THAT_IS_TOO_LONG')[0]).toContain('-E-BADUSR');
  });

  test('owners of files and processes have the names of the rights database', () => {
    uaf('ADD/IDENTIFIER SYSTEM/VALUE=UIC:[1,4]');
    dcl.lines('CREATE OWNED.TXT', '^Z');
    expect(dcl.lines('SHOW PROCESS').some((line) => line.endsWith('UIC: [SYSTEM]'))).toBe(true);
    expect(dcl.lines('DIRECTORY/OWNER/NOHEADING/NOTRAILING OWNED.TXT').join('')).toContain('[SYSTEM]');
  });
});

test('command lines of utilities: quotation marks, lists, UICs, blanks', () => {
  expect(parseUtilityCommand('modify  [1,4] /Priv=( NetMbx , TMPMBX )/own = "A ""B"" c" ! comment')).toEqual({
    verb: 'MODIFY', parameters: ['[1,4]'],
    qualifiers: [{ name: 'PRIV', negated: false, values: ['NETMBX', 'TMPMBX'] }, { name: 'OWN', negated: false, values: ['A "B" c'] }],
  });
  expect(parseUtilityCommand('')).toEqual({ verb: '', parameters: [], qualifiers: [] });
  expect(parseUtilityCommand('X /')).toBeUndefined();
  expect(parseUtilityCommand('X/Y=(A')).toBeUndefined();
});
