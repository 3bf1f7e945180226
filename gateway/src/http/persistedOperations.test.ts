import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startToyShop, type ToyShop } from '../testing/toyShop.js';
import { readManifests } from './persistedOperations.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const WHO = 'query Who {\n  whoami\n}';
const PAGE = 'query Page($n: Int) {\n  products(first: $n) {\n    id\n  }\n}';
const folder = mkdtempSync(join(tmpdir(), 'souk-persisted-'));
const file = join(folder, 'manifest.json');
const manifest = (operations: { id: string; name: string; body: string }[]) =>
  writeFileSync(file, JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }));

let only: ToyShop;
let prefer: ToyShop;
beforeAll(async () => {
  manifest([WHO, PAGE].map((body) => ({ id: sha256(body), name: 'x', body })));
  only = await startToyShop({ persistedOperations: 'only', persistedManifests: [file] });
  prefer = await startToyShop({ persistedOperations: 'prefer', persistedManifests: [file] });
});
afterAll(async () => {
  await Promise.all([only.close(), prefer.close()]);
  rmSync(folder, { recursive: true });
});

const answer = { data: { whoami: 'anonymous' } };
const apq = (hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } });

test.each([
  ['documentId', { documentId: `sha256:${sha256(WHO)}` }],
  ['a bare documentId', { documentId: sha256(WHO) }],
  ["Apollo's extension", apq(sha256(WHO))],
  ['hash and text', { ...apq(sha256(WHO)), query: WHO }],
  ['the known text itself', { query: WHO }],
])('a persisted operation is answered in both modes: by %s', async (_how, body) => {
  expect((await only.post(body)).body).toEqual(answer);
  expect((await prefer.post(body)).body).toEqual(answer);
});

test('variables come along', async () => {
  const { body } = await only.post({ documentId: sha256(PAGE), variables: { n: 2 } });
  expect(body).toEqual({ data: { products: [{ id: 'prd_0' }, { id: 'prd_1' }] } });
});

test('GET works with a hash, and keeps its preflight', async () => {
  const url = `${only.url}/graphql?documentId=${sha256(WHO)}`;
  expect(await (await fetch(url, { headers: { 'apollo-require-preflight': 'yes' } })).json()).toEqual(answer);
  expect((await fetch(url)).status).toBe(400);
});

test.each([
  ['another text', { query: '{ whoami }' }],
  ['an unknown hash', { documentId: sha256('{ whoami }') }],
  ['an unknown hash with its text', { ...apq(sha256('{ whoami }')), query: '{ whoami }' }],
  ['a known hash with another text', { ...apq(sha256(WHO)), query: '{ whoami }' }],
  ['no document', {}],
  ['a list', [{ query: WHO }]],
  ['a documentId that is none', { documentId: '../../etc/passwd' }],
])('in the mode only %s is refused with 400, and nothing is executed', async (_what, body) => {
  const before = only.calls.resolved.length;
  const { status, body: told } = await only.post(body);
  expect(status).toBe(400);
  expect(told.errors?.[0]?.message).toEqual(expect.any(String));
  expect(only.calls.resolved).toHaveLength(before);
});

test('GET with another text is refused in the mode only', async () => {
  const response = await fetch(`${only.url}/graphql?query=%7Bwhoami%7D`, {
    headers: { 'apollo-require-preflight': 'yes' },
  });
  expect(response.status).toBe(400);
});

test('in the mode prefer texts are answered, and an unknown hash alone says so by its code', async () => {
  expect((await prefer.post({ query: '{ whoami }' })).body).toEqual(answer);
  const { status, body } = await prefer.post(apq(sha256('{ whoami }')));
  expect([status, body.errors?.[0]?.extensions?.code]).toEqual([400, 'PERSISTED_QUERY_NOT_FOUND']);
});

test('a manifest in which an id is not the hash of its text is refused at start', () => {
  manifest([{ id: sha256('other'), name: 'Who', body: WHO }]);
  expect(() => readManifests([file])).toThrow(/the id of Who is not the SHA-256/);
});

test('the manifest of this repository can be read', () => {
  expect(readManifests(['schema/persisted-operations.json']).size).toBeGreaterThan(40);
});
