/*
 * OPCOM requests ($SNDOPR) and operator classes. Values of the public $OPCDEF.
 */

// requests
export const OPC$_RQ_TERME = 1;
export const OPC$_RQ_LOGI = 2;
export const OPC$_RQ_RQST = 3;
export const OPC$_RQ_REPLY = 4;
export const OPC$_RQ_CANCEL = 5;
export const OPC$_RQ_STATUS = 6;
export const OPC$_RQ_SECURITY = 7;

// classes
export const OPC$M_NM_CENTRL = 0x1;
export const OPC$M_NM_PRINT = 0x2;
export const OPC$M_NM_TAPES = 0x4;
export const OPC$M_NM_DISKS = 0x8;
export const OPC$M_NM_DEVICE = 0x10;
export const OPC$M_NM_CARDS = 0x20;
export const OPC$M_NM_NTWORK = 0x40;
export const OPC$M_NM_CLUSTER = 0x80;
export const OPC$M_NM_SECURITY = 0x100;
export const OPC$M_NM_REPLY = 0x200;
export const OPC$M_NM_SOFTWARE = 0x400;
export const OPC$M_NM_OPER1 = 0x1000;
export const OPC$M_NM_OPER2 = 0x2000;
export const OPC$M_NM_OPER3 = 0x4000;
export const OPC$M_NM_OPER4 = 0x8000;
export const OPC$M_NM_OPER5 = 0x10000;
export const OPC$M_NM_OPER6 = 0x20000;
export const OPC$M_NM_OPER7 = 0x40000;
export const OPC$M_NM_OPER8 = 0x80000;
export const OPC$M_NM_OPER9 = 0x100000;
export const OPC$M_NM_OPER10 = 0x200000;
export const OPC$M_NM_OPER11 = 0x400000;
export const OPC$M_NM_OPER12 = 0x800000;
