-- What is derived, derived in a time that grows with the things and not with their square.

-- +goose Up

-- The edges that plots share with their neighbours: longer than 1 m, so that a corner does not make a block.
-- Sides with the same vertices are found exactly; only where that finds none, lines are compared on a 1 mm grid, which costs three times as much:
-- a vertex that stands on a neighbour's straight side lies off it by up to 0.07 mm.
-- Neighbours are found by their place alone (IS TRUE keeps days and numbers out of the search): an index of the days that shapes hold on answers with nearly all.
-- Each length is measured once (OFFSET 0), however often it is asked for.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION edges_of(ids int[], at timestamptz) RETURNS SETOF plot_edge LANGUAGE sql STABLE AS $$
    SELECT least(v.fid, n.fid), greatest(v.fid, n.fid), l.shared_m, v.valid * n.valid, tstzrange(at, NULL)
    FROM  (SELECT v.fid, v.valid, v.shape FROM plot_version v WHERE v.fid IN (SELECT unnest(ids)) AND as_known(v.known, at) OFFSET 0) v
    CROSS  JOIN LATERAL (
           SELECT n.fid, n.valid, n.shape FROM plot_version n
           WHERE  n.shape && v.shape AND (n.fid <> v.fid AND n.valid && v.valid) IS TRUE AND as_known(n.known, at)
           AND    greatest(least(ST_XMax(v.shape), ST_XMax(n.shape)) - greatest(ST_XMin(v.shape), ST_XMin(n.shape)),
                           least(ST_YMax(v.shape), ST_YMax(n.shape)) - greatest(ST_YMin(v.shape), ST_YMin(n.shape))) > 0.7 -- boxes that share less share no edge of 1 m
           AND   (v.fid < n.fid OR n.fid NOT IN (SELECT unnest(ids))) OFFSET 0) n
    CROSS  JOIN LATERAL (SELECT ST_Length(ST_Intersection(ST_Boundary(v.shape), ST_Boundary(n.shape))) AS exact OFFSET 0) x
    CROSS  JOIN LATERAL (
           SELECT round(CASE WHEN x.exact > 1 THEN x.exact ELSE ST_Length(ST_Intersection(ST_Boundary(v.shape), ST_Boundary(n.shape), 0.001)) END::numeric, 3) AS shared_m OFFSET 0) l
    WHERE  l.shared_m > 1
$$;
-- +goose StatementEnd

-- The parts of plots that lie in zones, rounded down. What is in no zone is the plot's area less these: the parts and the rest add up exactly, and no rest is below zero.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION zones_of(ids int[], at timestamptz) RETURNS SETOF plot_zone LANGUAGE sql STABLE AS $$
    SELECT p.plot, p.zone, p.area_m2, p.main, p.valid, tstzrange(at, NULL)
    FROM  (SELECT v.fid AS plot, z.fid AS zone, v.valid * z.valid AS valid,
                  CASE WHEN x.part = x.whole THEN v.area_m2 ELSE trunc(v.area_m2 * (x.part / x.whole)::numeric, 4) END AS area_m2, 2 * x.part > x.whole AS main
           FROM  (SELECT v.fid, v.valid, v.shape, v.area_m2 FROM plot_version v WHERE v.fid IN (SELECT unnest(ids)) AND as_known(v.known, at) OFFSET 0) v
           JOIN   zone_version z ON z.shape && v.shape AND (z.valid && v.valid) IS TRUE AND as_known(z.known, at)
           CROSS  JOIN LATERAL (SELECT ST_Area(v.shape) AS whole, CASE WHEN ST_Covers(z.shape, v.shape) THEN ST_Area(v.shape) ELSE ST_Area(ST_Intersection(v.shape, z.shape)) END AS part OFFSET 0) x) p
    WHERE  p.area_m2 > 0.01
$$;
-- +goose StatementEnd

-- Derives edges and zones of plots whose shapes moved, as derive_level does for states. What is gone is found by what there is as one set,
-- and what is new by looking each up (OFFSET 0): no plan, made for however few, compares each with each.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION derive_shapes(ids int[], at timestamptz) RETURNS void LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan SET jit = off SET enable_indexscan = off SET enable_seqscan = off AS $$
DECLARE
    edges plot_edge[] := ARRAY(SELECT e::plot_edge FROM edges_of(ids, at) e);
    parts plot_zone[] := ARRAY(SELECT p::plot_zone FROM zones_of(ids, at) p);
    gone tid[]; -- where the rows are that no longer hold
BEGIN
    gone := ARRAY(SELECT o.ctid
                  FROM  (SELECT t.ctid, t.* FROM unnest(ids) i JOIN plot_edge t ON t.a = i UNION SELECT t.ctid, t.* FROM unnest(ids) i JOIN plot_edge t ON t.b = i) o
                  WHERE  upper_inf(o.known) AND (o.a, o.b, o.shared_m, o.valid) NOT IN (SELECT e.a, e.b, e.shared_m, e.valid FROM unnest(edges) e));
    DELETE FROM plot_edge o WHERE o.ctid = ANY(gone) AND lower(o.known) = at;
    UPDATE plot_edge o SET known = tstzrange(lower(o.known), at) WHERE o.ctid = ANY(gone);
    INSERT INTO plot_edge SELECT e.* FROM unnest(edges) e
    WHERE  NOT EXISTS (SELECT FROM plot_edge o WHERE o.a = e.a AND (o.b = e.b AND o.valid = e.valid) IS TRUE AND upper_inf(o.known) OFFSET 0);

    gone := ARRAY(SELECT o.ctid FROM unnest(ids) i JOIN plot_zone o ON o.plot = i
                  WHERE  upper_inf(o.known) AND (o.plot, o.zone, o.area_m2, o.valid) NOT IN (SELECT p.plot, p.zone, p.area_m2, p.valid FROM unnest(parts) p));
    DELETE FROM plot_zone o WHERE o.ctid = ANY(gone) AND lower(o.known) = at;
    UPDATE plot_zone o SET known = tstzrange(lower(o.known), at) WHERE o.ctid = ANY(gone);
    INSERT INTO plot_zone SELECT p.* FROM unnest(parts) p
    WHERE  NOT EXISTS (SELECT FROM plot_zone o WHERE o.plot = p.plot AND (o.zone = p.zone AND o.valid = p.valid) IS TRUE AND upper_inf(o.known) OFFSET 0);
END
$$;
-- +goose StatementEnd

-- The states of things on each run of days, as known at an instant: THE place where facts become stages (domain rules).
-- Each level reads the states of the levels below it, so it is called contract, building, holding, plot in turn.
-- The joins begin at the things asked for (LATERAL … OFFSET 0): no statistics, fresh tables included, may turn them round.
-- Whatever bears on a thing is an event on a day: it begins to count, or ceases to. One sweep in the order of the days
-- adds them up, so that no join between the parts depends on how many things there are; runs of equal states are joined.
-- IS TRUE keeps the days out of the search: rows are found by the number of their thing, and not among all that hold on a day.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION states_of(level text, ids int[], at timestamptz) RETURNS SETOF subject_state LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET jit = off AS $$
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
        CROSS  JOIN LATERAL (SELECT * FROM holding_state h WHERE h.subject_id = l.holding AND as_known(h.known, at) AND (h.valid && l.valid) IS TRUE OFFSET 0) h
        WHERE  level = 'plot' AND l.plot = ANY(ids) AND as_known(l.known, at)),
    built AS ( -- buildings of a holding, or on a plot, and whether they stand
        SELECT b.holding AS id, b.floor_area_m2, b.valid * s.valid AS valid, (s.stage <> 'demolished')::int AS stands
        FROM   building_version b
        CROSS  JOIN LATERAL (SELECT * FROM building_state s WHERE s.subject_id = b.building AND as_known(s.known, at) AND (s.valid && b.valid) IS TRUE OFFSET 0) s
        WHERE  level = 'holding' AND b.holding = ANY(ids) AND as_known(b.known, at)
        UNION ALL
        SELECT b.plot, b.floor_area_m2, b.valid * s.valid, (s.stage <> 'demolished')::int
        FROM   building_version b
        CROSS  JOIN LATERAL (SELECT * FROM building_state s WHERE s.subject_id = b.building AND as_known(s.known, at) AND (s.valid && b.valid) IS TRUE OFFSET 0) s
        WHERE  level = 'plot' AND b.plot = ANY(ids) AND as_known(b.known, at)),
    under AS ( -- days on which a holding is under a live relocation contract; a framework never counts, an amendment changes amounts only
        SELECT c.holding AS id, c.valid * s.valid AS valid
        FROM   contract_holding c
        CROSS  JOIN LATERAL (
               SELECT s.valid FROM contract_state s
               WHERE  s.subject_id = c.contract AND as_known(s.known, at) AND (s.valid && c.valid) IS TRUE AND s.stage IN ('signed', 'effective', 'settled')
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
    state AS MATERIALIZED ( -- its columns are compared below: each is made once
        SELECT r.id, r.day, r.until, r.parcel, r.disposition, r.use_class,
               CASE level WHEN 'holding' THEN ( -- where most of its land lies
                   SELECT l.plot FROM holding_land l WHERE l.holding = r.id AND as_known(l.known, at) AND (l.valid @> r.day) IS TRUE ORDER BY l.area_m2 DESC, l.plot LIMIT 1) ELSE r.plot END AS plot,
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

-- Derives things and, level by level, all that rests on what moved, each thing once.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION derive(ids int[], at timestamptz) RETURNS void LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
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
        WHEN 'contract' THEN ids := ids || ARRAY(SELECT c.holding FROM contract_holding c WHERE c.contract IN (SELECT unnest(moved)) AND as_known(c.known, at));
        WHEN 'building' THEN ids := ids || ARRAY(SELECT b.holding FROM building_version b WHERE b.building IN (SELECT unnest(moved)) AND as_known(b.known, at) UNION SELECT b.plot FROM building_version b WHERE b.building IN (SELECT unnest(moved)) AND as_known(b.known, at));
        WHEN 'holding'  THEN ids := ids || ARRAY(SELECT l.plot FROM holding_land l WHERE l.holding IN (SELECT unnest(moved)) AND as_known(l.known, at));
        WHEN 'plot'     THEN -- its tiles show its stage
            INSERT INTO outbox (collection, fid, x_min, y_min, x_max, y_max)
            SELECT 'plots', v.fid, min(ST_XMin(v.shape_3857)), min(ST_YMin(v.shape_3857)), max(ST_XMax(v.shape_3857)), max(ST_YMax(v.shape_3857))
            FROM   plot_version v WHERE v.fid IN (SELECT unnest(moved)) AND as_known(v.known, at) GROUP BY v.fid;
        ELSE NULL;
        END CASE;
    END LOOP;
END
$$;
-- +goose StatementEnd
