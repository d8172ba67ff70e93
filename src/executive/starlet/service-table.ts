/*
 * The system services: argument names in order, how each changes mode, its CHMx code and the address of its vector. Vectors, argument
 * checking of the dispatchers, $name calls of TypeScript procedures and the $name_S macros all come from here.
 *
 * The vectors are meant to lie where they lie on VAX/VMS, so that an image linked there finds them. The addresses come from one list, the P1
 * vector table of the emulator eVAX (made for a later version; VMS keeps vectors in place). 7FFEDF68 for $IMGSTA agrees with image headers
 * found elsewhere; the others have no second witness. choice: argument names of $GETPTI, $SETPFM, $EXCMSG. Those of services that VMS reaches through
 * privileged shareable images (the rights database, ACLs, $GETUAI, $MOUNT, ...) get vectors of ours in the last of the five pages.
 * @source book Table 9-1; digest ch09 1.1, 3.1
 */

/** Arguments of every service, in order. Those a caller leaves out are zero. */
export const SERVICE_ARGUMENTS = {
  // change mode to kernel
  $ADJSTK: ['acmode', 'adjust', 'newadr'],
  $ADJWSL: ['pagcnt', 'wsetlm'],
  $ALLOC: ['devnam', 'phylen', 'phybuf', 'acmode', 'flags'],
  $ASCEFC: ['efn', 'name', 'prot', 'perm'],
  $ASSIGN: ['devnam', 'chan', 'acmode', 'mbxnam'],
  $BRKTHRU: ['efn', 'msgbuf', 'sendto', 'sndtyp', 'iosb', 'carcon', 'flags', 'reqid', 'timout', 'astadr', 'astprm'],
  $CANCEL: ['chan'],
  $CANEXH: ['desblk'],
  $CANTIM: ['reqidt', 'acmode'],
  $CANWAK: ['pidadr', 'prcnam'],
  $CHKPRO: ['itmlst'],
  $CLRAST: [],
  $CLREF: ['efn'],
  $CMKRNL: ['routin', 'arglst'],
  $CNTREG: ['pagcnt', 'retadr', 'acmode', 'region'],
  $CRELNM: ['attr', 'tabnam', 'lognam', 'acmode', 'itmlst'],
  $CRELNT: ['attr', 'resnam', 'reslen', 'quota', 'promsk', 'tabnam', 'partab', 'acmode'],
  $CREMBX: ['prmflg', 'chan', 'maxmsg', 'bufquo', 'promsk', 'acmode', 'lognam'],
  $CREPRC: ['pidadr', 'image', 'input', 'output', 'error', 'prvadr', 'quota', 'prcnam', 'baspri', 'uic', 'mbxunt', 'stsflg'],
  $CRETVA: ['inadr', 'retadr', 'acmode'],
  $CRMPSC: ['inadr', 'retadr', 'acmode', 'flags', 'gsdnam', 'ident', 'relpag', 'chan', 'pagcnt', 'vbn', 'prot', 'pfc'],
  $DACEFC: ['efn'],
  $DALLOC: ['devnam', 'acmode'],
  $DASSGN: ['chan'],
  $DCLAST: ['astadr', 'astprm', 'acmode'],
  $DCLCMH: ['addres', 'prvhnd', 'type'],
  $DCLEXH: ['desblk'],
  $DELLNM: ['tabnam', 'lognam', 'acmode'],
  $DELMBX: ['chan'],
  $DELPRC: ['pidadr', 'prcnam'],
  $DELTVA: ['inadr', 'retadr', 'acmode'],
  $DEQ: ['lkid', 'valblk', 'acmode', 'flags'],
  $DERLMB: ['unit'],
  $DGBLSC: ['flags', 'gsdnam', 'ident'],
  $DISMOU: ['devnam', 'flags'],
  $DLCEFC: ['name'],
  $ENQ: ['efn', 'lkmode', 'lksb', 'flags', 'resnam', 'parid', 'astadr', 'astprm', 'blkast', 'acmode', 'prot'],
  $ERAPAT: ['type', 'count', 'patadr'],
  $EXIT: ['code'],
  $EXPREG: ['pagcnt', 'retadr', 'acmode', 'region'],
  $FORCEX: ['pidadr', 'prcnam', 'code'],
  $GETCHN: ['chan', 'prilen', 'pribuf', 'scdlen', 'scdbuf'],
  $GETDEV: ['devnam', 'prilen', 'pribuf', 'scdlen', 'scdbuf'],
  $GETDVI: ['efn', 'chan', 'devnam', 'itmlst', 'iosb', 'astadr', 'astprm', 'nullarg'],
  $GETJPI: ['efn', 'pidadr', 'prcnam', 'itmlst', 'iosb', 'astadr', 'astprm'],
  $GETLKI: ['efn', 'lkidadr', 'itmlst', 'iosb', 'astadr', 'astprm', 'nullarg'],
  $GETPTI: ['inadr', 'retadr', 'acmode', 'mask', 'pagcnt'],
  $GETSYI: ['efn', 'csidadr', 'nodename', 'itmlst', 'iosb', 'astadr', 'astprm'],
  $HIBER: [],
  $LCKPAG: ['inadr', 'retadr', 'acmode'],
  $LKWSET: ['inadr', 'retadr', 'acmode'],
  $MGBLSC: ['inadr', 'retadr', 'acmode', 'flags', 'gsdnam', 'ident', 'relpag'],
  $MTACCESS: ['lblnam', 'uic', 'std_version', 'access_char', 'access_spec', 'type'],
  $PURGWS: ['inadr'],
  $QIO: ['efn', 'chan', 'func', 'iosb', 'astadr', 'astprm', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6'],
  $READEF: ['efn', 'state'],
  $RESUME: ['pidadr', 'prcnam'],
  $RUNDWN: ['acmode'],
  $SCHDWK: ['pidadr', 'prcnam', 'daytim', 'reptim'],
  $SETAST: ['enbflg'],
  $SETEF: ['efn'],
  $SETEXV: ['vector', 'addres', 'acmode', 'prvhnd'],
  $SETIME: ['timadr'],
  $SETIMR: ['efn', 'daytim', 'astadr', 'reqidt'],
  $SETPFM: ['pfmflg', 'astadr', 'astprm', 'acmode'],
  $SETPRA: ['astadr', 'acmode'],
  $SETPRI: ['pidadr', 'prcnam', 'pri', 'prvpri'],
  $SETPRN: ['prcnam'],
  $SETPRT: ['inadr', 'retadr', 'acmode', 'prot', 'prvprt'],
  $SETPRV: ['enbflg', 'prvadr', 'prmflg', 'prvprv'],
  $SETRWM: ['watflg'],
  $SETSFM: ['enbflg'],
  $SETSSF: ['mask'],
  $SETSTK: ['inadr', 'retadr', 'acmode'],
  $SETSWM: ['swpflg'],
  $SNDERR: ['msgbuf'],
  $SUSPND: ['pidadr', 'prcnam'],
  $TRNLNM: ['attr', 'tabnam', 'lognam', 'acmode', 'itmlst'],
  $ULKPAG: ['inadr', 'retadr', 'acmode'],
  $ULWSET: ['inadr', 'retadr', 'acmode'],
  $UPDSEC: ['inadr', 'retadr', 'acmode', 'updflg', 'efn', 'iosb', 'astadr', 'astprm'],
  $WAITFR: ['efn'],
  $WAKE: ['pidadr', 'prcnam'],
  $WFLAND: ['efn', 'mask'],
  $WFLOR: ['efn', 'mask'],

  // change mode to executive
  $ADD_HOLDER: ['id', 'holder', 'attrib'],
  $ADD_IDENT: ['name', 'id', 'attrib', 'resid'],
  $ASCTOID: ['name', 'id', 'attrib'],
  $CHANGE_ACL: ['chan', 'objtyp', 'objnam', 'itmlst', 'acmode', 'nullarg', 'contxt'],
  $CHECK_ACCESS: ['objtyp', 'objnam', 'usrnam', 'itmlst'],
  $CMEXEC: ['routin', 'arglst'],
  $CREATE_RDB: ['sysid'],
  $FIND_HELD: ['holder', 'id', 'attrib', 'contxt'],
  $FIND_HOLDER: ['id', 'holder', 'attrib', 'contxt'],
  $FINISH_RDB: ['contxt'],
  $FORMAT_ACL: ['aclent', 'acllen', 'aclstr', 'width', 'trmdsc', 'indent', 'accnam'],
  $GETQUI: ['efn', 'func', 'nullarg', 'itmlst', 'iosb', 'astadr', 'astprm'],
  $GETTIM: ['timadr'],
  $GETUAI: ['efn', 'contxt', 'usrnam', 'itmlst', 'iosb', 'astadr', 'astprm'],
  $IDTOASC: ['id', 'namlen', 'nambuf', 'resid', 'attrib', 'contxt'],
  $IMGACT: ['name', 'dflnam', 'hdrbuf', 'imgctl', 'inadr', 'retadr', 'ident', 'acmode'],
  $MOD_HOLDER: ['id', 'holder', 'set_attrib', 'clr_attrib'],
  $MOD_IDENT: ['id', 'set_attrib', 'clr_attrib', 'new_name', 'new_value'],
  $NUMTIM: ['timbuf', 'timadr'],
  $PARSE_ACL: ['aclstr', 'aclent', 'errpos', 'accnam'],
  $REM_HOLDER: ['id', 'holder'],
  $REM_IDENT: ['id'],
  $SETUAI: ['efn', 'contxt', 'usrnam', 'itmlst', 'iosb', 'astadr', 'astprm'],
  $SNDACC: ['msgbuf', 'chan'],
  $SNDJBC: ['efn', 'func', 'nullarg', 'itmlst', 'iosb', 'astadr', 'astprm'],
  $SNDOPR: ['msgbuf', 'chan'],
  $SNDSMB: ['msgbuf', 'chan'],

  // in the caller's mode
  $ASCTIM: ['timlen', 'timbuf', 'timadr', 'cvtflg'],
  $BINTIM: ['timbuf', 'timadr'],
  $BRDCST: ['msgbuf', 'devnam', 'flags', 'timout'],
  $CLI: ['rqdesc', 'workarea', 'quals'],
  $CRELOG: ['tblflg', 'lognam', 'eqlnam', 'acmode'],
  $DELLOG: ['tblflg', 'lognam', 'acmode'],
  $EXCMSG: ['msgtxt', 'arglst'],
  $FAO: ['ctrstr', 'outlen', 'outbuf', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8', 'p9', 'p10', 'p11', 'p12', 'p13', 'p14', 'p15', 'p16', 'p17'],
  $FAOL: ['ctrstr', 'outlen', 'outbuf', 'prmlst'],
  $GETMSG: ['msgid', 'msglen', 'bufadr', 'flags', 'outadr'],
  $GRANTID: ['pidadr', 'prcnam', 'id', 'name', 'prvatr'],
  $IMGFIX: [],
  $IMGSTA: ['transfer', 'cliutl', 'imghdr', 'imgfil', 'lnkflg', 'cliflg'],
  $MOUNT: ['itmlst'],
  $PUTMSG: ['msgvec', 'actrtn', 'facnam', 'actprm'],
  $REVOKID: ['pidadr', 'prcnam', 'id', 'name', 'prvatr'],
  $TRNLOG: ['lognam', 'rsllen', 'rslbuf', 'table', 'acmode', 'dsbmsk'],
  $UNWIND: ['depadr', 'newpc'],

  // record management, with a check for stall
  $CLOSE: ['fab', 'err', 'suc'],
  $CONNECT: ['rab', 'err', 'suc'],
  $CREATE: ['fab', 'err', 'suc'],
  $DELETE: ['rab', 'err', 'suc'],
  $DISCONNECT: ['rab', 'err', 'suc'],
  $DISPLAY: ['fab', 'err', 'suc'],
  $ENTER: ['fab', 'err', 'suc'],
  $ERASE: ['fab', 'err', 'suc'],
  $EXTEND: ['fab', 'err', 'suc'],
  $FIND: ['rab', 'err', 'suc'],
  $FLUSH: ['rab', 'err', 'suc'],
  $FREE: ['rab', 'err', 'suc'],
  $GET: ['rab', 'err', 'suc'],
  $MODIFY: ['fab', 'err', 'suc'],
  $NXTVOL: ['rab', 'err', 'suc'],
  $OPEN: ['fab', 'err', 'suc'],
  $PARSE: ['fab', 'err', 'suc'],
  $PUT: ['rab', 'err', 'suc'],
  $READ: ['rab', 'err', 'suc'],
  $RELEASE: ['rab', 'err', 'suc'],
  $REMOVE: ['fab', 'err', 'suc'],
  $RENAME: ['oldfab', 'err', 'suc', 'newfab'],
  $REWIND: ['rab', 'err', 'suc'],
  $SEARCH: ['fab', 'err', 'suc'],
  $SPACE: ['rab', 'err', 'suc'],
  $TRUNCATE: ['rab', 'err', 'suc'],
  $UPDATE: ['rab', 'err', 'suc'],
  $WAIT: ['rab', 'err', 'suc'],
  $WRITE: ['rab', 'err', 'suc'],

  // record management, plain
  $FILESCAN: ['srcstr', 'valuelst', 'fldflags'],
  $RMSRUNDWN: ['bufadr', 'typrnd'],
  $SETDDIR: ['newdir', 'oldlen', 'olddir'],
  $SETDFPROT: ['newprot', 'oldprot'],
  $SSVEXC: ['status'],

  // with a wait
  $BRKTHRUW: ['efn', 'msgbuf', 'sendto', 'sndtyp', 'iosb', 'carcon', 'flags', 'reqid', 'timout', 'astadr', 'astprm'],
  $ENQW: ['efn', 'lkmode', 'lksb', 'flags', 'resnam', 'parid', 'astadr', 'astprm', 'blkast', 'acmode', 'prot'],
  $GETDVIW: ['efn', 'chan', 'devnam', 'itmlst', 'iosb', 'astadr', 'astprm', 'nullarg'],
  $GETJPIW: ['efn', 'pidadr', 'prcnam', 'itmlst', 'iosb', 'astadr', 'astprm'],
  $GETLKIW: ['efn', 'lkidadr', 'itmlst', 'iosb', 'astadr', 'astprm', 'nullarg'],
  $GETQUIW: ['efn', 'func', 'nullarg', 'itmlst', 'iosb', 'astadr', 'astprm'],
  $GETSYIW: ['efn', 'csidadr', 'nodename', 'itmlst', 'iosb', 'astadr', 'astprm'],
  $QIOW: ['efn', 'chan', 'func', 'iosb', 'astadr', 'astprm', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6'],
  $SNDJBCW: ['efn', 'func', 'nullarg', 'itmlst', 'iosb', 'astadr', 'astprm'],
  $SYNCH: ['efn', 'iosb'],
  $UPDSECW: ['inadr', 'retadr', 'acmode', 'updflg', 'efn', 'iosb', 'astadr', 'astprm'],
} as const satisfies Record<`$${string}`, readonly string[]>;

export type ServiceName = keyof typeof SERVICE_ARGUMENTS;

/** How a vector gets to its service: CHMK; CHME; JMP; CHME to RMS with or without the stall check; CHMx and then the common wait. */
export type ServiceKind = 'kernel' | 'executive' | 'caller' | 'rms' | 'rmsPlain' | 'synchronous';

export interface Service {
  readonly name: ServiceName;
  readonly kind: ServiceKind;
  /** Arguments the dispatcher insists on. */
  readonly required: number;
  /** CHMx code; -1 for a service in the caller's mode. A synchronous service has that of its asynchronous part. */
  readonly code: number;
  /** P1 address of the vector: the value of SYS$name. */
  readonly vector: number;
  /** Bytes from the start of the vector pages. */
  readonly vectorOffset: number;
  /** Bytes the vector may take. */
  readonly size: number;
  /** Entry mask: every service saves R2 to R11. */
  readonly mask: number;
  /** The asynchronous part of a synchronous service; $SYNCH has none. */
  readonly asynchronous?: ServiceName;
  /** Number (from 1) of the event flag argument and of the status block argument of a synchronous service. */
  readonly efnArgument?: number;
  readonly statusArgument?: number;
}

/** The vector pages in P1 space, and their alias at the start of system space. */
export const VECTOR_BASE = 0x7ffede00;
export const VECTOR_BASE_S0 = 0x80000000;
export const VECTOR_PAGES = 5;

/** Entry mask ^M<R2,R3,R4,R5,R6,R7,R8,R9,R10,R11>. */
const SAVE_R2_TO_R11 = 0x0ffc;

/** Services by kind, each with the offset of its vector. Codes follow this order. */
const KERNEL: readonly (readonly [ServiceName, number])[] = [
  ['$CLRAST', 0x308], ['$ADJSTK', 0x20], ['$ADJWSL', 0x28], ['$ALLOC', 0x38], ['$ASCEFC', 0x40], ['$ASSIGN', 0x50], ['$BRKTHRU', 0x6c8],
  ['$CANCEL', 0x60], ['$CANEXH', 0x2c0], ['$CANTIM', 0x68], ['$CANWAK', 0x70], ['$CHKPRO', 0x6e0], ['$CLREF', 0x98], ['$CMKRNL', 0x90],
  ['$CNTREG', 0xa0], ['$CRELNM', 0x680], ['$CRELNT', 0x678], ['$CREMBX', 0xb8], ['$CREPRC', 0xc0], ['$CRETVA', 0xc8], ['$CRMPSC', 0x78],
  ['$DACEFC', 0xd0], ['$DALLOC', 0xd8], ['$DASSGN', 0xe0], ['$DCLAST', 0xe8], ['$DCLCMH', 0x2a0], ['$DCLEXH', 0xf0], ['$DELLNM', 0x688],
  ['$DELMBX', 0x100], ['$DELPRC', 0x108], ['$DELTVA', 0x110], ['$DEQ', 0x5c8], ['$DERLMB', 0x2b8], ['$DGBLSC', 0x118], ['$DISMOU', 0x890],
  ['$DLCEFC', 0x128], ['$ENQ', 0x5c0], ['$ERAPAT', 0x670], ['$EXIT', 0x140], ['$EXPREG', 0x148], ['$FORCEX', 0x160], ['$GETCHN', 0x2c8],
  ['$GETDEV', 0x2d0], ['$GETDVI', 0x610], ['$GETJPI', 0x2d8], ['$GETLKI', 0x698], ['$GETPTI', 0xa8], ['$GETSYI', 0x5f8], ['$HIBER', 0x188],
  ['$LCKPAG', 0x198], ['$LKWSET', 0x1a0], ['$MGBLSC', 0x1a8], ['$MTACCESS', 0x888], ['$PURGWS', 0x1b0], ['$QIO', 0x1c8], ['$READEF', 0x1d0],
  ['$RESUME', 0x1d8], ['$RUNDWN', 0x1e0], ['$SCHDWK', 0x1f0], ['$SETAST', 0x1f8], ['$SETEF', 0x200], ['$SETEXV', 0x208], ['$SETIME', 0x2f8],
  ['$SETIMR', 0x220], ['$SETPFM', 0x2a8], ['$SETPRA', 0x218], ['$SETPRI', 0x228], ['$SETPRN', 0x210], ['$SETPRT', 0x230], ['$SETPRV', 0x300],
  ['$SETRWM', 0x238], ['$SETSFM', 0x240], ['$SETSSF', 0x5e8], ['$SETSTK', 0x5f0], ['$SETSWM', 0x248], ['$SNDERR', 0x138], ['$SUSPND', 0x250],
  ['$TRNLNM', 0x690], ['$ULKPAG', 0x260], ['$ULWSET', 0x268], ['$UPDSEC', 0x130], ['$WAITFR', 0x278], ['$WAKE', 0x280], ['$WFLAND', 0x288],
  ['$WFLOR', 0x290],
];

const EXECUTIVE: readonly (readonly [ServiceName, number])[] = [
  ['$ADD_HOLDER', 0x898], ['$ADD_IDENT', 0x8a0], ['$ASCTOID', 0x6b0], ['$CHANGE_ACL', 0x8a8], ['$CHECK_ACCESS', 0x8b0], ['$CMEXEC', 0x88],
  ['$CREATE_RDB', 0x8b8], ['$FIND_HELD', 0x8c0], ['$FIND_HOLDER', 0x8c8], ['$FINISH_RDB', 0x6b8], ['$FORMAT_ACL', 0x8d0], ['$GETQUI', 0x6f8],
  ['$GETTIM', 0x178], ['$GETUAI', 0x8d8], ['$IDTOASC', 0x6c0], ['$IMGACT', 0x190], ['$MOD_HOLDER', 0x8e0], ['$MOD_IDENT', 0x8e8],
  ['$NUMTIM', 0x1b8], ['$PARSE_ACL', 0x8f0], ['$REM_HOLDER', 0x8f8], ['$REM_IDENT', 0x900], ['$SETUAI', 0x908], ['$SNDACC', 0x2f0],
  ['$SNDJBC', 0x170], ['$SNDOPR', 0x1c0], ['$SNDSMB', 0x1e8],
];

const CALLER: readonly (readonly [ServiceName, number])[] = [
  ['$ASCTIM', 0x48], ['$BINTIM', 0x58], ['$BRDCST', 0x298], ['$CLI', 0x18], ['$CRELOG', 0xb0], ['$DELLOG', 0xf8], ['$EXCMSG', 0x2e8],
  ['$FAO', 0x150], ['$FAOL', 0x158], ['$GETMSG', 0x2b0], ['$GRANTID', 0x6d0], ['$IMGFIX', 0x600], ['$IMGSTA', 0x168], ['$MOUNT', 0x910],
  ['$PUTMSG', 0x2e0], ['$REVOKID', 0x6d8], ['$TRNLOG', 0x258], ['$UNWIND', 0x270],
];

const RMS: readonly (readonly [ServiceName, number])[] = [
  ['$CLOSE', 0x3b8], ['$CONNECT', 0x3c0], ['$CREATE', 0x3c8], ['$DELETE', 0x368], ['$DISCONNECT', 0x3d0], ['$DISPLAY', 0x3d8], ['$ENTER', 0x428],
  ['$ERASE', 0x3e0], ['$EXTEND', 0x3e8], ['$FIND', 0x370], ['$FLUSH', 0x3f0], ['$FREE', 0x378], ['$GET', 0x380], ['$MODIFY', 0x3f8],
  ['$NXTVOL', 0x400], ['$OPEN', 0x408], ['$PARSE', 0x430], ['$PUT', 0x388], ['$READ', 0x390], ['$RELEASE', 0x398], ['$REMOVE', 0x438],
  ['$RENAME', 0x440], ['$REWIND', 0x410], ['$SEARCH', 0x448], ['$SPACE', 0x418], ['$TRUNCATE', 0x420], ['$UPDATE', 0x3a0], ['$WAIT', 0x3a8],
  ['$WRITE', 0x3b0],
];

const RMS_PLAIN: readonly (readonly [ServiceName, number])[] = [
  ['$FILESCAN', 0x478], ['$RMSRUNDWN', 0x468], ['$SETDDIR', 0x450], ['$SETDFPROT', 0x458], ['$SSVEXC', 0x460],
];

/** Synchronous services: vector, bytes there, asynchronous part, numbers of the event flag and status block arguments. */
const SYNCHRONOUS: readonly (readonly [ServiceName, number, number, ServiceName | undefined, number, number])[] = [
  ['$QIOW', 0x00, 16, '$QIO', 1, 4], ['$UPDSECW', 0x180, 8, '$UPDSEC', 5, 6], ['$ENQW', 0x5d0, 24, '$ENQ', 1, 3],
  ['$GETDVIW', 0x618, 8, '$GETDVI', 1, 5], ['$GETJPIW', 0x620, 16, '$GETJPI', 1, 5], ['$GETSYIW', 0x630, 8, '$GETSYI', 1, 5],
  ['$SNDJBCW', 0x638, 8, '$SNDJBC', 1, 5], ['$SYNCH', 0x640, 48, undefined, 1, 2], ['$GETLKIW', 0x6a0, 16, '$GETLKI', 1, 4],
  ['$BRKTHRUW', 0x6e8, 16, '$BRKTHRU', 1, 5], ['$GETQUIW', 0x700, 16, '$GETQUI', 1, 5],
];

/** Addresses of other code and cells in the vector pages. SYS$CALL_HANDL is known by its system space address. */
export const VECTOR_LABELS: Readonly<Record<string, number>> = {
  SYS$CALL_HANDL: 0x80000010,
  SYS$GL_ASTRET: 0x7ffee110,
  SYS$GL_COMMON: 0x7ffee114,
  SYS$SRCHANDLER: 0x7ffee118,
  SYS$WAIT_FORM: 0x7ffee120,
  LIB$SIGNAL: 0x7ffee718,
  LIB$STOP: 0x7ffee720,
  LIB$PUT_COMMON: 0x7ffee728,
  LIB$GET_COMMON: 0x7ffee730,
  LIB$SET_SYMBOL: 0x7ffee738,
  LIB$GET_SYMBOL: 0x7ffee740,
  LIB$PAUSE: 0x7ffee748,
};

/** Bytes of the vector pages free for common code: [offset, size]. The first is where the RMS stall check goes (SYS$WAIT_FORM). */
export const VECTOR_FREE: readonly (readonly [offset: number, size: number])[] = [[0x320, 0x48], [0x480, 0x108], [0x710, 0x178], [0x918, 0xe8]];

/** Where fewer arguments will do than the service has now. */
const REQUIRED: Partial<Record<ServiceName, number>> = {
  $ALLOC: 4, $CMKRNL: 1, $CMEXEC: 1, $ENQ: 10, $GETDVI: 7, $GETLKI: 6, $SETPFM: 1, $DISMOU: 1, $RENAME: 4, $CHANGE_ACL: 4, $FORMAT_ACL: 3,
  $FILESCAN: 2, $RMSRUNDWN: 2, $SETDDIR: 1, $SETDFPROT: 1,
};

function one(kind: ServiceKind, name: ServiceName, offset: number, code: number, required: number): Service {
  return { name, kind, required, code, vector: VECTOR_BASE + offset, vectorOffset: offset, size: 8, mask: SAVE_R2_TO_R11 };
}

function requiredOf(name: ServiceName): number {
  return REQUIRED[name] ?? SERVICE_ARGUMENTS[name].length;
}

function buildServices(): Service[] {
  const kernel = KERNEL.map(([name, offset], code) => one('kernel', name, offset, code, requiredOf(name)));
  const executive = EXECUTIVE.map(([name, offset], code) => one('executive', name, offset, code, requiredOf(name)));
  const caller = CALLER.map(([name, offset]) => one('caller', name, offset, -1, 0));
  const rms = RMS.map(([name, offset], index) => one('rms', name, offset, EXECUTIVE.length + index, name === '$RENAME' ? 4 : 1));
  const plain = RMS_PLAIN.map(([name, offset], index) => one('rmsPlain', name, offset, EXECUTIVE.length + RMS.length + index, requiredOf(name)));
  const synchronous = SYNCHRONOUS.map(([name, offset, size, asynchronous, efnArgument, statusArgument]): Service => {
    const part = [...kernel, ...executive].find((service) => service.name === asynchronous);
    return {
      ...one('synchronous', name, offset, part?.code ?? -1, part?.required ?? 0), size, efnArgument, statusArgument,
      ...(asynchronous === undefined ? {} : { asynchronous }),
    };
  });
  return [...kernel, ...executive, ...caller, ...rms, ...plain, ...synchronous];
}

/** Every service of Table 9-1 (and $CLI), by kind and code: kernel codes from 0 ($CLRAST), executive codes from 0, RMS codes after them. */
export const SERVICES: readonly Service[] = buildServices();

const BY_NAME: ReadonlyMap<string, Service> = new Map(SERVICES.map((service) => [service.name, service]));

/** P1 address of the vector of '$name': what SYS$name means to an image. */
export function serviceVector(name: ServiceName): number {
  const service = BY_NAME.get(name);
  if (!service) throw new Error(`no such service: ${name}`);
  return service.vector;
}

/** SYS$name or a label of the vector pages, for symbol tables. */
export function serviceSymbol(symbol: string): number | undefined {
  return VECTOR_LABELS[symbol] ?? (symbol.startsWith('SYS$') ? BY_NAME.get(symbol.slice(3))?.vector : undefined);
}
