/** Condition values of the CLI facility (3), and the few DCL adds for what this system does not have yet. */
export * from '../executive/starlet/climsgdef.js';
export { STS$M_INHIB_MSG } from '../executive/starlet/stsdef.js';

/** choice: `!AS is not available on this system` - a command or function that exists in VMS and not here yet. */
export const CLI$_NOTIMPL = 0x38ff2;

/** choice: `!AS: !AS` - a mistake in a command definition file, where CDU has messages of its own. */
export const CLI$_INVCLD = 0x39002;

/** choice of number: VMS's own is not known. @source dcl-language.md 9.1 */
export const CLI$_NULLPIPE = 0x39008;
export const CLI$_INCREDSYN = 0x39010;
