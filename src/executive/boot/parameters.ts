import { PARAMETER_FLAGS } from '../structures/system-cells.js';

/**
 * The SYSGEN parameters of Appendix C, once, but for DISK_QUORUM, the name of a cluster's quorum disk: SYSBOOT sizes memory from them, SYSGEN shows and changes them, and
 * the values live in the cells of SYS.EXE named here (book 25.5, Table 25-4; Appendix C.2).
 *
 * Defaults are our choice for a 16 MB machine unless the book prints one; the cell and meaning are the book's.
 */
export interface Parameter {
  readonly name: string;
  /** Cell in SYS.EXE that holds the working value. */
  readonly cell: string;
  /** Byte offset from the cell: the PQL tables are indexed by quota code. */
  readonly cellOffset: number;
  /** A parameter that is one bit of its cell. */
  readonly bit?: number;
  readonly default: number;
  readonly minimum: number;
  /** -1: no limit but that of a longword. */
  readonly maximum: number;
  readonly unit: string;
  /** May be changed in the running system by WRITE ACTIVE. */
  readonly dynamic: boolean;
  readonly group: ParameterGroup;
  /** The value is text: so many characters, blank filled, the first in the low byte. */
  readonly characters?: number;
  /** A piece of what SET/STARTUP changes: no command names it. */
  readonly isHidden?: boolean;
}

export type ParameterGroup = 'SYS' | 'GEN' | 'PQL' | 'TTY' | 'LGI' | 'SPECIAL' | 'ACP' | 'RMS' | 'SCS' | 'CLUSTER' | 'JOB';

function row(
  name: string, cell: string, value: number, minimum: number, maximum: number, unit: string,
  group: ParameterGroup = 'SYS', dynamic = false,
): Parameter {
  const most = maximum === -1 && cell.includes('$GW_') ? 0xffff : maximum;
  return { name, cell, cellOffset: 0, default: value, minimum, maximum: most, unit, dynamic, group };
}

/** A bit of a flags cell, most of EXE$GL_DEFFLAGS, of which EXE$GL_FLAGS starts as a copy. */
const flag = (name: string, value: 0 | 1, group: ParameterGroup = 'SYS'): Parameter => {
  const [, cell, bit] = PARAMETER_FLAGS.find(([candidate]) => candidate === name)!;
  return { ...row(name, cell, value, 0, 1, 'Boolean', group, cell === 'EXE$GL_DYNAMIC_FLAGS' || cell === 'EXE$GL_MSGFLAGS'), bit };
};

/**
 * Text of a parameter as its value and back. At most six characters, so that the value is a whole number: more than 32 bits in the
 * case of SCSNODE.
 */
export const textValue = (text: string, characters: number): number =>
  [...text.slice(0, characters).padEnd(characters, '\0')].reduceRight((value, character) => value * 0x100 + (character.charCodeAt(0) & 0xff), 0);

export function valueText(value: number, characters: number): string {
  let text = '';
  for (let rest = value, index = 0; index < characters; rest = Math.floor(rest / 0x100), index += 1) text += String.fromCharCode(rest % 0x100 || 0x20);
  return text.trimEnd();
}

/** A parameter with text. */
const ascii = (name: string, cell: string, text: string, characters: number, group: ParameterGroup = 'SYS', dynamic = false): Parameter => ({
  ...row(name, cell, textValue(text, characters), 0, 0x100 ** characters - 1, 'Ascii', group, dynamic), characters,
});

/**
 * EXE$GT_STARTUP, the counted name of the startup procedure, in pieces whose bytes fit a value: so it goes where the parameters go.
 */
const STARTUP_SIZE = 33;
const STARTUP_PIECE = 6;
const STARTUP_PIECES = Array.from({ length: Math.ceil(STARTUP_SIZE / STARTUP_PIECE) }, (_, index) => ({
  name: `STARTUP$${index}`, offset: STARTUP_PIECE * index, size: Math.min(STARTUP_PIECE, STARTUP_SIZE - STARTUP_PIECE * index),
}));

/** The values of the pieces for the name of a startup procedure; undefined when it is too long. */
export function startupValues(name: string): Record<string, number> | undefined {
  if (name.length >= STARTUP_SIZE) return undefined;
  const text = (String.fromCharCode(name.length) + name).padEnd(STARTUP_SIZE, '\0');
  return Object.fromEntries(STARTUP_PIECES.map(({ name: piece, offset, size }) => [piece, textValue(text.slice(offset, offset + size), size)]));
}

/** The name that the pieces hold. */
export function startupName(values: ParameterValues): string {
  const bytes = STARTUP_PIECES.flatMap(({ name, size }) => Array.from({ length: size }, (_, index) => Math.floor((values[name] ?? 0) / 0x100 ** index) % 0x100));
  return String.fromCharCode(...bytes.slice(1, 1 + bytes[0]!));
}

export const DEFAULT_STARTUP = 'SYS$SYSTEM:STARTUP.COM';

/** Default and minimum of one quota; `code` is its PQL$_ code, `maximum` what both may be at most (-1: no limit). */
const quota = (code: number, kind: string, defaultValue: number, minimumValue: number, unit: string, maximum = -1): readonly Parameter[] => [
  { ...row(`PQL_D${kind}`, 'PQL$AL_DEFAULT', defaultValue, 0, maximum, unit, 'PQL', true), cellOffset: 4 * code },
  { ...row(`PQL_M${kind}`, 'PQL$AL_MIN', minimumValue, 0, maximum, unit, 'PQL', true), cellOffset: 4 * code },
];

export const PARAMETERS: readonly Parameter[] = [
  row('PFCDEFAULT', 'SGN$GW_DFPFC', 16, 0, 127, 'Pages', 'SYS', true),
  row('GBLSECTIONS', 'SGN$GW_GBLSECNT', 128, 20, 4095, 'Sections', 'GEN'),
  row('GBLPAGES', 'SGN$GL_MAXGPGCT', 4096, 512, -1, 'Pages', 'GEN'),
  row('MAXPROCESSCNT', 'SGN$GW_MAXPRCCT', 64, 12, 8192, 'Processes', 'GEN'),
  row('PROCSECTCNT', 'SGN$GW_MAXPSTCT', 32, 5, 1024, 'Sections'),
  row('MINWSCNT', 'SGN$GW_MINWSCNT', 20, 10, -1, 'Pages'),
  row('PAGFILCNT', 'SGN$GW_PAGFILCT', 4, 1, 63, 'Files', 'GEN'),
  row('SWPFILCNT', 'SGN$GW_SWPFILES', 2, 0, 63, 'Files', 'GEN'),
  row('SYSMWCNT', 'SGN$GW_SYSDWSCT', 500, 40, 16384, 'Pages', 'GEN'),
  row('INTSTKPAGES', 'SGN$GW_ISPPGCT', 2, 1, -1, 'Pages', 'GEN'),
  row('DLCKEXTRASTK', 'LCK$GL_EXTRASTK', 256, 0, -1, 'Bytes', 'GEN'),      // derived: leaves two pages of interrupt stack the 32 frames of book 13.1.1
  row('BALSETCNT', 'SGN$GL_BALSETCT', 40, 4, 1024, 'Slots', 'GEN'),
  row('IRPCOUNT', 'SGN$GL_IRPCNT', 128, 0, 32768, 'Packets', 'GEN'),
  row('IRPCOUNTV', 'SGN$GL_IRPCNTV', 512, 0, 32768, 'Packets', 'GEN'),
  row('WSMAX', 'SGN$GL_MAXWSCNT', 2048, 60, 65536, 'Pages', 'GEN'),
  row('NPAGEDYN', 'SGN$GL_NPAGEDYN', 524288, 16384, -1, 'Bytes', 'GEN'),
  row('NPAGEVIR', 'SGN$GL_NPAGEVIR', 1048576, 16384, -1, 'Bytes', 'GEN'),
  row('PAGEDYN', 'SGN$GL_PAGEDYN', 512000, 12288, -1, 'Bytes', 'GEN'),
  row('VIRTUALPAGECNT', 'SGN$GL_MAXVPGCT', 8192, 1024, 600000, 'Pages', 'GEN'),
  row('SPTREQ', 'SGN$GL_SPTREQ', 3000, 100, -1, 'Pages', 'GEN'),
  row('QUANTUM', 'SCH$GW_QUAN', 20, 2, 32767, '10Ms', 'SYS', true),
  row('PFRATL', 'SCH$GL_PFRATL', 0, 0, -1, 'Flts/10Sec', 'SYS', true),
  row('PFRATH', 'SCH$GL_PFRATH', 120, 0, -1, 'Flts/10Sec', 'SYS', true),
  row('WSINC', 'SCH$GL_WSINC', 150, 0, -1, 'Pages', 'SYS', true),
  row('WSDEC', 'SCH$GL_WSDEC', 250, 0, -1, 'Pages', 'SYS', true),
  row('AWSMIN', 'SCH$GW_AWSMIN', 50, 0, -1, 'Pages', 'SYS', true),
  row('AWSTIME', 'SCH$GL_AWSTIME', 20, 1, -1, '10Ms', 'SYS', true),
  row('SWPRATE', 'SCH$GL_SWPRATE', 500, 1, -1, '10Ms', 'SYS', true),
  row('BORROWLIM', 'SCH$GL_BORROWLIM', 300, 0, -1, 'Pages', 'SYS', true),
  row('GROWLIM', 'SCH$GL_GROWLIM', 63, 0, -1, 'Pages', 'SYS', true),
  row('IOTA', 'SCH$GW_IOTA', 2, 0, -1, '10Ms', 'SPECIAL', true),
  row('LONGWAIT', 'SCH$GW_LONGWAIT', 10, 0, 65535, 'Seconds', 'SYS', true),
  row('DORMANTWAIT', 'SCH$GW_DORMANTWAIT', 2, 0, 65535, 'Seconds', 'SYS', true),
  row('PIXSCAN', 'SGN$GW_PIXSCAN', 1, 0, 65535, 'Processes', 'SPECIAL', true),
  row('LOCKIDTBL', 'LCK$GL_IDTBLSIZ', 256, 40, 65535, 'Entries', 'GEN'),
  row('LOCKIDTBL_MAX', 'LCK$GL_IDTBLMAX', 4096, 40, 65535, 'Entries', 'GEN'),
  row('RESHASHTBL', 'LCK$GL_HTBLSIZ', 128, 1, 8192, 'Entries', 'GEN'),
  row('DEADLOCK_WAIT', 'LCK$GL_WAITTIME', 10, 0, -1, 'Seconds', 'SYS', true),
  row('LNMSHASHTBL', 'LNM$GL_HTBLSIZS', 128, 1, 8192, 'Entries', 'GEN'),
  row('LNMPHASHTBL', 'LNM$GL_HTBLSIZP', 128, 1, 1024, 'Entries', 'GEN'),
  row('SRPCOUNT', 'SGN$GL_SRPCNT', 512, 0, -1, 'Packets', 'GEN'),
  row('SRPCOUNTV', 'SGN$GL_SRPCNTV', 2048, 0, -1, 'Packets', 'GEN'),
  row('SRPSIZE', 'SGN$GL_SRPSIZE', 96, 64, 512, 'Bytes', 'GEN'),
  row('SRPMIN', 'SGN$GL_SRPMIN', 32, 16, 512, 'Bytes', 'SPECIAL'),
  row('LRPCOUNT', 'SGN$GL_LRPCNT', 16, 0, 4096, 'Packets', 'GEN'),
  row('LRPCOUNTV', 'SGN$GL_LRPCNTV', 64, 0, 4096, 'Packets', 'GEN'),
  row('LRPSIZE', 'SGN$GL_LRPSIZE', 1504, 64, -1, 'Bytes', 'GEN'),
  row('LRPMIN', 'SGN$GL_LRPMIN', 1088, 16, -1, 'Bytes', 'SPECIAL'),
  row('CHANNELCNT', 'SGN$GW_PCHANCNT', 127, 31, 2047, 'Channels'),
  row('CTLPAGES', 'SGN$GW_CTLPAGES', 60, 16, 1024, 'Pages'),
  row('PIOPAGES', 'SGN$GW_PIOPAGES', 60, 4, 1024, 'Pages'),
  row('IMGIOCNT', 'SGN$GW_IMGIOCNT', 32, 8, 1024, 'Pages'),
  row('CTLIMGLIM', 'SGN$GW_CTLIMGLIM', 35, 0, 1024, 'Pages'),
  row('CLISYMTBL', 'EXE$GL_CLITABL', 250, 16, 1024, 'Pages'),
  row('EXTRACPU', 'SGN$GL_EXTRACPU', 1000, 0, -1, '10Ms', 'SYS', true),
  row('MAXSYSGROUP', 'EXE$GL_SYSUIC', 8, 1, 32768, 'UIC Group', 'SYS', true),
  row('MAXBUF', 'IOC$GW_MAXBUF', 8192, 4096, 65535, 'Bytes', 'SYS', true),
  row('DEFMBXBUFQUO', 'IOC$GW_MBXBFQUO', 1056, 256, 64000, 'Bytes', 'SYS', true),
  row('DEFMBXMXMSG', 'IOC$GW_MBXMXMSG', 256, 64, 64000, 'Bytes', 'SYS', true),
  row('DEFMBXNUMMSG', 'IOC$GW_MBXNMMSG', 16, 1, 64, 'Messages', 'SYS', true),
  row('FREELIM', 'SGN$GL_FREELIM', 64, 16, -1, 'Pages'),
  row('FREEGOAL', 'SGN$GL_FREEGOAL', 200, 16, -1, 'Pages', 'SYS', true),
  row('MPW_LOLIMIT', 'MPW$GW_LOLIM', 120, 0, -1, 'Pages'),
  row('MPW_HILIMIT', 'MPW$GW_HILIM', 500, 0, -1, 'Pages'),
  row('MPW_WRTCLUSTER', 'MPW$GW_MPWPFC', 96, 16, 120, 'Pages'),
  row('MPW_THRESH', 'MPW$GL_THRESH', 200, 0, -1, 'Pages', 'SYS', true),
  row('MPW_WAITLIMIT', 'MPW$GL_WAITLIM', 620, 0, -1, 'Pages', 'SYS', true),
  row('PHYSICALPAGES', 'MMG$GL_PHYPGCNT', 1048576, 512, 1048576, 'Pages'),
  row('MPW_PRIO', 'MPW$GB_PRIO', 4, 0, 31, 'Priority', 'SPECIAL', true),
  row('SWPOUTPGCNT', 'SWP$GL_SWPPGCNT', 200, 0, -1, 'Pages', 'SYS', true),
  row('SWPFAIL', 'SCH$GW_SWPFAIL', 5, 0, 65535, 'Failures', 'SPECIAL', true),
  row('SWP_PRIO', 'SWP$GB_PRIO', 4, 0, 31, 'Priority', 'SPECIAL', true),
  row('TBSKIPWSL', 'SGN$GW_WSLMXSKP', 8, 0, -1, 'Entries', 'SPECIAL', true),
  row('SYSPFC', 'SGN$GB_SYSPFC', 16, 0, 127, 'Pages', 'SPECIAL'),
  row('GBLPAGFIL', 'SGN$GL_GBLPAGFIL', 1024, 128, -1, 'Pages'),
  row('PAGTBLPFC', 'SGN$GB_PGTBPFC', 2, 0, 127, 'Pages', 'SPECIAL', true),
  row('DEFPRI', 'SYS$GB_DEFPRI', 4, 1, 31, 'Priority', 'SYS', true),
  row('IJOBLIM', 'SYS$GW_IJOBLIM', 64, 1, 1024, 'Jobs', 'JOB', true),
  row('BJOBLIM', 'SYS$GW_BJOBLIM', 16, 0, 1024, 'Jobs', 'JOB', true),
  row('NJOBLIM', 'SYS$GW_NJOBLIM', 16, 0, 1024, 'Jobs', 'JOB', true),
  row('RJOBLIM', 'SYS$GW_RJOBLIM', 16, 0, 1024, 'Jobs', 'JOB', true),
  row('TTY_TYPAHDSZ', 'TTY$GW_TYPAHDSZ', 78, 0, -1, 'Bytes', 'TTY'),
  row('TTY_ALTYPAHD', 'TTY$GW_ALTYPAHD', 200, 16, 32767, 'Bytes', 'TTY'),
  row('TTY_ALTALARM', 'TTY$GW_ALTALARM', 64, 0, -1, 'Bytes', 'TTY'),
  row('TTY_BUF', 'TTY$GW_DEFBUF', 80, 0, 65535, 'Characters', 'TTY'),
  row('TTY_DEFCHAR', 'TTY$GL_DEFCHAR', 0x180012a0, 0, -1, 'Bit-Encoded', 'TTY'),
  row('TTY_DEFCHAR2', 'TTY$GL_DEFCHAR2', 0x1002, 0, -1, 'Bit-Encoded', 'TTY'),
  row('TIMEPROMPTWAIT', 'SGN$GW_TPWAIT', -1, -32768, 32767, 'uFortnights', 'SYS', true),      // public knowledge: unit and default
  row('LGI_PWD_TMO', 'SYS$GB_PWD_TMO', 30, 0, 255, 'Seconds', 'LGI', true),
  row('LGI_RETRY_LIM', 'SYS$GB_RETRY_LIM', 3, 0, 255, 'Tries', 'LGI', true),
  row('LGI_RETRY_TMO', 'SYS$GB_RETRY_TMO', 20, 0, 255, 'Seconds', 'LGI', true),
  flag('BUGREBOOT', 1), flag('DUMPBUG', 1), flag('BUGCHECKFATAL', 0), flag('SSINHIBIT', 0), flag('SETTIME', 0), flag('CONCEAL_DEVICES', 1), flag('POOLPAGING', 1),
  flag('UAFALTERNATE', 0), flag('SAVEDUMP', 0), flag('JOBQUEUES', 1, 'JOB'), flag('WRITESYSPARAMS', 0),
  flag('CRDENABLE', 1), flag('NOAUTOCONFIG', 0), flag('NOCLOCK', 0, 'SPECIAL'), flag('NOCLUSTER', 0, 'SPECIAL'), flag('REINITQUE', 0, 'JOB'), flag('SBIERRENABLE', 1, 'SPECIAL'),
  flag('SYSPAGING', 0, 'SPECIAL'), flag('WRITABLESYS', 0, 'SPECIAL'), flag('RESALLOC', 0, 'SPECIAL'), flag('CJFLOAD', 0, 'SPECIAL'), flag('CJFSYSRUJ', 0, 'SPECIAL'),
  flag('CLASS_PROT', 0), flag('DISMOUMSG', 0), flag('MOUNTMSG', 0), flag('LOADERAPT', 0), flag('LOADCHKPRT', 0), flag('LOADMTACCESS', 0), flag('WS_OPA0', 0),
  flag('LGI_BRK_TERM', 1, 'LGI'), flag('LGI_BRK_DISUSER', 0, 'LGI'),
  row('LGI_BRK_LIM', 'SYS$GB_BRK_LIM', 5, 0, 255, 'Failures', 'LGI', true),
  row('LGI_BRK_TMO', 'SYS$GL_BRK_TMO', 300, 0, -1, 'Seconds', 'LGI', true),
  row('LGI_HID_TIM', 'SYS$GL_HID_TIM', 300, 0, -1, 'Seconds', 'LGI', true),
  row('KFILSTCNT', 'SGN$GB_KFILSTCT', 40, 2, 255, 'Lists', 'SYS'),
  row('EXUSRSTK', 'SGN$GL_EXUSRSTK', 1024, 0, -1, 'Bytes', 'SPECIAL'),
  row('PFRATS', 'SCH$GL_PFRATS', 0, 0, -1, 'Flts/10Sec', 'SPECIAL', true),
  row('SWPALLOCINC', 'SWP$GL_SWPINC', 64, 1, -1, 'Blocks', 'SPECIAL', true),
  ...['VMSD1', 'VMSD2', 'VMSD3', 'VMSD4'].map((name) => row(name, `SGN$GL_${name}`, 0, 0, -1, '', 'SPECIAL', true)),
  ...['VMS5', 'VMS6', 'VMS7', 'VMS8'].map((name) => row(name, `SGN$GL_${name}`, 0, 0, -1, '', 'SPECIAL')),
  ...['USERD1', 'USERD2'].map((name) => row(name, `SGN$GL_${name}`, 0, 0, -1, '', 'SYS', true)),
  ...['USER3', 'USER4'].map((name) => row(name, `SGN$GL_${name}`, 0, 0, -1, '', 'SYS')),
  row('MVTIMEOUT', 'IOC$GW_MVTIMEOUT', 600, 1, -1, 'Seconds', 'SYS', true),
  row('LOCKRETRY', 'EXE$GL_LOCKRTRY', 100000, 1, -1, 'Attempts', 'SPECIAL', true),
  row('XFMAXRATE', 'IOC$GW_XFMXRATE', 236, 0, 255, 'Special', 'SPECIAL', true),
  row('LAMAPREGS', 'IOC$GW_LAMAPREG', 0, 0, 255, 'Mapregs', 'SPECIAL'),
  row('REALTIME_SPTS', 'EXE$GL_RTIMESPT', 0, 0, -1, 'Pages', 'SPECIAL'),
  row('SCSBUFFCNT', 'SCS$GW_BDTCNT', 32, 1, -1, 'Entries', 'SCS'),
  row('SCSCONNCNT', 'SCS$GW_CDTCNT', 20, 5, -1, 'Entries', 'SCS'),
  row('SCSRESPCNT', 'SCS$GW_RDTCNT', 300, 0, -1, 'Entries', 'SCS'),
  row('SCSMAXDG', 'SCS$GW_MAXDG', 576, 28, 985, 'Bytes', 'SCS'),
  row('SCSMAXMSG', 'SCS$GW_MAXMSG', 204, 60, 985, 'Bytes', 'SCS'),
  row('SCSFLOWCUSH', 'SCS$GW_FLOWCUSH', 1, 0, 16, 'Credits', 'SCS', true),
  row('SCSSYSTEMID', 'SCS$GL_SYSTEMID', 0, 0, -1, 'Pure-number', 'SCS'),
  row('SCSSYSTEMIDH', 'SCS$GL_SYSTEMIDH', 0, 0, 65535, 'Pure-number', 'SCS'),
  ascii('SCSNODE', 'SCS$T_NODENAME', 'STARLT', 6, 'SCS'),
  row('PRCPOLINTERVAL', 'SCS$GW_PRCPOLINT', 30, 1, 32767, 'Seconds', 'SCS', true),
  row('PASTIMOUT', 'SCS$GW_PASTMOUT', 5, 1, 99, 'Seconds', 'SCS', true),
  row('PASTDGBUF', 'SCS$GW_PAPPDDG', 4, 1, 16, 'Buffers', 'SCS'),
  row('PANUMPOLL', 'SCS$GB_PANPOLL', 16, 1, 223, 'Ports', 'SCS', true),
  row('PAMAXPORT', 'SCS$GB_PAMXPORT', 15, 0, 223, 'Port-number', 'SCS', true),
  row('PAPOLLINTERVAL', 'SCS$GW_PAPOLINT', 5, 1, 32767, 'Seconds', 'SCS', true),
  row('PAPOOLINTERVAL', 'SCS$GW_PAPOOLIN', 15, 1, 32767, 'Seconds', 'SCS', true),
  row('PASANITY', 'SCS$GB_PASANITY', 1, 0, 1, 'Boolean', 'SCS', true),
  row('PANOPOLL', 'SCS$GB_PANOPOLL', 0, 0, 1, 'Boolean', 'SCS', true),
  ...['PE1', 'PE2', 'PE3', 'PE4', 'PE5', 'PE6'].map((name) => row(name, `SGN$GL_${name}`, 0, 0, -1, '', 'SCS', true)),
  row('UDABURSTRATE', 'SCS$GB_UDABURST', 0, 0, 31, 'Longwords', 'SCS'),
  row('TTY_SCANDELTA', 'TTY$GL_DELTA', 10000000, 100000, -1, '100Ns', 'TTY'),
  row('TTY_DIALTYPE', 'TTY$GB_DIALTYP', 0, 0, 255, 'Bit-Encoded', 'TTY'),
  row('TTY_SPEED', 'TTY$GB_DEFSPEED', 15, 1, 16, 'Special', 'TTY'),
  row('TTY_RSPEED', 'TTY$GB_RSPEED', 0, 0, 16, 'Special', 'TTY'),
  row('TTY_PARITY', 'TTY$GB_PARITY', 24, 0, 255, 'Special', 'TTY'),
  row('TTY_DMASIZE', 'TTY$GW_DMASIZE', 64, 0, -1, 'Bytes', 'TTY', true),
  row('TTY_PROT', 'TTY$GW_PROT', 65520, 0, -1, 'Protection', 'TTY'),
  row('TTY_OWNER', 'TTY$GL_OWNUIC', 65540, 0, -1, 'UIC', 'TTY'),
  ascii('TTY_CLASSNAME', 'TTY$GW_CLASSNAM', 'TT', 2, 'TTY'),
  row('TTY_SILOTIME', 'TTY$GB_SILOTIME', 8, 0, 255, 'Ms', 'TTY'),
  row('TTY_TIMEOUT', 'TTY$GL_TIMEOUT', 3600, 0, -1, 'Seconds', 'TTY', true),
  row('TTY_AUTOCHAR', 'TTY$GB_AUTOCHAR', 7, 0, 255, 'Character', 'TTY', true),
  row('TTY_DEFPORT', 'TTY$GL_DEFPORT', 0, 0, -1, 'Special', 'TTY'),
  row('RMS_DFMBC', 'SYS$GB_DFMBC', 16, 1, 127, 'Blocks', 'RMS', true),
  row('RMS_DFMBFSDK', 'SYS$GB_DFMBFSDK', 0, 0, 127, 'Buffers', 'RMS', true),
  row('RMS_DFMBFSMT', 'SYS$GB_DFMBFSMT', 0, 0, 127, 'Buffers', 'RMS', true),
  row('RMS_DFMBFSUR', 'SYS$GB_DFMBFSUR', 0, 0, 127, 'Buffers', 'RMS', true),
  row('RMS_DFMBFREL', 'SYS$GB_DFMBFREL', 0, 0, 127, 'Buffers', 'RMS', true),
  row('RMS_DFMBFIDX', 'SYS$GB_DFMBFIDX', 0, 0, 127, 'Buffers', 'RMS', true),
  row('RMS_DFMBFHSH', 'SYS$GB_DFMBFHSH', 0, 0, 127, 'Buffers', 'RMS', true),
  row('RMS_PROLOGUE', 'SYS$GB_RMSPROLOG', 0, 0, 3, 'Prolog-level', 'RMS', true),
  row('RMS_EXTEND_SIZE', 'SYS$GW_RMSEXTEND', 0, 0, 65535, 'Blocks', 'RMS', true),
  row('RMS_FILEPROT', 'SYS$GW_FILEPROT', 64000, 0, 65535, 'Prot-mask', 'RMS'),
  row('RMS_GBLBUFQUO', 'SYS$GW_GBLBUFQUO', 1024, 0, 32767, 'Buffers', 'RMS', true),
  row('RMS_DFNBC', 'SYS$GB_DFNBC', 8, 1, 127, 'Blocks', 'RMS', true),
  flag('ACP_MULTIPLE', 0, 'ACP'), flag('ACP_SHARE', 1, 'ACP'), flag('ACP_XQP_RES', 1, 'ACP'), flag('ACP_REBLDSYSD', 1, 'ACP'),
  row('ACP_MAPCACHE', 'ACP$GW_MAPCACHE', 8, 2, -1, 'Blocks', 'ACP', true),
  row('ACP_HDRCACHE', 'ACP$GW_HDRCACHE', 36, 8, -1, 'Blocks', 'ACP', true),
  row('ACP_DIRCACHE', 'ACP$GW_DIRCACHE', 40, 4, -1, 'Blocks', 'ACP', true),
  row('ACP_DINDXCACHE', 'ACP$GW_DINDXCACHE', 25, 2, -1, 'Blocks', 'ACP', true),
  row('ACP_WORKSET', 'ACP$GW_WORKSET', 0, 0, -1, 'Pages', 'ACP', true),
  row('ACP_FIDCACHE', 'ACP$GW_FIDCACHE', 64, 0, -1, 'File-Ids', 'ACP', true),
  row('ACP_EXTCACHE', 'ACP$GW_EXTCACHE', 64, 0, -1, 'Extents', 'ACP', true),
  row('ACP_EXTLIMIT', 'ACP$GW_EXTLIMIT', 300, 0, 1000, 'Percent/10', 'ACP', true),
  row('ACP_QUOCACHE', 'ACP$GW_QUOCACHE', 64, 0, -1, 'Users', 'ACP', true),
  row('ACP_SYSACC', 'ACP$GW_SYSACC', 8, 0, -1, 'Directories', 'ACP', true),
  row('ACP_MAXREAD', 'ACP$GB_MAXREAD', 32, 1, 64, 'Blocks', 'ACP', true),
  row('ACP_WINDOW', 'ACP$GB_WINDOW', 7, 1, 255, 'Pointers', 'ACP', true),
  row('ACP_WRITEBACK', 'ACP$GB_WRITBACK', 1, 0, 1, 'Boolean', 'ACP', true),
  row('ACP_DATACHECK', 'ACP$GB_DATACHK', 2, 0, 3, 'Bit-Encoded', 'ACP', true),
  row('ACP_BASEPRIO', 'ACP$GB_BASEPRIO', 8, 4, 31, 'Priority', 'ACP', true),
  row('ACP_SWAPFLGS', 'ACP$GB_SWAPFLGS', 15, 0, 15, 'Bit-Encoded', 'ACP', true),
  row('DEFQUEPRI', 'SYS$GB_DEFQUEPRI', 100, 0, 255, 'Priority', 'JOB', true),
  row('MAXQUEPRI', 'SYS$GB_MAXQUEPRI', 100, 0, 255, 'Priority', 'JOB', true),
  row('VAXCLUSTER', 'CLU$GB_VAXCLUSTER', 1, 0, 2, 'Coded-value', 'CLUSTER'),
  row('QUORUM', 'CLU$GW_QUORUM', 1, 1, 127, 'Votes', 'CLUSTER'),
  row('VOTES', 'CLU$GW_VOTES', 1, 0, 127, 'Votes', 'CLUSTER'),
  row('RECNXINTERVAL', 'CLU$GW_RECNXINT', 20, 1, 32767, 'Seconds', 'CLUSTER', true),
  row('QDSKVOTES', 'CLU$GW_QDSKVOTES', 1, 0, 127, 'Votes', 'CLUSTER'),
  row('QDSKINTERVAL', 'CLU$GW_QDSKINTERVAL', 10, 1, 32767, 'Seconds', 'CLUSTER'),
  row('ALLOCLASS', 'CLU$GL_ALLOCLS', 0, 0, 255, 'Pure-number', 'CLUSTER'),
  row('LOCKDIRWT', 'CLU$GW_LCKDIRWT', 0, 0, 255, 'Pure-number', 'CLUSTER'),
  row('TAILORED', 'SGN$GB_TAILORED', 0, 0, 1, 'Boolean', 'SPECIAL'),
  ...Array.from({ length: 8 }, (_, index) => ascii(`STARTUP_P${index + 1}`, `SGN$T_STARTUP_P${index + 1}`, '', 4)),
  ...STARTUP_PIECES.map(({ name, offset, size }): Parameter => ({
    ...ascii(name, 'EXE$GT_STARTUP', '', size), default: startupValues(DEFAULT_STARTUP)![name]!, cellOffset: offset, isHidden: true,
  })),
  ...quota(1, 'ASTLM', 24, 4, 'Ast'),
  ...quota(2, 'BIOLM', 18, 4, 'I/O'),
  ...quota(3, 'BYTLM', 8192, 1024, 'Bytes'),
  ...quota(4, 'CPULM', 0, 0, '10Ms'),
  ...quota(5, 'DIOLM', 18, 4, 'I/O'),
  ...quota(6, 'FILLM', 16, 2, 'Files'),
  ...quota(7, 'PGFLQUOTA', 8192, 512, 'Pages'),
  ...quota(8, 'PRCLM', 8, 0, 'Processes'),
  ...quota(9, 'TQELM', 8, 0, 'Timers'),
  ...quota(10, 'WSQUOTA', 512, 60, 'Pages'),
  ...quota(11, 'WSDEFAULT', 256, 60, 'Pages'),
  ...quota(12, 'ENQLM', 30, 4, 'Locks'),
  ...quota(13, 'WSEXTENT', 1024, 60, 'Pages'),
  ...quota(14, 'JTQUOTA', 1024, 0, 'Bytes', 65535),
];

/** MAJOR: those that a system manager changes most. choice, among the parameters of the table. */
export const MAJOR_PARAMETERS: ReadonlySet<string> = new Set([
  'PFCDEFAULT', 'GBLSECTIONS', 'GBLPAGES', 'MAXPROCESSCNT', 'SYSMWCNT', 'BALSETCNT', 'IRPCOUNT', 'SRPCOUNT', 'LRPCOUNT', 'WSMAX', 'NPAGEDYN', 'PAGEDYN',
  'VIRTUALPAGECNT', 'QUANTUM', 'PFRATL', 'PFRATH', 'WSINC', 'WSDEC', 'AWSMIN', 'AWSTIME', 'BORROWLIM', 'GROWLIM', 'LOCKIDTBL', 'RESHASHTBL',
  'FREELIM', 'FREEGOAL', 'MPW_LOLIMIT', 'MPW_HILIMIT',
]);

/** Parameter values by name. */
export type ParameterValues = Readonly<Record<string, number>>;

export function defaultParameters(): Record<string, number> {
  return Object.fromEntries(PARAMETERS.map((parameter) => [parameter.name, parameter.default]));
}

export function findParameter(name: string): Parameter | undefined {
  return PARAMETERS.find((parameter) => parameter.name === name);
}
