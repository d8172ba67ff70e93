import { startupSnapshot } from 'node:v8';
import { Command, CommanderError } from 'commander';
import { bareCommand } from './bare.js';
import { checkCommand } from './check.js';
import { initCommand } from './init.js';
import { prepareRun } from './prepared.js';
import { runCommand } from './run.js';
import { sdaCommand } from './sda.js';
import { startCommand } from './start.js';
import { EX_BROKEN_PIPE, EX_IOERR, EX_SOFTWARE, EX_USAGE, UsageError } from './usage.js';

const program = new Command('starlet')
  .description('A VAX running an executive shaped like VAX/VMS 4.4, with DCL on top.')
  .version('0.1.0')
  .showHelpAfterError(false)
  .configureOutput({ writeErr: (text) => process.stderr.write(text.replace(/^error: /, 'starlet: ')) })
  .exitOverride();

for (const command of [startCommand(), runCommand(), initCommand(), checkCommand(), sdaCommand(), bareCommand()]) {
  command.copyInheritedSettings(program);
  program.addCommand(command, { isDefault: command.name() === 'start' });
}

/** Whoever reads our output may stop reading: `starlet run x.com | head`. */
function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EX_BROKEN_PIPE);
    process.stderr.write(`starlet: cannot write the output: ${error.message}\n`);
    process.exit(EX_IOERR);
  });
}

/** `start` is the command when none is named, so commander would take any other word for its argument. */
function knownCommand(word: string | undefined): void {
  if (word === undefined || word.startsWith('-') || word === 'help' || program.commands.some((command) => command.name() === word)) return;
  throw new UsageError(`no command '${word}'; there are ${program.commands.map((command) => command.name()).join(', ')}`);
}

/** Everything; exit codes are set, never thrown. */
async function main(): Promise<void> {
  watchOutput();
  try {
    knownCommand(process.argv[2]);
    await program.parseAsync(process.argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : EX_USAGE;
    } else if (error instanceof UsageError) {
      process.stderr.write(`starlet: ${error.message}\n`);
      process.exitCode = error.exitCode;
    } else {
      process.stderr.write(`starlet: internal error: ${error instanceof Error ? error.message : String(error)}\n`);
      if (process.env['STARLET_DEBUG']) process.stderr.write(`${(error as Error).stack}\n`);
      process.exitCode = EX_SOFTWARE;
    }
  }
}

if (startupSnapshot.isBuildingSnapshot()) {
  prepareRun();
  startupSnapshot.setDeserializeMainFunction(() => { void main(); });
} else void main();
