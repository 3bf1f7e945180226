-- When what an account may do has changed: access tokens from before are void at once.
ALTER TABLE "account" ADD COLUMN "auth_changed_at" TIMESTAMPTZ(3);
-- What is announced to the gateways: the changes of the last minutes.
CREATE INDEX "account_auth_changed_idx" ON "account" ("auth_changed_at") WHERE "auth_changed_at" IS NOT NULL;
CREATE INDEX "session_revoked_idx" ON "session" ("revoked_at") WHERE "revoked_at" IS NOT NULL;
