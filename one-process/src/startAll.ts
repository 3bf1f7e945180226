import { ConfigError, createLogger, type Life } from '@souk/runtime';
import { type Name, type Started, services } from './services.js';

/** Where each service but the gateway listens, on loopback only; `PORT_<NAME>` chooses another port. */
const PORTS = { user: 4001, product: 4002, cart: 4003, order: 4004, payment: 4005, notification: 4006, worker: 4007 };

/**
 * What a service would find in its environment if it had the process to itself: the shared variables, a port of its own, and the
 * addresses of the others, which are here. Only the gateway listens where HOST and PORT say.
 */
export function environmentOf(name: Name, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const portOf = (one: keyof typeof PORTS) => env[`PORT_${one.toUpperCase()}`] || String(PORTS[one]);
  const { worker: _, ...subgraphs } = PORTS;
  return {
    ...env,
    ...Object.fromEntries(
      Object.keys(subgraphs).map((one) => [
        `SUBGRAPH_URL_${one.toUpperCase()}`,
        `http://127.0.0.1:${portOf(one as keyof typeof PORTS)}/graphql`,
      ]),
    ),
    ...(name === 'gateway' ? {} : { HOST: '127.0.0.1', PORT: portOf(name) }),
  };
}

/**
 * Starts all services in this process.
 * @throws ConfigError with the faults of all of them; nothing is started then.
 */
export async function startAll(env: NodeJS.ProcessEnv, life: Life): Promise<Started> {
  const faults = new Set<string>();
  const starts = (Object.keys(services) as Name[]).flatMap((name) => {
    try {
      return [services[name](environmentOf(name, env))];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const fault of error.faults) faults.add(fault);
      return [];
    }
  });
  if (faults.size > 0) throw new ConfigError([...faults]);
  // the gateway last: it finds what it asks for, and closes first
  const last = starts.pop() as (life: Life) => Promise<Started>;
  const started = [...(await Promise.all(starts.map((start) => start(life)))), await last(life)];
  const [first] = started as [Started];
  return {
    logger: createLogger('one-process', first.logger.level),
    shutdownTimeoutMs: Math.max(...started.map(({ shutdownTimeoutMs }) => shutdownTimeoutMs ?? 0)),
  };
}
