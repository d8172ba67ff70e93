/** P1 cells that DCL reads; see executive/structures/p1-cells.ts. */
export { CLI_CELLS, CLI_DATA_BASE, CTL$GL_VECTORS as P1_POINTER_PAGE_ADDRESS, P1_CELLS } from '../executive/structures/p1-cells.js';
