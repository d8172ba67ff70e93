import { gap, structure } from '../executive/structures/structure.js';

/**
 * Request of the CLI call back: what CLI$PRESENT, CLI$GET_VALUE and their like pass to the routine in CTL$AL_CLICALBK. choice: the
 * request and service numbers are those of $CLIDEF; the layout behind the first word is ours.
 */
export const CLIREQ = structure('CLIREQ', 0x18, {
  0x00: ['CLIREQ$B_RQTYPE', 'CLI$K_CLINT or CLI$K_CLISERV'],
  0x01: ['CLIREQ$B_SERVCOD', 'service: CLI$K_PRESENT, CLI$K_GETVALUE, CLI$K_GETSYM ...'],
  0x02: gap(2, 'not used'),
  0x04: ['CLIREQ$L_NAME', 'descriptor of the entity or symbol name'],
  0x08: ['CLIREQ$L_VALUE', 'descriptor of the buffer or value'],
  0x0c: ['CLIREQ$L_LENGTH', 'address of a word for the length, 0 none'],
  0x10: ['CLIREQ$L_TABLE', 'address of a longword: CLI$K_LOCAL_SYM or CLI$K_GLOBAL_SYM; or a command line descriptor'],
  0x14: gap(4, 'not used'),
});

/** The request of LIB$SPAWN (CLI$K_SPAWN) and LIB$ATTACH (CLI$K_ATTACH; only CLISPN$L_PID counts). Descriptors and addresses are 0 where left out. */
export const CLISPN = structure('CLISPN', 0x3c, {
  0x00: ['CLISPN$B_RQTYPE', 'CLI$K_CLISERV'],
  0x01: ['CLISPN$B_SERVCOD', 'CLI$K_SPAWN or CLI$K_ATTACH'],
  0x02: gap(2, 'not used'),
  0x04: ['CLISPN$L_COMMAND', 'descriptor of the command'],
  0x08: ['CLISPN$L_INPUT', 'descriptor of the input file name'],
  0x0c: ['CLISPN$L_OUTPUT', 'descriptor of the output file name'],
  0x10: ['CLISPN$L_FLAGS', 'CLI$M_NOWAIT, CLI$M_NOCLISYM, CLI$M_NOLOGNAM, CLI$M_NOKEYPAD, CLI$M_NOTIFY, CLI$M_NOCONTROL'],
  0x14: ['CLISPN$L_NAME', 'descriptor of the process name'],
  0x18: ['CLISPN$L_PID', 'address of a longword: extended PID, returned by SPAWN'],
  0x1c: ['CLISPN$L_STATUS', 'address of a longword for the final status of the subprocess'],
  0x20: ['CLISPN$L_EFN', 'event flag set at its end, -1 none'],
  0x24: ['CLISPN$L_ASTADR', 'AST routine called at its end'],
  0x28: ['CLISPN$L_ASTPRM', 'its parameter'],
  0x2c: ['CLISPN$L_PROMPT', 'descriptor of the prompt'],
  0x30: ['CLISPN$L_CLI', 'descriptor of the name of the CLI'],
  0x34: ['CLISPN$L_TABLE', 'descriptor of the name of the command table'],
  0x38: gap(4, 'not used'),
});
