-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "erased_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "customer_erasure" (
    "customer_id" TEXT NOT NULL,
    "erasure_id" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "erased_at" TIMESTAMPTZ(3),

    CONSTRAINT "customer_erasure_pkey" PRIMARY KEY ("customer_id")
);

-- CreateIndex
CREATE INDEX "draft_order_customer_id_idx" ON "draft_order"("customer_id");

-- By hand from here on: what the datamodel cannot say.

-- What the sweeper looks at.
CREATE INDEX "customer_erasure_unfinished_idx" ON "customer_erasure" ("requested_at") WHERE "erased_at" IS NULL;
-- An order that was erased says nothing more of its customer but where its taxes are due.
ALTER TABLE "orders" ADD CONSTRAINT "orders_erased" CHECK ("erased_at" IS NULL OR (
    "email" = 'erased@erased.invalid' AND "billing_address" IS NULL AND "cancel_reason" IS NULL AND "shipping_address"->>'streetLine1' = '—'));
