package account

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"zhengbei/internal/fault"

	"golang.org/x/text/unicode/norm"
)

// The length of a password in characters, as NIST SP 800-63B has it: length counts, not a mixture of kinds.
const (
	ShortestPassword = 12
	LongestPassword  = 128
)

//go:embed common.txt
var commonFile string

// word is one that people make passwords of, and the same with its signs read as letters.
type word struct{ typed, meant []rune }

var common = readCommon(commonFile)

func readCommon(text string) (words []word) {
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			for w := range strings.FieldsSeq(line) {
				words = append(words, word{[]rune(w), []rune(signs.Replace(w))})
			}
		}
	}
	return words
}

// rows are keys that lie side by side, and characters that follow one another; three of one in order say nothing.
var rows = []string{"abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/", "!@#$%^&*()_+"}

// dates are years, and the days of a birth.
var dates = regexp.MustCompile(`(?:19|20)[0-9]{2}(?:[-./年]?(?:0?[1-9]|1[0-2])[-./月]?(?:[12][0-9]|3[01]|0?[1-9]))?`)

// signs are what people write for letters and think it hides them; i and l are one, since 1 stands for both.
var signs = strings.NewReplacer("0", "o", "1", "l", "i", "l", "!", "l", "3", "e", "4", "a", "@", "a", "5", "s", "$", "s", "7", "t")

// leastLeft is how much must be left of a password without the words that people use: a letter or a sign counts 2, a digit 1, a Chinese character 4.
const leastLeft = 12

// CheckPassword refuses a password that is too short or too long, is made of what people make passwords of, or says the name of its account.
func CheckPassword(account, password string) error {
	password = norm.NFC.String(password)
	switch n := utf8.RuneCountInString(password); {
	case n < ShortestPassword || n > LongestPassword:
		return fault.New(fault.Invalid, "password.length", "min", ShortestPassword, "max", LongestPassword)
	case !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		return fault.New(fault.Invalid, "password.control")
	}
	typed := strings.ToLower(norm.NFKC.String(password))
	if name := strings.ToLower(account); len(name) > 2 && (strings.Contains(typed, name) || strings.Contains(signs.Replace(typed), signs.Replace(name))) {
		return fault.New(fault.Invalid, "password.account")
	}
	if left(typed) < leastLeft {
		return fault.New(fault.Invalid, "password.common")
	}
	return nil
}

// left weighs what is left of a text without common words, rows of keys, dates and repetitions.
func left(text string) (weight int) {
	typed := []rune(text)
	for unit := 1; unit <= len(typed)/2; unit++ { // the same again and again is said once
		if again := slices.Repeat(typed[:unit], len(typed)/unit+1); slices.Equal(again[:len(typed)], typed) {
			typed = typed[:unit]
			break
		}
	}
	spent := make([]bool, len(typed))
	meant := []rune(signs.Replace(string(typed)))
	for _, word := range common {
		for i := 0; i+len(word.typed) <= len(typed); i++ {
			n := len(word.typed)
			if slices.Equal(typed[i:i+n], word.typed) || slices.Equal(meant[i:i+n], word.meant) {
				spend(spent, i, n)
			}
		}
	}
	for i := range typed {
		if n := inRow(typed[i:]); n >= 3 {
			spend(spent, i, n)
		}
	}
	for _, at := range dates.FindAllStringIndex(string(typed), -1) {
		begins := utf8.RuneCountInString(string(typed)[:at[0]])
		spend(spent, begins, utf8.RuneCountInString(string(typed)[at[0]:at[1]]))
	}
	for i, r := range typed {
		switch {
		case spent[i], i > 0 && typed[i-1] == r, unicode.IsSpace(r):
		case unicode.IsDigit(r):
			weight++
		case unicode.Is(unicode.Han, r):
			weight += 4
		default:
			weight += 2
		}
	}
	return weight
}

func spend(spent []bool, from, n int) {
	for i := from; i < from+n && i < len(spent); i++ {
		spent[i] = true
	}
}

// inRow is how many characters follow one another as in a row of keys, forwards or backwards.
func inRow(typed []rune) (most int) {
	for _, row := range rows {
		for _, step := range []int{1, -1} {
			n := 0
			for at := strings.IndexRune(row, typed[0]); n < len(typed) && at >= 0 && at < len(row) && rune(row[at]) == typed[n]; at += step {
				n++
			}
			most = max(most, n)
		}
	}
	return most
}
