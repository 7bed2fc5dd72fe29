import { z } from 'zod';
import { Secret } from '../secret.ts';
import { host, text } from './common.ts';
import { secretText, setting } from './setting.ts';

export const webUi = z.enum(['off', 'http', 'https', 'both']);
export type WebUi = z.output<typeof webUi>;

/** How the phone checks the certificate of the provisioning server. */
export const serverTrust = z.enum(['check', 'install_ca', 'off']);
export type ServerTrust = z.output<typeof serverTrust>;

export const securitySettings = {
  'security.adminPassword': setting({
    scope: 'phone',
    secret: true,
    schema: secretText(text(32).regex(/^[\x21-\x7e]+$/, 'only printable ASCII without blanks: phones take no other')),
    title: 'Admin password',
    help: 'Password of the phone’s Admin account. A factory password left in place is reported as a warning.',
    example: new Secret('Adm1n-secret'),
  }),
  'security.userPassword': setting({
    scope: 'phone',
    secret: true,
    schema: secretText(text(32).regex(/^[\x21-\x7e]+$/, 'only printable ASCII without blanks: phones take no other')),
    title: 'User password',
    help: 'Password of the phone’s User account, independent of Admin’s.',
    example: new Secret('Us3r-secret'),
  }),
  'security.webUi': setting({
    scope: 'phone',
    schema: webUi,
    title: 'Web interface',
    help: 'Whether and how the phone’s own web pages can be opened.',
    example: 'https',
  }),
  'security.userWebUi': setting({
    scope: 'phone',
    schema: z.boolean(),
    title: 'Web interface for User',
    help: 'Whether the User account may open the phone’s web pages at all.',
    example: false,
  }),
  'security.directIpCalls': setting({
    scope: 'phone',
    schema: z.boolean(),
    title: 'Allow direct IP calls',
    help: 'Off refuses calls that do not come through the SIP server, the usual ghost calls.',
    example: false,
  }),
  'security.trustedServersOnly': setting({
    scope: 'phone',
    schema: z.boolean(),
    title: 'Accept SIP from trusted servers only',
    help: 'On drops SIP messages from anyone but the line’s servers.',
    example: true,
  }),
  'security.userAccess': setting({
    scope: 'phone',
    schema: z.enum(['none', 'read', 'write']),
    title: 'Access of the User account',
    help: 'What User may do with every setting that does not say otherwise itself.',
    example: 'none',
  }),
  'security.allowedDomains': setting({
    scope: 'phone',
    schema: z.array(host).min(1).max(16),
    title: 'Allowed domains',
    help: 'The only domains the phone may use for resync, upgrade and registration of line 1. Must include the provisioning, firmware and registrar hosts. Phones apply it to line 1 only.',
    example: ['example.com', 'prov.example.com'],
  }),
  'security.serverTrust': setting({
    scope: 'phone',
    schema: serverTrust,
    title: 'Check of the provisioning server',
    help: 'Check the server’s certificate; install our own CA and check against it; or, as the last resort, do not check.',
    example: 'check',
  }),
} as const;
