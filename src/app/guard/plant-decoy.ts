import type { Mac } from '../../domain/mac.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Decoy } from '../../domain/trust/decoy.ts';
import type { Actor } from '../access/actor.ts';
import type { WriteConflict } from '../ports.ts';
import type { GuardPorts } from './guard.ts';
import { holdDecoys } from './load-guard.ts';
import { noteInAudit } from './note-in-audit.ts';
import { DECOY_PURPOSE } from './note-decoy.ts';
import { publishNews } from './publish-news.ts';

export interface DecoyWish {
  /** Left out, a URL token is drawn. */
  readonly mac?: Mac;
  readonly note?: string;
}

export interface Planted {
  readonly decoy: Decoy;
  /** Told this once. */
  readonly token?: string;
}

export type NotPlanted =
  { readonly kind: 'phone_has_mac' } | { readonly kind: 'conflict'; readonly error: WriteConflict };

/** As long as the tokens of phones and tenants, or it would be known for what it is. */
const TOKEN_BITS = 200;

/** Plants a MAC or token that nobody owns; every node watches for it from then on. */
export const plantDecoy =
  (ports: GuardPorts) =>
  async (actor: Actor, { mac, note }: DecoyWish): Promise<Result<Planted, NotPlanted>> => {
    const { store, crypto, clock } = ports;
    const now = clock.now();
    const token = mac === undefined ? crypto.token(TOKEN_BITS) : undefined;
    const decoy: Decoy = {
      id: crypto.id(),
      ...(mac === undefined
        ? { kind: 'token', key: crypto.keyedHash(DECOY_PURPOSE, token ?? '') }
        : { kind: 'mac', key: mac, mac }),
      by: actor.name,
      at: now.toISOString(),
      ...(note === undefined ? {} : { note }),
    };
    const planted = await store.transaction(async (inside): Promise<Result<Planted, NotPlanted>> => {
      if (mac !== undefined && (await inside.directory.byMac(mac)) !== undefined) return err({ kind: 'phone_has_mac' });
      const made = await inside.platform.decoys.create(decoy);
      if (!made.ok) return err({ kind: 'conflict', error: made.error });
      await noteInAudit(inside, actor, now, 'decoy.planted', mac ?? decoy.id, note);
      return ok({ decoy, ...(token === undefined ? {} : { token }) });
    });
    if (planted.ok) {
      await holdDecoys(ports);
      await publishNews(ports, { decoys: true });
    }
    return planted;
  };
