/*
 * Status codes of the job controller (facility 4). choice: JBC$_NORMAL apart, the numbers are ours: consecutive, in about alphabetical order.
 * No definition file was at hand, so do not expect them to match VMS.
 */

export const JBC$_NORMAL = 0x40001;
export const JBC$_ACCALREXI = 0x48002;
export const JBC$_ALLREADY = 0x4800a;
export const JBC$_DELACCESS = 0x48012;
export const JBC$_DUPCHARNAME = 0x4801a;
export const JBC$_EMPTYJOB = 0x48022;
export const JBC$_EXECUTING = 0x4802a;
export const JBC$_INCDSTQUE = 0x48032;
export const JBC$_INCFORMPAR = 0x4803a;
export const JBC$_INCOMPLETE = 0x48042;
export const JBC$_INVCHANAM = 0x4804a;
export const JBC$_INVDSTQUE = 0x48052;
export const JBC$_INVFORNAM = 0x4805a;
export const JBC$_INVFUNCOD = 0x48062;
export const JBC$_INVITMCOD = 0x4806a;
export const JBC$_INVMSG = 0x48072;
export const JBC$_INVPARLEN = 0x4807a;
export const JBC$_INVPARVAL = 0x48082;
export const JBC$_INVQUENAM = 0x4808a;
export const JBC$_ITMREMOVED = 0x48092;
export const JBC$_JOBNOTEXEC = 0x4809a;
export const JBC$_JOBQUEDIS = 0x480a2;
export const JBC$_JOBSCHED = 0x480aa;
export const JBC$_NODSTQUE = 0x480b2;
export const JBC$_NOOPENJOB = 0x480ba;
export const JBC$_NOPRIV = 0x480c2;
export const JBC$_NOQUESPACE = 0x480ca;
export const JBC$_NOSUCHCHAR = 0x480d2;
export const JBC$_NOSUCHFORM = 0x480da;
export const JBC$_NOSUCHJOB = 0x480e2;
export const JBC$_NOSUCHQUE = 0x480ea;
export const JBC$_NOTALLREQUE = 0x480f2;
export const JBC$_NOTASSIGN = 0x480fa;
export const JBC$_NOTMEANINGFUL = 0x48102;
export const JBC$_NOTSUPPORTED = 0x4810a;
export const JBC$_PRINTED = 0x48112;
export const JBC$_QUEDISABLED = 0x4811a;
export const JBC$_QUENOTIDLE = 0x48122;
export const JBC$_QUENOTMOD = 0x4812a;
export const JBC$_QUENOTSTOP = 0x48132;
export const JBC$_REFERENCED = 0x4813a;
export const JBC$_STARTED = 0x48142;
export const JBC$_STKNOTCHANGE = 0x4814a;
