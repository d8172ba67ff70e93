import type { Plugin } from 'vite';

export function boundConstants(): Plugin;
