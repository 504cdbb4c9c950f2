package httpapi

import (
	"encoding/base64"
	"net/http"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhengbei/internal/land"
	"zhengbei/internal/store/storetest"
)

// in is an account of storetest, signed in.
func (s *service) in(t testing.TB, name string) *somebody {
	t.Helper()
	b := s.somebody()
	secret := "session_of_" + name
	if _, err := s.Psql(t).Exec(t.Context(), `INSERT INTO session (account_id, secret, ends_at, address, agent)
		SELECT account_id, sha256($2::bytea), now() + interval '1 h', '127.0.0.1', 'test' FROM account WHERE name = $1 ON CONFLICT DO NOTHING`, name, []byte(secret)); err != nil {
		t.Fatal(err)
	}
	b.cookie = "zhengbei=" + secret
	return b
}

// An account is added by one administrator, given its role by another, and comes in by its own password: none of the three does it alone.
func TestAccountIsMadeByTwo(t *testing.T) {
	t.Parallel()
	s := serve(t, storetest.Demo(t), nil)
	sys, sec := s.in(t, "sysadmin"), s.in(t, "secadmin")
	added := sys.ask(t, http.MethodPost, "/api/v1/users", object{"name": "li.wei", "person": "李伟"})
	user := read[UserView](t, added)
	if added.status != http.StatusCreated || user.State != land.AccountNoRole || added.header.Get("Location") != s.url+"/api/v1/users/li.wei" || !strings.HasPrefix(user.Link, s.url+"/welcome#") {
		t.Fatalf("%d %s", added.status, added.body)
	}
	if again := string(sys.ask(t, http.MethodGet, "/api/v1/users/li.wei", nil).body); strings.Contains(again, `"link"`) {
		t.Errorf("the link is shown again: %s", again)
	}
	li := s.somebody()
	if r := li.ask(t, http.MethodPost, "/api/v1/links/use", object{"link": user.Link, "password": password}); r.status != http.StatusAccepted || li.cookie != "" {
		t.Fatalf("before it has a role: %d %s", r.status, r.body)
	}
	for _, change := range []object{{"role": "officer"}, {"names": true}, {"command_post": "F-01"}} {
		if got := code(t, sys.ask(t, http.MethodPatch, "/api/v1/users/li.wei", change)); got != "access.role" {
			t.Errorf("the system administrator gives %v: %s", change, got)
		}
	}
	for _, change := range []object{{"person": "x"}, {"disabled": true}} {
		if got := code(t, sec.ask(t, http.MethodPatch, "/api/v1/users/li.wei", change)); got != "access.role" {
			t.Errorf("the security administrator changes %v: %s", change, got)
		}
	}
	for name, test := range map[string]struct {
		change object
		code   string
	}{
		"no such role":              {object{"role": "king"}, "account.role"},
		"the console":               {object{"role": "console"}, "account.role"},
		"two roles":                 {object{"role": "sysadmin+officer"}, "account.role"},
		"a post without its post":   {object{"role": "command_post"}, "account.needs_post"},
		"a post that is not there":  {object{"role": "command_post", "command_post": "F-99"}, "account.unknown_post"},
		"a post for an officer":     {object{"role": "officer", "command_post": "F-01"}, "account.no_post"},
		"names for an officer":      {object{"role": "officer", "names": true}, "account.no_names"},
		"names for an auditor":      {object{"role": "auditor", "names": true}, "account.no_names"},
		"a member that is not hers": {object{"password": "x"}, "body.unknown_member"},
	} {
		if got := code(t, sec.ask(t, http.MethodPatch, "/api/v1/users/li.wei", test.change)); got != test.code {
			t.Errorf("%s: %s", name, got)
		}
	}
	if r := sec.ask(t, http.MethodPatch, "/api/v1/users/LI.WEI", object{"role": "command_post", "command_post": "F-01"}); r.status != http.StatusOK || read[UserView](t, r).State != land.AccountActive {
		t.Fatalf("%d %s", r.status, r.body)
	}
	li.signIn(t, "li.wei")
	me := read[meView](t, li.ask(t, http.MethodGet, "/api/v1/me", nil))
	if me.Person != "李伟" || me.CommandPost == nil || *me.CommandPost != "F-01" || !slices.Contains(me.Parcels, "P-01") {
		t.Errorf("%+v", me)
	}
	if r := sec.ask(t, http.MethodPatch, "/api/v1/users/li.wei", object{"role": "planner", "names": true}); read[UserView](t, r).CommandPost != nil {
		t.Errorf("the post stays with another role: %s", r.body)
	}
	if got := code(t, li.ask(t, http.MethodGet, "/api/v1/me", nil)); got != "session.ended" {
		t.Errorf("the session outlives the role: %s", got)
	}
	var records int
	if err := s.Psql(t).QueryRow(t.Context(), "SELECT count(*) FROM audit WHERE outcome = 'done' AND 'account:li.wei' = ANY (objects)").Scan(&records); err != nil || records != 5 { // added, password, role, sign-in, role
		t.Errorf("%d records: %v", records, err)
	}
}

// Nobody makes more of themselves, and the system administrator becomes none of the other two administrations.
func TestOwnAccount(t *testing.T) {
	t.Parallel()
	s := newService(t)
	sys, sec := s.in(t, "sysadmin"), s.in(t, "secadmin")
	for name, test := range map[string]struct {
		who    *somebody
		method string
		path   string
		change object
		want   string
	}{
		"own role":                        {sec, http.MethodPatch, "/api/v1/users/secadmin", object{"role": "officer"}, "account.own"},
		"own role in other letters":       {sec, http.MethodPatch, "/api/v1/users/SecAdmin", object{"role": "officer"}, "account.own"},
		"disabling oneself":               {sys, http.MethodPatch, "/api/v1/users/sysadmin", object{"disabled": true}, "account.own"},
		"own name":                        {sys, http.MethodPatch, "/api/v1/users/sysadmin", object{"person": "王"}, "200"},
		"resetting the security":          {sys, http.MethodPost, "/api/v1/users/secadmin/link", nil, "account.administration"},
		"resetting the audit":             {sys, http.MethodPost, "/api/v1/users/auditor/link", nil, "account.administration"},
		"resetting an officer":            {sys, http.MethodPost, "/api/v1/users/officer2/link", nil, "201"},
		"the console":                     {sys, http.MethodPatch, "/api/v1/users/operator", object{"disabled": true}, "account.unknown"},
		"an account that is not there":    {sys, http.MethodGet, "/api/v1/users/nobody", nil, "account.unknown"},
		"a name that is none":             {sys, http.MethodGet, "/api/v1/users/%0d%0aSet-Cookie:%20x", nil, "account.unknown"},
		"adding by the security":          {sec, http.MethodPost, "/api/v1/users", object{"name": "mine"}, "access.role"},
		"sessions by the security":        {sec, http.MethodGet, "/api/v1/users/officer/sessions", nil, "access.role"},
		"the list by an officer":          {s.in(t, "officer"), http.MethodGet, "/api/v1/users", nil, "access.role"},
		"the list by the auditor":         {s.in(t, "auditor"), http.MethodGet, "/api/v1/users", nil, "access.role"},
		"land by the system":              {sys, http.MethodGet, "/api/v1/progress", nil, "access.role"},
		"land by the security":            {sec, http.MethodGet, "/tiles/12/3345/1783.mvt", nil, "access.role"},
		"the list by a token":             {s.as("sysadmin").somebodyWithToken(), http.MethodGet, "/api/v1/users", nil, "access.session_only"},
		"nothing to change is no trouble": {sec, http.MethodPatch, "/api/v1/users/officer", object{}, "200"},
	} {
		var body any
		if test.change != nil {
			body = test.change
		}
		if got := code(t, test.who.ask(t, test.method, test.path, body)); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

// somebodyWithToken shows the token of the service's account and no cookie.
func (s *service) somebodyWithToken() *somebody { return &somebody{service: s} }

// Names that are too long, not of letters, or taken whatever their case are refused with what is wrong with them.
func TestNamesOfAccounts(t *testing.T) {
	t.Parallel()
	s := newService(t)
	sys := s.in(t, "sysadmin")
	for name, want := range map[string]string{
		"": "account.name_form", "x": "account.name_form", strings.Repeat("x", 65): "account.name_form", strings.Repeat("x", 64): "201",
		"officer": "account.taken", "OFFICER": "account.taken", "operator": "account.taken", "оfficer": "account.name_form", // a Cyrillic о
		"li\r\nSet-Cookie: x": "account.name_form", "li wei": "account.name_form", "李伟": "account.name_form", ".li": "account.name_form", "li.wei@longhua-2": "201",
		"a'; DROP TABLE account": "account.name_form", "a\x00b": "request.not_text",
	} {
		if got := code(t, sys.ask(t, http.MethodPost, "/api/v1/users", object{"name": name})); got != want && (want != "request.not_text" || got != "account.name_form") {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
	for person, want := range map[string]string{strings.Repeat("长", 101): "account.person", strings.Repeat("长", 100): "200", "a\nb": "account.person", "": "200"} {
		if got := code(t, sys.ask(t, http.MethodPatch, "/api/v1/users/officer", object{"person": person})); got != want {
			t.Errorf("person %q: %s", person, got)
		}
	}
}

// A role that is taken away, a session that is ended, an account that is disabled: the other server knows within 5 s.
func TestOtherServerSeesRevocation(t *testing.T) {
	t.Parallel()
	d := storetest.Seeded(t)
	here, there := serve(t, d, nil), serve(t, d, nil)
	sys := here.in(t, "sysadmin")
	officer := there.in(t, "officer")
	token := there.as("officer2")
	if r := officer.ask(t, http.MethodGet, "/api/v1/me", nil); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := token.get(t, "/api/v1/me"); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	began := time.Now()
	for path, body := range map[string]object{"/api/v1/users/officer": {"disabled": true}, "/api/v1/users/officer2": {"disabled": true}} {
		if r := sys.ask(t, http.MethodPatch, path, body); r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	took := since(t, began, "the sessions and tokens of a disabled account end", func() bool {
		return code(t, officer.ask(t, http.MethodGet, "/api/v1/me", nil)) == "session.ended" && code(t, token.get(t, "/api/v1/me")) == "token.unknown"
	})
	if took > 5*time.Second {
		t.Errorf("after %s", took)
	}
	t.Logf("seen after %s", took)
	if got := code(t, here.as("officer2").get(t, "/api/v1/me")); got != "token.unknown" {
		t.Errorf("where it was done: %s", got)
	}
	sys.ask(t, http.MethodPatch, "/api/v1/users/officer2", object{"disabled": false})
	if got := code(t, here.as("officer2").get(t, "/api/v1/me")); got != "token.unknown" {
		t.Errorf("a token of before comes back with the account: %s", got)
	}
}

// One sees where one is signed in and ends what one does not know; others' numbers are not there.
func TestOwnSessions(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.invite(t, "officer")
	a, b := s.somebody(), s.somebody()
	a.signIn(t, "officer")
	if r := b.ask(t, http.MethodPost, "/api/v1/session", object{"name": "officer", "password": password}, "User-Agent", "another"); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	stranger := s.in(t, "planner")
	list := read[shortList[sessionView]](t, a.ask(t, http.MethodGet, "/api/v1/me/sessions", nil))
	var other int32
	for _, one := range list.Items {
		if !one.Current && one.Agent == "another" && one.Address == "127.0.0.1" {
			other = one.ID
		}
	}
	if list.Matched != 3 || other == 0 { // the first one is of the link
		t.Fatalf("%+v", list)
	}
	path := "/api/v1/me/sessions/" + strconv.Itoa(int(other))
	if got := code(t, stranger.ask(t, http.MethodDelete, path, nil)); got != "session.unknown" {
		t.Errorf("another's session: %s", got)
	}
	if got := code(t, a.ask(t, http.MethodDelete, "/api/v1/me/sessions/x", nil)); got != "session.unknown" {
		t.Errorf("no number: %s", got)
	}
	if got := code(t, a.ask(t, http.MethodDelete, path, nil)); got != "204" {
		t.Errorf("the other one: %s", got)
	}
	if got := code(t, b.ask(t, http.MethodGet, "/api/v1/me", nil)); got != "session.ended" {
		t.Errorf("it goes on: %s", got)
	}
	if got := code(t, a.ask(t, http.MethodPut, "/api/v1/me/password", object{"password": password, "new_password": "kettle umbrella violin"})); got != "204" {
		t.Errorf("another password: %s", got)
	}
	if list := read[shortList[sessionView]](t, a.ask(t, http.MethodGet, "/api/v1/me/sessions", nil)); list.Matched != 1 || !list.Items[0].Current {
		t.Errorf("after it: %+v", list)
	}
	sys := s.in(t, "sysadmin")
	if list := read[shortList[sessionView]](t, sys.ask(t, http.MethodGet, "/api/v1/users/officer/sessions", nil)); list.Matched != 1 {
		t.Errorf("by the system administrator: %+v", list)
	}
	if got := code(t, sys.ask(t, http.MethodDelete, "/api/v1/users/officer/sessions", nil)); got != "204" {
		t.Error(got)
	}
	if got := code(t, a.ask(t, http.MethodGet, "/api/v1/me", nil)); got != "session.ended" {
		t.Errorf("signed out by the system administrator: %s", got)
	}
}

// A token is shown once, is good for its scopes until it ends, and comes as a password of desktop programs.
func TestTokens(t *testing.T) {
	t.Parallel()
	s := newService(t)
	me := s.in(t, "officer")
	for name, test := range map[string]struct {
		asked object
		want  string
	}{
		"no name":        {object{"name": " ", "scopes": []string{"read"}, "days": 1}, "token.name"},
		"no scope":       {object{"name": "x", "scopes": []string{}, "days": 1}, "token.scopes"},
		"another scope":  {object{"name": "x", "scopes": []string{"read", "all"}, "days": 1}, "token.scopes"},
		"no day":         {object{"name": "x", "scopes": []string{"read"}}, "token.lasts"},
		"for ever":       {object{"name": "x", "scopes": []string{"read"}, "days": 1 << 40}, "token.lasts"},
		"yesterday":      {object{"name": "x", "scopes": []string{"read"}, "days": -1}, "token.lasts"},
		"a long reason":  {object{"name": "x", "scopes": []string{"read"}, "days": 1, "reason": strings.Repeat("长", 501)}, "token.reason"},
		"another member": {object{"name": "x", "scopes": []string{"read"}, "days": 1, "account": "sysadmin"}, "body.unknown_member"},
	} {
		if got := code(t, me.ask(t, http.MethodPost, "/api/v1/tokens", test.asked)); got != test.want {
			t.Errorf("%s: %s", name, got)
		}
	}
	made := read[TokenView](t, me.ask(t, http.MethodPost, "/api/v1/tokens", object{"name": "QGIS，办公室", "scopes": []string{"read"}, "days": 30, "reason": "桌面修改"}))
	if !strings.HasPrefix(made.Token, "zbt_") || len(made.Token) != 47 || made.Used != nil || time.Until(made.Expires) < 29*24*time.Hour {
		t.Fatalf("%+v", made)
	}
	list := me.ask(t, http.MethodGet, "/api/v1/tokens", nil)
	if strings.Contains(string(list.body), made.Token) || !strings.Contains(string(list.body), "QGIS，办公室") {
		t.Errorf("%s", list.body)
	}
	asks := s.as("")
	bearer := []string{"Authorization", "Bearer " + made.Token}
	if r := asks.get(t, "/api/v1/me", bearer...); read[meView](t, r).SignedBy != "token:"+strconv.Itoa(int(made.ID)) || slices.Contains(read[meView](t, r).May, "boundary.edit") {
		t.Errorf("%d %s", r.status, r.body)
	}
	if got := code(t, asks.post(t, "/api/v1/facts", visit, bearer...)); got != "access.scope" {
		t.Errorf("a fact by a token to read: %s", got)
	}
	if got := code(t, asks.get(t, "/api/v1/tokens", bearer...)); got != "access.session_only" {
		t.Errorf("tokens by a token: %s", got)
	}
	for name, want := range map[string]string{"officer": "200", "Officer": "200", "": "200", "officer2": "token.unknown"} {
		if got := code(t, asks.get(t, "/ogc/collections", "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(name+":"+made.Token)))); got != want {
			t.Errorf("as the password of %q: %s", name, got)
		}
	}
	if out, err := ogrinfo(t, s.url, "officer:"+made.Token); err != nil || !strings.Contains(out, "parcels") || !strings.Contains(out, "Feature Count: 6") {
		t.Errorf("ogrinfo: %v %s", err, out)
	}
	if out, _ := ogrinfo(t, s.url, "officer:"+made.Token+"x"); strings.Contains(out, "Feature Count") {
		t.Errorf("ogrinfo with another password: %s", out)
	}
	if used := read[shortList[TokenView]](t, me.ask(t, http.MethodGet, "/api/v1/tokens", nil)).Items[0].Used; used == nil {
		t.Error("it was never used")
	}
	if got := code(t, s.in(t, "planner").ask(t, http.MethodDelete, "/api/v1/tokens/"+strconv.Itoa(int(made.ID)), nil)); got != "token.not_there" {
		t.Errorf("another's token: %s", got)
	}
	if _, err := s.Psql(t).Exec(t.Context(), "UPDATE token SET ends_at = clock_timestamp() WHERE token_id = $1", made.ID); err != nil {
		t.Fatal(err)
	}
	s.api.people.Forget()
	if got := code(t, asks.get(t, "/api/v1/me", bearer...)); got != "token.unknown" {
		t.Errorf("expired: %s", got)
	}
	if _, err := s.Psql(t).Exec(t.Context(), "UPDATE token SET ends_at = 'infinity' WHERE token_id = $1", made.ID); err != nil {
		t.Fatal(err)
	}
	s.api.people.Forget()
	if got := code(t, me.ask(t, http.MethodDelete, "/api/v1/tokens/"+strconv.Itoa(int(made.ID)), nil)); got != "204" {
		t.Fatal(got)
	}
	if got := code(t, asks.get(t, "/api/v1/me", bearer...)); got != "token.unknown" {
		t.Errorf("revoked: %s", got)
	}
}

// ogrinfo counts the parcels as a desktop program does, with a name and a token as its password.
func ogrinfo(t *testing.T, url, userpwd string) (string, error) {
	t.Helper()
	program, err := exec.LookPath("ogrinfo")
	if err != nil {
		t.Fatal("ogrinfo is missing: .ci/install test installs it")
	}
	cmd := exec.CommandContext(t.Context(), program, "-so", "OAPIF:"+url+"/ogc", "parcels", "--config", "GDAL_HTTP_USERPWD", userpwd, "--config", "GDAL_HTTP_AUTH", "BASIC")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// What the page shows and leaves out is what the routes admit, role by role.
func TestMay(t *testing.T) {
	t.Parallel()
	s := serve(t, storetest.Demo(t), nil)
	want := map[string]string{
		"officer":  "boundary.edit register.write fact.record import export register.read personal.unmask tokens.own",
		"post1":    "register.write fact.record export register.read personal.unmask tokens.own",
		"planner":  "export register.read tokens.own",
		"viewer":   "tokens.own",
		"sysadmin": "accounts.manage tokens.own",
		"secadmin": "tokens.own roles.assign",
		"auditor":  "audit.read tokens.own",
	}
	for name, may := range want {
		me := read[meView](t, s.in(t, name).ask(t, http.MethodGet, "/api/v1/me", nil))
		if got := strings.Join(me.May, " "); got != may {
			t.Errorf("%s may %s, want %s", name, got, may)
		}
		if administers := me.Role.Administers(); administers != (code(t, s.as(name).get(t, "/api/v1/progress")) == "access.role") {
			t.Errorf("%s and land", name)
		}
	}
}
