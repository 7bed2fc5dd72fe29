import type { SecureContext } from 'node:tls';
import { createSecureContext } from 'node:tls';
import { createTestCa } from '../../test/kit/test-ca.ts';
import { apiClient } from '../clients/api.ts';
import { askOnceTls, requestText } from '../clients/http.ts';
import { fetchOwn, pathOf, requireOwn, userAgentOf } from '../clients/phone.ts';
import { anyOf, describeRates, perSecond, ratioOf, runRound, takeTurns, type Round } from '../measure.ts';
import { officeOf, withCopy, type Office } from '../offices.ts';
import type { RunningProduct } from '../product.ts';
import type { RawHttp } from '../raw-http.ts';
import type { PhoneAccess } from '../secrets.ts';
import { CLIENTS, SCALE } from '../scale.ts';
import type { Goal, Result } from './goal.ts';
import { warmUp, withProduct, withRaw } from './servers.ts';

const WARM_UP_ROUNDS = 2;

/** How a phone shakes hands, and what it asks for then. */
interface Manner {
  readonly context: (phone: PhoneAccess) => SecureContext;
  readonly path: (phone: PhoneAccess) => string;
}

/** The server shows the certificate of the kind that the client would rather see. */
const RSA = 'RSA-PSS+SHA256:RSA+SHA256';
const P256 = `ECDSA+SHA256:${RSA}`;

const byUrl = (phone: PhoneAccess): string => pathOf(phone, `${phone.mac}.cfg`).replace('/tftpboot', '');

function withoutCertificate(sigalgs: string): Manner {
  const context = createSecureContext({ sigalgs });
  return { context: () => context, path: byUrl };
}

interface ClientCertificates {
  readonly caPem: string;
  readonly manner: Manner;
}

/**
 * Each phone with a certificate as the factory gives it, whose CN is its MAC, under the maker's CA; no token is needed then.
 * Factory keys are RSA; P-256 here, so that the clients have less to do than the server.
 */
async function factoryCertificates({ phones }: Office): Promise<ClientCertificates> {
  const ca = await createTestCa('Yealink Equipment Issuing CA');
  const certificates = new Map<PhoneAccess, { readonly key: string; readonly cert: string }>();
  for (const phone of phones) {
    const { key, certificate } = await ca.issue({ subject: [['CN', phone.mac.toUpperCase()]], keyType: 'ec' });
    certificates.set(phone, { key, cert: certificate });
  }
  const context = (phone: PhoneAccess): SecureContext =>
    createSecureContext({ sigalgs: P256, ...certificates.get(phone) });
  return { caPem: ca.certificate, manner: { context, path: ({ mac }) => `/${mac}.cfg` } };
}

/** R over TLS, with the key and chain of the secure door. */
const rawTls = ({ certificates }: Office, size: number, caPem: string, mutual: boolean): RawHttp => ({
  size,
  tls: {
    key: certificates.map(({ key }) => key),
    cert: certificates.map(({ chain }) => chain),
    ca: [caPem],
    requestCert: mutual,
    rejectUnauthorized: mutual,
  },
});

async function againstRaw(product: RunningProduct, office: Office, caPem: string, manner: Manner): Promise<Result> {
  const ask = (port: number, phone: PhoneAccess) => {
    const request = requestText(manner.path(phone), { userAgent: userAgentOf(phone) });
    return askOnceTls(port, request, { secureContext: manner.context(phone) });
  };
  const fetchTls = async (phone: PhoneAccess): Promise<number> =>
    requireOwn(phone, await ask(product.ports.SECURE, phone));
  const requests = Math.ceil(SCALE.requests / 2);
  const size = await fetchTls(anyOf(office.phones));
  const mutual = manner.path !== byUrl;
  return withRaw('raw-http.js', rawTls(office, size, caPem, mutual), async (rawPort) => {
    const ours = (): Promise<Round> => runRound(requests, CLIENTS, () => fetchTls(anyOf(office.phones)));
    const raw = (): Promise<Round> => runRound(requests, CLIENTS, () => ask(rawPort, anyOf(office.phones)));
    // Of a process that runs for months the first thousands of handshakes, in which its code is compiled, say nothing.
    for (let turn = 0; turn < WARM_UP_ROUNDS; turn++) await takeTurns(0, ours, raw);
    const pairs = await takeTurns(SCALE.rounds, ours, raw);
    return { figure: ratioOf(pairs, perSecond), detail: describeRates(pairs) };
  });
}

/** The product that knows the maker's CA. */
async function handshakes(): Promise<readonly Result[]> {
  return withCopy(await officeOf(SCALE.usual), (office) =>
    withProduct(office, {}, async (product) => {
      const { caPem, manner } = await factoryCertificates(office);
      const api = apiClient(product.ports.ADMIN, office.apiToken);
      await api.post('/authorities', { vendor: 'yealink', pem: caPem });
      api.close();
      await warmUp(product, office);
      await fetchOwn(product.ports.LEGACY, anyOf(office.phones));
      return [
        await againstRaw(product, office, caPem, withoutCertificate(RSA)),
        await againstRaw(product, office, caPem, withoutCertificate(P256)),
        await againstRaw(product, office, caPem, manner),
      ];
    }),
  );
}

const RATIO = { unit: '× raw TLS', floor: 0.85, aim: 0.95, sense: 'at_least' } as const;

export const TLS_GOALS: readonly Goal[] = [
  {
    id: 'G6',
    marks: [
      { title: 'HTTPS, full handshake, RSA 2048', ...RATIO },
      { title: 'HTTPS, full handshake, P-256', ...RATIO },
      { title: 'mutual TLS, P-256, the phone’s own certificate', ...RATIO },
    ],
    run: handshakes,
  },
];
