package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/personal"
	"zhengbei/internal/store"
)

// keyVariable is the setting that gives the key itself.
const keyVariable = "ZHENGBEI_KEY"

// heldKey is a key with the place where it was found: a file, or the variable.
type heldKey struct {
	*personal.Key
	from string
}

// keyFile is where the key by which personal data are encrypted is kept; the demonstration has one of its own, since each database may change its key.
func (s *settings) keyFile() string {
	if s.KeyFile != "" {
		return s.KeyFile
	}
	data, name := s.Data, "personal.key"
	if data == "" {
		data = defaultData()
	}
	if s.Demo {
		name = "personal-demo.key"
	}
	return filepath.Join(data, name)
}

// Beside the key file stand the key of a rotation that is under way, and those that were in use before.
func newKeyFile(file string) string                    { return file + ".new" }
func oldKeyFile(file string, key *personal.Key) string { return file + "." + key.Name() + ".old" }

// heldKeys are all keys at hand, the one of the settings first. Whichever of them the database asks for is used, so that a rotation may be
// interrupted anywhere, and a backup from before it be restored.
func (s *settings) heldKeys() ([]heldKey, error) {
	var held []heldKey
	if s.Key != "" {
		key, err := keyOf(s.Key, keyVariable)
		if err != nil {
			return nil, err
		}
		held = append(held, heldKey{key, keyVariable})
	}
	file := s.keyFile()
	for _, path := range append([]string{file, newKeyFile(file)}, oldKeyFiles(file)...) {
		key, err := readKey(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		held = append(held, heldKey{key, path})
	}
	return held, nil
}

// oldKeyFiles are the files of keys that were in use before, in the order of their names. A glob would read brackets in the path.
func oldKeyFiles(file string) (paths []string) {
	entries, _ := os.ReadDir(filepath.Dir(file))
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), filepath.Base(file)+".") && strings.HasSuffix(entry.Name(), ".old") {
			paths = append(paths, filepath.Join(filepath.Dir(file), entry.Name()))
		}
	}
	return paths
}

func keyOf(text, from string) (*personal.Key, error) {
	master, err := personal.ParseMaster(text, from)
	if err != nil {
		return nil, err
	}
	return personal.NewKey(master)
}

// readKey reads a key file that nobody but its owner can read.
func readKey(path string) (*personal.Key, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, keyFileFault(err, path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fault.New(fault.Conflict, "personal_key.mode", "file", path, "mode", fmt.Sprintf("%04o", mode))
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, keyFileFault(err, path)
	}
	return keyOf(string(raw), path)
}

// keyFileFault says what the system refused; that there is no such file is for the caller to judge.
func keyFileFault(err error, path string) error {
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return fault.New(fault.Busy, "personal_key.file", "file", path).Because(err)
}

// makeKey draws a key into a file, unless there is one already: of several servers that start together one makes it.
func makeKey(path string) error {
	master, err := personal.NewMaster(rand.Reader)
	if err == nil {
		err = writeKey(path, master)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// writeKey writes a key file that is whole or not there; what stands there is never overwritten.
func writeKey(path, text string) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fault.New(fault.Busy, "personal_key.file", "file", path).Because(err)
	}
	f, err := os.CreateTemp(dir, ".key-*") // for its owner alone
	if err != nil {
		return fault.New(fault.Busy, "personal_key.file", "file", path).Because(err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(strings.TrimSpace(text) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Link(f.Name(), path)
	}
	if err == nil {
		err = syncFolder(dir)
	}
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return fault.New(fault.Busy, "personal_key.file", "file", path).Because(err)
}

// syncFolder makes what was renamed or made in a folder survive a loss of power.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// among is the held key with a check value; Key is nil where there is none.
func among(held []heldKey, check []byte) heldKey {
	for _, h := range held {
		if bytes.Equal(h.Check(), check) {
			return h
		}
	}
	return heldKey{}
}

// keyInUse asks the database with which key it is encrypted.
func keyInUse(ctx context.Context, db *store.DB) (in store.KeyInUse, began bool, err error) {
	err = db.Read(store.As(ctx, land.Operator), func(tx *store.Tx) error {
		in, began, err = tx.PersonalKey(ctx)
		return err
	})
	return in, began, err
}

// keys are those by which the server reads and writes personal data. The first start makes one; where the database knows one that is not at hand
// it stops, and neither overwrites nor makes anything: a disk that was mounted late must not put the good key out of use.
func (s *settings) keys(ctx context.Context, t *terminal, db *store.DB) (*personal.Ring, error) {
	held, err := s.heldKeys()
	if err != nil {
		return nil, err
	}
	in, began, err := keyInUse(ctx, db)
	if err != nil {
		return nil, err
	}
	use := among(held, in.Check)
	switch {
	case began && use.Key != nil:
		if err := s.settleKey(use); err != nil {
			return nil, err
		}
		if use.from != held[0].from && use.from != newKeyFile(s.keyFile()) {
			t.log.Warn("personal data are encrypted with another key than the settings say", "say", held[0].from, "uses", use.from)
		}
	case began:
		return nil, s.otherKey(in)
	default:
		if err := s.beginKey(ctx, t, db); err != nil {
			return nil, err
		}
	}
	return personal.NewRing(func() ([]*personal.Key, error) {
		held, err := s.heldKeys()
		keys := make([]*personal.Key, len(held))
		for i, h := range held {
			keys[i] = h.Key
		}
		return keys, err
	}), nil
}

func (s *settings) otherKey(in store.KeyInUse) error {
	return fault.New(fault.Conflict, "personal_key.other", "file", s.keyFile(), "values", in.Values, "name", fmt.Sprintf("%x", in.Check[:4]))
}

// beginKey puts the key of the settings in use, in a database that knows none yet; the first start makes it.
func (s *settings) beginKey(ctx context.Context, t *terminal, db *store.DB) error {
	key, err := s.ownKey(t)
	if err != nil {
		return err
	}
	err = db.Write(ctx, land.Operator, func(tx *store.Tx) error { return tx.BeginPersonalKey(ctx, key.Check()) })
	if f, ok := fault.As(err); ok && f.Code == "personal_key.used" { // another server may have been first, with the same key
		now, _, again := keyInUse(ctx, db)
		if again == nil && bytes.Equal(now.Check, key.Check()) {
			return nil
		}
	}
	return err
}

// ownKey is the key of the settings, made where there is none.
func (s *settings) ownKey(t *terminal) (*personal.Key, error) {
	if s.Key != "" {
		return keyOf(s.Key, keyVariable)
	}
	file := s.keyFile()
	key, err := readKey(file)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := makeKey(file); err != nil {
		return nil, err
	}
	t.log.Info("a key for personal data was made; keep a copy of it apart from the database", "file", file)
	return readKey(file)
}

// settleKey gives the key in use the name of the key file, where a rotation was interrupted before it had it.
func (s *settings) settleKey(use heldKey) error {
	file := s.keyFile()
	if use.from != newKeyFile(file) {
		return nil
	}
	if err := s.saveOld(); err != nil {
		return err
	}
	err := os.Rename(newKeyFile(file), file)
	if errors.Is(err, fs.ErrNotExist) { // another server was first
		return nil
	}
	if err == nil {
		err = syncFolder(filepath.Dir(file))
	}
	return keyFileFault(err, file)
}

// saveOld keeps a copy of the key file under the name of its key, before another one takes its place.
func (s *settings) saveOld() error {
	file := s.keyFile()
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return keyFileFault(err, file)
	}
	key, err := keyOf(string(raw), file)
	if err != nil {
		return err
	}
	if err := writeKey(oldKeyFile(file, key), string(raw)); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

type keyCmd struct {
	Rotate keyRotateCmd `cmd:"" help:"Encrypt personal data anew with a new key. / 换密钥：用新密钥重新加密个人信息。"`
}

type keyRotateCmd struct {
	NewFile string `placeholder:"FILE" help:"Where the new key goes; by default it takes the place of the key file, and the old one stays beside it. / 新密钥存放处。"`
	Lost    bool   `help:"The key is lost for good: drop the telephones and identity numbers that nobody can read any more, and begin a new key. / 密钥已永久丢失：删去无法解密的内容，启用新密钥。"`
}

// Run changes the key. The new one is on the disk before anything is encrypted with it, everything is encrypted anew in one transaction,
// and the old key goes nowhere: interrupted anywhere, the service starts with whichever of the two is in use.
func (r keyRotateCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	db, leave, err := s.join(ctx, t, s.existing)
	if err != nil {
		return err
	}
	defer leave()
	in, began, err := keyInUse(ctx, db)
	if err == nil && !began {
		err = fault.New(fault.NotFound, "personal_key.none")
	}
	if err != nil {
		return err
	}
	held, err := s.heldKeys()
	if err != nil {
		return err
	}
	file := s.keyFile()
	next := newKeyFile(file)
	if r.NewFile != "" {
		next = r.NewFile
		if key, err := readKey(next); err == nil {
			held = append(held, heldKey{key, next})
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	old := among(held, in.Check)
	switch {
	case old.Key != nil && old.from == next: // it was interrupted when everything was encrypted already
		return r.done(t, s, old, 0)
	case old.Key == nil && !r.Lost:
		return s.otherKey(in)
	case old.Key != nil && r.Lost:
		return fault.New(fault.Conflict, "personal_key.not_lost", "file", old.from)
	}
	if err := makeKey(next); err != nil {
		return err
	}
	key, err := readKey(next)
	if err != nil {
		return err
	}
	if r.NewFile == "" {
		if err := s.saveOld(); err != nil { // now, so that nothing but a name is left to be written afterwards
			return err
		}
	}
	values := 0
	_, err = db.RotatePersonalKey(ctx, console("key rotate"), in.Check, key.Check(), func(was store.Sealed) (store.Sealed, error) {
		if old.Key == nil {
			return store.Sealed{Code: was.Code}, nil
		}
		now, n, err := reseal(old.Key, key, was)
		values += n
		return now, err
	})
	if err != nil {
		return err
	}
	return r.done(t, s, heldKey{key, next}, values)
}

// reseal encrypts what one key sealed with another one.
func reseal(from, to *personal.Key, was store.Sealed) (now store.Sealed, n int, err error) {
	now.Code = was.Code
	for _, f := range []struct {
		field      personal.Field
		was        []byte
		into, hash *[]byte
	}{{personal.Phone, was.Phone, &now.Phone, &now.PhoneHash}, {personal.IDNumber, was.IDNumber, &now.IDNumber, &now.IDNumberHash}} {
		if f.was == nil {
			continue
		}
		value, err := from.Open(was.Code, f.field, f.was)
		if err != nil {
			return now, n, fmt.Errorf("%s of %s: %w", f.field, was.Code, err)
		}
		if *f.into, err = to.Seal(rand.Reader, was.Code, f.field, value); err != nil {
			return now, n, err
		}
		*f.hash = to.Hash(f.field, value)
		n++
	}
	return now, n, nil
}

// done gives the new key its place and says what is to be kept.
func (r keyRotateCmd) done(t *terminal, s *settings, use heldKey, values int) error {
	if err := s.settleKey(use); err != nil {
		return err
	}
	file := s.keyFile()
	says := fmt.Sprintf(t.say("已换新密钥，重新加密 %d 项。", "The key is changed; %d values were encrypted anew."), values)
	if r.NewFile != "" {
		file = r.NewFile
		says += "\n" + fmt.Sprintf(t.say("今后须设置 ZHENGBEI_KEY_FILE=%s。", "From now on set ZHENGBEI_KEY_FILE=%s."), file)
	}
	if s.Key != "" {
		says += "\n" + t.say("请取消 ZHENGBEI_KEY：其中是旧密钥。", "Unset ZHENGBEI_KEY: it holds the old key.")
	}
	says += "\n" + fmt.Sprintf(t.say("新密钥在 %s，请另存一份，不与数据库放在一起；旧密钥须与换密钥之前的备份保存同样久。",
		"The new key is in %s: keep a copy apart from the database. Keep the old key as long as the backups from before."), file)
	_, err := fmt.Fprintln(t.out, says)
	return err
}
