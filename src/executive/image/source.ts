import exitText from './exit.mar';

/** MACRO source of this room. */
export const IMAGE_SOURCE: string = exitText;
