import type { Phone } from '../../../api/contract.ts';
import type { Command } from 'commander';
import { readAssignments, ASSIGNMENTS_HELP } from '../../assignments.ts';
import { command, printAs, withApi, withServer, type Cli } from '../../cli.ts';
import { findPhone } from '../../find-phone.ts';
import { warningsText } from '../../show-parts.ts';
import { printable } from '../../text.ts';
import { tenantOption } from '../tenant-option.ts';
import type { OnePhoneOptions } from './phone-command.ts';

export const phoneSetCommand = (cli: Cli): Command =>
  withApi(
    command(
      'set',
      'Change fields of a phone',
      'offhook phone set 80:5e:c0:12:34:56 label=Reception settings.ui.language=it',
    )
      .argument('<phone>', 'MAC in any notation, serial number or name')
      .argument('<fields...>', ASSIGNMENTS_HELP),
  )
    .addOption(tenantOption())
    .action((phone: string, assignments: readonly string[], options: OnePhoneOptions) =>
      withServer(cli, options, async (api) => {
        const json = readAssignments(assignments);
        const answer = await api.ask<Phone>('PATCH', await findPhone(api, phone, options), { json });
        printAs(
          cli,
          options,
          answer.json(),
          ({ name, state, warnings }) =>
            printable(`${name} changed; its state is ${state}.`) + `\n${warningsText(warnings)}`,
        );
      }),
    );
