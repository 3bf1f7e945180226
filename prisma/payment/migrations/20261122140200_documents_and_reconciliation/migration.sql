-- CreateTable
CREATE TABLE "document_request" (
    "source" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "payment_id" TEXT,
    "refund_id" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "attempt_at" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP,
    "last_error" TEXT,
    "document_id" TEXT,
    "archive_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "document_request_pkey" PRIMARY KEY ("source")
);

-- CreateTable
CREATE TABLE "document_series" (
    "series" TEXT NOT NULL,
    "last" INTEGER NOT NULL,

    CONSTRAINT "document_series_pkey" PRIMARY KEY ("series")
);

-- CreateTable
CREATE TABLE "payment_document" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "series" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "number" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "customer_id" TEXT,
    "payment_id" TEXT,
    "refund_id" TEXT,
    "ordinal" INTEGER,
    "currency_code" TEXT NOT NULL,
    "total_cents" BIGINT NOT NULL,
    "model" JSONB NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payment_document_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "document_file" (
    "document_id" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,
    "sha256" TEXT NOT NULL,
    "rendered_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "document_file_pkey" PRIMARY KEY ("document_id","format")
);

-- CreateTable
CREATE TABLE "provider_transaction" (
    "provider" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "intent_reference" TEXT,
    "refund_reference" TEXT,
    "dispute_reference" TEXT,
    "amount_cents" BIGINT NOT NULL,
    "currency_code" TEXT NOT NULL,
    "fee_cents" BIGINT,
    "fee_currency_code" TEXT,
    "fee_booked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "provider_transaction_pkey" PRIMARY KEY ("provider","reference")
);

-- CreateTable
CREATE TABLE "reconciliation_run" (
    "id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'REQUESTED',
    "requested_by" TEXT,
    "run_token" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "range_from" TIMESTAMPTZ(3),
    "range_to" TIMESTAMPTZ(3),
    "transactions" INTEGER NOT NULL DEFAULT 0,
    "mirrored" INTEGER NOT NULL DEFAULT 0,
    "fees_booked" INTEGER NOT NULL DEFAULT 0,
    "found" INTEGER NOT NULL DEFAULT 0,
    "resolved" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "reconciliation_run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reconciliation_difference" (
    "id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'OPEN',
    "payment_id" TEXT,
    "order_id" TEXT,
    "our_cents" BIGINT,
    "our_currency_code" TEXT,
    "their_cents" BIGINT,
    "their_currency_code" TEXT,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(3),
    "resolved_by" TEXT,
    "note" TEXT,

    CONSTRAINT "reconciliation_difference_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "document_request_document_id_key" ON "document_request"("document_id");

-- CreateIndex
CREATE UNIQUE INDEX "payment_document_number_key" ON "payment_document"("number");

-- CreateIndex
CREATE UNIQUE INDEX "payment_document_source_key" ON "payment_document"("source");

-- CreateIndex
CREATE INDEX "payment_document_payment_id_idx" ON "payment_document"("payment_id");

-- CreateIndex
CREATE UNIQUE INDEX "payment_document_series_sequence_key" ON "payment_document"("series", "sequence");

-- CreateIndex
CREATE UNIQUE INDEX "payment_document_order_id_kind_ordinal_key" ON "payment_document"("order_id", "kind", "ordinal");

-- CreateIndex
CREATE INDEX "provider_transaction_provider_intent_reference_idx" ON "provider_transaction"("provider", "intent_reference");

-- CreateIndex
CREATE INDEX "reconciliation_run_created_at_id_idx" ON "reconciliation_run"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "reconciliation_difference_state_first_seen_at_id_idx" ON "reconciliation_difference"("state", "first_seen_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "reconciliation_difference_provider_kind_subject_key" ON "reconciliation_difference"("provider", "kind", "subject");

-- AddForeignKey
ALTER TABLE "document_file" ADD CONSTRAINT "document_file_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "payment_document"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand from here on: what the datamodel cannot say.

ALTER TABLE "document_request"
    ADD CONSTRAINT "document_request_kind_known" CHECK ("kind" IN ('INVOICE', 'RECEIPT', 'CREDIT_NOTE', 'CANCELLATION')),
    ADD CONSTRAINT "document_request_issued_is_settled" CHECK ("document_id" IS NULL OR "attempt_at" IS NULL);
CREATE INDEX "document_request_attempt_idx" ON "document_request" ("attempt_at") WHERE "attempt_at" IS NOT NULL;
CREATE INDEX "document_request_archive_idx" ON "document_request" ("archive_at") WHERE "archive_at" IS NOT NULL;

ALTER TABLE "payment_document"
    ADD CONSTRAINT "payment_document_kind_known" CHECK ("kind" IN ('INVOICE', 'RECEIPT', 'CREDIT_NOTE')),
    ADD CONSTRAINT "payment_document_sequence" CHECK ("sequence" > 0);
ALTER TABLE "document_series" ADD CONSTRAINT "document_series_last" CHECK ("last" > 0);
ALTER TABLE "document_file" ADD CONSTRAINT "document_file_format_known" CHECK ("format" IN ('PDF', 'HTML'));

-- What was issued stays as it was issued.
CREATE FUNCTION "payment_document_is_final"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an issued document never changes' USING ERRCODE = 'restrict_violation';
END;
$$;
CREATE TRIGGER "payment_document_is_final" BEFORE UPDATE OR DELETE ON "payment_document"
    FOR EACH ROW EXECUTE FUNCTION "payment_document_is_final"();
CREATE TRIGGER "document_file_is_final" BEFORE UPDATE OR DELETE ON "document_file"
    FOR EACH ROW EXECUTE FUNCTION "payment_document_is_final"();

-- Whoever books money that came from a customer or went back to him, its document is asked for in the same statement. Money for an
-- edit that makes an order dearer asks for the edit's invoice, too.
CREATE FUNCTION "ledger_entry_asks_for_document"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "document_request" ("source", "kind", "order_id", "payment_id", "refund_id")
    SELECT NEW."transaction_id",
        CASE WHEN NEW."transaction_id" LIKE 'capture:%' THEN 'RECEIPT' WHEN NEW."amount_cents" > 0 THEN 'CREDIT_NOTE' ELSE 'CANCELLATION' END,
        p."order_id", p."id", NEW."refund_id"
    FROM "payment" p WHERE p."id" = NEW."payment_id"
    ON CONFLICT DO NOTHING;
    IF NEW."transaction_id" LIKE 'capture:%' THEN
        INSERT INTO "document_request" ("source", "kind", "order_id", "payment_id")
        SELECT 'invoice:' || p."purpose_id", 'INVOICE', p."order_id", p."id"
        FROM "payment" p WHERE p."id" = NEW."payment_id" AND p."purpose_id" <> p."order_id"
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER "ledger_entry_asks_for_document" AFTER INSERT ON "ledger_entry" FOR EACH ROW
    WHEN (NEW."account" = 'orders' AND (NEW."transaction_id" LIKE 'capture:%' OR NEW."refund_id" IS NOT NULL))
    EXECUTE FUNCTION "ledger_entry_asks_for_document"();

ALTER TABLE "reconciliation_run"
    ADD CONSTRAINT "reconciliation_run_state_known" CHECK ("state" IN ('REQUESTED', 'RUNNING', 'SUCCEEDED', 'FAILED')),
    ADD CONSTRAINT "reconciliation_run_leased_iff_running" CHECK (("lease_until" IS NOT NULL) = ("state" = 'RUNNING'));
-- Single flight: a provider's list is read by one process at a time.
CREATE UNIQUE INDEX "reconciliation_run_open_key" ON "reconciliation_run" ("provider") WHERE "state" IN ('REQUESTED', 'RUNNING');
CREATE INDEX "reconciliation_run_succeeded_idx" ON "reconciliation_run" ("provider", "range_to" DESC) WHERE "state" = 'SUCCEEDED';

ALTER TABLE "reconciliation_difference"
    ADD CONSTRAINT "reconciliation_difference_state_known" CHECK ("state" IN ('OPEN', 'RESOLVED')),
    ADD CONSTRAINT "reconciliation_difference_resolved_iff" CHECK (("state" = 'RESOLVED') = ("resolved_at" IS NOT NULL));
-- Movements whose fee is not in the ledger yet.
CREATE INDEX "provider_transaction_fee_idx" ON "provider_transaction" ("provider") WHERE "fee_booked_at" IS NULL AND "fee_cents" <> 0;
