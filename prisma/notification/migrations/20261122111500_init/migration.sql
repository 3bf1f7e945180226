-- One message to one customer, at most one per event and channel.
CREATE TABLE "delivery" (
    "id" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "template" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "order_id" TEXT,
    "user_id" TEXT,
    "params" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "claimed_at" TIMESTAMPTZ(3),
    "next_attempt_at" TIMESTAMPTZ(3),
    "recipient" TEXT,
    "last_error" TEXT,
    "provider_message_id" TEXT,
    "traceparent" TEXT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "delivery_channel_known" CHECK ("channel" IN ('EMAIL', 'SMS')),
    CONSTRAINT "delivery_state_known" CHECK ("state" IN ('QUEUED', 'SENT', 'FAILED', 'SUPPRESSED')),
    CONSTRAINT "delivery_due_iff_queued" CHECK (("state" = 'QUEUED') = ("next_attempt_at" IS NOT NULL)),
    CONSTRAINT "delivery_claimed_only_while_queued" CHECK ("claimed_at" IS NULL OR "state" = 'QUEUED'),
    CONSTRAINT "delivery_sent_has_its_time" CHECK ("state" <> 'SENT' OR "sent_at" IS NOT NULL),
    CONSTRAINT "delivery_attempts_count" CHECK ("attempts" >= 0)
);
CREATE UNIQUE INDEX "delivery_event_id_channel_key" ON "delivery" ("event_id", "channel");
CREATE INDEX "delivery_order_id_created_at_idx" ON "delivery" ("order_id", "created_at");
CREATE INDEX "delivery_user_id_created_at_idx" ON "delivery" ("user_id", "created_at");
-- What the sweeper claims; as small as what still has to be sent.
CREATE INDEX "delivery_due_idx" ON "delivery" ("next_attempt_at") WHERE "state" = 'QUEUED';

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
