import type { Transport } from '../../domain/settings/line.ts';
import { partly, type MapContext, type Mapping } from '../kit/driver.ts';
import { since } from '../kit/firmware.ts';
import { zoneRules } from '../kit/timezone.ts';

const TRANSPORT_CODE = { udp: '0', tcp: '1', tls: '2' } as const satisfies Record<Transport, string>;

const YES_NO = (on: boolean): string => (on ? '1' : '0');

/** `line.1.user`: the example maker counts lines from 1, as the phone's display does. */
const ofLine = (ctx: MapContext, name: string): string => `line.${ctx.line}.${name}`;

// Source: invented. A real mapping names the guide and section, or the capture, at each group.
export const mapping: Mapping = {
  'line.label': (label, ctx) => ({ [ofLine(ctx, 'label')]: label }),
  'line.displayName': (name, ctx) => ({ [ofLine(ctx, 'name')]: name }),
  'line.user': (user, ctx) => ({ [ofLine(ctx, 'user')]: user, [ofLine(ctx, 'enabled')]: '1' }),
  'line.authUser': (user, ctx) => ({ [ofLine(ctx, 'auth')]: user }),
  'line.password': (password, ctx) => ({ [ofLine(ctx, 'password')]: password }),
  // Host and port are one parameter here; the port is read where the host is written, and says so.
  'line.serverHost': (host, ctx) => ({ [ofLine(ctx, 'server')]: `${host}:${ctx.get('line.serverPort') ?? 5060}` }),
  'line.serverPort': { partOf: 'line.serverHost' },
  // Renamed in firmware 2.1: the difference stands beside the parameter.
  'line.transport': (transport, ctx) => ({
    [ofLine(ctx, since(ctx.firmware, '2.1') ? 'transport' : 'proto')]: TRANSPORT_CODE[transport],
  }),
  'time.zone': (zone) => {
    const rules = zoneRules(zone);
    return rules === undefined
      ? partly({}, `${zone} is not in the tz database`)
      : { 'time.offset': String(rules.offsetSeconds / 60) };
  },
  // Switching off is a parameter of its own: leaving the VLAN out would keep the old tag.
  'network.vlanId': { set: (id) => ({ 'vlan.on': '1', 'vlan.id': String(id) }), clear: () => ({ 'vlan.on': '0' }) },
  'network.lldp': (on) => ({ 'lldp.on': YES_NO(on) }),
  'network.cdp': { unsupported: 'example guide, "Network": the phone has no CDP' },
  'provisioning.url': (url) => ({ 'prov.url': url }),
  'provisioning.resyncEveryMinutes': (minutes) => ({ 'prov.minutes': String(minutes) }),
};
