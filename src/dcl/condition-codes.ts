/**
 * Condition values of the CLI facility (3). The texts are in dcl.msg; a test checks that both agree.
 * @source dcl-language.md section 9.1 (codes printed there); the ones between two printed codes follow from their order
 */
export const CLI$_NORMAL = 0x30001;

export const CLI$_ABVERB = 0x38008;
export const CLI$_ABKEYW = 0x38010;
export const CLI$_BUFOVF = 0x38018;
export const CLI$_COMPLX = 0x38020;
export const CLI$_DEFOVF = 0x38028;
export const CLI$_DIRECT = 0x38030;
export const CLI$_EXPSYN = 0x38038;
export const CLI$_INSFPRM = 0x38048;
export const CLI$_IVCHAR = 0x38050;
export const CLI$_IVKEYW = 0x38060;
export const CLI$_IVOPER = 0x38068;
export const CLI$_IVPROT = 0x38070;
export const CLI$_IVQLOC = 0x38078;
export const CLI$_IVSYMB = 0x38080;
export const CLI$_IVVALU = 0x38088;
export const CLI$_IVVERB = 0x38090;
export const CLI$_MAXPARM = 0x38098;
export const CLI$_NOATFIL = 0x380a0;
export const CLI$_NOCCAT = 0x380a8;
export const CLI$_NOCOMD = 0x380b0;
export const CLI$_NOKEYW = 0x380b8;
export const CLI$_NOLIST = 0x380c0;
export const CLI$_NOQUAL = 0x380c8;
export const CLI$_NOVALU = 0x380d0;
export const CLI$_NOTNEG = 0x380d8;
export const CLI$_NULFIL = 0x380e0;
export const CLI$_NUMBER = 0x380e8;
export const CLI$_ONCOMD = 0x380f0;
export const CLI$_ONERR = 0x380f8;
export const CLI$_ONLEVL = 0x38100;
export const CLI$_ONOVF = 0x38108;
export const CLI$_PARMDEL = 0x38110;
export const CLI$_RSLOVF = 0x38118;
export const CLI$_SKPDAT = 0x38120;
export const CLI$_STKOVF = 0x38128;
export const CLI$_SYMDEL = 0x38130;
export const CLI$_SYMOVF = 0x38138;
export const CLI$_UNDSYM = 0x38140;
export const CLI$_USGOTO = 0x38148;
export const CLI$_VALREQ = 0x38150;
export const CLI$_ONEVAL = 0x38158;
export const CLI$_OVRFLW = 0x38160;
export const CLI$_UNDFIL = 0x38188;
export const CLI$_FILOPN = 0x38190;
export const CLI$_BADRET = 0x38198;
export const CLI$_ABSYMD = 0x381a0;
export const CLI$_INVUIC = 0x381a8;
export const CLI$_ABFNAM = 0x381b8;
export const CLI$_IVFNAM = 0x381c0;
export const CLI$_NOLBLS = 0x381e0;
export const CLI$_ABSENT = 0x381f0;
export const CLI$_NEGATED = 0x381f8;
export const CLI$_NOTHEN = 0x38210;
export const CLI$_INVRANGE = 0x38228;
export const CLI$_LOCNEG = 0x38230;
export const CLI$_CMDNOTFND = 0x38238;
export const CLI$_IVQUAL = 0x38240;
export const CLI$_CONFLICT = 0x38258;
export const CLI$_UNDKEY = 0x38260;
export const CLI$_ARGREQ = 0x38268;
export const CLI$_SYMLNG = 0x38270;
export const CLI$_SYMABR = 0x38278;
export const CLI$_IVKEYNAM = 0x38280;
export const CLI$_NOPAREN = 0x38288;
export const CLI$_IVATIME = 0x38290;
export const CLI$_IVDTIME = 0x38298;
export const CLI$_TKNOVF = 0x382a0;
export const CLI$_PERMSYM = 0x382b8;
export const CLI$_GBLNDF = 0x382c0;
export const CLI$_INVGOSUB = 0x382c8;
export const CLI$_GOSUBMAX = 0x382d0;
export const CLI$_USCALL = 0x382d8;
export const CLI$_USGOSUB = 0x382e0;

export const CLI$_CONFQUAL = 0x38802;
export const CLI$_IMGNAME = 0x388aa;
export const CLI$_IMAGEFNF = 0x388b2;
export const CLI$_STRTOOLNG = 0x388fa;
export const CLI$_INVROUT = 0x38912;
export const CLI$_INVCALL = 0x3891a;
export const CLI$_INVIFNEST = 0x38922;
export const CLI$_REFUSED = 0x3892a;
/** Ours: the entity asked of CLI$PRESENT or CLI$GET_VALUE is not defined for the command. */
export const CLI$_ENTNF = 0x38832;
export const CLI$_INVREQTYP = 0x38822;
/** Ours: a command or function that this system does not have yet; the text names it. */
export const CLI$_NOTIMPL = 0x38932;

export const CLI$_DEFKEY = 0x38c0b;
export const CLI$_DELKEY = 0x38c13;
export const CLI$_SUPERSEDE = 0x38c1b;
export const CLI$_INVDEF = 0x38c23;
export const CLI$_DELSYM = 0x38c2b;
export const CLI$_ALLOC = 0x38c33;
export const CLI$_SYMTRUNC = 0x38c3b;
export const CLI$_TABEXIST = 0x38c43;
export const CLI$_TABSUPER = 0x38c4b;
export const CLI$_SETKEY = 0x38c53;

export const CLI$_SPAWNED = 0x38e01;
export const CLI$_ATTACHED = 0x38e09;
export const CLI$_RETURNED = 0x38e11;

export const CLI$_PRESENT = 0x3fd19;
export const CLI$_DEFAULTED = 0x3fd21;
export const CLI$_CONCAT = 0x3fd29;
export const CLI$_LOCPRES = 0x3fd31;
export const CLI$_COMMA = 0x3fd39;

/** STS$M_INHIB_MSG: the message of this status has been shown. */
export const STS$M_INHIB_MSG = 0x10000000;
