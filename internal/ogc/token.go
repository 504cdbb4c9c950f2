package ogc

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"zhengbei/internal/fault"
	"zhengbei/internal/store"
)

// A token of a next link is a check sum of the query and of the place, and the place: the code that the page ended with.
// It guards against mistakes, not against malice: whoever forges one reads what they may read anyway.
const checkSize = 12

func writeToken(page store.Page, after string) string {
	return base64.RawURLEncoding.EncodeToString(append(check(page, after), after...))
}

func readToken(token string, page store.Page) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) < checkSize || !bytes.Equal(raw[:checkSize], check(page, string(raw[checkSize:]))) {
		return "", fault.New(fault.Malformed, "next.forged").In("?next")
	}
	after := string(raw[checkSize:])
	if !utf8.ValidString(after) || strings.ContainsRune(after, 0) { // no code of ours, and no text to the database
		return "", fault.New(fault.Malformed, "next.forged").In("?next")
	}
	return after, nil
}

func check(page store.Page, after string) []byte {
	box, fid := "", ""
	if page.Box != nil {
		box = fmt.Sprint(*page.Box)
	}
	if page.FID != nil {
		fid = fmt.Sprint(*page.FID)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %s %s %d %q %s %d %q",
		page.Collection, page.Clock.Days.From, page.Clock.Days.To, page.Clock.Known.UnixNano(), box, fid, page.Limit, after))
	return sum[:checkSize]
}
