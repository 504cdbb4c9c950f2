package signing

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"zhengbei/internal/land"
)

// members are what somebody writes of a row, by name: what is derived is no deed, and what only the keeper of a key may read never stands in a trail.
type members map[string]any

// veiled is a member that not everybody may see who reads the trail: whether it was changed is told by its value,
// and the trail says that and which version of the row holds it, for whoever may see that.
type veiled struct{ value, shown any }

func veil(value, shown string, version int32) veiled {
	if value != shown {
		shown = fmt.Sprintf("%s (v%d)", shown, version)
	}
	return veiled{value, shown}
}

func veilSum(sum *json.Number, version int32) veiled {
	if sum == nil {
		return veiled{}
	}
	return veil(sum.String(), land.Masked, version)
}

func veilNames(names []string, version int32) veiled {
	shown := make([]any, len(names))
	for i, name := range names {
		shown[i] = veil(name, land.MaskName(name), version).shown
	}
	return veiled{names, shown}
}

// MarshalJSON writes it as it is shown.
func (v veiled) MarshalJSON() ([]byte, error) { return json.Marshal(v.shown) }

// deed is what a write did to a row: the members that differ, before and after, with the versions, the reason and since when it holds.
func (n Noun[T, D]) deed(c carried[T, D], row T) (land.Deed, error) {
	d := land.Deed{Object: c.code}
	after := n.kept(row)
	if c.present != nil {
		before := n.kept(*c.present)
		was, err := bare(before)
		if err != nil {
			return d, err
		}
		is, err := bare(after)
		if err != nil {
			return d, err
		}
		for name := range was {
			if bytes.Equal(was[name], is[name]) {
				delete(before, name)
				delete(after, name)
			}
		}
		if d.Before, err = plain(before); err != nil {
			return d, err
		}
	}
	after["reason"], after["from"] = c.Reason, c.from
	shown, err := plain(after)
	d.After = shown
	return d, err
}

// bare are members as they are.
func bare(m members) (map[string]json.RawMessage, error) {
	unveiled := maps.Clone(m)
	for name, value := range unveiled {
		if v, ok := value.(veiled); ok {
			unveiled[name] = v.value
		}
	}
	return plain(unveiled)
}

// plain are members as they are shown.
func plain(m members) (map[string]json.RawMessage, error) {
	all := make(map[string]json.RawMessage, len(m))
	for name, value := range m {
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		all[name] = raw
	}
	return all, nil
}

func keptHolding(h land.Holding) members {
	shares, lands := map[string]string{}, map[string]json.Number{}
	for _, s := range h.Parties {
		shares[s.Party] = s.String()
	}
	for _, l := range h.Land {
		lands[l.Plot] = l.AreaM2
	}
	return members{"parcel": h.Parcel, "name": veil(h.Name, land.MaskHolder(h.Class, h.Name), h.Version), "class": h.Class, "parties": shares, "land": lands, "version": h.Version}
}

func keptBuilding(b land.Building) members {
	return members{"holding": b.Holding, "plot": b.Plot, "floor_area_m2": b.FloorAreaM2, "storeys": b.Storeys, "use": b.Use, "tenants": veilNames(b.Tenants, b.Version), "version": b.Version}
}

func keptContract(c land.Contract) members {
	return members{"kind": c.Kind, "parcel": c.Parcel, "holdings": c.Holdings, "amount": veilSum(c.Amount, c.Version), "version": c.Version}
}

func keptParty(p land.Party) members {
	return members{"name": veil(p.Name, land.MaskParty(p.Kind, p.Name), p.Version), "kind": p.Kind, "version": p.Version}
}

func keptPost(p land.CommandPost) members {
	return members{"name": p.Name, "name_en": p.NameEn, "parcels": p.Parcels, "version": p.Version}
}

func keptRound(r land.Round) members {
	return members{"name": r.Name, "name_en": r.NameEn, "target_ha": r.TargetHa, "deadline": r.Deadline, "version": r.Version}
}
