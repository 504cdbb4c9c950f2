-- A made-up district for benchmarks: :plots plots of 40 m squares in six parcels and three zones, a holding and three buildings on each,
-- about 20 facts a plot. All of it is recorded at once, but for one fact in twenty, which came late at one of fifty instants.
CREATE FUNCTION pg_temp.square(x float8, y float8, w float8, h float8) RETURNS geometry LANGUAGE sql AS $$
    SELECT ST_SetSRID(ST_MakeEnvelope(490000 + x, 2500000 + y, 490000 + x + w, 2500000 + y + h), 4547)
$$;
CREATE FUNCTION pg_temp.first() RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2022-12-31 18:00+08' $$;
CREATE FUNCTION pg_temp.chance(n int, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$ SELECT (hashint8(n::bigint * 7919 + salt) & 1048575) / 1048576.0 $$;

INSERT INTO round (code, demo) VALUES ('R-2021', true);
INSERT INTO round_version (round_id, version, name, name_en, starts_on, target_ha, deadline, default_at, source, source_en, valid, known, recorded_at, recorded_by, reason)
SELECT round_id, 1, '演示', 'demonstration', '2021-06-01', 500, '2024-12-31', '2022-12-30', 'x', 'x', '(,)', tstzrange(pg_temp.first(), NULL), pg_temp.first(), 'x', 'x' FROM round;
CREATE TEMP TABLE place AS
SELECT n, (n % 200) * 40 AS x, (n / 200) * 40 AS y, 1 + n * 6 / :plots AS parcel FROM generate_series(0, :plots - 1) n;
INSERT INTO feature (collection, code, round_id) SELECT 'parcels', 'P-' || lpad(p::text, 2, '0'), round_id FROM round, generate_series(1, 6) p;
INSERT INTO feature (collection, code, round_id) SELECT 'zones', 'Z-' || lpad(p::text, 2, '0'), round_id FROM round, generate_series(1, 3) p;
INSERT INTO feature (collection, code, round_id) SELECT 'plots', 'L-' || lpad((n + 1)::text, 6, '0'), round_id FROM round, place ORDER BY n;
INSERT INTO feature_version (collection, fid, version, change, kind, name, name_status, accuracy, source, source_en, shape, valid, known, recorded_by, reason)
SELECT 'parcels', f.fid, 1, 'created', 'parcel', f.code, 'placeholder', 'approximate', 'x', 'x', s.shape, '[2021-06-01,)', tstzrange(pg_temp.first(), NULL), 'x', 'x'
FROM  (SELECT parcel, ST_Union(pg_temp.square(0, y, 8000, 40)) AS shape FROM (SELECT DISTINCT parcel, y FROM place WHERE x = 0) r GROUP BY parcel) s
JOIN   feature f ON f.code = 'P-' || lpad(s.parcel::text, 2, '0');
INSERT INTO feature_version (collection, fid, version, change, kind, name, accuracy, source, source_en, shape, valid, known, recorded_by, reason)
SELECT 'zones', f.fid, 1, 'created', 'zone', f.code, 'approximate', 'x', 'x', pg_temp.square((right(f.code, 1)::int - 1) * 2700 + 15, 15, 2600, 1000), '[2021-06-01,)', tstzrange(pg_temp.first(), NULL), 'x', 'x'
FROM   feature f WHERE f.collection = 'zones';
CREATE TEMP TABLE lot AS SELECT p.*, f.fid FROM place p JOIN feature f ON f.code = 'L-' || lpad((p.n + 1)::text, 6, '0');
INSERT INTO feature_version (collection, fid, version, change, kind, parcel, disposition, use_class, accuracy, source, source_en, shape, valid, known, recorded_by, reason)
SELECT 'plots', l.fid, 1, 'created', 'plot', p.fid, CASE WHEN l.n % 5 = 4 THEN 'retained' ELSE 'storage' END, (ARRAY['industrial', 'industrial', 'residential_potential', 'livelihood'])[1 + l.n % 4],
       'approximate', 'x', 'x', pg_temp.square(l.x, l.y, 40, 40), '[2021-06-01,)', tstzrange(pg_temp.first(), NULL), 'x', 'x'
FROM   lot l JOIN feature p ON p.code = 'P-' || lpad(l.parcel::text, 2, '0');

INSERT INTO subject (kind, code) SELECT 'holding', 'H-' || lpad((n + 1)::text, 6, '0') FROM lot ORDER BY n;
INSERT INTO subject (kind, code) SELECT 'contract', 'C-' || lpad((n + 1)::text, 6, '0') FROM lot ORDER BY n;
INSERT INTO subject (kind, code) SELECT 'building', 'B-' || lpad((n * 3 + k)::text, 6, '0') FROM lot, generate_series(1, 3) k ORDER BY n, k;
CREATE TEMP TABLE held AS SELECT l.n, l.fid, h.subject_id AS holding, c.subject_id AS contract, p.fid AS parcel
FROM lot l JOIN subject h ON h.code = 'H-' || lpad((l.n + 1)::text, 6, '0') JOIN subject c ON c.code = 'C-' || lpad((l.n + 1)::text, 6, '0') JOIN feature p ON p.code = 'P-' || lpad(l.parcel::text, 2, '0');
INSERT INTO holding_version (holding, version, parcel, name, class, valid, known, recorded_by, reason)
SELECT holding, 1, parcel, '演示户' || n, 'residential', '[2021-06-01,)', tstzrange(pg_temp.first(), NULL), 'x', 'x' FROM held;
INSERT INTO holding_land (holding, plot, area_m2, valid, known, recorded_by, reason)
SELECT holding, fid, 1500, '[2021-06-01,)', tstzrange(pg_temp.first(), NULL), 'x', 'x' FROM held;
INSERT INTO building_version (building, version, holding, plot, floor_area_m2, storeys, use, valid, known, recorded_by, reason)
SELECT b.subject_id, 1, h.holding, h.fid, 300 + h.n % 97, 3, 'residential', '[2021-06-01,)', tstzrange(pg_temp.first(), NULL), 'x', 'x'
FROM   held h CROSS JOIN generate_series(1, 3) k JOIN subject b ON b.code = 'B-' || lpad((h.n * 3 + k)::text, 6, '0');
INSERT INTO contract (contract, kind, parcel) SELECT contract, 'relocation', parcel FROM held;
INSERT INTO contract_version (contract, version, valid, known, recorded_by, reason) SELECT contract, 1, '[2021-06-01,)', tstzrange(pg_temp.first(), NULL), 'x', 'x' FROM held;
INSERT INTO contract_holding (contract, holding, valid, known, recorded_by, reason) SELECT contract, holding, '[2021-06-01,)', tstzrange(pg_temp.first(), NULL), 'x', 'x' FROM held;

-- Each holding goes its way as far as its chance lets it; the land in the west is further than that in the east.
INSERT INTO fact (subject_id, kind, occurred_on, recorded_at, recorded_by)
SELECT f.subject, f.kind, date '2021-07-01' + (f.step * 25 + pg_temp.chance(h.n, 1) * 200)::int,
       pg_temp.first() + CASE WHEN pg_temp.chance(f.subject, f.step) < 0.05 THEN interval '1 day' * (1 + 50 * pg_temp.chance(f.subject, 3))::int ELSE interval '0' END, 'x'
FROM   held h
JOIN   LATERAL (SELECT pg_temp.chance(h.n, 2) * 1.1 + pg_temp.chance(h.n / 40, 4) * 0.4 AS zeal) z ON true
CROSS  JOIN LATERAL (
           SELECT h.holding AS subject, k AS kind, 0 AS step, 0.0 AS least FROM unnest('{surveyed,willing,measured,appraised,visited,visited,negotiating,assigned}'::text[]) k
           UNION ALL SELECT h.contract, k, 5 + (k = 'effective')::int, 0.5 FROM unnest('{offered,signed,effective}'::text[]) k
           UNION ALL SELECT b.building, k, 8 + (k = 'demolished')::int, CASE WHEN k IN ('surveyed', 'measured') THEN 0 ELSE 0.7 END FROM building_version b, unnest('{surveyed,measured,vacated,demolished}'::text[]) k WHERE b.plot = h.fid
           UNION ALL SELECT h.fid, k, 11 + (k = 'stored')::int, 0.8 FROM unnest('{title_accepted,site_accepted,stored}'::text[]) k) f
WHERE  z.zeal >= f.least;
