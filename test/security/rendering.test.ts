import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostileText } from '../kit/hostile-text.ts';
import { startTestProduct, type TestProduct } from '../kit/product.ts';
import { arrived, damage, RenderedPhone, SENTINEL, type Field, type Trace } from '../kit/rendering.ts';

const PHONES = [
  { vendor: 'yealink', model: 'T46U', id: '805ec0aa0071', slot: 'key/2', raw: 'custom.text' },
  { vendor: 'snom', model: 'D785', id: '000413aa0071', slot: 'key/2', raw: 'custom_text' },
  { vendor: 'polycom', model: 'VVX411', id: '64167faa0071', slot: 'key/2', raw: 'custom.text' },
  { vendor: 'cisco-spa', model: 'SPA942', id: '000e08aa0071', slot: 'key/2', raw: 'Custom_Text' },
  { vendor: 'softclients', model: 'Linphone', id: 'desk-71', slot: undefined, raw: 'misc/custom' },
] as const;
type Attacked = (typeof PHONES)[number];

let offhook: TestProduct;
beforeAll(async () => {
  offhook = await startTestProduct();
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
});
afterAll(() => offhook.close());

interface Shown {
  readonly id: string;
  readonly scope: 'phone' | 'line';
  readonly secret: boolean;
  readonly example: unknown;
}

/** Every place of this phone's configuration that takes text, as the API offers them. */
async function fieldsOf({ vendor, model, id, slot, raw }: Attacked): Promise<readonly Field[]> {
  const phonePath = `/tenants/acme/phones/${id}`;
  const extensionPath = `/tenants/acme/extensions/${id}`;
  const extension = {
    displayName: 'Person',
    user: 'u71',
    authUser: 'a71',
    password: 'sip-secret-71',
    serverHost: 'pbx.example.com',
  };
  const phone = { vendor, model, label: 'Desk', lines: [{ extension: id }] };
  const put = async (path: string, body: object): Promise<number> => (await offhook.api('PUT', path, body)).status;
  const onPhone = (name: string, change: (text: string) => object): Field => ({
    name,
    write: (text) => put(phonePath, { ...phone, ...change(text) }),
    clear: () => offhook.must('PUT', phonePath, phone),
  });
  const onExtension = (name: keyof typeof extension): Field => ({
    name: `extension ${name}`,
    write: (text) => put(extensionPath, { ...extension, [name]: text }),
    clear: () => offhook.must('PUT', extensionPath, extension),
  });
  await offhook.must('PUT', extensionPath, extension);
  await offhook.must('PUT', phonePath, phone);
  const { items } = (await offhook.must('GET', '/settings')) as { readonly items: readonly Shown[] };
  const texts = items.filter(({ example, secret }) => secret || typeof example === 'string');
  const urls = items.filter(({ example }) => typeof example === 'string' && /^https?:/.test(example));
  const setting = ({ id: name, scope }: Shown, spelt: (text: string) => string): Field =>
    onPhone(name, (text) => {
      const settings = { [name]: { value: spelt(text) } };
      return scope === 'line' ? { lines: [{ extension: id, settings }] } : { settings };
    });
  return [
    ...(['displayName', 'user', 'authUser', 'password', 'serverHost'] as const).map(onExtension),
    onPhone('label', (label) => ({ label })),
    onPhone('raw value', (text) => ({ raw: { [raw]: { value: text, public: true } } })),
    ...texts.map((shown) => setting(shown, (text) => text)),
    ...urls.map((shown) => setting(shown, (text) => `http://zq7.example.com/${text}.cfg`)),
    ...(slot === undefined
      ? []
      : [
          onPhone('key label', (label) => ({
            keys: { [slot]: { key: { type: 'speed_dial', line: 1, dial: '200', label } } },
          })),
          onPhone('key dial', (dial) => ({
            keys: { [slot]: { key: { type: 'speed_dial', line: 1, dial, label: 'x' } } },
          })),
          onPhone('key url', (text) => ({
            keys: { [slot]: { key: { type: 'action_url', url: `http://zq7.example.com/${text}.cfg`, label: 'x' } } },
          })),
          onPhone('key watch', (watch) => ({ keys: { [slot]: { key: { type: 'blf', line: 1, watch, label: 'x' } } } })),
        ]),
  ];
}

/** What one format or another has no way to say: a control character in a line, a bracket in a SPA's profile rule. */
const UNSAYABLE = ['\u0001', ']'];

/** Follows the sentinel from the field to the files; undefined where the field takes no free text or goes into none. */
async function follow(phone: RenderedPhone, field: Field): Promise<Trace | undefined> {
  await phone.forget();
  if ((await field.write(SENTINEL)) >= 300) return undefined;
  // A second time, when everything that either form needs was given once: the files then differ in nothing but the field.
  await phone.fetch();
  await field.clear();
  await phone.fetch();
  await field.write(SENTINEL);
  const set = await phone.fetch();
  const gaps = await phone.gaps();
  await field.clear();
  const cleared = await phone.fetch();
  const found = { set, cleared, gapped: cleared, gaps };
  if (!Array.from(set.exact.values()).some((value) => value.includes(SENTINEL))) return undefined;
  for (const text of UNSAYABLE) {
    if ((await field.write(text)) >= 300) continue;
    const now = await phone.fetch();
    if (!arrived(found, now, text)) return { ...found, gapped: now };
  }
  return found;
}

/** Writes the text and reads it back: it arrived, or was refused, or is told as a gap; and nothing else has changed. */
async function attack(
  phone: RenderedPhone,
  field: Field,
  trace: Trace,
  text: string,
): Promise<'arrived' | 'refused' | 'gap'> {
  if ((await field.write(text)) >= 300) return 'refused';
  const now = await phone.fetch();
  const wrong = damage(trace, now, text);
  if (wrong.length > 0) throw new Error(`${field.name} = ${JSON.stringify(text)}: ${wrong.join('; ')}`);
  if (arrived(trace, now, text)) return 'arrived';
  if ((await phone.gaps()) <= trace.gaps)
    throw new Error(`${field.name} = ${JSON.stringify(text)}: lost without a word`);
  return 'gap';
}

const BREAKING_OUT = [
  'x\naccount.1.sip_server_host = evil.example.com',
  'x\r\naccount.1.sip_server.1.address = evil.example.com',
  'x\raccount.1.user_name = evil',
  '</value><user_host idx="1">evil.example.com</user_host><value>',
  '</user_realname><user_host idx="1">evil.example.com</user_host><user_realname>',
  'x" reg.1.server.1.address="evil.example.com',
  "x' reg.1.server.1.address='evil.example.com",
  '</Display_Name_1_><Proxy_1_>evil.example.com</Proxy_1_><Display_Name_1_>',
  '</entry><entry name="reg_proxy" overwrite="true">evil</entry><entry name="x">',
  '"; }',
  '%NULL%',
  '$MA {{mac}} ${mac} [PHONE_MAC_ADDRESS]',
  'a\u2028account.1.sip_server_host = evil\u2029',
  'a\rb',
  'a\u0000b',
  'a\u0085b\u001b[2J',
  ']]><!--',
  '&lt;b&gt; &#10; &amp;',
  '# comment',
  'Ünïcødé 電話 🕿',
];

describe.each(PHONES)('$vendor', (attacked) => {
  let phone: RenderedPhone;
  let fields: readonly Field[];
  beforeAll(async () => {
    phone = new RenderedPhone(offhook, attacked.vendor, `/tenants/acme/phones/${attacked.id}`);
    fields = await fieldsOf(attacked);
  });

  test(`R1 ${attacked.vendor}: a display name that tries to become a second parameter comes back as it was written, or is told as a gap`, async () => {
    const displayName = fields.find(({ name }) => name === 'extension displayName');
    const trace = displayName && (await follow(phone, displayName));
    if (displayName === undefined || trace === undefined) throw new Error('the display name goes into no file');
    const results: Record<string, string> = {};
    for (const text of BREAKING_OUT) results[text] = await attack(phone, displayName, trace, text);
    await displayName.clear();
    expect(results['Ünïcødé 電話 🕿']).toBe('arrived');
    expect(results['"; }']).toBe('arrived');
    expect(['gap', 'refused']).toContain(results['a\u0000b']);
  });

  test(`R2 ${attacked.vendor}: no text in any field changes another parameter; it comes back as it was written, or is refused`, async () => {
    const anyText = fc.oneof(
      hostileText,
      fc.string({ unit: 'binary', maxLength: 24 }),
      fc.string({ unit: 'binary', maxLength: 8 }).map((text) => `${text}\ud800`),
    );
    const results = { arrived: 0, refused: 0, gap: 0 };
    const damages: string[] = [];
    let followed = 0;
    for (const field of fields) {
      const trace = await follow(phone, field);
      if (trace === undefined) continue;
      followed += 1;
      const attempt = fc.asyncProperty(anyText, async (text) => {
        results[await attack(phone, field, trace, text)] += 1;
      });
      // Five texts of its own for every field.
      const seed = (fc.readConfigureGlobal().seed ?? 0) + followed;
      const found = await fc.check(attempt, { seed, numRuns: 5, interruptAfterTimeLimit: 4_000 });
      if (found.failed) damages.push(String(found.errorInstance));
      await field.clear();
    }
    expect(damages).toEqual([]);
    expect(followed).toBeGreaterThan(8);
    expect(results.arrived).toBeGreaterThan(0);
    expect(results.refused + results.gap).toBeGreaterThan(0);
  }, 240_000);
});
