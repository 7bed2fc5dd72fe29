import { Command, CommanderError } from 'commander';
import type { Cli } from './cli.ts';
import { applyCommand } from './commands/apply.ts';
import { auditCommand } from './commands/audit.ts';
import { authorityCommand } from './commands/authority.ts';
import { backupCommand } from './commands/backup.ts';
import { banCommand } from './commands/ban.ts';
import { certificateCommand } from './commands/certificate.ts';
import { decoyCommand } from './commands/decoy.ts';
import { dhcpConfigCommand } from './commands/dhcp-config.ts';
import { explainCommand } from './commands/explain.ts';
import { firmwareCommand } from './commands/firmware.ts';
import { healthCommand } from './commands/health.ts';
import { identifyCommand } from './commands/identify.ts';
import { importCommand } from './commands/import.ts';
import { journalCommand } from './commands/journal.ts';
import { migrateCommand } from './commands/migrate.ts';
import { objectCommand } from './commands/object.ts';
import { phoneCommand } from './commands/phone.ts';
import { rekeyCommand } from './commands/rekey.ts';
import { renderCommand } from './commands/render.ts';
import { resyncCommand } from './commands/resync/resync.ts';
import { restoreCommand } from './commands/restore.ts';
import { serveCommand } from './commands/serve.ts';
import { simulateCommand } from './commands/simulate.ts';
import { tenantCommand } from './commands/tenant.ts';
import { userCommand } from './commands/user.ts';
import { CommandFailed, EXIT } from './failure.ts';
import type { CliWorld } from './world.ts';

const AFTER_HELP = `
Most commands ask the server that runs on this machine; when none runs, they open its data themselves. A server
elsewhere is named with --server URL and a token in OFFHOOK_TOKEN. Every command prints its options with --help.

First steps:
  offhook serve                                   run the server; the first start prints the operator's password
  offhook apply -f examples/acme.yaml             describe a company and its phones
  offhook phone list                              see them
  offhook phone url 80:5e:c0:12:34:56             the URL to give to a phone
  offhook explain --phone 80:5e:c0:12:34:56       see what it gets, and why

Exit codes: 0 done, 1 refused or failed, 2 wrong command line, 3 phone not recognised, 4 no server reached.`;

/** Commands in the order and under the headings of the help. */
const commandsOf = (cli: Cli): readonly (readonly [string, readonly Command[]])[] => [
  [
    'The server:',
    [
      serveCommand(cli),
      healthCommand(cli),
      backupCommand(cli),
      restoreCommand(cli),
      migrateCommand(cli),
      rekeyCommand(cli),
    ],
  ],
  [
    'What it holds:',
    [
      applyCommand(cli),
      importCommand(cli),
      tenantCommand(cli),
      phoneCommand(cli),
      userCommand(cli),
      objectCommand(cli),
    ],
  ],
  ['What phones get, and why:', [renderCommand(cli), explainCommand(cli), journalCommand(cli), auditCommand(cli)]],
  ['Bringing phones back:', [resyncCommand(cli)]],
  ['Keeping scanners out:', [banCommand(cli), decoyCommand(cli)]],
  ['Firmware and certificates:', [firmwareCommand(cli), authorityCommand(cli), certificateCommand(cli)]],
  ['Without a server:', [identifyCommand(cli), simulateCommand(cli), dhcpConfigCommand(cli)]],
];

/** Every command ends by an exception, never by ending the process, and writes through `world`. */
function settle(command: Command, world: CliWorld): void {
  command
    .exitOverride()
    .showHelpAfterError('(add --help to see what it takes)')
    .configureOutput({
      writeOut: (text) => {
        world.stdout(text);
      },
      writeErr: (text) => {
        world.stderr(text);
      },
    });
  for (const inner of command.commands) settle(inner.helpCommand(false), world);
}

function buildProgram(cli: Cli): Command {
  const program = new Command('offhook')
    .description('Offhook takes an IP phone from its carton to its first call.')
    .version(cli.world.version, '--version', 'print the version')
    .addHelpText('after', AFTER_HELP);
  for (const [heading, commands] of commandsOf(cli))
    for (const command of commands) program.addCommand(command.helpGroup(heading));
  settle(program, cli.world);
  return program;
}

/** What was thrown → what the person is told, and the exit code. */
function tellFailure(error: unknown, world: CliWorld): number {
  if (error instanceof CommanderError) {
    // Commander has said it already. Help that was asked for is no mistake; no command at all is one.
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  if (error instanceof CommandFailed) {
    world.stderr(`offhook: ${error.message}\n`);
    return error.exitCode;
  }
  world.stderr(`offhook: ${error instanceof Error ? error.message : String(error)}\n`);
  return EXIT.failed;
}

/** Runs one command line (without the program's own name) to its end; returns the exit code. */
export async function runCli(argv: readonly string[], world: CliWorld): Promise<number> {
  let exitCode = 0;
  const cli: Cli = {
    world,
    print: (text) => {
      world.stdout(text);
    },
    endWith: (code) => {
      exitCode = code;
    },
  };
  try {
    await buildProgram(cli).parseAsync(argv, { from: 'user' });
  } catch (error) {
    return tellFailure(error, world);
  }
  return exitCode;
}
