package progress

import (
	"fmt"
	"slices"
	"strings"

	"zhengbei/internal/fault"
)

// Why says in words what a holding's signature would unlock.
func (t Told) Why() fault.Words {
	plots := plotNumbers(t.named(t.Frees))
	switch {
	case t.Gain() > 0:
		joins := t.Gain() - t.Clears
		if joins > 0 {
			return fault.Words{
				Zh: fmt.Sprintf("地块 %s 只差这 1 户：签约可清 %s 公顷，并接通旁边已签的 %s 公顷，最大可清连片由 %s 增至 %s 公顷", plots.Zh, t.Clears.Report(), joins.Report(), t.Before.Report(), t.After.Report()),
				En: fmt.Sprintf("Only this holding is missing on plot %s: its signature clears %s ha and joins %s ha signed beside it, so the largest clearable block grows from %s to %s ha", plots.En, t.Clears.Report(), joins.Report(), t.Before.Report(), t.After.Report()),
			}
		}
		return fault.Words{
			Zh: fmt.Sprintf("地块 %s 只差这 1 户：签约可清 %s 公顷，最大可清连片由 %s 增至 %s 公顷", plots.Zh, t.Clears.Report(), t.Before.Report(), t.After.Report()),
			En: fmt.Sprintf("Only this holding is missing on plot %s: its signature clears %s ha, and the largest clearable block grows from %s to %s ha", plots.En, t.Clears.Report(), t.Before.Report(), t.After.Report()),
		}
	case t.Clears > 0 && t.Joined > t.Clears:
		return fault.Words{
			Zh: fmt.Sprintf("地块 %s 只差这 1 户：签约可清 %s 公顷，与旁边已签土地连成 %s 公顷；最大可清连片 %s 公顷在别处，不因此增大，故按可清面积排", plots.Zh, t.Clears.Report(), t.Joined.Report(), t.Before.Report()),
			En: fmt.Sprintf("Only this holding is missing on plot %s: its signature clears %s ha, %s ha together with what is signed beside it; the largest clearable block, %s ha, lies elsewhere, so the land cleared decides the rank", plots.En, t.Clears.Report(), t.Joined.Report(), t.Before.Report()),
		}
	case t.Clears > 0:
		return fault.Words{
			Zh: fmt.Sprintf("地块 %s 只差这 1 户：签约可清 %s 公顷；最大可清连片 %s 公顷在别处，不因此增大", plots.Zh, t.Clears.Report(), t.Before.Report()),
			En: fmt.Sprintf("Only this holding is missing on plot %s: its signature clears %s ha; the largest clearable block, %s ha, lies elsewhere and stays", plots.En, t.Clears.Report(), t.Before.Report()),
		}
	}
	plots = plotNumbers(t.named(t.Waits))
	return fault.Words{
		Zh: fmt.Sprintf("地块 %s 还差 %d 户（含此户），单独签约不能清地", plots.Zh, t.Missing),
		En: fmt.Sprintf("%d holdings, this one among them, are still missing on plot %s: alone it clears nothing", t.Missing, plots.En),
	}
}

// named are the codes of those of the holder's plots that are among these.
func (t Told) named(ids []int32) (codes []string) {
	for i, id := range t.Holder.PlotIDs {
		if slices.Contains(ids, id) {
			codes = append(codes, t.Holder.Plots[i])
		}
	}
	return codes
}

// plotNumbers are the codes of plots; of many, the first ones.
func plotNumbers(codes []string) fault.Words {
	more := ""
	if len(codes) > 3 {
		codes, more = codes[:3], " …"
	}
	return fault.Words{Zh: strings.Join(codes, "、") + more, En: strings.Join(codes, ", ") + more}
}

// NextStep is what the last visit left to do; else what the order of facts asks for next.
func (t Told) NextStep() fault.Words {
	if t.Holder.Objection {
		return fault.Words{Zh: "先答复异议", En: "answer the objection first"}
	}
	if t.Holder.NextStep != nil && *t.Holder.NextStep != "" {
		return fault.Words{Zh: *t.Holder.NextStep, En: *t.Holder.NextStep}
	}
	return steps[t.Holder.Stage]
}

// steps lead from each stage of an unbound holding to the next.
var steps = map[string]fault.Words{
	"registered":      {Zh: "入户摸查", En: "survey the household"},
	"surveyed":        {Zh: "征询意愿", En: "ask for the willingness letter"},
	"willing":         {Zh: "测绘", En: "measure"},
	"measured":        {Zh: "评估", En: "appraise"},
	"appraised":       {Zh: "谈判", En: "negotiate"},
	"negotiating":     {Zh: "送达协议，签约", En: "offer the contract and sign"},
	"tenants_cleared": {Zh: "重新签约", En: "sign again"},
	"vacated":         {Zh: "重新签约", En: "sign again"},
	"demolished":      {Zh: "补签协议", En: "sign the contract"},
}
