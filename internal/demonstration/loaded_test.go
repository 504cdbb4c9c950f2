package demonstration_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"zhengbei/internal/demonstration"
	"zhengbei/internal/store/storetest"
)

// TestLoaded asks PostGIS itself: what the service derives from the demonstration is what its file says, and what the mockups show.
func TestLoaded(t *testing.T) {
	t.Parallel()
	conn := storetest.Demo(t).Psql(t)
	raw, err := os.ReadFile("../../geodata/" + demonstration.File)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Features []struct {
			ID         string `json:"id"`
			Properties struct {
				Disposition string  `json:"disposition"`
				Stage       string  `json:"stage_2022_12_30"`
				StoredOn    *string `json:"stored_on"`
			} `json:"properties"`
		} `json:"features"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	type state struct{ stage, since string }
	states := map[string]state{}
	rows, err := conn.Query(t.Context(), `SELECT u.code, s.stage, coalesce(stage_since('plot', s.subject_id, '2022-12-30', clock_timestamp())::text, '')
		FROM plot_state s JOIN subject u USING (subject_id) WHERE upper_inf(s.known) AND s.valid @> date '2022-12-30'`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var code string
		var s state
		if err := rows.Scan(&code, &s.stage, &s.since); err != nil {
			t.Fatal(err)
		}
		states[code] = s
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if len(states) != 1158 {
		t.Errorf("%d plots have a state", len(states))
	}
	for _, f := range file.Features {
		p, s := f.Properties, states[f.ID]
		want := p.Stage
		if p.Disposition != "storage" {
			want = "planned" // shown by its disposition instead
		}
		if s.stage != want || p.StoredOn != nil && s.since != *p.StoredOn {
			t.Errorf("%s is %s since %s, the file says %s since %v", f.ID, s.stage, s.since, want, p.StoredOn)
		}
	}

	one := func(sql string, args ...any) (n float64) {
		t.Helper()
		if err := conn.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	const hectares = `SELECT round(sum(s.area_m2) / 10000, 2)::float8 FROM plot_state s JOIN subject p ON p.subject_id = s.parcel
		WHERE upper_inf(s.known) AND s.valid @> date '2022-12-30' AND s.disposition = 'storage' AND p.code LIKE $1 AND s.stage LIKE $2`
	if got := one(hectares, "%", "stored"); got != 128.40 {
		t.Errorf("%.2f ha released", got)
	}
	for parcel, want := range map[string][2]float64{
		"P-01": {27.66, 80.05}, "P-02": {29.01, 58.04}, "P-03": {17.11, 40.19}, "P-04": {25.95, 82.69}, "P-05": {16.81, 62.86}, "P-06": {11.86, 70.60},
	} {
		released, expected := one(hectares, parcel, "stored"), one(hectares, parcel, "%")
		if released != want[0] || math.Abs(expected-want[1]) > 0.011 { // the mockups add up printed parts
			t.Errorf("%s: %.2f of %.2f ha, the mockups show %v", parcel, released, expected, want)
		}
	}
	for what, sql := range map[string]string{
		"247 holdings":               `SELECT count(*) - 247 FROM holding_version v JOIN subject p ON p.subject_id = v.parcel WHERE p.code = 'P-02' AND upper_inf(v.known)`,
		"204 signed":                 `SELECT count(*) - 204 FROM holding_state s JOIN subject p ON p.subject_id = s.parcel WHERE p.code = 'P-02' AND s.signed AND upper_inf(s.known) AND s.valid @> date '2022-12-30'`,
		"787 buildings":              `SELECT count(*) - 787 FROM building_version v JOIN holding_version h USING (holding) JOIN subject p ON p.subject_id = h.parcel WHERE p.code = 'P-02' AND upper_inf(v.known) AND upper_inf(h.known)`,
		"no land held beyond a plot": `SELECT count(*) FROM (SELECT l.plot FROM holding_land l JOIN plot_version v ON v.fid = l.plot GROUP BY l.plot, v.area_m2 HAVING sum(l.area_m2) > v.area_m2 OR sum(l.area_m2) < v.area_m2 - 0.3) x`,
		"no fault of the projection": `SELECT count(*) FROM projection_faults(clock_timestamp())`,
	} {
		if n := one(sql); n != 0 {
			t.Errorf("%s: off by %v", what, n)
		}
	}
}
