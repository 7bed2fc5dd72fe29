import { setTimeout as delay } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import type { Resync } from '../../api/contract.ts';
import type { Api } from '../api.ts';
import { command, printAs, withApi, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { CommandFailed, EXIT } from '../failure.ts';
import { findPhone, type PhoneOptions } from '../find-phone.ts';
import { moment, printable } from '../text.ts';
import { tenantOption } from './tenant-option.ts';

interface Options extends ApiOptions, PhoneOptions {
  readonly reboot?: 'only' | 'too';
  readonly wait: boolean;
}

const LOOK_EVERY_MILLISECONDS = 500;

const KIND = { only: 'reboot', too: 'refetch_and_reboot' } as const;

/** What each step is, done and not. */
const WORDS: Readonly<Record<Resync['steps'][number]['step'], readonly [done: string, otherwise: string]>> = {
  sent: ['sent', 'to be sent'],
  answered: ['accepted', 'to be accepted'],
  fetched: ['fetched its configuration', 'to fetch its configuration'],
  up_to_date: ['has what it should have', 'to have what it should have'],
};

const answersOf = ({ answers }: Resync): string => (answers.length === 0 ? '' : ` (answers: ${answers.join(', ')})`);

function lineOf(resync: Resync, { step, state, at, before }: Resync['steps'][number]): string {
  const [done, otherwise] = WORDS[step];
  const more = step === 'answered' ? answersOf(resync) : '';
  if (state === 'done') return `  ${moment(at) ?? ''}  ${done}${more}\n`;
  if (state === 'failed') return `  ${moment(at) ?? ''}  failed ${otherwise}${more}\n`;
  return state === 'awaited' ? `  awaited${' '.repeat(14)}${otherwise}, before ${moment(before) ?? ''}\n` : '';
}

const show =
  (named: string) =>
  (resync: Resync): string => {
    const { event, extension, server, steps, why, next } = resync;
    const head = `${printable(named)}: ${printable(event)} to extension ${printable(extension)} by ${printable(server)}\n`;
    const end = why === undefined ? '' : `\nWhy:  ${printable(why)}\nNext: ${printable(next ?? '')}\n`;
    return head + steps.map((step) => lineOf(resync, step)).join('') + end;
  };

/** Looks again until it is at its end, one way or the other. */
async function untilEnded(api: Api, path: readonly string[], started: Resync): Promise<Resync> {
  let resync = started;
  while (resync.state === 'running') {
    await delay(LOOK_EVERY_MILLISECONDS);
    resync = await api.read<Resync>([...path, 'resync']);
  }
  return resync;
}

export const resyncCommand = (cli: Cli): Command =>
  withApi(
    command(
      'resync',
      'Tell a phone by SIP to fetch its configuration now, and look whether it does',
      'offhook resync 80:5e:c0:12:34:56',
      'offhook resync 80:5e:c0:12:34:56 --reboot too',
    ),
  )
    .argument('<phone>', 'MAC in any notation, serial number or name')
    .addOption(tenantOption())
    .addOption(new Option('--reboot <how>', '`too`: fetch and restart; `only`: restart').choices(['too', 'only']))
    .option('--no-wait', 'do not wait until the phone has come')
    .action((named: string, options: Options) =>
      withServer(cli, options, async (api) => {
        const path = [...(await findPhone(api, named, options)), 'resync'];
        const kind = options.reboot === undefined ? 'refetch' : KIND[options.reboot];
        const started = (await api.ask<Resync>('POST', path, { json: { kind } })).json();
        const resync = options.wait ? await untilEnded(api, path.slice(0, -1), started) : started;
        printAs(cli, options, resync, show(named));
        if (resync.state === 'failed') throw new CommandFailed(EXIT.failed, 'the phone was not brought back');
      }),
    );
