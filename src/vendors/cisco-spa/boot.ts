import type { DhcpPlan } from '../../domain/dhcp/plan.ts';
import type { BootingPhone, BootPlan } from '../kit/driver.ts';
import { dialectOf } from './models.ts';
import { DHCP_CLASSES } from './recognise.ts';

// "Linksys/SPA-942-6.1.5(a) (88019FA42805)" with the serial; "Cisco/SPA508G-7.4.8a (0002FDFF2103)(CBT141400UK)" with MAC and
// serial; "Cisco/SPA525G-7.4.7 (CBT141900G7)".
function userAgent({ model, mac, serial, firmware }: BootingPhone): string | undefined {
  const form = dialectOf(model).userAgent;
  if (form === undefined || model.userAgentToken === undefined) return undefined;
  const program = `${form === 'Linksys' ? 'Linksys' : 'Cisco'}/${model.userAgentToken}-${firmware}`;
  return form === 'Cisco with MAC' ? `${program} (${mac.toUpperCase()})(${serial})` : `${program} (${serial})`;
}

/** "LINKSYS SPA-942", "Cisco SPA501G", "CISCO ATA191-MPP". */
function dhcpClass({ model }: BootingPhone): string {
  if (model.family === 'ata19x-mpp') return `CISCO ${model.id}-MPP`;
  const name = model.userAgentToken ?? model.id;
  const { tags, userAgent: form } = dialectOf(model);
  if (tags === 'ata_router') return `CISCO ${name}`;
  return form === 'Linksys' ? `LINKSYS ${name}` : `Cisco ${name}`;
}

export const boot: BootPlan = {
  userAgent,
  dhcpClass,
  // By TFTP from the server of DHCP option 66. Only PAP2T asks for init.cfg, and it has no other; who has found its own
  // file is no longer in factory state when its turn would come.
  requests: [
    { name: 'spa{stem}.cfg', factoryOnly: true, optional: true },
    { name: 'init.cfg', factoryOnly: true, optional: true },
  ],
  format: 'xml_elements',
  next: { parameters: ['Profile_Rule'], form: 'file' },
  // Provisioning guide 3.0, "Macro expansion".
  macros: { $MAC: 'mac_with_colons', $MAU: 'MAC', $MA: 'mac', $PSN: 'psn', $PN: 'model' },
  periodic: { parameters: ['Resync_Periodic'], unit: 'seconds' },
  factoryTransport: 'tftp',
};

// SPA9xx and older ATAs read option 66 as a bare host. SPA3xx/5xx and SPA1xx look at 66, 160, 159, 150 in this order
// (DHCP_Option_To_Use) and take a host or a URL with macros.
export const dhcp: DhcpPlan = {
  classes: DHCP_CLASSES,
  // As seen, in the letter case of each; an ATA190 ("CISCO ATA190") speaks another format and is left to others.
  prefixes: [
    'LINKSYS SPA',
    'LINKSYS PAP2',
    'CISCO SPA',
    'Cisco SPA',
    'CISCO ATA191-MPP',
    'CISCO ATA192-MPP',
    'Cisco Systems, Inc. IP Phone SPA5',
  ],
  options: [
    { code: 66, form: 'host' },
    // A full URL replaces the phone's own rule, so it names the file that the rule would.
    { code: 160, form: 'url', file: 'spa$PSN.cfg' },
    { code: 159, form: 'url', file: 'spa$PSN.cfg' },
    { code: 150, form: 'addresses' },
  ],
  unverified:
    'That 159 and 160 are plain strings; the class of a PAP2T; SPA525G2 is also said to look at 60, 43 and 125.',
};
