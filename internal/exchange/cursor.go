package exchange

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
)

// The bounds of one feature: an outline of 20,000 vertices takes less than 1 MB.
const (
	mostFeature = 8 << 20
	deepest     = 32

	longestNumber = 400 // digits; PostgreSQL writes a float8 with 309 at most
)

// source hands out the values of a JSON text one after the other. It holds one value at a time, whatever the length of the text.
type source struct {
	r    *bufio.Reader
	at   int64  // bytes read
	held []byte // the value that was read last
}

func newSource(r io.Reader) *source { return &source{r: bufio.NewReaderSize(r, 256<<10)} }

// broken says where the text ceases to be JSON.
func (s *source) broken() error {
	return fault.New(fault.Malformed, "file.not_json", "byte", s.at)
}

func (s *source) read() (byte, error) {
	b, err := s.r.ReadByte()
	if err == nil {
		s.at++
		return b, nil
	}
	if errors.Is(err, io.EOF) {
		return 0, io.ErrUnexpectedEOF
	}
	return 0, err
}

// next is the first byte that is no space, left where it is; io.EOF at the end of the text.
func (s *source) next() (byte, error) {
	for {
		b, err := s.r.ReadByte()
		if err != nil {
			return 0, err
		}
		switch b {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return b, s.r.UnreadByte()
		}
	}
}

// take reads one expected byte.
func (s *source) take(want byte) error {
	b, err := s.next()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	if b != want {
		return s.broken()
	}
	_, err = s.read()
	return err
}

// value reads the next value, checks that it is JSON, and keeps it until the next one is read.
func (s *source) value() ([]byte, error) {
	s.held = s.held[:0]
	b, err := s.next()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	began := s.at
	if b == '{' || b == '[' || b == '"' {
		err = s.enclosed(began)
	} else {
		err = s.scalar()
	}
	if err != nil {
		return nil, err
	}
	c := cursor{raw: s.held}
	if !c.skip(0) || c.at != len(s.held) || !utf8.Valid(s.held) {
		s.at = began + int64(c.at)
		return nil, s.broken()
	}
	return s.held, nil
}

// scalar keeps a number, true, false or null, which end where something else begins.
func (s *source) scalar() error {
	for len(s.held) <= longestNumber {
		ahead, err := s.r.Peek(1)
		if errors.Is(err, io.EOF) || err == nil && strings.IndexByte(" \t\r\n,]}:\"[{", ahead[0]) >= 0 {
			return nil
		}
		if err != nil {
			return err
		}
		b, _ := s.read()
		s.held = append(s.held, b)
	}
	return nil
}

// enclosed keeps an object, an array or a text to its end, as its brackets and quotes tell it.
func (s *source) enclosed(began int64) error {
	depth, text, escaped := 0, false, false
	for {
		if _, err := s.r.Peek(1); err != nil {
			return ended(err)
		}
		chunk, _ := s.r.Peek(s.r.Buffered())
		n, done := 0, false
		for !done && n < len(chunk) {
			b := chunk[n]
			n++
			switch {
			case escaped:
				escaped = false
			case b == '"':
				text = !text
				done = !text && depth == 0
			case text:
				escaped = b == '\\'
			case b == '{' || b == '[':
				depth++
			case b == '}' || b == ']':
				depth--
				done = depth == 0
			}
		}
		if len(s.held)+n > mostFeature {
			return fault.New(fault.TooLarge, "file.feature_too_large", "byte", began, "max_mb", mostFeature>>20)
		}
		s.held = append(s.held, chunk[:n]...)
		s.at += int64(n)
		_, _ = s.r.Discard(n)
		if done {
			return nil
		}
	}
}

// cursor walks over JSON that is held in memory.
type cursor struct {
	raw []byte
	at  int
}

func (c *cursor) space() {
	for c.at < len(c.raw) {
		switch c.raw[c.at] {
		case ' ', '\t', '\n', '\r':
			c.at++
		default:
			return
		}
	}
}

// is passes over one byte, if it is the one that comes next.
func (c *cursor) is(b byte) bool {
	c.space()
	if c.at < len(c.raw) && c.raw[c.at] == b {
		c.at++
		return true
	}
	return false
}

// skip passes over a value and reports whether it is JSON.
func (c *cursor) skip(depth int) bool {
	c.space()
	if c.at == len(c.raw) || depth > deepest {
		return false
	}
	switch b := c.raw[c.at]; b {
	case '{', '[':
		end := b + 2 // } and ] follow on { and [ in ASCII
		c.at++
		if c.is(end) {
			return true
		}
		for {
			if b == '{' && (!c.text() || !c.is(':')) {
				return false
			}
			if !c.skip(depth + 1) {
				return false
			}
			if c.is(end) {
				return true
			}
			if !c.is(',') {
				return false
			}
		}
	case '"':
		return c.text()
	case 't':
		return c.word("true")
	case 'f':
		return c.word("false")
	case 'n':
		return c.word("null")
	}
	return c.number()
}

func (c *cursor) word(w string) bool {
	if len(c.raw)-c.at < len(w) || string(c.raw[c.at:c.at+len(w)]) != w {
		return false
	}
	c.at += len(w)
	return true
}

// text passes over a string.
func (c *cursor) text() bool {
	if !c.is('"') {
		return false
	}
	for c.at < len(c.raw) {
		b := c.raw[c.at]
		c.at++
		switch {
		case b == '"':
			return true
		case b < ' ':
			return false
		case b == '\\':
			if c.at == len(c.raw) {
				return false
			}
			e := c.raw[c.at]
			c.at++
			if e == 'u' {
				for range 4 {
					if c.at == len(c.raw) || !isHex(c.raw[c.at]) {
						return false
					}
					c.at++
				}
			} else if strings.IndexByte(`"\/bfnrt`, e) < 0 {
				return false
			}
		}
	}
	return false
}

func isHex(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'f' || 'A' <= b && b <= 'F'
}

func (c *cursor) digits() (n int) {
	for c.at < len(c.raw) && '0' <= c.raw[c.at] && c.raw[c.at] <= '9' {
		c.at++
		n++
	}
	return n
}

// number passes over a number as JSON writes it.
func (c *cursor) number() bool {
	if c.at < len(c.raw) && c.raw[c.at] == '-' {
		c.at++
	}
	first := c.at
	if n := c.digits(); n == 0 || n > 1 && c.raw[first] == '0' {
		return false
	}
	if c.at < len(c.raw) && c.raw[c.at] == '.' {
		c.at++
		if c.digits() == 0 {
			return false
		}
	}
	if c.at < len(c.raw) && (c.raw[c.at] == 'e' || c.raw[c.at] == 'E') {
		c.at++
		if c.at < len(c.raw) && (c.raw[c.at] == '+' || c.raw[c.at] == '-') {
			c.at++
		}
		return c.digits() > 0
	}
	return true
}

// member is a member of an object, its value as it stands.
type member struct {
	name  string
	value []byte
}

// members reads the members of an object that is JSON; ok is false where the value is no object.
func members(raw []byte, into []member) (found []member, ok bool) {
	c := cursor{raw: raw}
	if !c.is('{') {
		return nil, false
	}
	if c.is('}') {
		return into, true
	}
	for {
		c.space()
		from := c.at
		c.text()
		name, _ := textOf(raw[from:c.at])
		c.is(':')
		c.space()
		from = c.at
		c.skip(0)
		into = append(into, member{name, raw[from:c.at]})
		if !c.is(',') {
			return into, true
		}
	}
}

// textOf is the text of a JSON string; ok is false where the value is none.
func textOf(raw []byte) (text string, ok bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	if inner := raw[1 : len(raw)-1]; !hasEscape(inner) {
		return string(inner), true
	}
	return text, json.Unmarshal(raw, &text) == nil
}

func hasEscape(b []byte) bool {
	for _, x := range b {
		if x == '\\' {
			return true
		}
	}
	return false
}

// keepable reports whether a database can hold a JSON value: PostgreSQL takes no NUL and no half of a surrogate pair,
// and no number beyond those of a float8.
func keepable(raw []byte) bool {
	c := cursor{raw: raw}
	for c.at < len(raw) {
		switch b := raw[c.at]; {
		case b == '"':
			from := c.at
			if !c.text() || !wholeText(raw[from:c.at]) {
				return false
			}
		case b == '-' || '0' <= b && b <= '9':
			from := c.at
			if !c.number() || !land.UsualNumber(string(raw[from:c.at])) {
				return false
			}
		default:
			c.at++
		}
	}
	return utf8.Valid(raw)
}

// wholeText reports whether the escapes of a JSON string stand for characters; JSON hides a NUL and half a character behind them.
func wholeText(text []byte) bool {
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		i++
		if text[i] != 'u' {
			continue
		}
		r := escaped(text[i+1:])
		i += 4
		if utf16.IsSurrogate(r) {
			if i+6 >= len(text) || text[i+1] != '\\' || text[i+2] != 'u' || utf16.DecodeRune(r, escaped(text[i+3:])) == utf8.RuneError {
				return false
			}
			i += 6
		}
		if r == 0 {
			return false
		}
	}
	return true
}

// escaped is what four hexadecimal digits stand for.
func escaped(hex []byte) rune {
	n, _ := strconv.ParseUint(string(hex[:4]), 16, 16)
	return rune(n)
}
