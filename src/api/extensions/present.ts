import type { Extension } from '../../domain/phone.ts';
import { MASKED } from '../../domain/secret.ts';
import type { Json } from '../collection.ts';
import { present } from '../shown.ts';

export const presentExtension = (extension: Extension): Json =>
  present({
    number: extension.number,
    displayName: extension.displayName,
    user: extension.user,
    authUser: extension.authUser,
    password: MASKED,
    serverHost: extension.serverHost,
    serverPort: extension.serverPort,
    transport: extension.transport,
    shared: extension.shared,
  });
