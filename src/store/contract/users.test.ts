import { describe, expect, test } from 'vitest';
import { without } from '../../domain/fields.ts';
import { accessTokenOf, personNamed, userNamed } from '../../../test/kit/store-objects.ts';
import { acme, kept, onEveryStore, ours, rival, store } from '../../../test/kit/every-store.ts';

onEveryStore(() => {
  describe('users', () => {
    test('of one tenant are listed page after page, and nobody else', async () => {
      const { users } = store.platform;
      kept(await users.create(userNamed('root')));
      for (const name of ['bea', 'ann', 'cem']) kept(await users.create(userNamed(name, { tenant: acme.id })));
      kept(await users.create(userNamed('bob', { tenant: rival.id })));
      const names = async (page: { readonly after?: string; readonly limit: number }) =>
        (await users.ofTenant(acme.id, page)).map((user) => user.name);
      expect(await names({ limit: 10 })).toEqual(['ann', 'bea', 'cem']);
      expect(await names({ limit: 1, after: 'ann' })).toEqual(['bea']);
      expect(await users.ofTenant(acme.id, { limit: 1 })).toMatchObject([{ name: 'ann', version: 1 }]);
    });

    test('keep the person whose login they are, who must be of their own tenant', async () => {
      const { users } = store.platform;
      const person = personNamed('ada');
      kept(await ours.people.create(person));
      const login = userNamed('ada', { role: 'user', tenant: acme.id, person: person.id });
      await expect(users.create({ ...login, tenant: rival.id })).rejects.toThrow(/user ada names something/);
      await expect(users.create({ ...login, person: personNamed('nobody').id })).rejects.toThrow(/user ada names/);
      kept(await users.create(login));
      expect(await ours.people.remove(person.id)).toEqual({ ok: false, error: { kind: 'in_use', by: 'user ada' } });
      expect(await users.remove(login.id)).toEqual({ ok: true });
      expect(await ours.people.remove(person.id)).toEqual({ ok: true });
    });

    const ISSUER = 'https://login.example.com';
    const ann = userNamed('ann', { oidc: { issuer: ISSUER, subject: '1001' } });
    const bob = userNamed('bob', { oidcName: 'bob@example.com' });

    test('are found by who they are at the provider, and by the name they are waited for under', async () => {
      const { users } = store.platform;
      kept(await users.create(ann));
      kept(await users.create(bob));
      expect(await users.byIdentity(ISSUER, '1001')).toEqual({ ...ann, version: 1 });
      expect(await users.byIdentity('https://other.example.com', '1001')).toBeUndefined();
      expect(await users.byIdentity(ISSUER, 'bob@example.com')).toBeUndefined();
      expect(await users.byOidcName('bob@example.com')).toEqual({ ...bob, version: 1 });
      expect(await users.byOidcName('1001')).toBeUndefined();
      kept(await users.replace(userNamed('bob', { oidc: { issuer: ISSUER, subject: '1002' } })));
      expect(await users.byOidcName('bob@example.com')).toBeUndefined();
      expect(await users.byIdentity(ISSUER, '1002')).toMatchObject({ name: 'bob' });
      kept(await users.replace(userNamed('ann')));
      expect(await users.byIdentity(ISSUER, '1001')).toBeUndefined();
    });

    test('an identity is one user’s, and so is a name at the provider', async () => {
      const { users } = store.platform;
      kept(await users.create(ann));
      kept(await users.create(bob));
      const taken = (field: string, value: string) => ({ ok: false, error: { kind: 'taken', field, value } });
      const twin = userNamed('twin', { oidc: { issuer: ISSUER, subject: '1001' } });
      expect(await users.create(twin)).toEqual(taken('oidc', '1001'));
      expect(await users.replace({ ...bob, oidc: { issuer: ISSUER, subject: '1001' } })).toEqual(taken('oidc', '1001'));
      const double = userNamed('double', { oidcName: 'bob@example.com' });
      expect(await users.create(double)).toEqual(taken('oidcName', 'bob@example.com'));
      kept(await users.create(userNamed('sam', { oidc: { issuer: 'https://other.example.com', subject: '1001' } })));
      kept(await users.create(userNamed('eve')));
      kept(await users.create(userNamed('joe')));
    });

    test('may have no password', async () => {
      const user = without(ann, 'passwordHash');
      kept(await store.platform.users.create(user));
      expect(await store.platform.users.byKey('ann')).toEqual({ ...user, version: 1 });
    });
  });

  describe('sessions and tokens', () => {
    test('are found by their user, and know when and where from they were last used', async () => {
      const { users, tokens } = store.platform;
      const [root, other] = [userNamed('root'), userNamed('other')];
      for (const user of [root, other]) kept(await users.create(user));
      const token = accessTokenOf(root, 'session');
      kept(await tokens.create(token));
      kept(await tokens.create(accessTokenOf(other, 'theirs')));
      expect((await tokens.ofUser(root.id)).map(({ hash }) => hash)).toEqual([token.hash]);
      expect(await tokens.lastUse(token.id)).toBeUndefined();
      await tokens.noteUse(token.id, { at: '2026-03-02T10:00:00.000Z', from: '192.0.2.1' });
      await tokens.noteUse(token.id, { at: '2026-03-02T10:01:00.000Z', from: '2001:db8::1' });
      expect(await tokens.lastUse(token.id)).toEqual({ at: '2026-03-02T10:01:00.000Z', from: '2001:db8::1' });
      expect(await tokens.byId(token.id)).toMatchObject({ version: 1 });
    });

    test('a use of a token that is gone is not kept', async () => {
      const user = userNamed('root');
      kept(await store.platform.users.create(user));
      const token = accessTokenOf(user, 'session');
      kept(await store.platform.tokens.create(token));
      await store.platform.tokens.noteUse(token.id, { at: '2026-03-02T10:00:00.000Z', from: '192.0.2.1' });
      expect(await store.platform.tokens.remove(token.id)).toEqual({ ok: true });
      expect(await store.platform.tokens.lastUse(token.id)).toBeUndefined();
      await store.platform.tokens.noteUse(token.id, { at: '2026-03-02T10:01:00.000Z', from: '192.0.2.1' });
      expect(await store.platform.tokens.lastUse(token.id)).toBeUndefined();
    });
  });
});
