import type { Instructions } from '../../../api/contract.ts';
import type { Command } from 'commander';
import { printAs, type Cli } from '../../cli.ts';
import { printable, table } from '../../text.ts';
import { onePhone } from './phone-command.ts';

const steps = (heading: string, list: readonly string[]): string =>
  list.length === 0
    ? ''
    : `${heading}\n${list.map((step, index) => `  ${index + 1}. ${printable(step)}\n`).join('')}\n`;

const show = ({ factoryReset, defaultLogin, enableProvisioning }: Instructions): string =>
  steps('To make it fetch its configuration', enableProvisioning) +
  steps('To reset it to factory state', factoryReset) +
  (defaultLogin.length === 0
    ? ''
    : table(
        ['FACTORY LOGIN OF', 'USER', 'PASSWORD'],
        defaultLogin.map(({ models, user, password }) => [models, user, password]),
      ));

export const phoneInstructionsCommand = (cli: Cli): Command =>
  onePhone(
    cli,
    'instructions',
    'Say what a person does at the phone: point it here by hand, reset it, log in to it',
    'instructions 80:5e:c0:12:34:56',
    async ({ api, path }, options) => {
      printAs(cli, options, await api.read<Instructions>([...path, 'instructions']), show);
    },
  );
