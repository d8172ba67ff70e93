/**
 * The attributes of FDL: primary ones, their secondary ones, and what values those take. An attribute with `unused` is a part of the language that says
 * nothing about how a file is made on a disk here; it is checked and left alone.
 * @source Record Management Utilities, File Definition Language; HELP RMS, FDL equivalents
 */
export type ValueKind = 'number' | 'switch' | 'text' | 'word' | 'unused';

export interface PrimaryAttribute {
  /** The attribute has a number (AREA 0) or a text (TITLE "...") on its own line. */
  readonly qualifier: 'none' | 'number' | 'text';
  readonly secondary: Readonly<Record<string, ValueKind>>;
}

const NUMBERS = (...names: readonly string[]): Record<string, ValueKind> => Object.fromEntries(names.map((name) => [name, 'number']));
const SWITCHES = (...names: readonly string[]): Record<string, ValueKind> => Object.fromEntries(names.map((name) => [name, 'switch']));
const UNUSED = (...names: readonly string[]): Record<string, ValueKind> => Object.fromEntries(names.map((name) => [name, 'unused']));

const SEGMENTS = Array.from({ length: 8 }, (_, index) => [`SEG${index}_LENGTH`, `SEG${index}_POSITION`]).flat();

export const PRIMARY: Readonly<Record<string, PrimaryAttribute>> = {
  TITLE: { qualifier: 'text', secondary: {} },
  IDENT: { qualifier: 'text', secondary: {} },
  SYSTEM: { qualifier: 'none', secondary: UNUSED('DEVICE', 'SOURCE', 'TARGET') },
  FILE: {
    qualifier: 'none',
    secondary: {
      ...NUMBERS('ALLOCATION', 'BUCKET_SIZE', 'EXTENSION', 'GLOBAL_BUFFER_COUNT', 'MAX_RECORD_NUMBER'),
      ...SWITCHES('BEST_TRY_CONTIGUOUS', 'CONTIGUOUS', 'CREATE_IF', 'MAXIMIZE_VERSION', 'SUPERSEDE', 'TEMPORARY', 'DIRECTORY_ENTRY'),
      DEFAULT_NAME: 'text', NAME: 'text', ORGANIZATION: 'word', OWNER: 'text', PROTECTION: 'text',
      ...UNUSED(
        'CLUSTER_SIZE', 'CONTEXT', 'DEFERRED_WRITE', 'DELETE_ON_CLOSE', 'FILE_MONITORING', 'GLBUFF_CNT_V83', 'GLBUFF_FLAGS_V83', 'MT_BLOCK_SIZE', 'MT_CLOSE_REWIND',
        'MT_CURRENT_POSITION', 'MT_NOT_EOF', 'MT_OPEN_REWIND', 'MT_PROTECTION', 'NON_FILE_STRUCTURED', 'OUTPUT_FILE_PARSE', 'PRINT_ON_CLOSE', 'READ_CHECK', 'REVISION',
        'SEQUENTIAL_ONLY', 'SUBMIT_ON_CLOSE', 'TRUNCATE_ON_CLOSE', 'USER_FILE_OPEN', 'WINDOW_SIZE', 'WRITE_CHECK',
      ),
    },
  },
  RECORD: { qualifier: 'none', secondary: { ...NUMBERS('CONTROL_FIELD_SIZE', 'SIZE'), BLOCK_SPAN: 'switch', CARRIAGE_CONTROL: 'word', FORMAT: 'word' } },
  AREA: {
    qualifier: 'number',
    secondary: { ...NUMBERS('ALLOCATION', 'BUCKET_SIZE', 'EXTENSION'), ...SWITCHES('BEST_TRY_CONTIGUOUS', 'CONTIGUOUS'), ...UNUSED('EXACT_POSITIONING', 'POSITION', 'VOLUME') },
  },
  KEY: {
    qualifier: 'number',
    secondary: {
      ...NUMBERS('DATA_AREA', 'DATA_FILL', 'INDEX_AREA', 'INDEX_FILL', 'LEVEL1_INDEX_AREA', 'LENGTH', 'POSITION', 'PROLOG', ...SEGMENTS),
      ...SWITCHES('CHANGES', 'DATA_KEY_COMPRESSION', 'DATA_RECORD_COMPRESSION', 'DUPLICATES', 'INDEX_COMPRESSION', 'NULL_KEY'),
      NAME: 'text', NULL_VALUE: 'text', TYPE: 'word', ...UNUSED('COLLATING_SEQUENCE'),
    },
  },
  DATE: { qualifier: 'none', secondary: UNUSED('BACKUP', 'CREATION', 'EXPIRATION', 'REVISION') },
  ACCESS: { qualifier: 'none', secondary: UNUSED('BLOCK_IO', 'DELETE', 'GET', 'PUT', 'RECORD_IO', 'TRUNCATE', 'UPDATE') },
  SHARING: { qualifier: 'none', secondary: UNUSED('DELETE', 'GET', 'MULTISTREAM', 'PROHIBIT', 'PUT', 'UPDATE', 'USER_INTERLOCK') },
  CONNECT: {
    qualifier: 'none',
    secondary: UNUSED(
      'ASYNCHRONOUS', 'BLOCK_IO', 'BUCKET_CODE', 'BUCKET_IO', 'CONTEXT', 'END_OF_FILE', 'FAST_DELETE', 'FILL_BUCKETS', 'KEY_GREATER_EQUAL', 'KEY_GREATER_THAN', 'KEY_LIMIT',
      'KEY_OF_REFERENCE', 'LOCATE_MODE', 'LOCK_ON_READ', 'LOCK_ON_WRITE', 'MANUAL_UNLOCKING', 'MULTIBLOCK_COUNT', 'MULTIBUFFER_COUNT', 'NOLOCK', 'NONEXISTENT_RECORD', 'READ_AHEAD',
      'READ_REGARDLESS', 'TIMEOUT_ENABLE', 'TIMEOUT_PERIOD', 'TRUNCATE_ON_PUT', 'TT_CANCEL_CONTROL_O', 'TT_PROMPT', 'TT_PURGE_TYPE_AHEAD', 'TT_READ_NOECHO', 'TT_READ_NOFILTER',
      'TT_UPCASE_INPUT', 'UPDATE_IF', 'WAIT_FOR_RECORD', 'WRITE_BEHIND',
    ),
  },
  JOURNALING: { qualifier: 'none', secondary: UNUSED('AFTER_IMAGE', 'AFTER_NAME', 'AUDIT_TRAIL', 'AUDIT_NAME', 'BEFORE_IMAGE', 'BEFORE_NAME', 'RECOVERY_UNIT') },
  ANALYSIS_OF_AREA: { qualifier: 'number', secondary: UNUSED('RECLAIMED_SPACE') },
  ANALYSIS_OF_KEY: {
    qualifier: 'number',
    secondary: UNUSED(
      'DATA_FILL', 'DATA_KEY_COMPRESSION', 'DATA_RECORD_COMPRESSION', 'DATA_RECORD_COUNT', 'DATA_SPACE_OCCUPIED', 'DEPTH', 'DUPLICATES_PER_SIDR', 'INDEX_COMPRESSION', 'INDEX_FILL',
      'INDEX_SPACE_OCCUPIED', 'LEVEL1_RECORD_COUNT', 'LONGEST_RECORD_LENGTH', 'MEAN_DATA_LENGTH', 'MEAN_INDEX_LENGTH',
    ),
  },
};
