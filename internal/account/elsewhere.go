package account

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// shownAs is what the audit trail says of an account that an issuer has brought.
type shownAs struct {
	view
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
}

// Elsewhere begins a session of whom an issuer shows. The account is made at the first time, and stands at each as the issuer says then:
// who stands nowhere any more loses what an earlier time gave, since nobody vouches for it.
func (k *Keeper) Elsewhere(ctx context.Context, v Visitor, shown Shown) (secret string, err error) {
	shown.Person = shorten(shown.Person, land.MostPerson)
	var refused *fault.Error
	err = k.db.Manage(ctx, v.From, func(tx *store.Tx) error {
		a, found, err := tx.Elsewhere(ctx, shown.Issuer, shown.Subject)
		if err != nil {
			return err
		}
		if refused, err = refusal(ctx, tx, a, shown); err != nil || refused != nil && !found {
			return err
		}
		after := a
		if !a.Disabled {
			after.Role, after.Post, after.Granted = "", "", false
		}
		if refused == nil {
			after.Person, after.Role, after.Post, after.Granted = shown.Person, shown.Standing.Role, shown.Standing.Post, shown.Standing.Names
		}
		if !found {
			if after, err = newcomer(ctx, tx, after, shown); err != nil {
				return err
			}
		} else if err := stands(ctx, tx, a, after); err != nil {
			return err
		}
		if refused == nil {
			secret, err = k.Begin(ctx, tx, v, after, "oidc")
		}
		return err
	})
	k.Forget()
	if err != nil {
		return "", err
	}
	if refused != nil {
		by := v.From
		by.Account = lawfulName(shown)
		k.note(ctx, by, refused.Code)
		return "", refused
	}
	return secret, nil
}

// refusal says why a person may not come in, though their issuer shows them.
func refusal(ctx context.Context, tx *store.Tx, a land.Account, shown Shown) (*fault.Error, error) {
	if a.Disabled {
		return fault.New(fault.Forbidden, "oidc.disabled", "account", a.Name), nil
	}
	if shown.Refused != nil || shown.Standing.Post == "" {
		return shown.Refused, nil
	}
	there, err := tx.HasPost(ctx, shown.Standing.Post)
	if err != nil || there {
		return nil, err
	}
	return fault.New(fault.Forbidden, "oidc.post_unknown", "post", shown.Standing.Post), nil
}

// newcomer adds an account for a person whom an issuer shows for the first time, under a name that nobody has.
func newcomer(ctx context.Context, tx *store.Tx, a land.Account, shown Shown) (land.Account, error) {
	wanted := lawfulName(shown)
	a.Name = wanted
	for n := 2; ; n++ {
		_, taken, err := tx.Account(ctx, a.Name)
		if err != nil {
			return a, err
		}
		if !taken && !strings.EqualFold(a.Name, land.Operator.Account) && !strings.EqualFold(a.Name, land.Seeder.Account) {
			break
		}
		a.Name = wanted + "-" + strconv.Itoa(n)
	}
	tx.Actor.Account = a.Name
	var err error
	if a.ID, err = tx.AddAccount(ctx, a); err != nil {
		return a, err
	}
	tx.Did(land.Deed{Object: objectOf(a.Name), After: shownAs{viewOf(a), shown.Issuer, shown.Subject}})
	return a, tx.BringElsewhere(ctx, a.ID, shown.Issuer, shown.Subject)
}

// stands writes what an issuer says of an account now; what changes what it may ends its sessions and tokens.
func stands(ctx context.Context, tx *store.Tx, before, after land.Account) error {
	if viewOf(before) == viewOf(after) {
		return nil
	}
	may := after
	may.Person = before.Person
	if viewOf(may) != viewOf(before) {
		if err := expel(ctx, tx, before.ID); err != nil {
			return err
		}
	}
	tx.Actor.ID, tx.Actor.Account, tx.Actor.Role = before.ID, before.Name, before.Role
	tx.Did(land.Deed{Object: objectOf(before.Name), Before: viewOf(before), After: viewOf(after)})
	return tx.AlterAccount(ctx, after)
}

// mostName leaves a name room for the number that tells it from another.
const mostName = 56

// lawfulName makes of what an issuer calls somebody a name that an account may have.
func lawfulName(shown Shown) string {
	name := strings.Map(func(r rune) rune {
		if r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._@-", r)) {
			return r
		}
		return '-'
	}, shown.Name)
	name = strings.Trim(name, "._@-")
	if name = name[:min(len(name), mostName)]; !land.IsAccountName(name) {
		sum := sha256.Sum256([]byte(shown.Issuer + "\n" + shown.Subject))
		name = "user-" + hex.EncodeToString(sum[:4])
	}
	return name
}
