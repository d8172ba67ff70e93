import { parseCondition } from '../conditional.js';
import type { Directive } from './index.js';

/** .IF, the subconditionals, .ENDC and .IIF, met in text that is being assembled. */
const iffDirective: Directive = (assembly) => assembly.conditionals.sub('false');
const iftDirective: Directive = (assembly) => assembly.conditionals.sub('true');
const iftfDirective: Directive = (assembly) => assembly.conditionals.sub('both');

export const conditionalDirectives: Record<string, Directive> = {
  '.IF': (assembly, cursor) => {
    let condition = false;
    try {
      condition = parseCondition(assembly, cursor);
    } finally {
      assembly.conditionals.open(condition);          // a wrong .IF still has its .ENDC
    }
  },
  '.ENDC': (assembly) => assembly.conditionals.close(),
  '.IFF': iffDirective, '.IF_FALSE': iffDirective,
  '.IFT': iftDirective, '.IF_TRUE': iftDirective,
  '.IFTF': iftfDirective, '.IF_TRUE_FALSE': iftfDirective,
  '.IIF': (assembly, cursor) => {
    const condition = parseCondition(assembly, cursor);
    cursor.take(0x2c);
    if (condition) assembly.statement(cursor);
  },
};
