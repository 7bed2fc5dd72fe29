import type { Instructions } from '../kit/driver.ts';

export const instructions: Instructions = {
  // Yealink user guides V80 to V87, "Reset". Whether a key held while the phone starts resets it too is not known.
  factoryReset: [
    'Wait until the phone is idle.',
    'Press and hold OK for ten seconds, until the display asks whether to reset.',
    'Confirm, and wait until the phone has restarted: it then asks DHCP and the provisioning server again.',
    'Nothing happens? The key may be switched off (features.reset_by_long_press_enable = 0): open the phone’s web page instead and reset it in the settings, under upgrade.',
  ],
  defaultLogin: [
    {
      models: 'all; newer phones may have a password of their own on the label (unverified)',
      user: 'admin',
      password: 'admin',
    },
    { models: 'all', user: 'user', password: 'user' },
  ],
  enableProvisioning: [
    'Newer firmware needs nothing: a phone in factory state finds the server by DHCP option 66, PnP or the maker’s redirect service.',
    'Old firmware: open http://<address of the phone>/servlet?p=hidden&q=load in a browser.',
    'Log in as admin with the password admin.',
    'Set “Redirect Active” to “Enabled” and press “Confirm”.',
    'Unplug the phone, wait a moment, and plug it in again.',
    'Without DHCP or redirect service: in the web page’s settings, under auto provision, enter this server’s URL and provision now.',
  ],
  // Needs features.action_uri.enable = 1 and the browser's address in features.action_uri_limit_ip.
  resyncUrl: (phoneAddress) => `http://${phoneAddress}/servlet?key=AutoP`,
};
