import { Buffer } from 'node:buffer';
import type { SipHop } from '../flow.ts';
import { listOf, parseNameAddress } from '../header-values.ts';
import { headerOf, headersOf, NO_BODY, type HeaderField, type SipRequest, type SipResponse } from '../message.ts';

const echoed = (request: SipRequest, name: string): readonly HeaderField[] =>
  headersOf(request, name).map((value) => ({ name, value }));

/** RFC 3581 §4: where the request came from, whether or not the phone asked for it with `rport`. */
const withSource = (via: string, { address, port }: SipHop): string =>
  `${via.replace(/;\s*rport(?:=\d*)?(?=;|$)/i, '')};received=${address};rport=${String(port)}`;

const tagged = (value: string, tag: string): string => (/;\s*tag=/i.test(value) ? value : `${value};tag=${tag}`);

/** What both messages to a phone need. */
export interface Dialog {
  readonly request: SipRequest;
  /** The phone. */
  readonly from: SipHop;
  /** Ours in the dialog that there is none of, but that phones look for. */
  readonly tag: string;
  /** `192.0.2.10:5060`: where we send from. */
  readonly ours: string;
}

/** The subscription is taken, and over at once: the phone is told by the NOTIFY that follows. */
export function accept({ request, from, tag, ours }: Dialog): SipResponse {
  const [top = '', ...others] = listOf(request, 'via');
  const vias = [withSource(top, from), ...others].map((value) => ({ name: 'via', value }));
  const to = { name: 'to', value: tagged(headerOf(request, 'to') ?? '', tag) };
  const own = { contact: `<sip:${ours}>`, expires: '0' };
  return {
    kind: 'response',
    status: 200,
    reason: 'OK',
    headers: [
      ...vias,
      ...echoed(request, 'from'),
      to,
      ...echoed(request, 'call-id'),
      ...echoed(request, 'cseq'),
      ...Object.entries(own).map(([name, value]) => ({ name, value })),
    ],
    body: NO_BODY,
  };
}

/** From and To change places against the SUBSCRIBE; the body is the URL and nothing else, not even a line end. */
export function notifyOf({ request, from, tag, ours }: Dialog, url: string): SipRequest {
  const contact = parseNameAddress(headerOf(request, 'contact') ?? '')?.uri;
  const fields = {
    'max-forwards': '20',
    from: tagged(headerOf(request, 'to') ?? '', tag),
    to: headerOf(request, 'from') ?? '',
    'call-id': headerOf(request, 'call-id') ?? '',
    cseq: '1 NOTIFY',
    contact: `<sip:${ours}>`,
    event: headerOf(request, 'event') ?? '',
    'subscription-state': 'terminated;reason=timeout',
    'content-type': 'application/url',
  };
  return {
    kind: 'request',
    method: 'NOTIFY',
    uri: contact ?? `sip:${from.address}:${String(from.port)}`,
    headers: Object.entries(fields).map(([name, value]) => ({ name, value })),
    body: Buffer.from(url),
  };
}
