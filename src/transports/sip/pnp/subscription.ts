import { parseMac, type Mac } from '../../../domain/mac.ts';
import type { PnpQuestion } from '../../../domain/recognise/pnp.ts';
import { headerOf, type SipRequest } from '../message.ts';
import { readParameters, splitOutside } from '../parameters.ts';

// Makers write `MAC%3a805ec0…`, `MAC805ec0…`, `MAC=…` and `MAC:…`, in the Request-URI, From and Contact.
const MAC = /mac(?:%3a|:|=)?([0-9a-f]{12})(?![0-9a-f])/i;

function macIn(text: string | undefined): Mac | undefined {
  const parsed = parseMac(MAC.exec(text ?? '')?.[1] ?? '');
  return parsed.ok ? parsed.value : undefined;
}

/** Longer than any maker's or model's name. */
const MAX_TEXT = 64;

/** What a SUBSCRIBE for `ua-profile` asks; undefined where it is none, or names no MAC. */
export function readQuestion(request: SipRequest, address: string): PnpQuestion | undefined {
  if (request.method !== 'SUBSCRIBE') return undefined;
  const [event = '', ...rest] = splitOutside(headerOf(request, 'event') ?? '', ';');
  const mac = macIn(request.uri) ?? macIn(headerOf(request, 'from')) ?? macIn(headerOf(request, 'contact'));
  const isAnswerable = event.toLowerCase() === 'ua-profile' && headerOf(request, 'via') !== undefined;
  if (!isAnswerable || mac === undefined) return undefined;
  const said = readParameters(rest);
  const text = (name: string): string | undefined => said.get(name)?.slice(0, MAX_TEXT);
  return { address, mac, vendor: text('vendor'), model: text('model'), firmware: text('version') };
}
