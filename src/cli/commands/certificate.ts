import type { ServerCertificate } from '../../api/contract.ts';
import { Option, type Command } from 'commander';
import { command, commandGroup, printAs, withApi, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { readInputText } from '../read-input.ts';
import { moment, printable, table } from '../text.ts';
import { reinstate, revoke, revoked } from './revocation.ts';

interface PlaceOptions extends ApiOptions {
  readonly door: string;
  readonly host: string;
  readonly key: string;
}

const withPlace = (made: Command): Command =>
  withApi(made)
    .addOption(new Option('--door <door>', 'which door').choices(['secure', 'spa', 'admin']).makeOptionMandatory())
    .requiredOption('--host <name>', 'host name that phones are told')
    .addOption(new Option('--key <type>', 'kind of key; old phones need rsa').choices(['rsa', 'ec']).default('rsa'));

const list = (cli: Cli): Command =>
  withApi(command('list', 'List the certificates of the doors, and the requests', 'offhook certificate list')).action(
    (options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        printAs(
          cli,
          options,
          await api.read<{ readonly items: readonly ServerCertificate[] }>(['certificates']),
          ({ items }) =>
            table(
              ['DOOR', 'HOST', 'KEY', 'STATE', 'EXPIRES (UTC)', 'NOTE'],
              items.map((one) => [
                one.door,
                one.host,
                one.keyType,
                one.state,
                moment(one.notAfter) ?? '',
                [...(one.selfSigned ? ['our own authority'] : []), ...(one.sniOnly ? ['for this name only'] : [])].join(
                  ', ',
                ),
              ]),
            ),
        );
      }),
  );

const request = (cli: Cli): Command =>
  withPlace(
    command(
      'request',
      'Make a key and print the signing request (CSR) for the maker or an authority; asked again, it prints the same',
      'offhook certificate request --door spa --host prov.example.com > prov.csr',
    ).option('--sni-only', 'answer with it only when phones ask for this host name'),
  ).action((options: PlaceOptions & { readonly sniOnly?: true }) =>
    withServer(cli, options, async (api) => {
      const { door, host, key: keyType, sniOnly = false } = options;
      const answer = await api.ask<ServerCertificate>('POST', ['certificates'], {
        json: { door, host, keyType, sniOnly },
      });
      printAs(cli, options, answer.json(), ({ csr = '' }) => `${csr.trimEnd()}\n`);
    }),
  );

const importChain = (cli: Cli): Command =>
  withPlace(
    command(
      'import',
      'Import the certificate that came back, with its chain; it is checked against key and host name before it is used',
      'offhook certificate import prov.pem --door spa --host prov.example.com',
    ).argument('<file>', 'certificate and intermediates in PEM, the certificate first'),
  ).action((file: string, options: PlaceOptions) =>
    withServer(cli, options, async (api) => {
      const { door, host, key } = options;
      const json = { chain: await readInputText(cli.world, file) };
      const answer = await api.ask<ServerCertificate>('PUT', ['certificates', door, host, key, 'chain'], { json });
      printAs(
        cli,
        options,
        answer.json(),
        ({ notAfter }) =>
          printable(`Door ${door} answers for ${host} with it, until ${moment(notAfter) ?? 'it expires'} UTC.`) + '\n',
      );
    }),
  );

const remove = (cli: Cli): Command =>
  withPlace(
    command(
      'remove',
      'Remove a certificate, or a request',
      'offhook certificate remove --door spa --host prov.example.com',
    ),
  )
    .option('--request', 'the request, not the certificate in use')
    .action((options: PlaceOptions & { readonly request?: true }) =>
      withServer(cli, options, async (api) => {
        const { door, host, key } = options;
        const state = options.request === true ? 'requested' : 'ready';
        await api.ask('DELETE', ['certificates', door, host, key], { query: { state } });
        printAs(
          cli,
          options,
          { removed: `${door}/${host}/${key}` },
          () => `${printable(`${door} ${host} ${key}`)} is removed.\n`,
        );
      }),
    );

export const certificateCommand = (cli: Cli): Command =>
  commandGroup(
    'certificate',
    'Server certificates of the doors, and certificates of phones that count no more',
    list(cli),
    request(cli),
    importChain(cli),
    remove(cli),
    revoke(cli),
    revoked(cli),
    reinstate(cli),
  );
