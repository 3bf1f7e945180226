-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "extra_stock_ids" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "open_edit" JSONB,
ADD COLUMN     "payment_purpose_id" TEXT,
ALTER COLUMN "cart_id" DROP NOT NULL;

-- CreateTable
CREATE TABLE "order_edit" (
    "id" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "input_hash" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "plan" JSONB,
    "difference_cents" BIGINT,
    "due_at" TIMESTAMPTZ(3),
    "payment_id" TEXT,
    "refusal" JSONB,
    "note" TEXT,
    "actor" TEXT NOT NULL,
    "run_token" TEXT NOT NULL,
    "lease_until" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "traceparent" TEXT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "order_edit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "draft_order" (
    "id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "email" TEXT,
    "customer_id" TEXT,
    "order_id" TEXT,
    "created_by" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "input_hash" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "draft_order_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_export" (
    "token_hash" BYTEA NOT NULL,
    "filter" JSONB NOT NULL,
    "format" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "order_export_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "order_number_counter" (
    "name" TEXT NOT NULL,
    "last" BIGINT NOT NULL,

    CONSTRAINT "order_number_counter_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE UNIQUE INDEX "order_edit_key_key" ON "order_edit"("key");

-- CreateIndex
CREATE INDEX "order_edit_order_id_created_at_idx" ON "order_edit"("order_id", "created_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "draft_order_order_id_key" ON "draft_order"("order_id");

-- CreateIndex
CREATE UNIQUE INDEX "draft_order_key_key" ON "draft_order"("key");

-- CreateIndex
CREATE INDEX "draft_order_state_created_at_id_idx" ON "draft_order"("state", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "order_export_expires_at_idx" ON "order_export"("expires_at");

-- CreateIndex
CREATE INDEX "orders_status_placed_at_id_idx" ON "orders"("status", "placed_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "orders_total_cents_idx" ON "orders"("total_cents");

-- CreateIndex
CREATE INDEX "order_line_sku_idx" ON "order_line"("sku");

-- AddForeignKey
ALTER TABLE "order_edit" ADD CONSTRAINT "order_edit_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand from here on: what the datamodel cannot say.

ALTER TABLE "orders"
    ADD CONSTRAINT "orders_open_edit_shape" CHECK ("open_edit" IS NULL OR (
        "open_edit" ? 'id' AND "open_edit" ? 'dueAt' AND "open_edit" ? 'dueCents' AND ("open_edit"->>'dueCents')::bigint > 0));
-- What staff pick parcels from.
CREATE INDEX "orders_to_ship_idx" ON "orders" ("placed_at" DESC, "id" DESC)
    WHERE "status" = 'CONFIRMED' AND "fulfillment_status" IN ('UNFULFILLED', 'PARTIALLY_FULFILLED');

ALTER TABLE "order_edit"
    ADD CONSTRAINT "order_edit_state_known" CHECK ("state" IN
        ('PREPARING', 'APPLIED', 'AWAITING_PAYMENT', 'EXPIRED', 'CANCELLED', 'UNDOING', 'REFUSED', 'ABANDONED')),
    ADD CONSTRAINT "order_edit_kind_known" CHECK ("kind" IN ('EDIT', 'LINES_CANCEL')),
    ADD CONSTRAINT "order_edit_refusal_when_refused" CHECK (("refusal" IS NOT NULL) = ("state" IN ('UNDOING', 'REFUSED', 'ABANDONED'))),
    ADD CONSTRAINT "order_edit_decided" CHECK ("state" NOT IN ('APPLIED', 'AWAITING_PAYMENT', 'EXPIRED', 'CANCELLED')
        OR ("plan" IS NOT NULL AND "difference_cents" IS NOT NULL)),
    ADD CONSTRAINT "order_edit_waits_for_money" CHECK ("state" NOT IN ('AWAITING_PAYMENT', 'EXPIRED', 'CANCELLED')
        OR ("due_at" IS NOT NULL AND "difference_cents" > 0)),
    ADD CONSTRAINT "order_edit_settled_at" CHECK (("state" IN ('APPLIED', 'EXPIRED', 'CANCELLED')) = ("settled_at" IS NOT NULL));
-- One edit of an order waits for its payment at a time.
CREATE UNIQUE INDEX "order_edit_one_open" ON "order_edit" ("order_id") WHERE "state" = 'AWAITING_PAYMENT';
-- What the sweepers look for: edits that nobody runs, edits that were not paid in time.
CREATE INDEX "order_edit_unfinished_idx" ON "order_edit" ("lease_until") WHERE "state" IN ('PREPARING', 'UNDOING');
CREATE INDEX "order_edit_due_idx" ON "order_edit" ("due_at") WHERE "state" = 'AWAITING_PAYMENT';

ALTER TABLE "draft_order"
    ADD CONSTRAINT "draft_order_state_known" CHECK ("state" IN ('OPEN', 'COMPLETED', 'DELETED')),
    ADD CONSTRAINT "draft_order_completed" CHECK (("state" = 'COMPLETED') = ("order_id" IS NOT NULL));
ALTER TABLE "order_export"
    ADD CONSTRAINT "order_export_format_known" CHECK ("format" IN ('CSV', 'JSON_LINES'));
