import { Buffer } from 'node:buffer';
import { z } from 'zod';
import type { Flow } from '../../../app/access/oidc/identity-provider.ts';
import { StoreUnavailable, type Sealing } from '../../../app/ports.ts';
import { Secret } from '../../../domain/secret.ts';

const NAME = 'offhook_sign_in';
const LIFE_SECONDS = 600;
/** Far above what we write; nothing longer is looked at. */
const MAX_LENGTH = 8000;
/** What it is sealed for: nothing else that this installation seals can stand in its place. */
const CONTEXT = 'oidc_flow';

const sealedFlow: z.ZodType<Flow> = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  next: z.string(),
  until: z.string(),
  epoch: z.string(),
});

/** Only the sign-in's own paths see it. Lax, since the provider's page leads the browser back to us. */
const attributes = (path: string, secure: boolean): string =>
  `Path=${path}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;

/** How the browser holds a sign-in that is on its way. */
export interface FlowCookie {
  readonly set: (flow: Flow) => string;
  readonly clear: () => string;
  /** The flow in a `Cookie` header (RFC 6265 §5.4); undefined where there is none, or none of ours. */
  readonly read: (header: string | undefined) => Flow | undefined;
}

/** Opens what was sealed here; everything else is nothing. */
function unseal(text: string, sealing: Sealing): unknown {
  try {
    const opened = sealing.open(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')), CONTEXT);
    return opened instanceof Secret ? (JSON.parse(opened.reveal()) as unknown) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof StoreUnavailable) return undefined;
    throw error;
  }
}

export function flowCookie(sealing: Sealing, path: string, secure: boolean): FlowCookie {
  return {
    set: (flow) => {
      const sealed = JSON.stringify(sealing.seal(new Secret(JSON.stringify(flow)), CONTEXT));
      const value = Buffer.from(sealed).toString('base64url');
      return `${NAME}=${value}; Max-Age=${LIFE_SECONDS}; ${attributes(path, secure)}`;
    },
    clear: () => `${NAME}=; Max-Age=0; ${attributes(path, secure)}`,
    read: (header = '') => {
      const pairs = header.split(';').map((pair) => pair.trim());
      const text = pairs.find((pair) => pair.startsWith(`${NAME}=`))?.slice(NAME.length + 1) ?? '';
      if (text === '' || text.length > MAX_LENGTH) return undefined;
      const flow = sealedFlow.safeParse(unseal(text, sealing));
      return flow.success ? flow.data : undefined;
    },
  };
}
