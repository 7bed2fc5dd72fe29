import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../src/main/log.ts';
import { addPhone, credentialsOf, journal, sendRaw, type KnownPhone } from '../kit/attack.ts';
import { ask, startTestProduct, type Ask, type TestProduct } from '../kit/product.ts';
import { fetchTftp } from '../kit/tftp-client.ts';

let offhook: TestProduct;
let phone: KnownPhone;
let tenantToken: string;
const written: string[] = [];
beforeAll(async () => {
  offhook = await startTestProduct({
    environment: { OFFHOOK_DOORS_LEGACY_OPEN: 'true' },
    log: createLog('trace', { write: (text) => void written.push(text) }),
  });
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
  phone = await addPhone(offhook, 'acme', 'yealink', 'aa0051');
  tenantToken = (await credentialsOf(offhook, '/tenants/acme')).token;
});
afterAll(() => offhook.close());

const PHONE_DOORS = ['secure', 'spa', 'bootstrap', 'legacy'] as const;

/** Where a token may stand in a request, rightly or by somebody's mistake. */
const targetsWith = (token: string): readonly string[] => [
  `/p/${token}/${phone.file}`,
  `/t/${token}/${phone.file}`,
  `/P/${token.toUpperCase()}/${phone.file}`,
  `//p//${token}//none.rom`,
  `/p/${token}`,
  `/${token}/${phone.file}`,
  `/tftpboot/p/${token}/${phone.file}`,
  `/somewhere/t/${token}/${phone.file}`,
  `/p/${token}/../${phone.file}`,
  `/p/${token}/%00`,
  `/p/${token}/y000000000108.boot`,
  `/p/%${token.charCodeAt(0).toString(16)}${token.slice(1)}/${phone.file}`,
  `/${token}.cfg`,
  `/${phone.file}?token=${token}`,
];

test('A10 a token in a URL shows in no log, journal, audit, error page or metric, only its fingerprint does', async () => {
  const errorPages: string[] = [];
  let served = 0;
  for (const token of [phone.token, tenantToken]) {
    const asks: readonly Ask[] = [
      {},
      { method: 'HEAD' },
      { method: 'PUT', body: 'x' },
      { method: 'DELETE' },
      { headers: { referer: `https://127.0.0.1/p/${token}/x.cfg` } },
    ];
    for (const door of PHONE_DOORS)
      for (const target of targetsWith(token)) {
        for (const how of asks) {
          const answer = await ask(`${offhook.door(door)}${target}`, how);
          const { headers, text } = answer;
          if (answer.status === 200) served += 1;
          else errorPages.push(JSON.stringify([headers, text]));
          // Nothing that would carry the URL on, as a Referer, to somebody else.
          for (const name of ['location', 'link', 'refresh', 'content-location'])
            expect(headers).not.toHaveProperty(name);
          expect(headers['content-type'] ?? '').not.toContain('html');
        }
        errorPages.push(await sendRaw(offhook.door(door), `GET ${target} HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n`));
      }
    for (const target of targetsWith(token)) await fetchTftp({ port: offhook.port('tftp') }, target);
    for (const path of ['/metrics', `/api/v1/${token}`, `/p/${token}/%c0%ae`])
      errorPages.push(JSON.stringify((await ask(`${offhook.door('admin')}${path}`)).text));
  }
  expect(served).toBeGreaterThan(0);
  const records = await journal(offhook);
  expect(
    records.filter((record) => /^p\/[0-9a-f]{8}\.{3}\/805ec0aa0051\.cfg$/.test(record.file)).length,
  ).toBeGreaterThan(0);
  const audit = (await offhook.must('GET', '/audit')) as unknown;
  const seen = { errorPages, log: [...offhook.log, ...written], journal: records, audit };
  for (const [where, what] of Object.entries(seen)) {
    const text = JSON.stringify(what).toLowerCase();
    for (const token of [phone.token, tenantToken])
      expect(
        text.includes(token),
        `${where}: ${text.slice(Math.max(0, text.indexOf(token) - 200), text.indexOf(token) + 60)}`,
      ).toBe(false);
  }
  expect(written.length).toBeGreaterThan(0);
});
