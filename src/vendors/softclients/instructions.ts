import type { Instructions } from '../kit/driver.ts';

// Source: public templates and QR pages for Linphone (URL as plain text in the QR code); linphonec seen on 5.1.65.
export const instructions: Instructions = {
  factoryReset: [
    'Remove the program together with its settings and install it again.',
    'linphonec: end it, delete its configuration file (the one given with -c) and start it with a new one.',
  ],
  defaultLogin: [],
  enableProvisioning: [
    'App: in the assistant choose to fetch a remote configuration, and scan the QR code of this phone or enter its URL.',
    'linphonec: put the two lines "[misc]" and "config-uri=<URL of this phone>" into a file and start "linphonec -c <file>".',
    'Where the server’s certificate comes from your own CA: put "[sip]" and "root_ca=<path of the CA file>" there as well.',
    'Whoever has the URL has the SIP password: give it to the user over a safe way only.',
    'The program fetches when it starts; after a change, end it and start it again.',
  ],
};
