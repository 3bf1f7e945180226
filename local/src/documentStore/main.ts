import { parseArgs } from 'node:util';
import { startDocumentStore } from './server.js';

/**
 * `node dist/documentStore/main.js [--data-dir DIR] [--host HOST] [--port PORT]`, or DOCUMENT_STORE_DATA_DIR, _HOST and _PORT
 * (and, for tests, DOCUMENT_STORE_MIN_COMPACTION_BYTES).
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { 'data-dir': { type: 'string' }, host: { type: 'string' }, port: { type: 'string' } },
  });
  const env = process.env;
  const dataDir = values['data-dir'] ?? env.DOCUMENT_STORE_DATA_DIR ?? '.souk/documents';
  const host = values.host ?? env.DOCUMENT_STORE_HOST ?? '127.0.0.1';
  const port = Number(values.port ?? env.DOCUMENT_STORE_PORT ?? 27027);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`Not a port: ${values.port ?? env.DOCUMENT_STORE_PORT}`);
  const minCompactionBytes = Number(env.DOCUMENT_STORE_MIN_COMPACTION_BYTES ?? Number.NaN);
  const store = await startDocumentStore({
    dataDir,
    host,
    port,
    ...(Number.isNaN(minCompactionBytes) ? {} : { minCompactionBytes }),
    log: (line) => console.error(line),
    onFailure: () => process.exit(1),
  });
  console.log(`document store: ${store.url} keeps its data in ${dataDir}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      store.close().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(`document store: ${error instanceof Error ? error.message : String(error)}`);
          process.exit(1);
        },
      );
    });
  }
}

main().catch((error: unknown) => {
  console.error(`document store: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
