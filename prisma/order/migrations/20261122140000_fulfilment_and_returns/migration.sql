-- AlterTable
ALTER TABLE "orders" ADD COLUMN "completed_at" TIMESTAMPTZ(3),
ADD COLUMN "delivered_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "order_line" ADD COLUMN "covered_cents" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN "exchange_of" TEXT,
ADD COLUMN "quantity_delivered" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "quantity_fulfilled" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "quantity_returned" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "refunded_cents" BIGINT NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "fulfillment" (
    "id" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "carrier" TEXT,
    "tracking_number" TEXT,
    "key" TEXT NOT NULL,
    "input_hash" TEXT NOT NULL,
    "shipped_at" TIMESTAMPTZ(3) NOT NULL,
    "delivered_at" TIMESTAMPTZ(3),
    "cancelled_at" TIMESTAMPTZ(3),

    CONSTRAINT "fulfillment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "fulfillment_line" (
    "fulfillment_id" TEXT NOT NULL,
    "line_id" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,

    CONSTRAINT "fulfillment_line_pkey" PRIMARY KEY ("fulfillment_id","line_id")
);

-- CreateTable
CREATE TABLE "order_return" (
    "id" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "note" TEXT,
    "decline_reason" TEXT,
    "receipt_note" TEXT,
    "key" TEXT NOT NULL,
    "input_hash" TEXT NOT NULL,
    "refund_cents" BIGINT NOT NULL DEFAULT 0,
    "shipping_refund_cents" BIGINT NOT NULL DEFAULT 0,
    "refunded_cents" BIGINT NOT NULL DEFAULT 0,
    "stock_held_until" TIMESTAMPTZ(3),
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "approved_at" TIMESTAMPTZ(3),
    "received_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "order_return_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_return_line" (
    "return_id" TEXT NOT NULL,
    "line_id" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "accepted" INTEGER NOT NULL DEFAULT 0,
    "rejected" INTEGER NOT NULL DEFAULT 0,
    "restock" BOOLEAN NOT NULL DEFAULT true,
    "refund_cents" BIGINT NOT NULL DEFAULT 0,
    "exchange" JSONB,

    CONSTRAINT "order_return_line_pkey" PRIMARY KEY ("return_id","line_id")
);

-- CreateTable
CREATE TABLE "carrier_event" (
    "carrier" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "tracking_number" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "traceparent" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "carrier_event_pkey" PRIMARY KEY ("carrier","event_id")
);

-- CreateIndex
CREATE INDEX "fulfillment_tracking_number_idx" ON "fulfillment"("tracking_number");

-- CreateIndex
CREATE UNIQUE INDEX "fulfillment_order_id_key_key" ON "fulfillment"("order_id", "key");

-- CreateIndex
CREATE UNIQUE INDEX "order_return_number_key" ON "order_return"("number");

-- CreateIndex
CREATE UNIQUE INDEX "order_return_order_id_key_key" ON "order_return"("order_id", "key");

-- AddForeignKey
ALTER TABLE "fulfillment" ADD CONSTRAINT "fulfillment_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "fulfillment_line" ADD CONSTRAINT "fulfillment_line_fulfillment_id_fkey" FOREIGN KEY ("fulfillment_id") REFERENCES "fulfillment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_return" ADD CONSTRAINT "order_return_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_return_line" ADD CONSTRAINT "order_return_line_return_id_fkey" FOREIGN KEY ("return_id") REFERENCES "order_return"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand from here on: what the datamodel cannot say.

-- An edit may take a line down to 0; what left the house cannot be taken back from it.
ALTER TABLE "order_line" DROP CONSTRAINT "order_line_quantity";
ALTER TABLE "order_line"
    ADD CONSTRAINT "order_line_counters" CHECK (
        0 <= "quantity_returned" AND "quantity_returned" <= "quantity_fulfilled" AND "quantity_fulfilled" <= "quantity"
        AND 0 <= "quantity_delivered" AND "quantity_delivered" <= "quantity_fulfilled"),
    ADD CONSTRAINT "order_line_given_back" CHECK ("refunded_cents" >= 0 AND "covered_cents" >= 0);
ALTER TABLE "orders"
    ADD CONSTRAINT "orders_fulfillment_status_known" CHECK (
        "fulfillment_status" IN ('UNFULFILLED', 'PARTIALLY_FULFILLED', 'FULFILLED', 'DELIVERED', 'RETURNED')),
    ADD CONSTRAINT "orders_completed_at" CHECK ("status" <> 'COMPLETED' OR "completed_at" IS NOT NULL);
-- What the completing sweeper looks for.
CREATE INDEX "orders_delivered_idx" ON "orders" ("delivered_at")
    WHERE "status" = 'CONFIRMED' AND "fulfillment_status" IN ('DELIVERED', 'RETURNED');

ALTER TABLE "fulfillment"
    ADD CONSTRAINT "fulfillment_status_known" CHECK ("status" IN ('SHIPPED', 'IN_TRANSIT', 'DELIVERED', 'RETURNED_TO_SENDER', 'CANCELLED')),
    ADD CONSTRAINT "fulfillment_delivered_at" CHECK (("status" = 'DELIVERED') = ("delivered_at" IS NOT NULL)),
    ADD CONSTRAINT "fulfillment_cancelled_at" CHECK (("status" = 'CANCELLED') = ("cancelled_at" IS NOT NULL));
ALTER TABLE "fulfillment_line"
    ADD CONSTRAINT "fulfillment_line_quantity" CHECK ("quantity" > 0),
    ADD CONSTRAINT "fulfillment_line_line_id_fkey" FOREIGN KEY ("line_id") REFERENCES "order_line"("id") ON DELETE RESTRICT;

ALTER TABLE "order_return"
    ADD CONSTRAINT "order_return_status_known" CHECK ("status" IN ('REQUESTED', 'APPROVED', 'DECLINED', 'RECEIVED', 'CLOSED', 'CANCELLED')),
    ADD CONSTRAINT "order_return_amounts" CHECK (
        0 <= "shipping_refund_cents" AND "shipping_refund_cents" <= "refund_cents"
        AND 0 <= "refunded_cents" AND "refunded_cents" <= "refund_cents"),
    ADD CONSTRAINT "order_return_ended_at" CHECK (("status" IN ('DECLINED', 'CLOSED', 'CANCELLED')) = ("ended_at" IS NOT NULL));
-- What the sweeper looks for that gives back what is held for exchanges.
CREATE INDEX "order_return_stock_idx" ON "order_return" ("stock_held_until") WHERE "stock_held_until" IS NOT NULL;
ALTER TABLE "order_return_line"
    ADD CONSTRAINT "order_return_line_quantity" CHECK (
        "quantity" > 0 AND "accepted" >= 0 AND "rejected" >= 0 AND "accepted" + "rejected" <= "quantity"),
    ADD CONSTRAINT "order_return_line_refund" CHECK ("refund_cents" >= 0),
    ADD CONSTRAINT "order_return_line_line_id_fkey" FOREIGN KEY ("line_id") REFERENCES "order_line"("id") ON DELETE RESTRICT;

ALTER TABLE "carrier_event"
    ADD CONSTRAINT "carrier_event_state_known" CHECK ("state" IN ('RECEIVED', 'PROCESSED', 'UNKNOWN')),
    ADD CONSTRAINT "carrier_event_settled_at" CHECK (("state" = 'RECEIVED') = ("settled_at" IS NULL));
-- What is worked on, the oldest due first.
CREATE INDEX "carrier_event_open_idx" ON "carrier_event" ("next_try_at") WHERE "state" = 'RECEIVED';
