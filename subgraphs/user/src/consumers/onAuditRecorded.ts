import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** Keeps what another service tells of a privileged action. */
export const onAuditRecorded =
  (app: Pick<App, 'recordAudit'>): NonNullable<EventHandlers['audit.recorded']> =>
  async ({ id, occurredAt, correlationId, data: { recordId, ...what } }) =>
    app.recordAudit({ id: recordId, occurredAt: new Date(occurredAt), requestId: correlationId, ...what }, id);
