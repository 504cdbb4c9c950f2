package land

// Count is land and the plots that it consists of.
type Count struct {
	Area  M2
	Plots int
}

// Part is how much of a whole is signed.
type Part struct{ Signed, Whole int64 }

// Figures are the numbers of the table for some land on one day: sums, from which the rest follows. Areas are exact.
type Figures struct {
	Area  M2               // of a parcel or the round: of the outlines; else of the plots that are counted
	Land  map[string]Count // storage plots by stage, the others by disposition
	Week  M2               // released seven days before
	Month M2               // released 28 days before

	Households     Part
	SignedWeek     int64 // households signed seven days before
	FloorArea      Part  // ten-thousandths of m2
	LandArea       Part
	Buildings      int
	Contracts      map[string]int // relocation contracts by status
	Frameworks     int            // framework contracts, signed or further
	LargestBlock   M2             // of released land
	ClearableBlock M2             // of land all signed or further
	LooseContracts int            // amendments, and frameworks that are not signed
}

// The groups of stages that the four tiles show: disjoint, and together all storage plots.
var (
	ReleasedStages    = []string{"stored", "supplied"}
	InProcedureStages = []string{"cleared", "title_accepted", "site_accepted", "accepted"}
	ClearableStages   = []string{"all_signed"}
	RemainingStages   = []string{"planned", "partly_signed"}
)

func (f Figures) sum(stages ...[]string) (total M2) {
	for _, group := range stages {
		for _, s := range group {
			total += f.Land[s].Area
		}
	}
	return total
}

// Released is 已释放: stored, with both acceptances.
func (f Figures) Released() M2 { return f.sum(ReleasedStages) }

// InProcedure is 办理中: cleared, not yet stored.
func (f Figures) InProcedure() M2 { return f.sum(InProcedureStages) }

// Clearable is 可清退: every interest bound.
func (f Figures) Clearable() M2 { return f.sum(ClearableStages) }

// Remaining is 未签齐: the rest of the storage plots.
func (f Figures) Remaining() M2 { return f.sum(RemainingStages) }

// Storage is the land to be stored; it is what is expected.
func (f Figures) Storage() M2 {
	return f.sum(ReleasedStages, InProcedureStages, ClearableStages, RemainingStages)
}

// Expected is 计划: the storage plots' land; ok is false before plots exist.
func (f Figures) Expected() (area M2, ok bool) { return f.Storage(), f.Storage() > 0 }

// ClearableLand is how much of the storage land is all signed or further.
func (f Figures) ClearableLand() Part {
	return Part{int64(f.sum(ReleasedStages, InProcedureStages, ClearableStages)), int64(f.Storage())}
}

// Covered is the land of all plots.
func (f Figures) Covered() M2 { return f.Storage() + f.Land["retained"].Area + f.Land["kept"].Area }

// Residual is what of the outlines no plot covers: 实施范围 less storage, retained and kept.
func (f Figures) Residual() M2 {
	return f.Area - f.Covered()
}

// Plots counts all plots.
func (f Figures) Plots() (n int) {
	for _, c := range f.Land {
		n += c.Plots
	}
	return n
}

// Pace is what was released in a week, on average of the last 28 days.
func (f Figures) Pace() M2 { return M2(over(int64(f.Released()-f.Month), 4)) }

// Forecast is the day on which an area is released at the pace of the last 28 days:
// at + ceil(7 × (area − released) / pace) days; none where the pace is not above zero, the area is reached, or it would take more than ten years.
func (f Figures) Forecast(at Day, area M2) (Day, bool) {
	missing, month := int64(area-f.Released()), int64(f.Released()-f.Month)
	if missing <= 0 || month <= 0 {
		return Day{}, false
	}
	days := (28*missing + month - 1) / month
	if days > longestForecast {
		return Day{}, false
	}
	return at.Plus(int(days)), true
}

// longestForecast in days, ten years: what needs longer is no forecast.
const longestForecast = 10*365 + 2

// Required is what has to be released a week from a day on to reach an area at the deadline; none where it has passed.
func (f Figures) Required(at Day, area M2, deadline *Day) (M2, bool) {
	if deadline == nil || !deadline.After(at.Time) {
		return 0, false
	}
	return M2(over(7*int64(max(area-f.Released(), 0)), int64(deadline.Minus(at)))), true
}

// Scheduled is the straight line from a start to a deadline on a day; none without a deadline.
func Scheduled(at, start Day, deadline *Day, area M2) (M2, bool) {
	if deadline == nil {
		return 0, false
	}
	gone := min(max(at.Minus(start), 0), deadline.Minus(start))
	return M2(over(int64(area)/int64(squareMetre)*int64(gone), int64(deadline.Minus(start)))) * squareMetre, true
}

// Flag is done (红旗) when an area is released, overdue (黑旗) when its deadline has passed before that.
func (f Figures) Flag(at Day, area M2, deadline *Day) string {
	switch {
	case area > 0 && f.Released() >= area:
		return "done"
	case deadline != nil && at.After(deadline.Time):
		return "overdue"
	}
	return ""
}

// Add puts other land beside; of the largest blocks the larger one stays.
func (f Figures) Add(o Figures) Figures {
	sum := Figures{
		Area: f.Area + o.Area, Land: map[string]Count{}, Week: f.Week + o.Week, Month: f.Month + o.Month,
		Households: f.Households.add(o.Households), SignedWeek: f.SignedWeek + o.SignedWeek,
		FloorArea: f.FloorArea.add(o.FloorArea), LandArea: f.LandArea.add(o.LandArea), Buildings: f.Buildings + o.Buildings,
		Contracts: map[string]int{}, Frameworks: f.Frameworks + o.Frameworks, LooseContracts: f.LooseContracts + o.LooseContracts,
		LargestBlock: max(f.LargestBlock, o.LargestBlock), ClearableBlock: max(f.ClearableBlock, o.ClearableBlock),
	}
	for _, land := range []map[string]Count{f.Land, o.Land} {
		for stage, c := range land {
			sum.Land[stage] = Count{sum.Land[stage].Area + c.Area, sum.Land[stage].Plots + c.Plots}
		}
	}
	for _, contracts := range []map[string]int{f.Contracts, o.Contracts} {
		for status, n := range contracts {
			sum.Contracts[status] += n
		}
	}
	return sum
}

func (p Part) add(o Part) Part { return Part{p.Signed + o.Signed, p.Whole + o.Whole} }

// Rate is the part as a decimal of six places; ok is false over nothing.
func (p Part) Rate() (rate string, ok bool) {
	if p.Whole == 0 {
		return "", false
	}
	whole, rest := p.Signed/p.Whole, p.Signed%p.Whole
	scaled := float64(rest) / float64(p.Whole) * 1e6
	return decimal(whole*1_000_000+int64(scaled+0.5), 6), true
}
