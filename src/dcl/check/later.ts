/**
 * What procedures written for other systems may hold and we do not execute: no mistake, so CHECK passes over it.
 */

/** Verbs of layered products and of later versions, and programs that everybody's login procedure defines. */
export const FOREIGN_VERBS: ReadonlySet<string> = new Set([
  'ADA', 'APL', 'BASIC', 'BLISS', 'CC', 'CDD', 'CDO', 'CHECKSUM', 'CMS', 'COBOL', 'CXX', 'CXXLINK', 'DATATRIEVE', 'DIBOL', 'DTM', 'F77', 'F90', 'FMS', 'FORTRAN', 'JAVA',
  'LAT', 'LATCP', 'LICENSE', 'LISP', 'LSEDIT', 'MMS', 'MULTINET', 'NCL', 'NCP', 'NCS', 'OPS5', 'PASCAL', 'PCA', 'PIPE', 'PLI', 'PRODUCT', 'RDML', 'RDO', 'RPG', 'SCA', 'SDL', 'SQL',
  'SQLPRE', 'SYSMAN', 'TCPIP', 'TPU', 'UCX', 'VIEW',
  'BASH', 'BISON', 'BZIP2', 'FLEX', 'GAWK', 'GCC', 'GXX', 'GZIP', 'LATEX', 'LEX', 'LYNX', 'MAKE', 'MMK', 'PERL', 'PYTHON', 'SED', 'TAR', 'TEX', 'UNZIP', 'VMSTAR', 'YACC', 'ZIP',
]);

/** Functions of consoles and versions that a VAX of V4 has not. */
export const LATER_LEXICALS: ReadonlySet<string> = new Set(['F$GETENV', 'F$CLUSTER']);

/** Qualifiers of later versions of verbs we have: the command as a whole is not judged. */
export const LATER_QUALIFIERS = /\/(?:STYLE|PARSE_STYLE|SECURITY|CLASS|SYSEXE|NATIVE_ONLY|GST|DEMAND_ZERO|BPAGE|VMS|ALPHA|FIX_CHECKSUM|PAGES)\b/i;
