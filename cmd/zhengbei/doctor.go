package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/pgserver"
	"zhengbei/internal/store"
)

type doctorCmd struct {
	JSON    bool `help:"Print JSON, for scripts."`
	Rebuild bool `help:"First derive every state anew, as the owner of the schema; facts and register are left as they are."`
}

// finding is one thing that doctor looked at.
type finding struct {
	Check string `json:"check"`
	OK    bool   `json:"ok"`
	Says  string `json:"says"`
	Mend  string `json:"mend,omitempty"`
}

// The limits of health: less disk than this, or a clock further off, is told.
const (
	leastDisk = 1 << 30 // bytes: a day of work and its write-ahead log
	mostDrift = 5 * time.Second
)

// Run looks at all that the service rests on and, unless it is to derive the states anew, changes nothing; it fails where something is to be mended.
func (d doctorCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	var found []finding
	add := func(check string, err error, says string) {
		f := finding{Check: check, OK: err == nil, Says: says}
		if e, ok := fault.As(err); ok {
			f.Says, f.Mend = e.Says(t.lang), e.Mend(t.lang)
			if e.Cause != nil {
				f.Says += " (" + e.Cause.Error() + ")"
			}
		} else if err != nil {
			f.Says = err.Error()
		}
		found = append(found, f)
	}
	if d.Rebuild {
		says, err := rebuild(ctx, t, s)
		add("rebuild", err, says)
	}
	if s.DatabaseURL != "" || s.MigrateURL != "" {
		s.examineGiven(ctx, t, add)
	} else {
		s.examinePrivate(ctx, t, add)
	}
	_, err := s.extent()
	add("ZHENGBEI_EXTENT", err, t.say("设置可用", "the setting is fine"))
	_, err = s.public()
	add("ZHENGBEI_PUBLIC_URL", err, t.say("设置可用", "the setting is fine"))
	return d.report(t, found)
}

// rebuild derives every state anew and says how many there were and are, and how long it took.
func rebuild(ctx context.Context, t *terminal, s *settings) (says string, err error) {
	if s.DatabaseURL != "" && s.MigrateURL == "" {
		return "", fault.New(fault.Invalid, "setting.no_migrate_url")
	}
	d, err := s.database(ctx, t, pgserver.Join)
	if err != nil {
		return "", err
	}
	defer d.stop(ctx, t)
	t.log.Info("deriving every state anew; writers wait, facts and register are left as they are")
	began := now()
	before, after, err := store.Rebuild(ctx, d.owner)
	return fmt.Sprintf(t.say("全部重新推导：此前 %d 条阶段，现有 %d 条，用时 %.1f 秒", "derived anew: %d states before, %d now, in %.1f s"), before, after, now().Sub(began).Seconds()), err
}

func (d doctorCmd) report(t *terminal, found []finding) error {
	well := true
	for _, f := range found {
		well = well && f.OK
	}
	if d.JSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		if err := e.Encode(struct {
			Well   bool      `json:"well"`
			Checks []finding `json:"checks"`
		}{well, found}); err != nil {
			return err
		}
	} else {
		for _, f := range found {
			mark := "✓"
			if !f.OK {
				mark = "✗"
			}
			if _, err := fmt.Fprintf(t.out, "%s %s: %s\n", mark, f.Check, f.Says); err != nil {
				return err
			}
			if f.Mend != "" {
				if _, err := fmt.Fprintf(t.out, "  → %s\n", f.Mend); err != nil {
					return err
				}
			}
		}
	}
	if !well {
		return errUnwell
	}
	return nil
}

func (t *terminal) say(zh, en string) string {
	if t.lang == fault.Chinese {
		return zh
	}
	return en
}

// examinePrivate looks at the private cluster, and into it where it runs.
func (s *settings) examinePrivate(ctx context.Context, t *terminal, add func(string, error, string)) {
	state := pgserver.Inspect(pgserver.Settings{Data: s.Data})
	busy := fault.Is(state.Problem, "pg.already_running") || fault.Is(state.Problem, "pg.already_starting")
	problem := state.Problem
	if busy {
		problem = nil
	}
	add("PostgreSQL", problem, fmt.Sprintf("%s, %s", state.Binaries.Version, state.Binaries.Dir))
	disk := fmt.Sprintf(t.say("%s，剩余 %.1f GB", "%s, %.1f GB free"), state.Data, float64(state.Free)/(1<<30))
	if state.Free < leastDisk {
		add("disk", fault.New(fault.Busy, "doctor.disk", "data", state.Data, "mb", state.Free>>20), "")
	} else {
		add("disk", nil, disk)
	}
	if state.Pid == 0 {
		add("database", nil, t.say("没有运行；zhengbei serve 会启动它", "not running; zhengbei serve starts it"))
		return
	}
	address := state.Address
	if address == "" {
		address = "—"
	}
	add("database", nil, fmt.Sprintf(t.say("运行中，进程 %d，地址 %s", "running, process %d, at %s"), state.Pid, address))
	server, err := pgserver.Join(ctx, pgserver.Settings{Data: s.Data})
	if err != nil {
		add("database", err, "")
		return
	}
	defer func() { _ = server.Stop(ctx) }() // a guest only lets go
	name := s.databaseName()
	if there, err := store.HasDatabase(ctx, server.DSN(admin, "postgres"), name); err != nil || !there {
		add(name, err, t.say("尚未建立；zhengbei serve 会建立它", "not made yet; zhengbei serve makes it"))
		return
	}
	s.examine(ctx, t, server.DSN(store.ServiceRole, name), add)
}

// examineGiven looks at the database that the settings name.
func (s *settings) examineGiven(ctx context.Context, t *terminal, add func(string, error, string)) {
	if s.MigrateURL != "" {
		facts, err := store.Examine(ctx, s.MigrateURL)
		add("ZHENGBEI_MIGRATE_URL", err, fmt.Sprintf("%s @ %s", facts.Role, facts.Database))
	}
	if s.DatabaseURL != "" {
		s.examine(ctx, t, s.DatabaseURL, add)
	}
}

// examine looks into a database as the service role.
func (s *settings) examine(ctx context.Context, t *terminal, dsn string, add func(string, error, string)) {
	facts, err := store.Examine(ctx, dsn)
	add("reach", err, fmt.Sprintf("PostgreSQL %s, %s @ %s", facts.Server, facts.Role, facts.Database))
	if err != nil {
		return
	}
	if facts.Standby {
		add("standby", fault.New(fault.Busy, "doctor.standby"), "")
	}
	for _, e := range []struct {
		name    string
		version *string
	}{{"postgis", facts.Postgis}, {"btree_gist", facts.BtreeGist}} {
		if e.version == nil {
			add(e.name, fault.New(fault.Invalid, "db.no_extension", "names", e.name, "database", facts.Database), "")
		} else {
			add(e.name, nil, *e.version)
		}
	}
	drift := now().Sub(facts.Clock).Round(time.Second)
	if drift > mostDrift || drift < -mostDrift {
		add("clock", fault.New(fault.Busy, "doctor.clock", "drift", drift), "")
	} else {
		add("clock", nil, facts.Clock.UTC().Format(time.RFC3339))
	}
	db, err := store.Open(ctx, store.Settings{URL: dsn, Now: now, Log: t.log, As: land.Operator})
	if err == nil {
		defer db.Close()
		err = db.Ready(ctx)
	}
	add("schema and rights", err, t.say("表结构为最新，权限恰当", "the schema is current, the rights are right"))
	if err != nil {
		return
	}
	_, err = inspect(ctx, db, s.Demo)
	says := t.say("真实数据库", "the real database")
	if s.Demo {
		says = t.say("演示数据，全部虚构", "the demonstration, all of it invented")
	}
	add("data", err, says)
	add("states", compare(ctx, db), t.say("各阶段与事实、登记册一致", "every state is what facts and register say"))
	says, err = s.trail(ctx, t, db)
	add("audit", err, says)
	says, err = s.examineKey(ctx, t, db)
	add("key of personal data", err, says)
}

// examineKey looks whether the key by which personal data are encrypted is at hand, and can be read by its owner alone.
func (s *settings) examineKey(ctx context.Context, t *terminal, db *store.DB) (string, error) {
	in, began, err := keyInUse(ctx, db)
	if err != nil {
		return "", err
	}
	held, err := s.heldKeys()
	if err != nil {
		return "", err
	}
	use := among(held, in.Check)
	switch {
	case began && use.Key != nil:
		return fmt.Sprintf(t.say("%s，加密了 %d 项；请另存一份，不与数据库放在一起", "%s, %d values encrypted; keep a copy apart from the database"), use.from, in.Values), nil
	case began:
		return "", s.otherKey(in)
	}
	return t.say("尚无个人信息加密", "nothing is encrypted yet"), nil
}

// compare derives every state anew, as known now and a week ago, and names the first that is stored otherwise.
func compare(ctx context.Context, db *store.DB) error {
	return db.Read(ctx, func(tx *store.Tx) error {
		if err := tx.Patient(ctx); err != nil {
			return err
		}
		for _, known := range []time.Time{now(), now().AddDate(0, 0, -7)} {
			faults, err := tx.ProjectionFaults(ctx, known)
			if err != nil {
				return err
			}
			if len(faults) > 0 {
				return fault.New(fault.Invalid, "doctor.states", "code", faults[0].Code, "known", known.UTC().Format(time.RFC3339))
			}
		}
		return nil
	})
}
