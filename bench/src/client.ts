import { IDENTITY_HEADER, type ServiceName, STATEMENTS_HEADER, signIdentity } from '@souk/runtime';
import { Pool } from 'undici';

export interface Answer<Data> {
  readonly data: Data;
  /** Statements that the services sent to stores for this request. */
  readonly statements: number;
}

export interface Client {
  /** Sends one operation; throws on any error and on `userErrors` in the answer. */
  send<Data>(document: string, variables?: object, token?: string): Promise<Answer<Data>>;
  close(): Promise<void>;
}

/** A client of the gateway, or of one subgraph when `direct` names whose identity to sign for. */
export function createClient(url: string, direct?: { service: ServiceName; identitySecret: string }): Client {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: 64, keepAliveTimeout: 60_000 });
  return {
    async send<Data>(document: string, variables: object = {}, token?: string): Promise<Answer<Data>> {
      const body = JSON.stringify({ query: document, variables });
      const response = await pool.request({
        path: pathname,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(direct
            ? {
                [IDENTITY_HEADER]: signIdentity({
                  secret: direct.identitySecret,
                  from: 'gateway',
                  to: direct.service,
                  viewer: { kind: 'anonymous' },
                  body,
                }),
              }
            : {}),
        },
        body,
      });
      const answer = (await response.body.json()) as {
        data?: Record<string, { userErrors?: unknown[] } | null>;
        errors?: unknown[];
      };
      const refused = Object.values(answer.data ?? {}).flatMap((value) =>
        Array.isArray(value?.userErrors) ? value.userErrors : [],
      );
      if (answer.errors || !answer.data || refused.length > 0) {
        throw new Error(`${response.statusCode} ${JSON.stringify(answer.errors ?? refused).slice(0, 400)}`);
      }
      return { data: answer.data as Data, statements: Number(response.headers[STATEMENTS_HEADER] ?? Number.NaN) };
    },
    close: () => pool.close(),
  };
}
