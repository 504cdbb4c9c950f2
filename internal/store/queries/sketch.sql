-- name: sketch.page
-- The outlines of a layer on a day as anybody may see them: within about 50 m, on a grid of a ten-thousandth of a degree, areas to 0.1 ha; a page by code, or the one of a code.
-- Columns are named after land.Sketch.
SELECT v.code, v.kind, v.name, v.name_en, v.source, v.source_en, v.demo, round(v.area_m2, -3)::text AS area_m2,
       ST_AsGeoJSON(ST_ReducePrecision(ST_Transform(ST_SimplifyPreserveTopology(v.shape, 50), 4490), 0.0001), 4, 0)::text AS geometry
FROM   land_on(@collection, daterange(@on::date, @on::date, '[]'), 'infinity') v
WHERE  v.code > @after AND (@code::text IS NULL OR v.code = @code)
ORDER  BY v.code
LIMIT  @limit;
