package demonstration

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"time"

	"zhengbei/internal/land"
)

// ledger makes register and facts of the plots.
func (w *world) ledger() (land.Ledger, error) {
	if err := w.settle(); err != nil {
		return land.Ledger{}, err
	}
	for _, p := range w.parcels {
		w.agree(p)
		frame := &contract{kind: "framework", parcel: p.code, signs: p.framework, drafted: p.framework - 20, status: "effective"}
		for _, h := range w.of(p) {
			if h.early {
				frame.holdings = append(frame.holdings, h)
			}
		}
		p.contracts = append(p.contracts, frame)
		for _, k := range p.contracts {
			if k.drafted == 0 {
				if k.drafted = k.signs - day(w.between(6, 14)); k.signs == 0 {
					k.drafted = w.field(on("2022-09-01"), lastDay-15)
				}
			}
		}
	}
	w.codes()
	for _, h := range w.holdings {
		for _, b := range h.buildings {
			if b.use != "public" && w.percent(6) {
				b.tenant = w.names.tenant(w.chance)
			}
		}
	}
	w.clerk = newClerk(w.chance, w.parcels)
	for i, p := range w.parcels {
		story{w, p, i}.tell()
	}
	w.slip()
	if err := w.clerk.record(); err != nil {
		return land.Ledger{}, fmt.Errorf("demonstration: %w", err)
	}
	facts, err := w.clerk.facts()
	if err != nil {
		return land.Ledger{}, err
	}
	l := w.register()
	l.Facts = facts
	return l, nil
}

// slip marks some entries to be recorded wrongly first: a dozen, of the kinds in which people err.
func (w *world) slip() {
	entries := slices.Clone(w.clerk.entries)
	shuffle(w.chance, entries)
	for _, kind := range []land.FactKind{
		land.Surveyed, land.Surveyed, land.Measured, land.Measured, land.Signed, land.Signed, land.Vacated,
		land.Demolished, land.Demolished, land.Paid, land.Paid, land.TitleAccepted, land.Stored,
	} {
		for _, e := range entries {
			if e.kind == kind && !e.slips && e.on > on("2021-09-01") && e.on < on("2022-09-20") && e.late == 0 && !w.follows(e) {
				e.slips = true
				break
			}
		}
	}
}

// follows says whether something happened within the three weeks after an entry that needs it: a slip would hold that up for long.
func (w *world) follows(e *entry) bool {
	for _, f := range w.clerk.entries {
		if f.on < e.on+21 && slices.Contains(f.needs, e) {
			return true
		}
	}
	return false
}

func decimal(hundredths int64) json.Number {
	return json.Number(fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// register are the rows, known from the first instant, contracts from the day of their draft; two floor areas were corrected later.
func (w *world) register() land.Ledger {
	var l land.Ledger
	all := land.Period{From: day(0).land(), Known: firstInstant}
	corrected := 2
	for i, p := range w.parcels {
		l.CommandPosts = append(l.CommandPosts, land.CommandPostVersion{Period: all, Number: 1, Code: fmt.Sprintf("F-%02d", i+1), Name: p.post, NameEn: p.postEn, Parcels: []string{p.code}})
	}
	for _, it := range w.parties {
		l.Parties = append(l.Parties, land.PartyVersion{Period: all, Number: 1, Code: it.code, Name: it.name, Kind: it.kind})
	}
	for _, h := range w.holdings {
		l.Holdings = append(l.Holdings, land.HoldingVersion{Period: all, Number: 1, Code: h.code, Parcel: h.plot.parcel, Name: h.name, Class: h.class})
		l.HoldingLand = append(l.HoldingLand, land.HoldingLandVersion{Period: all, Holding: h.code, Plot: h.plot.code, AreaM2: decimal(h.land)})
		for _, s := range h.shares {
			l.Shares = append(l.Shares, land.ShareVersion{Period: all, Holding: h.code, Party: s.party.code, Numerator: s.n, Denominator: s.of})
		}
		for _, b := range h.buildings {
			v := land.BuildingVersion{Period: all, Number: 1, Code: b.code, Holding: h.code, Plot: h.plot.code, FloorAreaM2: decimal(b.floor), Storeys: int32(b.storeys), Use: b.use}
			if corrected > 0 && b.pulled == nil && h.surveyed != nil && h.plot.stage == "all_signed" && len(h.buildings) > 1 {
				corrected--
				until := on("2022-08-03").at(17, 2).Add(time.Duration(corrected) * 55 * 24 * time.Hour)
				was := v
				was.Until, was.FloorAreaM2 = &until, decimal(b.floor+36_50)
				v.Number, v.Known = 2, until
				l.Buildings = append(l.Buildings, was)
			}
			l.Buildings = append(l.Buildings, v)
			if b.tenant != "" {
				l.Tenants = append(l.Tenants, land.TenantVersion{Period: all, Building: b.code, Name: b.tenant})
			}
		}
	}
	var contracts []*contract
	for _, p := range w.parcels {
		contracts = append(contracts, p.contracts...)
	}
	sort.Slice(contracts, func(i, j int) bool { return contracts[i].code < contracts[j].code })
	for _, k := range contracts {
		since := land.Period{From: k.drafted.land(), Known: later(firstInstant, k.drafted.at(8, 30))} // nobody knew of it before
		v := land.ContractVersion{Period: since, Number: 1, Code: k.code, Parcel: k.parcel, Kind: k.kind}
		if k.amount > 0 {
			amount := yuan(k.amount)
			v.Amount = &amount
		}
		l.Contracts = append(l.Contracts, v)
		for _, h := range k.holdings {
			l.Covers = append(l.Covers, land.CoverVersion{Period: since, Contract: k.code, Holding: h.code})
		}
	}
	return l
}
