/*
 * $CHKPRO: item codes, access types, flags, privileges used. Values of the public $CHPDEF and $ARMDEF.
 */

// item codes
export const CHP$_END = 0;
export const CHP$_ACCESS = 1;
export const CHP$_FLAGS = 2;
export const CHP$_PRIV = 3;
export const CHP$_ACMODE = 4;
export const CHP$_ACCLASS = 5;
export const CHP$_RIGHTS = 6;
export const CHP$_ADDRIGHTS = 7;
export const CHP$_MODE = 8;
export const CHP$_MODES = 9;
export const CHP$_MINCLASS = 10;
export const CHP$_MAXCLASS = 11;
export const CHP$_OWNER = 12;
export const CHP$_PROT = 13;
export const CHP$_ACL = 14;
export const CHP$_AUDITNAME = 15;
export const CHP$_ALARMNAME = 16;
export const CHP$_MATCHEDACE = 17;
export const CHP$_PRIVUSED = 18;

// access types
export const ARM$M_READ = 0x1;
export const ARM$M_WRITE = 0x2;
export const ARM$M_EXECUTE = 0x4;
export const ARM$M_DELETE = 0x8;
export const ARM$M_CONTROL = 0x10;

// flags
export const CHP$M_OBSERVE = 0x1;
export const CHP$M_ALTER = 0x2;

// privileges used
export const CHP$M_SYSPRV = 0x1;
export const CHP$M_BYPASS = 0x2;
export const CHP$M_UPGRADE = 0x4;
export const CHP$M_DOWNGRADE = 0x8;
export const CHP$M_GRPPRV = 0x10;
export const CHP$M_READALL = 0x20;
