import type { Extension } from '../../domain/phone.ts';
import type { Sheet } from './sheet.ts';

/** Extensions without their passwords. */
export const extensionSheet: Sheet<Extension> = {
  columns: [
    'tenant',
    'number',
    'displayName',
    'user',
    'authUser',
    'serverHost',
    'serverPort',
    'transport',
    'shared',
    'phones',
  ],
  repository: ({ own }) => own.extensions,
  keyOf: (extension) => extension.number,
  rows: async (extensions, { own, tenant }) => {
    const rows: (string | undefined)[][] = [];
    for (const { id, number, displayName, user, authUser, serverHost, serverPort, transport, shared } of extensions) {
      const phones = await own.phones.byExtension(id);
      rows.push([
        tenant.name,
        number,
        displayName,
        user,
        authUser,
        serverHost,
        serverPort?.toString(),
        transport,
        String(shared),
        phones.map(({ name }) => name).join(' '),
      ]);
    }
    return rows;
  },
};
