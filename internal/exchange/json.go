package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"zhengbei/internal/fault"
)

// Strict decodes a JSON value: no unknown members, nothing behind it.
func Strict(raw []byte, into any) error {
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

// Once refuses a member that stands twice in a JSON value: readers disagree on which one counts.
func Once(raw []byte) error { return once(json.NewDecoder(bytes.NewReader(raw)), "") }

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
