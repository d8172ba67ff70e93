import type { ResidentImage } from '../executive/boot/sysboot.js';
import { executiveFiles } from './executive-file.js';
import { IHD$C_NATIVE, IHD$K_EXE, encodeImageHeader } from '../macro/image-format.js';
import { encodeParameterFile } from '../sysgen/parameter-file.js';
import { SYSTEM_ONLY_PROTECTION, type SystemFile } from '../sysgen/system-disk.js';
import { textToBytes } from '../executive/structures/memory.js';
import { helpLibrary } from '../utilities/help/library.js';
import shutdown from './procedures/shutdown.com';
import startup from './procedures/startup.com';
import { identifierRecord, RIGHTS_PROTECTION } from '../executive/information/rights-file.js';
import { ENVIRONMENT } from '../executive/information/rights-services.js';
import { autologinRecord, newUserRecord } from '../loginout/uaf-file.js';

/** The files of a new system disk: parameters, authorization file, autologin file, images, startup procedures, examples. */

const ALL_PRIVILEGES = 0xffffffffffffffffn;
/** TMPMBX and NETMBX: what an ordinary user has. */
const NORMAL_PRIVILEGES = (1n << 15n) | (1n << 20n);

const USER_UIC = 0x00800001;

const USERS = [
  { name: 'SYSTEM', password: 'MANAGER', uic: 0x00010004, owner: 'SYSTEM MANAGER', directory: '[SYSMGR]', device: 'SYS$SYSROOT:', privileges: ALL_PRIVILEGES, salt: 0x1d2b },
  { name: 'DEFAULT', password: '', uic: 0x00800080, owner: '', directory: '[USER]', device: 'SYS$SYSDEVICE:', privileges: NORMAL_PRIVILEGES, salt: 0, disabled: true },
  { name: 'USER', password: 'USER', uic: USER_UIC, owner: 'ORDINARY USER', directory: '[USER]', device: 'SYS$SYSDEVICE:', privileges: NORMAL_PRIVILEGES, salt: 0x39c4 },
] as const;

const SYLOGIN = [
  // Logs and `starlet run --verify` need not show it: the apostrophes turn verification off before their line is echoed.
  "$ V = 'F$VERIFY(0)' ! SYS$MANAGER:SYLOGIN.COM - done for everybody who logs in, before their own LOGIN.COM",
  '$ IF F$MODE() .EQS. "INTERACTIVE" THEN SET CONTROL=T',
  '$ EXIT 1 .OR. F$VERIFY(V)',
  '',
].join('\n');

const SYSTARTUP = [
  '$! SYS$MANAGER:SYSTARTUP.COM - site-specific commands, done at the end of every startup',
  '$!',
  '$! After a crash: a copy of the dump, and a first look at it (SDA does this once for each dump)',
  '$!   $ ANALYZE/CRASH_DUMP SYS$SYSTEM:SYSDUMP.DMP',
  '$!   COPY SYS$SYSTEM:SAVEDUMP.DMP',
  '$!   SET OUTPUT SYS$MANAGER:CRASH.LIS',
  '$!   SHOW CRASH',
  '$!   SHOW SUMMARY/IMAGE',
  '$!   EXIT',
  '$ EXIT',
  '',
].join('\n');

/**
 * @param images  resident images, which each get a file of their name in SYS$SYSTEM
 * @param date    system time that the help library gets, and that SYS.EXE records as the base of the clock
 */
export function systemFiles(images: readonly ResidentImage[], examples: Readonly<Record<string, string>>, date = 0n): SystemFile[] {
  const users = USERS.map((user) => newUserRecord(user));
  const executive = executiveFiles(date);
  const identifiers = [...ENVIRONMENT, ...USERS.map(({ name, uic }) => ({ name, value: uic, attributes: 0 }))].map(identifierRecord);
  return [
    { name: '[SYS0.SYSEXE]VAXVMSSYS.PAR', bytes: encodeParameterFile({}), kind: 'fixed', site: true },
    { name: '[SYS0.SYSEXE]SYSUAF.DAT', bytes: variableRecords(users), kind: 'variable', protection: SYSTEM_ONLY_PROTECTION, site: true },
    { name: '[SYS0.SYSEXE]RIGHTSLIST.DAT', bytes: variableRecords(identifiers), kind: 'variable', protection: RIGHTS_PROTECTION, site: true },
    { name: '[SYS0.SYSEXE]SYSALF.DAT', bytes: variableRecords([autologinRecord('OPA0:', 'SYSTEM')]), kind: 'variable', protection: SYSTEM_ONLY_PROTECTION, site: true },
    { name: '[SYS0.SYSEXE]SYS.EXE', bytes: executive.image, kind: 'fixed' },
    { name: '[SYS0.SYSEXE]SYS.STB', bytes: variableRecords(executive.symbolTable), kind: 'variable' },
    { name: '[SYS0.SYSEXE]STARTUP.COM', bytes: variableText(startup), kind: 'variable' },
    { name: '[SYS0.SYSEXE]SHUTDOWN.COM', bytes: variableText(shutdown), kind: 'variable' },
    { name: '[SYS0.SYSMGR]SYSTARTUP.COM', bytes: variableText(SYSTARTUP), kind: 'variable', site: true },
    { name: '[SYS0.SYSMGR]SYLOGIN.COM', bytes: variableText(SYLOGIN), kind: 'variable', site: true },
    { name: '[USER]LOGIN.COM', bytes: variableText('$! LOGIN.COM\n$ EXIT\n'), kind: 'variable', owner: USER_UIC, site: true },
    ...images.map((image) => ({ name: `[SYS0.SYSEXE]${image.name}.EXE`, bytes: imageFile(image), kind: 'fixed' as const })),
    { name: '[SYS0.SYSHLP]HELPLIB.HLB', bytes: helpLibrary(date), kind: 'fixed' },
    ...Object.entries(examples).map(([name, text]) => ({ name: `[SYS0.SYSHLP.EXAMPLES]${name.toUpperCase()}`, bytes: variableText(text), kind: 'variable' as const })),
  ];
}

/** Records with their counts, each on a word boundary, as a variable-length sequential file has them. */
function variableRecords(records: readonly Uint8Array[]): Uint8Array {
  const bytes: number[] = [];
  for (const record of records) {
    bytes.push(record.length & 0xff, record.length >>> 8, ...record);
    if (record.length & 1) bytes.push(0);
  }
  return Uint8Array.from(bytes);
}

function variableText(text: string): Uint8Array {
  return variableRecords(text.replace(/\n$/, '').split('\n').map((line) => textToBytes(line)));
}

/**
 * The image file of a resident image: a header and no sections, since its pages are in memory already. It says by its name what
 * to activate.
 */
function imageFile(image: ResidentImage): Uint8Array {
  return encodeImageHeader({
    imageType: IHD$K_EXE, privilegeRequests: ALL_PRIVILEGES, ioChannels: 0, imageIoPages: 0, linkFlags: 0, ident: 0,
    systemVersion: 0, fixupAddress: 0, alias: IHD$C_NATIVE, transfers: [0x200], initializeShareable: 0, imageName: image.name, imageIdent: 'V4.4',
    linkTime: 0n, linkerIdent: '', sections: [],
  });
}
