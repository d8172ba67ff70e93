/** Modifier of a mailbox write: do not wait for room in a full mailbox. choice: bit 10, as later public $IODEF has it. */
export const IO$M_NORSWAIT = 0x400;
