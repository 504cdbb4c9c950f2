package httpapi

import (
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"zhengbei/internal/land"
	"zhengbei/internal/store/storetest"

	"github.com/paulmach/orb/encoding/mvt"
)

// demo is a service on the demonstration, whose today is its last day.
func demo(t testing.TB) *service {
	t.Helper()
	last := land.Day{Time: time.Date(2022, 12, 30, 0, 0, 0, 0, time.UTC)}
	return serve(t, storetest.Demo(t), func(a *api) { a.day = &last })
}

// post asks with a JSON body.
func (s *service) post(t testing.TB, path, body string, headers ...string) reply {
	t.Helper()
	return s.send(t, http.MethodPost, path, strings.NewReader(body), headers...)
}

type figures struct {
	Figures figuresView `json:"figures"`
}

type table struct {
	At, Known string
	Settled   bool
	Round     figures   `json:"round"`
	Parcels   []figures `json:"parcels"`
	Zones     []figures `json:"zones"`
	Posts     []figures `json:"command_posts"`
}

func rat(t testing.TB, n string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(n)
	if !ok {
		t.Fatalf("%q is no number", n)
	}
	return r
}

// The figures of parts add up to those of the whole, exactly; the four tiles to expected.
func TestFiguresAddUp(t *testing.T) {
	t.Parallel()
	s := demo(t)
	for _, at := range []string{"2021-06-01", "2022-03-31", "2022-12-30"} {
		got := read[table](t, s.get(t, "/api/v1/progress?at="+at))
		for _, parts := range [][]figures{got.Parcels, got.Posts} {
			for name, of := range map[string]func(figuresView) string{
				"released":  func(f figuresView) string { return f.ReleasedM2.String() },
				"expected":  func(f figuresView) string { return f.ExpectedM2.String() },
				"remaining": func(f figuresView) string { return f.RemainingM2.String() },
				"land":      func(f figuresView) string { return f.Signing.Land.SignedM2.String() },
				"floor":     func(f figuresView) string { return f.Signing.FloorArea.TotalM2.String() },
				"residual":  func(f figuresView) string { return f.Closure.ResidualM2.String() },
			} {
				sum := new(big.Rat)
				for _, p := range parts {
					sum.Add(sum, rat(t, of(p.Figures)))
				}
				if sum.Cmp(rat(t, of(got.Round.Figures))) != 0 {
					t.Errorf("%s, %s: the parts add up to %s, not %s", at, name, sum.FloatString(4), of(got.Round.Figures))
				}
			}
		}
		f := got.Round.Figures
		tiles := new(big.Rat)
		for _, n := range []string{f.ReleasedM2.String(), f.InProcedureM2.String(), f.ClearableM2.String(), f.RemainingM2.String()} {
			tiles.Add(tiles, rat(t, n))
		}
		if tiles.Cmp(rat(t, f.ExpectedM2.String())) != 0 {
			t.Errorf("%s: the tiles add up to %s, not to %s", at, tiles.FloatString(4), f.ExpectedM2)
		}
	}
}

// A figure opens to the rows that make it up.
func TestFiguresOpenToRows(t *testing.T) {
	t.Parallel()
	s := demo(t)
	got := read[table](t, s.get(t, "/api/v1/progress"))
	plots := read[struct {
		Features []struct {
			Properties struct {
				Stage string `json:"stage"`
			} `json:"properties"`
		} `json:"features"`
	}](t, s.get(t, "/ogc/collections/plots/items?limit=10000"))
	counts := map[string]int{}
	for _, p := range plots.Features {
		counts[p.Properties.Stage]++
	}
	for stage, v := range got.Round.Figures.Stages {
		if counts[stage] != v.Plots {
			t.Errorf("%s: %d plots counted, %d listed", stage, v.Plots, counts[stage])
		}
	}
	holdings := read[list[any]](t, s.get(t, "/api/v1/holdings?signed=true&limit=1"))
	if int64(holdings.Matched) != got.Round.Figures.Signing.Households.Signed {
		t.Errorf("%d signed holdings listed, %d counted", holdings.Matched, got.Round.Figures.Signing.Households.Signed)
	}
	for status, n := range got.Round.Figures.Contracts {
		if l := read[list[any]](t, s.get(t, "/api/v1/contracts?kind=relocation&limit=1&status="+status)); l.Matched != n {
			t.Errorf("%s: %d contracts listed, %d counted", status, l.Matched, n)
		}
	}
	buildings := read[list[any]](t, s.get(t, "/api/v1/buildings?parcel=P-02&limit=1"))
	if buildings.Matched != 787 {
		t.Errorf("福城南 has %d buildings", buildings.Matched)
	}
}

// Every list of register and ledger pages through all of its rows, each once, and answers one by its code.
func TestRegisterFindsByWords(t *testing.T) {
	t.Parallel()
	s := demo(t)
	holding := read[list[holdingView]](t, s.get(t, "/api/v1/holdings?signed=true&limit=1")).Items[0]
	type coded struct {
		Code     string
		Holdings []string
	}
	of := read[list[coded]](t, s.get(t, "/api/v1/contracts?holding="+holding.Code)).Items
	for _, words := range []string{holding.Code, holding.Name, holding.Parties[0].Name, of[0].Code} {
		found := read[list[coded]](t, s.get(t, "/api/v1/contracts?limit=10000&q="+url.QueryEscape(words))).Items
		if !slices.ContainsFunc(found, func(c coded) bool { return c.Code == of[0].Code }) {
			t.Errorf("%q finds no contract %s of %s", words, of[0].Code, holding.Code)
		}
	}
	if l := read[list[coded]](t, s.get(t, "/api/v1/contracts?q=%25")); l.Matched != 0 {
		t.Errorf("%d contracts have a per cent sign", l.Matched)
	}
}

func TestRegisterLists(t *testing.T) {
	t.Parallel()
	s := demo(t)
	type row struct {
		Code string
		ID   int64
	}
	for _, path := range []string{"/api/v1/holdings?parcel=P-03", "/api/v1/buildings?plot=L-000018", "/api/v1/contracts?parcel=P-02", "/api/v1/parties?q=演示", "/api/v1/command-posts?limit=4", "/api/v1/facts?parcel=P-06&kind=visited", "/api/v1/facts?subject=plot:L-000018"} {
		whole := read[list[row]](t, s.get(t, strings.ReplaceAll(path, "limit=4", "limit=10000")))
		if len(whole.Items) == 0 {
			t.Errorf("%s: nothing", path)
			continue
		}
		if len(whole.Items) != whole.Matched && whole.Next == nil {
			t.Errorf("%s: %d of %d", path, len(whole.Items), whole.Matched)
		}
		seen := map[string]bool{}
		next := path + "&limit=7"
		if strings.Contains(path, "limit=") {
			next = path
		}
		for next != "" && len(seen) < 500 {
			page := read[list[row]](t, s.get(t, next))
			for _, r := range page.Items {
				key := fmt.Sprint(r.Code, r.ID)
				if seen[key] {
					t.Fatalf("%s: %s comes twice", path, key)
				}
				seen[key] = true
			}
			if page.Matched != whole.Matched {
				t.Errorf("%s: %d match, then %d", path, whole.Matched, page.Matched)
			}
			next = ""
			if page.Next != nil {
				next = strings.TrimPrefix(*page.Next, s.url)
			}
		}
		if len(seen) != min(whole.Matched, 504) && len(seen) < 500 {
			t.Errorf("%s: %d rows in pages, %d in all", path, len(seen), whole.Matched)
		}
		if code := whole.Items[0].Code; code != "" {
			one := strings.SplitN(path, "?", 2)[0] + "/" + code
			if r := read[row](t, s.get(t, one)); r.Code != code {
				t.Errorf("%s: got %+v", one, r)
			}
		}
	}
}

func TestSelections(t *testing.T) {
	t.Parallel()
	s := demo(t)
	type selected struct {
		Plots    []string
		Holdings int64
		Figures  figuresView
	}
	square := `{"type":"Polygon","coordinates":[[[113.9,22.5],[114.3,22.5],[114.3,22.9],[113.9,22.9],[113.9,22.5]]]}`
	whole := read[table](t, s.get(t, "/api/v1/progress"))
	all := read[selected](t, s.post(t, "/api/v1/progress/selection", `{"polygon":`+square+`}`))
	if len(all.Plots) != 1158 || all.Figures.ReleasedM2 != whole.Round.Figures.ReleasedM2 || all.Holdings != whole.Round.Figures.Signing.Households.Total {
		t.Errorf("all of it: %d plots, %s m2 released, %d holdings", len(all.Plots), all.Figures.ReleasedM2, all.Holdings)
	}
	some := read[selected](t, s.post(t, "/api/v1/progress/selection", `{"circle":{"centre":[114.022,22.692],"radius_m":200}}`))
	if len(some.Plots) == 0 || len(some.Plots) > 100 {
		t.Errorf("a circle of 200 m holds %d plots", len(some.Plots))
	}
	one := read[selected](t, s.post(t, "/api/v1/progress/selection", `{"holdings":["H-0001"],"at":"2022-06-30"}`))
	if one.Holdings != 1 || len(one.Plots) != 1 {
		t.Errorf("one holding: %+v", one)
	}
	for body, code := range map[string]string{
		`{}`: "selection.one_of",
		`{"holdings":["H-0001"],"polygon":` + square + `}`: "selection.one_of",
		`{"holdings":[]}`:                    "ids.none",
		`{"holdings":["H-9999","P-01","x"]}`: "holding.unknown",
		`{"holdings":[` + strings.Repeat(`"H-0001",`, 9999) + `"H-0001"]}`:                                            "ids.too_many",
		`{"circle":{"centre":[114,22.7],"radius_m":-1}}`:                                                              "selection.circle",
		`{"circle":{"centre":[14,22.7],"radius_m":10}}`:                                                               "selection.circle",
		`{"polygon":{"type":"Polygon","coordinates":[[[114,22.6],[114.1,22.7],[114.1,22.6],[114,22.7],[114,22.6]]]}}`: "geometry.crosses_itself",
		`{"polygon":{"type":"Polygon","coordinates":[[[114,22.6],[114.1,22.7],[114.1,22.6]]]}}`:                       "geometry.ring",
		`{"polygon":{"type":"Polygon"},"polygon":{}}`:                                                                 "body.twice",
		`{"colour":"red"}`:                             "body.unknown_member",
		`[1,2`:                                         "body.malformed",
		`{"holdings":[1]}`:                             "body.malformed",
		`{"holdings":["H-0001"],"at":"someday"}`:       "date.malformed",
		`{"holdings":["H-0001"]} {}`:                   "body.malformed",
		strings.Repeat("[", 100_000):                   "body.malformed",
		`{"at":"2021-05-31","polygon":` + square + `}`: "day.before_round",
	} {
		r := s.post(t, "/api/v1/progress/selection", body)
		if p := read[problem](t, r); r.status < 400 || r.status >= 500 || p.Errors[0].Code != code {
			t.Errorf("%.60s: %d %s", body, r.status, p.Code)
		}
	}
	unknown := read[problem](t, s.post(t, "/api/v1/progress/what-if", `{"holdings":["H-9998","H-0001","H-9999"]}`))
	if len(unknown.Errors) != 2 || unknown.Errors[1].Pointer != "/holdings/2" {
		t.Errorf("got %+v", unknown.Errors)
	}
}

// If the first keystones signed, the figures after it are those that a rebuilt ledger would give: the land that each clears is cleared.
func TestWhatIf(t *testing.T) {
	t.Parallel()
	s := demo(t)
	k := read[keystonesView](t, s.get(t, "/api/v1/keystones?limit=1"))
	first := k.Items[0]
	w := read[struct{ Before, After figuresView }](t, s.post(t, "/api/v1/progress/what-if", `{"holdings":["`+first.Holding+`"]}`))
	grew := new(big.Rat).Sub(rat(t, w.After.Signing.ClearableLand.SignedM2.String()), rat(t, w.Before.Signing.ClearableLand.SignedM2.String()))
	grew.Quo(grew, big.NewRat(10_000, 1))
	if grew.FloatString(4) != rat(t, first.ClearsHa.String()).FloatString(4) {
		t.Errorf("%s clears %s ha, yet what if says %s", first.Holding, first.ClearsHa, grew.FloatString(4))
	}
	if w.After.Signing.Households.Signed != w.Before.Signing.Households.Signed+1 || w.After.ExpectedM2.String() != w.Before.ExpectedM2.String() {
		t.Errorf("after: %+v", w.After.Signing)
	}
	if !strings.Contains(first.Why, "公顷") {
		t.Errorf("why: %s", first.Why)
	}
	if en := read[keystonesView](t, s.get(t, "/api/v1/keystones?limit=1", "Accept-Language", "en")); !strings.Contains(en.Items[0].Why, " ha") {
		t.Errorf("why: %s", en.Items[0].Why)
	}
}

func TestFiguresRefuse(t *testing.T) {
	t.Parallel()
	s := demo(t)
	for path, want := range map[string]string{
		"/api/v1/progress?at=2021-05-31":                        "422 day.before_round",
		"/api/v1/progress?known=2021-05-31":                     "422 known.before_first",
		"/api/v1/progress?use_class=housing":                    "400 value.unknown",
		"/api/v1/progress/series?step=year":                     "400 value.unknown",
		"/api/v1/progress/series?from=2021-01-01":               "422 day.before_round",
		"/api/v1/progress/series?from=2022-02-01&to=2022-01-01": "400 datetime.upside_down",
		"/api/v1/progress/series?step=day&to=2199-01-01":        "422 series.too_long",
		"/api/v1/progress/series?parcel=P-99":                   "404 feature.unknown",
		"/api/v1/blocks?min_ha=much":                            "400 area.malformed",
		"/api/v1/blocks?min_ha=-1":                              "400 area.malformed",
		"/api/v1/keystones?limit=0":                             "400 limit.malformed",
		"/api/v1/facts?subject=H-0001":                          "400 subject.malformed",
		"/api/v1/facts?kind=sold":                               "400 value.unknown",
		"/api/v1/facts?voided=perhaps":                          "400 value.unknown",
		"/api/v1/holdings?stage=sold":                           "400 value.unknown",
		"/api/v1/holdings?next=AAAA":                            "400 next.forged",
		"/api/v1/holdings?q=":                                   "400 search.words",
		"/api/v1/contracts?q=":                                  "400 search.words",
		"/api/v1/holdings/H-9999":                               "404 register.unknown",
		"/api/v1/contracts/C-0001?at=2021-06-01":                "404 register.unknown",
		"/api/v1/command-posts?colour=red":                      "400 parameter.unknown",
	} {
		r := s.get(t, path)
		if p := read[problem](t, r); fmt.Sprintf("%d %s", r.status, p.Errors[0].Code) != want {
			t.Errorf("%s: %d %s, not %s", path, r.status, p.Errors[0].Code, want)
		}
	}
}

// Tiles carry the stage of each plot and the released land, for any day; a fact changes the tiles of its plot and no other.
func TestTilesShowStages(t *testing.T) {
	t.Parallel()
	s := demo(t)
	stages := func(path string) (map[string]int, int) {
		decoded, err := mvt.Unmarshal(s.get(t, path).body)
		if err != nil {
			t.Fatal(err)
		}
		found, released := map[string]int{}, 0
		for _, layer := range decoded {
			for _, f := range layer.Features {
				switch layer.Name {
				case "plots":
					found[f.Properties.MustString("stage")]++
				case "released":
					released++
				}
			}
		}
		return found, released
	}
	path := tileOver(114.022, 22.692, 14)
	now, released := stages(path)
	if now["stored"] == 0 || now["retained"] == 0 || now["partly_signed"] == 0 || released != 1 {
		t.Errorf("now: %v, %d", now, released)
	}
	if then, released := stages(path + "?at=2021-07-01"); then["stored"] != 0 || then["planned"] == 0 || released != 0 {
		t.Errorf("in 2021: %v, %d", then, released)
	}

	psql := s.Psql(t)
	var lon, lat float64
	var code string
	if err := psql.QueryRow(t.Context(), `SELECT f.code, ST_X(p), ST_Y(p) FROM plot_state s JOIN plot_version v ON v.fid = s.subject_id JOIN feature f ON f.fid = v.fid,
		ST_Transform(ST_PointOnSurface(v.shape), 4490) p WHERE s.stage = 'accepted' AND s.valid @> date '2022-12-30' AND upper_inf(s.known) AND s.disposition = 'storage' ORDER BY f.code LIMIT 1`).Scan(&code, &lon, &lat); err != nil {
		t.Fatal(err)
	}
	met, apart := tileOver(lon, lat, 17), tileOver(114.0, 22.6, 17)
	if code == "" {
		t.Fatal("no plot is accepted")
	}
	old, far := s.get(t, met).etag(), s.get(t, apart).etag()
	before := read[table](t, s.get(t, "/api/v1/progress"))
	if _, err := psql.Exec(t.Context(), `INSERT INTO fact (subject_id, kind, occurred_on, recorded_by) SELECT subject_id, 'stored', '2022-12-30', 'test' FROM subject WHERE code = $1`, code); err != nil {
		t.Fatal(err)
	}
	after := read[table](t, s.get(t, "/api/v1/progress")) // at once: what is kept is checked against the stream of changes
	if rat(t, after.Round.Figures.ReleasedM2.String()).Cmp(rat(t, before.Round.Figures.ReleasedM2.String())) <= 0 {
		t.Errorf("released stays at %s", after.Round.Figures.ReleasedM2)
	}
	fresh := old
	for began := time.Now(); fresh == old && time.Since(began) < 5*time.Second; {
		fresh = s.get(t, met).etag()
	}
	if fresh == old || s.get(t, apart).etag() != far {
		t.Errorf("the plot's tile went from %s to %s, the other from %s to %s", old, fresh, far, s.get(t, apart).etag())
	}
}

// A plot is found by the number that stands on the map, with or without its kind.
func TestSearchFindsPlotsByNumber(t *testing.T) {
	t.Parallel()
	s := demo(t)
	for q, first := range map[string]string{"地块 273": "L-000273", "地块273": "L-000273", "273": "L-000273", "plot 273": "L-000273", "Plot 0273": "L-000273", "l-000273": "L-000273", "L-0002": "L-000200", "1158": "L-001158"} {
		got := read[list[foundView]](t, s.get(t, "/api/v1/search?q="+url.QueryEscape(q)))
		if len(got.Items) == 0 || got.Items[0].ID != first {
			t.Errorf("%s found %+v", q, got.Items)
		}
	}
}

// What is wrong with a question is told in Chinese without a word of English.
func TestQuestionsAreRefusedInChinese(t *testing.T) {
	t.Parallel()
	s := demo(t)
	english := regexp.MustCompile(`[A-Za-z]{2,}`)
	for _, body := range []string{
		`{"polygon":[[114,22]]}`, `{"polygon":"x"}`, `{"polygon":{"type":"Polygon","type":"Polygon"}}`,
		`{"circle":[1]}`, `{"circle":{"centre":[114,22.7],"radius_m":"far"}}`, `{"circle":true}`, `{"holdings":{}}`, `{"holdings":[1.5]}`,
		`{}{}`, `{`, `[`, strings.Repeat(`{"a":`, 50) + `1` + strings.Repeat(`}`, 50),
	} {
		p := read[problem](t, s.post(t, "/api/v1/progress/selection", body, "Accept-Language", "zh-CN"))
		for _, e := range p.Errors {
			p.Detail += e.Detail
		}
		said := strings.NewReplacer("JSON", "", "type", "", "Polygon", "", "MultiPolygon", "", "coordinates", "").Replace(p.Detail)
		if p.Status < 400 || english.MatchString(said) {
			t.Errorf("%.40s: %d %s", body, p.Status, p.Detail)
		}
	}
}
