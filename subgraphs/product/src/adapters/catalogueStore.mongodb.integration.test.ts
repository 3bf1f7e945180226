import { catalogueStoreContract } from '../testing/catalogueStoreContract.js';
import { openTestMongo } from '../testing/openTestMongo.js';
import { mongoCatalogueStore } from './catalogueStore.mongodb.js';

catalogueStoreContract(async () => {
  const mongo = await openTestMongo();
  return { store: mongoCatalogueStore(mongo.db), close: () => mongo.close() };
});
