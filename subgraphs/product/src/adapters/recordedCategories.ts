import { auditRecords, type EventEnvelope } from '@souk/events';
import type { CatalogueStore } from '../app/ports.js';

/**
 * A catalogue whose changes of categories are told to the audit log. It is told behind the change: categories are documents without events,
 * and the outbox is in another database, so a process that dies right between the two leaves a change without its record.
 */
export function recordedCategories(
  catalogue: CatalogueStore,
  publish: (events: readonly EventEnvelope[]) => Promise<void>,
): CatalogueStore {
  return {
    ...catalogue,
    async changeCategories(decide) {
      const result = await catalogue.changeCategories(decide);
      if (result.ok && result.value.kind !== 'nothing') await publish(auditRecords([result.value.category.id]));
      return result;
    },
  };
}
