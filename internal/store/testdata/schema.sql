CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';

CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public;

COMMENT ON EXTENSION postgis IS 'PostGIS geometry and geography spatial types and functions';

CREATE FUNCTION public.area_ellipsoidal_m2(shape public.geometry) RETURNS numeric
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    SELECT round(ST_Area(ST_Transform(shape, 4490)::geography, true)::numeric, 4)
$$;

ALTER FUNCTION public.area_ellipsoidal_m2(shape public.geometry) OWNER TO zhengbei_owner;

CREATE FUNCTION public.box_3857(x_min double precision, y_min double precision, x_max double precision, y_max double precision) RETURNS public.geometry
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    SELECT ST_SetSRID(ST_Envelope(ST_MakeLine(ST_Point(x_min, y_min), ST_Point(x_max, y_max))), 3857)
$$;

ALTER FUNCTION public.box_3857(x_min double precision, y_min double precision, x_max double precision, y_max double precision) OWNER TO zhengbei_owner;

CREATE FUNCTION public.feature_version_announce() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO public.outbox (collection, fid, x_min, y_min, x_max, y_max)
    VALUES (NEW.collection, NEW.fid, ST_XMin(NEW.shape_3857), ST_YMin(NEW.shape_3857), ST_XMax(NEW.shape_3857), ST_YMax(NEW.shape_3857));
    PERFORM pg_notify('zhengbei_change', '');
    RETURN NULL;
END
$$;

ALTER FUNCTION public.feature_version_announce() OWNER TO zhengbei_owner;

CREATE FUNCTION public.feature_version_measure() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM ledger_enter();
    IF NEW.known IS NULL THEN -- psql leaves it out; the clock is read behind the lock
        NEW.known := tstzrange(clock_timestamp(), NULL);
    END IF;
    NEW.recorded_at := coalesce(NEW.recorded_at, lower(NEW.known));
    NEW.shape_3857 := ST_Transform(NEW.shape, 3857);
    IF ST_Dimension(NEW.shape) = 2 THEN
        NEW.area_m2 := area_ellipsoidal_m2(NEW.shape);
        NEW.area_plane_m2 := round(ST_Area(NEW.shape)::numeric, 4);
    ELSE
        NEW.area_m2 := NULL;
        NEW.area_plane_m2 := NULL;
    END IF;
    RETURN NEW;
END
$$;

ALTER FUNCTION public.feature_version_measure() OWNER TO zhengbei_owner;

CREATE FUNCTION public.history_only_closes() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    reopened record;
BEGIN
    IF TG_OP = 'UPDATE' AND TG_LEVEL = 'ROW' THEN
        PERFORM ledger_enter();
        reopened := NEW;
        reopened.known := OLD.known;
        IF reopened IS NOT DISTINCT FROM OLD
           AND upper_inf(OLD.known) AND NOT upper_inf(NEW.known)
           AND lower(NEW.known) = lower(OLD.known) AND upper(NEW.known) > lower(OLD.known) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: history only closes an open known', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'history_only_closes',
              HINT = 'Set known = tstzrange(lower(known), clock_timestamp()) on the open row and insert the new one.';
END
$$;

ALTER FUNCTION public.history_only_closes() OWNER TO zhengbei_owner;

CREATE TABLE public.feature (
    fid integer NOT NULL,
    collection text NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    round_id integer,
    CONSTRAINT feature_code_form CHECK (
CASE collection
    WHEN 'zones'::text THEN (code ~ '^Z-[0-9]{2,}$'::text)
    WHEN 'parcels'::text THEN (code ~ '^P-[0-9]{2,}$'::text)
    WHEN 'plots'::text THEN (code ~ '^L-[0-9]{6,}$'::text)
    WHEN 'context'::text THEN (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text)
    ELSE false
END),
    CONSTRAINT feature_has_round CHECK (((round_id IS NULL) = (collection = 'context'::text)))
);

ALTER TABLE public.feature OWNER TO zhengbei_owner;

CREATE TABLE public.feature_version (
    collection text NOT NULL,
    fid integer NOT NULL,
    version integer NOT NULL,
    change text NOT NULL,
    kind text NOT NULL,
    name text,
    name_en text,
    name_status text,
    subdistrict text,
    subdistrict_en text,
    locality text,
    locality_en text,
    parcel integer,
    disposition text,
    use_class text,
    accuracy text NOT NULL,
    source text NOT NULL,
    source_en text NOT NULL,
    area_official_m2 numeric(14,4),
    published jsonb DEFAULT '{}'::jsonb NOT NULL,
    shape public.geometry(Geometry,4547) NOT NULL,
    shape_3857 public.geometry(Geometry,3857) NOT NULL,
    area_m2 numeric(14,4),
    area_plane_m2 numeric(14,4),
    valid daterange NOT NULL,
    known tstzrange NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    document_no text,
    CONSTRAINT feature_version_accuracy CHECK ((accuracy = ANY (ARRAY['approximate'::text, 'schematic'::text, 'surveyed'::text]))),
    CONSTRAINT feature_version_change CHECK ((change = ANY (ARRAY['created'::text, 'changed'::text, 'corrected'::text, 'noded'::text]))),
    CONSTRAINT feature_version_known CHECK (((NOT isempty(known)) AND (NOT lower_inf(known)))),
    CONSTRAINT feature_version_name_status CHECK ((name_status = ANY (ARRAY['confirmed'::text, 'probable'::text, 'placeholder'::text]))),
    CONSTRAINT feature_version_number CHECK ((version >= 1)),
    CONSTRAINT feature_version_official CHECK ((area_official_m2 > (0)::numeric)),
    CONSTRAINT feature_version_on_grid CHECK ((shape OPERATOR(public.=) public.st_snaptogrid(shape, (0.0001)::double precision))),
    CONSTRAINT feature_version_published CHECK ((jsonb_typeof(published) = 'object'::text)),
    CONSTRAINT feature_version_shape_valid CHECK ((public.st_isvalid(shape) AND (NOT public.st_isempty(shape)))),
    CONSTRAINT feature_version_valid CHECK ((NOT isempty(valid)))
)
PARTITION BY LIST (collection);

ALTER TABLE public.feature_version OWNER TO zhengbei_owner;

CREATE TABLE public.round (
    round_id integer NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    demo boolean DEFAULT false NOT NULL,
    CONSTRAINT round_code_form CHECK ((code ~ '^R-[0-9]{4}(-[0-9]+)?$'::text))
);

ALTER TABLE public.round OWNER TO zhengbei_owner;

CREATE VIEW public.land AS
 SELECT v.collection,
    v.fid,
    f.code,
    v.version,
    v.change,
    v.kind,
    v.name,
    v.name_en,
    v.name_status,
    v.subdistrict,
    v.subdistrict_en,
    v.locality,
    v.locality_en,
    p.code AS parcel,
    v.disposition,
    v.use_class,
    v.accuracy,
    v.source,
    v.source_en,
    v.area_m2,
    v.area_plane_m2,
    v.area_official_m2,
    v.published,
    v.shape,
    v.shape_3857,
    v.valid,
    v.known,
    v.recorded_at,
    v.recorded_by,
    v.reason,
    v.document_no,
    COALESCE(r.demo, false) AS demo
   FROM (((public.feature_version v
     JOIN public.feature f USING (collection, fid))
     LEFT JOIN public.feature p ON ((p.fid = v.parcel)))
     LEFT JOIN public.round r ON ((r.round_id = f.round_id)));

ALTER TABLE public.land OWNER TO zhengbei_owner;

CREATE FUNCTION public.land_on(layer text, days daterange, as_known timestamp with time zone) RETURNS SETOF public.land
    LANGUAGE sql STABLE
    AS $$
    SELECT v.*
    FROM   land v
    WHERE  v.collection = layer AND v.valid && days
    AND    v.known @> CASE WHEN layer = 'context' THEN 'infinity' ELSE as_known END -- rivers and stations give orientation, whatever was known of the land
    AND    (upper(days) - lower(days) = 1 OR NOT EXISTS (
               SELECT FROM feature_version later
               WHERE  later.collection = layer AND later.fid = v.fid AND later.known @> as_known
               AND    later.valid && days AND lower(later.valid) > lower(v.valid)))
$$;

ALTER FUNCTION public.land_on(layer text, days daterange, as_known timestamp with time zone) OWNER TO zhengbei_owner;

CREATE FUNCTION public.ledger_enter() RETURNS void
    LANGUAGE sql
    AS $$
    SELECT pg_advisory_xact_lock_shared(0, 1)
$$;

ALTER FUNCTION public.ledger_enter() OWNER TO zhengbei_owner;

CREATE FUNCTION public.ledger_settle() RETURNS timestamp with time zone
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(0, 1);
    RETURN clock_timestamp();
END
$$;

ALTER FUNCTION public.ledger_settle() OWNER TO zhengbei_owner;

CREATE TABLE public.context_version (
    collection text NOT NULL,
    fid integer NOT NULL,
    version integer NOT NULL,
    change text NOT NULL,
    kind text NOT NULL,
    name text,
    name_en text,
    name_status text,
    subdistrict text,
    subdistrict_en text,
    locality text,
    locality_en text,
    parcel integer,
    disposition text,
    use_class text,
    accuracy text NOT NULL,
    source text NOT NULL,
    source_en text NOT NULL,
    area_official_m2 numeric(14,4),
    published jsonb DEFAULT '{}'::jsonb NOT NULL,
    shape public.geometry(Geometry,4547) NOT NULL,
    shape_3857 public.geometry(Geometry,3857) NOT NULL,
    area_m2 numeric(14,4),
    area_plane_m2 numeric(14,4),
    valid daterange NOT NULL,
    known tstzrange NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    document_no text,
    CONSTRAINT context_version_kind CHECK (((kind = ANY (ARRAY['district'::text, 'metro_station'::text, 'metro_line'::text, 'river'::text])) AND (name IS NOT NULL) AND (parcel IS NULL) AND (disposition IS NULL) AND (use_class IS NULL))),
    CONSTRAINT feature_version_accuracy CHECK ((accuracy = ANY (ARRAY['approximate'::text, 'schematic'::text, 'surveyed'::text]))),
    CONSTRAINT feature_version_change CHECK ((change = ANY (ARRAY['created'::text, 'changed'::text, 'corrected'::text, 'noded'::text]))),
    CONSTRAINT feature_version_known CHECK (((NOT isempty(known)) AND (NOT lower_inf(known)))),
    CONSTRAINT feature_version_name_status CHECK ((name_status = ANY (ARRAY['confirmed'::text, 'probable'::text, 'placeholder'::text]))),
    CONSTRAINT feature_version_number CHECK ((version >= 1)),
    CONSTRAINT feature_version_official CHECK ((area_official_m2 > (0)::numeric)),
    CONSTRAINT feature_version_on_grid CHECK ((shape OPERATOR(public.=) public.st_snaptogrid(shape, (0.0001)::double precision))),
    CONSTRAINT feature_version_published CHECK ((jsonb_typeof(published) = 'object'::text)),
    CONSTRAINT feature_version_shape_valid CHECK ((public.st_isvalid(shape) AND (NOT public.st_isempty(shape)))),
    CONSTRAINT feature_version_valid CHECK ((NOT isempty(valid)))
);

ALTER TABLE public.context_version OWNER TO zhengbei_owner;

ALTER TABLE public.feature ALTER COLUMN fid ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.feature_fid_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.goose_db_version (
    id integer NOT NULL,
    version_id bigint NOT NULL,
    is_applied boolean NOT NULL,
    tstamp timestamp without time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.goose_db_version OWNER TO zhengbei_owner;

ALTER TABLE public.goose_db_version ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.goose_db_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.idempotency_key (
    account text NOT NULL,
    key text NOT NULL,
    request bytea NOT NULL,
    status integer,
    headers jsonb,
    body bytea,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT idempotency_key_length CHECK (((length(key) >= 1) AND (length(key) <= 200))),
    CONSTRAINT idempotency_key_request CHECK ((length(request) = 32))
);

ALTER TABLE public.idempotency_key OWNER TO zhengbei_owner;

CREATE TABLE public.lineage (
    ancestor integer NOT NULL,
    descendant integer NOT NULL,
    on_day date NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT lineage_not_itself CHECK ((ancestor <> descendant))
);

ALTER TABLE public.lineage OWNER TO zhengbei_owner;

CREATE TABLE public.outbox (
    seq bigint NOT NULL,
    xact xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    collection text NOT NULL,
    fid integer NOT NULL,
    x_min double precision NOT NULL,
    y_min double precision NOT NULL,
    x_max double precision NOT NULL,
    y_max double precision NOT NULL
);

ALTER TABLE public.outbox OWNER TO zhengbei_owner;

ALTER TABLE public.outbox ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.parcel_version (
    collection text NOT NULL,
    fid integer NOT NULL,
    version integer NOT NULL,
    change text NOT NULL,
    kind text NOT NULL,
    name text,
    name_en text,
    name_status text,
    subdistrict text,
    subdistrict_en text,
    locality text,
    locality_en text,
    parcel integer,
    disposition text,
    use_class text,
    accuracy text NOT NULL,
    source text NOT NULL,
    source_en text NOT NULL,
    area_official_m2 numeric(14,4),
    published jsonb DEFAULT '{}'::jsonb NOT NULL,
    shape public.geometry(Geometry,4547) NOT NULL,
    shape_3857 public.geometry(Geometry,3857) NOT NULL,
    area_m2 numeric(14,4),
    area_plane_m2 numeric(14,4),
    valid daterange NOT NULL,
    known tstzrange NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    document_no text,
    CONSTRAINT feature_version_accuracy CHECK ((accuracy = ANY (ARRAY['approximate'::text, 'schematic'::text, 'surveyed'::text]))),
    CONSTRAINT feature_version_change CHECK ((change = ANY (ARRAY['created'::text, 'changed'::text, 'corrected'::text, 'noded'::text]))),
    CONSTRAINT feature_version_known CHECK (((NOT isempty(known)) AND (NOT lower_inf(known)))),
    CONSTRAINT feature_version_name_status CHECK ((name_status = ANY (ARRAY['confirmed'::text, 'probable'::text, 'placeholder'::text]))),
    CONSTRAINT feature_version_number CHECK ((version >= 1)),
    CONSTRAINT feature_version_official CHECK ((area_official_m2 > (0)::numeric)),
    CONSTRAINT feature_version_on_grid CHECK ((shape OPERATOR(public.=) public.st_snaptogrid(shape, (0.0001)::double precision))),
    CONSTRAINT feature_version_published CHECK ((jsonb_typeof(published) = 'object'::text)),
    CONSTRAINT feature_version_shape_valid CHECK ((public.st_isvalid(shape) AND (NOT public.st_isempty(shape)))),
    CONSTRAINT feature_version_valid CHECK ((NOT isempty(valid))),
    CONSTRAINT parcel_version_kind CHECK (((kind = 'parcel'::text) AND (name IS NOT NULL) AND (name_status IS NOT NULL) AND (parcel IS NULL) AND (disposition IS NULL) AND (use_class IS NULL))),
    CONSTRAINT parcel_version_polygon CHECK (((public.geometrytype(shape) = ANY (ARRAY['POLYGON'::text, 'MULTIPOLYGON'::text])) AND (area_m2 > (0)::numeric) AND (area_plane_m2 > (0)::numeric)))
);

ALTER TABLE public.parcel_version OWNER TO zhengbei_owner;

CREATE TABLE public.plot_version (
    collection text NOT NULL,
    fid integer NOT NULL,
    version integer NOT NULL,
    change text NOT NULL,
    kind text NOT NULL,
    name text,
    name_en text,
    name_status text,
    subdistrict text,
    subdistrict_en text,
    locality text,
    locality_en text,
    parcel integer,
    disposition text,
    use_class text,
    accuracy text NOT NULL,
    source text NOT NULL,
    source_en text NOT NULL,
    area_official_m2 numeric(14,4),
    published jsonb DEFAULT '{}'::jsonb NOT NULL,
    shape public.geometry(Geometry,4547) NOT NULL,
    shape_3857 public.geometry(Geometry,3857) NOT NULL,
    area_m2 numeric(14,4),
    area_plane_m2 numeric(14,4),
    valid daterange NOT NULL,
    known tstzrange NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    document_no text,
    CONSTRAINT feature_version_accuracy CHECK ((accuracy = ANY (ARRAY['approximate'::text, 'schematic'::text, 'surveyed'::text]))),
    CONSTRAINT feature_version_change CHECK ((change = ANY (ARRAY['created'::text, 'changed'::text, 'corrected'::text, 'noded'::text]))),
    CONSTRAINT feature_version_known CHECK (((NOT isempty(known)) AND (NOT lower_inf(known)))),
    CONSTRAINT feature_version_name_status CHECK ((name_status = ANY (ARRAY['confirmed'::text, 'probable'::text, 'placeholder'::text]))),
    CONSTRAINT feature_version_number CHECK ((version >= 1)),
    CONSTRAINT feature_version_official CHECK ((area_official_m2 > (0)::numeric)),
    CONSTRAINT feature_version_on_grid CHECK ((shape OPERATOR(public.=) public.st_snaptogrid(shape, (0.0001)::double precision))),
    CONSTRAINT feature_version_published CHECK ((jsonb_typeof(published) = 'object'::text)),
    CONSTRAINT feature_version_shape_valid CHECK ((public.st_isvalid(shape) AND (NOT public.st_isempty(shape)))),
    CONSTRAINT feature_version_valid CHECK ((NOT isempty(valid))),
    CONSTRAINT plot_version_kind CHECK (((kind = 'plot'::text) AND (parcel IS NOT NULL) AND (disposition = ANY (ARRAY['storage'::text, 'retained'::text, 'kept'::text])) AND (use_class = ANY (ARRAY['industrial'::text, 'residential_potential'::text, 'livelihood'::text, 'other'::text])))),
    CONSTRAINT plot_version_polygon CHECK (((public.geometrytype(shape) = ANY (ARRAY['POLYGON'::text, 'MULTIPOLYGON'::text])) AND (area_m2 > (0)::numeric) AND (area_plane_m2 > (0)::numeric)))
);

ALTER TABLE public.plot_version OWNER TO zhengbei_owner;

ALTER TABLE public.round ALTER COLUMN round_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.round_round_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.round_version (
    round_id integer NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL,
    starts_on date NOT NULL,
    target_ha numeric(12,4),
    deadline date,
    source text NOT NULL,
    source_en text NOT NULL,
    valid daterange NOT NULL,
    known tstzrange NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    document_no text,
    CONSTRAINT round_version_deadline CHECK ((deadline > starts_on)),
    CONSTRAINT round_version_known CHECK (((NOT isempty(known)) AND (NOT lower_inf(known)))),
    CONSTRAINT round_version_number CHECK ((version >= 1)),
    CONSTRAINT round_version_target CHECK ((target_ha > (0)::numeric)),
    CONSTRAINT round_version_valid CHECK ((NOT isempty(valid)))
);

ALTER TABLE public.round_version OWNER TO zhengbei_owner;

CREATE TABLE public.zone_version (
    collection text NOT NULL,
    fid integer NOT NULL,
    version integer NOT NULL,
    change text NOT NULL,
    kind text NOT NULL,
    name text,
    name_en text,
    name_status text,
    subdistrict text,
    subdistrict_en text,
    locality text,
    locality_en text,
    parcel integer,
    disposition text,
    use_class text,
    accuracy text NOT NULL,
    source text NOT NULL,
    source_en text NOT NULL,
    area_official_m2 numeric(14,4),
    published jsonb DEFAULT '{}'::jsonb NOT NULL,
    shape public.geometry(Geometry,4547) NOT NULL,
    shape_3857 public.geometry(Geometry,3857) NOT NULL,
    area_m2 numeric(14,4),
    area_plane_m2 numeric(14,4),
    valid daterange NOT NULL,
    known tstzrange NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL,
    document_no text,
    CONSTRAINT feature_version_accuracy CHECK ((accuracy = ANY (ARRAY['approximate'::text, 'schematic'::text, 'surveyed'::text]))),
    CONSTRAINT feature_version_change CHECK ((change = ANY (ARRAY['created'::text, 'changed'::text, 'corrected'::text, 'noded'::text]))),
    CONSTRAINT feature_version_known CHECK (((NOT isempty(known)) AND (NOT lower_inf(known)))),
    CONSTRAINT feature_version_name_status CHECK ((name_status = ANY (ARRAY['confirmed'::text, 'probable'::text, 'placeholder'::text]))),
    CONSTRAINT feature_version_number CHECK ((version >= 1)),
    CONSTRAINT feature_version_official CHECK ((area_official_m2 > (0)::numeric)),
    CONSTRAINT feature_version_on_grid CHECK ((shape OPERATOR(public.=) public.st_snaptogrid(shape, (0.0001)::double precision))),
    CONSTRAINT feature_version_published CHECK ((jsonb_typeof(published) = 'object'::text)),
    CONSTRAINT feature_version_shape_valid CHECK ((public.st_isvalid(shape) AND (NOT public.st_isempty(shape)))),
    CONSTRAINT feature_version_valid CHECK ((NOT isempty(valid))),
    CONSTRAINT zone_version_kind CHECK (((kind = 'zone'::text) AND (name IS NOT NULL) AND (parcel IS NULL) AND (disposition IS NULL) AND (use_class IS NULL))),
    CONSTRAINT zone_version_polygon CHECK (((public.geometrytype(shape) = ANY (ARRAY['POLYGON'::text, 'MULTIPOLYGON'::text])) AND (area_m2 > (0)::numeric) AND (area_plane_m2 > (0)::numeric)))
);

ALTER TABLE public.zone_version OWNER TO zhengbei_owner;

ALTER TABLE ONLY public.feature_version ATTACH PARTITION public.context_version FOR VALUES IN ('context');

ALTER TABLE ONLY public.feature_version ATTACH PARTITION public.parcel_version FOR VALUES IN ('parcels');

ALTER TABLE ONLY public.feature_version ATTACH PARTITION public.plot_version FOR VALUES IN ('plots');

ALTER TABLE ONLY public.feature_version ATTACH PARTITION public.zone_version FOR VALUES IN ('zones');

ALTER TABLE ONLY public.context_version
    ADD CONSTRAINT context_version_one EXCLUDE USING gist (fid WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY public.feature
    ADD CONSTRAINT feature_code UNIQUE (code);

ALTER TABLE ONLY public.feature
    ADD CONSTRAINT feature_in_layer UNIQUE (collection, fid);

ALTER TABLE ONLY public.feature
    ADD CONSTRAINT feature_pk PRIMARY KEY (fid);

ALTER TABLE ONLY public.goose_db_version
    ADD CONSTRAINT goose_db_version_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.idempotency_key
    ADD CONSTRAINT idempotency_key_pk PRIMARY KEY (account, key);

ALTER TABLE ONLY public.lineage
    ADD CONSTRAINT lineage_pk PRIMARY KEY (ancestor, descendant);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pk PRIMARY KEY (seq);

ALTER TABLE ONLY public.parcel_version
    ADD CONSTRAINT parcel_version_one EXCLUDE USING gist (fid WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY public.plot_version
    ADD CONSTRAINT plot_version_one EXCLUDE USING gist (fid WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY public.round
    ADD CONSTRAINT round_code UNIQUE (code);

ALTER TABLE ONLY public.round
    ADD CONSTRAINT round_pk PRIMARY KEY (round_id);

ALTER TABLE ONLY public.round_version
    ADD CONSTRAINT round_version_one EXCLUDE USING gist (round_id WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY public.zone_version
    ADD CONSTRAINT zone_version_one EXCLUDE USING gist (fid WITH =, valid WITH &&, known WITH &&);

CREATE INDEX feature_version_fid ON ONLY public.feature_version USING btree (fid);

CREATE INDEX context_version_fid_idx ON public.context_version USING btree (fid);

CREATE INDEX feature_version_shape_3857 ON ONLY public.feature_version USING gist (shape_3857);

CREATE INDEX context_version_shape_3857_idx ON public.context_version USING gist (shape_3857);

CREATE INDEX feature_version_shape ON ONLY public.feature_version USING gist (shape);

CREATE INDEX context_version_shape_idx ON public.context_version USING gist (shape);

CREATE INDEX feature_by_code ON public.feature USING btree (collection, code);

CREATE INDEX idempotency_key_by_age ON public.idempotency_key USING btree (created_at);

CREATE INDEX lineage_by_descendant ON public.lineage USING btree (descendant);

CREATE INDEX outbox_by_xact ON public.outbox USING btree (xact, seq);

CREATE INDEX parcel_version_fid_idx ON public.parcel_version USING btree (fid);

CREATE INDEX parcel_version_shape_3857_idx ON public.parcel_version USING gist (shape_3857);

CREATE INDEX parcel_version_shape_idx ON public.parcel_version USING gist (shape);

CREATE INDEX plot_version_fid_idx ON public.plot_version USING btree (fid);

CREATE INDEX plot_version_shape_3857_idx ON public.plot_version USING gist (shape_3857);

CREATE INDEX plot_version_shape_idx ON public.plot_version USING gist (shape);

CREATE INDEX zone_version_fid_idx ON public.zone_version USING btree (fid);

CREATE INDEX zone_version_shape_3857_idx ON public.zone_version USING gist (shape_3857);

CREATE INDEX zone_version_shape_idx ON public.zone_version USING gist (shape);

ALTER INDEX public.feature_version_fid ATTACH PARTITION public.context_version_fid_idx;

ALTER INDEX public.feature_version_shape_3857 ATTACH PARTITION public.context_version_shape_3857_idx;

ALTER INDEX public.feature_version_shape ATTACH PARTITION public.context_version_shape_idx;

ALTER INDEX public.feature_version_fid ATTACH PARTITION public.parcel_version_fid_idx;

ALTER INDEX public.feature_version_shape_3857 ATTACH PARTITION public.parcel_version_shape_3857_idx;

ALTER INDEX public.feature_version_shape ATTACH PARTITION public.parcel_version_shape_idx;

ALTER INDEX public.feature_version_fid ATTACH PARTITION public.plot_version_fid_idx;

ALTER INDEX public.feature_version_shape_3857 ATTACH PARTITION public.plot_version_shape_3857_idx;

ALTER INDEX public.feature_version_shape ATTACH PARTITION public.plot_version_shape_idx;

ALTER INDEX public.feature_version_fid ATTACH PARTITION public.zone_version_fid_idx;

ALTER INDEX public.feature_version_shape_3857 ATTACH PARTITION public.zone_version_shape_3857_idx;

ALTER INDEX public.feature_version_shape ATTACH PARTITION public.zone_version_shape_idx;

CREATE TRIGGER context_version_whole BEFORE TRUNCATE ON public.context_version FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER feature_version_announce AFTER INSERT OR UPDATE ON public.feature_version FOR EACH ROW EXECUTE FUNCTION public.feature_version_announce();

CREATE TRIGGER feature_version_history BEFORE DELETE OR UPDATE ON public.feature_version FOR EACH ROW EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER feature_version_measure BEFORE INSERT ON public.feature_version FOR EACH ROW EXECUTE FUNCTION public.feature_version_measure();

CREATE TRIGGER lineage_whole BEFORE DELETE OR UPDATE OR TRUNCATE ON public.lineage FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER parcel_version_whole BEFORE TRUNCATE ON public.parcel_version FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER plot_version_whole BEFORE TRUNCATE ON public.plot_version FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER round_version_history BEFORE DELETE OR UPDATE ON public.round_version FOR EACH ROW EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER round_version_whole BEFORE TRUNCATE ON public.round_version FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

CREATE TRIGGER zone_version_whole BEFORE TRUNCATE ON public.zone_version FOR EACH STATEMENT EXECUTE FUNCTION public.history_only_closes();

ALTER TABLE ONLY public.feature
    ADD CONSTRAINT feature_round FOREIGN KEY (round_id) REFERENCES public.round(round_id);

ALTER TABLE public.feature_version
    ADD CONSTRAINT feature_version_feature FOREIGN KEY (collection, fid) REFERENCES public.feature(collection, fid);

ALTER TABLE public.feature_version
    ADD CONSTRAINT feature_version_parcel FOREIGN KEY (parcel) REFERENCES public.feature(fid);

ALTER TABLE ONLY public.lineage
    ADD CONSTRAINT lineage_ancestor FOREIGN KEY (ancestor) REFERENCES public.feature(fid);

ALTER TABLE ONLY public.lineage
    ADD CONSTRAINT lineage_descendant FOREIGN KEY (descendant) REFERENCES public.feature(fid);

ALTER TABLE ONLY public.round_version
    ADD CONSTRAINT round_version_round FOREIGN KEY (round_id) REFERENCES public.round(round_id);

GRANT SELECT,INSERT ON TABLE public.feature TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.feature_version TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.feature_version TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.round TO zhengbei_service;

GRANT SELECT ON TABLE public.land TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.context_version TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.context_version TO zhengbei_service;

GRANT SELECT ON TABLE public.goose_db_version TO zhengbei_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency_key TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.lineage TO zhengbei_service;

GRANT SELECT ON TABLE public.outbox TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.parcel_version TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.parcel_version TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.plot_version TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.plot_version TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.round_version TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.round_version TO zhengbei_service;

GRANT SELECT,INSERT ON TABLE public.zone_version TO zhengbei_service;

GRANT UPDATE(known) ON TABLE public.zone_version TO zhengbei_service;
