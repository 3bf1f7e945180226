-- Similarity of words, for searches with typing errors. Trusted: the database's owner may create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Numbers the ledger, so that movements sort in the order in which they were written.
CREATE SEQUENCE "stock_movement_number";

-- CreateEnum
CREATE TYPE "reservation_state" AS ENUM ('ACTIVE', 'RELEASED', 'COMMITTED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "movement_type" AS ENUM ('ADJUSTMENT', 'SALE', 'RETURN');

-- CreateEnum
CREATE TYPE "inventory_reason" AS ENUM ('RECEIVED', 'CORRECTION', 'DAMAGED', 'RETURN_RESTOCK', 'CYCLE_COUNT');

-- CreateTable
CREATE TABLE "inventory" (
    "variant_id" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "on_hand" INTEGER NOT NULL DEFAULT 0,
    "reserved" INTEGER NOT NULL DEFAULT 0,
    "safety_stock" INTEGER NOT NULL DEFAULT 0,
    "sold" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "inventory_pkey" PRIMARY KEY ("variant_id")
);

-- CreateTable
CREATE TABLE "reservation" (
    "order_id" TEXT NOT NULL,
    "variant_id" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "state" "reservation_state" NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "reserved_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "reservation_pkey" PRIMARY KEY ("order_id","variant_id")
);

-- CreateTable
CREATE TABLE "stock_movement" (
    "id" TEXT NOT NULL DEFAULT ('mov_' || lpad((nextval('stock_movement_number'))::text, 16, '0')),
    "variant_id" TEXT NOT NULL,
    "type" "movement_type" NOT NULL,
    "quantity" INTEGER NOT NULL,
    "reason" "inventory_reason",
    "order_id" TEXT,
    "idempotency_key" TEXT,
    "actor" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "stock_movement_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "search_product" (
    "product_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sort_name" TEXT NOT NULL,
    "category_ids" TEXT[] NOT NULL,
    "variant_ids" TEXT[] NOT NULL,
    "facets" TEXT[] NOT NULL,
    "price_min" BIGINT,
    "price_max" BIGINT,
    "currency_code" TEXT,
    "search_text" TEXT NOT NULL,
    "document" tsvector NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "projected_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "search_product_pkey" PRIMARY KEY ("product_id")
);

-- CreateTable
CREATE TABLE "bulk_request" (
    "idempotency_key" TEXT NOT NULL,
    "input_hash" TEXT NOT NULL,
    "answer" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "bulk_request_pkey" PRIMARY KEY ("idempotency_key")
);

-- CreateTable
CREATE TABLE "closed_order" (
    "order_id" TEXT NOT NULL,
    "closed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "closed_order_pkey" PRIMARY KEY ("order_id")
);

-- CreateIndex
CREATE INDEX "inventory_product_id_idx" ON "inventory"("product_id");

-- CreateIndex
CREATE INDEX "reservation_variant_id_idx" ON "reservation"("variant_id");

-- CreateIndex
CREATE UNIQUE INDEX "stock_movement_idempotency_key_key" ON "stock_movement"("idempotency_key");

-- CreateIndex
CREATE INDEX "stock_movement_variant_id_created_at_idx" ON "stock_movement"("variant_id", "created_at");

-- AddForeignKey
ALTER TABLE "reservation" ADD CONSTRAINT "reservation_variant_id_fkey" FOREIGN KEY ("variant_id") REFERENCES "inventory"("variant_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stock_movement" ADD CONSTRAINT "stock_movement_variant_id_fkey" FOREIGN KEY ("variant_id") REFERENCES "inventory"("variant_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What may never be true, whatever the code does.
ALTER TABLE "inventory"
    ADD CONSTRAINT "inventory_never_oversold" CHECK ("reserved" >= 0 AND "reserved" <= "on_hand"),
    ADD CONSTRAINT "inventory_counts" CHECK ("on_hand" >= 0 AND "safety_stock" >= 0 AND "sold" >= 0);
ALTER TABLE "reservation"
    ADD CONSTRAINT "reservation_quantity" CHECK ("quantity" > 0),
    ADD CONSTRAINT "reservation_settled" CHECK (("state" = 'ACTIVE') = ("settled_at" IS NULL));
ALTER TABLE "stock_movement"
    ADD CONSTRAINT "stock_movement_quantity" CHECK ("quantity" <> 0),
    ADD CONSTRAINT "stock_movement_of_order" CHECK (
        ("type" IN ('SALE', 'RETURN')) = ("order_id" IS NOT NULL)
        AND ("type" <> 'SALE' OR "quantity" < 0)
        AND ("type" <> 'RETURN' OR "quantity" > 0));
-- A sale is booked once for an order.
CREATE UNIQUE INDEX "stock_movement_sale_once" ON "stock_movement" ("order_id", "variant_id") WHERE "type" = 'SALE';
-- What the safety net looks for.
CREATE INDEX "reservation_active_expires_at_idx" ON "reservation" ("expires_at") WHERE "state" = 'ACTIVE';

ALTER TABLE "search_product"
    ADD CONSTRAINT "search_product_status" CHECK ("status" IN ('DRAFT', 'ACTIVE', 'ARCHIVED', 'DELETED'));
CREATE INDEX "search_product_status_created_idx" ON "search_product" ("status", "created_at" DESC);
CREATE INDEX "search_product_category_ids_idx" ON "search_product" USING gin ("category_ids");
CREATE INDEX "search_product_facets_idx" ON "search_product" USING gin ("facets");
CREATE INDEX "search_product_document_idx" ON "search_product" USING gin ("document");
CREATE INDEX "search_product_search_text_idx" ON "search_product" USING gin ("search_text" gin_trgm_ops);

-- Stock functions. Each is one round trip and one transaction. Locks are always taken in the same order: the order
-- first (advisory), then inventory rows by variant id; so no two of them can wait for each other in a circle.

-- Reserves all lines of an order or none. Lines of one variant count together.
-- Answers {outcome: RESERVED | COMMITTED | RELEASED | INSUFFICIENT_STOCK | RESERVATION_MISMATCH, short: [{variantId, requested, available}]}.
CREATE FUNCTION "stock_reserve"(p_order text, p_variants text[], p_quantities int[], p_expires timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    v_wanted jsonb;
    v_held jsonb;
    v_sold boolean;
    v_short jsonb;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('souk_stock:' || p_order, 0));
    SELECT jsonb_object_agg(variant_id, quantity) INTO v_wanted
    FROM (SELECT variant_id, sum(quantity)::int AS quantity
          FROM unnest(p_variants, p_quantities) AS line(variant_id, quantity) GROUP BY variant_id) AS wanted;

    SELECT jsonb_object_agg(variant_id, quantity), bool_or(state = 'COMMITTED') INTO v_held, v_sold
    FROM reservation WHERE order_id = p_order AND state IN ('ACTIVE', 'COMMITTED');
    IF v_held IS NOT NULL THEN
        IF v_held <> v_wanted THEN
            RETURN jsonb_build_object('outcome', 'RESERVATION_MISMATCH', 'short', '[]'::jsonb);
        END IF;
        IF v_sold THEN
            RETURN jsonb_build_object('outcome', 'COMMITTED', 'short', '[]'::jsonb);
        END IF;
        -- reserved_at too: a release that was decided before this call must not take the stock away from it.
        UPDATE reservation SET expires_at = p_expires, reserved_at = clock_timestamp()
        WHERE order_id = p_order AND state = 'ACTIVE';
        RETURN jsonb_build_object('outcome', 'RESERVED', 'short', '[]'::jsonb);
    END IF;

    -- The call that gave the stock back has overtaken this one, which was on its way when its caller gave it up.
    IF EXISTS (SELECT 1 FROM closed_order WHERE order_id = p_order) THEN
        RETURN jsonb_build_object('outcome', 'RELEASED', 'short', '[]'::jsonb);
    END IF;

    PERFORM 1 FROM inventory WHERE variant_id = ANY (p_variants) ORDER BY variant_id FOR NO KEY UPDATE;
    -- A statement of its own, so that it sees what was committed while this one waited for the locks.
    SELECT jsonb_agg(jsonb_build_object('variantId', w.key, 'requested', w.value::int, 'available', stock.available)
                     ORDER BY w.key) INTO v_short
    FROM jsonb_each_text(v_wanted) AS w
    CROSS JOIN LATERAL (SELECT coalesce((SELECT greatest(on_hand - reserved - safety_stock, 0)
                                         FROM inventory WHERE variant_id = w.key), 0) AS available) AS stock
    WHERE stock.available < w.value::int;
    IF v_short IS NOT NULL THEN
        RETURN jsonb_build_object('outcome', 'INSUFFICIENT_STOCK', 'short', v_short);
    END IF;

    UPDATE inventory SET reserved = reserved + w.value::int
    FROM jsonb_each_text(v_wanted) AS w WHERE variant_id = w.key;
    DELETE FROM reservation WHERE order_id = p_order AND state = 'RELEASED';
    INSERT INTO reservation (order_id, variant_id, quantity, state, expires_at, reserved_at)
    SELECT p_order, w.key, w.value::int, 'ACTIVE', p_expires, clock_timestamp() FROM jsonb_each_text(v_wanted) AS w;
    RETURN jsonb_build_object('outcome', 'RESERVED', 'short', '[]'::jsonb);
END;
$$;

-- Gives back what an order holds. With p_as_of, only what was reserved (or renewed) before that moment: an old event
-- must not undo a later reservation of the same order. Without it the order never came to be: nothing can be reserved for
-- it any more. Answers {outcome: RELEASED | COMMITTED | RESERVED}.
CREATE FUNCTION "stock_release"(p_order text, p_as_of timestamptz DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    v_state reservation_state;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('souk_stock:' || p_order, 0));
    IF p_as_of IS NULL THEN
        INSERT INTO closed_order (order_id) VALUES (p_order) ON CONFLICT DO NOTHING;
    END IF;
    PERFORM 1 FROM inventory
    WHERE variant_id IN (SELECT variant_id FROM reservation WHERE order_id = p_order AND state = 'ACTIVE')
    ORDER BY variant_id FOR NO KEY UPDATE;
    WITH released AS (
        UPDATE reservation SET state = 'RELEASED', settled_at = clock_timestamp()
        WHERE order_id = p_order AND state = 'ACTIVE' AND (p_as_of IS NULL OR reserved_at <= p_as_of)
        RETURNING variant_id, quantity
    )
    UPDATE inventory SET reserved = reserved - released.quantity
    FROM released WHERE inventory.variant_id = released.variant_id;
    SELECT state INTO v_state FROM reservation WHERE order_id = p_order AND state IN ('ACTIVE', 'COMMITTED') LIMIT 1;
    RETURN jsonb_build_object('short', '[]'::jsonb, 'outcome',
        CASE v_state WHEN 'COMMITTED' THEN 'COMMITTED' WHEN 'ACTIVE' THEN 'RESERVED' ELSE 'RELEASED' END);
END;
$$;

-- Sells what an order holds: on hand and reserved go down together. An order whose reservation was released meanwhile
-- gets its stock if it is still there, else nothing changes. Answers {outcome: COMMITTED | INSUFFICIENT_STOCK | RELEASED, short}.
CREATE FUNCTION "stock_commit"(p_order text, p_actor text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    v_active boolean;
    v_sold boolean;
    v_short jsonb;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('souk_stock:' || p_order, 0));
    SELECT bool_or(state = 'ACTIVE'), bool_or(state = 'COMMITTED') INTO v_active, v_sold
    FROM reservation WHERE order_id = p_order AND state <> 'CANCELLED';
    IF v_active IS NULL THEN
        RETURN jsonb_build_object('outcome', 'RELEASED', 'short', '[]'::jsonb);
    END IF;
    IF v_sold THEN
        RETURN jsonb_build_object('outcome', 'COMMITTED', 'short', '[]'::jsonb);
    END IF;
    PERFORM 1 FROM inventory WHERE variant_id IN (SELECT variant_id FROM reservation WHERE order_id = p_order)
    ORDER BY variant_id FOR NO KEY UPDATE;
    IF NOT v_active THEN
        SELECT jsonb_agg(jsonb_build_object('variantId', variant_id, 'requested', quantity, 'available', available)
                         ORDER BY variant_id) INTO v_short
        FROM (SELECT r.variant_id, r.quantity, greatest(i.on_hand - i.reserved - i.safety_stock, 0) AS available
              FROM reservation r JOIN inventory i USING (variant_id) WHERE r.order_id = p_order) AS lines
        WHERE available < quantity;
        IF v_short IS NOT NULL THEN
            RETURN jsonb_build_object('outcome', 'INSUFFICIENT_STOCK', 'short', v_short);
        END IF;
        UPDATE inventory i SET reserved = i.reserved + r.quantity
        FROM reservation r WHERE r.order_id = p_order AND r.variant_id = i.variant_id;
    END IF;
    WITH sold AS (
        UPDATE reservation SET state = 'COMMITTED', settled_at = clock_timestamp()
        WHERE order_id = p_order RETURNING variant_id, quantity
    ), taken AS (
        UPDATE inventory i
        SET on_hand = i.on_hand - sold.quantity, reserved = i.reserved - sold.quantity, sold = i.sold + sold.quantity
        FROM sold WHERE i.variant_id = sold.variant_id
        RETURNING i.variant_id, sold.quantity
    )
    INSERT INTO stock_movement (variant_id, type, quantity, order_id, actor)
    SELECT variant_id, 'SALE', -quantity, p_order, p_actor FROM taken ORDER BY variant_id;
    RETURN jsonb_build_object('outcome', 'COMMITTED', 'short', '[]'::jsonb);
END;
$$;

-- Ends what an order holds for good: what is reserved is given back, what is sold goes back to the shelf.
-- A reservation or a sale of the same order that comes later finds it cancelled. Answers {outcome: RELEASED}.
CREATE FUNCTION "stock_cancel"(p_order text, p_actor text) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('souk_stock:' || p_order, 0));
    INSERT INTO closed_order (order_id) VALUES (p_order) ON CONFLICT DO NOTHING;
    PERFORM 1 FROM inventory WHERE variant_id IN (SELECT variant_id FROM reservation WHERE order_id = p_order)
    ORDER BY variant_id FOR NO KEY UPDATE;
    WITH held AS (
        SELECT variant_id, quantity, state FROM reservation WHERE order_id = p_order AND state <> 'CANCELLED'
    ), ended AS (
        UPDATE reservation SET state = 'CANCELLED', settled_at = clock_timestamp()
        WHERE order_id = p_order AND state <> 'CANCELLED'
    ), moved AS (
        UPDATE inventory i SET
            reserved = i.reserved - CASE held.state WHEN 'ACTIVE' THEN held.quantity ELSE 0 END,
            on_hand = i.on_hand + CASE held.state WHEN 'COMMITTED' THEN held.quantity ELSE 0 END,
            sold = greatest(i.sold - CASE held.state WHEN 'COMMITTED' THEN held.quantity ELSE 0 END, 0)
        FROM held WHERE i.variant_id = held.variant_id
    )
    INSERT INTO stock_movement (variant_id, type, quantity, reason, order_id, actor)
    SELECT variant_id, 'RETURN', quantity, 'RETURN_RESTOCK', p_order, p_actor
    FROM held WHERE state = 'COMMITTED' ORDER BY variant_id;
    RETURN jsonb_build_object('outcome', 'RELEASED', 'short', '[]'::jsonb);
END;
$$;

-- Changes the stock on hand by p_delta, or to p_target when that is given, once per key (p_key may be null).
-- Answers {outcome: APPLIED | NOT_FOUND | NEGATIVE_STOCK | CONFLICT | KEY_REUSED | TOO_LARGE, onHand, reserved}.
CREATE FUNCTION "stock_adjust"(p_variant text, p_delta int, p_target int, p_expected int, p_reason text, p_key text, p_actor text)
RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    v_stock inventory%ROWTYPE;
    v_done stock_movement%ROWTYPE;
    v_delta bigint;
    v_answer text := 'APPLIED';
BEGIN
    IF p_key IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('souk_adjust:' || p_key, 0));
    END IF;
    SELECT * INTO v_stock FROM inventory WHERE variant_id = p_variant FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN jsonb_build_object('outcome', 'NOT_FOUND', 'onHand', 0, 'reserved', 0);
    END IF;
    v_delta := coalesce(p_delta, p_target - v_stock.on_hand);
    SELECT * INTO v_done FROM stock_movement WHERE idempotency_key = p_key;
    IF FOUND THEN
        IF v_done.variant_id <> p_variant OR v_done.quantity <> p_delta OR v_done.reason::text <> p_reason THEN
            v_answer := 'KEY_REUSED';
        END IF;
    ELSIF p_expected IS NOT NULL AND p_expected <> v_stock.on_hand THEN
        v_answer := 'CONFLICT';
    ELSIF v_stock.on_hand + v_delta < v_stock.reserved THEN
        v_answer := 'NEGATIVE_STOCK';
    ELSIF v_stock.on_hand + v_delta > 1000000000 THEN
        v_answer := 'TOO_LARGE';
    ELSIF v_delta <> 0 THEN
        UPDATE inventory SET on_hand = on_hand + v_delta WHERE variant_id = p_variant;
        INSERT INTO stock_movement (variant_id, type, quantity, reason, idempotency_key, actor)
        VALUES (p_variant, 'ADJUSTMENT', v_delta, p_reason::inventory_reason, p_key, p_actor);
        v_stock.on_hand := v_stock.on_hand + v_delta;
    END IF;
    RETURN jsonb_build_object('outcome', v_answer, 'onHand', v_stock.on_hand, 'reserved', v_stock.reserved);
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
