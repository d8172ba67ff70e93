import type { Microroutine } from '../gate/microroutine.js';
import { EXE$CRELNM } from './crelnm.js';
import { EXE$CRELNT } from './crelnt.js';
import { EXE$DELLNM } from './dellnm.js';
import { EXE$CRELOG, EXE$DELLOG, EXE$TRNLOG } from './old-services.js';
import { LNM$SHOW_TABLE } from './show-table.js';
import { EXE$TRNLNM } from './trnlnm.js';

/** Logical names, chapter 28. */
export const NAMES_ROUTINES: readonly Microroutine[] = [
  EXE$CRELNM, EXE$CRELNT, EXE$DELLNM, EXE$TRNLNM, EXE$CRELOG, EXE$DELLOG, EXE$TRNLOG, LNM$SHOW_TABLE,
];

export { LNM$CREATE_NAME, LNM$CREATE_TABLE } from './create.js';
export { defineName } from './crelnm.js';
export { LNM$DELETE_HASH, LNM$DELETE_LNMB } from './delete.js';
export { LNM$INIT_SYSTEM } from './system-init.js';
export {
  LNM$CHANGE_GROUP, LNM$CREATE_JOB_TABLES, LNM$DELETE_JOB, LNM$INIT_PROCESS, LNM$RUNDOWN, LNM$SET_GROUP, groupTableName, jobTableName,
  processNamesOf,
} from './process-tables.js';
export { LNM$SEARCHLOG, LNM$SEARCH_ONE, translationWithIndex } from './search.js';
export { listNames, listedName, namesInTable, tableNameOf, type ListedName } from './listing.js';
export { LNM$FIRSTTAB, LNM$LOOKUP, LNM$SETUP, LNM$TABLE, processDirectory, processHashTable, systemDirectory, systemHashTable } from './table-name.js';
