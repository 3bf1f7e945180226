import { z } from 'zod';

/** Thrown by `loadConfig`; the message lists every faulty variable with what to do about it, and no value (it may be a secret). */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly faults: readonly string[]) {
    super(`The configuration has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n  ${faults.join('\n  ')}`);
  }
}

/**
 * Reads the variables named in `shape` from the environment and validates all of them, so that an operator sees every
 * fault in one run. An empty variable counts as missing. Each field's `.describe()` text is shown beside its fault.
 */
export function loadConfig<S extends z.ZodRawShape>(
  shape: S,
  env: NodeJS.ProcessEnv = process.env,
): z.output<z.ZodObject<S>> {
  const given = Object.fromEntries(Object.keys(shape).map((name) => [name, env[name] === '' ? undefined : env[name]]));
  const result = z.object(shape).safeParse(given);
  if (result.success) return result.data;
  throw new ConfigError(
    result.error.issues.map((issue) => {
      const name = String(issue.path[0] ?? '');
      const purpose = (shape[name] as z.ZodType | undefined)?.description;
      const problem = given[name] === undefined ? 'is not set' : `is not valid: ${issue.message}`;
      return `${name} ${problem}${purpose ? ` (${purpose})` : ''}`;
    }),
  );
}

/** The types that configuration variables have; each takes its text from the environment. */
export const configTypes = {
  port: (fallback: number) =>
    z.coerce.number('must be a port number').int('must be a port number').min(0).max(65_535).default(fallback),
  url: () => z.string().refine((text) => URL.canParse(text), 'must be an absolute URL'),
  secret: (minLength: number) => z.string().min(minLength, `must have at least ${minLength} characters`),
  integer: (fallback: number, range: { min?: number; max?: number } = {}) =>
    z.coerce
      .number('must be a whole number')
      .int('must be a whole number')
      .min(range.min ?? Number.MIN_SAFE_INTEGER)
      .max(range.max ?? Number.MAX_SAFE_INTEGER)
      .default(fallback),
  boolean: (fallback: boolean) =>
    z
      .enum(['true', 'false', '1', '0'])
      .transform((text) => text === 'true' || text === '1')
      .default(fallback),
  json: <T extends z.ZodType>(schema: T) =>
    z
      .string()
      .transform((text, context) => {
        try {
          return JSON.parse(text) as unknown;
        } catch {
          context.addIssue({ code: 'custom', message: 'must be JSON' });
          return z.NEVER;
        }
      })
      .pipe(schema),
};

/** The variables that every process of Souk has; spread it into the service's own shape. */
export const baseConfig = {
  NODE_ENV: z
    .enum(['production', 'development', 'test'])
    .default('development')
    .describe('production refuses all development conveniences'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('least severe level that is logged'),
  HOST: z.string().min(1).default('127.0.0.1').describe('address to listen on; 0.0.0.0 in a container'),
  SHUTDOWN_TIMEOUT_MS: configTypes
    .integer(10_000, { min: 100, max: 300_000 })
    .describe('how long a stopping process may finish its work, in milliseconds'),
};

/** The variable that every process needs which answers or sends signed calls between services. */
export const identityConfig = {
  IDENTITY_SECRET: configTypes
    .secret(64)
    .regex(/^[0-9a-f]+$/, 'must be lower-case hexadecimal')
    .describe('shared secret of the services, 32 bytes or more in hexadecimal: openssl rand -hex 32'),
};
