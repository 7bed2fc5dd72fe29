/** Path below the root → text, as it should be now. */
export function pages(): Promise<Readonly<Record<string, string>>>;
