package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"zhengbei/internal/account"
	"zhengbei/internal/httpapi"
	"zhengbei/internal/land"
	"zhengbei/internal/pgserver"
	"zhengbei/internal/store"
)

type userCmd struct {
	Add     userAddCmd     `cmd:"" help:"Add an account and print its one-time link. / 添加账号，打印一次性链接。"`
	List    userListCmd    `cmd:"" help:"List the accounts. / 列出账号。"`
	Disable userDisableCmd `cmd:"" help:"Disable an account; its sessions and tokens end at once. / 停用账号。"`
	Enable  userEnableCmd  `cmd:"" help:"Enable an account again. / 启用账号。"`
	Reset   userResetCmd   `cmd:"" help:"Take the password away and print a new one-time link. / 清除密码，打印新的一次性链接。"`
}

type userAddCmd struct {
	Name        string `arg:"" help:"2 to 64 letters, digits or . _ @ -; it stays in the records for ever. / 账号名。"`
	Role        string `required:"" enum:"officer,command_post,planner,viewer,sysadmin,secadmin,auditor" placeholder:"ROLE" help:"One of officer, command_post, planner, viewer, sysadmin, secadmin, auditor. / 角色。"`
	CommandPost string `placeholder:"CODE" help:"The command post of a command_post, like F-01. / 所属指挥部。"`
	Person      string `placeholder:"TEXT" help:"Whom it belongs to. / 姓名。"`
}

// Run adds an account with its role, and prints the link by which its person sets a password.
func (u userAddCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	role := land.Role(u.Role)
	return s.manage(ctx, t, func(people *account.Keeper, purpose land.LinkPurpose) error {
		a, link, ends, err := people.Add(ctx, console("user add"), u.Name, account.Change{Role: &role, Post: &u.CommandPost, Person: &u.Person}, purpose)
		if err != nil {
			return err
		}
		return t.hand(s, a, link, ends)
	})
}

type userListCmd struct {
	JSON bool `help:"Print what GET /api/v1/users answers, for scripts."`
}

// Run lists the accounts.
func (u userListCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	return s.manage(ctx, t, func(people *account.Keeper, _ land.LinkPurpose) error {
		all, err := people.Accounts(ctx)
		if err != nil {
			return err
		}
		views := make([]httpapi.UserView, len(all))
		for i, a := range all {
			views[i] = httpapi.ViewUser(a)
		}
		if u.JSON {
			return printJSON(t.out, views)
		}
		return t.table(func(row func(cells ...string)) {
			for _, a := range all {
				row(a.Name, string(a.Role), a.Post, string(a.State()), day(a.SignedIn), a.Person)
			}
		})
	})
}

type userDisableCmd struct {
	Name string `arg:"" help:"The account. / 账号名。"`
}

// Run disables an account.
func (u userDisableCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	return s.able(ctx, t, u.Name, true)
}

type userEnableCmd struct {
	Name string `arg:"" help:"The account. / 账号名。"`
}

// Run enables an account again.
func (u userEnableCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	return s.able(ctx, t, u.Name, false)
}

// able disables an account or enables it again.
func (s *settings) able(ctx context.Context, t *terminal, name string, disabled bool) error {
	command, says := "user enable", t.say("账号 %s 已启用", "account %s is enabled")
	if disabled {
		command, says = "user disable", t.say("账号 %s 已停用，会话和令牌已失效", "account %s is disabled, its sessions and tokens have ended")
	}
	return s.manage(ctx, t, func(people *account.Keeper, _ land.LinkPurpose) error {
		a, err := people.Alter(ctx, console(command), name, account.Change{Disabled: &disabled})
		if err == nil {
			_, err = fmt.Fprintf(t.out, says+"\n", a.Name)
		}
		return err
	})
}

type userResetCmd struct {
	Name string `arg:"" help:"The account. / 账号名。"`
}

// Run takes a password away and prints a link by which another is set.
func (u userResetCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	return s.manage(ctx, t, func(people *account.Keeper, purpose land.LinkPurpose) error {
		a, link, ends, err := people.Reset(ctx, console("user reset"), u.Name, purpose)
		if err != nil {
			return err
		}
		return t.hand(s, a, link, ends)
	})
}

// console is the operator at a command.
func console(command string) land.Actor {
	by := land.Operator
	by.Via = "zhengbei " + command
	return by
}

// manage opens the database for a command about accounts, also beside a running server.
func (s *settings) manage(ctx context.Context, t *terminal, fn func(people *account.Keeper, purpose land.LinkPurpose) error) error {
	db, leave, err := s.join(ctx, t, s.existing)
	if err != nil {
		return err
	}
	defer leave()
	purpose := land.LinkPassword
	if s.Demo {
		purpose = land.LinkSignIn
	}
	return fn(account.NewKeeper(db, now, t.log), purpose)
}

// hand prints a one-time link alone on standard output, and what to do with it on standard error.
func (t *terminal) hand(s *settings, a land.Account, link string, ends time.Time) error {
	public, err := s.public()
	if err != nil {
		return err
	}
	address := "http://" + s.Addr
	if s.DatabaseURL == "" && s.MigrateURL == "" {
		if running := pgserver.Inspect(pgserver.Settings{Data: s.Data}).Address; running != "" {
			address = running
		}
	}
	_, _ = fmt.Fprintf(t.err, t.say("一次性链接，%s前有效，用一次即失效；请当面或用内部渠道交给 %s 本人：\n", "one-time link, good once and until %s; hand it to the person of %s by a channel of your own:\n"), ends.In(land.Shanghai).Format("2006-01-02 15:04"), a.Name)
	_, err = fmt.Fprintln(t.out, httpapi.Welcome(links(public, address), link))
	return err
}

// links is the address that links begin with.
func links(public *url.URL, address string) string {
	if public != nil {
		return strings.TrimSuffix(public.String(), "/")
	}
	return address
}

// keeper knows the people, at a cost of passwords that suits this machine.
func keeper(ctx context.Context, db *store.DB, log *slog.Logger) (*account.Keeper, error) {
	var usual string
	err := db.Read(ctx, func(tx *store.Tx) (err error) {
		usual, err = tx.UsualHash(ctx)
		return err
	})
	return account.NewKeeper(db, now, log).Hashing(account.Calibrated(usual, now)), err
}

// invite makes the links by which the first people come in, and says what they are; nothing where somebody is in already.
func invite(ctx context.Context, people *account.Keeper, demo bool, base string) (string, error) {
	by := land.Seeder
	by.Via = "zhengbei serve"
	first, says := people.First, "还没有人登录过。下面三个一次性链接各交给不同的人（三员分立），72 小时内有效，用一次即失效；重新启动会换成新的。\n"+
		"Nobody has signed in yet. Hand each of these links to another person: the three administrations are never one. Good once, for 72 h; a restart makes new ones.\n"
	if demo {
		first, says = people.Demonstrate, "每个角色一个一次性登录链接，24 小时内有效，用一次即失效；重新启动会换成新的。\n"+
			"One-time links to sign in by, one a role. Good once, for 24 h; a restart makes new ones, and so does: zhengbei user reset NAME --demo\n"
	}
	all, err := first(ctx, by)
	if err != nil || len(all) == 0 {
		return "", err
	}
	var b strings.Builder
	b.WriteString(says)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, i := range all {
		_, _ = fmt.Fprintf(w, "  %s\t%s\n", i.Name, httpapi.Welcome(base, i.Link))
	}
	_ = w.Flush() // a strings.Builder takes it all
	return b.String(), nil
}

// table prints rows in columns.
func (t *terminal) table(fill func(row func(cells ...string))) error {
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fill(func(cells ...string) {
		for i, c := range cells {
			if c == "" {
				cells[i] = "—"
			}
		}
		_, _ = fmt.Fprintln(w, strings.Join(cells, "\t"))
	})
	return w.Flush()
}

// day is when something happened, in Shenzhen.
func day(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.In(land.Shanghai).Format("2006-01-02 15:04")
}

func printJSON[T any](w io.Writer, list []T) error {
	raw, err := json.MarshalIndent(list, "", "  ")
	if err == nil {
		_, err = fmt.Fprintln(w, string(raw))
	}
	return err
}
