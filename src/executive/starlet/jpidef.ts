/*
 * $GETJPI item codes: the high byte says where the item lives. Values of the public $JPIDEF, up to what V4.4 has.
 */

// P1 space by address
export const JPI$_EXCVEC = 256;
export const JPI$_FINALEXC = 257;

// P1 space
export const JPI$_VIRTPEAK = 512;
export const JPI$_WSPEAK = 513;
export const JPI$_USERNAME = 514;
export const JPI$_ACCOUNT = 515;
export const JPI$_PROCPRIV = 516;
export const JPI$_VOLUMES = 517;
export const JPI$_LOGINTIM = 518;
export const JPI$_IMAGNAME = 519;
export const JPI$_SITESPEC = 520;
export const JPI$_MSGMASK = 521;
export const JPI$_CLINAME = 522;
export const JPI$_TABLENAME = 523;
export const JPI$_CREPRC_FLAGS = 524;
export const JPI$_UAF_FLAGS = 525;
export const JPI$_MAXDETACH = 526;
export const JPI$_MAXJOBS = 527;
export const JPI$_SHRFILLM = 528;

// PCB and JIB
export const JPI$_ASTACT = 768;
export const JPI$_ASTEN = 769;
export const JPI$_PRI = 770;
export const JPI$_OWNER = 771;
export const JPI$_UIC = 772;
export const JPI$_STS = 773;
export const JPI$_STATE = 774;
export const JPI$_MEM = 775;
export const JPI$_GRP = 776;
export const JPI$_PRIB = 777;
export const JPI$_APTCNT = 778;
export const JPI$_TMBU = 779;
export const JPI$_GPGCNT = 780;
export const JPI$_PPGCNT = 781;
export const JPI$_ASTCNT = 782;
export const JPI$_BIOCNT = 783;
export const JPI$_BIOLM = 784;
export const JPI$_BYTCNT = 785;
export const JPI$_DIOCNT = 786;
export const JPI$_DIOLM = 787;
export const JPI$_FILCNT = 788;
export const JPI$_TQCNT = 789;
export const JPI$_EFWM = 790;
export const JPI$_EFCS = 791;
export const JPI$_EFCU = 792;
export const JPI$_PID = 793;
export const JPI$_BYTLM = 794;
export const JPI$_PRCCNT = 795;
export const JPI$_PRCNAM = 796;
export const JPI$_TERMINAL = 797;
export const JPI$_JOBPRCCNT = 798;
export const JPI$_ENQCNT = 799;
export const JPI$_ENQLM = 800;
export const JPI$_SWPFILLOC = 801;
export const JPI$_MODE = 802;
export const JPI$_JOBTYPE = 803;
export const JPI$_PROC_INDEX = 804;
export const JPI$_MASTER_PID = 805;
export const JPI$_RIGHTSLIST = 806;

// PHD
export const JPI$_CURPRIV = 1024;
export const JPI$_WSAUTH = 1025;
export const JPI$_WSQUOTA = 1026;
export const JPI$_DFWSCNT = 1027;
export const JPI$_FREP0VA = 1028;
export const JPI$_FREP1VA = 1029;
export const JPI$_DFPFC = 1030;
export const JPI$_CPUTIM = 1031;
export const JPI$_PRCLM = 1032;
export const JPI$_ASTLM = 1033;
export const JPI$_PAGEFLTS = 1034;
export const JPI$_DIRIO = 1035;
export const JPI$_BUFIO = 1036;
export const JPI$_CPULIM = 1037;
export const JPI$_PGFLQUOTA = 1038;
export const JPI$_FILLM = 1039;
export const JPI$_TQLM = 1040;
export const JPI$_WSSIZE = 1041;
export const JPI$_AUTHPRIV = 1042;
export const JPI$_IMAGPRIV = 1043;
export const JPI$_PAGFILCNT = 1044;
export const JPI$_FREPTECNT = 1045;
export const JPI$_WSEXTENT = 1046;
export const JPI$_WSAUTHEXT = 1047;
export const JPI$_AUTHPRI = 1048;
export const JPI$_PAGFILLOC = 1049;
export const JPI$_IMAGECOUNT = 1050;
export const JPI$_PHDFLAGS = 1051;

// values of JPI$_MODE and JPI$_JOBTYPE
export const JPI$K_OTHER = 0;
export const JPI$K_NETWORK = 1;
export const JPI$K_BATCH = 2;
export const JPI$K_INTERACTIVE = 3;
export const JPI$K_DETACHED = 0;
export const JPI$K_LOCAL = 3;
export const JPI$K_DIALUP = 4;
export const JPI$K_REMOTE = 5;

// list
export const JPI$C_LISTEND = 0;
export const JPI$_CHAIN = -1;
