/** $MNTDEF and $DMTDEF: items and flags of $MOUNT, flags of $DISMOU. @source public $MNTDEF, $DMTDEF */
export const MNT$_DEVNAM = 1;
export const MNT$_VOLNAM = 2;
export const MNT$_LOGNAM = 3;
export const MNT$_FLAGS = 4;
export const MNT$_ACCESSED = 5;
export const MNT$_BLOCKSIZE = 8;
export const MNT$_OWNER = 13;
export const MNT$_VPROT = 14;
export const MNT$_RECORDSIZ = 16;
export const MNT$_WINDOW = 17;
export const MNT$_EXTENSION = 18;

export const MNT$M_FOREIGN = 0x1;
export const MNT$M_GROUP = 0x2;
export const MNT$M_NOASSIST = 0x4;
export const MNT$M_NODISKQ = 0x8;
export const MNT$M_NOWRITE = 0x40;
export const MNT$M_OVR_IDENT = 0x200;
export const MNT$M_SHARE = 0x1000;
export const MNT$M_MESSAGE = 0x2000;
export const MNT$M_SYSTEM = 0x4000;
export const MNT$M_NOMNTVER = 0x8_0000;
export const MNT$M_NOREBUILD = 0x2000_0000;

export const DMT$M_NOUNLOAD = 0x1;
export const DMT$M_UNIT = 0x2;
export const DMT$M_ABORT = 0x4;
export const DMT$M_CLUSTER = 0x8;
