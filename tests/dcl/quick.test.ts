import { beforeAll, describe, expect, it } from 'vitest';
import { Session } from './boot-dcl.js';
import { runProcedure } from './fake-system.js';

/**
 * The short way (interpreter/quick.ts) against the full interpreter: random procedures on the booted system, where records come from the
 * cache in P1, must print what they print over an array, where every line takes the full interpreter.
 */

/** Numbers from a seed (mulberry32). */
function random(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

class ProcedureWriter {
  private readonly lines: string[] = [];
  private labels = 0;
  private readonly subroutines: string[] = [];

  constructor(private readonly next: (limit: number) => number) {}

  private pick<T>(list: readonly T[]): T { return list[this.next(list.length)]!; }

  private operand(depth: number): string {
    switch (this.next(depth > 2 ? 5 : 9)) {
      case 0: return String(this.next(20));
      case 1: return `"${this.pick(['x', 'AB c', '5', '', 'true', 'a""b'])}"`;
      case 2: case 3: case 4: return this.pick(['A', 'B', 'C', 'D', 'I', 'GLOB', '$STATUS', 'NOSUCH_', 'a']);
      case 5: return `(${this.expression(depth + 1)})`;
      case 6: return this.pick([`F$LENGTH(${this.operand(depth + 1)})`, `F$EXTRACT(${this.next(3)},2,${this.operand(depth + 1)})`, 'F$ELEMENT(1," ",C)', 'F$LENGTH()', 'F$LOCATE("B",C)']);
      case 7: return `${this.pick(['-', '.NOT. '])}${this.operand(depth + 1)}`;
      default: return `F$TYPE(${this.pick(['A', 'C', 'NOSUCH_'])})`;
    }
  }

  private expression(depth = 0): string {
    const count = 1 + this.next(3);
    return Array.from({ length: count }, () => this.operand(depth)).join(` ${this.pick(['+', '-', '*', '/', '.EQ.', '.LT.', '.GES.', '.AND.', '.OR.', '.EQS.'])} `);
  }

  private assignment(): string {
    return this.pick([
      () => `${this.pick(['A', 'B', 'C', 'D', 'a'])} = ${this.expression()}`, () => `GLOB == ${this.expression()}`, () => `D := text of ${this.pick(['a', 'A'])}`,
      () => `C = C + "${this.pick(['x', 'yz'])}"`, () => `D = "''A' and ''C'"`, () => `B = 'I' + 1`, () => `A = ''I'${this.pick(['', '+'])}`, () => `D = "''F$LENGTH(C)'"`,
      () => 'A[0,8] = 65', () => `C = F$EXTRACT(0,20,C)  ! not too long`,
    ])();
  }

  private simple(): string {
    return this.pick([() => this.assignment(), () => this.assignment(), () => 'WRITE SYS$OUTPUT I, "/", C', () => 'SHOW SYMBOL A', () => this.call(), () => '! remark', () => 'SET NOON'])();
  }

  private call(): string {
    if (this.subroutines.length === 0 || this.next(3) === 0) this.subroutines.push(`SUB${this.subroutines.length}`);
    return `GOSUB ${this.pick(this.subroutines)}`;
  }

  private statement(depth: number): void {
    const choice = this.next(depth > 2 ? 5 : 8);
    if (choice < 3) this.put(this.simple());
    else if (choice < 5) this.put(`IF ${this.expression()} THEN ${this.pick(['', '$ '])}${this.simple()}`);
    else if (choice === 5) this.block(depth);
    else this.loop(depth);
  }

  private put(text: string): void { this.lines.push(`$${this.pick([' ', '', '\t  '])}${text}`); }

  private block(depth: number): void {
    const together = this.next(3) === 0;
    this.put(`IF ${this.expression()}${together ? ' THEN' : ''}`);
    if (!together) this.put('THEN');
    this.body(depth + 1);
    if (this.next(2) === 0) {
      this.put('ELSE');
      this.body(depth + 1);
    }
    this.put('ENDIF');
  }

  private loop(depth: number): void {
    const label = `L${this.labels}`;
    const counter = `N${this.labels}`;
    this.labels += 1;
    this.put(`${counter} = 0`);
    this.put(`${label}:${this.pick(['', ' I = I + 1'])}`);
    this.body(depth + 1);
    this.put(`${counter} = ${counter} + 1`);
    this.put(`IF ${counter} .LT. ${2 + this.next(3)} THEN GOTO ${label}`);
  }

  private body(depth: number): void {
    for (let count = 1 + this.next(4); count > 0; count -= 1) this.statement(depth);
  }

  write(): string {
    for (const line of ['$ SET NOON', '$ I = 0', '$ A = 1', '$ B = "b"', '$ C = "AB c"', '$ D = 4', '$ GLOB == 7']) this.lines.push(line);
    if (this.next(2) === 0) this.lines.push('$ WRI*TEIT == 1');
    if (this.next(6) === 0) this.lines.push('$ ENDIF = "! nothing"');
    for (let count = 0; count < 4; count += 1) this.statement(0);
    this.lines.push('$ EXIT 1');
    for (let index = 0; index < this.subroutines.length; index += 1) {
      this.lines.push(`$${this.subroutines[index]}:`);
      this.put(this.assignment());
      this.put(`IF ${this.expression()} THEN RETURN`);
      this.put(this.assignment());
      this.put('RETURN');
    }
    return this.lines.join('\n');
  }
}

/** Messages by facility, severity and name only: their texts need the message file. */
function withoutTexts(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/^([%-])[A-Z]+-(\w-\w+).*$/, '$1$2').trimEnd()).filter((line) => line !== '');
}

const COUNT = 60;

describe('compiled lines', () => {
  const texts = Array.from({ length: COUNT }, (_unused, index) => new ProcedureWriter(random(index + 1)).write());
  let session: Session;
  beforeAll(() => {
    session = new Session([], Object.fromEntries(texts.map((text, index) => [`P${index}.COM`, text])));
    session.run();
  });

  it.each(texts.map((_text, index) => index))('random procedure %i prints what the full interpreter prints', (index) => {
    const typed = `@P${index}`;
    session.type('DELETE/SYMBOL/GLOBAL/ALL');
    const shown = session.type(typed).slice(typed.length).replaceAll('\0', '').split(/[\r\n]+/).filter((line) => line !== '$ ');
    const full = runProcedure(texts[index]!);
    expect(withoutTexts(shown)).toEqual(withoutTexts(full.output));
  });
});
