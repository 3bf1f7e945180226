import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** A webhook as it goes out: the exact bytes that were signed, with the provider's headers. */
export interface Letter {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How one delivery went: an HTTP status, or why there was none. */
export type PostOutcome = { readonly status: number } | { readonly error: string };

export interface WebhookPosters {
  post(letter: Letter): Promise<PostOutcome>;
  close(): void;
}

/** Posts webhooks over kept-alive connections. Never rejects; redirects count as failures, as at the real providers. */
export function createWebhookPosters(timeoutMs: number): WebhookPosters {
  const http = new HttpAgent({ keepAlive: true });
  const https = new HttpsAgent({ keepAlive: true });
  return {
    post: ({ url, headers, body }) =>
      new Promise((resolve) => {
        const target = new URL(url);
        const secure = target.protocol === 'https:';
        const request = (secure ? httpsRequest : httpRequest)(target, {
          method: 'POST',
          agent: secure ? https : http,
          timeout: timeoutMs,
          headers: { ...headers, 'content-length': Buffer.byteLength(body), accept: '*/*' },
        });
        request.on('response', (response) => {
          response.resume();
          response.on('error', () => resolve({ error: 'the answer broke off' }));
          response.on('end', () => resolve({ status: response.statusCode ?? 0 }));
        });
        request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
        request.on('error', (error: NodeJS.ErrnoException) => resolve({ error: error.code ?? error.message }));
        request.end(body);
      }),
    close() {
      http.destroy();
      https.destroy();
    },
  };
}
