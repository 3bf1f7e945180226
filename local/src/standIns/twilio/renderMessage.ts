import type { MessageRecord } from './messageRecord.js';

/** A message in the shape of Twilio's API. */
export function renderMessage(it: MessageRecord, accountSid: string, status: 'queued' | 'delivered'): object {
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${it.id}`;
  const date = new Date(it.at).toUTCString().replace('GMT', '+0000');
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: it.body,
    date_created: date,
    date_sent: status === 'queued' ? null : date,
    date_updated: date,
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from: it.from,
    messaging_service_sid: it.messagingServiceSid,
    num_media: String(it.mediaUrls.length),
    num_segments: String(segments(it.body)),
    price: null,
    price_unit: 'USD',
    sid: it.id,
    status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: it.to,
    uri: `${uri}.json`,
  };
}

const GSM7 = /^[\w @£$¥èéùìòÇ\nØø\rÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ!"#¤%&'()*+,\-./:;<=>?¡ÄÖÑÜ§¿äöñüà^{}\\[~\]|€]*$/;

/** Parts that the text is sent in: 160 characters of GSM-7 or 70 others, fewer in each part of several. */
export function segments(body: string): number {
  const [single, part] = GSM7.test(body) ? [160, 153] : [70, 67];
  return body.length <= single ? 1 : Math.ceil(body.length / part);
}
