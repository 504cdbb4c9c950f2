package store

import (
	"strings"

	"zhengbei/internal/land"

	"github.com/jackc/pgx/v5/pgtype"
)

// likeEscape makes the wildcards of LIKE ordinary characters.
var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// bound is a date that may be infinite.
type bound struct {
	Day      land.Day
	Infinite bool
}

// ScanDate reads a date that may be infinite.
func (b *bound) ScanDate(v pgtype.Date) error {
	b.Day, b.Infinite = land.Day{Time: v.Time}, v.InfinityModifier != pgtype.Finite
	return nil
}

// String is the date, or the sign of infinity.
func (b *bound) String() string {
	if b.Infinite {
		return "∞"
	}
	return b.Day.String()
}
