import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Mac } from '../../domain/mac.ts';
import { command, printJson, type Cli, type JsonOption } from '../cli.ts';
import { EXIT } from '../failure.ts';
import { macsFrom, pickModel, type Picked } from '../pick-model.ts';
import { readInputText } from '../read-input.ts';
import { runAtOnce } from '../run-at-once.ts';
import { count, printable } from '../text.ts';
import type { SimulatedEnd, SimulatedPhone, SimulatedStep } from '../world.ts';

interface Options extends JsonOption {
  readonly model: string;
  readonly vendor?: string;
  readonly server: string;
  readonly mac?: string;
  readonly count: number;
  readonly ca?: string;
  readonly insecure?: true;
  readonly cert?: string;
  readonly key?: string;
}

/** What became of one simulated phone. */
interface Run {
  readonly mac: Mac;
  readonly settled: boolean;
  readonly reason?: string;
  readonly home: string;
  readonly requests: number;
  readonly bytes: number;
  readonly resync: readonly number[];
}

const AT_ONCE = 8;
const MOST = 10_000;

/** URLs of phones carry their token; whoever watches need not see it. */
export const maskUrl = (url: string): string =>
  url
    .replace(/\/([pt])\/[^/]+/gi, '/$1/***')
    .replace(/[a-z2-7]{26,}/gi, '***')
    .replace(/\/\/[^/@]*@/, '//***@');

export function readCount(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > MOST)
    throw new InvalidArgumentError(`must be a number from 1 to ${MOST}.`);
  return number;
}

function readServer(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:', 'tftp:'].includes(url.protocol))
    throw new InvalidArgumentError('must be a URL that starts with tftp://, http:// or https://.');
  return text;
}

const stepText = (mac: Mac, { round, url, status, bytes }: SimulatedStep): string =>
  `${mac}  round ${round}  ${status}  ${String(bytes).padStart(7)} bytes  ${printable(maskUrl(url))}\n`;

const endText = (mac: Mac, { settled, reason, home, resync }: SimulatedEnd): string =>
  settled
    ? `${mac}  configured; will ask at ${printable(maskUrl(home))}` +
      `${resync.length === 0 ? '' : `; asked again: ${resync.join(' ')}`}\n`
    : `${mac}  not configured: ${printable(maskUrl(reason ?? 'no reason'))}\n`;

async function trustOf(cli: Cli, { ca, insecure }: Options): Promise<SimulatedPhone['trust']> {
  if (ca !== undefined) return { pem: await readInputText(cli.world, ca) };
  return insecure === true ? 'insecure' : 'public';
}

/** The factory certificate, where one was given: of one phone, so every simulated one shows the same. */
async function certificateOf(cli: Cli, { cert, key }: Options): Promise<Pick<SimulatedPhone, 'certificate'>> {
  if (cert === undefined || key === undefined) return {};
  return { certificate: { cert: await readInputText(cli.world, cert), key: await readInputText(cli.world, key) } };
}

async function runOne(cli: Cli, phone: SimulatedPhone, quiet: boolean): Promise<Run> {
  const steps: SimulatedStep[] = [];
  const end = await cli.world.simulate(phone, (step) => {
    steps.push(step);
    if (!quiet) cli.print(stepText(phone.mac, step));
  });
  if (!quiet) cli.print(endText(phone.mac, end));
  const bytes = steps.reduce((sum, step) => sum + step.bytes, 0);
  return { mac: phone.mac, ...end, home: maskUrl(end.home), requests: steps.length, bytes };
}

function summaryOf(runs: readonly Run[], { driver, model }: Picked): string {
  const settled = runs.filter((run) => run.settled).length;
  const requests = runs.reduce((sum, run) => sum + run.requests, 0);
  const bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
  const phones = count(runs.length, `${driver.name} ${model.id}`, `x ${driver.name} ${model.id}`);
  return `\n${phones}: ${settled} configured, ${runs.length - settled} not; ${count(requests, 'request')}, ${count(bytes, 'byte')}.\n`;
}

async function simulate(cli: Cli, options: Options): Promise<void> {
  const picked = pickModel(options.model, options.vendor);
  const macs = macsFrom(options.mac, options.count, picked);
  const trust = await trustOf(cli, options);
  const certificate = await certificateOf(cli, options);
  const quiet = options.json === true;
  const runs = await runAtOnce(AT_ONCE, macs, (mac) => {
    const phone = {
      vendor: picked.driver.id,
      model: picked.model.id,
      mac,
      server: options.server,
      trust,
      ...certificate,
    };
    return runOne(cli, phone, quiet);
  });
  if (quiet) printJson(cli, { vendor: picked.driver.id, model: picked.model.id, phones: runs });
  else cli.print(summaryOf(runs, picked));
  if (runs.some((run) => !run.settled)) cli.endWith(EXIT.failed);
}

export const simulateCommand = (cli: Cli): Command =>
  command(
    'simulate',
    "Boot phones that do not exist: from factory state, as the maker's phone does, going only where the files send them",
    'offhook simulate --model T46U --server http://192.0.2.10:1445/ --mac 80:5e:c0:12:34:56 --ca offhook-ca.pem',
    'offhook simulate --model SPA942 --server tftp://192.0.2.10/ --count 50 --insecure',
  )
    .requiredOption('--model <name>', 'what is printed on the phone, such as T46U')
    .requiredOption('--server <url>', 'where the factory phone is sent (tftp://, http:// or https://)', readServer)
    .option('--vendor <name>', 'its maker, where two makers have a model of this name')
    .option('--mac <mac>', "MAC of the first phone, in any notation (left out: one of the maker's)")
    .option('--count <number>', 'how many phones, with MACs that follow each other', readCount, 1)
    .option('--ca <file>', 'authority that the phone trusts, in PEM (left out: the public ones)')
    .addOption(new Option('--insecure', 'the phone checks no certificate').conflicts('ca'))
    .option('--cert <file>', 'its factory certificate, in PEM; needs --key')
    .option('--key <file>', 'the key of --cert, in PEM')
    .option('--json', 'print one JSON object at the end')
    .action((options: Options) => simulate(cli, options));
