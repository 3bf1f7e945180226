-- DropIndex
DROP INDEX "payment_order_id_key";

-- AlterTable
ALTER TABLE "payment" ADD COLUMN     "authorized_until" TIMESTAMPTZ(3),
ADD COLUMN     "capture_method" TEXT NOT NULL DEFAULT 'AUTOMATIC',
ADD COLUMN     "charged_back_cents" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "customer_reference" TEXT,
ADD COLUMN     "method_reference" TEXT,
ADD COLUMN     "purpose_id" TEXT,
ADD COLUMN     "released_cents" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "replaced" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "return_url" TEXT,
ADD COLUMN     "save_method" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "refund" ADD COLUMN     "return_id" TEXT;

-- AlterTable
ALTER TABLE "dispute" ADD COLUMN     "state" TEXT NOT NULL DEFAULT 'OPEN',
ADD COLUMN     "withdrawn" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "capture" (
    "id" TEXT NOT NULL,
    "payment_id" TEXT NOT NULL,
    "amount_cents" BIGINT NOT NULL,
    "final" BOOLEAN NOT NULL,
    "state" TEXT NOT NULL,
    "request_key" TEXT NOT NULL,
    "input_hash" TEXT NOT NULL,
    "failure_code" TEXT,
    "captured_before_cents" BIGINT NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "capture_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_customer" (
    "user_id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "provider_customer_pkey" PRIMARY KEY ("user_id","provider")
);

-- CreateTable
CREATE TABLE "payment_method" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "brand" TEXT,
    "last4" TEXT,
    "exp_month" INTEGER,
    "exp_year" INTEGER,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "removed_at" TIMESTAMPTZ(3),
    "detach_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payment_method_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "capture_request_key_key" ON "capture"("request_key");

-- CreateIndex
CREATE INDEX "capture_payment_id_idx" ON "capture"("payment_id");

-- CreateIndex
CREATE UNIQUE INDEX "provider_customer_provider_reference_key" ON "provider_customer"("provider", "reference");

-- CreateIndex
CREATE INDEX "payment_method_user_id_idx" ON "payment_method"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "payment_method_provider_reference_key" ON "payment_method"("provider", "reference");

-- CreateIndex
CREATE INDEX "payment_order_id_idx" ON "payment"("order_id");

-- AddForeignKey
ALTER TABLE "capture" ADD CONSTRAINT "capture_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand from here on: what the datamodel cannot say.

-- What was paid so far was paid for orders as they were placed.
UPDATE "payment" SET "purpose_id" = "order_id";
ALTER TABLE "payment" ALTER COLUMN "purpose_id" SET NOT NULL;
-- A purpose is paid once: only a payment that ended unpaid gives way to another one.
CREATE UNIQUE INDEX "payment_purpose_id_key" ON "payment" ("purpose_id") WHERE NOT "replaced";

-- With several captures of one authorization, a part of it is captured while the payment is still AUTHORIZED.
ALTER TABLE "payment" DROP CONSTRAINT "payment_captured_iff";
ALTER TABLE "payment"
    ADD CONSTRAINT "payment_captured_states" CHECK (("state" <> 'CAPTURED' OR "captured_cents" > 0) AND ("captured_cents" = 0 OR "state" IN ('AUTHORIZED', 'CAPTURED'))),
    ADD CONSTRAINT "payment_never_captures_more_than_authorized" CHECK ("captured_cents" <= "authorized_cents"),
    ADD CONSTRAINT "payment_parts" CHECK ("released_cents" >= 0 AND "charged_back_cents" >= 0 AND "charged_back_cents" <= "captured_cents"),
    ADD CONSTRAINT "payment_capture_method_known" CHECK ("capture_method" IN ('AUTOMATIC', 'MANUAL'));

ALTER TABLE "capture"
    ADD CONSTRAINT "capture_state_known" CHECK ("state" IN ('PENDING', 'SUCCEEDED', 'FAILED')),
    ADD CONSTRAINT "capture_amounts" CHECK ("amount_cents" > 0 AND "captured_before_cents" >= 0);
-- One at a time: what the next one may take is known only when the one before has ended.
CREATE UNIQUE INDEX "capture_one_pending_key" ON "capture" ("payment_id") WHERE "state" = 'PENDING';

UPDATE "dispute" SET "state" = CASE
    WHEN "status" = 'won' THEN 'WON'
    WHEN "status" = 'lost' THEN 'LOST'
    WHEN "status" IN ('warning_closed', 'prevented') THEN 'CLOSED'
    WHEN "status" LIKE 'warning%' THEN 'INQUIRY'
    ELSE 'OPEN' END;
ALTER TABLE "dispute"
    ADD CONSTRAINT "dispute_state_known" CHECK ("state" IN ('INQUIRY', 'OPEN', 'WON', 'LOST', 'CLOSED')),
    ADD CONSTRAINT "dispute_amount" CHECK ("amount_cents" > 0);
CREATE INDEX "dispute_created_at_id_idx" ON "dispute" ("created_at" DESC, "id" DESC);

-- A user has one default method per shop, and it is not a removed one.
CREATE UNIQUE INDEX "payment_method_one_default_key" ON "payment_method" ("user_id") WHERE "is_default";
ALTER TABLE "payment_method" ADD CONSTRAINT "payment_method_default_is_there" CHECK (NOT "is_default" OR "removed_at" IS NULL);
-- What the sweeper looks for: removed here, not yet at the provider.
CREATE INDEX "payment_method_detach_idx" ON "payment_method" ("detach_at") WHERE "detach_at" IS NOT NULL;

-- What the purge deletes.
CREATE INDEX "webhook_event_settled_idx" ON "webhook_event" ("processed_at") WHERE "status" IN ('PROCESSED', 'IGNORED');
