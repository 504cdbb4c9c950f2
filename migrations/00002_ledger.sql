-- Register and ledger: who holds what, which contract covers it, what happened; and the states that follow from it.

-- +goose Up

-- A demonstration ends on its last day, which is "today" in it; null: the real today.
ALTER TABLE round_version ADD COLUMN default_at date;

-- One row a thing that facts speak of; what a writer locks (ascending) before it reads its clock.
-- Plots and parcels bring their fid as their number, the others draw from the same sequence.
CREATE TABLE subject (
    subject_id  int  NOT NULL DEFAULT nextval('feature_fid_seq'),
    kind        text NOT NULL,
    code        text COLLATE "C" NOT NULL,
    derived_at  timestamptz,              -- the instant of the last derivation that it was part of
    CONSTRAINT subject_pk         PRIMARY KEY (subject_id),
    CONSTRAINT subject_code       UNIQUE (code),
    CONSTRAINT subject_code_form  CHECK (CASE kind
        WHEN 'contract'  THEN code ~ '^C-[0-9]{4,}$'
        WHEN 'building'  THEN code ~ '^B-[0-9]{4,}$'
        WHEN 'holding'   THEN code ~ '^H-[0-9]{4,}$'
        WHEN 'plot'      THEN code ~ '^L-[0-9]{6,}$'
        WHEN 'parcel'    THEN code ~ '^P-[0-9]{2,}$'
        WHEN 'milestone' THEN code ~ '^M-[0-9]{4,}$'
        ELSE false END)
);
INSERT INTO subject (subject_id, kind, code)
SELECT fid, CASE collection WHEN 'plots' THEN 'plot' ELSE 'parcel' END, code FROM feature WHERE collection IN ('plots', 'parcels');

-- +goose StatementBegin
CREATE FUNCTION feature_is_subject() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO subject (subject_id, kind, code) VALUES (NEW.fid, CASE NEW.collection WHEN 'plots' THEN 'plot' ELSE 'parcel' END, NEW.code);
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER feature_is_subject AFTER INSERT ON feature FOR EACH ROW WHEN (NEW.collection IN ('plots', 'parcels')) EXECUTE FUNCTION feature_is_subject();

-- The register: each row holds on days (valid) and was known at instants (known). Rows are never rewritten, only closed in known.
CREATE TABLE command_post (
    post_id   int  GENERATED ALWAYS AS IDENTITY,
    code      text COLLATE "C" NOT NULL,
    CONSTRAINT command_post_pk         PRIMARY KEY (post_id),
    CONSTRAINT command_post_code       UNIQUE (code),
    CONSTRAINT command_post_code_form  CHECK (code ~ '^F-[0-9]{2,}$')
);
CREATE TABLE command_post_version (
    post_id      int         NOT NULL,
    version      int         NOT NULL,
    name         text        NOT NULL,
    name_en      text        NOT NULL,
    valid        daterange   NOT NULL,
    known        tstzrange   NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL),
    recorded_by  text        NOT NULL,
    reason       text        NOT NULL,
    CONSTRAINT command_post_version_post    FOREIGN KEY (post_id) REFERENCES command_post (post_id),
    CONSTRAINT command_post_version_number  CHECK (version >= 1),
    CONSTRAINT command_post_version_clocks  CHECK (NOT isempty(valid) AND NOT isempty(known) AND NOT lower_inf(known)),
    CONSTRAINT command_post_version_one     EXCLUDE USING gist (post_id WITH =, valid WITH &&, known WITH &&)
);
-- Which post runs a parcel.
CREATE TABLE command_post_parcel (
    post_id      int         NOT NULL,
    parcel       int         NOT NULL,
    valid        daterange   NOT NULL,
    known        tstzrange   NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL),
    recorded_by  text        NOT NULL,
    reason       text        NOT NULL,
    CONSTRAINT command_post_parcel_post    FOREIGN KEY (post_id) REFERENCES command_post (post_id),
    CONSTRAINT command_post_parcel_parcel  FOREIGN KEY (parcel) REFERENCES subject (subject_id),
    CONSTRAINT command_post_parcel_clocks  CHECK (NOT isempty(valid) AND NOT isempty(known) AND NOT lower_inf(known)),
    CONSTRAINT command_post_parcel_one     EXCLUDE USING gist (parcel WITH =, valid WITH &&, known WITH &&)
);

CREATE TABLE party (
    party_id  int  GENERATED ALWAYS AS IDENTITY,
    code      text COLLATE "C" NOT NULL,
    CONSTRAINT party_pk         PRIMARY KEY (party_id),
    CONSTRAINT party_code       UNIQUE (code),
    CONSTRAINT party_code_form  CHECK (code ~ '^R-[0-9]{4,}$')
);
CREATE TABLE party_version (
    party_id     int         NOT NULL,
    version      int         NOT NULL,
    name         text        NOT NULL,
    kind         text        NOT NULL,
    valid        daterange   NOT NULL,
    known        tstzrange   NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL),
    recorded_by  text        NOT NULL,
    reason       text        NOT NULL,
    CONSTRAINT party_version_party   FOREIGN KEY (party_id) REFERENCES party (party_id),
    CONSTRAINT party_version_number  CHECK (version >= 1),
    CONSTRAINT party_version_kind    CHECK (kind IN ('person', 'company', 'collective_company')),
    CONSTRAINT party_version_clocks  CHECK (NOT isempty(valid) AND NOT isempty(known) AND NOT lower_inf(known)),
    CONSTRAINT party_version_one     EXCLUDE USING gist (party_id WITH =, valid WITH &&, known WITH &&)
);

CREATE TABLE holding_version (
    holding      int         NOT NULL,
    version      int         NOT NULL,
    parcel       int         NOT NULL,
    name         text        NOT NULL,
    class        text        NOT NULL,
    valid        daterange   NOT NULL,
    known        tstzrange   NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL),
    recorded_by  text        NOT NULL,
    reason       text        NOT NULL,
    CONSTRAINT holding_version_holding  FOREIGN KEY (holding) REFERENCES subject (subject_id),
    CONSTRAINT holding_version_parcel   FOREIGN KEY (parcel) REFERENCES subject (subject_id),
    CONSTRAINT holding_version_number   CHECK (version >= 1),
    CONSTRAINT holding_version_class    CHECK (class IN ('residential', 'factory', 'collective', 'individual')),
    CONSTRAINT holding_version_clocks   CHECK (NOT isempty(valid) AND NOT isempty(known) AND NOT lower_inf(known)),
    CONSTRAINT holding_version_one      EXCLUDE USING gist (holding WITH =, valid WITH &&, known WITH &&)
);
CREATE TABLE holding_party (
    holding      int         NOT NULL,
    party_id     int         NOT NULL,
    numerator    int         NOT NULL,
    denominator  int         NOT NULL,
    valid        daterange   NOT NULL,
    known        tstzrange   NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL),
    recorded_by  text        NOT NULL,
    reason       text        NOT NULL,
    CONSTRAINT holding_party_holding  FOREIGN KEY (holding) REFERENCES subject (subject_id),
    CONSTRAINT holding_party_party    FOREIGN KEY (party_id) REFERENCES party (party_id),
    CONSTRAINT holding_party_share    CHECK (numerator > 0 AND denominator >= numerator),
    CONSTRAINT holding_party_clocks   CHECK (NOT isempty(valid) AND NOT isempty(known) AND NOT lower_inf(known)),
    CONSTRAINT holding_party_one      EXCLUDE USING gist (holding WITH =, party_id WITH =, valid WITH &&, known WITH &&)
);
CREATE TABLE holding_land (
    holding      int            NOT NULL,
    plot         int            NOT NULL,
    area_m2      numeric(14,4)  NOT NULL,
    valid        daterange      NOT NULL,
    known        tstzrange      NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL),
    recorded_by  text           NOT NULL,
    reason       text           NOT NULL,
    CONSTRAINT holding_land_holding  FOREIGN KEY (holding) REFERENCES subject (subject_id),
    CONSTRAINT holding_land_plot     FOREIGN KEY (plot) REFERENCES subject (subject_id),
    CONSTRAINT holding_land_area     CHECK (area_m2 > 0),
    CONSTRAINT holding_land_clocks   CHECK (NOT isempty(valid) AND NOT isempty(known) AND NOT lower_inf(known)),
    CONSTRAINT holding_land_one      EXCLUDE USING gist (holding WITH =, plot WITH =, valid WITH &&, known WITH &&)
);
CREATE TABLE building_version (
    building       int            NOT NULL,
    version        int            NOT NULL,
    holding        int            NOT NULL,
    plot           int            NOT NULL,
    floor_area_m2  numeric(14,2)  NOT NULL,
    storeys        int            NOT NULL,
    use            text           NOT NULL,
    valid          daterange      NOT NULL,
    known          tstzrange      NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL),
    recorded_by    text           NOT NULL,
    reason         text           NOT NULL,
    CONSTRAINT building_version_building  FOREIGN KEY (building) REFERENCES subject (subject_id),
    CONSTRAINT building_version_holding   FOREIGN KEY (holding) REFERENCES subject (subject_id),
    CONSTRAINT building_version_plot      FOREIGN KEY (plot) REFERENCES subject (subject_id),
    CONSTRAINT building_version_number    CHECK (version >= 1),
    CONSTRAINT building_version_floor     CHECK (floor_area_m2 > 0 AND storeys BETWEEN 1 AND 200),
    CONSTRAINT building_version_use       CHECK (use IN ('residential', 'factory', 'commercial', 'public')),
    CONSTRAINT building_version_clocks    CHECK (NOT isempty(valid) AND NOT isempty(known) AND NOT lower_inf(known)),
    CONSTRAINT building_version_one       EXCLUDE USING gist (building WITH =, valid WITH &&, known WITH &&)
);
CREATE TABLE tenant (
    tenant_id    int         GENERATED ALWAYS AS IDENTITY,
    building     int         NOT NULL,
    name         text        NOT NULL,
    valid        daterange   NOT NULL,
    known        tstzrange   NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL),
    recorded_by  text        NOT NULL,
    reason       text        NOT NULL,
    CONSTRAINT tenant_pk        PRIMARY KEY (tenant_id),
    CONSTRAINT tenant_building  FOREIGN KEY (building) REFERENCES subject (subject_id),
    CONSTRAINT tenant_clocks    CHECK (NOT isempty(valid) AND NOT isempty(known) AND NOT lower_inf(known))
);
-- What kind a contract is and which parcel it belongs to never changes: another one is drawn up instead.
CREATE TABLE contract (
    contract  int  NOT NULL,
    kind      text NOT NULL,
    parcel    int  NOT NULL,
    CONSTRAINT contract_pk       PRIMARY KEY (contract),
    CONSTRAINT contract_subject  FOREIGN KEY (contract) REFERENCES subject (subject_id),
    CONSTRAINT contract_parcel   FOREIGN KEY (parcel) REFERENCES subject (subject_id),
    CONSTRAINT contract_kind     CHECK (kind IN ('framework', 'relocation', 'amendment'))
);
CREATE TABLE contract_version (
    contract     int            NOT NULL,
    version      int            NOT NULL,
    amount       numeric(16,2),          -- yuan
    valid        daterange      NOT NULL,
    known        tstzrange      NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL),
    recorded_by  text           NOT NULL,
    reason       text           NOT NULL,
    CONSTRAINT contract_version_contract  FOREIGN KEY (contract) REFERENCES contract (contract),
    CONSTRAINT contract_version_number    CHECK (version >= 1),
    CONSTRAINT contract_version_amount    CHECK (amount >= 0),
    CONSTRAINT contract_version_clocks    CHECK (NOT isempty(valid) AND NOT isempty(known) AND NOT lower_inf(known)),
    CONSTRAINT contract_version_one       EXCLUDE USING gist (contract WITH =, valid WITH &&, known WITH &&)
);
CREATE TABLE contract_holding (
    contract     int         NOT NULL,
    holding      int         NOT NULL,
    valid        daterange   NOT NULL,
    known        tstzrange   NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL),
    recorded_by  text        NOT NULL,
    reason       text        NOT NULL,
    CONSTRAINT contract_holding_contract  FOREIGN KEY (contract) REFERENCES contract (contract),
    CONSTRAINT contract_holding_holding   FOREIGN KEY (holding) REFERENCES subject (subject_id),
    CONSTRAINT contract_holding_clocks    CHECK (NOT isempty(valid) AND NOT isempty(known) AND NOT lower_inf(known)),
    CONSTRAINT contract_holding_one       EXCLUDE USING gist (contract WITH =, holding WITH =, valid WITH &&, known WITH &&)
);
CREATE INDEX holding_version_parcel_holds ON holding_version (parcel);
CREATE INDEX holding_party_by_party       ON holding_party (party_id);
CREATE INDEX holding_party_by_holding     ON holding_party (holding);
CREATE INDEX holding_land_by_plot         ON holding_land (plot);
CREATE INDEX holding_land_by_holding      ON holding_land (holding);
CREATE INDEX building_version_by_plot     ON building_version (plot);
CREATE INDEX building_version_by_holding  ON building_version (holding);
CREATE INDEX building_version_by_building ON building_version (building);
CREATE INDEX tenant_by_building           ON tenant (building);
CREATE INDEX contract_by_parcel           ON contract (parcel);
CREATE INDEX contract_holding_by_holding  ON contract_holding (holding);
CREATE INDEX contract_holding_by_contract ON contract_holding (contract);
CREATE INDEX plot_version_by_parcel       ON plot_version (parcel);

-- The kinds of facts; land.Order says what each needs.
CREATE TABLE fact_kind (
    kind  text NOT NULL,
    CONSTRAINT fact_kind_pk PRIMARY KEY (kind)
);
INSERT INTO fact_kind (kind) VALUES
    ('surveyed'), ('willing'), ('measured'), ('appraised'), ('visited'), ('assigned'), ('negotiating'), ('objected'), ('objection_closed'),
    ('offered'), ('signed'), ('effective'), ('settled'), ('paid'), ('rescinded'), ('compulsory'), ('tenants_cleared'), ('vacated'), ('demolished'),
    ('title_accepted'), ('site_accepted'), ('stored'), ('supplied'), ('boundary_corrected'),
    ('planned_in_city'), ('scheme_drafting'), ('notice_published'), ('approved'), ('implementing'), ('finished'), ('reached'), ('voided');

-- The ledger: what happened (occurred_on, a date in Shanghai) and when it was entered (recorded_at). Append-only.
CREATE TABLE fact (
    fact_id      bigint       GENERATED ALWAYS AS IDENTITY,
    subject_id   int          NOT NULL,
    kind         text         NOT NULL,
    occurred_on  date         NOT NULL,
    recorded_at  timestamptz  NOT NULL DEFAULT clock_timestamp(),
    recorded_by  text         NOT NULL,
    value        jsonb        NOT NULL DEFAULT '{}',
    note         text,
    reason       text,
    voids        bigint,
    CONSTRAINT fact_pk           PRIMARY KEY (fact_id),
    CONSTRAINT fact_subject      FOREIGN KEY (subject_id) REFERENCES subject (subject_id),
    CONSTRAINT fact_kind         FOREIGN KEY (kind) REFERENCES fact_kind (kind),
    CONSTRAINT fact_of_subject   UNIQUE (fact_id, subject_id),
    CONSTRAINT fact_voids        FOREIGN KEY (voids, subject_id) REFERENCES fact (fact_id, subject_id), -- a void speaks of the same thing
    CONSTRAINT fact_voided_once  UNIQUE (voids),
    CONSTRAINT fact_void_form    CHECK ((kind = 'voided') = (voids IS NOT NULL) AND (voids IS NULL OR reason IS NOT NULL)),
    CONSTRAINT fact_value        CHECK (jsonb_typeof(value) = 'object'),
    CONSTRAINT fact_days         CHECK (occurred_on BETWEEN '1900-01-01' AND '2200-12-31')
);
CREATE INDEX fact_by_subject ON fact (subject_id, kind, occurred_on);
CREATE INDEX fact_by_day     ON fact (occurred_on DESC, fact_id DESC);

-- What a fact rests on: a document by number, a file by name.
CREATE TABLE fact_evidence (
    fact_id      bigint NOT NULL,
    ordinal      int    NOT NULL,
    name         text   NOT NULL,
    document_no  text,
    CONSTRAINT fact_evidence_pk    PRIMARY KEY (fact_id, ordinal),
    CONSTRAINT fact_evidence_fact  FOREIGN KEY (fact_id) REFERENCES fact (fact_id)
);

-- The projection: the state of each thing, on which days, as known when. Derived from facts and register, never written by hand.
CREATE TABLE subject_state (
    kind         text           NOT NULL,
    subject_id   int            NOT NULL,
    stage        text           NOT NULL,
    signed       boolean        NOT NULL, -- holding: under a live relocation contract; plot: every holding is
    compulsory   boolean        NOT NULL,
    parcel       int,
    plot         int,                     -- building: where it stands; holding: where most of its land lies
    disposition  text,                    -- plot
    use_class    text,                    -- plot
    area_m2      numeric(14,4),           -- plot: its area; holding: its land
    floor_m2     numeric(14,2),           -- holding, building: floor area
    buildings    int,                     -- holding: how many buildings it has, demolished ones included
    valid        daterange      NOT NULL,
    known        tstzrange      NOT NULL,
    CONSTRAINT subject_state_clocks CHECK (NOT isempty(valid) AND NOT isempty(known) AND NOT lower_inf(known))
) PARTITION BY LIST (kind);
CREATE TABLE contract_state PARTITION OF subject_state (CONSTRAINT contract_state_one EXCLUDE USING gist (subject_id WITH =, valid WITH &&, known WITH &&)) FOR VALUES IN ('contract');
CREATE TABLE building_state PARTITION OF subject_state (CONSTRAINT building_state_one EXCLUDE USING gist (subject_id WITH =, valid WITH &&, known WITH &&)) FOR VALUES IN ('building');
CREATE TABLE holding_state  PARTITION OF subject_state (CONSTRAINT holding_state_one  EXCLUDE USING gist (subject_id WITH =, valid WITH &&, known WITH &&)) FOR VALUES IN ('holding');
CREATE TABLE plot_state     PARTITION OF subject_state (CONSTRAINT plot_state_one     EXCLUDE USING gist (subject_id WITH =, valid WITH &&, known WITH &&)) FOR VALUES IN ('plot');
CREATE TABLE parcel_state   PARTITION OF subject_state (CONSTRAINT parcel_state_one   EXCLUDE USING gist (subject_id WITH =, valid WITH &&, known WITH &&)) FOR VALUES IN ('parcel');
CREATE INDEX subject_state_by_subject ON subject_state (subject_id);
CREATE INDEX plot_state_clocks        ON plot_state    USING gist (valid, known);
CREATE INDEX holding_state_clocks     ON holding_state USING gist (valid, known);
CREATE INDEX contract_state_clocks    ON contract_state USING gist (valid, known);
CREATE INDEX plot_state_released      ON plot_state    USING gist (valid, known) WHERE disposition = 'storage' AND stage IN ('stored', 'supplied');

-- Plots that touch along more than 1 m, and how much of a plot lies in which zone. Derived from the shapes.
CREATE TABLE plot_edge (
    a         int            NOT NULL,
    b         int            NOT NULL,
    shared_m  numeric(12,3)  NOT NULL,
    valid     daterange      NOT NULL,
    known     tstzrange      NOT NULL,
    CONSTRAINT plot_edge_order  CHECK (a < b),
    CONSTRAINT plot_edge_one    EXCLUDE USING gist (a WITH =, b WITH =, valid WITH &&, known WITH &&)
);
CREATE INDEX plot_edge_by_a ON plot_edge (a);
CREATE INDEX plot_edge_by_b ON plot_edge (b);
CREATE TABLE plot_zone (
    plot     int            NOT NULL,
    zone     int            NOT NULL,
    area_m2  numeric(14,4)  NOT NULL,
    main     boolean        NOT NULL, -- more than half of the plot: what cannot be cut, as a household, counts there
    valid    daterange      NOT NULL,
    known    tstzrange      NOT NULL,
    CONSTRAINT plot_zone_one EXCLUDE USING gist (plot WITH =, zone WITH =, valid WITH &&, known WITH &&)
);
CREATE INDEX plot_zone_by_plot ON plot_zone (plot);

-- What a transaction has moved and not yet derived; empty whenever a transaction has ended.
CREATE UNLOGGED TABLE underived (
    xact        xid8         NOT NULL DEFAULT pg_current_xact_id(),
    subject_id  int          NOT NULL,
    at          timestamptz  NOT NULL,
    shape       boolean      NOT NULL -- a plot's boundary moved: its edges and zones as well
);
CREATE INDEX underived_by_xact ON underived (xact);
-- One row a transaction that has something to derive: its deferred trigger fires once, not once a fact.
CREATE UNLOGGED TABLE underived_xact (
    xact  xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT underived_xact_pk PRIMARY KEY (xact)
);

-- The latest instant that was promised to stay: nothing may be recorded at it or before.
CREATE TABLE ledger_settled (
    sole     boolean     NOT NULL DEFAULT true,
    instant  timestamptz NOT NULL,
    CONSTRAINT ledger_settled_pk   PRIMARY KEY (sole),
    CONSTRAINT ledger_settled_one  CHECK (sole)
);
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION ledger_settle() RETURNS timestamptz LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    now_settled timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(0, 1);
    now_settled := clock_timestamp();
    INSERT INTO ledger_settled (instant) VALUES (now_settled)
    ON CONFLICT (sole) DO UPDATE SET instant = greatest(ledger_settled.instant, excluded.instant);
    RETURN now_settled;
END
$$;
-- +goose StatementEnd

-- Refuses an instant that was settled, or that has not come yet. The caller has entered the ledger, so nothing is settled meanwhile.
-- +goose StatementBegin
CREATE FUNCTION ledger_allows(at timestamptz) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger_settled s WHERE s.instant >= at) THEN
        RAISE EXCEPTION 'the instant % is settled: nothing can be recorded at it any more', at USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_settled',
            HINT = 'Leave the instant out: the clock is read when the ledger has been entered.';
    END IF;
    IF at > clock_timestamp() THEN
        RAISE EXCEPTION 'the instant % has not come yet', at USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_future',
            HINT = 'Leave the instant out: the clock is read when the ledger has been entered.';
    END IF;
END
$$;
-- +goose StatementEnd

-- A change of the ledger that moves no tile has no box.
ALTER TABLE outbox ALTER COLUMN fid DROP NOT NULL, ALTER COLUMN x_min DROP NOT NULL, ALTER COLUMN y_min DROP NOT NULL, ALTER COLUMN x_max DROP NOT NULL, ALTER COLUMN y_max DROP NOT NULL,
    ADD CONSTRAINT outbox_place CHECK ((collection = 'ledger') = (fid IS NULL) AND (fid IS NULL) = (x_min IS NULL));

-- Whether a row was known at an instant. Written with bounds and not with @>, so that no planner, however little it knows
-- of the tables, walks the index of what was known: nearly all rows were.
-- +goose StatementBegin
CREATE FUNCTION as_known(known tstzrange, at timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lower(known) <= at AND (upper_inf(known) OR upper(known) > at)
$$;
-- +goose StatementEnd

-- Facts that nobody had taken back, as known at an instant; the first day of each kind, since a fact holds from its day on.
-- +goose StatementBegin
CREATE FUNCTION first_facts(ids int[], at timestamptz) RETURNS TABLE (subject_id int, kind text, since date) LANGUAGE sql STABLE AS $$
    SELECT f.subject_id, f.kind, min(f.occurred_on)
    FROM   fact f
    WHERE  f.subject_id = ANY(ids) AND f.voids IS NULL AND f.recorded_at <= at
    AND    NOT EXISTS (SELECT FROM fact v WHERE v.voids = f.fact_id AND v.recorded_at <= at)
    GROUP  BY f.subject_id, f.kind
$$;
-- +goose StatementEnd

-- The states of things on each run of days, as known at an instant: THE place where facts become stages (domain rules).
-- Each level reads the states of the levels below it, so it is called contract, building, holding, plot in turn.
-- The joins begin at the things asked for (LATERAL … OFFSET 0): no statistics, fresh tables included, may turn them round.
-- Whatever bears on a thing is an event on a day: it begins to count, or ceases to. One sweep in the order of the days
-- adds them up, so that no join between the parts depends on how many things there are; runs of equal states are joined.
-- +goose StatementBegin
CREATE FUNCTION states_of(level text, ids int[], at timestamptz) RETURNS SETOF subject_state LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH own AS ( -- the thing's own rows: where there is none, there is no state
        SELECT v.holding AS id, v.valid, v.parcel, NULL::int AS plot, NULL::text AS disposition, NULL::text AS use_class, NULL::numeric AS area, NULL::numeric AS floor
        FROM   holding_version v WHERE level = 'holding' AND v.holding = ANY(ids) AND as_known(v.known, at)
        UNION ALL
        SELECT v.building, v.valid, NULL, v.plot, NULL, NULL, NULL, v.floor_area_m2
        FROM   building_version v WHERE level = 'building' AND v.building = ANY(ids) AND as_known(v.known, at)
        UNION ALL
        SELECT v.contract, v.valid, c.parcel, NULL, NULL, NULL, NULL, NULL
        FROM   contract_version v JOIN contract c USING (contract) WHERE level = 'contract' AND v.contract = ANY(ids) AND as_known(v.known, at)
        UNION ALL
        SELECT v.fid, v.valid, v.parcel, NULL, v.disposition, v.use_class, v.area_m2, NULL
        FROM   plot_version v WHERE level = 'plot' AND v.fid = ANY(ids) AND as_known(v.known, at)
        UNION ALL
        SELECT v.fid, v.valid, v.fid, NULL, NULL, NULL, v.area_m2, NULL
        FROM   parcel_version v WHERE level = 'parcel' AND v.fid = ANY(ids) AND as_known(v.known, at)),
    land AS ( -- holding: its plots; plot: its holdings, and whether they are signed or bound
        SELECT l.holding AS id, l.area_m2, l.valid, 0 AS signed, 0 AS bound
        FROM   holding_land l WHERE level = 'holding' AND l.holding = ANY(ids) AND as_known(l.known, at)
        UNION ALL
        SELECT l.plot, l.area_m2, l.valid * h.valid, h.signed::int, (h.signed OR h.compulsory)::int
        FROM   holding_land l
        CROSS  JOIN LATERAL (SELECT * FROM holding_state h WHERE h.subject_id = l.holding AND as_known(h.known, at) AND h.valid && l.valid OFFSET 0) h
        WHERE  level = 'plot' AND l.plot = ANY(ids) AND as_known(l.known, at)),
    built AS ( -- buildings of a holding, or on a plot, and whether they stand
        SELECT b.holding AS id, b.floor_area_m2, b.valid * s.valid AS valid, (s.stage <> 'demolished')::int AS stands
        FROM   building_version b
        CROSS  JOIN LATERAL (SELECT * FROM building_state s WHERE s.subject_id = b.building AND as_known(s.known, at) AND s.valid && b.valid OFFSET 0) s
        WHERE  level = 'holding' AND b.holding = ANY(ids) AND as_known(b.known, at)
        UNION ALL
        SELECT b.plot, b.floor_area_m2, b.valid * s.valid, (s.stage <> 'demolished')::int
        FROM   building_version b
        CROSS  JOIN LATERAL (SELECT * FROM building_state s WHERE s.subject_id = b.building AND as_known(s.known, at) AND s.valid && b.valid OFFSET 0) s
        WHERE  level = 'plot' AND b.plot = ANY(ids) AND as_known(b.known, at)),
    under AS ( -- days on which a holding is under a live relocation contract; a framework never counts, an amendment changes amounts only
        SELECT c.holding AS id, c.valid * s.valid AS valid
        FROM   contract_holding c
        CROSS  JOIN LATERAL (
               SELECT s.valid FROM contract_state s
               WHERE  s.subject_id = c.contract AND as_known(s.known, at) AND s.valid && c.valid AND s.stage IN ('signed', 'effective', 'settled')
               AND    EXISTS (SELECT FROM contract k WHERE k.contract = c.contract AND k.kind = 'relocation') OFFSET 0) s
        WHERE  level = 'holding' AND c.holding = ANY(ids) AND as_known(c.known, at)),
    spans AS (
        SELECT id, valid, 1 AS own, 0 AS held, 0 AS signed, 0 AS bound, 0::numeric AS land, 0 AS built, 0 AS stands, 0::numeric AS floor, 0 AS under FROM own
        UNION ALL SELECT id, valid, 0, 1, signed, bound, area_m2, 0, 0, 0, 0 FROM land
        UNION ALL SELECT id, valid, 0, 0, 0, 0, 0, 1, stands, floor_area_m2, 0 FROM built
        UNION ALL SELECT id, valid, 0, 0, 0, 0, 0, 0, 0, 0, 1 FROM under),
    event AS ( -- fact: the kind that holds from that day on; entered: a fact was recorded, live or not; version: the thing's own row that begins
        SELECT id, coalesce(lower(valid), '-infinity') AS day, own, held, signed, bound, land, built, stands, floor, under, NULL::text AS fact, false AS entered,
               NULL::int AS version, NULL::int AS parcel, NULL::int AS plot, NULL::text AS disposition, NULL::text AS use_class, NULL::numeric AS own_area, NULL::numeric AS own_floor FROM spans
        UNION ALL
        SELECT id, upper(valid), -own, -held, -signed, -bound, -land, -built, -stands, -floor, -under, NULL, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM spans WHERE NOT upper_inf(valid)
        UNION ALL
        SELECT id, coalesce(lower(valid), '-infinity'), 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, false, 1, parcel, plot, disposition, use_class, area, floor FROM own
        UNION ALL
        SELECT f.subject_id, f.since, 0, 0, 0, 0, 0, 0, 0, 0, 0, f.kind, true, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM first_facts(ids, at) f
        UNION ALL
        SELECT f.subject_id, f.occurred_on, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, true, NULL, NULL, NULL, NULL, NULL, NULL, NULL
        FROM   fact f WHERE level = 'contract' AND f.subject_id = ANY(ids) AND f.voids IS NULL AND f.recorded_at <= at),
    swept AS (
        SELECT id, day, parcel, plot, disposition, use_class, own_area, own_floor, sum(version) OVER upto AS version, sum(own) OVER upto AS own,
               sum(held) OVER upto AS held, sum(signed) OVER upto AS signed, sum(bound) OVER upto AS bound, sum(land) OVER upto AS land,
               sum(built) OVER upto AS built, sum(stands) OVER upto AS stands, sum(floor) OVER upto AS floor, sum(under) OVER upto > 0 AS under,
               coalesce(array_agg(fact) FILTER (WHERE fact IS NOT NULL) OVER upto, '{}') AS s, bool_or(entered) OVER upto AS entered, bool_or(fact IS NOT NULL) OVER whole AS live
        FROM   event WINDOW upto AS (PARTITION BY id ORDER BY day), whole AS (PARTITION BY id)),
    carried AS ( -- a version's columns hold until the next version begins
        SELECT id, day, own, held, signed, bound, land, built, stands, floor, under, s, entered, live,
               max(parcel) OVER since AS parcel, max(plot) OVER since AS plot, max(disposition) OVER since AS disposition, max(use_class) OVER since AS use_class,
               max(own_area) OVER since AS own_area, max(own_floor) OVER since AS own_floor
        FROM   swept WINDOW since AS (PARTITION BY id, version)),
    runs AS (
        SELECT d.*, lead(d.day) OVER (PARTITION BY d.id ORDER BY d.day) AS until FROM (SELECT DISTINCT ON (c.id, c.day) c.* FROM carried c ORDER BY c.id, c.day) d),
    state AS (
        SELECT r.id, r.day, r.until, r.parcel, r.disposition, r.use_class,
               CASE level WHEN 'holding' THEN ( -- where most of its land lies
                   SELECT l.plot FROM holding_land l WHERE l.holding = r.id AND as_known(l.known, at) AND l.valid @> r.day ORDER BY l.area_m2 DESC, l.plot LIMIT 1) ELSE r.plot END AS plot,
               CASE level WHEN 'holding' THEN r.land ELSE r.own_area END AS area,
               CASE level WHEN 'holding' THEN r.floor ELSE r.own_floor END AS floor,
               CASE level WHEN 'holding' THEN r.built END::int AS buildings,
               CASE level WHEN 'holding' THEN r.under WHEN 'plot' THEN r.held > 0 AND r.signed = r.held ELSE false END AS signed,
               'compulsory' = ANY(r.s) AS compulsory,
               CASE level
               WHEN 'contract' THEN CASE
                    WHEN 'rescinded' = ANY(r.s) THEN 'rescinded' WHEN 'settled' = ANY(r.s) THEN 'settled' WHEN 'effective' = ANY(r.s) THEN 'effective'
                    WHEN 'signed' = ANY(r.s) THEN 'signed' WHEN 'offered' = ANY(r.s) THEN 'offered'
                    WHEN r.entered AND NOT r.live THEN 'void' ELSE 'draft' END
               WHEN 'building' THEN CASE
                    WHEN 'demolished' = ANY(r.s) THEN 'demolished' WHEN 'vacated' = ANY(r.s) THEN 'vacated' WHEN 'tenants_cleared' = ANY(r.s) THEN 'tenants_cleared'
                    WHEN 'appraised' = ANY(r.s) THEN 'appraised' WHEN 'measured' = ANY(r.s) THEN 'measured' WHEN 'surveyed' = ANY(r.s) THEN 'surveyed' ELSE 'registered' END
               WHEN 'holding' THEN CASE
                    WHEN r.built > 0 AND r.stands = 0 THEN 'demolished' WHEN 'vacated' = ANY(r.s) THEN 'vacated' WHEN 'tenants_cleared' = ANY(r.s) THEN 'tenants_cleared'
                    WHEN r.under THEN 'signed' WHEN 'negotiating' = ANY(r.s) THEN 'negotiating' WHEN 'appraised' = ANY(r.s) THEN 'appraised'
                    WHEN 'measured' = ANY(r.s) THEN 'measured' WHEN 'willing' = ANY(r.s) THEN 'willing' WHEN 'surveyed' = ANY(r.s) THEN 'surveyed' ELSE 'registered' END
               WHEN 'plot' THEN CASE
                    WHEN '{title_accepted,site_accepted,stored}' <@ r.s THEN CASE WHEN 'supplied' = ANY(r.s) THEN 'supplied' ELSE 'stored' END
                    WHEN r.held > 0 AND r.bound = r.held AND r.stands = 0 THEN CASE
                        WHEN '{title_accepted,site_accepted}' <@ r.s THEN 'accepted' WHEN 'title_accepted' = ANY(r.s) THEN 'title_accepted'
                        WHEN 'site_accepted' = ANY(r.s) THEN 'site_accepted' ELSE 'cleared' END
                    WHEN r.held > 0 AND r.bound = r.held THEN 'all_signed' WHEN r.bound > 0 THEN 'partly_signed' ELSE 'planned' END
               ELSE CASE
                    WHEN 'finished' = ANY(r.s) THEN 'finished' WHEN 'implementing' = ANY(r.s) THEN 'implementing' WHEN 'approved' = ANY(r.s) THEN 'approved'
                    WHEN 'notice_published' = ANY(r.s) THEN 'notice_published' WHEN 'scheme_drafting' = ANY(r.s) THEN 'scheme_drafting'
                    WHEN 'planned_in_city' = ANY(r.s) THEN 'planned_in_city' ELSE 'proposed' END
               END AS stage
        FROM   runs r
        WHERE  r.own > 0),
    turned AS (
        SELECT s.*, count(*) FILTER (WHERE s.turns) OVER (PARTITION BY s.id ORDER BY s.day) AS run
        FROM  (SELECT s.*, (s.stage, s.signed, s.compulsory, s.parcel, s.plot, s.disposition, s.use_class, s.area, s.floor, s.buildings, s.day) IS DISTINCT FROM
                      (lag(s.stage) OVER w, lag(s.signed) OVER w, lag(s.compulsory) OVER w, lag(s.parcel) OVER w, lag(s.plot) OVER w, lag(s.disposition) OVER w, lag(s.use_class) OVER w,
                       lag(s.area) OVER w, lag(s.floor) OVER w, lag(s.buildings) OVER w, lag(s.until) OVER w) AS turns
               FROM state s WINDOW w AS (PARTITION BY s.id ORDER BY s.day)) s)
    SELECT level, id, stage, signed, compulsory, parcel, plot, disposition, use_class, area::numeric(14,4), floor::numeric(14,2), buildings,
           daterange(nullif(min(day), '-infinity'), nullif(max(coalesce(until, 'infinity')), 'infinity')), tstzrange(at, NULL)
    FROM   turned
    GROUP  BY id, run, stage, signed, compulsory, parcel, plot, disposition, use_class, area, floor, buildings;
END
$$;
-- +goose StatementEnd

-- Derives things of one level anew: what still holds keeps its row, what does not is closed at `at`, what is new begins at `at`.
-- Answers those that changed.
-- Index scans are off in it, bitmap scans are not: on PostgreSQL 15.18 an entry of a GiST index was seen marked dead while its row lived, so that
-- the index no longer found the row and it was derived a second time. Bitmap scans mark nothing; why it happens is not proven.
-- Rows are found by the number of their thing (IS TRUE keeps the ranges out of the search), also by a plan made while the tables were empty.
-- +goose StatementBegin
CREATE FUNCTION derive_level(level text, ids int[], at timestamptz) RETURNS int[] LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan SET jit = off SET enable_indexscan = off SET enable_seqscan = off AS $$
DECLARE
    fresh subject_state[];
    moved int[];
    begun int[];
BEGIN
    IF EXISTS (SELECT FROM subject_state o WHERE o.kind = level AND o.subject_id = ANY(ids) AND upper_inf(o.known) AND lower(o.known) > at) THEN
        RAISE EXCEPTION 'somebody else derived a % later than %', level, at USING ERRCODE = 'serialization_failure', HINT = 'Lock the subjects before the clock is read, and begin anew.';
    END IF;
    IF cardinality(ids) > 100 THEN -- a plan made for a few things compares each with each: for many, one that knows how many
        PERFORM set_config('plan_cache_mode', 'force_custom_plan', true);
    END IF;
    SELECT array_agg(s::subject_state) INTO fresh FROM states_of(level, ids, at) s;
    WITH stale AS MATERIALIZED (
        SELECT o.subject_id, o.valid, o.known
        FROM   subject_state o
        WHERE  o.kind = level AND o.subject_id = ANY(ids) AND upper_inf(o.known)
        AND    NOT EXISTS (SELECT FROM unnest(fresh) s WHERE s.subject_id = o.subject_id AND s.valid = o.valid
                           AND (s.stage, s.signed, s.compulsory, s.parcel, s.plot, s.disposition, s.use_class, s.area_m2, s.floor_m2, s.buildings)
                               IS NOT DISTINCT FROM (o.stage, o.signed, o.compulsory, o.parcel, o.plot, o.disposition, o.use_class, o.area_m2, o.floor_m2, o.buildings))),
    dropped AS (
        DELETE FROM subject_state o USING stale WHERE o.kind = level AND o.subject_id = stale.subject_id AND (o.valid = stale.valid AND o.known = stale.known) IS TRUE AND lower(o.known) = at
        RETURNING o.subject_id),
    closed AS (
        UPDATE subject_state o SET known = tstzrange(lower(o.known), at)
        FROM   stale WHERE o.kind = level AND o.subject_id = stale.subject_id AND (o.valid = stale.valid AND o.known = stale.known) IS TRUE AND lower(o.known) < at
        RETURNING o.subject_id)
    SELECT array_agg(subject_id) INTO moved FROM (SELECT subject_id FROM dropped UNION SELECT subject_id FROM closed) m;
    WITH born AS (
        INSERT INTO subject_state
        SELECT s.* FROM unnest(fresh) s
        WHERE  NOT EXISTS (SELECT FROM subject_state o WHERE o.kind = level AND o.subject_id = s.subject_id AND (o.valid = s.valid) IS TRUE AND upper_inf(o.known))
        RETURNING subject_id)
    SELECT array_agg(DISTINCT subject_id) INTO begun FROM born;
    RETURN ARRAY(SELECT DISTINCT m FROM unnest(moved || begun) m);
END
$$;
-- +goose StatementEnd

-- Everything whose state rests on these things by the open rows of the register, themselves included: what a writer locks before it reads its clock.
-- +goose StatementBegin
CREATE FUNCTION rests_on(ids int[]) RETURNS SETOF int LANGUAGE sql STABLE AS $$
    WITH one AS (SELECT unnest(ids) AS id),
    two AS (
        SELECT id FROM one
        UNION SELECT c.holding FROM contract_holding c WHERE c.contract IN (SELECT id FROM one) AND upper_inf(c.known)
        UNION SELECT b.holding FROM building_version b WHERE b.building IN (SELECT id FROM one) AND upper_inf(b.known)
        UNION SELECT b.plot FROM building_version b WHERE b.building IN (SELECT id FROM one) AND upper_inf(b.known))
    SELECT id FROM two
    UNION SELECT l.plot FROM holding_land l JOIN two ON two.id = l.holding WHERE upper_inf(l.known)
$$;
-- +goose StatementEnd

-- Derives things and, level by level, all that rests on what moved, each thing once.
-- +goose StatementBegin
CREATE FUNCTION derive(ids int[], at timestamptz) RETURNS void LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    level text;
    these int[];
    moved int[];
BEGIN
    FOREACH level IN ARRAY '{contract,building,holding,plot,parcel}'::text[] LOOP
        SELECT array_agg(DISTINCT s.subject_id ORDER BY s.subject_id) INTO these FROM subject s WHERE s.subject_id IN (SELECT unnest(ids)) AND s.kind = level;
        CONTINUE WHEN these IS NULL;
        moved := '{}';
        FOR part IN 0 .. (cardinality(these) - 1) / 10000 LOOP -- the states of a part are held in memory at once
            moved := moved || derive_level(level, these[part * 10000 + 1 : (part + 1) * 10000], at);
        END LOOP;
        CONTINUE WHEN cardinality(moved) = 0;
        CASE level
        WHEN 'contract' THEN ids := ids || ARRAY(SELECT c.holding FROM contract_holding c WHERE c.contract = ANY(moved) AND as_known(c.known, at));
        WHEN 'building' THEN ids := ids || ARRAY(SELECT b.holding FROM building_version b WHERE b.building = ANY(moved) AND as_known(b.known, at) UNION SELECT b.plot FROM building_version b WHERE b.building = ANY(moved) AND as_known(b.known, at));
        WHEN 'holding'  THEN ids := ids || ARRAY(SELECT l.plot FROM holding_land l WHERE l.holding = ANY(moved) AND as_known(l.known, at));
        WHEN 'plot'     THEN -- its tiles show its stage
            INSERT INTO outbox (collection, fid, x_min, y_min, x_max, y_max)
            SELECT 'plots', v.fid, min(ST_XMin(v.shape_3857)), min(ST_YMin(v.shape_3857)), max(ST_XMax(v.shape_3857)), max(ST_YMax(v.shape_3857))
            FROM   plot_version v WHERE v.fid = ANY(moved) AND as_known(v.known, at) GROUP BY v.fid;
        ELSE NULL;
        END CASE;
    END LOOP;
END
$$;
-- +goose StatementEnd

-- The edges that plots share with their neighbours: longer than 1 m, so that a corner does not make a block.
-- Sides with the same vertices are found exactly; only where that finds none, lines are compared on a 1 mm grid, which costs three times as much:
-- a vertex that stands on a neighbour's straight side lies off it by up to 0.07 mm.
-- +goose StatementBegin
CREATE FUNCTION edges_of(ids int[], at timestamptz) RETURNS SETOF plot_edge LANGUAGE sql STABLE AS $$
    SELECT e.a, e.b, e.shared_m, e.valid, tstzrange(at, NULL)
    FROM  (SELECT DISTINCT least(v.fid, n.fid) AS a, greatest(v.fid, n.fid) AS b, v.valid * n.valid AS valid,
                  round(CASE WHEN x.exact > 1 THEN x.exact ELSE ST_Length(ST_Intersection(ST_Boundary(v.shape), ST_Boundary(n.shape), 0.001)) END::numeric, 3) AS shared_m
           FROM   plot_version v
           JOIN   plot_version n ON n.shape && v.shape AND n.fid <> v.fid AND n.valid && v.valid AND as_known(n.known, at)
                  AND greatest(least(ST_XMax(v.shape), ST_XMax(n.shape)) - greatest(ST_XMin(v.shape), ST_XMin(n.shape)),
                               least(ST_YMax(v.shape), ST_YMax(n.shape)) - greatest(ST_YMin(v.shape), ST_YMin(n.shape))) > 0.7 -- boxes that share less share no edge of 1 m
           CROSS  JOIN LATERAL (SELECT ST_Length(ST_Intersection(ST_Boundary(v.shape), ST_Boundary(n.shape))) AS exact) x
           WHERE  v.fid = ANY(ids) AND as_known(v.known, at) AND (v.fid < n.fid OR NOT n.fid = ANY(ids))) e
    WHERE  e.shared_m > 1
$$;
-- +goose StatementEnd

-- The parts of plots that lie in zones, rounded down. What is in no zone is the plot's area less these: the parts and the rest add up exactly, and no rest is below zero.
-- +goose StatementBegin
CREATE FUNCTION zones_of(ids int[], at timestamptz) RETURNS SETOF plot_zone LANGUAGE sql STABLE AS $$
    SELECT p.plot, p.zone, p.area_m2, p.main, p.valid, tstzrange(at, NULL)
    FROM  (SELECT v.fid AS plot, z.fid AS zone, v.valid * z.valid AS valid,
                  CASE WHEN x.part = ST_Area(v.shape) THEN v.area_m2
                       ELSE trunc(v.area_m2 * (x.part / ST_Area(v.shape))::numeric, 4) END AS area_m2, 2 * x.part > ST_Area(v.shape) AS main
           FROM   plot_version v
           JOIN   zone_version z ON z.shape && v.shape AND z.valid && v.valid AND as_known(z.known, at)
           CROSS  JOIN LATERAL (SELECT CASE WHEN ST_Covers(z.shape, v.shape) THEN ST_Area(v.shape) ELSE ST_Area(ST_Intersection(v.shape, z.shape)) END AS part) x
           WHERE  v.fid = ANY(ids) AND as_known(v.known, at)) p
    WHERE  p.area_m2 > 0.01
$$;
-- +goose StatementEnd

-- Derives edges and zones of plots whose shapes moved, as derive_level does for states.
-- +goose StatementBegin
CREATE FUNCTION derive_shapes(ids int[], at timestamptz) RETURNS void LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan SET jit = off SET enable_indexscan = off AS $$
DECLARE
    edges plot_edge[];
    parts plot_zone[];
BEGIN
    SELECT array_agg(e::plot_edge) INTO edges FROM edges_of(ids, at) e;
    DELETE FROM plot_edge o WHERE (o.a = ANY(ids) OR o.b = ANY(ids)) AND upper_inf(o.known) AND lower(o.known) = at
    AND    NOT EXISTS (SELECT FROM unnest(edges) e WHERE (e.a, e.b, e.shared_m, e.valid) = (o.a, o.b, o.shared_m, o.valid));
    UPDATE plot_edge o SET known = tstzrange(lower(o.known), at) WHERE (o.a = ANY(ids) OR o.b = ANY(ids)) AND upper_inf(o.known)
    AND    NOT EXISTS (SELECT FROM unnest(edges) e WHERE (e.a, e.b, e.shared_m, e.valid) = (o.a, o.b, o.shared_m, o.valid));
    INSERT INTO plot_edge SELECT e.* FROM unnest(edges) e
    WHERE  NOT EXISTS (SELECT FROM plot_edge o WHERE o.a = e.a AND o.b = e.b AND o.valid = e.valid AND upper_inf(o.known));

    SELECT array_agg(p::plot_zone) INTO parts FROM zones_of(ids, at) p;
    DELETE FROM plot_zone o WHERE o.plot = ANY(ids) AND upper_inf(o.known) AND lower(o.known) = at
    AND    NOT EXISTS (SELECT FROM unnest(parts) p WHERE (p.plot, p.zone, p.area_m2, p.valid) = (o.plot, o.zone, o.area_m2, o.valid));
    UPDATE plot_zone o SET known = tstzrange(lower(o.known), at) WHERE o.plot = ANY(ids) AND upper_inf(o.known)
    AND    NOT EXISTS (SELECT FROM unnest(parts) p WHERE (p.plot, p.zone, p.area_m2, p.valid) = (o.plot, o.zone, o.area_m2, o.valid));
    INSERT INTO plot_zone SELECT p.* FROM unnest(parts) p
    WHERE  NOT EXISTS (SELECT FROM plot_zone o WHERE o.plot = p.plot AND o.zone = p.zone AND o.valid = p.valid AND upper_inf(o.known));
END
$$;
-- +goose StatementEnd

-- Locks things and all whose state rests on them, in ascending order, and answers them. Not against whoever only names them in a row of their own.
-- +goose StatementBegin
CREATE FUNCTION ledger_lock(ids int[]) RETURNS int[] LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    locked int[] := ARRAY(SELECT r FROM rests_on(ids) r);
BEGIN
    PERFORM FROM subject s WHERE s.subject_id IN (SELECT unnest(locked)) ORDER BY s.subject_id FOR NO KEY UPDATE;
    RETURN locked;
END
$$;
-- +goose StatementEnd

-- Derives all that this transaction moved, instant by instant, since a bulk load may bring a past of many instants
-- (rows of one statement of psql have an instant each: give them one, and they are derived at once).
-- Whoever comes late waits for the subjects, and begins anew where somebody with a later clock was first, or where more came to rest on them.
-- +goose StatementBegin
CREATE FUNCTION derive_noted() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
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
END
$$;
-- +goose StatementEnd

-- Once at the end of each transaction that moved something, whoever wrote it.
-- +goose StatementBegin
CREATE FUNCTION derive_at_commit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM derive_noted();
    PERFORM ledger_announce();
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER underived_derives AFTER INSERT ON underived_xact DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION derive_at_commit();

-- Tells every reader that figures may have moved, on the map or not.
-- +goose StatementBegin
CREATE FUNCTION ledger_announce() RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO outbox (collection) VALUES ('ledger');
    SELECT pg_notify('zhengbei_change', '');
$$;
-- +goose StatementEnd

-- Notes whose state a row of the ledger moves: the things named by the columns in the arguments, when it began and when it was closed.
-- +goose StatementBegin
CREATE FUNCTION register_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    it jsonb := to_jsonb(NEW);
BEGIN
    INSERT INTO underived_xact DEFAULT VALUES ON CONFLICT DO NOTHING;
    PERFORM ledger_allows(CASE TG_OP WHEN 'INSERT' THEN lower(NEW.known) ELSE upper(NEW.known) END);
    INSERT INTO underived (subject_id, at, shape)
    SELECT (it ->> c.name)::int, e.at, false
    FROM   unnest(TG_ARGV) c(name)
    CROSS  JOIN (VALUES (CASE TG_OP WHEN 'INSERT' THEN lower(NEW.known) END), (upper(NEW.known))) e(at)
    WHERE  e.at IS NOT NULL;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION fact_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO underived_xact DEFAULT VALUES ON CONFLICT DO NOTHING;
    PERFORM ledger_allows(NEW.recorded_at);
    INSERT INTO underived (subject_id, at, shape) VALUES (NEW.subject_id, NEW.recorded_at, false);
    RETURN NULL;
END
$$;
-- +goose StatementEnd
-- A zone that moves moves the plots that it meets.
-- +goose StatementBegin
CREATE FUNCTION shape_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO underived_xact DEFAULT VALUES ON CONFLICT DO NOTHING;
    PERFORM ledger_allows(CASE TG_OP WHEN 'INSERT' THEN lower(NEW.known) ELSE upper(NEW.known) END);
    INSERT INTO underived (subject_id, at, shape)
    SELECT m.fid, e.at, TG_ARGV[0] <> 'parcel'
    FROM  (VALUES (CASE TG_OP WHEN 'INSERT' THEN lower(NEW.known) END), (upper(NEW.known))) e(at)
    CROSS JOIN LATERAL (
           SELECT NEW.fid AS fid WHERE TG_ARGV[0] <> 'zone'
           UNION SELECT v.fid FROM plot_version v WHERE TG_ARGV[0] = 'zone' AND v.shape && NEW.shape AND v.known @> e.at) m
    WHERE e.at IS NOT NULL;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION ledger_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger_enter();
    RETURN NULL;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION ledger_says() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM ledger_announce();
    RETURN NULL;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION row_is_allowed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM ledger_allows(CASE TG_OP WHEN 'INSERT' THEN lower(NEW.known) ELSE upper(NEW.known) END);
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER fact_moves             AFTER INSERT           ON fact             FOR EACH ROW EXECUTE FUNCTION fact_moves();
CREATE TRIGGER holding_version_moves  AFTER INSERT OR UPDATE ON holding_version  FOR EACH ROW EXECUTE FUNCTION register_moves('holding');
CREATE TRIGGER holding_land_moves     AFTER INSERT OR UPDATE ON holding_land     FOR EACH ROW EXECUTE FUNCTION register_moves('holding', 'plot');
CREATE TRIGGER building_version_moves AFTER INSERT OR UPDATE ON building_version FOR EACH ROW EXECUTE FUNCTION register_moves('building', 'holding', 'plot');
CREATE TRIGGER contract_version_moves AFTER INSERT OR UPDATE ON contract_version FOR EACH ROW EXECUTE FUNCTION register_moves('contract');
CREATE TRIGGER contract_holding_moves AFTER INSERT OR UPDATE ON contract_holding FOR EACH ROW EXECUTE FUNCTION register_moves('contract', 'holding');
CREATE TRIGGER plot_version_moves     AFTER INSERT OR UPDATE ON plot_version     FOR EACH ROW EXECUTE FUNCTION shape_moves('plot');
CREATE TRIGGER parcel_version_moves   AFTER INSERT OR UPDATE ON parcel_version   FOR EACH ROW EXECUTE FUNCTION shape_moves('parcel');
CREATE TRIGGER zone_version_moves     AFTER INSERT OR UPDATE ON zone_version     FOR EACH ROW EXECUTE FUNCTION shape_moves('zone');

-- +goose StatementBegin
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY '{command_post_version,command_post_parcel,party_version,holding_party,tenant,holding_version,holding_land,building_version,contract_version,contract_holding}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER %1$s_history BEFORE UPDATE OR DELETE ON %1$I FOR EACH ROW EXECUTE FUNCTION history_only_closes()', name);
        EXECUTE format('CREATE TRIGGER %1$s_whole BEFORE TRUNCATE ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION history_only_closes()', name);
        EXECUTE format('CREATE TRIGGER %1$s_enters BEFORE INSERT OR UPDATE ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION ledger_write()', name);
    END LOOP;
    FOREACH name IN ARRAY '{round_version,feature_version,zone_version,parcel_version,plot_version,context_version}'::text[] LOOP -- the clock of an UPDATE is read before any row's trigger
        EXECUTE format('CREATE TRIGGER %1$s_enters BEFORE INSERT OR UPDATE ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION ledger_write()', name);
    END LOOP;
    FOREACH name IN ARRAY '{round_version,command_post_version,command_post_parcel,party_version,holding_party,tenant}'::text[] LOOP -- no state rests on them, figures and lists do
        EXECUTE format('CREATE TRIGGER %1$s_says AFTER INSERT OR UPDATE ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION ledger_says()', name);
        EXECUTE format('CREATE TRIGGER %1$s_allowed AFTER INSERT OR UPDATE ON %1$I FOR EACH ROW EXECUTE FUNCTION row_is_allowed()', name);
    END LOOP;
    FOREACH name IN ARRAY '{fact,fact_evidence,contract}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER %1$s_whole BEFORE UPDATE OR DELETE OR TRUNCATE ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION history_only_closes()', name);
        EXECUTE format('CREATE TRIGGER %1$s_enters BEFORE INSERT ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION ledger_write()', name);
    END LOOP;
END
$$;
-- +goose StatementEnd

-- Where the projection differs from what facts and register say, as known at an instant; no row when all is well.
-- Levels below are read as they stand, so that a whole answer of no rows proves every level.
-- +goose StatementBegin
CREATE FUNCTION projection_faults(at timestamptz) RETURNS TABLE (kind text, code text, stored text, derived text) LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
    level text;
    ids int[];
BEGIN
    FOREACH level IN ARRAY '{contract,building,holding,plot,parcel}'::text[] LOOP
        ids := ARRAY(SELECT s.subject_id FROM subject s WHERE s.kind = level);
        RETURN QUERY
        WITH kept AS (
            SELECT s.subject_id, s.valid, ROW(s.stage, s.signed, s.compulsory, s.parcel, s.plot, s.disposition, s.use_class, s.area_m2, s.floor_m2, s.buildings)::text AS says
            FROM   subject_state s WHERE s.kind = level AND s.known @> at),
        fresh AS (
            SELECT s.subject_id, s.valid, ROW(s.stage, s.signed, s.compulsory, s.parcel, s.plot, s.disposition, s.use_class, s.area_m2, s.floor_m2, s.buildings)::text AS says
            FROM   states_of(level, ids, at) s)
        SELECT level, c.code, k.valid || ' ' || k.says, f.valid || ' ' || f.says
        FROM   kept k
        FULL   JOIN fresh f USING (subject_id, valid)
        JOIN   subject c USING (subject_id)
        WHERE  k.says IS DISTINCT FROM f.says;
    END LOOP;
    ids := ARRAY(SELECT s.subject_id FROM subject s WHERE s.kind = 'plot');
    RETURN QUERY
    SELECT 'edge', x.a || '-' || x.b, x.stored, x.derived
    FROM  (SELECT coalesce(k.a, f.a) AS a, coalesce(k.b, f.b) AS b, k.valid || ' ' || k.shared_m AS stored, f.valid || ' ' || f.shared_m AS derived
           FROM  (SELECT * FROM plot_edge e WHERE e.known @> at) k
           FULL   JOIN edges_of(ids, at) f ON f.a = k.a AND f.b = k.b AND f.valid = k.valid) x
    WHERE  x.stored IS DISTINCT FROM x.derived
    UNION ALL
    SELECT 'zone', x.plot || '-' || x.zone, x.stored, x.derived
    FROM  (SELECT coalesce(k.plot, f.plot) AS plot, coalesce(k.zone, f.zone) AS zone, k.valid || ' ' || k.area_m2 || ' ' || k.main AS stored, f.valid || ' ' || f.area_m2 || ' ' || f.main AS derived
           FROM  (SELECT * FROM plot_zone e WHERE e.known @> at) k
           FULL   JOIN zones_of(ids, at) f ON f.plot = k.plot AND f.zone = k.zone AND f.valid = k.valid) x
    WHERE  x.stored IS DISTINCT FROM x.derived;
END
$$;
-- +goose StatementEnd

-- Derives everything anew from facts and register, every instant again in order. For the owner, should doctor find a fault.
-- +goose StatementBegin
CREATE FUNCTION rebuild_states() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
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
    PERFORM ledger_announce();
END
$$;
-- +goose StatementEnd
SELECT rebuild_states(); -- the outlines that are here already

-- Since when a thing has been in the stage that it is in on a day, as known at an instant.
-- +goose StatementBegin
CREATE FUNCTION stage_since(level text, thing int, on_day date, as_known timestamptz) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT min(coalesce(lower(s.valid), '-infinity'))
    FROM   subject_state s
    WHERE  s.kind = level AND s.subject_id = thing AND s.known @> as_known AND coalesce(lower(s.valid), '-infinity') <= on_day
    AND    coalesce(lower(s.valid), '-infinity') >= coalesce((
               SELECT max(upper(o.valid))
               FROM   subject_state o
               JOIN   subject_state n ON n.kind = level AND n.subject_id = thing AND n.known @> as_known AND n.valid @> on_day
               WHERE  o.kind = level AND o.subject_id = thing AND o.known @> as_known AND upper(o.valid) <= on_day AND o.stage <> n.stage), '-infinity')
$$;
-- +goose StatementEnd

-- Counts what a bulk load brought: until then the planner takes every table for an empty one.
-- +goose StatementBegin
CREATE FUNCTION ledger_analyze() RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    ANALYZE;
END
$$;
-- +goose StatementEnd

GRANT USAGE ON SEQUENCE feature_fid_seq TO zhengbei_service;
GRANT SELECT, INSERT ON subject, command_post, command_post_version, command_post_parcel, party, party_version, holding_version, holding_party, holding_land,
    building_version, tenant, contract, contract_version, contract_holding, fact, fact_evidence TO zhengbei_service;
GRANT UPDATE (known) ON command_post_version, command_post_parcel, party_version, holding_version, holding_party, holding_land, building_version, tenant, contract_version, contract_holding TO zhengbei_service;
REVOKE EXECUTE ON FUNCTION ledger_lock(int[]), ledger_settle(), ledger_announce(), ledger_analyze() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_lock(int[]), ledger_settle(), ledger_analyze() TO zhengbei_service;
GRANT SELECT ON subject_state, contract_state, building_state, holding_state, plot_state, parcel_state, plot_edge, plot_zone, fact_kind TO zhengbei_service;
