import { stringify } from 'yaml';
import { readText } from '../../src/api/apply/locate.ts';
import { apiClient } from '../clients/api.ts';
import { fetchWithBasic } from '../clients/digest.ts';
import { DESK_KEYS, LOWERED, macOf, numberOf } from '../company.ts';
import { median, secondsSince } from '../measure.ts';
import { officeOf, withCopy } from '../offices.ts';
import { untilAnswered, type RunningProduct } from '../product.ts';
import type { PhoneAccess } from '../secrets.ts';
import { SCALE } from '../scale.ts';
import type { Goal, Result } from './goal.ts';
import { withProduct } from './servers.ts';

const phones: readonly PhoneAccess[] = Array.from({ length: SCALE.imported }, (_, n) => {
  const mac = macOf(n);
  return { mac, token: '', user: `phone-${mac}`, password: `secret-${mac}`, line: numberOf(n, 1) };
});

const extension = (number: string): object => ({
  number,
  displayName: `Person ${number}`,
  password: `sip-${number}`,
  serverHost: 'pbx.example.com',
});

const phoneEntry = ({ mac, user, password }: PhoneAccess, n: number): object => ({
  mac,
  vendor: 'yealink',
  model: 'T46U',
  template: 'desk',
  lines: [numberOf(n, 1), numberOf(n, 2)],
  httpUser: user,
  httpPassword: password,
});

/** A tenant with all that it has, in one document. */
const companyDocument = (): object => ({
  tenants: [
    {
      name: 'imported',
      title: 'Imported',
      policy: { lowered: LOWERED },
      extensions: phones.flatMap((_, n) => [extension(numberOf(n, 1)), extension(numberOf(n, 2))]),
      templates: [{ name: 'desk', vendor: 'yealink', models: ['T46U'], keys: DESK_KEYS }],
      phones: phones.map(phoneEntry),
    },
  ],
});

interface Import {
  readonly seconds: number;
  /** Until the API said that everything is kept. */
  readonly appliedAfter: number;
}

async function importOnce(product: RunningProduct, apiToken: string, json: string): Promise<Import> {
  const last = phones.at(-1);
  if (last === undefined) throw new Error('nothing to import');
  const api = apiClient(product.ports.ADMIN, apiToken);
  const startedAt = performance.now();
  await api.post('/apply', json);
  const appliedAfter = secondsSince(startedAt);
  await untilAnswered(product, async () => (await fetchWithBasic(product.ports.LEGACY, last)) > 0);
  const seconds = secondsSince(startedAt);
  api.close();
  return { seconds, appliedAfter };
}

/** What the reading of YAML costs where the document is not JSON; the server does that before it applies. */
function yamlSeconds(document: object): number {
  const text = stringify(document);
  const startedAt = performance.now();
  if (!readText(text).ok) throw new Error('the YAML cannot be read');
  return secondsSince(startedAt);
}

async function importPhones(): Promise<readonly Result[]> {
  const nobody = await officeOf(0);
  const document = companyDocument();
  const json = JSON.stringify(document);
  const imports: Import[] = [];
  for (let round = 0; round < SCALE.rounds; round++)
    imports.push(
      await withCopy(nobody, (office) =>
        withProduct(office, {}, (product) => importOnce(product, office.apiToken, json)),
      ),
    );
  const applied = median(imports.map((one) => one.appliedAfter)).toFixed(2);
  const megabytes = (json.length / 1e6).toFixed(1);
  return [
    {
      figure: median(imports.map((one) => one.seconds)),
      detail: `kept after ${applied} s; ${megabytes} MB of JSON; reading it as YAML would add ${yamlSeconds(document).toFixed(2)} s`,
    },
  ];
}

export const IMPORT_GOALS: readonly Goal[] = [
  {
    id: 'G11',
    marks: [
      { title: 'import of 10,000 phones until the last can fetch', unit: 's', floor: 5, aim: 2, sense: 'at_most' },
    ],
    run: importPhones,
  },
];
