import { structure } from './structure.js';

/**
 * Access control list entries, back to back in a file header or an ACL segment. choice: numbers of types and bits as in the public $ACEDEF,
 * ACE$C_DIRDEF as far as known; only these two types are used here.
 */
export const ACE = structure('ACE', 24, {
  0x00: ['ACE$B_SIZE', 'bytes of the entry'],
  0x01: ['ACE$B_TYPE', 'ACE$C_ type'],
  0x02: ['ACE$W_FLAGS', 'options'],
  0x04: ['ACE$L_ACCESS', 'access granted (KEYID); unused (DIRDEF)'],
  0x08: ['ACE$L_SYS_PROT', 'DIRDEF: access denied to the system; KEYID: the first identifier'],
  0x0c: ['ACE$L_OWN_PROT', 'DIRDEF: denied to the owner'],
  0x10: ['ACE$L_GRP_PROT', 'DIRDEF: denied to the group'],
  0x14: ['ACE$L_WOR_PROT', 'DIRDEF: denied to the world'],
}, { ACE$L_KEY: 0x08 }, {
  ACE$V_DEFAULT: ['ACE$W_FLAGS', 8], ACE$V_PROTECTED: ['ACE$W_FLAGS', 9], ACE$V_HIDDEN: ['ACE$W_FLAGS', 10], ACE$V_NOPROPAGATE: ['ACE$W_FLAGS', 11],
});

export const ACE$C_KEYID = 1;
export const ACE$C_DIRDEF = 9;
/** Bytes of a KEYID entry in front of its identifiers. */
export const ACE$K_KEYS = ACE.offset.ACE$L_KEY;
