export { browse } from './browse.js';
