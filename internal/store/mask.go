package store

import (
	"encoding/json"
	"slices"

	"zhengbei/internal/land"
)

// What is read is masked here, right after it was read, so that no caller forgets it: names of persons are shown as their first character,
// and whatever somebody wrote in their own words is left out, since nobody can say what names stand in it.

// masks reports whether names and sums are kept from whoever reads.
func (tx *Tx) masks() bool { return !tx.Actor.SeesNames() }

// sight narrows a query to what the acting account may see of the register.
// Row level security says the same in the database: each of the two is enough by itself.
func (tx *Tx) sight(a named) named {
	a["mine"] = tx.Actor.Mine()
	return a
}

func (tx *Tx) maskHolding(h *land.Holding) {
	if !tx.masks() {
		return
	}
	h.Name = land.MaskHolder(h.Class, h.Name)
	for i, p := range h.Parties {
		h.Parties[i].PartyName = land.MaskParty(p.PartyKind, p.PartyName)
	}
}

func (tx *Tx) maskParty(p *land.Party) {
	if tx.masks() {
		p.Name = land.MaskParty(p.Kind, p.Name)
	}
}

func (tx *Tx) maskBuilding(b *land.Building) {
	if !tx.masks() {
		return
	}
	for i, name := range b.Tenants {
		b.Tenants[i] = land.MaskName(name)
	}
}

// maskContract leaves the sum out: it is seen by those who record it, and by whom it was granted.
func (tx *Tx) maskContract(c *land.Contract) {
	if tx.masks() {
		c.Amount = nil
	}
}

func (tx *Tx) maskFact(f *land.Fact) error {
	if !tx.masks() {
		return nil
	}
	f.Note, f.Reason = nil, nil
	for i := range f.Evidence {
		f.Evidence[i].Name = land.Masked
	}
	rule, _ := land.RuleOf(f.Kind)
	var value map[string]json.RawMessage
	if err := json.Unmarshal(f.Value, &value); err != nil {
		return err
	}
	for name := range value {
		if !slices.ContainsFunc(rule.Fields, func(m land.Field) bool { return m.Name == name && m.Plain() }) {
			delete(value, name)
		}
	}
	raw, err := json.Marshal(value)
	f.Value = raw
	return err
}

// maskFeature leaves out why a boundary was changed; the number of the document stays.
func (tx *Tx) maskFeature(f *land.Feature) {
	if tx.masks() {
		f.Reason = nil
	}
}

func (tx *Tx) maskHolderOf(h *land.Holder) {
	if tx.masks() {
		h.Name, h.NextStep = land.MaskHolder(h.Class, h.Name), nil
	}
}
