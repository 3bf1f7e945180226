import { openDatabase } from '@souk/postgres';
import { createLogger } from '@souk/runtime';
import { MongoClient } from 'mongodb';
import { mongoCatalogueStore } from './adapters/catalogueStore.mongodb.js';
import { postgresProjectionStore } from './adapters/projectionStore.postgres.js';
import { rebuildIndex } from './app/rebuildIndex.js';
import { readRebuildConfig } from './config.js';

/** `npm run rebuild --workspace @souk/product`: the search index anew from the catalogue, while the shop goes on. */
const config = readRebuildConfig();
const logger = createLogger('product-rebuild', config.LOG_LEVEL);
const database = openDatabase({
  url: config.DATABASE_URL_PRODUCT,
  service: 'product-rebuild',
  logger,
  maxConnections: 2,
});
const mongo = new MongoClient(config.MONGODB_URL, { maxPoolSize: 2, serverSelectionTimeoutMS: 5_000 });
try {
  const catalogue = mongoCatalogueStore(mongo.db());
  const projection = postgresProjectionStore(database);
  logger.info(await rebuildIndex({ catalogue, projection })(), 'the search index agrees with the catalogue');
} finally {
  await mongo.close();
  await database.close();
}
