import { z } from 'zod';
import { Secret } from '../secret.ts';
import { fetchUrl, fileUrl, text, timeOfDay } from './common.ts';
import { secretText, setting } from './setting.ts';

export const syncMethod = z.enum(['power_on', 'periodic', 'at_time', 'sip_notify']);
export type SyncMethod = z.output<typeof syncMethod>;

/** What the phone does with a firmware it is offered. */
export const firmwarePolicy = z.enum(['never', 'auto']);

export const provisioningSettings = {
  'provisioning.url': setting({
    scope: 'phone',
    schema: fetchUrl,
    title: 'Provisioning URL',
    help: 'Where the phone fetches its configuration, `<protocol>://<host>:<port>/<alias>/`. Left out, it is this server and the phone’s own token.',
    example: 'http://master88.commzilla.net:5555/tftpboot/',
  }),
  'provisioning.user': setting({
    scope: 'phone',
    schema: text(64).regex(/^[A-Za-z0-9._@-]+$/, 'only letters, digits and . _ @ -'),
    title: 'Provisioning user',
    help: 'User name for HTTP authentication at the provisioning server.',
    example: 'phone-805ec0123456',
  }),
  'provisioning.password': setting({
    scope: 'phone',
    secret: true,
    schema: secretText(text(64).regex(/^[\x21-\x7e]+$/, 'only printable ASCII without blanks')),
    title: 'Provisioning password',
    help: 'Password for HTTP authentication at the provisioning server.',
    example: new Secret('prov-secret'),
  }),
  'provisioning.syncMethods': setting({
    scope: 'phone',
    section: 'resync',
    schema: z.array(syncMethod).max(4),
    title: 'Sync methods',
    help: 'When the phone comes back for its configuration; an empty list means never.',
    example: ['power_on', 'periodic', 'sip_notify'],
    builtIn: ['power_on', 'periodic', 'sip_notify'],
  }),
  'provisioning.resyncEveryMinutes': setting({
    scope: 'phone',
    section: 'resync',
    schema: z.int().min(1).max(43200),
    title: 'Resync every',
    help: 'Minutes between two fetches, for the periodic method.',
    example: 1440,
    builtIn: 1440,
  }),
  'provisioning.resyncAt': setting({
    scope: 'phone',
    section: 'resync',
    schema: timeOfDay,
    title: 'Resync at',
    help: 'Local time of day, for the at-time method.',
    example: '03:00',
  }),
  'provisioning.randomDelaySeconds': setting({
    scope: 'phone',
    section: 'resync',
    schema: z.int().min(0).max(7200),
    title: 'Random delay',
    help: 'Most seconds that the phone waits before it fetches, so that not all come at once.',
    example: 600,
  }),
  'provisioning.retryDelaySeconds': setting({
    scope: 'phone',
    section: 'resync',
    schema: z.int().min(5).max(86400),
    title: 'Retry after an error',
    help: 'Seconds until the phone tries again when a fetch failed.',
    example: 600,
  }),
  'provisioning.firmwarePolicy': setting({
    scope: 'phone',
    section: 'upgrade',
    schema: firmwarePolicy,
    title: 'Firmware upgrades',
    help: 'Whether the phone loads the firmware it is offered.',
    example: 'auto',
  }),
  'provisioning.firmwareUrl': setting({
    scope: 'phone',
    section: 'upgrade',
    schema: fileUrl,
    title: 'Firmware URL',
    help: 'The provisioning URL plus a file name, e.g. …/tftpboot/T48-35.83.0.50.rom.',
    example: 'http://master88.commzilla.net:5555/tftpboot/T48-35.83.0.50.rom',
  }),
  'provisioning.firmwareRetryDelaySeconds': setting({
    scope: 'phone',
    section: 'upgrade',
    schema: z.int().min(60).max(86400),
    title: 'Firmware retry after an error',
    help: 'Seconds until the phone tries an upgrade again that failed.',
    example: 3600,
  }),
} as const;
