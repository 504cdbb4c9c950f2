package pgserver

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// settings go into postgresql.conf at each start; ALTER SYSTEM outranks them, so an operator can tune.
const settings = `# Written by zhengbei at each start. To change a setting use ALTER SYSTEM: it is kept in postgresql.auto.conf.
shared_buffers = 256MB            # the district with its history fits
work_mem = 16MB
maintenance_work_mem = 128MB
random_page_cost = 1.1            # solid state
jit = off                         # compiling costs more than these queries take
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'
lc_messages = 'C'
dynamic_shared_memory_type = mmap # /dev/shm has 64 MB in a container, and logind empties it when a user signs out
log_destination = stderr
log_line_prefix = '%m [%p] '
log_error_verbosity = terse       # a DETAIL line would carry a holder's row
log_checkpoints = off
`

// throwaway is for tests: what is lost when the machine fails is lost.
const throwaway = `fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum_naptime = 10min        # a vacuum would hold up DROP DATABASE
max_wal_size = 4GB
shared_buffers = 128MB
`

// access admits whoever reached the socket: its folder lets in nobody but the account, and root.
const access = "local all all trust\nlocal replication all trust\n"

// configure writes the files that PostgreSQL reads at its start.
func (f folder) configure(lasting bool) error {
	text := settings
	if !lasting {
		text += throwaway
	}
	for name, content := range map[string]string{"postgresql.conf": text, "pg_hba.conf": access} {
		if err := f.replace(filepath.Join(f.cluster(), name), content); err != nil {
			return folderFault(err, f.root)
		}
	}
	return nil
}

// replace writes a file whole or not at all.
func (f folder) replace(path, content string) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) //nolint:errcheck // gone after the rename
	_, err = file.WriteString(content)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = f.who.own(file.Name())
	}
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// arguments are the settings that ALTER SYSTEM must not reach: by them we find the server again.
func (f folder) arguments() []string {
	return []string{
		"-D", f.cluster(),
		"-c", "listen_addresses=",
		"-c", "port=" + port,
		"-c", "unix_socket_directories=" + quote(f.socket()),
		"-c", "unix_socket_permissions=0700",
		"-c", "hba_file=" + filepath.Join(f.cluster(), "pg_hba.conf"),
		"-c", "logging_collector=off",
	}
}

// quote writes one entry of a list of folders.
func quote(dir string) string { return fmt.Sprintf(`"%s"`, strings.ReplaceAll(dir, `"`, `""`)) }

// environment is all that PostgreSQL inherits: a PG… or LC_… variable, or somebody's PROJ_DATA, would change what it does.
func environment() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}
}
