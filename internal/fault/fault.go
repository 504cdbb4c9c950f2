package fault

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
)

// Kind says what sort of refusal a fault is; httpapi gives each kind its status.
type Kind int

// The kinds, with the HTTP status that each becomes. The zero kind is a bug in this service.
const (
	Internal         Kind = iota // 500, shown without details
	Malformed                    // 400
	Unauthenticated              // 401
	Forbidden                    // 403
	NotFound                     // 404
	MethodNotAllowed             // 405
	NotAcceptable                // 406
	Conflict                     // 409
	Gone                         // 410
	Stale                        // 412
	TooLarge                     // 413
	Unsupported                  // 415
	Invalid                      // 422
	Required                     // 428
	TooMany                      // 429
	Busy                         // 503
)

// Error is a refusal with a stable code; its sentence in each language is in text/.
type Error struct {
	Kind   Kind
	Code   string         // dotted and stable: clients and /docs/problems/ rely on it
	Field  string         // what is at fault: a query parameter, or a JSON pointer into the body
	Point  *[2]float64    // where on the ground, longitude and latitude in degrees
	Params map[string]any // what the sentence names in {braces}
	Cause  error          // for the log only, never shown
	Links  []Link         // where to go instead
	Shows  []Member       // what else the answer carries, as what stands there now
	Others []*Error       // further faults of the same request: a list of faults is one error
}

// Member is an extension member of the problem document (RFC 9457, 3.2).
type Member struct {
	Name string
	JSON json.RawMessage
}

// Link leads to a feature, with its relation to what was asked for.
type Link struct{ Rel, Collection, ID string }

// New makes a fault; params are pairs of name and value for the sentence.
func New(kind Kind, code string, params ...any) *Error {
	e := &Error{Kind: kind, Code: code}
	if len(params) > 0 {
		e.Params = make(map[string]any, len(params)/2)
	}
	for i := 0; i+1 < len(params); i += 2 {
		e.Params[fmt.Sprint(params[i])] = params[i+1]
	}
	return e
}

// In names the parameter or pointer at fault.
func (e *Error) In(field string) *Error { e.Field = field; return e }

// At names the place on the ground, in degrees.
func (e *Error) At(lon, lat float64) *Error { e.Point = &[2]float64{lon, lat}; return e }

// Showing adds a member to the answer.
func (e *Error) Showing(name string, document json.RawMessage) *Error {
	e.Shows = append(e.Shows, Member{name, document})
	return e
}

// Because keeps the technical cause for the log.
func (e *Error) Because(cause error) *Error { e.Cause = cause; return e }

// All makes one error of many faults, nil of none; the first one gives the kind.
func All(faults []*Error) error {
	if len(faults) == 0 {
		return nil
	}
	var each []*Error
	seen := map[*Error]bool{} // one that carries others may come beside them
	for _, f := range faults {
		for _, one := range f.Each() {
			if !seen[one] {
				seen[one] = true
				each = append(each, one)
			}
		}
	}
	first := *each[0]
	first.Params = maps.Clone(first.Params)
	first.Others = each[1:]
	return &first
}

// Each returns the fault and all that it carries along.
func (e *Error) Each() []*Error { return append([]*Error{e}, e.Others...) }

// Error is the English sentence with its mend and the cause, for logs and terminals.
func (e *Error) Error() string {
	var b strings.Builder
	for i, one := range e.Each() {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(one.Says(English))
		if one.Field != "" {
			fmt.Fprintf(&b, " [%s]", one.Field)
		}
	}
	if e.Cause != nil {
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	return b.String()
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Cause }

// As finds the fault in an error chain.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// Is reports whether an error is a fault of this code.
func Is(err error, code string) bool {
	e, ok := As(err)
	return ok && e.Code == code
}
