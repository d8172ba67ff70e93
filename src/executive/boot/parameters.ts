import { PARAMETER_FLAGS } from '../structures/system-cells.js';

/**
 * The SYSGEN parameters that this system uses, once: SYSBOOT sizes memory from them, SYSGEN shows and changes them, and
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
}

export type ParameterGroup = 'SYS' | 'GEN' | 'PQL' | 'TTY' | 'LGI' | 'SPECIAL' | 'ACP' | 'RMS' | 'SCS';

function row(
  name: string, cell: string, value: number, minimum: number, maximum: number, unit: string,
  group: ParameterGroup = 'SYS', dynamic = false,
): Parameter {
  const most = maximum === -1 && cell.includes('$GW_') ? 0xffff : maximum;
  return { name, cell, cellOffset: 0, default: value, minimum, maximum: most, unit, dynamic, group };
}

/** A bit of a flags cell, most of EXE$GL_DEFFLAGS, of which EXE$GL_FLAGS starts as a copy. */
const flag = (name: string, value: 0 | 1): Parameter => {
  const [, cell, bit] = PARAMETER_FLAGS.find(([candidate]) => candidate === name)!;
  return { ...row(name, cell, value, 0, 1, 'Boolean', 'SYS', cell === 'EXE$GL_DYNAMIC_FLAGS'), bit };
};

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
  row('SWP_PRIO', 'SWP$GB_PRIO', 4, 0, 31, 'Priority', 'SPECIAL', true),
  row('TBSKIPWSL', 'SGN$GW_WSLMXSKP', 8, 0, -1, 'Entries', 'SPECIAL', true),
  row('SYSPFC', 'SGN$GB_SYSPFC', 16, 0, 127, 'Pages', 'SPECIAL'),
  row('GBLPAGFIL', 'SGN$GL_GBLPAGFIL', 1024, 128, -1, 'Pages'),
  row('PAGTBLPFC', 'SGN$GB_PGTBPFC', 2, 0, 127, 'Pages', 'SPECIAL', true),
  row('DEFPRI', 'SYS$GB_DEFPRI', 4, 1, 31, 'Priority', 'SYS', true),
  row('IJOBLIM', 'SYS$GW_IJOBLIM', 64, 1, 1024, 'Jobs', 'SYS', true),
  row('BJOBLIM', 'SYS$GW_BJOBLIM', 16, 0, 1024, 'Jobs', 'SYS', true),
  row('NJOBLIM', 'SYS$GW_NJOBLIM', 16, 0, 1024, 'Jobs', 'SYS', true),
  row('RJOBLIM', 'SYS$GW_RJOBLIM', 16, 0, 1024, 'Jobs', 'SYS', true),
  row('TTY_TYPAHDSZ', 'TTY$GW_TYPAHDSZ', 78, 0, -1, 'Bytes', 'TTY'),
  row('TTY_ALTYPAHD', 'TTY$GW_ALTYPAHD', 200, 16, 32767, 'Bytes', 'TTY'),
  row('TTY_ALTALARM', 'TTY$GW_ALTALARM', 64, 0, -1, 'Bytes', 'TTY'),
  row('TTY_BUF', 'TTY$GW_DEFBUF', 80, 0, 65535, 'Characters', 'TTY'),
  row('TTY_DEFCHAR', 'TTY$GL_DEFCHAR', 0x180012a0, 0, -1, 'Bit-Encoded', 'TTY'),
  row('TTY_DEFCHAR2', 'TTY$GL_DEFCHAR2', 0x1002, 0, -1, 'Bit-Encoded', 'TTY'),
  row('LGI_PWD_TMO', 'SYS$GB_PWD_TMO', 30, 0, 255, 'Seconds', 'LGI', true),
  row('LGI_RETRY_LIM', 'SYS$GB_RETRY_LIM', 3, 0, 255, 'Tries', 'LGI', true),
  row('LGI_RETRY_TMO', 'SYS$GB_RETRY_TMO', 20, 0, 255, 'Seconds', 'LGI', true),
  flag('BUGREBOOT', 1), flag('DUMPBUG', 1), flag('BUGCHECKFATAL', 0), flag('SSINHIBIT', 0), flag('SETTIME', 0), flag('CONCEAL_DEVICES', 1),
  flag('UAFALTERNATE', 0), flag('SAVEDUMP', 0), flag('JOBQUEUES', 1), flag('WRITESYSPARAMS', 0),
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
