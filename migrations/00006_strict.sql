-- What no reader can count is refused where it is written, psql included.
-- +goose Up

-- A comparison with nothing is no refusal: these say that there is something.
ALTER TABLE plot_version ADD CONSTRAINT plot_version_disposed CHECK (disposition IS NOT NULL AND use_class IS NOT NULL);
ALTER TABLE subject ADD CONSTRAINT subject_number CHECK (subject_id > 0);

-- A range without end has no bound; one that ends at infinity would be compared and subtracted.
-- +goose StatementBegin
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY '{round_version,feature_version,command_post_version,command_post_parcel,party_version,holding_party,tenant,holding_version,holding_land,building_version,contract_version,contract_holding}'::text[] LOOP
        EXECUTE format('ALTER TABLE %1$I ADD CONSTRAINT %1$s_finite CHECK (isfinite(lower(valid)) IS NOT FALSE AND isfinite(upper(valid)) IS NOT FALSE
                        AND isfinite(lower(known)) IS NOT FALSE AND isfinite(upper(known)) IS NOT FALSE) NOT VALID', name);
    END LOOP;
END
$$;
-- +goose StatementEnd
