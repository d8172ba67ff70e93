/*
 * User identification codes and identifiers. Values of the public $UICDEF, $KGBDEF.
 */

// fields of a longword
export const UIC$V_MEMBER = 0;
export const UIC$S_MEMBER = 16;
export const UIC$V_GROUP = 16;
export const UIC$S_GROUP = 14;
export const UIC$V_FORMAT = 30;
export const UIC$K_WILD_MEMBER = 0xffff;
export const UIC$K_WILD_GROUP = 0x3fff;
export const UIC$K_UIC_FORMAT = 0;
export const UIC$K_ID_FORMAT = 2;

// attributes
export const KGB$M_RESOURCE = 0x1;
export const KGB$M_DYNAMIC = 0x2;
