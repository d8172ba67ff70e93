/**
 * The macros $FAB, $RAB and $NAM: an RMS control block as initialized data. Offsets, masks and codes are symbols
 * (FAB$L_ALQ, FAB$M_GET, FAB$C_SEQ), so the blocks have the layout that the executive's tables give them.
 * @source VAX Record Management Services Reference manual, "Macros" of each control block
 */

/**
 * Keyword -> how it is stored. `B`, `W`, `L`: a number of that size (L also an address), in the field of that name or of
 * the name that follows. `MB`, `ML`: the masks of a list of options. `CB`: a code by name. `S`: text, whose address and
 * length go into the two fields named.
 */
const BLOCKS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  FAB: {
    ALQ: 'L', BKS: 'B', BLS: 'W', CTX: 'L', DEQ: 'W', DNA: 'L', DNM: 'S DNA DNS', DNS: 'B', FAC: 'MB', FNA: 'L', FNM: 'S FNA FNS', FNS: 'B', FOP: 'ML',
    FSZ: 'B', GBC: 'W', MRN: 'L', MRS: 'W', NAM: 'L', ORG: 'CB', RAT: 'MB', RFM: 'CB', RTV: 'B', SHR: 'MB SHR', XAB: 'L',
  },
  RAB: {
    BKT: 'L', CTX: 'L', FAB: 'L', KBF: 'L', KRF: 'B', KSZ: 'B', MBC: 'B', MBF: 'B', PBF: 'L KBF', PSZ: 'B KSZ', RAC: 'CB', RBF: 'L', RHB: 'L', ROP: 'ML', RSZ: 'W',
    TMO: 'B', UBF: 'L', USZ: 'W', XAB: 'L',
  },
  NAM: { ESA: 'L', ESS: 'B', NOP: 'MB', RLF: 'L', RSA: 'L', RSS: 'B' },
};

/** Fields that are not zero when the keyword is left out. */
const DEFAULTS: Readonly<Record<string, readonly (readonly [field: string, symbol: string])[]>> = {
  FAB: [['B_ORG', 'C_SEQ'], ['B_RFM', 'C_VAR']],
};

const DATA: Readonly<Record<string, string>> = { B: '.BYTE', W: '.WORD', L: '.ADDRESS' };

/** @param name `$FAB`, `$RAB`, `$NAM` */
export function blockMacro(name: string): string | undefined {
  const prefix = name.slice(1);
  const fields = Object.hasOwn(BLOCKS, prefix) ? BLOCKS[prefix] : undefined;
  if (fields === undefined) return undefined;
  const keywords = Object.keys(fields);
  return [
    `.MACRO ${name} ${keywords.join(',')}`,
    '$$BLOCK=.',
    ` .BYTE ${prefix}$C_BID,${prefix}$C_BLN`,
    ` .BYTE 0[${prefix}$C_BLN-2]`,
    ...(DEFAULTS[prefix] ?? []).flatMap(([field, symbol]) => [at(prefix, field), ` .BYTE ${prefix}$${symbol}`]),
    ...keywords.flatMap((keyword) => fieldLines(prefix, keyword, fields[keyword]!)),
    `.=$$BLOCK+${prefix}$C_BLN`,
    `.ENDM ${name}`,
  ].join('\n');
}

function at(prefix: string, field: string): string {
  return `.=$$BLOCK+${prefix}$${field}`;
}

function fieldLines(prefix: string, keyword: string, description: string): string[] {
  const [kind = '', ...names] = description.split(' ');
  const body = ((): string[] => {
    if (kind === 'S') return textLines(prefix, keyword, names[0]!, names[1]!);
    const size = kind.at(-1)!;
    const field = at(prefix, `${size}_${kind.length === 1 ? names[0] ?? keyword : keyword}`);
    if (kind.startsWith('C')) return [field, ` .BYTE ${prefix}$C_'${keyword}`];
    if (kind.startsWith('M')) return [...maskLines(prefix, keyword, names[0]), field, ` ${size === 'B' ? '.BYTE' : '.LONG'} $$MASK`];
    return [field, ` ${DATA[size]!} ${keyword}`];
  })();
  return [` .IF NB <${keyword}>`, ...body, ' .ENDC'];
}

/** The masks of the listed options together; an option may have a name of its own in this field (SHR=GET is FAB$M_SHRGET). */
function maskLines(prefix: string, keyword: string, own: string | undefined): string[] {
  const add = `$$MASK=$$MASK!${prefix}$M_'$$OPTION`;
  return [
    '$$MASK=0', ` .IRP $$OPTION,<${keyword}>`,
    ...(own === undefined ? [add] : [` .IF DF ${prefix}$M_${own}'$$OPTION`, `$$MASK=$$MASK!${prefix}$M_${own}'$$OPTION`, ' .IFF', add, ' .ENDC']),
    ' .ENDR',
  ];
}

/** The text itself goes into a section of its own. */
function textLines(prefix: string, keyword: string, address: string, length: string): string[] {
  return [
    ' .SAVE_PSECT LOCAL_BLOCK', ' .PSECT $RMSNAM,NOEXE,NOWRT', '$$TEXT=.', ` .ASCII |${keyword}|`, '$$LENGTH=.-$$TEXT', ' .RESTORE_PSECT',
    at(prefix, `L_${address}`), ' .ADDRESS $$TEXT', at(prefix, `B_${length}`), ' .BYTE $$LENGTH',
  ];
}
