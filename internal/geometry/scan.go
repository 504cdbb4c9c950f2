package geometry

import (
	"bytes"
	"iter"
)

// elements walks the elements of an array or object of valid JSON, a member being name, colon and value. Of anything else there are none.
// It takes one look at each byte: encoding/json would judge all of it again at each depth.
func elements(raw []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		if len(raw) == 0 || raw[0] != '[' && raw[0] != '{' {
			return
		}
		n, depth, from := 0, 0, 1
		for at := 0; at < len(raw); at++ {
			switch raw[at] {
			case '"':
				at = stringEnd(raw, at) - 1
				continue
			case '[', '{':
				depth++
				continue
			case ']', '}':
				depth--
			case ',':
			default:
				continue
			}
			if closed := depth == 0; closed || depth == 1 && raw[at] == ',' {
				item := bytes.TrimSpace(raw[from:at])
				if len(item) > 0 && !yield(n, item) || closed {
					return
				}
				n, from = n+1, at+1
			}
		}
	}
}

// stringEnd is where the string that begins at a place ends.
func stringEnd(raw []byte, at int) int {
	for at++; raw[at] != '"'; at++ {
		if raw[at] == '\\' {
			at++
		}
	}
	return at + 1
}

// count is the number of elements, as far as it matters: up to three.
func count(raw []byte) (n int) {
	for range elements(raw) {
		if n++; n == 3 {
			break
		}
	}
	return n
}
