import { parseMac } from '../domain/mac.ts';
import type { Api } from './api.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { problemText } from './problem-text.ts';
import type { ApiAnswer } from './world.ts';

/** Path of a phone below /api/v1. */
export type PhonePath = readonly ['tenants', string, 'phones', string];

export interface PhoneOptions {
  readonly tenant?: string;
}

const failUnless404 = (answer: ApiAnswer): void => {
  if (answer.status >= 400 && answer.status !== 404) throw new CommandFailed(EXIT.failed, problemText(answer));
};

async function isThere(api: Api, path: PhonePath): Promise<boolean> {
  const answer = await api.send('GET', path);
  failUnless404(answer);
  return answer.status < 400;
}

/** A MAC is unique in the whole system, so a server that knows the short way says the tenant at once. */
async function askDirectory(api: Api, mac: string): Promise<string | undefined> {
  const answer = await api.send<{ readonly tenant: string }>('GET', ['phones'], { query: { mac } });
  failUnless404(answer);
  return answer.status < 400 ? answer.json().tenant : undefined;
}

/** Where the phone is, named by its MAC in any notation, its serial number or its name; whose it is need not be said. */
export async function findPhone(api: Api, phone: string, { tenant }: PhoneOptions): Promise<PhonePath> {
  if (tenant !== undefined) return ['tenants', tenant, 'phones', phone];
  const mac = parseMac(phone);
  const owner = mac.ok ? await askDirectory(api, mac.value) : undefined;
  if (owner !== undefined) return ['tenants', owner, 'phones', phone];
  const tenants = await api.list<{ readonly name: string }>(['tenants']);
  for (const { name } of tenants) {
    const path: PhonePath = ['tenants', name, 'phones', phone];
    if (await isThere(api, path)) return path;
  }
  throw new CommandFailed(EXIT.failed, `there is no phone ${JSON.stringify(phone)} in any tenant that you may see`);
}
