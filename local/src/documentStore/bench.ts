/**
 * Measures the document store through one driver client, the store in a process of its own:
 * `node local/dist/documentStore/bench.js [mongodb://…]` (without a URL it starts the store on a free port).
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { MongoClient } from 'mongodb';

const PRODUCTS = 1_000;
const IN_FLIGHT = 16;
const SECONDS = 2;

interface Product {
  _id: string;
  slug: string;
  status: string;
  version: number;
  description: string;
  variants: Array<{ id: string; sku: string; price: number; options: Array<{ name: string; value: string }> }>;
}

/** About 2 KB of BSON. */
function product(i: number): Product {
  return {
    _id: `prd_${i}`,
    slug: `product-${i}`,
    status: 'ACTIVE',
    version: 1,
    description: 'A thing that somebody may want to have. '.repeat(20),
    variants: Array.from({ length: 8 }, (_, v) => ({
      id: `var_${i}_${v}`,
      sku: `SKU-${i}-${v}`,
      price: 1999 + v,
      options: [{ name: 'size', value: 'L' }],
    })),
  };
}

async function rate(name: string, work: (n: number) => Promise<unknown>): Promise<void> {
  let done = 0;
  const run = async (seconds: number): Promise<number> => {
    const start = performance.now();
    done = 0;
    const worker = async (): Promise<void> => {
      while (performance.now() - start < seconds * 1000) await work(done++);
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
    return done / ((performance.now() - start) / 1000);
  };
  await run(0.5);
  console.log(
    `${name.padEnd(52)} ${Math.round(await run(SECONDS))
      .toLocaleString('en')
      .padStart(8)} /s`,
  );
}

async function startChild(dataDir: string): Promise<{ url: string; pid: number; stop: () => void }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.js'), '--data-dir', dataDir, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const chunk of child.stdout) {
    const url = /mongodb:\/\/\S+/.exec(String(chunk))?.[0];
    if (url && child.pid) return { url, pid: child.pid, stop: () => child.kill('SIGTERM') };
  }
  throw new Error('the document store did not start');
}

/** Resident memory of a process in MB, where /proc tells it. */
async function residentMb(pid: number): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024).toFixed(0);
}

async function main(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'souk-bench-'));
  const given = process.argv[2];
  const child = given ? undefined : await startChild(dataDir);
  const client = await new MongoClient(given ?? child?.url ?? '').connect();
  const db = client.db('bench_documents');
  const products = db.collection<Product>('products');
  await products.createIndex({ slug: 1 }, { unique: true });
  await products.createIndex({ 'variants.sku': 1 }, { unique: true });
  await products.insertMany(Array.from({ length: PRODUCTS }, (_, i) => product(i)));
  if (child) console.log(`resident memory with ${PRODUCTS} products: ${await residentMb(child.pid)} MB`);
  const pick = (n: number): number => (n * 7919) % PRODUCTS;

  // Both processes compile their hot paths before anything is measured.
  for (let n = 0; n < 6_000; n++) await products.findOne({ _id: `prd_${pick(n)}` });

  await rate('findOne by _id', (n) => products.findOne({ _id: `prd_${pick(n)}` }));
  await rate('findOne by unique slug', (n) => products.findOne({ slug: `product-${pick(n)}` }));
  await rate('findOne by sku in an array', (n) => products.findOne({ 'variants.sku': `SKU-${pick(n)}-3` }));
  await rate('findOne by _id, projection of 2 fields', (n) =>
    products.findOne({ _id: `prd_${pick(n)}` }, { projection: { slug: 1, version: 1 } }),
  );
  const page = (n: number): string[] => Array.from({ length: 24 }, (_, i) => `prd_${pick(n + i)}`);
  await rate('find 24 products by _id $in', (n) => products.find({ _id: { $in: page(n) } }).toArray());
  await rate('the same as raw bytes', (n) => products.find({ _id: { $in: page(n) } }, { raw: true }).toArray());
  await rate('scan: status, sort by slug, limit 24', () =>
    products.find({ status: 'ACTIVE' }).sort({ slug: 1 }).limit(24).toArray(),
  );
  await rate('updateOne $inc by _id, durable', (n) =>
    products.updateOne({ _id: `prd_${pick(n)}` }, { $inc: { version: 1 } }),
  );
  await rate('insertOne, durable', (n) =>
    db.collection<{ _id: string }>('inserted').insertOne({ _id: `${process.pid}-${performance.now()}-${n}` }),
  );
  if (child) console.log(`resident memory afterwards: ${await residentMb(child.pid)} MB`);

  await db.dropDatabase();
  await client.close();
  child?.stop();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

await main();
