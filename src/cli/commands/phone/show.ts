import type { Phone } from '../../../api/contract.ts';
import type { Command } from 'commander';
import { printAs, type Cli } from '../../cli.ts';
import { settingsText, warningsText } from '../../show-parts.ts';
import { fields, moment } from '../../text.ts';
import { onePhone } from './phone-command.ts';

const seenText = ({ lastSeen }: Phone): string =>
  lastSeen === undefined
    ? 'never'
    : `${moment(lastSeen.at) ?? ''} UTC from ${lastSeen.address} at door ${lastSeen.door}`;

const windowText = ({ window }: Phone): string | undefined =>
  window === undefined
    ? undefined
    : `${window.content} until ${moment(window.until) ?? ''} UTC, opened by ${window.by}`;

const linesText = ({ lines }: Phone): string | undefined =>
  lines.length === 0 ? undefined : lines.map(({ position, extension }) => `${position}: ${extension}`).join(', ');

const show =
  (tenant: string) =>
  (phone: Phone): string =>
    fields([
      ['phone', phone.name],
      ['tenant', tenant],
      ['mac', phone.mac],
      ['serial', phone.serial],
      ['model', `${phone.vendor} ${phone.model}`],
      ['sidecars', phone.sidecars === undefined ? undefined : `${phone.sidecars.count} x ${phone.sidecars.type}`],
      ['firmware', phone.lastSeen?.firmware ?? phone.firmware],
      ['label', phone.label],
      ['person', phone.person],
      ['group', phone.group],
      ['template', phone.template],
      ['profile', phone.profile],
      ['lines', linesText(phone)],
      ['state', phone.blocked ? `${phone.state}, blocked` : phone.state],
      ['last seen', seenText(phone)],
      ['window', windowText(phone)],
    ]) +
    settingsText('OWN SETTING', phone.settings) +
    phone.lines.map((line) => settingsText(`SETTING OF LINE ${line.position}`, line.settings)).join('') +
    warningsText(phone.warnings);

export const phoneShowCommand = (cli: Cli): Command =>
  onePhone(
    cli,
    'show',
    'Show one phone: what it is, its lines, its state, its own settings',
    'show 80:5e:c0:12:34:56',
    async ({ api, path }, options) => {
      printAs(cli, options, await api.read<Phone>(path), show(path[1]));
    },
  );
