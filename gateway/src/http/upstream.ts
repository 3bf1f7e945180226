import { Pool } from 'undici';

/** An HTTP connection to a service for what is not GraphQL: webhooks, images, health. */
export interface Upstream {
  readonly pool: Pool;
  close(): Promise<void>;
}

/** Opens connections to the service of a GraphQL URL. */
export function openUpstream(graphqlUrl: string, timeoutMs: number): Upstream {
  const pool = new Pool(new URL(graphqlUrl).origin, {
    connections: 32,
    keepAliveTimeout: 30_000,
    keepAliveMaxTimeout: 30_000,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  return { pool, close: () => pool.close() };
}

/** The named headers of a message that are present, as plain text. */
export function pickHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
