import type { PhoneFile, RequestRoute } from '../kit/driver.ts';

export const FILE_NAME = 'linphone.xml';

/** Linphone fetches exactly the URL it was given and nothing else (seen: 5.1.65). */
export const requests: readonly RequestRoute[] = [{ match: /^linphone\.xml$/i, kind: 'config', part: 'settings' }];

/** One file, the same name for everybody: a soft client has no MAC, the token in front of the name tells whose it is. */
export const files = (): readonly PhoneFile[] => [{ name: FILE_NAME, part: 'settings' }];

/** A directory gets the file name; a full file URL stays as it is. */
export const fileUrl = (url: string): string => (url.endsWith('/') ? `${url}${FILE_NAME}` : url);
