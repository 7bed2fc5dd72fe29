import type { TokenList, User } from '../../api/contract.ts';
import { Option, type Command } from 'commander';
import { ROLES, TOKEN_SCOPES } from '../../domain/role.ts';
import { command, commandGroup, printAs, withApi, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { wrongUsage } from '../failure.ts';
import { moment, printable, table } from '../text.ts';
import { oidcCommand } from './user-oidc.ts';

interface CreateOptions extends ApiOptions {
  readonly tenant?: string;
  readonly role?: string;
  readonly person?: string;
  readonly reveal?: true;
  readonly oidcName?: string;
}

/** Never an argument: other accounts of the machine can read those, and the shell remembers them. */
async function askPassword({ world }: Cli, name: string): Promise<string> {
  const password = await world.readSecret(`Password for ${name} (at least 10 characters): `);
  if (password === '') throw wrongUsage('no password was given');
  return password;
}

type TenantOptions = ApiOptions & { readonly tenant?: string };

/** Where users are: those of one tenant, for its administrator; all of them, for the operator. */
const usersOf = ({ tenant }: TenantOptions): readonly string[] =>
  tenant === undefined ? ['users'] : ['tenants', tenant, 'users'];

const TENANT_OPTION = [
  '--tenant <name>',
  'of this tenant; its administrator must say so, the operator need not',
] as const;

const list = (cli: Cli): Command =>
  withApi(
    command(
      'list',
      'List the people and programs that may log in',
      'offhook user list',
      'offhook user list --tenant acme',
    ),
  )
    .option(...TENANT_OPTION)
    .action((options: TenantOptions) =>
      withServer(cli, options, async (api) => {
        const items = await api.list<User>(usersOf(options));
        printAs(cli, options, { items }, () =>
          table(
            ['USER', 'ROLE', 'TENANT', 'PERSON', 'SEES SECRETS'],
            items.map(({ name, role, tenant = options.tenant, person, mayReveal }) => [
              name,
              role,
              tenant ?? '(all)',
              person ?? '',
              mayReveal ? 'yes' : 'no',
            ]),
          ),
        );
      }),
    );

const roleOf = ({ tenant, person }: CreateOptions): string | undefined =>
  person !== undefined ? 'user' : tenant === undefined ? undefined : 'admin';

const create = (cli: Cli): Command =>
  withApi(
    command(
      'create',
      'Let somebody log in; asks for the password, or reads it from standard input',
      'offhook user create maria --tenant acme',
      'offhook user create root2 --role operator < password-file',
    ).argument('<user>', 'login name'),
  )
    .option('--tenant <name>', 'belongs to this tenant and sees nothing else')
    .addOption(
      new Option(
        '--role <role>',
        'operator (all tenants), admin (of one; follows from --tenant), csr (looks at phones and assigns profiles), user (his own phones; follows from --person)',
      ).choices(ROLES),
    )
    .option('--person <name>', 'of a user: the person of the tenant whose phones are his')
    .option('--oidc-name <name>', 'has no password: signs in at the OpenID provider, where this is his name')
    .option('--reveal', 'may see passwords and tokens, each time noted in the audit log')
    .action((name: string, options: CreateOptions) =>
      withServer(cli, options, async (api) => {
        const { tenant, person, reveal: mayReveal, oidcName } = options;
        const role = options.role ?? roleOf(options);
        if (role === undefined) throw wrongUsage('say what the user may do: --tenant NAME, or --role operator');
        const password = oidcName === undefined ? await askPassword(cli, name) : undefined;
        const written = { name, role, person, mayReveal };
        // Who somebody is at the provider is the operator's to say.
        const answer = await (oidcName === undefined
          ? api.ask<User>('POST', usersOf(options), { json: { ...written, password } })
          : api.ask<User>('POST', ['users'], { json: { ...written, tenant, oidcName } }));
        printAs(cli, options, answer.json(), (user) => `Created ${user.role} ${printable(user.name)}.\n`);
      }),
    );

interface TokenOptions extends ApiOptions {
  readonly scope: readonly string[];
  readonly days?: string;
}

const token = (cli: Cli): Command =>
  withApi(
    command(
      'token',
      'Make a token for a program that acts as this user; its text is printed this once',
      'offhook user token maria monitoring --days 90',
      'offhook user token maria pbx --scope phones reveal',
    )
      .argument('<user>', 'login name')
      .argument('<name>', 'what the token is for'),
  )
    .addOption(
      new Option('--scope <scopes...>', 'what for; it never does more than its user may')
        .choices(TOKEN_SCOPES)
        .default(['read']),
    )
    .option('--days <number>', 'ends after so many days (left out: never)')
    .action((user: string, name: string, options: TokenOptions) =>
      withServer(cli, options, async (api) => {
        const life = options.days === undefined ? {} : { expiresInDays: Number(options.days) };
        const json = { user, name, scopes: options.scope, ...life };
        const answer = await api.ask<{ readonly token: string }>('POST', ['tokens'], { json });
        printAs(cli, options, answer.json(), (made) => `${made.token}\n`);
      }),
    );

const tokens = (cli: Cli): Command =>
  withApi(command('tokens', 'List sessions and tokens of programs, with their last use', 'offhook user tokens')).action(
    (options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        const list = await api.read<TokenList>(['tokens']);
        printAs(cli, options, list, ({ items }) =>
          table(
            ['ID', 'USER', 'NAME', 'SCOPES', 'ENDS (UTC)', 'LAST USED (UTC)', 'FROM'],
            items.map(({ id, user, name, scopes, expiresAt, lastUsed }) => [
              id,
              user,
              name,
              scopes?.join(',') ?? '(all)',
              moment(expiresAt) ?? 'never',
              moment(lastUsed?.at) ?? 'never',
              lastUsed?.from ?? '',
            ]),
          ),
        );
      }),
  );

const revoke = (cli: Cli): Command =>
  withApi(command('revoke', 'End a session or token', 'offhook user revoke 3fa1c7d2'))
    .argument('<id>', 'its id, as `offhook user tokens` shows it')
    .action((id: string, options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        await api.ask('DELETE', ['tokens', id]);
        printAs(cli, options, { ended: id }, () => `Token ${printable(id)} is of no use any more.\n`);
      }),
    );

const password = (cli: Cli): Command =>
  withApi(command('password', 'Give a user a new password; ends all his sessions', 'offhook user password maria'))
    .argument('<user>', 'login name')
    .option(...TENANT_OPTION)
    .action((name: string, options: TenantOptions) =>
      withServer(cli, options, async (api) => {
        const json = { password: await askPassword(cli, name) };
        const answer = await api.ask<User>('PATCH', [...usersOf(options), name], { json });
        printAs(cli, options, answer.json(), (user) => `${printable(user.name)} has a new password.\n`);
      }),
    );

const remove = (cli: Cli): Command =>
  withApi(command('remove', 'Remove a user and his tokens', 'offhook user remove maria'))
    .argument('<user>', 'login name')
    .option(...TENANT_OPTION)
    .action((name: string, options: TenantOptions) =>
      withServer(cli, options, async (api) => {
        await api.ask('DELETE', [...usersOf(options), name]);
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
    oidcCommand(cli),
    token(cli),
    tokens(cli),
    revoke(cli),
    remove(cli),
  );
