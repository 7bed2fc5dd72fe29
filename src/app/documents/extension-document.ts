import { z } from 'zod';
import type { ExtensionId } from '../../domain/ids.ts';
import type { Extension } from '../../domain/phone.ts';
import { err, ok } from '../../domain/result.ts';
import { MASKED, Secret } from '../../domain/secret.ts';
import { dialString, host, port } from '../../domain/settings/common.ts';
import { transport } from '../../domain/settings/line.ts';
import { numberField, numberedText, secretField } from './fields.ts';
import { issue } from './issue.ts';
import type { Kind } from './kind.ts';
import type { TenantScope } from './scope.ts';

export const extensionDocument = z.strictObject({
  number: numberField,
  displayName: z.string().max(64).default(''),
  /** Left out, the number. */
  user: numberedText.pipe(dialString).optional(),
  authUser: numberedText.pipe(dialString).optional(),
  password: secretField,
  serverHost: host,
  serverPort: port.optional(),
  transport: transport.optional(),
  shared: z.boolean().default(false),
});
export type ExtensionDocument = z.output<typeof extensionDocument>;

export const extensionKind: Kind<ExtensionDocument, Extension, TenantScope> = {
  name: 'extension',
  document: extensionDocument,
  keyField: 'number',
  keyOf: (extension) => extension.number,
  repository: (scope) => scope.own.extensions,
  read: (document, before, scope) => {
    const password = document.password === MASKED ? before?.password : new Secret(document.password);
    if (password === undefined)
      return Promise.resolve(err([issue(['password'], 'there is no stored value that *** could keep')]));
    return Promise.resolve(
      ok({
        // `as`: the constructor of the id.
        id: before?.id ?? (scope.crypto.id() as ExtensionId),
        number: document.number,
        displayName: document.displayName,
        user: document.user ?? document.number,
        ...(document.authUser === undefined ? {} : { authUser: document.authUser }),
        password,
        serverHost: document.serverHost,
        ...(document.serverPort === undefined ? {} : { serverPort: document.serverPort }),
        ...(document.transport === undefined ? {} : { transport: document.transport }),
        shared: document.shared,
      }),
    );
  },
};
