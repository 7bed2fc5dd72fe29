import type { Instructions } from '../kit/driver.ts';
import { resyncUrl } from './resync.ts';

export const instructions: Instructions = {
  // Linksys SPA9x2 and Cisco SPA500 user guides; the ATA steps are unverified.
  factoryReset: [
    'SPA9xx: press the setup key, choose item 14, “Factory Reset”, and confirm.',
    'SPA3xx and SPA5xx: press the setup key, open “Settings”, choose “Factory Reset” and confirm.',
    'ATA: lift the handset of line 1, dial ****, then 73738#, and confirm with 1.',
    'The phone restarts and asks the TFTP server of DHCP option 66 for its model’s file.',
  ],
  defaultLogin: [
    { models: 'SPA phones, PAP2T, SPA1001, SPA2102, SPA3102, SPA8000, SPA8800', user: 'admin', password: '' },
    { models: 'SPA phones, PAP2T, SPA1001, SPA2102, SPA3102, SPA8000, SPA8800', user: 'user', password: '' },
    { models: 'SPA112, SPA122', user: 'admin', password: 'admin' },
    { models: 'SPA112, SPA122', user: 'cisco', password: 'cisco' },
  ],
  enableProvisioning: [
    'In the preparation network, DHCP option 66 names this server and TFTP is open: plug the phone in, it takes the file for its model and comes back for its own.',
    'Elsewhere: find the phone’s address in its own menu and, from a computer in the same network, open the resync URL that is shown for it; log in as admin if it asks.',
    'The phone accepts a server certificate from the maker’s CA only (SPA9xx), so import that one, or let it fetch by the plain port first.',
    'The phone waits until nobody is calling. Nothing happens? “Provision Enable” and “Enable Web Server” must be on.',
  ],
  resyncUrl,
};
