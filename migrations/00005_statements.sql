-- What moved is noted once a statement and not once a row: of 4 million facts loaded at once the triggers of the rows were the slowest part.
-- +goose Up

DROP TRIGGER fact_moves ON fact;
DROP TRIGGER holding_version_moves ON holding_version;
DROP TRIGGER holding_land_moves ON holding_land;
DROP TRIGGER building_version_moves ON building_version;
DROP TRIGGER contract_version_moves ON contract_version;
DROP TRIGGER contract_holding_moves ON contract_holding;
DROP TRIGGER plot_version_moves ON plot_version;
DROP TRIGGER parcel_version_moves ON parcel_version;
DROP TRIGGER zone_version_moves ON zone_version;

-- Notes that this transaction has something to derive, if none of its instants is settled or has yet to come.
-- +goose StatementBegin
CREATE FUNCTION ledger_note(first timestamptz, last timestamptz) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO underived_xact DEFAULT VALUES ON CONFLICT DO NOTHING;
    PERFORM ledger_allows(first);
    PERFORM ledger_allows(last);
END
$$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION ledger_note(timestamptz, timestamptz) FROM PUBLIC;

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION fact_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM ledger_note(min(m.recorded_at), max(m.recorded_at)) FROM moved m HAVING count(*) > 0;
    INSERT INTO underived (subject_id, at, shape) SELECT DISTINCT m.subject_id, m.recorded_at, false FROM moved m;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
-- Notes whose states rows of the ledger move: the things named by the columns in the arguments, when a row began and when it was closed.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION register_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    things text := (SELECT string_agg(format('(m.%I)', c), ', ') FROM unnest(TG_ARGV) c);
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM ledger_note(min(lower(m.known)), max(lower(m.known))) FROM moved m HAVING count(*) > 0;
    ELSE
        PERFORM ledger_note(min(upper(m.known)), max(upper(m.known))) FROM moved m HAVING count(*) > 0;
    END IF;
    EXECUTE format('INSERT INTO underived (subject_id, at, shape)
                    SELECT DISTINCT t.id, e.at, false
                    FROM   moved m
                    CROSS  JOIN LATERAL (VALUES %s) t(id)
                    CROSS  JOIN LATERAL (VALUES (CASE WHEN $1 THEN lower(m.known) END), (upper(m.known))) e(at)
                    WHERE  e.at IS NOT NULL', things) USING TG_OP = 'INSERT';
    RETURN NULL;
END
$$;
-- +goose StatementEnd
-- A zone that moves moves the plots that it meets.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION shape_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM ledger_note(min(lower(m.known)), max(lower(m.known))) FROM moved m WHERE m.kind IN ('zone', 'parcel', 'plot') HAVING count(*) > 0;
    ELSE
        PERFORM ledger_note(min(upper(m.known)), max(upper(m.known))) FROM moved m WHERE m.kind IN ('zone', 'parcel', 'plot') HAVING count(*) > 0;
    END IF;
    INSERT INTO underived (subject_id, at, shape)
    SELECT DISTINCT t.fid, e.at, m.kind <> 'parcel'
    FROM   moved m
    CROSS  JOIN LATERAL (VALUES (CASE TG_OP WHEN 'INSERT' THEN lower(m.known) END), (upper(m.known))) e(at)
    CROSS  JOIN LATERAL (
           SELECT m.fid WHERE m.kind IN ('parcel', 'plot')
           UNION ALL SELECT v.fid FROM plot_version v WHERE m.kind = 'zone' AND v.shape && m.shape AND v.known @> e.at) t
    WHERE  e.at IS NOT NULL;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- A trigger with a table of what moved has one event, and is that of the table that the statement names: of a kind of feature or of all.
-- +goose StatementBegin
DO $$
DECLARE
    it record;
BEGIN
    FOR it IN SELECT * FROM (VALUES
            ('holding_version',  'register_moves(''holding'')'),
            ('holding_land',     'register_moves(''holding'', ''plot'')'),
            ('building_version', 'register_moves(''building'', ''holding'', ''plot'')'),
            ('contract_version', 'register_moves(''contract'')'),
            ('contract_holding', 'register_moves(''contract'', ''holding'')'),
            ('feature_version',  'shape_moves()'),
            ('plot_version',     'shape_moves()'),
            ('parcel_version',   'shape_moves()'),
            ('zone_version',     'shape_moves()')) t(name, call) LOOP
        EXECUTE format('CREATE TRIGGER %1$s_begins AFTER INSERT ON %1$I REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION %2$s', it.name, it.call);
        EXECUTE format('CREATE TRIGGER %1$s_closes AFTER UPDATE ON %1$I REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION %2$s', it.name, it.call);
    END LOOP;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER fact_begins AFTER INSERT ON fact REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION fact_moves();
