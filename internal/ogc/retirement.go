package ogc

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
)

// RetirementParams are the query parameters of a DELETE.
var RetirementParams = []string{"version", "reason", "document_no", "valid_from", "dry_run"}

// ParseRetirement reads what the query of a DELETE says of it.
func ParseRetirement(q url.Values) (sent Sent, err error) {
	var faults []*fault.Error
	if q.Has("version") {
		n, bad := strconv.ParseInt(q.Get("version"), 10, 32)
		if bad != nil || n < 1 {
			return sent, fault.New(fault.Malformed, "property.version", "value", q.Get("version")).In("?version")
		}
		version := int32(n)
		sent.Version = &version
	}
	if q.Has("valid_from") {
		from, err := land.ParseDay("?valid_from", q.Get("valid_from"))
		if err != nil {
			return sent, err
		}
		sent.ValidFrom = &from
	}
	switch sent.Reason = strings.TrimSpace(q.Get("reason")); {
	case sent.Reason == "":
		faults = append(faults, fault.New(fault.Invalid, "change.no_reason").In("?reason"))
	case utf8.RuneCountInString(sent.Reason) > land.LongestReason:
		faults = append(faults, fault.New(fault.Invalid, "property.too_long", "name", "reason", "max", land.LongestReason).In("?reason"))
	}
	if q.Has("document_no") {
		number := q.Get("document_no")
		if utf8.RuneCountInString(number) > land.LongestDocument {
			faults = append(faults, fault.New(fault.Invalid, "property.too_long", "name", "document_no", "max", land.LongestDocument).In("?document_no"))
		}
		sent.DocumentNo = &number
	}
	return sent, fault.All(faults)
}
