package demonstration

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"zhengbei/internal/land"
	"zhengbei/internal/signing"
)

// files are the tree's own: this package reads what it is given.
var files = os.DirFS("../../geodata")

var target = json.Number("500")

var once = sync.OnceValues(func() (Demonstration, error) {
	return Read(files, land.Round{Code: "R-2021", Name: "龙华区重点产业片区土地整备", StartsOn: day(0).land(), TargetHa: &target})
})

func read(t *testing.T) Demonstration {
	t.Helper()
	d, err := once()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// source is the file of plots, read by the test itself.
func source(t *testing.T) plotFile {
	t.Helper()
	raw, err := os.ReadFile("../../geodata/" + File)
	if err != nil {
		t.Fatal(err)
	}
	var f plotFile
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// golden is the ledger as it was when this was written: who changes the story writes the new hash here.
const golden = "f20bb1687a0ecd656f05d84eab0651a422426d5d35c3cfe93a7f4225f66245fb"

func TestSameToTheByte(t *testing.T) {
	t.Parallel()
	first, err := json.Marshal(read(t))
	if err != nil {
		t.Fatal(err)
	}
	d, err := Read(files, read(t).Round)
	if err != nil {
		t.Fatal(err)
	}
	d.Round = read(t).Round
	second, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if string(first) != string(second) {
		t.Fatal("two runs differ")
	}
	sum := sha256.Sum256(second)
	if got := hex.EncodeToString(sum[:]); got != golden {
		t.Errorf("the ledger is %s", got)
	}
}

func TestStages(t *testing.T) {
	t.Parallel()
	d := read(t)
	r := final(t, d)
	plots, stored := 0, 0
	for _, f := range source(t).Features {
		p := f.Properties
		plots++
		stage := r.stage(f.ID, lastDay.land())
		if p.Disposition != "storage" {
			if stage != "planned" || len(r.holdOn[f.ID]) > 0 || len(r.builtOn[f.ID]) > 0 {
				t.Errorf("%s is %s and has a ledger", f.ID, p.Disposition)
			}
			continue
		}
		if stage != p.Stage {
			t.Errorf("%s is %s, the file says %s", f.ID, stage, p.Stage)
		}
		if p.StoredOn == nil {
			continue
		}
		stored++
		day := on(*p.StoredOn)
		if r.stage(f.ID, day.land()) != "stored" || r.stage(f.ID, (day-1).land()) == "stored" {
			t.Errorf("%s is not stored on %s", f.ID, day)
		}
	}
	if plots != 1158 || stored != 297 {
		t.Errorf("%d plots, %d stored", plots, stored)
	}
}

func TestRegisterAgreesWithTheFile(t *testing.T) {
	t.Parallel()
	d := read(t)
	r := final(t, d)
	parcel := map[string]string{}
	area := map[string]int64{}
	for _, p := range d.Plots {
		parcel[p.Code] = *p.Parcel
		area[p.Code] = tenths(p.Geometry) * 10
	}
	land, floor := map[string]int64{}, map[string]int64{}
	for _, l := range d.Ledger.HoldingLand {
		land[l.Plot] += hundredths(t, l.AreaM2)
	}
	holdings, buildings := map[string]int{}, map[string]int{}
	for _, h := range d.Ledger.Holdings {
		holdings[h.Parcel]++
		if len(r.builtOf[h.Code]) == 0 || len(r.home[h.Code]) != 1 {
			t.Errorf("%s has %d buildings on %d plots", h.Code, len(r.builtOf[h.Code]), len(r.home[h.Code]))
		}
	}
	for _, b := range d.Ledger.Buildings {
		if b.Until != nil {
			continue
		}
		buildings[parcel[b.Plot]]++
		floor[b.Plot] += hundredths(t, b.FloorAreaM2)
		if r.home[b.Holding][0] != b.Plot {
			t.Errorf("%s stands on %s, its holding %s does not", b.Code, b.Plot, b.Holding)
		}
	}
	for _, f := range source(t).Features {
		p := f.Properties
		signed := 0
		for _, h := range r.holdOn[f.ID] {
			if r.signed(h, endOf(lastDay.land())) {
				signed++
			}
		}
		if len(r.holdOn[f.ID]) != p.Holdings || signed != p.Signed || floor[f.ID] != p.FloorAreaM2*100 {
			t.Errorf("%s: %d of %d holdings signed, %d of floor, the file says %+v", f.ID, signed, len(r.holdOn[f.ID]), floor[f.ID], p)
		}
		if p.Disposition == "storage" && (land[f.ID] > area[f.ID] || land[f.ID] < area[f.ID]-10) {
			t.Errorf("%s: %d of %d of land is held", f.ID, land[f.ID], area[f.ID])
		}
	}
	if sum := sorted(holdings); sum != "P-01 286, P-02 247, P-03 198, P-04 247, P-05 264, P-06 229" {
		t.Error(sum)
	}
	if sum := sorted(buildings); sum != "P-01 640, P-02 787, P-03 350, P-04 630, P-05 560, P-06 533" {
		t.Error(sum)
	}
	shares := map[string]*big.Rat{}
	for _, s := range d.Ledger.Shares {
		if shares[s.Holding] == nil {
			shares[s.Holding] = new(big.Rat)
		}
		shares[s.Holding].Add(shares[s.Holding], big.NewRat(int64(s.Numerator), int64(s.Denominator)))
	}
	for h, sum := range shares {
		if sum.Cmp(big.NewRat(1, 1)) != 0 {
			t.Errorf("the shares of %s add up to %s", h, sum)
		}
	}
	if len(shares) != len(d.Ledger.Holdings) {
		t.Errorf("%d holdings have parties", len(shares))
	}
}

func hundredths(t *testing.T, n json.Number) int64 {
	t.Helper()
	r, ok := new(big.Rat).SetString(n.String())
	if !ok || !r.Mul(r, big.NewRat(100, 1)).IsInt() {
		t.Fatalf("%s is no number of hundredths", n)
	}
	return r.Num().Int64()
}

// statusOf derives a contract's status on the last day.
func (r *replay) statusOf(contract string) string {
	for _, s := range []land.FactKind{"rescinded", "settled", "effective", "signed", "offered"} {
		if r.has(contract, s, endOf(lastDay.land())) {
			return string(s)
		}
	}
	for _, f := range r.ledger.Facts {
		if f.Subject.Code == contract {
			return "void"
		}
	}
	return "draft"
}

func TestContracts(t *testing.T) {
	t.Parallel()
	d := read(t)
	r := final(t, d)
	status, covered, frames := map[string]int{}, 0, map[string]int{}
	all := map[string]int{}
	for _, c := range d.Ledger.Contracts {
		s := r.statusOf(c.Code)
		if c.Kind == "framework" {
			frames[c.Parcel]++
			if s != "effective" || len(r.covers[c.Code]) < 2 {
				t.Errorf("framework %s is %s and covers %v", c.Code, s, r.covers[c.Code])
			}
			continue
		}
		all[s]++
		if c.Parcel == "P-02" {
			if status[s]++; s == "signed" || s == "effective" || s == "settled" {
				covered += len(r.covers[c.Code])
			}
		}
	}
	if sum := sorted(status); sum != "draft 9, effective 96, offered 14, rescinded 2, settled 68, signed 31" || covered != 204 {
		t.Errorf("福城南: %s; %d holdings covered", sum, covered)
	}
	if sum := sorted(frames); sum != "P-01 1, P-02 1, P-03 1, P-04 1, P-05 1, P-06 1" {
		t.Error(sum)
	}
	if all["void"] != 1 || all["rescinded"] != 4 {
		t.Error(sorted(all))
	}
	signed := map[string]int{}
	for _, h := range d.Ledger.Holdings {
		if r.signed(h.Code, endOf(lastDay.land())) && !r.signed(h.Code, endOf((lastDay-7).land())) {
			signed[h.Parcel]++
		}
	}
	if sum := sorted(signed); sum != "P-01 4, P-02 6, P-03 1, P-04 5, P-06 2" {
		t.Errorf("signed in the last week: %s", sum)
	}
}

func TestStory(t *testing.T) {
	t.Parallel()
	d := read(t)
	facts, kinds, instants := d.Ledger.Facts, map[land.FactKind]int{}, map[time.Time]string{}
	late := 0
	first := map[land.FactKind]land.Day{}
	for _, f := range facts {
		kinds[f.Kind]++
		parts := strings.Split(f.RecordedBy, "·")
		if by := instants[f.RecordedAt]; by != "" && by != f.RecordedBy || parts[0] != "演示" || !f.Demo {
			t.Errorf("%s at %s by %s and %s", f.Subject, f.RecordedAt, f.RecordedBy, by)
		}
		instants[f.RecordedAt] = f.RecordedBy
		rule, known := land.RuleOf(f.Kind)
		if officer := strings.HasPrefix(f.RecordedBy, "演示·区局"); !known || f.Kind != land.Voided && officer != (rule.By == land.RoleOfficer) {
			t.Errorf("%s %s by %s", f.Subject, f.Kind, f.RecordedBy)
		}
		on := day(land.DayOf(f.RecordedAt).Sub(dayZero) / (24 * time.Hour))
		hour := f.RecordedAt.In(land.Shanghai).Hour()
		if !on.working() || hour != 17 { // before the weekly report of Friday 18:00
			t.Errorf("%s recorded at %s", f.Subject, f.RecordedAt)
		}
		if land.DayOf(f.RecordedAt).Sub(f.OccurredOn.Time) > 7*24*time.Hour {
			late++
		}
		for _, e := range f.Evidence {
			if !strings.Contains(e.Name, "演示") || e.DocumentNo != nil && !strings.HasPrefix(*e.DocumentNo, "演示〔20") {
				t.Errorf("evidence %q %v of %s is not of the demonstration", e.Name, e.DocumentNo, f.Subject)
			}
		}
		if p := d.Ledger.Holdings; f.Subject.Kind == land.OfParcel && f.Subject.Code != "P-02" || len(p) == 0 {
			continue
		}
		if was, ok := first[f.Kind]; !ok || f.OccurredOn.Before(was.Time) {
			first[f.Kind] = f.OccurredOn
		}
	}
	if n := len(facts); n < 14_000 || n > 18_000 {
		t.Errorf("%d facts", n)
	}
	if n := len(instants); n > 2_500 {
		t.Errorf("%d instants", n)
	}
	if n := kinds[land.Voided]; n < 12 || n > 20 {
		t.Errorf("%d voids", n)
	}
	if late < len(facts)/100 || late > len(facts)/5 {
		t.Errorf("%d late entries", late)
	}
	if kinds[land.Objected]-kinds[land.ObjectionClosed] != 1 || kinds[land.Compulsory] != 1 {
		t.Errorf("%d objections, %d closed, %d compulsory", kinds[land.Objected], kinds[land.ObjectionClosed], kinds[land.Compulsory])
	}
	for kind, want := range map[land.FactKind]string{land.PlannedInCity: "2021-06-18", land.Approved: "2021-11-05", land.Demolished: "2022-01-25", land.Stored: "2022-03-25"} {
		if got := first[kind].String(); got != want {
			t.Errorf("the first %s is on %s", kind, got)
		}
	}
	for _, l := range facts[len(facts)-1:] {
		if land.DayOf(l.RecordedAt) != lastDay.land() {
			t.Errorf("the ledger ends at %s", l.RecordedAt)
		}
	}
}

// TestOneJudgement has the service's own judge look at the ledger as it stands, parcel by parcel; at every list where there is time.
func TestOneJudgement(t *testing.T) {
	t.Parallel()
	d := read(t)
	r := newReplay(t, d)
	of := func(f land.Fact) string {
		if p := r.parcel[f.Subject.Code]; p != "" {
			return p
		}
		if h := r.owner[f.Subject.Code]; h != "" {
			return r.parcel[h]
		}
		return f.Subject.Code
	}
	by := map[string][]land.Fact{}
	voided := map[int64]bool{}
	for i, f := range d.Ledger.Facts {
		f.ID = int64(i + 1)
		by[of(f)] = append(by[of(f)], f)
		if f.Voids != nil {
			voided[*f.Voids] = true
		}
	}
	for code, facts := range by {
		c := caseOf(d, r, code)
		judge := func(list []land.Fact) {
			faults, warnings := signing.Judge(c, land.Actor{Account: list[0].RecordedBy, Role: land.RoleConsole}, list)
			for _, f := range append(faults, warnings...) {
				t.Errorf("%s at %s: %v", code, list[0].RecordedAt, f)
			}
		}
		if testing.Short() {
			var live []land.Fact
			for _, f := range facts {
				if f.Voids == nil && !voided[f.ID] {
					live = append(live, f)
				}
			}
			judge(live)
			continue
		}
		for _, list := range lists(facts) {
			judge(list)
			c.Facts = append(c.Facts, list...)
			if t.Failed() {
				return
			}
		}
	}
}
