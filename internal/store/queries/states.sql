-- Rows with their two clocks as columns, some hundred things a row of the answer: rows by themselves would cost three times as much.
-- Days count from 1970, instants are microseconds; a range without end has the largest number. All, or those of some things.

-- name: states.plots
-- States of plots; retained and kept plots say so in place of their stage.
SELECT array_agg(s.subject_id) AS plots, array_agg(s.parcel) AS parcels, array_agg((s.area_m2 * 10000)::bigint) AS areas,
       array_agg(array_position(@stages::text[], CASE s.disposition WHEN 'storage' THEN s.stage ELSE s.disposition END) - 1) AS stages, array_agg(array_position(@use_classes::text[], s.use_class) - 1) AS use_classes,
       array_agg(coalesce(nullif(lower(s.valid), '-infinity') - '1970-01-01'::date, -2147483648)) AS froms, array_agg(coalesce(nullif(upper(s.valid), 'infinity') - '1970-01-01'::date, 2147483647)) AS tos,
       array_agg(round(date_part('epoch', lower(s.known)) * 1000000)::bigint) AS begins, array_agg(coalesce(round(date_part('epoch', nullif(upper(s.known), 'infinity')) * 1000000)::bigint, 9223372036854775807)) AS ends
FROM   plot_state s
WHERE  @ids::int[] IS NULL OR s.subject_id = ANY(@ids)
GROUP  BY s.subject_id % 256;

-- name: states.holdings
-- States of holdings.
SELECT array_agg(s.subject_id) AS holdings, array_agg(s.parcel) AS parcels, array_agg(coalesce(s.plot, 0)) AS plots, array_agg(s.buildings) AS buildings,
       array_agg(s.signed) AS signed, array_agg(s.compulsory) AS compulsory, array_agg((s.floor_m2 * 10000)::bigint) AS floors, array_agg((s.area_m2 * 10000)::bigint) AS lands,
       array_agg(coalesce(nullif(lower(s.valid), '-infinity') - '1970-01-01'::date, -2147483648)) AS froms, array_agg(coalesce(nullif(upper(s.valid), 'infinity') - '1970-01-01'::date, 2147483647)) AS tos,
       array_agg(round(date_part('epoch', lower(s.known)) * 1000000)::bigint) AS begins, array_agg(coalesce(round(date_part('epoch', nullif(upper(s.known), 'infinity')) * 1000000)::bigint, 9223372036854775807)) AS ends
FROM   holding_state s
WHERE  @ids::int[] IS NULL OR s.subject_id = ANY(@ids)
GROUP  BY s.subject_id % 256;

-- name: states.contracts
-- States of contracts.
SELECT array_agg(s.subject_id) AS contracts, array_agg(s.parcel) AS parcels, array_agg(array_position(@kinds::text[], c.kind) - 1) AS kinds, array_agg(array_position(@stages::text[], s.stage) - 1) AS stages,
       array_agg(coalesce(nullif(lower(s.valid), '-infinity') - '1970-01-01'::date, -2147483648)) AS froms, array_agg(coalesce(nullif(upper(s.valid), 'infinity') - '1970-01-01'::date, 2147483647)) AS tos,
       array_agg(round(date_part('epoch', lower(s.known)) * 1000000)::bigint) AS begins, array_agg(coalesce(round(date_part('epoch', nullif(upper(s.known), 'infinity')) * 1000000)::bigint, 9223372036854775807)) AS ends
FROM   contract_state s
JOIN   kinds_of_contracts(@ids::int[]) c ON c.contract = s.subject_id
WHERE  @ids::int[] IS NULL OR s.subject_id = ANY(@ids)
GROUP  BY s.subject_id % 256;

-- name: states.parts
-- The parts of plots that lie in zones.
SELECT array_agg(s.plot) AS plots, array_agg(s.zone) AS zones, array_agg(s.main) AS main, array_agg((s.area_m2 * 10000)::bigint) AS areas,
       array_agg(coalesce(nullif(lower(s.valid), '-infinity') - '1970-01-01'::date, -2147483648)) AS froms, array_agg(coalesce(nullif(upper(s.valid), 'infinity') - '1970-01-01'::date, 2147483647)) AS tos,
       array_agg(round(date_part('epoch', lower(s.known)) * 1000000)::bigint) AS begins, array_agg(coalesce(round(date_part('epoch', nullif(upper(s.known), 'infinity')) * 1000000)::bigint, 9223372036854775807)) AS ends
FROM   plot_zone s
WHERE  @ids::int[] IS NULL OR s.plot = ANY(@ids)
GROUP  BY s.plot % 256;

-- name: states.edges
-- The edges that plots share.
SELECT array_agg(s.a) AS a, array_agg(s.b) AS b,
       array_agg(coalesce(nullif(lower(s.valid), '-infinity') - '1970-01-01'::date, -2147483648)) AS froms, array_agg(coalesce(nullif(upper(s.valid), 'infinity') - '1970-01-01'::date, 2147483647)) AS tos,
       array_agg(round(date_part('epoch', lower(s.known)) * 1000000)::bigint) AS begins, array_agg(coalesce(round(date_part('epoch', nullif(upper(s.known), 'infinity')) * 1000000)::bigint, 9223372036854775807)) AS ends
FROM   plot_edge s
WHERE  @ids::int[] IS NULL OR s.a = ANY(@ids) OR s.b = ANY(@ids)
GROUP  BY s.a % 256;

-- name: states.lands
-- Which holding has land on which plot.
SELECT array_agg(s.holding) AS a, array_agg(s.plot) AS b,
       array_agg(coalesce(nullif(lower(s.valid), '-infinity') - '1970-01-01'::date, -2147483648)) AS froms, array_agg(coalesce(nullif(upper(s.valid), 'infinity') - '1970-01-01'::date, 2147483647)) AS tos,
       array_agg(round(date_part('epoch', lower(s.known)) * 1000000)::bigint) AS begins, array_agg(coalesce(round(date_part('epoch', nullif(upper(s.known), 'infinity')) * 1000000)::bigint, 9223372036854775807)) AS ends
FROM   links_of_land(@ids::int[]) s
GROUP  BY s.holding % 256;

-- name: states.covers
-- Which contract covers which holding.
SELECT array_agg(s.contract) AS a, array_agg(s.holding) AS b,
       array_agg(coalesce(nullif(lower(s.valid), '-infinity') - '1970-01-01'::date, -2147483648)) AS froms, array_agg(coalesce(nullif(upper(s.valid), 'infinity') - '1970-01-01'::date, 2147483647)) AS tos,
       array_agg(round(date_part('epoch', lower(s.known)) * 1000000)::bigint) AS begins, array_agg(coalesce(round(date_part('epoch', nullif(upper(s.known), 'infinity')) * 1000000)::bigint, 9223372036854775807)) AS ends
FROM   links_of_contracts(@ids::int[]) s
GROUP  BY s.contract % 256;

-- name: states.rounds
-- The round of each parcel.
SELECT f.fid AS parcel, r.code AS round
FROM   feature f
JOIN   round r ON r.round_id = f.round_id
WHERE  f.collection = 'parcels';

-- name: states.mark
-- A place in the stream of changes, and how many of the changes from it on can be seen already.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon,
       (SELECT count(*) FROM outbox o WHERE o.xact >= pg_snapshot_xmin(pg_current_snapshot())) AS seen;

-- name: states.seen
-- How many changes from a place on can be seen.
SELECT count(*) FROM outbox o WHERE o.xact >= @horizon::text::xid8;

-- name: states.moved
-- The things that moved from a place on; whole where some change did not say which, or where they are so many that all is read sooner.
WITH o AS MATERIALIZED (SELECT subjects FROM outbox WHERE xact >= @horizon::text::xid8 AND collection = 'ledger')
SELECT t.whole, CASE WHEN t.whole THEN '{}' ELSE ARRAY(SELECT DISTINCT unnest(o.subjects) FROM o) END AS ids
FROM  (SELECT coalesce(bool_or(o.subjects IS NULL) OR sum(cardinality(o.subjects)) > @most::int, false) AS whole FROM o) t;
