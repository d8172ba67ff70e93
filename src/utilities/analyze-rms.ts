import { cliGetValue, cliGetValues, cliIsNegated, cliIsPresent } from '../dcl/cli-client.js';
import type { ResidentImage } from '../executive/boot/sysboot.js';
import { procedure, type Flow } from '../executive/gate/microroutine.js';
import type { Procedure } from '../executive/gate/procedure.js';
import { uicText } from '../executive/information/fao.js';
import { FCH$M_CONTIG, FCH$M_CONTIGB } from '../filesystem/atr.js';
import type { Analysis } from '../rms/analyze/analysis.js';
import { analyzeFile } from '../rms/analyze/index.js';
import { interactiveSession } from './analyze-rms-interactive.js';
import { designOfFile } from './fdl/file-design.js';
import { fdlText } from './fdl/text.js';
import { findAll, type FoundFile } from './file-search.js';
import { isFailure, reason } from './files.js';
import { messageCode, report, sharedCode } from './messages.js';
import { openOutput, type Output } from './output.js';
import { timeText } from './process-information.js';
import { analysisSections, attributeLines, heading, headerLines, prologLines, statisticsLines } from './rms-report.js';
import { StructureFile } from './rms-structure.js';

/** ANALYZRMS.EXE: ANALYZE/RMS_FILE. @source DCL Dictionary and Record Management Utilities, ANALYZE/RMS_FILE */
export const ANLRMS = 177;

type Kind = 'CHECK' | 'STATISTICS' | 'SUMMARY' | 'FDL' | 'INTERACTIVE';

const TITLES: Readonly<Record<Kind, string>> = {
  CHECK: 'Check RMS File Integrity', STATISTICS: 'RMS File Statistics', SUMMARY: 'RMS File Summary', FDL: '', INTERACTIVE: 'RMS File Interactive',
};

/** /FDL comes before /INTERACTIVE, that before /STATISTICS, that before /SUMMARY; /CHECK is what is left. */
function* kindOf(p: Procedure): Flow<Kind> {
  let kind: Kind = 'CHECK';
  for (const name of ['CHECK', 'SUMMARY', 'STATISTICS', 'INTERACTIVE', 'FDL'] as const) if (yield* cliIsPresent(p, name)) kind = name;
  return kind;
}

function errorLines(analysis: Analysis): string[] {
  const { length } = analysis.findings;
  return [
    ...analysis.findings.map(({ vbn, text }) => `***  VBN ${vbn}:  ${text}`), ...(length > 0 ? ['', ''] : []),
    length === 0 ? 'The analysis uncovered NO errors.' : `The analysis uncovered ${length} error${length === 1 ? '' : 's'}.`, '',
  ];
}

function* fdlLines(p: Procedure, file: StructureFile, analysis: Analysis): Flow<string[]> {
  const { header } = file;
  const now = (yield* timeText(p)).slice(0, 20);
  const rights = ['system', 'owner', 'group', 'world'].map((name, category) => `${name}:${[...'RWED'].filter((_letter, bit) => ((header.protection >>> (4 * category + bit)) & 1) === 0).join('')}`);
  const design = designOfFile(file.shape, analysis, (header.characteristics & FCH$M_CONTIG) !== 0, (header.characteristics & FCH$M_CONTIGB) !== 0);
  return [
    `IDENT\t"${now}   VAX/VMS ANALYZE/RMS_FILE Utility"`, '', 'SYSTEM', '\tSOURCE                  VAX/VMS', '',
    ...fdlText(design, [['NAME', `"${file.file.spec}"`], ['OWNER', uicText(header.owner)], ['PROTECTION', `(${rights.join(', ')})`]]),
    ...analysisSections(file, analysis), ...analysis.findings.map(({ vbn, text }) => `! ***  VBN ${vbn}:  ${text}`),
  ];
}

function* linesOf(p: Procedure, kind: Kind, file: StructureFile, analysis: Analysis, command: string): Flow<string[]> {
  if (kind === 'FDL') return yield* fdlLines(p, file, analysis);
  return [
    ...(yield* heading(p, TITLES[kind], file.file.spec)), ...(yield* headerLines(p, file)), ...attributeLines(file), ...prologLines(analysis),
    ...(kind === 'STATISTICS' || kind === 'SUMMARY' ? statisticsLines(file, analysis) : []), ...errorLines(analysis), '', command,
  ];
}

/** Where a report goes: a file, SYS$OUTPUT, or nowhere. */
function* outputOf(p: Procedure, kind: Kind, first: FoundFile): Flow<Output | number | undefined> {
  if (yield* cliIsNegated(p, 'OUTPUT')) return undefined;
  const named = yield* cliGetValue(p, 'OUTPUT');
  const isFile = named !== undefined || kind === 'FDL' || (yield* cliIsPresent(p, 'OUTPUT'));
  const type = kind === 'FDL' ? '.FDL' : '.ANL';
  const spec = !isFile ? 'SYS$OUTPUT' : named === undefined ? `${first.name}${type}` : /[.:]/.test(named.replace(/^.*[\]>:]/, '')) || named.endsWith(':') ? named : `${named}${type}`;
  return yield* openOutput(p, ANLRMS, spec);
}

function* analyzeOne(p: Procedure, kind: Kind, found: FoundFile, output: Output | undefined, toFile: boolean, command: string): Flow<number> {
  return yield* p.scratch(function* (): Flow<number> {
    const file = yield* StructureFile.open(p, found);
    if (isFailure(file)) return yield* report(p, { code: sharedCode(ANLRMS, 'openIn'), args: [file.spec] }, reason(file));
    const analysis = yield* analyzeFile(file.read, file.shape);
    const lines = yield* linesOf(p, kind, file, analysis, command);
    yield* file.close();
    for (const line of lines) yield* output?.line(line) ?? nothing();
    const { length } = analysis.findings;
    if (kind === 'CHECK' && (toFile || !output)) yield* report(p, { code: messageCode('ANLRMS$_ERRORS'), args: [found.spec, length] });
    return length === 0 ? 1 : (messageCode('ANLRMS$_BADFILE') | 0x1000_0000) >>> 0;
  });
}

function* nothing(): Flow<number> {
  return 1;
}

const main = procedure('ANALYZRMS$MAIN', function* (p) {
  const kind = yield* kindOf(p);
  const specs = yield* cliGetValues(p, 'FILE');
  let status = 1;
  const files = yield* findAll(p, specs, '.DAT', function* (failure) {
    status = yield* report(p, { code: sharedCode(ANLRMS, 'openIn'), args: [failure.spec] }, reason(failure));
  });
  if (files.length === 0) return status;
  if (kind === 'INTERACTIVE' || kind === 'FDL') {
    if (files.length > 1) return yield* report(p, { code: messageCode('ANLRMS$_ONEFILE'), args: [kind] });
  }
  const output = yield* outputOf(p, kind, files[0]!);
  if (typeof output === 'number') return output;
  if (kind === 'INTERACTIVE') return yield* interactiveSession(p, files[0]!, output);
  const toFile = (yield* cliIsPresent(p, 'OUTPUT')) || kind === 'FDL';
  const command = (yield* cliGetValue(p, '$LINE')) ?? '';
  for (const file of files) {
    const done = yield* analyzeOne(p, kind, file, output, toFile, command);
    if (!(done & 1)) status = done;
  }
  if (output) yield* output.close();
  return status;
});

export const ANALYZRMS_IMAGE: ResidentImage = { name: 'ANALYZRMS', transfer: 'ANALYZRMS$MAIN', routines: [main] };
