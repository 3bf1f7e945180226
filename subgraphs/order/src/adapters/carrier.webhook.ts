import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { CARRIER_STEPS, CarrierPort } from '../app/afterSalesPorts.js';

/** A message older or newer than this is refused, so that one that was overheard is worth nothing later. */
const TOLERANCE_MS = 5 * 60_000;
const SIGNATURE = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/;

const body = z.object({
  id: z.string().min(1).max(200),
  type: z.string().max(100),
  trackingNumber: z.string().trim().min(1).max(100),
  occurredAt: z.iso.datetime({ offset: true }),
});

const STEPS: Readonly<Record<string, (typeof CARRIER_STEPS)[number]>> = {
  shipped: 'SHIPPED',
  in_transit: 'IN_TRANSIT',
  delivered: 'DELIVERED',
  returned_to_sender: 'RETURNED_TO_SENDER',
};

/** What signs a message: HMAC-SHA256 with the carrier's secret over `<unix seconds>.<raw body>`, in hex. */
export const carrierSignature = (secret: string, seconds: number, rawBody: Buffer | string): string =>
  `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.`).update(rawBody).digest('hex')}`;

/**
 * The generic carrier: JSON `{id, type, trackingNumber, occurredAt}`, signed in the header `x-carrier-signature`. What sits between a
 * carrier and a shop (an aggregator, a small relay) speaks it; a carrier with a format of its own gets an adapter of its own.
 */
export function createCarrierWebhook(secret: string): CarrierPort {
  return {
    read(rawBody, signature, now) {
      const [, seconds, given] = SIGNATURE.exec(signature ?? '') ?? [];
      if (seconds === undefined || given === undefined) return { kind: 'REFUSED' };
      const expected = carrierSignature(secret, Number(seconds), rawBody).slice(-64);
      if (!timingSafeEqual(Buffer.from(expected), Buffer.from(given))) return { kind: 'REFUSED' };
      if (Math.abs(now.getTime() - Number(seconds) * 1_000) > TOLERANCE_MS) return { kind: 'REFUSED' };
      const parsed = body.safeParse(jsonOf(rawBody));
      if (!parsed.success) return { kind: 'MALFORMED' };
      const { id, type, trackingNumber, occurredAt } = parsed.data;
      const step = STEPS[type];
      if (step === undefined) return { kind: 'IGNORED' };
      return {
        kind: 'MESSAGE',
        message: { eventId: id, type: step, trackingNumber, occurredAt: new Date(occurredAt) },
      };
    },
  };
}

function jsonOf(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The carriers of the configuration: `name:secret` pairs, separated by commas. */
export function carriersOf(configured: readonly (readonly [name: string, secret: string])[]): Map<string, CarrierPort> {
  return new Map(configured.map(([name, secret]) => [name, createCarrierWebhook(secret)]));
}
