import type { User } from '../../api/contract.ts';
import { Option, type Command } from 'commander';
import { command, commandGroup, printAs, withApi, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { wrongUsage } from '../failure.ts';
import { printable, table } from '../text.ts';

interface CreateOptions extends ApiOptions {
  readonly tenant?: string;
  readonly role?: string;
}

/** Never an argument: other accounts of the machine can read those, and the shell remembers them. */
async function askPassword({ world }: Cli, name: string): Promise<string> {
  const password = await world.readSecret(`Password for ${name} (at least 10 characters): `);
  if (password === '') throw wrongUsage('no password was given');
  return password;
}

const list = (cli: Cli): Command =>
  withApi(command('list', 'List the people and programs that may log in', 'offhook user list')).action(
    (options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        const items = await api.list<User>(['users']);
        printAs(cli, options, { items }, () =>
          table(
            ['USER', 'ROLE', 'TENANT'],
            items.map(({ name, role, tenant }) => [name, role, tenant ?? '(all)']),
          ),
        );
      }),
  );

const create = (cli: Cli): Command =>
  withApi(
    command(
      'create',
      'Let somebody log in; asks for the password, or reads it from standard input',
      'offhook user create maria --tenant acme',
      'offhook user create root2 --role operator < password-file',
    ).argument('<user>', 'login name'),
  )
    .option('--tenant <name>', 'may administer this tenant and sees nothing else')
    .addOption(
      new Option('--role <role>', 'operator (everything) or admin (of one tenant; follows from --tenant)').choices([
        'operator',
        'admin',
      ]),
    )
    .action((name: string, options: CreateOptions) =>
      withServer(cli, options, async (api) => {
        const { tenant } = options;
        const role = options.role ?? (tenant === undefined ? undefined : 'admin');
        if (role === undefined) throw wrongUsage('say what the user may do: --tenant NAME, or --role operator');
        const password = await askPassword(cli, name);
        const answer = await api.ask<User>('POST', ['users'], { json: { name, role, tenant, password } });
        printAs(cli, options, answer.json(), (user) => `Created ${user.role} ${printable(user.name)}.\n`);
      }),
    );

interface TokenOptions extends ApiOptions {
  readonly write?: true;
  readonly days?: string;
}

const token = (cli: Cli): Command =>
  withApi(
    command(
      'token',
      'Make a token for a program that acts as this user; its text is printed this once',
      'offhook user token maria monitoring --days 90',
    )
      .argument('<user>', 'login name')
      .argument('<name>', 'what the token is for'),
  )
    .option('--write', 'it may change things (left out: read only)')
    .option('--days <number>', 'ends after so many days (left out: never)')
    .action((user: string, name: string, options: TokenOptions) =>
      withServer(cli, options, async (api) => {
        const life = options.days === undefined ? {} : { expiresInDays: Number(options.days) };
        const json = { user, name, scope: options.write === true ? 'write' : 'read', ...life };
        const answer = await api.ask<{ readonly token: string }>('POST', ['tokens'], { json });
        printAs(cli, options, answer.json(), (made) => `${made.token}\n`);
      }),
    );

const password = (cli: Cli): Command =>
  withApi(command('password', 'Give a user a new password; ends all his sessions', 'offhook user password maria'))
    .argument('<user>', 'login name')
    .action((name: string, options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        const json = { password: await askPassword(cli, name) };
        const answer = await api.ask<User>('PATCH', ['users', name], { json });
        printAs(cli, options, answer.json(), (user) => `${printable(user.name)} has a new password.\n`);
      }),
    );

const remove = (cli: Cli): Command =>
  withApi(command('remove', 'Remove a user and his tokens', 'offhook user remove maria'))
    .argument('<user>', 'login name')
    .action((name: string, options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        await api.ask('DELETE', ['users', name]);
        printAs(cli, options, { removed: name }, () => `User ${printable(name)} is removed.\n`);
      }),
    );

export const userCommand = (cli: Cli): Command =>
  commandGroup(
    'user',
    'Users: who may log in to the API and the pages',
    list(cli),
    create(cli),
    password(cli),
    token(cli),
    remove(cli),
  );
