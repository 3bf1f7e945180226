-- What a changed order no longer needs, once per key; what was asked for is kept, so that a book-keeper can follow it.
CREATE TABLE "stock_reduction" (
    "key" TEXT NOT NULL,
    "stock_ids" TEXT[] NOT NULL,
    "variants" TEXT[] NOT NULL,
    "quantities" INTEGER[] NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "stock_reduction_pkey" PRIMARY KEY ("key")
);

-- By hand from here on: what the datamodel cannot say.

-- Locks everything that these stock ids hold, in the order in which all stock functions lock: first the ids, then the
-- inventory rows by variant. The functions that are called afterwards find their locks taken.
CREATE FUNCTION "stock_lock"(p_ids text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_id text;
BEGIN
    FOR v_id IN SELECT DISTINCT id FROM unnest(p_ids) AS held(id) ORDER BY id LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended('souk_stock:' || v_id, 0));
    END LOOP;
    PERFORM 1 FROM inventory WHERE variant_id IN (SELECT variant_id FROM reservation WHERE order_id = ANY (p_ids))
    ORDER BY variant_id FOR NO KEY UPDATE;
END;
$$;

-- Sells what several stock ids of one order hold: all of it, or nothing when one of them is short or was cancelled. An id from
-- which an edit took everything holds nothing and stands in nobody's way.
-- Answers as stock_commit does; RELEASED when there is nothing at all.
CREATE FUNCTION "stock_commit_all"(p_ids text[], p_actor text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    v_id text;
    v_answer jsonb := jsonb_build_object('outcome', 'RELEASED', 'short', '[]'::jsonb);
BEGIN
    PERFORM stock_lock(p_ids);
    FOR v_id IN SELECT DISTINCT order_id FROM reservation WHERE order_id = ANY (p_ids) ORDER BY order_id LOOP
        v_answer := stock_commit(v_id, p_actor);
        IF v_answer->>'outcome' <> 'COMMITTED' THEN
            RAISE EXCEPTION USING ERRCODE = 'SK001', MESSAGE = v_answer::text;
        END IF;
    END LOOP;
    RETURN v_answer;
EXCEPTION WHEN SQLSTATE 'SK001' THEN
    -- What was sold above is undone with this block.
    RETURN SQLERRM::jsonb;
END;
$$;

-- Gives back what several stock ids hold; see stock_release. Answers COMMITTED when one of them is sold.
CREATE FUNCTION "stock_release_all"(p_ids text[], p_as_of timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    v_id text;
    v_one jsonb;
    v_answer jsonb := jsonb_build_object('outcome', 'RELEASED', 'short', '[]'::jsonb);
BEGIN
    PERFORM stock_lock(p_ids);
    FOR v_id IN SELECT DISTINCT id FROM unnest(p_ids) AS held(id) ORDER BY id LOOP
        v_one := stock_release(v_id, p_as_of);
        IF v_one->>'outcome' <> 'RELEASED' THEN
            v_answer := v_one;
        END IF;
    END LOOP;
    RETURN v_answer;
END;
$$;

-- Ends what several stock ids hold for good; see stock_cancel.
CREATE FUNCTION "stock_cancel_all"(p_ids text[], p_actor text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    v_id text;
BEGIN
    PERFORM stock_lock(p_ids);
    FOR v_id IN SELECT DISTINCT id FROM unnest(p_ids) AS held(id) ORDER BY id LOOP
        PERFORM stock_cancel(v_id, p_actor);
    END LOOP;
    RETURN jsonb_build_object('outcome', 'RELEASED', 'short', '[]'::jsonb);
END;
$$;

-- Takes units out of what an order holds, once per key, from the last of its stock ids that has some. What is reserved is free
-- again, what is sold goes back to the shelf (a RETURN movement), and what was released or cancelled before stays given back and
-- is only not taken again: so it may come before or after the order's commit, release or cancellation.
-- Answers {outcome: APPLIED | REPLAYED, missing: [{variantId, quantity}]}: units that no stock id held.
CREATE FUNCTION "stock_reduce"(p_ids text[], p_key text, p_variants text[], p_quantities int[], p_actor text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    v_want record;
    v_held record;
    v_left int;
    v_take int;
    v_missing jsonb := '[]'::jsonb;
BEGIN
    PERFORM stock_lock(p_ids);
    INSERT INTO stock_reduction (key, stock_ids, variants, quantities) VALUES (p_key, p_ids, p_variants, p_quantities)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN jsonb_build_object('outcome', 'REPLAYED', 'missing', v_missing);
    END IF;
    FOR v_want IN
        SELECT variant_id, sum(quantity)::int AS quantity
        FROM unnest(p_variants, p_quantities) AS line(variant_id, quantity) GROUP BY variant_id ORDER BY variant_id
    LOOP
        v_left := v_want.quantity;
        FOR v_held IN
            SELECT r.order_id, r.quantity, r.state FROM reservation r
            WHERE r.order_id = ANY (p_ids) AND r.variant_id = v_want.variant_id
            ORDER BY array_position(p_ids, r.order_id) DESC
        LOOP
            EXIT WHEN v_left = 0;
            v_take := least(v_left, v_held.quantity);
            v_left := v_left - v_take;
            IF v_take = v_held.quantity THEN
                DELETE FROM reservation WHERE order_id = v_held.order_id AND variant_id = v_want.variant_id;
            ELSE
                UPDATE reservation SET quantity = quantity - v_take
                WHERE order_id = v_held.order_id AND variant_id = v_want.variant_id;
            END IF;
            IF v_held.state = 'ACTIVE' THEN
                UPDATE inventory SET reserved = reserved - v_take WHERE variant_id = v_want.variant_id;
            ELSIF v_held.state = 'COMMITTED' THEN
                UPDATE inventory SET on_hand = on_hand + v_take, sold = greatest(sold - v_take, 0)
                WHERE variant_id = v_want.variant_id;
                INSERT INTO stock_movement (variant_id, type, quantity, reason, order_id, actor)
                VALUES (v_want.variant_id, 'RETURN', v_take, 'RETURN_RESTOCK', v_held.order_id, p_actor);
            END IF;
        END LOOP;
        IF v_left > 0 THEN
            v_missing := v_missing || jsonb_build_object('variantId', v_want.variant_id, 'quantity', v_left);
        END IF;
    END LOOP;
    -- Nothing is left of it: a reservation that is still on its way must not take the stock again.
    INSERT INTO closed_order (order_id)
    SELECT id FROM unnest(p_ids) AS held(id) WHERE NOT EXISTS (SELECT 1 FROM reservation WHERE order_id = held.id)
    ON CONFLICT DO NOTHING;
    RETURN jsonb_build_object('outcome', 'APPLIED', 'missing', v_missing);
END;
$$;
