import type { Phone } from '../../../api/contract.ts';
import type { Command } from 'commander';
import { parseMac } from '../../../domain/mac.ts';
import { readAssignments, ASSIGNMENTS_HELP } from '../../assignments.ts';
import { command, printAs, withApi, withServer, type ApiOptions, type Cli } from '../../cli.ts';
import { pickModel } from '../../pick-model.ts';
import { warningsText } from '../../show-parts.ts';
import { printable } from '../../text.ts';

interface Options extends ApiOptions {
  readonly tenant: string;
  readonly model: string;
  readonly vendor?: string;
  readonly line?: readonly string[];
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export const phoneCreateCommand = (cli: Cli): Command =>
  withApi(
    command(
      'create',
      'Add a phone to a tenant',
      'offhook phone create 80:5e:c0:12:34:56 --tenant acme --model T46U --line 201 label=Reception',
    )
      .argument('<phone>', 'MAC in any notation, or serial number')
      .argument('[fields...]', ASSIGNMENTS_HELP)
      .requiredOption('--tenant <name>', 'whose phone it is')
      .requiredOption('--model <name>', 'what is printed on the phone, such as T46U')
      .option('--vendor <name>', 'its maker, where two makers have a model of this name')
      .option('--line <extension>', 'extension of the next line; may be repeated', collect),
  ).action((phone: string, assignments: readonly string[], options: Options) =>
    withServer(cli, options, async (api) => {
      const { driver, model } = pickModel(options.model, options.vendor);
      const json = {
        ...(parseMac(phone).ok
          ? { mac: phone }
          : model.features.includes('software')
            ? { name: phone }
            : { serial: phone }),
        vendor: driver.id,
        model: model.id,
        ...(options.line === undefined ? {} : { lines: options.line }),
        ...readAssignments(assignments),
      };
      const answer = await api.ask<Phone>('POST', ['tenants', options.tenant, 'phones'], { json });
      printAs(
        cli,
        options,
        answer.json(),
        ({ name, vendor, model: made, warnings }) =>
          printable(`Created ${vendor} ${made} ${name} in tenant ${options.tenant}.`) + `\n${warningsText(warnings)}`,
      );
    }),
  );
