import type { Phone } from '../../../api/contract.ts';
import { Option, type Command } from 'commander';
import { CONTENT_CLASSES } from '../../../domain/tenant.ts';
import { printAs, type Cli } from '../../cli.ts';
import { numberFrom } from '../../read-number.ts';
import { moment, printable } from '../../text.ts';
import { onePhone, type OnePhoneOptions } from './phone-command.ts';

interface Options extends OnePhoneOptions {
  readonly content: string;
  readonly minutes: number;
  readonly close?: true;
}

const show = ({ name, window }: Phone): string =>
  window === undefined
    ? `${printable(name)} must prove itself again as usual.\n`
    : `${printable(name)} gets ${window.content} content without its usual proof until ${moment(window.until) ?? ''} UTC.\n`;

export const phoneWindowCommand = (cli: Cli): Command =>
  onePhone<Options>(
    cli,
    'window',
    'Let this one phone have its configuration without its usual proof, for some minutes (for one that cannot prove itself yet)',
    'window 80:5e:c0:12:34:56 --minutes 30',
    async ({ api, path }, options) => {
      const { content, minutes } = options;
      const window = [...path, 'window'];
      const answer = await (options.close === true
        ? api.ask<Phone>('DELETE', window)
        : api.ask<Phone>('PUT', window, { json: { content, minutes } }));
      printAs(cli, options, answer.json(), show);
    },
  )
    .option('--minutes <number>', 'for how long', numberFrom(1, 2880), 15)
    .addOption(new Option('--content <class>', 'what it may have').choices(CONTENT_CLASSES).default('full'))
    .option('--close', 'end an open window now');
