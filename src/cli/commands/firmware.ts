import type { FirmwareImage } from '../../api/contract.ts';
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { Api } from '../api.ts';
import { command, commandGroup, printAs, withApi, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { fileFailure } from '../read-input.ts';
import { count, printable, table } from '../text.ts';

interface PlaceOptions extends ApiOptions {
  readonly tenant?: string;
}

interface UploadOptions extends PlaceOptions {
  readonly vendor: string;
  readonly models: string;
  readonly firmware: string;
  readonly name?: string;
  readonly hardware?: string;
  readonly from?: string;
  readonly sha256?: string;
}

const placeOf = ({ tenant }: PlaceOptions): readonly string[] =>
  tenant === undefined ? ['firmware'] : ['tenants', tenant, 'firmware'];

const TENANT = ['--tenant <name>', 'of this tenant only (left out: of all)'] as const;

const list = (cli: Cli): Command =>
  withApi(command('list', 'List the firmware files', 'offhook firmware list'))
    .option(...TENANT)
    .action((options: PlaceOptions) =>
      withServer(cli, options, async (api) => {
        const items = await api.list<FirmwareImage>(placeOf(options));
        printAs(cli, options, { items }, () =>
          items.length === 0
            ? 'No firmware files.\n'
            : table(
                ['FILE', 'VENDOR', 'MODELS', 'VERSION', 'BYTES'],
                items.map((one) => [one.fileName, one.vendor, one.models.join(','), one.version, String(one.size)]),
              ),
        );
      }),
    );

async function send(cli: Cli, api: Api, file: string, options: UploadOptions): Promise<FirmwareImage> {
  const { vendor, models, firmware: version, hardware, from: fromVersion, sha256 } = options;
  const name = options.name ?? basename(file);
  const body = await cli.world.openFile(file).catch((cause: unknown) => {
    throw fileFailure(file, 'read', cause);
  });
  const answer = await api.ask<FirmwareImage>('PUT', [...placeOf(options), name], {
    query: { vendor, models, version, hardware, fromVersion, sha256 },
    body,
    contentType: 'application/octet-stream',
  });
  return answer.json();
}

const upload = (cli: Cli): Command =>
  withApi(
    command(
      'upload',
      'Upload a firmware file, so that phones can load it from here',
      'offhook firmware upload T46U-108.86.0.20.rom --vendor yealink --models T46U,T48U --firmware 108.86.0.20',
    ).argument('<file>', "the maker's file"),
  )
    .requiredOption('--vendor <name>', 'its maker')
    .requiredOption('--models <list>', 'models that it is for, separated by commas')
    .requiredOption('--firmware <version>', 'version that it holds')
    .option('--name <name>', 'name that phones ask for (left out: that of the file)')
    .option('--hardware <revision>', 'hardware revision that it is for')
    .option('--from <version>', 'oldest firmware that may load it')
    .option('--sha256 <hex>', 'refuse it when the content has another checksum')
    .option(...TENANT)
    .action((file: string, options: UploadOptions) =>
      withServer(cli, options, async (api) => {
        printAs(
          cli,
          options,
          await send(cli, api, file, options),
          ({ fileName, version, size, sha256 }) =>
            printable(`${fileName}: version ${version}, ${count(size, 'byte')}, sha256 ${sha256}`) + '\n',
        );
      }),
    );

const remove = (cli: Cli): Command =>
  withApi(command('remove', 'Remove a firmware file', 'offhook firmware remove T46U-108.86.0.20.rom'))
    .argument('<name>', 'name of the file')
    .option(...TENANT)
    .action((name: string, options: PlaceOptions) =>
      withServer(cli, options, async (api) => {
        await api.ask('DELETE', [...placeOf(options), name]);
        printAs(cli, options, { removed: name }, () => `${printable(name)} is removed.\n`);
      }),
    );

export const firmwareCommand = (cli: Cli): Command =>
  commandGroup('firmware', 'Firmware files that phones load from here', list(cli), upload(cli), remove(cli));
