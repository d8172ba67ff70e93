/**
 * Structure type codes, xxx$B_TYPE at offset 10 of every block from pool. SDA finds the layout of a block by them.
 * Code 36 has no entry in the book; 75-95, 104 and 107-127 are not listed. @source book Table E-4
 */
export const DYN$C_ADP = 1;
export const DYN$C_ACB = 2;
export const DYN$C_AQB = 3;
export const DYN$C_CEB = 4;
export const DYN$C_CRB = 5;
export const DYN$C_DDB = 6;
export const DYN$C_FCB = 7;
export const DYN$C_FRK = 8;
export const DYN$C_IDB = 9;
export const DYN$C_IRP = 10;
export const DYN$C_LOG = 11;
export const DYN$C_PCB = 12;
export const DYN$C_PQB = 13;
export const DYN$C_RVT = 14;
export const DYN$C_TQE = 15;
export const DYN$C_UCB = 16;
export const DYN$C_VCB = 17;
export const DYN$C_WCB = 18;
export const DYN$C_BUFIO = 19;
export const DYN$C_TYPAHD = 20;
export const DYN$C_GSD = 21;
export const DYN$C_MVL = 22;
export const DYN$C_NET = 23;
export const DYN$C_KFE = 24;
export const DYN$C_MTL = 25;
export const DYN$C_BRDCST = 26;
export const DYN$C_CXB = 27;
export const DYN$C_NDB = 28;
export const DYN$C_SSB = 29;
export const DYN$C_DPT = 30;
export const DYN$C_JPB = 31;
export const DYN$C_PBH = 32;
export const DYN$C_PDB = 33;
export const DYN$C_PIB = 34;
export const DYN$C_PFL = 35;
export const DYN$C_PTR = 37;
export const DYN$C_KFRH = 38;
export const DYN$C_DCCB = 39;
export const DYN$C_EXTGSD = 40;
export const DYN$C_SHMGSD = 41;
export const DYN$C_SHB = 42;
export const DYN$C_MBX = 43;
export const DYN$C_IRPE = 44;
export const DYN$C_SLAVCEB = 45;
export const DYN$C_SHMCEB = 46;
export const DYN$C_JIB = 47;
export const DYN$C_TWP = 48;
export const DYN$C_RBM = 49;
export const DYN$C_VCA = 50;
export const DYN$C_CDB = 51;
export const DYN$C_LPD = 52;
export const DYN$C_LKB = 53;
export const DYN$C_RSB = 54;
export const DYN$C_LKID = 55;
export const DYN$C_RSHT = 56;
export const DYN$C_CDRP = 57;
export const DYN$C_ERP = 58;
export const DYN$C_CIDG = 59;
export const DYN$C_CIMSG = 60;
export const DYN$C_XWB = 61;
export const DYN$C_WQE = 62;
export const DYN$C_ACL = 63;
export const DYN$C_LNM = 64;
export const DYN$C_FLK = 65;
export const DYN$C_RIGHTSLIST = 66;
export const DYN$C_KFD = 67;
export const DYN$C_KFPB = 68;
export const DYN$C_CIA = 69;
export const DYN$C_PMB = 70;
export const DYN$C_PFB = 71;
export const DYN$C_CHIP = 72;
export const DYN$C_ORB = 73;
export const DYN$C_QVAST = 74;
export const DYN$C_SCS = 96;
export const DYN$C_CI = 97;
export const DYN$C_LOADCODE = 98;
export const DYN$C_INIT = 99;
export const DYN$C_CLASSDRV = 100;
export const DYN$C_CLU = 101;
export const DYN$C_PGD = 102;
export const DYN$C_UIS = 103;
export const DYN$C_DSRV = 105;
export const DYN$C_MP = 106;
export const DYN$C_SPECIAL = 128;
export const DYN$C_SHRBUFIO = 128;

/** Code -> [name, what it is]; code 128 is both SPECIAL and SHRBUFIO. */
export const DYN_NAMES: ReadonlyMap<number, readonly [name: string, meaning: string]> = new Map([
  [1, ['ADP', 'adapter control block']],
  [2, ['ACB', 'AST control block']],
  [3, ['AQB', 'ACP queue block']],
  [4, ['CEB', 'common event block']],
  [5, ['CRB', 'channel request block']],
  [6, ['DDB', 'device data block']],
  [7, ['FCB', 'file control block']],
  [8, ['FRK', 'fork block']],
  [9, ['IDB', 'interrupt dispatch block']],
  [10, ['IRP', 'I/O request packet']],
  [11, ['LOG', 'logical name block of V3']],
  [12, ['PCB', 'software process control block']],
  [13, ['PQB', 'process quota block']],
  [14, ['RVT', 'relative volume table']],
  [15, ['TQE', 'timer queue element']],
  [16, ['UCB', 'unit control block']],
  [17, ['VCB', 'volume control block']],
  [18, ['WCB', 'window control block']],
  [19, ['BUFIO', 'buffered I/O buffer']],
  [20, ['TYPAHD', 'terminal type-ahead buffer']],
  [21, ['GSD', 'global section descriptor']],
  [22, ['MVL', 'magnetic tape volume list']],
  [23, ['NET', 'network message block']],
  [24, ['KFE', 'known file entry']],
  [25, ['MTL', 'mounted volume list entry']],
  [26, ['BRDCST', 'broadcast message block']],
  [27, ['CXB', 'complex chained buffer']],
  [28, ['NDB', 'network node descriptor block']],
  [29, ['SSB', 'logical link subchannel status block']],
  [30, ['DPT', 'driver prolog table']],
  [31, ['JPB', 'job parameter block']],
  [32, ['PBH', 'performance buffer header']],
  [33, ['PDB', 'performance data block']],
  [34, ['PIB', 'performance information block']],
  [35, ['PFL', 'page file control block']],
  [37, ['PTR', 'pointer control block']],
  [38, ['KFRH', 'known file image header']],
  [39, ['DCCB', 'data cache control block']],
  [40, ['EXTGSD', 'extended global section descriptor']],
  [41, ['SHMGSD', 'shared memory GSD']],
  [42, ['SHB', 'shared memory control block']],
  [43, ['MBX', 'mailbox control block']],
  [44, ['IRPE', 'extended IRP']],
  [45, ['SLAVCEB', 'slave common event block']],
  [46, ['SHMCEB', 'shared memory master CEB']],
  [47, ['JIB', 'job information block']],
  [48, ['TWP', 'terminal driver write packet']],
  [49, ['RBM', 'real-time SPTE bitmap']],
  [50, ['VCA', 'disk volume cache block']],
  [51, ['CDB', 'X25 LES channel data block']],
  [52, ['LPD', 'X25 LES process descriptor']],
  [53, ['LKB', 'lock block']],
  [54, ['RSB', 'resource block']],
  [55, ['LKID', 'lock ID table']],
  [56, ['RSHT', 'resource hash table']],
  [57, ['CDRP', 'class driver request packet']],
  [58, ['ERP', 'error log packet']],
  [59, ['CIDG', 'CI datagram buffer']],
  [60, ['CIMSG', 'CI message buffer']],
  [61, ['XWB', 'DECnet logical link context block']],
  [62, ['WQE', 'DECnet work queue block']],
  [63, ['ACL', 'access control list queue entry']],
  [64, ['LNM', 'logical name block']],
  [65, ['FLK', 'fork lock request block']],
  [66, ['RIGHTSLIST', 'rights list']],
  [67, ['KFD', 'known file device directory block']],
  [68, ['KFPB', 'known file list pointer block']],
  [69, ['CIA', 'compound intrusion analysis block']],
  [70, ['PMB', 'page fault monitor control block']],
  [71, ['PFB', 'page fault monitor buffer']],
  [72, ['CHIP', 'internal check protection block']],
  [73, ['ORB', 'object rights block']],
  [74, ['QVAST', 'QVSS AST block']],
  [96, ['SCS', 'SCS control block']],
  [97, ['CI', 'CI port structure']],
  [98, ['LOADCODE', 'loadable code']],
  [99, ['INIT', 'structure set up by INIT']],
  [100, ['CLASSDRV', 'class driver structure']],
  [101, ['CLU', 'cluster structure']],
  [102, ['PGD', 'paged pool structure']],
  [103, ['UIS', 'UIS structure']],
  [105, ['DSRV', 'disk server structure']],
  [106, ['MP', 'ASMP structure']],
  [128, ['SPECIAL', 'start of special codes']],
]);
