-- The second factor of an account: one-time passwords by the clock, with recovery codes.
CREATE TABLE "second_factor" (
    "account_id" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "secret" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "last_step" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "last_attempt_id" TEXT,
    "last_attempt_at" TIMESTAMPTZ(3),
    "not_before" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "second_factor_pkey" PRIMARY KEY ("account_id")
);

CREATE TABLE "recovery_code" (
    "hash" BYTEA NOT NULL,
    "account_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "recovery_code_pkey" PRIMARY KEY ("hash")
);

CREATE TABLE "second_factor_challenge" (
    "hash" BYTEA NOT NULL,
    "account_id" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "second_factor_challenge_pkey" PRIMARY KEY ("hash")
);

CREATE INDEX "recovery_code_account_id_idx" ON "recovery_code"("account_id");

CREATE INDEX "second_factor_challenge_account_id_idx" ON "second_factor_challenge"("account_id");

CREATE INDEX "second_factor_challenge_expires_at_idx" ON "second_factor_challenge"("expires_at");

ALTER TABLE "second_factor" ADD CONSTRAINT "second_factor_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "recovery_code" ADD CONSTRAINT "recovery_code_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "second_factor"("account_id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "second_factor_challenge" ADD CONSTRAINT "second_factor_challenge_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "second_factor"("account_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Whether this session has passed the second factor. Sessions from before have not: there was none.
ALTER TABLE "session" ADD COLUMN "second_factor" BOOLEAN NOT NULL DEFAULT false;
