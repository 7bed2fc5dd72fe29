import { Option, type Command } from 'commander';
import type { Api } from '../api.ts';
import { ASSIGNMENTS_HELP, readAssignments } from '../assignments.ts';
import { command, commandGroup, printJson, withApi, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { wrongUsage } from '../failure.ts';
import { csvPrinter } from '../print-csv.ts';
import { readInput } from '../read-input.ts';

const PATH_HELP = 'below /api/v1, such as templates, tenants/acme/extensions/201 or platform';

/** `tenants/acme/extensions/201` → its parts; a part may be escaped as in a URL. */
function partsOf(path: string): readonly string[] {
  const parts = path.replace(/^\/*(?:api\/v1\/)?|\/+$/g, '').split('/');
  if (parts.some((part) => part === '')) throw wrongUsage(`${JSON.stringify(path)} is not a path ${PATH_HELP}`);
  try {
    return parts.map(decodeURIComponent);
  } catch {
    throw wrongUsage(`${JSON.stringify(path)} holds a % that escapes nothing`);
  }
}

const isList = (value: unknown): value is { readonly items: readonly unknown[]; readonly next?: string } =>
  typeof value === 'object' && value !== null && 'items' in value && Array.isArray(value.items);

/** One object, or a list to its end. */
async function fetchAll(api: Api, parts: readonly string[]): Promise<unknown> {
  const first = await api.read<unknown>(parts);
  return isList(first) && first.next !== undefined ? { items: await api.list(parts) } : first;
}

const withPath = (made: Command): Command => withApi(made.argument('<path>', PATH_HELP));

const get = (cli: Cli): Command =>
  withPath(
    command(
      'get',
      'Print an object, or a list of them, as JSON',
      'offhook object get tenants/acme/templates/reception',
      'offhook object get tenants/acme/extensions --csv',
    ),
  )
    .addOption(new Option('--csv', 'phones, extensions or people of a tenant as a table').conflicts('json'))
    .action((path: string, options: ApiOptions & { readonly csv?: true }) =>
      withServer(cli, options, async (api) => {
        if (options.csv === true) await csvPrinter(cli, api)(partsOf(path));
        else printJson(cli, await fetchAll(api, partsOf(path)));
      }),
    );

const put = (cli: Cli): Command =>
  withPath(
    command(
      'put',
      'Make an object what a file says, whether it was there or not',
      'offhook object put tenants/acme/mappings/1.1.1.1 -f mapping.json',
    ),
  )
    .requiredOption('-f, --file <file>', 'JSON; - for standard input')
    .action((path: string, options: ApiOptions & { readonly file: string }) =>
      withServer(cli, options, async (api) => {
        const body = await readInput(cli.world, options.file);
        const answer = await api.ask('PUT', partsOf(path), { body, contentType: 'application/json' });
        printJson(cli, answer.json());
      }),
    );

const set = (cli: Cli): Command =>
  withPath(
    command(
      'set',
      'Change fields of an object',
      'offhook object set tenants/acme/extensions/201 displayName=Reception',
    ),
  )
    .argument('<fields...>', ASSIGNMENTS_HELP)
    .action((path: string, assignments: readonly string[], options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        const answer = await api.ask('PATCH', partsOf(path), { json: readAssignments(assignments) });
        printJson(cli, answer.json());
      }),
    );

const remove = (cli: Cli): Command =>
  withPath(command('remove', 'Remove an object', 'offhook object remove tenants/acme/extensions/201')).action(
    (path: string, options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        await api.ask('DELETE', partsOf(path));
        if (options.json === true) printJson(cli, { removed: path });
      }),
  );

export const objectCommand = (cli: Cli): Command =>
  commandGroup(
    'object',
    'Anything else that the API has (people, groups, extensions, templates, profiles, mappings), as JSON',
    get(cli),
    put(cli),
    set(cli),
    remove(cli),
  );
