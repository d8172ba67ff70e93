import { cells, gap, structure } from '../executive/structures/structure.js';

/**
 * Everything DCL keeps in P1 space. The book gives no layout for it beyond two facts: the process permanent data region
 * (PPD) lies at CTL$AG_CLIDATA and is shared with LOGINOUT, and the address of the CLI symbol table stands at
 * CTL$AG_CLIDATA + 10 (hex). All other offsets are our own choice; SDA formats them from these tables.
 * @source book 23.2.4, Table F-5; digest ch23 1.2
 */

/** Process permanent data region: written by LOGINOUT, read by the CLI. A nonzero size tells LOGINOUT that the process is logged in. */
export const PPD = structure('PPD', 0x80, {
  0x00: ['PPD$W_SIZE', 'size of this region; 0 before login'],
  0x02: ['PPD$B_NPROCS', 'number of login procedures (logical names PROC0, PROC1 ...)'],
  0x03: ['PPD$B_JOBTYPE', 'job type, as in JIB$B_JOBTYPE'],
  0x04: ['PPD$L_FLAGS', 'flag bits'],
  0x08: ['PPD$L_PRC', "address of the CLI's process work area"],
  0x0c: ['PPD$L_PRCSIZE', 'its size in bytes'],
  0x10: ['PPD$L_SYMTBL', 'address of the CLI symbol table pages (CLISYMTBL)'],
  0x14: ['PPD$L_SYMTBLSIZE', 'their size in bytes'],
  0x18: ['PPD$W_INPIFI', 'internal file identifier of SYS$INPUT'],
  0x1a: ['PPD$W_INPISI', 'internal stream identifier of SYS$INPUT, 0 when not yet connected'],
  0x1c: ['PPD$W_OUTIFI', 'internal file identifier of SYS$OUTPUT'],
  0x1e: ['PPD$W_OUTISI', 'internal stream identifier of SYS$OUTPUT, 0 when not yet connected'],
  0x20: ['PPD$L_LSTSTATUS', 'last $STATUS, for the final status of the process'],
  0x24: ['PPD$L_INPDEV', 'device characteristics of SYS$INPUT (FAB$L_DEV)'],
  0x28: ['PPD$L_OUTDEV', 'device characteristics of SYS$OUTPUT (FAB$L_DEV)'],
  0x2c: ['PPD$L_TABLES', 'address of the command tables (CTL$GL_CLITABLE)'],
  0x30: ['PPD$T_INPDVI', 16, 'device of SYS$INPUT (counted), when it is a file'],
  0x40: ['PPD$T_INPFID', 6, 'its file ID'],
  0x46: ['PPD$W_CMDIFI', 'internal file identifier of SYS$COMMAND, 0 when it is SYS$INPUT'],
  0x48: ['PPD$W_CMDISI', 'its stream identifier'],
  0x4a: gap(0x36, 'not used'),
}, {}, {
  PPD$V_CAPTIVE: ['PPD$L_FLAGS', 0],
  PPD$V_NOCTLY: ['PPD$L_FLAGS', 1],
  PPD$V_SUBPROCESS: ['PPD$L_FLAGS', 2],
  PPD$V_VERIFY: ['PPD$L_FLAGS', 3],
  PPD$V_QUIET: ['PPD$L_FLAGS', 4],
  PPD$V_QUEUED: ['PPD$L_FLAGS', 5],
  PPD$V_RESTART: ['PPD$L_FLAGS', 6],
  PPD$V_UNSEEN: ['PPD$L_FLAGS', 7],
});

/** DCL's process work area: what outlives a command, once per process. Lies behind the PPD in the CLI data pages. */
export const PRC = cells('PRC', [
  ['PRC$L_IDF', 'frame of the current command level (IDF)'],
  ['PRC$L_GLOBALS', 'global symbol table (SYT)'],
  ['PRC$L_KEYS', 'first key definition (KEY), 0 none'],
  ['PRC$L_FILES', 'first file opened by OPEN (PPF), 0 none'],
  ['PRC$L_SEARCHES', 'first context of F$SEARCH, 0 none'],
  ['PRC$L_RESULT', 'parse result of the command that activated the current image (RPW), 0 none'],
  ['PRC$L_FLAGS', 'flag bits'],
  ['PRC$L_STATUS', '$STATUS'],
  ['PRC$W_CTRLMASK', 'characters enabled by SET CONTROL: bit 25 is CTRL/Y in a longword mask; here 0 T, 1 Y, 2 C'],
  ['PRC$W_DEPTH', 'command level: 0 interactive, 1 first procedure ...'],
  ['PRC$W_OUTISI', 'stream identifier of the current SYS$OUTPUT'],
  ['PRC$W_OUTIFI', 'file identifier of the current SYS$OUTPUT'],
  ['PRC$L_INPRAB', 'RAB of the input of level 0'],
  ['PRC$L_OUTRAB', 'RAB of SYS$OUTPUT of level 0'],
  ['PRC$L_CMDRAB', 'RAB of SYS$COMMAND: that of the input of level 0, unless LOGINOUT opened a file of its own'],
  ['PRC$L_CURPC', 'PC of an interrupted image'],
  ['PRC$L_CURPSL', 'PSL of an interrupted image'],
  ['PRC$L_CURSP', 'supervisor stack where that image was interrupted'],
  ['PRC$L_RESTARTFP', 'frame of the main loop, to which an image exit returns'],
  ['PRC$L_PENDING', 'command to execute after the interrupted image is gone (STR), 0 none'],
  ['PRC$L_RUNIMAGE', 'DCL$RUN_IMAGE'],
  ['PRC$L_UNWIND', 'DCL$UNWIND'],
  ['PRC$L_EXITHANDLER', 'DCL$EXIT_HANDLER'],
  ['PRC$L_CALLBACK', 'DCL$CALLBACK'],
  ['PRC$L_ATTENTION', 'DCL$ATTENTION, the CTRL/Y AST routine'],
  ['PRC$L_SETMSGMASK', 'DCL$SETMSGMASK'],
  ['PRC$L_EXITIMAGE', 'DCL$EXIT_IMAGE'],
  ['PRC$L_OUTBAND', 'DCL$OUT_OF_BAND, the CTRL/T AST routine'],
  ['PRC$L_ATTACHAST', 'DCL$ATTACH_AST'],
  ['PRC$L_TERMAST', 'DCL$TERMINATION_AST'],
  ['PRC$L_KEYOWNER', 'DCL$KEYBOARD_OWNER'],
  ['PRC$L_SETPRIVILEGES', 'DCL$IMAGE_PRIVILEGES'],
  ['PRC$Q_IMAGEPRIV', 'privileges of an interrupted image, taken away while commands are typed'],
  ['PRC$L_SPAWNED', 'first spawned process (SPB), 0 none'],
  ['PRC$L_SPAWNCMD', 'command of SPAWN, in the subprocess (STR), 0 none (left)'],
  ['PRC$W_ATTCHAN', 'channel of the attach request mailbox, 0 none'],
  ['PRC$W_SPARE3', 'not used'],
  ['PRC$L_RECALLED', 'command RECALL puts on the next line (STR), 0 none'],
  ['PRC$W_TTCHAN', 'channel of the terminal, 0 none'],
  ['PRC$W_NAMEDINP', 'file identifier that the supervisor mode name SYS$INPUT has, 0 when there is no such name'],
  ['PRC$W_NAMEDOUT', 'the same for SYS$OUTPUT and SYS$ERROR'],
  ['PRC$W_SPARE', 'not used'],
  ['PRC$L_REDIRECT', 'stream of DEFINE SYS$OUTPUT file, 0 none'],
  ['PRC$W_REDIRIFI', 'its file identifier'],
  ['PRC$W_SPARE2', 'not used'],
  ['PRC$L_IOBUF', 'record buffer (STR)'],
  ['PRC$L_EXITBLK', 4 * 4, "exit control block of DCL's exit handler"],
  ['PRC$L_EXITSTS', 'final status of the image, stored by $EXIT'],
  ['PRC$L_RECALLHEAD', 'RECALL ring: offset behind the newest entry'],
  ['PRC$L_RECALLCNT', 'RECALL ring: entries'],
  ['PRC$T_PROMPT', 64, 'counted prompt string'],
  ['PRC$T_CONTPROMPT', 8, 'counted prompt of continuation lines'],
  ['PRC$T_KEYSTATE', 32, 'counted name of the current key state'],
  ['PRC$T_PREFIX', 68, 'counted SET PREFIX control string'],
  ['PRC$A_RECALL', 2048, 'RECALL ring: counted strings, newest last'],
  ['PRC$L_CONTEXTS', 'first selection of F$CONTEXT, 0 none'],
  ['PRC$L_UNIQUE', 'calls of F$UNIQUE'],
  ['PRC$L_TABLEGEN', 'how often SET COMMAND has changed the command table: lines compiled before are of no use'],
  ['PRC$L_TABLEBLOCKS', 'first of the blocks with what SET COMMAND has added (STR), 0 none'],
  ['PRC$L_DEVSCANS', 'searches of F$DEVICE (STR), 0 none'],
], {
  PRC$V_VERIFYPROC: ['PRC$L_FLAGS', 0],
  PRC$V_VERIFYIMAGE: ['PRC$L_FLAGS', 1],
  PRC$V_IMAGEACTIVE: ['PRC$L_FLAGS', 2],
  PRC$V_INTERRUPTED: ['PRC$L_FLAGS', 3],
  PRC$V_CTRLY: ['PRC$L_FLAGS', 4],
  PRC$V_NOVERBSYM: ['PRC$L_FLAGS', 5],
  PRC$V_LOGOUT: ['PRC$L_FLAGS', 6],
  PRC$V_PROMPTCR: ['PRC$L_FLAGS', 7],
  PRC$V_SEVERITYSET: ['PRC$L_FLAGS', 8],
  PRC$V_DETACHED: ['PRC$L_FLAGS', 9],
  PRC$V_ONECOMMAND: ['PRC$L_FLAGS', 10],
  PRC$V_STARTBEHIND: ['PRC$L_FLAGS', 11],
  PRC$V_PRIVIMAGE: ['PRC$L_FLAGS', 12],
  PRC$V_STRICT: ['PRC$L_FLAGS', 13],
  PRC$V_HANGUP: ['PRC$L_FLAGS', 14],
});

/** Where DCL finds everything else: the head of the CLI symbol table pages. */
export const STG = structure('STG', 0x20, {
  0x00: ['STG$L_SIZE', 'bytes in the symbol table pages'],
  0x04: ['STG$L_FREE', 'first free block, in address order; 0 none'],
  0x08: ['STG$L_FREESIZE', 'size of the listhead as a free block: 0'],
  0x0c: ['STG$L_FREEBYTES', 'bytes free'],
  0x10: ['STG$L_BASE', 'first byte that can be allocated'],
  0x14: gap(0xc, 'not used'),
});

/** A free block of the symbol table pages. */
export const FRE = structure('FRE', 8, {
  0x00: ['FRE$L_FLINK', 'next free block at a higher address, 0 last'],
  0x04: ['FRE$L_SIZE', 'bytes'],
});

/** Symbol table header: hash buckets follow. One per command level (local symbols, labels) and one global. */
export const SYT = structure('SYT', 0x18, {
  0x00: ['SYT$L_OUTER', 'table of the next outer level, 0 none'],
  0x04: ['SYT$L_ABBREV', 'first symbol defined with an abbreviation (*), 0 none'],
  0x08: ['SYT$W_SIZE', 'size of this block'],
  0x0a: ['SYT$B_TYPE', 'structure type'],
  0x0b: ['SYT$B_FLAGS', 'flag bits'],
  0x0c: ['SYT$L_COUNT', 'symbols in the table'],
  0x10: ['SYT$L_BUCKETS', 'hash buckets, a power of two'],
  0x14: ['SYT$L_ARRAY', 'address of the bucket array'],
}, {}, {
  SYT$V_GLOBAL: ['SYT$B_FLAGS', 0],
});

/** A symbol. The name follows at +1C, the string value behind the name. */
export const SYM = structure('SYM', 0x1c, {
  0x00: ['SYM$L_FLINK', 'next symbol of the bucket or abbreviation list, 0 last'],
  0x04: ['SYM$L_HASH', 'hash of the name'],
  0x08: ['SYM$W_SIZE', 'size of this block'],
  0x0a: ['SYM$B_TYPE', 'structure type'],
  0x0b: ['SYM$B_KIND', '1 integer, 2 string'],
  0x0c: ['SYM$L_VALUE', 'integer value'],
  0x10: ['SYM$W_VALLEN', 'bytes of string value'],
  0x12: ['SYM$B_NAMELEN', 'characters of the name'],
  0x13: ['SYM$B_ABBREV', 'characters that must be typed, 0 all of them'],
  0x14: ['SYM$L_TABLE', 'table (SYT) that holds the symbol'],
  0x18: ['SYM$L_SPARE', 'not used'],
});

/** Frame of a command level: level 0 and one for every procedure (@) and CALL. */
export const IDF = structure('IDF', 0x148, {
  0x00: ['IDF$L_LINK', 'frame of the next outer level, 0 at level 0'],
  0x04: ['IDF$L_SYMBOLS', 'local symbol table (SYT)'],
  0x08: ['IDF$W_SIZE', 'size of this block'],
  0x0a: ['IDF$B_TYPE', 'structure type'],
  0x0b: ['IDF$B_LEVEL', 'command level number'],
  0x0c: ['IDF$L_FLAGS', 'flag bits'],
  0x10: ['IDF$L_LABELS', 'labels seen so far (SYT; the value is an RFA)'],
  0x14: ['IDF$L_RAB', 'RAB of the input'],
  0x18: ['IDF$L_OUTRAB', 'RAB of /OUTPUT, 0 when output is inherited'],
  0x1c: ['IDF$L_FILESPEC', 'counted specification of the procedure (STR), 0 none'],
  0x20: ['IDF$L_ONACTION', 'command of ON WARNING, ERROR or SEVERE_ERROR (STR), 0 the default'],
  0x24: ['IDF$L_CTRLYACTION', 'command of ON CONTROL_Y (STR), 0 none'],
  0x28: ['IDF$B_ONSEVERITY', 'severity that triggers: 0 warning, 2 error, 4 severe error'],
  0x29: ['IDF$B_IFDEPTH', 'open block IFs'],
  0x2a: ['IDF$B_GOSUBDEPTH', 'open GOSUBs'],
  0x2b: ['IDF$B_SCOPE', 'SET SYMBOL/SCOPE: 0 NOLOCAL, 1 NOGLOBAL, 2 NOLOCAL/VERB, 3 NOGLOBAL/VERB'],
  0x2c: ['IDF$T_RECORD', 6, 'RFA of the first record of the current command'],
  0x32: ['IDF$T_LASTRECORD', 6, 'RFA of the last record read'],
  0x38: ['IDF$L_PUSHBACK', 'record read but not yet used (STR), 0 none'],
  0x3c: ['IDF$L_CALLLABEL', 'SUBROUTINE label of a CALL level (STR), 0 none'],
  0x40: ['IDF$L_STATUS', 'status an EXIT of this level gave'],
  0x44: ['IDF$W_INPIFI', 'file identifier of the input'],
  0x46: ['IDF$W_OUTIFI', 'file identifier of /OUTPUT'],
  0x48: ['IDF$L_SKIPTO', 'what a false block IF or a SUBROUTINE passes over: 0 nothing, 1 to ELSE or ENDIF, 2 to ENDIF, 3 to ENDSUBROUTINE'],
  0x4c: ['IDF$L_SKIPDEPTH', 'block IFs (or SUBROUTINEs) opened while passing over'],
  0x50: ['IDF$A_IFSTACK', 16, 'one byte a block IF: 1 THEN part runs, 2 ELSE part runs'],
  0x60: ['IDF$A_GOSUBSTACK', 16 * 8, 'RFA of the GOSUB command, IFDEPTH then'],
  0xe0: ['IDF$T_PARAMETERS', 0x48, 'not used'],
  0x128: ['IDF$L_PIPE', 'what is left of a PIPE command whose current part runs (STR), 0 no PIPE'],
  0x12c: ['IDF$L_PIPEOUT', 'IDF$L_OUTRAB before > or 2> of that part'],
  0x130: ['IDF$W_PIPEOUTIFI', 'IDF$W_OUTIFI likewise'],
  0x132: ['IDF$W_PIPEINPIFI', 'file identifier of its < file, 0 none'],
  0x134: ['IDF$L_PIPEINP', 'RAB of its < file, 0 none'],
  0x138: ['IDF$L_RESERVED', 0x10, 'not used'],
}, {}, {
  IDF$V_NOON: ['IDF$L_FLAGS', 0],
  IDF$V_TERMINAL: ['IDF$L_FLAGS', 1],
  IDF$V_CALL: ['IDF$L_FLAGS', 2],
  IDF$V_EOF: ['IDF$L_FLAGS', 3],
  IDF$V_VERIFYPROC: ['IDF$L_FLAGS', 4],
  IDF$V_IFPENDING: ['IDF$L_FLAGS', 5],
  IDF$V_IFTRUE: ['IDF$L_FLAGS', 6],
  IDF$V_DECK: ['IDF$L_FLAGS', 7],
  IDF$V_EXITSET: ['IDF$L_FLAGS', 8],
  IDF$V_CTRLYSET: ['IDF$L_FLAGS', 9],
  IDF$V_INTERRUPT: ['IDF$L_FLAGS', 10],
  IDF$V_PIPE: ['IDF$L_FLAGS', 11],
  IDF$V_PIPEFILE: ['IDF$L_FLAGS', 12],
  IDF$V_JUMPED: ['IDF$L_FLAGS', 13],
});

/** A string kept in the symbol table pages: text follows the header. */
export const STR = structure('STR', 12, {
  0x00: ['STR$L_FLINK', 'next string of a list, 0 last'],
  0x04: ['STR$L_LENGTH', 'characters'],
  0x08: ['STR$W_SIZE', 'size of this block'],
  0x0a: ['STR$B_TYPE', 'structure type'],
  0x0b: ['STR$B_SPARE', 'not used'],
});

/** A file opened by OPEN: the logical name follows, counted. */
export const PPF = structure('PPF', 0x58 - 0x34, {
  0x00: ['PPF$L_FLINK', 'next open file, 0 last'],
  0x04: ['PPF$L_RAB', 'its RAB'],
  0x08: ['PPF$W_SIZE', 'size of this block'],
  0x0a: ['PPF$B_TYPE', 'structure type'],
  0x0b: ['PPF$B_FLAGS', 'flag bits'],
  0x0c: ['PPF$W_IFI', 'internal file identifier'],
  0x0e: ['PPF$W_ISI', 'internal stream identifier'],
  0x10: ['PPF$L_DEV', 'device characteristics'],
  0x14: ['PPF$T_NAME', 16, 'not used; the counted name follows the structure'],
}, {}, {
  PPF$V_READ: ['PPF$B_FLAGS', 0],
  PPF$V_WRITE: ['PPF$B_FLAGS', 1],
  PPF$V_INDEXED: ['PPF$B_FLAGS', 2],
});

/** A spawned process, from its creation to its termination message. The counted process name follows. */
export const SPB = structure('SPB', 0x24, {
  0x00: ['SPB$L_FLINK', 'next spawned process, 0 last'],
  0x04: ['SPB$L_PID', 'its extended PID'],
  0x08: ['SPB$W_SIZE', 'size of this block'],
  0x0a: ['SPB$B_TYPE', 'structure type'],
  0x0b: ['SPB$B_FLAGS', 'flag bits'],
  0x0c: ['SPB$W_TRMCHAN', 'channel of the termination mailbox, which up to four processes share'],
  0x0e: ['SPB$W_COMCHAN', 'channel of the communication mailbox while the context is passed'],
  0x10: ['SPB$L_FINALSTS', 'final status, when it ended that early'],
  0x14: ['SPB$B_EFN', 'event flag of LIB$SPAWN'],
  0x15: gap(3, 'not used'),
  0x18: ['SPB$L_ASTADR', 'AST routine of LIB$SPAWN, 0 none'],
  0x1c: ['SPB$L_ASTPRM', 'its parameter'],
  0x20: ['SPB$L_STATUSADR', 'where LIB$SPAWN wants the final status, 0 nowhere'],
}, {}, {
  SPB$V_WAIT: ['SPB$B_FLAGS', 0],
  SPB$V_NOTIFY: ['SPB$B_FLAGS', 1],
  SPB$V_SETEF: ['SPB$B_FLAGS', 2],
  SPB$V_STARTING: ['SPB$B_FLAGS', 3],
  SPB$V_ENDED: ['SPB$B_FLAGS', 4],
  SPB$V_PIPE: ['SPB$B_FLAGS', 5],
});

/** A key definition: counted key name, state, set-state and string follow. */
export const KEY = structure('KEY', 12, {
  0x00: ['KEY$L_FLINK', 'next definition, 0 last'],
  0x04: ['KEY$L_FLAGS', 'flag bits'],
  0x08: ['KEY$W_SIZE', 'size of this block'],
  0x0a: ['KEY$B_TYPE', 'structure type'],
  0x0b: ['KEY$B_SPARE', 'not used'],
}, {}, {
  KEY$V_ECHO: ['KEY$L_FLAGS', 0],
  KEY$V_TERMINATE: ['KEY$L_FLAGS', 1],
  KEY$V_LOCK: ['KEY$L_FLAGS', 2],
  KEY$V_ERASE: ['KEY$L_FLAGS', 3],
  KEY$V_SETSTATE: ['KEY$L_FLAGS', 4],
});

/** The parse result that CLI$PRESENT and CLI$GET_VALUE read: RPE entries follow, each on a longword boundary. */
export const RPW = structure('RPW', 0x1c, {
  0x00: ['RPW$L_LINE', 'offset of the counted (word) command line'],
  0x04: ['RPW$L_COUNT', 'entries'],
  0x08: ['RPW$W_SIZE', 'size of this block'],
  0x0a: ['RPW$B_TYPE', 'structure type'],
  0x0b: ['RPW$B_SPARE', 'not used'],
  0x0c: ['RPW$L_FIRST', 'offset of the first entry'],
  0x10: ['RPW$L_VERB', 'offset of the counted verb name'],
  0x14: ['RPW$L_COMMAND', 'offset of the counted foreign command tail, 0 none'],
  0x18: ['RPW$W_PARAMETER', 'number (from 1) of the parameter CLI$GET_VALUE gave a value of last, 0 none yet'],
  0x1a: ['RPW$W_ELEMENT', 'number (from 1) of that value: positional qualifiers mean it'],
});

/** One entity of a parse result: its counted label and word-counted values follow. */
export const RPE = structure('RPE', 0x14, {
  0x00: ['RPE$W_SIZE', 'size of this entry: the next one follows it'],
  0x02: ['RPE$B_KIND', '1 parameter, 2 qualifier, 3 keyword'],
  0x03: ['RPE$B_STATE', '0 absent, 1 present, 2 negated, 3 defaulted, 4 present locally, 5 negated locally'],
  0x04: ['RPE$W_PARENT', 'entry number (from 1) of the parameter or qualifier it belongs to, 0 the verb'],
  0x06: ['RPE$W_VALUES', 'values'],
  0x08: ['RPE$W_NEXT', 'value that CLI$GET_VALUE gives next, from 0'],
  0x0a: ['RPE$W_PARAMETER', 'entry number of the parameter a local qualifier stands behind, 0 none'],
  0x0c: ['RPE$W_LABEL', 'offset of the counted label in this entry'],
  0x10: ['RPE$W_ELEMENT', 'number (from 1) of the value in that parameter, 0 none'],
  0x12: ['RPE$B_POSITIONAL', '1: means only that value, when it stands behind one'],
  0x13: ['RPE$B_SPARE', 'not used'],
  0x0e: ['RPE$W_DATA', 'offset of the first value in this entry: delimiter byte, length word, text'],
});

export const DCL$C_SYT = 1;
export const DCL$C_SYM = 2;
export const DCL$C_IDF = 3;
export const DCL$C_STR = 4;
export const DCL$C_PPF = 5;
export const DCL$C_KEY = 6;
export const DCL$C_RPW = 7;
export const DCL$C_RAB = 8;
export const DCL$C_SPB = 9;
export const DCL$C_CTX = 10;
export const DCL$C_CLT = 11;

export const SYM$K_INTEGER = 1;
export const SYM$K_STRING = 2;

/** All structures, for SDA FORMAT. */
export const DCL_STRUCTURES = [PPD, PRC, STG, FRE, SYT, SYM, IDF, STR, PPF, SPB, KEY, RPW, RPE] as const;
