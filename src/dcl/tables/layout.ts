import { structure } from '../../executive/structures/structure.js';

/**
 * Command tables as bytes: what SET COMMAND and the build make of .cld sources, and what the parser works from. All links
 * are offsets from the start of DCLTABLES, so that it can be mapped anywhere in P1 (CTL$GL_CLITABLE). Names and other
 * texts are counted strings. SET COMMAND leaves DCLTABLES as it is and puts a head, a verb index and the new commands into the
 * CLI symbol table pages; their links have the same origin.
 *
 * The shape follows the V4 tables in outline (vector, command blocks, entities, types, expressions); offsets are our own choice.
 */
export const CLT = structure('CLT', 0x18, {
  0x00: ['CLT$L_IDENT', 'identifies a command table: ASCII DCLT'],
  0x04: ['CLT$L_SIZE', 'bytes of the whole table'],
  0x08: ['CLT$L_VERBS', 'offset of the verb index: VRB entries in the order of definition'],
  0x0c: ['CLT$L_VERBCNT', 'verbs, synonyms included'],
  0x10: ['CLT$L_VERSION', 'layout version'],
  0x14: ['CLT$L_ORIGIN', 'from here to where offsets are counted from: 0 in DCLTABLES'],
});

/** "DCLT" */
export const CLT$K_IDENT = 0x544c4344;
export const CLT$K_VERSION = 2;

/** One name of a verb. */
export const VRB = structure('VRB', 0x0c, {
  0x00: ['VRB$L_SHORT', 'first four characters, blank filled: all that an abbreviation needs'],
  0x04: ['VRB$L_NAME', 'offset of the counted name'],
  0x08: ['VRB$L_COMMAND', 'offset of its command block'],
});

/** A verb or a syntax. */
export const CMD = structure('CMD', 0x1c, {
  0x00: ['CMD$L_NAME', 'offset of the counted name'],
  0x04: ['CMD$L_IMAGE', 'offset of the counted image name, 0 none'],
  0x08: ['CMD$L_ROUTINE', "offset of the counted name of DCL's routine, 0 none"],
  0x0c: ['CMD$L_PARAMETERS', 'offset of the first parameter, 0 none'],
  0x10: ['CMD$L_QUALIFIERS', 'offset of the first qualifier, 0 none'],
  0x14: ['CMD$L_DISALLOW', 'offset of the first disallowed combination, 0 none'],
  0x18: ['CMD$W_FLAGS', 'flag bits'],
  0x1a: ['CMD$B_MINPARM', 'parameters required'],
  0x1b: ['CMD$B_MAXPARM', 'parameters possible'],
}, {}, {
  CMD$V_PARAMETERS: ['CMD$W_FLAGS', 0],
  CMD$V_QUALIFIERS: ['CMD$W_FLAGS', 1],
  CMD$V_DISALLOWS: ['CMD$W_FLAGS', 2],
  CMD$V_ACTION: ['CMD$W_FLAGS', 3],
});

/** A parameter, qualifier or keyword. */
export const ENT = structure('ENT', 0x20, {
  0x00: ['ENT$L_NEXT', 'offset of the next entity, 0 last'],
  0x04: ['ENT$L_NAME', 'offset of the counted name (P1, or the word typed)'],
  0x08: ['ENT$L_LABEL', 'offset of the counted label that CLI$PRESENT asks for'],
  0x0c: ['ENT$L_PROMPT', 'offset of the counted prompt, 0 none'],
  0x10: ['ENT$L_DEFAULT', 'offset of the counted default value, 0 none'],
  0x14: ['ENT$L_KEYWORDS', 'offset of the first keyword its value may be, 0 none'],
  0x18: ['ENT$L_SYNTAX', 'offset of the command block that takes over, 0 none'],
  0x1c: ['ENT$W_FLAGS', 'flag bits'],
  0x1e: ['ENT$B_KIND', '1 parameter, 2 qualifier, 3 keyword'],
  0x1f: ['ENT$B_VALTYPE', 'type of the value'],
}, {}, {
  ENT$V_VALUE: ['ENT$W_FLAGS', 0],
  ENT$V_REQUIRED: ['ENT$W_FLAGS', 1],
  ENT$V_LIST: ['ENT$W_FLAGS', 2],
  ENT$V_NEGATABLE: ['ENT$W_FLAGS', 3],
  ENT$V_DEFAULT: ['ENT$W_FLAGS', 4],
  ENT$V_BATCH: ['ENT$W_FLAGS', 5],
  ENT$V_LOCAL: ['ENT$W_FLAGS', 6],
  ENT$V_POSITIONAL: ['ENT$W_FLAGS', 7],
  ENT$V_CONCATENATE: ['ENT$W_FLAGS', 8],
  ENT$V_IMPCAT: ['ENT$W_FLAGS', 9],
});

export const ENT$K_PARAMETER = 1;
export const ENT$K_QUALIFIER = 2;
export const ENT$K_KEYWORD = 3;

/** Value types, in the order of their codes. */
export const VALUE_TYPES = [
  '', '$FILE', '$INFILE', '$OUTFILE', '$NUMBER', '$QUOTED_STRING', '$REST_OF_LINE', '$DATETIME', '$DELTATIME', '$ACL',
  '$EXPRESSION', '$UIC', '$PROTECTION', '$PRIVILEGE', '$PROCESS', '$DEVICE', '$NODE', '$SYMBOL', '$LABEL',
] as const;

/** One DISALLOW expression: operator, operands. Operands of a path are offsets of counted names, else of further nodes. */
export const EXP = structure('EXP', 0x08, {
  0x00: ['EXP$L_NEXT', 'offset of the next DISALLOW of the command, 0 last'],
  0x04: ['EXP$W_COUNT', 'operands: longwords that follow'],
  0x06: ['EXP$B_OPERATOR', '1 path, 2 NOT, 3 AND, 4 OR, 5 NEG, 6 ANY2'],
  0x07: ['EXP$B_SPARE', 'not used'],
});

export const EXP_OPERATORS = ['', 'PATH', 'NOT', 'AND', 'OR', 'NEG', 'ANY2'] as const;
