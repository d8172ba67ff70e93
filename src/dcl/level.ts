/**
 * What VMS V4.4 did not have: refused after SET CLI/LEVEL=4.4 as its DCL refused it, for those who test procedures against it.
 * @source dcl-language.md 7, dcl-lexicals.md (marks V5 to V8). choice: CALL is counted as V5, GOSUB as V4.4.
 */
export const LATER_VERBS: ReadonlySet<string> = new Set(['CALL', 'ELSE', 'ENDIF', 'ENDSUBROUTINE', 'PIPE', 'SUBROUTINE', 'THEN']);

export const LATER_FUNCTIONS: ReadonlySet<string> = new Set([
  'F$CONTEXT', 'F$CSID', 'F$CUNITS', 'F$DELTA_TIME', 'F$DEVICE', 'F$FID_TO_NAME', 'F$GETQUI', 'F$LICENSE', 'F$MATCH_WILD', 'F$MULTIPATH', 'F$UNIQUE',
]);

/** F$ENVIRONMENT items. */
export const LATER_ENVIRONMENT: ReadonlySet<string> = new Set(['DISIMAGE', 'RESTRICTED', 'VERB_SCOPE', 'VERIFY_PREFIX']);

/** F$FILE_ATTRIBUTES items. */
export const LATER_ATTRIBUTES: ReadonlySet<string> = new Set(['AI', 'BI', 'DIRECTORY', 'ERASE', 'FILE_LENGTH_HINT', 'JOURNAL_FILE', 'LOCKED', 'RU', 'STORED_SEMANTICS', 'VERLIMIT']);

/** Deepest command level. @source dcl-language.md section 6 */
export const DEEPEST_LEVEL = 32;
export const DEEPEST_LEVEL_V4 = 16;
/** CLI$_STKOVF as V4.4 worded it. @source dcl-language.md section 6 */
export const STKOVF_V4 = 'command procedures too deeply nested - limit to 16 levels';
