import type { PhoneFiles } from '../../api/contract.ts';
import { Option, type Command } from 'commander';
import type { Api } from '../api.ts';
import { command, printAs, withApi, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { CommandFailed, EXIT } from '../failure.ts';
import { findPhone, type PhoneOptions, type PhonePath } from '../find-phone.ts';
import { fileFailure } from '../read-input.ts';
import { count, printable } from '../text.ts';
import { tenantOption } from './tenant-option.ts';

interface Options extends ApiOptions, PhoneOptions {
  readonly phone: string;
  readonly file?: string;
  readonly firmware?: string;
  readonly out?: string;
  readonly reveal?: true;
}

const fetchFile = async (api: Api, path: PhonePath, name: string, { firmware, reveal }: Options): Promise<Uint8Array> =>
  (await api.ask('GET', [...path, 'files', name], { query: { firmware, reveal } })).body;

/** A name that the server says must not lead out of the directory that the person named. */
function requireInside(name: string): string {
  const steps = name.split(/[/\\]/);
  if (steps.some((step) => step === '' || step === '..')) {
    throw new CommandFailed(EXIT.failed, `will not write a file named ${JSON.stringify(name)}`);
  }
  return name;
}

async function writeAll(cli: Cli, api: Api, path: PhonePath, out: string, options: Options): Promise<void> {
  const { files } = await api.read<PhoneFiles>([...path, 'files']);
  for (const { name } of files) {
    const target = `${out.replace(/\/+$/, '')}/${requireInside(name)}`;
    const bytes = await fetchFile(api, path, name, options);
    try {
      await cli.world.writeFile(target, bytes, { secret: options.reveal === true });
    } catch (cause) {
      throw fileFailure(target, 'write', cause);
    }
    cli.print(`${printable(target)}  ${count(bytes.length, 'byte')}\n`);
  }
}

export const renderCommand = (cli: Cli): Command =>
  withApi(
    command(
      'render',
      'Show what a phone would be served now: the list of its files, one of them, or all into a directory',
      'offhook render --phone 80:5e:c0:12:34:56',
      'offhook render --phone 80:5e:c0:12:34:56 --file 805ec0123456.cfg --reveal > 805ec0123456.cfg',
    )
      .requiredOption('--phone <mac>', 'MAC in any notation, serial number or name')
      .option('--file <name>', 'print this file, byte for byte')
      .option('--firmware <version>', 'as for this firmware, whatever the phone has')
      .addOption(new Option('--out <dir>', 'write all files into this directory').conflicts('file'))
      .option('--reveal', 'with the real passwords in place of *** (noted in the audit log)')
      .addOption(tenantOption()),
  ).action((options: Options) =>
    withServer(cli, options, async (api) => {
      const path = await findPhone(api, options.phone, options);
      if (options.out !== undefined) await writeAll(cli, api, path, options.out, options);
      else if (options.file !== undefined) cli.print(await fetchFile(api, path, options.file, options));
      else {
        const list = await api.read<PhoneFiles>([...path, 'files']);
        printAs(cli, options, list, ({ files }) => files.map(({ name }) => `${printable(name)}\n`).join(''));
      }
    }),
  );
