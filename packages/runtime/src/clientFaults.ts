import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { newId } from './ids.js';
import { counter } from './metrics.js';

const refused = counter(
  'souk_http_connections_refused_total',
  'Connections beyond what one address, or all, may have',
  ['limit'],
);

interface Fault {
  readonly status: string;
  readonly code: string;
  readonly message: string;
}

const FAULTS: Readonly<Record<string, Fault>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    code: 'BAD_REQUEST',
    message: 'The request took too long to arrive.',
  },
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    code: 'BAD_REQUEST',
    message: 'The headers are larger than 16 KB.',
  },
};
const MALFORMED: Fault = { status: '400 Bad Request', code: 'BAD_REQUEST', message: 'The request is malformed.' };

/**
 * Answers what is no HTTP request, or took too long to become one, in GraphQL's shape and with a request id like everything else, and hangs
 * up. What could not be read is not repeated.
 */
export function answerClientFault(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const { status, code, message } = FAULTS[error.code ?? ''] ?? MALFORMED;
  const requestId = newId('req');
  const body = JSON.stringify({ errors: [{ message, extensions: { code, requestId } }] });
  if (socket.writable) {
    socket.end(
      [
        `HTTP/1.1 ${status}`,
        'content-type: application/json; charset=utf-8',
        `content-length: ${Buffer.byteLength(body)}`,
        'x-content-type-options: nosniff',
        "content-security-policy: default-src 'none'; frame-ancestors 'none'",
        'cache-control: no-store',
        `x-request-id: ${requestId}`,
        'connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  }
  // A client that does not read its answer either is not waited for.
  setTimeout(() => socket.destroy(), 1_000).unref();
}

/**
 * Lets no address have more than so many connections at once, and everybody together no more than so many: each costs memory and a
 * descriptor, whatever is asked over it. Behind a proxy all have its address: then only the sum counts.
 */
export function limitConnections(
  server: Server,
  o: { readonly total: number; readonly perAddress: number | undefined },
): void {
  server.maxConnections = o.total;
  server.on('drop', () => refused.inc({ limit: 'total' }));
  if (o.perAddress === undefined) return;
  const { perAddress } = o;
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (open.get(address) ?? 0) + 1;
    if (count > perAddress) {
      refused.inc({ limit: 'address' });
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
}
