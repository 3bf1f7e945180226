/** What a crash, a restart and a damaged file may and may not do. A child process runs the compiled-on-the-fly entry. */
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { type Document, Double, Long, MongoClient } from 'mongodb';
import { type DocumentStore, type DocumentStoreOptions, startDocumentStore } from './index.js';

let dataDir: string;
let stores: DocumentStore[];
let clients: MongoClient[];
let children: ChildProcess[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'souk-durability-'));
  [stores, clients, children] = [[], [], []];
});
afterEach(async () => {
  for (const client of clients) await client.close();
  for (const store of stores) await store.close();
  for (const child of children) child.kill('SIGKILL');
  await rm(dataDir, { recursive: true, force: true });
});

async function start(options: Partial<DocumentStoreOptions> = {}): Promise<DocumentStore> {
  const store = await startDocumentStore({ dataDir, port: 0, ...options });
  stores.push(store);
  return store;
}
async function connect(url: string): Promise<MongoClient> {
  const client = await new MongoClient(url, { serverSelectionTimeoutMS: 3_000 }).connect();
  clients.push(client);
  return client;
}
const journalDir = (): string => join(dataDir, 'journal');
async function journalPath(): Promise<string> {
  const names = (await readdir(journalDir())).filter((name) => name.endsWith('.bson')).sort();
  return join(journalDir(), names.at(-1) as string);
}

/** Starts the real entry as its own process and waits for the line with its URL. */
async function startChild(
  env: NodeJS.ProcessEnv = {},
): Promise<{ child: ChildProcess; url: string; output: () => string }> {
  const entry = join(import.meta.dirname, '..', '..', 'dist', `durability-${process.pid}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, 'main.ts')],
    outfile: entry,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  const child = spawn(process.execPath, [entry, '--data-dir', dataDir, '--port', '0'], {
    env: { ...process.env, NODE_ENV: 'test', ...env },
  });
  children.push(child);
  let output = '';
  const url = await new Promise<string>((resolve) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = /mongodb:\/\/\S+/.exec(output)?.[0];
      if (found) resolve(found);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', () => resolve(''));
  });
  await rm(entry, { force: true });
  return { child, url, output: () => output };
}
const exited = (child: ChildProcess): Promise<number | null> =>
  child.exitCode === null && child.signalCode === null
    ? new Promise((resolve) => child.once('exit', (code) => resolve(code)))
    : Promise.resolve(child.exitCode);

test('a restart keeps documents, their types and their order, indexes and empty collections', async () => {
  const first = await start();
  const db = (await connect(first.url)).db('shop');
  const items = db.collection<Document & { _id: number }>('items');
  await db.createCollection('empty');
  await items.createIndex({ sku: 1 }, { unique: true, sparse: true, name: 'sku' });
  await items.createIndex({ gone: 1 });
  await items.insertMany([{ _id: 3, sku: 'c', n: new Double(1) }, { _id: 1, sku: 'a', l: Long.MAX_VALUE }, { _id: 2 }]);
  await items.updateOne({ _id: 3 }, { $set: { name: 'three' } });
  await items.deleteOne({ _id: 2 });
  await items.dropIndex('gone_1');
  await db.collection('dropped').insertOne({ a: 1 });
  await db.collection('dropped').drop();
  await first.close();

  const second = await start();
  const again = (await connect(second.url)).db('shop');
  expect(await again.collection('items').find({}, { promoteValues: false }).toArray()).toEqual([
    { _id: expect.objectContaining({ value: 3 }), sku: 'c', n: new Double(1), name: 'three' },
    { _id: expect.objectContaining({ value: 1 }), sku: 'a', l: Long.MAX_VALUE },
  ]);
  expect((await again.collection('items').indexes()).map(({ name }) => name)).toEqual(['_id_', 'sku']);
  expect((await again.listCollections().toArray()).map(({ name }) => name).sort()).toEqual(['empty', 'items']);
  await expect(again.collection('items').insertOne({ sku: 'a' })).rejects.toMatchObject({
    code: 11000,
    keyPattern: { sku: 1 },
  });
});

test('kill -9 in the middle of writes loses nothing that was acknowledged, also while the journal is compacted', async () => {
  const acknowledged = new Map<string, number>();
  for (let round = 0; round < 3; round++) {
    const { child, url } = await startChild({ DOCUMENT_STORE_MIN_COMPACTION_BYTES: '50000' });
    const client = await connect(url);
    const items = client.db('shop').collection<{ _id: string; n: number; pad: string }>('items');
    const stop = new AbortController();
    const writer = async (name: string): Promise<void> => {
      for (let n = (acknowledged.get(name) ?? 0) + 1; !stop.signal.aborted; n++) {
        await items.updateOne({ _id: name }, { $set: { n, pad: 'x'.repeat(500) } }, { upsert: true });
        acknowledged.set(name, n);
      }
    };
    const writers = Array.from({ length: 8 }, (_, i) => writer(`writer${i}`).catch(() => undefined));
    await new Promise((resolve) => setTimeout(resolve, 400));
    child.kill('SIGKILL');
    await exited(child);
    stop.abort();
    await client.close();
    await Promise.all(writers);
  }
  const store = await start();
  const items = (await connect(store.url)).db('shop').collection<{ _id: string; n: number }>('items');
  expect(acknowledged.size).toBe(8);
  for (const [name, n] of acknowledged) {
    const stored = (await items.findOne({ _id: name }))?.n ?? 0;
    // One more than acknowledged may have reached the disk before its answer was lost.
    expect([name, stored - n]).toEqual([name, stored - n === 1 ? 1 : 0]);
  }
  expect(Number(/journal-(\d+)/.exec(await journalPath())?.[1])).toBeGreaterThan(1);
});

test('an unfinished write at the end of the journal is cut off and kept aside; what was before it stays', async () => {
  const first = await start();
  const items = (await connect(first.url)).db('shop').collection<{ _id: number }>('items');
  for (let _id = 0; _id < 5; _id++) await items.insertOne({ _id });
  await first.close();
  const path = await journalPath();
  const whole = await readFile(path);
  for (const cut of [1, 7, 20]) {
    await writeFile(path, whole.subarray(0, whole.length - cut));
    const lines: string[] = [];
    const store = await start({ log: (line) => lines.push(line) });
    const again = (await connect(store.url)).db('shop').collection<{ _id: number }>('items');
    expect((await again.find().toArray()).map(({ _id }) => _id)).toEqual([0, 1, 2, 3]);
    expect(lines.filter((line) => line.includes('cut off'))).toHaveLength(1);
    await again.insertOne({ _id: 9 });
    await store.close();
    const reopened = await start();
    const last = (await connect(reopened.url)).db('shop').collection<{ _id: number }>('items');
    expect((await last.find().toArray()).map(({ _id }) => _id)).toEqual([0, 1, 2, 3, 9]);
    await reopened.close();
  }
  expect(await readdir(journalDir())).toContain('journal-0000000001.bson.torn');
});

test('a byte that changed in the last record makes it no record', async () => {
  const first = await start();
  const items = (await connect(first.url)).db('shop').collection<{ _id: number }>('items');
  for (let _id = 0; _id < 3; _id++) await items.insertOne({ _id });
  await first.close();
  const path = await journalPath();
  const file = await open(path, 'r+');
  await file.write(Buffer.from([0xff]), 0, 1, (await stat(path)).size - 3);
  await file.close();
  const store = await start();
  expect(await (await connect(store.url)).db('shop').collection('items').countDocuments()).toBe(2);
});

test('a crash at any step of a compaction leaves one whole journal', async () => {
  const first = await start();
  const items = (await connect(first.url)).db('shop').collection<{ _id: number }>('items');
  for (let _id = 0; _id < 3; _id++) await items.insertOne({ _id });
  await first.close();
  const path = await journalPath();
  // Before the rename: an unfinished new journal beside the old one.
  await writeFile(path.replace('0001.bson', '0002.bson.tmp'), (await readFile(path)).subarray(0, 30));
  const second = await start();
  expect(await (await connect(second.url)).db('shop').collection('items').countDocuments()).toBe(3);
  expect(await readdir(journalDir())).toEqual(['journal-0000000001.bson']);
  await second.close();
  // After the rename, before the old one is removed: the newer one counts.
  await copyFile(path, path.replace('0001.bson', '0002.bson'));
  await writeFile(path, (await readFile(path)).subarray(0, 60));
  const third = await start();
  expect(await (await connect(third.url)).db('shop').collection('items').countDocuments()).toBe(3);
  expect(await readdir(journalDir())).toEqual(['journal-0000000002.bson']);
});

test('a journal far larger than its data is compacted, and stays whole', async () => {
  const lines: string[] = [];
  const store = await start({ minCompactionBytes: 20_000, log: (line) => lines.push(line) });
  const items = (await connect(store.url)).db('shop').collection<{ _id: number; n: number; pad: string }>('items');
  await items.createIndex({ n: 1 }, { unique: true });
  await items.insertMany(Array.from({ length: 10 }, (_, _id) => ({ _id, n: _id, pad: 'x'.repeat(200) })));
  for (let n = 100; n < 300; n++) await items.updateOne({ _id: n % 10 }, { $set: { n } });
  await store.close();
  expect(lines.filter((line) => line.includes('compacted')).length).toBeGreaterThan(0);
  expect((await stat(await journalPath())).size).toBeLessThan(25_000);
  const again = await start();
  const found = await (await connect(again.url))
    .db('shop')
    .collection('items')
    .find({}, { projection: { n: 1 } })
    .toArray();
  expect(found).toEqual(Array.from({ length: 10 }, (_, _id) => ({ _id, n: 290 + _id })));
});

test('a file that is not a journal is refused and left alone', async () => {
  const first = await start();
  await first.close();
  const path = await journalPath();
  await writeFile(path, 'precious notes');
  await expect(start()).rejects.toThrow('is not a journal of this document store');
  expect(await readFile(path, 'utf8')).toBe('precious notes');
});

test('one data directory has one store', async () => {
  await start();
  await expect(start()).rejects.toThrow('already open in this process');
});

test('the directory of a living process is refused, that of a killed one is taken over', async () => {
  const { child } = await startChild();
  await expect(start()).rejects.toThrow(`in use by process ${child.pid}`);
  child.kill('SIGKILL');
  await exited(child);
  const store = await start();
  expect(store.port).toBeGreaterThan(0);
});

test('the lock of a process that was replaced by another one of the same pid is taken over', async () => {
  await writeFile(join(dataDir, 'lock'), JSON.stringify({ pid: process.ppid, started: '1' }));
  const store = await start();
  await store.close();
  expect(await readdir(dataDir)).toEqual(['journal']);
});

test('SIGTERM closes the store: exit code 0, no lock left, nothing lost', async () => {
  const { child, url } = await startChild();
  await (await connect(url)).db('shop').collection<{ _id: number }>('items').insertOne({ _id: 1 });
  child.kill('SIGTERM');
  expect(await exited(child)).toBe(0);
  expect(await readdir(dataDir)).toEqual(['journal']);
  const store = await start();
  expect(await (await connect(store.url)).db('shop').collection('items').countDocuments()).toBe(1);
});

test('refuses to run in production', async () => {
  const { child, output } = await startChild({ NODE_ENV: 'production' });
  expect(await exited(child)).toBe(1);
  expect(output()).toContain('refuses to run with NODE_ENV=production');
  expect(await readdir(dataDir)).toEqual([]);
});

test('refuses to listen on another than a loopback address', async () => {
  await expect(start({ host: '0.0.0.0' })).rejects.toThrow('listens on 127.0.0.1, localhost, ::1 only');
  expect(await readdir(dataDir)).toEqual([]);
});
