import type { Authority } from '../../api/contract.ts';
import type { Command } from 'commander';
import { command, commandGroup, printAs, withApi, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { readInputText } from '../read-input.ts';
import { moment, printable, table } from '../text.ts';

interface ShownMissing {
  readonly vendor: string;
  readonly missing: readonly string[];
  readonly identityOn: boolean;
}

interface Items<T> {
  readonly items: readonly T[];
}

const importOne = (cli: Cli): Command =>
  withApi(
    command(
      'import',
      "Import a maker's CA certificates: its phones can then prove who they are with the certificate from the factory",
      'offhook authority import yealink-ca.pem --vendor yealink',
    ).argument('<file>', 'one certificate or a bundle, in PEM'),
  )
    .requiredOption('--vendor <name>', 'the maker')
    .action((file: string, options: ApiOptions & { readonly vendor: string }) =>
      withServer(cli, options, async (api) => {
        const json = { vendor: options.vendor, pem: await readInputText(cli.world, file) };
        const answer = await api.ask<Items<Authority>>('POST', ['authorities'], { json });
        const verb = answer.status === 201 ? 'Imported' : 'Was here already:';
        printAs(cli, options, answer.json(), ({ items }) =>
          items
            .map(({ subject, fingerprint }) => `${verb} ${printable(`${subject} (sha256 ${fingerprint})`)}\n`)
            .join(''),
        );
      }),
    );

const list = (cli: Cli): Command =>
  withApi(command('list', 'List the imported CA certificates', 'offhook authority list')).action(
    (options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        printAs(cli, options, await api.read<Items<Authority>>(['authorities']), ({ items }) =>
          items.length === 0
            ? 'None yet. What is missing: offhook authority missing\n'
            : table(
                ['VENDOR', 'SUBJECT', 'EXPIRES (UTC)', 'SHA256'],
                items.map((one) => [one.vendor, one.subject, moment(one.notAfter) ?? '', one.fingerprint]),
              ),
        );
      }),
  );

const missing = (cli: Cli): Command =>
  withApi(
    command(
      'missing',
      'List the makers whose CA certificates are not here; get those from the maker',
      'offhook authority missing',
    ),
  ).action((options: ApiOptions) =>
    withServer(cli, options, async (api) => {
      printAs(cli, options, await api.read<Items<ShownMissing>>(['authorities', 'missing']), ({ items }) =>
        items.length === 0
          ? 'None: the phones of every maker can prove who they are.\n'
          : table(
              ['VENDOR', 'PROOF BY CERTIFICATE', 'MISSING'],
              items.map((one) => [one.vendor, one.identityOn ? 'on, in part' : 'off', one.missing.join('; ')]),
            ),
      );
    }),
  );

const remove = (cli: Cli): Command =>
  withApi(command('remove', 'Trust a CA certificate no more', 'offhook authority remove 3f2a9c...'))
    .argument('<sha256>', 'its fingerprint, as the list shows it')
    .action((fingerprint: string, options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        await api.ask('DELETE', ['authorities', fingerprint]);
        printAs(cli, options, { removed: fingerprint }, () => `${printable(fingerprint)} is trusted no more.\n`);
      }),
    );

export const authorityCommand = (cli: Cli): Command =>
  commandGroup(
    'authority',
    "Makers' CA certificates, by which a phone proves who it is",
    list(cli),
    missing(cli),
    importOne(cli),
    remove(cli),
  );
