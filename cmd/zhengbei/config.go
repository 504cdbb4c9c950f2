package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"zhengbei/internal/account"
	"zhengbei/internal/fault"
	"zhengbei/internal/httpapi"
	"zhengbei/internal/land"

	"github.com/alecthomas/kong"
)

// settings are every variable of the service.
type settings struct {
	Addr        string `env:"ZHENGBEI_ADDR" default:"127.0.0.1:8080" help:"Address to listen on; other than loopback only with a certificate or a proxy. Port 0 takes a free one."`
	Data        string `env:"ZHENGBEI_DATA" placeholder:"FOLDER" help:"Folder of the private PostgreSQL; by default ${data}."`
	Demo        bool   `env:"ZHENGBEI_DEMO" help:"Use the demonstration, in a database of its own: nothing in it is real. / 使用演示数据库，数据全部虚构。"`
	DatabaseURL string `env:"DATABASE_URL" placeholder:"URL" help:"Database of your own, as the service role; then no PostgreSQL is started. Several hosts with target_session_attrs are welcome."`
	MigrateURL  string `env:"ZHENGBEI_MIGRATE_URL" placeholder:"URL" help:"The same database as the owner of its schema; serve then migrates by itself."`
	PublicURL   string `env:"ZHENGBEI_PUBLIC_URL" placeholder:"URL" help:"Address that links carry, where a proxy stands before the service."`
	TLSCert     string `env:"ZHENGBEI_TLS_CERT" name:"tls-cert" placeholder:"FILE" help:"Certificate with its chain, PEM; read anew when it changes."`
	TLSKey      string `env:"ZHENGBEI_TLS_KEY" name:"tls-key" placeholder:"FILE" help:"The certificate's key, PEM."`
	Proxy       string `env:"ZHENGBEI_TRUSTED_PROXY" name:"trusted-proxy" placeholder:"ADDRESSES" help:"Addresses or CIDR ranges of the proxies before the service, whose word about the client is taken."`
	Anonymous   bool   `env:"ZHENGBEI_ANONYMOUS" help:"Whoever is not signed in may read generalised outlines of zones and parcels, and the round's totals."`
	OIDCIssuer  string `env:"ZHENGBEI_OIDC_ISSUER" name:"oidc-issuer" placeholder:"URL" help:"Issuer of OpenID Connect by which people may sign in as well."`
	OIDCClient  string `env:"ZHENGBEI_OIDC_CLIENT_ID" name:"oidc-client-id" placeholder:"ID" help:"Under which the service is registered there."`
	OIDCSecret  string `env:"ZHENGBEI_OIDC_CLIENT_SECRET" name:"oidc-client-secret" placeholder:"SECRET" help:"Its secret there; a command line can be read by others, so give it by the environment."`
	OIDCName    string `env:"ZHENGBEI_OIDC_NAME" name:"oidc-name" default:"统一身份认证" help:"Name of the issuer, on the button."`
	OIDCClaim   string `env:"ZHENGBEI_OIDC_ROLE_CLAIM" name:"oidc-role-claim" default:"roles" help:"Claim of the ID token that names roles or groups; a path where it lies deeper."`
	OIDCRoles   string `env:"ZHENGBEI_OIDC_ROLES" name:"oidc-roles" placeholder:"MAP" help:"Which value gives which role: officer=bureau;command_post:F-01=post-1;planner+names=planning."`
	Key         string `env:"ZHENGBEI_KEY" name:"personal-key" placeholder:"KEY" help:"The key by which personal data are encrypted, 64 hexadecimal digits or base64; a command line can be read by others, so give it by the environment."`
	KeyFile     string `env:"ZHENGBEI_KEY_FILE" name:"personal-key-file" placeholder:"FILE" help:"Its file, readable by the service alone; by default personal.key in the data folder, made at the first start. It is not in the database: keep a copy."`
	AuditAnchor string `env:"ZHENGBEI_AUDIT_ANCHOR" name:"audit-anchor" placeholder:"FOLDER" help:"Folder of the audit trail's anchor, better on another disk than the database; by default the data folder."`
	Extent      string `env:"ZHENGBEI_EXTENT" placeholder:"W,S,E,N" help:"Extent of the programme in degrees; by default the outlines' box and 2 km."`
	TileCache   int    `env:"ZHENGBEI_TILE_CACHE_MB" default:"64" help:"Bound of the tile cache in MB."`
	Log         string `env:"ZHENGBEI_LOG" default:"info" enum:"debug,info,warn,error" help:"Least level of the log on standard error."`
	LogFormat   string `env:"ZHENGBEI_LOG_FORMAT" default:"text" enum:"text,json" help:"text, or json for a collector."`
}

// cli is the command line.
type cli struct {
	settings `group:"Settings"`
	Serve    serveCmd    `cmd:"" help:"Migrate, seed when empty, and serve. / 启动服务。"`
	Migrate  migrateCmd  `cmd:"" help:"Bring the schema to the newest step. / 升级表结构。"`
	Seed     seedCmd     `cmd:"" help:"Load the outlines that ship with the service, or the demonstration. / 载入初始轮廓。"`
	Import   importCmd   `cmd:"" help:"Look at a file and apply it, all or nothing. / 导入文件，要么全部写入，要么不写。"`
	Export   exportCmd   `cmd:"" help:"Write a layer to a file. / 导出图层。"`
	Record   recordCmd   `cmd:"" help:"Record facts from a file, all of them or none. / 记录事实，要么全部写入，要么不写。"`
	Progress progressCmd `cmd:"" help:"Print the table of a day. / 打表推进。"`
	Demo     demoCmd     `cmd:"" help:"The demonstration's database. / 演示数据库。"`
	Key      keyCmd      `cmd:"" help:"The key by which personal data are encrypted. / 个人信息加密密钥。"`
	User     userCmd     `cmd:"" help:"Accounts. / 账号。"`
	Token    tokenCmd    `cmd:"" help:"Tokens for scripts and desktop programs. / 访问令牌。"`
	Audit    auditCmd    `cmd:"" help:"The audit trail. / 审计记录。"`
	Doctor   doctorCmd   `cmd:"" help:"Check what the service rests on, and say how to mend it. / 检查运行环境。"`
	Version  versionCmd  `cmd:"" help:"Print the version. / 显示版本。"`
}

// terminal is where a command speaks.
type terminal struct {
	out, err io.Writer
	lang     fault.Language
	log      *slog.Logger
}

// The exit codes: done, failed, wrong usage.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// errUnwell ends doctor with a failure that it has told already.
var errUnwell = errors.New("something is to be mended")

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var c cli
	code := -1
	parser, err := kong.New(&c, kong.Name("zhengbei"), kong.Description("整备 zhengbei: the map and the table of land consolidation."),
		kong.Vars{"data": defaultData()}, kong.Writers(stdout, stderr), kong.Exit(func(n int) { code = n }), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		_, _ = fmt.Fprintln(stderr, err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	if code >= 0 {
		return code // --help
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "zhengbei: %v\n", err)
		return exitUsage
	}
	t := &terminal{out: stdout, err: stderr, lang: language(), log: newLog(stderr, c.settings)}
	command.BindTo(ctx, (*context.Context)(nil))
	err = command.Run(t, &c.settings)
	if err == nil {
		return exitDone
	}
	if !errors.Is(err, errUnwell) {
		t.tell(err)
	}
	return exitFailed
}

// tell says a fault in the terminal's language, with its mend and what the machine reported.
func (t *terminal) tell(err error) {
	f, ok := fault.As(err)
	if !ok {
		_, _ = fmt.Fprintf(t.err, "zhengbei: %v\n", err)
		return
	}
	for _, one := range f.Each() {
		_, _ = fmt.Fprintf(t.err, "zhengbei: %s\n", one.Says(t.lang))
		if mend := one.Mend(t.lang); mend != "" {
			_, _ = fmt.Fprintf(t.err, "  → %s\n", mend)
		}
	}
	if f.Cause != nil {
		_, _ = fmt.Fprintf(t.err, "  (%v)\n", f.Cause)
	}
}

// language follows the terminal's locale.
func language() fault.Language {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			if strings.HasPrefix(v, "zh") {
				return fault.Chinese
			}
			return fault.English
		}
	}
	return fault.English
}

func newLog(w io.Writer, s settings) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.Log)) // kong has checked the name
	options := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// listen opens the address, which must be this machine's own unless passwords travel by TLS: to the service, or to a proxy before it.
func (s *settings) listen(ctx context.Context, byTLS bool) (net.Listener, error) {
	host, _, err := net.SplitHostPort(s.Addr)
	if err != nil || !byTLS && !isLoopback(host) {
		return nil, fault.New(fault.Invalid, "addr.not_loopback", "value", s.Addr)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", s.Addr)
	if err != nil {
		return nil, fault.New(fault.Invalid, "addr.taken", "value", s.Addr).Because(err)
	}
	return l, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// certificate is what is shown under TLS; nil without one.
func (s *settings) certificate(log *slog.Logger) (*httpapi.Certificate, error) {
	if s.TLSCert == "" && s.TLSKey == "" {
		return nil, nil
	}
	return httpapi.NewCertificate(s.TLSCert, s.TLSKey, now, log)
}

func (s *settings) public() (*url.URL, error) {
	if s.PublicURL == "" {
		return nil, nil
	}
	u, err := url.Parse(s.PublicURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, fault.New(fault.Invalid, "setting.public_url", "value", s.PublicURL)
	}
	return u, nil
}

// issuer is where people may show who they are; nil where they do so here alone.
func (s *settings) issuer() (*account.Issuer, error) {
	if s.OIDCIssuer == "" {
		return nil, nil
	}
	roles, err := account.ParseMapped(s.OIDCRoles)
	if err != nil {
		return nil, err
	}
	set := account.OIDC{Issuer: s.OIDCIssuer, ClientID: s.OIDCClient, Secret: s.OIDCSecret, Name: s.OIDCName, Claim: s.OIDCClaim, Roles: roles}
	if err := set.Lawful(); err != nil {
		return nil, err
	}
	return account.NewIssuer(set, now), nil
}

func (s *settings) extent() (*land.Box, error) {
	if s.Extent == "" {
		return nil, nil
	}
	bad := fault.New(fault.Invalid, "setting.extent", "value", s.Extent)
	parts := strings.Split(s.Extent, ",")
	if len(parts) != 4 {
		return nil, bad
	}
	var box land.Box
	for i, part := range parts {
		n, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || !(n >= -180 && n <= 180) {
			return nil, bad
		}
		box[i] = n
	}
	if box[0] >= box[2] || box[1] >= box[3] || box[1] < -90 || box[3] > 90 {
		return nil, bad
	}
	return &box, nil
}

// now is the only clock: below this package time comes in as an argument.
func now() time.Time { return time.Now() }

// commit is set by the Makefile.
var commit string

// release is the version that is being built.
const release = "0.1.0"

// version is the release with the commit that it was built from.
func version() string {
	if commit == "" {
		return release
	}
	return release + "+" + commit
}

type versionCmd struct{}

func (versionCmd) Run(t *terminal) error {
	_, err := fmt.Fprintln(t.out, version())
	return err
}
