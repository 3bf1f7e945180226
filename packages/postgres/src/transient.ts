/** SQLSTATE codes after which the same transaction may well succeed. */
const TRANSIENT_SQLSTATE = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '08000',
  '08001',
  '08003',
  '08004',
  '08006', // connection exceptions
  '53300', // too_many_connections
]);
const TRANSIENT_CODE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
  'P2034',
  'P2039',
]);
/** Prisma and `pg` answer a lost connection with plain errors that have only a message. */
const TRANSIENT_MESSAGE =
  /Connection terminated|connection error and is not queryable|Client has encountered a connection error|timeout exceeded when trying to connect|Server has closed the connection|the database system is (starting up|shutting down|in recovery)/i;

/** Whether a whole transaction that failed with `error` may be tried again: a lost connection, a deadlock, a restart. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && (TRANSIENT_SQLSTATE.has(code) || TRANSIENT_CODE.has(code))) return true;
  return TRANSIENT_MESSAGE.test(error.message) || isTransient(error.cause);
}
