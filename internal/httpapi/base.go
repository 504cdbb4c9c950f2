package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"

	"github.com/labstack/echo/v4"
)

// tagOf begins the strong tag of a thing: its version, the sequence of its last state change (none yet), a mark of the thing
// that it is issued for. What follows is a hash of the representation.
func tagOf(code string, version int32) string {
	return fmt.Sprintf("%d.0.%s", version, markOf(code))
}

// markOf tells the tags of one thing from those of another, in four characters.
func markOf(code string) string {
	sum := sha256.Sum256([]byte(code))
	return base64.RawURLEncoding.EncodeToString(sum[:3])
}

// baseOf reads which version of a thing a change is based on: If-Match, or the version that the body or the query names.
func baseOf(c echo.Context, code string, named *int32) (land.Base, error) {
	asked := strings.Join(c.Request().Header.Values("If-Match"), ",")
	if asked == "" {
		if named == nil {
			return land.Base{}, fault.New(fault.Required, "base.missing", "id", code).In("If-Match:")
		}
		return land.Base{Versions: []int32{*named}}, nil
	}
	tags, err := parseTags("If-Match:", asked)
	if err != nil {
		return land.Base{}, err
	}
	base := land.Base{Exact: true}
	for _, t := range tags {
		if t.text == "*" {
			return land.Base{}, fault.New(fault.Required, "base.missing", "id", code).In("If-Match:")
		}
		if t.weak {
			return land.Base{}, fault.New(fault.Stale, "etag.weak").In("If-Match:")
		}
		issued := issuedTag.FindStringSubmatch(t.text)
		if issued == nil {
			return land.Base{}, fault.New(fault.Malformed, "etag.malformed", "value", t.text).In("If-Match:")
		}
		version, err := strconv.ParseInt(issued[1], 10, 32)
		if err != nil {
			return land.Base{}, fault.New(fault.Malformed, "etag.malformed", "value", t.text).In("If-Match:")
		}
		if issued[2] == markOf(code) {
			base.Versions = append(base.Versions, int32(version))
		}
	}
	return base, nil
}

// issuedTag is the form of the tags of things: version, sequence, mark and hash.
var issuedTag = regexp.MustCompile(`^([1-9][0-9]*)\.[0-9]+\.([A-Za-z0-9_-]{4})[A-Za-z0-9_-]{16}(?:` + gzipMark + `)?$`)

type entityTag struct {
	text string
	weak bool
}

// parseTags reads a list of tags: W/ or not, quoted, of the characters that RFC 9110 allows; or a star.
func parseTags(field, header string) ([]entityTag, error) {
	bad := func() error { return fault.New(fault.Malformed, "etag.malformed", "value", header).In(field) }
	rest := strings.TrimSpace(header)
	if rest == "*" {
		return []entityTag{{text: "*"}}, nil
	}
	var tags []entityTag
	for rest != "" {
		var tag entityTag
		rest, tag.weak = strings.CutPrefix(rest, "W/")
		if !strings.HasPrefix(rest, `"`) {
			return nil, bad()
		}
		end := strings.IndexByte(rest[1:], '"')
		if end < 0 || strings.ContainsFunc(rest[1:1+end], func(r rune) bool { return r < 0x21 || r == 0x7f }) {
			return nil, bad()
		}
		tag.text = rest[1 : 1+end]
		tags = append(tags, tag)
		rest = strings.TrimSpace(rest[2+end:])
		if rest == "" {
			break
		}
		if rest[0] != ',' {
			return nil, bad()
		}
		rest = strings.TrimSpace(rest[1:])
	}
	if len(tags) == 0 {
		return nil, bad()
	}
	return tags, nil
}
