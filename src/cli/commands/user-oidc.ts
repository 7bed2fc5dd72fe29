import type { Command } from 'commander';
import type { User } from '../../api/contract.ts';
import { command, printAs, withApi, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { wrongUsage } from '../failure.ts';
import { printable } from '../text.ts';

interface OidcOptions extends ApiOptions {
  readonly match?: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly clear?: true;
}

/** What is to become of the tie; undefined where it is to be shown only. */
function patchOf({ match, issuer, subject, clear }: OidcOptions): object | undefined {
  const wishes = [match, issuer ?? subject, clear].filter((wish) => wish !== undefined);
  if (wishes.length > 1) throw wrongUsage('say one thing: --match, --issuer with --subject, or --clear');
  if (match !== undefined) return { oidc: null, oidcName: match };
  if (clear === true) return { oidc: null, oidcName: null };
  if (issuer === undefined && subject === undefined) return undefined;
  if (issuer === undefined || subject === undefined) throw wrongUsage('--issuer and --subject go together');
  return { oidc: { issuer, subject }, oidcName: null };
}

function describe({ name, oidc, oidcName, password }: User): string {
  const who = printable(name);
  const also = password === undefined ? 'He has no password.' : 'He has a password as well.';
  if (oidc !== undefined) {
    const role = oidc.roleFromProvider === true ? ', which gives him his role' : '';
    return `${who} is ${printable(oidc.subject)} at ${printable(oidc.issuer)}${role}. ${also}\n`;
  }
  if (oidcName === undefined) return `${who} does not sign in at the OpenID provider. ${also}\n`;
  return `${who} is whoever signs in first as ${printable(oidcName)} at the OpenID provider. ${also}\n`;
}

/** The tie between a user and an identity at the OpenID provider. */
export const oidcCommand = (cli: Cli): Command =>
  withApi(
    command(
      'oidc',
      'Show, set or clear who a user is at the OpenID provider; another tie ends his sessions',
      'offhook user oidc maria',
      'offhook user oidc maria --match maria@example.com',
      'offhook user oidc maria --issuer https://login.example.com --subject 248289761001',
      'offhook user oidc maria --clear',
    ).argument('<user>', 'login name'),
  )
    .option('--match <name>', 'the first who signs in there with this name is he')
    .option('--issuer <url>', 'the provider, as it writes itself in its tokens')
    .option('--subject <id>', 'the provider’s lasting id for him')
    .option('--clear', 'he signs in by password only')
    .action((name: string, options: OidcOptions) =>
      withServer(cli, options, async (api) => {
        const json = patchOf(options);
        const answer =
          json === undefined
            ? await api.read<User>(['users', name])
            : (await api.ask<User>('PATCH', ['users', name], { json })).json();
        printAs(cli, options, answer, describe);
      }),
    );
