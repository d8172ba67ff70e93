import type { Plugin } from 'vite';
export declare const TEXT_EXTENSIONS: readonly string[];
export declare function textFiles(): Plugin;
