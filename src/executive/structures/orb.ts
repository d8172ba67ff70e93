import { gap, structure } from './structure.js';

/**
 * Object rights block: protection of any protected object; xxx$L_ORB. Flags say which forms are used. Paged pool, or static for the
 * built-in devices.
 * @source book Figure E-13; digest appE
 */
export const ORB = structure('ORB', 88, {
  0x00: ['ORB$L_OWNER', 'owner UIC'],
  0x04: ['ORB$L_ACL_MUTEX', 'mutex for the ACL'],
  0x08: ['ORB$W_SIZE', 'structure size in bytes'],
  0x0a: ['ORB$B_TYPE', 'DYN$C_ORB = 73'],
  0x0b: ['ORB$B_FLAGS', 'says which forms are used: word or vector protection, ACL queue or descriptor'],
  0x0c: gap(2, 'unused'),
  0x0e: ['ORB$W_REFCOUNT', 'reference count'],
  0x10: ['ORB$L_MODE_PROTL', 'access mode protection'],
  0x14: ['ORB$L_MODE_PROTH', 'access mode protection, high part'],
  0x18: ['ORB$L_SYS_PROT', 'system protection vector, or the 16-bit SOGW protection word'],
  0x1c: ['ORB$L_OWN_PROT', 'owner protection'],
  0x20: ['ORB$L_GRP_PROT', 'group protection'],
  0x24: ['ORB$L_WOR_PROT', 'world protection'],
  0x28: ['ORB$L_ACLFL', 'ACL queue or count'],
  0x2c: ['ORB$L_ACLBL', 'backward link'],
  0x30: ['ORB$R_MIN_CLASS', 20, 'minimum classification'],
  0x44: ['ORB$R_MAX_CLASS', 20, 'maximum classification'],
}, {
  ORB$W_UICMEMBER: 0x0, ORB$W_UICGROUP: 0x2, ORB$B_MODE: 0x10, ORB$Q_MODE_PROT: 0x10, ORB$W_PROT: 0x18, ORB$L_ACL_COUNT: 0x28,
  ORB$L_ACL_DESC: 0x2c,
}, {
  ORB$V_PROT_16: ['ORB$B_FLAGS', 0], ORB$V_ACL_QUEUE: ['ORB$B_FLAGS', 1], ORB$V_MODE_VECTOR: ['ORB$B_FLAGS', 2],
  ORB$V_NOACL: ['ORB$B_FLAGS', 3], ORB$V_CLASS_PROT: ['ORB$B_FLAGS', 4],
});

/** Access control list segment: ACEs back to back from ACL$K_LENGTH on. ORB$L_ACLFL queue. Paged pool. @source book Figure E-1 */
export const ACL = structure('ACL', 12, {
  0x00: ['ACL$L_FLINK', 'next segment'],
  0x04: ['ACL$L_BLINK', 'previous segment'],
  0x08: ['ACL$W_SIZE', 'structure size in bytes'],
  0x0a: ['ACL$B_TYPE', 'DYN$C_ACL'],
  0x0b: gap(1, 'unused'),
});

/** Offset of the first ACE (ACL$L_LIST). */
export const ACL$K_LENGTH = ACL.size;
