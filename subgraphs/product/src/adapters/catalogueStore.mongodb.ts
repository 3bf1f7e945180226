import { countStatement, newId } from '@souk/runtime';
import { type AnyBulkWriteOperation, type Collection, type Db, type Filter, MongoBulkWriteError } from 'mongodb';
import type { CatalogueStore, PendingProduct, ProductWrite, ProductWriteOutcome } from '../app/ports.js';
import type { CatalogueProduct } from '../domain/catalogue.js';
import {
  type CategoryDocument,
  fromCategoryDocument,
  fromProductDocument,
  type LockDocument,
  type ProductDocument,
  toFields,
} from './catalogueDocuments.js';
import { categoryChanges } from './categoryChanges.mongodb.js';

const DUPLICATE_KEY = 11_000;

/**
 * The catalogue in MongoDB. It needs no transactions: whatever must hold together is one document. The commands and
 * operators in use are few on purpose, as the embedded document store has to know each of them.
 */
export function mongoCatalogueStore(db: Db): CatalogueStore {
  const products: Collection<ProductDocument> = db.collection('products');
  const categories: Collection<CategoryDocument> = db.collection('categories');
  const locks: Collection<LockDocument> = db.collection('locks');

  async function find(filter: Filter<ProductDocument>): Promise<CatalogueProduct[]> {
    countStatement('mongodb');
    const documents = await products.find(filter).toArray();
    return documents.filter((document) => document.deletedAt === null).map(fromProductDocument);
  }

  async function loadCategories() {
    countStatement('mongodb');
    return (await categories.find().toArray()).map(fromCategoryDocument);
  }

  return {
    async prepare() {
      await products.createIndexes([
        { key: { slug: 1 }, name: 'slug', unique: true },
        { key: { skus: 1 }, name: 'skus', unique: true, sparse: true },
        { key: { 'variants.id': 1 }, name: 'variantIds' },
        { key: { categoryIds: 1 }, name: 'categoryIds' },
        { key: { pending: 1 }, name: 'pending', sparse: true },
      ]);
      await categories.createIndexes([{ key: { slug: 1 }, name: 'slug', unique: true }]);
    },

    productsByIds: async (ids) => (ids.length === 0 ? [] : find({ _id: { $in: [...ids] } })),
    productsBySlugs: async (slugs) => (slugs.length === 0 ? [] : find({ slug: { $in: [...slugs] } })),
    productsByVariantIds: async (ids) => (ids.length === 0 ? [] : find({ 'variants.id': { $in: [...ids] } })),
    productsBySkus: async (skus) => (skus.length === 0 ? [] : find({ skus: { $in: [...skus] } })),
    categories: loadCategories,

    async saveProducts(writes) {
      const inserts = writes.flatMap((write, index) => (write.expectedVersion === null ? [{ write, index }] : []));
      const updates = writes.flatMap((write, index) => (write.expectedVersion === null ? [] : [{ write, index }]));
      const outcomes = new Array<ProductWriteOutcome>(writes.length).fill('SAVED');
      for (const group of [inserts, updates]) {
        if (group.length === 0) continue;
        const answers = await writeGroup(group.map(({ write }) => write));
        answers.forEach((outcome, at) => {
          const index = group[at]?.index;
          if (index !== undefined) outcomes[index] = outcome;
        });
      }
      return outcomes;
    },

    async pendingProducts(limit) {
      countStatement('mongodb');
      return (await products.find({ pending: true }).sort({ updatedAt: 1 }).limit(limit).toArray()).map(pendingOf);
    },

    async pendingOf(ids) {
      countStatement('mongodb');
      return (await products.find({ _id: { $in: [...ids] }, pending: true }).toArray()).map(pendingOf);
    },

    async settleProducts(settled) {
      if (settled.length === 0) return;
      const operations = settled.map((product): AnyBulkWriteOperation<ProductDocument> => {
        const filter = { _id: product.id, version: product.version };
        return product.deletedAt
          ? { deleteOne: { filter } }
          : { updateOne: { filter, update: { $set: { pendingEvents: [] }, $unset: { pending: '' } } } };
      });
      countStatement('mongodb');
      await products.bulkWrite(operations, { ordered: false });
    },

    async requestProjection(categoryIds) {
      countStatement('mongodb');
      await products.updateMany({ categoryIds: { $in: [...categoryIds] } }, { $set: { pending: true } });
    },

    async *everyProduct(batchSize) {
      let after = '';
      for (;;) {
        const batch = await products
          .find({ _id: { $gt: after } })
          .sort({ _id: 1 })
          .limit(batchSize)
          .toArray();
        const last = batch.at(-1);
        if (!last) return;
        after = last._id;
        yield batch.map(fromProductDocument);
      }
    },

    async productInCategory(categoryId) {
      countStatement('mongodb');
      const document = await products.findOne({ categoryIds: categoryId, deletedAt: null });
      return document?._id;
    },

    changeCategories: categoryChanges({ categories, locks, loadCategories, newHolder: () => newId('req') }),

    async ping() {
      await db.command({ ping: 1 });
    },
  };

  /** All of one kind, so that a failed operation of the batch is told by its position. */
  async function writeGroup(writes: readonly ProductWrite[]): Promise<ProductWriteOutcome[]> {
    const changeIds = writes.map(({ events }) => events.at(-1)?.id ?? newId('evt'));
    const outcomes = new Array<ProductWriteOutcome>(writes.length).fill('SAVED');
    const operations = writes.map((write, index) => toOperation(write, changeIds[index] ?? ''));
    let arrived: number;
    countStatement('mongodb');
    try {
      const result = await products.bulkWrite(operations, { ordered: false });
      arrived = result.insertedCount + result.matchedCount;
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError)) throw error;
      const failures = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
      for (const failure of failures) {
        if (failure.code !== DUPLICATE_KEY) throw error;
        outcomes[failure.index] = duplicateOf(failure.errmsg ?? '');
      }
      arrived = error.result.insertedCount + error.result.matchedCount;
    }
    const expected = outcomes.filter((outcome) => outcome === 'SAVED').length;
    if (arrived < expected) await findConflicts(writes, changeIds, outcomes);
    return outcomes;
  }

  /** A guarded update that matched nothing is no error to MongoDB: look which ones did not arrive. */
  async function findConflicts(
    writes: readonly ProductWrite[],
    changeIds: readonly string[],
    outcomes: ProductWriteOutcome[],
  ): Promise<void> {
    countStatement('mongodb');
    const stored = await products.find({ _id: { $in: writes.map(({ product }) => product.id) } }).toArray();
    const written = new Map(stored.map((document) => [document._id, document.changeId]));
    writes.forEach(({ product }, index) => {
      if (outcomes[index] === 'SAVED' && written.get(product.id) !== changeIds[index]) {
        outcomes[index] = 'VERSION_CONFLICT';
      }
    });
  }
}

const pendingOf = (document: ProductDocument): PendingProduct => ({
  product: fromProductDocument(document),
  events: document.pendingEvents,
});

function toOperation(write: ProductWrite, changeId: string): AnyBulkWriteOperation<ProductDocument> {
  const { product, expectedVersion, events } = write;
  const { set, unset } = toFields(product);
  if (expectedVersion === null) {
    const document: ProductDocument = { _id: product.id, ...set, changeId, pending: true, pendingEvents: [...events] };
    return { insertOne: { document } };
  }
  return {
    updateOne: {
      filter: { _id: product.id, version: expectedVersion },
      update: {
        $set: { ...set, changeId, pending: true },
        $push: { pendingEvents: { $each: [...events] } },
        ...(unset ? { $unset: unset } : {}),
      },
    },
  };
}

/** MongoDB names the index that refused: "E11000 duplicate key error collection: db.products index: slug dup key: …". */
function duplicateOf(message: string): ProductWriteOutcome {
  const index = /index: (\w+)/.exec(message)?.[1];
  if (index === 'slug') return 'SLUG_TAKEN';
  if (index === 'skus') return 'SKU_TAKEN';
  return 'VERSION_CONFLICT';
}
