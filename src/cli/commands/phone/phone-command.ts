import type { Command } from 'commander';
import type { Api } from '../../api.ts';
import { command, withApi, withServer, type ApiOptions, type Cli } from '../../cli.ts';
import { findPhone, type PhoneOptions, type PhonePath } from '../../find-phone.ts';
import { tenantOption } from '../tenant-option.ts';

export type OnePhoneOptions = ApiOptions & PhoneOptions;

export interface OnePhone {
  readonly api: Api;
  readonly path: PhonePath;
  /** As the person wrote it. */
  readonly named: string;
}

type PhoneWork<O> = (phone: OnePhone, options: O) => Promise<void>;

/** A command about one phone that is named first; `work` gets its path. */
export function onePhone<O extends OnePhoneOptions>(
  cli: Cli,
  name: string,
  description: string,
  example: string,
  work: PhoneWork<O>,
): Command {
  return withApi(
    command(name, description, `offhook phone ${example}`).argument(
      '<phone>',
      'MAC in any notation, serial number or name',
    ),
  )
    .addOption(tenantOption())
    .action((named: string, options: O) =>
      withServer(cli, options, async (api) =>
        work({ api, path: await findPhone(api, named, options), named }, options),
      ),
    );
}
