import { execFileSync } from "node:child_process";

/** psql runs SQL as the administrator of a server's private database, as somebody at a terminal would. */
export function psql(data: string, sql: string, database = "zhengbei"): string {
  return execFileSync(
    "psql",
    [
      "-X",
      "-q",
      "-A",
      "-t",
      "-v",
      "ON_ERROR_STOP=1",
      "-h",
      `${data}/run`,
      "-U",
      "zhengbei_admin",
      "-d",
      database,
      "-c",
      sql,
    ],
    {
      env: { PATH: process.env.PATH },
      encoding: "utf8",
    },
  ).trim();
}

const columns = `collection, fid, change, kind, name, name_en, name_status, subdistrict, subdistrict_en, locality, locality_en, accuracy, source, source_en, area_official_m2, published`;

/** correct moves a parcel east by some metres, as a correction of what was known. */
export const correct = (code: string, metres: number): string => `
  WITH old AS (
    UPDATE feature_version v SET known = tstzrange(lower(v.known), clock_timestamp())
    FROM feature f WHERE f.fid = v.fid AND f.code = '${code}' AND upper_inf(v.known) RETURNING v.*)
  INSERT INTO feature_version (${columns}, version, shape, valid, recorded_by, reason)
  SELECT ${columns.replace(" change,", " 'corrected',")},
         version + 1, ST_SnapToGrid(ST_Translate(shape, ${metres}, 0), 0.0001), valid, 'psql', '更正' FROM old`;
