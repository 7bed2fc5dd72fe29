import type { Phone } from '../../../api/contract.ts';
import { Option, type Command } from 'commander';
import { printAs, type Cli } from '../../cli.ts';
import { printable } from '../../text.ts';
import { onePhone, type OnePhoneOptions } from './phone-command.ts';

const say =
  (what: string) =>
  ({ name }: Phone): string =>
    `${printable(name)} ${what}.\n`;

export const phoneResetCommand = (cli: Cli): Command =>
  onePhone(
    cli,
    'reset',
    'Say that the phone was reset to factory state or replaced: it holds nothing that it was ever given',
    'reset 80:5e:c0:12:34:56',
    async ({ api, path }, options) => {
      const answer = await api.ask<Phone>('POST', [...path, 'reset']);
      printAs(cli, options, answer.json(), say('counts as new: nothing has to be taken away from it'));
    },
  );

export const phoneHardenCommand = (cli: Cli): Command =>
  onePhone(
    cli,
    'harden',
    'Set all that keeps ghost calls away: no direct IP calls, SIP from trusted servers only, a random SIP port for each line',
    'harden 80:5e:c0:12:34:56',
    async ({ api, path }, options) => {
      const answer = await api.ask<Phone>('POST', [...path, 'harden']);
      printAs(cli, options, answer.json(), say('has all three settings'));
    },
  );

interface RotateOptions extends OnePhoneOptions {
  readonly only?: 'token' | 'http';
}

export const phoneRotateCommand = (cli: Cli): Command =>
  onePhone<RotateOptions>(
    cli,
    'rotate',
    'Draw a new URL token and HTTP password; the old ones are worth nothing at once, so the phone needs the new URL',
    'rotate 80:5e:c0:12:34:56',
    async ({ api, path }, options) => {
      const which = options.only === undefined ? ['token', 'http'] : [options.only];
      const answer = await api.ask<Phone>('POST', [...path, 'rotate'], { json: { which } });
      printAs(cli, options, answer.json(), say('has new credentials; its URL: offhook phone url'));
    },
  ).addOption(new Option('--only <which>', 'only one of them').choices(['token', 'http']));

interface MoveOptions extends OnePhoneOptions {
  readonly to: string;
}

export const phoneMoveCommand = (cli: Cli): Command =>
  onePhone<MoveOptions>(
    cli,
    'move',
    'Give the phone to another tenant; it needs its new URL, and gets none of what its old tenant wrote',
    'move 80:5e:c0:12:34:56 --to globex',
    async ({ api, path }, options) => {
      const answer = await api.ask<Phone>('POST', [...path, 'move'], { json: { to: options.to } });
      printAs(cli, options, answer.json(), say(`is ${options.to}'s now; its URL: offhook phone url`));
    },
  ).requiredOption('--to <tenant>', 'who has it next');

const blocking = (cli: Cli, name: 'block' | 'unblock', description: string, done: string): Command =>
  onePhone(cli, name, description, `${name} 80:5e:c0:12:34:56`, async ({ api, path }, options) => {
    const answer = await api.ask<Phone>('PATCH', path, { json: { blocked: name === 'block' } });
    printAs(cli, options, answer.json(), say(done));
  });

export const phoneBlockCommand = (cli: Cli): Command =>
  blocking(cli, 'block', 'Refuse the phone at every door', 'is refused at every door');

export const phoneUnblockCommand = (cli: Cli): Command =>
  blocking(cli, 'unblock', 'Serve a blocked phone again', 'is served again');

export const phoneRemoveCommand = (cli: Cli): Command =>
  onePhone(
    cli,
    'remove',
    'Remove the phone; its extensions become free, and it gets nothing any more',
    'remove 80:5e:c0:12:34:56',
    async ({ api, path, named }, options) => {
      await api.ask('DELETE', path);
      printAs(cli, options, { removed: named, tenant: path[1] }, () => `${printable(named)} is removed.\n`);
    },
  );
