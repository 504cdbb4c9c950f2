// Command withpg runs a command beside a throwaway PostgreSQL, whose superuser's DSN it finds in ZHENGBEI_TEST_DSN.
//
//	go run ./internal/pgserver/withpg -- go test ./...
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/pgserver"
)

const variable = "ZHENGBEI_TEST_DSN"

func main() {
	args := os.Args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: withpg -- COMMAND [ARGUMENT…]")
		os.Exit(2)
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	code, err := run(ctx, args)
	cancel()
	if err != nil {
		fmt.Fprintln(os.Stderr, "withpg:", err)
		if f, ok := fault.As(err); ok {
			fmt.Fprintln(os.Stderr, f.Mend(fault.English))
			fmt.Fprintln(os.Stderr, f.Says(fault.Chinese)+f.Mend(fault.Chinese))
		}
	}
	os.Exit(code)
}

// run answers the exit code of the command; a server that is given already is used instead of a new one.
func run(ctx context.Context, args []string) (code int, err error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if os.Getenv(variable) == "" {
		log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
		server, err := pgserver.Start(ctx, pgserver.Settings{Throwaway: true, Log: log})
		if err != nil {
			return 1, err
		}
		defer func() {
			bounded, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			err = errors.Join(err, server.Stop(bounded))
		}()
		cmd.Env = append(os.Environ(), variable+"="+server.DSN(pgserver.Admin, "postgres"))
	}
	err = cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		if err != nil {
			return 1, err
		}
		return 0, nil
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return exit.ExitCode(), nil
}
