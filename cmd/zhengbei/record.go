package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"zhengbei/internal/exchange"
	"zhengbei/internal/fault"
	"zhengbei/internal/httpapi"
	"zhengbei/internal/land"
	"zhengbei/internal/signing"
	"zhengbei/internal/store"
)

type recordCmd struct {
	File   string `arg:"" help:"A JSON file with one fact or a list, as POST /api/v1/facts takes it; - reads standard input. / 事实的 JSON 文件；- 表示标准输入。"`
	DryRun bool   `help:"Judge only, and write nothing. / 只检查，不写入。"`
	Key    string `placeholder:"KEY" help:"Under one key the same file is recorded once, however often it is sent, over HTTP as well; kept seven days. / 幂等键：同一键只记录一次。"`
	JSON   bool   `help:"Print what POST /api/v1/facts answers, for scripts."`
}

// mostRecord bounds what is read, as over HTTP.
const mostRecord = 10 << 20

var (
	// errNotRecorded ends a record whose faults have been told already.
	errNotRecorded = fmt.Errorf("nothing was recorded: %w", errUnwell)
	// errTried rolls back what was only judged.
	errTried = errors.New("tried and not written")
)

// Run records the facts of a file, all of them or none; every fault is told with its place in the file.
func (r recordCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	raw, err := r.read()
	if err != nil {
		return err
	}
	facts, list, unread, err := exchange.ReadFacts(raw)
	if err != nil {
		return t.refuse(err, list)
	}
	db, leave, err := s.join(ctx, t, s.existing)
	if err != nil {
		return err
	}
	defer leave()
	if r.Key != "" {
		key, err := store.NewKey(land.Operator.Account, r.Key, "POST", "/api/v1/facts", "", raw) // as over HTTP: a key means the same there and here
		if err != nil {
			return err
		}
		ctx = store.WithKey(ctx, key)
	}
	var answer json.RawMessage
	recorded, warnings, err := signing.RecordRead(ctx, db, console("record"), facts, unread, func(tx *store.Tx, recorded []land.Fact, warnings []*fault.Error) (err error) {
		if answer, err = httpapi.ViewRecorded(ctx, tx, recorded, warnings, t.lang, list); err != nil {
			return err
		}
		if r.DryRun {
			return errTried
		}
		return tx.Keep(ctx, store.Answered{Status: statusCreated, Header: map[string]string{}, Body: answer})
	})
	many := fmt.Sprintf(t.say("%d 条事实", "%d facts"), len(facts))
	if len(facts) == 1 {
		many = t.say("1 条事实", "1 fact")
	}
	says := fmt.Sprintf(t.say("已记录 %s", "%s recorded"), many)
	if before := (store.Answered{}); errors.As(err, &before) {
		answer, says, err = before.Body, t.say("此键下已记录过，没有再写", "recorded before under this key, and not again"), nil
	}
	if errors.Is(err, errTried) {
		says, err = fmt.Sprintf(t.say("%s可以记录，没有写入", "%s may be recorded; nothing was written"), many), nil
	}
	if err != nil {
		return t.refuse(err, list)
	}
	if r.JSON {
		var b bytes.Buffer
		if err := json.Indent(&b, answer, "", "  "); err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.out, b.String())
		return err
	}
	switch n := len(recorded); {
	case n == 1:
		says += fmt.Sprintf(t.say("（第 %d 条）", " (number %d)"), recorded[0].ID)
	case n > 1:
		says += fmt.Sprintf(t.say("（第 %d 至 %d 条）", " (numbers %d to %d)"), recorded[0].ID, recorded[n-1].ID)
	}
	for _, w := range warnings {
		_, _ = fmt.Fprintf(t.err, "zhengbei: %s\n", w.Says(t.lang))
	}
	_, err = fmt.Fprintln(t.out, says)
	return err
}

// statusCreated is what a first request under a key is answered with over HTTP.
const statusCreated = 201

func (r recordCmd) read() ([]byte, error) {
	var from io.Reader = os.Stdin
	if r.File != "-" {
		f, err := os.Open(r.File)
		if err != nil {
			return nil, fault.New(fault.NotFound, "file.unreadable", "value", r.File).Because(err)
		}
		defer func() { _ = f.Close() }()
		from = f
	}
	raw, err := io.ReadAll(io.LimitReader(from, mostRecord+1))
	switch {
	case err != nil:
		return nil, fault.New(fault.Malformed, "file.unreadable", "value", r.File).Because(err)
	case len(raw) > mostRecord:
		return nil, fault.New(fault.TooLarge, "body.too_large", "max_mb", mostRecord>>20)
	case !utf8.Valid(raw) || bytes.IndexByte(raw, 0) >= 0:
		return nil, fault.New(fault.Malformed, "request.not_text")
	}
	return raw, exchange.Once(raw)
}

// refuse tells every fault of facts with its place in what was handed in.
func (t *terminal) refuse(err error, list bool) error {
	f, ok := fault.As(err)
	if !ok || f.Cause != nil {
		return err
	}
	for _, one := range f.Each() {
		at := one.Field
		if !list {
			at = strings.TrimPrefix(at, "/0")
		}
		if at != "" {
			at += ": "
		}
		_, _ = fmt.Fprintf(t.err, "zhengbei: %s%s\n", at, one.Says(t.lang))
		if mend := one.Mend(t.lang); mend != "" {
			_, _ = fmt.Fprintf(t.err, "  → %s\n", mend)
		}
	}
	return errNotRecorded
}
