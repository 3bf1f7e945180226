import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Link, startLink } from './link.js';

/** A server that says everything again, behind a link. */
let server: Server;
let link: Link;
const peers = new Set<Socket>();
beforeEach(async () => {
  server = createServer((socket) => {
    peers.add(socket);
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  link = await startLink((server.address() as { port: number }).port);
});
afterEach(async () => {
  await link.end();
  for (const peer of peers) peer.destroy();
  peers.clear();
  server.close();
});

async function open() {
  const socket = connect({ port: link.port, host: '127.0.0.1' });
  const failed = new Promise<string>((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    socket.once('end', () => resolve('end'));
  });
  const say = async (text: string): Promise<string> => {
    socket.write(text);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString();
  };
  return { socket, failed, say };
}

test('what is said through a link is heard, in both directions', async () => {
  const { say, socket } = await open();
  expect(await say('hello')).toBe('hello');
  socket.destroy();
});

test('a cut resets what is open, for both ends, and lets new connections through', async () => {
  const first = await open();
  await first.say('before');
  const [peer] = peers;
  const peerLost = new Promise((resolve) => peer?.once('close', resolve));
  expect(link.cut()).toBe(1);
  expect(await first.failed).toBe('ECONNRESET');
  await peerLost;
  const second = await open();
  expect(await second.say('after')).toBe('after');
  second.socket.destroy();
});

test('a closed link refuses, until it is opened', async () => {
  link.close();
  expect(await (await open()).failed).toBe('ECONNRESET');
  link.open();
  const { say, socket } = await open();
  expect(await say('again')).toBe('again');
  socket.destroy();
});

test('a slow link delays each way', async () => {
  const { say, socket } = await open();
  await say('warm');
  link.slow(60);
  const from = performance.now();
  expect(await say('slow')).toBe('slow');
  expect(performance.now() - from).toBeGreaterThan(110);
  link.slow(0);
  socket.destroy();
});

test('a server that is not there resets its callers, as a store that is being replaced does', async () => {
  server.close();
  for (const peer of peers) peer.destroy();
  expect(await (await open()).failed).toMatch(/ECONNRESET|end/);
});
