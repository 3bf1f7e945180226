import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { request } from 'undici';
import { addConsoleRoutes } from './consoleRoutes.js';

const ACCOUNTS = [{ role: 'staff', email: 'staff@souk.example', password: 'demo' }];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'souk-console-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><script src="/console/console-A.js"></script>');
  writeFileSync(join(folder, 'console-A.js.gz'), gzipSync('let a = 1;'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** One request to a server of its own; the answer as it came, not unzipped and not redirected. */
async function get(path: string, headers: Record<string, string> = {}) {
  const app = Fastify();
  addConsoleRoutes(app, ACCOUNTS, folder);
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const { statusCode, headers: answered, body } = await request(`${url}${path}`, { headers });
  const text = await body.text();
  await app.close();
  return { statusCode, headers: answered, body: text };
}

test('the page may load nothing from elsewhere and run no inline script and no eval', async () => {
  const answer = await get('/console');
  expect(answer.statusCode).toBe(200);
  const policy = String(answer.headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toMatch(/script-src[^;]*unsafe|https?:/);
});

test('files are served gzipped, and plain to who does not take gzip; their names change with their content', async () => {
  const zipped = await get('/console/console-A.js', { 'accept-encoding': 'gzip, br' });
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(zipped.headers['cache-control']).toContain('immutable');
  const plain = await get('/console/console-A.js');
  expect([plain.body, plain.headers['content-type']]).toEqual(['let a = 1;', 'text/javascript; charset=utf-8']);
});

test.each(['/console/..%2F..%2Fpackage.json', '/console/index.html', '/console/console-A.js.gz', '/console/none.js'])(
  '%s is not served',
  async (url) => {
    expect((await get(url)).statusCode).toBe(404);
  },
);

test('the demo accounts are told, and / leads to the console', async () => {
  expect(JSON.parse((await get('/console/accounts.json')).body)).toEqual(ACCOUNTS);
  const answer = await get('/');
  expect([answer.statusCode, answer.headers.location]).toEqual([302, '/console']);
});

test('a console that was not built says what to do', async () => {
  rmSync(join(folder, 'index.html'));
  const answer = await get('/console');
  expect([answer.statusCode, answer.body]).toEqual([404, 'The console is not built: run `npm run build:console`.\n']);
});
