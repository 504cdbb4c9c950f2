package fault

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestSentences(t *testing.T) {
	t.Parallel()
	placeholder := regexp.MustCompile(`\{[a-z_]+\}`)
	for _, code := range Codes() {
		zh, en := sentences[Chinese][code], sentences[English][code]
		if zh.Says == "" || en.Says == "" {
			t.Errorf("%s: a sentence is missing (zh %q, en %q)", code, zh.Says, en.Says)
		}
		if (zh.Mend == "") != (en.Mend == "") {
			t.Errorf("%s: the mend is in one language only", code)
		}
		a := slices.Sorted(slices.Values(placeholder.FindAllString(zh.Says+zh.Mend, -1)))
		b := slices.Sorted(slices.Values(placeholder.FindAllString(en.Says+en.Mend, -1)))
		if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
			t.Errorf("%s: the languages name different parameters: %v and %v", code, a, b)
		}
	}
	for code := range sentences[English] {
		if _, ok := sentences[Chinese][code]; !ok {
			t.Errorf("%s has no Chinese sentence", code)
		}
	}
}

// Every code in the source has a sentence, and every sentence is used.
func TestCodesMatchSource(t *testing.T) {
	t.Parallel()
	used := map[string]bool{"internal": true}
	call := regexp.MustCompile(`fault\.New\(\s*fault\.\w+,\s*"([a-z0-9_.]+)"`)
	for _, root := range []string{"..", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range call.FindAllStringSubmatch(string(text), -1) {
				used[m[1]] = true
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for code := range used {
		if _, _, ok := Template(Chinese, code); !ok {
			t.Errorf("code %q has no sentence", code)
		}
	}
	for _, code := range Codes() {
		if !used[code] {
			t.Errorf("the sentence of %q is used nowhere", code)
		}
	}
}

func TestAll(t *testing.T) {
	t.Parallel()
	if err := All(nil); err != nil {
		t.Fatalf("no faults made an error: %v", err)
	}
	cause := errors.New("deep")
	err := All([]*Error{New(NotFound, "a", "x", 1).Because(cause), New(Invalid, "b")})
	e, ok := As(err)
	if !ok || e.Kind != NotFound || len(e.Each()) != 2 || !errors.Is(err, cause) || !Is(err, "a") {
		t.Fatalf("got %#v", e)
	}
}

func TestShowKeepsOutsideTextShort(t *testing.T) {
	t.Parallel()
	if got := show("a\x00b\n" + strings.Repeat("长", 500)); strings.ContainsAny(got, "\x00\n") || len([]rune(got)) > 121 {
		t.Fatalf("got %q", got)
	}
}

func TestWordsFollowTheLanguage(t *testing.T) {
	t.Parallel()
	e := New(Invalid, "date.malformed", "value", Words{Zh: "昨日", En: "yesterday"})
	if zh, en := e.Says(Chinese), e.Says(English); !strings.Contains(zh, "昨日") || !strings.Contains(en, "yesterday") {
		t.Fatalf("got %q and %q", zh, en)
	}
}
