-- Row level security: a command post sees and writes the register and the ledger of its own parcels alone.

-- +goose Up

-- Where a thing belongs from now on: born with it, and kept by the triggers below when it moves.
ALTER TABLE subject ADD COLUMN parcel int;
ALTER TABLE subject ADD CONSTRAINT subject_parcel FOREIGN KEY (parcel) REFERENCES subject (subject_id);
CREATE INDEX subject_by_parcel ON subject (parcel);
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

CREATE TRIGGER plot_version_belongs     AFTER INSERT ON plot_version     REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION plot_belongs();
CREATE TRIGGER feature_version_belongs  AFTER INSERT ON feature_version  REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION plot_belongs();
CREATE TRIGGER holding_version_belongs  AFTER INSERT ON holding_version  REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION holding_belongs();
CREATE TRIGGER building_version_belongs AFTER INSERT ON building_version REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION building_belongs();

-- Policies name the thing that a row is about; the account is read once a statement.
-- +goose StatementBegin
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT * FROM (VALUES
        ('holding_version', 'holding'), ('holding_party', 'holding'), ('holding_land', 'holding'), ('building_version', 'building'), ('tenant', 'building'),
        ('contract', 'contract'), ('contract_version', 'contract'), ('contract_holding', 'contract'), ('fact', 'subject_id')) AS v(name, about)
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t.name);
        EXECUTE format('CREATE POLICY %1$s_of_post ON %1$I USING ((SELECT acting_sees_all())
            OR EXISTS (SELECT FROM subject s WHERE s.subject_id = %1$I.%2$I AND s.parcel = ANY ((SELECT acting_parcels())::int[])))', t.name, t.about);
    END LOOP;
END
$$;
-- +goose StatementEnd
ALTER TABLE fact_evidence ENABLE ROW LEVEL SECURITY;
CREATE POLICY fact_evidence_of_post ON fact_evidence USING ((SELECT acting_sees_all()) OR EXISTS (SELECT FROM fact f WHERE f.fact_id = fact_evidence.fact_id));
ALTER TABLE party ENABLE ROW LEVEL SECURITY;
CREATE POLICY party_of_post ON party USING ((SELECT acting_sees_all()) OR post_id = (SELECT acting_post())
    OR EXISTS (SELECT FROM holding_party h WHERE h.party_id = party.party_id));
ALTER TABLE party_version ENABLE ROW LEVEL SECURITY;
CREATE POLICY party_version_of_post ON party_version USING ((SELECT acting_sees_all()) OR EXISTS (SELECT FROM party p WHERE p.party_id = party_version.party_id));
