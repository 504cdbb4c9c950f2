package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"zhengbei/internal/fault"

	"github.com/labstack/echo/v4"
)

// mostBody bounds what is sent in a body: 10,000 facts, or outlines of 200,000 vertices.
const mostBody = 10 << 20

// bind reads a JSON value strictly: no unknown members, none twice, nothing behind it.
func bind(c echo.Context, into any) error {
	raw, err := body(c)
	if err != nil {
		return err
	}
	return strict(raw, into)
}

// typeMergePatch is RFC 7396.
const typeMergePatch = "application/merge-patch+json"

// body reads a JSON body as it was sent, as application/json or as one of the types.
func body(c echo.Context, types ...string) ([]byte, error) {
	r := c.Request()
	if kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType)); err != nil || kind != echo.MIMEApplicationJSON && !slices.Contains(types, kind) {
		return nil, fault.New(fault.Unsupported, "body.not_json", "value", r.Header.Get(echo.HeaderContentType)).In("Content-Type:")
	}
	raw, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, mostBody))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, fault.New(fault.TooLarge, "body.too_large", "max_mb", mostBody>>20)
	}
	if err != nil {
		return nil, fault.New(fault.Malformed, "body.cut_off").Because(err)
	}
	if !isText(string(raw)) {
		return nil, fault.New(fault.Malformed, "request.not_text")
	}
	return raw, once(json.NewDecoder(bytes.NewReader(raw)), "")
}

// strict decodes a JSON value that body has read.
func strict(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return malformed(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fault.New(fault.Malformed, "body.malformed", "why", fault.Words{Zh: "不止一个 JSON 值", En: "more than one JSON value"})
	}
	return nil
}

// malformed says where JSON cannot be read, without Go's words for it.
func malformed(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	if errors.As(err, &syntax) {
		return fault.New(fault.Malformed, "body.malformed", "why", fault.Words{Zh: fmt.Sprintf("第 %d 字节", syntax.Offset), En: fmt.Sprintf("byte %d", syntax.Offset)})
	}
	if errors.As(err, &kind) {
		return fault.New(fault.Malformed, "body.malformed", "why", jsonKind(kind.Value)).In("/" + strings.ReplaceAll(kind.Field, ".", "/"))
	}
	if name, found := strings.CutPrefix(err.Error(), "json: unknown field "); found {
		return fault.New(fault.Malformed, "body.unknown_member", "value", strings.Trim(name, `"`)).In("/" + strings.Trim(name, `"`))
	}
	return fault.New(fault.Malformed, "body.malformed", "why", "JSON").Because(err)
}

// jsonKind names what stands in the place of another kind of value: string, or number 1.5, and so on.
func jsonKind(value string) fault.Words {
	kind, rest, _ := strings.Cut(value, " ")
	zh, ok := map[string]string{"string": "文字", "number": "数", "bool": "真假值", "array": "数组", "object": "对象"}[kind]
	if !ok {
		zh = kind
	}
	return fault.Words{Zh: strings.TrimSpace(zh + " " + rest), En: value}
}

// deepest bounds how far values are nested: a geometry needs seven levels.
const deepest = 32

// once refuses a member that stands twice: readers disagree on which one counts.
func once(d *json.Decoder, at string) error {
	if strings.Count(at, "/") > deepest {
		return fault.New(fault.Malformed, "body.malformed", "why", fault.Words{Zh: "嵌套过深", En: "nested too deep"})
	}
	t, err := d.Token()
	if err != nil {
		return malformed(err)
	}
	switch t {
	case json.Delim('{'):
		seen := map[string]bool{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return malformed(err)
			}
			key, _ := name.(string)
			folded := strings.ToLower(key) // encoding/json takes members of other case for the same
			if seen[folded] {
				return fault.New(fault.Malformed, "body.twice", "value", key).In(at + "/" + key)
			}
			seen[folded] = true
			if err := once(d, at+"/"+key); err != nil {
				return err
			}
		}
	case json.Delim('['):
		for d.More() {
			if err := once(d, at+"/-"); err != nil {
				return err
			}
		}
	default:
		return nil
	}
	_, err = d.Token()
	if err != nil {
		return malformed(err)
	}
	return nil
}
