export { type EventuallyOptions, eventually } from './eventually.js';
export { type GraphqlAnswer, type GraphqlClient, graphqlClient } from './graphqlClient.js';
export {
  createTestDatabase,
  createTestRedis,
  type DatabaseService,
  type TestDatabase,
  type TestRedis,
} from './stores.js';
