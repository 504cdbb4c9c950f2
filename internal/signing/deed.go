package signing

import (
	"bytes"
	"encoding/json"

	"zhengbei/internal/land"
)

// members are what somebody writes of a row, by name: what is derived is no deed, and what only the keeper of a key may read never stands in a trail.
type members map[string]any

// deed is what a write did to a row: the members that differ, before and after, with the reason and since when it holds.
func (n Noun[T, D]) deed(c carried[T, D], row T) (land.Deed, error) {
	after, err := plain(n.kept(row))
	if err != nil {
		return land.Deed{}, err
	}
	d := land.Deed{Object: c.code}
	if c.present != nil {
		before, err := plain(n.kept(*c.present))
		if err != nil {
			return d, err
		}
		for name, value := range before {
			if bytes.Equal(value, after[name]) {
				delete(before, name)
				delete(after, name)
			}
		}
		d.Before = before
	}
	said, err := plain(members{"reason": c.Reason, "from": c.from})
	if err != nil {
		return d, err
	}
	for name, value := range said {
		after[name] = value
	}
	d.After = after
	return d, nil
}

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
	return members{"parcel": h.Parcel, "name": h.Name, "class": h.Class, "parties": shares, "land": lands}
}

func keptBuilding(b land.Building) members {
	return members{"holding": b.Holding, "plot": b.Plot, "floor_area_m2": b.FloorAreaM2, "storeys": b.Storeys, "use": b.Use, "tenants": b.Tenants}
}

func keptContract(c land.Contract) members {
	return members{"kind": c.Kind, "parcel": c.Parcel, "holdings": c.Holdings, "amount": c.Amount}
}

func keptParty(p land.Party) members { return members{"name": p.Name, "kind": p.Kind} }

func keptPost(p land.CommandPost) members {
	return members{"name": p.Name, "name_en": p.NameEn, "parcels": p.Parcels}
}

func keptRound(r land.Round) members {
	return members{"name": r.Name, "name_en": r.NameEn, "target_ha": r.TargetHa, "deadline": r.Deadline}
}
