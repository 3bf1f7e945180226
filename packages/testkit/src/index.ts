export { bestOf } from './bestOf.js';
export { type EventuallyOptions, eventually } from './eventually.js';
export { type GraphqlAnswer, type GraphqlClient, graphqlClient } from './graphqlClient.js';
export {
  createTestDatabase,
  createTestDocumentStore,
  createTestRedis,
  type DatabaseService,
  type TestDatabase,
  type TestDocumentStore,
  type TestRedis,
} from './stores.js';
