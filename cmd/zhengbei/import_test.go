package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhengbei/internal/store/storetest"
)

// rowsOf counts what the database knows of the map.
func rowsOf(t *testing.T, d storetest.Database) (n int) {
	t.Helper()
	if err := d.Psql(t).QueryRow(t.Context(), "SELECT count(*) FROM feature_version").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// free is a zone on free ground.
const free = `{"type":"Feature","properties":{"name":"新片区"},"geometry":{"type":"Polygon","coordinates":[[[113.98,22.66],[113.981,22.66],[113.981,22.661],[113.98,22.661],[113.98,22.66]]]}}`

// A layer that is exported and imported is unchanged; nothing but the file is left in its folder.
func TestExportAndImport(t *testing.T) {
	t.Parallel()
	d := storetest.Demo(t)
	env := []string{"DATABASE_URL=" + d.Service(), "ZHENGBEI_DEMO=1"}
	dir := t.TempDir()
	for _, file := range []string{"plots.geojson", "plots.geojsonl"} {
		path := filepath.Join(dir, file)
		if code, out, errs := ran(t, env, "export", "plots", "-o", path); code != 0 || out != "" || !strings.Contains(errs, "1158 features on 2022-12-30") {
			t.Fatalf("%d %s %s", code, out, errs)
		}
		code, out, errs := ran(t, env, "import", path, "--collection", "plots", "--dry-run")
		if code != 0 || !strings.Contains(out, "1158 features, 0 new, 0 changed, 1158 unchanged, 0 errors") || strings.Contains(errs, "\r") {
			t.Errorf("%s: %d %s %s", file, code, out, errs)
		}
	}
	path := filepath.Join(dir, "plots.geojson")
	if code, out, errs := ran(t, env, "import", path, "--collection", "plots", "--reason", "again"); code != 0 || !strings.Contains(out, "all stays as it was") || strings.Contains(out, "applied") {
		t.Errorf("nothing changed: %d %s %s", code, out, errs)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	code, out, _ := ran(t, env, "export", "plots", "-o", "-", "--at", "2022-01-01", "--bbox", "114.0,22.6,114.05,22.7")
	var file struct {
		At       string
		Features []struct{ ID string }
	}
	if err := json.Unmarshal([]byte(out), &file); code != 0 || err != nil || file.At != "2022-01-01" || len(file.Features) == 0 || len(file.Features) >= 1158 {
		t.Errorf("%d, %v, %d features at %s", code, err, len(file.Features), file.At)
	}
}

func TestImportOnTheCommandLine(t *testing.T) {
	t.Parallel()
	d := storetest.Seeded(t)
	env := []string{"DATABASE_URL=" + d.Service()}
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("zone.geojson", free)
	bad := write("bad.geojson", strings.Replace(free, `"name"`, `"nmae"`, 1))
	before := rowsOf(t, d)
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"import", good, "--collection", "zones", "--dry-run"}, 0, "1 features, 1 new"},
		{[]string{"import", good, "--collection", "zones"}, 1, "No reason is given"},
		{[]string{"import", good, "--collection", "zones", "--reason", "x", "--crs", "EPSG:4547"}, 1, "EPSG:4547 is not read yet"},
		{[]string{"import", good, "--collection", "zones", "--reason", "x", "--valid-from", "2199-01-01"}, 1, "has yet to come"},
		{[]string{"import", bad, "--collection", "zones", "--dry-run"}, 1, "The property nmae is not known"},
		{[]string{"import", bad, "--collection", "zones", "--reason", "x"}, 1, "nothing was written"},
		{[]string{"import", filepath.Join(dir, "none.geojson"), "--collection", "zones", "--dry-run"}, 1, "cannot be opened"},
		{[]string{"import", write("zone.shp", free), "--collection", "zones", "--dry-run"}, 1, "The format of the file zone.shp is not known"},
		{[]string{"import", good, "--collection", "context", "--dry-run"}, 2, "must be one of"},
		{[]string{"import", good}, 2, "missing flags"},
		{[]string{"export", "zones", "-o", filepath.Join(dir, "zones.xlsx")}, 1, "is not known"},
		{[]string{"export", "zones", "-o", filepath.Join(dir, "no", "zones.geojson")}, 1, "cannot be written"},
		{[]string{"export", "zones", "-o", "-", "--bbox", "1,2,3"}, 1, "1,2,3"},
	} {
		code, out, errs := ran(t, env, tt.args...)
		if code != tt.code || !strings.Contains(out+errs, tt.says) {
			t.Errorf("%v: %d\n%s%s", tt.args, code, out, errs)
		}
	}
	if rowsOf(t, d) != before {
		t.Error("something was written")
	}
	code, out, errs := ran(t, env, "import", good, "--collection", "zones", "--reason", "勘定", "--valid-from", "2025-01-01", "--document-no", "1", "--json")
	var look struct {
		Counts  struct{ New int }
		Applied struct {
			ValidFrom string `json:"valid_from"`
		}
	}
	if err := json.Unmarshal([]byte(out), &look); code != 0 || err != nil || look.Counts.New != 1 || look.Applied.ValidFrom != "2025-01-01" {
		t.Errorf("%d %v %s %s", code, err, out, errs)
	}
	if rowsOf(t, d) != before+1 {
		t.Errorf("%d rows, before %d", rowsOf(t, d), before)
	}
	if code, _, errs := ran(t, []string{"DATABASE_URL=" + storetest.Empty(t).Service()}, "import", good, "--collection", "zones", "--dry-run"); code != 1 || !strings.Contains(errs, "zhengbei serve") {
		t.Errorf("an empty database: %d %s", code, errs)
	}
}

// A look outlives the server: killed between look and apply, the next one applies it.
func TestLookOutlivesTheServer(t *testing.T) {
	t.Parallel()
	d := storetest.Seeded(t)
	s := start(t, "DATABASE_URL="+d.Service())
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "zone.geojson")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(part, free)
	_ = form.WriteField("collection", "zones")
	_ = form.Close()
	send := func(url, kind string, body io.Reader) (int, []byte) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", kind)
		req.Header.Set("Authorization", "Bearer "+s.token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		raw, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, raw
	}
	code, raw := send(s.url+"/api/v1/imports", form.FormDataContentType(), &body)
	var look struct {
		ID   int
		Hash string
	}
	if err := json.Unmarshal(raw, &look); err != nil || code != http.StatusCreated {
		t.Fatalf("%d %s", code, raw)
	}
	_ = s.cmd.Process.Kill()
	<-s.ended
	next := start(t, "DATABASE_URL="+d.Service())
	if code, shown := next.get(t, fmt.Sprint("/api/v1/imports/", look.ID)); code != 200 || !strings.Contains(shown, look.Hash) {
		t.Fatalf("%d %s", code, shown)
	}
	if code, raw := send(fmt.Sprint(next.url, "/api/v1/imports/", look.ID, "/apply"), "application/json", strings.NewReader(fmt.Sprintf(`{"hash":%q,"reason":"勘定"}`, look.Hash))); code != 200 {
		t.Errorf("%d %s", code, raw)
	}
}

func TestBar(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	b := &bar{out: &out}
	b.stage("reading")
	b.at(1, 4)
	b.at(1, 4)
	b.at(5, 4)
	b.end()
	want := "\r\x1b[Kreading …\r\x1b[Kreading [=======                       ] 25 %\r\x1b[Kreading [" + strings.Repeat("=", barWidth) + "] 100 %\r\x1b[K"
	if out.String() != want {
		t.Errorf("got %q", out.String())
	}
	out.Reset()
	silent := newBar(&out)
	silent.stage("reading")
	silent.at(1, 2)
	silent.end()
	if out.Len() > 0 {
		t.Errorf("nobody watches: %q", out.String())
	}
}
