-- What the housekeeping deletes, found without reading the rest.
CREATE INDEX "placement_refused_idx" ON "placement" ("updated_at") WHERE "step" IN ('REFUSED', 'ABANDONED');
CREATE INDEX "carrier_event_settled_idx" ON "carrier_event" ("settled_at") WHERE "settled_at" IS NOT NULL;
