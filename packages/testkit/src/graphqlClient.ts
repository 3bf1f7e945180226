/** An answer in GraphQL's shape, with what a test wants to know about it. */
export interface GraphqlAnswer<Data> {
  readonly status: number;
  readonly data: Data | null | undefined;
  readonly errors: readonly { message: string; path?: (string | number)[]; extensions?: Record<string, unknown> }[];
  readonly headers: Headers;
  readonly requestId: string | null;
}

export interface GraphqlClient {
  /** Answers `data`. Throws, with the query, the variables, the body and the request id, when there are errors or no data. */
  request<Data>(query: string, variables?: object, headers?: Record<string, string>): Promise<Data>;
  /** Answers whatever came, for tests of refusals. Throws only when the answer is not GraphQL. */
  send<Data>(query: string, variables?: object, headers?: Record<string, string>): Promise<GraphqlAnswer<Data>>;
}

/**
 * A client for tests. `headers` are sent with every request: an object, or a function of the body for headers that depend on it,
 * such as a signature.
 */
export function graphqlClient(
  url: string,
  headers: Record<string, string> | ((body: string) => Record<string, string>) = {},
): GraphqlClient {
  const exchange = async <Data>(query: string, variables: object, extra: Record<string, string>) => {
    const body = JSON.stringify({ query, variables });
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(typeof headers === 'function' ? headers(body) : headers),
        ...extra,
      },
      body,
    });
    const text = await response.text();
    const requestId = response.headers.get('x-request-id');
    const report = (problem: string) =>
      new Error(describe(problem, { url, query, variables, response, requestId, text }));
    let parsed: Partial<Pick<GraphqlAnswer<Data>, 'data' | 'errors'>>;
    try {
      parsed = JSON.parse(text) as typeof parsed;
    } catch {
      throw report('the answer is not JSON');
    }
    const { status, headers: answered } = response;
    return { answer: { status, data: parsed.data, errors: parsed.errors ?? [], headers: answered, requestId }, report };
  };

  return {
    async request<Data>(query: string, variables: object = {}, extra: Record<string, string> = {}) {
      const { answer, report } = await exchange<Data>(query, variables, extra);
      if (answer.errors.length > 0) throw report(answer.errors.map((error) => error.message).join('; '));
      if (answer.data === null || answer.data === undefined) throw report('the answer has no data');
      return answer.data;
    },
    async send<Data>(query: string, variables: object = {}, extra: Record<string, string> = {}) {
      return (await exchange<Data>(query, variables, extra)).answer;
    },
  };
}

function describe(
  problem: string,
  at: { url: string; query: string; variables: object; response: Response; requestId: string | null; text: string },
): string {
  return [
    problem,
    `POST ${at.url} answered ${at.response.status}, request id ${at.requestId ?? '(none)'}`,
    `query: ${at.query.trim()}`,
    `variables: ${JSON.stringify(at.variables)}`,
    `body: ${at.text.slice(0, 4_000)}`,
  ].join('\n');
}
