import { connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** What lies between a process and those that call it: a TCP proxy that can be cut, slowed and closed. */
export interface Link {
  /** Where callers connect to. */
  readonly port: number;
  /** Resets every open connection; answers how many. New ones go through. */
  cut(): number;
  /** Delays every chunk, in both directions, by so many milliseconds; 0 ends it. */
  slow(milliseconds: number): void;
  /** Resets what is open and refuses what is new, until opened again. */
  close(): void;
  open(): void;
  end(): Promise<void>;
}

/** Starts a proxy to a port of this machine. Nothing has to listen there yet. */
export async function startLink(targetPort: number): Promise<Link> {
  const sockets = new Set<Socket>();
  let delayMs = 0;
  let isClosed = false;

  const slowed = (): Transform =>
    new Transform({
      transform(chunk, _encoding, done) {
        if (delayMs === 0) done(null, chunk);
        else setTimeout(() => done(null, chunk), delayMs);
      },
    });
  const join = (from: Socket, to: Socket): void => {
    from.pipe(slowed()).pipe(to);
    const reset = (): void => {
      if (!to.destroyed) to.resetAndDestroy();
    };
    from.on('error', reset);
    from.on('close', (failed) => {
      sockets.delete(from);
      if (failed) reset();
    });
  };

  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    if (isClosed) {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ host: '127.0.0.1', port: targetPort, allowHalfOpen: true, noDelay: true });
    sockets.add(near);
    sockets.add(far);
    join(near, far);
    join(far, near);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the link has no port');

  const cut = (): number => {
    const open = [...sockets];
    for (const socket of open) socket.resetAndDestroy();
    return open.length / 2;
  };
  return {
    port: address.port,
    cut,
    slow(milliseconds) {
      delayMs = milliseconds;
    },
    close() {
      isClosed = true;
      cut();
    },
    open() {
      isClosed = false;
    },
    end: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}
