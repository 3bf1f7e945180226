-- Outbox and inbox of one service. Copy this file unchanged into the service's migration (packages/outbox/README.md has
-- the matching Prisma models). packages/outbox/src/tables.test.ts holds every copy to it.

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

-- Wakes the relays when the writing transaction commits; Postgres folds equal notifications of one transaction. What the writer hands
-- over itself (sends = 1) wakes nobody: a notification makes the commits of the whole cluster wait for each other.
CREATE FUNCTION "outbox_event_notify"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('souk_outbox', '');
    RETURN NULL;
END;
$$;
CREATE OR REPLACE TRIGGER "outbox_event_notify" AFTER INSERT ON "outbox_event" FOR EACH ROW
    WHEN (NEW."sends" = 0 AND NEW."settled_at" IS NULL) EXECUTE FUNCTION "outbox_event_notify"();

-- Inbox: an event that a consumer has applied. Written in the transaction of the effect, so an event is applied exactly once.
CREATE TABLE "processed_event" (
    "event_id" TEXT NOT NULL,
    "consumer" TEXT NOT NULL,
    "processed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "processed_event_pkey" PRIMARY KEY ("event_id", "consumer")
);
-- What the purge of old inbox rows deletes.
CREATE INDEX "processed_event_processed_at_idx" ON "processed_event" ("processed_at");
