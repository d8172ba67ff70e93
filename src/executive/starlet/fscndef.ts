/*
 * $FILESCAN item codes. Values of the public $FSCNDEF.
 */

// items
export const FSCN$_FILESPEC = 1;
export const FSCN$_NODE = 2;
export const FSCN$_DEVICE = 3;
export const FSCN$_ROOT = 4;
export const FSCN$_DIRECTORY = 5;
export const FSCN$_NAME = 6;
export const FSCN$_TYPE = 7;
export const FSCN$_VERSION = 8;

// flags
export const FSCN$V_NODE = 0;
export const FSCN$V_DEVICE = 1;
export const FSCN$V_ROOT = 2;
export const FSCN$V_DIRECTORY = 3;
export const FSCN$V_NAME = 4;
export const FSCN$V_TYPE = 5;
export const FSCN$V_VERSION = 6;
