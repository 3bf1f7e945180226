import { setTimeout as delay } from 'node:timers/promises';
import { countStatement } from '@souk/runtime';
import { type Collection, MongoServerError } from 'mongodb';
import type { CatalogueStore, CategoryWrite } from '../app/ports.js';
import type { Category } from '../domain/catalogue.js';
import { refused } from '../domain/errors.js';
import type { CategoryDocument, LockDocument } from './catalogueDocuments.js';

const LOCK = 'categories';
const LEASE_MS = 10_000;
const DUPLICATE_KEY = 11_000;

/**
 * Serializes changes of the tree by a lease: a process that dies while it holds it blocks the others for at most ten
 * seconds, and one that was too slow gives up instead of writing.
 */
export function categoryChanges(o: {
  categories: Collection<CategoryDocument>;
  locks: Collection<LockDocument>;
  loadCategories: () => Promise<Category[]>;
  newHolder: () => string;
}): CatalogueStore['changeCategories'] {
  async function acquire(holder: string): Promise<number> {
    const giveUpAt = Date.now() + 2 * LEASE_MS;
    for (;;) {
      const now = Date.now();
      const until = new Date(now + LEASE_MS);
      countStatement('mongodb');
      const taken = await o.locks.updateOne({ _id: LOCK, until: { $lt: new Date(now) } }, { $set: { holder, until } });
      if (taken.matchedCount === 1) return now;
      if (await insertLock(holder, until)) return now;
      if (now > giveUpAt) throw new Error('The lock on the categories was not given free');
      await delay(10 + Math.random() * 30);
    }
  }

  async function insertLock(holder: string, until: Date): Promise<boolean> {
    try {
      countStatement('mongodb');
      await o.locks.insertOne({ _id: LOCK, holder, until });
      return true;
    } catch (error) {
      if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
      throw error;
    }
  }

  async function write(change: CategoryWrite): Promise<void> {
    const { id, ...fields } = change.category;
    countStatement('mongodb');
    if (change.kind === 'delete') await o.categories.deleteOne({ _id: id });
    else await o.categories.updateOne({ _id: id }, { $set: fields }, { upsert: true });
  }

  return async (decide) => {
    const holder = o.newHolder();
    const since = await acquire(holder);
    try {
      const decision = await decide(await o.loadCategories());
      if (!decision.ok || decision.value.kind === 'nothing') return decision;
      if (Date.now() - since > LEASE_MS / 2)
        throw new Error('Changing the categories took too long; nothing was changed');
      await write(decision.value);
      return decision;
    } catch (error) {
      if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) {
        return refused({ code: 'CONFLICT', field: ['slug'], reason: 'Another category has this slug.' });
      }
      throw error;
    } finally {
      countStatement('mongodb');
      await o.locks.updateOne({ _id: LOCK, holder }, { $set: { until: new Date(0) } });
    }
  };
}
