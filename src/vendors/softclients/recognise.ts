import { parseFirmwareVersion } from '../../domain/firmware-version.ts';
import type { Recogniser, Recognisers } from '../kit/driver.ts';
import { modelId, vendorId } from '../kit/driver.ts';

const vendor = vendorId('softclients');
const model = modelId('Linphone');

// seen: linphonec 5.1.65 fetches with `User-Agent: Unknown`, which says nothing and is never claimed; in SIP it is
// `Linphonec/5.1.65`. unverified: that the apps name themselves `Linphone…/5…` when they fetch.
const USER_AGENT = /^Linphone[a-z-]{0,24}\/(?<version>\d{1,5}(?:\.\d{1,5}){0,3})(?![\d.])/i;

export const byUserAgent: Recogniser = ({ userAgent }) => {
  const version = userAgent === undefined ? undefined : USER_AGENT.exec(userAgent.slice(0, 200))?.groups?.['version'];
  if (userAgent === undefined || version === undefined) return undefined;
  return {
    source: 'user_agent',
    vendor,
    model,
    firmware: parseFirmwareVersion(version),
    evidence: `User-Agent ${JSON.stringify(userAgent.slice(0, 200))}`,
  };
};

/** The name is ours and stands in the URL that the client was given; whose file it is, only the token in that URL says. */
export const byPath: Recogniser = ({ path }) =>
  path?.toLowerCase() === 'linphone.xml'
    ? { source: 'path', vendor, model, evidence: `file ${JSON.stringify(path)}` }
    : undefined;

export const recognise: Recognisers = { byUserAgent, byPath };
