import {
  B_PINC, EVT$_AST, EVT$_CEF, EVT$_COLPGA, EVT$_EVENT, EVT$_FPGA, EVT$_LEFO, EVT$_PFCOM, EVT$_RESUME, EVT$_RSNAVL, EVT$_SETPRI,
  EVT$_SWPOUT, EVT$_WAKE, SCH$C_CEF, SCH$C_COLPG, SCH$C_COM, SCH$C_COMO, SCH$C_FPG, SCH$C_HIB, SCH$C_HIBO, SCH$C_LEF, SCH$C_LEFO,
  SCH$C_MWAIT, SCH$C_PFW, SCH$C_SUSP, SCH$C_SUSPO,
} from '../structures/sch.js';

function states(...codes: readonly number[]): number {
  let mask = 0;
  for (const code of codes) mask |= 1 << code;
  return mask;
}

/**
 * Mask of the scheduling states in which a system event means anything; bit n is state n.
 * @source book 10.4.3; digest ch10 2.3
 */
export function significantStates(event: number): number {
  switch (event) {
    case EVT$_AST:
      return states(SCH$C_COLPG, SCH$C_MWAIT, SCH$C_CEF, SCH$C_PFW, SCH$C_LEF, SCH$C_LEFO, SCH$C_HIB, SCH$C_HIBO, SCH$C_FPG);
    case EVT$_EVENT: case EVT$_CEF: case EVT$_LEFO:
      return states(SCH$C_LEF, SCH$C_LEFO, SCH$C_CEF);
    case EVT$_WAKE: return states(SCH$C_HIB, SCH$C_HIBO);
    case EVT$_RESUME: return states(SCH$C_SUSP, SCH$C_SUSPO);
    case EVT$_PFCOM: return states(SCH$C_PFW);
    case EVT$_COLPGA: return states(SCH$C_COLPG);
    case EVT$_FPGA: return states(SCH$C_FPG);
    case EVT$_RSNAVL: return states(SCH$C_MWAIT);
    case EVT$_SWPOUT: return states(SCH$C_COM, SCH$C_HIB, SCH$C_LEF, SCH$C_SUSP);
    case EVT$_SETPRI: return states(SCH$C_COM, SCH$C_COMO);
    default: return 0;
  }
}

/** Whether the event is the end of an event flag wait, which alone moves the saved PC beyond the wait service. */
export function isFlagEvent(event: number): boolean {
  return event === EVT$_EVENT || event === EVT$_CEF || event === EVT$_LEFO;
}

/**
 * The priority a process gets when an event makes it computable, in external numbers (0-31).
 *
 * The boost is added to the base, not to the current priority, and never lowers the current one - except that a result above 15
 * gives the base: so real-time processes stay where they are, and time-sharing ones below 16.
 * @param priorityClass  PRI$_ code
 * @source book 10.4.3; digest ch10 2.4
 */
export function boostedPriority(base: number, current: number, priorityClass: number): number {
  const candidate = Math.max(base + (B_PINC[priorityClass] ?? 0), current);
  return candidate > 15 ? base : candidate;
}
