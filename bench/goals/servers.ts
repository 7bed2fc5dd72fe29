import { startServer } from '../children.ts';
import { fetchOwn } from '../clients/phone.ts';
import { runRound } from '../measure.ts';
import type { Office } from '../offices.ts';
import { startProduct, type RunningProduct } from '../product.ts';
import type { RawHttp, RawReady } from '../raw-http.ts';
import { CLIENTS } from '../scale.ts';

/** Runs `work` beside the product and stops it, whatever comes of it. */
export async function withProduct<T>(
  office: Office,
  environment: Readonly<Record<string, string>>,
  work: (product: RunningProduct) => Promise<T>,
): Promise<T> {
  const product = await startProduct(office, environment);
  try {
    return await work(product);
  } finally {
    await product.stop();
  }
}

/** The same beside a yardstick; `work` gets its port. */
export async function withRaw<T>(
  file: 'raw-http.js' | 'raw-tftp.js',
  how: RawHttp,
  work: (port: number) => Promise<T>,
): Promise<T> {
  const raw = await startServer<RawReady>(`./${file}`, how);
  try {
    return await work(raw.ready.port);
  } finally {
    await raw.stop();
  }
}

/** Every phone fetches once: from then on everything is as it was at the last fetch. */
export const warmUp = (product: RunningProduct, { phones }: Office, fetchOne = fetchOwn): Promise<unknown> =>
  runRound(phones.length, CLIENTS, async (index) => {
    const phone = phones[index];
    if (phone !== undefined) await fetchOne(product.ports.LEGACY, phone);
  });

/** The product, warm, and R with answers of the same size. */
export async function besideRaw<T>(
  office: Office,
  work: (product: RunningProduct, rawPort: number) => Promise<T>,
): Promise<T> {
  return withProduct(office, {}, async (product) => {
    await warmUp(product, office);
    const [phone] = office.phones;
    const size = phone === undefined ? 0 : await fetchOwn(product.ports.LEGACY, phone);
    return withRaw('raw-http.js', { size }, (rawPort) => work(product, rawPort));
  });
}
