import { CLI$_USCALL } from '../condition-codes.js';
import type { CheckCode, Finding } from './findings.js';
import type { Place } from './source.js';

/**
 * How a line may be reached: from the line before (`sure`), or only when one of these labels is gone to. The same object stands for the
 * same stretch of lines, which is reported once.
 */
interface Reach {
  readonly sure: boolean;
  readonly labels: readonly string[];
}

const SURE: Reach = { sure: true, labels: [] };

interface Block {
  readonly kind: 'if' | 'subroutine';
  readonly place: Place;
  /** How the line that opened it is reached. */
  readonly reach: Reach;
  /** How the end of the THEN part is; undefined before ELSE. */
  thenReach: Reach | undefined;
}

interface Target extends Place {
  readonly name: string;
  readonly missing: number;
}

/** The first command of a stretch that may never be reached. */
interface Stretch {
  readonly place: Place;
  readonly reach: Reach;
}

/** Labels, blocks, and which lines can be reached. GOTO into and out of blocks is allowed. @source dcl-language.md section 7 */
export class Flow {
  private readonly labels = new Map<string, { readonly subroutine: boolean }>();
  private readonly targets: Target[] = [];
  private readonly blocks: Block[] = [];
  /** Stretches that only a label could make reachable. */
  private readonly dead: Stretch[] = [];
  private readonly seen = new Set<Reach>();
  private reach: Reach = SURE;
  private anyLabel = false;
  private anyTarget = false;
  private pendingIf: Place | undefined;

  constructor(private readonly report: (finding: Finding) => void) {}

  private say(place: Place, code: CheckCode, severity: Finding['severity'] = 'error', token?: string): void {
    this.report({ ...place, severity, code, token });
  }

  // Labels --------------------------------------------------------------------------------------------------------

  label(name: string, _place: Place, subroutine: boolean): void {
    this.missingThen();
    this.labels.set(name, { subroutine: subroutine || (this.labels.get(name)?.subroutine ?? false) });
    if (!this.reach.sure) this.reach = { sure: false, labels: [...this.reach.labels, name] };
  }

  dynamicLabel(): void {
    this.missingThen();
    this.anyLabel = true;
    this.reach = SURE;
  }

  target(name: string, place: Place, missing: number): void { this.targets.push({ ...place, name, missing }); }

  dynamicTarget(): void { this.anyTarget = true; }

  // Commands ------------------------------------------------------------------------------------------------------

  /** A command stands here. `ending` ones (EXIT behind GOTO) may stand where nothing comes. */
  command(place: Place, ending = false): void {
    this.missingThen();
    if (this.reach.sure || ending || this.seen.has(this.reach)) return;
    this.seen.add(this.reach);
    this.dead.push({ place, reach: this.reach });
  }

  /** The command just seen never goes on to the next line. */
  stops(): void {
    this.reach = { sure: false, labels: [] };
  }

  // Blocks --------------------------------------------------------------------------------------------------------

  if(place: Place): void { this.pendingIf = place; }

  private missingThen(): void {
    if (this.pendingIf) this.say(this.pendingIf, 'NOBLOCK');
    this.pendingIf = undefined;
  }

  then(place: Place): void {
    const from = this.pendingIf;
    this.pendingIf = undefined;
    if (!from) return this.say(place, 'NOIF');
    this.open(from);
  }

  open(place: Place): void {
    this.blocks.push({ kind: 'if', place, reach: this.reach, thenReach: undefined });
  }

  private innermost(place: Place): Block | undefined {
    this.missingThen();
    const block = this.blocks.at(-1);
    if (block?.kind === 'if') return block;
    this.say(place, 'NOIF');
    return undefined;
  }

  else(place: Place): void {
    const block = this.innermost(place);
    if (!block) return;
    if (block.thenReach) this.say(place, 'TWOELSE');
    block.thenReach = this.reach;
    this.reach = block.reach;
  }

  endif(place: Place): void {
    const block = this.innermost(place);
    if (!block) return;
    this.blocks.pop();
    this.reach = either(this.reach, block.thenReach ?? block.reach);
  }

  subroutine(place: Place): void {
    this.missingThen();
    this.blocks.push({ kind: 'subroutine', place, reach: this.reach, thenReach: undefined });
    // Its label is reached by CALL.
    this.reach = SURE;
  }

  endSubroutine(place: Place): void {
    this.missingThen();
    this.closeIfs();
    const block = this.blocks.pop();
    if (!block) return this.say(place, 'NOSUB');
    this.reach = block.reach;
  }

  private closeIfs(): void {
    while (this.blocks.at(-1)?.kind === 'if') this.say(this.blocks.pop()!.place, 'NOENDIF');
  }

  // The end -------------------------------------------------------------------------------------------------------

  end(): void {
    this.missingThen();
    while (this.blocks.length > 0) {
      this.closeIfs();
      const block = this.blocks.pop();
      if (block) this.say(block.place, 'NOENDSUB');
    }
    if (!this.anyLabel) this.missingLabels();
    const targets = new Set(this.targets.map(({ name }) => name));
    for (const { place, reach: { labels } } of this.dead) {
      if (labels.length > 0 && (this.anyTarget || labels.some((label) => targets.has(label)))) continue;
      this.say(place, 'UNREACHABLE', 'warning');
    }
  }

  private missingLabels(): void {
    for (const { name, missing, line, column } of this.targets) {
      const label = this.labels.get(name);
      if (!label) this.report({ line, column, severity: 'error', code: missing, token: name });
      else if (missing === CLI$_USCALL && !label.subroutine) this.say({ line, column }, 'NOTSUB', 'warning', name);
    }
  }
}

/** Behind a block: whatever comes out of one of its parts. */
function either(one: Reach, other: Reach): Reach {
  if (one.sure || other.sure) return SURE;
  if (one === other) return one;
  return { sure: false, labels: [...one.labels, ...other.labels] };
}
