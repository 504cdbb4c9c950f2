-- Readers that keep states in memory read again only what moved: the ledger's stream of changes names the things.
-- +goose Up

-- Things whose states, edges, parts or register rows a transaction may have moved; null: any, as after all was derived anew.
ALTER TABLE outbox ADD COLUMN subjects int[],
    ADD CONSTRAINT outbox_subjects CHECK (subjects IS NULL OR collection = 'ledger');

DROP FUNCTION ledger_announce();
-- Tells every reader that figures may have moved, on the map or not.
-- +goose StatementBegin
CREATE FUNCTION ledger_announce(moved int[]) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO outbox (collection, subjects) VALUES ('ledger', moved);
    SELECT pg_notify('zhengbei_change', '');
$$;
-- +goose StatementEnd

-- As before, and answers what it derived, and all that rests on it.
DROP FUNCTION derive_noted();
-- +goose StatementBegin
CREATE FUNCTION derive_noted() RETURNS int[] LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    moment record;
    noted int[];
    whole int[];
    first timestamptz;
    last timestamptz;
    shapes boolean;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN -- its snapshot would be older than the locks
        RAISE EXCEPTION 'the ledger is written under READ COMMITTED only' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_isolation';
    END IF;
    SELECT array_agg(DISTINCT u.subject_id), min(u.at), max(u.at), bool_or(u.shape) INTO noted, first, last, shapes FROM underived u WHERE u.xact = pg_current_xact_id();
    whole := ledger_lock(noted);
    IF shapes THEN -- edges and zone parts lie between things that no one of them locks
        PERFORM pg_advisory_xact_lock(0, 3);
    END IF;
    IF EXISTS (SELECT FROM subject s WHERE s.subject_id IN (SELECT unnest(whole)) AND s.derived_at > first) -- a search in an array takes as long as it is: sets are joined
       OR EXISTS (SELECT r FROM rests_on(noted) r EXCEPT SELECT unnest(whole)) THEN
        RAISE EXCEPTION 'somebody wrote first' USING ERRCODE = 'serialization_failure', HINT = 'Lock the subjects before the clock is read, and begin anew.';
    END IF;
    FOR moment IN SELECT u.at, array_agg(DISTINCT u.subject_id) AS ids, array_agg(DISTINCT u.subject_id) FILTER (WHERE u.shape) AS shapes
                  FROM underived u WHERE u.xact = pg_current_xact_id() GROUP BY u.at ORDER BY u.at LOOP
        FOR part IN 0 .. (coalesce(cardinality(moment.shapes), 0) + 999) / 1000 - 1 LOOP
            PERFORM derive_shapes(moment.shapes[part * 1000 + 1 : (part + 1) * 1000], moment.at);
        END LOOP;
        PERFORM derive(moment.ids, moment.at);
    END LOOP;
    UPDATE subject s SET derived_at = last WHERE s.subject_id IN (SELECT unnest(whole));
    DELETE FROM underived WHERE xact = pg_current_xact_id();
    DELETE FROM underived_xact WHERE xact = pg_current_xact_id();
    RETURN whole;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION derive_at_commit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM ledger_announce(derive_noted());
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION ledger_says() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM ledger_announce('{}');
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION rebuild_states() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(0, 1);
    DELETE FROM subject_state;
    DELETE FROM plot_edge;
    DELETE FROM plot_zone;
    UPDATE subject SET derived_at = NULL WHERE derived_at IS NOT NULL;
    INSERT INTO underived (subject_id, at, shape)
    SELECT r.id, e.at, r.shape
    FROM  (SELECT fid AS id, known, true AS shape FROM plot_version
           UNION ALL SELECT fid, known, false FROM parcel_version
           UNION ALL SELECT holding, known, false FROM holding_version
           UNION ALL SELECT holding, known, false FROM holding_land
           UNION ALL SELECT plot, known, false FROM holding_land
           UNION ALL SELECT building, known, false FROM building_version
           UNION ALL SELECT holding, known, false FROM building_version
           UNION ALL SELECT plot, known, false FROM building_version
           UNION ALL SELECT contract, known, false FROM contract_version
           UNION ALL SELECT holding, known, false FROM contract_holding
           UNION ALL SELECT contract, known, false FROM contract_holding
           UNION ALL SELECT subject_id, tstzrange(recorded_at, NULL), false FROM fact
           UNION ALL SELECT v.fid, z.known, true FROM zone_version z JOIN plot_version v ON v.shape && z.shape) r
    CROSS JOIN LATERAL (VALUES (lower(r.known)), (upper(r.known))) e(at)
    WHERE e.at IS NOT NULL;
    PERFORM derive_noted();
    PERFORM ledger_announce(NULL);
END
$$;
-- +goose StatementEnd

REVOKE EXECUTE ON FUNCTION ledger_announce(int[]) FROM PUBLIC;
