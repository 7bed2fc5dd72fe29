import { parseFirmwareVersion } from '../../domain/firmware-version.ts';
import { parseMac } from '../../domain/mac.ts';
import type { Recogniser, Recognisers } from '../kit/driver.ts';
import { modelId, vendorId } from '../kit/driver.ts';
import { models } from './models.ts';

const vendor = vendorId('example');

const USER_AGENT = /^Example\/(?<model>E\d{3}) (?<firmware>\d+(?:\.\d+)*) (?<mac>[0-9a-f]{12})$/;

export const byUserAgent: Recogniser = ({ userAgent }) => {
  const seen = userAgent === undefined ? undefined : USER_AGENT.exec(userAgent)?.groups;
  if (seen?.['model'] === undefined || seen['firmware'] === undefined || seen['mac'] === undefined) return undefined;
  const mac = parseMac(seen['mac']);
  return {
    source: 'user_agent',
    vendor,
    model: modelId(seen['model']),
    firmware: parseFirmwareVersion(seen['firmware']),
    ...(mac.ok ? { mac: mac.value } : {}),
    evidence: `User-Agent ${JSON.stringify(userAgent)}`,
  };
};

/** `e200.cfg` names the model; no other maker asks for such a file. */
export const byPath: Recogniser = ({ path }) => {
  const model = models.find((candidate) => path?.toLowerCase() === `${candidate.fileStem ?? ''}.cfg`);
  return model === undefined
    ? undefined
    : { source: 'path', vendor, model: model.id, evidence: `file ${JSON.stringify(path)}` };
};

/** Option 60 is the maker's name, whatever the model. */
export const byDhcpClass: Recogniser = ({ dhcpClass }) =>
  dhcpClass === 'example'
    ? { source: 'dhcp_class', vendor, evidence: `DHCP class ${JSON.stringify(dhcpClass)}` }
    : undefined;

export const recognise: Recognisers = { byUserAgent, byPath, byDhcpClass };
