import type { TirCommand } from '../object/language.js';
import { isAbsolute, type Contribution, type LaidOutSection, type LinkModule } from './layout.js';
import { hex, type LinkMessages } from './messages.js';

/**
 * The second pass: runs the text commands of a module on a stack of longwords and stores what they say. Every entry
 * remembers whether it moves with the image, which general addressing needs to know.
 */
export interface SymbolDefinition {
  readonly value: number;
  readonly isRelocatable: boolean;
  readonly entryMask: number;
  /** Index (from 1) of the shareable image that the value is an offset in. */
  readonly image?: number | undefined;
}

interface Entry {
  readonly value: number;
  readonly isRelocatable: boolean;
  readonly image?: number | undefined;
}

export interface TextContext {
  readonly sections: readonly LaidOutSection[];
  readonly messages: LinkMessages;
  /** The definition of a global symbol; undefined is answered with zero and a message about the use. */
  resolve(name: string): SymbolDefinition | undefined;
  /** A reference to a symbol nobody defines. */
  undefinedUse(name: string, place: readonly string[]): void;
  /** Address of the cell through which G^ reaches an offset in a shareable image. */
  generalCell(image: number, offset: number): number;
  /** The longword at `location` holds an address that is known when the images are mapped. `image` undefined: of the image itself. */
  addressStored(image: number | undefined, location: number): void;
}

/** Raised for commands that make no sense; the module's remaining text is not used. */
export class TextError extends Error {}

const MOST_REPEATED = 0x100000;
/** Bytes that the text of one module may store: far more than an image has room for. */
const MOST_STORED = 0x10000000;

export function runText(owner: LinkModule, context: TextContext): void {
  const machine = new TextMachine(owner, context);
  for (const command of owner.module.text) machine.run(command);
}

class TextMachine {
  private readonly stack: Entry[] = [];
  private location = 0;
  private section: LaidOutSection | undefined = undefined;
  private stored = 0;

  constructor(private readonly owner: LinkModule, private readonly context: TextContext) {}

  run(command: TirCommand): void {
    switch (command.name) {
      case 'STO_IMM':
        for (const byte of command.bytes) this.store(byte, 1);
        return;
      case 'STA_GBL': return this.push(this.symbol(command.symbol ?? ''));
      case 'STA_EPM': return this.push({ value: this.symbol(command.symbol ?? '').entryMask, isRelocatable: false });
      case 'STA_SB': case 'STA_SW': case 'STA_LW': case 'STA_UB': case 'STA_UW':
        return this.push({ value: command.value ?? 0, isRelocatable: false });
      case 'STA_PB': case 'STA_PW': case 'STA_PL': case 'STA_WPB': case 'STA_WPW': case 'STA_WPL': return this.stackPsect(command.psect ?? 0, command.value ?? 0);
      case 'CTL_SETRB': return this.setLocation(this.pop().value);
      case 'CTL_AUGRB': return this.setLocation(this.location + (command.value ?? 0));
      case 'OPR_NOP': return;
      default:
        if (command.name.startsWith('STO_')) this.storeCommand(command.name);
        else this.operate(command.name);
    }
  }

  private push(entry: Entry): void {
    if (this.stack.length >= 100) throw new TextError('stack overflow');
    this.stack.push({ value: entry.value | 0, isRelocatable: entry.isRelocatable, image: entry.image });
  }

  private pop(): Entry {
    const entry = this.stack.pop();
    if (entry === undefined) throw new TextError('stack is empty');
    return entry;
  }

  private symbol(name: string): SymbolDefinition {
    const definition = this.context.resolve(name);
    if (definition !== undefined) return definition;
    this.context.undefinedUse(name, this.place());
    return { value: 0, isRelocatable: false, entryMask: 0 };
  }

  private stackPsect(index: number, offset: number): void {
    const contribution = this.owner.contributions[index];
    if (contribution === undefined) throw new TextError(`psect index ${index}`);
    if (isAbsolute(contribution.psect)) return this.push({ value: offset, isRelocatable: false });
    this.push({ value: contribution.psect.base + contribution.offset + offset, isRelocatable: true });
  }

  private setLocation(address: number): void {
    this.location = address;
  }

  private operate(name: string): void {
    if (name === 'OPR_NEG' || name === 'OPR_COM') {
      const { value } = this.pop();
      return this.push({ value: name === 'OPR_NEG' ? -value : ~value, isRelocatable: false });
    }
    const right = this.pop();
    const left = this.pop();
    const isRelocatable = name === 'OPR_ADD' ? left.isRelocatable !== right.isRelocatable : name === 'OPR_SUB' && left.isRelocatable && !right.isRelocatable;
    // An offset from a symbol of another image stays in that image.
    const image = name === 'OPR_ADD' ? left.image ?? right.image : name === 'OPR_SUB' && right.image === undefined ? left.image : undefined;
    this.push({ value: calculate(name, left.value, right.value), isRelocatable, image });
  }

  private storeCommand(name: string): void {
    switch (name) {
      case 'STO_B': return this.storeChecked(1, -128, 255);
      case 'STO_SB': return this.storeChecked(1, -128, 127);
      case 'STO_USB': return this.storeChecked(1, 0, 255);
      case 'STO_LI': return this.storeChecked(1, 0, 63);
      case 'STO_W': return this.storeChecked(2, -32768, 65535);
      case 'STO_SW': return this.storeChecked(2, -32768, 32767);
      case 'STO_USW': return this.storeChecked(2, 0, 65535);
      case 'STO_LW': case 'STO_PIDR': return this.storeAddress();
      case 'STO_BD': return this.storeDisplacement(1);
      case 'STO_WD': return this.storeDisplacement(2);
      case 'STO_LD': return this.storeDisplacement(4);
      case 'STO_PICR': return this.storeGeneral();
      case 'STO_RSB': return this.storeRepeated(1, -128, 127);
      case 'STO_RB': case 'STO_RUB': return this.storeRepeated(1, -128, 255);
      case 'STO_RSW': return this.storeRepeated(2, -32768, 32767);
      case 'STO_RW': case 'STO_RUW': return this.storeRepeated(2, -32768, 65535);
      case 'STO_RL': return this.storeRepeated(4, -Infinity, Infinity);
      default: throw new TextError(name);
    }
  }

  private storeChecked(size: number, low: number, high: number): void {
    const { value } = this.pop();
    if (value < low || value > high) this.truncated();
    this.store(value, size);
  }

  private storeRepeated(size: number, low: number, high: number): void {
    const count = this.pop().value;
    const { value } = this.pop();
    if (count < 0 || count > MOST_REPEATED) throw new TextError(`repeat count ${count}`);
    if (value < low || value > high) this.truncated();
    for (let i = 0; i < count; i++) this.store(value, size);
  }

  /** A longword; one that moves with an image is on the list of what $IMGFIX adjusts. */
  private storeAddress(): void {
    const { value, isRelocatable, image } = this.pop();
    if (image !== undefined || isRelocatable) this.context.addressStored(image, this.location);
    this.store(value, 4);
  }

  private storeDisplacement(size: number): void {
    const target = this.pop();
    if (target.image !== undefined) this.context.messages.add('W', 'NOTGENREF', 'reference to a shareable image is neither G^ nor .ADDRESS', ...this.place());
    const distance = (target.value - (this.location + size)) | 0;
    if (distance >> (size * 8 - 1) !== 0 && distance >> (size * 8 - 1) !== -1) this.truncated();
    this.store(distance, size);
  }

  /** G^: the reference keeps its meaning wherever the image is put. */
  private storeGeneral(): void {
    const { value, isRelocatable, image } = this.pop();
    if (image !== undefined) {
      const cell = this.context.generalCell(image, value);
      this.store(0xff, 1);                                       // @L^cell
      this.store(cell - (this.location + 4), 4);
      return;
    }
    this.store(isRelocatable ? 0xef : 0x9f, 1);
    this.store(isRelocatable ? value - (this.location + 4) : value, 4);
  }

  private store(value: number, size: number): void {
    const { location } = this;
    let { section } = this;
    if (section === undefined || location < section.base || location + size > section.base + section.bytes.length) {
      section = this.context.sections.find((s) => location >= s.base && location + size <= s.base + s.bytes.length);
      if (section === undefined) throw new TextError(`location %X${hex(location)} is outside the image`);
      this.section = section;
    }
    this.stored += size;
    if (this.stored > MOST_STORED) throw new TextError('too much text');
    for (let i = 0, rest = value; i < size; i++, rest >>= 8) section.bytes[location - section.base + i] = rest & 0xff;
    this.location = location + size;
  }

  private truncated(): void {
    this.context.messages.add('W', 'TRUNC', 'truncation error', ...this.place());
  }

  private place(): string[] {
    const found = contributionAt(this.owner, this.location);
    const where = found === undefined ? [] : [`in psect ${found.psect.name} offset %X${hex(this.location - found.psect.base - found.offset)}`];
    return [...where, `in module ${this.owner.module.name} file ${this.owner.file}`];
  }
}

function contributionAt(owner: LinkModule, address: number): Contribution | undefined {
  return owner.contributions.find((c) => {
    const start = c.psect.base + c.offset;
    return !isAbsolute(c.psect) && address >= start && address < start + c.length;
  });
}

/** Left operand below right on the stack; shifts take their count from the top. */
function calculate(name: string, left: number, right: number): number {
  switch (name) {
    case 'OPR_ADD': return left + right;
    case 'OPR_SUB': return left - right;
    case 'OPR_MUL': return Math.imul(left, right);
    case 'OPR_DIV': return right === 0 ? 0 : left / right;
    case 'OPR_AND': return left & right;
    case 'OPR_IOR': return left | right;
    case 'OPR_EOR': return left ^ right;
    case 'OPR_ASH': return right >= 0 ? (right > 31 ? 0 : left << right) : left >> Math.min(-right, 31);
    case 'OPR_USH': return right >= 0 ? (right > 31 ? 0 : left << right) : right < -31 ? 0 : left >>> -right;
    case 'OPR_ROT': return left << (right & 31) | left >>> ((32 - (right & 31)) & 31);
    default: throw new TextError(name);
  }
}
