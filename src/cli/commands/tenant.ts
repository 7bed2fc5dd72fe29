import type { Tenant } from '../../api/contract.ts';
import type { Command } from 'commander';
import { ASSIGNMENTS_HELP, readAssignments } from '../assignments.ts';
import { command, commandGroup, printAs, withApi, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { settingsText, warningsText } from '../show-parts.ts';
import { fields, printable, table } from '../text.ts';

const list = (cli: Cli): Command =>
  withApi(command('list', 'List the tenants', 'offhook tenant list')).action((options: ApiOptions) =>
    withServer(cli, options, async (api) => {
      const items = await api.list<Tenant>(['tenants']);
      printAs(cli, options, { items }, () =>
        items.length === 0
          ? 'No tenants yet. Make one: offhook tenant create acme title="ACME Ltd"\n'
          : table(
              ['TENANT', 'TITLE', 'DOMAINS', 'NETWORKS'],
              items.map(({ name, title, domains, networks }) => [name, title, domains.join(','), networks.join(',')]),
            ),
      );
    }),
  );

const showText = (tenant: Tenant): string =>
  fields([
    ['tenant', tenant.name],
    ['title', tenant.title],
    ['domains', tenant.domains.join(', ')],
    ['networks', tenant.networks.join(', ')],
    ['http login', tenant.policy.httpAuth],
    ['http user', tenant.httpUser],
  ]) +
  settingsText('OWN SETTING', tenant.settings) +
  warningsText(tenant.warnings);

const show = (cli: Cli): Command =>
  withApi(command('show', 'Show one tenant', 'offhook tenant show acme'))
    .argument('<tenant>', 'name of the tenant')
    .action((tenant: string, options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        printAs(cli, options, await api.read<Tenant>(['tenants', tenant]), showText);
      }),
    );

const create = (cli: Cli): Command =>
  withApi(
    command('create', 'Make a tenant', 'offhook tenant create acme title="ACME Ltd" settings.time.zone=Europe/Rome'),
  )
    .argument('<tenant>', 'its name: lower-case letters, digits and dashes')
    .argument('[fields...]', ASSIGNMENTS_HELP)
    .action((name: string, assignments: readonly string[], options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        const answer = await api.ask<Tenant>('POST', ['tenants'], {
          json: { name, ...readAssignments(assignments) },
        });
        printAs(cli, options, answer.json(), (made) => `Created tenant ${printable(made.name)}.\n`);
      }),
    );

const set = (cli: Cli): Command =>
  withApi(
    command(
      'set',
      'Change fields of a tenant',
      'offhook tenant set acme \'networks=["192.0.2.0/24"]\' settings.ui.language=it',
    ),
  )
    .argument('<tenant>', 'name of the tenant')
    .argument('<fields...>', ASSIGNMENTS_HELP)
    .action((name: string, assignments: readonly string[], options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        const answer = await api.ask<Tenant>('PATCH', ['tenants', name], { json: readAssignments(assignments) });
        printAs(
          cli,
          options,
          answer.json(),
          (tenant) => `Tenant ${printable(tenant.name)} is as you said.\n${warningsText(tenant.warnings)}`,
        );
      }),
    );

const remove = (cli: Cli): Command =>
  withApi(command('remove', 'Remove a tenant that has nothing left', 'offhook tenant remove acme'))
    .argument('<tenant>', 'name of the tenant')
    .action((name: string, options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        await api.ask('DELETE', ['tenants', name]);
        printAs(cli, options, { removed: name }, () => `Tenant ${printable(name)} is removed.\n`);
      }),
    );

export const tenantCommand = (cli: Cli): Command =>
  commandGroup(
    'tenant',
    'Tenants: the customers whose phones these are',
    list(cli),
    show(cli),
    create(cli),
    set(cli),
    remove(cli),
  );
