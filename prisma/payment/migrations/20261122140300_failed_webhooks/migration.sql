-- What staff and the backlog's metrics look for: webhooks that were given up.
CREATE INDEX "webhook_event_failed_idx" ON "webhook_event" ("received_at") WHERE "status" = 'FAILED';
