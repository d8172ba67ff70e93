export { browse } from './browse.js';
export { PANEL_HEIGHT, PanelPainter } from './panel.js';
