import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseMac, type Mac } from '../../src/domain/mac.ts';
import { bootPhone, resyncPhone, type FactoryPhone } from '../../src/simulate/boot.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { startTestProduct, type TestProduct } from '../kit/product.ts';

// Carton → bootstrap → full configuration over TLS, for a phone of each maker, against the real listeners.
const PHONES = [
  { vendor: 'yealink', model: 'T46U', mac: '805ec0000001', start: 'bootstrap', user: 'account.1.user_name' },
  { vendor: 'snom', model: 'D785', mac: '000413000001', start: 'bootstrap', user: 'user_name[1]' },
  { vendor: 'polycom', model: 'VVX411', mac: '64167f000001', start: 'bootstrap', user: 'reg.1.auth.userId' },
  { vendor: 'cisco-spa', model: 'SPA942', mac: '000e08000001', start: 'tftp', user: 'User_ID_1_' },
] as const;

let offhook: TestProduct;
beforeAll(async () => {
  offhook = await startTestProduct();
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
});
afterAll(() => offhook.close());

function factoryPhone(vendor: string, modelName: string, macText: string): FactoryPhone {
  const driver = vendorOf(vendor);
  const model = driver?.models.find((candidate) => candidate.id === modelName);
  const mac = parseMac(macText);
  if (driver === undefined || model === undefined || !mac.ok) throw new Error(`${vendor} ${modelName} ${macText}`);
  return { driver, model, mac: mac.value satisfies Mac, serial: 'SIM00000001', firmware: model.defaultFirmware ?? '', ignoresCertificate: true };
}

describe.each(PHONES)('$vendor $model', ({ vendor, model, mac, start, user }) => {
  const phone = (): FactoryPhone => factoryPhone(vendor, model, mac);

  test('a factory phone is led to the secure door and gets nothing there without a proof', async () => {
    const booted = await bootPhone(phone(), `${offhook.door(start)}/`);
    expect(booted.settled).toBe(false);
    expect(booted.steps.at(-1)).toMatchObject({ status: 404 });
    expect(new URL(booted.steps.at(-1)?.url ?? '').protocol).toBe('https:');
  });
});
