-- What was done by the rights of a role. Rows are only ever added; ids and codes, no personal data, and no foreign key: the log
-- outlives the accounts that it names.
CREATE TABLE "audit_entry" (
    "id" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "service" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "codes" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "request_id" TEXT NOT NULL,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "audit_entry_occurred_at_id_idx" ON "audit_entry"("occurred_at" DESC, "id" DESC);
CREATE INDEX "audit_entry_actor_id_occurred_at_id_idx" ON "audit_entry"("actor_id", "occurred_at" DESC, "id" DESC);
CREATE INDEX "audit_entry_subject_id_occurred_at_id_idx" ON "audit_entry"("subject_id", "occurred_at" DESC, "id" DESC);

CREATE FUNCTION "audit_entry_refuse"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_entry is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END;
$$;
CREATE TRIGGER "audit_entry_append_only" BEFORE UPDATE OR DELETE ON "audit_entry" FOR EACH ROW EXECUTE FUNCTION "audit_entry_refuse"();
CREATE TRIGGER "audit_entry_no_truncate" BEFORE TRUNCATE ON "audit_entry" FOR EACH STATEMENT EXECUTE FUNCTION "audit_entry_refuse"();

-- An e-mail address that an account wants to have, or has got: open until it is confirmed at the new address, to be undone from the old one.
CREATE TABLE "email_change" (
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "old_email" TEXT NOT NULL,
    "old_email_key" TEXT NOT NULL,
    "new_email" TEXT NOT NULL,
    "new_email_key" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "undone_at" TIMESTAMPTZ(3),

    CONSTRAINT "email_change_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "email_change_keys_lower" CHECK ("old_email_key" = lower("old_email_key") AND "new_email_key" = lower("new_email_key")),
    CONSTRAINT "email_change_undone_after_confirmed" CHECK ("undone_at" IS NULL OR "confirmed_at" IS NOT NULL)
);
CREATE INDEX "email_change_account_id_idx" ON "email_change"("account_id", "requested_at" DESC);
ALTER TABLE "email_change" ADD CONSTRAINT "email_change_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;
-- Addresses that were given up lately: nobody else gets them while their owner may take them back.
CREATE INDEX "email_change_old_email_key_idx" ON "email_change"("old_email_key") WHERE "confirmed_at" IS NOT NULL AND "undone_at" IS NULL;

ALTER TABLE "account_token" ADD COLUMN "email_change_id" TEXT;
ALTER TABLE "account_token" ADD CONSTRAINT "account_token_email_change_id_fkey" FOREIGN KEY ("email_change_id") REFERENCES "email_change"("id") ON DELETE CASCADE ON UPDATE CASCADE;
CREATE INDEX "account_token_email_change_id_idx" ON "account_token"("email_change_id");
