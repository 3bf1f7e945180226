import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceFault, ServiceUnavailable } from './errors.js';
import { createServiceClient } from './serviceClient.js';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A client of a service that answers so. */
async function clientOf(answer: RequestListener, timeoutMs = 2_000) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = createServiceClient({
    from: 'cart',
    to: 'product',
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    identitySecret: 'ab'.repeat(32),
    timeoutMs,
  });
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await client.close();
  });
  return client;
}
const json = (body: unknown, status = 200): RequestListener => {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
};

test('what the service answers is what the caller gets', async () => {
  const client = await clientOf(json({ data: { ok: 1 } }));
  expect(await client.request('{ ok }', {})).toEqual({ ok: 1 });
});

test('a service that never answers is unavailable when the time is up, and so is one that stops in mid-answer', async () => {
  const silent = await clientOf(() => undefined, 80);
  await expect(silent.request('{ ok }', {})).rejects.toThrow(ServiceUnavailable);
  const stopping = await clientOf((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"data":');
  }, 80);
  const from = performance.now();
  await expect(stopping.request('{ ok }', {})).rejects.toThrow(ServiceUnavailable);
  expect(performance.now() - from).toBeLessThan(1_500);
});

test('a connection that breaks is tried once more; a service that fails is unavailable; one that refuses is a fault', async () => {
  let calls = 0;
  const breaking = await clientOf((request, response) => {
    calls += 1;
    if (calls === 1) request.socket.destroy();
    else json({ data: { ok: 2 } })(request, response);
  });
  expect(await breaking.request('{ ok }', {})).toEqual({ ok: 2 });
  expect(calls).toBe(2);
  const failing = await clientOf(json({ errors: [{ message: 'x' }] }, 503));
  await expect(failing.request('{ ok }', {})).rejects.toThrow(ServiceUnavailable);
  const refusing = await clientOf(json({ data: null, errors: [{ message: 'no', extensions: { code: 'FORBIDDEN' } }] }));
  await expect(refusing.request('{ ok }', {})).rejects.toThrow(ServiceFault);
});
