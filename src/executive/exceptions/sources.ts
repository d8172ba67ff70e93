import bugcheckText from './bugcheck.mar';
import { bugcheckSymbolSource } from './bugcheck-codes.js';
import errorLogText from './error-log.mar';
import exceptionText from './exception.mar';
import recoveryText from './recovery-block.mar';
import shutdownText from './shutdown.mar';
import searchText from './search.mar';

/** MACRO sources of this room, in the order in which they are assembled. */
export const EXCEPTION_SOURCES: readonly string[] = [bugcheckSymbolSource(), exceptionText, searchText, bugcheckText, shutdownText, recoveryText, errorLogText];
