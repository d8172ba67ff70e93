import { gap, structure } from '../../executive/structures/structure.js';

/**
 * Records of the queue file SYS$SYSTEM:JBCSYSQUE.DAT, each one block. Lists are linked by record numbers (virtual block numbers, 0 ends a list).
 * JOB_CONTROL has the whole file in its memory and writes the blocks it changes. choice: the layout is ours; the book calls the file's
 * contents private. Flags and states are those of $GETQUI. @source book 29.1.1
 */
export const RECORD_SIZE = 512;
/** 'JBCQ' */
export const SQH$K_MAGIC = 0x5143424a;
export const SQH$K_VERSION = 1;

/** Types of records, byte 0. */
export const REC$K_FREE = 0;
export const REC$K_HEADER = 1;
export const REC$K_QUEUE = 2;
export const REC$K_JOB = 3;
export const REC$K_FILE = 4;
export const REC$K_TEXT = 5;
export const REC$K_FORM = 6;
export const REC$K_CHARACTERISTIC = 7;

/** What all records begin with. */
export const REC = structure('REC', 8, {
  0x00: ['REC$B_TYPE', 'REC$K_...'],
  0x01: gap(1, 'spare'),
  0x02: ['REC$W_SEQ', 'counts the uses of the block'],
  0x04: ['REC$L_LINK', 'next record of its list'],
});

export const SQH = structure('SQH', RECORD_SIZE, {
  0x00: ['SQH$B_TYPE', 'REC$K_HEADER'],
  0x01: gap(1, 'spare'),
  0x02: ['SQH$W_VERSION', 'of the layout'],
  0x04: ['SQH$L_MAGIC', 'JBCQ'],
  0x08: ['SQH$L_RECORDS', 'blocks of the file in use or in the free list, this one included'],
  0x0c: ['SQH$L_FREE', 'first free record'],
  0x10: ['SQH$L_QUEUES', 'first queue, by name'],
  0x14: ['SQH$L_FORMS', 'first form, by number'],
  0x18: ['SQH$L_CHARACTERISTICS', 'first characteristic, by number'],
  0x1c: ['SQH$L_LASTENTRY', 'last entry number given'],
  0x20: ['SQH$L_OPENJOBS', 'jobs that are not closed yet'],
  0x24: ['SQH$L_ACCOUNTING', 'types of accounting records that are written, SJC$V_ACCT_...'],
  0x28: gap(RECORD_SIZE - 0x28, 'spare'),
});

/** Execution queues that a generic queue names. */
export const SMQ$K_TARGETS = 6;
export const SMQ$S_NAME = 32;

export const SMQ = structure('SMQ', RECORD_SIZE, {
  0x000: ['SMQ$B_TYPE', 'REC$K_QUEUE'],
  0x001: gap(1, 'spare'),
  0x002: ['SMQ$W_SEQ', ''],
  0x004: ['SMQ$L_LINK', 'next queue'],
  0x008: ['SMQ$T_NAME', SMQ$S_NAME, 'counted'],
  0x028: ['SMQ$L_FLAGS', 'QUI$M_QUEUE_BATCH ...'],
  0x02c: ['SMQ$L_STATUS', 'QUI$M_QUEUE_STOPPED ...'],
  0x030: ['SMQ$L_JOBS', 'first job; those that wait in the order in which they will run'],
  0x034: ['SMQ$W_JOBLIMIT', 'jobs at one time'],
  0x036: ['SMQ$W_PROTECTION', 'a set bit denies, as in files'],
  0x038: ['SMQ$L_OWNER', 'UIC'],
  0x03c: ['SMQ$L_CPUDEFAULT', '10 ms'],
  0x040: ['SMQ$L_CPULIMIT', '10 ms'],
  0x044: ['SMQ$L_WSDEFAULT', 'pages'],
  0x048: ['SMQ$L_WSQUOTA', 'pages'],
  0x04c: ['SMQ$L_WSEXTENT', 'pages'],
  0x050: ['SMQ$B_PRIORITY', 'base priority of its processes, external'],
  0x051: gap(3, 'spare'),
  0x054: ['SMQ$L_SMBPID', 'extended PID of its symbiont, 0 for none'],
  0x058: ['SMQ$W_SMBUNIT', 'unit of the symbiont\'s mailbox'],
  0x05a: ['SMQ$W_SMBCHAN', 'job controller\'s channel to it'],
  0x05c: ['SMQ$L_FORM', 'number of the mounted form'],
  0x060: ['SMQ$L_DEFAULTFORM', 'number of the form of jobs that name none'],
  0x064: ['SMQ$L_SIZEMIN', 'blocks'],
  0x068: ['SMQ$L_SIZEMAX', 'blocks; 0: any'],
  0x06c: ['SMQ$L_DEFAULTFLAGS', 'QUI$M_FILE_... of files that say nothing'],
  0x070: ['SMQ$T_DEVICE', 32, 'output device, counted'],
  0x090: ['SMQ$T_ASSIGNED', SMQ$S_NAME, 'queue a logical queue is assigned to, counted'],
  0x0b0: ['SMQ$T_PROCESSOR', 40, 'symbiont image, counted'],
  0x0d8: ['SMQ$A_TARGETS', SMQ$K_TARGETS * SMQ$S_NAME, 'names of execution queues, counted'],
  0x198: gap(RECORD_SIZE - 0x198, 'spare'),
});

export const SJH = structure('SJH', RECORD_SIZE, {
  0x000: ['SJH$B_TYPE', 'REC$K_JOB'],
  0x001: gap(1, 'spare'),
  0x002: ['SJH$W_SEQ', ''],
  0x004: ['SJH$L_LINK', 'next job of the queue'],
  0x008: ['SJH$L_ENTRY', 'entry number'],
  0x00c: ['SJH$L_QUEUE', 'queue it is in'],
  0x010: ['SJH$T_NAME', 40, 'counted'],
  0x038: ['SJH$T_USERNAME', 12, 'blank filled'],
  0x044: ['SJH$T_ACCOUNT', 8, 'blank filled'],
  0x04c: ['SJH$L_UIC', 'of who entered it'],
  0x050: ['SJH$Q_PRIV', 'privileges of who entered it'],
  0x058: ['SJH$L_FLAGS', 'QUI$M_JOB_NOTIFY ...'],
  0x05c: ['SJH$L_STATUS', 'QUI$M_JOB_EXECUTING ...; 0: pending'],
  0x060: ['SJH$Q_AFTER', 'time before which it must not run, 0 for none'],
  0x068: ['SJH$Q_SUBMITTED', 'time it was entered'],
  0x070: ['SJH$Q_STARTED', 'time it began to run'],
  0x078: ['SJH$L_PID', 'extended PID of the batch process; of who has it open'],
  0x07c: ['SJH$L_CONDITION', 'final status'],
  0x080: ['SJH$L_FILES', 'first file'],
  0x084: ['SJH$L_CURRENT', 'file that is executing, 0 before the first'],
  0x088: ['SJH$L_TEXTS', 'first text record: parameters, note, checkpoint'],
  0x08c: ['SJH$B_PRIORITY', 'among the jobs of the queue, 0 to 255'],
  0x08d: ['SJH$B_COPIES', 'of the whole job'],
  0x08e: ['SJH$B_DONE', 'copies done'],
  0x08f: gap(1, 'spare'),
  0x090: ['SJH$L_SIZE', 'blocks of its files'],
  0x094: ['SJH$L_CPULIMIT', '10 ms'],
  0x098: ['SJH$L_WSDEFAULT', 'pages'],
  0x09c: ['SJH$L_WSQUOTA', 'pages'],
  0x0a0: ['SJH$L_WSEXTENT', 'pages'],
  0x0a4: ['SJH$L_FORM', 'number of the form; -1: the queue\'s'],
  0x0a8: ['SJH$T_LOGQUEUE', SMQ$S_NAME, 'queue the log is printed on, counted'],
  0x0c8: ['SJH$T_CLI', 32, 'counted'],
  0x0e8: ['SJH$T_TERMINAL', 8, 'of who entered it, counted'],
  0x0f0: ['SJH$T_LOG', 256, 'log file, counted'],
  0x1f0: ['SJH$L_REQUEUE', 'queue it goes to when its process is gone, with QUI$M_JOB_REQUEUE'],
  0x1f4: gap(RECORD_SIZE - 0x1f4, 'spare'),
});

export const SQR = structure('SQR', RECORD_SIZE, {
  0x000: ['SQR$B_TYPE', 'REC$K_FILE'],
  0x001: gap(1, 'spare'),
  0x002: ['SQR$W_SEQ', ''],
  0x004: ['SQR$L_LINK', 'next file of the job'],
  0x008: ['SQR$L_FLAGS', 'QUI$M_FILE_DELETE ...'],
  0x00c: ['SQR$L_STATUS', 'QUI$M_FILE_EXECUTING ...'],
  0x010: ['SQR$B_COPIES', ''],
  0x011: ['SQR$B_DONE', 'copies done'],
  0x012: gap(2, 'spare'),
  0x014: ['SQR$L_FIRSTPAGE', ''],
  0x018: ['SQR$L_LASTPAGE', '0: to the end'],
  0x01c: ['SQR$T_FID', 28, 'device, file ID, directory ID; zeros when it was not given'],
  0x038: ['SQR$T_SPEC', 256, 'file specification, counted'],
  0x138: gap(RECORD_SIZE - 0x138, 'spare'),
});

/** Texts of a job: code byte (SJC$_ item), length byte, characters; a zero code ends a record. */
export const STX = structure('STX', RECORD_SIZE, {
  0x000: ['STX$B_TYPE', 'REC$K_TEXT'],
  0x001: gap(1, 'spare'),
  0x002: ['STX$W_SEQ', ''],
  0x004: ['STX$L_LINK', 'next text record of the job'],
  0x008: ['STX$A_DATA', RECORD_SIZE - 8, ''],
});

export const SFM = structure('SFM', RECORD_SIZE, {
  0x000: ['SFM$B_TYPE', 'REC$K_FORM'],
  0x001: gap(1, 'spare'),
  0x002: ['SFM$W_SEQ', ''],
  0x004: ['SFM$L_LINK', 'next form'],
  0x008: ['SFM$L_NUMBER', ''],
  0x00c: ['SFM$T_NAME', 32, 'counted'],
  0x02c: ['SFM$T_STOCK', 32, 'counted'],
  0x04c: ['SFM$L_FLAGS', 'QUI$M_FORM_...'],
  0x050: ['SFM$W_LENGTH', 'lines of a page'],
  0x052: ['SFM$W_WIDTH', 'characters of a line'],
  0x054: ['SFM$W_TOP', 'margins: lines'],
  0x056: ['SFM$W_BOTTOM', ''],
  0x058: ['SFM$W_LEFT', 'characters'],
  0x05a: ['SFM$W_RIGHT', ''],
  0x05c: ['SFM$T_DESCRIPTION', 256, 'counted'],
  0x15c: gap(RECORD_SIZE - 0x15c, 'spare'),
});

export const SQC = structure('SQC', RECORD_SIZE, {
  0x000: ['SQC$B_TYPE', 'REC$K_CHARACTERISTIC'],
  0x001: gap(1, 'spare'),
  0x002: ['SQC$W_SEQ', ''],
  0x004: ['SQC$L_LINK', 'next characteristic'],
  0x008: ['SQC$L_NUMBER', ''],
  0x00c: ['SQC$T_NAME', 32, 'counted'],
  0x02c: gap(RECORD_SIZE - 0x2c, 'spare'),
});

export type Queue = ReturnType<typeof SMQ.at>;
export type Job = ReturnType<typeof SJH.at>;
export type JobFile = ReturnType<typeof SQR.at>;
export type Form = ReturnType<typeof SFM.at>;
