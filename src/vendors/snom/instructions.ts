import type { Instructions } from '../kit/driver.ts';

// Source: Snom wiki, "Factory reset" and "Auto Provisioning".
export const instructions: Instructions = {
  factoryReset: [
    'At the phone open Settings, Maintenance, Reset settings and give the admin password (0000 from the factory).',
    'Or open the phone’s web page, Advanced, Update, and press Reset Values.',
    'The phone restarts and asks its provisioning server again.',
  ],
  defaultLogin: [
    { models: 'firmware before 10.1.185: menu, admin mode', user: 'admin mode', password: '0000' },
    { models: 'firmware 8: web page', user: '', password: '' },
    { models: 'D8xx: asked for at the first start (unverified)', user: '', password: '' },
  ],
  enableProvisioning: [
    'In the LAN, give the phone the provisioning URL in DHCP option 66; a 715 also needs a DNS server in its lease.',
    'By hand: on the phone’s web page open Advanced, Update, and put the provisioning URL with {mac}.xml at its end into Settings URL (Setting server).',
    'Press Apply, then Reboot. The phone fetches the URL at its next start.',
    'A DECT base: put the same URL into its Management page as configuration server (menu names unverified), then reboot the base.',
  ],
};
