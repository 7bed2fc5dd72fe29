import { expect, test } from 'vitest';
import { packetsEarned } from './earned.ts';

test.each([
  // A request as phones send it: 16 letters, octet.
  { requests: 1, requestBytes: 25, packetBytes: 4, isWholeFile: true, earned: 3 },
  { requests: 1, requestBytes: 25, packetBytes: 83, isWholeFile: true, earned: 3 },
  { requests: 1, requestBytes: 25, packetBytes: 84, isWholeFile: true, earned: 2 },
  { requests: 1, requestBytes: 25, packetBytes: 125, isWholeFile: true, earned: 2 },
  { requests: 1, requestBytes: 25, packetBytes: 126, isWholeFile: true, earned: 1 },
  { requests: 1, requestBytes: 25, packetBytes: 515, isWholeFile: true, earned: 1 },
  { requests: 1, requestBytes: 25, packetBytes: 516, isWholeFile: false, earned: 3 },
  { requests: 2, requestBytes: 50, packetBytes: 515, isWholeFile: true, earned: 2 },
  { requests: 2, requestBytes: 50, packetBytes: 100, isWholeFile: true, earned: 5 },
  { requests: 2, requestBytes: 50, packetBytes: 10, isWholeFile: true, earned: 6 },
])(
  'U1: $requests requests of $requestBytes bytes in all earn $earned packets of $packetBytes bytes',
  ({ earned, ...unheard }) => {
    expect(packetsEarned(unheard)).toBe(earned);
  },
);
