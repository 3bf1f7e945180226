import { createHttpServer, createLogger, metrics, runService, startRepeating } from '@souk/runtime';
import { type AuditOptions, audit } from './audit.js';
import type { StoreUrls } from './stores.js';

const violations = metrics.gauge('souk_audit_violations', 'Violations that the last audit found', ['invariant']);
const rows = metrics.gauge('souk_audit_rows', 'Rows that the last audit compared', ['invariant']);
const finished = metrics.gauge('souk_audit_last_success_timestamp_seconds', 'When the last audit was finished');
const duration = metrics.gauge('souk_audit_duration_seconds', 'How long the last audit took');
const failures = metrics.counter('souk_audit_failures_total', 'Audits that could not be finished');

/** What of each violation goes into the log; the rest is counted. */
const LOGGED = 50;

/**
 * Audits again and again, `everyMs` after the last one ended, and shows the results on `/metrics` (`/health/live` beside it). Meant to
 * run once per shop, as a process of its own (docker-compose.yml, service `audit`). A store that cannot be read is logged and counted,
 * and tried again next time.
 */
export function runOnSchedule(o: {
  stores: StoreUrls;
  options: AuditOptions;
  everyMs: number;
  host: string;
  port: number;
}): void {
  runService('audit', async (life) => {
    const logger = createLogger('audit', process.env.LOG_LEVEL ?? 'info');
    const repeating = startRepeating({
      name: 'audit',
      everyMs: o.everyMs,
      logger,
      work: async () => {
        const began = Date.now();
        try {
          const result = await audit(o.stores, o.options);
          for (const one of result.invariants) {
            violations.set({ invariant: one.name }, one.violations.length);
            rows.set({ invariant: one.name }, one.rows);
          }
          duration.set((Date.now() - began) / 1_000);
          finished.set(Date.now() / 1_000);
          for (const { invariant, key, detail } of result.violations.slice(0, LOGGED)) {
            logger.error({ invariant, key, detail }, 'an invariant is violated');
          }
          logger.info({ rows: result.rows, violations: result.violations.length, notes: result.notes }, 'audited');
        } catch (error) {
          failures.inc();
          throw error;
        }
        return false;
      },
    });
    life.onShutdown('audit', () => repeating.close());
    const server = createHttpServer({ service: 'audit', logger, readiness: {} });
    life.onShutdown('server', () => server.close());
    await server.listen({ host: o.host, port: o.port });
    return { logger };
  });
}
