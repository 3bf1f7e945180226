import type { FastifyRequest } from 'fastify';
import type { createPersistedOperations, Resolved } from './persistedOperations.js';

/** A request as Apollo Server takes it. */
export interface RequestParts {
  readonly search: string;
  readonly body: unknown;
  /** The document, when it is the client's own. */
  readonly ownText: string | undefined;
}

/**
 * A request with its document filled in from the persisted operations; unchanged when it names none and texts are allowed. GET carries in
 * its query string what POST carries in its body.
 */
export function requestParts(
  request: FastifyRequest,
  resolve: ReturnType<typeof createPersistedOperations>,
): { readonly ok: true; readonly parts: RequestParts } | (Resolved & { readonly ok: false }) {
  const question = request.url.indexOf('?');
  const search = question < 0 ? '' : request.url.slice(question);
  return request.method === 'GET' ? ofGet(search, request.body, resolve) : ofPost(search, request.body, resolve);
}

function ofPost(search: string, body: unknown, resolve: ReturnType<typeof createPersistedOperations>) {
  const { query, documentId, extensions, ...rest } = recordOf(body);
  const hash = hashOf(extensions);
  const resolved = resolve({ query, documentId, hash });
  if (!resolved.ok) return resolved;
  if (resolved.query === undefined || (hash === undefined && documentId === undefined)) {
    return { ok: true as const, parts: { search, body, ownText: ownTextOf(resolved) } };
  }
  return {
    ok: true as const,
    parts: { search, body: { ...rest, query: resolved.query }, ownText: ownTextOf(resolved) },
  };
}

function ofGet(search: string, body: unknown, resolve: ReturnType<typeof createPersistedOperations>) {
  const params = new URLSearchParams(search);
  const hash = hashOf(jsonOf(params.get('extensions')));
  const documentId = params.get('documentId') ?? undefined;
  const resolved = resolve({ query: params.get('query'), documentId, hash });
  if (!resolved.ok) return resolved;
  if (resolved.query === undefined || (hash === undefined && documentId === undefined)) {
    return { ok: true as const, parts: { search, body, ownText: ownTextOf(resolved) } };
  }
  params.delete('extensions');
  params.delete('documentId');
  params.set('query', resolved.query);
  return { ok: true as const, parts: { search: `?${params}`, body, ownText: ownTextOf(resolved) } };
}

const ownTextOf = ({ query, isKnown }: Resolved & { ok: true }): string | undefined => (isKnown ? undefined : query);

function hashOf(extensions: unknown): string | undefined {
  const hash = recordOf(recordOf(extensions).persistedQuery).sha256Hash;
  return typeof hash === 'string' ? hash : undefined;
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function jsonOf(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
