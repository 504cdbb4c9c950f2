-- What changed on the map is told once a statement and not once a row, as what moved is noted: of a file of plots that was the dearest of the triggers.
-- +goose Up

DROP TRIGGER feature_version_announce ON feature_version;

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION feature_version_announce() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.outbox (collection, fid, x_min, y_min, x_max, y_max)
    SELECT m.collection, m.fid, public.ST_XMin(m.shape_3857), public.ST_YMin(m.shape_3857), public.ST_XMax(m.shape_3857), public.ST_YMax(m.shape_3857) FROM moved m;
    IF FOUND THEN
        PERFORM pg_notify('zhengbei_change', '');
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY '{feature_version,zone_version,parcel_version,plot_version,context_version}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER %1$s_announces_new AFTER INSERT ON %1$I REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION feature_version_announce()', name);
        EXECUTE format('CREATE TRIGGER %1$s_announces_end AFTER UPDATE ON %1$I REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION feature_version_announce()', name);
    END LOOP;
END
$$;
-- +goose StatementEnd
