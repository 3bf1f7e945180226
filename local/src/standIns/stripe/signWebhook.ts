import { createHmac } from 'node:crypto';

/** The value of `Stripe-Signature` for this exact body at this time (Unix seconds), in Stripe's scheme `v1`. */
export function signWebhook(body: string, secret: string, timestamp: number): string {
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return `t=${timestamp},v1=${signature}`;
}
