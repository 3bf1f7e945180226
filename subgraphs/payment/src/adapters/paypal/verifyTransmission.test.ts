import { createSign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import { signer } from '@souk/local/standIns/paypal/certificate';
import { ProviderUnavailable } from '../../app/ports.js';
import { createTransmissionCheck } from './verifyTransmission.js';

describe('the signature of a webhook', () => {
  const WEBHOOK_ID = '8PT597110X687430L';
  const body = Buffer.from('{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{}}');
  const server = createServer((_, response) => response.end(signer().pem));
  let base = '';
  let fetched = 0;
  beforeAll(async () => {
    server.on('request', () => {
      fetched += 1;
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const certUrl = () => `${base}/v1/notifications/certs/CERT-1`;
  function headersOf(parts: { time?: string; webhookId?: string; signed?: Buffer; certUrl?: string } = {}) {
    const { time = new Date().toISOString(), webhookId = WEBHOOK_ID, signed = body } = parts;
    const id = '103e3700-8b0c-11e9-b5a0-ff0ed24b9b6a';
    const sign = createSign('sha256').update(`${id}|${time}|${webhookId}|${crc32(signed)}`);
    return {
      'paypal-transmission-id': id,
      'paypal-transmission-time': time,
      'paypal-transmission-sig': sign.sign(signer().privateKey, 'base64'),
      'paypal-cert-url': parts.certUrl ?? certUrl(),
      'paypal-auth-algo': 'SHA256withRSA',
    };
  }
  const check = () => createTransmissionCheck({ webhookId: WEBHOOK_ID, apiBaseUrl: base });

  test('fits this body, this webhook and this time only, and the certificate is fetched once', async () => {
    const isSent = check();
    const sent = (headers: Record<string, string>, rawBody = body) => isSent({ rawBody, headers }, new Date());
    fetched = 0;
    expect(await sent(headersOf())).toBe(true);
    expect(await sent(headersOf(), Buffer.from('{"id":"WH-2"}'))).toBe(false);
    expect(await sent(headersOf({ webhookId: 'OF-SOMEBODY-ELSE' }))).toBe(false);
    expect(await sent({ ...headersOf(), 'paypal-transmission-time': '2026-11-22T12:00:00Z' })).toBe(false);
    expect(await sent({ ...headersOf(), 'paypal-auth-algo': 'SHA1withRSA' })).toBe(false);
    expect(await sent(headersOf({ time: new Date(Date.now() - 5 * 86_400_000).toISOString() }))).toBe(false);
    expect(await sent(headersOf({ time: new Date(Date.now() - 2 * 86_400_000).toISOString() }))).toBe(false); // before the certificate
    expect(await sent({})).toBe(false);
    expect(fetched).toBe(1);
  });

  test.each([
    'https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1',
    'https://evil.example/v1/notifications/certs/CERT-1',
    'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1',
    'http://api.paypal.com/v1/notifications/certs/CERT-1',
    'https://api.paypal.com/v1/notifications/certs/../../evil',
    'https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1',
    'https://www.paypal.com/v1/notifications/certs/CERT-1',
  ])('a certificate from %s is not even fetched', async (url) => {
    const isSent = createTransmissionCheck({ webhookId: WEBHOOK_ID });
    expect(await isSent({ rawBody: body, headers: headersOf({ certUrl: url }) }, new Date())).toBe(false);
  });

  test('a certificate that cannot be fetched now is no refusal: PayPal sends the message again', async () => {
    const isSent = createTransmissionCheck({ webhookId: WEBHOOK_ID, apiBaseUrl: 'http://127.0.0.1:9' });
    const headers = headersOf({ certUrl: 'http://127.0.0.1:9/v1/notifications/certs/CERT-1' });
    await expect(isSent({ rawBody: body, headers }, new Date())).rejects.toThrow(ProviderUnavailable);
  });
});
