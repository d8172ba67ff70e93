/** File kinds written in VMS's own source formats; both bundler and test runner import them as text. */
export const TEXT_EXTENSIONS = ['.mar', '.cld', '.msg', '.hlp', '.com'];

/** Vite/Vitest plugin: `import source from './x.mar'` gives the file's text. */
export function textFiles() {
  return {
    name: 'starlet-text-files',
    enforce: 'pre',
    transform(code, id) {
      const path = id.split('?')[0];
      return TEXT_EXTENSIONS.some((extension) => path.endsWith(extension))
        ? { code: `export default ${JSON.stringify(code)};`, map: null }
        : undefined;
    },
  };
}
