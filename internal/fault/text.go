package fault

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Language of a sentence, as a BCP 47 tag.
type Language string

// The two languages of the service, the first one the default.
const (
	Chinese Language = "zh-CN"
	English Language = "en"
)

//go:embed text/*.json
var files embed.FS

// sentence says what is wrong, and how to mend it.
type sentence struct {
	Says string `json:"says"`
	Mend string `json:"mend"`
}

var sentences = map[Language]map[string]sentence{
	Chinese: read("text/zh.json"),
	English: read("text/en.json"),
}

func read(name string) map[string]sentence {
	raw, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	var m map[string]sentence
	if err := json.Unmarshal(raw, &m); err != nil {
		panic(fmt.Errorf("%s: %w", name, err))
	}
	return m
}

// Words are a term in both languages; as a parameter they read in the language of the sentence.
type Words struct{ Zh, En string }

// In is the term in a language.
func (w Words) In(lang Language) string {
	if lang == Chinese {
		return w.Zh
	}
	return w.En
}

// Says is the sentence of the fault with its parameters filled in.
func (e *Error) Says(lang Language) string { return e.fill(lang, lookup(lang, e.Code).Says) }

// Mend is the way to mend it, with its parameters filled in; empty where there is none.
func (e *Error) Mend(lang Language) string { return e.fill(lang, lookup(lang, e.Code).Mend) }

// Codes lists every code that has a sentence, sorted.
func Codes() []string {
	codes := make([]string, 0, len(sentences[Chinese]))
	for code := range sentences[Chinese] {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

// Template is the sentence and the mend of a code as they are kept, with their parameters in {braces}.
func Template(lang Language, code string) (says, mend string, ok bool) {
	s, ok := sentences[lang][code]
	return s.Says, s.Mend, ok
}

func lookup(lang Language, code string) sentence {
	if s, ok := sentences[lang][code]; ok {
		return s
	}
	return sentence{Says: code}
}

func (e *Error) fill(lang Language, s string) string {
	for name, value := range e.Params {
		if words, ok := value.(Words); ok {
			value = words.In(lang)
		}
		s = strings.ReplaceAll(s, "{"+name+"}", show(value))
	}
	return s
}

// show keeps a value short and free of control characters: it may come from outside.
func show(value any) string {
	s := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(fmt.Sprint(value), "�"))
	if r := []rune(s); len(r) > 120 {
		s = string(r[:120]) + "…"
	}
	return s
}
