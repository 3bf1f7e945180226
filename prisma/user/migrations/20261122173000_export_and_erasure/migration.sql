-- What somebody may take with him, and the tombstones of who has gone.

CREATE TABLE "account_export" (
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_export_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "account_export_part" (
    "export_id" TEXT NOT NULL,
    "service" TEXT NOT NULL,
    "content" BYTEA,
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "account_export_part_pkey" PRIMARY KEY ("export_id","service")
);

CREATE TABLE "account_erasure" (
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "sequence" INTEGER NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "told" INTEGER NOT NULL DEFAULT 1,
    "tell_at" TIMESTAMPTZ(3),

    CONSTRAINT "account_erasure_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "account_erasure_part" (
    "erasure_id" TEXT NOT NULL,
    "service" TEXT NOT NULL,
    "erased_at" TIMESTAMPTZ(3),

    CONSTRAINT "account_erasure_part_pkey" PRIMARY KEY ("erasure_id","service")
);

CREATE INDEX "account_export_account_id_idx" ON "account_export"("account_id");

CREATE INDEX "account_export_expires_at_idx" ON "account_export"("expires_at");

CREATE UNIQUE INDEX "account_erasure_account_id_key" ON "account_erasure"("account_id");

CREATE UNIQUE INDEX "account_erasure_token_hash_key" ON "account_erasure"("token_hash");

CREATE INDEX "account_erasure_requested_at_idx" ON "account_erasure"("requested_at");

ALTER TABLE "account_export" ADD CONSTRAINT "account_export_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "account_export_part" ADD CONSTRAINT "account_export_part_export_id_fkey" FOREIGN KEY ("export_id") REFERENCES "account_export"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "account_erasure_part" ADD CONSTRAINT "account_erasure_part_erasure_id_fkey" FOREIGN KEY ("erasure_id") REFERENCES "account_erasure"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- By hand from here on: what the datamodel cannot say.

ALTER TABLE "account_export_part"
    ADD CONSTRAINT "account_export_part_delivered" CHECK (("content" IS NULL) = ("delivered_at" IS NULL));
-- What the sweeper tells again.
CREATE INDEX "account_erasure_tell_idx" ON "account_erasure" ("tell_at") WHERE "tell_at" IS NOT NULL;
-- What is waited for.
CREATE INDEX "account_erasure_part_waiting_idx" ON "account_erasure_part" ("erasure_id") WHERE "erased_at" IS NULL;
CREATE INDEX "account_export_part_waiting_idx" ON "account_export_part" ("export_id") WHERE "delivered_at" IS NULL;
