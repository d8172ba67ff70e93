import { gap, structure } from './structure.js';

/**
 * Known file entry: one installed image. KFPB hash table by image name, list of its KFD. The counted file name follows. Paged pool;
 * lock INSTALL$KNOWN FILE. choice: the public $KFEDEF order. @source digest ch21 1.4
 */
export const KFE = structure('KFE', 48, {
  0x00: ['KFE$L_HSHLNK', 'next entry with the same hash, 0 ends'],
  0x04: ['KFE$L_KFELINK', 'next entry of the same KFD, 0 ends'],
  0x08: ['KFE$W_SIZE', 'structure size in bytes'],
  0x0a: ['KFE$B_TYPE', 'DYN$C_KFE'],
  0x0b: ['KFE$B_HSHIDX', 'hash index'],
  0x0c: ['KFE$L_KFD', 'device and directory block'],
  0x10: ['KFE$W_FLAGS', 'properties'],
  0x12: ['KFE$W_GBLSECCNT', 'global sections'],
  0x14: ['KFE$L_USECNT', 'activations'],
  0x18: ['KFE$L_WCB', 'window (installed open), or file ID number and sequence'],
  0x1c: ['KFE$L_IMGHDR', 'resident image header, or relative volume number'],
  0x20: ['KFE$Q_PROCPRIV', 'privileges installed with'],
  0x28: ['KFE$B_MATCHCTL', 'match control of a shareable image'],
  0x29: gap(1, 'unused'),
  0x2a: ['KFE$W_AMECOD', 'compatibility mode code'],
  0x2c: ['KFE$L_IDENT', 'match identification'],
}, { KFE$R_FID: [0x18, 6], KFE$W_FID_NUM: 0x18, KFE$W_FID_SEQ: 0x1a, KFE$W_FID_RVN: 0x1c }, {
  KFE$V_PROTECT: ['KFE$W_FLAGS', 0], KFE$V_LIM: ['KFE$W_FLAGS', 1], KFE$V_PROCPRIV: ['KFE$W_FLAGS', 2], KFE$V_OPEN: ['KFE$W_FLAGS', 3],
  KFE$V_HDRRES: ['KFE$W_FLAGS', 4], KFE$V_SHARED: ['KFE$W_FLAGS', 5], KFE$V_KFE_NAMING: ['KFE$W_FLAGS', 6],
  KFE$V_COMPRESS: ['KFE$W_FLAGS', 7], KFE$V_NOPURGE: ['KFE$W_FLAGS', 8], KFE$V_ACCOUNT: ['KFE$W_FLAGS', 9],
  KFE$V_WRITEABLE: ['KFE$W_FLAGS', 10], KFE$V_EXEONLY: ['KFE$W_FLAGS', 11],
});

/** Offset of the counted file name. */
export const KFE$T_FILNAM = KFE.size;

/**
 * Known file device and directory block, shared by all images installed from there. KFPB$L_KFDLST. The counted device and directory
 * string follows. Paged pool. choice: layout. @source digest ch21 1.4
 */
export const KFD = structure('KFD', 48, {
  0x00: ['KFD$L_LINK', 'next KFD, 0 ends'],
  0x04: ['KFD$L_KFELIST', 'first KFE'],
  0x08: ['KFD$W_SIZE', 'structure size in bytes'],
  0x0a: ['KFD$B_TYPE', 'DYN$C_KFD'],
  0x0b: gap(1, 'unused'),
  0x0c: ['KFD$W_REFCNT', 'KFEs'],
  0x0e: gap(2, 'unused'),
  0x10: ['KFD$L_DEVLEN', 'length of the device part'],
  0x14: ['KFD$L_DIRLEN', 'length of the directory part'],
  0x18: ['KFD$T_DVI', 16, 'device identification as in NAM$T_DVI, counted; empty for the images that came with the system'],
  0x28: ['KFD$R_DID', 6, 'directory identification'],
  0x2e: gap(2, 'unused'),
});

/** Offset of the counted device and directory string. */
export const KFD$T_DDTSTR = KFD.size;

/**
 * Known file pointer block: EXE$GL_KNOWN_FILES. Paged pool. choice: order of the two addresses. @source digest ch21 1.4
 */
export const KFPB = structure('KFPB', 16, {
  0x00: ['KFPB$L_KFDLST', 'first KFD, 0 for none'],
  0x04: ['KFPB$L_KFEHSHTAB', 'hash table of 128 longwords'],
  0x08: ['KFPB$W_SIZE', 'structure size in bytes'],
  0x0a: ['KFPB$B_TYPE', 'DYN$C_KFPB'],
  0x0b: gap(1, 'unused'),
  0x0c: ['KFPB$W_KFDLSTCNT', 'KFDs'],
  0x0e: ['KFPB$W_HSHTABLEN', 'entries of the hash table'],
});

/**
 * Resident image header: precedes the header of an image installed /HEADER_RESIDENT in one allocation; KFE$L_IMGHDR points behind it.
 * Paged pool. choice: layout. @source digest ch21 1.4
 */
export const KFRH = structure('KFRH', 16, {
  0x00: gap(8, 'unused'),
  0x08: ['KFRH$W_SIZE', 'structure size in bytes'],
  0x0a: ['KFRH$B_TYPE', 'DYN$C_KFRH'],
  0x0b: gap(1, 'unused'),
  0x0c: ['KFRH$W_HDRSIZE', 'bytes of header'],
  0x0e: ['KFRH$W_HDRVER', 'version of the header'],
});

/**
 * Image control block: one activated image. IAC$GL_WORK_LIST, then IAC$GL_IMAGE_LIST; never given back but kept on IAC$GL_ICBFL. P1
 * allocation region. choice: layout (the figure is lost); it holds what the book requires. @source digest ch21 1.3
 */
export const ICB = structure('ICB', 112, {
  0x00: ['ICB$L_FLINK', 'list forward link'],
  0x04: ['ICB$L_BLINK', 'list backward link'],
  0x08: ['ICB$W_SIZE', 'structure size in bytes'],
  0x0a: ['ICB$B_TYPE', 'DYN$C_KFE'],
  0x0b: ['ICB$B_ACT_CODE', 'main program, merged image or global image'],
  0x0c: ['ICB$B_ACCESS_MODE', 'access mode of the activation'],
  0x0d: gap(1, 'unused'),
  0x0e: ['ICB$W_CHAN', 'channel of the image file'],
  0x10: ['ICB$T_IMAGE_NAME', 40, 'image name, counted'],
  0x38: ['ICB$B_MATCH_CONTROL', 'match control'],
  0x39: gap(3, 'unused'),
  0x3c: ['ICB$L_IDENT', 'match identification'],
  0x40: ['ICB$L_FLAGS', 'flags'],
  0x44: ['ICB$L_STARTING_ADDRESS', 'first address of the image'],
  0x48: ['ICB$L_END_ADDRESS', 'last address of the image'],
  0x4c: ['ICB$L_INITIALIZE', 'initialization routine, 0 for none'],
  0x50: ['ICB$L_ACTIVE_SONS', 'images of this one still to initialize'],
  0x54: ['ICB$L_KFE', 'known file entry, 0 for none'],
  0x58: ['ICB$L_CONTEXT', 'chain of images being activated (circularity)'],
  0x5c: ['ICB$L_IHD', 'image header in the header buffer'],
  0x60: ['ICB$L_FIXUP', 'fixup vector section, 0 for none'],
  0x64: ['ICB$L_WCB', 'window of the image file'],
  0x68: ['ICB$L_BASE', 'base the image was linked at'],
  0x6c: ['ICB$L_PLV', 'privileged library vector of a protected image, 0 for none'],
}, {}, {
  ICB$V_INITIALIZE: ['ICB$L_FLAGS', 0], ICB$V_DONE: ['ICB$L_FLAGS', 1], ICB$V_CIRCULAR: ['ICB$L_FLAGS', 2],
  ICB$V_PROTECT: ['ICB$L_FLAGS', 3], ICB$V_OPEN: ['ICB$L_FLAGS', 4], ICB$V_MAIN: ['ICB$L_FLAGS', 5], ICB$V_FIXED: ['ICB$L_FLAGS', 6],
});
