import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** `prefer`: operations may be sent by their hash. `only`: nothing else is answered. */
export type PersistedMode = 'prefer' | 'only';

/** A request's document: as it is to be executed, and whether it is of a manifest; or why it is not. */
export type Resolved =
  | { readonly ok: true; readonly query: string | undefined; readonly isKnown: boolean }
  | { readonly ok: false; readonly code: string; readonly message: string };

const manifestShape = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string(), name: z.string(), body: z.string().min(1) })),
});

/**
 * Reads manifests of persisted operations, as `npm run schema:compose` writes them for schema/operations and Apollo's tools for a
 * frontend's own. Throws when one cannot be read, or when an id is not the hash of its text: nobody can put another text under it.
 */
export function readManifests(paths: readonly string[]): ReadonlyMap<string, string> {
  const bodies = new Map<string, string>();
  for (const path of paths) {
    for (const { id, name, body } of manifestShape.parse(JSON.parse(readFileSync(path, 'utf8'))).operations) {
      if (sha256(body) !== id) throw new Error(`${path}: the id of ${name} is not the SHA-256 of its text`);
      bodies.set(id, body);
    }
  }
  return bodies;
}

/**
 * Finds the document of a request: by `documentId` or `extensions.persistedQuery.sha256Hash` among the known operations (one lookup), or
 * what the client sent, where that is allowed. In the mode `only` a text passes when it is one of them.
 */
export function createPersistedOperations(bodies: ReadonlyMap<string, string>, mode: PersistedMode) {
  const texts = new Set(bodies.values());

  return (request: { query: unknown; documentId: unknown; hash: string | undefined }): Resolved => {
    const query = typeof request.query === 'string' && request.query !== '' ? request.query : undefined;
    const id = request.hash ?? documentIdOf(request.documentId);
    if (id === null)
      return refuse('BAD_REQUEST', '`documentId` must be a SHA-256 in hexadecimal, with or without "sha256:".');
    if (id !== undefined) {
      const body = bodies.get(id);
      if (query !== undefined && sha256(query) !== id)
        return refuse('BAD_REQUEST', 'The hash is not that of the query.');
      if (body !== undefined) return { ok: true, query: body, isKnown: true };
      if (query === undefined || mode === 'only') {
        return refuse('PERSISTED_QUERY_NOT_FOUND', 'There is no persisted operation with this hash.');
      }
    }
    const isKnown = query !== undefined && texts.has(query);
    if (mode === 'only' && !isKnown) {
      return refuse(
        'BAD_REQUEST',
        'This endpoint answers persisted operations only: send `documentId` instead of `query`.',
      );
    }
    return { ok: true, query, isKnown };
  };
}

function documentIdOf(value: unknown): string | null | undefined {
  if (value === undefined || value === null) return undefined;
  return (typeof value === 'string' && /^(?:sha256:)?([0-9a-f]{64})$/.exec(value)?.[1]) || null;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const refuse = (code: string, message: string): Resolved => ({ ok: false, code, message });
