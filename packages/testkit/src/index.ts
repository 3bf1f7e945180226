export { type EventuallyOptions, eventually } from './eventually.js';
export { type GraphqlAnswer, type GraphqlClient, graphqlClient } from './graphqlClient.js';
