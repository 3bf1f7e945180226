import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { currentContext } from './context.js';

export type { Logger } from 'pino';

/** Keys whose values never reach a log, wherever they stand up to three levels deep. */
const SECRET_KEYS = [
  'password',
  'currentPassword',
  'newPassword',
  'token',
  'accessToken',
  'refreshToken',
  'authorization',
  'cookie',
  'clientSecret',
  'secret',
  'email',
  'phone',
  'to',
  'address',
  'shippingAddress',
  'billingAddress',
  'body',
  'variables',
];

/** A JSON logger. Each line names the service and, inside a unit of work, its request and trace. Standard output unless told otherwise. */
export function createLogger(service: string, level: string, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
    serializers: { err: safeError },
    mixin() {
      const context = currentContext();
      return context ? { requestId: context.requestId, traceId: context.traceId } : {};
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Name, code, message and stack only: drivers hang whole queries, parameters and requests on their errors. */
function safeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: typeof error };
  const code = (error as { code?: unknown }).code;
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(error.cause instanceof Error ? { cause: error.cause.message } : {}),
  };
}
