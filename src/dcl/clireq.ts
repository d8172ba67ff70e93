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
