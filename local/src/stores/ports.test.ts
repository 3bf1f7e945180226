import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { freePorts, isPortBusy, portHolder, requireFreePort } from './ports.js';

let server: Server | undefined;

async function occupy(): Promise<number> {
  server = createServer();
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

afterEach(async () => {
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

test('free ports are all different and free', async () => {
  const ports = await freePorts(12);
  expect(new Set(ports).size).toBe(12);
  for (const port of ports) expect(await isPortBusy(port)).toBe(false);
});

test('a busy port is refused with the process that holds it and the variable that changes it', async () => {
  const port = await occupy();
  expect((await portHolder(port))?.pid).toBe(process.pid);
  await expect(requireFreePort(port, 'gateway', 'SOUK_PORT_GATEWAY')).rejects.toMatchObject({
    code: 'PORT_BUSY',
    message: expect.stringMatching(
      new RegExp(
        `Port ${port} is needed for gateway, but process ${process.pid} .*\n.*SOUK_PORT_GATEWAY=${port + 1} npm start`,
      ),
    ),
  });
});
