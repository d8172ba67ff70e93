/** Boot device codes: R0 for VMB, RPB$B_DEVTYP. @source book Table E-2 */
export const BTD$K_MB = 0;          // MASSBUS device
export const BTD$K_DM = 1;          // RK06, RK07
export const BTD$K_DL = 2;          // RL02
export const BTD$K_DQ = 3;          // RB02, RB80
export const BTD$K_UDA = 17;        // UDA
export const BTD$K_TK50 = 18;       // TK50
export const BTD$K_HSCCI = 32;      // HSC on a CI
export const BTD$K_CONSOLE = 64;    // console block storage device
export const BTD$K_QNA = 96;        // DEQNA
export const BTD$K_UNA = 97;        // DEUNA

/** Nexus device types that can be met here. @source book Table E-6 */
export const NDT$_MEM4NI = 0x08;
export const NDT$_MEM16NI = 0x10;
export const NDT$_MB = 0x20;
export const NDT$_UB0 = 0x28;
export const NDT$_UB1 = 0x29;
export const NDT$_UB2 = 0x2a;
export const NDT$_UB3 = 0x2b;
export const NDT$_DR32 = 0x30;
export const NDT$_CI = 0x38;
export const NDT$_MEM64NIL = 0x68;
export const NDT$_MEM64I = 0x6c;
export const NDT$_MEM256NIL = 0x70;
export const NDT$_MEM256I = 0x74;
