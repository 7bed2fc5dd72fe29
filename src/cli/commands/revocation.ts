import { X509Certificate } from 'node:crypto';
import type { Command } from 'commander';
import type { List, Revocation } from '../../api/contract.ts';
import { command, printAs, withApi, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { readInputText } from '../read-input.ts';
import { moment, printable, table } from '../text.ts';

/** A fingerprint as it was given, or that of the certificate in a file. */
async function fingerprintOf(cli: Cli, named: string): Promise<string> {
  if (/^(?:[0-9a-f]{2}:?){32}$/i.test(named)) return named;
  return new X509Certificate(await readInputText(cli.world, named)).fingerprint256;
}

export const revoke = (cli: Cli): Command =>
  withApi(
    command(
      'revoke',
      "Let one phone's certificate count as none, when its key is known to have been read out; the phone itself stays ours",
      'offhook certificate revoke 3f2a9c... --note "sold with its flash"',
    )
      .argument('<certificate>', 'its SHA-256 as the journal shows it, or a file with it in PEM')
      .option('--note <text>', 'why'),
  ).action((certificate: string, options: ApiOptions & { readonly note?: string }) =>
    withServer(cli, options, async (api) => {
      const fingerprint = await fingerprintOf(cli, certificate);
      const json = { fingerprint, ...(options.note === undefined ? {} : { note: options.note }) };
      const answer = await api.ask<Revocation>('POST', ['revocations'], { json });
      printAs(cli, options, answer.json(), (one) => `${printable(one.fingerprint)} counts as no certificate.\n`);
    }),
  );

export const revoked = (cli: Cli): Command =>
  withApi(command('revoked', 'List the revoked certificates', 'offhook certificate revoked')).action(
    (options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        printAs(cli, options, await api.read<List<Revocation>>(['revocations']), ({ items }) =>
          table(
            ['SHA256', 'SINCE (UTC)', 'BY', 'NOTE'],
            items.map(({ fingerprint, at, by, note }) => [fingerprint, moment(at) ?? '', by, note ?? '']),
          ),
        );
      }),
  );

export const reinstate = (cli: Cli): Command =>
  withApi(command('reinstate', 'Let a revoked certificate count again', 'offhook certificate reinstate 3f2a9c...'))
    .argument('<sha256>', 'its fingerprint, as the list shows it')
    .action((fingerprint: string, options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        await api.ask('DELETE', ['revocations', fingerprint]);
        printAs(cli, options, { reinstated: fingerprint }, () => `${printable(fingerprint)} counts again.\n`);
      }),
    );
