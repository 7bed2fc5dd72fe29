import type { Model } from '../../domain/model.ts';
import { modelId } from '../kit/driver.ts';

/** Source: Linphone's own program, release 5.1.65; it sets no fixed number of accounts, 8 is our limit. */
export const models: readonly Model[] = [
  {
    id: modelId('Linphone'),
    family: 'linphone',
    lines: 8,
    keys: 0,
    features: ['software'],
    defaultFirmware: '5.1.65',
    unverified: ['lines'],
    notes:
      'The account list has no fixed end; 8 is our own limit. One list of codecs, one SRTP and one DTMF mode for all.',
  },
];

/** A soft client that is not on the list is configured as Linphone is: the only format this folder writes. */
export const fallbackModel = (modelText: string | undefined): Model => ({
  id: modelId(modelText ?? 'unknown'),
  family: 'linphone',
  lines: 1,
  keys: 0,
  features: ['software'],
  defaultFirmware: '5.1.65',
});
