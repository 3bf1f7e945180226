import type {
  ApiResponse,
  Client,
  OrdersController,
  PaymentsController,
  TransactionSearchController,
} from '@paypal/paypal-server-sdk';
import { ProviderRefused, ProviderUnavailable } from '../../app/ports.js';

export interface PaypalAccount {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where PayPal's API is; PayPal's live one when it is not set. */
  readonly apiBaseUrl?: string | undefined;
  readonly timeoutMs?: number | undefined;
}

export type PaypalSdk = typeof import('@paypal/paypal-server-sdk');

export interface PaypalControllers {
  /** For what the SDK has no method for: it makes requests with the SDK's token. */
  readonly client: Client;
  /** The SDK itself, for its words. */
  readonly sdk: PaypalSdk;
  readonly orders: OrdersController;
  readonly payments: PaymentsController;
  readonly transactions: TransactionSearchController;
}

export const LIVE = 'https://api-m.paypal.com';
const TIMEOUT_MS = 10_000;

/** PayPal's API through its SDK: asks, and answers the JSON of the answer. Throws ProviderUnavailable or ProviderRefused. */
export interface PaypalApi {
  ask(call: (controllers: PaypalControllers) => Promise<ApiResponse<unknown>>): Promise<unknown>;
}

/** The SDK is loaded at the first call: it costs 36 MB of memory and a third of a second. */
export function createPaypalApi(account: PaypalAccount): PaypalApi {
  let loading: Promise<PaypalControllers> | undefined;
  const controllers = (): Promise<PaypalControllers> => {
    loading ??= load(account);
    loading.catch(() => {
      loading = undefined;
    });
    return loading;
  };

  /** A token may end before its time, and the SDK would use it until then: another client asks for another one, once. */
  async function answerTo(call: Parameters<PaypalApi['ask']>[0], again = true): Promise<unknown> {
    const used = controllers();
    try {
      return (await call(await used)).body;
    } catch (error) {
      if (!again || (error as { statusCode?: unknown }).statusCode !== 401) throw error;
      if (loading === used) loading = undefined;
      return answerTo(call, false);
    }
  }

  return {
    async ask(call) {
      try {
        return jsonOf(await answerTo(call));
      } catch (error) {
        return jsonOf(bodyOfAccepted(error));
      }
    },
  };
}

async function load(account: PaypalAccount): Promise<PaypalControllers> {
  const sdk = await import('@paypal/paypal-server-sdk');
  const client: Client = new sdk.Client({
    clientCredentialsAuthCredentials: { oAuthClientId: account.clientId, oAuthClientSecret: account.clientSecret },
    environment: sdk.Environment.Production,
    // Axios' own place for another transport. The SDK knows PayPal's two addresses only, and without this its connections are not kept.
    unstable_httpClientOptions: { adapter: transport(account) },
  });
  return {
    sdk,
    client,
    orders: new sdk.OrdersController(client),
    payments: new sdk.PaymentsController(client),
    transactions: new sdk.TransactionSearchController(client),
  };
}

interface TransportRequest {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: { toJSON?: () => Record<string, unknown> };
  readonly data?: string;
}

/** Sends what the SDK made by Node's own client, to the address that is configured. What gets no answer is ProviderUnavailable. */
function transport(account: PaypalAccount) {
  const base = (account.apiBaseUrl ?? LIVE).replace(/\/$/, '');
  return async (request: TransportRequest) => {
    const headers = Object.entries(request.headers?.toJSON?.() ?? {}).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value)] as [string, string]] : [],
    );
    try {
      const response = await fetch((request.url ?? '').replace(LIVE, base), {
        method: (request.method ?? 'GET').toUpperCase(),
        headers,
        redirect: 'error',
        signal: AbortSignal.timeout(account.timeoutMs ?? TIMEOUT_MS),
        ...(request.data === undefined ? {} : { body: request.data }),
      });
      return {
        data: await response.text(),
        status: response.status,
        statusText: response.statusText,
        headers: Object.fromEntries(response.headers),
        config: request,
      };
    } catch (error) {
      throw new ProviderUnavailable('PayPal did not answer', false, { cause: error });
    }
  };
}

/** Statuses that say nothing about what happened, or that go away: another try with the same request id is safe and may work. */
const UNCLEAR = new Set([408, 409, 425, 429]);

/**
 * The body of an answer that PayPal gave with 2xx and that the SDK's schema does not know; it is read by ours. Everything else becomes one of
 * the port's two errors, without the SDK's error inside: that holds the request, with our credentials. PayPal repeats a
 * request whose id it knows also after a failure of its own, so a new request id is never needed (`answered` stays false).
 */
function bodyOfAccepted(error: unknown): unknown {
  const { statusCode, body } = error as { statusCode?: unknown; body?: unknown };
  if (error instanceof ProviderUnavailable || typeof statusCode !== 'number') throw error;
  if (statusCode >= 200 && statusCode < 300) return body;
  const { name, issue, debugId } = readError(body);
  const what = `PayPal: ${statusCode} ${name}${issue === null ? '' : ` ${issue}`}${debugId === null ? '' : ` (debug id ${debugId})`}`;
  const credentialsRefused = statusCode === 401 || statusCode === 403;
  if (statusCode >= 500 || UNCLEAR.has(statusCode) || credentialsRefused) throw new ProviderUnavailable(what);
  throw new ProviderRefused(issue ?? name, what);
}

const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

function readError(body: unknown): { name: string; issue: string | null; debugId: string | null } {
  const { name, error, details, debug_id: debugId } = (jsonOf(body) ?? {}) as Record<string, unknown>;
  const issue = Array.isArray(details) ? (details[0] as { issue?: unknown } | undefined)?.issue : undefined;
  const code = (value: unknown): string | null => (typeof value === 'string' && CODE.test(value) ? value : null);
  return {
    name: code(name) ?? (typeof error === 'string' && /^\w{1,40}$/.test(error) ? error : 'unknown'),
    issue: code(issue),
    debugId: typeof debugId === 'string' && /^\w{1,40}$/.test(debugId) ? debugId : null,
  };
}

function jsonOf(body: unknown): unknown {
  if (typeof body !== 'string' || body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
