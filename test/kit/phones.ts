import { parseMac } from '../../src/domain/mac.ts';
import type { FactoryPhone } from '../../src/simulate/boot.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import type { Maker } from './office.ts';
import type { TestProduct } from './product.ts';
import type { TestCa, TestCertificate } from './test-ca.ts';

/** A phone out of its carton: what a test says of it beside that is what its flash holds. */
export function factoryPhone(
  maker: Maker,
  modelName: string,
  macText: string,
  flash: Partial<FactoryPhone> = {},
): FactoryPhone {
  const driver = vendorOf(maker);
  const model = driver?.models.find((candidate) => candidate.id === modelName);
  const mac = parseMac(macText);
  if (driver === undefined || model === undefined || !mac.ok) throw new Error(`${maker} ${modelName} ${macText}`);
  return { driver, model, mac: mac.value, serial: 'SIM00000001', firmware: model.defaultFirmware ?? '', ...flash };
}

/** How each maker writes the phone into its certificate's subject. */
const SUBJECT: Readonly<Record<Maker, (mac: string) => readonly (readonly [string, string])[]>> = {
  yealink: (mac) => [['CN', mac]],
  snom: (mac) => [['CN', mac.toUpperCase()]],
  polycom: (mac) => [['CN', mac.toUpperCase()]],
  'cisco-spa': (mac) => [
    ['OU', 'SPA-942'],
    ['L', '88019FA42805'],
    ['ST', mac],
  ],
};

/** The certificate that a maker's factory put into the phone. */
export const factoryCertificate = (ca: TestCa, maker: Maker, mac: string): Promise<TestCertificate> =>
  ca.issue({ keyType: 'ec', subject: SUBJECT[maker](mac) });

/** As a TLS client shows it. */
export const shown = ({ key, chain }: TestCertificate): { readonly key: string; readonly cert: string } => ({
  key,
  cert: chain,
});

/** A tenant's phone with one line, as an administrator writes it down, in a tenant that exists. */
export async function writePhone(
  { must }: TestProduct,
  phone: {
    readonly tenant: string;
    readonly vendor: Maker;
    readonly model: string;
    readonly mac: string;
    readonly extension: string;
    readonly password: string;
    readonly more?: object;
  },
): Promise<void> {
  const { tenant, vendor, model, mac, extension, password, more } = phone;
  await must('PUT', `/tenants/${tenant}/extensions/${extension}`, { password, serverHost: 'pbx.example.com' });
  await must('PUT', `/tenants/${tenant}/phones/${mac}`, { vendor, model, lines: [extension], ...more });
}
