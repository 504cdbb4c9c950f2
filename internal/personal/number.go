package personal

import (
	"regexp"
	"strings"
	"time"

	"zhengbei/internal/fault"
)

// The forms of numbers, as they are told to people.
var (
	PhoneForm = fault.Words{
		Zh: "11 位手机号，带区号的固定电话（如 0755-12345678），或 +852、+853 开头的港澳号码",
		En: "a mobile number of 11 digits, a landline with its area code (like 0755-12345678), or a number of Hong Kong or Macau with +852 or +853",
	}
	PersonForm = fault.Words{
		Zh: "18 位居民身份证号（校验码须正确），或港澳居民来往内地通行证号",
		En: "a resident identity number of 18 characters with its right check character, or the number of a Mainland travel permit of Hong Kong and Macau residents",
	}
	CompanyForm = fault.Words{
		Zh: "18 位统一社会信用代码（校验码须正确）",
		En: "a unified social credit code of 18 characters with its right check character",
	}
)

// mostTyped is the longest text that is looked at.
const mostTyped = 64

// plain drops the spaces that people write into numbers, and reads the wide digits and letters of a Chinese keyboard.
func plain(text string) string {
	if len(text) > mostTyped {
		return ""
	}
	return strings.ToUpper(strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '\u00a0' || r == '\u3000' || r == '(' || r == ')' || r == '（' || r == '）':
			return -1
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '–' || r == '—' || r == '‐' || r == '−':
			return '-'
		}
		return r
	}, text))
}

var (
	mobileForm   = regexp.MustCompile(`^1[3-9][0-9]{9}$`)
	landlineForm = regexp.MustCompile(`^(010|02[0-9]|0[3-9][0-9]{2})-?([2-9][0-9]{6,7})(-[0-9]{1,6})?$`)
	abroadForm   = regexp.MustCompile(`^(\+85[23])-?([0-9]{8})$`)
)

// ParsePhone reads a telephone number into the one form in which it is kept.
func ParsePhone(text string) (string, bool) {
	text = plain(text)
	if rest, ok := strings.CutPrefix(text, "00"); ok {
		text = "+" + rest
	}
	if parts := abroadForm.FindStringSubmatch(text); parts != nil {
		return parts[1] + parts[2], true
	}
	if rest, ok := strings.CutPrefix(text, "+86"); ok {
		text = strings.TrimPrefix(rest, "-")
		if !strings.HasPrefix(text, "0") && !mobileForm.MatchString(strings.ReplaceAll(text, "-", "")) {
			text = "0" + text // from abroad an area code is dialled without its zero
		}
	}
	if mobile := strings.ReplaceAll(text, "-", ""); mobileForm.MatchString(mobile) {
		return mobile, true
	}
	if parts := landlineForm.FindStringSubmatch(text); parts != nil {
		return parts[1] + "-" + parts[2] + parts[3], true
	}
	return "", false
}

// MaskPhone shows of a telephone number what tells two of them apart, and not enough to ring.
func MaskPhone(number string) string {
	const stars = "****"
	if area, rest, ok := strings.Cut(number, "-"); ok {
		rest, _, _ = strings.Cut(rest, "-")
		return area + "-" + strings.Repeat("*", max(len(rest)-4, 0)) + tail(rest, 4)
	}
	return head(number, max(3, len(number)-8)) + stars + tail(number, 4)
}

// IDForm is how the number of a kind of party is written; persons have an identity number, others a credit code.
func IDForm(kind string) fault.Words {
	if kind == person {
		return PersonForm
	}
	return CompanyForm
}

// person is the kind of party that has an identity number of its own.
const person = "person"

var permitForm = regexp.MustCompile(`^[HM][0-9]{8}([0-9]{2})?$`)

// ParseIDNumber reads the number by which a party is known to the state: of a person the identity number (GB 11643) or the permit of a resident
// of Hong Kong or Macau, of all others the unified social credit code (GB 32100).
func ParseIDNumber(kind, text string) (string, bool) {
	text = plain(text)
	if kind != person {
		return text, isCreditCode(text)
	}
	return text, isIdentity(text) || permitForm.MatchString(text)
}

var identityForm = regexp.MustCompile(`^[1-9][0-9]{16}[0-9X]$`)

// isIdentity holds birthday and check character (ISO 7064, MOD 11-2).
func isIdentity(text string) bool {
	if !identityForm.MatchString(text) {
		return false
	}
	born, err := time.Parse("20060102", text[6:14])
	if err != nil || born.Year() < 1850 {
		return false
	}
	sum := 0
	for i := range 17 {
		sum += int(text[i]-'0') * (1 << (17 - i) % 11)
	}
	return text[17] == "10X98765432"[sum%11]
}

// creditLetters are the characters of a credit code, each worth its place; those that look like digits are left out.
const creditLetters = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var creditForm = regexp.MustCompile(`^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$`)

func isCreditCode(text string) bool {
	if !creditForm.MatchString(text) {
		return false
	}
	sum, weight := 0, 1
	for i := range 17 {
		sum += strings.IndexByte(creditLetters, text[i]) * weight
		weight = weight * 3 % 31
	}
	return text[17] == creditLetters[(31-sum%31)%31]
}

// MaskIDNumber shows of a number its beginning and its end.
func MaskIDNumber(number string) string {
	begins, ends := 4, 4
	if len(number) < 18 {
		begins, ends = 1, 2
	}
	return head(number, begins) + strings.Repeat("*", max(len(number)-begins-ends, 0)) + tail(number, ends)
}

// Mask masks a value as its field is masked.
func Mask(field Field, value string) string {
	if field == Phone {
		return MaskPhone(value)
	}
	return MaskIDNumber(value)
}

func head(text string, n int) string { return text[:min(n, len(text))] }
func tail(text string, n int) string { return text[max(len(text)-n, 0):] }
