export { type DocumentStore, type DocumentStoreOptions, startDocumentStore } from './server.js';
