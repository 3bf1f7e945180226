/** Sends one operation and answers its data; errors become exceptions that name the operation and the request. */
export type Send = <Data>(query: string, variables?: object) => Promise<Data>;

export interface UserError {
  readonly code: string;
  readonly message: string;
  readonly field: readonly string[] | null;
}

const ATTEMPTS = 6;

/**
 * A client of the public endpoint, as staff's own tools would be one. A refusal for too many requests, or a service that is
 * only just starting, is tried again a few times.
 */
export function graphqlSender(gatewayUrl: string, accessToken?: string): Send {
  const url = new URL(gatewayUrl);
  if (url.pathname === '/') url.pathname = '/graphql';
  return async <Data>(query: string, variables: object = {}): Promise<Data> => {
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...(accessToken ? { authorization: `Bearer ${accessToken}` } : {}),
        },
        body: JSON.stringify({ query, variables }),
      });
      const text = await response.text();
      const answer = parse<Data>(text);
      if (answer?.data && !answer.errors) return answer.data;
      const codes = answer?.errors?.map((error) => error.extensions?.code) ?? [];
      const later = response.status === 429 || response.status === 503 || codes.some((code) => RETRIED.has(code));
      if (!later || attempt === ATTEMPTS) {
        const operation = /\w+\s*\(?/.exec(query.replace(/^\s*(query|mutation)\b[^{]*/, ''))?.[0] ?? 'operation';
        const id = response.headers.get('x-request-id') ?? 'unknown';
        throw new Error(
          `${operation.replace(/\W/g, '')} failed (HTTP ${response.status}, request ${id}): ${text.slice(0, 500)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** attempt));
    }
  };
}

const RETRIED: ReadonlySet<string | undefined> = new Set(['RATE_LIMITED', 'DEPENDENCY_UNAVAILABLE']);

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

function parse<Data>(text: string): Answer<Data> | undefined {
  try {
    return JSON.parse(text) as Answer<Data>;
  } catch {
    return undefined;
  }
}

/** Throws when a mutation was refused for another reason than the allowed ones. */
export function expectAccepted(what: string, errors: readonly UserError[], allowed: readonly string[] = []): void {
  const unexpected = errors.filter(({ code }) => !allowed.includes(code));
  if (unexpected.length === 0) return;
  const list = unexpected
    .slice(0, 5)
    .map(({ code, message, field }) => `${code} ${field?.join('.') ?? ''}: ${message}`);
  throw new Error(`${what} was refused: ${list.join('; ')}`);
}
