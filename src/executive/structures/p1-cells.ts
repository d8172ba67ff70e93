import { cells, gap, structure } from './structure.js';

/*
 * Named cells of P1 space, at fixed addresses. Reachable only while the process is current. @source digest appC C.3; digest appF Table F-5
 */

/** P1 pointer page; a permanent member of the working set. */
export const CTL$GL_VECTORS = 0x7ffefe00;

export const P1_CELLS = structure('CTL', 512, {
  0x00: ['CTL$GW_NMIOCH', 'number of I/O channels'],
  0x02: ['CTL$GW_CHINDX', 'maximum channel index'],
  0x04: ['CTL$GL_LNMHASH', 'process logical name hash table'],
  0x08: ['CTL$GL_LNMDIRECT', 'process logical name directory'],
  0x0c: ['CTL$GL_KSTKLIM', 'lowest address the kernel stack may grow to (name not legible in the book)'],
  0x10: ['CTL$AL_STACK', 16, 'initial KSP, ESP, SSP, USP'],
  0x20: ['CTL$GQ_LNMTBLCACHE', 'table name cache listhead'],
  0x28: ['CTL$GL_CMSUPR', 'change-mode-to-supervisor handler'],
  0x2c: ['CTL$GL_CMUSER', 'change-mode-to-user handler'],
  0x30: ['CTL$GL_CMHANDLR', 'compatibility mode handler'],
  0x34: ['CTL$AQ_EXCVEC', 32, 'primary and secondary exception vectors of the four modes'],
  0x54: ['CTL$GL_THEXEC', 'executive termination (exit) handler list'],
  0x58: ['CTL$GL_THSUPR', 'supervisor'],
  0x5c: ['CTL$GL_THUSER', 'user'],
  0x60: ['CTL$GQ_COMMON', 'descriptor of per-process common'],
  0x68: ['CTL$GL_GETMSG', 'per-process message dispatcher'],
  0x6c: ['CTL$AL_STACKLIM', 16, 'lowest stack address of each mode'],
  0x7c: ['CTL$GL_CTLBASVA', 'low end of permanent P1 space'],
  0x80: ['CTL$GL_IMGHDRBF', 'image header buffer'],
  0x84: ['CTL$GL_IMGLSTPTR', 'ICB list (debugger)'],
  0x88: ['CTL$GL_PHD', 'P1 window to the PHD'],
  0x8c: ['CTL$GQ_ALLOCREG', 'process allocation region listhead'],
  0x94: ['CTL$GQ_MOUNTLST', 'process mounted volume list'],
  0x9c: ['CTL$T_USERNAME', 12, 'user name, blank filled'],
  0xa8: ['CTL$T_ACCOUNT', 8, 'account, blank filled'],
  0xb0: ['CTL$GQ_LOGIN', 'process creation time'],
  0xb8: ['CTL$GL_FINALSTS', 'exit status of last image'],
  0xbc: ['CTL$GL_WSPEAK', 'peak working set'],
  0xc0: ['CTL$GL_VIRTPEAK', 'peak page file'],
  0xc4: ['CTL$GL_VOLUMES', 'mounted volumes'],
  0xc8: ['CTL$GQ_ISTART', 'image activation time'],
  0xd0: ['CTL$GL_ICPUTIM', 'CPU time at image start'],
  0xd4: ['CTL$GL_IFAULTS', 'faults at image start'],
  0xd8: ['CTL$GL_IFAULTIO', 'fault I/Os at start'],
  0xdc: ['CTL$GL_IWSPEAK', 'image WS peak'],
  0xe0: ['CTL$GL_IPAGEFL', 'image page file peak'],
  0xe4: ['CTL$GL_IDIOCNT', 'direct I/Os at start'],
  0xe8: ['CTL$GL_IBIOCNT', 'buffered I/Os at start'],
  0xec: ['CTL$GL_IVOLUMES', 'mounts at start'],
  0xf0: ['CTL$T_NODEADDR', 7, 'remote node address'],
  0xf7: ['CTL$T_NODENAME', 7, 'remote node name, counted'],
  0xfe: ['CTL$T_REMOTEID', 17, 'remote ID'],
  0x10f: gap(1, 'spare'),
  0x110: ['CTL$GQ_PROCPRIV', 'permanent process privileges'],
  0x118: ['CTL$GL_USRCHMK', 'per-process CHMK dispatcher'],
  0x11c: ['CTL$GL_USRCHME', 'per-process CHME dispatcher'],
  0x120: ['CTL$GL_POWERAST', 'power recovery AST'],
  0x124: ['CTL$GB_PWRMODE', 'its mode'],
  0x125: ['CTL$GB_SSFILTER', 'system service inhibit mask'],
  0x126: gap(2, 'spare'),
  0x128: ['CTL$AL_FINALEXC', 16, 'last chance handlers of the four modes'],
  0x138: ['CTL$GL_CCBBASE', 'base (high end) of the channel table'],
  0x13c: ['CTL$GQ_DBGAREA', 'debug symbol table descriptor'],
  0x144: ['CTL$GL_RMSBASE', 'RMS image base'],
  0x148: ['CTL$GL_PPMSG', 'process-permanent message section range: low end'],
  0x14c: ['CTL$GL_PPMSG_END', 'high end'],
  0x150: ['CTL$GB_MSGMASK', 'default message flags'],
  0x151: ['CTL$GB_DEFLANG', 'default language'],
  0x152: ['CTL$GW_PPMSGCHN', 'channel of the message section'],
  0x154: ['CTL$GL_USRUNDWN', 'per-process user rundown vector'],
  0x158: ['CTL$GL_PCB', 'PCB address'],
  0x15c: ['CTL$GL_RUF', 'recovery unit block'],
  0x160: ['CTL$GL_SITESPEC', 'site-specific per-process cell'],
  0x164: ['CTL$GL_KNOWNFIL', 'process known file list'],
  0x168: ['CTL$AL_IPASTVEC', 32, 'IPAST vector, 8 longwords'],
  0x188: ['CTL$GL_CMCNTX', 'AME context page'],
  0x18c: ['CTL$GL_IAFLNKPTR', 'IAF list (debugger)'],
  0x190: ['CTL$GL_F11BXQP', 'XQP queue and dispatch vector'],
  0x194: ['CTL$GQ_P0ALLOC', 'P0 extension of the process allocation region'],
  0x19c: ['CTL$GL_PRCALLCNT', 'bytes of the allocation region usable by image requests'],
  0x1a0: ['CTL$GL_RDIPTR', 'rights database identifier pointer'],
  0x1a4: ['CTL$GL_LNMDIRSEQ', 'sequence number of process directory (cache check)'],
  0x1a8: ['CTL$GQ_HELPFLAGS', 'help flags'],
  0x1b0: ['CTL$GQ_TERMCHAR', 'unused'],
  0x1b8: ['CTL$GL_KRPFL', 'KRP lookaside list'],
  0x1bc: ['CTL$GL_KRPBL', 'KRP lookaside list, backward link'],
  0x1c0: ['CTL$GL_CREPRC_FLAGS', '$CREPRC flags of this process'],
  0x1c4: ['CTL$GL_THCOUNT', 'numbers of termination handlers: executive'],
  0x1c8: gap(8, 'supervisor, user'),
  0x1d0: gap(48, 'not used'),
});

/** Generic CLI data pages: 12 pages, URSW, owner supervisor. From CTL$AG_CLIDATA on it is the CLI's; +10 holds its symbol table address. */
export const CLI_DATA_BASE = 0x7ffe2800;

export const CLI_CELLS = structure('CLI', 12 * 512, {
  0x00: ['CTL$AL_CLICALBK', 8, 'call back vector'],
  0x08: ['CTL$AG_CLIMAGE', 8, 'address range of the CLI image'],
  0x10: ['CTL$AG_CLITABLE', 8, 'address range of the CLI command table'],
  0x18: ['CTL$GL_UAF_FLAGS', 'flags of the UAF record'],
  0x1c: ['CTL$GT_CLINAME', 32, 'CLI, file name only, counted'],
  0x3c: ['CTL$GT_TABLENAME', 256, 'CLI command table, full specification, counted'],
  0x13c: ['CTL$GT_SPAWNCLI', 32, 'CLI of spawned processes, counted'],
  0x15c: ['CTL$GT_SPAWNTABLE', 256, 'command table of spawned processes, counted'],
  0x25c: ['CTL$AG_CLIDATA', 0x15a4, 'data of the CLI'],
}, {
  CTL$GL_CLICALBK: 0x00, CTL$GL_CLIMAGE: 0x08, CTL$GL_CLIMAGE_END: 0x0c, CTL$GL_CLITABLE: 0x10, CTL$GL_CLITABLE_END: 0x14,
  CTL$GL_CLISYMTBL: 0x26c,
});

/** Image activator context: 1 page, UREW, owner executive. choice: order behind the list heads. */
export const IAC_BASE = 0x7ffe2600;

export const IAC_CELLS = cells('IAC', [
  ['CTL$GL_IAFLINK', 'fixup vectors of activated images'],
  ['IAC$GL_ICBFL', 'free ICBs, forward link'],
  ['IAC$GL_ICBBL', 'backward link'],
  ['IAC$GL_WORK_LIST', 'images still to activate, forward link'],
  ['IAC$GL_WORK_LIST_BL', 'backward link'],
  ['IAC$GL_IMAGE_LIST', 'images activated, forward link'],
  ['IAC$GL_IMAGE_LIST_BL', 'backward link'],
  ['IAC$GL_MAIN_ICB', 'ICB of the main image'],
  ['IAC$GL_IMAGCNT', 'images activated by this $IMGACT'],
  ['IAC$GL_FLAGS', 'flags of the activation in progress'],
  ['IAC$GL_FIRST_ICB', 'first ICB of the activation in progress'],
  ['IAC$AL_INADR', 8, 'address range asked for'],
  ['IAC$AL_RETADR', 8, 'address range mapped'],
  ['IAC$GW_CHAN', 'channel of the image being activated'],
]);

/** VMS user-mode data: 1 page, UW, owner kernel. choice: all behind the first cell. */
export const USER_DATA_BASE = 0x7ffe1a00;

export const USER_DATA_CELLS = cells('USR', [
  ['CTL$GL_DCLPRSOWN', 'owner of the DCL parse context'],
  ['CTL$GL_DCLPRSCTX', 'DCL parse context'],
]);

/** Compatibility mode data: 2 pages, UW. The context is 10 longwords; the rest belongs to the emulator. */
export const CME_DATA_BASE = 0x7ffe1600;

export const CME_CELLS = cells('CME', [
  ['CTL$AL_CMCNTX', 40, 'R0-R6, exception code, PC and PSL'],
  ['CTL$AG_CMEDATA', 984, 'data of the emulator'],
]);

/** RMS data area: 6 pages, UREW, owner executive. */
export const PIO_BASE = 0x7ffdfa00;

export const PIO_CELLS = cells('PIO', [
  ['PIO$GL_FMLH', 'process I/O segment free list'],
  ['PIO$GL_FMLH_BL', 'backward link'],
  ['PIO$GL_IIOFSPLH', 'image I/O segment free list'],
  ['PIO$GL_IIOFSPLH_BL', 'backward link'],
  ['PIO$GW_STATUS', 'RMS status flags'],
  ['PIO$GT_ENDSTR', 16, 'end-of-data string, counted'],
  ['PIO$GW_DFPROT', 'default file protection'],
  ['PIO$GB_DFMBC', 'default multiblock count'],
  ['PIO$GB_DFMBFSDK', 'default multibuffer count, sequential disk'],
  ['PIO$GB_DFMBFSMT', 'default multibuffer count, magnetic tape'],
  ['PIO$GB_DFMBFSUR', 'default multibuffer count, unit record'],
  ['PIO$GB_DFMBFREL', 'default multibuffer count, relative'],
  ['PIO$GB_DFMBFIDX', 'default multibuffer count, indexed'],
  ['PIO$GB_DFMBFHSH', 'default multibuffer count, hashed'],
  ['PIO$GB_DFNBC', 'default network block count'],
  ['PIO$GB_RMSPROLOG', 'default prologue'],
  ['PIO$GW_RMSEXTEND', 'default extend'],
  gap(1, 'spare'),
  ['PIO$GL_DIRCACHE', 'directory cache listhead'],
  ['PIO$GL_DIRCACHE_BL', 'backward link'],
  ['PIO$GL_DIRCFRLH', 'free directory cache nodes, singly linked'],
  ['PIO$GL_RULOCK', 'recovery unit lock'],
  ['PIO$GL_NXTIRBSEQ', 'next IRAB sequence number'],
  gap(4, 'spare'),
  ['PIO$AL_PIOIMPA', 36, 'impure area descriptor, process files (PIO$GW_PIOIMPA)'],
  gap(4, 'spare'),
  ['PIO$AL_IIOIMPA', 164, 'impure area descriptor, image files (PIO$GW_IIOIMPA)'],
  ['PIO$AL_RMSEXH', 16, 'termination handler block of RMS'],
  ['PIO$GQ_IIODEFAULT', 'image I/O segment: size and address'],
  ['PIO$GT_DDSTRING', 256, 'default directory string, counted'],
], {}, { PIO$GW_PIOIMPA: ['PIO$AL_PIOIMPA', 0], PIO$GW_IIOIMPA: ['PIO$AL_IIOIMPA', 0], PIO$GL_P0BUFLH: ['PIO$AL_IIOIMPA', 8] });

/** Per-process common: DIGITAL's pages, and 800 below them the users'. CTL$GQ_COMMON describes the users' data. */
export const CTL$A_COMMON = 0x7ffe0e00;
export const CTL$A_COMMON_USER = 0x7ffe0600;

/** Dispatch area of user-written services and messages: kernel, executive, rundown, message, 256 bytes each. */
export const CTL$A_DISPVEC = 0x7ffe5800;
export const DISPATCH_AREAS = { kernel: 0x7ffe5800, executive: 0x7ffe5900, rundown: 0x7ffe5a00, message: 0x7ffe5b00 } as const;

/** Other labels of fixed addresses. */
export const MMG$IMGHDRBUF = 0x7ffe5c00;
export const IAC$AL_IMGACTBUF = 0x7ffe4000;
export const CTL$GL_KRP = 0x7ffe5e00;
export const NSA$T_IDT = 0x7ffe2000;
export const CTL$GL_KSTKBAS = 0x7ffe7800;
/** Initial KSP: high end of the kernel stack, low end of the executive stack. */
export const CTL$GL_KSPINI = 0x7ffe7e00;
/** Initial ESP and SSP. */
export const ESP_INITIAL = 0x7ffe9e00;
export const SSP_INITIAL = 0x7ffede00;
export const P1SYSVECTORS = 0x7ffede00;

/** Fixed P1 cells by table with the address each starts at, for symbol tables. */
export const P1_TABLES = [
  [CTL$GL_VECTORS, P1_CELLS], [CLI_DATA_BASE, CLI_CELLS], [IAC_BASE, IAC_CELLS], [USER_DATA_BASE, USER_DATA_CELLS], [CME_DATA_BASE, CME_CELLS],
  [PIO_BASE, PIO_CELLS],
] as const;
