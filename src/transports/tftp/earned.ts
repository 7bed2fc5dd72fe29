// U1, ADR 0007: who has never acknowledged may be somebody else's forged address.
const MOST_PACKETS = 3;
const MOST_FACTOR = 10;

/** What has come in from somebody who has never acknowledged, and what he would be sent again. */
export interface Unheard {
  readonly requests: number;
  readonly requestBytes: number;
  readonly packetBytes: number;
  /** The packet is all of the file: a client that lost it asks again, where one of a longer file waits for the server. */
  readonly isWholeFile: boolean;
}

/**
 * How many packets his requests have earned. One each in any case, since nobody can tell a phone from a forged address before
 * that; of a file of one block as many as come to ten times what came in, three at the most: with requests of 25 bytes, as
 * phones send, three of up to 83 bytes, two of up to 125, one of more.
 */
export function packetsEarned({ requests, requestBytes, packetBytes, isWholeFile }: Unheard): number {
  const most = MOST_PACKETS * requests;
  if (!isWholeFile) return most;
  return Math.max(requests, Math.min(most, Math.floor((MOST_FACTOR * requestBytes) / packetBytes)));
}
