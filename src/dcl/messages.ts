/** Condition values that DCL forms from shared messages: facility 3, facility-specific bit clear. @source shr.msg */
const CLI_FACILITY = 3 << 16;

/** %DCL-E-OPENIN, error opening !AS as input */
export const DCL_OPENIN = CLI_FACILITY | (0x213 << 3) | 2;
/** %DCL-E-OPENOUT, error opening !AS as output */
export const DCL_OPENOUT = CLI_FACILITY | (0x214 << 3) | 2;
/** %DCL-E-READERR, error reading !AS */
export const DCL_READERR = CLI_FACILITY | (0x216 << 3) | 2;
