import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { Pool } from 'undici';
import { createHttpServer } from './httpServer.js';

test('a server that is told to close answers what is under way and lets go of its kept connection', async () => {
  const app = createHttpServer({ service: 'product', logger: pino({ level: 'silent' }), readiness: {} });
  app.get('/slow', async () => {
    await delay(200);
    return { ok: true };
  });
  const pool = new Pool(await app.listen({ host: '127.0.0.1', port: 0 }), { keepAliveTimeout: 60_000 });
  const asked = pool.request({ path: '/slow', method: 'GET' });
  await delay(100);

  const from = performance.now();
  const closed = app.close();
  const answer = await asked;
  expect(await answer.body.json()).toEqual({ ok: true });
  expect(answer.headers.connection).toBe('close');
  await closed;
  expect(performance.now() - from).toBeLessThan(5_000);
  await pool.close();
});
