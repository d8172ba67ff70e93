/** What MTPR and MFPR do with each processor register. @source VAX ARM ch. 8; VAX-11/780 hardware handbook */
import type { Cpu } from './cpu.js';
import { reservedOperand } from './fault.js';
import * as PR from './processor-registers.js';
import { PSL_IPL, PSL_S_IPL, PSL_V } from './psl.js';

const LENGTH_MASK = 0x003f_ffff;

export function readProcessorRegister(m: Cpu, n: number): number {
  switch (n) {
    case PR.PR$_KSP: case PR.PR$_ESP: case PR.PR$_SSP: case PR.PR$_USP: case PR.PR$_ISP:
      return (m.currentStack === n ? m.r[14]! : m.stackPointers[n]!) >>> 0;
    case PR.PR$_P0BR: return m.mmu.p0br >>> 0;
    case PR.PR$_P0LR: return m.mmu.p0lr;
    case PR.PR$_P1BR: return m.mmu.p1br >>> 0;
    case PR.PR$_P1LR: return m.mmu.p1lr;
    case PR.PR$_SBR: return m.mmu.sbr >>> 0;
    case PR.PR$_SLR: return m.mmu.slr;
    case PR.PR$_PCBB: return m.pcbb >>> 0;
    case PR.PR$_SCBB: return m.scbb >>> 0;
    case PR.PR$_IPL: return m.ipl;
    case PR.PR$_ASTLVL: return m.astlvl;
    case PR.PR$_SISR: return m.sisr;
    case PR.PR$_ICCS: return m.intervalTimer.readControl();
    case PR.PR$_ICR: return m.intervalTimer.readCount();
    case PR.PR$_TODR: return m.intervalTimer.readTimeOfDay();
    case PR.PR$_RXCS: return m.console.readReceiveStatus();
    case PR.PR$_RXDB: return m.console.readReceiveData();
    case PR.PR$_TXCS: return m.console.readTransmitStatus();
    case PR.PR$_WCSA: return m.wcsa >>> 0;
    case PR.PR$_WCSD: return m.wcsd >>> 0;
    case PR.PR$_MAPEN: return m.mmu.enabled ? 1 : 0;
    case PR.PR$_PMR: return m.pmr;
    case PR.PR$_SID: return m.sid >>> 0;
    case PR.PR$_ACCS: case PR.PR$_ACCR:
    case PR.PR$_SBIFS: case PR.PR$_SBIS: case PR.PR$_SBISC: case PR.PR$_SBIMT: case PR.PR$_SBIER: case PR.PR$_SBITA: case PR.PR$_SBIQC:
      // No accelerator, and nothing ever went wrong on the SBI.
      return 0;
    default:
      throw reservedOperand();
  }
}

export function writeProcessorRegister(m: Cpu, n: number, value: number): void {
  switch (n) {
    case PR.PR$_KSP: case PR.PR$_ESP: case PR.PR$_SSP: case PR.PR$_USP: case PR.PR$_ISP:
      if (m.currentStack === n) m.r[14] = value;
      else m.stackPointers[n] = value;
      break;
    case PR.PR$_P0BR:
      if (value >>> 30 !== 2 || (value & 3) !== 0) throw reservedOperand();
      m.mmu.p0br = value | 0;
      m.mmu.invalidateProcess();
      break;
    case PR.PR$_P0LR: m.mmu.p0lr = value & LENGTH_MASK; m.mmu.invalidateProcess(); break;
    case PR.PR$_P1BR:
      if (((value + 0x80_0000) | 0) >>> 30 !== 2 || (value & 3) !== 0) throw reservedOperand();
      m.mmu.p1br = value | 0;
      m.mmu.invalidateProcess();
      break;
    case PR.PR$_P1LR: m.mmu.p1lr = value & LENGTH_MASK; m.mmu.invalidateProcess(); break;
    case PR.PR$_SBR: m.mmu.sbr = value & 0x3fff_fffc; m.mmu.invalidateAll(); break;
    case PR.PR$_SLR: m.mmu.slr = value & LENGTH_MASK; m.mmu.invalidateAll(); break;
    case PR.PR$_PCBB: m.pcbb = value & 0x3fff_fffc; break;
    case PR.PR$_SCBB: m.scbb = value & 0x3fff_fe00; break;
    case PR.PR$_IPL: m.setPslBits((m.pslBits & ~PSL_IPL) | ((value & 31) << PSL_S_IPL)); break;
    case PR.PR$_ASTLVL:
      if (value >>> 0 > 4) throw reservedOperand();
      m.astlvl = value;
      break;
    case PR.PR$_SIRR: m.requestSoftwareInterrupt(value & 15); break;
    case PR.PR$_SISR: m.sisr = value & 0xfffe; m.updateAttention(); break;
    case PR.PR$_ICCS: m.intervalTimer.writeControl(value); break;
    case PR.PR$_NICR: m.intervalTimer.writeNext(value); break;
    case PR.PR$_TODR: m.intervalTimer.writeTimeOfDay(value); break;
    case PR.PR$_RXCS: m.console.writeReceiveStatus(value); break;
    case PR.PR$_TXCS: m.console.writeTransmitStatus(value); break;
    case PR.PR$_TXDB: m.console.writeTransmitData(value); break;
    case PR.PR$_WCSA: m.wcsa = value | 0; break;
    case PR.PR$_WCSD: m.wcsd = value | 0; break;
    case PR.PR$_MAPEN: m.mmu.enabled = (value & 1) !== 0; m.mmu.invalidateAll(); break;
    case PR.PR$_TBIA: m.mmu.invalidateAll(); break;
    case PR.PR$_TBIS: m.mmu.invalidateSingle(value | 0); break;
    case PR.PR$_TBCHK: m.cc = m.mmu.holds(value | 0) ? m.cc | PSL_V : m.cc & ~PSL_V; break;
    case PR.PR$_PMR: m.pmr = value & 1; break;
    case PR.PR$_ACCS: case PR.PR$_ACCR:
    case PR.PR$_SBIFS: case PR.PR$_SBISC: case PR.PR$_SBIMT: case PR.PR$_SBIER: case PR.PR$_SBIQC:
      break;
    default:
      throw reservedOperand();
  }
}
