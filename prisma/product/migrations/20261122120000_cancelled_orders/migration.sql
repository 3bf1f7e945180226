-- Cancelling is final, whether the order was paid or not, and whichever event comes first.
ALTER TYPE "reservation_state" ADD VALUE 'CANCELLED';
ALTER TYPE "movement_type" ADD VALUE 'RETURN';

-- As text: a value that this transaction adds cannot be used as an enum yet.
ALTER TABLE "stock_movement" DROP CONSTRAINT "stock_movement_sale";
ALTER TABLE "stock_movement"
    ADD CONSTRAINT "stock_movement_of_order" CHECK (
        ("type"::text IN ('SALE', 'RETURN')) = ("order_id" IS NOT NULL)
        AND ("type"::text <> 'SALE' OR "quantity" < 0)
        AND ("type"::text <> 'RETURN' OR "quantity" > 0));

-- Ends what an order holds for good: what is reserved is given back, what is sold goes back to the shelf.
-- A reservation or a sale of the same order that comes later finds it cancelled. Answers {outcome: RELEASED}.
CREATE FUNCTION "stock_cancel"(p_order text, p_actor text) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('souk_stock:' || p_order, 0));
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

-- Reserves all lines of an order or none. Lines of one variant count together.
-- Answers {outcome: RESERVED | COMMITTED | INSUFFICIENT_STOCK | RESERVATION_MISMATCH, short: [{variantId, requested, available}]}.
CREATE OR REPLACE FUNCTION "stock_reserve"(p_order text, p_variants text[], p_quantities int[], p_expires timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    v_wanted jsonb;
    v_held jsonb;
    v_sold boolean;
    v_cancelled boolean;
    v_short jsonb;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('souk_stock:' || p_order, 0));
    SELECT jsonb_object_agg(variant_id, quantity) INTO v_wanted
    FROM (SELECT variant_id, sum(quantity)::int AS quantity
          FROM unnest(p_variants, p_quantities) AS line(variant_id, quantity) GROUP BY variant_id) AS wanted;

    SELECT jsonb_object_agg(variant_id, quantity), bool_or(state = 'COMMITTED'), bool_or(state = 'CANCELLED') INTO v_held, v_sold, v_cancelled
    FROM reservation WHERE order_id = p_order AND state <> 'RELEASED';
    IF v_held IS NOT NULL THEN
        IF v_held <> v_wanted OR v_cancelled THEN
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
-- must not undo a later reservation of the same order. Answers {outcome: RELEASED | COMMITTED | RESERVED}.
CREATE OR REPLACE FUNCTION "stock_release"(p_order text, p_as_of timestamptz DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    v_state reservation_state;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('souk_stock:' || p_order, 0));
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
CREATE OR REPLACE FUNCTION "stock_commit"(p_order text, p_actor text) RETURNS jsonb
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
