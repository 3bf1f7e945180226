-- Each payment is compared with what its provider lists under its intent or under its id: without this index the second half of that
-- question reads the whole list, once per payment.
CREATE INDEX "provider_transaction_payment_idx" ON "provider_transaction" ("payment_id") WHERE "payment_id" IS NOT NULL;
