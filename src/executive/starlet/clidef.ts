/*
 * CLI interface: requests of the call-back routine, flags of the image argument list and of LIB$SPAWN. Values of the public $CLIDEF, $CLISERVDEF.
 */

// requests
export const CLI$K_UTILOPR = 0;
export const CLI$K_INPSPEC = 1;
export const CLI$K_OUTSPEC = 2;
export const CLI$K_PARDONE = 3;
export const CLI$K_VALCONV = 4;
export const CLI$K_CLINT = 5;
export const CLI$K_INITPRS = 0;
export const CLI$K_GETCMD = 1;
export const CLI$K_GETQUAL = 2;
export const CLI$K_GETOPT = 3;
export const CLI$K_GETLINE = 4;
export const CLI$K_CLISERV = 5;
export const CLI$K_INPUT1 = 16;
export const CLI$K_INPUT2 = 17;
export const CLI$K_INPUT3 = 18;
export const CLI$K_INPUT4 = 19;
export const CLI$K_OUTPUT1 = 32;
export const CLI$K_OUTPUT2 = 33;
export const CLI$K_OUTPUT3 = 34;
export const CLI$K_OUTPUT4 = 35;
export const CLI$K_ENDPRM1 = 48;
export const CLI$K_ENDPRM2 = 49;
export const CLI$K_ENDPRM3 = 50;
export const CLI$K_ENDPRM4 = 51;
export const CLI$K_NUMERVAL = 64;
export const CLI$K_ASCIIVAL = 65;
export const CLI$K_KEYWORD = 66;
export const CLI$K_KEYVAL = 67;
export const CLI$K_FILSPEC = 68;
export const CLI$K_PRESENT = 80;
export const CLI$K_GETVALUE = 81;
export const CLI$K_ENDPARSE = 82;
export const CLI$K_DCLPARSE = 83;
export const CLI$K_DISPATCH = 84;
export const CLI$K_NEXTQUAL = 85;

// services of CLI$K_CLISERV
export const CLI$K_PAUSE = 1;
export const CLI$K_DEFLOCAL = 2;
export const CLI$K_DEFGLOBAL = 3;
export const CLI$K_CHAIN = 4;
export const CLI$K_COMMAND = 5;
export const CLI$K_CREALOG = 6;
export const CLI$K_DELELOG = 7;
export const CLI$K_DISACTRLY = 8;
export const CLI$K_ENABCTRLY = 9;
export const CLI$K_GETSYM = 10;
export const CLI$K_DELELCL = 11;
export const CLI$K_DELEGBL = 12;
export const CLI$K_DISAOOB = 13;
export const CLI$K_ENABOOB = 14;
export const CLI$K_SPAWN = 15;
export const CLI$K_ATTACH = 16;
export const CLI$K_LIBDEFLOCAL = 17;
export const CLI$K_LIBDEFGLOBAL = 18;
export const CLI$K_LIBGETSYM = 19;
export const CLI$K_LIBDELELCL = 20;
export const CLI$K_LIBDELEGBL = 21;
export const CLI$K_LOCAL_SYM = 1;
export const CLI$K_GLOBAL_SYM = 2;

// flags of the image argument list
export const CLI$M_DEBUG = 0x1;
export const CLI$M_DBGTRU = 0x2;
export const CLI$M_VERIFY = 0x4;
export const CLI$M_BATCH = 0x8;
export const CLI$M_INDIRECT = 0x10;

// flags of LIB$SPAWN
export const CLI$M_NOWAIT = 0x1;
export const CLI$M_NOCLISYM = 0x2;
export const CLI$M_NOLOGNAM = 0x4;
export const CLI$M_NOKEYPAD = 0x8;
export const CLI$M_NOTIFY = 0x10;
export const CLI$M_NOCONTROL = 0x20;
