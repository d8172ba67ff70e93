import type { Microroutine } from '../gate/microroutine.js';
import { EXE$FORMAT_ACL, EXE$PARSE_ACL } from './acl-services.js';
import { EXE$CHKPRO } from './check-protection.js';
import { EXE$EXCMSG } from './excmsg.js';
import { EXE$FAO, EXE$FAOL } from './fao-service.js';
import { EXE$ERAPAT } from './erase-pattern.js';
import { GETJPI_AST_ROUTINES } from './getjpi-ast.js';
import { EXE$GETJPI } from './getjpi.js';
import { EXE$GETMSG } from './getmsg.js';
import { EXE$GETSYI } from './getsyi.js';
import { EXE$PUTMSG } from './putmsg.js';
import { RIGHTS_ROUTINES } from './rights-services.js';
import { GRANT_ROUTINES } from './grant-services.js';
import { JOB_CONTROLLER_ROUTINES } from './syssndjbc.js';
import { SEND_MESSAGE_ROUTINES } from './syssndmsg.js';
import { UAI_ROUTINES } from './uai-services.js';
import { EXE$ASCTIM, EXE$BINTIM, EXE$NUMTIM } from './time-services.js';

/** Formatting, messages, times, information about processes and the system: chapter 29. */
export const INFORMATION_ROUTINES: readonly Microroutine[] = [
  EXE$FAO, EXE$FAOL, EXE$NUMTIM, EXE$ASCTIM, EXE$BINTIM, EXE$GETMSG, EXE$PUTMSG, EXE$EXCMSG, EXE$GETJPI, ...GETJPI_AST_ROUTINES, EXE$GETSYI, EXE$CHKPRO, EXE$ERAPAT, EXE$PARSE_ACL, EXE$FORMAT_ACL,
  ...RIGHTS_ROUTINES, ...GRANT_ROUTINES, ...UAI_ROUTINES, ...JOB_CONTROLLER_ROUTINES, ...SEND_MESSAGE_ROUTINES,
];

export { buildSystemMessageSection, compileSystemMessages } from './system-messages.js';
