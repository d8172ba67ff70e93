/*
 * Status codes of STR$ procedures (facility 36). Values of the public $STRDEF.
 */

export const STR$_FATINTERR = 0x248044;
export const STR$_DIVBY_ZER = 0x24804c;
export const STR$_ILLSTRCLA = 0x248054;
export const STR$_STRIS_INT = 0x24805c;
export const STR$_WRONUMARG = 0x248064;
export const STR$_INSVIRMEM = 0x24806c;
export const STR$_STRTOOLON = 0x248074;
export const STR$_ERRFREDYN = 0x24807c;
export const STR$_TRU = 0x248200;
export const STR$_NOMATCH = 0x248208;
export const STR$_INVDELIM = 0x248210;
export const STR$_NOELEM = 0x248218;
export const STR$_NEGSTRLEN = 0x248401;
export const STR$_ILLSTRPOS = 0x248409;
export const STR$_ILLSTRSPE = 0x248411;
export const STR$_MATCH = 0x248419;
export const STR$_NORMAL = 0x1;
