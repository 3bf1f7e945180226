/**
 * What is wrong with a request's `extensions.persistedQuery`, which Apollo Server uses unread: it would answer 500.
 * Everything else about a body Apollo Server checks itself.
 */
export function requestFault(body: unknown): string | undefined {
  const persistedQuery = field(field(body, 'extensions'), 'persistedQuery');
  if (persistedQuery === undefined) return undefined;
  const hash = field(persistedQuery, 'sha256Hash');
  if (field(persistedQuery, 'version') === 1 && typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash)) {
    return undefined;
  }
  return '`extensions.persistedQuery` must be {"version": 1, "sha256Hash": <64 hexadecimal digits>}.';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
