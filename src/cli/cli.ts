import { Command, Option } from 'commander';
import { Api } from './api.ts';
import { connect, type ConnectOptions } from './connect.ts';
import type { CliWorld } from './world.ts';

/** What every command has in hand. */
export interface Cli {
  readonly world: CliWorld;
  print(text: string | Uint8Array): void;
  /** Sets the exit code where the command ran, but what it looked for is not so. */
  endWith(code: number): void;
}

export interface JsonOption {
  readonly json?: true;
}

export type ApiOptions = ConnectOptions & JsonOption;

/** A command with its one sentence and an example of how it is typed. */
export const command = (usage: string, description: string, ...examples: readonly string[]): Command => {
  // Lists of commands show the first clause only.
  const made = new Command(usage).description(description).summary(description.split(/[;:]/)[0] ?? '');
  if (examples.length > 0)
    made.addHelpText('after', `\nExample:\n${examples.map((example) => `  ${example}`).join('\n')}`);
  return made;
};

/** A command that only holds others. */
export const commandGroup = (name: string, description: string, ...commands: readonly Command[]): Command => {
  const group = new Command(name).description(description);
  for (const one of commands) group.addCommand(one);
  return group;
};

const CONNECTION = 'Which server to ask (left out: the one on this machine):';

const connectionOption = (flags: string, description: string): Option =>
  new Option(flags, description).helpGroup(CONNECTION);

/** Of commands that work on this machine's own installation. */
export const withConfig = (made: Command): Command =>
  made.option('--config <file>', "configuration file of this machine's installation (or OFFHOOK_CONFIG)");

/** Of commands that ask a server: where it is. */
export const withConnection = (made: Command): Command =>
  made
    .addOption(connectionOption('--server <url>', 'server elsewhere, over HTTPS (or OFFHOOK_SERVER)'))
    .addOption(connectionOption('--token <token>', 'token for it (better: in the environment, OFFHOOK_TOKEN)'))
    .addOption(connectionOption('--ca <file>', 'authority to trust for it, in PEM'))
    .addOption(connectionOption('--config <file>', "configuration of this machine's installation (or OFFHOOK_CONFIG)"));

/** The same, and JSON in place of text. */
export const withApi = (made: Command): Command => withConnection(made.option('--json', "print the server's own JSON"));

/** Connects as the options say, does the work, and hangs up whatever happens. */
export async function withServer<T>(cli: Cli, options: ApiOptions, work: (api: Api) => Promise<T>): Promise<T> {
  const connection = await connect(cli.world, options);
  try {
    return await work(new Api(connection));
  } finally {
    await connection.close();
  }
}

export const printJson = (cli: Cli, value: unknown): void => {
  cli.print(`${JSON.stringify(value, null, 2)}\n`);
};

/** With `--json` what the API said, else what `show` makes of it. */
export function printAs<T>(cli: Cli, { json }: JsonOption, value: T, show: (value: T) => string): void {
  if (json === true) printJson(cli, value);
  else cli.print(show(value));
}
