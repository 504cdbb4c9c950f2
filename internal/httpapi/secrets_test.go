package httpapi

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"zhengbei/internal/land"
	"zhengbei/internal/store/storetest"

	"github.com/jackc/pgx/v5"
)

// No secret stands in the log, in a problem, or in clear in any table: not one that is right, not one that is wrong, not where it does not belong.
func TestSecretsStayWithTheirOwners(t *testing.T) {
	t.Parallel()
	var log said
	s := serve(t, storetest.Seeded(t), func(a *api) {
		a.log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	const wrong, next = "不是它的密码 错 1987", "新换的密码 白鹭 石凹 2031"
	var problems strings.Builder
	ask := func(b *somebody, method, path string, body any, headers ...string) reply {
		t.Helper()
		r := b.ask(t, method, path, body, headers...)
		if r.header.Get("Content-Type") == "application/problem+json" {
			problems.Write(r.body)
			fmt.Fprint(&problems, r.header)
		}
		return r
	}
	_, link, _, err := s.api.people.Reset(t.Context(), land.Operator, "officer", land.LinkPassword)
	if err != nil {
		t.Fatal(err)
	}
	b, stranger := s.somebody(), s.somebody()
	ask(stranger, post, "/api/v1/links/use", object{"link": link + "x"})
	ask(stranger, post, "/api/v1/links/use?link="+link, object{"link": link})
	ask(stranger, post, "/api/v1/links/use", object{"link": link, "secret": link})
	if r := ask(b, post, "/api/v1/links/use", object{"link": link, "password": password}); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	ask(stranger, post, "/api/v1/links/use", object{"link": link, "password": wrong}) // used
	first := b.cookie
	ask(stranger, post, "/api/v1/session", object{"name": "officer", "password": wrong})
	ask(stranger, post, "/api/v1/session", object{"name": "nobody-here", "password": wrong})
	ask(stranger, post, "/api/v1/session", object{"name": "officer", "passwort": wrong})
	ask(stranger, post, "/api/v1/session?password="+"geheim-in-der-adresse", nil)
	if r := ask(b, post, "/api/v1/session", object{"name": "officer", "password": password}); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	second := b.cookie
	if r := ask(b, put, "/api/v1/me/password", object{"password": password, "new_password": next}); r.status >= 300 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	third := b.cookie
	made := ask(b, post, "/api/v1/tokens", object{"name": "QGIS", "scopes": []string{"read", "edit"}, "days": 30, "reason": "test", "password": next})
	token := read[struct{ Token string }](t, made).Token
	if made.status != http.StatusCreated || len(token) < 40 {
		t.Fatalf("%d %s", made.status, made.body)
	}
	basic := base64.StdEncoding.EncodeToString([]byte("officer:" + token))
	for _, header := range []string{"Bearer " + token, "Basic " + basic, "Bearer " + token + "x", "Digest " + token, token, "Basic " + token, "Bearer " + third} {
		ask(stranger, get, "/api/v1/holdings", nil, "Authorization", header)
		ask(stranger, post, "/api/v1/facts", object{"kind": "visited"}, "Authorization", header, "Idempotency-Key", "k")
	}
	ask(stranger, get, "/api/v1/holdings", nil, "Cookie", second+"x")
	ask(stranger, get, "/api/v1/holdings?token="+token, nil)
	ask(b, remove, "/api/v1/session", nil)

	seen := log.String()
	if !strings.Contains(seen, `"account":"officer"`) || !strings.Contains(seen, `"status":401`) {
		t.Errorf("the log does not say who asked: %.500s", seen)
	}
	secrets := map[string]string{"the password": password, "a wrong password": wrong, "the new password": next, "a password in an address": "geheim", "the link": link, "the token": token, "basic": basic}
	for name, cookie := range map[string]string{"the first session": first, "the second session": second, "the third session": third} {
		_, value, _ := strings.Cut(cookie, "=")
		if len(value) < 40 {
			t.Fatalf("%s is %q", name, cookie)
		}
		secrets[name] = value
	}
	everything := tables(t, s.Psql(t))
	if !strings.Contains(everything, "QGIS") {
		t.Error("what is stored was not looked at")
	}
	for name, secret := range secrets {
		for where, text := range map[string]string{"the log": seen, "a problem": problems.String(), "the database": everything} {
			if i := strings.Index(text, secret); i >= 0 {
				t.Errorf("%s stands in %s: …%.200s…", name, where, text[max(0, i-100):])
			}
		}
	}
}

// tables is all that a database holds, as text.
func tables(t *testing.T, psql *pgx.Conn) string {
	t.Helper()
	rows, err := psql.Query(t.Context(), `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'spatial_ref_sys' ORDER BY relname`)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, name := range names {
		var all *string
		if err := psql.QueryRow(t.Context(), "SELECT string_agg(t::text, E'\\n') FROM "+pgx.Identifier{name}.Sanitize()+" t").Scan(&all); err != nil {
			t.Fatal(err)
		}
		if all != nil {
			b.WriteString(name + ": " + *all + "\n")
		}
	}
	return b.String()
}
