-- Links that are mailed: another confirmation, and a new password.
ALTER TYPE "token_purpose" ADD VALUE IF NOT EXISTS 'RESET_PASSWORD';
-- When a link was asked for: how soon the next one may be, and until when a token may be made for it.
ALTER TABLE "account"
    ADD COLUMN "confirmation_requested_at" TIMESTAMPTZ(3),
    ADD COLUMN "password_reset_requested_at" TIMESTAMPTZ(3);
