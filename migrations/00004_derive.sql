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
