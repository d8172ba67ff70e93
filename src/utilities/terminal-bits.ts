import * as T1 from '../executive/starlet/ttdef.js';
import * as T2 from '../executive/starlet/tt2def.js';

/** A terminal characteristic as SHOW TERMINAL words it: which bit, and what is shown when it is set or clear. */
export interface Characteristic {
  /** 1: UCB$L_DEVDEPEND; 2: UCB$L_DEVDEPND2. */
  readonly longword: 1 | 2;
  readonly bit: number;
  readonly set: string;
  readonly clear: string;
}

const one = (bit: number, set: string, clear = `No ${set}`): Characteristic => ({ longword: 1, bit, set, clear });
const two = (bit: number, set: string, clear = `No ${set}`): Characteristic => ({ longword: 2, bit, set, clear });

/** In the order of the display. @source dcl-output-formats.md, SHOW TERMINAL */
export const TT: readonly Characteristic[] = [
  one(T1.TT$V_PASSALL, 'Passall', 'Interactive'), one(T1.TT$V_NOECHO, 'No Echo', 'Echo'), one(T1.TT$V_NOTYPEAHD, 'No Type_ahead', 'Type_ahead'), one(T1.TT$V_ESCAPE, 'Escape'),
  one(T1.TT$V_HOSTSYNC, 'Hostsync'), one(T1.TT$V_TTSYNC, 'TTsync'), one(T1.TT$V_LOWER, 'Lowercase', 'Uppercase'), one(T1.TT$V_MECHTAB, 'Tab'),
  one(T1.TT$V_WRAP, 'Wrap'), one(T1.TT$V_SCOPE, 'Scope', 'Hardcopy'), one(T1.TT$V_REMOTE, 'Remote'), one(T1.TT$V_EIGHTBIT, 'Eightbit'),
  one(T1.TT$V_NOBRDCST, 'No Broadcast', 'Broadcast'), one(T1.TT$V_READSYNC, 'Readsync'), one(T1.TT$V_MECHFORM, 'Form'), one(T1.TT$V_HALFDUP, 'Halfdup', 'Fulldup'),
  one(T1.TT$V_MODEM, 'Modem'), two(T2.TT2$V_LOCALECHO, 'Local_echo'), two(T2.TT2$V_AUTOBAUD, 'Autobaud'), two(T2.TT2$V_HANGUP, 'Hangup'),
  two(T2.TT2$V_BRDCSTMBX, 'Brdcstmbx'), two(T2.TT2$V_DMA, 'DMA'), two(T2.TT2$V_ALTYPEAHD, 'Altypeahd'), two(T2.TT2$V_SETSPEED, 'Set_speed'),
  two(T2.TT2$V_EDITING, 'Line Editing'), two(T2.TT2$V_INSERT, 'Insert editing', 'Overstrike editing'), two(T2.TT2$V_FALLBACK, 'Fallback'), two(T2.TT2$V_DIALUP, 'Dialup'),
  two(T2.TT2$V_SECURE, 'Secure server'), two(T2.TT2$V_DISCONNECT, 'Disconnect'), two(T2.TT2$V_PASTHRU, 'Pasthru'), two(T2.TT2$V_SYSPWD, 'Syspassword'),
  two(T2.TT2$V_SIXEL, 'SIXEL Graphics'), two(T2.TT2$V_DRCS, 'Soft Characters'), two(T2.TT2$V_PRINTER, 'Printer Port'), two(T2.TT2$V_APP_KEYPAD, 'Application keypad', 'Numeric Keypad'),
  two(T2.TT2$V_ANSICRT, 'ANSI_CRT'), two(T2.TT2$V_REGIS, 'Regis'), two(T2.TT2$V_BLOCK, 'Block_mode'), two(T2.TT2$V_AVO, 'Advanced_video'),
  two(T2.TT2$V_EDIT, 'Edit_mode'), two(T2.TT2$V_DECCRT, 'DEC_CRT'), two(T2.TT2$V_DECCRT2, 'DEC_CRT2'),
];
