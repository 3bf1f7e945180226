-- Accounts, sessions, addresses.

CREATE TYPE "role" AS ENUM ('CUSTOMER', 'STAFF', 'ADMIN');

CREATE TYPE "token_purpose" AS ENUM ('CONFIRM_EMAIL');

CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_key" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "email_verified_at" TIMESTAMPTZ(3),
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "roles" "role"[] NOT NULL,
    "first_name" TEXT,
    "last_name" TEXT,
    "phone" TEXT,
    "locale" TEXT,
    "default_shipping_id" TEXT,
    "default_billing_id" TEXT,
    "sequence" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "address" (
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "full_name" TEXT NOT NULL,
    "company" TEXT,
    "street_line_1" TEXT NOT NULL,
    "street_line_2" TEXT,
    "city" TEXT NOT NULL,
    "region" TEXT,
    "postal_code" TEXT,
    "country_code" TEXT NOT NULL,
    "phone" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "address_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "user_agent" TEXT,
    "ip" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "refresh_token" (
    "hash" BYTEA NOT NULL,
    "session_id" TEXT NOT NULL,
    "successor_hash" BYTEA,
    "used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "refresh_token_pkey" PRIMARY KEY ("hash")
);

CREATE TABLE "account_token" (
    "hash" BYTEA NOT NULL,
    "account_id" TEXT NOT NULL,
    "purpose" "token_purpose" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "account_token_pkey" PRIMARY KEY ("hash")
);

CREATE TABLE "login_throttle" (
    "key" BYTEA NOT NULL,
    "attempts" INTEGER NOT NULL,
    "last_attempt_id" TEXT NOT NULL,
    "last_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "not_before" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "login_throttle_pkey" PRIMARY KEY ("key")
);

CREATE UNIQUE INDEX "account_email_key_key" ON "account"("email_key");

CREATE INDEX "account_created_at_id_idx" ON "account"("created_at" DESC, "id" DESC);

CREATE INDEX "address_account_id_id_idx" ON "address"("account_id", "id");

CREATE INDEX "session_account_id_idx" ON "session"("account_id");

CREATE INDEX "refresh_token_session_id_idx" ON "refresh_token"("session_id");

CREATE INDEX "account_token_account_id_idx" ON "account_token"("account_id");

CREATE INDEX "login_throttle_last_attempt_at_idx" ON "login_throttle"("last_attempt_at");

ALTER TABLE "address" ADD CONSTRAINT "address_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "session" ADD CONSTRAINT "session_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "refresh_token" ADD CONSTRAINT "refresh_token_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "session"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "account_token" ADD CONSTRAINT "account_token_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "account"
    ADD CONSTRAINT "account_email_key_lower" CHECK ("email_key" = lower("email_key")),
    ADD CONSTRAINT "account_has_role" CHECK (cardinality("roles") > 0);
-- Search of staff in addresses and names.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX "account_search_idx" ON "account" USING gin (("email_key" || ' ' || coalesce("first_name", '') || ' ' || coalesce("last_name", '')) gin_trgm_ops);
-- What the purge deletes.
CREATE INDEX "session_expires_at_idx" ON "session" ("expires_at");
CREATE INDEX "account_token_expires_at_idx" ON "account_token" ("expires_at");

-- Exchanges a refresh token for its successor in one round trip. Outcomes: ROTATED · UNKNOWN · EXPIRED · REVOKED · REUSED (the
-- session was revoked for it just now) · DISABLED. A token that was used before counts as a lost answer, not as theft, when that was
-- at most p_grace ago, by the same client, and nobody has used its successor; the successor is dead from then on.
CREATE FUNCTION "session_rotate"(
    p_hash BYTEA, p_new_hash BYTEA, p_now TIMESTAMPTZ, p_grace INTERVAL, p_expires_at TIMESTAMPTZ, p_user_agent TEXT, p_ip TEXT
) RETURNS TABLE ("outcome" TEXT, "session_id" TEXT, "account_id" TEXT) LANGUAGE plpgsql AS $$
DECLARE
    v_session session%ROWTYPE;
    v_token refresh_token%ROWTYPE;
    v_successor_used BOOLEAN;
BEGIN
    SELECT s.* INTO v_session FROM session s JOIN refresh_token t ON t.session_id = s.id WHERE t.hash = p_hash FOR UPDATE OF s;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'UNKNOWN', NULL::text, NULL::text;
        RETURN;
    END IF;
    -- Read again under the session's lock: of two uses at once the second sees the first.
    SELECT t.* INTO v_token FROM refresh_token t WHERE t.hash = p_hash;
    IF v_session.revoked_at IS NOT NULL THEN
        RETURN QUERY SELECT 'REVOKED', v_session.id, v_session.account_id;
        RETURN;
    END IF;
    IF v_session.expires_at <= p_now THEN
        RETURN QUERY SELECT 'EXPIRED', v_session.id, v_session.account_id;
        RETURN;
    END IF;
    IF v_token.used_at IS NOT NULL THEN
        SELECT t.used_at IS NOT NULL INTO v_successor_used FROM refresh_token t WHERE t.hash = v_token.successor_hash;
        IF coalesce(v_successor_used, TRUE) OR v_token.used_at < p_now - p_grace OR v_session.user_agent IS DISTINCT FROM p_user_agent THEN
            UPDATE session s SET revoked_at = p_now WHERE s.id = v_session.id;
            RETURN QUERY SELECT 'REUSED', v_session.id, v_session.account_id;
            RETURN;
        END IF;
        UPDATE refresh_token t SET used_at = p_now WHERE t.hash = v_token.successor_hash;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM account a WHERE a.id = v_session.account_id AND a.is_active) THEN
        UPDATE session s SET revoked_at = p_now WHERE s.id = v_session.id;
        RETURN QUERY SELECT 'DISABLED', v_session.id, v_session.account_id;
        RETURN;
    END IF;
    INSERT INTO refresh_token (hash, session_id, created_at) VALUES (p_new_hash, v_session.id, p_now);
    UPDATE refresh_token t SET used_at = coalesce(t.used_at, p_now), successor_hash = p_new_hash WHERE t.hash = p_hash;
    UPDATE session s SET last_seen_at = p_now, expires_at = p_expires_at, ip = coalesce(p_ip, s.ip) WHERE s.id = v_session.id;
    RETURN QUERY SELECT 'ROTATED', v_session.id, v_session.account_id;
END;
$$;

-- Outbox and inbox of one service. Copy this file unchanged into the service's migration (packages/outbox/README.md has
-- the matching Prisma models). The test packages/outbox/src/tables.integration.test.ts runs it as it is.

-- One row per published event, written in the transaction of the change that it tells about.
-- `pending` names the consumers that have not acknowledged it yet; an empty `pending` settles the row.
CREATE TABLE "outbox_event" (
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "aggregate_id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "traceparent" TEXT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "causation_id" TEXT,
    "actor" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "pending" TEXT[] NOT NULL,
    "sends" INTEGER NOT NULL DEFAULT 0,
    "next_send_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_event_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "outbox_event_settled_iff_nothing_pending" CHECK ((cardinality("pending") = 0) = ("settled_at" IS NOT NULL))
);
-- What the relay claims, oldest due first; stays as small as the backlog.
CREATE INDEX "outbox_event_due_idx" ON "outbox_event" ("next_send_at") WHERE "settled_at" IS NULL;
-- What the purge deletes.
CREATE INDEX "outbox_event_settled_idx" ON "outbox_event" ("settled_at") WHERE "settled_at" IS NOT NULL;
-- The history of one aggregate.
CREATE INDEX "outbox_event_aggregate_idx" ON "outbox_event" ("aggregate_id", "sequence");

-- Wakes the relays when the writing transaction commits; once per statement, and Postgres folds equal notifications of one transaction.
CREATE FUNCTION "outbox_event_notify"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('souk_outbox', '');
    RETURN NULL;
END;
$$;
CREATE TRIGGER "outbox_event_notify" AFTER INSERT ON "outbox_event" FOR EACH STATEMENT EXECUTE FUNCTION "outbox_event_notify"();

-- Inbox: an event that a consumer has applied. Written in the transaction of the effect, so an event is applied exactly once.
CREATE TABLE "processed_event" (
    "event_id" TEXT NOT NULL,
    "consumer" TEXT NOT NULL,
    "processed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "processed_event_pkey" PRIMARY KEY ("event_id", "consumer")
);
-- What the purge of old inbox rows deletes.
CREATE INDEX "processed_event_processed_at_idx" ON "processed_event" ("processed_at");
