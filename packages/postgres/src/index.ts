export { type Database, openDatabase, type Queryable, type Transaction, UnknownOutcome } from './database.js';
export { isDue } from './due.js';
export { type Statement, sql } from './statement.js';
export { isTransient } from './transient.js';
export { type BacklogRow, oldestSeconds, watchBacklog } from './watchBacklog.js';
