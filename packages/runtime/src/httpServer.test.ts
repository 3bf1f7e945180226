import { EventEmitter, once } from 'node:events';
import { pino } from 'pino';
import { Pool } from 'undici';
import { createHttpServer } from './httpServer.js';

test('a server that is told to close answers what is under way and lets go of its kept connection', async () => {
  const app = createHttpServer({ service: 'product', logger: pino({ level: 'silent' }), readiness: {} });
  const steps = new EventEmitter();
  app.get('/slow', async () => {
    const told = once(steps, 'answer');
    steps.emit('asked');
    await told;
    return { ok: true };
  });
  app.addHook('preClose', async () => void steps.emit('answer')); // after the server's own: it has begun to close
  const pool = new Pool(await app.listen({ host: '127.0.0.1', port: 0 }), { keepAliveTimeout: 60_000 });
  const underWay = once(steps, 'asked');
  const asked = pool.request({ path: '/slow', method: 'GET' });
  await underWay;

  const from = performance.now();
  const closed = app.close();
  const answer = await asked;
  expect(await answer.body.json()).toEqual({ ok: true });
  expect(answer.headers.connection).toBe('close');
  await closed;
  expect(performance.now() - from).toBeLessThan(5_000);
  await pool.close();
});
