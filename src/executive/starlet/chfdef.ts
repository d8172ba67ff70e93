/*
 * Condition handling: argument list of a handler, signal and mechanism arrays; depths of special handlers. Values of the public $CHFDEF.
 */

// argument list
export const CHF$L_SIGARGLST = 4;
export const CHF$L_MCHARGLST = 8;

// signal array
export const CHF$L_SIG_ARGS = 0;
export const CHF$L_SIG_NAME = 4;
export const CHF$L_SIG_ARG1 = 8;

// mechanism array
export const CHF$L_MCH_ARGS = 0;
export const CHF$L_MCH_FRAME = 4;
export const CHF$L_MCH_DEPTH = 8;
export const CHF$L_MCH_SAVR0 = 12;
export const CHF$L_MCH_SAVR1 = 16;
