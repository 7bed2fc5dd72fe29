/** Who uses the product, the mightiest first; what each may do is the table of `src/api/rights.ts`. */
export const ROLES = ['operator', 'admin', 'csr', 'user'] as const;
export type Role = (typeof ROLES)[number];

/** Of those who belong to a tenant: what its administrator may make somebody. */
export const TENANT_ROLES = ['admin', 'csr', 'user'] as const satisfies readonly Role[];

/**
 * What a program's token is for. It never does more than its user may: `read` reads and `write` does everything, `phones` reads
 * and writes phones, extensions and people only, `journal` reads what phones and people did, `reveal` adds secrets to the others.
 */
export const TOKEN_SCOPES = ['read', 'write', 'phones', 'journal', 'reveal'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];
