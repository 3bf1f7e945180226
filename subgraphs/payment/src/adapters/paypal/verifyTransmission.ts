import { verify, X509Certificate } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ProviderUnavailable, type WebhookMessage } from '../../app/ports.js';
import { LIVE } from './paypalApi.js';

export interface TransmissionOptions {
  readonly webhookId: string;
  readonly apiBaseUrl?: string | undefined;
  readonly timeoutMs?: number | undefined;
}

/** PayPal sends a message again for three days, and nothing says that it signs it anew. A replayed one is stored only once. */
const OLDEST_MS = 4 * 86_400_000;
const NEWEST_MS = 300_000;
const CERTIFICATE_BYTES = 65_536;
const CERTIFICATES_KEPT = 10;
const TIMEOUT_MS = 5_000;
const HEADERS = ['id', 'time', 'sig'] as const;

/**
 * Checks who sent a webhook, as PayPal documents it for checking by oneself: an RSA signature over transmission id, time, our webhook id and the
 * CRC-32 of the exact body, by the key of a certificate that PayPal serves.
 * https://developer.paypal.com/api/rest/webhooks/rest/#link-selfverificationmethod
 *
 * By oneself, and not by PayPal's verify-webhook-signature, because that call wants the event as JSON and checks what it makes of it (a body
 * written in another way fails), needs an API call and a token for each message, which anybody can send us any number of, and
 * refuses messages whenever that API is slow. Here one certificate is fetched and kept.
 *
 * The certificate is believed because of where it comes from: over TLS, from PayPal's own hosts and folder, redirects refused. Throws
 * ProviderUnavailable when it cannot be fetched now; PayPal sends the message again.
 */
export function createTransmissionCheck(options: TransmissionOptions) {
  const certificates = new Map<string, Promise<X509Certificate>>();
  const mayServe = allowedUrls(options.apiBaseUrl ?? LIVE);

  function certificateOf(url: string): Promise<X509Certificate> {
    const known = certificates.get(url);
    if (known !== undefined) return known;
    const [oldest] = certificates.keys();
    if (oldest !== undefined && certificates.size >= CERTIFICATES_KEPT) certificates.delete(oldest);
    const fetching = fetchCertificate(url, options.timeoutMs ?? TIMEOUT_MS);
    certificates.set(url, fetching);
    fetching.catch(() => certificates.delete(url));
    return fetching;
  }

  return async ({ rawBody, headers }: WebhookMessage, now: Date): Promise<boolean> => {
    const [id = '', time = '', signature = ''] = HEADERS.map((name) => headers[`paypal-transmission-${name}`]);
    const url = headers['paypal-cert-url'] ?? '';
    if (id === '' || id.length > 100 || signature === '' || signature.length > 2_000) return false;
    if (headers['paypal-auth-algo'] !== 'SHA256withRSA' || !mayServe(url)) return false;
    const sentAt = Date.parse(time);
    const age = now.getTime() - sentAt;
    if (Number.isNaN(sentAt) || age > OLDEST_MS || age < -NEWEST_MS) return false;
    const certificate = await certificateOf(url);
    const valid = Date.parse(certificate.validFrom) <= sentAt && sentAt <= Date.parse(certificate.validTo);
    if (!valid || certificate.publicKey.asymmetricKeyType !== 'rsa') return false;
    const signed = Buffer.from(`${id}|${time}|${options.webhookId}|${crc32(rawBody)}`);
    return verify('sha256', signed, certificate.publicKey, Buffer.from(signature, 'base64'));
  };
}

const FOLDER = '/v1/notifications/certs/';

/**
 * PayPal serves the certificates of each of its environments from that environment's hosts; at any other address (a stand-in) they come from
 * there. The header is written by whoever sends the message, so that this list is what the signature is worth.
 */
function allowedUrls(apiBaseUrl: string): (url: string) => boolean {
  const base = new URL(apiBaseUrl);
  const paypal = /^api(?:-m)?\.(sandbox\.)?paypal\.com$/.exec(base.hostname);
  const folders =
    paypal === null
      ? [`${base.origin}${base.pathname.replace(/\/$/, '')}${FOLDER}`]
      : ['api', 'api-m'].map((host) => `https://${host}.${paypal[1] ?? ''}paypal.com${FOLDER}`);
  return (url) =>
    url.length <= 500 &&
    folders.some((folder) => url.startsWith(folder) && /^[\w-]{1,200}$/.test(url.slice(folder.length)));
}

async function fetchCertificate(url: string, timeoutMs: number): Promise<X509Certificate> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    const text = await response.text();
    if (!response.ok || text.length > CERTIFICATE_BYTES)
      throw new Error(`HTTP ${response.status}, ${text.length} characters`);
    return new X509Certificate(text);
  } catch (error) {
    throw new ProviderUnavailable("PayPal's webhook certificate cannot be fetched", false, { cause: error });
  }
}
