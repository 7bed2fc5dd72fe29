import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../app/access/actor.ts';
import { changeObject, removeObject, type Changed } from '../app/documents/change-object.ts';
import type { Kind } from '../app/documents/kind.ts';
import { mergePatch } from '../app/documents/merge-patch.ts';
import type { PlatformScope } from '../app/documents/scope.ts';
import type { Page, Versioned } from '../app/ports.ts';
import { actorOf, type Api } from './api.ts';
import { etagOf, expectationOf, isNotModified } from './etag.ts';
import { listOf, pageOf, pageQuery, showPage } from './paging.ts';
import { conflict, invalid, Problem } from './problems.ts';
import { pathParameter, type Access } from './scopes.ts';
import { describedBy } from './validation.ts';

export type Json = Readonly<Record<string, unknown>>;

/** One kind of object as the API offers it. */
export interface Resource<Document, T extends { readonly id: string }, Scope extends PlatformScope> {
  readonly kind: Kind<Document, T, Scope>;
  /** Below /api/v1: `/tenants/:tenant/groups`. */
  readonly path: string;
  /** Name of the path parameter that names one object: `group`. */
  readonly parameter: string;
  readonly tag: string;
  readonly access: Access<Scope>;
  readonly shown: z.ZodObject;
  /** What is shown of an object: its document with secrets masked, and `readOnly` fields. */
  readonly present: (object: Versioned<T>, scope: Scope) => Promise<Json>;
  /** What is shown of one object alone, beside that. */
  readonly details?: (object: Versioned<T>, scope: Scope) => Promise<Json>;
  /** What this actor is shown of it, where that is less. */
  readonly seenBy?: (actor: Actor, shown: Json) => Json;
  /** Fields that are shown, and ignored when they are sent back. */
  readonly readOnly: readonly string[];
  /** The fields of a document that follow from its name in the path. */
  readonly named?: (name: string, body: Json) => Json;
  readonly find?: (name: string, scope: Scope, request: FastifyRequest) => Promise<Versioned<T> | undefined>;
  readonly list?: (page: Page, scope: Scope, request: FastifyRequest) => Promise<readonly Versioned<T>[]>;
  readonly query?: z.ZodObject;
  /** Asked after reading and before writing, for what depends on the object. */
  readonly mayRemove?: (object: Versioned<T>, scope: Scope, request: FastifyRequest) => Promise<void>;
  /** Asked with the whole document before it is read, for what only some may write. */
  readonly mayWrite?: (
    document: unknown,
    before: Versioned<T> | undefined,
    request: FastifyRequest,
    scope: Scope,
  ) => void | Promise<void>;
}

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const without = (record: Json, names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));

/** Routes of one kind of object. */
class Collection<Document, T extends { readonly id: string }, Scope extends PlatformScope> {
  readonly #of: Resource<Document, T, Scope>;

  constructor(of: Resource<Document, T, Scope>) {
    this.#of = of;
  }

  nameIn(request: FastifyRequest): string {
    return pathParameter(request, this.#of.parameter);
  }

  find(request: FastifyRequest, scope: Scope): Promise<Versioned<T> | undefined> {
    const name = this.nameIn(request);
    return this.#of.find === undefined
      ? this.#of.kind.repository(scope).byKey(name)
      : this.#of.find(name, scope, request);
  }

  async show(object: Versioned<T>, scope: Scope): Promise<Json> {
    return {
      ...(await this.#of.present(object, scope)),
      ...(this.#of.details === undefined ? {} : await this.#of.details(object, scope)),
    };
  }

  #seen(request: FastifyRequest, shown: Json): Json {
    return this.#of.seenBy?.(actorOf(request), shown) ?? shown;
  }

  async list(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const scope = await this.#of.access.read(request);
    const query = pageQuery.parse(request.query);
    const page = pageOf(query);
    const found = await (this.#of.list === undefined
      ? this.#of.kind.repository(scope).list(page)
      : this.#of.list(page, scope, request));
    const shown: Json[] = [];
    for (const object of found) shown.push(this.#seen(request, await this.#of.present(object, scope)));
    void reply.send(showPage(found, shown, query.limit, this.#of.kind.keyOf));
  }

  async get(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const scope = await this.#of.access.read(request);
    const object = await this.find(request, scope);
    if (object === undefined) throw new Problem('not-found');
    void reply.header('etag', etagOf(object));
    if (isNotModified(request, object)) void reply.code(304).send();
    else void reply.send(this.#seen(request, await this.show(object, scope)));
  }

  /** The document that a PUT means: what was sent, and its name in the path. */
  #put(body: unknown, name: string): unknown {
    if (!isRecord(body)) return body;
    const named = this.#of.named === undefined ? { [this.#of.kind.keyField]: name } : this.#of.named(name, body);
    return { ...named, ...without(body, this.#of.readOnly) };
  }

  async #save(
    request: FastifyRequest,
    find: (scope: Scope) => Promise<Versioned<T> | undefined>,
    document: (before: Versioned<T> | undefined, scope: Scope) => Promise<unknown>,
  ): Promise<{ readonly changed: Changed<T>; readonly shown: Json }> {
    return this.#of.access.write(request, async (scope) => {
      const written = async (before: Versioned<T> | undefined): Promise<unknown> => {
        const whole = await document(before, scope);
        if (whole !== undefined) await this.#of.mayWrite?.(whole, before, request, scope);
        return whole;
      };
      const change = { find, document: written, expects: expectationOf(request) };
      const changed = await changeObject(this.#of.kind, scope, actorOf(request), change);
      return { changed, shown: 'object' in changed ? this.#seen(request, await this.show(changed.object, scope)) : {} };
    });
  }

  #answer(reply: FastifyReply, { changed, shown }: { changed: Changed<T>; shown: Json }): void {
    switch (changed.kind) {
      case 'invalid':
        throw invalid(changed.issues);
      case 'conflict':
        throw conflict(changed.error);
      case 'unexpected':
        throw new Problem('stale');
      case 'absent':
        throw new Problem('not-found');
      case 'created':
      case 'changed':
      case 'unchanged':
        void reply.header('etag', etagOf(changed.object));
        void reply.code(changed.kind === 'created' ? 201 : 200).send(shown);
    }
  }

  async put(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const name = this.nameIn(request);
    const saved = await this.#save(
      request,
      (scope) => this.find(request, scope),
      () => Promise.resolve(this.#put(request.body, name)),
    );
    this.#answer(reply, saved);
  }

  async patch(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const saved = await this.#save(
      request,
      (scope) => this.find(request, scope),
      async (before, scope) => {
        if (before === undefined) return undefined;
        const document = without(await this.#of.present(before, scope), this.#of.readOnly);
        const patch = isRecord(request.body) ? without(request.body, this.#of.readOnly) : request.body;
        return mergePatch(document, patch);
      },
    );
    this.#answer(reply, saved);
  }

  async post(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const document = isRecord(request.body) ? without(request.body, this.#of.readOnly) : request.body;
    const saved = await this.#save(
      request,
      () => Promise.resolve(undefined),
      () => Promise.resolve(document ?? {}),
    );
    this.#answer(reply, saved);
  }

  async remove(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const removed = await this.#of.access.write(request, async (scope) => {
      const object = await this.find(request, scope);
      if (object !== undefined) await this.#of.mayRemove?.(object, scope, request);
      const find = (): Promise<Versioned<T> | undefined> => Promise.resolve(object);
      return removeObject(this.#of.kind, scope, actorOf(request), { find, expects: expectationOf(request) });
    });
    if (removed.kind === 'conflict') throw conflict(removed.error);
    if (removed.kind === 'unexpected') throw new Problem('stale');
    if (removed.kind === 'absent') throw new Problem('not-found');
    void reply.code(204).send();
  }
}

/** What further routes of the same kind are made of. */
export interface Offered {
  /** Merges the body into the object of the path. */
  readonly patch: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
}

/** List, read, write (PUT upserts, PATCH merges), create and remove: the same for every kind of object. */
export function offerCollection<Document, T extends { readonly id: string }, Scope extends PlatformScope>(
  app: Api,
  resource: Resource<Document, T, Scope>,
): Offered {
  const { path, parameter, tag, kind, shown } = resource;
  const collection = new Collection(resource);
  const one = `${path}/:${parameter}`;
  const body = describedBy(kind.document);
  const partial = describedBy(z.record(z.string(), z.unknown()));
  const querystring = resource.query === undefined ? pageQuery : pageQuery.extend(resource.query.shape);
  const about = (verb: string): { tags: string[]; operationId: string; summary: string } => ({
    tags: [tag],
    operationId: `${verb}_${path.replace(/\/:?/g, '_').slice(1)}`,
    summary: `${verb} ${kind.name}`,
  });
  app.get(path, { schema: { ...about('list'), querystring, response: { 200: listOf(shown) } } }, (request, reply) =>
    collection.list(request, reply),
  );
  app.post(path, { schema: { ...about('create'), body, response: { 201: shown } } }, (request, reply) =>
    collection.post(request, reply),
  );
  app.get(one, { schema: { ...about('read'), response: { 200: shown } } }, (request, reply) =>
    collection.get(request, reply),
  );
  app.put(one, { schema: { ...about('put'), body, response: { 200: shown, 201: shown } } }, (request, reply) =>
    collection.put(request, reply),
  );
  app.patch(one, { schema: { ...about('patch'), body: partial, response: { 200: shown } } }, (request, reply) =>
    collection.patch(request, reply),
  );
  app.delete(one, { schema: { ...about('remove'), response: { 204: z.null() } } }, (request, reply) =>
    collection.remove(request, reply),
  );
  return { patch: (request, reply) => collection.patch(request, reply) };
}
