/*
 * Layout of a status code: severity 2:0, message number 15:3, facility 27:16, control 31:28. Values of the public $STSDEF.
 */

// severities
export const STS$K_WARNING = 0;
export const STS$K_SUCCESS = 1;
export const STS$K_ERROR = 2;
export const STS$K_INFO = 3;
export const STS$K_SEVERE = 4;

// fields
export const STS$V_SEVERITY = 0;
export const STS$S_SEVERITY = 3;
export const STS$V_MSG_NO = 3;
export const STS$S_MSG_NO = 13;
export const STS$V_CODE = 3;
export const STS$S_CODE = 12;
export const STS$V_FAC_SP = 15;
export const STS$V_FAC_NO = 16;
export const STS$S_FAC_NO = 12;
export const STS$V_CUST_DEF = 27;
export const STS$V_INHIB_MSG = 28;

// masks
export const STS$M_SUCCESS = 0x1;
export const STS$M_SEVERITY = 0x7;
export const STS$M_COND_ID = 0xffffff8;
export const STS$M_MSG_NO = 0xfff8;
export const STS$M_CODE = 0x7ff8;
export const STS$M_FAC_SP = 0x8000;
export const STS$M_FAC_NO = 0xfff0000;
export const STS$M_CUST_DEF = 0x8000000;
export const STS$M_INHIB_MSG = 0x10000000;
export const STS$M_CONTROL = 0xf0000000;

export function succeeded(status: number): boolean {
  return (status & STS$M_SUCCESS) !== 0;
}

export function failed(status: number): boolean {
  return (status & STS$M_SUCCESS) === 0;
}

export function severityOf(status: number): number {
  return status & STS$M_SEVERITY;
}

export function facilityOf(status: number): number {
  return (status & STS$M_FAC_NO) >>> STS$V_FAC_NO;
}

/** Same condition, whatever the severity and the control bits. */
export function sameCondition(one: number, other: number): boolean {
  return (one & STS$M_COND_ID) === (other & STS$M_COND_ID);
}

/** Letter of a message, as in %DCL-W-IVVERB. */
export const SEVERITY_LETTERS = 'WSEIF???';
