-- Who does one part of a shop's work needs no more rights than for that; STAFF still has all of the daily work.
ALTER TYPE "role" ADD VALUE IF NOT EXISTS 'SUPPORT' BEFORE 'STAFF';
ALTER TYPE "role" ADD VALUE IF NOT EXISTS 'CATALOGUE_MANAGER' BEFORE 'STAFF';
-- Links of an e-mail change: for the new address, and for the old one to undo it.
ALTER TYPE "token_purpose" ADD VALUE IF NOT EXISTS 'CHANGE_EMAIL';
ALTER TYPE "token_purpose" ADD VALUE IF NOT EXISTS 'UNDO_EMAIL_CHANGE';
-- When and why an account was disabled.
ALTER TABLE "account"
    ADD COLUMN "deactivated_at" TIMESTAMPTZ(3),
    ADD COLUMN "deactivation_reason" TEXT;
