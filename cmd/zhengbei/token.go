package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"zhengbei/internal/account"
	"zhengbei/internal/httpapi"
	"zhengbei/internal/land"
)

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make a token and print it, alone and once. / 新建令牌，只打印一次。"`
	List   tokenListCmd   `cmd:"" help:"List the tokens of an account. / 列出账号的令牌。"`
	Revoke tokenRevokeCmd `cmd:"" help:"Revoke a token by its number. / 撤销令牌。"`
}

type tokenCreateCmd struct {
	Account string        `arg:"" name:"account" help:"The account that it acts for. / 账号名。"`
	TTL     time.Duration `name:"ttl" default:"720h" placeholder:"720h" help:"How long it is good, at most 8784h. / 有效期。"`
	Scope   []string      `default:"read,edit,export" enum:"read,edit,export" placeholder:"read,edit,export" help:"What it is good for: read, edit, export. / 权限。"`
	Reason  string        `placeholder:"TEXT" help:"The reason that changes give which come with it, for programs that cannot give one. / 缺省的变更原因。"`
	Name    string        `name:"name" default:"zhengbei token create" placeholder:"TEXT" help:"What it is for. / 用途。"`
}

// Run makes a token and prints it alone on standard output.
func (c tokenCreateCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	return s.manage(ctx, t, func(people *account.Keeper, _ land.LinkPurpose) error {
		_, secret, err := people.CreateToken(ctx, console("token create"), c.Account, account.NewToken{Name: c.Name, Scopes: c.Scope, Why: c.Reason, Lasts: c.TTL})
		if err == nil {
			_, err = fmt.Fprintln(t.out, secret)
		}
		return err
	})
}

type tokenListCmd struct {
	Account string `arg:"" name:"account" help:"The account. / 账号名。"`
	JSON    bool   `help:"Print what GET /api/v1/tokens answers, for scripts."`
}

// Run lists the tokens of an account; their secrets are not kept.
func (c tokenListCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	return s.manage(ctx, t, func(people *account.Keeper, _ land.LinkPurpose) error {
		all, err := people.Tokens(ctx, c.Account)
		if err != nil {
			return err
		}
		views := make([]httpapi.TokenView, len(all))
		for i, one := range all {
			views[i] = httpapi.ViewToken(one, "")
		}
		if c.JSON {
			return printJSON(t.out, views)
		}
		return t.table(func(row func(cells ...string)) {
			for _, one := range all {
				row(strconv.Itoa(int(one.ID)), one.Name, strings.Join(one.Scopes, ","), day(&one.Ends), day(one.Used))
			}
		})
	})
}

type tokenRevokeCmd struct {
	ID int32 `arg:"" help:"Its number, as token list shows it. / 令牌号。"`
}

// Run revokes a token.
func (c tokenRevokeCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	return s.manage(ctx, t, func(people *account.Keeper, _ land.LinkPurpose) error {
		if err := people.RevokeToken(ctx, console("token revoke"), c.ID); err != nil {
			return err
		}
		_, err := fmt.Fprintf(t.out, t.say("令牌 %d 已撤销\n", "token %d is revoked\n"), c.ID)
		return err
	})
}
