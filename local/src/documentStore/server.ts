import { createServer, type Socket } from 'node:net';
import { isWrite, runCommand } from './commands/dispatch.js';
import type { Batch } from './cursors.js';
import { CommandError, errorReply } from './errors.js';
import { openStore, type Store } from './store.js';
import type { Doc } from './values.js';
import { createFrameReader, encodeReply, parseRequest, type Request } from './wire.js';

export interface DocumentStoreOptions {
  /** Directory of the journal; made when missing, locked while the store runs. */
  readonly dataDir: string;
  /** A loopback address: there is no authentication, so nothing else is listened on. */
  readonly host?: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly log?: (line: string) => void;
  /** Called when the disk refuses a write: the store has closed its connections and must be started again. */
  readonly onFailure?: (error: Error) => void;
  /** Journals smaller than this are not compacted. Default 8 MiB. */
  readonly minCompactionBytes?: number;
}

export interface DocumentStore {
  /** For `new MongoClient(url)`. */
  readonly url: string;
  readonly port: number;
  /** Answers what has been asked, closes connections, flushes the journal and unlocks the directory. */
  close(): Promise<void>;
}

const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

/** Starts the embedded document store. Throws in production, on another than a loopback host and on a directory in use. */
export async function startDocumentStore(options: DocumentStoreOptions): Promise<DocumentStore> {
  const { dataDir, host = '127.0.0.1', port, log = () => undefined, minCompactionBytes = 8 * 1024 * 1024 } = options;
  if (process.env.NODE_ENV === 'production') {
    throw new Error(
      'The embedded document store is for development and tests: it refuses to run with NODE_ENV=production. Set MONGODB_URL to a MongoDB server.',
    );
  }
  if (!LOOPBACK.includes(host)) {
    throw new Error(
      `The embedded document store has no authentication and listens on ${LOOPBACK.join(', ')} only, not on ${host}.`,
    );
  }
  const sockets = new Set<Socket>();
  const pending = new Set<Promise<void>>();
  let hasFailed = false;
  const store = await openStore({
    dataDir,
    log,
    minCompactionBytes,
    onFailure: (error) => {
      if (hasFailed) return;
      hasFailed = true;
      log(`document store: the journal can not be written: ${error.message}`);
      server.close();
      for (const socket of sockets) socket.destroy();
      options.onFailure?.(error);
    },
  });
  let lastConnectionId = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(socket, store, ++lastConnectionId, pending, log);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  }).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const address = server.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  const urlHost = host === '::1' ? '[::1]' : host;
  let closing: Promise<void> | undefined;
  return {
    url: `mongodb://${urlHost}:${boundPort}/?directConnection=true`,
    port: boundPort,
    close: () => {
      closing ??= (async () => {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        for (const socket of sockets) socket.pause();
        await Promise.allSettled(pending);
        for (const socket of sockets) socket.destroySoon();
        await closed;
        await store.close();
      })();
      return closing;
    },
  };
}

/** Answers one connection's requests in the order they came. A write is answered when the journal has it on disk. */
function serve(
  socket: Socket,
  store: Store,
  connectionId: number,
  pending: Set<Promise<void>>,
  log: (line: string) => void,
): void {
  let tail: Promise<void> | undefined;
  const answer = (frame: Buffer): void => {
    const request = parseRequest(frame);
    const reply = execute(store, request, connectionId, log);
    const durable = isWrite(request) ? store.commit() : undefined;
    const write = (): void => {
      if (request.wantsReply && !socket.destroyed) socket.write(encodeReply(request, reply));
    };
    if (durable === undefined && tail === undefined) {
      write();
      return;
    }
    const turn: Promise<void> = Promise.all([tail, durable]).then(write, () => {
      socket.destroy();
    });
    tail = turn;
    pending.add(turn);
    void turn.then(() => {
      pending.delete(turn);
      if (tail === turn) tail = undefined;
    });
  };
  const read = createFrameReader(answer);
  socket.on('data', (chunk) => {
    try {
      read(chunk);
    } catch (error) {
      // Bytes that are no message: there is nothing to answer to, and the other connections must not suffer.
      log(
        `document store: closed connection ${connectionId}: ${error instanceof Error ? error.message : String(error)}`,
      );
      socket.destroy();
    }
  });
}

function execute(store: Store, request: Request, connectionId: number, log: (line: string) => void): Doc | Batch {
  try {
    return runCommand(store, request, connectionId);
  } catch (error) {
    if (error instanceof CommandError) return errorReply(error);
    const message = error instanceof Error ? error.message : String(error);
    log(`document store: failed on a command: ${error instanceof Error ? error.stack : message}`);
    return { ok: 0, errmsg: message, code: 8, codeName: 'UnknownError' };
  }
}
