import { createSign, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Letter } from '../core/webhookPost.js';
import { signer } from './certificate.js';
import type { PaypalEventRecord } from './records.js';

/** The body of a webhook. */
export const paypalEventBody = (event: PaypalEventRecord): object => ({
  id: event.id,
  event_version: '1.0',
  create_time: event.createdAt,
  resource_type: event.resourceType,
  resource_version: '2.0',
  event_type: event.type,
  summary: event.summary,
  resource: event.resource,
});

/** What PayPal signs: https://developer.paypal.com/api/rest/webhooks/rest/#link-selfverificationmethod */
export const signedText = (transmissionId: string, time: string, webhookId: string, body: string | Buffer): string =>
  `${transmissionId}|${time}|${webhookId}|${crc32(body)}`;

/** The signed request that tells the shop about an event of PayPal's. */
export function writePaypalWebhook(
  event: PaypalEventRecord,
  endpoint: { url: string; webhookId: string; certUrl: () => string },
  at: Date,
): Letter {
  const body = JSON.stringify(paypalEventBody(event));
  const id = randomUUID();
  const time = at.toISOString().replace(/\.\d+Z$/, 'Z');
  const signature = createSign('sha256')
    .update(signedText(id, time, endpoint.webhookId, body))
    .sign(signer().privateKey, 'base64');
  return {
    url: endpoint.url,
    body,
    headers: {
      'content-type': 'application/json',
      'paypal-transmission-id': id,
      'paypal-transmission-time': time,
      'paypal-transmission-sig': signature,
      'paypal-cert-url': endpoint.certUrl(),
      'paypal-auth-algo': 'SHA256withRSA',
      'paypal-auth-version': 'v2',
      'user-agent': 'PayPal/AUHD-1.0-1',
    },
  };
}
