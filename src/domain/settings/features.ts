import { z } from 'zod';
import { dialString } from './common.ts';
import { setting } from './setting.ts';

/** What a DSS key does during a call. */
export const keyDuringCall = z.enum(['new_call', 'attended_transfer', 'blind_transfer']);
export type KeyDuringCall = z.output<typeof keyDuringCall>;

export const featuresSettings = {
  'features.callWaiting': setting({
    scope: 'phone',
    schema: z.boolean(),
    title: 'Call waiting',
    help: 'A second call is signalled during the first.',
    example: true,
  }),
  'features.dnd': setting({
    scope: 'phone',
    schema: z.boolean(),
    title: 'Do not disturb',
    help: 'The phone starts with do not disturb on.',
    example: false,
  }),
  'features.forwardAlways': setting({
    scope: 'phone',
    schema: dialString,
    title: 'Forward always',
    help: 'Target of all calls.',
    example: '300',
  }),
  'features.forwardBusy': setting({
    scope: 'phone',
    schema: dialString,
    title: 'Forward when busy',
    help: 'Target while the phone is busy.',
    example: '301',
  }),
  'features.forwardNoAnswer': setting({
    scope: 'phone',
    schema: dialString,
    title: 'Forward when not answered',
    help: 'Target when nobody answers in time.',
    example: '302',
  }),
  'features.forwardNoAnswerSeconds': setting({
    scope: 'phone',
    schema: z.int().min(5).max(120),
    title: 'Not answered after',
    help: 'Seconds of ringing; phones that count rings take 6 seconds for one.',
    example: 24,
  }),
  'features.keyDuringCall': setting({
    scope: 'phone',
    schema: keyDuringCall,
    title: 'Key during a call',
    help: 'What a DSS key does during a call. Attended transfer is recommended.',
    example: 'attended_transfer',
    builtIn: 'attended_transfer',
  }),
  'features.transferOnHangup': setting({
    scope: 'phone',
    schema: z.boolean(),
    title: 'Transfer on hang-up',
    help: 'Hanging up with one call held and one active connects the two.',
    example: true,
  }),
  'features.hotlineNumber': setting({
    scope: 'phone',
    schema: dialString,
    title: 'Hotline',
    help: 'Dialled by itself when the handset is lifted.',
    example: '100',
  }),
  'features.hotlineDelaySeconds': setting({
    scope: 'phone',
    schema: z.int().min(0).max(60),
    title: 'Hotline delay',
    help: 'Seconds before the hotline number is dialled.',
    example: 4,
  }),
  'features.intercom': setting({
    scope: 'phone',
    schema: z.boolean(),
    title: 'Intercom',
    help: 'Calls marked as intercom or paging are answered by themselves.',
    example: true,
  }),
  'features.featureSync': setting({
    scope: 'phone',
    schema: z.boolean(),
    title: 'Feature sync',
    help: 'Do not disturb and forwards are kept in step with the PBX (as-feature-event).',
    example: true,
  }),
  'features.pickupCode': setting({
    scope: 'phone',
    schema: dialString,
    title: 'Pickup code',
    help: 'Feature code of directed pickup, dialled before the watched number.',
    example: '**',
  }),
  'features.groupPickupCode': setting({
    scope: 'phone',
    schema: dialString,
    title: 'Group pickup code',
    help: 'Feature code that picks up a call in the own group.',
    example: '*8',
  }),
  'features.enhancedKeys': setting({
    scope: 'phone',
    schema: z.boolean(),
    title: 'Enhanced DSS keys',
    help: 'Offers key types that need features of the PBX: park, pickup, shared line, intercom, recording.',
    example: true,
  }),
} as const;
