package main

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRun(t *testing.T) {
	given := os.Getenv(variable)
	t.Setenv(variable, "")
	seen := filepath.Join(t.TempDir(), "dsn")
	code, err := run(t.Context(), []string{"sh", "-c", `printf %s "$` + variable + `" >"$0"; exit 7`, seen})
	if code != 7 || err != nil {
		t.Fatalf("got %d, %v; want 7", code, err)
	}
	raw, err := os.ReadFile(seen)
	if err != nil {
		t.Fatal(err)
	}
	dsn, err := url.Parse(string(raw))
	if err != nil || dsn.Scheme != "postgres" || dsn.Path != "/postgres" {
		t.Fatalf("the command saw %q, %v", raw, err)
	}
	if _, err := os.Stat(dsn.Query().Get("host")); !os.IsNotExist(err) {
		t.Errorf("the cluster is left: %v", err)
	}

	t.Setenv(variable, "given:"+given)
	code, err = run(t.Context(), []string{"sh", "-c", `case "$` + variable + `" in given:*) exit 0;; *) exit 1;; esac`})
	if code != 0 || err != nil {
		t.Errorf("a given server was not used: %d, %v", code, err)
	}
	if code, err = run(t.Context(), []string{"/nowhere"}); code != 1 || err == nil || !strings.Contains(err.Error(), "/nowhere") {
		t.Errorf("no such command: got %d, %v", code, err)
	}
}

// A signal to withpg ends the command first, and then the database.
func TestSignal(t *testing.T) {
	t.Setenv(variable, "given")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if code, err := run(ctx, []string{"sleep", "600"}); code != 128+15 || err != nil {
		t.Errorf("got %d, %v", code, err)
	}
}
