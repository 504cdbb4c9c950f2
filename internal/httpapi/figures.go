package httpapi

import (
	"encoding/json"

	"zhengbei/internal/land"
)

// figuresView is land.Figures with everything that follows from it; decimals are exact.
type figuresView struct {
	AreaM2              json.Number          `json:"area_m2"`
	ReleasedM2          json.Number          `json:"released_m2"`
	ReleasedHa          json.Number          `json:"released_ha"`
	ReleasedMu          json.Number          `json:"released_mu"`
	InProcedureM2       json.Number          `json:"in_procedure_m2"`
	InProcedureHa       json.Number          `json:"in_procedure_ha"`
	ClearableM2         json.Number          `json:"clearable_m2"`
	ClearableHa         json.Number          `json:"clearable_ha"`
	RemainingM2         json.Number          `json:"remaining_m2"`
	RemainingHa         json.Number          `json:"remaining_ha"`
	ExpectedM2          *json.Number         `json:"expected_m2"`
	ExpectedHa          *json.Number         `json:"expected_ha"`
	GapHa               *json.Number         `json:"gap_ha"`
	LargestBlockHa      json.Number          `json:"largest_block_ha"`
	ClearableBlockHa    json.Number          `json:"clearable_block_ha"`
	DeltaWeekM2         json.Number          `json:"delta_week_m2"`
	DeltaWeekHa         json.Number          `json:"delta_week_ha"`
	DeltaWeekHouseholds int64                `json:"delta_week_households"`
	PaceHa              json.Number          `json:"pace_ha"`
	RequiredHa          *json.Number         `json:"required_ha"`
	ForecastOn          *land.Day            `json:"forecast_on"`
	ForecastExpectedOn  *land.Day            `json:"forecast_expected_on"`
	ScheduleHa          *json.Number         `json:"schedule_ha"`
	Flag                *string              `json:"flag"`
	Signing             signingView          `json:"signing"`
	Contracts           map[string]int       `json:"contracts"`
	FrameworkContracts  int                  `json:"framework_contracts"`
	Stages              map[string]stageView `json:"stages"`
	Counts              countsView           `json:"counts"`
	Closure             closureView          `json:"closure"`
}

type signingView struct {
	Households struct {
		Signed int64        `json:"signed"`
		Total  int64        `json:"total"`
		Rate   *json.Number `json:"rate"`
	} `json:"households"`
	FloorArea     partView `json:"floor_area"`
	Land          partView `json:"land"`
	ClearableLand partView `json:"clearable_land"`
}

type partView struct {
	SignedM2 json.Number  `json:"signed_m2"`
	TotalM2  json.Number  `json:"total_m2"`
	Rate     *json.Number `json:"rate"`
}

type stageView struct {
	AreaM2 json.Number `json:"area_m2"`
	Plots  int         `json:"plots"`
}

type countsView struct {
	Plots     int   `json:"plots"`
	Holdings  int64 `json:"holdings"`
	Buildings int   `json:"buildings"`
	Contracts int   `json:"contracts"`
}

type closureView struct {
	ScopeM2    json.Number `json:"scope_m2"`
	StorageM2  json.Number `json:"storage_m2"`
	RetainedM2 json.Number `json:"retained_m2"`
	KeptM2     json.Number `json:"kept_m2"`
	ResidualM2 json.Number `json:"residual_m2"`
}

func number(text string) json.Number { return json.Number(text) }

func m2(a land.M2) json.Number { return number(a.String()) }

func ha(a land.M2) json.Number { return number(a.Ha()) }

func maybe(text string, ok bool) *json.Number {
	if !ok {
		return nil
	}
	n := number(text)
	return &n
}

func maybeDay(day land.Day, ok bool) *land.Day {
	if !ok {
		return nil
	}
	return &day
}

// viewFigures shows figures on a day; target is the round's, nil for a part of it.
func viewFigures(f land.Figures, at land.Day, round land.Round, target *land.M2) figuresView {
	expected, planned := f.Expected()
	goal := expected
	v := figuresView{
		AreaM2: m2(f.Area), ReleasedM2: m2(f.Released()), ReleasedHa: ha(f.Released()), ReleasedMu: number(f.Released().Mu()),
		InProcedureM2: m2(f.InProcedure()), InProcedureHa: ha(f.InProcedure()), ClearableM2: m2(f.Clearable()), ClearableHa: ha(f.Clearable()),
		RemainingM2: m2(f.Remaining()), RemainingHa: ha(f.Remaining()), ExpectedM2: maybe(expected.String(), planned), ExpectedHa: maybe(expected.Ha(), planned),
		LargestBlockHa: ha(f.LargestBlock), ClearableBlockHa: ha(f.ClearableBlock), DeltaWeekM2: m2(f.Released() - f.Week), DeltaWeekHa: ha(f.Released() - f.Week), DeltaWeekHouseholds: f.Households.Signed - f.SignedWeek, PaceHa: ha(f.Pace()),
		Contracts: map[string]int{}, FrameworkContracts: f.Frameworks, Stages: map[string]stageView{},
		Counts: countsView{f.Plots(), f.Households.Whole, f.Buildings, f.LooseContracts + f.Frameworks},
		Closure: closureView{
			m2(f.Area), m2(f.Storage()), m2(f.Land["retained"].Area), m2(f.Land["kept"].Area), m2(f.Residual()),
		},
	}
	v.ForecastExpectedOn = maybeDay(f.Forecast(at, expected))
	if target != nil {
		goal = *target
		v.GapHa = maybe((*target - expected).Ha(), planned)
		v.ForecastOn = maybeDay(f.Forecast(at, *target))
		if required, ok := f.Required(at, *target, round.Deadline); ok {
			v.RequiredHa = maybe(required.Ha(), true)
		}
		if line, ok := land.Scheduled(at, round.StartsOn, round.Deadline, *target); ok {
			v.ScheduleHa = maybe(line.Ha(), true)
		}
	}
	if flag := f.Flag(at, goal, round.Deadline); flag != "" {
		v.Flag = &flag
	}
	v.Signing.Households.Signed, v.Signing.Households.Total = f.Households.Signed, f.Households.Whole
	v.Signing.Households.Rate = maybe(f.Households.Rate())
	v.Signing.FloorArea, v.Signing.Land, v.Signing.ClearableLand = viewPart(f.FloorArea), viewPart(f.LandArea), viewPart(f.ClearableLand())
	for _, status := range land.ContractStages {
		v.Contracts[status] = f.Contracts[status]
		v.Counts.Contracts += f.Contracts[status]
	}
	for _, stages := range [][]land.Stage{land.Stages[land.OfPlot], land.Apart} {
		for _, s := range stages {
			v.Stages[s.Name] = stageView{m2(f.Land[s.Name].Area), f.Land[s.Name].Plots}
		}
	}
	return v
}

func viewPart(p land.Part) partView {
	return partView{m2(land.M2(p.Signed)), m2(land.M2(p.Whole)), maybe(p.Rate())}
}
