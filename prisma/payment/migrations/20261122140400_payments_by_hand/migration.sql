-- A bank transfer may arrive in parts: what has arrived is recorded while the rest is still waited for.
ALTER TABLE "payment" DROP CONSTRAINT "payment_captured_states";
ALTER TABLE "payment" ADD CONSTRAINT "payment_captured_states" CHECK (
    ("state" <> 'CAPTURED' OR "captured_cents" > 0)
    AND ("captured_cents" = 0 OR "state" IN ('AUTHORIZED', 'CAPTURED', 'PROCESSING')));
