/** Names of constants and structures, as this project writes them: PAGE, PCB, PTE$M_VALID; not routines such as SCH$WAKE. */
const CONSTANT = /^[A-Z][A-Z0-9]*(?:\$[A-Z]*_[A-Z0-9_$]*|[A-Z0-9_]*)$/;
/** Modules of tables import no others that import them: what they export is there when a module that imports them begins. */
const IMPORT = /^import \{([^}]*)\} from ("\.[^"]*\/(?:structures|starlet)\/[^"]*");?$/gm;
const NAME = /^(?:([\w$]+) as )?([\w$]+)$/;

/**
 * Vitest plugin: binds imported constants to variables of the module. Vitest turns every use of an import into a property with a getter,
 * which makes a loop over page table entries three times slower than the built program.
 */
export function boundConstants() {
  return {
    name: 'starlet-bound-constants',
    enforce: 'post',
    transform(code, id) {
      return /\.tsx?$/.test(id) ? { code: code.replace(IMPORT, bind), map: null } : undefined;
    },
  };
}

/** One import statement, on one line still. */
function bind(statement, names, from) {
  const bound = [];
  const imports = names.split(',').map((name) => {
    const [, imported, local] = NAME.exec(name.trim()) ?? [];
    if (local === undefined || !CONSTANT.test(local)) return name;
    bound.push(`${local} = ${local}$imported`);
    return `${imported ?? local} as ${local}$imported`;
  });
  return bound.length > 0 ? `import { ${imports.join(', ')} } from ${from}; const ${bound.join(', ')};` : statement;
}
