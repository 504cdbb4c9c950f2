-- Row level security: a command post sees and writes the register and the ledger of its own parcels alone.

-- +goose Up

-- Where a thing belongs from now on: born with it, and kept by the triggers below when it moves.
ALTER TABLE subject ADD COLUMN parcel int;
ALTER TABLE subject ADD CONSTRAINT subject_parcel FOREIGN KEY (parcel) REFERENCES subject (subject_id);
CREATE INDEX subject_by_parcel ON subject (parcel, kind, subject_id);
UPDATE subject SET parcel = subject_id WHERE kind = 'parcel';
UPDATE subject s SET parcel = v.parcel FROM plot_version v WHERE v.fid = s.subject_id AND upper_inf(v.known) AND upper_inf(v.valid);
UPDATE subject s SET parcel = v.parcel FROM holding_version v WHERE v.holding = s.subject_id AND upper_inf(v.known) AND upper_inf(v.valid);
UPDATE subject s SET parcel = c.parcel FROM contract c WHERE c.contract = s.subject_id;
UPDATE subject s SET parcel = h.parcel FROM building_version v JOIN subject h ON h.subject_id = v.holding WHERE v.building = s.subject_id AND upper_inf(v.known) AND upper_inf(v.valid);

-- A party is seen by the posts whose holdings it has a share in, and by the post that entered it.
ALTER TABLE party ADD COLUMN post_id int DEFAULT acting_post();
ALTER TABLE party ADD CONSTRAINT party_post FOREIGN KEY (post_id) REFERENCES command_post (post_id);
UPDATE party SET post_id = NULL WHERE post_id IS NOT NULL;

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION feature_is_subject() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO subject (subject_id, kind, code, parcel)
    VALUES (NEW.fid, CASE NEW.collection WHEN 'plots' THEN 'plot' ELSE 'parcel' END, NEW.code, CASE NEW.collection WHEN 'parcels' THEN NEW.fid END);
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION plot_belongs() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE subject s SET parcel = m.parcel
    FROM   moved m
    WHERE  s.subject_id = m.fid AND m.parcel IS NOT NULL AND upper_inf(m.known) AND upper_inf(m.valid) AND s.parcel IS DISTINCT FROM m.parcel;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION holding_belongs() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE subject s SET parcel = m.parcel
    FROM   moved m
    WHERE  s.subject_id = m.holding AND upper_inf(m.known) AND upper_inf(m.valid) AND s.parcel IS DISTINCT FROM m.parcel;
    UPDATE subject s SET parcel = m.parcel
    FROM   moved m JOIN building_version b ON b.holding = m.holding AND upper_inf(b.known) AND upper_inf(b.valid)
    WHERE  s.subject_id = b.building AND upper_inf(m.known) AND upper_inf(m.valid) AND s.parcel IS DISTINCT FROM m.parcel;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION building_belongs() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE subject s SET parcel = h.parcel
    FROM   moved m JOIN subject h ON h.subject_id = m.holding
    WHERE  s.subject_id = m.building AND upper_inf(m.known) AND upper_inf(m.valid) AND s.parcel IS DISTINCT FROM h.parcel;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION contract_belongs() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE subject s SET parcel = m.parcel FROM moved m WHERE s.subject_id = m.contract AND s.parcel IS DISTINCT FROM m.parcel;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER plot_version_belongs     AFTER INSERT ON plot_version     REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION plot_belongs();
CREATE TRIGGER feature_version_belongs  AFTER INSERT ON feature_version  REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION plot_belongs();
CREATE TRIGGER contract_belongs         AFTER INSERT ON contract         REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION contract_belongs();
CREATE TRIGGER holding_version_belongs  AFTER INSERT ON holding_version  REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION holding_belongs();
CREATE TRIGGER building_version_belongs AFTER INSERT ON building_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION building_belongs();

-- The map's own things, plots and parcels, are everybody's; of the others a command post sees those in its parcels.
-- Codes are sequences, so that a gap between two of them can be seen; what stands in it cannot.
ALTER TABLE subject ENABLE ROW LEVEL SECURITY;
CREATE POLICY subject_of_post ON subject USING (kind IN ('plot', 'parcel') OR (SELECT acting_sees_all()) OR parcel = ANY ((SELECT acting_parcels())::int[]));

-- What is the acting command post's own, by number: policies read these views, which see the whole table as its owner does,
-- since a policy that read a table with a policy of its own was planned six times over, and took 30 ms for that alone.
CREATE VIEW own_thing AS
    SELECT s.subject_id FROM subject s WHERE s.parcel = ANY ((SELECT acting_parcels())::int[]);
CREATE VIEW own_party AS
    SELECT h.party_id FROM holding_party h JOIN subject s ON s.subject_id = h.holding WHERE s.kind = 'holding' AND s.parcel = ANY ((SELECT acting_parcels())::int[])
    UNION ALL SELECT p.party_id FROM party p WHERE p.post_id = (SELECT acting_post());
CREATE VIEW own_fact AS
    SELECT f.fact_id FROM fact f JOIN subject s ON s.subject_id = f.subject_id WHERE s.parcel = ANY ((SELECT acting_parcels())::int[]);
GRANT SELECT ON own_thing, own_party, own_fact TO zhengbei_service;

-- Policies name the thing that a row is about; the account is read once a statement.
-- A row that begins may name no thing of another post as the other end either; what only keeps its days from before may.
-- +goose StatementBegin
DO $$
DECLARE
    t record;
    mine text := 'EXISTS (SELECT FROM own_thing o WHERE o.subject_id = %1$I.%2$I)';
BEGIN
    FOR t IN SELECT * FROM (VALUES
        ('holding_version', 'holding', 'parcel'), ('holding_party', 'holding', NULL), ('holding_land', 'holding', 'plot'), ('building_version', 'building', 'holding'), ('tenant', 'building', NULL),
        ('contract', 'contract', NULL), ('contract_version', 'contract', NULL), ('contract_holding', 'contract', 'holding'), ('fact', 'subject_id', NULL)) AS v(name, about, other)
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t.name);
        EXECUTE format('CREATE POLICY %1$s_of_post ON %1$I USING ((SELECT acting_sees_all()) OR ' || mine || ')', t.name, t.about);
        IF t.other IS NOT NULL THEN
            EXECUTE format('CREATE POLICY %1$s_within ON %1$I AS RESTRICTIVE FOR INSERT WITH CHECK ((SELECT acting_sees_all()) OR NOT upper_inf(valid) OR ' || mine || ')', t.name, t.other);
        END IF;
    END LOOP;
END
$$;
-- +goose StatementEnd
ALTER TABLE fact_evidence ENABLE ROW LEVEL SECURITY;
CREATE POLICY fact_evidence_of_post ON fact_evidence USING ((SELECT acting_sees_all()) OR EXISTS (SELECT FROM own_fact f WHERE f.fact_id = fact_evidence.fact_id));
-- A number of eight bytes keeps the search in holding_party_by_party: holding_party_one takes it only for four, and is walked whole for the second of its columns.
ALTER TABLE party ENABLE ROW LEVEL SECURITY;
CREATE POLICY party_of_post ON party USING ((SELECT acting_sees_all()) OR post_id = (SELECT acting_post()) OR EXISTS (SELECT FROM own_party o WHERE o.party_id = party.party_id::bigint));
ALTER TABLE party_version ENABLE ROW LEVEL SECURITY;
CREATE POLICY party_version_of_post ON party_version USING ((SELECT acting_sees_all()) OR EXISTS (SELECT FROM own_party o WHERE o.party_id = party_version.party_id::bigint));

-- Locks what the acting account sees of these things, and all that rests on it: whoever may not see a thing cannot wait for it either.
-- +goose StatementBegin
CREATE FUNCTION ledger_lock_seen(ids int[]) RETURNS int[] LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN ledger_lock(ARRAY(SELECT s.subject_id FROM subject s WHERE s.subject_id = ANY (ids)
        AND (s.kind IN ('plot', 'parcel') OR (SELECT acting_sees_all()) OR s.parcel = ANY ((SELECT acting_parcels())::int[]))));
END
$$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION ledger_lock_seen(int[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_lock_seen(int[]) TO zhengbei_service;
REVOKE EXECUTE ON FUNCTION ledger_lock(int[]) FROM zhengbei_service;

-- Which holding has land on which plot, which contract covers which holding, and of which kind it is, as numbers alone and for whoever asks:
-- the figures of the round are the same for everybody who sees the map, and are summed from them.
-- +goose StatementBegin
CREATE FUNCTION links_of_land(ids int[]) RETURNS TABLE (holding int, plot int, valid daterange, known tstzrange) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT l.holding, l.plot, l.valid, l.known FROM holding_land l WHERE ids IS NULL OR l.holding = ANY (ids)
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION links_of_contracts(ids int[]) RETURNS TABLE (contract int, holding int, valid daterange, known tstzrange) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.contract, c.holding, c.valid, c.known FROM contract_holding c WHERE ids IS NULL OR c.contract = ANY (ids)
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION kinds_of_contracts(ids int[]) RETURNS TABLE (contract int, kind text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.contract, c.kind FROM contract c WHERE ids IS NULL OR c.contract = ANY (ids)
$$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION links_of_land(int[]), links_of_contracts(int[]), kinds_of_contracts(int[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION links_of_land(int[]), links_of_contracts(int[]), kinds_of_contracts(int[]) TO zhengbei_service;

-- Since when a thing has been at its stage. IS TRUE keeps the clocks out of the search: the states of one thing are few, those that hold on a day are all.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION stage_since(level text, thing int, on_day date, as_known timestamptz) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT min(coalesce(lower(s.valid), '-infinity'))
    FROM   subject_state s
    WHERE  s.kind = level AND s.subject_id = thing AND (s.known @> as_known) IS TRUE AND coalesce(lower(s.valid), '-infinity') <= on_day
    AND    coalesce(lower(s.valid), '-infinity') >= coalesce((
               SELECT max(upper(o.valid))
               FROM   subject_state o
               JOIN   subject_state n ON n.kind = level AND n.subject_id = thing AND (n.known @> as_known) IS TRUE AND (n.valid @> on_day) IS TRUE
               WHERE  o.kind = level AND o.subject_id = thing AND (o.known @> as_known) IS TRUE AND upper(o.valid) <= on_day AND o.stage <> n.stage), '-infinity')
$$;
-- +goose StatementEnd

-- The corrections of an accepted boundary that somebody else than this account recorded: nobody approves their own.
-- +goose StatementBegin
CREATE FUNCTION plot_corrections_of_others(plot int, account text) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT array(SELECT c.value ->> 'hash' FROM fact c WHERE c.subject_id = plot AND c.kind = 'boundary_corrected' AND c.value ? 'hash' AND c.recorded_by <> account
                 AND NOT EXISTS (SELECT FROM fact x WHERE x.voids = c.fact_id))
$$;
-- +goose StatementEnd
