import type { Command } from 'commander';
import { given } from '../../domain/fields.ts';
import type { RequestFacts } from '../../domain/recognise/clue.ts';
import type { Identity } from '../../domain/recognise/merge-clues.ts';
import { command, printAs, type Cli, type JsonOption } from '../cli.ts';
import { EXIT, wrongUsage } from '../failure.ts';
import { fields, printable } from '../text.ts';

interface Options extends JsonOption {
  readonly userAgent?: string;
  readonly path?: string;
  readonly class?: string;
}

/** What a program reads: every field is always there, null where nothing told it. */
const recordOf = ({ vendor, model, firmware, mac, serial, evidence, conflict }: Identity) => ({
  vendor: vendor ?? null,
  model: model ?? null,
  firmware: firmware?.text ?? null,
  mac: mac ?? null,
  serial: serial ?? null,
  evidence,
  ...(conflict === undefined ? {} : { conflict }),
});

function show({ vendor, model, firmware, mac, serial, evidence, conflict }: ReturnType<typeof recordOf>): string {
  const told = fields([
    ['vendor', vendor ?? 'not recognised'],
    ['model', model ?? undefined],
    ['firmware', firmware ?? undefined],
    ['mac', mac ?? undefined],
    ['serial', serial ?? undefined],
    ['conflict', conflict === undefined ? undefined : `two different phones: ${conflict.between.join(' and ')}`],
  ]);
  return evidence.length === 0
    ? told
    : `${told}\nBecause of:\n${evidence.map((one) => `  ${printable(one)}\n`).join('')}`;
}

export const identifyCommand = (cli: Cli): Command =>
  command(
    'identify',
    'Say which phone sends a User-Agent, asks for a path or names a DHCP class; asks no server (exit code 3: not recognised)',
    'offhook identify --user-agent "Yealink SIP-T46U 108.86.0.20 80:5e:c0:12:34:56"',
    'offhook identify --path /spa942.cfg --json',
  )
    .option('--user-agent <text>', 'the User-Agent header')
    .option('--path <path>', 'the path or file name that is asked for')
    .option('--class <text>', 'the DHCP vendor class (option 60)')
    .option('--json', 'print one JSON object: vendor, model, firmware, mac, serial, evidence')
    .action((options: Options) => {
      const { userAgent, path, class: dhcpClass } = options;
      if (userAgent === undefined && path === undefined && dhcpClass === undefined)
        throw wrongUsage('identify needs a clue: --user-agent, --path or --class');
      const facts: RequestFacts = given({ userAgent, path, dhcpClass });
      const identity = cli.world.identify(facts);
      printAs(cli, options, recordOf(identity), show);
      if (identity.vendor === undefined) cli.endWith(EXIT.notRecognised);
    });
