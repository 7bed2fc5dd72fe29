import type { Instructions } from '../kit/driver.ts';

/** unverified: key combinations and default passwords; menu names as the UCS guides have them. */
export const instructions: Instructions = {
  factoryReset: [
    'On the phone: Settings > Advanced, password 456 (or the one you set) > Admin Settings > Reset to Defaults > Reset to Factory; confirm.',
    'Without the password: restart the phone and hold keys during the countdown, 1-3-5 on VVX, 4-6-8-* or 1-3-5-7 on SoundPoint and SoundStation depending on the model; the password asked is the MAC in lower case.',
    'Afterwards mark the phone here as reset, so that old parameters are no longer cleared one by one.',
  ],
  defaultLogin: [
    { models: 'all', user: 'Polycom', password: '456' },
    { models: 'all, User account', user: 'User', password: '123' },
  ],
  enableProvisioning: [
    'DHCP is enough for a factory phone: option 160 (or 66) with the URL of this server, ending in /.',
    'By hand: Settings > Advanced > Admin Settings > Network Configuration > Provisioning Server.',
    'Set the DHCP menu’s Boot Server to Static, Server Type to HTTP (bootstrap) or HTTPS, and Server Address to the URL without http:// or https://.',
    'Leave the menu, save and let the phone restart.',
    'The phone must be able to name the time before it trusts an HTTPS server: give it a time server by DHCP option 42.',
    'OBi edition phones (VVX 150, 250, 350, 450 with OBi firmware, D230) are not supported: load UC Software first.',
  ],
};
