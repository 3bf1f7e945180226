import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** How one delivery went: an HTTP status, or why there was none. */
export type PostOutcome = { readonly status: number } | { readonly error: string };

export interface WebhookPoster {
  post(body: string, signature: string): Promise<PostOutcome>;
  close(): void;
}

/** Posts webhook bodies to one URL over kept-alive connections. Never rejects; redirects count as failures, as at Stripe. */
export function createWebhookPoster(url: string, timeoutMs: number): WebhookPoster {
  const target = new URL(url);
  const secure = target.protocol === 'https:';
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const send = secure ? httpsRequest : httpRequest;
  return {
    post: (body, signature) =>
      new Promise((resolve) => {
        const request = send(target, {
          method: 'POST',
          agent,
          timeout: timeoutMs,
          headers: {
            'content-type': 'application/json; charset=utf-8',
            'content-length': Buffer.byteLength(body),
            'stripe-signature': signature,
            'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
            accept: '*/*',
          },
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
    close: () => agent.destroy(),
  };
}
