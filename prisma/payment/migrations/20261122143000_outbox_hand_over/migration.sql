-- A writer that hands its events to its own relay wakes nobody, nor does a statement that writes no event (packages/outbox/sql/tables.sql).
CREATE OR REPLACE TRIGGER "outbox_event_notify" AFTER INSERT ON "outbox_event" FOR EACH ROW
    WHEN (NEW."sends" = 0 AND NEW."settled_at" IS NULL) EXECUTE FUNCTION "outbox_event_notify"();
