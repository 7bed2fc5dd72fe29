import type { DhcpPlan } from '../../domain/dhcp/plan.ts';
import type { BootPlan } from '../kit/driver.ts';
import { MAC_MACRO } from './codec.ts';
import { traitsOf } from './models.ts';
import { DHCP_CLASS } from './recognise.ts';

/** Source: UCS guides, "Provisioning files"; User-Agents as seen by public servers. */
export const boot: BootPlan = {
  // A factory phone does not tell its MAC here; it does once device.prov.tagSerialNo is on.
  userAgent: ({ model, firmware }) => {
    const { series } = traitsOf(model);
    return series === undefined
      ? undefined
      : `FileTransport ${series}-${model.userAgentToken ?? model.id}-UA/${firmware} Type/Application`;
  },
  dhcpClass: ({ model }) => `Polycom-${model.id}`,
  requests: [
    { name: '{mac}.cfg', optional: true, listsFilesIn: 'CONFIG_FILES' },
    { name: '000000000000.cfg', optional: true, factoryOnly: true, listsFilesIn: 'CONFIG_FILES' },
    { name: '{mac}-phone.cfg', optional: true },
    { name: '{mac}-license.cfg', optional: true },
    { name: '{mac}-directory.xml', optional: true },
  ],
  format: 'xml_attributes',
  next: {
    parameters: ['device.prov.serverName'],
    form: 'directory',
    // The value has no scheme; the number or the word is in use.
    scheme: {
      parameter: 'device.prov.serverType',
      values: { '1': 'tftp', '2': 'http', '3': 'https', TFTP: 'tftp', HTTP: 'http', HTTPS: 'https' },
    },
  },
  credentials: { user: ['device.prov.user'], password: ['device.prov.password'] },
  macros: { [MAC_MACRO]: 'mac' },
  periodic: { parameters: ['prov.polling.period'], unit: 'seconds' },
  // What the phone speaks depends on the URL in DHCP; a bare host name means FTP, which we do not serve.
  factoryTransport: 'http',
};

/** Factory mode "Custom + Option 66": the custom option first. A URL may name a directory or a file ending in .cfg. */
export const dhcp: DhcpPlan = {
  classes: [DHCP_CLASS],
  prefixes: ['Polycom-'],
  options: [
    { code: 160, form: 'url' },
    { code: 66, form: 'url' },
  ],
  unverified:
    'The number of the custom option (160) and the ASCII form of the class; newer firmware may send a binary class with enterprise number 13885.',
};
