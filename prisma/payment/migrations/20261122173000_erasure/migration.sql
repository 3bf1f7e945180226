-- What somebody has paid, for an export of his data and the end of his account.
CREATE INDEX "payment_customer_idx" ON "payment" ("customer_id") WHERE "customer_id" IS NOT NULL;
