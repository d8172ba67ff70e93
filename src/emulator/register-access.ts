/** What MTPR and MFPR do with each processor register. @source VAX ARM ch. 8; VAX-11/780 hardware handbook */
import type { Cpu } from './cpu.js';
import { reservedOperand } from './fault.js';
import { badBase, badLength, LENGTH_MASK, P1_TABLE_REACH } from './modes.js';
import * as PR from './processor-registers.js';
import { PSL_IPL, PSL_S_IPL, PSL_V } from './psl.js';

const MBRK_MASK = 0x1fff;
const ADDRESS_MASK = 0x3fff_fffc;

/** A 780 refuses values that a subset processor just takes. */
function refuse(m: Cpu, bad: boolean): void {
  if (bad && m.model !== 'subset') throw reservedOperand();
}

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
    case PR.PR$_NICR: return m.intervalTimer.readNext();
    case PR.PR$_ICR: return m.intervalTimer.readCount();
    case PR.PR$_TODR: return m.intervalTimer.readTimeOfDay();
    case PR.PR$_RXCS: return m.console.readReceiveStatus();
    case PR.PR$_RXDB: return m.console.readReceiveData();
    case PR.PR$_TXCS: return m.console.readTransmitStatus();
    case PR.PR$_WCSA: return m.wcsa >>> 0;
    case PR.PR$_WCSD: return m.wcsd >>> 0;
    case PR.PR$_MBRK: return m.mbrk;
    case PR.PR$_MAPEN: return m.mmu.enabled ? 1 : 0;
    case PR.PR$_PMR: return m.pmr;
    case PR.PR$_SID: return m.sid >>> 0;
    case PR.PR$_ACCS: case PR.PR$_ACCR:
    case PR.PR$_SBIFS: case PR.PR$_SBIS: case PR.PR$_SBISC: case PR.PR$_SBIMT: case PR.PR$_SBIER: case PR.PR$_SBITA:
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
      refuse(m, badBase(value));
      m.mmu.p0br = value | 0;
      m.mmu.invalidateProcess();
      break;
    case PR.PR$_P0LR: refuse(m, badLength(value)); m.mmu.p0lr = value & LENGTH_MASK; m.mmu.invalidateProcess(); break;
    case PR.PR$_P1BR:
      refuse(m, badBase((value + P1_TABLE_REACH) | 0));
      m.mmu.p1br = value | 0;
      m.mmu.invalidateProcess();
      break;
    case PR.PR$_P1LR: refuse(m, badLength(value)); m.mmu.p1lr = value & LENGTH_MASK; m.mmu.invalidateProcess(); break;
    case PR.PR$_SBR: refuse(m, (value & 3) !== 0); m.mmu.sbr = value & ADDRESS_MASK; m.mmu.invalidateAll(); break;
    case PR.PR$_SLR: refuse(m, badLength(value)); m.mmu.slr = value & LENGTH_MASK; m.mmu.invalidateAll(); break;
    case PR.PR$_PCBB: refuse(m, (value & 3) !== 0); m.pcbb = value & ADDRESS_MASK; break;
    case PR.PR$_SCBB: refuse(m, (value & 3) !== 0); m.scbb = value & ADDRESS_MASK; break;
    case PR.PR$_IPL: m.setPslBits((m.pslBits & ~PSL_IPL) | ((value & 31) << PSL_S_IPL)); break;
    case PR.PR$_ASTLVL:
      // A 780 looks at three bits.
      if ((m.model === 'subset' ? value >>> 0 : value & 7) > 4) throw reservedOperand();
      m.astlvl = value & 7;
      break;
    case PR.PR$_SIRR: m.requestSoftwareInterrupt(value & 15); break;
    case PR.PR$_SISR: m.sisr = value & 0xfffe; m.updateAttention(); break;
    case PR.PR$_ICCS: m.intervalTimer.writeControl(value); break;
    case PR.PR$_NICR: m.intervalTimer.writeNext(value); break;
    case PR.PR$_TODR: m.intervalTimer.writeTimeOfDay(value); break;
    case PR.PR$_RXCS: m.console.writeReceiveStatus(value); break;
    case PR.PR$_TXCS: m.console.writeTransmitStatus(value); break;
    case PR.PR$_TXDB: m.console.writeTransmitData(value); break;
    // Not a writable control store's address and data: the system keeps in them where its microroutines are.
    case PR.PR$_WCSA: m.wcsa = value | 0; break;
    case PR.PR$_WCSD: m.wcsd = value | 0; break;
    case PR.PR$_MBRK: m.mbrk = value & MBRK_MASK; break;
    case PR.PR$_MAPEN: m.mmu.enabled = (value & 1) !== 0; m.mmu.invalidateAll(); break;
    case PR.PR$_TBIA: m.mmu.invalidateAll(); break;
    case PR.PR$_TBIS: m.mmu.invalidateSingle(value | 0); break;
    case PR.PR$_TBCHK: m.cc = m.mmu.holds(value | 0) ? m.cc | PSL_V : m.cc & ~PSL_V; break;
    case PR.PR$_PMR: m.pmr = value & 1; break;
    case PR.PR$_ACCS: case PR.PR$_ACCR:
    case PR.PR$_SBIFS: case PR.PR$_SBISC: case PR.PR$_SBIMT: case PR.PR$_SBIER:
      break;
    case PR.PR$_SBIQC:
      // A quadword cleared behind the cache's back.
      if ((value & 0xc000_0007) !== 0) throw reservedOperand();
      m.mmu.storePhysicalLong(value, 0);
      m.mmu.storePhysicalLong(value + 4, 0);
      break;
    default:
      throw reservedOperand();
  }
}
