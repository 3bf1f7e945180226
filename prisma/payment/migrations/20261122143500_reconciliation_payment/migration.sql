-- The payment that we wrote into an intent, when the provider tells it with a movement of money.
ALTER TABLE "provider_transaction" ADD COLUMN     "payment_id" TEXT;

-- CreateIndex
CREATE INDEX "provider_transaction_provider_created_at_idx" ON "provider_transaction"("provider", "created_at");
