import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ProviderRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Reaction = { status: number; body?: object } | 'accept' | 'accept-and-hang-up';

/** A server that stands for SendGrid (/v3/…) and Twilio (/2010-04-01/…), accepts by default, and fails as it is told. */
export async function startFakeProviders() {
  const accepted: ProviderRequest[] = [];
  const refused: ProviderRequest[] = [];
  let next: Reaction[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const seen = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() };
      const reaction = next.shift() ?? 'accept';
      if (typeof reaction === 'object') {
        refused.push(seen);
        response.writeHead(reaction.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(reaction.body ?? { errors: [] }));
        return;
      }
      accepted.push(seen);
      if (reaction === 'accept-and-hang-up') {
        request.socket.destroy();
      } else if (seen.path.startsWith('/2010-04-01')) {
        response.writeHead(201, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ sid: `SM${accepted.length}` }));
      } else {
        response.writeHead(202, { 'x-message-id': `msg-${accepted.length}` });
        response.end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accepted,
    refused,
    /** What to do with the next requests, in order. */
    react: (...reactions: Reaction[]) => {
      next = reactions;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
