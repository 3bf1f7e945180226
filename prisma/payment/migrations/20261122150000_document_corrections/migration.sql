-- AlterTable
ALTER TABLE "document_request" ADD COLUMN     "amount_cents" BIGINT,
ADD COLUMN     "order_version" INTEGER;

-- By hand from here on: what the datamodel cannot say.

ALTER TABLE "document_request" DROP CONSTRAINT "document_request_kind_known";
ALTER TABLE "document_request"
    ADD CONSTRAINT "document_request_kind_known" CHECK ("kind" IN ('INVOICE', 'RECEIPT', 'CREDIT_NOTE', 'CANCELLATION', 'CORRECTION'));

-- Whoever books money that came from a customer or went back to him, its document is asked for in the same statement. The invoice of an
-- edit is asked for by the event that the order was edited, which says by how much.
CREATE OR REPLACE FUNCTION "ledger_entry_asks_for_document"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "document_request" ("source", "kind", "order_id", "payment_id", "refund_id")
    SELECT NEW."transaction_id",
        CASE WHEN NEW."transaction_id" LIKE 'capture:%' THEN 'RECEIPT' WHEN NEW."amount_cents" > 0 THEN 'CREDIT_NOTE' ELSE 'CANCELLATION' END,
        p."order_id", p."id", NEW."refund_id"
    FROM "payment" p WHERE p."id" = NEW."payment_id"
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END;
$$;
